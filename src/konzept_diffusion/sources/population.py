"""Population of the register's Kommunen at the dates of the extracts, followed through territorial reforms.

Rules, in this order:

1. A Gemeinde has its own figure (`own`) wherever the same town existed, under this or an earlier key. The
   territory is that of the date: incorporations show as jumps of the area.
2. A Gemeinde formed by a merger under a new name has the sum of its predecessors (`summed`).
3. A Landkreis has the sum of the Gemeinden of its territory of 31.12.2017: `own` if they were exactly one Kreis
   then, `summed` if they were several Kreise or Gemeinden as a whole, `converted` if the crosswalk divides a
   Gemeinde by population.
4. The crosswalk ends at both sides. Before 1990 a unit is followed by the keys of 1990, in the old Länder only;
   after 2020 a unit has its own territory of the date. What cannot be followed is absent, never guessed.

Sources: Statistisches Bundesamt, GV-ISys; BBSR, Umsteigeschlüssel (see `konzept_diffusion.sources.crosswalk`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pandas as pd

from .. import keys
from ..errors import SourceError
from ..schemas.core import validate
from ..schemas.indicators import POPULATION
from . import tracing
from .crosswalk import YEARS
from .tracing import Extract, place_name, same_place

INCOMPLETE, NEIGHBOURS = "1997-12-31", ("1994-12-31", "2002-12-31")
"""The extract with the population of INCOMPLETE lacks what belonged to Gemeinden dissolved in 1998."""
SHORT = 0.002
"""A sum of that date in an eastern Land is left out if its area is short of both neighbours' by more than this
share; shortages are above 0.0028 or below 0.0007. In the west only areas without inhabitants are missing."""
OTHER_TERRITORY = 0.01
"""From this difference to the area of 31.12.2017 on, a figure of after 2020 carries a note."""
_WHOLE = 1 - 1e-9


_EAST = tuple(key for key, land in keys.LAENDER.items() if land.part == "ost")


def key_at(ags: str, stand: str, key_changes: pd.DataFrame) -> tuple[str, str]:
    """Return the key of a Gemeinde at a territorial status (ISO date) and the name the hand table gives it.

    The name is empty if the key is that of 31.12.2017.
    """
    old = key_changes[(key_changes["ags"] == ags) & (key_changes["valid_until"] >= stand)]
    if old.empty:
        return ags, ""
    first = old.sort_values("valid_until").iloc[0]
    return str(first["ags_old"]), str(first["name"])


ABSENT_COLUMNS = ("ags", "name", "date", "source_file", "reason")


@dataclass(frozen=True)
class Traced:
    """Population of many Kommunen, and which figures there are not.

    Attributes
    ----------
    table
        Columns of the raw table `population`, sorted by key and date.
    absent
        Figures left out because a Gemeinde was not found or another name stands under its key: columns
        `ABSENT_COLUMNS`, sorted by key and date. Figures that no unit of the kind can have (see
        `trace_population`) are not listed.
    """

    table: pd.DataFrame
    absent: pd.DataFrame


@dataclass(frozen=True)
class _Sources:
    """What the tracing of single Gemeinden needs."""

    names: Mapping[str, str]
    """Key of 31.12.2017 to name, of the towns of the register."""
    changes: Mapping[str, pd.DataFrame]
    """Key of 31.12.2017 to its rows in `key_changes`."""
    new: Mapping[str, str]
    """Key of 31.12.2017 to the Gemeinde of 31.12.2020 that it passed to."""
    parts: Mapping[str, int]
    """Gemeinde of 31.12.2020 to the number of Gemeinden of 31.12.2017 in it."""
    strict: frozenset[str]
    """Keys for which a figure that is not found is an error."""
    key_of_1990: dict[str, str] = field(default_factory=dict)
    absent: list[tuple[str, str, str, str, str]] = field(default_factory=list)


def trace_population(
    tables: Mapping[str, pd.DataFrame],
    register: pd.DataFrame,
    key_changes: pd.DataFrame,
    crosswalk: pd.DataFrame,
) -> pd.DataFrame:
    """Return population and area of every Kommune of the register at the dates of the extracts.

    Absent are the Kommunen of a Land that an extract does not have (the eastern Länder and Berlin before
    1990), western ones of before 1990 that cannot be put together by the keys of 1990, and sums of 1997 whose
    area is short (see `SHORT`).

    Parameters
    ----------
    tables
        Published file name to the table of `gv_isys.read`; one per date of population.
    register
        Raw table `register`.
    key_changes
        Raw table `key_changes`: earlier keys known from elsewhere; they come before the crosswalk.
    crosswalk
        Table of `crosswalk.read_gemeinden`.

    Returns
    -------
    pandas.DataFrame
        Columns of the raw table `population`, sorted by key and date.

    Raises
    ------
    SourceError
        If a Kommune is not where it must be, or another place stands under its key.
    """
    return trace(tables, register, key_changes, crosswalk, strict=register["ags"]).table


def trace(
    tables: Mapping[str, pd.DataFrame],
    register: pd.DataFrame,
    key_changes: pd.DataFrame,
    crosswalk: pd.DataFrame,
    *,
    strict: Collection[str],
) -> Traced:
    """Return what `trace_population` does for Kommunen of which some may get lost on the way.

    Parameters
    ----------
    tables, register, key_changes, crosswalk
        As for `trace_population`.
    strict
        Keys of the Kommunen that have to be found: those of the study. For any other Gemeinde a figure that is
        not found, or whose name does not fit, is left out and listed.

    Raises
    ------
    SourceError
        If a Kommune of `strict` is not where it must be, or another place stands under its key; if a Gemeinde of
        an extract belongs to no Kreis.
    """
    extracts = sorted(
        (tracing.make_extract(file, table) for file, table in tables.items()),
        key=lambda item: item.date,
        reverse=True,
    )
    towns = register[register["ags"].str.len() == 8].set_index("ags")["name"].to_dict()
    kreise = frozenset(register.loc[register["ags"].str.len() == 5, "ags"])
    rows = crosswalk[crosswalk["year"] == tracing.STATUS]
    sources = _Sources(
        towns,
        dict(tuple(key_changes.groupby("ags"))),
        rows[rows["ags_old"].isin(list(towns))].set_index("ags_old")["ags_new"].to_dict(),
        rows.groupby("ags_new").size().to_dict(),
        frozenset(strict),
    )
    homes = tracing.Homes(crosswalk)
    found: list[pd.DataFrame] = []
    first: tuple[pd.DataFrame, Extract] | None = None
    for extract in extracts:
        unclear: frozenset[str] = frozenset()
        if extract.year > YEARS[-1]:
            parts = tracing.after(extract)
        elif extract.year >= YEARS[0]:
            parts = homes.within(extract)
            first = parts, extract
        elif first is not None:
            parts, unclear = tracing.before(extract, *first)
        else:
            continue
        whole = _landkreise(extract, parts, kreise - unclear)
        found += [_towns(extract, sources, crosswalk), whole]
    table = pd.concat(found, ignore_index=True)
    table = _with_notes(_without_short_sums(table), register).sort_values(["ags", "date"], ignore_index=True)
    absent = pd.DataFrame(sources.absent, columns=list(ABSENT_COLUMNS), dtype="str")
    return Traced(
        validate(table, POPULATION, file="population (from GV-ISys)"),
        absent.sort_values(["ags", "date"], ignore_index=True),
    )


def _towns(extract: Extract, sources: _Sources, crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Return the Gemeinden of the register in one extract."""
    within = YEARS[0] <= extract.year <= YEARS[-1]
    old: dict[str, list[tuple[str, float]]] = {}
    if within:
        wanted = set(sources.new.values())
        rows = tracing.links(extract, crosswalk)
        for link in rows[rows["ags_new"].isin(wanted)].itertuples():
            old.setdefault(link.ags_new, []).append((link.ags_old, link.weight_population))
    people, area = extract.units["population"].to_dict(), extract.units["area_km2"].to_dict()
    rows_out: list[tuple[object, ...]] = []
    for ags, name in sources.names.items():
        if ags[:2] not in extract.laender:
            continue
        try:
            keys_then, method = _town(ags, name, extract, sources, old.get(sources.new.get(ags, ""), []))
        except _NotFoundError as error:
            if ags in sources.strict:
                raise SourceError(f"{extract.file}: {error}") from None
            sources.absent.append((ags, name, extract.date, extract.file, str(error)))
            continue
        if not keys_then:
            continue
        if method == "own" and extract.year <= YEARS[0] + 1:
            sources.key_of_1990.setdefault(ags, keys_then[0][0])
        rows_out.append(
            (
                ags,
                extract.date,
                round(sum(people[key] * weight for key, weight in keys_then)),
                "|".join(key for key, _ in keys_then),
                round(sum(area[key] * weight for key, weight in keys_then), 2),
                method,
                extract.file,
            )
        )
    return pd.DataFrame(rows_out, columns=POPULATION.column_names[:-1])


