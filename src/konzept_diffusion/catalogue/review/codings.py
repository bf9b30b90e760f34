"""Codings by hand beside those of the machine: kept, compared, and put to use.

Nothing is overwritten. Of one coder the latest coding of a document and field counts; between coders the majority; a
person's code wins over the machine's, which stays beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ... import files
from ...errors import DataError
from ...schemas.core import read, validate
from ...schemas.review import COMMENT, NONE, REVIEW
from .fields import FIELDS, YES, machine_code

if TYPE_CHECKING:
    import pandas as pd

CONSENSUS = "konsens"
"""Coder under whose name an agreement reached after a disagreement is imported; it decides."""
AGREEMENTS = {
    "machine": "nobody has coded it; the machine's code stands",
    "agreed": "coded by hand as by the machine",
    "corrected": "coded by hand, otherwise than by the machine",
    "disputed": "coders differ without a majority; the latest coding stands until a consensus is imported",
    "human_only": "coded by hand; the machine's table does not have the document or the field any more",
}
"""Codes of the column agreement of `resolve`."""
_UNIT = ["document_id", "field"]


@dataclass(frozen=True)
class Stored:
    """How many codings `store_codings` added, and how many were there already."""

    added: int
    unchanged: int


def load_codings(file: Path) -> pd.DataFrame:
    """Return the table `review`; without rows if the file is not there yet."""
    import pandas as pd

    if file.is_file():
        return read(file, REVIEW)
    return validate(pd.DataFrame({name: [] for name in REVIEW.column_names}), REVIEW)


def store_codings(rows: pd.DataFrame, file: Path) -> Stored:
    """Append codings to a file (data/raw/review.csv); rows that are there stay as they are.

    A coder's changed mind becomes a row of its later day. A row of the same sheet that says what the coder's latest one
    says already is not added again, so that importing a sheet twice does no harm.

    Parameters
    ----------
    rows
        Table `review`, as `import_sheet` returns it.
    file
        Made if it is not there; written as a whole or not at all.

    Raises
    ------
    DataError
        If a coder has coded the same document and field otherwise, or with another remark, on the same day: nothing
        is stored.
    """
    import pandas as pd

    new, old = _with_remarks(validate(rows, REVIEW)), _with_remarks(load_codings(file))
    by_day = {(*row[:2], row.coder, row.coded_on): row for row in old.itertuples(index=False)}
    said = {
        (*row[:2], row.coder, row.sheet_id): row
        for row in latest(old, per=("sheet_id",)).itertuples(index=False)
    }
    keep: list[bool] = []
    for row in new.itertuples(index=False):
        unit = (row.document_id, row.field, row.coder)
        that_day, before = by_day.get((*unit, row.coded_on)), said.get((*unit, row.sheet_id))
        if that_day is not None and (
            row.value != that_day.value or row.comment not in ("", that_day.comment)
        ):
            now = f"now it is {row.value!r}" if row.value != that_day.value else "now the remark is another"
            raise DataError(
                f"{row.coder} has coded {row.field} of {row.document_id} as {that_day.value!r} on {row.coded_on}; "
                f"{now}.",
                file=file,
                hint="Give the day of the new coding; the earlier one stays.",
            )
        same = (
            before is not None
            and before.coded_on <= row.coded_on
            and (before.value, before.comment) == (row.value, row.comment)
        )
        keep.append(not (same or that_day is not None))
    added = new[keep]
    if len(added):
        whole = pd.concat([old, added], ignore_index=True)
        whole["comment"] = whole["comment"].mask(whole["comment"] == "")
        files.write_csv(file, validate(whole, REVIEW, file=file))
    return Stored(len(added), len(new) - len(added))


def _with_remarks(codings: pd.DataFrame) -> pd.DataFrame:
    return codings.assign(comment=codings["comment"].fillna(""))


def latest(codings: pd.DataFrame, *, per: Iterable[str] = ()) -> pd.DataFrame:
    """Return the latest coding of every coder for every document and field (and every value of the columns `per`)."""
    ordered = codings.sort_values("coded_on", kind="stable")
    return ordered.drop_duplicates([*_UNIT, "coder", *per], keep="last").sort_index()


def conflicts(codings: pd.DataFrame, machine: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return where coders contradict each other, and where they contradict the machine.

    Parameters
    ----------
    codings
        Table `review`.
    machine
        Table `documents` as the machine codes today; by default the machine's codes are those beside the codings.

    Returns
    -------
    pandas.DataFrame
        document_id, field, between (coders or machine), codings ("AB: leitbild | CD: sonstiges"), machine_value, value
        (which stands now), settled (a majority or an imported consensus decides; always true between coders and
        machine, where the person wins).
    """
    import pandas as pd

    rows = []
    current = _machine_codes(machine) if machine is not None else {}
    for (document, field), part in by_unit(codings).items():
        value, disputed = standing(part)
        beside = max(part, key=lambda coding: coding.coded_on).machine_value
        code = current.get((document, field), beside if isinstance(beside, str) else "")
        people = {row.value for row in part if row.coder != CONSENSUS}
        common = {
            "document_id": document,
            "field": field,
            "codings": " | ".join(f"{row.coder}: {row.value}" for row in part),
            "machine_value": code or None,
            "value": value,
        }
        if len(people) > 1:
            rows.append(common | {"between": "coders", "settled": not disputed})
        if code and value != code:
            rows.append(common | {"between": "machine", "settled": True})
    columns = ["document_id", "field", "between", "codings", "machine_value", "value", "settled"]
    return pd.DataFrame(rows, columns=columns).astype(
        dict.fromkeys(columns[:-1], "str") | {"settled": "bool"}
    )


