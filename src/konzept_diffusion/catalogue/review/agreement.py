"""The agreement of the coders of this project: every field, every pair, and with the machine."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ...errors import DataError
from ...schemas.review import COMMENT, NONE
from .codings import CONSENSUS, by_unit, latest, standing
from .fields import FIELDS, NO, YES
from .reliability import Reliability, cohen_kappa, krippendorff_alpha

if TYPE_CHECKING:
    import pandas as pd

MACHINE = "machine"
_TRUTH = {YES: "true", NO: "false"}
COLUMNS = (
    "field", "coders", "statistic", "level", "value", "lower", "upper", "units", "codings", "replicates",
    "undefined", "note",
)  # fmt: skip
_NUMBERS = dict.fromkeys(("value", "lower", "upper"), "float64")
_COUNTS = dict.fromkeys(("units", "codings", "replicates", "undefined"), "int64")


def ratings(codings: pd.DataFrame, field: str, *, blind: bool = True) -> pd.DataFrame:
    """Return the codes of one field: one row per document, one column per coder, missing where not coded.

    Parameters
    ----------
    codings
        Table `review`; of every coder the latest coding counts, agreed ones (konsens) do not.
    field
        A field of `fields.FIELDS`.
    blind
        Only codings from sheets that hid the machine's codes: those who saw them did not code independently.
    """
    rows = codings[(codings["field"] == field) & (codings["coder"] != CONSENSUS)]
    if blind:
        rows = rows[rows["blind"].astype(bool)]
    return latest(rows).pivot_table(index="document_id", columns="coder", values="value", aggfunc="first")


def agreement(
    codings: pd.DataFrame,
    *,
    fields: Sequence[str] | None = None,
    blind: bool = True,
    replicates: int = 2000,
    seed: int = 20171231,
) -> pd.DataFrame:
    """Return how well the coders agree with one another and with the machine.

    Per field: the share of equal codes and Cohen's kappa of every pair of coders, Krippendorff's alpha of all coders
    (for the year also of level interval, among stated years), and the same for every coder with the machine. For
    themes one set of rows per theme, "themes:sprache". With the machine there is also the share of equal codes weighted
    by the inverse inclusion probability: it estimates the share among all documents, which the others do not where
    uncertain documents were preferred.

    Parameters
    ----------
    codings
        Table `review`.
    fields
        By default every field that somebody has coded.
    blind
        Only codings from blind sheets. False takes all; then the coders have seen the machine's codes.
    replicates, seed
        Of the bootstrap over documents.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`; coders separated by |. A value that is not defined is missing, and note says why.

    Raises
    ------
    DataError
        If there is no coding to compare, or a field is unknown.
    """
    import pandas as pd

    coded = codings[codings["field"] != COMMENT]
    if blind:
        coded = coded[coded["blind"].astype(bool)]
    if coded.empty:
        hint = (
            "Export one with --blind, or compare all codings with --all."
            if blind
            else "Import a sheet first."
        )
        raise DataError("there is no coding of a blind sheet." if blind else "there is no coding.", hint=hint)
    wanted = list(fields) if fields is not None else [name for name in FIELDS if name in set(coded["field"])]
    if unknown := [name for name in wanted if name not in FIELDS]:
        raise DataError(f"{unknown[0]!r} is no field.", hint=f"Known: {', '.join(FIELDS)}.")
    rows: list[dict[str, Any]] = []
    for field in wanted:
        table = ratings(coded, field, blind=False)
        part = latest(coded[(coded["field"] == field) & (coded["coder"] != CONSENSUS)])
        machine = part.drop_duplicates("document_id", keep="last").set_index("document_id")
        for name, people, code in _variables(field, table, machine["machine_value"].reindex(table.index)):
            rows += _compare(name, people, replicates, seed)
            for coder in people.columns:
                pair = pd.DataFrame({coder: people[coder], MACHINE: code})
                rows += _compare(name, pair, replicates, seed)
                rows += _weighted(name, pair, machine["inclusion_probability"].reindex(table.index))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(_NUMBERS | _COUNTS)


def _variables(
    field: str, people: pd.DataFrame, machine: pd.Series
) -> Iterator[tuple[str, pd.DataFrame, pd.Series]]:
    """Yield what is compared: the field; of a field of several codes each one, named or not."""
    if FIELDS[field].form != "codes":
        yield field, people, machine
        return
    given = [*people.to_numpy().ravel(), *machine]
    codes = {code for text in given if isinstance(text, str) for code in text.split("|")} - {NONE}
    for code in sorted(codes):

        def named(text: object, code: str = code) -> object:
            return ("ja" if code in text.split("|") else "nein") if isinstance(text, str) else None

        yield f"{field}:{code}", people.map(named), machine.map(named)


def _compare(field: str, table: pd.DataFrame, replicates: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield the rows on the coders of one table."""
    for first, second in itertools.combinations(table.columns, 2):
        pair = f"{first}|{second}"
        both = table[[first, second]].dropna()
        equal = float((both[first] == both[second]).mean()) if len(both) else None
        yield _share(field, pair, "equal", equal, len(both), "no unit was coded by two")
        kappa = cohen_kappa(list(table[first]), list(table[second]), replicates=replicates, seed=seed)
        yield _row(field, pair, kappa)
    if len(table.columns) > 1:
        coders = "|".join(table.columns)
        yield _row(field, coders, krippendorff_alpha(table, replicates=replicates, seed=seed))
        if FIELDS.get(field) and FIELDS[field].form == "year":
            years = table.where(table != NONE).apply(_years)
            alpha = krippendorff_alpha(years, level="interval", replicates=replicates, seed=seed)
            yield _row(field, coders, alpha)


def _years(column: pd.Series) -> pd.Series:
    import pandas as pd

    return pd.to_numeric(column)


def _weighted(field: str, pair: pd.DataFrame, probability: pd.Series) -> Iterator[dict[str, Any]]:
    coded = pair.dropna()
    weight = 1 / probability.loc[coded.index].astype(float)
    equal = coded.iloc[:, 0] == coded.iloc[:, 1]
    value = float((weight * equal).sum() / weight.sum()) if len(coded) else None
    yield _share(
        field, "|".join(pair.columns), "equal_weighted", value, len(coded), "no unit was coded by two"
    )


def _share(
    field: str, coders: str, statistic: str, value: float | None, units: int, why: str
) -> dict[str, Any]:
    note = why if value is None else ""
    row = dict.fromkeys(COLUMNS, 0) | {"lower": None, "upper": None, "level": "nominal", "note": note}
    return row | {
        "field": field, "coders": coders, "statistic": statistic, "value": value, "units": units, "codings": 2 * units
    }  # fmt: skip


def _row(field: str, coders: str, result: Reliability) -> dict[str, Any]:
    from dataclasses import asdict

    return {"field": field, "coders": coders} | asdict(result)


def coding_cases(codings: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Return machine and human codes side by side, for the error rates of the machine (`error_rates.coding_rates`).

    Parameters
    ----------
    codings
        Table `review`. Without `blind` sheets the rates are too good: who sees a code tends to confirm it.
    documents
        Table `documents`: the Kommune for which a document was found is its cluster. Codings of other documents are an
        error, not left out.

    Returns
    -------
    pandas.DataFrame
        document_id, ags, task (field; relevant has the codes true and false), machine, human, stratum,
        inclusion_probability; one row per document and field that both have coded.

    Raises
    ------
    DataError
        If a coded document is not in `documents`.
    """
    import pandas as pd

    both = codings[(codings["field"] != COMMENT) & codings["machine_value"].notna()]
    clusters = documents.set_index("document_id")["found_for"].to_dict()
    strangers = [name for name in both["document_id"] if name not in clusters]
    if strangers:
        raise DataError(
            f"the coded document {strangers[0]!r} is not in the table documents.", column="document_id"
        )
    rows = []
    for (document, field), part in by_unit(both).items():
        last, code = max(part, key=lambda row: (row.coded_on, row.coder)), standing(part)[0]
        rows.append(
            {
                "document_id": document,
                "ags": clusters[document],
                "task": field,
                "machine": _TRUTH.get(last.machine_value, last.machine_value),
                "human": _TRUTH.get(code, code),
                "stratum": last.stratum,
                "inclusion_probability": last.inclusion_probability,
            }
        )
    columns = ["document_id", "ags", "task", "machine", "human", "stratum", "inclusion_probability"]
    return pd.DataFrame(rows, columns=columns)
