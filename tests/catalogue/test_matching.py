"""The matcher: named steps, Stadt and Landkreis never confused, every name a row."""

import os
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from konzept_diffusion import paths
from konzept_diffusion.catalogue.matching import ALIASES, HOW, NAME_COLUMNS, check_names, match, require_names
from konzept_diffusion.catalogue.names import NAMESAKES, parse
from konzept_diffusion.errors import DataError
from konzept_diffusion.schemas import core
from konzept_diffusion.schemas.raw import TABLES
from konzept_diffusion.schemas.register import PROGRAMME_PARTICIPATION
from konzept_diffusion.sources import gv_isys
from konzept_diffusion.store import load_raw

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
MIRROR = Path(os.environ.get("KONZEPT_MIRROR", "").strip() or SHARED / "mirror")


@pytest.fixture(scope="module")
def register():
    return load_raw("register")


def _one(register, name, **hints):
    result = match(pd.DataFrame([{"name": name, **hints}]), register)
    assert len(result) == 1
    return result.iloc[0]


# How a name is written, the key, and the step that finds it.
SPELLINGS = [
    ("Frankfurt am Main", "06412000", "normalised"),
    ("Frankfurt a.M.", "06412000", "normalised"),
    ("Frankfurt a. M.", "06412000", "normalised"),
    ("Frankfurt/Oder", "12053000", "normalised"),
    ("Mülheim a.d. Ruhr", "05117000", "normalised"),
    ("MUELHEIM AN DER RUHR", "05117000", "normalised"),
    ("Freiburg i. Br.", "08311000", "normalised"),
    ("Oldenburg (Oldb)", "03403000", "normalised"),
    ("Goettingen, Stadt", "03159016", "normalised"),
    ("Göttingen, Stadt", "03159016", "exact"),
    ("Hansestadt Lübeck", "01003000", "normalised"),
    ("Landeshauptstadt Wiesbaden", "06414000", "normalised"),
    ("Darmstadt, Wissenschaftsstadt", "06411000", "exact"),
    ("Konstanz, Universitätsstadt", "08335043", "exact"),
    ("Hanse- und Universitätsstadt Rostock", "13003000", "normalised"),
    ("Bad Homburg", "06434001", "short"),
    ("Bad Homburg vor der Höhe", "06434001", "normalised"),
    ("Hannoversch Münden", "03159017", "normalised"),
    ("Weilheim in Oberbayern", "09190157", "normalised"),
    ("Ebersberg, Stadt", "09175115", "normalised"),
    ("Rhein Erft Kreis", "05362", "normalised"),
    ("Kreis Rhein-Sieg", "05382", "normalised"),
    ("Oberbergischer Kreis", "05374", "exact"),
    ("Landkreis Enzkreis", "08236", "normalised"),
    ("Kreis Neuss", "05162", "normalised"),
    ("StädteRegion Aachen", "05334", "normalised"),
    ("Regionalverband Saarbrücken", "10041", "exact"),
    ("Landkreis Bautzen", "14625", "normalised"),
    ("Lutherstadt Wittenberg", "15091375", "normalised"),
    ("Neuss (Rhein-Kreis Neuss)", "05162024", "normalised"),
    ("Hildesheim (Landkreis Hildesheim)", "03254021", "normalised"),
    ("Wetzlar (Lahn-Dill-Kreis)", "06532023", "normalised"),
    ("Freie Hansestadt Bremen", "04011000", "alias"),
    ("Landkreis Soltau-Fallingbostel", "03358", "alias"),
    ("Cottbus/Chóśebuz", "12052000", "alias"),
    ("Stadt Brandenburg", "12051000", "short"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "ags", "how"), SPELLINGS)
def test_spellings_find_their_key(register, name, ags, how):
    found = _one(register, name)
    assert (found.ags, found.how) == (ags, how)


