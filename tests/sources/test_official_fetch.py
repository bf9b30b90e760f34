"""The command `fetch`: without the official files it says what to download from where."""

from __future__ import annotations

from pathlib import Path

import pytest

from konzept_diffusion.errors import SourceError
from konzept_diffusion.sources import fetch


def test_without_a_mirror_the_user_learns_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KONZEPT_MIRROR", raising=False)
    with pytest.raises(SourceError, match=r"Set KONZEPT_MIRROR .*Statistisches Bundesamt.*INKAR") as caught:
        fetch("all", None, tmp_path)
    assert "\n" not in str(caught.value)
    with pytest.raises(SourceError) as only_one:
        fetch("inkar", None, tmp_path)
    assert "Statistisches Bundesamt" not in str(only_one.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("named_by", ["argument", "variable"])
def test_a_missing_subfolder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named_by: str) -> None:
    monkeypatch.setenv("KONZEPT_MIRROR", str(tmp_path))
    mirror = tmp_path if named_by == "argument" else None
    with pytest.raises(
        SourceError, match=r"the subfolder gv_isys is missing. It should hold: the xlsx files"
    ):
        fetch("gv_isys", mirror, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "inkar").mkdir()
    with pytest.raises(SourceError, match=r"kreise_1995_2022.csv: there is no such file"):
        fetch("inkar", tmp_path, tmp_path / "out")


def test_an_unknown_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"there is no source 'zensus'. Known: gv_isys, inkar, all"):
        fetch("zensus", tmp_path, tmp_path)
