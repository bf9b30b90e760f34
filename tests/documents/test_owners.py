"""Owners: names before organs before the imprint before the host; namesakes told apart."""

from __future__ import annotations

import csv

import pytest

from konzept_diffusion.documents.owners import Owners
from konzept_diffusion.documents.places import adjectives, aliases, core_of, embedded
from konzept_diffusion.paths import raw_dir
from konzept_diffusion.scrape.reports import Kommune

KNOWN = {kommune.ags: kommune for kommune in embedded()}
MADE_UP = Kommune("05999001", "Talbrück, Stadt", "stadt", "05")
CITY_STATE = {"02": "02000000", "04": "04011000", "11": "11000000"}


@pytest.mark.parametrize(
    ("table", "column"), [("anlage1_grossstaedte", "owner_ags"), ("desk_research", "ags")]
)
def test_owners_of_real_titles_agree_with_those_coded_by_hand(table, column):
    owners = Owners()
    with (raw_dir() / f"{table}.csv").open(encoding="utf-8", newline="") as source:
        rows = [row for row in csv.DictReader(source) if row["ags"] in KNOWN]
    assert len(rows) > 120
    wrong = [
        row["title"]
        for row in rows
        if owners.resolve([row["title"]], "", KNOWN[row["ags"]]).ags
        != CITY_STATE.get(row[column], row[column])
    ]
    assert len(wrong) <= 0.01 * len(rows), wrong


@pytest.mark.parametrize(
    ("title", "site", "level", "ags"),
    [
        ("Integrationskonzept der Stadt Osnabrück", "03404000", "stadt", "03404000"),
        ("Konzept Integration im Landkreis Osnabrück", "03404000", "kreis", "03459"),
        ("Integrationskonzept der Stadt Osnabrück", "03459", "stadt", "03404000"),
        ("Integrationskonzept Landkreis Kaiserslautern", "07312000", "kreis", "07335"),
        ("Integrationskonzept für den Kreis Siegen-Wittgenstein", "05970040", "kreis", "05970"),
        ("Integrationskonzept des Rhein-Kreises Neuss", "05162024", "kreis", "05162"),
        ("Integrationskonzept für die Stadt Frankfurt (Oder)", "12053000", "stadt", "12053000"),
        ("Integrationskonzept Frankfurt", "12053000", "stadt", "12053000"),
        ("Hamburger Integrationskonzept", "02000000", "land", "02000000"),
        ("Integrationskonzept des Landes Niedersachsen", "03404000", "land", ""),
        ("Nationaler Integrationsplan der Bundesregierung", "03404000", "bund", ""),
        ("Integrationskonzept der AWO Osnabrück", "03404000", "sonstige", ""),
        ("Integrationskonzept der Stadt Mühlenau", "03404000", "stadt", ""),
        ("Integrationskonzept", "03404000", "stadt", "03404000"),
    ],
)
def test_owner_by_title(title, site, level, ags):
    owner = Owners().resolve([title], "", KNOWN[site])
    assert (owner.level, owner.ags) == (level, ags)


def test_organs_tell_namesakes_apart_where_the_title_does_not():
    text = "Der Landrat und der Kreistag. Die Kreisverwaltung im Kreisgebiet, das Landratsamt."
    owner = Owners().resolve(["Integrationskonzept Osnabrück"], text, KNOWN["03404000"])
    assert (owner.ags, owner.basis) == ("03459", "titel")


def test_the_register_in_use_goes_before_the_embedded_one():
    namesake = Kommune("05999", "Osnabrück", "landkreis", "05")
    site = Kommune("05999001", "Talbrück", "stadt", "05")
    owner = Owners([namesake, site]).resolve(["Integrationskonzept Landkreis Osnabrück"], "", site)
    assert owner.ags == "05999"


def test_an_imprint_names_the_owner_where_the_title_does_not():
    text = "Integrationskonzept\nZiele\n\nHerausgeber: Landkreis Emsland, Meppen\n"
    owner = Owners([MADE_UP]).resolve(["Integrationskonzept"], text, MADE_UP)
    assert owner.ags == "03454"


def test_names_taken_apart():
    assert core_of("Lübeck, Hansestadt") == "Lübeck"
    assert core_of("Landkreis Nebelhorst") == "Nebelhorst"
    assert core_of("Neustadt a.d.Aisch-Bad Windsheim") == "Neustadt a.d.Aisch-Bad Windsheim"
    assert ("frankfurt", 1) in aliases("Frankfurt am Main")
    assert {"bremer"} <= adjectives("Bremen")
    assert {"dresdner"} <= adjectives("Dresden")
