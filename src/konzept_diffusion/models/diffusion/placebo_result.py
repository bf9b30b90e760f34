"""The result of a placebo: what an exposure coefficient is where there is no diffusion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from ..design import Array
from ..results import check_level, percent


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Placebo:
    """Distribution of an exposure coefficient without diffusion; nothing in it can be changed.

    Attributes
    ----------
    kind
        `common_shocks` (simulated histories) or `network` (rewired links).
    formula, term
        The model and the coefficient.
    null
        How the placebo worlds were made.
    estimate, std_error
        The coefficient in the data.
    seed, n_failed
        Seed of the draws, and draws in which the model could not be fitted (separation); they do not count.
    """

    kind: str
    formula: str
    term: str
    null: str
    estimate: float
    std_error: float
    seed: int
    n_failed: int
    reasons: tuple[tuple[str, int], ...]
    _estimates: Array
    _errors: Array
    _events: Array

    def __post_init__(self) -> None:
        """Keep read-only copies of the arrays."""
        for name in ("_estimates", "_errors", "_events"):
            array = np.array(getattr(self, name), dtype=float)
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @property
    def distribution(self) -> pd.DataFrame:
        """One row per draw: estimate, std_error, n_events."""
        return pd.DataFrame(
            {"estimate": self._estimates, "std_error": self._errors, "n_events": self._events}
        )

    @property
    def bias(self) -> float:
        """Mean of the coefficient without diffusion."""
        return float(self._estimates.mean())

    @property
    def p_value(self) -> float:
        """Two-sided: how rarely worlds without diffusion give a coefficient as far out, the data included."""
        draws = len(self._estimates)
        above = (1 + (self._estimates >= self.estimate).sum()) / (draws + 1)
        below = (1 + (self._estimates <= self.estimate).sum()) / (draws + 1)
        return float(min(1.0, 2 * min(above, below)))

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row: term, estimate, std_error, p_value, bias, corrected, placebo_sd and more.

        `corrected` is the estimate minus the bias; `placebo_low` and `placebo_high` are the quantiles of the
        placebo coefficients; `naive_size` is the share of draws in which Wald's test at 1 - `level` finds the
        diffusion that is not there; then the draws that count and those that failed.
        """
        check_level(level)
        critical = stats.norm.ppf((1 + level) / 2)
        low, high = np.quantile(self._estimates, [(1 - level) / 2, (1 + level) / 2])
        return pd.DataFrame(
            {
                "term": [self.term],
                "estimate": [self.estimate],
                "std_error": [self.std_error],
                "p_value": [self.p_value],
                "bias": [self.bias],
                "corrected": [self.estimate - self.bias],
                "placebo_sd": [float(self._estimates.std(ddof=1))],
                "placebo_low": [float(low)],
                "placebo_high": [float(high)],
                "naive_size": [float((np.abs(self._estimates / self._errors) > critical).mean())],
                "n_draws": [len(self._estimates)],
                "n_failed": [self.n_failed],
            }
        )

    def glance(self) -> pd.DataFrame:
        """Return one row about the whole placebo: kind, formula, term, null, seed, n_draws, n_failed, mean events."""
        return pd.DataFrame(
            {
                "kind": [self.kind],
                "formula": [self.formula],
                "term": [self.term],
                "null": [self.null],
                "seed": [self.seed],
                "n_draws": [len(self._estimates)],
                "n_failed": [self.n_failed],
                "mean_events": [float(self._events.mean())],
                "bias": [self.bias],
                "p_value": [self.p_value],
            }
        )

    def summary(self, level: float = 0.95) -> str:
        """Return the placebo as plain text."""
        row = self.tidy(level).iloc[0]
        lines = [
            f"Placebo of {self.term} ({self.kind}): {self.formula}",
            f"Without diffusion: {self.null}",
            f"{row['n_draws']} draws (seed {self.seed}), {self.n_failed} could not be fitted",
            *(f"  {count}: {reason}" for reason, count in self.reasons),
            "",
            f"In the data       {row['estimate']:.4f} (standard error {row['std_error']:.4f})",
            f"Without diffusion {row['bias']:.4f} on average, {percent(level)} between {row['placebo_low']:.4f} and "
            f"{row['placebo_high']:.4f}",
            f"Difference        {row['corrected']:.4f}, placebo p-value {row['p_value']:.4f}",
            f"Wald's test finds diffusion in {row['naive_size']:.1%} of the draws (nominal {100 * (1 - level):.4g}%)",
        ]
        return "\n".join(lines)

    def __repr__(self) -> str:
        """Return one line that identifies the placebo."""
        return f"<Placebo of {self.term} ({self.kind}); {len(self._estimates)} draws, p {self.p_value:.4f}>"
