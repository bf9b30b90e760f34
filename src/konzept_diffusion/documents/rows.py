"""Tables and lists of a record: the bodies that deliberate on a paper, the resolutions of a session or year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from .codebook import any_of, finder
from .folding import pattern
from .items import names_document, session_at
from .kinds import excluded
from .results import heads_making, is_making, row_outcome
from .sessions import Session, day_dates, named_bodies
from .verdict import REPORT, Sitting, judged, verdict

PAPER = pattern(
    r"beschlußvorlage|sitzungsvorlage|magistratsvorlage|mitteilungsvorlage|informationsvorlage|"
    r"\bvorlage(?:n?-?nr\.?| nr\.?)? ?[\w/-]*\d|"
    r"drucksache(?:n?-?nr\.?| nr\.?)? ?[\w/-]*\d|beratungsfolge|\bvorl\.nr"
)
MINUTES = pattern(r"niederschrift|protokoll|auszug")
_LIST = pattern(
    r"beschlüße (?:des|der)\b|beschlußverzeichnis|beschlußkontrolle|beschlußübersicht|"
    r"zusammenstellung der beschlüße|"
    r"drucksachenverzeichnis|liste der beschlüße|beschlußliste|beschlußsammlung|gefaßte beschlüße|"
    r"beschlußprotokoll"
)
_FINITE = pattern(r"\b(?:hat|haben|hatte|teilt|ist|sind|beschließt|legt|wird|werden)\b")
_ROLE = pattern(
    r"\b(?:zur )?(?:entscheidung|entsch\.|beschlußfaßung|beschluß|vorberatung|vorber\.|beratung|"
    r"empfehlungsbeschluß|empfehlung|"
    r"anhörung|kenntnisnahme\)|öffentlich|nichtöffentlich|ö\b|n\b|top)\b"
)
_REASONS = pattern(
    r"\n[^\w\n]*(?:[ivx]+\. ?)?(?:begründung|sachverhalt|sachbericht|sachdarstellung|erläuterung)"
)


def body_rows(low: str, title: str) -> list[Sitting]:
    """Read the order of a paper's deliberation: "Kreistag 14.12.2016 wie vorgeschlagen (35/3/2)"."""
    reasons = _REASONS.search(low, 0, 4_000)
    front = low[: reasons.start() if reasons else 2_600]
    listed = (
        sum(bool(day_dates(low[a:b]) and named_bodies(low[a:b]) and b - a < 90) for a, b in _lines(front))
        >= 3
    )
    if not (listed or PAPER.search(f"{title}\n{front}")) or not finder("relevance", "speaks").search(
        f"{title}\n{front}"
    ):
        return []
    found: list[tuple[str, int, int, int]] = []
    for start, end in _cells(low):
        cell = low[start:end]
        days = day_dates(cell)
        bodies = named_bodies(cell)
        if not days or not bodies or len(cell) > 190:
            continue
        if re.search(r"\b(?:hat|hatte|wurde|vom|beauftragt|erinnert)\b", cell):
            continue
        if not bodies[0][2]:
            continue
        rest = _ROLE.sub(" ", cell[max(days[0].end, bodies[0][1]) :])
        found.append((row_outcome(rest), days[0].year, start, end))
    if not found:
        return []
    subject = _subject(low, title)
    making = heads_making(subject) or _proposes_making(low, front)
    decided = [one for one in found if one[0] in ("adopted", "rejected", "postponed", "commissioned")]
    if decided:
        code, year, start, end = next((one for one in reversed(decided) if one[0] == "adopted"), decided[-1])
        if code == "adopted" and making:
            code = "commissioned"
        if code == "rejected" and not making:
            code = "postponed"
        return [verdict(code, year if code == "adopted" else None, "beratungsfolge", start, end, subject)]
    if (
        any(one[0] == "noted" for one in found)
        or MINUTES.search(low[:400])
        or not re.search(r"beschlussv|beschliess|antrag", low[:4_000])
    ):
        return []
    _, _, start, end = found[-1]
    return [verdict("commissioned" if making else "proposed", None, "beratungsfolge", start, end, subject)]


