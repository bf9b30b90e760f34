"""Where the Gemeinden of an extract belong at the territorial status of 31.12.2017.

The BBSR crosswalk leads from the Gemeinden of 1990–2020 to those of 31.12.2020; going back from there to 2017 is
unambiguous but for three Gemeinden that reach across a Kreis border of 2017 (Suhl, Kaltennordheim, Neuhaus am
Rennweg). Their parts are told apart by key, by name, and by the extracts of later dates.

Sources: Statistisches Bundesamt, GV-ISys; BBSR, Umsteigeschlüssel (see `konzept_diffusion.sources.crosswalk`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from ..errors import SourceError
from . import gv_isys

NEXT_KEYS: dict[str, str] = {"16056000": "16063105", "03358022": "03358024"}
"""Key of 31.12.2017 to the one after it: Eisenach joined the Wartburgkreis on 1.7.2021; Walsrode and Bomlitz merged
to a new Walsrode on 1.1.2020."""
NEXT_KREISE: Mapping[str, str] = MappingProxyType(
    {old[:5]: new[:5] for old, new in NEXT_KEYS.items() if old[:5] != new[:5]}
)
"""Kreis of 31.12.2017 that was merged into another one, and that one: Eisenach and the Wartburgkreis."""
CHANGED: frozenset[str] = frozenset({"16054", "16061", "16063", "16064", "16066", "16070", "16072", "16073"})
"""Kreise whose area of 31.12.2024 is more than 1 % off that of 31.12.2017 (GV-ISys, Eisenach apart): in Thüringen,
where Gemeinden went over to other Kreise from 2019 on. Elsewhere the two agree."""
CHANGED_BY_2021: frozenset[str] = CHANGED - {"16061", "16064"}
"""Those whose area differed at 31.12.2021 already; Eichsfeld and Unstrut-Hainich-Kreis followed in 2023."""
INTO_SUHL = frozenset({"16024280", "16042020", "16042080", "16042350"})
"""Keys of 1990 of Vesser, Albrechts, Dietzhausen and Wichtshausen, which Suhl took in before 31.12.1994: the area
of the city grew by exactly theirs."""
STATUS = 2017
"""Year of the territorial status that everything is brought to."""
_COLUMNS = ["ags", "kreis", "weight_population", "weight_area"]
_NO_LETTER = re.compile(r"[\W_]+")
_ADDITION = re.compile(r"\s(?:a|am|an|b|bei|d|i|im|in|ob|v|vor)\b.*")


@dataclass(frozen=True)
class Extract:
    """The Gemeinden of one extract.

    Attributes
    ----------
    file, stand, date
        Published name, territorial status, date of the population (ISO dates).
    units
        Index key; name, population (0 where the file has a blank, for areas without inhabitants), area_km2.
    laender
        The two-digit keys of the Länder that the extract has.
    """

    file: str
    stand: str
    date: str
    units: pd.DataFrame
    laender: frozenset[str]

    @property
    def year(self) -> int:
        """Year of the crosswalk with these keys: 1.1.1991 is in 1991, 31.12.1994 in 1994."""
        return int(self.stand[:4])


def make_extract(file: str, table: pd.DataFrame) -> Extract:
    """Return the Gemeinden of a table of `gv_isys.read`."""
    units = table[table["satzart"] == "60"].set_index("ags")[["name", "population", "area_km2"]]
    units = units.assign(population=units["population"].fillna(0).astype("int64"))
    stand, date = str(table["stand"].iloc[0]), str(table["population_date"].iloc[0])
    return Extract(file, stand, date, units, frozenset(units.index.str[:2]))


def place_name(name: str) -> str:
    """Return what identifies a place in an official name: no title, no addition, abbreviations spelled out.

    "Halle/Saale, Stadt" and "Halle (Saale), Stadt" are both "halle".
    """
    text = gv_isys.tidy_name(name).casefold().split(",")[0]
    text = re.sub(r"\(.*?\)|/.*", "", text)
    return " ".join(re.sub(r"\ba\.\s?d\.", "an der", text).split())


def same_place(one: str, other: str) -> bool:
    """May two official names be those of one place ("Emmerich", "Emmerich am Rhein")?

    Neither the addition after the name counts nor hyphens and blanks ("Alt-Mölln", "Alt Mölln"), so the two have
    to be known to lie in one area.
    """
    heads = [
        _NO_LETTER.sub(
            "", _ADDITION.sub("", place_name(name).replace("st. ", "sankt ").removeprefix("hann. "))
        )
        for name in (one, other)
    ]
    return heads[0] == heads[1]


def is_west_berlin(name: str) -> bool:
    """Is this the western half of Berlin, as in the extracts before 1990?"""
    return gv_isys.tidy_name(name).startswith("Berlin (West)")


def links(extract: Extract, crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the crosswalk for the Gemeinden of an extract.

    Where the crosswalk does not have a key in the very year (reforms between the two days), the row of the
    nearest year counts, the earlier of two.

    Returns
    -------
    pandas.DataFrame
        ags_old, ags_new, weight_population, weight_area.
    """
    rows = crosswalk[crosswalk["year"] == extract.year]
    lacking = extract.units.index.difference(rows["ags_old"])
    others = crosswalk[crosswalk["ags_old"].isin(lacking)]
    gap = (others["year"] - extract.year).abs() * 2 + (others["year"] > extract.year)
    nearest = others[gap == gap.groupby(others["ags_old"]).transform("min")]
    both = pd.concat([rows[rows["ags_old"].isin(extract.units.index)], nearest], ignore_index=True)
    return both[["ags_old", "ags_new", "weight_population", "weight_area"]]


