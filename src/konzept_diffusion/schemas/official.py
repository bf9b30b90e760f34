"""Declarations of the raw tables that hold official figures: extracts, keys, neighbours, websites."""

from __future__ import annotations

from .. import keys
from . import vocabulary as voc
from .core import Column, ForeignKey, Table

TO_REGISTER = ForeignKey(("ags",), "register", ("ags",))
"""Every key in a raw table is one of the register."""
_AGS: tuple[keys.Level, ...] = ("gemeinde", "kreis")
_GV = "© Statistisches Bundesamt (Destatis), GV-ISys, Auszug GV"
_GV_LICENCE = "Destatis: Vervielfältigung und Verbreitung, auch auszugsweise, mit Quellenangabe gestattet"

ADJACENCY = Table(
    name="kreis_adjacency",
    title="Neighbouring Kreise",
    description="One row per pair of neighbouring Kreise (401, status 31.12.2017, from outlines of 2024: Eisenach apart from the Wartburgkreis), kreis_a < kreis_b. In Thüringen the borders of eight Kreise have moved since 2017; elsewhere the outlines are those of 2017.",
    folder="raw",
    primary_key=("kreis_a", "kreis_b"),
    sources=("© GeoBasis-DE / BKG (2024), VG250 (changed: adjacency derived)",),
    licence="dl-de/by-2-0",
    columns=(
        Column("kreis_a", "key", "Kreis", required=True, level=("kreis",)),
        Column("kreis_b", "key", "Neighbour", required=True, level=("kreis",)),
        Column("shared_km_approx", "number", "Approximate length of the common border", unit="km", minimum=0),
    ),
)
REGISTER = Table(
    name="register",
    title="Register of Kommunen, status 31.12.2017",
    description="Landkreise, Gemeinden of 20,000 and more in 2015 or 2017, and smaller ones that the desk research covers.",
    folder="raw",
    primary_key=("ags",),
    sources=(_GV + " 31.12.2013 und 31.12.2017",),
    licence=_GV_LICENCE,
    columns=(
        Column(
            "ags",
            "key",
            "Official key of the Kommune (Gemeinde 8, Landkreis 5 digits)",
            required=True,
            level=_AGS,
        ),
        Column("name", "string", "Official name", required=True),
        Column("textkz", "string", "Textkennzeichen of the official list", required=True),
        Column("kind", "string", "Kind of Kommune", required=True, categories=tuple(voc.KOMMUNE_KINDS)),
        Column("kreis", "key", "Kreis", required=True, level=("kreis",)),
        Column("kreis_name", "string", "Name of the Kreis", required=True),
        Column(
            "population_2013",
            "integer",
            "Population 31.12.2013; missing if the key did not exist and no earlier key is known in key_changes",
            unit="persons",
            minimum=0,
        ),
        Column(
            "population_2017", "integer", "Population 31.12.2017", unit="persons", required=True, minimum=0
        ),
        Column("area_km2", "number", "Area 31.12.2017", unit="km²", minimum=0),
        Column("lat", "number", "Latitude (WGS84)", unit="degrees", minimum=47, maximum=56),
        Column("lon", "number", "Longitude (WGS84)", unit="degrees", minimum=5, maximum=16),
        Column("stand", "date", "Territorial status", required=True),
    ),
)
KEY_CHANGES = Table(
    name="key_changes",
    title="Earlier keys of the Großstädte",
    description="One row per earlier key of a city, with the last day on which it was valid.",
    folder="raw",
    primary_key=("ags", "ags_old"),
    sources=(_GV,),
    columns=(
        Column("ags", "key", "Key of 31.12.2017", required=True, level=("gemeinde",)),
        Column("ags_old", "key", "Earlier key", required=True, level=("gemeinde",)),
        Column("valid_until", "date", "Last day of the earlier key", required=True),
        Column("name", "string", "Name", required=True),
        Column("reason", "string", "Reform", required=True),
        Column("source", "string", "Source", required=True),
    ),
)
