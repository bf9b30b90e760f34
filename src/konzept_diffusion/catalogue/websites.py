"""Which address is a Kommune's own website: the rule, and the table `websites` compiled by it.

Nothing here visits an address. A host counts as the Kommune's own if its domain *is* the name of the
Kommune, give or take words like stadt or landkreis: `kreis-kleve.de`, not `integration-kleve.de`. Topic
sites, press, Land and shared hosting fall through that rule; what remains unknown stays unknown.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import pandas as pd

from ..schemas.codebook import fold
from .matching import match
from .names import name_forms

Reason = Literal["name", "abbreviation", "listed"]
OFFICIAL_PAGES = ("amtlich", "ris")
"""Values of desk_research.source_type that may cite a Kommune's own site."""

LISTED_HOSTS: dict[str, tuple[str, str]] = {
    "hannover.de": ("03241", "gemeinsames Portal von Landeshauptstadt und Region Hannover"),
    "kreis-rz.de": ("01053", "Kfz-Kennzeichen RZ, nach der Kreisstadt Ratzeburg"),
    "obk.de": ("05374", "Kurzform von Oberbergischer Kreis"),
    "enkreis.de": ("05954", "EN, Kfz-Kennzeichen des Ennepe-Ruhr-Kreises"),
    "ladadi.de": ("06432", "Kurzform von Landkreis Darmstadt-Dieburg"),
    "hef-rof.de": ("06632", "Kfz-Kennzeichen von Hersfeld und Rotenburg"),
    "landratsamt-pirna.de": ("14628", "Sitz des Landratsamtes ist Pirna"),
}
"""Domains that no rule can tell from their letters: owner and reason."""

_TOWN_WORDS = ("stadt", "hansestadt", "lutherstadt", "gemeinde", "rathaus")
_KREIS_WORDS = (
    "landkreis", "kreis", "lkr", "lk", "landratsamt", "lra", "regionalverband", "region", "staedteregion",
)  # fmt: skip
_ABBREVIATED = re.compile(rf"(?:{'|'.join(_KREIS_WORDS)})-?((?:[a-z]{{1,3}}-?){{1,2}})")
_OPARL_ENTRY = re.compile(r"^-\s", re.MULTILINE)
_OPARL_FIELD = re.compile(r"^\s*(title|url):\s*(.*?)\s*$", re.MULTILINE)
_WIKIDATA = "Wikidata P856, 2020-10 (german-gov-domains); Namensabgleich: {how}"


@dataclass(frozen=True)
class Hint:
    """An address that somebody gives for a Kommune, and where it stands."""

    ags: str
    url: str
    source: str


@dataclass(frozen=True)
class Hints:
    """What a list of names and addresses gives, and what of it is not used.

    found: the addresses with a key; unmatched: columns name, url, how (as in `matching.HOW`, or `several` where
    an address of the same Kommune was preferred or none could be), candidates; one row per unused address.
    """

    found: tuple[Hint, ...]
    unmatched: pd.DataFrame


def domain(url: str) -> str:
    """Return the domain of an address, lower case, without subdomains: `https://ris.emmerich.de/x` -> emmerich.de."""
    host = (urlsplit(url if "//" in url else f"//{url}").hostname or "").rstrip(".")
    with contextlib.suppress(UnicodeError):  # umlauts already there, or nothing that IDNA knows: as it is
        host = host.encode("ascii").decode("idna")
    return ".".join(host.split(".")[-2:])


def own_domain(url: str, ags: str, name: str, kind: str) -> Reason | None:
    """Tell whether an address may be the Kommune's own website, and why.

    Parameters
    ----------
    url
        The address; only its domain counts.
    ags, name, kind
        As in the register.

    Returns
    -------
    str or None
        "name": the domain is the name (with or without supplement), alone or with a word like stadt or
        landkreis before or behind it, Kreis words for Landkreise only. "abbreviation": a Kreis word and up
        to six letters that begin as the name does and occur in it in this order (lk-row.de for Rotenburg
        (Wümme)), or the initials of a name of three words (mtk.org). "listed": in `LISTED_HOSTS`. None: none
        of these, so that it must not be taken for the Kommune's own.
    """
    found = domain(url)
    if found in LISTED_HOSTS and LISTED_HOSTS[found][0] == ags:
        return "listed"
    label = re.sub(r"[^a-z-]", "", fold(found.partition(".")[0]))
    letters = label.replace("-", "")
    kreis = kind == "landkreis"
    words = _KREIS_WORDS if kreis else _TOWN_WORDS
    forms = name_forms(name)
    if any(letters in (form, *(w + form for w in words), *(form + w for w in words)) for form in forms):
        return "name"
    if not kreis:
        return None
    short = _ABBREVIATED.fullmatch(label)
    if short and any(_abbreviates(short[1].replace("-", ""), form) for form in forms):
        return "abbreviation"
    initials = "".join(part[0] for part in re.split(r"[\s-]+", fold(name)) if part)
    return "abbreviation" if len(initials) >= 3 and letters == initials else None


