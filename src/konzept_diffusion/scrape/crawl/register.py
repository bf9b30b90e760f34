"""The register: which Kommunen are searched, and where. Read strictly, before any request and any output."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from ... import keys, paths
from ...errors import DataError, InvalidKeyError
from ..addresses import normalise
from ..reports import Kommune

COLUMNS = ("ags", "name", "kind", "land", "website")
"""Columns that a register must have; further ones are passed over."""
KINDS = ("stadt", "landkreis", "kreisfreie_stadt", "kreisangehoerige_stadt", "gemeinde")
"""Kinds of Kommunen; `stadt` leaves open whether the town lies in a Landkreis."""
EMBEDDED = "kommunen.csv"
"""Built table that is the register if none is named."""

_BOMS = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"), (b"+/v", "UTF-7"))


def read(path: Path | None = None) -> list[Kommune]:
    """Return the Kommunen of a register, in its order.

    Keys are checked for form and Land, not for existence: a register may be of any territorial status.

    Parameters
    ----------
    path
        CSV in UTF-8 (with or without BOM), comma, with the columns ags, name, kind, land, website; default:
        the embedded register of Kommunen with the website where one is known.

    Raises
    ------
    DataError
        If the file cannot be read, is not UTF-8, lacks a column, holds no Kommune, or a row has a bad or
        repeated key, an unknown kind, a Land that the key does not lie in, or a website that is no http(s)
        address. The message names file, row (the header is row 1) and column.
    """
    file = path or paths.processed_dir() / EMBEDDED
    found: dict[str, Kommune] = {}
    rows: dict[str, int] = {}
    for number, row in _rows(_text(file), file):
        kommune = _kommune(row, file, number)
        if kommune.ags in found:
            raise DataError(
                f"{kommune.ags} stands in row {rows[kommune.ags]} already.",
                file=file, row=number, column="ags", hint="Leave one row per Kommune.",
            )  # fmt: skip
        found[kommune.ags], rows[kommune.ags] = kommune, number
    if not found:
        raise DataError("the register holds no Kommune.", file=file, hint="Add one row per Kommune.")
    return list(found.values())


def with_seeds(kommunen: Iterable[Kommune], seeds: Mapping[str, Sequence[str]]) -> list[Kommune]:
    """Return the Kommunen with their further addresses (`scraper/seeds.csv`): AGS to addresses."""
    return [
        replace(kommune, seeds=(*kommune.seeds, *seeds[kommune.ags])) if kommune.ags in seeds else kommune
        for kommune in kommunen
    ]


def select(kommunen: Sequence[Kommune], only: Iterable[str]) -> list[Kommune]:
    """Return the Kommunen with the given keys, in the register's order; all of them if no key is given.

    Raises
    ------
    DataError
        If a key is not in the register.
    """
    wanted = set(only)
    if not wanted:
        return list(kommunen)
    missing = sorted(wanted - {kommune.ags for kommune in kommunen})
    if missing:
        raise DataError(
            f"--only: {', '.join(missing)} not in the register.",
            hint="Keys are the ones in its column ags, with leading zeros.",
        )
    return [kommune for kommune in kommunen if kommune.ags in wanted]


def _text(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise DataError(
            f"the register cannot be read ({error.strerror}).",
            file=file,
            hint="Name one with --register CSV.",
        ) from None
    hint = "Save it as CSV in UTF-8 (in Excel: CSV UTF-8)."
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            raise DataError(f"the register is {encoding}, not UTF-8.", file=file, hint=hint)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"the register is not UTF-8 (byte {content[error.start]:#04x}).", file=file, row=row, hint=hint
        ) from None
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        raise DataError("the register holds NUL characters: no CSV.", file=file, row=row, hint=hint)
    if not text.strip():
        raise DataError("the register is empty.", file=file, hint=f"Its columns are {', '.join(COLUMNS)}.")
    return text


def _rows(text: str, file: Path) -> Iterable[tuple[int, dict[str, str]]]:
    """Yield row number (the header is row 1, blank lines count) and the row by column."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = _header(cells, file, number)
            elif len(cells) != len(header):
                raise DataError(
                    f"{len(cells)} cells instead of {len(header)}.",
                    file=file, row=number, hint='Put a text with a comma in it into quotation marks (").',
                )  # fmt: skip
            else:
                yield number, dict(zip(header, (cell.strip() for cell in cells), strict=True))
    except csv.Error as error:
        raise DataError(f"the register is no valid CSV ({error}).", file=file, row=number + 1) from None


def _header(cells: Sequence[str], file: Path, row: int) -> list[str]:
    header = [cell.strip() for cell in cells]
    for sign, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and sign in header[0]:
            raise DataError(
                f"the columns are separated by {name}.",
                file=file,
                row=row,
                hint="Save the register with commas.",
            )
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise DataError(
            f"the register has no column {', '.join(map(repr, missing))}.",
            file=file, row=row, hint=f"Its columns are {', '.join(COLUMNS)}.",
        )  # fmt: skip
    repeated = sorted({name for name in header if name and header.count(name) > 1})
    if repeated:
        raise DataError(f"the column {repeated[0]!r} stands there twice.", file=file, row=row)
    return header


def _kommune(row: Mapping[str, str], file: Path, number: int) -> Kommune:
    def wrong(column: str, problem: str, hint: str | None = None) -> DataError:
        return DataError(problem, file=file, row=number, column=column, hint=hint)

    ags, name, kind, land, website = (row[column] for column in COLUMNS)
    if not name:
        raise wrong("name", "the Kommune has no name.")
    if kind not in KINDS:
        raise wrong("kind", f"{kind!r} is no kind of Kommune.", f"One of {', '.join(KINDS)}.")
    try:
        keys.check(ags, level="kreis" if kind == "landkreis" else "gemeinde")
    except InvalidKeyError as error:
        hint = "A Landkreis has five digits, a town or Gemeinde eight." if len(ags) in (5, 8) else None
        raise wrong("ags", str(error), hint) from None
    if land not in keys.LAENDER:
        raise wrong("land", f"{land!r} is no Land (01 to 16, two digits).", "A leading zero may be lost.")
    if land != ags[:2]:
        raise wrong("land", f"{land!r} does not fit the key {ags}, which lies in {ags[:2]}.")
    if website:
        _check_website(website, wrong)
    return Kommune(ags, name, kind, land, website)


def _check_website(website: str, wrong: Callable[..., DataError]) -> None:
    try:
        parts = urlsplit(website)
        scheme, host = parts.scheme.lower(), parts.hostname
    except ValueError:
        scheme, host = "", None
    if scheme not in ("http", "https"):
        hint = "Leave the cell blank if there is no website."
        if "://" not in website and "." in website and "@" not in website and " " not in website:
            hint = f"Write it with its scheme: 'https://{website.lstrip('/')}'."
        raise wrong("website", f"{website!r} is no http or https address.", hint)
    if not host or any(character.isspace() for character in website) or not normalise(website):
        raise wrong("website", f"{website!r} is no valid address (host or port).")
