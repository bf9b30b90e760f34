"""Names of Kommunen taken apart: core, supplement, and what their own words state (level, Land, Kreis)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from .. import keys
from ..schemas.codebook import fold

Level = Literal["stadt", "kreis"]

_ABBREVIATIONS = tuple(
    (re.compile(pattern), full)
    for pattern, full in (
        (r"\bst\.\s*", "sankt "),
        (r"\bhann\.\s*", "hannoversch "),
        (r"\ba\.?\s?d\.\s*", "an der "),
        (r"\bi\.?\s?d\.\s*", "in der "),
        (r"\bv\.\s?d\.\s*", "vor der "),
        (r"\bo\.\s?d\.\s*", "ob der "),
        (r"\bu\.\s*t(eck)?\b\.?", "unter teck"),
        (r"\ba\.\s?m\.?(?=\s|$|\))", "am main"),
        (r"\ba\.\s?rh\.?(?=\s|$|\))", "am rhein"),
        (r"\ba\.\s?n\.?(?=\s|$|\))", "am neckar"),
        (r"\bi\.\s?br\.?(?=\s|$|\))", "im breisgau"),
        (r"\bi\.\s?ob\b\.?", "in oberbayern"),
        (r"\bi\.\s?o\.?(?=\s|$|\))", "oldenburg"),
        (r"\ba\.\s*", "am "),
        (r"\bb\.\s*", "bei "),
        (r"\bi\.\s*", "im "),
        (r"\bopf\b\.?", "oberpfalz"),
        (r"\boldb\b\.?", "oldenburg"),
        (r"\bwestf\b\.?", "westfalen"),
        (r"\brhld\b\.?", "rheinland"),
    )
)
_CONNECTIVES = frozenset(["am", "an", "der", "dem", "den", "im", "in", "bei", "unter", "ob", "vor"])
_TOWN_TITLES = (
    "freie und hansestadt", "hanse und universitaetsstadt", "universitaets und hansestadt", "freie hansestadt",
    "kreis und hochschulstadt", "kreisfreie stadt", "grosse kreisstadt", "documenta stadt", "stadt",
    "kreisstadt", "landeshauptstadt", "hansestadt", "universitaetsstadt", "wissenschaftsstadt",
    "hochschulstadt", "lutherstadt", "welterbestadt", "klingenstadt", "kupferstadt", "kolpingstadt",
    "bluetenstadt", "oranienstadt", "barbarossastadt", "widukindstadt", "bundesstadt", "stadtgemeinde",
    "stadtverwaltung", "gemeinde",
)  # fmt: skip
_KREIS_TITLES = (
    "landkreis", "kreis", "lk", "lkr", "landkr", "landratsamt", "kreisverwaltung", "staedteregion",
    "regionalverband", "region", "altmarkkreis", "eifelkreis", "rhein kreis",
)  # fmt: skip
_TITLES: tuple[tuple[tuple[str, ...], Level], ...] = (
    *((tuple(title.split()), "stadt") for title in _TOWN_TITLES),
    *((tuple(title.split()), "kreis") for title in _KREIS_TITLES),
)  # fmt: skip
_TRAILING: dict[str, Level] = {"stadt": "stadt", "landkreis": "kreis", "lk": "kreis"}
_TAIL_ABBREVIATIONS = {
    "st": "stadt",
    "sankt": "stadt",
    "gkst": "stadt",
    "krst": "stadt",
    "m": "stadt",
    "markt": "stadt",
}
_OFFICIAL_BRACKETS = ("hessen",)
"""Names of Länder that belong to official names: Langen (Hessen), Friedberg (Hessen)."""
_NAMESAKES = (
    "alsdorf 07g; amberg 09g; bergheim 09g; bernau 08g 09g; biberach 08g; bingen 08g; blankenburg "
    "16g; bornheim 07g; bruehl 08g; buchholz 01g 03g 07g 13g 16g; burg 07g; burgdorf 03g; dillingen "
    "09s; ehingen 09g; eisenach 07g; elsdorf 03g; esslingen 07g; forchheim 08g; frankenthal 14g; "
    "freiburg 03g; fuerth 06g; geislingen 08s; greven 13g; gronau 03s; hagen 01g; halle 03g; hamm "
    "07g; heidenheim 09g; herborn 07g; hof 07g; hofheim 09s; husum 03g; kirchheim 06g 07g 08g 09g "
    "16g; kleve 01g; lage 03g; lahr 07g; landau 09s; landsberg 15s; langen 03g; langenfeld 07g 09g; "
    "lauf 08g; leimen 07g; lengerich 03g; leonberg 09g; lichtenfels 06s; lindau 01g; marl 03g; "
    "meckenheim 07g; minden 07g; monheim 09s; muehlhausen 08g 09g; muehlheim 08s; muelheim 07g; "
    "muenster 09g; naumburg 06s; neuburg 07g 09g 13g; neufahrn 09g; neunkirchen 05g 07g 08g 09g; "
    "neustadt 01s 06s 07g 09g 09s 12s 14g 14s 16g 16s; nienburg 15s; oberhausen 07g 09g; offenbach "
    "07g; oldenburg 01s; pfaffenhofen 08g 09g; quickborn 01g; reichenbach 07g 08g 09g 14s 16g; "
    "rosenheim 07g; rotenburg 06s; roth 07g; rottenburg 09s; schorndorf 09g; schwerin 12g; steinhagen "
    "13g; wangen 08g; weiden 07g; weil 08g 08s 09g; weilheim 08g 08s; werder 13g; wetter 06s; winsen "
    "01g 03g "
)
NAMESAKES: dict[str, frozenset[str]] = {
    form: frozenset(places) for form, *places in (item.split() for item in _NAMESAKES.split(";"))
}
"""Letters of names in the register that a Gemeinde outside it bears too: its Land, and s (Stadt) or g (none).

