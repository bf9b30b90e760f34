"""The Regionalatlas against a replay of its documented answers (all bodies synthetic)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from replay import Answer, Replay, Seen, client

from konzept_diffusion.errors import SourceError
from konzept_diffusion.sources import regionalatlas


@pytest.fixture
def server() -> Iterator[Replay]:
    with Replay() as replay:
        yield replay


def synthetic(*rows: tuple[object, object, object], **more: object) -> bytes:
    """Return an ArcGIS answer with these rows of ags, jahr2, ai0208."""
    names = ("ags", "jahr2", "ai0208")
    answer = {
        "displayFieldName": "",
        "fields": [{"name": name} for name in names],
        "features": [{"attributes": dict(zip(names, row, strict=True))} for row in rows],
        **more,
    }
    return json.dumps(answer).encode()


GOOD = synthetic(("06413", 2017, 36.1), ("02", 2017, 16.4), ("11", 2017, 18.1), ("16056", None, None))


def test_one_year_is_asked_for_with_the_documented_query(server: Replay) -> None:
    url = server.plan("/query", Answer(body=GOOD))
    assert regionalatlas.request(client(), 2017, url=url) == GOOD
    (seen,) = server.seen
    layer = json.loads(seen.query["layer"])["source"]
    assert layer["type"] == "dataLayer"
    assert layer["dataSource"]["query"] == (
        "SELECT * FROM verwaltungsgrenzen_gesamt LEFT OUTER JOIN ai002_1_5 ON ags = ags2 and jahr = jahr2 "
        "WHERE typ = 3 AND jahr = 2017 AND (jahr2 = 2017 OR jahr2 IS NULL)"
    )
    assert (seen.query["f"], seen.query["returnGeometry"], seen.query["where"]) == ("json", "false", "1=1")


def test_shares_by_kreis_with_the_city_states_under_their_kreis_key() -> None:
    table = regionalatlas.parse(GOOD, 2017)
    assert list(table.columns) == ["kreis", "year", "foreign_share"]
    assert table.to_numpy().tolist() == [["02000", 2017, 16.4], ["06413", 2017, 36.1], ["11000", 2017, 18.1]]


@pytest.mark.parametrize("code", [None, 2222222222, 6666666666, 2222222222.0])
def test_null_and_special_codes_are_no_figures(code: object) -> None:
    table = regionalatlas.parse(synthetic(("06413", 2017, code), ("06412", 2017, 0)), 2017)
    assert table.to_numpy().tolist() == [["06412", 2017, 0.0]]


def test_names_of_fields_may_be_upper_case() -> None:
    assert len(regionalatlas.parse(GOOD.replace(b"ai0208", b"AI0208").replace(b'"ags"', b'"AGS"'), 2017)) == 3


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (GOOD.replace(b"ai0208", b"ai0299"), r"table ai002_1_5, 2017: the layout has changed; .*missing: ai0208; "
         r"found: ags, jahr2, ai0299"),
        (b'{"error": {"code": 400, "message": "Invalid query", "details": []}}', r"reports error 400: Invalid query"),
        (b'{"results": []}', r"expected features with attributes, found: results"),
        (b"[]", r"expected features with attributes, found: list"),
        (b"<html>", r"no JSON came"),
        (synthetic(("06413", 2017, 36.1), exceededTransferLimit=True), r"only a part of the Kreise"),
        (synthetic(("6413", 2017, 36.1)), r"'6413' has 4 digits"),
        (synthetic((6413, 2017, 36.1)), r"keys are strings"),
        (synthetic(("06413", 2017, 361)), r"Kreis 06413, field ai0208: 361 is outside 0 to 100 percent"),
        (synthetic(("06413", 2017, "36,1")), r"'36,1' is no number"),
        (synthetic(("06413", 2016, 36.1)), r"Kreis 06413: the figure is that of 2016"),
        (synthetic(("06413", 2017, 1.0), ("06413", 2017, 2.0)), r"stands there twice"),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_is_named(body: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        regionalatlas.parse(body, 2017)


@given(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5))
def test_whatever_stands_for_a_share_is_a_share_missing_or_refused(value: object) -> None:
    body = synthetic(("06413", 2017, value), ("06412", 2017, 1.5))
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and 0 <= value <= 100:
        assert regionalatlas.parse(body, 2017)["foreign_share"].tolist() == [1.5, value]
    elif value is None or value in [int(str(digit) * 10) for digit in range(1, 10)]:
        assert regionalatlas.parse(body, 2017)["kreis"].tolist() == ["06412"]
    else:
        with pytest.raises(SourceError, match=r"Kreis 06413"):
            regionalatlas.parse(body, 2017)


def test_years_are_kept_as_they_came_and_read_back(server: Replay, tmp_path: Path) -> None:
    url = server.plan("/query", Answer(429, headers={"Retry-After": "3"}), Answer(body=GOOD))
    slept: list[float] = []
    got = list(regionalatlas.retrieve_years(client(slept), tmp_path, years=range(2017, 2018), url=url))
    assert got == [(tmp_path / "ai002_1_5_2017.json", url)]
    assert slept == [3.0]
    assert len(regionalatlas.read(got[0][0])) == 3


@pytest.mark.parametrize("body", [synthetic(), synthetic(("06413", None, None), ("06412", 2017, 2222222222))])
def test_a_year_without_figures_is_an_empty_table(body: bytes) -> None:
    table = regionalatlas.parse(body, 2017)
    assert table.empty
    assert table.dtypes.equals(regionalatlas.parse(GOOD, 2017).dtypes)


def test_years_without_figures_are_reported_and_not_kept(server: Replay, tmp_path: Path) -> None:
    empty = synthetic(("06413", None, None))
    url = server.plan("/query", Answer(body=empty), Answer(body=GOOD), Answer(body=empty))
    said: list[str] = []
    got = list(
        regionalatlas.retrieve_years(client(), tmp_path, years=range(2016, 2019), url=url, say=said.append)
    )
    assert [path.name for path, _ in got] == ["ai002_1_5_2017.json"]
    assert [path.name for path in tmp_path.iterdir()] == ["ai002_1_5_2017.json"]
    assert said == [f"Regionalatlas, table ai002_1_5: no figures for {year}" for year in (2016, 2018)]
    server.plan("/query", Answer(body=empty))
    with pytest.raises(SourceError, match=r"no figures for 2018 to 2018"):
        list(regionalatlas.retrieve_years(client(), tmp_path, years=range(2018, 2019), url=url))


def test_the_last_year_asked_for_is_the_last_that_is_over(server: Replay, tmp_path: Path) -> None:
    url = server.plan("/query", lambda seen: Answer(body=GOOD.replace(b"2017", year_of(seen))))
    got = list(regionalatlas.retrieve_years(client(), tmp_path, url=url, today=date(2031, 1, 1)))
    assert [int(path.stem[-4:]) for path, _ in got] == list(range(2011, 2031))


def year_of(seen: Seen) -> bytes:
    return seen.query["layer"].partition("AND jahr = ")[2][:4].encode()


def test_a_file_that_is_not_there_or_misnamed_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"Run 'konzept-diffusion fetch regionalatlas'"):
        regionalatlas.read(tmp_path / "ai002_1_5_2017.json")
    with pytest.raises(SourceError, match=r"a name like ai002_1_5_2017.json"):
        regionalatlas.read(tmp_path / "other.json")
