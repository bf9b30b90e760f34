"""The table `coding_error`: sensitivity and specificity of search and coding, per size class and source.

A search is held against the census of the Großstädte, or against concepts that other sources name (which tells the
sensitivity only); the machine's coding against that by hand. The models correct misclassified adoptions with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from ...errors import DataError
from ...schemas.completeness import ALL_SIZES, CODING_ERROR
from ...schemas.review import NONE
from ..events import first_adoption_years
from ..review.codings import resolve
from ..review.fields import NO, YES
from .completeness import SURVEY, SURVEY_YEAR, finds_by_batch, named_elsewhere
from .misclassification import Accuracy, accuracy

CODING_COLUMNS = ("document_id", "ags", "task", "machine", "human")
_TASKS = (
    "relevant",
    "kind",
    "status",
    "owner_level",
    "year",
    "year_basis",
    "version",
    "target_group",
    "themes",
)


def coding_error_table(
    tables: Mapping[str, pd.DataFrame], desk: pd.DataFrame, *, codings: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return the table `coding_error`.

    Parameters
    ----------
    tables
        Built tables `kommunen`, `documents`, `events`, `early_concepts`, `monitoring`, `search_effort`.
    desk
        Raw table `desk_research`.
    codings
        Codings by machine and by hand (`review_cases`); without them there are no rows of basis `review`.

    Returns
    -------
    pandas.DataFrame
        Columns as declared in `schemas.completeness.CODING_ERROR`.

    Raises
    ------
    DataError
        If `codings` lacks a column or repeats a case.
    """
    size = tables["kommunen"].set_index("ags")["size_class"]
    rows = [*_against_census(tables, desk, size), *_against_mentions(tables, desk, size)]
    if codings is not None:
        rows += coding_rates(codings, size)
    return pd.DataFrame(rows, columns=CODING_ERROR.column_names)