A full official name (Quickborn) has the namesakes of the same full name, a short form (Freiburg) also those of
the same short form (Freiburg/Elbe). Source: Gemeindeverzeichnis of 31.12.2017; parts of Gemeinden and
Gemeinden of earlier years are not in it.
"""
_LAND_KEYS = {
    fold(text): land.key for land in keys.LAENDER.values() for text in (land.name, land.abbreviation)
}


@dataclass(frozen=True)
class ParsedName:
    """A name taken apart.

    full: letters of the name without its level words; short: those before the supplement ("am Main");
    titled: letters with the level words, which belong to some names (Rhein-Kreis Neuss). title: the leading
    level words; level, land, kreis: what the name itself states. unread: a part after a comma says nothing
    known, or two parts contradict each other, so that the name must not be matched by its core.
    """

    full: str
    short: str
    titled: str
    title: str
    level: Level | None
    land: str | None
    kreis: str | None
    unread: bool


def parse(name: str) -> ParsedName:
    """Take `name` apart; see `ParsedName`."""
    text, *tails = [part.strip() for part in fold(name).split(",")]
    bracket = re.fullmatch(r"(.+?)\s*\(([^()]*)\)", text)
    if bracket and bracket[2] not in _OFFICIAL_BRACKETS:
        inner = _read_tail(bracket[2])
        if inner is not None:
            text, tails = bracket[1], [*tails, bracket[2]]
    tokens = _tokens(text)
    titled = _letters(tokens)
    tokens, title, level = _without_titles(tokens)
    land: str | None = None
    kreis: str | None = None
    unread = False
    for tail in tails:
        read = _read_tail(tail)
        if read is None or (level and read[0] and read[0] != level):
            unread = True
            continue
        level, land, kreis = level or read[0], land or read[1], kreis or read[2]
    return ParsedName(_letters(tokens), _core(tokens), titled, title, level, land, kreis, unread)


def name_forms(name: str) -> frozenset[str]:
    """Return the spellings, without blanks and hyphens, under which `name` may stand in a host name."""
    tokens = _tokens(fold(name).split(",")[0])
    bare, _, _ = _without_titles(tokens)
    forms = {_letters(tokens), _letters(bare), _core(bare), "".join(token for token in bare if token != "|")}
    forms |= {form.removesuffix("kreis") for form in forms}
    forms |= {"st" + form.removeprefix("sankt") for form in forms if form.startswith("sankt")}
    return frozenset(form for form in forms if len(form) > 1)


def _tokens(text: str) -> list[str]:
    """Return the words of a folded name; `|` marks where a bracket or slash opens a supplement."""
    for pattern, full in _ABBREVIATIONS:
        text = pattern.sub(full, text)
    return re.findall(r"[a-z0-9]+|\|", re.sub(r"[(/]", " | ", text))


def _letters(tokens: list[str]) -> str:
    return "".join(token for token in tokens if token != "|" and token not in _CONNECTIVES)


def _core(tokens: list[str]) -> str:
    """Return the letters before the supplement ("am Main", "(Oder)", "/Ruhr")."""
    for position, token in enumerate(tokens):
        if position and (token == "|" or token in _CONNECTIVES):
            return _letters(tokens[:position])
    return _letters(tokens)


def _without_titles(tokens: list[str]) -> tuple[list[str], str, Level | None]:
    """Return the words without level words at either end, the leading ones, and the level stated."""
    leading: list[str] = []
    level: Level | None = None
    while found := next((item for item in _TITLES if _begins(tokens, item[0])), None):
        leading, tokens = [*leading, *found[0]], tokens[len(found[0]) :]
        level = level or found[1]
    last = tokens[-1] if tokens else ""
    # "Weil der Stadt" is a name.
    if len(tokens) > 1 and last in _TRAILING and tokens[-2] not in _CONNECTIVES:
        tokens, level = tokens[:-1], level or _TRAILING[last]
    elif last.endswith("kreis"):
        level = level or "kreis"
    return tokens, " ".join(leading), level


def _begins(tokens: list[str], title: tuple[str, ...]) -> bool:
    """Tell whether a title stands at the beginning and leaves a name behind."""
    return len(tokens) > len(title) and tuple(tokens[: len(title)]) == title


def _read_tail(tail: str) -> tuple[Level | None, str | None, str | None] | None:
    """Return level, Land and the Kreis a town lies in, as a part after a comma or in brackets states them.

    None if it states nothing known.
    """
    tokens = [_TAIL_ABBREVIATIONS.get(token, token) for token in _tokens(tail)]
    if tail in _LAND_KEYS and not set(tokens) & set(_TRAILING):
        # After a comma "St" is the official short form of Stadt, not Sachsen-Anhalt.
        return None, _LAND_KEYS[tail], None
    rest, _, level = _without_titles([*tokens, "|"])
    letters = _letters(rest)
    if letters.endswith("kreis") or (level == "kreis" and letters):
        return "stadt", None, letters
    if level:
        return level, None, None
    return ("stadt", None, None) if any(token.endswith("stadt") for token in tokens) else None
