"""The websites: which host is a Kommune's own, and where each address of the table comes from."""

import os
from pathlib import Path

import pandas as pd
import pytest

from konzept_diffusion import paths
from konzept_diffusion.catalogue.websites import (
    LISTED_HOSTS,
    Hint,
    cited_hints,
    compile_websites,
    domain,
    oparl_hints,
    own_domain,
    wikidata_hints,
    wikidata_rows,
)
from konzept_diffusion.schemas import core
from konzept_diffusion.schemas.register import PROGRAMME_PARTICIPATION, WEBSITE_STATUSES, WEBSITES
from konzept_diffusion.store import load_raw

PROJECT = Path(__file__).resolve().parents[2]
SHARED = PROJECT / ".." / "shared"
MIRROR = Path(os.environ.get("KONZEPT_MIRROR", "").strip() or SHARED / "mirror")
HINT_SOURCES = ("risklayer/corona-landkreis-crawler", "corona-zahlen-landkreis")
HINTS = SHARED / "reference" / "kommunen_2017.csv"


@pytest.fixture(scope="module")
def register():
    return load_raw("register")


@pytest.fixture(scope="module")
def websites():
    return core.read(paths.raw_dir() / "websites.csv", WEBSITES)


@pytest.fixture(scope="module")
def participation():
    return core.read(paths.raw_dir() / "programme_participation.csv", PROGRAMME_PARTICIPATION)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://ris.Emmerich.de/bi/vo0050.asp?__kvonr=1", "emmerich.de"),
        ("http://www2.haan.de:8080/", "haan.de"),
        ("www.bonn.de/x", "bonn.de"),
        ("https://www.xn--kln-sna.de/", "köln.de"),
        ("https://köln.de", "köln.de"),
        ("", ""),
    ],
)
def test_the_domain_of_an_address(url, expected):
    assert domain(url) == expected


OWN = [
    # address, key, name, kind, what the rule says
    ("https://www.landkreis-goslar.de/", "03153", "Goslar", "landkreis", "name"),
    ("https://kreis-kleve.de", "05154", "Kleve", "landkreis", "name"),
    ("https://sitzungsdienst.kaiserslautern-kreis.de/x", "07335", "Kaiserslautern", "landkreis", "name"),
    ("https://www.landkreisleipzig.de/", "14729", "Leipzig", "landkreis", "name"),
    ("https://www.rheingau-taunus.de/", "06439", "Rheingau-Taunus-Kreis", "landkreis", "name"),
    ("https://www.kyffhaeuser.de/", "16065", "Kyffhäuserkreis", "landkreis", "name"),
    ("https://www.regionalverband-saarbruecken.de/", "10041", "Regionalverband Saarbrücken", "landkreis", "name"),
    ("https://www.landkreis-st-wendel.de/", "10046", "St. Wendel", "landkreis", "name"),
    ("https://www.landkreis-pfaffenhofen.de/", "09186", "Pfaffenhofen a.d.Ilm", "landkreis", "name"),
    ("https://www.lk-row.de/", "03357", "Rotenburg (Wümme)", "landkreis", "abbreviation"),
    ("https://www.lkclp.de/", "03453", "Cloppenburg", "landkreis", "abbreviation"),
    ("https://www.lra-aic-fdb.de/", "09771", "Aichach-Friedberg", "landkreis", "abbreviation"),
    ("https://www.mtk.org/", "06436", "Main-Taunus-Kreis", "landkreis", "abbreviation"),
    ("https://www.kreis-rz.de/", "01053", "Herzogtum Lauenburg", "landkreis", "listed"),
    ("https://www.stadt-remseck.de/", "08118081", "Remseck am Neckar, Stadt", "kreisangehoerige_stadt", "name"),
    ("https://www.frankfurt-oder.de/", "12053000", "Frankfurt (Oder), Stadt", "kreisfreie_stadt", "name"),
    ("https://www.bad-homburg.de/", "06434001", "Bad Homburg v. d. Höhe, Stadt", "kreisangehoerige_stadt", "name"),
    ("https://www.neuburg-donau.de/", "09185149", "Neuburg a.d.Donau, GKSt", "kreisangehoerige_stadt", "name"),
]  # fmt: skip
FOREIGN = [
    ("https://www.buendnis-fuer-brandenburg.de/", "12051000", "Brandenburg an der Havel, Stadt", "kreisfreie_stadt"),
    ("https://www.integration-dithmarschen.de/", "01051", "Dithmarschen", "landkreis"),
    ("https://www.integration-landkreis-rastatt.de/", "08216", "Rastatt", "landkreis"),
    ("https://coburgerland-im-wandel.de/", "09473", "Coburg", "landkreis"),
    ("https://heimattage-offenburg.eu/", "08317096", "Offenburg, Stadt", "kreisangehoerige_stadt"),
    ("https://buerger-fuer-bensheim.de/", "06431002", "Bensheim, Stadt", "kreisangehoerige_stadt"),
    ("https://spd-guetersloh.de/", "05754", "Gütersloh", "landkreis"),
    ("https://www.friedrichshafen.de/", "08435", "Bodenseekreis", "landkreis"),
    ("https://www.kreis-kleve.de/", "05154036", "Kleve, Stadt", "kreisangehoerige_stadt"),
    ("https://www.kreis-re.de/", "05566", "Steinfurt", "landkreis"),
    ("https://www.obk.de/", "05378", "Rheinisch-Bergischer Kreis", "landkreis"),
    ("https://greifswald.sitzung-mv.de/", "13075", "Vorpommern-Greifswald", "landkreis"),
    ("https://kleineanfragen.de/", "14625", "Bautzen", "landkreis"),
    ("https://archive.ph/x", "12064472", "Strausberg, Stadt", "kreisangehoerige_stadt"),
]  # fmt: skip


