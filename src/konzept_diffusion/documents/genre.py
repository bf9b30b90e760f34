"""What sort of text something is when it is not the document itself: council paper, press, summary, course ...

The rules read a title (or a link's text) and the head of a text, both folded. Each has a name and a reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .folding import pattern


@dataclass(frozen=True, slots=True)
class Genre:
    """What a text is instead of a document: code, rule and position of the words."""

    code: str
    rule: str
    start: int
    end: int


# In a title these words say what the file is, wherever they stand in it.
_TITLE_RULES: tuple[tuple[str, str], ...] = (
    # A summary, a flyer, slides, plain language or a translation is no version of its own: the full text is the row.
    (
        "kurzfassung",
        r"\bkurz(?:fassung|version|information|info|überblick|bericht)|zusammenfassung|"
        r"auf einen blick|auszug|kompakt\b|leporello|management summary|"
        r"executive summary|\bsummary\b|\babstract\b|inhaltsverzeichnis|\bthesenpapier\b|in kürze",
    ),
    ("beiwerk", r"^\W*(?:rede|grußwort|ansprache|laudatio|haushaltsrede|organigramm|ansprechpartner)\b"),
    (
        "flyer",
        r"\bflyer|faltblatt|\bplakat|\bposter\b|broschüre zur veranstaltung|infoblatt|"
        r"informationsblatt|handzettel|\bfolder\b|\bpostkarte",
    ),
    (
        "praesentation",
        r"\bpräsentation|\bfolien\b|vortrag|power ?point|\bslides\b|schaubild|\bgrafik\b|"
        r"video\b|\bfilm\b|\bpodcast",
    ),
    ("leichte_sprache", r"leichte[rn]? sprache|einfache[rn]? sprache|leicht lesen"),
    (
        "uebersetzung",
        r"\benglish\b|\benglisch|integration (?:concept|strategy|plan|policy)\b|türkisch|"
        r"türkce|arabisch|russisch|französisch|"
        r"\bpolnisch|ukrainisch|\btranslation|übersetzung|plan d'integration|konsepti|\buyum\b",
    ),
    (
        "vorlage",
        r"\b(?:beschluß|sitzungs|mitteilungs|informations|berichts|rats|kreistags|verwaltungs|"
        r"sammel|ergänzungs|bericht|drucksachen)-?vorlage\b|"
        r"^vorlage\b|\bvorlagen?-? ?(?:nr|nummer)|^drucksache|^(?:öffentliche )?(?:beschluß|"
        r"mitteilung|bericht|anfrage)\b\s*(?:nr|:|$|[0-9])|deckblatt",
    ),
    ("protokoll", r"\bprotokoll|niederschrift|beschlußauszug|beschlußprotokoll|ergebnisprotokoll|auszug aus"),
    (
        "tagesordnung",
        r"tagesordnung|einladung|bekanntmachung|sitzungskalender|\btop \d|"
        r"\bsitzung(?:en)? (?:des|der|vom|am)",
    ),
    (
        "antrag",
        r"\bantrag\b|\banträge\b|änderungsantrag|prüfantrag|\banfrage\b|stellungnahme|"
        r"\bresolution\b|\bpetition|positionspapier|wahlprogramm|"
        r"kommunalwahl|fraktion",
    ),
    (
        "presse",
        r"pressemitteilung|presseinformation|pressemeldung|presse-?info|medieninformation|"
        r"\bpressespiegel|\bnews\b|newsletter|^aktuelles\b(?! [a-z]*konzept)|"
        r"amtsblatt|mitteilungsblatt|stadtanzeiger|gemeindeblatt|nachrichten|zeitung|interview|\bblog\b",
    ),
    (
        "veranstaltung",
        r"auftaktveranstaltung|auftakt\b|workshop|fachtag|tagung|konferenz\b|kongreß|"
        r"forum am|bürgerforum|veranstaltung|dokumentation (?:der|des|zur|zum)|"
        r"integrationskonferenz|zukunftswerkstatt|\bfest\b|festival|woche der|"
        r"interkulturelle woche|ausstellung|preisverleihung|integrationspreis",
    ),
    (
        "stelle",
        r"stellenausschreibung|stellenangebot|\(m/w|\bm/w/d|w/m/d|\bpraktikum|ausbildung zum|sachbearbeiter",
    ),
    (
        "kurs",
        r"integrationskurse?\b|sprachkurs|deutschkurs|volkshochschule|\bvhs\b|kursprogramm|"
        r"kursangebot|orientierungskurs",
    ),
    (
        "recht",
        r"\bsatzung|geschäftsordnung|förderrichtlinie|richtlinien?\b(?! und leitbild)|gebühren|"
        r"\bgesetz|verordnung|wahlordnung|merkblatt|"
        r"\bformular|antragsformular|fragebogen|checkliste|ausschreibung\b|leistungsbeschreibung|"
        r"vergabe\b|auftragsvergabe|verwendungsnachweis",
    ),
    (
        "studie",
        r"\bstudie\b|studien\b|forschungsbericht|dissertation|masterarbeit|bachelorarbeit|"
        r"diplomarbeit|\bgutachten|expertise|arbeitshilfe|handreichung(?! und)|"
        r"leitfaden (?:für|zur erstellung|zur entwicklung)|praxisbeispiel|good practice|"
        r"best practice|\bevaluation von|fachbuch|sammelband|rezension|"
        r"konzepte (?:im vergleich|in deutschland|in (?:den )?kommunen|deutscher)|"
        r"kommunale[rn]? integrationskonzepte\b|(?:von|zu) integrationskonzepten",
    ),
    (
        "vorgang",
        r"^\W*umsetzung (?:des )?[a-z]*(?:integrations|migrations)|bürgerbeteiligung|"
        r"^\W*(?:zeitplan|zeitschiene|ablaufplan|arbeitsplan|projektplan)\b|"
        r"^\W*(?:die )?(?:erstellung|erarbeitung|entwicklung|aufstellung|beauftragung|vergabe|"
        r"vorstellung|evaluierung|beteiligung|umsetzung|umsetzungsstand|"
        r"weiterentwicklung|beratung|diskussion|verabschiedung|anpassung|sachstand|zeitplan|"
        r"fahrplan|arbeitsprogramm|auf dem weg|"
        r"beschluß(?:fassung)?|einrichtung|förderung) (?:und [a-z]+ |"
        r"und verabschiedung )?(?:zu[mr]?|über|des|der|eines|einer|von|für)\b|"
        r"(?:erstellung|erarbeitung|entwicklung|aufstellung|beteiligung) (?:am|an der|eines|einer|"
        r"zur)\b|zur (?:erstellung|erarbeitung|entwicklung)",
    ),
)
_TITLES = tuple((code, pattern(source)) for code, source in _TITLE_RULES)

# The head of a text: two different marks of a sort make it one of that sort; a strong mark alone does.
_HEAD_RULES: tuple[tuple[str, str, str], ...] = (
    (
        "vorlage",
        r"\b(?:beschluß|sitzungs|mitteilungs|informations|berichts|rats|kreistags|verwaltungs)-?vorlage\b|"
        r"vorlagen?-? ?(?:nr|nummer)|(?:^|\n)\W*vorlage\W*\n",
        r"beratungsfolge|beschlußvorschlag|beschlußentwurf|beschlußempfehlung|finanzielle auswirkung|"
        r"sachverhalt|begründung\b|drucksache|federführend|zuständigkeit|öffentlich:? ja|"
        r"status: öffentlich|aktenzeichen|abstimmungsergebnis|produktgruppe|haushaltsmittel|gremium|"
        r"dezernat \w+,|berichterstatt",
    ),
    (
        "protokoll",
        r"\bniederschrift\b|\bprotokoll (?:der|über|zur)|sitzungsprotokoll|ergebnisprotokoll|beschlußprotokoll|"
        r"auszug aus der niederschrift|beschlußauszug",
        r"anwesend|tagesordnung|schriftführ|sitzungsbeginn|beginn der sitzung|einstimmig|abstimmung|\btop \d|"
        r"vorsitzende[rn]? eröffnet|wortmeldung|entschuldigt",
    ),
    (
        "tagesordnung",
        r"\btagesordnung\b",
        r"\btop \d|öffentlicher teil|einwohnerfragestunde|genehmigung der niederschrift|verschiedenes|"
        r"sitzungsort|sitzungstermin|einladung",
    ),
    (
        "antrag",
        r"^\W*(?:gemeinsamer |interfraktioneller )?(?:antrag|anfrage)\b|\bantrag (?:der|von|gem)|"
        r"stellungnahme (?:der|des|zum|zur)",
        r"fraktion|wir beantragen|wir bitten|beantragt|der rat möge|möge beschließen|sehr geehrte|antragsteller",
    ),
    (
        "presse",
        r"pressemitteilung|presseinformation|pressemeldung|medieninformation|pressekontakt|"
        r"pressestelle|amtsblatt|\bnewsletter\b",
        r"erklärte|betonte|freut sich|so (?:der |die )?(?:ober)?bürgermeister|lobte|rückfragen|sagte|"
        r"nach angaben|wie die stadt mitteilt|teilte? .{0,40} mit\b",
    ),
    (
        "stelle",
        r"stellenausschreibung|\bm/w/d\b|\(w/m/d\)|bewerbungsfrist",
        r"entgeltgruppe|tvöd|bewerbung|vollzeit|teilzeit|ihr profil|wir bieten",
    ),
    (
        "kurs",
        r"kursgebühr|kursnummer|unterrichtseinheit|kursleitung|anmeldung zum kurs|"
        r"integrationskurse? (?:beginn|start|mit alphabet)",
        r"anmeldung|integrationskurs|termine|uhr|gebühr|volkshochschule|einstufungstest|"
        r"deutschtest",
    ),
    (
        "recht",
        r"\bsatzung (?:der|des|über|für)|förderrichtlinien?\b|richtlinien? (?:der|zur|für|über)|"
        r"geschäftsordnung",
        r"§ ?\d|inkrafttreten|in kraft|zuwendung|antragsberechtigt|rechtsgrundlage",
    ),
    (
        "veranstaltung",
        r"herzliche einladung|laden? (?:wir )?(?:sie )?(?:herzlich )?ein|einladung zu|"
        r"veranstaltungsort|anmeldung bis|wann:|programmablauf",
        r"\buhr\b|anmeldung|referent|grußwort|moderation|eintritt|workshop",
    ),
    (
        "studie",
        r"\bstudie\b|forschungsprojekt|masterarbeit|dissertation|im rahmen der untersuchung|isbn|"
        r"working paper|diskussionspapier",
        r"untersucht|stichprobe|hypothes|literatur|kommunen wurden|forschungsfrage|empirisch|"
        r"methodik|städtevergleich",
    ),
    (
        "partei",
        r"\b(?:cdu|spd|fdp|afd|freie wähler|bündnis 90|die linke|grünen?)-? ?(?:fraktion|"
        r"ratsfraktion|kreistagsfraktion|stadtverband|ortsverein|kreisverband)|wahlprogramm",
        r"wir fordern|fordern|unsere fraktion|wählen|unsere partei|kommunalwahl",
    ),
    (
        "kurzfassung",
        r"^\W*(?:[^\n]{0,60}\n){0,5}[^\n]{0,60}\bkurz(?:fassung|version)\b|"
        r"in leichter sprache|das ist leichte sprache",
        r"kurzfassung|langfassung|leichte sprache",
    ),
)
_HEADS = tuple((code, pattern(strong), pattern(weak)) for code, strong, weak in _HEAD_RULES)
_ATTACHED = pattern(r"\b(?:anlage|anhang|anl\.?)\b[^\n]{0,40}$")
_OPENING = 260
HEAD = 1500
"""Characters of a text that tell its genre."""


def genre_of_title(title: str) -> Genre | None:
    """Return what a folded title, link text or file name says the text is; None if it may be a document."""
    for code, rule in _TITLES:
        if found := rule.search(title):
            if code == "vorlage" and _ATTACHED.search(title[: found.start()]):
                continue  # "Anlage 1 zur Beschlussvorlage 12/2009" is the annex, not the paper
            return Genre(code, f"titel_{code}", found.start(), found.end())
    return None


def genre_of_head(text: str) -> Genre | None:
    """Return what the first page of a folded text says it is; None if nothing speaks against a document."""
    head = text[:HEAD]
    page = head.find("\f")
    if page >= 20:
        head = head[:page]
    best: tuple[int, Genre] | None = None
    for code, strong_rule, weak_rule in _HEADS:
        strong = strong_rule.search(head)
        while strong and _ATTACHED.search(head[max(0, strong.start() - 60) : strong.start()]):
            strong = strong_rule.search(head, strong.end())
        weak = {found.group() for found in weak_rule.finditer(head)}
        points = (3 if strong and strong.start() < _OPENING else 2 if strong else 0) + min(len(weak), 3)
        if (strong and (points >= 4 or (strong.start() < _OPENING and len(weak) >= 1))) or (
            len(weak) >= 3 and code == "vorlage"
        ):
            found = strong or weak_rule.search(head)
            if found and (best is None or points > best[0]):
                best = (points, Genre(code, f"kopf_{code}", found.start(), found.end()))
    return best[1] if best else None


_CHAPTER = pattern(
    r"(?:^|\n)\W*(?:\d+(?:\.\d+)*\.?|[ivx]+\.|[a-h][.)])?\s*(?:vorwort|präambel|einleitung|einführung|"
    r"ausgangslage|bestandsaufnahme|hintergrund|anlass|grundlagen|"
    r"grundverständnis|integrationsverständnis|leitbild|leitziele?|leitlinien?|leitsatz|leitgedanke|"
    r"grundsätze|ziele?|zielgruppen?|handlungsfeld(?:er)?|handlungsbedarf|"
    r"handlungsempfehlungen|maßnahmen|strategische|umsetzung|steuerung|monitoring|evaluation|fortschreibung|"
    r"schlußwort|ausblick|demogra|daten und fakten|"
    r"rahmenbedingungen|querschnitt|beteiligungsprozess|entstehung|prozess|begriff|definition|bildung|"
    r"sprache|arbeit|wohnen|gesundheit|interkulturelle öffnung)[^\n]{0,90}(?=\n|$)"
)


def chapters(text: str) -> int:
    """Return how many different chapter headings of a policy document a folded text has."""
    return len({re.sub(r"\W|\d", "", found.group())[:14] for found in _CHAPTER.finditer(text)})
