"""What is written on figures in two languages: number formats and source lines."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ..errors import StepError

LANGUAGES = ("de", "en")
Labels = Mapping[str, Mapping[str, str]]
"""Texts of a figure: language, then key."""

_NARROW, _NO_BREAK, _MINUS = "\u202f", "\u00a0", "\u2212"
_MARKS = {"de": (_NARROW, ","), "en": (",", ".")}

SOURCES: Labels = MappingProxyType(
    {
        "de": {
            "catalogue": "Quelle: Filsinger/Gesemann 2017, Anlage 1 und Fußnote 14; "
            "eigene Kodierung und Auszählung.",
            "programmes": "Quelle: Filsinger/Gesemann 2017, Anlage 1, Fußnote 14 und Text (Programme, "
            "Ereignisse); eigene Auszählung.",
            "models": "Quelle: Filsinger/Gesemann 2017, Anlage 1, Fußnote 14 und Text (Programme); "
            "Bevölkerung: © Statistisches Bundesamt (Destatis), GV-ISys; Ausländeranteil: © BBSR Bonn, INKAR "
            "(dl-de/by-2-0), Auszug; eigene Kodierung und Berechnung.",
            "surveys": "Quelle: veröffentlichte Werte nach Filsinger/Gesemann 2017; Katalog: Anlage 1, "
            "Fußnote 14 und Text ebenda, eigene Kodierung und Auszählung.",
        },
        "en": {
            "catalogue": "Source: Filsinger/Gesemann 2017, Anlage 1 and footnote 14; own coding and count.",
            "programmes": "Source: Filsinger/Gesemann 2017, Anlage 1, footnote 14 and text (programmes, "
            "events); own count.",
            "models": "Source: Filsinger/Gesemann 2017, Anlage 1, footnote 14 and text (programmes); "
            "population: © Statistisches Bundesamt (Destatis), GV-ISys; foreigners share: © BBSR Bonn, INKAR "
            "(dl-de/by-2-0), extract; own coding and estimation.",
            "surveys": "Source: published values as given by Filsinger/Gesemann 2017; catalogue: Anlage 1, "
            "footnote 14 and text ibid., own coding and count.",
        },
    }
)
"""Source lines by language; official statistics with the licence that they ask to be named."""


def level(value: float, lang: str) -> str:
    """Return a confidence level (a share) as part of a compound: "95-%" in German, "95 %" in English."""
    return f"{number(100 * value, lang)}-%" if lang == "de" else percent(100 * value, lang, 0)


def check_lang(lang: str) -> str:
    """Return `lang` if labels exist in it.

    Raises
    ------
    StepError
        If it is neither "de" nor "en".
    """
    if lang not in LANGUAGES:
        raise StepError(
            f"there are no labels in the language {lang!r}: choose one of {', '.join(LANGUAGES)}."
        )
    return lang


def number(value: float, lang: str, digits: int = 0, *, sign: bool = False) -> str:
    """Return a number as written in the language: "1 234,5" (narrow no-break space) or "1,234.5".

    Parameters
    ----------
    value
        The number.
    lang
        "de" or "en".
    digits
        Decimal places.
    sign
        Write a plus sign too. Zero never has one; minus is the typographic sign.
    """
    thousands, decimal = _MARKS[check_lang(lang)]
    text = f"{abs(value):,.{digits}f}".translate({ord(","): thousands, ord("."): decimal})
    if not any(digit in text for digit in "123456789"):
        return text
    if value < 0:
        return _MINUS + text
    return "+" + text if sign else text


def percent(value: float, lang: str, digits: int = 1) -> str:
    """Return per cent as written in the language: "40,6 %" (no-break space) or "40.6%"."""
    return number(value, lang, digits) + (f"{_NO_BREAK}%" if lang == "de" else "%")