def _abbreviates(short: str, name: str) -> bool:
    """Tell whether `short` begins as `name` does and its letters occur there in this order."""
    rest = iter(name)
    return len(short) >= 2 and short[0] == name[0] and all(letter in rest for letter in short)


def cited_hints(desk: pd.DataFrame, participation: pd.DataFrame) -> list[Hint]:
    """Return the addresses of official pages that desk research and participation cite.

    The desk research states what kind of page it read; only official pages and council systems count. The
    table `programme_participation` does not, there the rule of `own_domain` decides alone.
    """
    official = desk[desk["source_type"].isin(OFFICIAL_PAGES)]
    return [
        Hint(ags, url, source)
        for frame, source in ((official, "desk_research"), (participation, "programme_participation"))
        for ags, url in zip(frame["ags"], frame["url"], strict=True)
    ]


def wikidata_hints(domains: pd.DataFrame, register: pd.DataFrame) -> Hints:
    """Return the domains of german-gov-domains whose town is in the register, one per town.

    A name that the matcher finds in full counts. "Rotenburg" for Rotenburg (Wümme) and "Amberg", which another
    Gemeinde of the Land is called too, count only where no full name leads to the town and the domain is a
    form of its name. Of several domains the one that is the name without any further word is taken.

    Parameters
    ----------
    domains
        `domains.cities.csv`: columns "Domain Name", "City", "State" (abbreviation of the Land).
    register
        Raw table `register`.
    """
    asked = pd.DataFrame({"name": domains["City"], "land": domains["State"], "kind": "stadt"})
    result = match(asked, register, suggest=False)
    known = register.set_index("ags")[["name", "kind"]]
    offers = pd.DataFrame({"name": domains["City"], "url": domains["Domain Name"]})
    offers["how"], offers["candidates"] = result["how"].to_numpy(), result["candidates"].to_numpy()
    by_key: dict[str, list[int]] = {}
    for position, ags in enumerate(result["ags"].where(result["how"] != "ambiguous", result["candidates"])):
        if ags in known.index:  # neither missing nor several candidates
            by_key.setdefault(ags, []).append(position)
    found: dict[int, Hint] = {}
    for ags, positions in by_key.items():
        full = [place for place in positions if offers["how"].iloc[place] in ("exact", "normalised", "alias")]
        chosen = full or [
            place for place in positions if own_domain(offers["url"].iloc[place], ags, *known.loc[ags])
        ]
        if len(chosen) > 1 or not full:
            bare = [place for place in chosen if _is_name(offers["url"].iloc[place], known.loc[ags, "name"])]
            chosen = bare or ([] if len(chosen) > 1 else chosen)
        if len(chosen) == 1:
            how = offers["how"].iloc[chosen[0]] + ("" if full else ", Domain trägt den Namen")
            found[chosen[0]] = Hint(ags, offers["url"].iloc[chosen[0]], _WIKIDATA.format(how=how))
        for place in set(full) - set(found):
            offers.loc[offers.index[place], "how"] = "several"
    rest = [place for place in range(len(offers)) if place not in found]
    return Hints(tuple(found[place] for place in sorted(found)), offers.iloc[rest].reset_index(drop=True))


def wikidata_rows(domains: pd.DataFrame, register: pd.DataFrame) -> pd.DataFrame:
    """Return the rows ags, website, source that `compile_websites` takes as they are, sorted by key."""
    rows = [
        (hint.ags, f"https://www.{hint.url}/", hint.source)
        for hint in wikidata_hints(domains, register).found
    ]
    return pd.DataFrame(rows, columns=["ags", "website", "source"]).sort_values("ags", ignore_index=True)


