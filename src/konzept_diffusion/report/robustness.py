"""The first model under other codings, links, terms and samples: what a referee would ask first."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from ..catalogue.rules import MAIN_RULE, RULES
from ..models.estimators.binary.models import hazard
from ..models.main import SPECIFICATIONS, TIME, prepare
from ..riskset import UndatedAdoptionWarning, risk_set
from ..sources.statistics import BREAK_YEAR

FORMULA = SPECIFICATIONS[0].formula
SHARE_JUMP = 4.0
"""A change of the foreigners share from one year to the next, in percentage points, that no city can have
had: the series was corrected (the census break apart)."""


@dataclass(frozen=True)
class Variant:
    """One way to estimate the first model: a name, a risk set, a formula, a link and a coding rule."""

    name: str
    data: pd.DataFrame
    formula: str = FORMULA
    link: str = "cloglog"
    rule: str = MAIN_RULE


def variants(tables: Mapping[str, pd.DataFrame]) -> Iterator[Variant]:
    """Yield the variants; the first is the main model itself."""
    main = risk_set(tables)
    for rule in RULES:
        with warnings.catch_warnings():
            # How many cities each variant has is a column of the table.
            warnings.simplefilter("ignore", UndatedAdoptionWarning)
            yield Variant(f"rule={rule}", risk_set(tables, rule=rule), rule=rule)
    yield Variant("years=named_in_text", risk_set(tables, named_in_text=True))
    yield Variant("years=to_2016", risk_set(tables, last_year=2016))
    yield Variant("sample=without_pre_wave", risk_set(tables, without_pre_wave=True))
    yield Variant("sample=without_nrw", _only(main, main["land"] != "05"))
    yield Variant("sample=without_city_states", _only(main, ~main["land"].isin(["02", "04", "11"])))
    yield Variant("sample=without_share_jumps", _only(main, ~main["ags"].isin(jumping_cities(main))))
    yield Variant("terms=without_break", main, f"adopt ~ log_population + foreign_share_lag + {TIME}")
    yield Variant(
        "terms=share_by_period",
        main,
        f"adopt ~ log_population + foreign_share_lag + census_break + foreign_share_lag:census_break + {TIME}",
    )
    for link in ("logit", "probit"):
        yield Variant(f"link={link}", main, link=link)


def jumping_cities(panel: pd.DataFrame) -> list[str]:
    """Return the cities whose foreigners share jumps by more than `SHARE_JUMP` outside the census break."""
    ordered = panel.sort_values(["ags", "year"])
    change = ordered.groupby("ags")["foreign_share_lag"].diff().abs()
    return sorted(set(ordered.loc[(change > SHARE_JUMP) & (ordered["year"] - 1 != BREAK_YEAR), "ags"]))


def robustness(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return size and foreigners share in every variant of the first model, CR1 by Land, t distribution.

    Returns
    -------
    pandas.DataFrame
        variant, term, estimate, std_error, statistic, p_value, conf_low, conf_high, link, rule, n_cities,
        nobs, n_events, n_clusters.
    """
    rows = []
    for item in variants(tables):
        fit = hazard(item.formula, prepare(item.data), link=item.link, vcov="CR1", cluster="land")
        table = fit.tidy(distribution="t")
        table = table[table["term"].str.contains("log_population|foreign_share_lag")]
        table.insert(0, "variant", item.name)
        rows.append(
            table.assign(
                link=item.link,
                rule=item.rule,
                n_cities=item.data["ags"].nunique(),
                nobs=fit.nobs,
                n_events=fit.n_events,
                n_clusters=fit.n_clusters,
            )
        )
    return pd.concat(rows, ignore_index=True)


def _only(data: pd.DataFrame, keep: pd.Series) -> pd.DataFrame:
    return data[keep].reset_index(drop=True)
