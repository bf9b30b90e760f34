"""What a regression table shows, before any file format: rows, cells, notes."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypedDict

import pandas as pd

from ...errors import ModelError
from ..results import Estimates, check_level
from .names import check_labels, choose_terms, near, several
from .wording import (
    MISSING,
    NO_BREAK,
    STAT_LABELS,
    TEXTS,
    check_language,
    interval,
    method_words,
    number,
    percent,
)

Fits = Estimates | Sequence[Estimates] | Mapping[str, Estimates]
"""One fit, several, or several with the names of their columns."""
Below = Literal["se", "ci", "statistic", "p"]

STATS = ("nobs", "n_events", "n_clusters", "loglik", "aic")
"""Rows below the coefficients unless others are asked for; a row without any value is left out."""
STARS = ((0.001, "***"), (0.01, "**"), (0.05, "*"))
_BELOW = ("se", "ci", "statistic", "p")
_RATIOS = {"cloglog": "hazard", "logit": "odds", "cox": "hazard", "fine_gray": "subhazard"}


class Options(TypedDict, total=False):
    """What may be chosen about a table, the same for every format.

    Attributes
    ----------
    terms
        Terms to show (or one), in this order; all, in the order of their first appearance, by default.
    omit
        Terms not to show: by name, or by the beginning of it such as `C(year)`. A note says which.
    labels
        Term (or statistic) to its label; a key that is in no fit is an error.
    below
        Under each estimate: `se` (default), `ci`, `statistic`, `p`, or None for nothing.
    stats
        Columns of `glance` to show; `STATS` by default.
    exponentiate
        Show hazard (cloglog, Cox) or odds ratios (logit); standard errors by the delta method, intervals
        transformed.
    stars
        Mark p < 0.05, 0.01 and 0.001; off by default.
    level
        Coverage of the intervals.
    distribution
        `normal`, `t` or None, as in `Estimates.tidy`.
    digits
        Decimal places.
    lang
        "de" (default) or "en".
    title, notes
        Caption, and sentences (or one) under the table, before those that the table makes itself.
    """

    terms: str | Sequence[str] | None
    omit: str | Sequence[str]
    labels: Mapping[str, str]
    below: Below | None
    stats: str | Sequence[str]
    exponentiate: bool
    stars: bool
    level: float
    distribution: str | None
    digits: int
    lang: str
    title: str | None
    notes: str | Sequence[str]


@dataclass(frozen=True)
class Cell:
    """One cell: its text in the table's language, and its numbers.

    `numbers` holds one number, two for an interval and none for a text; `whole` marks counts.
    """

    text: str = ""
    numbers: tuple[float, ...] = ()
    stars: str = ""
    whole: bool = False


@dataclass(frozen=True)
class Row:
    """One row: its label, and a cell by model with one more beneath it where there is something below."""

    label: str
    cells: tuple[Cell, ...]
    below: tuple[Cell, ...] = ()


@dataclass(frozen=True)
class RegressionTable:
    """A regression table without a file format.

    Attributes
    ----------
    title
        Caption, or None.
    lang, digits
        Language and decimal places of the texts in the cells.
    models
        Headings of the columns.
    coefficients, statistics
        The rows.
    notes
        Sentences under the table.
    """

    title: str | None
    lang: str
    digits: int
    models: tuple[str, ...]
    coefficients: tuple[Row, ...]
    statistics: tuple[Row, ...]
    notes: tuple[str, ...]


def regression_table(
    fits: Fits,
    *,
    terms: str | Sequence[str] | None = None,
    omit: str | Sequence[str] = (),
    labels: Mapping[str, str] | None = None,
    below: Below | None = "se",
    stats: str | Sequence[str] = STATS,
    exponentiate: bool = False,
    stars: bool = False,
    level: float = 0.95,
    distribution: str | None = None,
    digits: int = 3,
    lang: str = "de",
    title: str | None = None,
    notes: str | Sequence[str] = (),
) -> RegressionTable:
    """Return the layout of one or several fits side by side.

    Parameters
    ----------
    fits
        One fit, a sequence of fits, or a mapping from the heading of its column to each fit.
    terms, omit, labels, below, stats, exponentiate, stars, level, distribution, digits, lang, title, notes
        See `Options`.

    Raises
    ------
    ModelError
        If there is no fit, an option is not known, a term, statistic or label is in no fit, ratios are asked of a model
        that has none, or a label holds a control character.
    """
    models = named(fits)
    check_language(lang)
    check_level(level)
    if below is not None and below not in _BELOW:
        raise ModelError(f"below={below!r} is not known: choose {', '.join(_BELOW)} or None.")
    if not isinstance(digits, int) or not 0 <= digits <= 12:
        raise ModelError(f"digits={digits!r} is no number of decimal places: give 0 to 12.")
    names = {"Intercept": TEXTS[lang]["Intercept"], **STAT_LABELS[lang], **(labels or {})}
    tables = {
        name: (fit.tidy(level) if distribution is None else fit.tidy(level, distribution)).set_index("term")
        for name, fit in models.items()
    }
    kinds = {name: _ratio(name, fit) for name, fit in models.items()} if exponentiate else {}
    shown, hidden = choose_terms(tables, None if terms is None else several(terms), several(omit))
    check_labels(labels or {}, models, tables)
    rows = []
    for term in shown:
        found = [table.loc[term] if term in table.index else None for table in tables.values()]
        rows.append(
            Row(
                clean(names.get(term, term)),
                tuple(_estimate(row, exponentiate, stars, lang, digits) for row in found),
                tuple(_beneath(row, below, exponentiate, lang, digits) for row in found) if below else (),
            )
        )
    sentences = [
        *several(notes),
        *_remarks(models, below, level, lang, distribution),
        *([TEXTS[lang]["ratios"].format(kinds=_words(kinds, lang))] if kinds else []),
        *([TEXTS[lang]["delta"]] if kinds and below == "se" else []),
        *([TEXTS[lang]["stars"]] if stars else []),
        *([TEXTS[lang]["hidden"].format(terms=", ".join(names.get(term, term) for term in hidden))] if hidden else []),
    ]  # fmt: skip
    return RegressionTable(
        None if title is None else clean(title),
        lang,
        digits,
        tuple(clean(name) for name in models),
        tuple(rows),
        _statistics(models, several(stats), names, lang, digits),
        tuple(clean(sentence) for sentence in sentences),
    )


def laid_out(function: str, fits: Fits, options: Mapping[str, Any]) -> RegressionTable:
    """Return the layout for one of the formats, whose name unknown options are reported by.

    Raises
    ------
    ModelError
        If an option is not known, or as `regression_table`.
    """
    for name in options:
        if name not in Options.__annotations__:
            raise ModelError(f"{function} has no option {name!r}{near(name, list(Options.__annotations__))}")
    return regression_table(fits, **options)


def named(fits: Fits) -> dict[str, Estimates]:
    """Return the fits by name: those given, or (1), (2) and so on.

    Raises
    ------
    ModelError
        If there is none, or something else than a fit among them.
    """
    if isinstance(fits, Estimates):
        fits = [fits]
    if isinstance(fits, str) or not isinstance(fits, Mapping | Iterable):
        raise ModelError(
            f"A {type(fits).__name__} is no regression result: pass fits of models such as hazard, cox or firth (of "
            "competing_risks those in .cause_specific); curves have .tidy()."
        )
    if not isinstance(fits, Mapping):
        fits = {f"({number})": fit for number, fit in enumerate(fits, start=1)}
    if not fits:
        raise ModelError("There is no fit to show: pass at least one.")
    for name, fit in fits.items():
        if not isinstance(fit, Estimates):
            raise ModelError(
                f"Model {name} is a {type(fit).__name__}: pass results of models such as hazard, cox or firth."
            )
    return dict(fits)


def clean(text: str) -> str:
    """Return a text on one line.

    Raises
    ------
    ModelError
        If it holds a control character, which no table file can carry.
    """
    line = " ".join(str(text).replace("\r", "\n").replace("\t", "\n").split("\n"))
    bad = [character for character in line if unicodedata.category(character) in ("Cc", "Cs")]
    if bad:
        raise ModelError(f"The text {text!r} holds the control character {bad[0]!r}: take it out.")
    return line


def _ratio(name: str, fit: Estimates) -> str:
    kind = _RATIOS.get(str(getattr(fit, "link", None) or fit.estimator))
    if kind is None:
        raise ModelError(
            f"Model {name} ({fit!r}) has coefficients that are no logarithms of ratios: show it without "
            "exponentiate."
        )
    return kind


def _words(kinds: Mapping[str, str], lang: str) -> str:
    """Return what kinds of ratios are shown, and in which models if they differ."""
    by_kind: dict[str, list[str]] = {}
    for name, kind in kinds.items():
        by_kind.setdefault(kind, []).append(name)
    if len(by_kind) == 1:
        return TEXTS[lang][next(iter(by_kind))]
    return "; ".join(f"{TEXTS[lang][kind]} in {', '.join(names)}" for kind, names in by_kind.items())


def _exp(value: float) -> float:
    try:
        return math.exp(value)
    except OverflowError:
        return math.inf


def _estimate(row: pd.Series | None, exponentiate: bool, stars: bool, lang: str, digits: int) -> Cell:
    if row is None:
        return Cell()
    value = float(row["estimate"])
    value = _exp(value) if exponentiate else value
    p = float(row["p_value"])
    mark = next((text for limit, text in STARS if p < limit), "") if stars else ""
    return Cell(number(value, lang, digits) + mark, (value,), mark)


def _beneath(row: pd.Series | None, below: Below, exponentiate: bool, lang: str, digits: int) -> Cell:
    if row is None:
        return Cell()
    if below == "ci":
        low, high = float(row["conf_low"]), float(row["conf_high"])
        if exponentiate:
            low, high = _exp(low), _exp(high)
        return Cell(interval(low, high, lang, digits), (low, high))
    value = float(row[{"se": "std_error", "statistic": "statistic", "p": "p_value"}[below]])
    if below == "se" and exponentiate:
        value *= _exp(float(row["estimate"]))
    least = 10.0**-digits
    if below == "p" and value < least / 2:  # a p-value is never nothing
        return Cell(f"(<{NO_BREAK}{number(least, lang, digits)})", (value,))
    return Cell(f"({number(value, lang, digits)})", (value,))


def _statistics(
    models: Mapping[str, Estimates], stats: Sequence[str], names: Mapping[str, str], lang: str, digits: int
) -> tuple[Row, ...]:
    glances = [fit.glance().iloc[0] for fit in models.values()]
    known = list(dict.fromkeys(str(name) for glance in glances for name in glance.index))
    rows = []
    for stat in stats:
        if stat not in known:
            raise ModelError(f"The statistic {stat!r} is in no fit{near(stat, known)}")
        cells = tuple(_statistic(glance.get(stat), lang, digits) for glance in glances)
        if any(cell.numbers or cell.text not in ("", MISSING) for cell in cells):
            rows.append(Row(clean(names.get(stat, stat)), cells))
    return tuple(rows)


def _statistic(value: object, lang: str, digits: int) -> Cell:
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return Cell(MISSING)
    if isinstance(value, bool) or not pd.api.types.is_number(value):
        return Cell(clean(str(value)))
    whole = pd.api.types.is_integer(value)
    return Cell(number(float(value), lang, 0 if whole else digits), (float(value),), whole=whole)  # type: ignore[arg-type]


def _remarks(
    models: Mapping[str, Estimates], below: Below | None, level: float, lang: str, distribution: str | None
) -> list[str]:
    """Return what stands below, which covariance it comes from, and which rows were not used."""
    text = TEXTS[lang]
    parts = []
    for fit in models.values():
        words = f"{text['covariance']} {fit.vcov_type}"
        if fit.cluster is not None:
            words += ", " + text["by"].format(cluster=fit.cluster)
        if fit._tests is not None and distribution is None:
            words += ", " + text["tests"].format(method=method_words(fit._tests.method, lang))
        parts.append(words)
    head = "" if below is None else text[below].format(level=percent(level, lang)) + "; "
    if len(set(parts)) == 1:
        sentences = [f"{_capital(head + parts[0])}."]
    else:
        each = [text["model"].format(name=name, rest=part) for name, part in zip(models, parts, strict=True)]
        sentences = [f"{head}{'; '.join(each)}."]
    for name, fit in models.items():
        if fit.dropped:
            rest = text["dropped"].format(
                gone=number(fit.nobs_total - fit.nobs, lang, 0), total=number(fit.nobs_total, lang, 0)
            )
            columns = ", ".join(f"{column} {number(count, lang, 0)}" for column, count in fit.dropped.items())
            sentences.append(f"{text['model'].format(name=name, rest=rest)} ({columns}).")
    return sentences


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