def _is_name(url: str, name: str) -> bool:
    """Tell whether the domain is the name and nothing else."""
    return re.sub(r"[^a-z]", "", fold(domain(url).partition(".")[0])) in name_forms(name)


def oparl_hints(endpoints: str, register: pd.DataFrame) -> Hints:
    """Return the addresses of the OParl list (YAML text) whose body the matcher finds in the register.

    The order of the keys of an entry does not matter; an entry without title or address is reported.
    """
    entries = [dict(_OPARL_FIELD.findall(entry)) for entry in _OPARL_ENTRY.split(endpoints)[1:]]
    bodies = pd.DataFrame(
        {
            "name": [entry.get("title", "").strip("'\"") for entry in entries],
            "url": [entry.get("url", "").strip("'\"") for entry in entries],
        },
        dtype="str",
    )
    result = match(bodies[["name"]], register, suggest=False)
    bodies["how"], bodies["candidates"] = result["how"], result["candidates"]
    good = result["ags"].notna() & (bodies["url"] != "")
    pairs = zip(result.loc[good, "ags"], bodies.loc[good, "url"], strict=True)
    return Hints(
        tuple(Hint(ags, url, "OParl-Endpunkte, 2022-12") for ags, url in pairs),
        bodies[~good].reset_index(drop=True),
    )


def compile_websites(
    wikidata: pd.DataFrame,
    register: pd.DataFrame,
    cited: Iterable[Hint],
    hints: Iterable[Hint],
    *,
    taken: Iterable[str] = (),
) -> pd.DataFrame:
    """Return the table `websites`: what Wikidata knows, else a cited official host, else a hint.

    Parameters
    ----------
    wikidata
        Columns ags, website, source: taken as they are.
    register
        Raw table `register`.
    cited, hints
        Addresses of the second and third choice; each must pass `own_domain`.
    taken
        Further domains that belong to somebody else (towns outside the register): a bare `celle.de` is not
        the Landkreis's if it is the town's.

    Returns
    -------
    pandas.DataFrame
        Columns ags, website, source, status, one row per Kommune with a website, sorted by key. Of several
        hosts that pass, the one cited most often wins, then the first in the alphabet.
    """
    names = register.set_index("ags")[["name", "kind"]]
    owners = {domain(url): ags for ags, url in zip(wikidata["ags"], wikidata["website"], strict=True)}
    foreign = {item.removeprefix("www.") for item in taken}
    rows = [
        (ags, url, source, "wikidata")
        for ags, url, source in zip(wikidata["ags"], wikidata["website"], wikidata["source"], strict=True)
    ]
    known = set(wikidata["ags"])
    for status, addresses in (("official_host_cited", cited), ("hint_unverified", hints)):
        found: dict[str, list[tuple[str, str, Reason]]] = {}
        for hint in addresses:
            if hint.ags in known or hint.ags not in names.index:
                continue
            reason = own_domain(hint.url, hint.ags, *names.loc[hint.ags])
            name = domain(hint.url)
            others = name in foreign or owners.get(name, hint.ags) != hint.ags
            if reason is None or (reason != "listed" and others):
                continue
            found.setdefault(hint.ags, []).append((name, hint.source, reason))
        for ags in sorted(found):
            rows.append(_chosen(ags, found[ags], status))
            known.add(ags)
    return pd.DataFrame(rows, columns=["ags", "website", "source", "status"]).sort_values(
        "ags", ignore_index=True
    )


def _chosen(ags: str, found: list[tuple[str, str, Reason]], status: str) -> tuple[str, str, str, str]:
    """Return the row of the domain that is named most often."""
    counts = Counter(name for name, _, _ in found)
    best = min(counts, key=lambda name: (-counts[name], name))
    sources = " und ".join(dict.fromkeys(source for name, source, _ in found if name == best))
    reason = next(reason for name, _, reason in found if name == best)
    others = ", ".join(f"{name} ({counts[name]})" for name in sorted(counts) if name != best)
    verb = "zitiert in" if status == "official_host_cited" else "Hinweis aus"
    source = (
        f"{verb} {sources}: Host {best} ({counts[best]}); Regel: {reason}; www. angenommen, nicht besucht"
    )
    return ags, f"https://www.{best}/", source + (f"; auch {others}" if others else ""), status