SAME_NAMED = [
    ("Osnabrück", "03404000", "03459"), ("Kaiserslautern", "07312000", "07335"), ("Fürth", "09563000", "09573"),
    ("Hildesheim", "03254021", "03254"), ("Göttingen", "03159016", "03159"), ("Heilbronn", "08121000", "08125"),
    ("Karlsruhe", "08212000", "08215"), ("Kassel", "06611000", "06633"), ("Oldenburg", "03403000", "03458"),
    ("Rostock", "13003000", "13072"), ("Leipzig", "14713000", "14729"), ("München", "09162000", "09184"),
    ("Offenbach", "06413000", "06438"), ("Esslingen", "08116019", "08116"), ("Neuss", "05162024", "05162"),
    ("Biberach", "08426021", "08426"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "town", "kreis"), SAME_NAMED)
def test_stadt_and_landkreis_of_one_name_are_told_apart_by_words_or_hint_only(register, name, town, kreis):
    bare = _one(register, name)
    assert pd.isna(bare.ags)
    assert bare.how == "ambiguous"
    assert {town, kreis} <= set(bare.candidates.split("|"))
    assert pd.isna(_one(register, name, land=town[:2]).ags), "the Land does not tell the level"
    for words in (f"Stadt {name}", f"{name}, Stadt", f"{name} (Stadt)"):
        found = _one(register, words, land=town[:2])
        assert (found.ags, found.level_basis) == (town, "name")
    for words in (
        f"Landkreis {name}",
        f"Kreis {name}",
        f"LK {name}",
        f"{name}, Landkreis",
        f"{name} (Landkreis)",
    ):
        found = _one(register, words)
        assert found.ags == kreis
        assert _one(register, words, kind="landkreis").ags == kreis
    assert _one(register, name, kind="landkreis").ags == kreis
    kind = register.set_index("ags").loc[town, "kind"]
    found = _one(register, name, kind=kind, land=town[:2])
    assert (found.ags, found.level_basis) == (town, "hint")


def test_words_and_hint_that_contradict_each_other_give_no_key(register):
    found = _one(register, "Landkreis Osnabrück", kind="stadt")
    assert pd.isna(found.ags)
    assert (found.how, found.candidates) == ("conflict", "03404000|03459")
    assert _one(register, "Landkreis Köln").how == "conflict"
    assert _one(register, "Landkreis Göttingen, Stadt").how == "unmatched"


def test_the_land_decides_between_towns_of_one_name_and_may_not_contradict(register):
    assert set(_one(register, "Halle").candidates.split("|")) == {"05754012", "15002000"}
    assert _one(register, "Halle", land="Sachsen-Anhalt").ags == "15002000"
    assert _one(register, "Halle", land="05").ags == "05754012"
    assert _one(register, "Friedberg (Bayern)").ags == "09771130"
    wrong = _one(register, "Köln", land="Hessen")
    assert (wrong.how, wrong.candidates) == ("conflict", "05315000")


def test_unions_are_names_of_their_own(register):
    # The Kreis Aachen and the Landkreis Hannover before the reforms had another territory.
    assert _one(register, "Kreis Aachen").how == "conflict"
    assert _one(register, "Landkreis Hannover").how == "conflict"
    assert _one(register, "Region Osnabrück").how == "conflict"


@pytest.mark.parametrize(
    "name", ["Atlantis", "", "Freiburg m Breisgau", "Köln, am anderen Ufer", "Weil der Stadt", "Brandenburg"]
)
def test_what_is_unmatched_stays_a_row_without_a_guess(register, name):
    found = _one(register, name)
    assert pd.isna(found.ags)
    assert found.how == "unmatched"
    assert found.candidates == ""


def test_suggestions_are_for_a_person_to_read(register):
    assert _one(register, "Freiburg m Breisgau").suggestions == "Freiburg im Breisgau, Stadt"
    assert pd.isna(_one(register, "Freiburg").suggestions)


def test_one_town_of_a_name_is_found_but_its_level_is_marked_as_not_stated(register):
    found = _one(register, "Köln")
    assert (found.ags, found.level_basis) == ("05315000", "only_candidate")


TOWNS_OUTSIDE = [
    ("Cham", "09372"), ("Kronach", "09476"), ("Miltenberg", "09676"), ("Diepholz", "03251"), ("Plön", "01057"),
    ("Altötting", "09171"), ("Hildburghausen", "16069"), ("Tirschenreuth", "09377"), ("Regen", "09276"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "kreis"), TOWNS_OUTSIDE)
