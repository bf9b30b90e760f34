"""What a passage claims of a document: a learned model of its wording, with a veto of the rules where grammar is sure.

The weights are in `scraper/statements.json`, learned from the sentences in `scraper/bank/` by `documents.training`;
here they are only added up.
"""

from __future__ import annotations

import functools
import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import DataError
from ..paths import scraper_dir
from .adoption import bodies_for, bodies_of, names_object
from .codebook import any_of
from .folding import pattern
from .statements import claim_of, without_history
from .wording import features

CLAIMS = (
    "adopted", "commissioned", "proposed", "draft", "work", "planned", "none", "finished", "mention", "other",
)  # fmt: skip
"""What a passage may claim; see scraper/README.md."""
_CERTAIN = 0.8
_ADVISED = 0.1
"""Less likely an adoption than that, what an advising body does is no vote on the document."""
_LEAST = 0.45
"""So likely an adoption must be."""
_BACKGROUND = frozenset(["adopted", "mention", "other"])
_CERTAIN_RULES = frozenset(["vorschlag", "nur_beratend", "antrag_abgelehnt", "bleibt"])
_ENOUGH = 0.3
"""Where a body that decides is named, so likely an adoption is one if nothing but a mere mention is likelier."""
_TO_MAKE = pattern(
    r"\bzu (?:erarbeiten|erstellen|entwickeln|schreiben|verfaßen|überarbeiten|aktualisieren|beauftragen)\b|"
    r"\b(?:auszuarbeiten|aufzustellen|fortzuschreiben|vorzulegen|(?:erarbeiten|aufstellen|erstellen|"
    r"entwickeln|schreiben) zu laßen)\b|"
    r"\b(?:mit|für|über) (?:der|die) (?:erarbeitung|erstellung|aufstellung|entwicklung)\b|"
    r"\bein(?:en)? [a-z-]+ "
    r"(?:schreiben|erarbeiten|erstellen|entwickeln) (?:soll|zu laßen|laßen)|"
    r"beschluß\b[^.;]{0,24}: (?:erarbeitung|erstellung|aufstellung|auftrag)|"
    r"\b(?:beschloßene[nr]?|erteilte[nr]?) (?:arbeits|prüf|planungs)?auftrag|\b(?:arbeits|prüf)auftrag\b"
)
_CARRIED = pattern(
    r"beschlußvorschl[aä]g[a-z]*\b.{0,160}\b(?:angenommen|zugestimmt|gefolgt|entsprochen|beschloßen)\b(?! werden)"
)
_NOT_REFUSED = pattern(
    r"\bnicht (?:[a-z]+ ){0,4}(?:vertagt|verschoben|geschoben|verwiesen|abgelehnt)\b|"
    r"\b(?:änderungs|ergänzungs)antr[aä]g[a-z]*\b[^.;]{0,120}\babgelehnt"
)
_TO_END = pattern(
    r"(?:antrag|antrags|scheiter[a-z]*)\b.{0,100}\b(?:aufzuheben|abzuschaffen|aufhebung|abschaffung|"
    r"außer kraft)|antrag gegen (?:das )?[a-z]*konzept"
)
_MOTION_TO_MAKE = pattern(
    r"\b(?:erstellung|erarbeitung|aufstellung|entwicklung) eines\b|\bzu (?:erarbeiten|erstellen|entwickeln)\b|"
    r"\b(?:schreiben|erarbeiten|erstellen|entwickeln) (?:zu )?(?:laßen|soll)|\bauf ein\b[^.]{0,30}konzept"
)
_REFUSED_MOTION = pattern(
    r"\bantr[aä]g[a-z]*\b[^.;]{0,120}\b(?:abgelehnt|ablehn[a-z]*|zurückgewiesen|keine mehrheit)|"
    r"\b(?:lehnt[a-z]*|abgelehnt)\b[^.;]{0,140}\bantr[aä]g[a-z]*"
)
_TO_DECIDE = pattern(
    r"\bbeschlußfaßung\W*$|\b(?:zur|beratung und) beschlußfaßung\b|"
    r"\bbeschlußfaßung\b.{0,80}\b(?:angestrebt|geplant|vorgesehen|erwartet|anvisiert)"
)
_WISHED = pattern(
    r"\bmöge\b|beschlußvorschlag|beschlußempfehlung|\bempfiehlt\b|\bempfahl\b|\bsoll(?:en)? (?:[\w-]+ ){0,8}"
    r"(?:beschließen|beschloßen|verabschiedet|verabschieden|zustimmen|abstimmen|entscheiden)\b|"
    r"\b(?:wird|werden) (?:[\w-]+ ){0,10}(?:entscheiden|abstimmen|befinden|beraten|zustimmen)\b|"
    r"\b(?:abstimmen|entscheiden|befinden|beschließen|verabschieden) (?:soll|wird|will|muß)|"
    r"\bvoraussichtlich\b|\bfrühestens\b"
)
_NOT = pattern(
    r"\b(?:noch )?nicht (?:[\w-]+ ){0,2}(?:beschloßen|verabschiedet|angenommen|zugestimmt|abgestimmt|"
    r"behandelt|vorgesehen)|"
    r"\bnie (?:[\w-]+ ){0,3}(?:beschloßen|verabschiedet|behandelt|beraten)|\bkeine mehrheit|\bohne beschluß|"
    r"\bdurchgefallen\b"
)
_AT_WORK = pattern(
    r"\b(?:soll|sollen|wird|werden)\b[^.;]{0,60}\b(?:erste[rn]?|ein|einen|der|den) (?:ersten? )?(?:fassung|"
    r"faßung|entwurf|"
    r"rohfaßung)\b[^.;]{0,40}\b(?:vorliegen|vorgelegt|fertig|stehen)\b|"
    r"\b(?:derzeit|zurzeit|zur zeit|momentan|gerade|gegenwärtig|aktuell)\b.{0,60}\b(?:ausgewertet|"
    r"zusammengeführt|gesichtet)\b|"
    r"\b(?:derzeit|zurzeit|zur zeit|momentan|gerade|gegenwärtig|aktuell)\b.{0,90}\b(?:geschrieben|"
    r"erarbeitet|erstellt|überarbeitet|"
    r"fortgeschrieben|entwickelt|gearbeitet|schreib[te]n?|überarbeitet|arbeitsgruppen)\b"
)
_YES = pattern(
    r"\b(?:rat|kreis-?tag|stadt-?rat|gemeinde-?rat|stadtverordneten) (?:hat|"
    r"haben) (?:[a-z]+ ){0,4}ja\"? gesagt|"
    r"\b(?:rat|kreistag|stadtrat|gemeinderat|stadtverordneten[a-z]*|bürgerschaft|parlament|[a-z]+vertretung|"
    r"ratsversammlung)\b[^.;]{0,90}"
    r"\b(?:(?:breite|große|überwältigende|deutliche|klare)n? mehrheit gegeben|seinen? (?:segen|einverständnis)\b|"
    r"hinter (?:das|den|die) \"?[a-z]*(?:konzept|plan|leitbild|leitlinien|strategie)[^.;]{0,50}\bgestellt|"
    r"hoben \d+\b[^.;]{0,40}\bhand\b)|"
    r"\bhoben \d+ (?:[a-z]+ ){0,2}(?:räte|stadträte|kreisräte|gemeinderäte|ratsmitglieder|abgeordnete|"
    r"stadtverordnete)\b"
    r"[^.;]{0,30}\b(?:hand|hände)\b|\balle hände (?:nach oben|in die höhe|hoch) g[ei]|"
    r"\b[a-z]*(?:konzept|leitbild)\b[^.;]{0,60} (?:ist|war) damit (?:amtlich|beschloßene sache|unter dach und fach)|"
    r"\b(?:rat|kreistag|stadtrat|gemeinderat|stadtverordnete[a-z]*|bürgerschaft|gremium|plenum|[a-z]+vertretung)\b"
    r"[^;]{0,160}\bweg (?:für das [a-z]+|für den [a-z]+|dafür )?[^.;]{0,20}\bfrei(?:gemacht)?\b|"
    r"\b(?:konzept|plan|leitbild|es|sie)\b[^.;]{0,90} durch den (?:rat|kreistag|stadtrat|gemeinderat) gegangen"
)
_ATTRIBUTE = pattern(r"\b(?:beschloßene|verabschiedete|gebilligte)[nsrm]?\b")
_UNFINISHED = pattern(r"\b(?:noch )?nicht (?:ganz |völlig )?(?:fertig|abgeschloßen|erschienen|gedruckt|da\b)")
_LAW = pattern(r"\b[a-z-]*gesetz(?:e?s)?\b")
_NOTED = pattern(
    r"(?<!zustimmend )\bzur kenntnis(?:nahme)?\b(?! (?:zu|weiter)?geleitet)(?! (?:übersandt|übermittelt|gegeben))|"
    r"\b(?:nahm|nimmt)\b[^.;]{0,80}(?<!zur )\bkenntnis (?:von|vom)\b|"
    r"(?<!zur )\bkenntnisnahme\b|(?<!zustimmend zur )\bkenntnis genommen"
)
_HEAD_OF_SESSION = pattern(
    r"^\W*(?:(?!(?:hat|haben|wird|wurden?|erteilt|gibt|gab|nahm|nimmt|stimmt|fand|folgt|sagt|billigt|ist|war)\b)"
    r"[a-zäöü-]+ ){0,6}?[a-z]*(?:auszug|niederschrift|protokoll|sitzung|tagesordnung)\b"
)
_FORMAL = pattern(
    r"beschloß|beschließt|verabschiedet|angenommen|zugestimmt|gebilligt|stimmte|einstimmig|mehrheit|"
    r"votiert|\bja\b|\bbefand\b|\bbefunden|\bentschied|\bpaßiert"
)
_FOLLOWED = pattern(
    r"\b(?:folgte[n]?|folgt|gefolgt|entsprach|schloß sich)\b[^.;]{0,30}\b(?:der|dem|den) "
    r"(?:[a-z]+ )?(?:empfehlung|votum|vorschlag|vorberatung)(?:en)? (?:des|der|seines|ihres) [a-z-]+(?: für [a-z]+)?|"
    r"\bwie (?:[a-z]+ ){0,3}(?:vom|von der) [a-z-]+(?: für [a-z]+)? (?:empfohlen|vorgeschlagen)"
)
_OTHER_DRAFT = pattern(r"\b(?:haushalts(?:plan)?|etat|gesetzes?|stellenplan)-?entw[uü]rf[a-z]*")
_CARRY_OUT = pattern(
    r"\b(?:die verwaltung|der landrat|der (?:ober)?bürgermeister|das [a-z]*amt|der magistrat)?\s?(?:wird |wurde )?"
    r"(?:\bbeauftragt[e]?\b|\bgebeten\b)[^;.]{0,90}\b(?:umzusetzen|zu berichten|bericht zu erstatten|"
    r"(?:mit|für) (?:der|die|deren|seiner|deßen) umsetzung|bericht[a-z]*\b[^;.]{0,40}vorzulegen)\b"
)
"""A commission to carry out or to report is none to make a document."""
_ASIDE = re.compile(r"\([^()]*\)?|\bzuvor [^,.;]*")
_PREPARED = pattern(
    r"\b(?:vom|von der|durch den|durch die) [a-z-]+(?: für [a-z]+)? (?:geänderten?|empfohlenen?|"
    r"vorgelegten?|erarbeiteten?|vorberatenen?|"
    r"ergänzten?|vorgeschlagenen?|beschloßenen änderung[a-z]*)"
)
_OF_DECISION = pattern(
    r"beschl(?:o|u)ß|beschließt|verabschied|angenommen|annahm(?!en\b)|\bnahm|billig|abgesegnet|segen|segn|"
    r"zugestimmt|zustimm|stimmt|"
    r"votier|votum|nickt|gew[iu]nkt|besiegel|paßier|hürde|bestätig|genehmig|kraft|bindend|verbindlich|taufe|"
    r"grünes licht|weg|hand\b|hände|dafür|ja\b|einstimmig|einmütig|mehrheit|stimmen\b|adopt|approv|passed|"
    r"vote|endors|durch\b|gültig|"
    r"gutgeheiß|befand\b|entschied|\d+ ?[:] ?\d+|freigabe|sach|tücher|steht\b|stehen\b"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a passage claims: code, its probability, of which version, and who decided (model or a rule)."""

    code: str
    p: float
    about: str
    rule: str
    adopted: float
    shares: tuple[tuple[str, float], ...] = ()

    @property
    def by_code(self) -> dict[str, float]:
        """Probability by code, as the model gives it; an adoption that a rule forbids is none."""
        return dict(self.shares)


@dataclass(frozen=True, slots=True)
class Model:
    """Weights by feature for the claims and for what they are about."""

    version: int
    claims: tuple[str, ...]
    abouts: tuple[str, ...]
    bias: tuple[float, ...]
    weights: dict[str, tuple[float, ...]]
    sha256: str


def read(path: Path) -> Model:
    """Return the model of a file.

    Raises
    ------
    DataError
        If it cannot be read or is none.
    """
    hint = "Make it anew: python -m konzept_diffusion.documents.training"
    try:
        said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        claims, abouts = tuple(said["claims"]), tuple(said["abouts"])
        width = len(claims) + len(abouts)
        weights = {name: tuple(map(float, values)) for name, values in said["weights"].items()}
        bias = tuple(map(float, said["bias"]))
        if len(bias) != width or any(len(values) != width for values in weights.values()):
            raise DataError("has weights of different lengths", file=path, hint=hint)
        return Model(int(said["version"]), claims, abouts, bias, weights, str(said["bank_sha256"]))
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror})", file=path, hint=hint) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"is no model of claims ({error})", file=path, hint=hint) from error


@functools.cache
def model() -> Model:
    """Return the project's model (read once)."""
    return read(scraper_dir() / "statements.json")


def weighted(part: str, before: str) -> dict[str, float]:
    """Return the features of a folded passage with their worth, of length one: words and what the rules say of them."""
    found = {
        name: (1.0 if name[:2] != "c:" else 1.5 if "&" in name else 2.0) for name in features(part, before)
    }
    found[f"r:{claim_of(part)}"] = 2.0
    found[f"d:{bool(any_of('adoption', 'verb_done').search(part))}"] = 1.0
    found[f"f:{bool(any_of('adoption', 'future').search(part))}"] = 1.0
    found[f"o:{bool(any_of('adoption', 'commission').search(part))}"] = 1.0
    length = math.sqrt(sum(value * value for value in found.values()))
    return {name: value / length for name, value in found.items()}


def _shares(scores: list[float]) -> list[float]:
    top = max(scores)
    raised = [math.exp(score - top) for score in scores]
    total = sum(raised)
    return [value / total for value in raised]


def probabilities(part: str, before: str = "") -> tuple[dict[str, float], dict[str, float]]:
    """Return the model's probabilities of the claims, and of what they are about, for a folded passage."""
    learned = model()
    scores = list(learned.bias)
    for name, value in weighted(part, before).items():
        if weights := learned.weights.get(name):
            scores = [score + weight * value for score, weight in zip(scores, weights, strict=True)]
    border = len(learned.claims)
    return (
        dict(zip(learned.claims, _shares(scores[:border]), strict=True)),
        dict(zip(learned.abouts, _shares(scores[border:]), strict=True)),
    )


def claim(part: str, before: str = "", *, level: str = "") -> Claim:
    """Return what a folded passage claims.

    Parameters
    ----------
    part, before
        The passage and the sentence or heading before it, without line breaks.
    level
        Of the owner, see `adoption.bodies_for`.
    """
    shown = _CARRY_OUT.sub(" ", _OTHER_DRAFT.sub(" ", without_history(part)))
    shares, abouts = probabilities(shown, before)
    about = max(abouts, key=lambda name: abouts[name])
    if _YES.search(shown):
        return Claim("adopted", 1.0, about, "regel:ja_gesagt", 1.0, (("adopted", 1.0),))
    veto = _veto(shown, before, level)
    if _AT_WORK.search(shown) and (shares["adopted"] < _ENOUGH or _ATTRIBUTE.search(shown)):
        return Claim(
            "work", max(shares["work"], _CERTAIN), about, "regel:in_arbeit", 0.0, (("work", _CERTAIN),)
        )
    likely = shares["adopted"]
    if veto:
        rule, instead = veto
        left = {name: share for name, share in shares.items() if name != "adopted"}
        best = max(left, key=lambda name: left[name])
        if best == "finished" and _UNFINISHED.search(shown):
            return Claim("work", left[best], about, "regel:nicht_fertig", 0.0, (("work", left[best]),))
        sure = rule in _CERTAIN_RULES and (rule != "nur_beratend" or likely >= _ADVISED)
        by_rule = bool(instead) and (
            likely >= left[best] or (sure and best in ("mention", "other", "finished"))
        )
        left[instead or best] += likely
        told = tuple(left.items())
        if by_rule:
            share = max(likely, _CERTAIN if sure else 0.0)
            return Claim(instead, share, about, f"regel:{rule}", 0.0, (*told, (instead, share)))
        return Claim(best, left[best], about, f"modell:{best} p={left[best]:.2f}", 0.0, told)
    code = max(shares, key=lambda name: shares[name])
    if code == "adopted" and likely < _LEAST:
        others = {name: share for name, share in shares.items() if name != "adopted"}
        code = max(others, key=lambda name: others[name])
        rule = f"modell:{code} p={others[code]:.2f}"
        return Claim(code, others[code], about, rule, likely, tuple(others.items()))
    rivals = max(share for name, share in shares.items() if name not in _BACKGROUND)
    if code in _BACKGROUND - {"adopted"} and likely >= max(_ENOUGH, rivals) and _decider(shown, level):
        return Claim(
            "adopted", likely, about, f"modell:adopted p={likely:.2f}", likely, tuple(shares.items())
        )
    if code == "finished" and _UNFINISHED.search(shown):
        return Claim("work", shares[code], about, "regel:nicht_fertig", 0.0, (("work", shares[code]),))
    return Claim(
        code, shares[code], about, f"modell:{code} p={shares[code]:.2f}", likely, tuple(shares.items())
    )


def _of_something_else(part: str) -> bool:
    """Return whether the clause of a decision names another object and no document but as what it rests on."""
    other = any_of("adoption", "other_object")
    if not (other.search(part) or _LAW.search(part)):
        return False
    clauses = [
        clause
        for clause in re.split(r"[;:]| - ", part)
        if (other.search(clause) or _LAW.search(clause)) and _FORMAL.search(clause)
    ]
    return bool(clauses) and not any(
        names_object(other.sub(" ", _LAW.sub(" ", clause))) for clause in clauses
    )


def _decider(part: str, level: str) -> bool:
    return any(deciding for _, _, deciding in bodies_of(part, bodies_for(level)))


def _veto(part: str, before: str, level: str) -> tuple[str, str] | None:
    """Return the rule by which a passage cannot tell an adoption, and what it tells instead; None if it may."""
    if part.rstrip().endswith("?"):
        return "frage", "mention"
    if _TO_MAKE.search(part):
        return "auftrag", "commissioned"
    if _TO_DECIDE.search(part) and not any_of("adoption", "verb_done").search(part):
        return "vor_beschluss", "proposed"
    if _TO_END.search(part):
        return "bleibt", "finished"
    if _WISHED.search(part) and not _CARRIED.search(part):
        return "vorschlag", "proposed"
    plain = _NOT_REFUSED.sub(" ", _ASIDE.sub(" ", part))
    if _NOT.search(plain) or any_of("standing", "refused").search(plain):
        if _REFUSED_MOTION.search(plain) and _MOTION_TO_MAKE.search(f"{before} {part}"):
            return "antrag_abgelehnt", "none"
        return "nicht_beschlossen", "draft"
    if _NOTED.search(part):
        return "kenntnisnahme", "finished"
    if _HEAD_OF_SESSION.search(part) and not _FORMAL.search(part):
        return "sitzungskopf", "other"
    if _of_something_else(part):
        return "anderer_gegenstand", "other"
    if not _OF_DECISION.search(part):
        return "ohne_entscheidung", ""
    plain = _FOLLOWED.sub(" ", _PREPARED.sub(" ", part))
    bodies = bodies_of(plain, bodies_for(level))
    others = [plain[start:end] for start, end, deciding in bodies if not deciding]
    if bodies and len(others) == len(bodies) and not all("fraktion" in body for body in others):
        return "nur_beratend", "proposed"
    return None
