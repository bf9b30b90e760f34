"""Make corpus.jsonl of the texts in texts/: `python tests/documents/evaluation/build.py`."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

HERE = Path(__file__).parent
PARTS = ("documents", "council", "official", "third_party", "other", "more", "decoys")
KINDS = {
    "K": "integrationskonzept",
    "L": "leitbild",
    "B": "integrationsbericht",
    "M": "massnahmenplan",
    "F": "fluechtlingskonzept",
    "S": "sonstiges",
}
STATUSES = {
    "b": "beschlossen",
    "f": "fertiggestellt",
    "e": "entwurf",
    "a": "in_arbeit",
    "g": "geplant",
    "k": "kein_konzept",
    "u": "unbekannt",
    "i": "in_arbeit",
}
EVENTS = {"A": "adopted", "D": "draft", "P": "planned", "U": "updated", "M": "mentioned", "N": "none"}
LEVELS = {"s": "stadt", "k": "kreis", "l": "land", "b": "bund", "o": "sonstige"}
BASES = {"B": "beschluss", "D": "dokument", "S": "spaetestens", "U": "unbekannt"}
MISREAD = (
    ("rn", "m"),
    ("ü", "ii"),
    ("ß", "B"),
    ("ä", "a"),
    ("ll", "Il"),
    ("h", "li"),
    ("e", "c"),
    ("m", "rn"),
)
TRAPS = frozenset(
    [
        "agenda",
        "bund",
        "city-on-kreis",
        "commissioning",
        "committee",
        "draft",
        "foreigncity",
        "foreword",
        "goalsyear",
        "hidden",
        "history",
        "hyphen",
        "kreis-on-city",
        "land",
        "later-year",
        "long",
        "longminutes",
        "magistrat",
        "mixeddates",
        "motion",
        "navnoise",
        "nextyear",
        "noadoption",
        "none",
        "noyear",
        "ocr",
        "onlyspan",
        "otherowner",
        "otheritem",
        "planned",
        "postponed",
        "predecessor",
        "preface-date",
        "proposal",
        "referred",
        "rejected",
        "rejectedconcept",
        "same",
        "span",
        "takenote",
        "thirdparty",
        "upper",
        "validity",
    ]
)
"""Tags that make a relevant text a confuser; irrelevant texts are confusers all."""
SHORT = 40
"""Fewer words than this on a web page get a site's furniture around them."""


def blocks(path: Path) -> list[tuple[str, list[str]]]:
    """Return (heading, lines) of every block that `===` opens."""
    found: list[tuple[str, list[str]]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("=== "):
            found.append((line[4:], []))
        else:
            found[-1][1].append(line)
    return found


def pools() -> dict[str, list[str]]:
    """Return the passages that longer texts share, by name."""
    found: dict[str, list[str]] = {}
    for name, lines in blocks(HERE / "texts" / "pools.txt"):
        found.setdefault(name, []).append("\n".join(lines))
    return found


def listed(values: list) -> object:
    """Return the one value, or all the accepted ones, best first."""
    unique = list(dict.fromkeys(values))
    return unique[0] if len(unique) == 1 else unique


def truth(line: str) -> dict[str, object]:
    """Return the expected coding that a `!` line abbreviates."""
    fields = line.split()
    if fields[1] in ("-", "?"):
        return {
            "relevant": False if fields[1] == "-" else [False, True],
            "kind": "sonstiges",
            "status": "unbekannt",
            "event": "none",
            "owner_level": listed([LEVELS[c] for c in fields[2]]),
            "owner": fields[3].replace("_", " ") if len(fields) > 3 else "",
            "year": None,
            "year_basis": "unbekannt",
        }
    _, kind, status, event, level, owner, year, basis = fields
    return {
        "relevant": True,
        "kind": listed([KINDS[c] for c in kind]),
        "status": listed([STATUSES[c] for c in status]),
        "event": listed([EVENTS[c] for c in event]),
        "owner_level": listed([LEVELS[c] for c in level]),
        "owner": listed(["" if name == "-" else name.replace("_", " ") for name in owner.split("/")]),
        "year": listed([None if one == "-" else int(one) for one in year.split("/")]),
        "year_basis": listed([BASES[c] for c in basis]),
    }


def scanned(text: str, random: Random) -> str:
    """Return the text as poor character recognition gives it: one word in nine misread, figures not."""
    words = []
    for word in text.split(" "):
        if word.isalpha() and len(word) > 5 and random.random() < 1 / 9:
            seen, read = random.choice(MISREAD)
            word = word.replace(seen, read, 1)
        words.append(word)
    return " ".join(words)


def wrapped(text: str) -> str:
    """Return the text in narrow columns, long words broken with a hyphen, as PDF text comes."""
    lines = []
    for paragraph in text.splitlines():
        column = ""
        for word in paragraph.split():
            if len(column) + len(word) >= 48 and len(word) > 11 and word.isalpha():
                half = len(word) // 2
                lines.append(f"{column} {word[:half]}-".strip())
                column = word[half:]
            else:
                column = f"{column} {word}".strip()
                if len(column) > 48:
                    lines.append(column)
                    column = ""
        if column:
            lines.append(column)
    return "\n".join(lines)


def written(lines: list[str], number: int, shared: dict[str, list[str]], *, full: bool) -> str:
    """Return the text with its shared passages put in (in a full text all of a name) and its disfigurement."""
    how = lines.pop(0)[2:] if lines[0].startswith("~ ") else ""
    out = []
    for at, line in enumerate(lines):
        if line == "{all}":
            out += [
                text
                for name in shared
                if name not in ("nav", "foot", "tops", "topsende")
                for text in shared[name]
            ]
            continue
        while "{" in line:
            before, _, rest = line.partition("{")
            command, _, after = rest.partition("}")
            names = command.split(":")[-1].split(",")
            chosen = [
                text
                for k, name in enumerate(names)
                for text in (shared[name] if full else [shared[name][(number + at + k) % len(shared[name])]])
            ]
            line = "\n".join([before.strip(), *chosen, after.strip()]).strip()
        out.append(line)
    text = "\n".join(out)
    if len(text.split()) < SHORT:
        navigation, foot = shared["nav"], shared["foot"]
        text = f"{navigation[number % len(navigation)]}\n{text}\n{foot[number % len(foot)]}"
    if how == "ocr":
        return scanned(text, Random(number))
    if how == "wrap":
        return wrapped(text)
    if how == "upper":
        return text.upper()
    if how:
        raise SystemExit(f"unknown disfigurement {how!r}")
    return text


def build() -> str:
    """Return corpus.jsonl."""
    shared = pools()
    rows = []
    for part in PARTS:
        for heading, lines in blocks(HERE / "texts" / f"{part}.txt"):
            tags, url, title = (piece.strip() for piece in heading.split("|", 2))
            number = len(rows) + 1
            traps = tags.split(",")
            expected = truth(lines[0])
            row = {
                "id": f"e{number:03d}",
                "url": url,
                "title": title,
                "text": written(
                    lines[1:], number, shared, full=url.endswith(".pdf") and "xlong" not in traps
                ),
                "part": part,
                "traps": traps,
                "confuser": expected["relevant"] is not True or not TRAPS.isdisjoint(traps),
                "expected": expected,
            }
            rows.append(json.dumps(row, ensure_ascii=False))
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    (HERE / "corpus.jsonl").write_text(build(), encoding="utf-8")
