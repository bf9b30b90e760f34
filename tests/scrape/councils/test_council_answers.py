"""Answers that are no plain pages: Wicket's tables, JSON interfaces; and the file of recipes."""

import json
from pathlib import Path

import pytest
import yaml

from konzept_diffusion import paths
from konzept_diffusion.errors import DataError
from konzept_diffusion.scrape import councils, pages
from konzept_diffusion.scrape.exchange import Exchange, Request

LIST = "https://rat.example/public/vo040"


def answer(url, body, media_type="text/html"):
    return Exchange(Request(url), url, 200, {}, body.encode(), media_type, "utf-8")


def test_a_table_that_wicket_loads_afterwards_is_asked_for_and_read():
    shell = answer(
        LIST,
        '<script>Wicket.Ajax.ajax({"u":"./vo040?3-1.0-tableHolder","m":"GET"});'
        'Wicket.Ajax.ajax({"u":"./vo040?3-1.0-filter-form-button","e":"click"});'
        'Wicket.Ajax.ajax({"u":"https://elsewhere.example/x?1-1.0-"});</script>',
    )
    first = councils.ajax_requests(shell)[0]
    assert first.url == LIST + "?3-1.0-tableHolder&wicket-ajax=true&wicket-ajax-baseurl=vo040"
    assert first.referer == LIST

    loaded = answer(
        first.url,
        '<?xml version="1.0"?><ajax-response><component id="a"><![CDATA[<table><tr><td>'
        '<a href="./vo020?VOLFDNR=5">Integrationskonzept</a></td></tr></table>]]></component></ajax-response>',
        "text/xml",
    )
    html = councils.unwrapped(loaded)
    assert html.media_type == "text/html"
    assert pages.parse(html).links[0].url == "https://rat.example/public/vo020?VOLFDNR=5"


def test_other_answers_stay_as_they_are():
    page = answer(LIST, "<p>Keine Skripte</p>")
    assert councils.ajax_requests(page) == []
    assert councils.unwrapped(page) is page


def test_files_in_a_json_answer_bear_the_name_of_what_they_belong_to():
    content = {
        "agenda_items": [
            {
                "title": "Zuwanderung",
                "submission": {"name": "Integrationskonzept 2012", "id": "5"},
                "documents": [
                    {"documentUrl": "/documents.php?submission_id=5&id=1", "documentName": "Anlage 1.pdf"}
                ],
            }
        ]
    }
    (link,) = councils.json_files(answer("https://rat.example/api.php?id=meetings", json.dumps(content)))
    assert link.url == "https://rat.example/documents.php?submission_id=5&id=1"
    assert link.anchor == "Anlage 1.pdf"
    assert "Integrationskonzept 2012" in link.context


@pytest.mark.parametrize("body", ["", "<html>", "[" * 100_000, '{"documentUrl": "javascript:x"}', "null"])
def test_answers_without_files_give_none(body):
    assert councils.json_files(answer("https://rat.example/api.php", body)) == []


def _changed(tmp_path: Path, place: tuple, value: object) -> Path:
    content = yaml.safe_load((paths.scraper_dir() / "systems.yml").read_text(encoding="utf-8"))
    target = content
    for key in place[:-1]:
        target = target[key]
    target[place[-1]] = value
    file = tmp_path / "systems.yml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("place", "value", "named"),
    [
        (("version",), 9, "version"),
        (("roles", "file"), 7, "roles.file"),
        (("roles", "files"), 0.1, "roles.files"),
        (("systems", "allris3", "address"), ["(?P<base>.*"], "systems.allris3.address"),
        (("systems", "allris3", "address"), [".*/x"], "systems.allris3.address"),
        (("systems", "sdnet", "roles", 0, "role"), "document", "systems.sdnet.roles[1].role"),
        (("systems", "sdnet", "roles", 0), {"role": "file"}, "systems.sdnet.roles[1].address"),
        (("systems", "sdnet", "search", 0, "kind"), "query", "systems.sdnet.search[1].kind"),
        (("systems", "sdnet", "search", 0, "method"), "PUT", "systems.sdnet.search[1].method"),
        (("systems", "sdnet", "colour"), "blue", "systems.sdnet.colour"),
        (("systems", "rubin", "oparl_first"), "yes please", "systems.rubin.oparl_first"),
        (("systems",), [], "systems"),
        (("links", "anchors", 0, "promise"), True, "links.anchors[1].promise"),
        (("unknown", "title"), "", "unknown.title"),
        (("generic",), None, "generic"),
    ],
)
def test_a_mistake_in_the_recipes_names_file_and_key(tmp_path, place, value, named):
    file = _changed(tmp_path, place, value)
    with pytest.raises(DataError) as error:
        councils.load_recipes(file)
    assert error.value.file == file
    assert error.value.problem.startswith(f"{named}: ")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"a: [", "no valid YAML"),
        (b"- 1", "a mapping was expected"),
        (b"a: \xff", "not UTF-8"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_is_none_is_named(tmp_path, content, problem):
    file = tmp_path / "systems.yml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(DataError, match=problem) as error:
        councils.load_recipes(file)
    assert error.value.file == file


def test_the_projects_recipes_are_read_once():
    assert councils.load_recipes() is councils.load_recipes()
    assert set(councils.load_recipes().systems) == {"sessionnet", "allris3", "allris4", "sdnet", "rubin"}