@pytest.mark.parametrize(("url", "ags", "name", "kind", "reason"), OWN)
def test_a_domain_that_is_the_name_is_the_kommunes_own(url, ags, name, kind, reason):
    assert own_domain(url, ags, name, kind) == reason


@pytest.mark.parametrize(("url", "ags", "name", "kind"), FOREIGN)
def test_topic_sites_press_shared_hosts_and_other_levels_are_not(url, ags, name, kind):
    assert own_domain(url, ags, name, kind) is None


REGISTER = pd.DataFrame(
    {
        "ags": ["03351", "03351006", "03453", "05154"],
        "name": ["Celle", "Celle, Stadt", "Cloppenburg", "Kleve"],
        "kind": ["landkreis", "kreisangehoerige_stadt", "landkreis", "landkreis"],
    }
)
WIKIDATA = pd.DataFrame({"ags": ["03351006"], "website": ["https://www.celle.de/"], "source": ["Wikidata"]})


def _compile(cited=(), hints=(), taken=()):
    table = compile_websites(WIKIDATA, REGISTER, cited, hints, taken=taken)
    return table.set_index("ags")


def test_the_towns_site_does_not_become_the_landkreises():
    assert "03351" not in _compile([Hint("03351", "https://www.celle.de/a", "d")]).index
    assert (
        "03453"
        not in _compile([Hint("03453", "https://cloppenburg.de", "d")], taken=["cloppenburg.de"]).index
    )
    assert "03453" in _compile([Hint("03453", "https://cloppenburg.de", "d")]).index


def test_the_better_source_wins_and_of_several_hosts_the_most_cited():
    cited = [
        Hint("03453", f"https://{host}/x", "desk_research")
        for host in ("cloppenburg.de", "lkclp.de", "www.lkclp.de")
    ]
    table = _compile(
        cited,
        [Hint("03453", "https://kreis-cloppenburg.de", "hint"), Hint("05154", "kreis-kleve.de", "hint")],
    )
    assert table.loc["03453", "website"] == "https://www.lkclp.de/"
    assert table.loc["03453", "status"] == "official_host_cited"
    assert "lkclp.de (2)" in table.loc["03453", "source"]
    assert "auch cloppenburg.de (1)" in table.loc["03453", "source"]
    assert table.loc["05154", "status"] == "hint_unverified"
    assert table.loc["03351006", "status"] == "wikidata"


def test_only_official_pages_of_the_desk_research_count():
    desk = pd.DataFrame(
        {"ags": ["05154", "05154"], "url": ["https://kreis-kleve.de/a", "https://rp-online.de/b"],
         "source_type": ["amtlich", "presse"]}
    )  # fmt: skip
    none = pd.DataFrame({"ags": [], "url": []})
    assert cited_hints(desk, none) == [Hint("05154", "https://kreis-kleve.de/a", "desk_research")]


def test_oparl_bodies_are_matched_by_name():
    text = "- title: Kreis Kleve\n  wd: Q1\n  url: https://kis.kreis-kleve.de/oparl\n\n- title: Atlantis\n  url: https://a.de\n"
    hints = oparl_hints(text, REGISTER)
    assert hints.found == (Hint("05154", "https://kis.kreis-kleve.de/oparl", "OParl-Endpunkte, 2022-12"),)
    assert hints.unmatched.to_dict("records") == [
        {"name": "Atlantis", "url": "https://a.de", "how": "unmatched", "candidates": ""}
    ]


def test_the_order_of_the_keys_of_an_oparl_entry_does_not_matter():
    text = (
        "- url: https://a.de\n  title: Atlantis\n"
        "- wd: Q1\n  url: 'https://k.de'\n  title: \"Kreis Kleve\"\n"
        "- title: Celle, Stadt\n"
    )
    hints = oparl_hints(text, REGISTER)
    assert [(hint.ags, hint.url) for hint in hints.found] == [("05154", "https://k.de")]
    assert hints.unmatched[["name", "url"]].to_numpy().tolist() == [
        ["Atlantis", "https://a.de"],
        ["Celle, Stadt", ""],
    ]


