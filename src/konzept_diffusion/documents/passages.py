"""Passages of a text that speak of an integration document, wherever they stand: sentences, rows, agenda items.

A text of any length and surrounding (menus, neighbouring news, agendas, chronologies, wrapped lines) is seen through
for the names of documents; around each the lines are joined to sentences and gathered under their headings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .adoption import _SENTENCE_END
from .codebook import any_of
from .folding import pattern

READ = 40_000
"""Characters of a text that are seen through."""
FRONT, END = 4_000, 1_200
"""Characters of a document itself that tell of its own making: foreword and last pages."""
_BEFORE, _BEHIND = 1_300, 1_500
_NEAR_BEFORE, _NEAR_BEHIND = 200, 260
_MOST_READ = 16_000
_CHAIN = 7
"""Sentences of an item behind the name of a document that may refer back to it."""
_ROWS = 900
"""Characters behind the name within which a row under another heading may belong to it ("Beschluss: 30.09.2010")."""
_HEADING = 100
_ITEM = pattern(
    r"^\W*(?:(?:zu |zum )?(?:top|tagesordnungspunkt|punkt|pkt|nr|§|ö)?\.? ?\d{1,2}(?:\.\d{1,2})*\.?[ :)-]|"
    r"tagesordnung|► |\+\+\+)"
)
_RESULT = pattern(
    r"^\W*(?:\(?(?:beschluß|abstimmung|ergebnis|abgestimmt|votum|kenntnis|zugestimmt|zustimm|einstimmig|mehrheitlich|"
    r"angenommen|beschloßen|verabschiedet|ungeändert|geändert|wie vorgelegt|ja:|nein:|dafür|mehrheit|"
    r"dem beschluß)|"
    r"\(?\d+ (?:ja|stimmen|dafür)|\d+ ?[:/-] ?\d+\b)"
)
_BACK = pattern(
    r"^\W*(?:[\w-]+ ){0,3}(?:er|sie|es|das|dies|dieser|dem|damit|dazu|hierzu|dafür|danach|so)\b|"
    r"\b(?:es|ihn|ihm|ihnen|dieses|dieser|diesem|darin|darüber|daran|dafür|dagegen|deßen|damit|letztere[sr]?|"
    r"ganze[sn]?|alle[sr]?|hände|stimm[a-z]*|gestimmt|votum|segen|mehrheit|einstimmig|einmütig|"
    r"gegenstimmen?)\b|"
    r"papier|werk\b|dokument|fassung|faßung|entwurf|auflage|ausgabe|fortschreib|fortgeschrieben|überarbeit|"
    r"broschüre|heft|vorlage|konzept|leitbild|leitlinie|leitsätze|\bplan|strategie|programm|"
    r"beschl(?:o|u|ie)ß|verabschied|angenommen|annahme|gebilligt|zugestimmt|zustimmung|abstimm|"
    r"abgestimmt|bestandsaufnahme|ausgewertet|tagesordnung|vertagt|auftrag|arbeitsgruppe|steuerungsgruppe|kapitel"
)
_BODY = re.compile(
    r"rat|kreis-?tag|parlament|stadtverordnete|burgerschaft|versammlung|council|assembly|plenum|magistrat|bvv"
)
_DECISION = re.compile(
    r"rat\b|rate[sn]?\b|kreis-?tag|parlament|stadtverordnet|b(?:u|ue)rgerschaft|versammlung|beschl|"
    r"verabschied|angenommen|"
    r"zustimm|zugestimmt|gebilligt|stimmenmehrheit|einstimmig|einm(?:u|ue)tig|\bja \d|\d ja\b|ja gesagt|"
    r"adopted|approved"
)
_DECIDED = re.compile(
    r"beschlos|beschlus|verabschied|angenommen|zustimm|zugestimmt|gebilligt|stimmen\b|votum|einstimmig"
)
_LOWER = re.compile(r"[a-zäöüß(]")
_BULLETS = ("•", "-", "►", "✓", "✗", "+++", "*", "·", "→")
_KEYED = re.compile(
    r"\W*(?:\d\d?/(?:19|20)\d\d |(?:19|20)\d\d ?[:-] )|"
    r"\W*(?:\d{1,2}\.\d{1,2}\.\d{2,4} ?)?[^:.\n]{3,48}: \S|\d{1,2}\.\d{1,2}\.\d{4} "
)
_RAGGED = 14
_PARAGRAPH, _NARROW, _WIDE = 3, 40, 130
"""Lines, and characters a line, of a paragraph that was broken at a width of its own."""
_NUMBER = re.compile(r"\d\d")
_YEAR_ROW = re.compile(r"\W*(?:[a-z]{3,9}\.? )?(?:19|20)\d\d\b")
_YEAR_ON = re.compile(r"(?:19|20)\d\d [a-z]")
_NEW_ITEM = re.compile(r"(?:TOP|Ö|Zu|\d{1,2}(?:\.\d{1,2})*[.)]?) (?=[A-ZÄÖÜ„])")
_MONTHS_NEXT = ("Januar", "Februar", "März", "April", "Mai", "Ju", "August", "Sept", "Okt", "Nov", "Dez")
_MAY_END = re.compile(r"[.!?]\s")
_DATED = re.compile(r"\d{1,2}\. ?\d{1,2}\. ?\d{2,4}|\b(?:19|20)\d\d\b")
_ASKED = re.compile(r"\W*(?:wer|wann)\b[^?]*(?:beschlossen|verabschiedet|zugestimmt)[^?]*\?$")
_OPEN = pattern(r" (?:der|die|das|des|dem|den|und|oder|im|von|vom|mit|für|zum|zur|ein|eine|einen|einer)$")
_HALF = 30
_TITLED = 400
"""A text that names a document so early is about it: decisions without an object are its."""
_NEAR, _AHEAD, _FAR = 8, 25, 25
"""Sentences before the name, and behind it, that may speak of the document."""
_PAPER = pattern(
    r"\b(?:papier|werk|dokument|konzept|leitbild|plan|entwurf|fortschreibung|neufaßung|leitlinien|"
    r"fahrplan)[a-z]{0,2}\b"
)
_STOP = (".", "!", "?", ":", ";")


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence or row that speaks of an integration document.

    Attributes
    ----------
    start, end
        Position in the text.
    head
        Position of the heading above it; (0, 0) if it has none.
    item
        Where the item begins that it belongs to.
    named
        It names the document itself; else it refers back to one.
    before
        Position of the sentence before it in the same item, of the heading if it is the first.
    """

    start: int
    end: int
    head: tuple[int, int]
    item: int
    named: bool
    before: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Unit:
    start: int
    end: int
    heading: bool
    row: bool


