"""Names given for a table (terms, statistics, labels) held against those in the fits."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

import pandas as pd

from ...errors import ModelError
from ..results import Estimates


def several(names: str | Sequence[str]) -> Sequence[str]:
    """Return names or sentences as a sequence: a single one may be given as a text."""
    return [names] if isinstance(names, str) else names


def choose_terms(
    tables: Mapping[str, pd.DataFrame], terms: Sequence[str] | None, omit: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Return the terms shown and those not shown."""
    everything = list(dict.fromkeys(str(term) for table in tables.values() for term in table.index))
    for term in terms or ():
        if term not in everything:
            raise ModelError(f"The term {term!r} is in no fit{near(term, everything)}")
    for start in omit:
        if not any(term.startswith(start) for term in everything):
            raise ModelError(f"omit={start!r} fits no term{near(start, everything)}")
    wanted = everything if terms is None else list(dict.fromkeys(terms))
    shown = [term for term in wanted if not any(term.startswith(start) for start in omit)]
    if not shown:
        raise ModelError("No term is left to show: omit fewer.")
    return shown, [term for term in everything if term not in shown]


def check_labels(
    labels: Mapping[str, str], models: Mapping[str, Estimates], tables: Mapping[str, pd.DataFrame]
) -> None:
    """Raise a ModelError if a label is for something that is in no fit."""
    known = ["Intercept"] + [str(term) for table in tables.values() for term in table.index]
    known += [str(name) for fit in models.values() for name in fit.glance().columns]
    for name in labels:
        if name not in known:
            raise ModelError(
                f"labels= names {name!r}, which is in no fit{near(name, list(dict.fromkeys(known)))}"
            )


def near(name: str, known: Sequence[str]) -> str:
    """Return how a sentence about an unknown name ends: the name that is meant, or all there are."""
    found = difflib.get_close_matches(name, known, n=1)
    return f": did you mean {found[0]!r}?" if found else f": there are {', '.join(known)}."
