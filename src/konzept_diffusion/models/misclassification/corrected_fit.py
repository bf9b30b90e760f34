"""The result of a correction for misclassified adoptions: naive beside corrected, both standard errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...errors import ModelError
from ..design import Array
from ..inference.covariance import Estimate, check_draws, covariance
from ..results import Estimates, check_level, coefficient_table, percent
from .contradiction import contradictions
from .rates import UnitRates
from .unit_likelihood import Maximum, Problem, Refit, adoption_probability, maximise

COMPARED = (
    "term", "naive", "naive_se", "naive_low", "naive_high", "corrected", "se_conditional", "se",
    "conf_low", "conf_high",
)  # fmt: skip
"""Columns of `CorrectedFit.compare`."""
FEWEST_DRAWS = 20
"""Fewer draws of the rates are refused."""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CorrectedFit(Estimates):
    """Result of `misclassified_hazard` or `misclassified_binary`; nothing in it can be changed.

    `se`, `vcov` and `tidy` hold what the rates' own uncertainty adds (delta method); `se_conditional` takes the
    rates as known. Where all rates are known the two are the same.

    Attributes
    ----------
    link
        `cloglog`, `logit` or `probit`.
    n_units
        Units used.
    """

    link: str
    n_units: int
    _units: tuple[str, ...]
    _conditional: Array
    _naive_params: Array
    _naive_vcov: Array
    _rates: UnitRates
    _problem: Problem
    _contradictions: tuple[str, ...] = ()

    @property
    def se_conditional(self) -> pd.Series:
        """Standard errors by term, the rates taken as known."""
        errors = np.sqrt(np.diag(self._conditional))
        return pd.Series(errors, index=pd.Index(self._terms, name="term"), name="se_conditional")

    @property
    def rates(self) -> pd.DataFrame:
        """The rates used: rate, value, std_dev (0 for known ones), units."""
        return self._rates.table()

    def compare(self, level: float = 0.95, distribution: str = "normal") -> pd.DataFrame:
        """Return naive and corrected estimates side by side.

        Returns
        -------
        pandas.DataFrame
            term, naive, naive_se, naive_low, naive_high, corrected, se_conditional, se, conf_low, conf_high;
            the interval of the corrected estimate uses `se`.
        """
        naive = coefficient_table(
            self._terms, self._naive_params, _errors(self._naive_vcov), level, distribution, self.df_resid
        )
        own = self.tidy(level, distribution)
        columns = [
            list(self._terms),
            *(naive[name] for name in ("estimate", "std_error", "conf_low", "conf_high")),
            own["estimate"],
            _errors(self._conditional),
            *(own[name] for name in ("std_error", "conf_low", "conf_high")),
        ]
        return pd.DataFrame(dict(zip(COMPARED, columns, strict=True)))

    def _notes(self) -> list[str]:
        """Return the rates, whether the standard error holds their uncertainty, and what the data say against them."""
        added = (
            "holds what the rates' own uncertainty adds" if self._rates.uncertain else "takes them as known"
        )
        return [
            f"Rates of the {self.n_units} units; the standard error {added}:",
            *self._rates.lines(),
            *(
                f"{reason}: what is left of the estimate rests on the dates alone."
                for reason in self._contradictions
            ),
        ]

    def adoption_probability(self) -> pd.Series:
        """Return for each unit the probability that it has adopted, given what was observed and the model."""
        index = pd.Index(self._units, name="unit")
        found = adoption_probability(self._problem, self._params)
        return pd.Series(found, index=index, name="adoption_probability")

    def propagate(self, draws: int = 200, seed: int = 1) -> Propagated:
        """Return the estimate averaged over draws of the rates, with the variance that they add.

        Better than the delta method where a rate lies at 1 or rests on a handful of cases: its distribution is
        skewed, and the average is then not the estimate at the stated rate. The data do not speak about the
        rates in turn.

        Parameters
        ----------
        draws
            Number of draws, at least 20.
        seed
            Seed of the draws.

        Raises
        ------
        ModelError
            If all rates are known, draws or seed are no whole numbers, or the model cannot be estimated in more
            than a tenth of the draws.

        Notes
        -----
        Variance within plus (1 + 1 / draws) times the variance between draws (Rubin 1987, Multiple Imputation
        for Nonresponse in Surveys).
        """
        if not self._rates.uncertain:
            raise ModelError(
                "All rates are known numbers: give one as Rate with a distribution to propagate it."
            )
        check_draws(draws, seed, FEWEST_DRAWS)
        rng = np.random.default_rng(seed)
        values = np.column_stack([rate.draw(rng, draws) for rate in self._rates.rates])
        kind, estimates, within, failed = self.vcov_type, [], [], 0
        pairs = zip(self._rates.sensitivity.tolist(), self._rates.specificity.tolist(), strict=True)
        groups = pd.Series([f"{a}, {b}" for a, b in pairs])
        for row in values:
            sensitivity, specificity = row[self._rates.sensitivity], row[self._rates.specificity]
            problem = Problem(self._problem.units, self.link, sensitivity, specificity)
            impossible = self.estimator == "misclassified_binary" and bool(contradictions(problem, groups))
            if (sensitivity + specificity <= 1).any() or impossible:
                failed += 1
                continue
            try:
                found = maximise(problem, [self._params, self._naive_params])
                matrix = covariance(kind, estimate_of(problem, found))
            except ModelError:
                failed += 1
                continue
            estimates.append(found.params)
            within.append(matrix)
        if failed > draws / 10:
            raise ModelError(
                f"In {failed} of {draws} draws of the rates the model is not identified or the data contradict them: "
                "the rates are too uncertain for a corrected estimate. Report the tipping point (tipping_point)."
            )
        points = np.array(estimates)
        between = np.atleast_2d(np.cov(points, rowvar=False))
        return Propagated(
            terms=self._terms,
            draws=len(points),
            failed=failed,
            df_resid=self.df_resid,
            _mean=points.mean(axis=0),
            _within=np.mean(within, axis=0),
            _between=between * (1 + 1 / len(points)),
            _points=points,
        )


@dataclass(frozen=True, eq=False, repr=False)
class Propagated:
    """Estimates over draws of the rates, made by `CorrectedFit.propagate`; nothing in it can be changed.

    Attributes
    ----------
    terms
        The k terms.
    draws, failed
        Draws used, and draws at which the model is not identified or the data contradict the rates (left out).
    df_resid
        Degrees of freedom of the fit, for `distribution="t"`.
    """

    terms: tuple[str, ...]
    draws: int
    failed: int
    df_resid: int
    _mean: Array
    _within: Array
    _between: Array
    _points: Array

    def tidy(self, level: float = 0.95, distribution: str = "normal") -> pd.DataFrame:
        """Return one row per term.

        Columns as in every `tidy` (the standard error being the propagated one), then `se_conditional` and
        `share_from_rates`, the share of the variance that the rates' uncertainty makes up.
        """
        total = np.diag(self._within) + np.diag(self._between)
        table = coefficient_table(self.terms, self._mean, np.sqrt(total), level, distribution, self.df_resid)
        return table.assign(
            se_conditional=_errors(self._within), share_from_rates=np.diag(self._between) / total
        )

    def range(self, level: float = 0.95) -> pd.DataFrame:
        """Return the range of the point estimate over the draws: term, low, median, high."""
        check_level(level)
        low, median, high = np.quantile(self._points, [(1 - level) / 2, 0.5, (1 + level) / 2], axis=0)
        return pd.DataFrame({"term": list(self.terms), "low": low, "median": median, "high": high})

    def summary(self, level: float = 0.95) -> str:
        """Return the estimates as plain text."""
        head = (
            f"Over {self.draws} draws of the rates ({self.failed} without an estimate); interval: "
            f"{percent(level)}"
        )
        return f"{head}\n\n{self.tidy(level).to_string(index=False, float_format='{:.4f}'.format)}"

    def __repr__(self) -> str:
        """Return one line that identifies the result."""
        return f"<Propagated: {self.draws} draws, {len(self.terms)} terms>"


def estimate_of(problem: Problem, found: Maximum) -> Estimate:
    """Return what covariances are computed from; observations are units.

    Raises
    ------
    ModelError
        If the information is not positive definite.
    """
    try:
        np.linalg.cholesky(_scaled(found.at.expected))
    except np.linalg.LinAlgError:
        raise ModelError(
            "The information matrix is not positive definite: at these rates the data do not identify the "
            "coefficients. Use fewer terms or rates nearer to 1."
        ) from None
    codes = problem.units.codes
    labels = () if codes is None else problem.units.design.labels
    return Estimate(
        found.params,
        invert(found.at.expected),
        found.at.scores,
        codes,
        labels,
        Refit(problem, found.params),
        loadings=found.loadings,
    )


def invert(matrix: Array) -> Array:
    """Return the inverse of a symmetric matrix whose columns may differ in scale."""
    scale = np.sqrt(np.abs(np.diag(matrix)))
    return np.asarray(np.linalg.inv(matrix / np.outer(scale, scale)) / np.outer(scale, scale))


def _scaled(matrix: Array) -> Array:
    scale = np.sqrt(np.abs(np.diag(matrix)))
    return matrix / np.outer(scale, scale)


def _errors(matrix: Array) -> Array:
    return np.sqrt(np.diag(matrix))
