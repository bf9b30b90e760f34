"""The verb `validate`: estimators against published or reference numbers."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from .output import say

Add = Callable[[str, Callable[[argparse.Namespace], "int | None"], str, str], argparse.ArgumentParser]


def add_estimating(add: Add) -> None:
    """Add the verb to the command."""
    verb = add(
        "validate",
        _validate,
        "hold estimators against published or reference numbers (exit 1 if one is out)",
        "validate\n  konzept-diffusion validate cox firth --data ../shared/parity --out validation.csv",
    )
    verb.add_argument("topics", nargs="*", metavar="TOPIC", help="topics to run; all if none is named")
    verb.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="folder of data sets that are not part of the project (default: $KONZEPT_PARITY, or "
        "../shared/parity beside a checkout)",
    )
    verb.add_argument(
        "--problems",
        action="store_true",
        help="print only what is not within its tolerance or was not compared",
    )
    verb.add_argument("--out", type=Path, metavar="FILE", help="write the whole comparison as CSV, too")
    verb.add_argument(
        "--export-data",
        type=Path,
        metavar="DIR",
        help="write the data sets as CSV for the R scripts that make the reference values, and stop",
    )


def _validate(given: argparse.Namespace) -> int:
    from ..errors import ModelError
    from ..files import write_csv
    from ..models.validation import comparison, datasets, targets

    topics = given.topics or targets.topics()
    if given.data is not None and not given.data.is_dir():
        raise ModelError(f"--data {given.data}: there is no such folder.")
    folder = given.data or datasets.default_folder()
    if given.export_data is not None:
        names = {case.data for topic in topics for case in targets.load(topic)}
        for path in datasets.export(names, given.export_data, folder):
            say(f"written: {path}")
        return 0
    table = comparison.validate(topics, data=folder)
    say(comparison.render(table, only_problems=given.problems))
    if given.out is not None:
        write_csv(given.out, table)
        say(f"written: {given.out}")
    return 0 if comparison.passed(table) else 1
