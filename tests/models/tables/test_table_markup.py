"""LaTeX, HTML and Markdown that say what the layout says and cannot be broken by a label."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from konzept_diffusion.models.estimators.binary.result import Fit
from konzept_diffusion.models.tables.layout import regression_table
from konzept_diffusion.models.tables.markup import markdown, tex, to_html, to_latex, to_markdown


def test_latex_has_booktabs_rules_and_numbers_in_math_mode(small: Fit, large: Fit) -> None:
    text = to_latex([small, large], title="Größe & 5 %", labels={"x": "Größe_1 (%)"}, stars=True)
    for rule in (r"\toprule", r"\midrule", r"\bottomrule"):
        assert rule in text
    assert r"\caption{Gr{\"o}{\ss}e \& 5~\%}" in text or r"\caption{Gr{\"o}{\ss}e \& 5 \%}" in text
    value = f"{abs(small.params['x']):.3f}".replace(".", "{,}")
    assert rf"Gr{{\"o}}{{\ss}}e\_1 (\%) & $-{value}^{{***}}$ &" in text
    assert "Konstante &" in text


def test_every_line_of_the_latex_table_has_as_many_cells(small: Fit, large: Fit) -> None:
    text = to_latex([small, large], below="ci")
    body = text.partition(r"\toprule")[2].partition(r"\bottomrule")[0]
    lines = [line for line in body.splitlines() if line.endswith(r"\\")]
    assert len(lines) == 1 + 2 * 3 + 5
    assert {len(re.findall(r"(?<!\\)&", line)) for line in lines} == {2}


def test_latex_is_ascii_whatever_the_language(small: Fit, large: Fit) -> None:
    assert to_latex([small, large], below="ci", title="„Übersicht“ – 1 × 1").isascii()


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_an_escaped_label_holds_no_command_of_the_author(label: str) -> None:
    left = re.sub(r"\\(text[a-z]+\{\}|[{}$&#%_]|,)", "", tex(label).removeprefix("{}"))
    assert not re.search(r"[\\{}$&#%_^~]", left)


def test_a_row_cannot_begin_with_what_latex_takes_for_an_argument() -> None:
    assert tex("[x]") == "{}[x]"
    assert tex("*x") == "{}*x"


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    assert not reader.open
    return reader


def test_html_has_a_caption_and_a_scope_on_every_heading(small: Fit, large: Fit) -> None:
    reader = read(to_html([small, large], title="Treiber", lang="de"))
    assert reader.seen[0] == ("table", {"class": "regression", "lang": "de"})
    assert reader.seen[1][0] == "caption"
    headings = [attrs["scope"] for tag, attrs in reader.seen if tag == "th"]
    assert headings == ["col"] * 3 + ["row"] * (3 + 5)


def test_html_escapes_what_users_write(small: Fit) -> None:
    label = "<script>alert('x')</script> & \"Größe\""
    reader = read(to_html({label: small}, labels={"x": label}, title=label, notes=[label]))
    assert "script" not in {tag for tag, _ in reader.seen}
    assert reader.texts.count(label) == 4


def test_markdown_has_as_many_bars_in_every_line(small: Fit, large: Fit) -> None:
    text = to_markdown([small, large], labels={"x": "a|b_c*"}, stars=True)
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert len(lines) == 2 + 2 * 3 + 5
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {4}
    assert any(line.startswith(r"| a\|b\_c\* |") for line in lines)


def test_markdown_leaves_no_markup_of_the_author() -> None:
    assert markdown("*a* _b_ [c](d) <e>") == r"\*a\* \_b\_ \[c\](d) \<e\>"


@pytest.mark.parametrize("make", [to_latex, to_html, to_markdown])
def test_text_is_written_to_the_path_too_and_is_the_same_every_time(
    make: object, small: Fit, large: Fit, tmp_path: Path
) -> None:
    target = tmp_path / "new" / "table.txt"
    text = make([small, large], target, lang="en", title="T")
    assert target.read_bytes().decode("utf-8") == text
    assert make([small, large], lang="en", title="T") == text
    shown = regression_table([small, large], lang="en")
    value = shown.coefficients[1].cells[1].text.lstrip("−")
    assert value in text


def test_straight_quotation_marks_open_and_close() -> None:
    assert tex('"Zitat" und ("noch") eines') == "``Zitat'' und (``noch'') eines"
