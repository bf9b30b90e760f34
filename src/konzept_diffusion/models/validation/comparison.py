"""Run the cases and hold what they give against the targets."""

from __future__ import annotations

import importlib
import math
import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pandas as pd

from ...errors import ModelError
from . import datasets, targets

Obtain = Callable[[pd.DataFrame], Mapping[str, float]]
COLUMNS = (
    "topic",
    "case",
    "quantity",
    "target",
    "obtained",
    "difference",
    "tolerance",
    "kind",
    "status",
    "source",
)
PASSED, OUT, NO_DATA, FAILED = "ok", "out", "no_data", "failed"


def validate(
    topics: Iterable[str] | None = None,
    *,
    data: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Hold the estimators that have reference values against published or reference numbers.

    Parameters
    ----------
    topics
        Topics to run; all by default.
    data
        Folder of data sets that are not part of the project (see `datasets.read`); by default
        `$KONZEPT_PARITY`, or `../shared/parity` of a checkout.
    progress
        Called with one line per case, before it runs.

    Returns
    -------
    pandas.DataFrame
        One row per number: topic, case, quantity, target, obtained, difference (in the units of the
        tolerance), tolerance, kind (`relative`, `absolute`), status (`ok`, `out`, `no_data` where the data set
        is not at hand, `failed` where the fit ended in an error or did not give the number), source.

    Raises
    ------
    ModelError
        If a topic is unknown.
    """
    folder = data if data is not None else datasets.default_folder()
    rows = []
    for topic in targets.topics() if topics is None else dict.fromkeys(topics):
        cases = targets.load(topic)
        obtain = registered(topic)
        for case in cases:
            if progress is not None:
                progress(f"{topic}: {case.name} ({case.data})")
            rows += compare(case, obtain.get(case.name), folder)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def registered(topic: str) -> dict[str, Obtain]:
    """Return, by case of a topic, the function from its data set to the obtained numbers."""
    module = importlib.import_module(f".{topic}_cases", __package__)
    return {name: obtain for name, (_, obtain) in module.CASES.items()}


def compare(case: targets.Case, obtain: Obtain | None, folder: Path | None) -> list[dict[str, object]]:
    """Return one row of `COLUMNS` per target of a case."""
    status, obtained = FAILED, {}
    reason = "" if obtain is not None else "nothing computes it"
    if not datasets.available(case.data, folder):
        status, reason = NO_DATA, f"{case.data.partition(':')[2]} is not at hand"
    elif obtain is not None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # what a user of these data is told; known here
                obtained = dict(obtain(datasets.read(case.data, folder)))
        except ModelError as error:
            reason = str(error)
    rows = []
    for target in case.targets:
        value = float(obtained.get(target.quantity, math.nan))
        gap = target.difference(value)
        verdict = status if math.isnan(value) else PASSED if gap <= target.tolerance else OUT
        rows.append(
            {
                "topic": case.topic,
                "case": case.name,
                "quantity": target.quantity,
                "target": target.value,
                "obtained": value,
                "difference": gap,
                "tolerance": target.tolerance,
                "kind": target.kind,
                "status": verdict,
                "source": f"{case.source} [{reason}]"
                if reason and verdict in (NO_DATA, FAILED)
                else case.source,
            }
        )
    return rows


def render(table: pd.DataFrame, *, only_problems: bool = False) -> str:
    """Return the comparison as plain text: one line per number, a closing line with the counts."""
    lines = []
    for (topic, case), part in table.groupby(["topic", "case"], sort=False):
        shown = part[part["status"] != PASSED] if only_problems else part
        if (shown["status"] == NO_DATA).all() and len(shown):  # one line: no number of it was looked at
            count = f"{len(shown)} number{'s' if len(shown) > 1 else ''}"
            lines.append(f"{topic} / {case}: {count} not compared; {part['source'].iloc[0]}")
            continue
        if len(shown):
            lines.append(f"{topic} / {case}: {part['source'].iloc[0]}")
        for row in shown.itertuples():
            relative = " rel." if row.kind == "relative" else ""
            obtained = "" if math.isnan(row.obtained) else f"{row.obtained:.9g}"
            lines.append(
                f"  {row.status:<8} {row.quantity:<34} target {row.target:>16.9g}  obtained {obtained:>16}"
                f"  tolerance {row.tolerance:g}{relative}"
            )
    counts = table["status"].value_counts()
    closing = f"{len(table)} numbers: {counts.get(PASSED, 0)} within tolerance, {counts.get(OUT, 0)} out"
    for status, words in ((FAILED, "not obtained"), (NO_DATA, "not compared (data not at hand)")):
        if counts.get(status, 0):
            closing += f", {counts[status]} {words}"
    return "\n".join([*lines, closing])


def passed(table: pd.DataFrame) -> bool:
    """Return whether no number is out and none was asked for in vain (data not at hand do not count)."""
    return not table["status"].isin([OUT, FAILED]).any()
