"""The reference values: which cases there are, what is expected of each, and who says so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ...errors import ModelError

REFERENCE = Path(__file__).parent / "reference"
KINDS = ("relative", "absolute")


@dataclass(frozen=True)
class Target:
    """One number: what is expected and how far off it may be.

    Attributes
    ----------
    quantity
        What it is, such as `params[fin]`.
    value, tolerance
        The expected number and the largest difference that passes.
    kind
        `relative` (to the expected number) or `absolute` (published digits).
    """

    quantity: str
    value: float
    tolerance: float
    kind: str

    def difference(self, obtained: float) -> float:
        """Return how far `obtained` is off, in the units of the tolerance."""
        gap = abs(obtained - self.value)
        return gap / abs(self.value) if self.kind == "relative" and self.value != 0 else gap


@dataclass(frozen=True)
class Case:
    """One fit: its data set, the source of its targets, and the targets."""

    topic: str
    name: str
    data: str
    source: str
    targets: tuple[Target, ...]


def topics(folder: Path = REFERENCE) -> tuple[str, ...]:
    """Return the topics that have reference values, in alphabetical order."""
    return tuple(sorted(path.stem for path in folder.glob("*.json")))


def load(topic: str, folder: Path = REFERENCE) -> tuple[Case, ...]:
    """Return the cases of a topic.

    Raises
    ------
    ModelError
        If the topic is unknown, or its file does not hold what it should.
    """
    path = folder / f"{topic}.json"
    if not path.is_file():
        raise ModelError(
            f"There is no topic {topic!r} to validate: choose among {', '.join(topics(folder))}."
        )
    try:
        content = json.loads(path.read_text("utf-8"))
        made_with = ", ".join(f"{name} {version}" for name, version in content["made_with"].items())
        cases = tuple(_case(topic, name, case, made_with) for name, case in content["cases"].items())
        if not cases:
            raise ValueError("no case")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"The reference values in {path.name} cannot be read ({error!r}).") from error
    return cases


def _case(topic: str, name: str, content: Mapping[str, object], made_with: str) -> Case:
    targets = tuple(
        Target(quantity, float(entry["value"]), float(entry["tolerance"]), _kind(entry["kind"]))
        for quantity, entry in dict(content["targets"]).items()  # type: ignore[call-overload]
    )
    if not targets:
        raise ValueError(f"case {name} has no targets")
    source = (
        f"{content['source']} ({made_with})" if str(content["source"]).startswith("R ") else content["source"]
    )
    return Case(topic, name, str(content["data"]), str(source), targets)


def _kind(value: str) -> str:
    if value not in KINDS:
        raise ValueError(f"kind {value!r} is none of {KINDS}")
    return value
