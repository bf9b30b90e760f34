"""The command as a user meets it: options, mistakes in one sentence, and nothing done before all is checked."""

import pickle
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import little
import pytest

import tesseract
from konzept_diffusion import cli, paths
from konzept_diffusion.scrape import __main__ as command
from konzept_diffusion.scrape.councils import recipes
from konzept_diffusion.scrape.reports import File, Kommune

sys.path.insert(0, str(Path(__file__).parents[1] / "documents"))
from making import scan

GOOD = "ags,name,kind,land,website\n05315000,Köln,stadt,05,\n"


def test_help_is_the_same_by_both_names(capsys):
    texts = []
    for run in (lambda: command.main(["--help"]), lambda: cli.main(["scrape", "--help"])):
        with pytest.raises(SystemExit) as done:
            run()
        assert done.value.code == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    assert "example:" in texts[0]
    for option in (
        "--register", "--out", "--only", "--delay", "--workers", "--max-requests", "--allow-private-hosts",
        "--fresh", "--scheduler", "--research-use", "--ocr",
    ):  # fmt: skip
        assert option in texts[0]


@pytest.mark.parametrize(
    "wrong",
    [
        ["--delay", "-1"],
        ["--delay", "nan"],
        ["--delay", "inf"],
        ["--delay", "soon"],
        ["--workers", "0"],
        ["--max-requests", "0"],
        ["--max-requests", "1.5"],
        ["--only", ""],
        ["--only", " , "],
        ["--unknown"],
        ["surplus"],
    ],
)
def test_a_wrong_option_is_refused(wrong, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as done:
        command.main(wrong)
    assert done.value.code == 2
    assert "error:" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("content", "more", "said"),
    [
        ("ags,name\n", [], "no column 'kind', 'land', 'website'"),
        (GOOD, ["--only", "05111000"], "--only: 05111000 not in the register"),
        (GOOD, ["--out", ""], "name one with --out DIR"),
    ],
)
def test_a_mistake_is_one_sentence_before_any_output(content, more, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "register.csv").write_text(content, encoding="utf-8")
    assert command.main(["--register", "register.csv", *more]) == 2
    assert said in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["register.csv"]


def test_only_without_a_key_is_not_everybody(capsys):
    with pytest.raises(SystemExit):
        command.main(["--only", ","])
    assert "--only: ',' names no key" in capsys.readouterr().err


