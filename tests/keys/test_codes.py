"""Official keys: what is accepted, what is refused and what the refusal says."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from konzept_diffusion import keys
from konzept_diffusion.errors import InvalidKeyError, KonzeptError

LAENDER = st.sampled_from(sorted(keys.LAENDER))
DIGITS = st.text("0123456789", min_size=6, max_size=6)


def test_sixteen_laender_five_of_them_and_berlin_in_the_east():
    assert len(keys.LAENDER) == 16
    assert [land.abbreviation for land in keys.LAENDER.values() if land.part == "ost"] == [
        "BE", "BB", "MV", "SN", "ST", "TH",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "level"),
    [("05", "land"), ("053", "regierungsbezirk"), ("05315", "kreis"), ("05315000", "gemeinde")],
)
def test_the_length_gives_the_level(key, level):
    assert keys.level(key) == level


@given(LAENDER, DIGITS)
def test_a_gemeinde_key_contains_its_kreis_and_land(land, rest):
    key = land + rest
    assert keys.check(key) == key
    assert keys.kreis(key) == key[:5]
    assert keys.land(key) == land
    assert keys.land_name(key) == keys.LAENDER[land].name


@pytest.mark.parametrize(
    ("key", "says"),
    [
        (5315000, "strings with leading zeros"),
        ("5315000", "A leading zero may be lost: '05315000'"),
        ("05315 00", "only digits"),
        ("0531500٣", "only digits"),
        ("99315000", "no Land"),
        ("", "only digits"),
        ("053150", "has 6 digits"),
    ],
)
def test_a_malformed_key_is_refused_with_the_reason(key, says):
    with pytest.raises(InvalidKeyError, match=says):
        keys.check(key)


@given(st.text(max_size=12))
def test_any_text_is_a_key_or_an_error_of_our_own(text):
    if len(text) in (2, 3, 5, 8) and text.isascii() and text.isdigit() and text[:2] in keys.LAENDER:
        assert keys.check(text) == text
    else:
        with pytest.raises(KonzeptError, match=re.escape(repr(text))):
            keys.check(text)


def test_a_level_can_be_demanded():
    with pytest.raises(InvalidKeyError, match="expected kreis"):
        keys.check("05315000", level="kreis")
    with pytest.raises(InvalidKeyError, match="expected kreis or gemeinde"):
        keys.kreis("05")


def test_a_land_is_found_by_name_or_abbreviation_with_umlaut():
    assert keys.land_key("Thüringen") == keys.land_key("th") == "16"
    with pytest.raises(InvalidKeyError, match="no Land"):
        keys.land_key("Preußen")
