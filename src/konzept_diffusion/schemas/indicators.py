"""Declarations of official figures by Kommune or Kreis: the extracts in `data/raw/official`, and `statistics`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import keys
from .core import Column, ForeignKey, Table
from .official import REGISTER

if TYPE_CHECKING:
    import pandas as pd

_LEVELS: tuple[keys.Level, ...] = ("gemeinde", "kreis")
_TO_REGISTER = ForeignKey(("ags",), "register", ("ags",))
_GV = "© Statistisches Bundesamt (Destatis), GV-ISys, Auszug GV"
_INKAR = "© BBSR Bonn, INKAR"
_ZENSUS = "© Statistische Ämter des Bundes und der Länder, Zensus 2022"
_KREIS_INDICATORS = ("foreign_share", "unemployment_rate", "tax_revenue_per_capita", "debt_per_capita")
INDICATORS: dict[str, tuple[str, str]] = {
    "population": ("Bevölkerung am 31.12.", "population, 31 December"),
    "area_km2": ("Fläche am 31.12. in km²", "area in km², 31 December"),
    "foreign_share": (
        "Ausländeranteil am 31.12. in Prozent",
        "foreigners in per cent of the population, 31 December",
    ),
    "unemployment_rate": (
        "Arbeitslosenquote des Jahres in Prozent, wie veröffentlicht",
        "unemployment rate of the year in per cent, as published",
    ),
    "tax_revenue_per_capita": (
        "gemeindliche Steuerkraft des Jahres in Euro je Einwohner (INKAR q_gest_bev)",
        "municipal tax revenue of the year in euro per inhabitant (INKAR q_gest_bev, Gemeindliche Steuerkraft)",
    ),
    "debt_per_capita": (
        "kommunale Schulden des Jahres in Euro je Einwohner, wie veröffentlicht",
        "municipal debt of the year in euro per inhabitant, as published",
    ),
    "foreign_share_zensus": (
        "Ausländeranteil im Zensus 2022 (15.5.2022) in Prozent",
        "foreigners in per cent of the population, census of 15 May 2022",
    ),
    "migration_background_share": (
        "Anteil der Personen mit Einwanderungsgeschichte im Zensus 2022 in Prozent",
        "persons with Einwanderungsgeschichte in per cent of the population, census of 15 May 2022",
    ),
}
"""Indicators of table `statistics` with their meaning in German and English."""
METHODS = ("own", "summed", "converted")
FLAGS: dict[str, tuple[str, str]] = {
    "official": ("amtliche Zahl", "official figure"),
    "summed": (
        "Summe der amtlichen Zahlen ganzer Vorgänger",
        "sum of the official figures of whole predecessors",
    ),
    "converted": (
        "Vorgänger nach dem BBSR-Umsteigeschlüssel nach Bevölkerung geteilt",
        "predecessors divided by population with the BBSR crosswalk",
    ),
    "interpolated": (
        "zwischen zwei Stichtagen linear interpoliert",
        "interpolated linearly between two dates",
    ),
    "disclosure_noise": (
        "kleiner als der Ausländeranteil: Rauschen der Geheimhaltung",
        "below the foreigners share: noise of the disclosure control",
    ),
}
"""Flags of table `statistics` with their meaning in German and English."""
UNITS = ("persons", "km2", "percent", "euro")
"""Units of table `statistics`: persons, square kilometres, per cent, and euro per inhabitant."""
SERIES = ("before_break_2011", "after_break_2011", "across_break_2011")


def _one_key_unless_summed(frame: pd.DataFrame) -> Iterator[tuple[int, str, str]]:
    """Yield rows with several keys that are said to be the unit's own figure."""
    several = frame["ags_then"].str.contains("|", regex=False) & (frame["method"] == "own")
    for position in several.to_numpy().nonzero()[0]:
        yield position, "method", "is own, but several keys are summed."


def _noise_is_flagged(frame: pd.DataFrame) -> Iterator[tuple[int, str, str]]:
    """Yield rows whose two shares contradict each other without a flag, or are flagged without need."""
    below = frame["migration_background_share"] < frame["foreign_share_zensus2022"]
    for position in (below != (frame["flag"] == "disclosure_noise")).to_numpy().nonzero()[0]:
        yield (
            position,
            "flag",
            "should say disclosure_noise exactly where the second share is below the first.",
        )


