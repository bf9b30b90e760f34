"""From the official files to the project's own small tables in `data/raw/official`.

Four tables: the register of Kommunen, their population at the dates of the extracts, the INKAR indicators of all
Kreise, and the census figures of the register's Gemeinden. Same files in, same bytes out.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pandas as pd

from .. import files, keys
from ..errors import SourceError
from ..schemas.core import validate
from ..schemas.indicators import INDICATORS_KREISE
from ..schemas.raw import TABLES
from ..store import load_raw
from . import crosswalk, gv_cache, gv_isys, inkar
from .gv_isys import Vintage
from .population import key_at, trace
from .zensus2022 import write_zensus2022

BEFORE, REGISTER = gv_isys.vintage("31122013_Auszug_GV.xlsx"), gv_isys.vintage("31122017_Auszug_GV.xlsx")
"""The register has the territorial status of the second; population of 2015 lies midway between the two."""
TOWN = 20_000
"""Inhabitants from which a Gemeinde is in the register."""
EXPECTED = {"landkreis": 294, "kreisfreie_stadt": 107}
"""Kreise of 31.12.2017: 294 Landkreise and 107 kreisfreie Städte (401 in all)."""
KINDS: dict[str, str] = {
    **dict.fromkeys(("43", "44", "45"), "landkreis"),
    **dict.fromkeys(("61", "62"), "kreisfreie_stadt"),
    **dict.fromkeys(("63", "67"), "kreisangehoerige_stadt"),
    **dict.fromkeys(("60", "64"), "gemeinde"),
}
"""Textkennzeichen (see `gv_isys.TEXTKZ`) to kind of Kommune; a Markt has no town rights."""


def extract(
    mirror: Path,
    out: Path,
    *,
    extra_keys: Iterable[str] | None = None,
    key_changes: pd.DataFrame | None = None,
    cache: Path | None = None,
) -> list[Path]:
    """Write all four tables.

    Parameters
    ----------
    mirror
        Folder of the official files, with the subfolders gv_isys, crosswalk, inkar and zensus2022.
    out
        Folder of the raw tables; the files go to its subfolder `official`.
    extra_keys
        Keys that belong in the register whatever their size; by default those of `desk_research`.
    key_changes
        Earlier keys (raw table `key_changes`, the default).
    cache
        Folder for parsed extracts (see `gv_cache`); None parses them anew.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    SourceError
        If an official file is missing, odd, or does not fit the keys.
    DataError
        If one of the raw tables breaks its declaration.
    """
    return [
        *write_gv_isys(mirror, out, extra_keys=extra_keys, key_changes=key_changes, cache=cache),
        *write_inkar(mirror, out),
        *write_zensus2022(mirror, out),
    ]


def write_gv_isys(
    mirror: Path,
    out: Path,
    *,
    extra_keys: Iterable[str] | None = None,
    key_changes: pd.DataFrame | None = None,
    cache: Path | None = None,
    strict: bool = True,
) -> list[Path]:
    """Write `register.csv` and `population.csv`.

    Parameters
    ----------
    mirror, out, extra_keys, key_changes, cache
        As for `extract`.
    strict
        True: a figure that is not found is an error for every unit. False: only for the units of the committed
        register; of any others (`extra_keys` may name all Gemeinden of 31.12.2017) it is left out and stands in
        a third file, `population_absent.csv` (columns `population.ABSENT_COLUMNS`).

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    SourceError
        As for `extract`.
    """
    changes = load_raw("key_changes") if key_changes is None else key_changes
    extra = load_raw("desk_research")["ags"] if extra_keys is None else extra_keys
    tables = gv_cache.read_all(mirror / "gv_isys", cache=cache, vintages=by_population_date())
    links = crosswalk.read_gemeinden(mirror / crosswalk.FOLDER / crosswalk.GEMEINDEN)
    units = register(tables[BEFORE.file], tables[REGISTER.file], extra, changes)
    for kind, expected in EXPECTED.items():
        if (found := int((units["kind"] == kind).sum())) != expected:
            raise SourceError(
                f"{REGISTER.file}: holds {found} units of kind {kind}, expected were {expected}."
            )
    needed = units["ags"] if strict else load_raw("register")["ags"]
    traced = trace(tables, units, changes, links, strict=needed)
    written = [_write(out, "register", units), _write(out, "population", traced.table)]
    return written if strict else [*written, _write(out, "population_absent", traced.absent)]


def write_inkar(mirror: Path, out: Path) -> list[Path]:
    """Write `indicators_kreise.csv`; parameters as for `extract`."""
    table = inkar.read(mirror / "inkar" / inkar.FILE)
    if (found := table["kreis"].nunique()) != inkar.KREISE:
        raise SourceError(f"{inkar.FILE}: holds {found} Kreise, expected were {inkar.KREISE} (status 2021).")
    checked = validate(table, INDICATORS_KREISE, file=f"{INDICATORS_KREISE.name} (from INKAR)")
    return [_write(out, INDICATORS_KREISE.name, checked)]


def by_population_date() -> tuple[Vintage, ...]:
    """Return one extract per population date: of two, the one whose territorial status is nearer to it."""
    best: dict[str, Vintage] = {}
    for item in gv_isys.VINTAGES:
        other = best.setdefault(item.population_date, item)
        if _distance(item) < _distance(other):
            best[item.population_date] = item
    return tuple(best[day] for day in sorted(best))


def register(
    before: pd.DataFrame, now: pd.DataFrame, extra_keys: Iterable[str], key_changes: pd.DataFrame
) -> pd.DataFrame:
    """Return all Landkreise, all Gemeinden of 20,000 and more in 2015 or 2017, and those of `extra_keys`.

    The population of 2015 is the mean of 2013 and 2017; a Gemeinde without a figure of 2013 counts by 2017.

    Parameters
    ----------
    before, now
        Tables of `gv_isys.read` for 31.12.2013 and 31.12.2017.
    extra_keys
        Keys (5 or 8 digits) at the status of `now`.
    key_changes
        Raw table `key_changes`.

    Returns
    -------
    pandas.DataFrame
        Columns of the raw table `register`, sorted by key. Landkreise have the sums of their Gemeinden
        (gemeindefreie Gebiete included) and the population-weighted mean of their Gemeinden's points,
        rounded to four decimals. `population_2013` is missing where the unit had no key in 2013.

    Raises
    ------
    SourceError
        If an extra key is no unit of `now`, or an inhabited Gemeinde of a Landkreis has no point.
    """
    kreise = now[now["satzart"] == "40"].set_index("ags")
    gemeinden = now[now["satzart"] == "60"].set_index("ags")
    earlier = before[before["satzart"] == "60"].set_index("ags")["population"]
    units = pd.concat([_landkreise(kreise, gemeinden, earlier), _gemeinden(gemeinden, earlier, key_changes)])
    extra = sorted(set(extra_keys))
    for key in extra:
        if key not in units.index:
            raise SourceError(
                f"the key {key} is no Gemeinde or Landkreis of 31.12.2017 in {REGISTER.file}. Correct it "
                "where it comes from (desk_research.csv, as a rule; kreisfreie Städte have eight digits)."
            )
    midway = (units["population_2013"] + units["population_2017"]) / 2
    large = (units["population_2017"] >= TOWN) | (midway >= TOWN).fillna(False)
    table = units[large | (units["kind"] == "landkreis") | units.index.isin(extra)].sort_index()
    table = table.rename_axis("ags").reset_index()
    table["kreis"] = table["ags"].map(keys.kreis)
    table["kreis_name"] = table["kreis"].map(kreise["name"])
    table["stand"] = now["stand"].iloc[0]
    return validate(table, TABLES["register"], file="register (from GV-ISys)")


def _gemeinden(gemeinden: pd.DataFrame, earlier: pd.Series, key_changes: pd.DataFrame) -> pd.DataFrame:
    """Return every Gemeinde of the register's status (gemeindefreie Gebiete apart)."""
    units = gemeinden[~gemeinden["textkz"].isin(gv_isys.UNINCORPORATED)]
    then = [key_at(ags, BEFORE.stand, key_changes)[0] for ags in units.index]
    return pd.DataFrame(
        {
            "name": units["name"],
            "textkz": units["textkz"],
            "kind": units["textkz"].map(KINDS),
            "population_2013": earlier.reindex(then).array,
            "population_2017": units["population"],
            "area_km2": units["area_km2"],
            "lat": units["lat"],
            "lon": units["lon"],
        }
    )


