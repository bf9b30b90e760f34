"""Leads and lags of one programme: hazard ratios by years since its start, and a test of the years before it.

Reference is the band that ends in the year before the start. A band in which nobody of the treated Länder
adopts has the estimate minus infinity: it is reported so, and its rows are left out of the fit, which is the
limit of the likelihood for all other terms. Years of an earlier programme of the same Land count as years before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from ...errors import ModelError
from ..estimators.binary.models import hazard
from ..estimators.binary.result import Fit
from .contrast import EVER, ON, Contrast


@dataclass(frozen=True, eq=False, repr=False)
class EventStudy:
    """Result of `event_study`; nothing in it can be changed.

    Attributes
    ----------
    name
        Of the intervention.
    width
        Years per band.
    pretrend_statistic, pretrend_df, pretrend_p_value
        Likelihood-ratio test that all bands before the start have the same log hazard ratio; NaN without a band
        before the reference. Its chi-squared distribution takes units as independent, and with few events it
        finds large trends only: not rejected is not absent.
    """

    name: str
    width: int
    pretrend_statistic: float
    pretrend_df: int
    pretrend_p_value: float
    _table: pd.DataFrame

    def tidy(self) -> pd.DataFrame:
        """Return one row per band.

        term, first, last (years since the start, 0 in the first), estimate (log hazard ratio to the band before
        the start), std_error, statistic, p_value, conf_low, conf_high, rows, events, reference.
        """
        return self._table.copy()

    def summary(self) -> str:
        """Return the bands and the test as plain text."""
        return "\n".join(
            [
                f"Event study of {self.name}, bands of {self.width} years, reference the last before the start",
                self._table.to_string(index=False, float_format="{:.3f}".format),
                f"Years before: likelihood ratio {self.pretrend_statistic:.3f}, {self.pretrend_df} d.f., "
                f"p = {self.pretrend_p_value:.3f}",
            ]
        )

    def __repr__(self) -> str:
        """Return one line that identifies the result."""
        return f"<Event study: {self.name}, {len(self._table)} bands>"


def event_study(
    item: Contrast, leads: int = 3, lags: int = 3, width: int = 1, vcov: str = "iid", level: float = 0.95
) -> EventStudy:
    """Estimate log hazard ratios by years since the start of a programme.

    Parameters
    ----------
    item
        See `contrast.contrast`.
    leads, lags
        Bands before (the reference among them) and from the start on; the outermost hold all years further out.
    width
        Years per band; with rare events one year is too short.
    vcov
        Of the bands: `iid`, or clustered. With one treated Land a clustered covariance knows no variation
        between treated Länder and comes out far too small.
    level
        Coverage of the intervals.

    Returns
    -------
    EventStudy
        One log hazard ratio per year before and after the start; year -1 is the reference.

    Raises
    ------
    ModelError
        If leads, lags or width are below 1, the reference band has no event of the treated Länder, or the model
        cannot be fitted.
    """
    if min(leads, lags, width) < 1:
        raise ModelError("leads, lags and width are whole numbers from 1 on.")
    data = item.data
    starts = data[item.cluster].astype(str).map({span.land: span.start for span in item.intervention.spans})
    since = data[item.time].astype(float) - starts.astype(float)
    band = np.floor(since / width).clip(-leads, lags - 1)
    treated = data[EVER] == 1
    events = data[item.outcome] == 1
    numbers = sorted(int(value) for value in band[treated].unique())
    if -1 not in numbers or not (events & (band == -1)).any():
        raise ModelError(
            f"No Kommune of the Länder of {item.intervention.name!r} adopts in the {width} years before its start: "
            "the reference band has no event. Choose a larger width."
        )
    names = {number: f"{'lag' if number >= 0 else 'lead'}_{abs(number)}" for number in numbers}
    empty = [number for number in numbers if not (events & (band == number)).any()]
    rows = data.assign(**{names[number]: (band == number).astype(int) for number in numbers})
    rows = rows[~band.isin(empty)]
    later = [names[number] for number in numbers if number >= 0 and number not in empty]
    before = [names[number] for number in numbers if number < -1 and number not in empty]
    full = _fit(item, rows, [*before, *later], vcov)
    past = [number for number in numbers if number < -1]
    if past:
        alike = data.assign(**{name: (band == key).astype(int) for key, name in names.items()})
        alike = alike[~band.isin([number for number in empty if number >= 0])]
        restricted = _fit(item, alike, later, "iid")
        statistic = max(0.0, 2 * (full.loglik - restricted.loglik))
        p_value = float(stats.chi2(len(past)).sf(statistic))
    else:
        statistic = p_value = math.nan
    fitted = full.tidy(level).set_index("term")
    found = []
    for number in numbers:
        inside = band == number
        row: dict[str, object] = {
            "term": names[number],
            "first": -math.inf if number == -leads and since.min() < -leads * width else number * width,
            "last": math.inf
            if number == lags - 1 and since.max() >= lags * width
            else (number + 1) * width - 1,
        }
        values = ("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high")
        if number == -1:
            row |= {name: 0.0 if name == "estimate" else math.nan for name in values}
        elif number in empty:
            row |= {name: -math.inf if name == "estimate" else math.nan for name in values}
        else:
            row |= {name: float(fitted.loc[names[number], name]) for name in values}
        row |= {"rows": int(inside.sum()), "events": int((events & inside).sum()), "reference": number == -1}
        found.append(row)
    return EventStudy(
        item.intervention.name, width, statistic, len(past), p_value, pd.DataFrame(found)
    )  # fmt: skip


def _fit(item: Contrast, rows: pd.DataFrame, bands: list[str], vcov: str) -> Fit:
    parts = [item.base, EVER, *bands]
    formula = f"{item.outcome} ~ {' + '.join(parts)}"
    return hazard(formula, rows.drop(columns=ON), link=item.link, vcov=vcov, cluster=item.cluster)
