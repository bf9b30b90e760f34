"""A crawl shows where it is: live on a terminal, as lines elsewhere."""

import io

from konzept_diffusion.scrape.crawl import progress
from konzept_diffusion.scrape.crawl.progress import Snapshot

HALF_WAY = Snapshot(
    total=120,
    done=60,
    done_before=20,
    at_work=3,
    documents=41,
    requests=900,
    seconds=300.0,
    statuses={"searched": 55, "unreachable": 4, "no_website": 1},
    slowest=(("Neustadt [Dosse]", 80, 250.0),),
)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_rate_and_rest_are_those_of_this_run():
    assert HALF_WAY.rate == 3.0
    assert HALF_WAY.remaining == 60 * 300 / 40
    assert Snapshot(total=5).remaining is None
    assert Snapshot(total=5).rate == 0.0


def test_a_line_says_it_all_and_names_what_failed():
    assert progress.line(HALF_WAY) == (
        "60/120 Kommunen, 41 documents, 900 requests (3.0/s), 5:00 gone, 7:30 to go; no_website 1, unreachable 4"
    )
    assert progress.duration(3723) == "1:02:03"
    assert progress.duration(None) == "?"


def test_without_a_terminal_there_is_a_line_every_half_minute_and_one_at_the_end():
    now = [0.0]
    stream = io.StringIO()
    shown = progress.display(stream, clock=lambda: now[0])
    for now[0] in range(0, 100, 5):
        shown.update(HALF_WAY)
    assert len(stream.getvalue().splitlines()) == 3
    shown.update(HALF_WAY, final=True)
    shown.say("done")
    shown.close()
    assert stream.getvalue().splitlines()[3:] == [progress.line(HALF_WAY), "done"]
    assert "\x1b" not in stream.getvalue()


def test_quiet_shows_messages_only():
    stream = Terminal()
    shown = progress.display(stream, quiet=True)
    shown.update(HALF_WAY, final=True)
    shown.say("done")
    shown.close()
    assert stream.getvalue() == "done\n"


def test_a_terminal_gets_the_live_display_and_its_cursor_back(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "160")
    stream = Terminal()
    shown = progress.display(stream, clock=lambda: 0.0)
    shown.update(HALF_WAY)
    first = len(stream.getvalue())
    shown.update(HALF_WAY)
    assert len(stream.getvalue()) == first, "drawn twice within the same moment"
    shown.say("Neustadt [Dosse]: trouble")
    shown.update(Snapshot(total=120, done=60, stopping=True), final=True)
    shown.close()
    text = stream.getvalue()
    assert "60/120 Kommunen" in text
    assert "Neustadt [Dosse] (80 requests, 4:10)" in text
    assert "Neustadt [Dosse]: trouble" in text
    assert "stopping" in text
    assert text.rstrip().endswith("\x1b[?25h"), "the cursor is shown again"
