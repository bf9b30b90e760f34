"""What a text tells of a document, passage by passage: claims with their years, for the standing of the whole."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .adoption import Adoption, Bodies, bodies_for, bodies_of, proposed
from .claims import Claim, claim
from .codebook import any_of
from .dating import own_date, session_near, year_of_decision
from .folding import folded, pattern
from .issued import Issue, issue_of
from .passages import Passage, passages
from .status import Status
from .voice import Reading
from .wording import token_of

LEAST_STATUS = 0.35
"""A status that no passage gives with that probability is not given."""
_MOST = 45
_NAMED = 4
_TITLES = frozenset(["stadt", "kreis", "landkreis", "gemeinde"])
_REVISED = pattern(
    r"\bjahren? nach\b.{0,160}\b(?:überarbeitet|aktualisiert|schreibt\b.{0,60}\bfort|"
    r"wird\b.{0,80}\b(?:überarbeitet|fortgeschrieben|"
    r"aktualisiert|neu))"
)
_THERE = pattern(r"^\W*dort\b|\bdort (?:hat|hatte|beschloß|wurde)")
_COMPARED = pattern(
    r"\bals (?:beispiel|vorbild)\b|\b(?:beispiel|vorbild)(?:haft)? (?:nennt|nannte|ist|sei)\b|"
    r"\banders als\b|\bim unterschied zu\b|\bim gegensatz zu\b|\bwährend (?:die|der) (?:stadt|landkreis|"
    r"kreis|nachbar)"
)
_PLACE = pattern(
    r"(?:(?<!\()\b(?:in|stadt|kreis|landkreis|gemeinde|rat von) |^\W*)?\b([a-z]{4,}(?:-[a-z]+)*)\b"
)
_TOWN_BODY = pattern(
    r"\b(?:stadt|gemeinde)?rat\b|\b(?:stadt|gemeinde)rates?\b|stadtverordnet|bürgerschaft|stadtvertretung|"
    r"ratsversammlung"
)
_GROUPS = {
    "draft": "entwurf", "proposed": "entwurf", "work": "in_arbeit", "planned": "geplant", "commissioned": "geplant",
    "none": "kein_konzept", "finished": "fertiggestellt",
}  # fmt: skip
_CODE_OF = {
    "entwurf": "draft",
    "in_arbeit": "work",
    "geplant": "planned",
    "kein_konzept": "none",
    "fertiggestellt": "finished",
}
_UNNAMED, _REST, _LATER = 0.75, 0.25, 0.93
_ASKED = 0.3
"""A question tells little."""
_UNDER_WAY, _THERE_IS_NONE = 0.5, 0.55
_OF_A_TOWN = pattern(r"\bdie stadt [a-z]+\b|\bstadtrat\b|\bgemeinderat\b|\bder rat der stadt\b")
_OF_A_KREIS = pattern(
    r"\b(?:der|des|im) (?:nachbar|land)?kreis(?:e?s)? [a-z]|\bder landkreis\b|\bnachbarkreis"
)
_NAMED_KREIS = pattern(
    r"\b(?:land)?kreis(?:e?s)? [a-z]{4,}|[a-z]+kreis(?:e?s)?\b|kreistag (?:in|des|von|im) [a-z]{4,}"
)
_ANAPHOR = ("das ", "dies ", "so ", "dafur ", "den auftrag", "dazu ")
_ALREADY = pattern(
    r"\b(?:vom|durch den|durch die|von der) [a-z]+\b[^.;]{0,50}\b(?:beschloßene|verabschiedete|gebilligte)[nsrm]?\b|"
    r"\b(?:19|20)\d\d (?:[a-z]+ ){0,4}(?:beschloßene|verabschiedete)[nsrm]?\b|"
    r"\b(?:hat|hatte|haben)\b[^;]{0,90}\b(?:19|20)\d\d\b[^;]{0,200}\b(?:beschloßen|verabschiedet|zugestimmt)\b"
)
_CARRIED = pattern(r"beschlußvorschl[aä]g[a-z]*\b.{0,160}\b(?:angenommen|zugestimmt|gefolgt|entsprochen)\b")
_MADE = frozenset(["commissioned", "planned", "work"])
_FIRM = 0.7
_VOTES = pattern(
    r"(?P<yes>\d+) ?(?:ja|dafür|ja-stimmen)\b.{0,20}?(?P<no>\d+) ?(?:nein|dagegen|nein-stimmen|gegenstimmen)"
)
_AGAINST = pattern(
    r"(?P<no>\d+) (?:[a-z]+ )?stimmten (?:mit nein|"
    r"dagegen)\b[^.;]{0,30}?(?P<yes>\d+) (?:[a-z]+ ){0,2}(?:mit ja|dafür)"
)
_LIST = 1_200
_UNTICKED = re.compile(r"(?:\( ?\)|\u2610|\[ ?\]) ?[^()\[\]\u2610\u2611\u2612]*")
_WE = pattern(r"\bwir\b|\b(?:dieses|hohe[sn]?) haus\b|\bunsere (?:fraktion|stimmen)")
_MANY = 3
_ROW_OF_TOWN = pattern(
    r"(?:^|\n|[.,;!] |\+\+\+ )\W*(?:stadt |landkreis |kreis )?([a-z]{3,}(?:[ -][a-z]{3,})?) ?(?::|\||- |"
    r"\((?:19|20)\d\d|\(leitbild)"
)
_TABLE = 8_000
_TABLE_ROW = pattern(r"(?:^|\n)(?:(?:stadt|landkreis|kreis|gemeinde) )?([a-z]{3,}(?:[ -][a-z]{3,})*) ?\|")
_GENERIC = pattern(
    r"\b(?:integrations|handlungs)konzepten?\b(?<!konzept)|\bmuster[a-z-]+|\bprozent (?:der|aller)|"
    r"\b(?:städten?|kommunen|gemeinden|landkreise[n]?|kreise[n]?|mitgliedern) "
    r"(?:haben|verfügen|besitzen|arbeiten|brauchen)|\b(?:vom|durch den) kreistag oder (?:stadt)?rat\b|"
    r"\btt\.mm"
)
_PARTIES = 2
_LIST_OF = pattern(
    r"(?:(?:folgende[nrs]?|nachstehende[nrs]?) (?:\w+ )?beschl[uü]ße|beschlüße gefaßt|(?:hat|wurde|wurden|"
    r"haben)\b[^\n:]{0,120}\b(?:beschloßen|gefaßt|"
    r"zugestimmt)|beschloßen wurden?|zugestimmt wurde|abgelehnt wurden?|vertagt wurden?|"
    r"zur kenntnis genommen)[^\n:]{0,40}:\s*\n"
)
_RESULT_YES = pattern(
    r"^\W*(?:\(?(?:beschluß|abstimmung|abstimmungsergebnis|ergebnis|"
    r"abgestimmt)\b\W{0,4}[^.]{0,80}(?:einstimmig|mehrheitlich|mehrheit|angenommen|"
    r"zugestimmt|beschloßen|\d+ ?(?:ja|:|/|stimmen|dafür)|ja\W{1,3}\d)|einstimmig(?:er beschluß)?\b|"
    r"mehrheitlich|\d+ ?(?:ja|stimmen dafür|dafür)|angenommen|"
    r"zugestimmt|wie vorgelegt|\((?:x|✓)\) ?[^()]*(?:einstimmig|mehrheit|zugestimmt|angenommen|"
    r"beschloßen)|dem beschlußvorschlag wird (?:gefolgt|zugestimmt|entsprochen)|(?:un)?geändert beschloßen)"
)
_RESULT_NO = pattern(
    r"abgelehnt|ablehn|vertagt|verwiesen|verweis|zurück|kenntnis|abgesetzt|kein beschluß|ohne beschluß|"
    r"beauftrag|auftrag|empf[ioe]|empfahl"
)


@dataclass(frozen=True, slots=True)
class Told:
    """A passage with what it claims; of an adoption the year and the rule that dated it."""

    passage: Passage
    claim: Claim
    year: int | None
    dated: str
    update: bool
    elsewhere: bool


def told(reading: Reading, voice: str, owner_name: str, level: str) -> list[Told]:
    """Return what the passages of a text claim, in order."""
    low, who = reading.low, bodies_for(level)
    issue = issue_of(low, reading.path, reading.low_title)
    found: list[Told] = []
    last = ""
    titled = bool(any_of("relevance", "speaks").search(reading.low_title))
    for passage in passages(
        reading.text, low, reading.own_mentions, whole=voice == "dokument", titled=titled
    )[:_MOST]:
        part = _UNTICKED.sub(" ", low[passage.start : passage.end].replace("\n", " "))
        before = low[passage.before[0] : passage.before[1]].replace("\n", " ")
        said = claim(part, before, level=level)
        if said.code == "adopted" and (instead := _not_adopted(low, passage, part, said, last)):
            said = Claim(instead[0], said.p, said.about, f"regel:{instead[1]}", 0.0, ((instead[0], said.p),))
        advised = last == "proposed" and not passage.named and bool(_RESULT_YES.search(part))
        if (
            said.code == "adopted"
            and advised
            and not session_near(low, reading.low_title, passage, who, issue)
        ):
            said = Claim("proposed", said.p, said.about, "regel:vorschlag", 0.0, (("proposed", said.p),))
        if (listed := _listed(low, passage)) and said.code != "commissioned":
            said = Claim("adopted", 1.0, "this", "regel:beschlussliste", 1.0)
        elif said.code != "adopted" and not passage.named and _RESULT_YES.search(part):
            begun = low.rfind("beschlus", passage.item, passage.start)
            resolved = low[
                max(
                    min(begun, passage.before[0]) if begun >= 0 else passage.before[0], passage.item
                ) : passage.end
            ]
            resolved = _UNTICKED.sub(" ", resolved)
            if not (
                _outvoted(part)
                or _RESULT_NO.search(resolved)
                or any_of("adoption", "commission").search(resolved)
            ) and session_near(low, reading.low_title, passage, who, issue):
                said = Claim("adopted", 1.0, "this", "regel:abstimmungsergebnis", 1.0)
        if part.rstrip().endswith("?"):
            said = replace(said, rule="regel:frage")
        else:
            last = said.code
        year, dated = None, ""
        if said.code == "adopted":
            if not said.rule.startswith("regel") and not _decides(
                low, reading.low_title, passage, part, who, issue, voice
            ):
                said = Claim("mention", said.p, said.about, "regel:kein_gremium", said.adopted)
            else:
                year, dated = year_of_decision(low, reading.low_title, passage, who, issue, voice)
                if listed and (own := own_date(listed, who)):
                    year, dated = own.year, "liste"
        update = bool(any_of("standing", "update").search(part))
        if _GENERIC.search(part) and not _own_place(part, owner_name):
            said = Claim("mention", said.p, said.about, "regel:allgemein", 0.0)
        found.append(Told(passage, said, year, dated, update, _elsewhere(part, said, owner_name, level)))
    return found


def _own_place(part: str, owner_name: str) -> bool:
    name = folded(owner_name)
    return any(
        len(word) > _NAMED and word[:6] in name
        for word in re.findall(r"[a-z]+", part)
        if token_of(word) == "ORT"
    )


def many_towns(said: list[Told], low: str) -> bool:
    """Return whether a text tells of the documents of many towns: rows or sentences each begin with another."""
    towns: set[str] = set()
    seen = set()
    for one in said:
        item = one.passage.item
        if item in seen:
            continue
        seen.add(item)
        for found in _ROW_OF_TOWN.finditer(low, item, item + 1_200):
            if (
                token_of(found.group(1).split(" ")[-1]) == "ORT"
                or token_of(found.group(1).split(" ")[0]) == "ORT"
            ):
                towns.add(found.group(1))
    if len(towns) < _MANY:
        rows = {found.group(1) for found in _TABLE_ROW.finditer(low, 0, _TABLE) if _is_place(found.group(1))}
        return len(rows) > _MANY
    return True


def _is_place(name: str) -> bool:
    return any(token_of(word) == "ORT" or word.endswith("kreis") for word in name.split(" "))


def _outvoted(part: str) -> bool:
    """Return whether more said no than yes."""
    if against := _AGAINST.search(part):
        return int(against.group("no")) >= int(against.group("yes"))
    votes = _VOTES.search(part)
    return votes is not None and int(votes.group("no")) >= int(votes.group("yes"))


def _not_adopted(low: str, passage: Passage, part: str, said: Claim, last: str) -> tuple[str, str] | None:
    """Return what a passage tells instead of an adoption, and the rule; None if it tells one."""
    if (
        proposed(low, passage.start)
        and not any_of("adoption", "proposal_end").match(f"\n{part[:40]}")
        and not _ALREADY.search(part)
        and not _CARRIED.search(part)
    ):
        return "proposed", "vorschlag"
    if _outvoted(part):
        return "mention", "ueberstimmt"
    if _REVISED.search(part):
        return "work", "in_arbeit"
    if last in _MADE and not passage.named:
        weak = said.p < _FIRM and not any(map(str.isdigit, part))
        if part.startswith(_ANAPHOR) or weak or (_RESULT_YES.search(part) and last != "work"):
            return "commissioned", "beschluss_ueber_den_auftrag"
    return None


def _listed(low: str, passage: Passage) -> str:
    """Return the words that announce the list of decisions in which a passage is a row; empty if it is in none."""
    if not passage.named or passage.end - passage.start > 200:
        return ""
    first = max(0, passage.start - _LIST)
    last = None
    for last in _LIST_OF.finditer(low, first, passage.start):  # noqa: B007
        pass
    if last is None or "\n\n" in low[last.end() : passage.start].strip("\n"):
        return ""
    words = low[
        max(low.rfind("\n\n", 0, last.start()), low.rfind(". ", 0, last.start() - 12), 0) : last.end()
    ]
    return "" if _RESULT_NO.search(words) else words.replace("\n", " ")


def _decides(
    low: str, title: str, passage: Passage, part: str, who: Bodies, issue: Issue | None, voice: str
) -> bool:
    """Return whether a deciding body is named in or shortly before a passage, or in whose session it stands."""
    if voice == "partei" and _WE.search(part):
        return True
    if sum(token_of(word) == "PARTEI" for word in part.replace(",", " ").split()) >= _PARTIES:
        return True  # "SPD, Grüne und CDU heben die Hand"
    bodies = [body for body in bodies_of(part, who) if "fraktion" not in part[body[0] : body[1]]]
    if bodies:
        return any(deciding for _, _, deciding in bodies)
    if any(token_of(word) == "RAT" for word in part.replace(",", " ").split()):
        return True
    ahead = bodies_of(low[max(passage.item, passage.start - 500) : passage.start], who)
    if any(deciding for _, _, deciding in ahead):
        return True
    if ahead:
        return session_near(low, title, passage, who, issue) is not None
    if any(deciding for _, _, deciding in bodies_of(title, who)):
        return True
    return session_near(low, title, passage, who, issue) is not None or bool(
        any_of("adoption", "verb_done").search(part)
    )


def _elsewhere(part: str, said: Claim, owner_name: str, level: str) -> bool:
    """Return whether a passage is of another town: the model says so, or a place is named that is not the owner."""
    name = folded(owner_name)
    own_place = _own_place(part, owner_name)
    if _COMPARED.search(part):
        return True
    if level == "kreis" and _OF_A_TOWN.search(part) and "kreis" not in part:
        return True
    if (
        said.code == "adopted"
        and level == "stadt"
        and not _TOWN_BODY.search(part)
        and (_OF_A_KREIS.search(part) or ("kreistag" in part and _NAMED_KREIS.search(part) and not own_place))
    ):
        return True
    places = [
        (found.group(1), bool(found.group(0) != found.group(1)))
        for found in _PLACE.finditer(part)
        if token_of(found.group(1)) == "ORT"
    ]
    own = any(place[:5] in name for place, _ in places) or any(
        len(word) > _NAMED and word not in _TITLES and re.search(rf"\b{re.escape(word)}", part)
        for word in re.findall(r"[a-z]+", name)
    )
    if said.code == "adopted" and (
        _THERE.search(part) or (not own_place and any_of("adoption", "elsewhere").search(part))
    ):
        return True
    if said.about == "elsewhere":
        return not own
    if own or not places or len(name) < _NAMED:
        return False
    if level == "kreis" and "kreistag" in part and not _NAMED_KREIS.search(part):
        return False  # the Kreistag met in one of its towns
    return any(subject for _, subject in places) or bool(any_of("adoption", "elsewhere").search(part))


def adoptions_told(said: list[Told]) -> list[Adoption]:
    """Return the adoptions that passages tell, as the rules return theirs."""
    return [
        Adoption(
            one.year,
            one.passage.start,
            one.passage.end,
            f"{one.claim.rule}/{one.dated}",
            one.update and one.claim.about != "predecessor",
            one.claim.about == "predecessor",
        )
        for one in said
        if one.claim.code == "adopted" and not one.elsewhere
    ]


def announced_told(said: list[Told], *, but: list[Adoption], least: float = LEAST_STATUS) -> Status:
    """Return the status that the passages give the document beside its adoption; "unbekannt" if they give none.

    Every passage counts with its probabilities, the surest most, earlier ones and those that name the document
    more than others.

    Parameters
    ----------
    said
        The passages.
    but
        Adoptions whose sentences do not count.
    least
        A status less likely than that is not given.
    """
    best: dict[str, tuple[float, Told]] = {}
    total: dict[str, float] = {}
    number = 0
    for one in said:
        place = one.passage
        if one.elsewhere or one.claim.about == "predecessor" or one.claim.code == "adopted":
            continue
        if any(found.start < place.end and place.start < found.end for found in but):
            continue
        worth = (1.0 if place.named else _UNNAMED) * _LATER**number
        number += 1
        grouped: dict[str, float] = {}
        worth *= _ASKED if one.claim.rule == "regel:frage" else 1.0
        for code, share in one.claim.shares:
            if code in _GROUPS:
                grouped[_GROUPS[code]] = grouped.get(_GROUPS[code], 0.0) + share
        for status, share in grouped.items():
            if share * worth > best.get(status, (0.0, one))[0]:
                best[status] = (share * worth, one)
            total[status] = total.get(status, 0.0) + share * worth
    scores = {status: value + _REST * (total[status] - value) for status, (value, _) in best.items()}
    if not scores or max(best[status][0] for status in scores) < least:
        return Status("unbekannt", "keine_angabe")
    status = max(scores, key=lambda name: scores[name])
    firm = {name: value for name, (value, one) in best.items() if one.passage.named}
    if firm.get("kein_konzept", 0.0) >= max([_THERE_IS_NONE, *firm.values()]):
        status = "kein_konzept"
    elif status == "geplant" and best[status][1].claim.code == "commissioned":
        work = best.get("in_arbeit")
        if work and work[0] >= _UNDER_WAY and work[1].passage.start > best[status][1].passage.start:
            status = "in_arbeit"  # what was commissioned is being made since
    one = best[status][1]
    return Status(
        status, f"seite_{_CODE_OF[status]}; {one.claim.rule}", one.passage.start, one.passage.end, one.update
    )
