"""What a table declaration is, and reading a CSV against it.

One `Table` gives the validation (through pandera), the dtypes, the codebook and the Frictionless
schema. A file that breaks it ends in a `DataError` that names file, row and column; rows are counted
as a spreadsheet shows them, the header being row 1.
"""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from .. import keys
from ..errors import DataError, InvalidKeyError

if TYPE_CHECKING:
    import pandas as pd

Type = Literal["string", "integer", "number", "boolean", "key", "year", "date"]
FIRST_YEAR = 1970
_DTYPES: dict[str, str] = {
    "string": "str",
    "key": "str",
    "date": "str",
    "integer": "Int64",
    "year": "Int64",
    "number": "float64",
    "boolean": "boolean",
}


@dataclass(frozen=True)
class Column:
    """One column: its type, unit, allowed values and meaning.

    `type` "key" is an official key (`level` limits it), "year" a calendar year from 1970 to today,
    "date" an ISO date (YYYY-MM-DD). `required` forbids missing values.
    """

    name: str
    type: Type
    description: str
    unit: str = ""
    required: bool = False
    categories: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    level: tuple[keys.Level, ...] = ()

    @property
    def dtype(self) -> str:
        """The pandas dtype of the column."""
        return _DTYPES[self.type]


@dataclass(frozen=True)
class ForeignKey:
    """The values of `columns` occur in `reference_columns` of table `reference` (missing ones apart)."""

    columns: tuple[str, ...]
    reference: str
    reference_columns: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """One table: title, what a row is, columns, keys, where its facts come from and under which licence."""

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    sources: tuple[str, ...] = ()
    licence: str = "CC-BY-4.0"
    folder: Literal["raw", "processed", "crawl"] = "processed"
    checks: tuple[Callable[[pd.DataFrame], Iterable[tuple[int, str, str]]], ...] = field(default=())
    """Rules across columns: each yields (row position, column, problem)."""

    @property
    def column_names(self) -> list[str]:
        """The names of the columns in order."""
        return [column.name for column in self.columns]

    def column(self, name: str) -> Column:
        """Return the column called `name`."""
        return next(column for column in self.columns if column.name == name)


