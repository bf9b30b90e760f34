"""Tables of models with a known truth, as the figures of models get them."""

from __future__ import annotations

import itertools

import pandas as pd

from konzept_diffusion.models.multiverse.choices import DIMENSIONS
from konzept_diffusion.models.multiverse.grossstaedte import MULTIVERSE

TERMS = ("log_population", "foreign_share_lag", "programme")
SENSITIVITIES = (1.0, 0.9, 0.8, 0.7)


def specifications_of() -> pd.DataFrame:
    """Every combination of the paper's options; effects grow with the number, the last combination failed."""
    names = [[option.name for option in MULTIVERSE.options(dimension)] for dimension in DIMENSIONS]
    rows = []
    for number, options in enumerate(itertools.product(*names), start=1):
        for place, term in enumerate(TERMS):
            effect = (number / 20_000 - 0.01) * (1 + place)
            rows.append(
                {
                    "specification": number,
                    **dict(zip(DIMENSIONS, options, strict=True)),
                    "term": term,
                    "status": "ok",
                    "effect": effect,
                    "effect_low": effect - 0.01,
                    "effect_high": effect + 0.01,
                    "significant": abs(effect) > 0.01,
                    "nobs": 1126,
                    "n_events": 69,
                }
            )
    table = pd.DataFrame(rows).astype({"significant": "boolean", "nobs": "Int64", "n_events": "Int64"})
    last = table["specification"] == table["specification"].max()
    table.loc[last, "status"] = "failed"
    table.loc[last, ["effect", "effect_low", "effect_high"]] = float("nan")
    table.loc[last, ["significant", "nobs", "n_events"]] = pd.NA
    return table


def tipping_of() -> pd.DataFrame:
    """Two terms, two sensitivities of the rest; every verdict occurs."""
    verdicts = itertools.cycle(["holds", "not significant", "other sign", "significant"])
    rows = [
        (term, 0.95, x, f"{rest:g}", 0.2 + x / 10, 0.1 + x / 10, 0.4 + x / 10, next(verdicts))
        for term in TERMS
        for rest in (1.0, 0.8)
        for x in SENSITIVITIES
    ]
    columns = ["term", "level", "x", "series", "estimate", "conf_low", "conf_high", "verdict"]
    return pd.DataFrame(rows, columns=columns)
