"""From names of Kommunen to official keys: named steps, no guessing.

A name is taken apart into its core ("Offenbach"), what tells it from others ("am Main") and the words
that state its level ("Landkreis", "Hansestadt"). Cores are compared letter by letter after spelling out
umlauts and abbreviations. Stadt and Landkreis of the same name are told apart by the name's own words or
by a hint, never by which of the two is larger; where neither speaks, the answer is `ambiguous`, also if the
register holds the Landkreis only: the town may be too small for it. A name that a Gemeinde outside the
register bears too (`names.NAMESAKES`) needs its Land, or words that rule the other out. Every name given
comes back as a row.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from .. import keys
from ..errors import DataError, InvalidKeyError
from ..schemas.codebook import fold
from .names import NAMESAKES, Level, ParsedName, parse

HOW = ("exact", "normalised", "short", "alias", "ambiguous", "conflict", "unmatched")
"""Named outcomes: `short` is a name without its supplement (Offenbach for Offenbach am Main); `conflict` a
name that exists, but in another Land or on another level; only the first four carry a key."""

ALIASES: dict[str, tuple[str, str]] = {
    "freie und hansestadt hamburg": ("02000000", "das Land ist die Stadt"),
    "land hamburg": ("02000000", "das Land ist die Stadt"),
    "land berlin": ("11000000", "das Land ist die Stadt"),
    "land bremen": ("04011000", "Zuordnung wie in keys.CITY_STATES: die Stadt Bremen, nicht Bremerhaven"),
    "freie hansestadt bremen": ("04011000", "Name des Landes; wie in keys.CITY_STATES die Stadt Bremen"),
    "landkreis soltau-fallingbostel": ("03358", "Name des Heidekreises bis 31.7.2011"),
    "erftkreis": ("05362", "Name des Rhein-Erft-Kreises bis 31.10.2003"),
    "landkreis ludwigshafen": ("07338", "Name des Rhein-Pfalz-Kreises bis 31.12.2003"),
    "landkreis daun": ("07233", "Name des Landkreises Vulkaneifel bis 31.12.2006"),
    "stadtverband saarbruecken": ("10041", "Name des Regionalverbandes bis 31.12.2007"),
    "kreis lauenburg": ("01053", "übliche Kurzform von Kreis Herzogtum Lauenburg"),
    "cottbus/chosebuz": ("12052000", "amtlicher zweisprachiger Name"),
    "bautzen/budysin": ("14625020", "amtlicher zweisprachiger Name der Stadt"),
    "haar/bei muenchen": ("09184123", "so unterscheidet Wikidata die Gemeinde Haar von anderen Orten"),
    "hoyerswerda/wojerecy": ("14625240", "amtlicher zweisprachiger Name"),
    "spree-neisse/sprjewja-nysa": ("12071", "amtlicher zweisprachiger Name"),
}
"""Folded name to key and reason: what no rule can know."""


def match(names: pd.DataFrame, register: pd.DataFrame, *, suggest: bool = True) -> pd.DataFrame:
    """Find the key of every name.

    A Landkreis is an answer only where the name or `kind` states its level.

    Parameters
    ----------
    names
        Column `name`; optional `land` (two-digit key, name or abbreviation) and `kind` (stadt, landkreis,
        kreis or a code of `KOMMUNE_KINDS`: states the level). Missing values state nothing.
    register
        Columns ags, name, kind and, to resolve "Neuss (Rhein-Kreis Neuss)", kreis_name.
    suggest
        Whether to look for similar names, which takes a millisecond for each that is unmatched.

    Returns
    -------
    pandas.DataFrame
        One row per name, in order: row (index of `names`), name, ags (missing unless one Kommune fits),
        how (one of `HOW`), level_basis (name, hint, or only_candidate: nothing stated the level and one
        Kommune bears the name), candidates (keys separated by |), suggestions (similar official names of
        what is unmatched: for a person to read, never used). What only_candidate does not tell: whether a
        part of a Gemeinde, or a Gemeinde that ended before 2017, has the same name; state the Land.

    Raises
    ------
    DataError
        If a column is missing, or a land or kind is none.
    """
    index = _Index(register, suggest=suggest)
    if "name" not in names.columns:
        raise DataError("the column 'name' is missing.", hint="It holds the names to match.")
    lands = names["land"] if "land" in names.columns else [None] * len(names)
    kinds = names["kind"] if "kind" in names.columns else [None] * len(names)
    rows = [
        (
            row,
            name,
            *index.find(
                "" if pd.isna(name) else str(name),
                _land(land, row),
                _level(kind, row),
                town=isinstance(kind, str) and kind.strip() in _TOWN_KINDS,
            ),
        )
        for row, name, land, kind in zip(names.index, names["name"], lands, kinds, strict=True)
    ]
    return pd.DataFrame(
        rows,
        columns=["row", "name", "ags", "how", "level_basis", "candidates", "suggestions"],
        dtype="object",
    ).astype(dict.fromkeys(["ags", "how", "level_basis", "candidates", "suggestions"], "str"))


NAME_COLUMNS: dict[str, str] = {
    "desk_research": "name", "desk_research_log": "name", "early_concepts": "city", "anlage1_grossstaedte": "city",
    "difu_2022": "kommune", "fussnote14": "city", "programme_participation": "name",
}  # fmt: skip
"""Raw tables that carry a name beside its key, with the column of the name."""


def check_names(tables: Mapping[str, pd.DataFrame], register: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of raw tables whose name and key disagree.

    The name is matched within the Land that the table states (else that of the key) and, unless its own
    words state the level, on the level of the key. A name that fits the key and no other Kommune of the
    register agrees with it: which of several namesakes is meant, the key says.

    Returns
    -------
    pandas.DataFrame
        table, row (as a spreadsheet counts, header = 1), name, ags, matched, how, candidates; empty if all
        agree. Rows without a key or a name are left out: there is nothing to compare.
    """
    found = []
    for table, column in NAME_COLUMNS.items():
        if table not in tables:
            continue
        frame = tables[table].reset_index(drop=True)
        frame = frame[frame["ags"].notna() & frame[column].notna()]
        asked = pd.DataFrame(
            {
                "name": frame[column],
                "land": frame["land"] if "land" in frame else frame["ags"].str[:2],
                "kind": frame["ags"].str.len().map({5: "landkreis", 8: "stadt"}),
            }
        )
        result = match(asked, register).set_index("row")
        fits = result["ags"].fillna(result["candidates"].where(result["how"] == "ambiguous"))
        wrong = fits.isna() | (fits != frame["ags"])
        found.append(
            pd.DataFrame(
                {
                    "table": table,
                    "row": frame.index[wrong] + 2,
                    "name": frame.loc[wrong, column],
                    "ags": frame.loc[wrong, "ags"],
                    "matched": result.loc[wrong, "ags"],
                    "how": result.loc[wrong, "how"],
                    "candidates": result.loc[wrong, "candidates"],
                }
            )
        )
    columns = ["table", "row", "name", "ags", "matched", "how", "candidates"]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=columns)


