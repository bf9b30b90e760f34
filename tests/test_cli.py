"""The command line as a user meets it: help, errors in one sentence, umlauts, interruption."""

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace

import pypdfium2
import pytest

from konzept_diffusion import cli, paths
from konzept_diffusion.figures import OF_SENSITIVITY
from konzept_diffusion.report.sensitivity import TABLES

VERBS = [
    *("reproduce", "build", "fetch", "figures", "models", "paper", "codebook"),
    *("scrape", "extract", "classify", "captures", "merge", "review"),
]


def _run(*arguments, **kwargs):
    return subprocess.run(
        [sys.executable, "-m", "konzept_diffusion", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        **kwargs,
    )


def test_without_a_command_it_says_which_there_are():
    done = _run()
    assert done.returncode == 2
    assert "COMMAND" in done.stderr


@pytest.mark.parametrize("verb", VERBS)
def test_every_command_explains_itself_with_an_example(verb, capsys):
    with pytest.raises(SystemExit) as done:
        cli.main([verb, "--help"])
    assert done.value.code == 0
    text = capsys.readouterr().out
    assert "example:" in text
    assert f"konzept-diffusion {verb}" in text


def test_version_and_help(capsys):
    for option in ("--version", "--help"):
        with pytest.raises(SystemExit) as done:
            cli.main([option])
        assert done.value.code == 0
    assert "0.1.0" in capsys.readouterr().out


def test_a_mistake_is_one_sentence_on_stderr_and_exit_2(tmp_path):
    raw = shutil.copytree(paths.raw_dir(), tmp_path / "raw")
    path = raw / "programmes.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",gesetz,", ",verordnung,", 1), encoding="utf-8")
    done = _run("build", "--raw", str(raw), "--out", str(tmp_path / "out"))
    assert done.returncode == 2
    assert "programmes.csv, row" in done.stderr
    assert "column 'kind': 'verordnung' is not one of" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_relative_output_folder_works_and_finds_its_work_done(tmp_path):
    for said in ("done:", "nothing had changed:"):
        done = _run("reproduce", "--out", "out", "--quick", cwd=tmp_path, timeout=300)
        assert done.returncode == 0, done.stderr
        assert said in done.stdout
        assert "the sensitivity analyses are left out" in done.stdout
    assert (tmp_path / "out" / "paper.pdf").is_file()


def test_an_empty_output_folder_is_refused(tmp_path):
    done = _run("reproduce", "--out", "", cwd=tmp_path, timeout=60)
    assert done.returncode == 2
    assert "name one with --out DIR" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_folder_in_a_file_s_place_is_one_sentence(reproduced, tmp_path):
    out = shutil.copytree(reproduced, tmp_path / "out")
    (out / "results.json").unlink()
    (out / "results.json").mkdir()
    done = _run("reproduce", "--out", str(out))
    assert done.returncode == 2
    assert "results.json: cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_a_killed_run_left_is_removed_and_a_moved_folder_is_still_known(reproduced, tmp_path):
    out = shutil.copytree(reproduced, tmp_path / "elsewhere")
    (out / "figures" / ".abbildung_02-lwumc9df.tmp.svg").write_text("half", encoding="utf-8")
    (out / ".konzept-paper-abcdefgh").mkdir()
    done = _run("reproduce", "--out", str(out))
    assert "nothing had changed" in done.stdout
    assert {path.name for path in out.rglob("*")} == {path.name for path in reproduced.rglob("*")}


def test_only_what_the_command_wrote_is_removed(reproduced, tmp_path):
    out = shutil.copytree(reproduced, tmp_path / "out")
    own = [out / "paper" / "notes.txt", out / "mine" / ".draft-abcdefgh.tmp.txt"]
    for path in own:
        path.parent.mkdir()
        path.write_text("the user's", encoding="utf-8")
    done = _run("reproduce", "--out", str(out), "--fresh", "--quick")
    assert done.returncode == 0, done.stderr
    assert all(path.is_file() for path in own)
    told = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(out / "paper.pdf"))
    assert "Dieser Lauf wurde mit der Option --quick gemacht" in told
    # What the first run had written on the sensitivity analyses is gone with its section.
    assert (out / "figures" / "hazard.svg").is_file()
    assert (out / "tables" / "coefficients.csv").is_file()
    for name in OF_SENSITIVITY:
        assert not list((out / "figures").glob(f"{name}.*"))
    for name in TABLES:
        assert not (out / "tables" / f"{name}.csv").exists()


