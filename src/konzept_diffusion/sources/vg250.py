"""Boundaries of Gemeinden, Kreise and Länder: VG250 of the Bundesamt für Kartographie und Geodäsie (BKG).

The official outlines are those of 2024. `write_boundaries` makes the project's own simplified build of them,
401 Kreise as of 31.12.2017 whose shared borders stay shared; `load_boundaries` reads it. Kreise and Länder
are unions of Gemeinden, so all levels fit each other. Eisenach, a Kreis of its own until it was merged into
the Wartburgkreis in 2021, comes back as the outline of the Gemeinde. What cannot come back are Gemeinden
that changed the Kreis after 2017 and merged there with others: see `tracing.CHANGED`.

Source: © GeoBasis-DE / BKG, VG250, dl-de/by-2-0 (changed: repaired, merged, simplified).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio.errors
import shapely

from .. import files, keys, paths
from ..errors import InvalidKeyError, SourceError
from ..schemas.core import validate
from ..schemas.geography import ADJACENCY_GEMEINDEN
from ..store import load_raw
from . import topojson
from .tracing import NEXT_KEYS, NEXT_KREISE

Level = Literal["kreis", "land"]
FOLDER, FILE = "boundaries", "VG250_GEM_simplified.zip"
"""Subfolder and name of the official outlines."""
CRS = 25832
"""EPSG code of the official outlines: ETRS89 / UTM zone 32N, in metres."""
NOW, THEN = "2021-12-31", "2017-12-31"
"""The Gebietsstände: 400 Kreise since Eisenach's merger of 1.7.2021, 401 Kreise of the study."""
EXPECTED: Mapping[str, int] = MappingProxyType({THEN: 401, NOW: 400})
SEPARATE: Mapping[str, str] = MappingProxyType(
    {new: old[:5] for old, new in NEXT_KEYS.items() if old[:5] in NEXT_KREISE}
)
"""Gemeinde (2024) that was a Kreis of its own at 31.12.2017, and that Kreis: Eisenach."""
ATTRIBUTION = "© GeoBasis-DE / BKG (2024), VG250, dl-de/by-2-0"

_OUTPUT, _OBJECT = "kreise_2017.topojson", "kreise"
_TOLERANCE_M, _GRID_M = 300.0, 10.0
_LAND_AREA = 4  # Geofaktor: land with administrative structure
_GAP_M = 10.0  # gaps narrower than this come from rounding, not from a border
_MAX_REPAIR = 0.15  # of one Gemeinde; the worst is a village of 3 km² whose outline crosses itself
_MAX_REPAIR_ALL = 1e-4


@dataclass(frozen=True)
class Repair:
    """What making the outlines a coverage has changed.

    Attributes
    ----------
    invalid
        Keys of the outlines that crossed themselves.
    moved_km2
        Area that changed its Gemeinde, summed over all, in km².
    largest
        Largest change of one Gemeinde as a share of its area, and `largest_ags` which it is.
    """

    invalid: tuple[str, ...]
    moved_km2: float
    largest: float
    largest_ags: str


def read_gemeinden(path: Path) -> gpd.GeoDataFrame:
    """Return the Gemeinden as a clean coverage: valid outlines without overlaps, shared borders identical.

    Parameters
    ----------
    path
        The official file (any format that geopandas reads) with the 12-digit Regionalschlüssel in `ARS`.

    Returns
    -------
    geopandas.GeoDataFrame
        ags (8 digits, status of the file) and geometry in EPSG:25832, sorted by ags.

    Raises
    ------
    SourceError
        If the file is missing, unreadable, laid out differently, or more broken than is repaired.
    """
    return repair(read_outlines(path))[0]


