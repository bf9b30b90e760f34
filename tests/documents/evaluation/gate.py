"""The gate: what the classifier reaches on the development corpus, and floors that only rise.

`python tests/documents/evaluation/gate.py` prints the measures and confusion tables;
`python tests/documents/evaluation/gate.py raise "REASON"` writes higher floors into floors.json.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import math
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CORPUS = HERE / "corpus.jsonl"
FLOORS = HERE / "floors.json"
TASKS = ("kind", "status", "event", "owner_level", "owner")
CEILINGS = frozenset({"false_years"})
_TITLES = re.compile(
    r"\b(universitätsstadt|klingenstadt|landeshauptstadt|hansestadt|seestadt|kreisstadt|große|stadt|landkreis"
    r"|landratsamt|kreis|samtgemeinde|gemeinde|freistaat|land|bezirk|regionalverband|region|der|des|und)\b"
)


def corpus() -> list[dict[str, Any]]:
    """Return the rows of corpus.jsonl."""
    return [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]


def corpus_sha256() -> str:
    """Return the hash of corpus.jsonl."""
    return hashlib.sha256(CORPUS.read_bytes()).hexdigest()


def classified(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what the project's classifier says of the rows; it sees id, url, title and text only."""
    from konzept_diffusion.documents.classify import classify

    lines = (json.dumps({key: row[key] for key in ("id", "url", "title", "text")}) for row in rows)
    said = list(classify(lines))
    assert [one["id"] for one in said] == [row["id"] for row in rows]
    return said


def accepted(value: Any) -> list[Any]:
    """Return the accepted answers of a field of `expected`, best first."""
    return value if isinstance(value, list) else [value]


def bare(name: str | None) -> str:
    """Return an owner's name without its titles (Stadt, Landkreis ...), for comparison."""
    text = re.sub(r"\([^)]*\)|[,/–-]", " ", (name or "").lower())
    return " ".join(_TITLES.sub(" ", text).split())


def same_name(one: str, other: str) -> bool:
    """Return whether two bare names are the same up to a byname (Landau, Landau in der Pfalz)."""
    short, long = sorted((one, other), key=len)
    return short == long or (short != "" and long.startswith(f"{short} "))


def agrees(task: str, answer: Any, expected: Any) -> bool:
    """Return whether an answer is among the accepted ones."""
    if task == "owner":
        return any(same_name(bare(answer), bare(one)) for one in accepted(expected))
    return answer in accepted(expected)


def states_adoption(expected: dict[str, Any]) -> bool:
    """Return whether the text states the year of its document's own adoption beyond argument."""
    return accepted(expected["year_basis"]) == ["beschluss"]


def false_year(answer: dict[str, Any], expected: dict[str, Any]) -> bool:
    """Return whether a year is claimed that the text does not state.

    An adoption year where none is stated, or another than the arguable one; any year where there is none at all.
    """
    year, basis = answer["year"], answer["year_basis"]
    if year is None or (year in accepted(expected["year"]) and basis in accepted(expected["year_basis"])):
        return False
    return basis == "beschluss" or accepted(expected["year"]) == [None]


def measure(
    rows: list[dict[str, Any]], said: list[dict[str, Any]]
) -> tuple[dict[str, float], dict[str, int]]:
    """Return the measures and on how many texts each rests.

    relevance: F1 over the texts whose relevance is beyond argument. kind, status, event, owner_level, owner:
    share of accepted answers among the relevant texts. adoption_year: share of texts that state the year of
    their own adoption for which exactly that year is given as adopted. false_years: see `false_year`, among
    all other texts. document_year: year and basis accepted where the text bears another year.
    """
    pairs = [(answer, row["expected"]) for answer, row in zip(said, rows, strict=True)]
    clear = [(a["relevant"], e["relevant"]) for a, e in pairs if isinstance(e["relevant"], bool)]
    counts = Counter(clear)
    hits = counts[True, True]
    values = {"relevance": 2 * hits / (2 * hits + counts[True, False] + counts[False, True])}
    sizes = {"relevance": len(clear)}

    def share(name: str, outcomes: list[bool]) -> None:
        values[name] = sum(outcomes) / len(outcomes)
        sizes[name] = len(outcomes)

    relevant = [(a, e) for a, e in pairs if e["relevant"] is True]
    for task in TASKS:
        share(task, [agrees(task, a[task], e[task]) for a, e in relevant])
    share(
        "adoption_year",
        [
            a["year"] in accepted(e["year"]) and a["year_basis"] == "beschluss"
            for a, e in pairs
            if states_adoption(e)
        ],
    )
    share("false_years", [false_year(a, e) for a, e in pairs if not states_adoption(e)])
    share(
        "document_year",
        [
            a["year"] in accepted(e["year"]) and a["year_basis"] in accepted(e["year_basis"])
            for a, e in relevant
            if accepted(e["year_basis"])[0] in ("dokument", "spaetestens")
        ],
    )
    return values, sizes


