"""The wording of a passage as features: words and beginnings of words in row, names and numbers made alike.

Council, committee, party, place, date, vote and the document itself become tokens, so that what is learned from one
town's sentence holds for another's. Every word is looked at once and remembered.
"""

from __future__ import annotations

import functools
import re
from itertools import pairwise

from .codebook import named
from .folding import pattern
from .places import ORDINARY, embedded_gazetteer

_TOKEN = pattern(
    r"(?P<SPANNE>\b(?:19|20)\d\d ?(?:-|/|bis) ?(?:(?:19|20)\d\d|\d\d)\b)|"
    r"(?P<TAG>\b\d{1,2}\. ?(?:\d{1,2}\. ?(?:(?:19|20)\d\d|\d\d)\b|[a-zä]{3,9}\.? (?:19|20)\d\d\b)|\b(?:19|"
    r"20)\d\d-\d\d-\d\d\b)|"
    r"(?P<TAGOHNE>\b\d{1,2}\. ?(?:\d{1,2}\.(?!\d)|(?:januar|februar|märz|april|mai|juni|juli|august|"
    r"september|oktober|"
    r"november|dezember)\b))|"
    r"(?P<MONAT>\b(?:januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|"
    r"dezember) (?:19|20)\d\d\b)|"
    r"(?P<VOTUM>\b\d{1,3} ?(?::|zu|gegen|ja|nein|dafür|enthaltung|stimmen|ja-stimmen|nein-stimmen|"
    r"gegenstimmen)\b(?: ?\d{1,3}\b)?)|"
    r"(?P<JAHR>\b(?:19|20)\d\d\b)|"
    r"(?P<GELD>\b[\d.,]+ ?(?:euro|€|eur)\b)|"
    r"(?P<ZAHL>\d[\d.,/]*)|"
    r"(?P<FRAGE>\?)|"
    r"(?P<WORT>[a-z]+(?:-[a-z]+)*-?)"
)
_STRONG = pattern(
    r"(?:integrations?|migrations|zuwanderungs|einwanderungs|vielfalts|diversitäts|diversity|"
    r"interkultur[a-z]*|"
    r"flüchtlings|asyl|teilhabe)[a-z-]*(?:konzept|plan\b|plans\b|planes\b|planung|strategie|leitbild|"
    r"leitlinie|leitsätze|"
    r"programm|pakt|agenda|rahmen)"
)
_PAPER = pattern(
    r"(?:[a-z-]*(?:handlungs|gesamt|rahmen|master|aktions|maßnahmen?|grob|strategie|grund)-?)?(?:konzept|"
    r"konzeption|leitbild|"
    r"leitlinie|leitsatz|leitsätze|plan|plans|planes|planwerk|strategie|papier|dokument|regelwerk|"
    r"fahrplan|weißbuch|programm|"
    r"heft|broschüre|schrift|werk|handlungsrahmen)(?:e?s|en|e|n)?"
)
_BODY = pattern(
    r"(?:stadt|gemeinde|markt|verbandsgemeinde|samtgemeinde)?-?rat(?:e?s)?|(?:stadt|gemeinde|kreis|"
    r"kreistags|rats|stadtrats)-?"
    r"(?:räte|räten|rätinnen|mitglieder[n]?|abgeordnete[n]?)|kreistag(?:e?s)?|stadtverordnete[nr]?|"
    r"stadtverordnetenversammlung|stadtverordnetensitzung|bürgerschaft|stadtvertretung|ratsversammlung|"
    r"stadtparlament|"
    r"kreisparlament|kommunalparlament|parlament|"
    r"gemeindevertretung|regionsversammlung|städteregionstag|ratssitzung|kreistagssitzung|stadtratssitzung|"
    r"gemeinderatssitzung|bvv|bezirksverordnetenversammlung|plenum|stavo|stvv|svv|senat[s]?|"
    r"abgeordnetenhaus|landtag[s]?|"
    r"landesregierung|landeskabinett|kabinett[s]?|staatsregierung|volksvertretung|ratsrund|ratsleute|"
    r"ratsherren|"
    r"kommunalpolitik|kreisräte[n]?|council|assembly"
)
_BODY_DECISION = pattern(
    r"(?:[a-z]*rats|kreistags|bürgerschafts|stvv|stadtverordneten[a-z]*|kt|parlaments|senats|"
    r"kabinetts)-?(?:beschluß|beschlüße|votum|mehrheit|entscheidung)[a-z]*"
)
_OTHER_BODY = pattern(
    r"[a-z]*ausschuß[a-z]*|[a-z]*ausschüße[a-z]*|[a-z]*beirat[a-z]*|integrationsrat[a-z]*|"
    r"migrationsrat[a-z]*|"
    r"ausländerrat[a-z]*|bezirksvertretung|ortsrat[a-z]*|ortsbeirat[a-z]*|magistrat[s]?|verwaltungsvorstand|"
    r"steuerungs[a-z]*|lenkungs[a-z]*|jugendrat[a-z]*|seniorenrat[a-z]*|vorstand[s]?|mitgliederversammlung"
)
_PARTY = re.compile(
    r"cdu|csu|spd|fdp|afd|npd|grunen?|gruene|linken?|linkspartei|piraten|freien?-?wahler|fraktion(?:en)?|"
    r"[a-z]+-fraktion(?:en)?|"
    r"ratsfraktion|stadtratsfraktion|kreistagsfraktion|opposition"
)
_DAY = re.compile(r"(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend)(?:abend|nachmittag|s)?")
_MONTH = pattern(
    r"januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember|frühjahr|herbst|"
    r"sommer|winter"
)
_STEM = 6
_LONGEST_HYPHENED = 24


