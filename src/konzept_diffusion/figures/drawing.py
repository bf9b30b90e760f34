"""Which figures there are, and how they reach the disk: SVG, PNG and the data behind them as CSV."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from .. import files
from ..errors import StepError
from .inputs import Inputs
from .labels import check_lang

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

FIGURES: tuple[str, ...] = (
    "abbildung_02",
    "verbreitung",
    "hazard",
    "koeffizienten",
    "triangulation",
    "spezifikationskurve",
    "kipppunkt",
    "karte_grossstaedte",
    "karte_landkreise",
)
"""Names of the figures, first those of the paper in its order."""
OF_SENSITIVITY: tuple[str, ...] = ("spezifikationskurve", "kipppunkt")
"""Those of `FIGURES` that show tables of `report.sensitivity`, which take their time."""


class _Module(Protocol):
    """What every figure's module offers: `EXTRA` names further frames that its `draw` takes."""

    EXTRA: Mapping[str, Callable[[Inputs], pd.DataFrame]]

    def data(self, inputs: Inputs) -> pd.DataFrame: ...

    def draw(self, data: pd.DataFrame, lang: str = "de", **extra: pd.DataFrame) -> Figure: ...


def draw(name: str, inputs: Inputs, lang: str = "de") -> Figure:
    """Return one figure.

    Parameters
    ----------
    name
        One of `FIGURES`.
    inputs
        Tables and estimates that the figure shows.
    lang
        Language of labels and number format: "de" or "en".

    Raises
    ------
    StepError
        If the figure or the language is not known.
    DataError
        If a table lacks what the figure shows.
    """
    check_lang(lang)
    module, frames = _frames(name, inputs)
    main = frames.pop("")
    return module.draw(main, lang, **frames)


def draw_all(inputs: Inputs, out: Path, lang: str = "de", names: Iterable[str] | None = None) -> list[Path]:
    """Write figures as NAME.svg, NAME.png (200 dpi) and NAME.csv, and return the files.

    Further frames that a figure shows go to NAME_FRAME.csv (milestones, published values). The CSV files do
    not depend on the language. The same inputs give the same bytes.

    Parameters
    ----------
    inputs
        Tables and estimates that the figures show.
    out
        Folder, made if missing.
    lang
        "de" or "en".
    names
        Which figures; all of `FIGURES` by default.

    Raises
    ------
    StepError
        If a figure or the language is not known (nothing is written then), or the folder cannot be written.
    DataError
        If a table lacks what a figure shows.
    """
    from .style import save

    check_lang(lang)
    wanted = list(FIGURES if names is None else names)
    for name in wanted:
        _check_name(name)
    written: list[Path] = []
    for name in wanted:
        module, frames = _frames(name, inputs)
        for suffix, frame in frames.items():
            written.append(out / f"{name}{'_' + suffix if suffix else ''}.csv")
            files.write_csv(written[-1], frame)
        main = frames.pop("")
        figure = module.draw(main, lang, **frames)
        for kind in ("svg", "png"):
            written.append(out / f"{name}.{kind}")
            with files.atomic_path(written[-1]) as temporary:
                save(figure, temporary)
    return written


def _frames(name: str, inputs: Inputs) -> tuple[_Module, dict[str, pd.DataFrame]]:
    """Return a figure's module and its frames; the main one has the empty name."""
    _check_name(name)
    module = cast(_Module, importlib.import_module(f".{name}", __package__))
    return module, {"": module.data(inputs), **{key: make(inputs) for key, make in module.EXTRA.items()}}


def _check_name(name: str) -> None:
    if name not in FIGURES:
        raise StepError(f"there is no figure {name!r}: choose from {', '.join(FIGURES)}.")