def read_outlines(path: Path) -> gpd.GeoDataFrame:
    """Return the outlines of the Gemeinden as they stand in the official file; as for `read_gemeinden`."""
    if not path.is_file():
        raise SourceError(f"{path}: there is no such file. Download VG250 from the BKG and put it there.")
    try:
        table = gpd.read_file(path)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise SourceError(f"{path}: is no readable file of outlines ({error}). Download it again.") from None
    if "ARS" not in table.columns:
        known = ", ".join(str(name) for name in table.columns if name != "geometry") or "none"
        raise SourceError(f"{path}: the column ARS (Regionalschlüssel) is missing; there are: {known}.")
    if table.crs is None:
        raise SourceError(f"{path}: names no system of coordinates; expected is EPSG:{CRS}.")
    if "GF" in table.columns:  # the full edition also has rows for stretches of water
        table = table[table["GF"] == _LAND_AREA].reset_index(drop=True)
    ars = table["ARS"].astype("str")
    wrong = ~ars.str.fullmatch("[0-9]{12}").fillna(False).astype(bool)
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        raise SourceError(f"{path}, row {row + 1}: ARS {ars[row]!r} is no key of 12 digits.")
    outlines = gpd.GeoDataFrame({"ags": ars.str[:5] + ars.str[9:]}, geometry=table.geometry).to_crs(CRS)
    try:
        for key in outlines["ags"]:
            keys.check(key, level="gemeinde")
    except InvalidKeyError as error:
        raise SourceError(f"{path}: {error}") from None
    twice = outlines["ags"].duplicated()
    if twice.any():
        raise SourceError(f"{path}: the Gemeinde {outlines.loc[twice, 'ags'].iloc[0]} stands there twice.")
    flat = outlines.geom_type.isin(["Polygon", "MultiPolygon"]) & ~outlines.is_empty
    if not flat.all():
        raise SourceError(f"{path}: the Gemeinde {outlines.loc[~flat, 'ags'].iloc[0]} has no area.")
    return outlines.sort_values("ags", ignore_index=True)


def repair(outlines: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, Repair]:
    """Return the outlines as a coverage and what that has changed.

    Outlines that cross themselves are made valid; where two overlap, the piece goes to the one with the
    longer border to it.

    Raises
    ------
    SourceError
        If one Gemeinde changes by more than 15 %, or all together by more than 0.01 %, of the area.
    """
    shapes = outlines.geometry.to_numpy()
    valid = shapely.is_valid(shapes)
    made = np.where(valid, shapes, shapely.make_valid(shapes, method="structure", keep_collapsed=False))
    clean = shapely.coverage_clean(made, snapping_distance=1.0, gap_width=_GAP_M)
    before, change = np.abs(shapely.area(shapes)), shapely.area(clean) - np.abs(shapely.area(shapes))
    share = np.abs(change) / before
    worst = int(share.argmax())
    report = Repair(
        invalid=tuple(outlines.loc[~valid, "ags"]),
        moved_km2=float(np.abs(change).sum() / 2e6),
        largest=float(share[worst]),
        largest_ags=str(outlines["ags"].iloc[worst]),
    )
    if report.largest > _MAX_REPAIR or 1e6 * report.moved_km2 > _MAX_REPAIR_ALL * before.sum():
        raise SourceError(
            f"the outlines overlap too much to be repaired: {report.moved_km2:.1f} km² would change the "
            f"Gemeinde, {report.largest_ags} alone {report.largest:.0%} of its area. Take another file."
        )
    return outlines.set_geometry(gpd.GeoSeries(clean, index=outlines.index, crs=outlines.crs)), report


def kreise(gemeinden: gpd.GeoDataFrame, gebietsstand: str = NOW) -> gpd.GeoDataFrame:
    """Return the Kreise: unions of the Gemeinden by the first five digits.

    Parameters
    ----------
    gemeinden
        Table of `read_gemeinden`.
    gebietsstand
        "2021-12-31" (400 Kreise) or "2017-12-31" (401: Eisenach, 16056, apart from the Wartburgkreis).

    Returns
    -------
    geopandas.GeoDataFrame
        ags (5 digits), land and geometry, sorted by ags.
    """
    _check_stand(gebietsstand)
    key = gemeinden["ags"].str[:5]
    if gebietsstand == THEN:
        key = gemeinden["ags"].map(SEPARATE).fillna(key)
    return _union(gemeinden, key)


