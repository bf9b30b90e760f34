"""What reaches the disk: names, reproducible bytes, languages, one-sentence errors."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import matplotlib
import pandas as pd
import pytest
from PIL import Image

from konzept_diffusion.errors import KonzeptError, StepError
from konzept_diffusion.figures import FIGURES, Inputs, draw, draw_all
from konzept_diffusion.figures.style import PNG_DPI, WIDTH_CM


@pytest.fixture(scope="module")
def german(inputs: Inputs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("de")
    draw_all(inputs, folder)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_every_figure_is_written_as_svg_png_and_csv(inputs: Inputs, tmp_path: Path) -> None:
    written = draw_all(inputs, tmp_path / "new" / "folder")
    names = {path.name for path in written}
    assert names == {path.name for path in (tmp_path / "new" / "folder").iterdir()}
    assert names == {f"{name}.{kind}" for name in FIGURES for kind in ("svg", "png", "csv")} | {
        "abbildung_02_published.csv",
        "verbreitung_milestones.csv",
    }


def test_names_choose_figures(inputs: Inputs, tmp_path: Path) -> None:
    draw_all(inputs, tmp_path, names=["hazard"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hazard.csv", "hazard.png", "hazard.svg"]


def test_two_runs_give_the_same_bytes_whatever_the_users_settings(
    inputs: Inputs, german: Path, tmp_path: Path
) -> None:
    with matplotlib.rc_context(
        {"font.size": 20, "svg.hashsalt": None, "svg.fonttype": "none", "axes.grid": True}
    ):
        draw_all(inputs, tmp_path)
        assert matplotlib.rcParams["font.size"] == 20
    assert contents(tmp_path) == contents(german)


def test_data_do_not_depend_on_the_language_and_figures_do(
    inputs: Inputs, german: Path, tmp_path: Path
) -> None:
    draw_all(inputs, tmp_path, lang="en")
    de, en = contents(german), contents(tmp_path)
    assert de.keys() == en.keys()
    for file in de:
        assert (de[file] == en[file]) == file.endswith(".csv"), file


def test_abbildung_02_csv_reads_as_agreed(german: Path) -> None:
    lines = (german / "abbildung_02.csv").read_text(encoding="utf-8").splitlines()
    assert lines == [
        "band,n,share",
        "bis_2005,1,14.29",
        "2006_2010,2,28.57",
        "2011_2014,2,28.57",
        "2015_2017,2,28.57",
    ]


def test_png_has_text_width_at_200_dpi_and_no_program_name(german: Path, name: str) -> None:
    with Image.open(german / f"{name}.png") as image:
        assert image.width == pytest.approx(WIDTH_CM / 2.54 * PNG_DPI, abs=1)
        assert image.info["dpi"] == pytest.approx((PNG_DPI, PNG_DPI), rel=1e-3)
        assert "Software" not in image.info


def test_svg_holds_outlines_and_no_date(german: Path, name: str) -> None:
    text = (german / f"{name}.svg").read_text(encoding="utf-8")
    assert "<text" not in text
    assert "<dc:date>" not in text
    assert "<dc:title>" in text or "<title>" in text


@pytest.mark.parametrize(
    "call",
    [
        lambda inputs, out: draw("abbildung_99", inputs),
        lambda inputs, out: draw_all(inputs, out, names=["hazard", "abbildung_99"]),
    ],
    ids=["draw", "draw_all"],
)
def test_an_unknown_figure_is_answered_with_the_known_ones(
    inputs: Inputs, tmp_path: Path, call: Callable[[Inputs, Path], object]
) -> None:
    with pytest.raises(StepError) as caught:
        call(inputs, tmp_path)
    assert isinstance(caught.value, KonzeptError)
    assert "'abbildung_99'" in str(caught.value)
    assert all(name in str(caught.value) for name in FIGURES)
    assert not list(tmp_path.iterdir())


def test_an_unknown_language_is_refused_before_anything_is_written(inputs: Inputs, tmp_path: Path) -> None:
    with pytest.raises(StepError, match="'fr'"):
        draw("hazard", inputs, lang="fr")
    with pytest.raises(StepError, match="'fr'"):
        draw_all(inputs, tmp_path, lang="fr")
    assert not list(tmp_path.iterdir())


def test_inputs_are_left_as_they_were(inputs: Inputs) -> None:
    before = {name: table.copy() for name, table in inputs.tables.items()}
    for name in FIGURES:
        draw(name, inputs)
    for name, table in inputs.tables.items():
        pd.testing.assert_frame_equal(table, before[name])


def test_the_room_is_lazy_and_uses_no_global_plotting_state() -> None:
    program = (
        "import sys, konzept_diffusion.figures as figures\n"
        "assert 'matplotlib' not in sys.modules and 'pandas' not in sys.modules\n"
        "assert figures.FIGURES[0] == 'abbildung_02'\n"
        "import konzept_diffusion.figures.verbreitung, konzept_diffusion.figures.triangulation\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
