"""From documents to adoption events, by a named rule and separately for every source.

A version with a dated completion or adoption gives a year. A version of which only "existed by" is
known, or which is itself an update of something we have not seen, gives an upper bound: the first
adoption happened then or earlier. The earliest of both kinds decides.

The survey of 2017 is a census of the Großstädte. The Landkreise whose documents it names in passing are
by-catch, so their events carry a source of their own, `beifang_2017`.
"""

from __future__ import annotations

import pandas as pd

from ..errors import DataError
from .rules import MAIN_RULE, RULES

WAVE_START = 1995
"""First year of the present wave of concepts; what came before is `pre_wave`."""
_EXACT = ("beschluss", "dokument")


def adoption_events(
    documents: pd.DataFrame, early: pd.DataFrame | None = None, *, rule: str = MAIN_RULE
) -> pd.DataFrame:
    """Return the table `events`.

    Parameters
    ----------
    documents
        Table `documents`.
    early
        Raw table `early_concepts`; its rows with event `pre_wave` become events of that name.
    rule
        Name of a coding rule (`konzept_diffusion.catalogue.RULES`).

    Raises
    ------
    DataError
        If the rule is unknown.
    """
    counted = _eligible(documents, rule)
    rows: list[dict[str, object]] = []
    for (ags, source), group in counted.groupby(["ags", _event_source(counted)], sort=True):
        rows += _events_of(str(ags), str(source), group, rule)
    if early is not None:
        for item in early[early["event"] == "pre_wave"].itertuples():
            rows.append(
                _row(
                    item.ags, "pre_wave", item.year, item.year, [item.row_id], "genannt_im_text", "text_2017"
                )
            )
    columns = ["ags", "event", "year", "year_lower", "year_upper", "document_ids", "rule", "source"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(["ags", "source", "event", "year_upper"], ignore_index=True, na_position="last")


def first_adoption_years(
    documents: pd.DataFrame, *, rule: str = MAIN_RULE, source: str = "anlage1_2017"
) -> pd.Series:
    """Return the year of the first adoption per Kommune (index ags), exact years of one source only."""
    events = adoption_events(documents, rule=rule)
    first = events[
        (events["event"] == "first_adoption") & (events["source"] == source) & events["year"].notna()
    ]
    return first.set_index("ags")["year"].astype("Int64")


def latest_versions(
    documents: pd.DataFrame, *, rule: str = MAIN_RULE, source: str = "anlage1_2017"
) -> pd.DataFrame:
    """Return the latest counted version per Kommune of one source (documents' columns, one row per ags).

    Among versions of the same year the one listed last is taken.
    """
    counted = _eligible(documents, rule)
    counted = counted[(_event_source(counted) == source) & counted["year"].notna()]
    ordered = counted.sort_values(["ags", "year", "document_id"])
    return ordered.groupby("ags", as_index=False).tail(1).reset_index(drop=True)


def _eligible(documents: pd.DataFrame, rule: str) -> pd.DataFrame:
    if rule not in RULES:
        raise DataError(f"there is no coding rule {rule!r}.", hint=f"Known: {', '.join(RULES)}.")
    return documents[RULES[rule](documents).astype(bool)]


def _event_source(documents: pd.DataFrame) -> pd.Series:
    """Return the source of the events that rest on these documents."""
    by_catch = documents["source"].isin(["anlage1_2017", "fussnote14_2017"]) & (
        documents["owner_level"] == "kreis"
    )
    return documents["source"].mask(by_catch, "beifang_2017").rename("event_source")


def _events_of(ags: str, source: str, group: pd.DataFrame, rule: str) -> list[dict[str, object]]:
    """Return first adoption and updates of one Kommune in one source."""
    dated = group["year"].notna() & group["year_basis"].isin(_EXACT)
    first_version = group["version"].isna() | (group["version"] == "first")
    exact = group[dated & first_version]["year"]
    previous = pd.to_numeric(group["update_of"], errors="coerce").astype("Int64")
    bounds = group["year"].where(~(dated & first_version))
    bounds = previous.fillna(bounds) if len(group) else bounds
    year = exact.min() if len(exact) else pd.NA
    bound = bounds.min() if bounds.notna().any() else pd.NA
    certain = year is not pd.NA and (bound is pd.NA or int(year) <= int(bound))
    upper = year if certain else bound
    behind = group[(group["year"] == upper) & group["year"].notna()]
    ids = list((behind if len(behind) else group)["document_id"])
    rows = [_row(ags, "first_adoption", year if certain else pd.NA, upper, ids, rule, source)]
    if upper is not pd.NA:
        later = group[dated & (group["year"] > int(upper))]
        for value, versions in later.groupby("year", sort=True):
            rows.append(_row(ags, "update", value, value, list(versions["document_id"]), rule, source))
    return rows


def _row(
    ags: str, event: str, year: object, upper: object, ids: list[str], rule: str, source: str
) -> dict[str, object]:
    return {
        "ags": ags,
        "event": event,
        "year": year,
        "year_lower": year,
        "year_upper": upper,
        "document_ids": "|".join(sorted(ids)),
        "rule": rule,
        "source": source,
    }
