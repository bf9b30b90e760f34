"""The risk set of every coding and sample of a multiverse, each made once."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from ...errors import DataError, KonzeptError, ModelError
from ...riskset import INPUTS, risk_set
from ...store import load
from .choices import Coding, Multiverse, Sample

Made = tuple[pd.DataFrame | KonzeptError, tuple[str, ...]]
"""A risk set, or the error that kept it from being made, and the warnings on the way."""


def risk_sets(
    multiverse: Multiverse,
    data: pd.DataFrame | Mapping[str, pd.DataFrame] | None,
    folder: Path | str | None,
) -> dict[tuple[str, str], Made]:
    """Return the risk sets by names of coding and sample.

    Raises
    ------
    ModelError
        If `data` does not fit the codings or samples declared.
    """
    if data is not None:
        return _given(multiverse, data)
    tables = {name: load(name, folder=folder) for name in INPUTS}
    made: dict[tuple[str, bool], Made] = {}
    found = {}
    for coding in multiverse.codings:
        for sample in multiverse.samples:
            key = (coding.name, sample.without_pre_wave)
            if key not in made:
                made[key] = _made(tables, coding, sample)
            found[coding.name, sample.name] = _chosen(made[key], sample)
    return found


def _given(
    multiverse: Multiverse, data: pd.DataFrame | Mapping[str, pd.DataFrame]
) -> dict[tuple[str, str], Made]:
    if isinstance(data, pd.DataFrame):
        if len(multiverse.codings) > 1:
            raise ModelError(
                f"One table cannot serve {len(multiverse.codings)} codings: pass a mapping from the name of each "
                "coding to its risk set, or declare one coding."
            )
        data = {multiverse.codings[0].name: data}
    lacking = [coding.name for coding in multiverse.codings if coding.name not in data]
    if lacking:
        raise ModelError(f"There is no risk set for the coding {lacking[0]!r}: add it to data.")
    for sample in multiverse.samples:
        if sample.without_pre_wave:
            raise ModelError(
                f"The sample {sample.name!r} leaves out cities by the catalogue, but data are given: say which "
                "rows it keeps with where=."
            )
    return {
        (coding.name, sample.name): _chosen((data[coding.name], ()), sample)
        for coding in multiverse.codings
        for sample in multiverse.samples
    }


def _made(tables: Mapping[str, pd.DataFrame], coding: Coding, sample: Sample) -> Made:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            made: pd.DataFrame | KonzeptError = risk_set(
                tables,
                rule=coding.rule,
                named_in_text=coding.named_in_text,
                without_pre_wave=sample.without_pre_wave,
            )
        except DataError as error:
            made = error
    return made, tuple(dict.fromkeys(str(item.message) for item in caught))


def _chosen(made: Made, sample: Sample) -> Made:
    """Return the rows of a sample; a condition that cannot be evaluated is an error of its specifications."""
    table, notes = made
    if sample.where is None or isinstance(table, KonzeptError):
        return table, notes
    try:
        chosen = table.query(sample.where)
    except (ValueError, TypeError, SyntaxError, NameError, KeyError) as error:
        return ModelError(
            f"The sample {sample.name!r} cannot be taken: {sample.where!r} ({error}). Write a condition on the "
            "columns, such as \"land != '05'\"."
        ), notes
    if chosen.empty:
        return ModelError(f"The sample {sample.name!r} ({sample.where!r}) has no row: widen it."), notes
    return chosen, notes
