"""The links between a linear predictor and the probability of an event."""

from __future__ import annotations

from typing import Any

from statsmodels.genmod.families import links

LINKS: dict[str, Any] = {"cloglog": links.CLogLog(), "logit": links.Logit(), "probit": links.Probit()}
