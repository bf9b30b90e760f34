"""The Bass model of adoption: innovation p, imitation q (Bass 1969, Management Science 15(5))."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from .counts import read
from .forms import BASS
from .result import AdoptionCurve, fit


def bass(
    counts: pd.Series | pd.DataFrame | Sequence[float],
    include_nonadopters: bool | str = False,
    *,
    method: str = "nls",
    population: float | None = None,
    ceiling: str = "fixed",
    elapsed: int = 0,
    vcov: str = "iid",
) -> AdoptionCurve:
    """Fit the Bass curve to adoptions per period.

    The share that has adopted by time t is F(t) = (1 - e) / (1 + (q/p) e), e = exp(-(p+q) t), time 0 being the
    end of the period before the first.

    Parameters
    ----------
    counts
        Adoptions per period, in order and without gaps; a Series keeps its index as periods (years), a
        table of two columns holds periods and counts, a list counts from 1.
    include_nonadopters
        False: shares of those counted, the periods as given. True: those who have not adopted are taken to
        adopt one period after the end, so a period with cumulative share 1 is added (how the R package
        netdiffuseR codes them; done even where `population` adds nobody). `censored`: they have not adopted
        by the end, and nothing is assumed of them after it.
    method
        `nls`, least squares on the cumulative shares; `ml`, maximum likelihood on the counts per period.
    population
        Number of all units, adopters and others; by default the sum of the counts.
    ceiling
        `fixed`: all units adopt in the end. `estimated`: only the share `ceiling` of them does; their number
        is the result's `m`.
    elapsed
        Periods that the diffusion had run before the first one counted. If above 0, units that adopted in
        them are in neither the counts nor the population, and the fit conditions on that (left truncation).
    vcov
        `iid`: residual variance (nls) or expected information (ml). `HC1`: robust sandwich over periods (nls)
        or units (ml). Cumulative shares are correlated over time, so standard errors of nls are too small
        under either; those of ml are not affected.

    Returns
    -------
    AdoptionCurve
        Frozen result with terms p, q (and ceiling), `predict`, `peak` and `m`.

    Raises
    ------
    ModelError
        If counts are negative, missing or too few, options do not go together, or no curve fits.

    Warns
    -----
    CeilingWarning
        If least squares put the ceiling above 1.
    """
    data = read(counts, include_nonadopters, population)
    return fit(
        BASS,
        data,
        include_nonadopters=include_nonadopters,
        method=method,
        ceiling=ceiling,
        elapsed=elapsed,
        vcov=vcov,
    )
