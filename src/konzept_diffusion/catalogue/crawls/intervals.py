"""Between which years a Kommune has adopted: last evidence of absence to first evidence of presence.

Evidence of absence is a document or report which says that there is none, or that one is planned or being written. It
speaks of the moment of its year, so the adoption may still fall into that year: the interval is closed,
[year_lower, year_upper]. What prepares an update is no evidence of absence, and nothing found is none either.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from ...errors import DataError
from ...schemas.vocabulary import DOCUMENT_SOURCES

ABSENT_STATUSES = ("kein_konzept", "geplant", "in_arbeit")
_KINDS = ("integrationskonzept", "leitbild")
_ALL = tuple(DOCUMENT_SOURCES)


@dataclass(frozen=True, slots=True)
class Absence:
    """Evidence that a Kommune had no concept in a year."""

    year: int
    document_id: str
    source: str
    explicit: bool
    """It says so in words (kein_konzept); otherwise it is inferred from a plan or work in progress."""


def absences(documents: pd.DataFrame, sources: Iterable[str] = _ALL) -> dict[str, list[Absence]]:
    """Return the evidence of absence by Kommune, in order of years, from `sources` only.

    Taken are dated rows on a concept or Leitbild on integration as such whose status is kein_konzept, geplant or
    in_arbeit and that neither are an update nor name a version before them; any kind where the status is
    kein_konzept.
    """
    explicit = documents["status"] == "kein_konzept"
    rows = documents[
        documents["source"].isin(list(sources))
        & documents["year"].notna()
        & documents["status"].isin(ABSENT_STATUSES)
        & ((documents["version"] != "update").fillna(True) & documents["update_of"].isna() | explicit)
        & (documents["kind"].isin(_KINDS) & (documents["target_group"] == "allgemein") | explicit)
    ].sort_values(["year", "document_id"])
    found: dict[str, list[Absence]] = {}
    columns = ("ags", "year", "document_id", "source", "status")
    for ags, year, name, source, status in zip(*(rows[column] for column in columns), strict=True):
        found.setdefault(ags, []).append(Absence(int(year), name, source, status == "kein_konzept"))
    return found


def last_absence(evidence: Iterable[Absence], upper: int) -> Absence | None:
    """Return the last evidence of absence up to the year `upper`, by which there was a concept."""
    before = [item for item in evidence if item.year <= upper]
    return before[-1] if before else None


def adoption_intervals(
    documents: pd.DataFrame, events: pd.DataFrame, *, sources: Iterable[str] = _ALL
) -> pd.DataFrame:
    """Return the interval of each Kommune's first adoption over several sources, each bound with its source.

    The table `events` keeps sources apart; here they are combined on purpose, and every bound says where it
    comes from. Of several sources the earliest evidence of presence decides, an exact year before a bound of the
    same year.

    Parameters
    ----------
    documents, events
        Tables `documents` and `events`.
    sources
        Sources of documents whose evidence of absence may be used, and of events (beifang_2017 goes with
        anlage1_2017).

    Returns
    -------
    pandas.DataFrame
        One row per Kommune with a dated first adoption, sorted by ags: year (missing if only an interval is
        known), year_lower, year_upper, lower_source, lower_id (missing where year is exact or nothing is
        known), upper_source, upper_ids, contradicted_by (documents which say that there was no concept in a
        later year, separated by |: they are reported, not used).

    Raises
    ------
    DataError
        If a source is unknown.
    """
    chosen = set(sources)
    unknown = sorted(chosen - set(_ALL))
    if unknown:
        raise DataError(f"there is no source {unknown[0]!r}.", hint=f"Known: {', '.join(_ALL)}.")
    evidence = absences(documents, chosen)
    of_events = chosen | ({"beifang_2017"} if "anlage1_2017" in chosen else set())
    first = events[
        (events["event"] == "first_adoption")
        & events["source"].isin(of_events)
        & events["year_upper"].notna()
    ].sort_values(["ags", "year_upper", "year", "source"], na_position="last")
    rows = []
    for item in first.drop_duplicates("ags").itertuples():
        upper, exact = int(item.year_upper), not pd.isna(item.year)
        known = evidence.get(item.ags, [])
        lower = None if exact else last_absence(known, upper)
        rows.append(
            {
                "ags": item.ags,
                "year": item.year,
                "year_lower": item.year if exact else lower.year if lower else None,
                "year_upper": upper,
                "lower_source": lower.source if lower else None,
                "lower_id": lower.document_id if lower else None,
                "upper_source": item.source,
                "upper_ids": item.document_ids,
                "contradicted_by": "|".join(
                    other.document_id for other in known if other.explicit and other.year > upper
                )
                or None,
            }
        )
    columns = [
        "ags", "year", "year_lower", "year_upper", "lower_source", "lower_id", "upper_source", "upper_ids",
        "contradicted_by",
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    return table.astype(dict.fromkeys(("year", "year_lower", "year_upper"), "Int64"))
