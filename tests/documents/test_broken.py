"""More than three thousand broken files, made by mutation: each gives a text or a coded reason, and the run goes on.

The seed is fixed, so that the same files are broken in the same way each time.
"""

from __future__ import annotations

import random
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from io import BytesIO

import pytest
from making import archive, cyclic, docx, encrypted, odt, pdf, rtf, scan

import konzept_diffusion.documents.reader as room
from konzept_diffusion.documents.reader import FileReader
from konzept_diffusion.documents.reasons import REASONS
from konzept_diffusion.documents.text import Text, extract
from konzept_diffusion.scrape.reports import File, Kommune

SITE = Kommune("05999001", "Talbrück, Stadt", "stadt", "05")
LINES = [
    "Integrationskonzept der Stadt Talbrück",
    "Für ein gutes Miteinander (2012)",
    "mit Bürgerinnen und Bürgern",
]
HTML = (
    "<!DOCTYPE html><html lang=de><head><meta charset=utf-8><title>Integration</title></head><body><main><h1>Konzept"
    "</h1><ul><li>Sprache</ul><table><tr><td>2009<td>Beschluss</table><a href='k.pdf?a=1&amp;b=2'>PDF</a></main></body>"
)
WHOLE: dict[str, tuple[str, bytes]] = {
    "pdf": ("application/pdf", pdf([LINES, LINES], title="Konzept")),
    "packed": ("application/pdf", pdf([LINES], packed=True)),
    "scan": ("application/pdf", scan(2, LINES)),
    "locked": ("application/pdf", encrypted(pdf([LINES]), user="")),
    "cyclic": ("application/pdf", cyclic("beside")),
    "docx": ("application/zip", docx(LINES)),
    "odt": ("application/zip", odt(LINES, title="Konzept")),
    "rtf": ("application/rtf", rtf(LINES)),
    "html": ("text/html", HTML.encode()),
    "text": ("text/plain", "\n".join(LINES).encode()),
}
CASES = {"pdf": 300, "packed": 180, "scan": 120, "locked": 120, "cyclic": 60, "docx": 130, "odt": 130}
CASES |= {"rtf": 60, "html": 80, "text": 30}
HUGE = (b"0", b"-1", b"1", b"65536", b"2147483647", b"4294967296", b"99999999999999999999")


def flipped(body: bytes, chance: random.Random) -> bytes:
    """Some bytes are others."""
    new = bytearray(body)
    for _ in range(chance.choice((1, 3, 10, 50))):
        new[chance.randrange(len(new))] = chance.randrange(256)
    return bytes(new)


def cut(body: bytes, chance: random.Random) -> bytes:
    """The end is missing."""
    return body[: chance.randrange(1, len(body))]


def holed(body: bytes, chance: random.Random) -> bytes:
    """A part is missing, or is nought."""
    start = chance.randrange(len(body))
    end = min(len(body), start + chance.choice((1, 8, 64, 512)))
    return body[:start] + (bytes(end - start) if chance.random() < 0.5 else b"") + body[end:]


def repeated(body: bytes, chance: random.Random) -> bytes:
    """A part comes again, once or a thousand times."""
    start = chance.randrange(len(body))
    part = body[start : start + chance.choice((4, 32, 256))]
    place = chance.randrange(len(body))
    return body[:place] + part * chance.choice((1, 2, 1000)) + body[place:]


def numbered(body: bytes, chance: random.Random) -> bytes:
    """Numbers (lengths, counts, offsets, references) are others, or far too large."""
    found = list(re.finditer(rb"\d+", body)) or [re.match(rb"", body)]
    for one in sorted(
        chance.sample(found, min(len(found), chance.choice((1, 2, 5)))), key=lambda m: -m.start()
    ):
        new = chance.choice(HUGE) if chance.random() < 0.5 else b"%d" % chance.randrange(12)
        body = body[: one.start()] + new + body[one.end() :]
    return body


def crossed(body: bytes, chance: random.Random) -> bytes:
    """The beginning of one file and the end of another."""
    other = chance.choice(list(WHOLE.values()))[1]
    return body[: chance.randrange(1, len(body))] + other[chance.randrange(len(other)) :]


def inside(body: bytes, chance: random.Random) -> bytes:
    """An archive that is whole, with a broken part in it."""
    if body[:2] != b"PK":
        return flipped(body, chance)
    with zipfile.ZipFile(BytesIO(body)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    name = chance.choice(list(parts))
    parts[name] = chance.choice((flipped, cut, holed, repeated))(parts[name], chance)
    return archive(parts)


BREAKING: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    flipped, cut, holed, repeated, numbered, crossed, inside,
)  # fmt: skip


def broken_files(seed: int = 20171125, rounds: int = 3) -> list[tuple[str, str, File]]:
    """Return (what it was, how it was broken, the file), always the same ones for a seed."""
    chance = random.Random(seed)
    made = []
    for name, count in CASES.items():
        media_type, whole = WHOLE[name]
        for number in range(count * rounds):
            how = BREAKING[number % len(BREAKING)]
            body = how(whole, chance)
            if chance.random() < 0.2:
                body = chance.choice(BREAKING[:6])(body or b"\x00", chance)
            made.append((name, how.__name__, File(body, media_type, f"https://x.example/{number}", SITE)))
    return made


@pytest.fixture(scope="module")
def answers() -> tuple[list[tuple[str, str, Text]], int]:
    """Return what each broken file gave, and how many worker processes it took."""
    patch = pytest.MonkeyPatch()
    reader = FileReader()
    started = []
    usual = room.subprocess.Popen

    def counted(*arguments, **more):
        started.append(1)
        return usual(*arguments, **more)

    patch.setattr(room, "shared_reader", lambda: reader)
    patch.setattr(room.subprocess, "Popen", counted)
    try:
        found = [(name, how, extract(file)) for name, how, file in broken_files()]
    finally:
        reader.close()
        patch.undo()
    return found, len(started)


def test_there_are_thousands_and_hardly_two_are_alike():
    files = broken_files()
    assert len(files) >= 3600
    assert len({file.body for _, _, file in files}) >= 3400
    assert files == broken_files()


def test_each_gives_a_text_or_a_coded_reason(answers):
    for name, how, text in answers[0]:
        case = (name, how, text.status, text.reason, text.detail)
        assert text.status in ("ok", "needs_ocr", "encrypted", "broken", "none"), case
        assert text.text.strip() or text.reason in REASONS, case
        assert text.reason == "" or text.reason in REASONS, case
        assert text.status == "ok" or text.reason, case
        assert list(text.pages) == sorted(text.pages), case
        text.text.encode("utf-8")


def test_none_hangs_and_none_ends_the_worker(answers):
    found, workers = answers
    reasons = Counter(text.reason for _, _, text in found)
    assert reasons["timeout"] == reasons["crashed"] == reasons["memory"] == 0
    assert workers == 1 + (len(found) - 1) // room.FILES_A_WORKER  # none but those that had read their share


def test_the_corpus_is_broken_in_many_ways_and_some_files_are_still_read(answers):
    reasons = {text.reason for _, _, text in answers[0]}
    assert {"", "truncated", "damaged", "partial", "encrypted", "not_a_pdf", "no_pages", "empty"} <= reasons
    read = Counter(name for name, _, text in answers[0] if text.status == "ok")
    assert all(read[name] for name in WHOLE if name != "scan" or read[name])
