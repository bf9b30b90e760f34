"""TopoJSON: a polygon coverage as a text file in which every shared border stands once.

Neighbours refer to the same arc, so their borders cannot come apart, whatever is done to the arcs.
Coordinates are whole numbers on a grid, each the step from the one before. Format: The TopoJSON Format
Specification, version 1.0.0 (Bostock and Metcalf), section 2. To be read with `geopandas.read_file`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    import geopandas as gpd

_Point = tuple[int, int]
_Path = tuple[_Point, ...]


def encode(coverage: gpd.GeoSeries, name: str, *, grid: float, members: Mapping[str, object]) -> str:
    """Return a polygon coverage as TopoJSON, one arc and one polygon per line.

    Parameters
    ----------
    coverage
        Polygons or multipolygons by key (the index); shared borders have the same vertices.
    name
        Name of the object in the file.
    grid
        Width of the grid in units of the coordinates; vertices are rounded to it.
    members
        Further members of the file (source, licence, system of coordinates).
    """
    shapes = {
        str(key): [
            [_steps(ring.coords, grid) for ring in (part.exterior, *part.interiors)]
            for part in shapely.get_parts(shapely.normalize(shapely.orient_polygons(shape)))
        ]
        for key, shape in sorted(coverage.items())
    }
    neighbours: defaultdict[_Point, set[_Point]] = defaultdict(set)
    for ring in (ring for parts in shapes.values() for part in parts for ring in part):
        for one, other in pairwise(ring):
            neighbours[one].add(other)
            neighbours[other].add(one)
    nodes = {point for point, around in neighbours.items() if len(around) > 2}
    arcs: dict[_Path, int] = {}
    geometries = [
        {
            "type": "MultiPolygon",
            "id": key,
            "arcs": [[[_number(arc, arcs) for arc in _cut(ring, nodes)] for ring in part] for part in parts],
        }
        for key, parts in shapes.items()
    ]
    lines = [
        f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        for key, value in {
            "type": "Topology",
            **members,
            "transform": {"scale": [grid, grid], "translate": [0, 0]},
        }.items()
    ]
    return (
        "{\n"
        + ",\n".join(lines)
        + f',\n"objects": {{{json.dumps(name)}: {{"type": "GeometryCollection", "geometries": [\n'
        + ",\n".join(json.dumps(item, separators=(",", ":")) for item in geometries)
        + '\n]}},\n"arcs": [\n'
        + ",\n".join(json.dumps(_differences(arc), separators=(",", ":")) for arc in arcs)
        + "\n]\n}\n"
    )


def _steps(coordinates: Any, grid: float) -> list[_Point]:
    """Return the vertices of a ring in steps of the grid, without repetitions."""
    points = [(int(x), int(y)) for x, y in np.rint(np.asarray(coordinates) / grid)]
    return [point for number, point in enumerate(points) if number == 0 or point != points[number - 1]]


def _cut(ring: list[_Point], nodes: set[_Point]) -> list[_Path]:
    """Return a closed ring cut at its nodes; a ring without any is one arc from its smallest vertex."""
    inside = [number for number, point in enumerate(ring[:-1]) if point in nodes]
    start = inside[0] if inside else ring.index(min(ring))
    turned = [*ring[start:-1], *ring[: start + 1]]
    cuts = [number for number, point in enumerate(turned) if point in nodes] or [0, len(turned) - 1]
    return [tuple(turned[one : other + 1]) for one, other in pairwise(cuts)]


def _number(arc: _Path, arcs: dict[_Path, int]) -> int:
    """Return the number of an arc, counted on if it is new; backwards as the ones' complement."""
    backwards = arc[::-1]
    forward = arc <= backwards
    number = arcs.setdefault(arc if forward else backwards, len(arcs))
    return number if forward else ~number


def _differences(arc: _Path) -> list[list[int]]:
    """Return the first vertex, then the steps to each next one."""
    return np.diff(np.asarray(arc), axis=0, prepend=[[0, 0]]).tolist()
