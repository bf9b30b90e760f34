"""The document `docs/simulation.md` and its figure, made from the results alone: no number is typed by hand."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from . import tables, verdicts
from .designs import DRAWS, ERRORS, LAENDER, LEVEL, SHARES
from .figure import draw
from .measures import share_interval
from .tables import percent

__all__ = ["document", "draw", "overview", "read"]
_WIDTH = 118
_DIFFER = {
    "equal": "Of these, equal Länder:",
    "grossstadt": "Of these, Länder as large as with the Großstädte:",
    "kommunen": "Of these, Länder as large as with all Kommunen:",
}
_LIMITS = (
    "Covariates are normal and constant in a unit, Land effects normal; sixteen Länder.",
    "Land effects are independent of the covariates. Where they are not, estimates are biased, and no standard error "
    "mends that.",
    "Nothing spills over from one Land to another; where it does, Länder are no clusters.",
)


def read(path: Path) -> pd.DataFrame:
    """Return the stored results."""
    return pd.read_csv(path, dtype={"treated": "str"}).fillna({"treated": ""})


def overview(table: pd.DataFrame) -> str:
    """Return size by method as plain text, for the quick mode."""
    grid = tables.sizes(table)
    shown = {"all designs": grid, "Länder differ": grid[tables.dependent(grid)]}
    return "\n\n".join(f"{name}\n{tables.summary(rows).round(3)}" for name, rows in shown.items())


def document(table: pd.DataFrame) -> str:
    """Return the document as Markdown."""
    parts = [
        "# Simulation study: what the inference is worth with sixteen Länder",
        _head(table),
        "![Rejections of a true null hypothesis by method and design](img/simulation_size.png)",
        "## In short",
        _bullets(verdicts.short(table)),
        *_simulated(table),
        *_size(table),
        *_effects(table),
        *_programme(table),
        *_rare(table),
        "## Limits",
        _bullets(_LIMITS),
        _wrapped(
            "`python benchmarks/simulation.py` runs all again (`--quick`: 100 data sets a design, nothing "
            "written; `--report`: this document and the figure from the stored table)."
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _head(table: pd.DataFrame) -> str:
    first, times = table.iloc[0], table["replications"]
    return _wrapped(
        "Written by `benchmarks/simulation.py` from `benchmarks/simulation_results.csv`; no number is typed by "
        "hand. All data are **synthetic**, made with effects that are known; real are only the numbers of "
        f"Kommunen by Land. Seed {first['seed']}, {times.min():,} to {times.max():,} data sets a design; made with "
        f"{first['made_with']}."
    )


def _simulated(table: pd.DataFrame) -> list[str]:
    grid = tables.sizes(table)
    layouts = [
        [
            str(name),
            f"{rows['units'].iloc[0]:,}",
            f"{rows['periods'].iloc[0]}",
            f"{rows['events_mean'].mean():.0f}",
        ]
        for name, rows in grid.groupby("layout", sort=False)
    ]
    errors = "; ".join(
        "none" if not icc and not slope else f"ICC {icc:g}" + (f" and slopes {slope:g}" if slope else "")
        for icc, slope in ERRORS
    )
    return [
        "## What is simulated",
        _wrapped(
            f"Units in {LAENDER} Länder, at risk from the first period until their event or the end; hazard "
            "1 - exp(-exp(eta)), eta the sum of a baseline (rising, then flatter), the slope of the Land times x, "
            "0.3 z, and an intercept of the Land. x and z are standard normal and constant in a unit. The model "
            "fitted is `hazard` (cloglog) on x, z, time and its square; tested is the coefficient of x."
        ),
        tables.markdown(["layout", "units", "periods", "events, mean"], layouts),
        _wrapped(
            "The grid is every combination of layout, share of the variance of x and z between Länder "
            f"({', '.join(f'{share:g}' for share in SHARES)}), and errors: {errors}. Land intercepts are given as "
            "their share in the variance of the latent variable (intra-cluster correlation, ICC; the rest is "
            "pi²/6), slopes by the standard deviation of the coefficient of x between Länder around a mean of 0. "
            "Covariates and Länder are drawn anew in every data set. This grid was laid down before the first full "
            "run; every design that was run is shown."
        ),
        _wrapped(
            "Methods: inverse expected information (iid), HC1, CR0 and CR1 with normal quantiles, CR1 and CR3 with "
            f"t({LAENDER - 1}) quantiles, and the score wild cluster bootstrap with Webb weights, the null "
            f"imposed, {DRAWS} draws. Estimates, covariances and bootstrap are the package's; only the "
            "leave-one-Land-out fits are computed together, and a test compares every number."
        ),
    ]


def _size(table: pd.DataFrame) -> list[str]:
    grid = tables.sizes(table)
    differ, independent = grid[tables.dependent(grid)], grid[~tables.dependent(grid)]
    exact = "; ".join(
        "{}–{} % with {:,} data sets".format(
            *map(percent, share_interval(round(LEVEL * times), times)), times
        )
        for times in sorted(grid["replications"].unique())
    )
    return [
        "## Size for a covariate that varies within Länder",
        _wrapped(
            "Size is the share of data sets in which a true null hypothesis is rejected at nominal "
            f"{percent(LEVEL, 0)} %. *Size inside*: the estimate lies in {tables.BAND_TEXT}; *surely inside* and "
            "*surely outside*: the whole 95 % interval of the Monte Carlo error (Clopper & Pearson) does. An "
            f"estimate of 5 % has the interval {exact}."
        ),
        f"All {tables.number(grid)} designs:",
        tables.summary_table(grid),
        f"The {tables.number(independent)} designs with independent errors:",
        tables.summary_table(independent),
        f"The {tables.number(differ)} designs whose Länder differ (intercepts, slopes or both):",
        tables.summary_table(differ),
        *(
            text
            for name, rows in differ.groupby("layout", sort=False)
            for text in (_DIFFER[str(name)], tables.summary_table(rows))
        ),
        f"The whole grid, per cent; bold outside {tables.BAND_TEXT} before rounding:",
        tables.size_table(table),
    ]


def _effects(table: pd.DataFrame) -> list[str]:
    accuracy, coverage = tables.effect_tables(table)
    return [
        "## Bias, coverage and power with an effect",
        _wrapped(
            "True mean slope of x as given; 30 per cent of its variance between Länder. *sd* is the spread of the "
            "estimates, beside the mean of each standard error."
        ),
        accuracy,
        _wrapped(verdicts.bias(table)),
        "Coverage of 95 % intervals and power against zero, per cent:",
        coverage,
    ]


def _programme(table: pd.DataFrame) -> list[str]:
    return [
        "## A programme of Länder",
        _wrapped(
            "Layout of the Großstädte; a programme is in force from about 2005 to the end in all units of a Land, or "
            "of several Länder drawn anew in each data set. It becomes a term of the model. Rejected at "
            f"{percent(LEVEL, 0)} %, per cent: the size where the hazard ratio is 1 (bold outside "
            f"{tables.BAND_TEXT}), the power elsewhere. *none*: no result in more than half of the data sets."
        ),
        tables.programme_table(table),
        *(_wrapped(text) for text in verdicts.programme(table)),
        "What the randomisation test rejects (95 % Monte Carlo interval):",
        tables.randomisation_table(table),
        _wrapped(
            "*First rank*: no other Land stands out as much; *smallest p*: how often this happens by chance, one "
            "over the Länder that can be compared. *No contrast*: no unit of the Land is at risk any more."
        ),
        "Bias of the programme's coefficient (log hazard ratio):",
        tables.bias_table(table),
    ]


def _rare(table: pd.DataFrame) -> list[str]:
    effect = table.loc[table["study"] == "rare", "effect"].iloc[0]
    return [
        "## Rare events",
        _wrapped(
            "Logit hazard in the layout of the Großstädte, independent errors; tested is a 0/1 covariate of about 15 "
            f"per cent of the units with a true coefficient of {effect:g}; a low intercept makes events rare. Plain "
            "maximum likelihood (ML) has no estimate where the covariate is separated, and its bias is that of the "
            "other data sets; Firth's penalised likelihood has none only where outcome or covariate do not vary."
        ),
        tables.rare_table(table),
        *(_wrapped(text) for text in verdicts.rare(table)),
    ]


def _bullets(texts: Sequence[str]) -> str:
    return "\n".join(_wrapped(text, "- ") for text in texts)


def _wrapped(text: str, bullet: str = "") -> str:
    """Return prose broken into lines."""
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=bullet,
        subsequent_indent=" " * len(bullet),
        break_long_words=False,
        break_on_hyphens=False,
    )