def passages(
    text: str, low: str, mentions: Iterable[tuple[int, int]], *, whole: bool = False, titled: bool = False
) -> list[Passage]:
    """Return the passages of a folded text that speak of an integration document, in order.

    Parameters
    ----------
    text, low
        Clean text (its capitals tell where a line goes on) and its folded form.
    mentions
        Where documents are named in it, in order.
    whole
        The text is the document itself: its foreword and end speak of it without naming it, the rest is
        read only where a deciding body or a decision stands near.
    titled
        Its title names one: decisions without an object are its.
    """
    places = [place for place in mentions if place[1] <= READ]
    regions = list(_regions(low, places, whole=whole, titled=titled))
    found: list[Passage] = []
    for first, last in regions:
        found.extend(_within(text, low, first, last, places, whole=whole, titled=titled))
    if whole:  # of a document itself only what tells of a decision is asked for
        found = [
            passage
            for passage in found
            if _DECIDED.search(low, passage.start, passage.end)
            or (
                _DECISION.search(low, passage.start, passage.end)
                and _NUMBER.search(low, passage.start, passage.end)
            )
        ]
    return found


def _regions(
    low: str, places: list[tuple[int, int]], *, whole: bool, titled: bool
) -> Iterator[tuple[int, int]]:
    """Yield the parts of the text that are read line by line, none twice."""
    wanted = []
    if whole:
        wanted += [(0, min(FRONT, len(low))), (max(0, len(low) - END), len(low))]
    if titled and not whole:
        wanted.append((0, min(FRONT, len(low))))
    for start, end in places:
        if whole and not _DECIDED.search(low, max(0, start - 160), end + 220):
            continue
        before, behind = (_NEAR_BEFORE, _NEAR_BEHIND) if whole else (_BEFORE, _BEHIND)
        wanted.append((max(0, start - before), min(len(low), end + behind)))
    done = total = 0
    for first, last in sorted(wanted):
        first = max(low.rfind("\n", 0, first) + 1, done)
        stop = low.find("\n", last)
        last = stop if 0 <= stop <= last + 600 else last
        if last <= first:
            continue
        total += last - first
        if total > _MOST_READ:
            return
        yield first, last
        done = last