def test_the_project_itself_is_no_output_folder():
    done = _run("reproduce", "--out", str(paths.project_root()))
    assert done.returncode == 2
    assert "is the project itself" in done.stderr


def test_an_output_that_is_a_file_is_refused(tmp_path):
    blocked = tmp_path / "out"
    blocked.write_text("in the way", encoding="utf-8")
    done = _run("reproduce", "--out", str(blocked))
    assert done.returncode == 2
    assert "choose a folder with --out" in done.stderr


def test_fetch_without_a_mirror_says_where_to_get_the_files(tmp_path):
    done = _run("fetch", "inkar", "--raw", str(tmp_path), env={**os.environ, "KONZEPT_MIRROR": ""})
    assert done.returncode == 2
    assert "KONZEPT_MIRROR" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_figure_names_the_known_ones(tmp_path):
    done = _run("figures", "abbildung_99", "--out", str(tmp_path))
    assert done.returncode == 2
    assert "abbildung_02" in done.stderr


def test_paper_before_reproduce_says_what_to_run(tmp_path):
    done = _run("paper", "--out", str(tmp_path))
    assert done.returncode == 2
    assert "reproduce" in done.stderr


def test_models_prints_the_fits_also_to_a_narrow_terminal():
    done = _run(
        "models",
        "--link",
        "logit",
        "--vcov",
        "CR3",
        env={**os.environ, "LANG": "C", "PYTHONIOENCODING": "ascii"},
    )
    assert done.returncode == 0, done.stderr
    assert "m3: with adoption in the Land" in done.stdout
    assert "log_population" in done.stdout


def test_models_prints_the_few_cluster_table(capsys):
    assert cli.main(["models", "--inference", "table"]) == 0
    text = capsys.readouterr().out
    for model in ("m1", "m2", "m3"):
        assert f"{model}: " in text
    for column in ("cr1_p_value", "cr3_p_value", "wild_p_value", "leave_one_out_min", "effective_clusters"):
        assert text.count(column) == 3


def test_models_tests_by_the_wild_bootstrap(capsys):
    assert cli.main(["models", "--vcov", "wild"]) == 0
    text = capsys.readouterr().out
    assert text.count("score wild cluster bootstrap") >= 3
    assert "9999 draws" in text


def test_figures_estimates_only_what_a_figure_shows(tmp_path, monkeypatch, capsys):
    from konzept_diffusion.report import sensitivity

    def refuse(analysis):
        raise AssertionError("not needed")

    parts = [part if "tipping" in part.tables else replace(part, run=refuse) for part in sensitivity.PARTS]
    monkeypatch.setattr(sensitivity, "PARTS", tuple(parts))
    assert cli.main(["figures", "hazard", "--out", str(tmp_path)]) == 0
    assert "tipping points ..." not in capsys.readouterr().out
    assert cli.main(["figures", "kipppunkt", "--out", str(tmp_path)]) == 0
    assert "tipping points ..." in capsys.readouterr().out
    assert {path.stem for path in tmp_path.iterdir()} == {"hazard", "kipppunkt"}


def test_interrupting_reproduce_leaves_no_half_written_file_and_goes_on(tmp_path):
    out = tmp_path / "out"
    process = subprocess.Popen(
        [sys.executable, "-m", "konzept_diffusion", "reproduce", "--out", str(out), "--quick"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    for line in process.stdout:
        if line.startswith("[2/5]"):
            process.send_signal(signal.SIGINT)
            break
    _, errors = process.communicate()
    assert process.returncode == 130
    assert "Run the command again to go on" in errors
    assert not list(out.rglob("*.tmp*"))
    again = _run("reproduce", "--out", str(out), "--quick")
    assert again.returncode == 0, again.stderr
    assert "[1/5] building the tables: unchanged" in again.stdout
    assert (out / "paper.pdf").is_file()
