"""The step cache: what runs again, what does not, and what an interruption leaves behind."""

import pytest

from konzept_diffusion import paths
from konzept_diffusion.pipeline import steps
from konzept_diffusion.pipeline.reproduce import Workspace
from konzept_diffusion.pipeline.steps import Step, run_steps


class Kitchen:
    """Two steps, the second fed by the first, that count how often they run."""

    def __init__(self, folder):
        self.source, self.out, self.ran = folder / "source.txt", folder / "out", []
        self.source.write_text("flour", encoding="utf-8")
        self.option, self.broken = "", False

    def _write(self, name, text):
        self.ran.append(name)
        self.out.mkdir(exist_ok=True)
        (self.out / name).write_text(text, encoding="utf-8")
        if self.broken and name == "bread.txt":
            raise KeyboardInterrupt
        return [self.out / name]

    def bake(self, *, fresh=False):
        dough, bread = self.out / "dough.txt", self.out / "bread.txt"
        steps = [
            Step(
                "dough",
                "kneading",
                [self.source],
                lambda: self._write("dough.txt", self.source.read_text()[:3]),
            ),
            Step(
                "bread",
                "baking",
                [dough],
                lambda: self._write("bread.txt", dough.read_text() * 2),
                self.option,
            ),
        ]
        self.ran.clear()
        self.said = []
        run_steps(steps, self.out, say=self.said.append, fresh=fresh)
        assert bread.is_file()
        return list(self.ran)


@pytest.fixture
def kitchen(tmp_path):
    return Kitchen(tmp_path)


def test_the_first_run_does_everything_the_second_nothing(kitchen):
    assert kitchen.bake() == ["dough.txt", "bread.txt"]
    assert kitchen.bake() == []
    assert kitchen.said == ["[1/2] kneading: unchanged", "[2/2] baking: unchanged"]


def test_a_changed_input_runs_what_depends_on_it(kitchen):
    kitchen.bake()
    kitchen.source.write_text("rye", encoding="utf-8")
    assert kitchen.bake() == ["dough.txt", "bread.txt"]


def test_an_input_that_changes_nothing_downstream_stops_there(kitchen):
    kitchen.bake()
    kitchen.source.write_text("flower", encoding="utf-8")  # the same first three letters
    assert kitchen.bake() == ["dough.txt"]


def test_an_option_belongs_to_the_key(kitchen):
    kitchen.bake()
    kitchen.option = "en"
    assert kitchen.bake() == ["bread.txt"]


def test_changed_code_or_libraries_make_every_step_stale(kitchen, monkeypatch):
    kitchen.bake()
    monkeypatch.setattr("konzept_diffusion.pipeline.steps._environment", lambda: "another version")
    assert kitchen.bake() == ["dough.txt", "bread.txt"]


def test_the_environment_covers_the_code_and_the_libraries(monkeypatch):
    before = steps._environment.__wrapped__()
    assert "pandas=" in before
    assert "statsmodels=" in before
    monkeypatch.setattr(steps.files, "digest", lambda *paths, **options: "other code")
    assert steps._environment.__wrapped__() != before


def test_the_steps_of_reproduce_name_what_they_depend_on(tmp_path):
    by_name = {step.name: set(step.inputs) for step in Workspace(tmp_path, "de", print).steps()}
    data, tables = tmp_path / "data", tmp_path / "tables"
    assert by_name["build"] == set(paths.raw_dir().iterdir()) - {paths.raw_dir() / "downloads"}
    assert {data} <= by_name["models"] & by_name["sensitivity"]
    assert {data, tables} <= by_name["figures"] & by_name["results"]
    assert {tmp_path / "results.json", tmp_path / "figures", paths.paper_dir()} <= by_name["paper"]


def test_a_quick_run_leaves_out_one_step_and_is_not_taken_for_a_full_one(tmp_path):
    full, quick = (
        {step.name: step.options for step in Workspace(tmp_path, "de", print, quick=quick).steps()}
        for quick in (False, True)
    )
    assert set(full) - set(quick) == {"sensitivity"}
    assert {name for name in quick if quick[name] != full[name]} == {"figures", "results", "paper"}


def test_a_missing_or_edited_output_is_made_again(kitchen):
    kitchen.bake()
    (kitchen.out / "bread.txt").unlink()
    assert kitchen.bake() == ["bread.txt"]
    (kitchen.out / "bread.txt").write_text("mould", encoding="utf-8")
    assert kitchen.bake() == ["bread.txt"]
    assert (kitchen.out / "bread.txt").read_text(encoding="utf-8") == "floflo"


def test_an_interrupted_run_goes_on_with_the_step_it_was_in(kitchen):
    kitchen.broken = True
    with pytest.raises(KeyboardInterrupt):
        kitchen.bake()
    kitchen.broken = False
    assert kitchen.bake() == ["bread.txt"]


@pytest.mark.parametrize("text", ["{half", "[]", '{"dough": 3, "bread": {"key": 1, "outputs": [1]}}'])
def test_a_damaged_manifest_means_everything_again(kitchen, text):
    kitchen.bake()
    (kitchen.out / ".konzept-steps.json").write_text(text, encoding="utf-8")
    assert kitchen.bake() == ["dough.txt", "bread.txt"]


def test_fresh_ignores_what_is_there(kitchen):
    kitchen.bake()
    assert kitchen.bake(fresh=True) == ["dough.txt", "bread.txt"]