POPULATION = Table(
    name="population",
    title="Population of the Kommunen of the register at the dates of the official extracts",
    description="One row per Kommune and date, 1983 to 2023. A Gemeinde has its own figure wherever the same town existed (territory of the date, see area_km2), else the sum of its predecessors; a Landkreis has its territory of 31.12.2017 until 2017 and that of the date after 2020. Absent where a unit cannot be followed: the eastern Länder and Berlin before 1990, western units whose parts changed keys before 1990, and sums of 1997 in which the extract lacks dissolved Gemeinden.",
    folder="raw",
    primary_key=("ags", "date"),
    foreign_keys=(_TO_REGISTER,),
    checks=(_one_key_unless_summed,),
    sources=(_GV, "© BBSR Bonn, Umsteigeschlüssel Gemeinden 1990–2020"),
    licence=REGISTER.licence,
    columns=(
        Column("ags", "key", "Kommune (key of 31.12.2017)", required=True, level=_LEVELS),
        Column("date", "date", "Date of the population figure", required=True),
        Column("population", "integer", "Population", unit="persons", required=True, minimum=1),
        Column(
            "ags_then",
            "string",
            "Key in that extract; for sums all of them joined by |: Kreise that belong to the unit as a whole, and single Gemeinden",
            required=True,
        ),
        Column("area_km2", "number", "Area in that extract", unit="km²", required=True, minimum=0),
        Column(
            "method",
            "string",
            "own: the same unit, maybe under another key; summed: whole predecessors; converted: predecessors divided by population",
            required=True,
            categories=METHODS,
        ),
        Column("source_file", "string", "Official file", required=True),
        Column("note", "string", "Note; after 2020 that the area is more than 1 % off that of 31.12.2017"),
    ),
)
INDICATORS_KREISE = Table(
    name="indicators_kreise",
    title="Foreigners share, unemployment, tax revenue and debt by Kreis and year",
    description="One row per Kreis (400, status 31.12.2021), year and indicator that has a value. The foreigners share breaks between 2010 and 2011 (census rebasing). 16063 includes Eisenach (16056 at 31.12.2017) in all years. The year of the foreigners share is its 31 December, that of unemployment, tax revenue and debt the year itself, as published.",
    folder="raw",
    primary_key=("kreis", "indicator", "year"),
    sources=(_INKAR,),
    licence="dl-de/by-2-0",
    columns=(
        Column("kreis", "key", "Kreis, status 31.12.2021", required=True, level=("kreis",)),
        Column("year", "year", "Year of the figure as published", required=True, unit="year"),
        Column("indicator", "string", "Indicator", required=True, categories=_KREIS_INDICATORS),
        Column("value", "number", "Value as published", required=True, minimum=0),
        Column(
            "unit",
            "string",
            "Unit; euro is euro per inhabitant",
            required=True,
            categories=("percent", "euro"),
        ),
    ),
)
ZENSUS2022 = Table(
    name="zensus2022",
    title="Zensus 2022: population, foreigners and Einwanderungsgeschichte",
    description="One row per Gemeinde of the register, census day 15 May 2022. Persons with Einwanderungsgeschichte immigrated since 1950 or have two such parents.",
    folder="raw",
    primary_key=("ags",),
    foreign_keys=(_TO_REGISTER,),
    checks=(_noise_is_flagged,),
    sources=(_ZENSUS,),
    licence="dl-de/by-2-0",
    columns=(
        Column("ags", "key", "Gemeinde (key of 31.12.2017)", required=True, level=("gemeinde",)),
        Column("ags_then", "key", "Key in the census", required=True, level=("gemeinde",)),
        Column("population_zensus2022", "integer", "Population", unit="persons", required=True, minimum=0),
        Column(
            "foreign_share_zensus2022",
            "number",
            "Foreigners in per cent of the population",
            unit="percent",
            minimum=0,
            maximum=100,
        ),
        Column(
            "migration_background_share",
            "number",
            "Persons with Einwanderungsgeschichte in per cent of the population; the source calls it migration background, level and definition are those of Einwanderungsgeschichte",
            unit="percent",
            minimum=0,
            maximum=100,
        ),
        Column(
            "flag",
            "string",
            "disclosure_noise: the second share is below the first; rounded: the population has six digits in the file",
            categories=("disclosure_noise", "rounded"),
        ),
    ),
)
STATISTICS = Table(
    name="statistics",
    title="Official statistics of the Kommunen of the study",
    description="One row per Kommune, year and indicator: 31 December for population, area and foreigners share, the year itself for unemployment, tax revenue and debt, 15 May 2022 for census figures. Population between two extracts is interpolated linearly and flagged; where the area changed by more than 5 % in between, the years between are left out, but for cities of 100,000, whose figures across such a change carry a note. Gemeinden within a Kreis have its foreigners share, unemployment, tax revenue and debt (level parent_kreis). The foreigners share breaks between 2010 and 2011. Beyond the design of the project go the column series, the flags summed, converted and disclosure_noise, and the indicator foreign_share_zensus.",
    primary_key=("ags", "year", "indicator"),
    foreign_keys=(ForeignKey(("ags",), "kommunen", ("ags",)),),
    sources=(*POPULATION.sources, _INKAR, _ZENSUS),
    licence="Destatis (GV-ISys), dl-de/by-2-0 (INKAR, Zensus 2022)",
    columns=(
        Column(
            "ags",
            "key",
            "Official key of the Kommune: Gemeinde 8, Landkreis 5 digits",
            required=True,
            level=_LEVELS,
        ),
        Column(
            "year",
            "year",
            "Year: 31 December for population, area and foreigners share, 15 May for census figures, the year itself for unemployment, tax revenue and debt",
            unit="year",
            required=True,
        ),
        Column("indicator", "string", "Indicator", required=True, categories=tuple(INDICATORS)),
        Column("value", "number", "Value", required=True, minimum=0),
        Column("unit", "string", "Unit; euro is euro per inhabitant", required=True, categories=UNITS),
        Column(
            "level",
            "string",
            "Is it the Kommune's own figure or its Kreis's?",
            required=True,
            categories=("own", "parent_kreis"),
        ),
        Column("flag", "string", "How the figure came about", required=True, categories=tuple(FLAGS)),
        Column(
            "series",
            "string",
            "Side of the break of 2010/2011 (census of 2011); across: interpolated between figures on both sides",
            required=True,
            categories=SERIES,
        ),
        Column("source", "string", "Source", required=True, categories=("gv_isys", "inkar", "zensus2022")),
        Column(
            "gebietsstand",
            "string",
            "Territorial status the figure refers to; between two extracts their years",
            required=True,
        ),
        Column("note", "string", "What flag and level do not say, above all a change of the territory"),
    ),
)
TABLES: dict[str, Table] = {table.name: table for table in (POPULATION, INDICATORS_KREISE, ZENSUS2022)}
"""Extracts for `schemas.raw.TABLES`; `STATISTICS` is the declaration of the built table."""
