"""Regionalatlas Deutschland: foreigners share by Kreis and year, from an ArcGIS service without a key.

Source: Statistische Ämter des Bundes und der Länder, Regionalatlas, table AI002-1-5, field AI0208 („Anteil
der ausländischen Bevölkerung an der Gesamtbevölkerung“, percent); dl-de/by-2-0. Address and query as in the
description by the bundesAPI project (github.com/bundesAPI/regionalatlas-api).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from .. import files, keys
from ..errors import InvalidKeyError, SourceError
from .http import Access, Client

URL = "https://www.gis-idmz.nrw.de/arcgis/rest/services/stba/regionalatlas/MapServer/dynamicLayer/query"
TABLE, FIELD = "ai002_1_5", "ai0208"
FIRST_YEAR = 2011
"""First year that `retrieve_years` asks for unless told otherwise (keys before are older ones)."""
ACCESS = Access("Regionalatlas")
COLUMNS = ("kreis", "year", "foreign_share")
_EXPECTED = ("ags", "jahr2", FIELD)
_CITY_STATES: dict[str, str] = {"02": "02000", "11": "11000"}
"""Hamburg and Berlin bear the key of the Land on the level of the Kreise."""


def layer(year: int) -> str:
    """Return the parameter `layer`: Kreise (typ 3) of a year with the table joined."""
    query = (
        f"SELECT * FROM verwaltungsgrenzen_gesamt LEFT OUTER JOIN {TABLE} ON ags = ags2 and jahr = jahr2 "
        f"WHERE typ = 3 AND jahr = {int(year)} AND (jahr2 = {int(year)} OR jahr2 IS NULL)"
    )
    data_source = {
        "geometryType": "esriGeometryPolygon",
        "workspaceId": "gdb",
        "query": query,
        "oidFields": "id",
        "spatialReference": {"wkid": 25832},
        "type": "queryTable",
    }
    return json.dumps({"source": {"dataSource": data_source, "type": "dataLayer"}}, separators=(",", ":"))


def request(client: Client, year: int, *, url: str = URL) -> bytes:
    """Return the service's answer for one year.

    Raises
    ------
    SourceError
        If the service fails or the answer is not what `parse` expects.
    """
    params = {
        "layer": layer(year),
        "f": "json",
        "outFields": ",".join(_EXPECTED),
        "returnGeometry": "false",
        "spatialRel": "esriSpatialRelIntersects",
        "where": "1=1",
    }
    body = client.read("GET", url, access=ACCESS, params=params).body
    parse(body, year)
    return body


def retrieve_years(
    client: Client,
    folder: Path,
    *,
    years: range | None = None,
    today: date | None = None,
    url: str = URL,
    keep: Callable[[Path], bool] = lambda path: False,
    say: Callable[[str], None] = lambda line: None,
) -> Iterator[tuple[Path, str]]:
    """Download years as `folder`/ai002_1_5_YEAR.json; yield each file with the address of the service.

    Parameters
    ----------
    client, folder, years, url
        HTTP client; where the files go; which years (by default `FIRST_YEAR` to the last that is over);
        where to ask.
    today
        Replaces the date of today.
    keep
        Is a file that is there already good enough?
    say
        Gets a line for every year without figures; no file is kept of it.

    Raises
    ------
    SourceError
        As for `request`; also if there is no figure in any of the years.
    """
    years = years or range(FIRST_YEAR, (today or date.today()).year)
    found = False
    for year in years:
        target = folder / f"{TABLE}_{year}.json"
        if not keep(target):
            body = request(client, year, url=url)
            if parse(body, year).empty:
                say(f"Regionalatlas, table {TABLE}: no figures for {year}")
                continue
            files.write_bytes(target, body)
        found = True
        yield target, url
    if not found:
        raise SourceError(
            f"Regionalatlas, table {TABLE}: no figures for {years[0]} to {years[-1]}. Ask for other years; if "
            "that does not help, table or service have changed."
        )


def read(path: Path) -> pd.DataFrame:
    """Return the figures of one downloaded year; see `parse`. Python API for users (docs/sources.md).

    Raises
    ------
    SourceError
        If the file is missing, bears another name, or is not what `parse` expects.
    """
    year = path.stem.removeprefix(f"{TABLE}_")
    if not (year.isascii() and year.isdigit()):
        raise SourceError(f"{path}: a name like {TABLE}_2017.json was expected.")
    try:
        return parse(path.read_bytes(), int(year))
    except FileNotFoundError:
        raise SourceError(
            f"{path}: there is no such file. Run 'konzept-diffusion fetch regionalatlas'."
        ) from None


def parse(body: bytes, year: int) -> pd.DataFrame:
    """Return the foreigners share of the Kreise in an answer.

    Kreise without a figure (null, or a special code such as 2222222222 „nichts vorhanden“ and 6666666666
    „Aussage nicht sinnvoll“) are absent rows.

    Parameters
    ----------
    body
        JSON of ArcGIS: `features`, each with `attributes` ags, jahr2, ai0208.
    year
        The year asked for.

    Returns
    -------
    pandas.DataFrame
        `kreis` (five digits; Hamburg 02000, Berlin 11000), `year`, `foreign_share` (percent), by key;
        no row if there is no figure of that year.

    Raises
    ------
    SourceError
        If the service reports an error, the answer is cut, the fields have changed (expected and found are
        named), or a key, year or share cannot be.
    """
    place = f"Regionalatlas, table {TABLE}, {year}"
    rows = [
        {str(name).lower(): value for name, value in attributes.items()}
        for attributes in _attributes(body, place)
    ]
    shares: dict[str, float] = {}
    for row in rows:
        lost = [name for name in _EXPECTED if name not in row]
        if lost:
            raise SourceError(
                f"{place}: the layout has changed; expected fields {', '.join(_EXPECTED)}; missing: "
                f"{', '.join(lost)}; found: {', '.join(row)}."
            )
        kreis = _kreis(row["ags"], place)
        share = _share(row[FIELD], f"{place}, Kreis {kreis}")
        if share is None:
            continue
        if row["jahr2"] is not None and str(row["jahr2"]) != str(year):
            raise SourceError(f"{place}, Kreis {kreis}: the figure is that of {row['jahr2']}.")
        if shares.setdefault(kreis, share) != share:
            raise SourceError(f"{place}, Kreis {kreis}: stands there twice, with different figures.")
    table = pd.DataFrame(
        {"kreis": list(shares), "year": year, "foreign_share": list(shares.values())},
        columns=list(COLUMNS),
    )
    types = {"kreis": "str", "year": "int64", "foreign_share": "float64"}
    return table.astype(types).sort_values("kreis", ignore_index=True)


def _attributes(body: bytes, place: str) -> list[dict[str, Any]]:
    """Return the attributes of the features; ArcGIS reports its errors with HTTP 200."""
    try:
        answer = json.loads(body)
    except ValueError:
        raise SourceError(f"{place}: no JSON came, as during maintenance. Try again later.") from None
    if isinstance(answer, dict) and isinstance(answer.get("error"), dict):
        error = answer["error"]
        raise SourceError(
            f"{place}: the service reports error {error.get('code')}: {error.get('message')}. Try again "
            "later; if that does not help, table or service have changed."
        )
    features = answer.get("features") if isinstance(answer, dict) else None
    if not isinstance(features, list) or any(
        not isinstance(item, dict) or not isinstance(item.get("attributes"), dict) for item in features
    ):
        found = ", ".join(answer) if isinstance(answer, dict) else type(answer).__name__
        raise SourceError(
            f"{place}: the layout has changed; expected features with attributes, found: {found}."
        )
    if answer.get("exceededTransferLimit"):
        raise SourceError(f"{place}: the service sent only a part of the Kreise (exceededTransferLimit).")
    return [item["attributes"] for item in features]


def _kreis(value: object, place: str) -> str:
    try:
        return keys.check(_CITY_STATES.get(str(value), value), level="kreis")  # type: ignore[arg-type]
    except InvalidKeyError as error:
        raise SourceError(f"{place}: {error}") from None


def _share(value: object, place: str) -> float | None:
    """Return a share; None for null and for a special code (one digit ten times)."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise SourceError(f"{place}, field {FIELD}: {value!r} is no number.")
    if value == int(value) and len(set(str(int(value)))) == 1 and len(str(int(value))) == 10:
        return None
    if not 0 <= value <= 100:
        raise SourceError(f"{place}, field {FIELD}: {value!r} is outside 0 to 100 percent.")
    return float(value)
