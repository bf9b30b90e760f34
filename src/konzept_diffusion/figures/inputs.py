"""What the figures are drawn from: built tables and estimates, handed in and never computed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Inputs:
    """Everything a figure may need.

    Attributes
    ----------
    tables
        Built tables by name (`konzept_diffusion.load`), and for some figures those of `report.sensitivity`.
    full_panel
        The risk set with the years after adoption (`panel(full=True)`).
    coefficients
        One row per model and term: model, term, estimate, std_error, conf_low, conf_high,
        and columns as in the table `coefficients` of `konzept_diffusion.models.main`.
    triangulation
        The table of `konzept_diffusion.catalogue.triangulation`.
    """

    tables: Mapping[str, pd.DataFrame]
    full_panel: pd.DataFrame
    coefficients: pd.DataFrame
    triangulation: pd.DataFrame
