"""A council's record: sessions, items with heading, paper and result, rows of bodies, lists of resolutions.

Of each item about an integration document is told what was done with it and when. Items are known by their number:
what an agenda calls "TOP 13" is decided where "Zu 13" or a list of votes stands.
"""

from __future__ import annotations

import re

from .codebook import finder
from .folding import pattern
from .items import FIELD, REST, Item, is_about, items_of, names_document, session_at
from .kinds import excluded
from .results import heads_making, outcome_of
from .rows import MINUTES, PAPER, body_rows, subject_rows
from .sessions import HEAD, Session, day_dates, head_session, inner_sessions, named_bodies
from .verdict import REPORT, Sitting, judged, verdict

READ = 40_000
"""Characters of a text that are seen through."""
_MARKS = pattern(
    r"\bbv ?\d|\bds ?\d|\bsvv\b|\bkt\b|niederschrift|n i e d e r s c h|protokoll|p r o t o k|"
    r"\bauszug|beschlußv|beschlußfolge|sitzung|tagesordnung|beratungsfolge|gremium|"
    r"vorlage|drucksache|abstimm|amtsblatt|\btop\b|\bkreistag|\brat der|stadtrat|beschlüße|beschluß"
)
_RECORD = pattern(
    r"niederschrift|n i e d e r s c h|protokoll|p r o t o k|\bauszug aus|beschlußauszug|"
    r"\btops? (?:ö )?\d|tagesordnungspunkt|\bgremium\b|"
    r"\bö \d|abst[a-z.]*-?ergebnis|(?:^|\n)\W*abst[a-z.]*[ :]|\n[^\w\n]*beschluß\W*(?:\n|:|\()|"
    r"\n[^\w\n]*b e s c h l|beschlußart|"
    r"beschluß-?(?:nr| nr)|beschluß (?:des|der) [a-z ]{3,40}(?:nr|vom)\b|sitzungsdatum|"
    r"\d\. (?:öffentliche )?sitzung\b|\bdrs\b|\bvorlage:|\bbv ?\d|\bds \d|§ \d+\n|punkt \d+:|"
    r"ergebnisvermerk"
)
_EXTRACT = 700
"""Characters within which an extract from minutes shows itself as one."""
_STRONG_PAPER = pattern(r"(?:beschluß|sitzungs|magistrats|mitteilungs|informations)vorlage|beratungsfolge")
_OBJECT = pattern(
    r"konzept|leitbild|leitlinie|leitsätze|grundsätze|plan\b|plans\b|strategie|programm|agenda|"
    r"charta|pakt|papier|vorlage|vorschlag|"
    r"drucksache|\bbv\b|faßung|fortschreibung|einverständnis|^\W*(?:abst|ergebnis|ja\b|mit|einst|"
    r"mehrh|beschluß\W*$)"
)
_SPEECH = pattern(r"zwischenruf|meine (?:sehr (?:geehrten|verehrten) )?damen und herren|liebe kolleginnen")
_AGENDA = pattern(r"einladung|bekanntmachung|tagesordnung (?:der|für|zur)|findet [^.]{0,80}sitzung")
_DECIDES = pattern(
    r"abstimmung|abgestimmt|\bbeschluß:|einstimmig|\d ja\b|\bangenommen|\bbeschloßen|"
    r"zur kenntnis genommen"
)
_NEXT_HEADING = pattern(
    r"\n\n(?!\W*(?:beschl|abst|ergebnis|beratung|wortprot|votum|antrag|auszug|protokoll|vermerk|"
    r"einstimmig|mehrheit|ja\b|mit ))"
    r"[a-z][^\n.:!?]{4,80}\n(?=[^\n])"
)
_TO_END = pattern(
    r"\b(?:aufhebung|abschaffung|rücknahme|beendigung|außerkraftsetzung) (?:des|der) [a-z-]*(?:konzept|"
    r"leitbild|plan|leitlinien|"
    r"programm|strategie)|[a-z-]*(?:konzept|leitbild|plan|programm|"
    r"strategie)[a-z]* (?:[a-z]+ ){0,4}(?:aufzuheben|abzuschaffen|"
    r"außer kraft zu setzen|zurückzunehmen|zu beenden)\b"
)
_UNCHECKED = re.compile(r"[(\[] ?[)\]] ?[^()\[\]\n]*")
_MOST = 7_000


def sitting_of(low: str, title: str = "") -> Sitting | None:
    """Return what a council's record says was done with an integration document; None if it is none or says nothing.

    Parameters
    ----------
    low
        Folded text.
    title
        Folded title.
    """
    if not _MARKS.search(f"{title}\n{low[:HEAD]}") or not FIELD.search(low, 0, READ):
        return None
    if _SPEECH.search(low, 0, 3_000):
        return None
    low = _UNCHECKED.sub(lambda found: " " * len(found.group()), low[:READ])
    head = low[:HEAD]
    session = _session(head, title)
    issued = next(iter(day_dates(low[:400])), None)
    inner = inner_sessions(low, session, issued)
    found = _rows(low, head, title, session, inner)
    numbered = items_of(low)
    first_item = (
        min((item.parts[0][0] for item in numbered), default=len(low)) if len(numbered) > 2 else len(low)
    )
    items = [item for item in numbered if is_about(low, item)]
    told = [one for item in items if (one := _of_item(low, item, session, inner))]
    if (
        not items
        and not any(one.standing != "proposed" for one in found)
        and (one := _whole(low, title, session, inner, first_item))
    ):
        told = [one]
    told = [*found, *told]
    return _final(told)