def test_a_landkreis_is_no_answer_to_the_name_of_a_town_too_small_for_the_register(register, name, kreis):
    for hints in ({}, {"land": kreis[:2]}):
        bare = _one(register, name, **hints)
        assert pd.isna(bare.ags)
        assert (bare.how, bare.candidates) == ("ambiguous", kreis)
    for town in (_one(register, name, kind="stadt"), _one(register, f"Stadt {name}")):
        assert pd.isna(town.ags)
        assert (town.how, town.candidates) == ("conflict", kreis)
    assert _one(register, name, kind="landkreis").ags == kreis
    assert _one(register, f"Landkreis {name}").ags == kreis


def test_no_bare_name_leads_to_a_landkreis_unless_it_says_kreis_itself(register):
    kreise = register[register["kind"] == "landkreis"]
    found = match(kreise[["name"]], register)
    stated = found[found["ags"].notna()]
    assert len(stated) > 50
    assert (stated["level_basis"] == "name").all()
    words = "kreis|Region|Regionalverband"
    assert stated["name"].str.contains(words, case=False).all()


NAMESAKES_OUTSIDE = [("Münster", "05515000"), ("Freiburg", "08311000"), ("Fürth", "09563000"),
                     ("Oldenburg", "03403000"),
                     ("Quickborn", "01056041"), ("Burgdorf", "03241003"), ("Amberg", "09361000")]  # fmt: skip


@pytest.mark.parametrize(("name", "ags"), NAMESAKES_OUTSIDE)
def test_a_name_that_a_gemeinde_outside_the_register_bears_too_is_ambiguous(register, name, ags):
    found = _one(register, name, kind="stadt")
    assert pd.isna(found.ags)
    assert (found.how, found.candidates) == ("ambiguous", ags)


def test_the_land_or_words_of_a_town_rule_the_namesakes_out(register):
    assert _one(register, "Münster", kind="stadt", land="NW").ags == "05515000"
    assert _one(register, "Freiburg", land="BW").ags == "08311000"
    # Of these the namesake lies in the same Land, but is no Stadt.
    for name, ags in NAMESAKES_OUTSIDE[-3:]:
        assert pd.isna(_one(register, name, kind="stadt", land=ags[:2]).ags)
        assert _one(register, f"Stadt {name}").ags == ags
    assert _one(register, "Amberg", kind="kreisfreie_stadt").ags == "09361000"
    # Oldenburg in Holstein is one.
    assert pd.isna(_one(register, "Stadt Oldenburg").ags)
    assert _one(register, "Stadt Oldenburg", land="NI").ags == "03403000"


def test_the_namesakes_are_those_of_the_official_extract(register):
    extract = MIRROR / "gv_isys" / "31122017_Auszug_GV.xlsx"
    if not extract.is_file():
        pytest.skip(f"needs the official extract: {extract.name} is not in the mirror; set KONZEPT_MIRROR")
    table = gv_isys.read(extract).query("satzart == '60' and population > 0")
    towns = register[register["kind"] != "landkreis"]
    full: dict[str, set[str]] = {}
    short: dict[str, set[str]] = {}
    outside = table[~table["ags"].isin(towns["ags"])]
    assert len(outside) > 10_000
    for ags, name, textkz in zip(outside["ags"], outside["name"], outside["textkz"], strict=True):
        parsed, place = parse(name), ags[:2] + ("s" if str(textkz) in ("61", "62", "63", "67") else "g")
        full.setdefault(parsed.full, set()).add(place)
        short.setdefault(parsed.short, set()).add(place)
    fulls = {parse(name).full for name in towns["name"]}
    shorts = {parse(name).short for name in towns["name"]} - fulls
    expected = {form: full[form] for form in fulls if form in full}
    expected |= {
        form: full.get(form, set()) | short.get(form, set())
        for form in shorts
        if form in full or form in short
    }
    assert expected == NAMESAKES


def test_every_official_name_finds_itself_with_land_and_kind_and_never_another_without(register):
    full = match(
        pd.DataFrame({"name": register["name"], "land": register["ags"].str[:2], "kind": register["kind"]}),
        register,
    )
    assert (full["ags"] == register["ags"]).all()
    assert set(full["how"]) == {"exact"}
    bare = match(register[["name"]], register)
    assert (bare["ags"].isna() | (bare["ags"] == register["ags"])).all()
    assert set(bare["how"]) == {"exact", "ambiguous"}
    assert bare["ags"].notna().sum() > 700


