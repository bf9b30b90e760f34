from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.estimators.binary.models import hazard
from konzept_diffusion.models.inference.randomisation import randomisation_test
from konzept_diffusion.models.programmes.contrast import EVER, ON, Contrast, contrast, counts
from konzept_diffusion.models.programmes.event_study import event_study
from konzept_diffusion.models.programmes.interventions import interventions
from konzept_diffusion.models.programmes.placebo import placebo_laender, without_each_land

Build = Callable[..., pd.DataFrame]


def compare(panel: pd.DataFrame, programmes: pd.DataFrame, name: str = "p", **options: str) -> Contrast:
    items = interventions(programmes)
    chosen = next(item for item in items if item.name == name)
    return contrast(panel, chosen, items, covariates="x", **options)


def test_the_log_hazard_ratio_is_recovered(histories: Build, table: Build) -> None:
    panel = histories({"05": (2005, 2.5)}, units=80, lands=6)
    fit = compare(panel, table(("p", "05", 2005, None))).fit(vcov="iid")
    assert abs(fit.params[ON] - math.log(2.5)) < 2.5 * fit.se[ON]
    assert fit.se[ON] < 0.35


def test_treated_years_of_others_and_years_after_the_end_are_no_controls(
    histories: Build, table: Build
) -> None:
    programmes = table(("p", "05", 2003, 2008), ("q", "06", 2001, None), ("later", "05", 2007, None))
    item = compare(histories(), programmes)
    assert item.last_year == 2006
    assert item.data.loc[item.data["land"] == "06", "year"].max() == 2000
    assert sorted(item.data.loc[item.data[ON] == 1, "year"].unique()) == [2003, 2004, 2005, 2006]
    assert "06" not in set(compare(histories(), programmes, controls="never").data["land"])


def test_an_earlier_programme_of_the_same_land_has_its_own_term(histories: Build, table: Build) -> None:
    item = compare(histories(), table(("old", "05", 2000, 2004), ("p", "05", 2003, None)))
    assert item.formula.endswith("earlier_programme + in_programme")
    early = item.data[item.data["earlier_programme"] == 1]
    assert set(early["year"]) == {2000, 2001, 2002}
    assert counts(item)["events_before"] == item.data.query("land == '05' and year < 2000")["adopt"].sum()


def test_a_covariate_without_variation_in_the_window_is_named(histories: Build, table: Build) -> None:
    panel = histories().assign(late=lambda rows: (rows["year"] >= 2012).astype(int))
    items = interventions(table(("p", "05", 2003, 2008)))
    item = contrast(panel, items[0], items, covariates="x + late")
    assert (item.covariates, item.flat) == ("x", ("late",))


def test_the_grid_goes_on_after_adoption_with_the_last_covariates(histories: Build, table: Build) -> None:
    panel = histories()
    item = compare(panel, table(("p", "05", 2005, None)))
    assert item.grid.groupby("ags")["year"].agg(["min", "max"]).drop_duplicates().to_numpy().tolist() == [
        [1996, 2015]
    ]
    assert (item.grid["x"] == item.grid.groupby("ags")["x"].transform("first")).all()
    assert item.grid["_at_risk"].sum() == len(item.data) == len(panel)


def test_missing_values_are_an_error(histories: Build, table: Build) -> None:
    panel = histories()
    panel.loc[3, "x"] = np.nan
    with pytest.raises(ModelError, match=r"x \(1\)"):
        compare(panel, table(("p", "05", 2005, None)))


def test_a_strong_effect_ranks_first_among_placebo_laender(histories: Build, table: Build) -> None:
    found = placebo_laender(compare(histories({"05": (2005, 6.0)}, units=15), table(("p", "05", 2005, None))))
    assert (found.rank, found.assignments, found.exact) == (1, 16, True)
    assert found.p_value == found.smallest_p_value == 1 / 16
    assert found.statistic > 0
    assert found.placebos["actual"].tolist()[0]


def test_placebos_are_refits_with_the_programme_moved(histories: Build, table: Build) -> None:
    item = compare(histories(units=15), table(("p", "05", 2005, 2010)))
    placebos = placebo_laender(item).placebos.set_index("treated")
    for land in ("05", "09"):
        own = item.data["land"] == land
        moved = item.data.assign(
            **{EVER: own.astype(int), ON: (own & (item.data["year"] >= 2005)).astype(int)}
        )
        assert placebos.loc[land, "estimate"] == pytest.approx(
            hazard(item.formula, moved).params[ON], rel=1e-6
        )
    assert placebos.loc["05", "statistic"] == pytest.approx(
        randomisation_test(item.formula, item.data, ON).statistic, rel=1e-6
    )


def test_a_land_without_an_event_in_force_is_a_placebo_with_an_infinite_estimate(
    histories: Build, table: Build
) -> None:
    panel = histories(units=15)
    panel = panel[~((panel["land"] == "09") & (panel["year"] >= 2005) & (panel["adopt"] == 1))]
    placebos = placebo_laender(compare(panel, table(("p", "05", 2005, None)))).placebos.set_index("treated")
    assert placebos.loc["09", "estimate"] == -math.inf
    assert placebos.loc["09", "hazard_ratio"] == 0
    assert math.isfinite(placebos.loc["09", "statistic"])


def test_leaving_out_the_only_treated_land_leaves_no_estimate(histories: Build, table: Build) -> None:
    found = without_each_land(compare(histories(), table(("p", "05", 2005, None)))).set_index("left_out")
    assert found["estimate"].isna().tolist() == [land == "05" for land in found.index]
    assert "No variation" in found.loc["05", "reason"]


def test_an_event_study_sees_lags_and_no_leads(histories: Build, table: Build) -> None:
    panel = histories({"05": (2006, 3.0)}, units={"05": 400}, lands=8, seed=4)
    study = event_study(compare(panel, table(("p", "05", 2006, None))), width=3)
    bands = study.tidy().set_index("term")
    assert bands.loc["lead_1", "reference"]
    assert bands.loc["lead_1", "estimate"] == 0
    assert study.pretrend_p_value > 0.05
    assert study.pretrend_df == 2
    assert (bands.loc[["lag_0", "lag_1"], "estimate"] > 0.5).all()
    assert bands["events"].sum() == panel.query("land == '05'")["adopt"].sum()


def test_a_trend_before_the_start_is_found(histories: Build, table: Build) -> None:
    panel = histories(units={"05": 400}, lands=8, pretrend={"05": 0.3})
    assert event_study(compare(panel, table(("p", "05", 2006, None))), width=3).pretrend_p_value < 0.01


def test_bands_without_an_adoption(histories: Build, table: Build) -> None:
    panel = histories(units=30)
    land, adopted = panel["land"] == "05", panel["adopt"] == 1
    item = compare(panel[~(land & adopted & (panel["year"] < 2000))], table(("p", "05", 2006, None)))
    assert event_study(item, width=3).tidy().set_index("term").loc["lead_3", "estimate"] == -math.inf
    without = panel[~(land & adopted & panel["year"].between(2003, 2005))]
    with pytest.raises(ModelError, match="reference band has no event"):
        event_study(compare(without, table(("p", "05", 2006, None))), width=3)