@functools.lru_cache(maxsize=200_000)
def token_of(word: str) -> str:
    """Return what stands for a folded word: a sign in capitals for names and bodies, else the word."""
    if "-" in word and len(word) < _LONGEST_HYPHENED:
        joined = token_of(word.replace("-", ""))
        if joined.isupper():
            return joined  # plain language: "Kreis-Tag", "Integrations-Konzept"
    if _STRONG.search(word):
        return "KONZEPT"
    if _PAPER.fullmatch(word):
        return "PAPIER"
    if _BODY_DECISION.fullmatch(word):
        return "RATSBESCHLUSS"
    if _OTHER_BODY.fullmatch(word):
        return "AUSSCHUSS"
    if _BODY.fullmatch(word):
        return "RAT"
    if _PARTY.fullmatch(word):
        return "PARTEI"
    if _DAY.fullmatch(word):
        return "WOCHENTAG"
    if _MONTH.fullmatch(word):
        return "MONATSNAME"
    plain = word.replace("-", " ")
    gazetteer = embedded_gazetteer()
    if (
        len(word) > 3
        and plain not in ORDINARY
        and (plain in gazetteer.by_key or word in gazetteer.by_adjective)
    ):
        return "ORT"
    return word


def tokens(part: str) -> list[str]:
    """Return the tokens of a folded passage, in order."""
    found = []
    for match in _TOKEN.finditer(part):
        kind = match.lastgroup
        found.append(token_of(match.group()) if kind == "WORT" else str(kind))
    return found


@functools.lru_cache(maxsize=100_000)
def _stem(token: str) -> str:
    return token if token.isupper() else token[:_STEM]


@functools.lru_cache(maxsize=200_000)
def cues(token: str) -> tuple[str, ...]:
    """Return the groups of the codebook's section `cue` that a token belongs to; a name or number is one itself."""
    if token.isupper():
        return (token,)
    return tuple(name for name, rule in named("cue") if rule.match(token))


def features(part: str, before: str = "") -> set[str]:
    """Return the features of a folded passage.

    Words, beginnings of words alone and in pairs, the cues that are told and those told together; of what
    stands before it beginnings of words and cues.
    """
    words = tokens(part)
    stems = ["<", *map(_stem, words), ">"]
    found = set(words)
    found.update(stems)
    found.update(f"{one} {two}" for one, two in pairwise(stems))
    told = sorted({cue for word in words for cue in cues(word)})
    found.update(f"c:{cue}" for cue in told)
    found.update(f"c:{one}&{two}" for number, one in enumerate(told) for two in told[number + 1 :])
    ahead = tokens(before)
    found.update(f"v:{_stem(token)}" for token in ahead)
    found.update(f"vc:{cue}" for token in ahead for cue in cues(token))
    return found