def require_names(
    tables: Mapping[str, pd.DataFrame], register: pd.DataFrame, *, files: Mapping[str, Path]
) -> None:
    """Refuse raw tables in which a name and its key disagree; see `check_names`.

    Parameters
    ----------
    tables, register
        Raw tables by name (others than `NAME_COLUMNS` are ignored), and the register.
    files
        The file of each table, for the message.

    Raises
    ------
    DataError
        With file, row and column of the first disagreement, and how many there are.
    """
    wrong = check_names(tables, register)
    if wrong.empty:
        return
    first = wrong.iloc[0]
    others = len(wrong) - 1
    says = (
        f"that name has the key {first['matched']}"
        if pd.notna(first["matched"])
        else f"that name fits {first['candidates'].replace('|', ' or ') or 'no Kommune of the register'}"
    )
    raise DataError(
        f"name {first['name']!r} and key {first['ags']!r} disagree: {says} ({first['how']}).",
        file=files[first["table"]],
        row=int(first["row"]),
        column=NAME_COLUMNS[first["table"]],
        hint="Correct the name, the key or the Land." + (f" {others} more such rows." if others else ""),
    )


@dataclass(frozen=True)
class _Entry:
    ags: str
    name: str
    level: Level
    title: str
    kreis: str


class _Index:
    """The register by the letters of its names."""

    def __init__(self, register: pd.DataFrame, *, suggest: bool) -> None:
        self.suggest = suggest
        missing = [name for name in ("ags", "name", "kind") if name not in register.columns]
        if missing:
            raise DataError(f"the register lacks the column {missing[0]!r}.")
        kreise = register["kreis_name"] if "kreis_name" in register.columns else [""] * len(register)
        self.exact: dict[str, list[_Entry]] = {}
        self.forms: dict[str, dict[str, tuple[_Entry, str]]] = {}
        self.by_key: dict[str, _Entry] = {}
        for ags, name, kind, kreis in zip(
            register["ags"], register["name"], register["kind"], kreise, strict=True
        ):
            parsed = parse(name)
            level: Level = "kreis" if kind == "landkreis" else "stadt"
            entry = _Entry(ags, name, level, parsed.title, parse(kreis).full)
            self.by_key[ags] = entry
            self.exact.setdefault(_plain(name), []).append(entry)
            for form, step in self._forms(parsed, entry):
                self.forms.setdefault(form, {}).setdefault(ags, (entry, step))

    @staticmethod
    def _forms(parsed: ParsedName, entry: _Entry) -> Iterator[tuple[str, str]]:
        """Yield the forms of one official name, the fullest first, each with the step that it stands for."""
        yield parsed.full, "normalised"
        yield parsed.titled, "normalised"
        if entry.level == "kreis" and parsed.full.endswith("kreis"):
            yield parsed.full.removesuffix("kreis"), "stem"
        yield parsed.short, "short"

    def find(
        self, name: str, land: str | None, hint: Level | None, *, town: bool = False
    ) -> tuple[str | None, str, str | None, str, str | None]:
        """Return ags, how, level_basis, candidates and suggestions for one name."""
        official = self.exact.get(_plain(name), [])
        alias = ALIASES.get(_alias_form(name))
        parsed = parse(name)
        level = parsed.level
        if alias and alias[0] in self.by_key:
            found = [(self.by_key[alias[0]], "alias")]
            level = found[0][0].level
        elif len(official) == 1 and level == official[0].level:
            found = [(official[0], "exact")]
        elif parsed.unread:
            found = []
        else:
            found = [
                (item, "exact" if item in official else step)
                for item, step in self._found(parsed, level or hint)
            ]
        fitting = [
            (item, step)
            for item, step in found
            if all(wanted in (None, item.ags[:2]) for wanted in (land, parsed.land))
            and all(wanted in (None, item.level) for wanted in (level, hint))
            and (step == "alias" or parsed.kreis in (None, item.kreis))
            and (step == "alias" or _title_fits(parsed.title, item.title))
        ]
        candidates = "|".join(sorted(item.ags for item, _ in (fitting or found)))
        town = town or (parsed.level == "stadt" and "gemeinde" not in parsed.title)
        if len(fitting) == 1 and (
            fitting[0][1] == "alias"
            or (len(official) == 1 and level == official[0].level)
            or self._sure(parsed, fitting[0][0], level or hint, land, town=town)
        ):
            basis = "name" if level else "hint" if hint else "only_candidate"
            return fitting[0][0].ags, fitting[0][1], basis, candidates, None
        if fitting:
            return None, "ambiguous", None, candidates, None
        if found:
            return None, "conflict", None, candidates, None
        return None, "unmatched", None, "", self._similar(parsed.full)

    @staticmethod
    def _sure(
        parsed: ParsedName, entry: _Entry, level: Level | None, land: str | None, *, town: bool
    ) -> bool:
        """Tell whether no Kommune outside the register can be meant instead."""
        if entry.level == "kreis":
            return level == "kreis"
        if parsed.kreis:
            return True
        land = land or parsed.land
        return not any(
            land in (None, place[:2]) and (not town or place[2:] == "s")
            for place in NAMESAKES.get(parsed.full, ())
        )

    def _found(self, parsed: ParsedName, level: Level | None) -> list[tuple[_Entry, str]]:
        """Return every Kommune that the letters fit, whatever its level and Land."""
        found: dict[str, tuple[_Entry, str]] = {}
        for form in (parsed.titled, parsed.full):
            for ags, (entry, step) in self.forms.get(form, {}).items():
                stated_only = step == "stem" or (step == "short" and form in _LAND_LETTERS)
                if stated_only and level != entry.level:
                    continue
                found.setdefault(ags, (entry, "normalised" if step == "stem" else step))
        return list(found.values())

    def _similar(self, letters: str) -> str | None:
        close = (
            difflib.get_close_matches(letters, list(self.forms), n=3, cutoff=0.8)
            if letters and self.suggest
            else []
        )
        names = {entry.name: None for form in close for entry, _ in self.forms[form].values()}
        return "|".join(names) or None


