"""What maketables reads from a result: its plug-in format, checked without the package and with it."""

from __future__ import annotations

from dataclasses import fields

import pandas as pd
import pytest

from konzept_diffusion import models
from konzept_diffusion.models.estimators.binary.result import Fit
from konzept_diffusion.models.maketables_hooks import MaketablesHooks


class Hooked(Fit, MaketablesHooks):
    """A fit with the hooks, whether or not `results.Estimates` has them as a base."""


@pytest.fixture
def fit(synthetic: pd.DataFrame) -> Hooked:
    plain = models.hazard("y ~ x1 + x3", synthetic, cluster="cluster")
    return Hooked(**{item.name: getattr(plain, item.name) for item in fields(plain)})


def test_the_coefficient_table_is_tidy_in_the_names_of_maketables(fit: Hooked) -> None:
    table = fit.__maketables_coef_table__
    tidy = fit.tidy().set_index("term")
    assert table.index.name == "Coefficient"
    for theirs, ours in {"b": "estimate", "se": "std_error", "t": "statistic", "p": "p_value"}.items():
        assert list(table[theirs]) == list(tidy[ours])
    assert (table["ci95l"] < table["ci90l"]).all()
    assert (table["ci90u"] < table["ci95u"]).all()


def test_statistics_are_found_by_their_keys_and_by_ours(fit: Hooked) -> None:
    assert fit.__maketables_stat__("N") == fit.nobs == fit.__maketables_stat__("nobs")
    assert fit.__maketables_stat__("ll") == fit.loglik
    assert fit.__maketables_stat__("clusters") == fit.n_clusters
    assert fit.__maketables_stat__("r2") is None
    assert all(fit.__maketables_stat__(key) is not None for key in fit.__maketables_default_stat_keys__)


def test_a_statistic_without_a_value_is_none(synthetic: pd.DataFrame) -> None:
    plain = models.logit("y ~ x1", synthetic)
    fit = Hooked(**{item.name: getattr(plain, item.name) for item in fields(plain)})
    assert fit.__maketables_stat__("clusters") is None
    assert fit.__maketables_stat__("cluster") is None
    assert "clusters" not in fit.__maketables_default_stat_keys__


def test_outcome_and_covariance_are_named(fit: Hooked) -> None:
    assert fit.__maketables_depvar__ == "y"
    assert fit.__maketables_vcov_info__ == {"vcov_type": "CR1", "clustervar": "cluster"}
    assert fit.__maketables_fixef_string__ is None


def test_maketables_makes_a_table_of_it(fit: Hooked, synthetic: pd.DataFrame) -> None:
    maketables = pytest.importorskip("maketables", reason="maketables is not installed (it is no dependency)")
    plain = models.logit("y ~ x1", synthetic)
    bare = Hooked(**{item.name: getattr(plain, item.name) for item in fields(plain)})
    text = maketables.ETable([fit, bare]).make(type="tex")
    assert f"{fit.params['x1']:.3f}".lstrip("-") in text
    assert "Events" in text