class _NotFoundError(Exception):
    """A town is not in an extract, or another name stands under its key."""


def _town(
    ags: str, name: str, extract: Extract, sources: _Sources, old: list[tuple[str, float]]
) -> tuple[list[tuple[str, float]], str]:
    """Return the keys then with their weights, and the method; no keys if the town cannot be followed."""
    units = extract.units
    key, expected = ags, ""
    if ags in sources.changes:
        key, expected = key_at(ags, extract.stand, sources.changes[ags])
    if extract.year > YEARS[-1] and ags not in units.index:
        key = tracing.NEXT_KEYS.get(ags, ags)
    if extract.year < YEARS[0]:
        key = sources.key_of_1990.get(ags, "")
        if key not in units.index or tracing.is_west_berlin(str(units.loc[key, "name"])):
            return [], "own"
    if key in units.index:
        there = str(units.loc[key, "name"])
        # A name from the hand table is that of the time: it has to be the same one.
        if (expected and place_name(expected) != place_name(there)) or not (
            same_place(there, name) or (expected and extract.year >= YEARS[0])
        ):
            raise _NotFoundError(f"under the key {key} stands {there!r}, expected was {expected or name!r}.")
        return [(key, 1.0)], "own"
    same = [key for key, _ in old if same_place(str(units.loc[key, "name"]), name)]
    if len(same) == 1 and not expected:
        return [(same[0], 1.0)], "own"
    # A Gemeinde of 2020 with several parts of 2017 does not tell which of the old ones are whose.
    if expected or not old or sources.parts[sources.new[ags]] > 1:
        todo = (
            "It was merged after 31.12.2017 or has a new key, which belongs in NEXT_KEYS (sources/tracing.py)."
            if extract.year > YEARS[-1]
            else "Add its earlier key to key_changes.csv."
        )
        raise _NotFoundError(f"{name} is not there under the key {key}. {todo}")
    return sorted(old), "summed" if all(weight > _WHOLE for _, weight in old) else "converted"