def test_wikidata_names_need_the_full_name(register):
    domains = pd.DataFrame(
        {
            "Domain Name": ["gemeinde-wangen.de", "wangen.de"],
            "City": ["Wangen", "Wangen im Allgäu"],
            "State": "BW",
        }
    )
    hints = wikidata_hints(domains, register)
    assert [hint.url for hint in hints.found] == ["wangen.de"]
    assert hints.unmatched[["url", "how", "candidates"]].to_numpy().tolist() == [
        ["gemeinde-wangen.de", "ambiguous", "08436081"]
    ]


@pytest.mark.parametrize(
    ("rows", "found", "left"),
    [
        pytest.param([("rotenburg-wuemme.de", "Rotenburg", "NI")], "03357039", [], id="short, domain is the name"),
        pytest.param([("wuemmeportal.de", "Rotenburg", "NI")], None, ["short"], id="short, domain says nothing"),
        pytest.param(
            [("stadt-frechen.de", "Frechen", "NW"), ("frechen.de", "Frechen", "NW")], "05362024", ["several"], id="two"
        ),
        pytest.param(
            [("amberg.de", "Amberg", "BY"), ("gemeinde-amberg.de", "Amberg", "BY")],
            "09361000", ["ambiguous"], id="namesake",
        ),
        pytest.param([("gemeinde-haar.de", "Haar (bei München)", "BY")], "09184123", [], id="alias"),
        pytest.param([("atlantis.de", "Atlantis", "BY")], None, ["unmatched"], id="unmatched"),
    ],
)  # fmt: skip
def test_every_domain_of_the_list_is_used_or_reported(register, rows, found, left):
    domains = pd.DataFrame(rows, columns=["Domain Name", "City", "State"])
    hints = wikidata_hints(domains, register)
    assert [hint.ags for hint in hints.found] == ([found] if found else [])
    assert hints.unmatched["how"].tolist() == left
    assert len(hints.found) + len(hints.unmatched) == len(rows)


def test_the_table_knows_its_statuses_and_no_address_twice(websites, register):
    assert set(websites["status"]) == set(WEBSITE_STATUSES)
    assert set(websites["ags"]) <= set(register["ags"])
    shared = websites["website"].map(domain).duplicated(keep=False)
    assert set(websites.loc[shared, "ags"]) == {"03241", "03241001"}, "hannover.de is Stadt and Region"
    unvisited = websites[websites["status"] != "wikidata"]
    assert unvisited["source"].str.contains("nicht besucht").all()


def test_every_address_that_is_not_from_wikidata_passes_the_rule(websites, register):
    known = register.set_index("ags")
    rows = websites[websites["status"] != "wikidata"]
    assert len(rows) > 150
    for ags, url in zip(rows["ags"], rows["website"], strict=True):
        assert own_domain(url, ags, known.loc[ags, "name"], known.loc[ags, "kind"]), (ags, url)


def test_cited_hosts_are_cited(websites, participation):
    cited = {(hint.ags, domain(hint.url)) for hint in cited_hints(load_raw("desk_research"), participation)}
    rows = websites[websites["status"] == "official_host_cited"]
    assert len(rows) > 80
    assert set(zip(rows["ags"], rows["website"].map(domain), strict=True)) <= cited


def test_listed_hosts_belong_to_kommunen_of_the_register(register):
    assert {ags for ags, _ in LISTED_HOSTS.values()} <= set(register["ags"])


def test_the_table_is_what_the_sources_give(websites, participation, register):
    for needed in (HINTS, MIRROR / "domains" / "domains.cities.csv", MIRROR / "oparl" / "endpoints.yml"):
        if not needed.is_file():
            pytest.skip(f"needs {needed.name} of the shared folder")
    domains = pd.read_csv(MIRROR / "domains" / "domains.cities.csv", dtype=str, keep_default_na=False)
    towns = pd.read_csv(HINTS, dtype=str)
    towns = towns[towns["website_source"].fillna("").str.startswith("UNVERIFIED")]
    hints = [
        Hint(ags, url, next(name for name in HINT_SOURCES if name in source))
        for ags, url, source in zip(towns["ags"], towns["website"], towns["website_source"], strict=True)
    ]  # fmt: skip
    hints += oparl_hints((MIRROR / "oparl" / "endpoints.yml").read_text(encoding="utf-8"), register).found
    again = compile_websites(
        wikidata_rows(domains, register),
        register,
        cited_hints(load_raw("desk_research"), participation),
        hints,
        taken=domains["Domain Name"],
    )
    pd.testing.assert_frame_equal(again, websites, check_dtype=False)
