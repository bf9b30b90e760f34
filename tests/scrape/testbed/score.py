"""What a crawl was worth: recall by requests, precision, harvest, exactness, manners.

Recall and harvest rest on what the servers saw, in order of arrival; precision and exactness on documents.csv.
"""

from __future__ import annotations

import csv
import math
import statistics
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from testbed.server import Hit
from testbed.web import Testbed, Web

STEPS = (10, 25, 50, 100)
ASPECTS = ("kind", "status", "year", "basis")


@dataclass
class ShapeScore:
    """One shape's numbers.

    Attributes
    ----------
    required
        Documents that count.
    reached
        Number of the request (1 = first, robots.txt left out) that first brought each required document.
    requests, harvested
        Requests in all; those that brought a document or a page on the way to one.
    right, neutral, wrong
        Rows of documents.csv: required documents with the right owner; tolerated ones; all others, doubles too.
    missing
        Required documents without a row.
    exact
        Aspect to (right values, judged values) over the right rows.
    mistakes
        What was wrong, in words.
    trespasses
        Requests that robots.txt forbids.
    after_refusal
        Requests to a host after it had answered 401 or 403 twice.
    most_open
        Most requests that one host had in hand at once.
    status
        Of coverage.csv; `status_ok`: one that the shape allows.
    """

    name: str
    required: int = 0
    reached: dict[str, int] = field(default_factory=dict)
    requests: int = 0
    harvested: int = 0
    right: int = 0
    neutral: int = 0
    wrong: int = 0
    missing: list[str] = field(default_factory=list)
    exact: dict[str, tuple[int, int]] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)
    trespasses: int = 0
    after_refusal: int = 0
    most_open: int = 0
    status: str = ""
    status_ok: bool = True

    def found_within(self, requests: float) -> int:
        return sum(number <= requests for number in self.reached.values())

    @property
    def first(self) -> float:
        """Requests to the first required document; infinite without."""
        return min(self.reached.values(), default=math.inf)


@dataclass
class Score:
    """All shapes' numbers together."""

    shapes: dict[str, ShapeScore]

    def recall(self, requests: float = math.inf) -> float:
        """Share of all required documents that the first `requests` of their Kommune brought."""
        return _share(
            sum(s.found_within(requests) for s in self.shapes.values()),
            sum(s.required for s in self.shapes.values()),
        )

    @property
    def reported_recall(self) -> float:
        """Share of the required documents with a right row in documents.csv."""
        return _share(
            sum(s.right for s in self.shapes.values()), sum(s.required for s in self.shapes.values())
        )

    @property
    def precision(self) -> float:
        right, wrong = (sum(getattr(s, a) for s in self.shapes.values()) for a in ("right", "wrong"))
        return _share(right, right + wrong)

    @property
    def harvest(self) -> float:
        return _share(
            sum(s.harvested for s in self.shapes.values()), sum(s.requests for s in self.shapes.values())
        )

    @property
    def median_first(self) -> float:
        """Median over shapes with required documents of the requests to the first."""
        return statistics.median(s.first for s in self.shapes.values() if s.required)

    def exactness(self, aspect: str) -> float:
        pairs = [s.exact.get(aspect, (0, 0)) for s in self.shapes.values()]
        return _share(sum(a for a, _ in pairs), sum(b for _, b in pairs))

    def numbers(self, *, rows: bool = True) -> dict[str, object]:
        """All numbers as plain data; `rows=False` for a crawler that writes no documents.csv."""
        out: dict[str, object] = {f"recall_at_{k}": self.recall(k) for k in STEPS}
        out |= {
            "recall": self.recall(),
            "median_requests_to_first_target": self.median_first,
            "harvest_rate": self.harvest,
            "requests": sum(s.requests for s in self.shapes.values()),
            "trespasses": sum(s.trespasses for s in self.shapes.values()),
            "after_refusal": sum(s.after_refusal for s in self.shapes.values()),
        }
        if rows:
            out |= {"reported_recall": self.reported_recall, "precision": self.precision}
            out |= {f"exact_{aspect}": self.exactness(aspect) for aspect in ASPECTS}
            out["unexpected_statuses"] = sum(not s.status_ok for s in self.shapes.values())
        return {key: None if value in (math.inf,) or value != value else value for key, value in out.items()}

    def table(self) -> str:
        """The numbers per shape and in all, for a terminal."""
        head = f"{'shape':30} {'req':>5} {'docs':>4} " + " ".join(f"@{k:<4}" for k in STEPS)
        lines = [head + f" {'first':>5} {'harv':>5} {'rows +/o/-':>10}  status, mistakes"]
        for s in self.shapes.values():
            steps = " ".join(f"{_show(_share(s.found_within(k), s.required)):5}" for k in STEPS)
            first = "-" if s.first == math.inf else f"{s.first:.0f}"
            rows = f"{s.right}/{s.neutral}/{s.wrong}"
            notes = [
                ("" if s.status_ok else "!! ") + s.status,
                *s.mistakes,
                *(f"no row: {k}" for k in s.missing),
            ]
            notes += [f"{s.trespasses} trespasses"] if s.trespasses else []
            notes += [f"{s.after_refusal} requests after refusal"] if s.after_refusal else []
            notes += [f"{s.most_open} at once"] if s.most_open > 1 else []
            harvest = _show(_share(s.harvested, s.requests))
            lines.append(
                f"{s.name:30} {s.requests:5} {s.required:4} {steps} {first:>5} {harvest:>5} {rows:>10}  "
                + "; ".join(note for note in notes if note)
            )
        lines += [
            f"{key:34} {value if value is None else round(float(value), 4)}"  # type: ignore[arg-type]
            for key, value in self.numbers().items()
        ]
        return "\n".join(lines)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def _show(share: float) -> str:
    return "" if share != share else f"{share:.2f}"


