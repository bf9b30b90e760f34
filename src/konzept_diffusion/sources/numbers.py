"""Numbers as German official tables write them: decimal comma, groups of three, sometimes as text."""

from __future__ import annotations

import math
import re

_SPACES = " \u00a0\u2009\u202f"
"""Blank, no-break space, thin space, narrow no-break space: all are seen between groups of three."""
_PLAIN = re.compile(r"[0-9]+(?:,[0-9]+)?")
_GROUPED = re.compile(rf"[0-9]{{1,3}}([{_SPACES}])[0-9]{{3}}(?:\1[0-9]{{3}})*(?:,[0-9]+)?")
_DOTTED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3}){2,}|[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+")


def parse_number(cell: object) -> float | None:
    """Return the number in a cell, or None if the cell is blank.

    Parameters
    ----------
    cell
        A number, or text with decimal comma and groups of three set apart by one kind of space or by
        points: "1 234,5", "1.234.567". A sign may stand in front.

    Returns
    -------
    float or None
        None only for a blank cell; whether a blank is allowed there is for the caller to say.

    Raises
    ------
    ValueError
        For everything else, and for the ambiguous "1.234" (group or decimals?).
    """
    if isinstance(cell, bool) or cell is None:
        if cell is None:
            return None
        raise ValueError(f"{cell!r} is no number")
    if isinstance(cell, int | float):
        if not math.isfinite(cell):
            raise ValueError(f"{cell!r} is no finite number")
        return float(cell)
    if not isinstance(cell, str):
        raise ValueError(f"{cell!r} is no number")  # noqa: TRY004 - one error for every bad cell
    text = cell.strip(_SPACES + "\t\r\n")
    if text == "":
        return None
    negative = text[0] in "-−"
    digits = text[1:] if text[0] in "+-−" else text
    if _DOTTED.fullmatch(digits):
        digits = digits.replace(".", "")
    elif _GROUPED.fullmatch(digits):
        digits = re.sub(rf"[{_SPACES}]", "", digits)
    elif re.fullmatch(r"[0-9]{1,3}\.[0-9]{3}", digits):
        raise ValueError(f"{text!r} is ambiguous: thousands or decimals")
    elif not _PLAIN.fullmatch(digits):
        raise ValueError(f"{text!r} is no number in German notation")
    value = float(digits.replace(",", "."))
    return -value if negative else value