def test_the_folder_at_hand_will_do(tmp_path, monkeypatch, capsys):
    (tmp_path / "register.csv").write_text(GOOD, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert command.main(["--register", "register.csv", "--out", ".", "--quiet"]) == 0
    assert (tmp_path / "coverage.csv").is_file()
    assert "done: 0 documents of 1 Kommunen with 0 requests in documents.csv" in capsys.readouterr().out


def test_a_broken_recipe_ends_the_command_before_any_output(tmp_path, monkeypatch, capsys):
    folder = shutil.copytree(paths.scraper_dir(), tmp_path / "scraper")
    (folder / "systems.yml").write_text("- systems: [\n", encoding="utf-8")
    (tmp_path / "register.csv").write_text(GOOD, encoding="utf-8")
    monkeypatch.setattr(paths, "scraper_dir", lambda: folder)
    monkeypatch.chdir(tmp_path)
    recipes.load_recipes.cache_clear()
    try:
        assert command.main(["--register", "register.csv", "--out", "out"]) == 2
    finally:
        recipes.load_recipes.cache_clear()
    assert "systems.yml" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("variable", "value"), [("KONZEPT_CONTACT", "mü\nx"), ("REQUESTS_CA_BUNDLE", "/none/such")]
)
def test_an_environment_that_cannot_be_used_is_one_sentence_and_no_folder(
    variable, value, tmp_path, monkeypatch, capsys
):
    (tmp_path / "register.csv").write_text(GOOD, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(variable, value)
    assert command.main(["--register", "register.csv", "--out", "out"]) == 2
    assert variable in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_last_line_counts_what_the_files_hold(tmp_path, capsys):
    with little.serving(2) as sites:
        register = sites.register(tmp_path / "register.csv")
        given = ["--out", str(tmp_path / "out"), "--quiet", "--delay", "0", "--allow-private-hosts"]
        assert command.main(["--register", str(register), *given]) == 0
        whole = capsys.readouterr().out
        assert " of 2 Kommunen with " in whole
        sites.kommunen.pop()
        assert command.main(["--register", str(sites.register(tmp_path / "less.csv")), *given]) == 0
    assert capsys.readouterr().out == whole.replace(
        "2 Kommunen", "2 Kommunen (1 of them only in earlier runs)"
    )


def test_a_blank_website_and_a_dead_host_are_rows_and_exit_0(tmp_path):
    register = tmp_path / "register.csv"
    register.write_text(
        GOOD + "05374,Oberbergischer Kreis,landkreis,05,http://127.0.0.1:1/\n", encoding="utf-8"
    )
    done = subprocess.run(
        [
            sys.executable, "-m", "konzept_diffusion.scrape", "--register", str(register),
            "--out", str(tmp_path / "out"), "--delay", "0",
        ],
        capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "done: 0 documents of 2 Kommunen" in done.stdout
    coverage = (tmp_path / "out" / "coverage.csv").read_text(encoding="utf-8")
    assert "no_website" in coverage
    assert ",private," in coverage, "loopback, and --allow-private-hosts was not given"


def test_the_command_codes_with_the_rules_of_documents_and_loads_no_pandas(tmp_path):
    code = """
import sys
from konzept_diffusion.scrape.__main__ import make_coder
from konzept_diffusion.scrape.crawl.register import read
from konzept_diffusion.scrape.crawl import unit
from konzept_diffusion.scrape.search import settings
from konzept_diffusion.scrape.crawl.orders import Options, Orders, Task
from pathlib import Path
kommunen = tuple(read(Path(sys.argv[1])))
orders = Orders(Path(sys.argv[2]), Options(0.0, 60, True), settings.load(), kommunen, make_coder)
outcome = unit.Workshop(orders).run(Task(kommunen[0], "x.warc.gz"))
print(outcome.report.status, {found.coding.coder for found in outcome.report.documents})
print(sorted({"pandas", "numpy", "bs4", "scipy", "pandera"} & set(sys.modules)))
"""
    with little.serving(1) as sites:
        register = sites.register(tmp_path / "register.csv")
        done = subprocess.run(
            [sys.executable, "-c", code, str(register), str(tmp_path / "out")],
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stderr
    status, heavy = done.stdout.splitlines()
    assert status.startswith("searched")
    assert heavy == "[]"


SCANNED = (
    "Integrationskonzept der Stadt Köln\nBeschlossen vom Rat der Stadt Köln am 12.03.2009\n"
    + "\n".join(
        f"{number} Handlungsfeld {name}: Die Integration der Zugewanderten in {name} wird von der Stadt gestärkt."
        for number, name in enumerate(
            ["Sprache", "Bildung", "Arbeit", "Wohnen", "Gesundheit", "Sport"] * 5, start=1
        )
    )
)


def test_a_scan_is_coded_by_its_words_if_recognition_is_asked_for_and_a_person_shall_see_it(
    tmp_path, monkeypatch
):
    koeln = Kommune("05315000", "Köln", "kreisfreie_stadt", "05")
    file = File(
        scan(1), "application/pdf", "https://www.stadt-koeln.example/konzept.pdf", koeln,
        anchors=("Integrationskonzept der Stadt Köln",),
    )  # fmt: skip
    plain = command.make_coder((koeln,))(file)
    assert (plain.text_status, plain.year) == ("needs_ocr", None)
    tesseract.play(tmp_path, monkeypatch, SCANNED)
    coder = pickle.loads(pickle.dumps(partial(command.make_coder, ocr=True)))((koeln,))
    coding = coder(file)
    assert (coding.text_status, coding.year, coding.year_basis) == ("ok", 2009, "beschluss")
    assert coding.is_document
    assert coding.coder == f"{plain.coder}+ocr"
    assert coding.confidence in ("mittel", "niedrig")


def test_recognition_that_finds_nothing_leaves_the_coding_by_names(tmp_path, monkeypatch):
    koeln = Kommune("05315000", "Köln", "kreisfreie_stadt", "05")
    file = File(scan(1), "application/pdf", "https://www.stadt-koeln.example/integrationskonzept.pdf", koeln)
    tesseract.play(tmp_path, monkeypatch, " ")
    assert command.make_coder((koeln,), ocr=True)(file) == command.make_coder((koeln,))(file)