def _cells(low: str) -> Iterator[tuple[int, int]]:
    """Yield the rows of bodies: lines, their parts between bars, and of a line with several the part of each."""
    for start, end in _lines(low[:6_000]):
        line = low[start:end]
        days = day_dates(line)
        if not days:
            continue
        if len(days) == 1:
            yield start, end
            continue
        marks = [found.start() for found in re.finditer(r"[|;,]", line)]
        cuts = [0]
        for one, following in pairwise(days):
            between = [mark for mark in marks if one.end <= mark < following.start]
            cuts.append((between[-1] if between else following.start - 1) + 1)
        for first, last in zip(cuts, [*cuts[1:], len(line)], strict=True):
            yield start + first, start + last


def _subject(low: str, title: str) -> str:
    for start, end in _lines(low[:3_000]):
        if names_document(low[start:end]):
            return low[start:end][:220]
    return title


def _proposes_making(low: str, front: str) -> bool:
    """Return whether a paper's resolution, or what stands above its reasons, has a document made."""
    if proposal := any_of("adoption", "resolution").search(low):
        text = low[proposal.end() : proposal.end() + 420].split("\n\n")[0]
        reasons = _REASONS.search(text)
        return is_making(text[: reasons.start() if reasons else len(text)])
    return any(is_making(part) and "beauftrag" in part for part in re.split(r"[.;]\s|\n\n", front))


def subject_rows(
    low: str, head: str, title: str, session: Session | None, inner: list[Session]
) -> list[Sitting]:
    """Read lists of resolutions: a row names the document; its day is the row's or the session's above it."""
    listed = bool(_LIST.search(f"{title}\n{head}"))
    told = []
    rows = [(start, end) for start, end in _lines(low) if end > start]
    for number, (start, end) in enumerate(rows):
        line = low[start:end]
        if len(line) > 260 or not names_document(line) or excluded(line):
            continue
        at = session_at(start, session, inner)
        in_list = listed or bool(at and at.resolutions and start - at.start < 3_000)
        days = day_dates(line)
        row = _starts_row(line) and not _FINITE.search(line)
        if not in_list and not (row and at and (at.start or at.header) and row_outcome(_strip_days(line))):
            continue
        if re.search(r"beschlu(?:ss|s)e (?:des|der)|zusammenstellung|verzeichnis", line) and not days:
            continue
        deciding = at.deciding if at else True
        year = days[0].year if days else at.year if at else None
        names = [one.end() for one in finder("relevance", "speaks").finditer(line)]
        rest = line[(names[-1] if names else 0) :]
        if number + 1 < len(rows) and not _starts_row(low[slice(*rows[number + 1])]):
            rest = f"{rest} {low[slice(*rows[number + 1])]}"
        code = row_outcome(_strip_days(rest))
        if heads_making(line) or is_making(f"{line} {rest}"):
            code = "commissioned" if code in ("", "adopted") else code
        code = code or ("adopted" if in_list else "")
        if code in ("", "recommended") or (
            REPORT.search(line) and not re.search(r"konzept|leitbild|plan\b", line)
        ):
            continue
        if one := judged(code, deciding, year, line, line, line, start, end, "beschlussliste"):
            told.append(one)
    return told


def _strip_days(part: str) -> str:
    days = day_dates(part)
    for day in reversed(days):
        part = part[: day.start] + " " + part[day.end :]
    return part


def _starts_row(line: str) -> bool:
    return bool(re.match(r"\s*[-•+>]|\W*(?:[a-z]\)|\d|nr|drs|beschluss|top|[ivx]+/)", line)) or len(line) < 12


def _lines(low: str) -> Iterator[tuple[int, int]]:
    position = 0
    while position < len(low):
        stop = low.find("\n", position)
        stop = len(low) if stop < 0 else stop
        yield position, stop
        position = stop + 1