def read(path: Path, table: Table) -> pd.DataFrame:
    """Read a UTF-8 CSV file as `table`: typed columns in declared order, every rule checked.

    Raises
    ------
    DataError
        On a wrong encoding, a missing or unknown column, a row of another length, a value of the wrong
        type, an unknown category, a year outside 1970 to today, a duplicate key: the first problem, with
        file, row and column, and how many more there are.
    """
    import pandas as pd

    header, rows = _records(path)
    _check_header(path, table, header)
    # One Series per column: the tables of all Kommunen have well over a hundred thousand rows.
    cells = dict(zip(header, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(header, ())
    columns = {column.name: _typed(cells[column.name], column, path) for column in table.columns}
    return validate(pd.DataFrame(columns), table, file=path)


def validate(frame: pd.DataFrame, table: Table, *, file: object | None = None) -> pd.DataFrame:
    """Return `frame` with the declared columns, order and dtypes, or raise the first `DataError`."""
    import pandera.errors

    place = file or f"table {table.name}"
    missing = [name for name in table.column_names if name not in frame.columns]
    if missing:
        raise DataError(f"the column {missing[0]!r} is missing.", file=place, row=1)
    frame = frame[table.column_names].astype({column.name: column.dtype for column in table.columns})
    frame = frame.reset_index(drop=True)
    try:
        _pandera_schema(table).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        raise _translate(error.failure_cases, frame, table, place) from None
    for rule in table.checks:
        for position, name, problem in rule(frame):
            raise DataError(problem, file=place, row=int(position) + 2, column=name)
    duplicated = frame.duplicated(list(table.primary_key), keep="first")
    if duplicated.any():
        position = int(duplicated.to_numpy().argmax())
        values = ", ".join(str(frame.loc[position, name]) for name in table.primary_key)
        raise DataError(
            f"the key ({values}) stands there a second time.",
            file=place,
            row=position + 2,
            column=", ".join(table.primary_key),
            hint="Every row needs a key of its own.",
        )
    return frame


def check_foreign_keys(
    tables: Mapping[str, pd.DataFrame],
    declarations: Mapping[str, Table],
    *,
    files: Mapping[str, Path] | None = None,
) -> None:
    """Check every foreign key among the tables at hand; raise the first `DataError`.

    Parameters
    ----------
    tables, declarations
        By table name.
    files
        Where the tables were read from, for the message; by default it names the table.
    """
    for name, frame in tables.items():
        for key in declarations[name].foreign_keys:
            known = set(tables[key.reference][list(key.reference_columns)].itertuples(index=False, name=None))
            used = frame[list(key.columns)].dropna()
            for position, *values in used.itertuples(name=None):
                if tuple(values) not in known:
                    raise DataError(
                        f"{', '.join(map(str, values))} does not occur in table {key.reference} "
                        f"({', '.join(key.reference_columns)}).",
                        file=files[name] if files else f"table {name}",
                        row=int(position) + 2,
                        column=", ".join(key.columns),
                    )


def _records(path: Path) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of a CSV file as text."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror}).", file=path) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig")
        raise DataError(
            f"is not UTF-8 (byte {content[error.start]:#04x}).",
            file=path,
            row=max(1, len(list(csv.reader(io.StringIO(before + "?", newline=""))))),
            hint="Save the file as 'CSV UTF-8' and try again.",
        ) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[list[str]] = []
    try:
        records.extend(reader)
    except csv.Error as error:
        raise DataError(f"is no readable CSV ({error}).", file=path, row=len(records) + 1) from None
    while records and not records[-1]:
        records.pop()  # blank lines at the end do no harm
    if not records:
        raise DataError("is empty: not even a header row.", file=path)
    width = len(records[0])
    if width == 1 and ";" in records[0][0]:
        raise DataError("is separated by semicolons.", file=path, row=1, hint="Save it with commas.")
    for number, record in enumerate(records[1:], start=2):
        if not record:
            raise DataError("is an empty line.", file=path, row=number, hint="Delete it.")
        if len(record) != width:
            raise DataError(
                f"has {len(record)} cells, the header has {width}.",
                file=path,
                row=number,
                hint="Quote cells that contain a comma.",
            )
    return records[0], records[1:]


def _check_header(path: Path, table: Table, header: list[str]) -> None:
    missing = [name for name in table.column_names if name not in header]
    if missing:
        raise DataError(f"the column {missing[0]!r} is missing.", file=path, row=1)
    unknown = [name for name in header if name not in table.column_names]
    if unknown:
        raise DataError(
            f"the column {unknown[0]!r} is not declared for table {table.name}.",
            file=path,
            row=1,
            hint=f"Known: {', '.join(table.column_names)}.",
        )
    twice = [name for name in header if header.count(name) > 1]
    if twice:
        raise DataError(f"the column {twice[0]!r} stands there twice.", file=path, row=1)


_FORMS = {
    # At most 15 digits and two of an exponent: everything that a float holds exactly enough.
    "integer": (r"-?[0-9]{1,15}", "is no whole number."),
    "year": (r"-?[0-9]{1,15}", "is no whole number."),
    "number": (r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?", "is no number."),
    "boolean": (r"(?i:true|false)", "is neither true nor false."),
}


def _typed(cells: Sequence[str], column: Column, path: Path) -> pd.Series:
    """Return one column as typed values, empty cells as missing; raise at the first cell of another form."""
    import pandas as pd

    text = pd.Series(cells, dtype="str").str.strip(" \t\r\n")
    text = text.mask(text == "")
    unreadable = text.str.contains("\0", regex=False).fillna(False).astype(bool)
    if unreadable.any():
        row = int(unreadable.to_numpy().argmax()) + 2
        raise DataError("holds a NUL character.", file=path, row=row, column=column.name)
    if column.type not in _FORMS:
        return text.astype(column.dtype)
    form, problem = _FORMS[column.type]
    wrong = text.notna() & ~text.str.fullmatch(form).fillna(True).astype(bool)
    if wrong.any():
        position = int(wrong.to_numpy().argmax())
        value = text[position]
        hint = "Write a decimal point, not a comma." if column.type == "number" and "," in value else None
        raise DataError(f"{value!r} {problem}", file=path, row=position + 2, column=column.name, hint=hint)
    if column.type == "boolean":
        return text.str.lower().map({"true": True, "false": False}).astype("boolean")
    if column.type == "number":
        return text.astype("float64")
    return pd.to_numeric(text, dtype_backend="numpy_nullable").astype("Int64")


@cache
def _pandera_schema(table: Table) -> Any:
    """Return the pandera schema of a declaration."""
    import pandera.pandas as pa

    return pa.DataFrameSchema(
        {
            column.name: pa.Column(
                None,
                checks=_pandera_checks(column),
                nullable=not column.required,
                description=column.description,
                metadata={"unit": column.unit, "type": column.type},
            )
            for column in table.columns
        },
        strict=True,
        ordered=True,
        name=table.name,
        description=table.description,
    )


def _pandera_checks(column: Column) -> list[Any]:
    import pandera.pandas as pa

    checks: list[Any] = []
    if column.categories:
        checks.append(
            pa.Check.isin(column.categories, error=f"is not one of {', '.join(column.categories)}.")
        )
    low, high = column.minimum, column.maximum
    if column.type == "year":
        low, high = FIRST_YEAR, datetime.date.today().year
    if low is not None:
        checks.append(pa.Check.ge(low, error=f"is below {low:g}, the smallest value allowed."))
    if high is not None:
        checks.append(pa.Check.le(high, error=f"is above {high:g}, the largest value allowed."))
    if column.type == "key":
        levels = column.level or None
        checks.append(pa.Check(lambda values: _each(values, lambda key: _is_key(key, levels)), error="key"))
    if column.type == "date":
        checks.append(pa.Check(lambda values: _each(values, _is_date), error="is no date (YYYY-MM-DD)."))
    return checks


def _each(values: pd.Series, test: Callable[[str], bool]) -> pd.Series:
    """Apply a test to the distinct values only: keys and dates repeat a lot."""
    return values.map({value: test(value) for value in values.unique()})


def _is_key(value: str, levels: tuple[keys.Level, ...] | None) -> bool:
    try:
        keys.check(value, level=levels)
    except InvalidKeyError:
        return False
    return True


def _is_date(value: str) -> bool:
    try:
        return len(value) == 10 and datetime.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _translate(cases: pd.DataFrame, frame: pd.DataFrame, table: Table, place: object) -> DataError:
    """Turn pandera's failure cases into the first problem by row, then by column."""
    order = {name: position for position, name in enumerate(table.column_names)}
    found = sorted(
        (int(index), order.get(str(name), 0), str(name), str(check))
        for index, name, check in zip(cases["index"].fillna(0), cases["column"], cases["check"], strict=True)
    )
    row, _, name, check = found[0]
    value = frame.loc[row, name]
    if check == "not_nullable":
        problem = "is empty, but a value is required here."
    elif check == "key":
        try:
            keys.check(str(value), level=table.column(name).level or None)
            problem = f"{value!r} is no key."
        except InvalidKeyError as error:
            problem = str(error)
    else:
        problem = f"{str(value)!r} {check}"
    others = len({item[:3] for item in found}) - 1
    hint = f"({others} more in this table.)" if others else None
    return DataError(problem, file=place, row=row + 2, column=name, hint=hint)