def test_every_row_comes_back_in_order_with_its_index(register):
    names = pd.DataFrame({"name": ["Köln", "Atlantis", None, "Osnabrück"]}, index=[7, 3, 9, 1])
    result = match(names, register)
    assert list(result["row"]) == [7, 3, 9, 1]
    assert list(result["how"]) == ["normalised", "unmatched", "unmatched", "ambiguous"]
    assert len(match(names.iloc[:0], register)) == 0


@pytest.mark.parametrize("nothing", [None, pd.NA, float("nan"), ""])
def test_missing_hints_state_nothing(register, nothing):
    assert _one(register, "Köln", land=nothing, kind=nothing).level_basis == "only_candidate"


def test_aliases_name_kommunen_of_the_register_with_a_reason(register):
    assert {ags for ags, _ in ALIASES.values()} <= set(register["ags"])
    for name, (ags, reason) in ALIASES.items():
        assert reason
        assert _one(register, name).ags == ags


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ({"city": ["Köln"]}, "column 'name' is missing"),
        ({"name": ["Köln"], "land": ["Atlantis"]}, "row 2, column 'land': 'Atlantis' is no Land"),
        (
            {"name": ["Köln", "Bonn"], "kind": ["stadt", "dorf"]},
            "row 3, column 'kind': 'dorf' states no level",
        ),
    ],
)
def test_bad_input_is_named(register, names, says):
    with pytest.raises(DataError, match=says):
        match(pd.DataFrame(names), register)


def test_a_register_without_kinds_is_named():
    with pytest.raises(DataError, match="the register lacks the column 'kind'"):
        match(pd.DataFrame({"name": ["Köln"]}), pd.DataFrame({"ags": ["05315000"], "name": ["Köln"]}))


@given(st.text(max_size=40))
def test_any_text_can_be_taken_apart_and_asked_for(text):
    small = pd.DataFrame({"ags": ["05315000"], "name": ["Köln, Stadt"], "kind": ["kreisfreie_stadt"]})
    parsed = parse(text)
    assert parsed.level in (None, "stadt", "kreis")
    result = match(pd.DataFrame({"name": [text]}), small)
    assert result["how"].iloc[0] in HOW
    assert result["ags"].notna().iloc[0] == (
        result["how"].iloc[0] in ("exact", "normalised", "short", "alias")
    )


def test_names_and_keys_of_the_raw_tables_agree(register):
    tables = {name: load_raw(name) for name in NAME_COLUMNS if name in TABLES}
    tables["programme_participation"] = core.read(
        paths.raw_dir() / "programme_participation.csv", PROGRAMME_PARTICIPATION
    )
    assert set(tables) == set(NAME_COLUMNS)
    assert sum(len(table) for table in tables.values()) > 1800
    assert check_names(tables, register).to_dict("records") == []
    require_names(tables, register, files={})


def test_a_wrong_key_a_wrong_land_and_an_unknown_name_are_disagreements(register):
    desk = load_raw("desk_research").head(4).copy()
    desk.loc[0, "ags"] = "01002000"  # Kiel instead of Flensburg
    desk.loc[1, "land"] = "Hessen"
    desk.loc[2, "name"] = "Atlantis"
    found = check_names({"desk_research": desk}, register)
    assert list(found["row"]) == [2, 3, 4]
    assert list(found["how"]) == ["exact", "conflict", "unmatched"]
    assert found["matched"].iloc[0] == "01001000"
    assert len(check_names({}, register)) == 0
    with pytest.raises(
        DataError,
        match=r"desk\.csv, row 2, column 'name': name 'Flensburg, Stadt' and key '01002000' disagree: "
        r"that name has the key 01001000 \(exact\).*2 more such rows",
    ):
        require_names({"desk_research": desk}, register, files={"desk_research": Path("desk.csv")})
    with pytest.raises(DataError, match=r"'Atlantis'.* fits no Kommune of the register"):
        require_names({"desk_research": desk.iloc[[2]]}, register, files={"desk_research": Path("desk.csv")})
