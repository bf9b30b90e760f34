"""Tables of the report, each made from the results alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from .designs import BAND, LEVEL
from .studies import FIRST, METHODS, RANDOMISATION, RARE

DESIGN = ["layout", "land_share", "icc", "slope_sd"]
CLUSTERED = ("CR0", "CR1", "CR1 t(15)", "CR3 t(15)", "wild (Webb)")
TREATED = {
    "largest": "Nordrhein-Westfalen",
    "middle": "Hessen",
    "1": "one, drawn",
    "2": "two, drawn",
    "4": "four, drawn",
    "8": "eight, drawn",
}
BAND_TEXT = f"{100 * BAND[0]:g}–{100 * BAND[1]:g} %"
ONE = ("largest", "middle", "1")
"""Which of them is a programme of one Land."""


def sizes(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the grid without an effect: size of every method for a covariate within Länder."""
    return table[(table["study"] == "within") & (table["effect"] == 0)]


def dependent(table: pd.DataFrame) -> pd.Series:
    """Return which rows belong to designs whose Länder differ in intercepts or slopes."""
    return (table["icc"] > 0) | (table["slope_sd"] > 0)


def kept(table: pd.DataFrame) -> pd.Series:
    """Return where the estimated size lies in the band."""
    return table["rejected"].between(*BAND)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Return by method the share of designs in the band, with what Monte Carlo error leaves open.

    Columns: designs, inside (estimate in the band), surely (whole 95 % interval in the band), possibly (interval
    touches the band), lowest, highest, and the mean size.
    """
    low, high = BAND
    rows = []
    for method in METHODS:
        mine = table[table["method"] == method]
        rows.append(
            {
                "method": method,
                "designs": len(mine),
                "inside": int(kept(mine).sum()),
                "surely": int(((mine["rejected_low"] >= low) & (mine["rejected_high"] <= high)).sum()),
                "possibly": int(((mine["rejected_high"] >= low) & (mine["rejected_low"] <= high)).sum()),
                "lowest": mine["rejected"].min(),
                "mean": mine["rejected"].mean(),
                "highest": mine["rejected"].max(),
            }
        )
    return pd.DataFrame(rows).set_index("method")


def by_design(rows: pd.DataFrame, keys: Sequence[str], column: str = "rejected") -> pd.DataFrame:
    """Return one row per design, one column per method."""
    methods = [name for name in (*METHODS, RANDOMISATION, *RARE) if name in set(rows["method"])]
    wide = rows.pivot_table(index=list(keys), columns="method", values=column)
    order = pd.MultiIndex.from_frame(rows[list(keys)].drop_duplicates())
    return wide.reindex(index=order, columns=methods)


def number(rows: pd.DataFrame) -> int:
    """Return the number of designs."""
    return int((rows["method"] == METHODS[0]).sum())


def percent(value: float, digits: int = 1) -> str:
    """Return a share as a percentage without its sign, a dash where there is none."""
    return "–" if pd.isna(value) else f"{100 * value:.{digits}f}"


def marked(value: float) -> str:
    """Return a size as a percentage, bold outside the band."""
    return percent(value) if pd.isna(value) or BAND[0] <= value <= BAND[1] else f"**{percent(value)}**"


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]], text_columns: int = 1) -> str:
    """Return a Markdown table, all but the first columns flush right."""
    align = ["---" if place < text_columns else "---:" for place in range(len(head))]
    lines = [head, align, *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def summary_table(table: pd.DataFrame) -> str:
    """Return the summary as Markdown."""
    rows = [
        [
            str(method),
            f"{row.inside} of {row.designs}",
            percent(row.inside / row.designs, 0),
            f"{row.surely}",
            f"{row.designs - row.possibly}",
            percent(row.lowest),
            percent(row.mean),
            percent(row.highest),
        ]
        for method, row in zip(summary(table).index, summary(table).itertuples(), strict=True)
    ]
    head = ["method", "size inside", "%", "surely inside", "surely outside", "lowest", "mean", "highest"]
    return markdown(head, rows)


def size_table(table: pd.DataFrame) -> str:
    """Return the size of every method in every design."""
    wide = by_design(sizes(table), DESIGN)
    rows = []
    for index, row in wide.iterrows():
        layout, share, icc, slope = index  # type: ignore[misc]
        rows.append([layout, f"{share:g}", f"{icc:g}", f"{slope:g}", *[marked(value) for value in row]])
    return markdown(["layout", "share", "ICC", "slopes", *wide.columns], rows)


def effect_tables(table: pd.DataFrame) -> tuple[str, str]:
    """Return bias and standard errors, and coverage and power, of the designs with an effect."""
    rows = table[(table["study"] == "within") & (table["effect"] != 0)]
    here = rows[rows["null"] == "true value"]
    errors = by_design(here, DESIGN, "se_mean")[["iid", "HC1", "CR1", "CR3 t(15)"]]
    first = here[here["method"] == "iid"].set_index(DESIGN)
    accuracy = [
        [
            index[0], f"{index[2]:g}", f"{index[3]:g}", f"{first.loc[index, 'effect']:g}",
            f"{first.loc[index, 'bias']:+.3f} ({first.loc[index, 'bias_mc_error']:.3f})",
            f"{first.loc[index, 'sd']:.3f}", *[f"{value:.3f}" for value in values],
        ]
        for index, values in zip(errors.index, errors.to_numpy(), strict=True)
    ]  # fmt: skip
    head = [
        "layout",
        "ICC",
        "slopes",
        "true",
        "bias (MC error)",
        "sd",
        "SE iid",
        "SE HC1",
        "SE CR1",
        "SE CR3",
    ]
    coverage, power = 1 - by_design(here, DESIGN), by_design(rows[rows["null"] == "zero"], DESIGN)
    both = [
        [index[0], f"{index[2]:g}", f"{index[3]:g}", what, *[percent(value) for value in wide.loc[index]]]
        for index in coverage.index
        for what, wide in (("coverage", coverage), ("power", power))
    ]
    return markdown(head, accuracy), markdown(["layout", "ICC", "slopes", "", *coverage.columns], both)


def programme_table(table: pd.DataFrame) -> str:
    """Return what is rejected at 5 % with a programme: without an effect (size) and with one (power)."""
    rows = table[table["study"] == "programme"]
    null = rows["null"].where(rows["effect"] != 0, "zero")  # without an effect the true value is zero
    rows = rows[(null == "zero") & (rows["level"] == LEVEL) & (rows["method"] != FIRST)].assign(null="zero")
    keys = ["treated", "icc", "effect"]
    wide, gone = by_design(rows, keys), by_design(rows, keys, "undefined")
    lines = [
        [
            TREATED[str(index[0])],
            f"{index[1]:g}",
            _effect(float(index[2])),
            *[_cell(value, gone.loc[index, method], index[2] == 0) for method, value in line.items()],
            percent(gone.loc[index, "CR3 t(15)"], 0),
        ]
        for index, line in wide.iterrows()
        if isinstance(index, tuple)
    ]
    return markdown(["programme in", "ICC", "hazard ratio", *wide.columns, "CR3 missing"], lines)


def randomisation_table(table: pd.DataFrame) -> str:
    """Return what the randomisation test rejects at each level, with its Monte Carlo interval."""
    rows = table[table["method"].isin([RANDOMISATION, FIRST])]
    levels = sorted(rows.loc[rows["method"] == RANDOMISATION, "level"].unique())
    lines = []
    for index, group in rows.groupby(["treated", "icc", "effect"], sort=False):
        treated, icc, effect = index  # type: ignore[misc]
        first = group[group["method"] == FIRST].iloc[0]
        by_level = group[group["method"] == RANDOMISATION].set_index("level")
        alone = treated in ONE
        lines.append(
            [
                TREATED[treated],
                f"{icc:g}",
                _effect(effect),
                *[_with_interval(by_level.loc[level]) for level in levels],
                f"{percent(first['level'])}" if alone else "",
                _with_interval(first) if alone else "",
                percent(first["undefined"]),
            ]
        )
    head = ["programme in", "ICC", "hazard ratio", *[f"level {percent(level, 2)} %" for level in levels]]
    return markdown([*head, "smallest p, mean, %", "first rank", "no contrast, %"], lines)


def bias_table(table: pd.DataFrame) -> str:
    """Return bias of the programme's coefficient."""
    rows = table[(table["study"] == "programme") & (table["method"] == "CR1")]
    rows = rows[rows["null"] == "true value"]
    lines = [
        [
            TREATED[str(row.treated)], f"{row.icc:g}", _effect(row.effect),
            f"{row.bias:+.3f} ({row.bias_mc_error:.3f})", f"{row.median_bias:+.3f}", f"{row.sd:.3f}",
            f"{row.se_mean:.3f}", percent(row.undefined),
        ]
        for row in rows.itertuples()
    ]  # fmt: skip
    head = ["programme in", "ICC", "hazard ratio", "bias (MC error)", "median bias", "sd", "mean SE, CR1"]
    return markdown([*head, "no estimate, %"], lines)


def rare_table(table: pd.DataFrame) -> str:
    """Return bias and coverage by number of events."""
    rows = table[table["study"] == "rare"]
    lines = [
        [
            row.method, "yes" if row.leaves else "no", f"{row.events_mean:.0f}",
            percent(row.undefined), f"{row.bias:+.3f} ({row.bias_mc_error:.3f})",
            f"{row.median_bias:+.3f}", f"{row.sd:.3f}", percent(1 - row.rejected),
            f"{percent(1 - row.rejected_high)}–{percent(1 - row.rejected_low)}",
        ]
        for row in rows.itertuples()
    ]  # fmt: skip
    head = [
        "method",
        "units leave",
        "events",
        "no estimate, %",
        "bias (MC error)",
        "median bias",
        "sd",
        "coverage, %",
        "95 %",
    ]
    return markdown(head, lines)


def _with_interval(row: pd.Series) -> str:
    low, high = percent(row["rejected_low"]), percent(row["rejected_high"])
    return f"{percent(row['rejected'])} ({low}–{high})"


def _effect(effect: float) -> str:
    return f"{math.exp(effect):g}"


def _cell(value: float, missing: float, size: bool) -> str:
    if missing > 0.5:
        return "none"
    return marked(value) if size else percent(value)
