"""OParl: system, body, pages of papers, files."""

import json

import pytest

from konzept_diffusion.scrape import councils
from konzept_diffusion.scrape.exchange import Exchange, Request

BASE = "https://rat.example/oparl/"


def answer(content, url=BASE + "system", media_type="application/json"):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Exchange(Request(url), url, 200, {}, body, media_type)


def thing(kind, version="1.1", **fields):
    return {"type": f"https://schema.oparl.org/{version}/{kind}", **fields}


def paper(number, **fields):
    return thing("Paper", id=f"{BASE}paper/{number}", name=f"Vorlage {number}", **fields)


def listing(items, *, page=1, pages=1, size=25, following=None):
    links = {"first": BASE + "body/1/paper"} | ({"next": following} if following else {})
    paging = {"currentPage": page, "totalPages": pages, "elementsPerPage": size}
    return {"data": items, "pagination": paging, "links": links}


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_four_requests_lead_from_the_system_to_a_file(version):
    system = answer(thing("System", version, body=BASE + "bodies", name="RIS"))
    assert councils.is_oparl(system)
    assert councils.detect(None, system.url, system.body, system.media_type) == councils.System(
        "oparl", system.url
    )
    (bodies,) = councils.oparl_entries(system)
    assert (bodies.kind, bodies.request.url) == ("body", BASE + "bodies")

    body = thing(
        "Body", version, name="Stadt Musterau", paper=BASE + "body/1/paper", person=BASE + "body/1/person"
    )
    (papers,) = councils.oparl_entries(answer(listing([body]), BASE + "bodies"))
    assert (papers.kind, papers.link.anchor) == ("papers", "Stadt Musterau")

    main = thing("File", version, name="Beschlussvorlage", accessUrl="https://rat.example/getfile?id=1")
    annex = thing(
        "File", version, name="Anlage 1", fileName="Konzept.pdf", mimeType="application/pdf",
        accessUrl="https://rat.example/getfile?id=2", downloadUrl="https://rat.example/getfile?id=2&dl=1",
    )  # fmt: skip
    found = thing(
        "Paper", version, name="Integrationskonzept der Stadt Musterau", reference="12/2009", date="2009-11-02",
        mainFile=main, auxiliaryFile=[annex], web="https://rat.example/vo0050?id=5",
    )  # fmt: skip
    entries = councils.oparl_entries(answer(listing([found]), BASE + "body/1/paper"))
    assert [entry.kind for entry in entries] == ["file", "file"]
    last = entries[1]
    assert last.request.url == "https://rat.example/getfile?id=2"
    assert last.link.anchor == "Anlage 1"
    assert last.link.context.startswith("Integrationskonzept der Stadt Musterau")
    assert "2009-11-02" in last.link.context
    assert last.link.kind_hint == "application/pdf"
    assert last.landing_url == last.request.referer == "https://rat.example/vo0050?id=5"


def test_lists_are_followed_page_by_page():
    entries = councils.oparl_entries(
        answer(listing([paper(1)], pages=3, following=BASE + "body/1/paper?page=2"), BASE + "body/1/paper")
    )
    assert [(entry.kind, entry.page) for entry in entries] == [("paper", 0), ("next", 2)]
    assert entries[1].request.url == BASE + "body/1/paper?page=2"
    assert councils.oparl_entries(answer(listing([paper(2)], page=3, pages=3)))[-1].kind == "paper"


def test_a_long_list_is_asked_for_again_in_larger_pages_once():
    first = answer(
        listing([paper(1)], pages=90, size=10, following=BASE + "body/1/paper?page=2"), BASE + "body/1/paper"
    )
    again = councils.oparl_entries(first)[-1]
    assert (again.request.url, again.page) == (BASE + "body/1/paper?limit=100", 1)
    ignored = answer(
        listing([paper(1)], pages=90, size=10, following=BASE + "body/1/paper?page=2&limit=100"),
        again.request.url,
    )
    assert councils.oparl_entries(ignored)[-1].request.url == BASE + "body/1/paper?page=2&limit=100"


def test_a_list_that_names_itself_as_next_ends():
    url = BASE + "body/1/paper"
    assert [
        entry.kind for entry in councils.oparl_entries(answer(listing([paper(1)], following=url), url))
    ] == ["paper"]


def test_deleted_and_foreign_objects_are_left_out():
    gone = paper(1, deleted=True, mainFile=thing("File", accessUrl=BASE + "file/1"))
    entries = councils.oparl_entries(
        answer(listing([gone, thing("Person", id=BASE + "person/1"), {"no": "type"}]))
    )
    assert entries == []


def test_files_that_are_only_named_are_asked_for_as_objects():
    (entry,) = councils.oparl_entries(answer(paper(1, mainFile=BASE + "file/8")))
    assert (entry.kind, entry.request.url) == ("object", BASE + "file/8")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>", b"[1, 2", b"\xff\xfe", b"[]", b"3", b'{"data": 5}', b"[" * 100_000,
        json.dumps(thing("Error", message="OParl is not active.")).encode(),
        json.dumps({"type": 5, "body": [None, 7, {}]}).encode(),
        json.dumps(thing("System", body={"type": 3})).encode(),
        json.dumps(thing("Paper", mainFile=[3], auxiliaryFile="javascript:void(0)", web=9, id=None)).encode(),
    ],
)  # fmt: skip
def test_rubbish_and_error_objects_give_nothing(body):
    assert councils.oparl_entries(answer(body)) == []