class Homes:
    """Finds the Kreis of 31.12.2017 in which every Gemeinde of an extract lies; learns from later extracts.

    Parameters
    ----------
    crosswalk
        Table of `crosswalk.read_gemeinden`.
    """

    def __init__(self, crosswalk: pd.DataFrame) -> None:
        self.crosswalk = crosswalk
        rows = crosswalk[crosswalk["year"] == STATUS]
        self._keys = frozenset(rows["ags_old"])
        kreise = rows.assign(kreis=rows["ags_old"].str[:5]).groupby("ags_new")["kreis"].agg(frozenset)
        self._one = {new: next(iter(found)) for new, found in kreise.items() if len(found) == 1}
        self._several = {new: found for new, found in kreise.items() if len(found) > 1}
        self._seen: dict[tuple[str, str], str] = {}

    def within(self, extract: Extract) -> pd.DataFrame:
        """Return the parts of an extract that the crosswalk covers; call it for later extracts first.

        Returns
        -------
        pandas.DataFrame
            ags, kreis (of 31.12.2017), weight_population, weight_area: shares of the Gemeinde that lie in it.

        Raises
        ------
        SourceError
            If an inhabited Gemeinde belongs nowhere.
        """
        rows = links(extract, self.crosswalk).rename(columns={"ags_old": "ags"})
        rows["kreis"] = rows["ags_new"].map(self._one)
        open_ = rows["kreis"].isna()
        rows.loc[open_, "kreis"] = [
            self._told_apart(ags, new, extract)
            for ags, new in rows.loc[open_, ["ags", "ags_new"]].itertuples(index=False)
        ]
        parts = rows.groupby(["ags", "kreis"], as_index=False)[["weight_population", "weight_area"]].sum()
        return pd.concat([parts, _by_siblings(extract, parts)], ignore_index=True)[_COLUMNS]

    def _told_apart(self, ags: str, new: str, extract: Extract) -> str:
        """Return the Kreis of a part of one of the Gemeinden that reach across a border of 2017."""
        name = place_name(str(extract.units.loc[ags, "name"]))
        kreis = ags[:5] if ags in self._keys or ags[:5] in self._several[new] else self._seen.get((new, name))
        if kreis is None and ags in INTO_SUHL:
            kreis = "16054"
        if kreis is None:
            raise SourceError(
                f"{extract.file}: it is not known in which Kreis of 31.12.2017 the Gemeinde {ags} ({name}) lies."
            )
        self._seen.setdefault((new, name), kreis)
        return kreis


def before(extract: Extract, parts: pd.DataFrame, of: Extract) -> tuple[pd.DataFrame, frozenset[str]]:
    """Return the parts of an extract from before the crosswalk by the keys of the first one within it.

    A Kreis that lies in one Kreis of 31.12.2017 as a whole is followed as a whole. In a divided Kreis the
    Gemeinden must be the same in both extracts.

    Parameters
    ----------
    extract
        The extract from before.
    parts
        Parts of the first extract within the crosswalk, from `Homes.within`.
    of
        That extract.

    Returns
    -------
    tuple of pandas.DataFrame and frozenset of str
        The parts, and the Kreise of 31.12.2017 that cannot be put together.
    """
    known = inhabited(parts, of)
    old = known["ags"].str[:5]
    found = known.groupby(old)["kreis"].agg(["first", "nunique"])
    whole = found.loc[found["nunique"] == 1, "first"].to_dict()
    units = extract.units.index
    undivided = units[units.str[:5].isin(list(whole))]
    first = pd.DataFrame({"ags": undivided, "kreis": undivided.str[:5].map(whole)}).assign(
        weight_population=1.0, weight_area=1.0
    )
    second = parts[parts["ags"].isin(units.difference(undivided))]
    present = units[extract.units["population"] > 0]
    gone = ~known["ags"].isin(present) & ~old.isin(list(whole)) | ~old.isin(present.str[:5])
    strange = present.difference(undivided).difference(known["ags"]).str[:5]
    unclear = known.loc[gone | old.isin(strange), "kreis"]
    return pd.concat([first, second], ignore_index=True)[_COLUMNS], frozenset(unclear)


def after(extract: Extract) -> pd.DataFrame:
    """Return the parts of an extract from after the crosswalk: every Gemeinde lies in the Kreis of its key."""
    back = {new: old[:5] for old, new in NEXT_KEYS.items()}
    ags = extract.units.index
    return pd.DataFrame(
        {
            "ags": ags,
            "kreis": [back.get(key, key[:5]) for key in ags],
            "weight_population": 1.0,
            "weight_area": 1.0,
        }
    )


def _by_siblings(extract: Extract, parts: pd.DataFrame) -> pd.DataFrame:
    """Return parts for Gemeinden that the crosswalk has in no year, where their whole Kreis went one way."""
    lost = extract.units.index.difference(parts["ags"])
    kreise = parts.groupby(parts["ags"].str[:5])["kreis"].agg(frozenset).to_dict()
    rows = []
    for ags in lost:
        found = kreise.get(ags[:5], frozenset())
        if len(found) == 1:
            rows.append((ags, next(iter(found)), 1.0, 1.0))
        elif extract.units.loc[ags, "population"] > 0:
            raise SourceError(
                f"{extract.file}: the Gemeinde {extract.units.loc[ags, 'name']} ({ags}) is in no year of the "
                "crosswalk, and its Kreis was divided. The file or the crosswalk has changed."
            )
    return pd.DataFrame(rows, columns=_COLUMNS).astype({"weight_population": float, "weight_area": float})


def inhabited(parts: pd.DataFrame, extract: Extract) -> pd.DataFrame:
    """Return the parts in which somebody lives."""
    return parts[parts["ags"].map(extract.units["population"]) > 0]
