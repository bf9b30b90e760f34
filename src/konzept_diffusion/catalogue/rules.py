"""Coding rules: which documents count as an adopted concept.

Every rule is a function from the table `documents` to a boolean Series (one value per row), composed
of the conditions below. The main rule states how the survey of 2017 counts: "own documents of the
Kommune, integration (not refugee) concepts and Leitbilder, in a finished version", with its footnote 14
overriding Anlage 1 where the two disagree. The rules never name a city.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

Rule = Callable[[pd.DataFrame], "pd.Series[bool]"]


def is_concept(documents: pd.DataFrame) -> pd.Series[bool]:
    """Return True for an Integrationskonzept in the wide sense (also -plan, -programm, Gesamtkonzept)."""
    return documents["kind"] == "integrationskonzept"


def is_leitbild(documents: pd.DataFrame) -> pd.Series[bool]:
    """Return True for Leitbild, Leitlinien, Leitsätze."""
    return documents["kind"] == "leitbild"


def is_finished(documents: pd.DataFrame) -> pd.Series[bool]:
    """Return True for documents that are adopted or finished: no drafts, plans or open status."""
    return documents["status"].isin(["beschlossen", "fertiggestellt"])


def is_general(documents: pd.DataFrame) -> pd.Series[bool]:
    """Return True for documents on integration as such: not on refugees or one group of migrants only."""
    return documents["target_group"] == "allgemein"


def has_flag(documents: pd.DataFrame, flag: str) -> pd.Series[bool]:
    """Return True for documents that carry `flag` among their flags."""
    return documents["flag"].fillna("").str.split("|").map(lambda flags: flag in flags).astype(bool)


def is_excepted(documents: pd.DataFrame) -> pd.Series[bool]:
    """Return True for the documents of a city that footnote 14 counts as without a concept of its own.

    Only the city's own documents are concerned: the concept of its Kreis remains the Kreis's.
    """
    return has_flag(documents, "footnote14") & (documents["owner_level"] == "stadt")


def konzept_oder_leitbild(documents: pd.DataFrame) -> pd.Series[bool]:
    """Return the main rule: finished concepts and Leitbilder on integration as such, footnote 14 above all."""
    return (
        (is_concept(documents) | is_leitbild(documents))
        & is_finished(documents)
        & is_general(documents)
        & ~is_excepted(documents)
    )


def nur_konzept(documents: pd.DataFrame) -> pd.Series[bool]:
    """Return the narrow rule: as the main rule, Leitbilder do not count."""
    return konzept_oder_leitbild(documents) & is_concept(documents)


def mit_gruppenkonzepten(documents: pd.DataFrame) -> pd.Series[bool]:
    """Return the wide rule: concepts for one group of migrants (not refugees) count too."""
    return (
        (is_concept(documents) | is_leitbild(documents))
        & is_finished(documents)
        & (documents["target_group"] != "fluechtlinge")
        & ~is_excepted(documents)
    )


def mit_fluechtlingskonzepten(documents: pd.DataFrame) -> pd.Series[bool]:
    """Return the widest rule: concepts for groups and for refugees count too."""
    return (
        (is_concept(documents) | is_leitbild(documents) | (documents["kind"] == "fluechtlingskonzept"))
        & is_finished(documents)
        & ~is_excepted(documents)
    )


def anlage1_woertlich(documents: pd.DataFrame) -> pd.Series[bool]:
    """Return the main rule without footnote 14: Anlage 1 taken at its word."""
    return (is_concept(documents) | is_leitbild(documents)) & is_finished(documents) & is_general(documents)


MAIN_RULE = "konzept_oder_leitbild"
RULES: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (
        konzept_oder_leitbild,
        nur_konzept,
        mit_gruppenkonzepten,
        mit_fluechtlingskonzepten,
        anlage1_woertlich,
    )
}
