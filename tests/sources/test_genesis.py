"""GENESIS-Online and Regionaldatenbank against a replay of their documented answers (all bodies synthetic)."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from replay import Answer, Replay, Seen, client

from konzept_diffusion.errors import SourceError
from konzept_diffusion.sources import ffcsv, genesis

KREISE = genesis.TABLES["12411-0015"]
GEMEINDEN, AGES = genesis.TABLES["12411-01-01-5"], genesis.TABLES["12411-02-03-5"]
USER = genesis.Credentials("somebody", "hush-hush")
TOKEN = genesis.Credentials("hush-hush-token", "")

# Synthetic, in the layout since 2024/25. 03152 and 03159: before and after the merger of 2016.
SYNTHETIC_NEW = """\
statistics_code;statistics_label;time_code;time_label;time;1_variable_code;1_variable_label;\
1_variable_attribute_code;1_variable_attribute_label;value;value_unit;value_variable_code;value_variable_label
12411;Fortschreibung;STAG;Stichtag;2015-12-31;KREISE;Kreise;03152;Göttingen;248000;Anzahl;BEVSTD;Bevölkerung
12411;Fortschreibung;STAG;Stichtag;2016-12-31;KREISE;Kreise;03152;Göttingen;-;Anzahl;BEVSTD;Bevölkerung
12411;Fortschreibung;STAG;Stichtag;2015-12-31;KREISE;Kreise;03159;Göttingen;-;Anzahl;BEVSTD;Bevölkerung
12411;Fortschreibung;STAG;Stichtag;2016-12-31;KREISE;Kreise;03159;Göttingen;327000;Anzahl;BEVSTD;Bevölkerung
"""
# Synthetic, in the layout before 2024/25, with the sums that the regional tables hold.
SYNTHETIC_OLD = """\
Statistik_Code;Statistik_Label;Zeit_Code;Zeit_Label;Zeit;1_Merkmal_Code;1_Merkmal_Label;1_Auspraegung_Code;\
1_Auspraegung_Label;2_Merkmal_Code;2_Merkmal_Label;2_Auspraegung_Code;2_Auspraegung_Label;\
BEVSTD__Bevoelkerungsstand__Anzahl
12411;F;STAG;Stichtag;31.12.2017;GEMEIN;Gemeinden;DG;Deutschland;GES;Geschlecht;;Insgesamt;82000000
12411;F;STAG;Stichtag;31.12.2017;GEMEIN;Gemeinden;05;Nordrhein-Westfalen;GES;Geschlecht;;Insgesamt;17000000
12411;F;STAG;Stichtag;31.12.2017;GEMEIN;Gemeinden;02;Hamburg;GES;Geschlecht;;Insgesamt;1830000
12411;F;STAG;Stichtag;31.12.2017;GEMEIN;Gemeinden;05315;Köln;GES;Geschlecht;;Insgesamt;1080000
12411;F;STAG;Stichtag;31.12.2017;GEMEIN;Gemeinden;05315;Köln;GES;Geschlecht;GESM;männlich;526000
12411;F;STAG;Stichtag;31.12.2017;GEMEIN;Gemeinden;05358008;Düren;GES;Geschlecht;;Insgesamt;90000
12411;F;STAG;Stichtag;31.12.2017;GEMEIN;Gemeinden;05358012;Heimbach;GES;Geschlecht;;Insgesamt;.
"""
HEAD = SYNTHETIC_NEW.splitlines()[0]


@pytest.fixture
def server() -> Iterator[Replay]:
    with Replay() as replay:
        yield replay


def host(server: Replay) -> genesis.Host:
    return replace(genesis.HOSTS["genesis"], base=server.url, trusted=frozenset())


def ask(server: Replay, known: genesis.Credentials = USER, slept: list[float] | None = None) -> bytes:
    return genesis.request(client(slept), KREISE, 2015, 2016, known=known, host=host(server))


def status(code: int, content: str, kind: str = "Information", http: int = 200, **more: object) -> Answer:
    block = {"Ident": {"Service": "data", "Method": "tablefile"},
             "Status": {"Code": code, "Content": content, "Type": kind}, **more}  # fmt: skip
    return Answer(http, json.dumps(block).encode())


def zipped(text: str, *names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names or ("12411-0015_de_flat.csv",):
            archive.writestr(name, text)
    return out.getvalue()


def test_a_table_is_asked_for_by_post_with_the_credentials_in_the_headers(server: Replay) -> None:
    server.plan("/data/tablefile", Answer(body=zipped(SYNTHETIC_NEW)))
    assert ask(server).decode() == SYNTHETIC_NEW
    (seen,) = server.seen
    assert (seen.method, seen.query) == ("POST", {})
    assert (seen.headers["username"], seen.headers["password"]) == ("somebody", "hush-hush")
    assert {"username", "password"}.isdisjoint(seen.form)
    assert {"name": "12411-0015", "format": "ffcsv", "startyear": "2015", "endyear": "2016"}.items() <= (
        seen.form.items()
    )


def test_a_token_stands_in_the_place_of_the_user(server: Replay) -> None:
    server.plan("/data/tablefile", Answer(body=SYNTHETIC_NEW.encode()))
    ask(server, TOKEN)
    assert (server.seen[0].headers["username"], server.seen[0].headers["password"]) == ("hush-hush-token", "")


def test_figures_of_the_new_layout() -> None:
    figures = ffcsv.parse(SYNTHETIC_NEW.encode(), KREISE)
    assert figures.table.to_numpy().tolist() == [
        ["03152", 2015, "population", 248000.0, "persons", "12411-0015"],
        ["03159", 2016, "population", 327000.0, "persons", "12411-0015"],
    ]
    assert list(figures.table.columns) == ["kreis", "year", "indicator", "value", "unit", "source_table"]
    # A Kreis that was not there (yet, any more) has no inhabitants to count: missing, never zero.
    assert figures.missing[["kreis", "year", "sign", "meaning"]].to_numpy().tolist() == [
        ["03152", 2016, "-", "nichts vorhanden"],
        ["03159", 2015, "-", "nichts vorhanden"],
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1"])
def test_figures_of_the_old_layout_in_every_encoding(encoding: str) -> None:
    figures = ffcsv.parse(SYNTHETIC_OLD.encode(encoding), GEMEINDEN)
    assert figures.table[["ags", "year", "value"]].to_numpy().tolist() == [
        ["02000", 2017, 1830000.0],
        ["05315", 2017, 1080000.0],
        ["05358008", 2017, 90000.0],
    ]
    assert figures.missing[["ags", "sign"]].to_numpy().tolist() == [["05358012", "."]]


def test_a_city_state_with_a_kreis_key_is_not_counted_twice() -> None:
    both = SYNTHETIC_OLD + (
        "12411;F;STAG;Stichtag;31.12.2017;GEMEIN;Gemeinden;02000;Hamburg;GES;Geschlecht;;Insgesamt;1830000\n"
    )
    assert ffcsv.parse(both.encode(), GEMEINDEN).table["ags"].tolist().count("02000") == 1


def test_a_dash_in_an_age_group_is_a_zero_where_the_total_is_counted() -> None:
    rows = [("05358008", "", "90"), ("05358008", "ALT000B03", "-"), ("05358008", "ALT075UM", "7"),
            ("05358012", "", "-"), ("05358012", "ALT000B03", "-"), ("05358008", "ALT003B06", "/")]  # fmt: skip
    head = HEAD.replace(";value;", ";2_variable_code;2_variable_attribute_code;value;")
    lines = [
        f"12411;F;STAG;Stichtag;2017-12-31;GEMEIN;Gemeinden;{ags};x;ALTX20;{code};{value};Anzahl;BEVSTD;B"
        for ags, code, value in rows
    ]
    figures = ffcsv.parse("\n".join([head, *lines]).encode(), AGES)
    assert figures.table[["ags", "indicator", "value"]].to_numpy().tolist() == [
        ["05358008", "population", 90.0],
        ["05358008", "population_alt000b03", 0.0],
        ["05358008", "population_alt075um", 7.0],
    ]
    assert figures.missing[["ags", "indicator", "sign"]].to_numpy().tolist() == [
        ["05358008", "population_alt003b06", "/"],
        ["05358012", "population", "-"],
        ["05358012", "population_alt000b03", "-"],
    ]


@pytest.mark.parametrize("sign", sorted(set(ffcsv.SIGNS) - {"-"}))
def test_every_other_sign_means_that_there_is_no_figure(sign: str) -> None:
    figures = ffcsv.parse(SYNTHETIC_NEW.replace(";248000;", f";{sign};").encode(), KREISE)
    assert figures.table["kreis"].tolist() == ["03159"]
    assert ("03152", 2015, sign) in set(
        figures.missing[["kreis", "year", "sign"]].itertuples(index=False, name=None)
    )


def test_a_zero_is_a_figure_and_a_comma_is_decimal() -> None:
    text = SYNTHETIC_NEW.replace(";248000;", ";0;").replace(";327000;", ";327000,5;")
    assert ffcsv.parse(text.encode(), KREISE).table["value"].tolist() == [0.0, 327000.5]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("value_unit", "unit", r"table 12411-0015: the layout has changed; .*missing: value_unit; found: .*unit"),
        ("1_variable_attribute_code", "1_code", r"missing: 1_variable_attribute_code"),
        ("time_code", "time", r"missing: time_code; twice: time"),
        ("KREISE;Kreise", "NUTS3;NUTS", r"row 2: the regional variable KREISE is not there; found NUTS3"),
        ("2015-12-31", "2015-06-30", r"row 2: '2015-06-30' is neither a year nor a 31 December"),
        (";248000;", ";248 000;", r"row 2: '248 000' is neither a number nor a known sign"),
        (";248000;", ";-248000;", r"row 2: '-248000' is neither a number nor a known sign"),
        (";03152;", ";99152;", r"row 2: .*'99', which is no Land"),
        (";Anzahl;", ";EUR;", r"one figure counted in persons was expected, found BEVSTD \(EUR\)"),
        ("2016-12-31;KREISE;Kreise;03152", "2015-12-31;KREISE;Kreise;03152", r"row 3: .* stands there twice"),
        (";Göttingen;248000", ";Göttingen;x;248000", r"row 2: 13 cells were expected, found 14"),
    ],
)  # fmt: skip
def test_a_changed_layout_or_cell_is_named(old: str, new: str, message: str) -> None:
    assert old in SYNTHETIC_NEW
    with pytest.raises(SourceError, match=message):
        ffcsv.parse(SYNTHETIC_NEW.replace(old, new).encode(), KREISE)


@pytest.mark.parametrize("body", [b"", HEAD.encode(), b"\n\n"])
def test_an_empty_file_is_an_error(body: bytes) -> None:
    with pytest.raises(SourceError, match=r"table 12411-0015: the file is empty"):
        ffcsv.parse(body, KREISE)


def test_a_file_of_sums_only_is_an_error() -> None:
    with pytest.raises(SourceError, match=r"holds no figure of a Gemeinde or Kreis"):
        ffcsv.parse("\n".join(SYNTHETIC_OLD.splitlines()[:3]).encode(), GEMEINDEN)


@given(st.text(alphabet="0123456789,.-/x();\näe ", max_size=8))
def test_whatever_stands_in_a_cell_is_read_as_a_number_or_sign_or_refused(cell: str) -> None:
    body = SYNTHETIC_NEW.replace(";248000;", f";{cell};").encode()
    meant = None if "\n" in cell else cell.strip()
    if meant is not None and re.fullmatch(r"[0-9]+(,[0-9]+)?", meant):
        value = ffcsv.parse(body, KREISE).table.query("kreis == '03152'")["value"].tolist()
        assert value == [float(meant.replace(",", "."))]
    elif meant in ffcsv.SIGNS:
        assert "03152" not in set(ffcsv.parse(body, KREISE).table["kreis"])
    else:
        with pytest.raises(SourceError, match=r"GENESIS table 12411-0015"):
            ffcsv.parse(body, KREISE)


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        (status(104, "Es gibt keine Objekte zum angegebenen Selektionskriterium"), genesis.NoFiguresError,
         r"table 12411-0015: code 104: Es gibt keine Objekte"),
        (status(90, "Die angeforderte Tabelle ist nicht vorhanden.", "Fehler"), genesis.NoFiguresError, r"code 90"),
        (status(4711, "Neu", "Fehler"), SourceError, r"code 4711: Neu"),
        (status(22, "erfolgreich mit Anpassung", "Warnung"), SourceError, r"but no file came"),
        (Answer(404, b'{"Code": 2, "Content": "hush-hush ist falsch", "Type": "ERROR"}'), SourceError,
         r"code 2: \*\*\* ist falsch\). Set GENESIS_USERNAME and GENESIS_PASSWORD \(or GENESIS_TOKEN\)"),
        (Answer(401, b'{"Code": 15, "Content": "x", "Type": "ERROR"}'), SourceError,
         r"HTTP 401\). Set GENESIS_USERNAME .*https://www-genesis.destatis.de/datenbank/online"),
        (Answer(403), SourceError, r"HTTP 403\). Set GENESIS_USERNAME"),
        (Answer(body=b"<html>Wartung</html>"), SourceError, r"a web page came instead of data"),
        (Answer(body=b'{"Foo": 1}'), SourceError, r"an answer without Status"),
        (Answer(body=b"PK\x03\x04broken"), SourceError, r"the zip is damaged"),
        (Answer(body=zipped("x", "a.csv", "b.csv")), SourceError, r"one CSV file .* found: a.csv, b.csv"),
    ],
)  # fmt: skip
def test_what_the_service_reports_is_named_and_no_secret_is(
    server: Replay, answer: Answer, error: type[SourceError], message: str
) -> None:
    server.plan("/data/tablefile", answer)
    with pytest.raises(error, match=message) as caught:
        ask(server)
    assert "hush-hush" not in str(caught.value) + repr(caught.value) + repr(USER)
    assert "\n" not in str(caught.value)


def test_a_large_table_comes_through_a_background_job(server: Replay) -> None:
    slept: list[float] = []
    job = "12411-0015_001597503"

    def tablefile(seen: Seen) -> Answer:
        if seen.form["job"] == "false":
            return status(98, "Die Tabelle ist zu groß, um direkt abgerufen zu werden.", "Fehler")
        name = "Die Tabelle kann in Kürze als Ergebnis mit folgendem Namen abgerufen werden"
        return status(99, f"Der Bearbeitungsauftrag wurde erstellt. {name}: {job} (stand)")

    server.plan("/data/tablefile", tablefile)
    server.plan(
        "/catalogue/jobs",
        status(104, "Kein Objekt"),
        status(0, "erfolgreich", List=[{"Code": job, "State": "In Bearbeitung"}]),
        status(0, "erfolgreich", List=[{"Code": job, "State": "Fertig"}]),
    )
    server.plan("/data/resultfile", Answer(body=zipped(SYNTHETIC_NEW)))
    assert ask(server, slept=slept).decode() == SYNTHETIC_NEW
    assert [seen.path for seen in server.seen] == [
        *["/data/tablefile"] * 2, *["/catalogue/jobs"] * 3, "/data/resultfile",
    ]  # fmt: skip
    assert server.seen[-1].form["name"] == job
    assert slept == [15.0, 15.0]


def test_a_job_that_fails_or_never_ends_is_named(server: Replay) -> None:
    job = "12411-0015_7"
    started = status(99, f"Der Bearbeitungsauftrag wurde erstellt: {job}")
    server.plan("/data/tablefile", started, started)
    server.plan("/catalogue/jobs", status(0, "", List=[{"Code": job, "State": "Fehlerhaft"}]))
    with pytest.raises(SourceError, match=r"the job 12411-0015_7 ended with 'Fehlerhaft'"):
        ask(server)
    server.plan("/catalogue/jobs", lambda seen: status(104, "Kein Objekt"))
    with pytest.raises(SourceError, match=r"the job 12411-0015_7 is not finished after 30 minutes"):
        ask(server)


def test_a_token_cannot_start_a_job(server: Replay) -> None:
    server.plan("/data/tablefile", status(98, "zu groß", "Fehler"))
    with pytest.raises(
        SourceError, match=r"needs GENESIS_USERNAME and GENESIS_PASSWORD; a token is not enough"
    ):
        ask(server, TOKEN)


@pytest.mark.parametrize("name", sorted(genesis.HOSTS))
def test_missing_credentials_name_the_variables_of_the_host(name: str) -> None:
    place = genesis.HOSTS[name]
    with pytest.raises(SourceError, match=rf"Set {place.prefix}_USERNAME .*{place.register}"):
        genesis.credentials(place, {f"{place.prefix}_USERNAME": "somebody"})
    found = genesis.credentials(place, {f"{place.prefix}_TOKEN": " t "})
    assert (found.username, found.is_token) == ("t", True)
    with pytest.raises(SourceError, match=r"may only hold ASCII"):
        genesis.credentials(place, {f"{place.prefix}_TOKEN": "ä"})


def test_tables_are_kept_by_year_and_a_year_without_figures_is_reported(
    server: Replay, tmp_path: Path
) -> None:
    def tablefile(seen: Seen) -> Answer:
        if seen.form["startyear"] == "2016":
            return status(104, "Kein Objekt")
        return Answer(body=SYNTHETIC_OLD.encode("iso-8859-1"))

    server.plan("/data/tablefile", tablefile)
    regional = replace(genesis.HOSTS["regionalstatistik"], base=server.url)
    said: list[str] = []
    environment = {"REGIONALSTATISTIK_USERNAME": "somebody", "REGIONALSTATISTIK_PASSWORD": "hush-hush"}
    options = {
        "tables": ["12411-01-01-5"],
        "hosts": {"regionalstatistik": regional},
        "environment": environment,
    }
    got = list(
        genesis.retrieve_tables(client(), tmp_path, years=range(2016, 2018), say=said.append, **options)
    )
    assert got == [(tmp_path / "12411-01-01-5_2017.csv", f"{server.url}/data/tablefile")]
    assert len(said) == 1
    assert "code 104" in said[0]
    table = ffcsv.read(got[0][0], GEMEINDEN).table
    assert isinstance(table, pd.DataFrame)
    assert len(table) == 3
    with pytest.raises(SourceError, match=r"table 12411-01-01-5: no figures for 2016 to 2016"):
        list(genesis.retrieve_tables(client(), tmp_path, years=range(2016, 2017), **options))


@pytest.mark.parametrize("body", [b"totally;other;layout", b"totally;other;layout\n1;2;3\n"])
def test_a_changed_layout_is_noticed_before_anything_is_kept(
    server: Replay, tmp_path: Path, body: bytes
) -> None:
    server.plan("/data/tablefile", Answer(body=body))
    options = {"tables": ["12411-0015"], "hosts": {"genesis": host(server)}}
    with pytest.raises(
        SourceError,
        match=r"table 12411-0015: the layout has changed; expected columns .*missing: .*found: totally, other, layout",
    ):
        list(
            genesis.retrieve_tables(
                client(), tmp_path, environment={"GENESIS_TOKEN": "t"}, years=range(2015, 2017), **options
            )
        )
    assert list(tmp_path.iterdir()) == []


def test_a_year_of_signs_only_has_no_figures(server: Replay, tmp_path: Path) -> None:
    signs = SYNTHETIC_NEW.replace(";248000;", ";...;").replace(";327000;", ";...;")
    server.plan("/data/tablefile", Answer(body=signs.encode()))
    with pytest.raises(genesis.NoFiguresError, match=r"only signs and no figures for 2015 to 2016"):
        ask(server)
    assert set(ffcsv.parse(signs.encode(), KREISE).missing["sign"]) == {"...", "-"}


def test_the_last_year_asked_for_is_the_last_that_is_over(server: Replay, tmp_path: Path) -> None:
    server.plan("/data/tablefile", Answer(body=SYNTHETIC_NEW.encode()))
    got = list(
        genesis.retrieve_tables(
            client(), tmp_path, tables=["12411-0015"], hosts={"genesis": host(server)},
            environment={"GENESIS_TOKEN": "t"}, today=date(2031, 1, 1),
        )
    )  # fmt: skip
    assert [path.name for path, _ in got] == ["12411-0015_1995-2030.csv"]
    assert (server.seen[0].form["startyear"], server.seen[0].form["endyear"]) == ("1995", "2030")


def test_a_missing_file_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"there is no such file. Run 'konzept-diffusion fetch genesis'"):
        ffcsv.read(tmp_path / "12411-0015_2015-2016.csv", KREISE)