def confusion(task: str, rows: list[dict[str, Any]], said: list[dict[str, Any]]) -> str:
    """Return a table of expected (rows, the best accepted answer) against given codes, and the wrong ids."""
    cells: Counter[tuple[str, str]] = Counter()
    wrong: list[str] = []
    for answer, row in zip(said, rows, strict=True):
        expected = row["expected"]
        if task != "relevant" and expected["relevant"] is not True:
            continue
        right = agrees(task, answer[task], expected[task])
        best = answer[task] if right else accepted(expected[task])[0]
        cells[str(best), str(answer[task])] += 1
        if not right:
            wrong.append(f"{row['id']} ({','.join(row['traps'])}): {answer[task]}, not {expected[task]}")
    if task == "owner":
        return "\n".join(["owner", *wrong])
    codes = sorted({code for cell in cells for code in cell})
    width = max(map(len, codes))
    table = [f"{task}: expected (down), given (across): {', '.join(codes)}"]
    for best in codes:
        if any(cells[best, given] for given in codes):
            table.append(f"{best:>{width}} " + " ".join(f"{cells[best, given]:4d}" for given in codes))
    return "\n".join(table + wrong)


def wrong_years(rows: list[dict[str, Any]], said: list[dict[str, Any]]) -> str:
    """Return the texts whose adoption year was missed and those given a false one."""
    lines = ["years"]
    for answer, row in zip(said, rows, strict=True):
        expected = row["expected"]
        given = (answer["year"], answer["year_basis"])
        if states_adoption(expected):
            if given[0] not in accepted(expected["year"]) or given[1] != "beschluss":
                lines.append(f"{row['id']} ({','.join(row['traps'])}): {given}, not {expected['year']}")
        elif false_year(answer, expected):
            lines.append(f"{row['id']} ({','.join(row['traps'])}): {given} is false")
    return "\n".join(lines)


def rounded(values: dict[str, float]) -> dict[str, float]:
    """Return measures as floors: down to the whole percent, ceilings up."""
    return {
        name: math.ceil(round(value * 100, 6)) / 100
        if name in CEILINGS
        else math.floor(round(value * 100, 6)) / 100
        for name, value in values.items()
    }


def worse(name: str, value: float, than: float) -> bool:
    """Return whether a value lies on the wrong side of a floor (or ceiling)."""
    return value > than if name in CEILINGS else value < than


def link(entry: dict[str, Any]) -> str:
    """Return the hash by which the next entry refers to this one."""
    return hashlib.sha256(json.dumps(entry, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def history() -> list[dict[str, Any]]:
    """Return the entries of floors.json, oldest first."""
    if not FLOORS.exists():
        return []
    entries: list[dict[str, Any]] = json.loads(FLOORS.read_text(encoding="utf-8"))
    return entries


def faults(entries: list[dict[str, Any]]) -> list[str]:
    """Return what is wrong with a history of floors: a lowered floor, a missing reason, a rewritten entry."""
    found = []
    for at, entry in enumerate(entries):
        if not str(entry["reason"]).strip():
            found.append(f"entry {at} gives no reason")
        before = entries[at - 1] if at else None
        if entry["previous"] != (link(before) if before else ""):
            found.append(f"entry {at} does not follow the entry before it: the history was rewritten")
        same = [one for one in entries[:at] if one["corpus_sha256"] == entry["corpus_sha256"]]
        for name, floor in (same[-1]["floors"] if same else {}).items():
            if name not in entry["floors"] or worse(name, entry["floors"][name], floor):
                found.append(f"entry {at} lowers {name} from {floor} to {entry['floors'].get(name)}")
    return found


def raised(
    entries: list[dict[str, Any]], floors: dict[str, float], sha256: str, reason: str, day: str
) -> list:
    """Return the history with one more entry.

    Raises
    ------
    SystemExit
        A floor would be lowered, nothing would change, or no reason is given.
    """
    entry = {
        "date": day,
        "corpus_sha256": sha256,
        "reason": reason,
        "floors": floors,
        "previous": link(entries[-1]) if entries else "",
    }
    if entries and (entries[-1]["floors"], entries[-1]["corpus_sha256"]) == (floors, sha256):
        raise SystemExit("nothing to raise")
    problems = faults([*entries, entry])
    if problems:
        raise SystemExit("; ".join(problems))
    return [*entries, entry]


def main(arguments: list[str]) -> None:
    """Print the measures, or raise the floors."""
    if arguments and arguments[0] != "raise":
        raise SystemExit('use: gate.py, or gate.py raise "REASON"')
    rows = corpus()
    said = classified(rows)
    values, sizes = measure(rows, said)
    if arguments:
        day = datetime.datetime.now(datetime.UTC).date().isoformat()
        reason = " ".join(arguments[1:])
        entries = raised(history(), rounded(values), corpus_sha256(), reason, day)
        FLOORS.write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for name, value in values.items():
        print(f"{name:14} {value:.3f}  of {sizes[name]}")
    for task in ("relevant", *TASKS):
        print(confusion(task, rows, said))
    print(wrong_years(rows, said))


if __name__ == "__main__":
    main(sys.argv[1:])