def _landkreise(kreise: pd.DataFrame, gemeinden: pd.DataFrame, earlier: pd.Series) -> pd.DataFrame:
    """Return every Landkreis with the sums and the weighted point of its Gemeinden."""
    units = kreise[kreise["textkz"].map(KINDS) == "landkreis"]
    own = gemeinden.assign(kreis=gemeinden.index.str[:5])
    own = own[own["kreis"].isin(units.index)]
    nowhere = own[own["lat"].isna() & (own["population"] > 0)]
    if not nowhere.empty:
        raise SourceError(
            f"{REGISTER.file}: {nowhere['name'].iloc[0]} ({nowhere.index[0]}) has no coordinates."
        )
    sums = own.groupby("kreis")[["population", "area_km2"]].sum()
    weight = own["population"].astype("float64")
    points = (
        own[["lat", "lon"]]
        .mul(weight, axis=0)
        .groupby(own["kreis"])
        .sum()
        .div(weight.groupby(own["kreis"]).sum(), axis=0)
    )
    return pd.DataFrame(
        {
            "name": units["name"],
            "textkz": units["textkz"],
            "kind": "landkreis",
            "population_2013": earlier.groupby(earlier.index.str[:5]).sum().reindex(units.index),
            "population_2017": sums["population"].reindex(units.index),
            "area_km2": sums["area_km2"].reindex(units.index).round(2),
            "lat": points["lat"].reindex(units.index).round(4),
            "lon": points["lon"].reindex(units.index).round(4),
        }
    )


def _distance(item: Vintage) -> int:
    return abs((date.fromisoformat(item.stand) - date.fromisoformat(item.population_date)).days)


def _write(out: Path, name: str, table: pd.DataFrame) -> Path:
    target = out / "official" / f"{name}.csv"
    files.write_csv(target, table)
    return target