def resolve(machine: pd.DataFrame, human: pd.DataFrame) -> pd.DataFrame:
    """Return for every document and field which code stands, and whose it is; human codes win.

    Of several coders the code "konsens" gave decides, else that of more than half of them, else the latest one
    (disputed).

    Parameters
    ----------
    machine
        Table `documents`; a column relevant is used if it is there, else every row is relevant.
    human
        Table `review`.

    Returns
    -------
    pandas.DataFrame
        document_id, field, value, machine_value, coder (those whose code stands, separated by |; the machine's name if
        nobody has coded), coded_on, agreement (key of `AGREEMENTS`). Ordered as `machine`, then what only people have.
    """
    import pandas as pd

    parts = by_unit(human)
    codes = _machine_codes(machine)
    coders = machine.set_index("document_id")["coder"].to_dict()
    rows = []
    for unit in [*codes, *(unit for unit in parts if unit not in codes)]:
        document, field = unit
        code = codes.get(unit, "")
        row = {"document_id": document, "field": field, "machine_value": code or None}
        part = parts.get(unit)
        if part is None:
            row |= {
                "value": code or None,
                "coder": coders[document],
                "coded_on": None,
                "agreement": "machine",
            }
        else:
            value, disputed = standing(part)
            mine = [coding for coding in part if coding.value == value]
            agreement = "disputed" if disputed else "agreed" if value == code else "corrected"
            row |= {
                "value": value,
                "coder": "|".join(coding.coder for coding in mine),
                "coded_on": max(coding.coded_on for coding in mine),
                "agreement": "human_only" if unit not in codes and not disputed else agreement,
            }
        rows.append(row)
    columns = ["document_id", "field", "value", "machine_value", "coder", "coded_on", "agreement"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns, "str"))


def with_codes(documents: pd.DataFrame, resolved: pd.DataFrame) -> pd.DataFrame:
    """Return `documents` with the codes that stand put in.

    Coders of a changed or confirmed row are added to its column coder; a document that people found not relevant is
    taken out. The table `resolved` says what the machine had said.

    Parameters
    ----------
    documents
        Table `documents`.
    resolved
        What `resolve` returned for the same table.
    """
    frame = documents.reset_index(drop=True).copy()
    position = {document: row for row, document in enumerate(frame["document_id"])}
    by_hand = resolved[(resolved["agreement"] != "machine") & resolved["document_id"].isin(position)]
    people: dict[int, set[str]] = {}
    out: set[int] = set()
    for row in by_hand.itertuples(index=False):
        at = position[row.document_id]
        people.setdefault(at, set()).update(row.coder.split("|"))
        if row.field == "relevant" and row.value != YES:
            out.add(at)
        if row.field in frame.columns and row.field != "relevant":
            none = row.value == NONE
            value = None if none else int(row.value) if FIELDS[row.field].form == "year" else row.value
            if none and row.field == "ags":
                out.add(at)  # a document that belongs to no Kommune cannot be a row
            else:
                frame.loc[at, row.field] = value
    for at, names in people.items():
        frame.loc[at, "coder"] = "|".join([str(frame.loc[at, "coder"]), *sorted(names)])
    return frame.drop(index=sorted(out)).reset_index(drop=True)


def _machine_codes(machine: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Return the machine's code by document and field; in a table without a column relevant all rows are."""
    frame = machine if "relevant" in machine.columns else machine.assign(relevant=YES)
    names = [name for name in FIELDS if name in frame.columns]
    columns = [[machine_code(value, FIELDS[name]) for value in frame[name]] for name in names]
    return {
        (str(document), name): column[row]
        for row, document in enumerate(frame["document_id"])
        for name, column in zip(names, columns, strict=True)
    }


def standing(rows: Sequence[Any]) -> tuple[str, bool]:
    """Return the code that stands for one document and field, and whether the coders are divided on it.

    Parameters
    ----------
    rows
        The latest coding of each coder for this document and field, with attributes coder, coded_on and value: what
        `by_unit` gives.
    """
    agreed = [row.value for row in rows if row.coder == CONSENSUS]
    if agreed:
        return agreed[-1], False
    (value, count), *_ = Counter(row.value for row in rows).most_common()
    if 2 * count > len(rows):
        return value, False
    return max(rows, key=lambda row: (row.coded_on, row.coder)).value, True


def by_unit(codings: pd.DataFrame) -> dict[tuple[str, str], list[Any]]:
    """Return the latest coding of each coder by (document_id, field), sorted by it and by coder; remarks left out."""
    rows = latest(codings[codings["field"] != COMMENT]).sort_values([*_UNIT, "coder"])
    units: dict[tuple[str, str], list[Any]] = {}
    for row in rows.itertuples(index=False):
        units.setdefault((row.document_id, row.field), []).append(row)
    return units
