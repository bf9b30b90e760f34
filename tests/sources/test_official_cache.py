"""The cache of parsed extracts: the same table, never a stale one, and no harm from a damaged one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from konzept_diffusion.errors import SourceError
from konzept_diffusion.sources import gv_cache, gv_isys

Rows = list[list[object]]
V2017 = gv_isys.vintage("31122017_Auszug_GV.xlsx")
TOTAL = 1_080_394 + 13_900 + 90_244


@pytest.fixture
def workbook(
    header_2017: Callable[..., Rows], body_2017: Callable[[], Rows], write_xlsx: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> Path:  # fmt: skip
    monkeypatch.setattr(gv_isys, "VINTAGES", (replace(V2017, total=TOTAL),))
    return write_xlsx(V2017.file, {"Gemeinden": header_2017() + body_2017()})


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The paths that are really parsed."""
    seen: list[Path] = []
    original = gv_isys.read

    def read(path: Path) -> pd.DataFrame:
        seen.append(path)
        return original(path)

    monkeypatch.setattr(gv_isys, "read", read)
    return seen


def test_the_second_time_the_same_table_comes_without_parsing(
    workbook: Path, parsed: list[Path], tmp_path: Path
) -> None:
    first, second = (gv_cache.read_cached(workbook, cache=tmp_path / "cache") for _ in range(2))
    assert parsed == [workbook]
    pd.testing.assert_frame_equal(first, second)
    pd.testing.assert_frame_equal(gv_isys.read(workbook), second)


def test_without_a_folder_nothing_is_kept(workbook: Path, parsed: list[Path], tmp_path: Path) -> None:
    before = set(tmp_path.rglob("*"))
    for _ in range(2):
        gv_cache.read_cached(workbook)
    assert len(parsed) == 2
    assert set(tmp_path.rglob("*")) == before


def test_another_file_or_other_code_is_parsed_anew(
    workbook: Path, parsed: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    gv_cache.read_cached(workbook, cache=cache)
    with workbook.open("ab") as stream:  # a zip file may be followed by anything
        stream.write(b"\0")
    gv_cache.read_cached(workbook, cache=cache)
    monkeypatch.setattr(gv_cache, "_code_digest", lambda: "another version")
    gv_cache.read_cached(workbook, cache=cache)
    assert len(parsed) == len(list(cache.iterdir())) == 3


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 no archive", b"\x93NUMPY"])
def test_a_damaged_entry_is_made_again(
    workbook: Path, parsed: list[Path], tmp_path: Path, damage: bytes
) -> None:
    cache = tmp_path / "cache"
    whole = gv_cache.read_cached(workbook, cache=cache)
    (entry,) = cache.iterdir()
    entry.write_bytes(damage)
    for _ in range(2):
        pd.testing.assert_frame_equal(gv_cache.read_cached(workbook, cache=cache), whole)
    assert len(parsed) == 2


def test_a_folder_that_cannot_be_written_does_no_harm(
    workbook: Path, parsed: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be", encoding="utf-8")
    for _ in range(2):
        assert len(gv_cache.read_cached(workbook, cache=tmp_path / "taken")) == 6
    assert len(parsed) == 2


def test_a_missing_or_unknown_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"there is no such file"):
        gv_cache.read_cached(tmp_path / V2017.file, cache=tmp_path)
    with pytest.raises(SourceError, match=r"no extract of that name is known"):
        gv_cache.read_cached(tmp_path / "other.xlsx", cache=tmp_path)


def test_the_default_folder_is_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert gv_cache.default_folder() == tmp_path / "konzept_diffusion" / "gv_isys"


def test_all_extracts_come_back_from_the_cache_as_they_were_parsed(mirror: Path, tmp_path: Path) -> None:
    folder = mirror / "gv_isys"
    record = gv_isys.vintage("31121983_Auszug_GV.xlsx")
    for chosen in (record, gv_isys.vintage("31122009_Auszug_GV.xlsx")):
        cold, warm = (gv_cache.read_all(folder, cache=tmp_path, vintages=[chosen]) for _ in range(2))
        pd.testing.assert_frame_equal(cold[chosen.file], warm[chosen.file])