def laender(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the Länder (ags of 2 digits, land, geometry): unions of Gemeinden or Kreise."""
    return _union(areas, areas["ags"].str[:2])


def neighbours(areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the pairs of areas that share a border, not only a point.

    Parameters
    ----------
    areas
        A coverage with ags and geometry in metres.

    Returns
    -------
    pandas.DataFrame
        ags_a < ags_b, shared_km_approx (length of the common border of the given outlines, rounded to 10 m).
    """
    one, other = areas.sindex.query(areas.geometry, predicate="intersects")
    names = areas["ags"].to_numpy()
    once = names[one] < names[other]
    one, other = one[once], other[once]
    shapes = areas.geometry.boundary.to_numpy()
    length = shapely.length(shapely.intersection(shapes[one], shapes[other])) / 1000
    table = pd.DataFrame({"ags_a": names[one], "ags_b": names[other], "shared_km_approx": length.round(2)})
    return table[length > 0].sort_values(["ags_a", "ags_b"], ignore_index=True)


def kreis_adjacency(gemeinden: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the neighbouring Kreise (401, status 31.12.2017): kreis_a < kreis_b, shared_km_approx.

    The raw table `kreis_adjacency`, from outlines of 2024 (see `tracing.CHANGED`).

    Parameters
    ----------
    gemeinden
        Table of `read_gemeinden`.
    """
    return neighbours(kreise(gemeinden, THEN)).rename(columns={"ags_a": "kreis_a", "ags_b": "kreis_b"})


def gemeinde_adjacency(gemeinden: gpd.GeoDataFrame, register: pd.DataFrame) -> pd.DataFrame:
    """Return the neighbouring Gemeinden of the register, by their keys of 31.12.2017 and outlines of 2024.

    Parameters
    ----------
    gemeinden
        Table of `read_gemeinden`.
    register
        Raw table `register`; its Landkreise are left out.

    Raises
    ------
    SourceError
        If a Gemeinde of the register has no outline under its key of 2017 or that of its successor.
    """
    wanted = register.loc[register["ags"].str.len() == 8, "ags"]
    now = wanted.replace(NEXT_KEYS)
    if missing := without_outline(gemeinden, wanted):
        raise SourceError(
            f"{len(missing)} Gemeinden of the register have no outline ({', '.join(missing)}). "
            "Name the keys that took their place in NEXT_KEYS (sources/tracing.py)."
        )
    then = dict(zip(now, wanted, strict=True))
    chosen = gemeinden[gemeinden["ags"].isin(then)]
    return neighbours(chosen.assign(ags=chosen["ags"].map(then)))


def without_outline(gemeinden: gpd.GeoDataFrame, ags: Collection[str]) -> list[str]:
    """Return the keys (31.12.2017) of Gemeinden that have no outline, also not under a later key."""
    known = set(gemeinden["ags"])
    return sorted(key for key in ags if NEXT_KEYS.get(key, key) not in known)


def write_boundaries(folder: Path, out: Path, *, register: pd.DataFrame | None = None) -> list[Path]:
    """Write `kreise_2017.topojson` and `adjacency_gemeinden.csv`.

    Parameters
    ----------
    folder
        Folder of the official files, with the subfolder boundaries.
    out
        Folder of the raw tables; the files go to its subfolder `official`.
    register
        Raw table `register`, by default the project's.

    Returns
    -------
    list of Path
        The files written. Same files in, same bytes out.

    Raises
    ------
    SourceError
        If the official file is missing, odd, or does not hold the Kreise that there were.
    """
    gemeinden = read_gemeinden(folder / FOLDER / FILE)
    units = kreise(gemeinden, THEN)
    _check_count(units, folder / FOLDER / FILE, THEN)
    pairs = gemeinde_adjacency(gemeinden, load_raw("register") if register is None else register)
    text = topojson.encode(
        units.set_index("ags").geometry.simplify_coverage(_TOLERANCE_M),
        _OBJECT,
        grid=_GRID_M,
        members={
            "crs": {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{CRS}"}},
            "description": "Kreise in Germany, status 31.12.2017 (outlines of 2024; Eisenach apart)",
            "attribution": f"{ATTRIBUTION}; changed: repaired, merged to Kreise, simplified",
        },
    )
    target = out / "official" / _OUTPUT
    files.write_text(target, text)
    table = out / "official" / f"{ADJACENCY_GEMEINDEN.name}.csv"
    files.write_csv(table, validate(pairs, ADJACENCY_GEMEINDEN))
    return [target, table]


def load_boundaries(
    level: Level = "kreis", gebietsstand: str = THEN, *, path: Path | None = None
) -> gpd.GeoDataFrame:
    """Return the project's own simplified outlines (EPSG:25832).

    Parameters
    ----------
    level
        "kreis" or "land".
    gebietsstand
        "2017-12-31" (401 Kreise) or "2021-12-31" (400 Kreise, as until today); the Länder are the same.
    path
        The file; by default the one in `data/raw/official`.

    Returns
    -------
    geopandas.GeoDataFrame
        ags (5 digits for a Kreis, 2 for a Land), name, land, geometry (MultiPolygon), sorted by ags. The
        outlines are a coverage: neighbours have identical vertices along their border.

    Raises
    ------
    SourceError
        If level or Gebietsstand is not known, or the file is missing or damaged.
    """
    if level not in ("kreis", "land"):
        raise SourceError(f"there are no boundaries of the level {level!r}: choose kreis or land.")
    _check_stand(gebietsstand)
    units = _read_build(path or paths.raw_dir() / "official" / _OUTPUT)
    if level == "land":
        table = laender(units)
        return table.assign(name=table["ags"].map(keys.land_name))[["ags", "name", "land", "geometry"]]
    if gebietsstand == NOW:
        merged = {kreis: gemeinde[:5] for gemeinde, kreis in SEPARATE.items()}
        units = _union(units, units["ags"].replace(merged))
    return units.assign(name=units["ags"].map(_kreis_names()))[["ags", "name", "land", "geometry"]]


@cache
def _read_build(path: Path) -> gpd.GeoDataFrame:
    if not path.is_file():
        raise SourceError(f"{path}: there is no such file. Write it with `konzept-diffusion fetch vg250`.")
    try:
        table = gpd.read_file(path).rename(columns={"id": "ags"})
    except pyogrio.errors.DataSourceError as error:
        raise SourceError(
            f"{path}: is damaged ({error}). Write it with `konzept-diffusion fetch vg250`."
        ) from None
    _check_count(table, path, THEN)
    table = table[["ags", "geometry"]].set_crs(CRS, allow_override=True)
    return table.assign(land=table["ags"].str[:2])[["ags", "land", "geometry"]]


@cache
def _kreis_names() -> pd.Series:
    """Return the names of the Kreise of 31.12.2017 by key."""
    register = load_raw("register")
    own = register[register["kind"].isin(["landkreis", "kreisfreie_stadt"])]
    return own.set_index("kreis")["name"]


def _union(areas: gpd.GeoDataFrame, key: pd.Series) -> gpd.GeoDataFrame:
    """Return one multipolygon per key: ags, land, geometry."""
    ordered = key.to_numpy().astype(str)
    names = np.unique(ordered)
    shapes = areas.geometry.to_numpy()
    united = [_multi(shapely.coverage_union_all(shapes[ordered == name])) for name in names]
    frame = gpd.GeoDataFrame({"ags": names}, geometry=gpd.GeoSeries(united, crs=areas.crs))
    frame["ags"] = frame["ags"].astype("str")
    return frame.assign(land=frame["ags"].str[:2])[["ags", "land", "geometry"]]


def _multi(shape: shapely.Geometry) -> shapely.MultiPolygon:
    return shapely.multipolygons(shapely.get_parts(shape))


def _check_stand(gebietsstand: str) -> None:
    if gebietsstand not in EXPECTED:
        raise SourceError(
            f"there are no boundaries of {gebietsstand!r}: choose the Gebietsstand {' or '.join(EXPECTED)}."
        )


def _check_count(units: gpd.GeoDataFrame, path: Path, gebietsstand: str) -> None:
    if len(units) != EXPECTED[gebietsstand]:
        raise SourceError(
            f"{path}: holds {len(units)} Kreise of {gebietsstand}, expected were {EXPECTED[gebietsstand]}."
        )
