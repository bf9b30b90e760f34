from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.programmes.group_time import group_time_effects
from konzept_diffusion.models.programmes.staggered import FewTreatedClustersWarning, imputed_effects

Build = Callable[..., pd.DataFrame]
pytestmark = pytest.mark.filterwarnings(
    "ignore::konzept_diffusion.models.programmes.staggered.FewTreatedClustersWarning"
)


def by_hand() -> pd.DataFrame:
    """Hazards: treated Land 1/10 then 4/8; controls 1/20 and 2/20 by year."""
    rows = []
    for land, cells in {"05": ((2000, 10, 1), (2001, 8, 4)), "06": ((2000, 20, 1), (2001, 20, 2))}.items():
        for year, size, events in cells:
            rows += [(land, year, int(place < events)) for place in range(size)]
    return pd.DataFrame(rows, columns=["land", "year", "adopt"])


def test_a_group_time_effect_by_hand(table: Build) -> None:
    cell = group_time_effects(by_hand(), table(("p", "05", 2001, None))).tidy().set_index("first")
    assert cell.loc[0, "estimate"] == pytest.approx((4 / 8 - 2 / 20) - (1 / 10 - 1 / 20))
    variance = 0.5 * 0.5 / 8 + 0.1 * 0.9 / 20 + 0.1 * 0.9 / 10 + 0.05 * 0.95 / 20
    assert cell.loc[0, "std_error"] == pytest.approx(math.sqrt(variance))
    assert (cell.loc[0, "treated_rows"], cell.loc[0, "control_events"]) == (8, 2)


def test_the_log_scale_by_hand(table: Build) -> None:
    found = group_time_effects(by_hand(), table(("p", "05", 2001, None)), scale="log_hazard").tidy("simple")
    assert found["estimate"].item() == pytest.approx(math.log(4 / (8 * 2 / 20)) - math.log(1 / (10 * 1 / 20)))


def test_one_treated_land_has_no_clustered_variation_of_its_own(table: Build) -> None:
    with pytest.warns(FewTreatedClustersWarning, match="1 of 2"):
        cell = group_time_effects(by_hand(), table(("p", "05", 2001, None))).tidy().set_index("first")
    assert cell.loc[0, "cr1_std_error"] == pytest.approx(0, abs=1e-12)


def test_group_time_effects_recover_the_rise_of_the_hazard(histories: Build, table: Build) -> None:
    panel = histories({"03": (2003, 3.0), "05": (2006, 3.0)}, units=150, lands=8, level=-3.2)
    found = group_time_effects(panel, table(("p", "03", 2003, None), ("q", "05", 2006, None)), width=2)
    simple = found.tidy("simple").iloc[0]
    assert simple["conf_low"] > 0
    treated = panel[
        ((panel["land"] == "03") & (panel["year"] >= 2003))
        | ((panel["land"] == "05") & (panel["year"] >= 2006))
    ]
    assert simple["estimate"] == pytest.approx(treated["adopt"].mean() * 2 / 3, rel=0.35)
    assert simple["treated_rows"] == len(treated)
    groups = found.tidy("group").set_index("group")
    weights = groups["treated_rows"] / groups["treated_rows"].sum()
    assert simple["estimate"] == pytest.approx((weights * groups["estimate"]).sum())


def test_not_yet_treated_laender_are_controls_until_their_start_and_never_ones_always(
    histories: Build, table: Build
) -> None:
    panel, programmes = histories(), table(("p", "03", 2003, None), ("q", "05", 2008, None))
    late = group_time_effects(panel, programmes).tidy().set_index(["group", "first"])["control_events"]
    never = group_time_effects(panel, programmes, control="never").tidy()
    never = never.set_index(["group", "first"])["control_events"]
    own = panel[panel["land"] == "05"].groupby("year")["adopt"].sum()
    assert late[2003, 0] - never[2003, 0] == own[2003]
    assert late[2003, 6] == never[2003, 6]


def test_the_test_of_the_years_before(histories: Build, table: Build) -> None:
    programmes = table(("p", "05", 2006, None))
    calm = group_time_effects(histories(units={"05": 300}), programmes, width=2)
    falling = group_time_effects(histories(units={"05": 300}, pretrend={"05": -0.2}), programmes, width=2)
    assert calm.pretrend_p_value > 0.05
    assert falling.pretrend_p_value < 0.01


def test_imputation_recovers_the_ratio_and_adds_up(histories: Build, table: Build) -> None:
    panel = histories({"03": (2003, 2.5), "05": (2006, 2.5)}, units=100, lands=8, level=-3.0)
    found = imputed_effects(
        panel, table(("p", "03", 2003, None), ("q", "05", 2006, None)), covariate_terms="x", vcov="iid"
    )
    simple = found.tidy().iloc[0]
    assert simple["ratio_low"] < 2.5 < simple["ratio_high"]
    assert simple["ratio_low"] > 1
    for by in ("group", "event_time", "calendar", "cell"):
        parts = found.tidy(by)
        assert parts["observed"].sum() == simple["observed"]
        assert parts["expected"].sum() == pytest.approx(simple["expected"])


def test_imputation_uses_no_treated_row(histories: Build, table: Build) -> None:
    panel, programmes = histories(), table(("p", "03", 2003, None))
    first = imputed_effects(panel, programmes, covariate_terms="x")
    flipped = panel.copy()
    treated = (panel["land"] == "03") & (panel["year"] >= 2003)
    flipped.loc[treated, "adopt"] = 1 - flipped.loc[treated, "adopt"]
    second = imputed_effects(flipped, programmes, covariate_terms="x")
    assert np.array_equal(first.untreated.params, second.untreated.params)
    assert first.tidy()["expected"].item() == second.tidy()["expected"].item()
    assert first.tidy()["observed"].item() != second.tidy()["observed"].item()


def test_a_cohort_without_adoption_before_is_named(histories: Build, table: Build) -> None:
    panel = histories()
    panel = panel[~((panel["land"] == "05") & (panel["year"] < 2006) & (panel["adopt"] == 1))]
    found = imputed_effects(
        panel, table(("p", "03", 2003, None), ("q", "05", 2006, None)), covariate_terms="x"
    )
    assert found.unidentified == {2006: "no adoption before its start"}
    assert found.tidy("group")["group"].tolist() == [2003]


def test_some_laender_have_to_be_untreated(histories: Build, table: Build) -> None:
    everyone = table(*((f"p{number}", f"{number:02d}", 2003, None) for number in range(1, 17)))
    with pytest.raises(ModelError, match="16 of 16"):
        group_time_effects(histories(), everyone)
