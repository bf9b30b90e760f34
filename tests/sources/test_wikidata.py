"""Wikidata against a replay of its documented answers (all bodies synthetic)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from replay import Answer, Replay, client

from konzept_diffusion.errors import SourceError
from konzept_diffusion.sources import wikidata


@pytest.fixture
def server() -> Iterator[Replay]:
    with Replay() as replay:
        yield replay


def synthetic(*rows: tuple[str, str, str, str], names: tuple[str, ...] = wikidata._VARIABLES) -> bytes:
    """Return a SPARQL answer with these rows of QID, key, level, website."""
    bindings = [
        {
            names[0]: {"type": "uri", "value": f"http://www.wikidata.org/entity/{item}"},
            names[1]: {"type": "literal", "value": key},
            names[2]: {"type": "literal", "value": level},
            names[3]: {"type": "uri", "value": website},
        }
        for item, key, level, website in rows
    ]
    return json.dumps({"head": {"vars": list(names)}, "results": {"bindings": bindings}}).encode()


GOOD = synthetic(
    ("Q11", "05358", "kreis", "https://www.kreis.example/"),
    ("Q10", "05315000", "gemeinde", "https://www.stadt.example/"),
    ("Q10", "05315000", "gemeinde", "https://www.stadt.example/"),
    ("Q12", "5315000", "gemeinde", "https://lost-zero.example/"),
    ("Q13", "05358008", "gemeinde", "www.no-scheme.example"),
    ("Q14", "05358012", "gemeinde", "http://[broken"),
)


def test_websites_by_key_sorted_and_once(server: Replay) -> None:
    url = server.plan("/sparql", Answer(body=GOOD))
    found = wikidata.parse(wikidata.request(client(), url=url))
    assert list(found.table.columns) == ["ags", "website", "item", "level"]
    assert found.table.to_numpy().tolist() == [
        ["05315000", "https://www.stadt.example/", "Q10", "gemeinde"],
        ["05358", "https://www.kreis.example/", "Q11", "kreis"],
    ]
    (seen,) = server.seen
    assert seen.query["query"] == wikidata.QUERY
    assert seen.headers["accept"] == "application/sparql-results+json"
    for part in ("wdt:P439", "wdt:P440", "wdt:P856"):
        assert part in wikidata.QUERY


def test_a_slip_in_wikidata_is_reported_not_dropped() -> None:
    refused = wikidata.parse(GOOD).refused
    assert refused[["key", "item"]].to_numpy().tolist() == [
        ["05358008", "Q13"], ["05358012", "Q14"], ["5315000", "Q12"],
    ]  # fmt: skip
    assert refused["reason"].str.contains("no web address").tolist() == [True, True, False]
    assert "7 digits" in refused["reason"][2]


def test_a_crowded_service_is_asked_again_when_it_says(server: Replay) -> None:
    slept: list[float] = []
    url = server.plan("/sparql", Answer(429, headers={"Retry-After": "41"}), Answer(500), Answer(body=GOOD))
    wikidata.request(client(slept), url=url)
    assert slept == [41.0, 4.0]


def test_a_refusal_asks_for_a_contact(server: Replay) -> None:
    with pytest.raises(SourceError, match=r"Wikidata Query Service: .*HTTP 403\). Set KONZEPT_CONTACT"):
        wikidata.request(client(), url=server.plan("/sparql", Answer(403)))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (GOOD[:-40] + b"java.util.concurrent.TimeoutException", r"the answer is cut or no JSON"),
        (synthetic(names=("item", "key", "level", "url")), r"missing: website; found: item, key, level, url"),
        (b'{"results": {"bindings": []}}', r"expected head.vars .* not found: 'head'"),
        (b"[]", r"the layout has changed"),
        (synthetic(), r"holds no website"),
        (synthetic(("Q1", "05", "land", "https://a.example")), r"with level 'land' found"),
        (GOOD.replace(b"entity/Q11", b"entity/L11"), r"item 'http://www.wikidata.org/entity/L11'"),
        (GOOD.replace(b'"website": ', b'"web": ', 1), r"not found: 'website'"),
    ],
)
def test_an_answer_that_cannot_be_is_named(body: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        wikidata.parse(body)


def test_the_answer_is_kept_as_it_came_and_read_back(server: Replay, tmp_path: Path) -> None:
    url = server.plan("/sparql", Answer(body=GOOD))
    assert list(wikidata.retrieve_websites(client(), tmp_path, url=url)) == [
        (tmp_path / "websites.json", url)
    ]
    assert len(wikidata.read(tmp_path / "websites.json").table) == 2
    with pytest.raises(SourceError, match=r"Run 'konzept-diffusion fetch wikidata'"):
        wikidata.read(tmp_path / "other.json")
