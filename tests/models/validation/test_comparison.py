"""`validate`: targets are held against what the package gives, and a wrong number cannot pass."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pandas as pd
import pytest

from konzept_diffusion.cli import main
from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.validation import comparison, datasets, targets


def case(data: str = "lifelines:rossi", **entries: tuple[float, float, str]) -> targets.Case:
    return targets.Case(
        "invented",
        "one",
        data,
        "by hand",
        tuple(targets.Target(name, *entry) for name, entry in entries.items()),
    )


def rows_of(data: pd.DataFrame) -> dict[str, float]:
    return {"rows": float(len(data))}


def stem(name: str) -> str:
    return Path(name.rpartition(":")[2]).stem


def statuses(found: list[dict[str, object]]) -> list[object]:
    return [row["status"] for row in found]


def test_a_number_within_its_tolerance_passes_and_one_outside_does_not() -> None:
    assert statuses(comparison.compare(case(rows=(432, 0, "absolute")), rows_of, None)) == ["ok"]
    assert statuses(comparison.compare(case(rows=(433, 0.5, "absolute")), rows_of, None)) == ["out"]
    assert statuses(comparison.compare(case(rows=(433, 0.01, "relative")), rows_of, None)) == ["ok"]
    assert statuses(comparison.compare(case(rows=(433, 0.001, "relative")), rows_of, None)) == ["out"]


def test_a_number_that_is_not_given_has_failed() -> None:
    found = comparison.compare(case(columns=(9, 0, "absolute")), rows_of, None)
    assert statuses(found) == ["failed"]
    assert math.isnan(float(found[0]["obtained"]))  # type: ignore[arg-type]


def test_a_fit_that_ends_in_an_error_has_failed_and_says_why() -> None:
    def breaks(data: pd.DataFrame) -> dict[str, float]:
        raise ModelError("no variation in 'x'")

    found = comparison.compare(case(rows=(432, 0, "absolute")), breaks, None)
    assert statuses(found) == ["failed"]
    assert "no variation in 'x'" in str(found[0]["source"])


def test_data_that_are_not_at_hand_are_said_and_not_passed(tmp_path: Path) -> None:
    found = comparison.compare(case("parity:sex2.csv", rows=(239, 0, "absolute")), rows_of, tmp_path)
    assert statuses(found) == ["no_data"]
    table = pd.DataFrame(found)
    assert comparison.passed(table)
    assert "0 within tolerance" in comparison.render(table)
    assert "not compared (data not at hand)" in comparison.render(table)


def test_a_table_with_a_number_out_does_not_pass() -> None:
    found = comparison.compare(case(rows=(432, 0, "absolute"), columns=(1, 0, "absolute")), rows_of, None)
    assert not comparison.passed(pd.DataFrame(found))


@pytest.mark.parametrize("name", ["somewhere:x", "rossi", "lifelines:nothing", "statsmodels:nothing"])
def test_an_unknown_data_set_is_named(name: str) -> None:
    with pytest.raises(ModelError, match=name.rpartition(":")[2]):
        datasets.read(name)


def test_reference_values_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text(json.dumps({"made_with": {}, "cases": {"one": {}}}), "utf-8")
    with pytest.raises(ModelError, match=r"broken\.json"):
        targets.load("broken", tmp_path)


@pytest.mark.parametrize("topic", targets.topics())
def test_every_topic_has_its_script_and_computes_every_case(topic: str) -> None:
    assert (targets.REFERENCE / f"{topic}.R").is_file()
    cases = targets.load(topic)
    assert {case.name for case in cases} == set(comparison.registered(topic))
    module = comparison.importlib.import_module(f"konzept_diffusion.models.validation.{topic}_cases")
    for case in cases:
        assert stem(module.CASES[case.name][0]) == stem(case.data)


@pytest.mark.parametrize("topic", targets.topics())
def test_every_estimator_agrees_with_its_reference(topic: str) -> None:
    table = comparison.validate([topic])
    problems = table[table["status"].isin([comparison.OUT, comparison.FAILED])]
    assert problems.empty, comparison.render(problems)
    compared = table[table["status"] == comparison.PASSED]
    if compared.empty:
        pytest.skip(f"the data of {topic} are not part of the project: no ../shared/parity")


def test_there_is_something_to_validate_without_any_data_of_others() -> None:
    table = comparison.validate(data=Path("nowhere"))
    assert (table["status"] == comparison.PASSED).sum() >= 50


def test_the_command_prints_and_ends_with_0(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["validate", targets.topics()[0], "--out", str(tmp_path / "v.csv")]) == 0
    assert "within tolerance" in capsys.readouterr().out
    assert list(pd.read_csv(tmp_path / "v.csv").columns) == list(comparison.COLUMNS)


def test_the_command_ends_with_1_when_a_number_is_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "passed", lambda table: False)
    assert main(["validate", targets.topics()[0], "--problems"]) == 1


def test_an_unknown_topic_is_a_mistake_of_the_user(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "astrology"]) == 2
    assert "astrology" in capsys.readouterr().err


def test_reference_values_without_a_case_are_no_reference(tmp_path: Path) -> None:
    (tmp_path / "empty.json").write_text(json.dumps({"made_with": {}, "cases": {}}), "utf-8")
    with pytest.raises(ModelError, match=r"empty\.json cannot be read .*no case"):
        targets.load("empty", tmp_path)


def test_a_topic_named_twice_is_compared_once() -> None:
    once, twice = comparison.validate(["random_intercept"]), comparison.validate(["random_intercept"] * 2)
    assert len(once) == len(twice) > 0


def test_what_is_not_compared_is_named_even_among_problems_only(tmp_path: Path) -> None:
    table = pd.DataFrame(
        comparison.compare(case("parity:sex2.csv", rows=(239, 0, "absolute")), rows_of, tmp_path)
    )
    shown = comparison.render(table, only_problems=True)
    assert "invented / one: 1 number not compared; by hand [sex2.csv is not at hand]" in shown
