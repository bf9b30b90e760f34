"""One look for all figures: colours, sizes, page layout and reproducible files.

Colours are from the palette of Okabe and Ito (2008, "Color universal design"), which people with colour
vision deficiency can tell apart; every series also has its own marker or line style, so that a black-and-
white print keeps the meaning. Figures are made as objects, without pyplot's global state.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import matplotlib
import matplotlib.style
from matplotlib.artist import Artist
from matplotlib.container import Container
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.textpath import text_to_path

WIDTH_CM = 16.0
"""Text width of an A4 page with 2.5 cm margins."""
PNG_DPI = 200
BLUE, ORANGE, VERMILLION, SKY, GREEN = "#0072B2", "#E69F00", "#D55E00", "#56B4E9", "#009E73"
BLACK, INK, GREY, SILVER, PALE = "#000000", "#222222", "#666666", "#8C8C8C", "#D9D9D9"
SIZE, SMALL, TITLE = 8.0, 7.0, 10.0
"""Font sizes in points: labels; notes and sources; titles."""

_FONT = "DejaVu Sans"  # comes with matplotlib, so that every machine sets the same type
_CM = 1 / 2.54
_POINTS = 72.0
_MARGIN_PT = 6.0
_LEADING = 1.35
_RC = {
    "font.family": [_FONT],
    "font.size": SIZE,
    "text.color": INK,
    "axes.labelsize": SIZE,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": PALE,
    "grid.linewidth": 0.5,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": SIZE,
    "ytick.labelsize": SIZE,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "legend.fontsize": SIZE,
    "legend.frameon": False,
    "legend.handlelength": 2.2,
    "legend.columnspacing": 1.6,
    "lines.linewidth": 1.5,
    "lines.solid_capstyle": "butt",
    "savefig.facecolor": "white",
    "svg.fonttype": "path",
    "svg.hashsalt": "konzept_diffusion",
}


class _RoundedLayout(ConstrainedLayoutEngine):
    """Constrained layout with rounded places.

    The last bits of the solver's numbers differ from run to run, and the ids within an SVG are hashes of them.
    """

    def execute(self, fig: Figure) -> None:
        """Lay the figure out."""
        super().execute(fig)
        for axes in fig.axes:
            if axes.get_in_layout():
                left, bottom, width, height = axes.get_position(original=True).bounds
                axes.set_position((round(left, 9), round(bottom, 9), round(width, 9), round(height, 9)))
                axes.set_in_layout(True)  # setting a place takes the axes out of it


@contextmanager
def context() -> Iterator[None]:
    """Hold the figures' settings, and only them: a user's matplotlibrc neither counts nor changes."""
    with matplotlib.style.context(["default", _RC]):
        yield


def canvas(height_cm: float, *, title: str, subtitle: str, notes: Sequence[str]) -> Figure:
    """Return an empty figure of text width with title and subtitle above and notes below.

    Axes that are added keep clear of both (constrained layout). To be called inside `context()`.

    Parameters
    ----------
    height_cm
        Height of the whole figure.
    title, subtitle
        What is shown; and of whom, in which unit.
    notes
        Paragraphs under the figure, the source line last; each is broken to the width.
    """
    figure = Figure(figsize=(WIDTH_CM * _CM, height_cm * _CM))
    figure.set_label(title)
    width, height = WIDTH_CM * _CM * _POINTS, height_cm * _CM * _POINTS
    left = _MARGIN_PT / width
    room = 0.98 * (width - 2 * _MARGIN_PT)  # raster fonts are hinted and run a little wider than measured
    y = height - _MARGIN_PT
    for text, size, weight in ((title, TITLE, "bold"), (subtitle, SIZE, "normal")):
        for line in wrap(text, room, size, weight):
            figure.text(left, y / height, line, size=size, weight=weight, va="top", ha="left")
            y -= size * _LEADING
    top = y - _MARGIN_PT
    lines = [line for note in notes for line in wrap(note, room, SMALL)]
    bottom = _MARGIN_PT + len(lines) * SMALL * _LEADING
    y = bottom
    for line in lines:
        figure.text(left, y / height, line, size=SMALL, color=GREY, va="top", ha="left")
        y -= SMALL * _LEADING
    bottom += _MARGIN_PT
    figure.set_layout_engine(
        _RoundedLayout(
            rect=(left, bottom / height, 1 - 2 * left, (top - bottom) / height),
            w_pad=0,
            h_pad=0,
            hspace=0,
            wspace=0,
        )
    )
    return figure


def wrap(text: str, width_pt: float, size: float, weight: str = "normal") -> list[str]:
    """Return `text` broken into lines that fit into `width_pt` points, measured in the figures' font."""
    lines: list[str] = []
    # Split at plain blanks only: no-break spaces hold a number and its unit together.
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, weight) <= width_pt:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Return the width of one line of text in points."""
    font = FontProperties(family=_FONT, weight=weight, size=size)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width)


def legend(figure: Figure, handles: Sequence[Artist | Container], columns: int) -> None:
    """Put a legend under the subtitle, flush left, and let the axes keep clear of it.

    Parameters
    ----------
    figure
        Made by `canvas`.
    handles
        Labelled artists; they fill the columns one after the other.
    columns
        Number of columns.
    """
    engine = figure.get_layout_engine()
    assert isinstance(engine, ConstrainedLayoutEngine)  # set by canvas
    left, bottom, width, height = engine.get()["rect"]
    rows = math.ceil(len(handles) / columns)
    need = (rows * SIZE * _LEADING * 1.1 + _MARGIN_PT) / (figure.get_figheight() * _POINTS)
    drawn = figure.legend(
        handles=list(handles),
        loc="upper left",
        bbox_to_anchor=(left, bottom + height),
        ncols=columns,
        borderaxespad=0.0,
        borderpad=0.0,
        labelspacing=0.35,
        handletextpad=0.6,
    )
    drawn.set_in_layout(False)
    engine.set(rect=(left, bottom, width, height - need))


def save(figure: Figure, path: Path) -> None:
    """Write a figure to `path` (.svg or .png) without date and program name."""
    kind = path.suffix.lstrip(".")
    metadata: dict[str, str | None] = (
        {"Date": None, "Creator": None, "Title": str(figure.get_label())}
        if kind == "svg"
        else {"Software": None}
    )
    with context():
        figure.savefig(path, format=kind, dpi=PNG_DPI, metadata=metadata)
