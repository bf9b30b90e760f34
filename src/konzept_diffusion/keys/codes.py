"""Official keys of German territory: Amtlicher Gemeindeschlüssel (AGS), Kreis and Land keys.

Keys are strings with leading zeros, always: two digits for a Land, three for a Regierungsbezirk,
five for a Kreis, eight for a Gemeinde. Source: Statistisches Bundesamt, Gemeindeverzeichnis (GV-ISys).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..errors import InvalidKeyError

Level = Literal["land", "regierungsbezirk", "kreis", "gemeinde"]


@dataclass(frozen=True)
class Land:
    """One of the sixteen Länder: two-digit key, name, usual abbreviation, and which part of Germany."""

    key: str
    name: str
    abbreviation: str
    part: Literal["west", "ost"]


_ROWS: tuple[tuple[str, str, str, Literal["west", "ost"]], ...] = (
    ("01", "Schleswig-Holstein", "SH", "west"),
    ("02", "Hamburg", "HH", "west"),
    ("03", "Niedersachsen", "NI", "west"),
    ("04", "Bremen", "HB", "west"),
    ("05", "Nordrhein-Westfalen", "NW", "west"),
    ("06", "Hessen", "HE", "west"),
    ("07", "Rheinland-Pfalz", "RP", "west"),
    ("08", "Baden-Württemberg", "BW", "west"),
    ("09", "Bayern", "BY", "west"),
    ("10", "Saarland", "SL", "west"),
    ("11", "Berlin", "BE", "ost"),
    ("12", "Brandenburg", "BB", "ost"),
    ("13", "Mecklenburg-Vorpommern", "MV", "ost"),
    ("14", "Sachsen", "SN", "ost"),
    ("15", "Sachsen-Anhalt", "ST", "ost"),
    ("16", "Thüringen", "TH", "ost"),
)
LAENDER: dict[str, Land] = {row[0]: Land(*row) for row in _ROWS}
CITY_STATES: dict[str, str] = {"02": "02000000", "04": "04011000", "11": "11000000"}
"""Land key to the AGS of the city that is the Land (for Bremen: the city of Bremen, not Bremerhaven)."""

_LEVELS: dict[int, Level] = {2: "land", 3: "regierungsbezirk", 5: "kreis", 8: "gemeinde"}


def check(key: str, *, level: Level | tuple[Level, ...] | None = None) -> str:
    """Return `key` if it has the form of an official key and names one of the sixteen Länder.

    Existence is not checked: which Gemeinden exist depends on the date (Gebietsstand).

    Parameters
    ----------
    key
        Digits only; 2 (Land), 3 (Regierungsbezirk), 5 (Kreis) or 8 (Gemeinde) of them.
    level
        The level or levels allowed; all by default.

    Raises
    ------
    InvalidKeyError
        If the key is no string of digits, has the wrong length or an unknown Land.
    """
    if not isinstance(key, str):
        raise InvalidKeyError(
            f"{key!r} is not a key: keys are strings with leading zeros (read the column as text, dtype=str)."
        )
    if not (key.isascii() and key.isdigit()):
        raise InvalidKeyError(f"{key!r} is not a key: only digits are allowed, no blanks or signs.")
    found = _LEVELS.get(len(key))
    if found is None:
        lost = f" A leading zero may be lost: {key.zfill(len(key) + 1)!r}?" if len(key) in (1, 4, 7) else ""
        raise InvalidKeyError(f"{key!r} has {len(key)} digits; a Land has 2, a Kreis 5, a Gemeinde 8.{lost}")
    if key[:2] not in LAENDER:
        raise InvalidKeyError(f"{key!r} begins with {key[:2]!r}, which is no Land (01 to 16).")
    allowed = (level,) if isinstance(level, str) else level
    if allowed and found not in allowed:
        raise InvalidKeyError(f"{key!r} is the key of a {found}, expected {' or '.join(allowed)}.")
    return key


def level(key: str) -> Level:
    """Return the level of `key`: land, regierungsbezirk, kreis or gemeinde."""
    return _LEVELS[len(check(key))]


def land(key: str) -> str:
    """Return the two-digit Land key that `key` begins with."""
    return check(key)[:2]


def land_name(key: str) -> str:
    """Return the name of the Land that `key` lies in."""
    return LAENDER[land(key)].name


def kreis(key: str) -> str:
    """Return the five-digit Kreis key of a Gemeinde or Kreis key.

    Raises
    ------
    InvalidKeyError
        If `key` is a Land or Regierungsbezirk, which lies in no Kreis.
    """
    return check(key, level=("kreis", "gemeinde"))[:5]


def land_key(name: str) -> str:
    """Return the two-digit key of a Land given by its name or abbreviation ("Hessen", "HE").

    Raises
    ------
    InvalidKeyError
        If no Land has that name.
    """
    wanted = name.strip().casefold()
    for item in LAENDER.values():
        if wanted in (item.name.casefold(), item.abbreviation.casefold()):
            return item.key
    raise InvalidKeyError(f"{name!r} is no Land. Names are written as in {LAENDER['08'].name!r}.")
