"""Sentences of the report whose numbers are read from the results."""

from __future__ import annotations

import pandas as pd

from . import tables
from .designs import BAND, LEVEL
from .studies import FIRST, RANDOMISATION, WILD
from .tables import BAND_TEXT, ONE, TREATED, percent

CR1, CR3 = "CR1 t(15)", "CR3 t(15)"


def short(table: pd.DataFrame) -> list[str]:
    """Return the results in a few sentences."""
    grid = tables.sizes(table)
    differ = grid[tables.dependent(grid)]
    sums = tables.summary(differ)
    inside = tables.by_design(differ, tables.DESIGN).apply(lambda column: column.between(*BAND))
    lost = inside[~inside[CR1]]
    both, wild, jackknife = lost[CR3] & lost[WILD], ~lost[CR3] & lost[WILD], lost[CR3] & ~lost[WILD]
    return [
        f"Of the {len(inside)} designs whose Länder differ, CR1 with t(15) quantiles keeps a size of {BAND_TEXT} in "
        f"{sums.loc[CR1, 'inside']}, CR3 in {sums.loc[CR3, 'inside']}, the wild bootstrap in "
        f"{sums.loc[WILD, 'inside']}. Of the {len(lost)} in which CR1 does not, both CR3 and the wild bootstrap do in "
        f"{both.sum()}, only the wild bootstrap in {wild.sum()}, only CR3 in {jackknife.sum()}, neither in "
        f"{len(lost) - both.sum() - wild.sum() - jackknife.sum()}.",
        f"There, sizes reach from {_range(sums, CR1)} % with CR1 and t(15), from {_range(sums, CR3)} % with CR3, from "
        f"{_range(sums, WILD)} % with the wild bootstrap, and up to {percent(sums.loc['iid', 'highest'])} % where "
        "Länder are ignored.",
        _layouts(differ),
        _where(grid),
        _one_land(table),
    ]


def programme(table: pd.DataFrame) -> list[str]:
    """Return what the table of programmes shows."""
    size = table[(table["study"] == "programme") & (table["effect"] == 0)]
    several = size[~size["treated"].isin(ONE) & size["method"].isin([CR1, CR3, WILD])]
    told = "; ".join(
        f"{TREATED[str(name)]}: "
        + ", ".join(f"{row.method} {percent(row.rejected)}" for row in rows.itertuples())
        for name, rows in several.groupby("treated", sort=False)
    )
    return [
        "Without the one Land that had it, the programme's coefficient does not exist, so there is no CR3. CR0 and "
        "CR1 measure its variance by the score of that Land, which the estimate itself makes nearly zero. iid and HC1 "
        "come near 5 % only if Länder do not differ. In the wild bootstrap numerator and standard error both rest on "
        "that one Land, so that a small Land is never found to differ, whatever the effect; only a Land with more than "
        "a third of all units leaves it some power.",
        f"With several Länder treated (size, per cent): {told}.",
        "Randomisation asks whether the Land of the programme stands out among the Länder. With one treated Land "
        "its p-value cannot lie below 1/16, so that no result reaches 5 %; and it rises where the only cities of a "
        f"Land have adopted before, since such a Land is no placebo. {_drawn(table)} For a given Land the size may lie "
        "above the level, since the scores of large and small Länder do not vary alike.",
        "The models of this table hold covariates, time and the programme, without a dummy of the treated Land. "
        "`programme_verdicts` compares otherwise: with that dummy (a difference in differences), only with Länder that "
        "have no programme (yet), and up to the next programme. Its power is therefore far below that of this table; "
        "`programme_verdicts` simulates it for every programme, see docs/models.md for KOMM-IN NRW.",
    ]


def bias(table: pd.DataFrame) -> str:
    """Return why estimates are off where Länder do not differ."""
    rows = table[(table["study"] == "within") & (table["effect"] != 0) & (table["method"] == "iid")]
    rows = rows[(rows["icc"] == 0) & (rows["slope_sd"] == 0) & (rows["null"] == "true value")]
    told = ", ".join(
        f"{row.bias:+.3f} ({row.bias_mc_error:.3f}) with {row.events_mean:.0f} events ({row.layout})"
        for row in rows.itertuples()
    )
    return (
        f"Where Länder do not differ the bias is {told}: that of maximum likelihood in small samples, away from zero "
        "and of the order of one over the number of events. Where they do differ another one is larger and no fault of "
        "the estimator: a hazard model without the Land effects estimates the effect averaged over Länder, which lies "
        "nearer to zero than that within a Land. Coverage is that of the effect within a Land, and bears this gap."
    )


