"""How results introduce themselves to the package maketables: its plug-in format, without importing it.

maketables (MIT, version 0.2) reads any object with these attributes; see its PLUGIN_EXTRACTOR_FORMAT. Other
packages need no hook: great_tables takes the data frame of `tidy()`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

_STATS = {
    "N": "nobs",
    "ll": "loglik",
    "aic": "aic",
    "bic": "bic",
    "pseudo_r2": "mcfadden_r2",
    "events": "n_events",
    "clusters": "n_clusters",
    "se_type": "vcov_type",
}
"""Key of maketables to column of `glance`; any other column of `glance` is found by its own name."""


class MaketablesHooks:
    """Attributes that maketables looks for; a base of `results.Estimates`."""

    if TYPE_CHECKING:
        formula: str
        vcov_type: str
        cluster: str | None

        def tidy(self, level: float = 0.95, distribution: str | None = None) -> pd.DataFrame:
            """See `results.Estimates`."""

        def glance(self) -> pd.DataFrame:
            """See `results.Estimates`."""

    @property
    def __maketables_coef_table__(self) -> pd.DataFrame:
        """Estimates by term: b, se, t, p, ci95l, ci95u, ci90l, ci90u."""
        wide, narrow = self.tidy(0.95).set_index("term"), self.tidy(0.90).set_index("term")
        table = wide.rename(
            columns={
                "estimate": "b", "std_error": "se", "statistic": "t", "p_value": "p",
                "conf_low": "ci95l", "conf_high": "ci95u",
            }
        )  # fmt: skip
        table = table.assign(ci90l=narrow["conf_low"], ci90u=narrow["conf_high"])
        return table.rename_axis("Coefficient")

    def __maketables_stat__(self, key: str) -> Any:
        """Return a statistic by its key in maketables or its column in `glance`; None where there is none."""
        facts = self.glance().iloc[0]
        value = facts.get(_STATS.get(key, key))
        if value is None or pd.isna(value):
            return None
        return value.item() if hasattr(value, "item") else value

    @property
    def __maketables_depvar__(self) -> str:
        """Name of the outcome; empty where the formula has none (Cox)."""
        left, tilde, _ = self.formula.partition("~")
        return left.strip() if tilde else ""

    @property
    def __maketables_fixef_string__(self) -> str | None:
        """None: no effects are absorbed."""
        return None

    @property
    def __maketables_vcov_info__(self) -> dict[str, str | None]:
        """Covariance and cluster column."""
        return {"vcov_type": self.vcov_type, "clustervar": self.cluster}

    @property
    def __maketables_stat_labels__(self) -> dict[str, str]:
        """Labels of the statistics that maketables does not know."""
        return {
            "events": "Events",
            "clusters": "Clusters",
            "pseudo_r2": "McFadden R²",
            "ll": "Log-likelihood",
        }

    @property
    def __maketables_default_stat_keys__(self) -> list[str]:
        """Statistics shown unless others are asked for."""
        return ["N", "events", *(["clusters"] if self.cluster is not None else []), "ll", "aic"]