_UNIONS = ("staedteregion", "regionalverband", "region")
_TOWN_KINDS = ("kreisfreie_stadt", "kreisangehoerige_stadt")
_OWN_TITLES = (*_UNIONS, "altmarkkreis", "eifelkreis", "rhein kreis")
_LAND_LETTERS = frozenset(re.sub(r"[^a-z]", "", fold(land.name)) for land in keys.LAENDER.values())


def _plain(name: str) -> str:
    return " ".join(name.split())


def _alias_form(name: str) -> str:
    return re.sub(r"\s*[/(]\s*|\s+-\s+", "/", " ".join(fold(name).split())).rstrip(")")


def _title_fits(stated: str, official: str) -> bool:
    """Tell whether the leading words of a name may stand for those of the official one.

    Region, Städteregion and Regionalverband are names of their own: the Landkreise before them had another
    territory, and there is no "Region Osnabrück" in the register.
    """
    if stated in _OWN_TITLES or (stated and official in _UNIONS):
        return stated == official
    return True


def _land(value: object, row: object) -> str | None:
    if pd.isna(value) or not str(value).strip():
        return None
    text = str(value).strip()
    if text in keys.LAENDER:
        return text
    try:
        return keys.land_key(text)
    except InvalidKeyError as error:
        raise DataError(str(error), row=_spreadsheet(row), column="land") from None


def _level(value: object, row: object) -> Level | None:
    if pd.isna(value) or not str(value).strip():
        return None
    text = str(value).strip()
    if text in ("landkreis", "kreis"):
        return "kreis"
    if text in ("stadt", "gemeinde", "kreisfreie_stadt", "kreisangehoerige_stadt"):
        return "stadt"
    raise DataError(
        f"{text!r} states no level.", row=_spreadsheet(row), column="kind", hint="Write stadt or landkreis."
    )


def _spreadsheet(row: object) -> int | None:
    return row + 2 if isinstance(row, int) else None