def rare(table: pd.DataFrame) -> list[str]:
    """Return what the tables of rare events show: at the fewest events, and without leaving."""
    rows = table[table["study"] == "rare"]
    fewest = rows[rows["events_mean"] == rows["events_mean"].min()].set_index("method")
    plain, firth = fewest.loc["ML, Wald"], fewest.loc["Firth, profile likelihood"]
    missing = f"{percent(plain['undefined'])} % of the data sets, Firth in {percent(firth['undefined'])} %"
    mine = rows[rows["method"] == "Firth, Wald"]
    bias = {
        leaves: ", ".join(f"{row.bias:+.3f} ({row.bias_mc_error:.3f})" for row in part.itertuples())
        for leaves, part in mine[mine["log_hazard"].isin(mine.loc[~mine["leaves"], "log_hazard"])].groupby(
            "leaves"
        )
    }
    return [
        f"With {plain['events_mean']:.0f} events on average ML has no estimate in {missing}; mean bias "
        f"{plain['bias']:+.3f} and {firth['bias']:+.3f}; Wald's interval covers {percent(1 - plain['rejected'])} % "
        f"with ML, the profile interval {percent(1 - firth['rejected'])} % with Firth.",
        "Firth's correction is made for rows that are given. In a hazard model the rows depend on the outcome, since a "
        f"unit leaves with its event; with the same two intercepts its bias is {bias[True]} where units leave and "
        f"{bias[False]} where they stay at risk (two designs added after the first run, to explain the bias).",
    ]


def _drawn(table: pd.DataFrame) -> str:
    """Return what the randomisation test does under the null where one Land was drawn."""
    rows = table[(table["study"] == "programme") & (table["treated"] == "1")]
    null = rows[(rows["effect"] == 0) & (rows["method"] == RANDOMISATION)]
    sizes = [
        f"{' and '.join(percent(value) for value in part['rejected'])} % at a level of {percent(level, 2)} %"
        for level, part in null.groupby("level")
        if level > LEVEL
    ]
    empty = rows.loc[rows["method"] == FIRST, "undefined"]
    return (
        "Where each Land was as likely to have the programme (drawn), its size does not exceed the level; it is "
        f"conservative ({', '.join(sizes)}), since p-values come in steps and Länder without a contrast are no "
        f"placebos; in {_span(empty)} % of these data sets the Land drawn itself has no contrast, hence no result."
    )


def _layouts(differ: pd.DataFrame) -> str:
    told = []
    for name, rows in differ.groupby("layout", sort=False):
        sums = tables.summary(rows)
        told.append(
            f"{name}: CR1 {sums.loc[CR1, 'inside']}, CR3 {sums.loc[CR3, 'inside']}, wild {sums.loc[WILD, 'inside']} "
            f"of {sums.loc[CR1, 'designs']}"
        )
    return f"By layout, designs with a size of {BAND_TEXT} – {'; '.join(told)}."


def _where(grid: pd.DataFrame) -> str:
    above = grid[grid["rejected"] > BAND[1]]
    jackknife, wild = above[above["method"] == CR3], above[above["method"] == WILD]
    most = grid["land_share"].max()
    wide_shares = f"{int((wild['land_share'] == most).sum())} of them with {percent(most, 0)} %"
    below = int(((grid["method"] == CR3) & (grid["rejected"] < BAND[0])).sum())
    return (
        f"In all {tables.number(grid)} designs CR3 lies above the band in {len(jackknife)}, "
        f"{int((jackknife['slope_sd'] > 0).sum())} of them with slopes that differ by Land (and below it in {below}); "
        f"the wild bootstrap in {len(wild)}, {wide_shares} of the covariate's variance "
        "between Länder. Report both."
    )


def _one_land(table: pd.DataFrame) -> str:
    one = table[(table["study"] == "programme") & table["treated"].isin(ONE)]
    size = one[one["effect"] == 0].set_index("method")
    strong = one[(one["effect"] == one["effect"].max()) & (one["null"] == "zero")].set_index("method")
    wild, power, first = (
        size.loc[WILD, "rejected"],
        strong.loc[WILD, "rejected"],
        strong.loc[FIRST, "rejected"],
    )
    return (
        f"For a programme of one Land CR1 with t(15) rejects a true null hypothesis in "
        f"{_span(size.loc[CR1, 'rejected'])} % of the data sets; CR3 does not exist (in "
        f"{percent(size.loc[CR3, 'undefined'].min(), 0)} %); the wild bootstrap rejects {_span(wild)} % of true null "
        f"hypotheses and a hazard ratio of 4 in {_span(power)} %. The randomisation test cannot "
        f"reject at {percent(LEVEL, 0)} % (its smallest p-value is 1/16); a hazard ratio of 4 has the first rank in "
        f"{_span(first)} %."
    )


def _span(values: pd.Series) -> str:
    return f"{percent(values.min())}–{percent(values.max())}"


def _range(sums: pd.DataFrame, method: str) -> str:
    return f"{percent(sums.loc[method, 'lowest'])} to {percent(sums.loc[method, 'highest'])}"
