"""From documents to adoption events, by a named rule and separately for every source.

A version with a dated completion or adoption gives a year. A version of which only "existed by" is
known, or which is itself an update of something we have not seen, gives an upper bound: the first
adoption happened then or earlier. The earliest of both kinds decides. An update of a concept from before
the present wave counts as the first of the wave.

The survey of 2017 is a census of the Großstädte. The Landkreise whose documents it names in passing are
by-catch, so their events carry a source of their own, `beifang_2017`. What a crawl has found is one source,
`crawl`, whether the machine or a person coded it; its first adoptions without an exact year begin with the last
evidence of absence (`intervals`).
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..errors import DataError
from .crawls.intervals import absences, last_absence
from .rules import MAIN_RULE, RULES

WAVE_START = 1995
"""First year of the present wave of concepts; what came before is `pre_wave`."""
_EXACT = ("beschluss", "dokument")
_FOUND_BY_CRAWL = ("crawl", "review")
"""Sources of documents whose events are of source `crawl`: a person's code does not make the find another's."""


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
    rows: list[dict[str, object]] = []
    for (ags, source), versions in sorted(_versions(_eligible(documents, rule)).items()):
        before = [item for item in versions if item.year is not None and item.year < WAVE_START]
        for item in before:
            year = item.year if item.exact else None
            rows.append(_row(ags, "pre_wave", year, item.year, [item.document_id], rule, source))
        present = [item for item in versions if item not in before]
        if present:
            rows += _events_of(ags, source, present, rule)
    if early is not None:
        for item in early[early["event"] == "pre_wave"].itertuples():
            rows.append(
                _row(
                    item.ags, "pre_wave", item.year, item.year, [item.row_id], "genannt_im_text", "text_2017"
                )
            )
    columns = ["ags", "event", "year", "year_lower", "year_upper", "document_ids", "rule", "source"]
    table = pd.DataFrame(rows, columns=columns)
    table = table.astype(dict.fromkeys(("year", "year_lower", "year_upper"), "Int64"))
    _bound_below(table, documents)
    return table.sort_values(["ags", "source", "event", "year_upper"], ignore_index=True, na_position="last")


def _bound_below(events: pd.DataFrame, documents: pd.DataFrame) -> None:
    """Begin the intervals of first adoptions that a crawl knows with the last evidence of absence in the same finds."""
    open_below = (
        (events["source"] == "crawl")
        & (events["event"] == "first_adoption")
        & events["year"].isna()
        & events["year_upper"].notna()
    )
    if not open_below.any():
        return
    evidence = absences(documents, _FOUND_BY_CRAWL)
    for position in events.index[open_below]:
        ags, upper = events.loc[position, "ags"], int(events.loc[position, "year_upper"])
        absence = last_absence(evidence.get(ags, ()), upper)
        if absence is not None:
            events.loc[position, "year_lower"] = absence.year


def first_adoption_years(
    documents: pd.DataFrame, *, rule: str = MAIN_RULE, source: str = "anlage1_2017"
) -> pd.Series:
    """Return the year of the first adoption per Kommune (index ags), of one source only.

    A Kommune that has adopted without a known year is in the index, its year missing: it is neither
    without a concept nor can it be dated.
    """
    events = adoption_events(documents, rule=rule)
    first = events[(events["event"] == "first_adoption") & (events["source"] == source)]
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
    found_by_crawl = documents["source"].isin(_FOUND_BY_CRAWL)
    source = documents["source"].mask(by_catch, "beifang_2017").mask(found_by_crawl, "crawl")
    return source.rename("event_source")


@dataclass(frozen=True)
class _Version:
    """One counted document version.

    `year` is its year, if there is one; `exact` whether that is a dated completion or adoption; `first`
    whether it may be the Kommune's first; `update` whether it is known to be a later one; `bound` the year by
    which a concept must have been there.
    """

    document_id: str
    year: int | None
    exact: bool
    first: bool
    update: bool
    bound: int | None


def _versions(documents: pd.DataFrame) -> dict[tuple[str, str], list[_Version]]:
    """Return the counted versions by Kommune and event source, as plain records: there are many small groups."""
    found: dict[tuple[str, str], list[_Version]] = {}
    previous = pd.to_numeric(documents["update_of"], errors="coerce").astype("Int64")
    columns = (documents["ags"], _event_source(documents), documents["document_id"], documents["year"])
    more = (documents["year_basis"], documents["version"], previous)
    for ags, source, name, year_or_na, basis, version, earlier in zip(*columns, *more, strict=True):
        year = None if pd.isna(year_or_na) else int(year_or_na)
        exact = year is not None and basis in _EXACT
        # What updates a concept from before the wave begins the present one.
        old = not pd.isna(earlier) and int(earlier) < WAVE_START
        update = version == "update" and not old
        first = exact and (pd.isna(version) or version == "first" or old)
        bound = int(earlier) if not pd.isna(earlier) and not old else None if first else year
        found.setdefault((ags, source), []).append(_Version(name, year, exact, first, update, bound))
    return found


def _events_of(ags: str, source: str, versions: list[_Version], rule: str) -> list[dict[str, object]]:
    """Return first adoption and updates of one Kommune in one source."""
    exact = min((item.year for item in versions if item.first and item.year is not None), default=None)
    bound = min((item.bound for item in versions if item.bound is not None), default=None)
    certain = exact is not None and (bound is None or exact <= bound)
    upper = exact if certain else bound
    behind = [item for item in versions if upper is not None and item.year == upper] or versions
    ids = [item.document_id for item in behind]
    rows = [_row(ags, "first_adoption", exact if certain else None, upper, ids, rule, source)]
    if upper is not None:
        # A version known to be an update is one even in the year that only bounds the first adoption.
        later = [
            item
            for item in versions
            if item.exact and item.year is not None and (item.year > upper or (item.update and not certain))
        ]
        for year in sorted({item.year for item in later if item.year is not None}):
            ids = [item.document_id for item in later if item.year == year]
            rows.append(_row(ags, "update", year, year, ids, rule, source))
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
