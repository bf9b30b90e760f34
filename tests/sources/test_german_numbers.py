"""Numbers in official tables: read right, or refused; never NaN."""

from __future__ import annotations

import math
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from konzept_diffusion.sources.numbers import parse_number

SPACES = [" ", "\u00a0", "\u2009", "\u202f"]


def german(whole: int, decimals: str, separator: str) -> str:
    grouped = f"{whole:,}".replace(",", separator)
    return f"{grouped},{decimals}" if decimals else grouped


@given(
    whole=st.integers(0, 10**9),
    decimals=st.text(string.digits, max_size=6),
    separator=st.sampled_from(["", *SPACES]),
    sign=st.sampled_from(["", "-", "−", "+"]),
    padding=st.sampled_from(["", " ", "\u00a0", "\n", "\u2009 "]),
)
def test_a_number_written_in_german_comes_back(
    whole: int, decimals: str, separator: str, sign: str, padding: str
) -> None:
    text = padding + sign + german(whole, decimals, separator) + padding
    expected = float(f"{whole}.{decimals or 0}")
    assert parse_number(text) == (-expected if sign in ("-", "−") else expected)


@given(whole=st.integers(1000, 10**9), decimals=st.text(string.digits, min_size=1, max_size=4))
def test_points_group_thousands_if_a_comma_follows(whole: int, decimals: str) -> None:
    assert parse_number(german(whole, decimals, ".")) == float(f"{whole}.{decimals}")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_stays_as_it_is(value: float) -> None:
    assert parse_number(value) == value


@given(st.text())
def test_text_is_a_finite_number_or_blank_or_refused(text: str) -> None:
    try:
        value = parse_number(text)
    except ValueError:
        return
    if value is None:
        assert text.strip() == ""
    else:
        assert math.isfinite(value)
        assert any(letter in string.digits for letter in text)


@pytest.mark.parametrize("blank", ["", " ", "\u00a0", "\u2009\u202f", "\n", None])
def test_a_blank_is_none(blank: object) -> None:
    assert parse_number(blank) is None


@pytest.mark.parametrize(
    "garbage",
    ["-", ".", "…", "x", "/", "1,2,3", "12 34", "1 2345", "1 234\u2009567", "1.23", "12.3456", "1234.567",
     "1e5", "١٢", "nan", "inf", "5%", "(3)", "1_000", True, float("nan"), float("inf"), object()],
)  # fmt: skip
def test_garbage_is_refused(garbage: object) -> None:
    with pytest.raises(ValueError, match=r"no |ambiguous"):
        parse_number(garbage)


def test_one_point_and_three_digits_are_ambiguous() -> None:
    with pytest.raises(ValueError, match=r"'1.234' is ambiguous"):
        parse_number("1.234")
    assert parse_number("1.234.567") == 1234567
