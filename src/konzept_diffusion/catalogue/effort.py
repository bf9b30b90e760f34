"""How hard the desk research looked for each Kommune: the table `search_effort`.

Nothing found is not absence. What counts as a look-up of one's own is a row of the log under one's key;
a combined look-up is logged under one Kommune and names others, which is less than a search for them.
"""

from __future__ import annotations

import re
from collections import Counter

import pandas as pd

from ..schemas.codebook import fold
from .names import name_forms

_FURTHER_KEYS = re.compile(r"Sammelsuche auch ([\d ]+)")
_TOWN_BATCHES = "mittelstaedte"
"""In the batches of the towns a further town in a query is a further target; in those of the Landkreise a
town in a query is the seat of the Kreis, and further targets are named by key."""


def search_effort(kommunen: pd.DataFrame, log: pd.DataFrame, desk: pd.DataFrame) -> pd.DataFrame:
    """Return the table `search_effort`: one row per Kommune.

    Parameters
    ----------
    kommunen
        Columns ags, name, size_class.
    log
        Raw table `desk_research_log`.
    desk
        Raw table `desk_research`.

    Returns
    -------
    pandas.DataFrame
        Columns as declared in `schemas.register.SEARCH_EFFORT`, sorted by key. The outcome is
        vollerhebung_2017 for the Großstädte (a census, whatever the desk research found), else it follows
        from whether there was a look-up of its own and whether there is a row of evidence.
    """
    own = log[log["ags"].notna()]
    outcomes = pd.crosstab(own["ags"], own["outcome"])
    targets = combined_targets(log, kommunen)
    combined = Counter(key for keys in targets for key in keys)
    shared = log.loc[[bool(keys) for keys in targets], "ags"].value_counts()
    negative = desk["status"] == "kein_konzept"
    documents, negatives = desk.loc[~negative, "ags"].value_counts(), desk.loc[negative, "ags"].value_counts()
    batches = pd.concat([own[["ags", "search_batch"]], desk[["ags", "search_batch"]]])
    named = batches.groupby("ags")["search_batch"].agg(lambda values: "|".join(sorted(set(values))))

    table = kommunen[["ags", "size_class"]].sort_values("ags", ignore_index=True)
    for column, outcome in (("n_found", "found"), ("n_nothing", "nothing"), ("n_bycatch", "bycatch_only")):
        counts = outcomes[outcome] if outcome in outcomes else pd.Series(dtype="int64")
        table[column] = _counted(table["ags"], counts)
    table["n_searches"] = table["n_found"] + table["n_nothing"] + table["n_bycatch"]
    table["n_shared"] = _counted(table["ags"], shared)
    table["n_combined"] = _counted(table["ags"], pd.Series(combined, dtype="int64"))
    table["n_documents"] = _counted(table["ags"], documents)
    table["n_negatives"] = _counted(table["ags"], negatives)
    table["found"] = table["n_documents"] > 0
    table["batches"] = table["ags"].map(named)
    table["outcome"] = [
        _outcome(size, searches > 0, bool(found), documents + negatives > 0)
        for size, searches, found, documents, negatives in zip(
            table["size_class"], table["n_searches"], table["found"], table["n_documents"],
            table["n_negatives"], strict=True,
        )
    ]  # fmt: skip
    return table.drop(columns="size_class")


def combined_targets(log: pd.DataFrame, kommunen: pd.DataFrame) -> list[list[str]]:
    """Return for every look-up the keys of further Kommunen that its query names.

    Further keys stand behind "Sammelsuche auch"; in the batches of the towns also the plain names of other
    towns of the same Land count ("Stadt Hoyerswerda Riesa Radebeul ..."), if one town bears the name there.
    """
    towns: dict[tuple[str, str], list[str]] = {}
    for ags, name, size in zip(kommunen["ags"], kommunen["name"], kommunen["size_class"], strict=True):
        if size in ("mittelstadt", "kleinstadt"):
            for form in name_forms(name):
                towns.setdefault((ags[:2], form), []).append(ags)
    found = []
    for ags, query, batch in zip(log["ags"], log["query"], log["search_batch"], strict=True):
        listed = _FURTHER_KEYS.search(query)
        keys = set(listed[1].split()) if listed else set()
        if not pd.isna(ags) and batch.startswith(_TOWN_BATCHES):
            for words in _spans(query):
                bearers = towns.get((ags[:2], words), [])
                keys |= set(bearers) if len(bearers) == 1 else set()
        found.append(sorted(keys - {ags}))
    return found


def _spans(query: str) -> list[str]:
    """Return every run of one to three words of a query that begin with a capital, as letters."""
    words = re.findall(r"[\w-]+", query)
    runs = [words[start : start + size] for size in (1, 2, 3) for start in range(len(words) - size + 1)]
    return [re.sub(r"[^a-z]", "", fold("".join(run))) for run in runs if run[0][0].isupper()]


def _counted(keys: pd.Series, counts: pd.Series) -> pd.Series:
    return keys.map(counts).fillna(0).astype("Int64")


def _outcome(size_class: str, searched: bool, found: bool, evidence: bool) -> str:
    if size_class == "grossstadt":
        return "vollerhebung_2017"
    if searched:
        return "gefunden" if found else "gesucht_ohne_fund"
    return "nur_beifang" if evidence else "nicht_gesucht"