def _final(told: list[Sitting]) -> Sitting | None:
    """Return what counts of several: the last adoption, else the last decision, else what is proposed."""
    for wanted in (("adopted",), ("commissioned", "postponed", "rejected"), ("noted", "work"), ("proposed",)):
        fitting = [one for one in told if one.standing in wanted]
        if fitting:
            return max(fitting, key=lambda one: (one.year or 0, one.start))
    return None


def _session(head: str, title: str) -> Session | None:
    first = re.search(r"\n[^\w\n]*(?:top )?1\.? [a-z]|tagesordnung\W*\n|t a g e s o r d n", head)
    found = head_session(head[: first.start()] if first and first.start() > 60 else head)
    by_title = head_session(title) if title else None
    if found is None or (found.year is None and by_title and by_title.year):
        return by_title or found
    return found


def _of_item(low: str, item: Item, session: Session | None, inner: list[Session]) -> Sitting | None:
    best: Sitting | None = None
    for start, end in item.parts:
        begin = start
        if low[start:end].strip().startswith(item.heading[:30]):
            stop = low.find("\n", start + 1 if low[start : start + 1] == "\n" else start)
            begin = stop if 0 <= stop < end else start
        one = _decided(low, start, begin, end, item.heading, session, inner)
        if one and (best is None or one.standing != "proposed" or best.standing == "proposed"):
            best = one
    if best is None and len(item.heading) > 5:
        start, end = item.parts[0]
        if _AGENDA.search(low[:HEAD]) and not _DECIDES.search(low):
            standing = "commissioned" if heads_making(item.heading) else "proposed"
            if not REPORT.search(item.heading):
                return verdict(standing, None, "tagesordnung", start, min(end, start + 240), item.heading)
    return best


def _decided(
    low: str, start: int, begin: int, end: int, heading: str, session: Session | None, inner: list[Session],
    *, labelled: bool = False,
) -> Sitting | None:  # fmt: skip
    end = min(end, begin + _MOST)
    told = session_at(begin, session, inner)
    decides = told is not None and told.deciding
    outcome = outcome_of(
        low,
        begin,
        end,
        heading=heading,
        only_labelled=labelled,
        deciding=decides,
        year=told.year if told else None,
    )
    if outcome is None and begin > start:
        outcome = outcome_of(
            low,
            start,
            begin,
            heading=heading,
            only_labelled=labelled,
            deciding=decides,
            year=told.year if told else None,
        )
    if outcome is None:
        return None
    at = session_at(outcome.start, session, inner)
    part = low[outcome.start : outcome.end]
    own = [body for body in named_bodies(part) if body[2]]
    deciding = at.deciding if at else bool(own)
    year = at.year if at else None
    if year is None and (days := day_dates(part)) and (own or deciding):
        year = days[-1].year
    text = f"{heading} {low[begin:end]}"
    if year is None and outcome.code == "adopted" and not inner and not MINUTES.search(low[:HEAD]):
        return None
    if outcome.code == "rejected" and _TO_END.search(f"{heading} {low[begin : outcome.end]}"):
        return None  # a motion to end the concept: it stays as it was, and passages tell how that is
    return judged(
        outcome.code,
        deciding,
        year,
        text,
        low[begin : outcome.end],
        heading,
        outcome.start,
        outcome.end,
        "niederschrift",
    )


def _rows(low: str, head: str, title: str, session: Session | None, inner: list[Session]) -> list[Sitting]:
    """Return what tables and lists tell: rows of bodies above a paper, rows of subjects in a list of resolutions."""
    return [*body_rows(low, title), *subject_rows(low, head, title, session, inner)]


def _whole(
    low: str, title: str, session: Session | None, inner: list[Session], first_item: int
) -> Sitting | None:
    """Read a record that has no numbered items, or none that names the document: an extract, a single decision."""
    place = finder("relevance", "speaks").search(low, 0, 3_000)
    if place is None or place.start() > first_item or (session is None and not inner):
        return None
    if not ((session and session.header) or _RECORD.search(low[:_EXTRACT]) or _RECORD.search(title)):
        return None
    line = low.rfind("\n", 0, place.start()) + 1
    stop = low.find("\n", place.end())
    stop = stop if stop >= 0 else len(low)
    heading = low[line:stop][:220]
    if excluded(low[max(line, place.start() - 40) : stop][:160]):
        return None
    rule = _STRONG_PAPER if session and session.header else PAPER
    paper = bool(rule.search(f"{title}\n{low[:600]}")) and not MINUTES.search(f"{title}\n{low[:300]}")
    rest = REST.search(low)
    end = min(rest.start() if rest else len(low), _MOST)
    headed = len(heading) < 170 and not heading.rstrip().endswith(".")
    if not headed:
        heading, stop = title if names_document(title) else "", 0
    cuts = [cut.start() for cut in _NEXT_HEADING.finditer(low, stop, end)]
    found = None
    for cut in (*cuts, end):
        found = found or _decided(low, stop, stop, cut, heading, session, inner, labelled=paper)
    if found is None and stop:
        found = _decided(low, 0, 0, stop, heading, session, inner, labelled=paper)
    if found and not stop and found.standing == "adopted" and not _OBJECT.search(low, found.start, found.end):
        return None
    return found
