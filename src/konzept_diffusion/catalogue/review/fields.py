"""What can be coded by hand: fields, their codes, and reading a code as a person writes it."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ... import keys
from ...errors import DataError, InvalidKeyError
from ...schemas import vocabulary as voc
from ...schemas.core import FIRST_YEAR
from ...schemas.review import NONE, REVIEW_FIELDS
from ...schemas.themes import THEMES

Form = Literal["code", "codes", "year", "key"]
YES, NO = "ja", "nein"


@dataclass(frozen=True)
class ReviewField:
    """One field of a coding sheet.

    Attributes
    ----------
    name
        Column of `documents`, or relevant.
    form
        code (one of `codes`), codes (several, separated by |), year, or key (Kreis or Gemeinde).
    label
        What is asked, in German.
    codes
        Code to German meaning; empty for years and keys.
    optional
        "kein" is a code: nothing stated.
    """

    name: str
    form: Form
    label: str
    codes: Mapping[str, str]
    optional: bool = False

    def allowed(self) -> str:
        """Return what may stand in a cell, for a message."""
        none = [NONE] if self.optional else []
        if self.form == "year":
            return ", ".join([f"a year from {FIRST_YEAR} to {datetime.date.today().year}", *none])
        if self.form == "key":
            return ", ".join(["a key of 5 (Kreis) or 8 digits (Gemeinde)", *none])
        separated = " (several: separated by |)" if self.form == "codes" else ""
        return ", ".join([*self.codes, *none]) + separated


def _german(codes: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    return {code: german for code, (german, _) in codes.items()}


_OWNER_LEVELS = {
    "stadt": "Stadt oder Gemeinde",
    "kreis": "Landkreis",
    "land": "Land",
    "bund": "Bund",
    "sonstige": "andere (Verband, Träger, Verein)",
}
_VERSIONS = {"first": "erste Fassung", "update": "Fortschreibung", "unclear": "nicht zu erkennen"}
_THEMES = dict.fromkeys(THEMES, "Thema, erklärt in docs/themes.md")
_RELEVANT = {YES: "Fassung eines Integrationsdokuments", NO: "etwas anderes (dann bleiben die übrigen leer)"}


def _field(name: str, form: Form, codes: Mapping[str, str], *, optional: bool = False) -> ReviewField:
    return ReviewField(name, form, REVIEW_FIELDS[name][0], codes, optional)


FIELDS: dict[str, ReviewField] = {
    field.name: field
    for field in (
        _field("relevant", "code", _RELEVANT),
        _field("kind", "code", _german(voc.DOCUMENT_KINDS)),
        _field("status", "code", _german(voc.STATUSES)),
        _field("owner_level", "code", _OWNER_LEVELS),
        _field("ags", "key", {}, optional=True),
        _field("year", "year", {}, optional=True),
        _field("year_basis", "code", _german(voc.YEAR_BASES)),
        _field("version", "code", _VERSIONS, optional=True),
        _field("target_group", "code", _german(voc.TARGET_GROUPS)),
        _field("themes", "codes", _THEMES, optional=True),
    )
}
"""Every field that a sheet can ask for, by name."""
DEFAULT_FIELDS = ("relevant", "kind", "status", "owner_level", "ags", "year", "year_basis", "version")
"""What a sheet asks for if nothing else is said."""


def check_fields(names: Iterable[str]) -> tuple[ReviewField, ...]:
    """Return the fields called `names`, in that order.

    Raises
    ------
    DataError
        If there is none, one twice, or one that cannot be coded by hand.
    """
    wanted = tuple(names)
    for name in wanted:
        if name not in FIELDS:
            raise DataError(f"{name!r} is no field of a coding sheet.", hint=f"Known: {', '.join(FIELDS)}.")
    if not wanted or len(set(wanted)) < len(wanted):
        raise DataError("a coding sheet needs at least one field, and each once.", hint=f"Got: {wanted}.")
    return tuple(FIELDS[name] for name in wanted)


def machine_code(value: Any, field: ReviewField) -> str:
    """Return a value of the table `documents` as the code that a person would write.

    Returns
    -------
    str
        The code; "kein" for a missing value of an optional field; empty for any other missing value.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)) or type(value).__name__ == "NAType":
        text = ""
    elif isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):
        text = YES if value else NO
    elif field.form == "year":
        text = str(int(value))
    else:
        text = str(value).strip()
    if field.form == "codes":
        text = "|".join(sorted({part.strip() for part in text.split("|")} - {""}))
    return text or (NONE if field.optional else "")


def read_code(text: str, field: ReviewField) -> str:
    """Return the code that a person wrote, in one form: case, blanks and what Excel does to numbers aside.

    Parameters
    ----------
    text
        The cell, not empty. "2014,0" is the year 2014; a key that lost its leading zero to Excel (4 or 7 digits)
        gets it back, which is unambiguous.

    Raises
    ------
    ValueError
        If it is no code of the field: the message says what is wrong and what may stand there.
    """
    plain = text.strip().casefold()
    if field.optional and plain == NONE:
        return NONE
    if field.form == "year":
        return _read_year(plain, field)
    if field.form == "key":
        return _read_key(plain, field)
    parts = [part.strip() for part in plain.split("|")] if field.form == "codes" else [plain]
    for part in parts:
        if part not in field.codes:
            raise ValueError(f"{text.strip()!r} is no code of {field.name}. Allowed: {field.allowed()}.")
    return "|".join(sorted(set(parts)))


def _read_year(plain: str, field: ReviewField) -> str:
    whole = re.fullmatch(r"([0-9]{4})(?:[.,]0+)?", plain)
    if whole is None or not FIRST_YEAR <= int(whole.group(1)) <= datetime.date.today().year:
        raise ValueError(f"{plain!r} is no year. Allowed: {field.allowed()}.")
    return whole.group(1)


def _read_key(plain: str, field: ReviewField) -> str:
    digits = re.sub(r"[.,]0+$", "", plain)
    if digits.isascii() and digits.isdigit() and len(digits) in (4, 7):
        digits = "0" + digits
    try:
        return keys.check(digits, level=("kreis", "gemeinde"))
    except InvalidKeyError:
        raise ValueError(f"{plain!r} is no official key. Allowed: {field.allowed()}.") from None


def contradiction(codes: Mapping[str, str]) -> tuple[str, str] | None:
    """Return (field, problem) if the codes of one document exclude each other, else None."""
    year, basis = codes.get("year"), codes.get("year_basis")
    if year is None or basis is None:
        return None
    if year == NONE and basis != "unbekannt":
        return "year_basis", f"is {basis!r}, but the year is {NONE!r}. Write 'unbekannt' or give the year."
    if year != NONE and basis == "unbekannt":
        return "year_basis", f"is 'unbekannt', but there is a year ({year}). Say what it rests on."
    return None