def review_cases(review: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Return the codings by hand beside the machine's, one row per document and field: what `coding_rates` takes.

    Parameters
    ----------
    review
        Table `review`; of several coders the code that stands counts (`codings.resolve`), where they are divided
        without a majority the case is left out.
    documents
        Table `documents` as the machine codes it, with its `ags`.

    Returns
    -------
    pandas.DataFrame
        document_id, ags, task, machine, human, stratum (with its sheet), inclusion_probability, blind. The year becomes
        the task year_stated (is one given at all?); the keys of owners, as numerous as Kommunen, are no task.
    """
    drawn = review.drop_duplicates(["document_id", "field"])
    settled = resolve(documents, review)
    settled = settled[settled["agreement"].isin(["agreed", "corrected"]) & settled["field"].isin(_TASKS)]
    cases = settled.merge(
        drawn[["document_id", "field", "sheet_id", "stratum", "inclusion_probability", "blind"]],
        on=["document_id", "field"],
        validate="1:1",
    )
    cases = cases.merge(documents[["document_id", "ags"]], on="document_id", validate="m:1")
    years = cases["field"] == "year"
    for column in ("value", "machine_value"):
        stated = (cases[column] != NONE).map({True: YES, False: NO})
        cases[column] = cases[column].where(~years, stated)
    return pd.DataFrame(
        {
            "document_id": cases["document_id"],
            "ags": cases["ags"],
            "task": cases["field"].mask(years, "year_stated"),
            "machine": cases["machine_value"].fillna(NONE),
            "human": cases["value"],
            "stratum": cases["sheet_id"] + ":" + cases["stratum"],
            "inclusion_probability": cases["inclusion_probability"].astype(float),
            "blind": cases["blind"].astype(bool),
        }
    )


def coding_rates(codings: pd.DataFrame, size_class: pd.Series) -> list[dict[str, object]]:
    """Return the error rates of the machine's coding, per task, code and size class.

    Parameters
    ----------
    codings
        One row per document and task: `document_id`, `ags` (the Kommune, which is the cluster), `task`, `machine` and
        `human` (codes; several separated by |); and where the sample was not drawn with equal chances,
        `inclusion_probability` (above 0, at most 1) and `stratum`; `blind` if known. A task of ja and nein is one row;
        any other task gives a row per code, told apart from all others.
    size_class
        Size class by Kommune (index ags).

    Returns
    -------
    list of dict
        Rows of the table `coding_error`, basis `review`. A sample of nothing but what the machine named tells neither
        rate (verification bias: what it wrongly left out was never seen): both stay empty, with the reason.

    Raises
    ------
    DataError
        If a column is missing or empty, a case stands there twice, or a Kommune has no size class.
    """
    _check_codings(codings, size_class)
    rows: list[dict[str, object]] = []
    for task, cases in codings.groupby("task", sort=True):
        human, machine = (cases[name].str.split("|").map(set) for name in ("human", "machine"))
        codes = sorted(set().union(*human, *machine))
        labels = {str(task): YES} if set(codes) <= {YES, NO} else {f"{task}={code}": code for code in codes}
        sizes = cases["ags"].map(size_class)
        strata = _joined_strata(cases)
        for size in (*sorted(sizes.unique()), ALL_SIZES):
            domain = sizes == size if size != ALL_SIZES else sizes.notna()
            for label, code in labels.items():
                truth, found = ([code in codes_of for codes_of in column] for column in (human, machine))
                rates, note = _rates(cases, truth, found, list(domain), strata)
                rows.append(_row(str(size), "crawl", label, rates, "review", note))
    return rows


def _rates(
    cases: pd.DataFrame, truth: list[bool], found: list[bool], domain: list[bool], strata: list[str]
) -> tuple[Accuracy, str]:
    """Return the rates within the domain and what limits them."""
    n_positive = sum(value for value, inside in zip(truth, domain, strict=True) if inside)
    nothing = Accuracy(None, None, n_positive, sum(domain) - n_positive)
    notes = []
    if "blind" in cases:
        seen = int((~cases.loc[domain, "blind"].astype(bool)).sum())
        if seen:
            notes.append(f"{seen} of {sum(domain)} cases were coded with the machine's code in sight")
    if all(found):
        return nothing, "; ".join(
            ["the sample holds only what the machine named: neither rate can be told", *notes]
        )
    if cases["ags"].nunique() < 2:
        return nothing, "; ".join(["one Kommune only: the rates cannot be told", *notes])
    probabilities = (
        [float(value) for value in cases["inclusion_probability"]]
        if "inclusion_probability" in cases
        else None
    )
    rates = accuracy(
        truth, found, probabilities=probabilities, clusters=list(cases["ags"]), strata=strata, domain=domain
    )
    if rates.sensitivity is None:
        notes.append("no true case in the sample")
    if rates.specificity is None:
        notes.append("only true cases in the sample")
    return rates, "; ".join(notes)


def _joined_strata(cases: pd.DataFrame) -> list[str]:
    """Return the strata, those of one Kommune joined: a single one has no variance of its own."""
    if "stratum" not in cases:
        return [""] * len(cases)
    strata = cases["stratum"].astype(str)
    kommunen = cases.groupby(strata)["ags"].nunique()
    single = sorted(kommunen.index[kommunen < 2])
    if not single or len(kommunen) == 1:
        return list(strata)
    joined = strata.mask(strata.isin(single), "+".join(single))
    if cases.loc[strata.isin(single), "ags"].nunique() < 2:
        joined = joined.mask(
            strata.isin([*single, kommunen.idxmax()]), f"{kommunen.idxmax()}+{'+'.join(single)}"
        )
    return list(joined)


def _against_census(
    tables: Mapping[str, pd.DataFrame], desk: pd.DataFrame, size: pd.Series
) -> Iterable[dict[str, object]]:
    """Yield the desk research against the census of the Großstädte."""
    cities = sorted(size.index[size == "grossstadt"])
    census = set(first_adoption_years(tables["documents"], source=SURVEY).index)
    finds = finds_by_batch(tables["documents"], desk)
    effort = tables["search_effort"].set_index("ags")["n_searches"]
    looked_up = int((effort.reindex(cities) > 0).sum())
    effort_note = f"{looked_up} of {len(cities)} cities were looked up on their own"
    if not looked_up:
        effort_note += ": these are the rates of by-catch, not of a search"
    named = set(finds["ags"])
    dated = set(finds.loc[(finds["year"] <= SURVEY_YEAR).fillna(False).astype(bool), "ags"])
    unclear = (named - dated) & set(cities)
    for task, found, kept in (
        ("konzept", named, cities),
        ("konzept_bis_2017", dated, [ags for ags in cities if ags not in unclear]),
    ):
        rates = accuracy([ags in census for ags in kept], [ags in found for ags in kept])
        note = effort_note
        if len(kept) < len(cities):
            note += f"; left out: {len(unclear)} with finds that are undated or later than {SURVEY_YEAR}"
        yield _row("grossstadt", "desk_research", task, rates, "vollerhebung", note)


def _against_mentions(
    tables: Mapping[str, pd.DataFrame], desk: pd.DataFrame, size: pd.Series
) -> Iterable[dict[str, object]]:
    """Yield the desk research against concepts named elsewhere, among Kommunen it looked up on their own."""
    effort = tables["search_effort"].set_index("ags")["n_searches"]
    searched = set(effort.index[effort > 0])
    found = set(finds_by_batch(tables["documents"], desk)["ags"])
    elsewhere = named_elsewhere(tables)
    for name in ("mittelstadt", "landkreis"):
        kept = sorted(elsewhere & searched & set(size.index[size == name]))
        if kept:
            rates = accuracy([True] * len(kept), [ags in found for ags in kept])
            note = "named elsewhere are the better-known: the rate in general is lower"
            yield _row(name, "desk_research", "konzept", rates, "nennungen", note)


def _row(
    size_class: str, source: str, task: str, rates: Accuracy, basis: str, note: str
) -> dict[str, object]:
    row: dict[str, object] = {
        "method": "wilson", "size_class": size_class, "source": source, "task": task,
        "n_positive": rates.n_positive, "n_negative": rates.n_negative,
        "n": rates.n_positive + rates.n_negative, "basis": basis, "note": note or None,
    }  # fmt: skip
    for name, value in (("sensitivity", rates.sensitivity), ("specificity", rates.specificity)):
        row |= {
            name: None if value is None else value.estimate,
            f"{name}_low": None if value is None else value.low,
            f"{name}_high": None if value is None else value.high,
        }
        if value is not None:
            row["method"] = value.method
    return row


def _check_codings(codings: pd.DataFrame, size_class: pd.Series) -> None:
    place = "the codings for the error rates"
    for name in CODING_COLUMNS:
        if name not in codings:
            raise DataError(f"the column {name!r} is missing.", file=place, row=1)
    for name in (*CODING_COLUMNS, *(set(codings) & {"inclusion_probability", "stratum"})):
        empty = codings[name].isna().to_numpy()
        if empty.any():
            row = int(empty.argmax()) + 2
            raise DataError("is empty, but a value is required here.", file=place, row=row, column=name)
    twice = codings.duplicated(["document_id", "task"]).to_numpy()
    if twice.any():
        raise DataError(
            "the document stands there a second time for this task.",
            file=place, row=int(twice.argmax()) + 2, column="document_id",
            hint="Give the final coding by hand only.",
        )  # fmt: skip
    unknown = ~codings["ags"].isin(size_class.index).to_numpy()
    if unknown.any():
        position = int(unknown.argmax())
        raise DataError(
            f"{codings['ags'].iloc[position]} is not in table kommunen.",
            file=place, row=position + 2, column="ags",
        )  # fmt: skip