def _width(lines: list[tuple[int, int]]) -> int:
    """Return the width at which the lines of a text are broken; a large number if they are not."""
    lengths = sorted(end - start for start, end in lines if end - start > 30)
    if len(lengths) < 4:
        return 10_000
    width = lengths[int(len(lengths) * 0.85)]
    full = sum(width - _RAGGED <= length <= width + 8 for length in lengths)
    return width if width <= 130 and full >= 0.4 * len(lengths) else 10_000


def _block_widths(lines: list[tuple[int, int]], width: int) -> list[int]:
    """Return the width at which each line is broken: that of its paragraph if all its lines are about as long."""
    widths = [width] * len(lines)
    first = 0
    while first < len(lines):
        last = first
        while last < len(lines) and lines[last][1] > lines[last][0]:
            last += 1
        lengths = [end - start for start, end in lines[first:last]]
        if len(lengths) >= _PARAGRAPH and _NARROW <= max(lengths) <= _WIDE:
            longest = max(lengths)
            if all(longest - _RAGGED - 3 <= length for length in lengths[:-1]):
                widths[first:last] = [longest] * len(lengths)
        first = last + 1
    return widths


def _units(text: str, low: str, first: int, last: int, *, whole: bool) -> list[_Unit]:
    lines: list[tuple[int, int]] = []
    position = first
    while position < last:
        stop = low.find("\n", position, last)
        stop = last if stop < 0 else stop
        lines.append((position, stop))
        position = stop + 1
    widths = _block_widths(lines, _width(lines))
    joined: list[tuple[int, int, bool]] = []  # start, end, followed by an empty line
    begin = -1
    for number, (start, end) in enumerate(lines):
        if start == end:
            continue
        if begin < 0:
            begin = start
        following = lines[number + 1] if number + 1 < len(lines) else None
        if (
            following
            and following[1] > following[0]
            and _goes_on(text, low, start, end, following, widths[number])
        ):
            continue
        joined.append((begin, end, following is None or following[0] == following[1]))
        begin = -1
    found: list[_Unit] = []
    for number, (start, end, gap) in enumerate(joined):
        short = end - start <= _HEADING
        if whole and not short and not _DECISION.search(low, start, end):
            found.append(_Unit(start, end, False, False))  # of a document only its decisions are read
            continue
        heading = (
            short
            and not low.endswith((".", ",", ";", "!"), start, end)
            and not _RESULT.match(low[start:end])
            and not (_DECISION.search(low, start, end) and _DATED.search(low, start, end))
            and not (_KEYED.match(low, start, end) and not _ITEM.match(low[start:end]))
            and bool(re.search(r"[a-z]{3}", low[start:end]))
            and (number + 1 < len(joined))
            and (
                gap
                or joined[number + 1][1] - joined[number + 1][0] > 1.3 * (end - start)
                or bool(_ITEM.match(low[start:end]))
            )
        )
        if heading or (short and end - start < 160):
            pieces = list(_sentences(low, start, end)) if not heading else [(start, end)]
        else:
            pieces = list(_sentences(low, start, end))
        pieces = list(_answered(low, pieces))
        row = short and len(pieces) == 1
        found.extend(_Unit(one, two, heading, row) for one, two in pieces)
    return found


