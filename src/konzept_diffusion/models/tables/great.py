"""Regression tables handed over to great_tables, where that package is installed."""

from __future__ import annotations

import importlib
from typing import Any, Unpack

import pandas as pd

from ...errors import ModelError
from .layout import Fits, Options, laid_out
from .wording import TEXTS


def to_great_table(fits: Fits, **options: Unpack[Options]) -> Any:
    """Return the table as a `great_tables.GT`, to be styled on.

    Every fit's `tidy()` is a data frame that great_tables reads as it is; this is the table of several fits.

    Parameters
    ----------
    fits
        One fit, a sequence of fits, or a mapping from the heading of its column to each fit.
    **options
        See `layout.Options`.

    Raises
    ------
    ModelError
        As `layout.laid_out`, and if great_tables is not installed.
    """
    try:
        great_tables = importlib.import_module("great_tables")
    except ModuleNotFoundError as error:
        raise ModelError(
            "to_great_table needs the package great_tables: pip install great_tables, or use to_html."
        ) from error
    table = laid_out("to_great_table", fits, options)
    stub, part = TEXTS[table.lang]["term"], "part"
    lines: list[list[str]] = []
    for name, rows in (("coefficients", table.coefficients), ("statistics", table.statistics)):
        for row in rows:
            lines.append([name, row.label, *(cell.text for cell in row.cells)])
            if row.below:
                lines.append([name, "", *(cell.text for cell in row.below)])
    # Column names are positions: headings of models may repeat the stub's or each other's words.
    columns = [str(place) for place in range(len(table.models))]
    frame = pd.DataFrame(lines, columns=[part, stub, *columns])
    made = great_tables.GT(frame, rowname_col=stub).cols_hide(part)
    made = made.cols_label(**dict(zip(columns, table.models, strict=True))).cols_align("center", columns)
    first = [number for number, line in enumerate(lines) if line[0] == "statistics"][:1]
    if first:
        line = great_tables.style.borders(sides="top", color="black", weight="1px")
        made = made.tab_style(line, [great_tables.loc.body(rows=first), great_tables.loc.stub(rows=first)])
    if table.title:
        made = made.tab_header(title=table.title)
    for note in table.notes:
        made = made.tab_source_note(note)
    return made