def _landkreise(extract: Extract, parts: pd.DataFrame, wanted: frozenset[str]) -> pd.DataFrame:
    """Return the Landkreise in one extract: the sums of their parts."""
    parts = parts.assign(
        population=parts["ags"].map(extract.units["population"]) * parts["weight_population"],
        area_km2=parts["ags"].map(extract.units["area_km2"]) * parts["weight_area"],
    )
    sums = parts.groupby("kreis")[["population", "area_km2"]].sum()
    lived_in = tracing.inhabited(parts, extract)
    # What stands for the parts: a Kreis of then that lies in the unit as a whole, else the Gemeinde.
    old = lived_in["ags"].str[:5]
    undivided = lived_in.groupby(old)["kreis"].transform("nunique") == 1
    label = old.where(undivided, lived_in["ags"])
    labels = label.groupby(lived_in["kreis"]).agg(
        lambda found: sorted(set(found), key=lambda key: (len(key), key))
    )
    divided = (lived_in["weight_population"] < _WHOLE).groupby(lived_in["kreis"]).any()
    rows = []
    for kreis in sorted(wanted & set(labels.index)):
        own = len(labels[kreis]) == 1 and len(labels[kreis][0]) == 5
        method = "converted" if divided[kreis] else "own" if own else "summed"
        rows.append(
            (
                kreis,
                extract.date,
                round(float(sums.loc[kreis, "population"])),
                "|".join(labels[kreis]),
                round(float(sums.loc[kreis, "area_km2"]), 2),
                method,
                extract.file,
            )
        )
    return pd.DataFrame(rows, columns=POPULATION.column_names[:-1])


def _without_short_sums(table: pd.DataFrame) -> pd.DataFrame:
    """Leave out the sums of 1997 in which the extract lacks Gemeinden dissolved in 1998."""
    area = table.set_index(["ags", "date"])["area_km2"].unstack().reindex(columns=[INCOMPLETE, *NEIGHBOURS])  # noqa: PD010
    short = area[INCOMPLETE] < area[list(NEIGHBOURS)].min(axis=1) * (1 - SHORT)
    a_sum = ((table["ags"].str.len() == 5) | (table["method"] != "own")) & table["ags"].str.startswith(_EAST)
    return table[~((table["date"] == INCOMPLETE) & a_sum & table["ags"].map(short))]


def _with_notes(table: pd.DataFrame, register: pd.DataFrame) -> pd.DataFrame:
    """Say where a Kommune after the end of the crosswalk has another territory than at 31.12.2017."""
    then = table["ags"].map(register.set_index("ags")["area_km2"])
    other = (table["area_km2"] / then - 1).abs() > OTHER_TERRITORY
    late = table["date"].str[:4].astype(int) > YEARS[-1]
    note = "Gebietsstand des Datums; am 31.12.2017 " + then.map("{:.2f}".format) + " km²"
    return table.assign(note=note.where(other & late, None))