def _answered(low: str, pieces: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the sentences, a question who decided together with the two sentences that answer it."""
    number = 0
    while number < len(pieces):
        start, end = pieces[number]
        if low.endswith("?", start, end) and _ASKED.match(low[start:end]):
            number = min(number + 2, len(pieces) - 1)
            end = pieces[number][1]
        yield start, end
        number += 1


def _goes_on(text: str, low: str, start: int, end: int, following: tuple[int, int], width: int) -> bool:
    """Return whether a line's sentence goes on in the next line: the next word had no more room in it."""
    cells = min(low.count("|", start, end), low.count("|", *following))
    if cells > 1 or low.startswith(_BULLETS, following[0]) or _KEYED.match(low, following[0], following[1]):
        return False
    if (item := _NEW_ITEM.match(text, following[0])) and not text.startswith(_MONTHS_NEXT, item.end()):
        return False
    if _YEAR_ROW.match(low, start) and _YEAR_ROW.match(low, following[0]):
        return False  # a chronology, or the rows of a table
    space = low.find(" ", following[0], following[1])
    word = (space if space >= 0 else following[1]) - following[0]
    ends = low.endswith(_STOP, start, end)
    if end - start + 1 + word > width:
        return not (ends and end - start < 0.8 * width)
    if not ends and _OPEN.search(low, max(start, end - 10), end):
        return True
    return (
        not ends
        and bool(_LOWER.match(text, following[0]) or _YEAR_ON.match(low, following[0]))
        and end - start > 25
        and not low.endswith("|", start, end)
    )


def _sentences(low: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    if not _MAY_END.search(low, start, end - 2):
        yield from _halves(low, start, end)
        return
    first = start
    for stop in _SENTENCE_END.finditer(low, start, end):
        if low[stop.start() - 1] == ":" or stop.start() <= first:
            continue
        if stop.start() - first > 3:
            yield from _halves(low, first, stop.start())
            first = stop.end()
    if end > first:
        yield from _halves(low, first, end)


def _halves(low: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a long sentence that a semicolon divides: each may tell of another body's step."""
    mark = low.find("; ", start + _HALF, max(start + _HALF, end - _HALF))
    if mark < 0 or not (_DECISION.search(low, start, mark) and _DECISION.search(low, mark, end)):
        yield start, end
    else:
        yield start, mark + 1
        yield from _halves(low, mark + 2, end)


def _within(
    text: str, low: str, first: int, last: int, places: list[tuple[int, int]], *, whole: bool, titled: bool
) -> Iterator[Passage]:
    here = [place for place in places if first <= place[0] < last]
    titled = titled or (bool(places) and places[0][0] < _TITLED)
    items = _items(_units(text, low, first, last, whole=whole))
    named_at = 0 if whole or titled else -_ROWS - 1
    for head, parts in items:
        naming = [unit for unit in parts if any(unit.start <= start < unit.end for start, _ in here)]
        head_names = head is not None and any(head.start <= start < head.end for start, _ in here)
        item = head.start if head else parts[0].start if parts else first
        above = (head.start, head.end) if head else (0, 0)
        if head is not None and head_names:
            named_at = head.end
            yield Passage(head.start, head.end, (0, 0), item, True, (0, 0))
        first_named = parts.index(naming[0]) if naming else None
        since = 0 if head_names else None
        before = above
        for number, unit in enumerate(parts):
            part = low[unit.start : unit.end]
            named = unit in naming
            if named:
                since, named_at = 0, unit.end
            elif since is not None:
                since += 1
            if (
                named
                or _follows(
                    part, since, whole=whole, ahead=_AHEAD if first_named is None else first_named - number
                )
                or (
                    _tells_decision(part)
                    and (
                        titled
                        or (unit.row and unit.start - named_at <= _ROWS and any(map(str.isdigit, part)))
                    )
                )
            ):
                yield Passage(unit.start, unit.end, above, item, named, before)
            before = (unit.start, unit.end)


def _items(found: list[_Unit]) -> list[tuple[_Unit | None, list[_Unit]]]:
    """Return the units under their headings."""
    items: list[tuple[_Unit | None, list[_Unit]]] = [(None, [])]
    for unit in found:
        if unit.heading:
            items.append((unit, []))
        else:
            items[-1][1].append(unit)
    return items


def _follows(part: str, since: int | None, *, whole: bool, ahead: int) -> bool:
    """Return whether a passage without the document's name speaks of it: behind the name, or before it in its item."""
    if whole:
        return _tells_decision(part) or (since is not None and "hande" in part)
    if _AHEAD > ahead > _NEAR and _tells_decision(part):
        return True
    if 0 < ahead <= _NEAR:
        return bool(_DECISION.search(part) or _PAPER.search(part))
    if since is None:
        return False
    if since <= _CHAIN:
        return bool(_BACK.search(part) or _BODY.search(part))
    return since <= _FAR and bool(_PAPER.search(part) or _tells_decision(part))


def _tells_decision(part: str) -> bool:
    return bool(_DECISION.search(part)) and not any_of("adoption", "other_object").search(part)
