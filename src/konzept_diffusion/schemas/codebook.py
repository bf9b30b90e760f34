"""The codebook: every column of every table, generated from the declarations and searchable.

Nothing here is typed by hand: the tables are those of `schemas.raw` and `schemas.processed`, the
meanings of codes those of the code lists in the modules of `schemas`.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from .core import Column, Table

if TYPE_CHECKING:
    import pandas as pd

Meanings = Mapping[str, tuple[str, str]]
COLUMNS = (
    "folder", "table", "column", "type", "unit", "required", "categories", "description", "key", "source", "licence",
    "meanings",
)  # fmt: skip
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_HEAD = """# Codebook

Every table, column and code, generated from the declarations in `konzept_diffusion.schemas`; do not edit by hand.
Search it with `konzept-diffusion codebook TERM`.

CSV, UTF-8, comma, decimal point, empty = missing. A *key* is an official key, a text with leading zeros: Land 2, Kreis 5,
Gemeinde 8 digits. Built tables (`data/processed`) come first, the raw ones they are made of (`data/raw`) follow, code
lists with their meaning stand at the end, after the tables that a crawl writes into its own folder.
"""
_FOLDERS = (("processed", "Built tables"), ("raw", "Raw tables"), ("crawl", "Tables of a crawl"))


def fold(text: str) -> str:
    """Return `text` for comparison: lower case, ä/ö/ü/ß as ae/oe/ue/ss, other accents dropped."""
    plain = unicodedata.normalize("NFC", text).casefold().translate(_UMLAUTS)
    return "".join(sign for sign in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(sign))


def declared_tables() -> list[Table]:
    """Return every declaration, the built tables first, each group sorted by name."""
    from .crawl import TABLES as CRAWL_TABLES
    from .merge import TABLES as MERGE_TABLES
    from .processed import TABLES
    from .raw import TABLES as RAW_TABLES
    from .review import REVIEW, REVIEW_SHEETS

    by_hand = {**RAW_TABLES, **MERGE_TABLES, **{table.name: table for table in (REVIEW, REVIEW_SHEETS)}}
    return [group[name] for group in (TABLES, by_hand, CRAWL_TABLES) for name in sorted(group)]


@functools.cache
def code_lists() -> dict[str, Meanings]:
    """Return the code lists of `schemas` by name: code to its meaning in German and in English."""
    package = importlib.import_module(__package__)
    lists: dict[str, Meanings] = {}
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda item: item.name):
        if module.name == __name__.rpartition(".")[2]:
            continue
        content = vars(importlib.import_module(f"{__package__}.{module.name}"))
        for name, value in content.items():
            if name.isupper() and not name.startswith("_") and _is_code_list(value):
                lists[name.lower()] = value
    return dict(sorted(lists.items()))


def meanings(column: Column) -> Meanings:
    """Return the meanings of the column's codes; empty if no code list covers them all.

    A list with exactly these codes wins over a longer one that contains them.
    """
    name = _code_list_of(column.categories)
    return {code: code_lists()[name][code] for code in column.categories} if name else {}


@functools.cache
def _code_list_of(categories: tuple[str, ...]) -> str | None:
    """Return the name of the shortest code list that explains all of `categories`."""
    fitting = [name for name, codes in code_lists().items() if categories and set(categories) <= set(codes)]
    return min(fitting, key=lambda name: len(code_lists()[name]), default=None)


def codebook_frame(tables: Iterable[Table] | None = None) -> pd.DataFrame:
    """Return the codebook as a table.

    Parameters
    ----------
    tables
        Declarations; all of the package by default.

    Returns
    -------
    pandas.DataFrame
        One row per column of a table: folder (processed, raw, crawl), table, column, type, unit, required
        (yes, no), categories (separated by |), description, key (primary key, or the table and column
        that a foreign key refers to), source, licence, meanings ("code: German / English").
    """
    import pandas as pd

    rows = [
        (
            table.folder,
            table.name,
            column.name,
            column.type,
            column.unit,
            "yes" if column.required else "no",
            "|".join(column.categories),
            column.description,
            _key_role(table, column),
            " | ".join(table.sources),
            table.licence,
            "; ".join(_meaning_lines(column)),
        )
        for table in (declared_tables() if tables is None else tables)
        for column in table.columns
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")


def search(term: str, tables: Iterable[Table] | None = None) -> pd.DataFrame:
    """Return the rows of the codebook in which every word of `term` occurs.

    Looked at are the names of table and column, the title of the table, the description, the unit, the
    codes and their meanings in both languages. Case does not matter, and an umlaut may be written as in
    Städte, Staedte or Stadte.

    Returns
    -------
    pandas.DataFrame
        Rows of `codebook_frame`; `meanings` holds the codes that hit, or all of the column's. No row if
        nothing fits or `term` is blank.
    """
    words = fold(term).split()
    rows = []
    chosen = declared_tables() if tables is None else list(tables)
    frame = codebook_frame(chosen)
    pairs = [(table, column) for table in chosen for column in table.columns]
    for position, (table, column) in enumerate(pairs):
        coded = _meaning_lines(column)
        text = _searchable(" ".join([table.name, table.title, column.name, column.description, column.unit,
                                     *column.categories, *coded]))  # fmt: skip
        if words and all(word in text for word in words):
            hits = [line for line in coded if all(word in _searchable(line) for word in words)]
            rows.append((position, "; ".join(hits or coded)))
    found = frame.iloc[[position for position, _ in rows]].reset_index(drop=True)
    return found.assign(meanings=[line for _, line in rows])


def _meaning_lines(column: Column) -> list[str]:
    """Return one "code: German / English" per code of the column."""
    return [f"{code}: {german} / {english}" for code, (german, english) in meanings(column).items()]


def codebook_markdown(tables: Iterable[Table] | None = None) -> str:
    """Return the codebook as Markdown: one section per table, then the code lists that are used."""
    chosen = declared_tables() if tables is None else list(tables)
    lists = {_code_list_of(column.categories) for table in chosen for column in table.columns} - {None}
    parts = [_HEAD]
    for folder, heading in _FOLDERS:
        group = [table for table in chosen if table.folder == folder]
        if group:
            parts.append(f"## {heading}\n")
            parts.extend(_section(table) for table in group)
    if lists:
        parts.append("## Code lists\n")
        parts.extend(_code_section(name, codes) for name, codes in code_lists().items() if name in lists)
    return "\n".join(parts)


def write_codebook(target: Path) -> Path:
    """Write the codebook as Markdown to `target` and return it."""
    from ..files import write_text

    write_text(target, codebook_markdown())
    return target


def _section(table: Table) -> str:
    lines = [f"### {table.name}", "", f"**{table.title}.** {table.description}", ""]
    place = "the output folder of a crawl" if table.folder == "crawl" else f"`data/{table.folder}/`"
    lines += [f"- file: {place}, rows identified by {', '.join(f'`{name}`' for name in table.primary_key)}",
              f"- source: {'; '.join(table.sources)}", f"- licence: {table.licence}", "",
              "| column | type | unit | required | key | meaning |", "|---|---|---|---|---|---|"]  # fmt: skip
    for column in table.columns:
        meaning = column.description
        if column.categories:
            meaning += ". Codes: " + ", ".join(f"`{code}`" for code in column.categories)
        cells = [f"`{column.name}`", column.type, column.unit, "yes" if column.required else "",
                 _key_role(table, column), meaning]  # fmt: skip
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _code_section(name: str, codes: Meanings) -> str:
    lines = [f"### {name}", "", "| code | Deutsch | English |", "|---|---|---|"]
    lines += [f"| `{code}` | {german} | {english} |" for code, (german, english) in codes.items()]
    return "\n".join(lines) + "\n"


def _key_role(table: Table, column: Column) -> str:
    """Return what the column does as a key: "primary", "→ table.column", both, or nothing."""
    roles = ["primary"] if column.name in table.primary_key else []
    for key in table.foreign_keys:
        if column.name in key.columns:
            roles.append(f"→ {key.reference}.{key.reference_columns[key.columns.index(column.name)]}")
    return ", ".join(roles)


def _searchable(text: str) -> str:
    """Return `text` folded twice: with ae for ä, and with a for ä."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return f"{fold(text)} {fold(bare)}"


def _is_code_list(value: object) -> bool:
    return (
        isinstance(value, dict)
        and bool(value)
        and all(
            isinstance(code, str)
            and isinstance(item, tuple)
            and len(item) == 2
            and all(isinstance(text, str) for text in item)
            for code, item in value.items()
        )
    )
