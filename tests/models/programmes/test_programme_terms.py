from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

import konzept_diffusion as kd
from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.programmes.interventions import UnknownEndWarning, interventions
from konzept_diffusion.models.programmes.terms import ChosenParticipationWarning, programme_terms

Table = Callable[..., pd.DataFrame]


def grid() -> pd.DataFrame:
    return pd.DataFrame(
        [(f"{land}000", land, year) for land in ("05", "06") for year in range(2000, 2010)],
        columns=["ags", "land", "year"],
    )


def years_on(data: pd.DataFrame, column: str, land: str = "05") -> list[int]:
    return data.loc[(data[column] == 1).fillna(False) & (data["land"] == land), "year"].tolist()


def test_a_programme_is_in_force_in_its_land_from_start_to_end(table: Table) -> None:
    found = programme_terms(grid(), table(("p", "05", 2003, 2006)))
    assert years_on(found, "p") == [2003, 2004, 2005, 2006]
    assert years_on(found, "p", "06") == []


def test_an_open_programme_stays_in_force(table: Table) -> None:
    assert years_on(programme_terms(grid(), table(("p", "05", 2007, None))), "p") == [2007, 2008, 2009]


def test_leads_lag_and_years_since(table: Table) -> None:
    found = programme_terms(grid(), table(("p", "05", 2003, 2005)), leads=2, lag=1, years_since=True)
    assert years_on(found, "p") == [2004, 2005, 2006]
    assert (years_on(found, "p_lead1"), years_on(found, "p_lead2")) == ([2002], [2001])
    since = found[found["land"] == "05"].set_index("year")["p_since"]
    assert since.loc[[2003, 2004, 2006, 2007]].tolist() == [0, 1, 3, 0]


def test_participation_that_nobody_recorded_is_missing_not_zero(table: Table) -> None:
    part = pd.DataFrame(
        {"ags": ["05000"], "programme_id": ["p"], "state": ["teilnahme"], "start": [2004], "end": [2004]}
    ).astype({"start": "Int64", "end": "Int64"})
    with pytest.warns(ChosenParticipationWarning, match="no effect of the programme"):
        found = programme_terms(grid(), table(("p", "05", 2003, 2005)), participation=part)
    own = found[found["land"] == "05"].set_index("year")["p_participates"]
    assert own[2004] == 1
    assert own[[2003, 2005]].isna().all()
    assert (own[[2000, 2006]] == 0).all()
    assert (found.loc[found["land"] == "06", "p_participates"] == 0).all()


def test_the_named_programmes_come_from_the_table() -> None:
    programmes = kd.load("programmes")
    with pytest.warns(UnknownEndWarning, match="bw_strukturen_integration"):
        found = {item.name: item for item in interventions(programmes)}
    for name in ("nw_komm_in", "he_modellregionen_integration", "he_wir", "bw_strukturen_integration"):
        row = programmes.set_index("programme_id").loc[name]
        assert found[name].laender == (row["land"],)
        assert found[name].start == row["start"]
    assert {"ni_koordinierungsstellen", "st_koordinierungsstellen"} <= set(found)
    joint = found["nw_teilhabe_integrationsgesetz+nw_kommunale_integrationszentren"]
    assert joint.start == programmes.set_index("programme_id").loc["nw_teilhabe_integrationsgesetz", "start"]
    assert joint.concept_condition is True


def test_programmes_far_apart_stay_apart(table: Table) -> None:
    rows = table(("a", "05", 2003, 2004), ("b", "05", 2004, 2008), ("c", "05", 2006, None))
    assert [item.name for item in interventions(rows)] == ["a+b", "c"]
    assert interventions(rows)[0].end == 2008
    assert len(interventions(rows, together=None)) == 3


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        ((("p", "05", 2003, 2001),), {}, "ends in 2001, before it begins"),
        ((("p", "05", 2003, None),), {"only": ["q"]}, "no programme 'q'"),
        ((("year", "05", 2003, None),), {}, "column 'year' already"),
        ((("p", "00", 2003, None),), {}, "No programme of a Land"),
        ((("p", "05", 2003, None),), {"lag": -1}, "no number of years"),
    ],
)
def test_what_cannot_be_used_is_said(rows: tuple, options: dict, message: str, table: Table) -> None:
    with pytest.raises(ModelError, match=message):
        programme_terms(grid(), table(*rows), **options)
