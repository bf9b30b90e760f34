"""Participation in programmes: every wording has a code, every link is a row of `programmes`."""

import pandas as pd
import pytest

from konzept_diffusion import paths
from konzept_diffusion.catalogue.participation import PROGRAMMES, participation
from konzept_diffusion.errors import DataError
from konzept_diffusion.schemas import core
from konzept_diffusion.schemas.register import PARTICIPATION, PROGRAMME_PARTICIPATION
from konzept_diffusion.store import load_raw


@pytest.fixture(scope="module")
def raw():
    return core.read(paths.raw_dir() / "programme_participation.csv", PROGRAMME_PARTICIPATION)


@pytest.fixture(scope="module")
def table(raw):
    return core.validate(participation(raw), PARTICIPATION)


def test_every_fact_stays_a_row(raw, table):
    assert len(raw) == 100
    assert set(table["row_id"]) == set(raw["row_id"])
    assert (table["row_id"].str[3:-3] == table["ags"]).all()


def test_links_lead_to_programmes_of_the_same_land(table):
    programmes = load_raw("programmes").set_index("programme_id")
    linked = table[table["programme_id"].notna()]
    assert len(linked) > 50
    assert set(linked["programme_id"]) <= set(programmes.index)
    lands = linked["programme_id"].map(programmes["land"])
    assert (lands == linked["ags"].str[:2]).all()


def test_kommunen_are_those_of_the_register(table):
    assert set(table["ags"]) <= set(load_raw("register")["ags"])


def test_every_link_and_every_missing_link_has_a_reason_and_a_code_one_programme():
    for item in PROGRAMMES.values():
        assert item.reason
        assert item.code.isascii()
        assert item.code == item.code.lower()
    codes = {(item.code, item.programme_id) for item in PROGRAMMES.values()}
    assert len(codes) == len({code for code, _ in codes}), "a code leads to one programme"


def test_every_wording_of_the_list_occurs(raw):
    assert set(PROGRAMMES) == set(raw["programme"])


def test_an_application_is_not_a_participation(table):
    assert table.loc[table["state"] == "antrag", "programme"].tolist() == ["KOMM-IN NRW (Antrag beauftragt)"]


def test_known_facts(table):
    coded = table.set_index(["ags", "programme_code"])
    assert coded.loc[("05154", "nw_ki"), "start"] == 2018
    assert coded.loc[("05154", "nw_ki"), "programme_id"] == "nw_kommunale_integrationszentren"
    assert coded.loc[("06413000", "he_modellregionen"), "end"] == 2013


def test_an_unknown_wording_ends_the_build(raw):
    spoilt = raw.copy()
    spoilt.loc[3, "programme"] = "Programm X"
    with pytest.raises(
        DataError, match=r"programme_participation\.csv, row 5, column 'programme': .*Programm X"
    ):
        participation(spoilt)


def test_an_end_before_the_start_is_named(raw):
    spoilt = raw.copy()
    spoilt.loc[0, ["start_year", "end_year"]] = [2014, 2009]
    with pytest.raises(DataError, match="row 2, column 'end_year': lies before the start"):
        core.validate(spoilt, PROGRAMME_PARTICIPATION)
    spoilt.loc[0, "end_year"] = pd.NA
    assert len(core.validate(spoilt, PROGRAMME_PARTICIPATION)) == 100
