"""What stands on the figures: both languages complete, numbers as the language writes them, nothing overlaps."""

from __future__ import annotations

import itertools
import string
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.text import Text

from konzept_diffusion.figures import Inputs, abbildung_02, draw, karte_landkreise
from konzept_diffusion.figures.labels import SOURCES, check_lang, number, percent
from konzept_diffusion.figures.style import wrap

NARROW, NO_BREAK, MINUS = "\u202f", "\u00a0", "\u2212"


def texts_of(figure: Figure) -> list[Text]:
    """Return the texts that are drawn (tick labels outside the axes' limits are not)."""
    figure.draw_without_rendering()
    found = list(figure.texts)
    found += [text for legend in figure.legends for text in legend.get_texts()]
    # A secondary axis is not of class Axes, but has axes and texts all the same.
    for item in figure.findobj(lambda artist: hasattr(artist, "axison")):
        found += item.texts
        if not item.axison:
            continue
        for axis in (item.xaxis, item.yaxis):
            if not axis.get_visible():
                continue
            low, high = sorted(axis.get_view_interval())
            found += [axis.label]
            for tick in axis.get_major_ticks():
                if low <= tick.get_loc() <= high:
                    found += [text for text in (tick.label1, tick.label2) if text.get_visible()]
    unique = {id(text): text for text in found if text.get_text().strip() and text.get_visible()}
    return list(unique.values())


def written_on(figure: Figure) -> str:
    """Return all that is written, line breaks as blanks (wrapped notes read as one text)."""
    return " ".join(text.get_text().replace("\n", " ") for text in texts_of(figure))


def test_labels_are_complete_in_both_languages(module: ModuleType) -> None:
    assert set(module.LABELS) == {"de", "en"}
    assert set(module.LABELS["de"]) == set(module.LABELS["en"])
    assert all(text.strip() for labels in module.LABELS.values() for text in labels.values())
    assert set(SOURCES["de"]) == set(SOURCES["en"])


def test_every_label_is_drawn_with_its_source_line(
    name: str, module: ModuleType, inputs: Inputs, lang: str
) -> None:
    drawn = written_on(draw(name, inputs, lang))
    # A class without a Kreis is not in the legend of the map.
    empty = set(karte_landkreise.STATES) - set(karte_landkreise.data(inputs)["state"])
    for key, label in module.LABELS[lang].items():
        if module is karte_landkreise and key in empty:
            assert label.strip() not in drawn
            continue
        for part, _, _, _ in string.Formatter().parse(label.replace("\n", " ")):
            assert part.strip() in drawn, (key, part)
    assert any(source in drawn for source in SOURCES[lang].values())


def test_languages_do_not_mix(name: str, inputs: Inputs) -> None:
    german, english = (written_on(draw(name, inputs, lang)) for lang in ("de", "en"))
    assert "Quelle: " in german
    assert "Source: " not in german
    assert "Source: " in english
    assert "Quelle: " not in english
    assert f"{NO_BREAK}%" in german or "95-%-Intervall" in german
    assert f"{NO_BREAK}%" not in english


def test_nothing_overlaps_or_leaves_the_page(name: str, inputs: Inputs, lang: str) -> None:
    figure = draw(name, inputs, lang)
    texts = texts_of(figure)
    assert len(texts) >= 10
    boxes = [(text.get_text(), Text.get_window_extent(text)) for text in texts]
    page = figure.bbox
    for label, box in boxes:
        assert page.x0 <= box.x0 < box.x1 <= page.x1, label
        assert page.y0 <= box.y0 < box.y1 <= page.y1, label
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        high = min(a.y1, b.y1) - max(a.y0, b.y0)
        # Line boxes include the room of ascenders: a pixel in common is no overlap.
        assert wide <= 1 or high <= 1, f"{one!r} overlaps {other!r}"


def test_bars_are_labelled_from_the_data_that_is_handed_in(inputs: Inputs) -> None:
    data = abbildung_02.data(inputs).assign(n=[1, 28, 28, 12], share=[1.45, 40.58, 40.58, 17.39])
    drawn = written_on(abbildung_02.draw(data, "de"))
    assert "69 Großstädten" in drawn
    for label in (f"1 (1,4{NO_BREAK}%)", f"28 (40,6{NO_BREAK}%)", f"12 (17,4{NO_BREAK}%)"):
        assert label in drawn


def test_official_statistics_are_named_with_their_licence(inputs: Inputs, lang: str) -> None:
    drawn = written_on(draw("koeffizienten", inputs, lang))
    for name in ("Destatis", "GV-ISys", "BBSR", "INKAR", "dl-de/by-2-0"):
        assert name in drawn


@pytest.mark.parametrize(
    ("value", "digits", "german", "english"),
    [
        (40.58, 1, "40,6", "40.6"),
        (1126, 0, f"1{NARROW}126", "1,126"),
        (1234567.891, 2, f"1{NARROW}234{NARROW}567,89", "1,234,567.89"),
        (-20.84, 1, f"{MINUS}20,8", f"{MINUS}20.8"),
        (-0.04, 1, "0,0", "0.0"),
        (0, 0, "0", "0"),
    ],
)
def test_numbers(value: float, digits: int, german: str, english: str) -> None:
    assert number(value, "de", digits) == german
    assert number(value, "en", digits) == english


def test_percent_and_signs() -> None:
    assert percent(40.58, "de") == f"40,6{NO_BREAK}%"
    assert percent(40.58, "en") == "40.6%"
    assert number(2.26, "de", 1, sign=True) == "+2,3"
    assert number(0.04, "de", 1, sign=True) == "0,0"


@settings(deadline=None)  # a loaded machine is no failure
@given(
    st.floats(min_value=-1e9, max_value=1e9, allow_nan=False),
    st.integers(0, 4),
    st.sampled_from(["de", "en"]),
)
def test_a_written_number_reads_back(value: float, digits: int, lang: str) -> None:
    marks = {"de": {NARROW: "", ",": "."}, "en": {",": ""}}[check_lang(lang)]
    text = number(value, lang, digits)
    for mark, plain in marks.items():
        text = text.replace(mark, plain)
    assert float(text.replace(MINUS, "-")) == pytest.approx(round(value, digits), abs=10.0**-digits)


@settings(deadline=None)  # a loaded machine is no failure
@given(st.lists(st.text(string.ascii_letters, min_size=1, max_size=9), min_size=1, max_size=30))
def test_wrapping_keeps_every_word_in_order(words: list[str]) -> None:
    lines = wrap(" ".join(words), 120.0, 8.0)
    assert " ".join(lines).split() == words
