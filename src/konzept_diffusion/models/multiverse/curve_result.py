"""The result of a multiverse: every specification's rows, the curve, shares and joint tests. Read-only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...errors import ModelError
from ..inference.covariance import DRAWS, SEED
from .choices import DIMENSIONS, Multiverse
from .estimation import OK, NullScore
from .joint import joint_tests

COLUMNS = (
    "specification", *DIMENSIONS, "formula", "term", "status", "estimate", "std_error", "statistic", "p_value",
    "conf_low", "conf_high", "significant", "hazard_ratio", "hazard_ratio_low", "hazard_ratio_high", "effect",
    "effect_std_error", "effect_low", "effect_high", "nobs", "nobs_total", "n_events", "n_clusters", "loglik",
    "aic", "error", "reason", "notes",
)  # fmt: skip
SCALES = {
    "effect": ("effect", "effect_low", "effect_high"),
    "estimate": ("estimate", "conf_low", "conf_high"),
    "hazard_ratio": ("hazard_ratio", "hazard_ratio_low", "hazard_ratio_high"),
}
"""What a curve can be drawn in: columns of value, lower and upper bound."""


@dataclass(frozen=True, eq=False, repr=False)
class SpecificationCurve:
    """Result of `specifications`; nothing in it can be changed.

    Attributes
    ----------
    multiverse
        What was declared.
    """

    multiverse: Multiverse
    _table: pd.DataFrame
    _scores: tuple[NullScore | None, ...]
    """By row of the table."""

    @property
    def table(self) -> pd.DataFrame:
        """One row per specification and focal term that it contains.

        Columns: specification (number), the options chosen (coding, sample, link, duration, covariates),
        formula, term, status (`ok` or `failed`), estimate, std_error, statistic, p_value, conf_low, conf_high (on
        the scale of the link), significant, hazard_ratio with bounds (cloglog only), effect with std_error and
        bounds (average marginal effect on the probability per period: comparable over links), nobs, nobs_total,
        n_events, n_clusters, loglik, aic, error and reason (of a failed specification), notes (warnings).
        """
        return self._table.copy(deep=True)

    def tidy(self) -> pd.DataFrame:
        """Return `table`, the form in which every result hands over its estimates."""
        return self.table

    def curve(self, term: str, scale: str = "effect") -> pd.DataFrame:
        """Return the specification curve of one term: the specifications in the order of their estimates.

        Parameters
        ----------
        term
            A focal term.
        scale
            `effect` (average marginal effect), `estimate` (coefficient) or `hazard_ratio` (cloglog only).

        Returns
        -------
        pandas.DataFrame
            rank (from 1, smallest first), specification, the options chosen, term, scale, value, low, high,
            p_value, significant, nobs, n_events, and the choice matrix: one boolean column per option, named
            `dimension=option`. Specifications that failed, or have no value on this scale, are not in it: `table`
            has them.

        Raises
        ------
        ModelError
            If the term is not focal, the scale not known, or no specification has a value.
        """
        if scale not in SCALES:
            raise ModelError(f"scale={scale!r} is not known: choose {', '.join(SCALES)}.")
        rows = self._of(term)
        value, low, high = SCALES[scale]
        rows = rows[rows[value].notna()].sort_values([value, "specification"], kind="stable")
        if rows.empty:
            raise ModelError(f"No specification has a value of {term!r} on the scale {scale!r}.")
        curve = pd.DataFrame(
            {
                "rank": range(1, len(rows) + 1),
                "specification": rows["specification"].to_numpy(),
                **{name: rows[name].to_numpy() for name in DIMENSIONS},
                "term": term,
                "scale": scale,
                "value": rows[value].to_numpy(dtype=float),
                "low": rows[low].to_numpy(dtype=float),
                "high": rows[high].to_numpy(dtype=float),
                "p_value": rows["p_value"].to_numpy(dtype=float),
                "significant": rows["significant"].to_numpy(dtype=bool),
                "nobs": rows["nobs"].to_numpy(),
                "n_events": rows["n_events"].to_numpy(),
            }
        )
        for name in DIMENSIONS:
            for option in self.multiverse.options(name):
                curve[f"{name}={option.name}"] = curve[name] == option.name
        return curve

    def glance(self) -> pd.DataFrame:
        """Return one row per focal term.

        term, specifications, estimated, failed, median_estimate, median_effect, lowest_effect, highest_effect,
        share_positive, dominant_sign (1, -1, or 0 for a draw), share_dominant_sign, share_significant,
        share_significant_dominant (of those estimated: interval without 0, on the dominant side).
        """
        return pd.DataFrame([self._glance(term) for term in self.multiverse.focal])

    def by_choice(self, term: str) -> pd.DataFrame:
        """Return how a term fares by option.

        dimension, option, estimated, failed, median_effect, share_significant, share_positive.
        """
        rows, found = self._of(term), []
        for name in DIMENSIONS:
            for option in self.multiverse.options(name):
                part = rows[rows[name] == option.name]
                there = part[part["status"] == OK]
                found.append(
                    {
                        "dimension": name,
                        "option": option.name,
                        "estimated": len(there),
                        "failed": len(part) - len(there),
                        "median_effect": there["effect"].median(),
                        "share_significant": there["significant"].astype(float).mean(),
                        "share_positive": (there["estimate"] > 0).mean() if len(there) else np.nan,
                    }
                )
        return pd.DataFrame(found)

    def joint(self, draws: int = DRAWS, seed: int = SEED) -> pd.DataFrame:
        """Return joint tests of the curve of every focal term against no effect in any specification.

        See `joint.joint_tests`: the score wild cluster bootstrap with weights common to all specifications.

        Parameters
        ----------
        draws, seed
            Of Webb weights; the same seed gives the same numbers.

        Returns
        -------
        pandas.DataFrame
            One row per term and statistic: term, statistic (`median_effect`, after one scoring step from the
            null, in absolute value; `share_dominant_sign`; `share_significant`, on the dominant side;
            `mean_statistic`, in absolute value), observed, p_value, null_mean, null_95 (of the draws),
            specifications (those that could be fitted under the null too), clusters, draws, exact (whether all
            weights were enumerated).

        Raises
        ------
        ModelError
            If the multiverse has no clusters or was run without scores, or no specification of a term exists.
        """
        if self.multiverse.cluster is None:
            raise ModelError("Joint tests multiply scores by cluster: give the multiverse a cluster column.")
        parts = []
        for term in self.multiverse.focal:
            estimated = (self._table["term"] == term) & (self._table["status"] == OK)
            if not estimated.any():
                raise ModelError(
                    f"No specification of {term!r} could be estimated: see the reasons in table."
                )
            found = [(row, self._scores[row]) for row in np.flatnonzero(estimated)]
            rows = [row for row, score in found if score is not None]
            scores = [score for _, score in found if score is not None]
            if not rows:
                raise ModelError("The specifications were run without scores: run them with scores=True.")
            estimates = self._table["estimate"].to_numpy(dtype=float)[rows]
            effects = self._table["effect"].to_numpy(dtype=float)[rows]
            tests = joint_tests(scores, effects / estimates, self.multiverse.level, draws, seed)
            tests.insert(0, "term", term)
            parts.append(tests)
        return pd.concat(parts, ignore_index=True)

    def summary(self) -> str:
        """Return what was run and the shares by term as plain text, and why specifications failed."""
        number = len(self.multiverse)
        options = ", ".join(f"{len(self.multiverse.options(name))} {name}" for name in DIMENSIONS)
        failed = self._table[self._table["status"] != OK]
        lines = [
            f"Multiverse of {number} specifications ({options})",
            f"Standard errors: {self.multiverse.vcov}; interval: {self.multiverse.level:.0%}; "
            f"{failed['specification'].nunique()} specifications failed",
            "",
            self.glance().to_string(index=False, float_format=lambda value: f"{value:.4f}"),
        ]
        if len(failed):
            reasons = failed.drop_duplicates("specification")["reason"].value_counts()
            lines += ["", *(f"failed {count} times: {reason}" for reason, count in reasons.items())]
        return "\n".join(lines)

    def __repr__(self) -> str:
        """Return one line that identifies the result."""
        terms = ", ".join(self.multiverse.focal)
        return f"<SpecificationCurve of {terms}: {len(self.multiverse)} specifications>"

    def _of(self, term: str) -> pd.DataFrame:
        if term not in self.multiverse.focal:
            raise ModelError(
                f"{term!r} is no focal term of this multiverse: choose {', '.join(self.multiverse.focal)}."
            )
        return self._table[self._table["term"] == term]

    def _glance(self, term: str) -> dict[str, object]:
        rows = self._of(term)
        there = rows[rows["status"] == OK]
        positive, negative = (float((sign * there["estimate"] > 0).mean()) for sign in (1, -1))
        dominant = int(np.sign(positive - negative)) if len(there) else 0
        significant = there["significant"].astype(bool)
        aligned = significant & (np.sign(there["estimate"]) == dominant)
        return {
            "term": term,
            "specifications": len(rows),
            "estimated": len(there),
            "failed": len(rows) - len(there),
            "median_estimate": there["estimate"].median(),
            "median_effect": there["effect"].median(),
            "lowest_effect": there["effect"].min(),
            "highest_effect": there["effect"].max(),
            "share_positive": positive,
            "dominant_sign": dominant,
            "share_dominant_sign": max(positive, negative),
            "share_significant": significant.mean(),
            "share_significant_dominant": aligned.mean(),
        }
