"""Newton's method for likelihoods that need not be concave, with the curvature made positive where it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

import numpy as np

from ....errors import ModelError
from ...design import Array

_ITERATIONS = 300
_HALVINGS = 40
_LARGEST_STEP = 2.0
_TOLERANCE = 1e-10
_FLAT = 1e-10
_CLOSE = 1e-3


class Likelihood(Protocol):
    """What the method asks of a likelihood at a point."""

    @property
    def params(self) -> Array:
        """Parameters, shape (k,)."""
        ...

    @property
    def loglik(self) -> float:
        """Log-likelihood."""
        ...

    @property
    def row_scores(self) -> Array:
        """Contribution of each row to the score, shape (n, k)."""
        ...

    @property
    def hessian(self) -> Array:
        """Second derivative of the log-likelihood, shape (k, k)."""
        ...


P = TypeVar("P", bound=Likelihood)


def climb(evaluate: Callable[[Array], P], start: Array, what: str) -> P:
    """Return the point of a maximum of the likelihood, begun at `start` (k,).

    Parameters of comparable size are assumed: covariates of mean square about 1.

    Raises
    ------
    ModelError
        If there is no convergence; `what` names the model.
    """
    point = evaluate(start)
    if not np.isfinite(point.loglik):
        raise ModelError(f"The likelihood of {what} cannot be computed at the start: rescale extreme values.")
    for _ in range(_ITERATIONS):
        gradient = point.row_scores.sum(axis=0)
        values, vectors = np.linalg.eigh(-point.hessian)
        size = np.maximum(np.abs(values), 1e-8 * max(float(np.abs(values).max()), 1e-8))
        step = vectors @ ((vectors.T @ gradient) / size)
        length = float(np.abs(step).max())
        if length < _TOLERANCE:
            return point
        step *= min(1.0, _LARGEST_STEP / length)
        slack = 1e-13 * (1 + abs(point.loglik))
        for _ in range(_HALVINGS):
            trial = evaluate(point.params + step)
            if np.isfinite(trial.loglik) and trial.loglik >= point.loglik - slack:
                break
            # A likelihood by quadrature and its score agree to the quadrature's error only: close to the end the
            # score decides.
            if (
                length < _CLOSE
                and np.linalg.norm(vectors.T @ trial.row_scores.sum(axis=0) / size) < length / 2
            ):
                break
            step = step / 2
        else:
            if abs(float(gradient @ step)) < _FLAT:
                return point
            break
        point = trial
    raise ModelError(
        f"The fit of {what} did not converge in {_ITERATIONS} iterations: an estimate may be infinite (a category "
        "without events, too many pieces), or a covariate needs rescaling."
    )