def score(bed: Testbed, out: Path | None = None) -> Score:
    """Score what the servers saw and, with `out`, what the crawl wrote (documents.csv, coverage.csv)."""
    rows = _read(out / "documents.csv") if out else []
    coverage = {row["ags"]: row for row in _read(out / "coverage.csv")} if out else {}
    found: dict[str, list[tuple[dict[str, str], str]]] = {name: [] for name in bed.shapes}
    names = {shape.town.ags: name for name, shape in bed.shapes.items()}
    for row in rows:
        shape, key = bed.document_at(row["url"])
        shape = shape or names.get(row["found_for"], "")
        if shape not in found:
            raise ValueError(f"a row of documents.csv belongs to no shape: {row['url']}")
        found[shape].append((row, key))
    scores = {}
    for name, web in bed.webs.items():
        result = served(name, web, bed.hits(name))
        if out:
            _judge(result, web, found[name])
            line = coverage.get(web.town.ags)
            result.status = line["status"] if line else "no line in coverage"
            allowed = web.shape.statuses
            result.status_ok = (
                result.status in allowed if allowed else result.status not in ("error", "no line in coverage")
            )
        scores[name] = result
    return Score(scores)


def served(name: str, web: Web, hits: list[Hit]) -> ShapeScore:
    """What the servers of a shape saw."""
    required = set(web.truth.required)
    result = ShapeScore(name, len(required))
    refusals: Counter[str] = Counter()
    for hit in hits:
        if refusals[hit.host] >= 2:
            result.after_refusal += 1
        refusals[hit.host] += hit.status in (401, 403)
        if not hit.counts:
            continue
        result.requests += 1
        result.harvested += bool(hit.document) or hit.relevant
        result.trespasses += hit.target.startswith(web.host(hit.host).disallowed or ("\0",))
        if hit.document in required:
            result.reached.setdefault(hit.document, result.requests)
    result.most_open = max((host.most_open for host in web.hosts.values()), default=0)
    return result


def _judge(result: ShapeScore, web: Web, rows: list[tuple[dict[str, str], str]]) -> None:
    seen: set[str] = set()
    tally = {aspect: [0, 0] for aspect in ASPECTS}
    for row, key in rows:
        document = web.truth.documents.get(key)
        if document is None:
            problem = "not a document"
        elif row["ags"] != document.owner:
            problem = f"owner {row['ags'] or '-'} instead of {document.owner}"
        elif key in seen:
            problem = f"{key} twice"
        else:
            problem = ""
        if problem or document is None:
            result.wrong += 1
            result.mistakes.append(f"{problem}: {row['title'][:40]} {row['url'].split('/', 3)[-1][-50:]}")
            continue
        seen.add(key)
        if not document.required:
            result.neutral += 1
            continue
        result.right += 1
        year = "" if document.year is None else str(document.year)
        pairs = {
            "kind": ("kind", document.kind),
            "status": ("status", document.status),
            "year": ("year", year),
            "basis": ("year_basis", document.year_basis),
        }
        for aspect, (column, truth) in pairs.items():
            if aspect not in document.judged:
                continue
            said = row[column].removesuffix(".0")
            tally[aspect][0] += said == truth
            tally[aspect][1] += 1
            if said != truth:
                result.mistakes.append(f"{key}: {aspect} {said or '-'} instead of {truth or '-'}")
    result.exact = {aspect: (a, b) for aspect, (a, b) in tally.items()}
    result.missing = [key for key in web.truth.required if key not in seen]


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
