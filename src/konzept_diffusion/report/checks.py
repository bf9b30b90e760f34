"""The catalogue and the statistics held against sources they were not built from."""

from __future__ import annotations

import pandas as pd

from ..catalogue.events import adoption_events, latest_versions
from ..catalogue.rules import MAIN_RULE, RULES, has_flag, is_excepted, is_finished

BANDS: tuple[tuple[str, int, int], ...] = (
    ("bis_2005", 0, 2005),
    ("2006_2010", 2006, 2010),
    ("2011_2014", 2011, 2014),
    ("2015_2017", 2015, 2017),
)
"""The bands of Abbildung 2, without the overlap in 2011 that the text prints."""
_FOLLOW_UP = {
    "konzept_year": "concept_years",
    "konzept_update_year": "concept_update_years",
    "bericht_year": "report_years",
    "monitoring_start_year": "monitoring_start_years",
    "monitoring_year": "monitoring_latest_years",
    "indicators_n": "indicators",
}


def band_counts(latest: pd.DataFrame) -> dict[str, int]:
    """Return how many latest versions fall into each band."""
    return {name: int(latest["year"].between(low, high).sum()) for name, low, high in BANDS}


def band_sensitivity(documents: pd.DataFrame) -> pd.DataFrame:
    """Return how Abbildung 2 would change if one arguable document were coded the other way.

    Every finished document of Anlage 1 whose kind, status, target group or owner is a judgement changes
    sides once: a counted one is left out, another is counted. Only changes of a band are kept. Cities that
    footnote 14 excepts stay excepted; where only the year is arguable, nothing is left out.

    Returns
    -------
    pandas.DataFrame
        document_id, city key, title, year, change (left_out, counted), survey_listing (does the coding
        rest on the survey's own count), one column per band (counts), n (cities), note.
    """
    base = band_counts(latest_versions(documents))
    arguable = documents[
        (documents["source"] == "anlage1_2017")
        & has_flag(documents, "judgement")
        & is_finished(documents)
        & ~is_excepted(documents)
    ]
    counted = set(documents.loc[RULES[MAIN_RULE](documents), "document_id"])
    rows = []
    for item in arguable.itertuples():
        this = documents["document_id"] == item.document_id
        if item.document_id in counted:
            other = documents[~this]
        else:
            other = documents.assign(
                ags=documents["ags"].mask(this, item.found_for),
                owner_level=documents["owner_level"].mask(this, "stadt"),
                kind=documents["kind"].mask(this, "integrationskonzept"),
                target_group=documents["target_group"].mask(this, "allgemein"),
            )
        counts = band_counts(latest_versions(other))
        if counts != base:
            rows.append(
                {
                    "document_id": item.document_id,
                    "ags": item.found_for,
                    "title": item.title,
                    "year": item.year,
                    "change": "left_out" if item.document_id in counted else "counted",
                    "survey_listing": "survey_listing" in str(item.flag).split("|"),
                    **counts,
                    "n": sum(counts.values()),
                    "note": item.note,
                }
            )
    columns = ["document_id", "ags", "title", "year", "change", "survey_listing", *base, "n", "note"]
    return pd.DataFrame(rows, columns=columns)


def update_comparison(documents: pd.DataFrame, published: pd.DataFrame) -> dict[str, float]:
    """Return how many cities have updated their concept: published and by our rules.

    The text counts cities that updated their concept once or more; our count depends on whether a
    Leitbild followed by a concept is an update.
    """
    counts = {}
    for rule in (MAIN_RULE, "nur_konzept"):
        events = adoption_events(documents, rule=rule)
        updates = events[(events["event"] == "update") & (events["source"] == "anlage1_2017")]
        counts[rule] = float(updates["ags"].nunique())
    stated = published.set_index("result_id").loc["fg2017_konzept_grossstadt_2017_aktualisiert", "value"]
    return {"published": float(stated), **counts}


def integrationsmonitoring(monitoring: pd.DataFrame) -> pd.DataFrame:
    """Return the follow-up innovation: concept, report and monitoring years of the ten Projektkommunen.

    Contradicting years within the source stay side by side, separated by |.
    """
    facts = monitoring[monitoring["variable"].isin(list(_FOLLOW_UP)) & monitoring["value"].notna()]
    facts = facts.assign(text=facts["value"].map(lambda value: f"{value:g}"))
    wide = facts.pivot_table(
        index=["ags", "kommune", "kind"],
        columns="variable",
        values="text",
        aggfunc=lambda values: "|".join(dict.fromkeys(values)),
    )
    wide = wide.reindex(columns=list(_FOLLOW_UP)).rename(columns=_FOLLOW_UP)
    everyone = monitoring[["ags", "kommune", "kind"]].drop_duplicates()
    return everyone.merge(wide.reset_index(), on=["ags", "kommune", "kind"], how="left").sort_values(
        "ags", ignore_index=True
    )


def difu_check(
    monitoring: pd.DataFrame, statistics: pd.DataFrame, events: pd.DataFrame, kommunen: pd.DataFrame
) -> pd.DataFrame:
    """Return the facts of Difu 2022 beside ours, for the Großstädte among the Projektkommunen.

    Compared are population and foreigners share (year of the Difu figure, as far as our series reach) and
    the year of the first concept. Difu counts residents by the municipal registers, we by the official
    intercensal updating, so populations differ by up to a few per cent.

    Returns
    -------
    pandas.DataFrame
        ags, kommune, fact (population, foreign_share, first_concept), date, difu, ours, our_flag
        (official, interpolated, parent_kreis, or the source of the event), difference, unit, note.
    """
    cities = set(kommunen.loc[kommunen["size_class"] == "grossstadt", "ags"])
    ours = statistics.set_index(["ags", "indicator", "year"])
    first = events[(events["event"] == "first_adoption") & (events["source"] == "anlage1_2017")].set_index(
        "ags"
    )["year"]
    rows = []
    for item in monitoring[monitoring["ags"].isin(cities)].itertuples():
        row = {
            "ags": item.ags,
            "kommune": item.kommune,
            "date": item.date,
            "difu": item.value,
            "unit": item.unit,
            "note": item.note,
        }
        if item.variable in ("population", "foreign_share") and isinstance(item.date, str):
            key = (item.ags, item.variable, int(item.date[:4]))
            if key in ours.index:
                figure = ours.loc[key]
                # Whose figure it is matters more than whether it was interpolated: shares never are.
                flag = "parent_kreis" if figure["level"] == "parent_kreis" else figure["flag"]
                rows.append(row | {"fact": item.variable, "ours": figure["value"], "our_flag": flag})
        elif item.variable == "konzept_year" and item.ags in first.index:
            rows.append(
                row | {"fact": "first_concept", "ours": float(first[item.ags]), "our_flag": "anlage1_2017"}
            )
    table = pd.DataFrame(rows)
    table["difference"] = table["ours"] - table["difu"]
    columns = ["ags", "kommune", "fact", "date", "difu", "ours", "our_flag", "difference", "unit", "note"]
    return table[columns].sort_values(["ags", "fact", "date", "difu"], ignore_index=True)
