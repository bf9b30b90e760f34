"""The documents themselves: concepts, Leitbilder, reports, and what only looks like one."""

from __future__ import annotations

import random

from testbed.truth import Town

FIELDS: dict[str, tuple[str, ...]] = {
    "Sprache und Verständigung": (
        "Deutsch zu lernen gelingt am besten, wenn Kurse nah an der Wohnung liegen und Kinder betreut werden.",
        "Die Verwaltung baut einen Pool von Dolmetscherinnen und Dolmetschern auf.",
        "Mehrsprachigkeit gilt in {x} als Gewinn und wird in den Kindertagesstätten gepflegt.",
        "Träger stimmen ihre Kurse zweimal im Jahr in einer Runde ab.",
    ),
    "Bildung von Anfang an": (
        "Der Bildungserfolg soll nicht länger von der Herkunft der Eltern abhängen.",
        "Elternlotsen begleiten Familien beim Übergang von der Kita in die Schule.",
        "Jedes Schulzentrum erhält eine feste Ansprechperson für neu zugewanderte Kinder.",
        "Der Anteil der Jugendlichen ohne Abschluss soll binnen fünf Jahren um ein Drittel sinken.",
    ),
    "Arbeit und Ausbildung": (
        "Die Anerkennung ausländischer Abschlüsse wird durch eine gemeinsame Beratungsstelle erleichtert.",
        "Betriebe werden gewonnen, Praktika für Zugewanderte anzubieten.",
        "Die Stadt wirbt bei Jugendlichen mit Migrationshintergrund um Ausbildung im öffentlichen Dienst.",
        "Mit der Agentur für Arbeit und dem Jobcenter besteht eine Vereinbarung.",
    ),
    "Wohnen und Nachbarschaft": (
        "Quartiersbüros laden zur Mitwirkung am Umfeld ein.",
        "Eine Belegung, die einzelne Viertel überfordert, soll vermieden werden.",
        "Nachbarschaftsfeste und Gärten schaffen Gelegenheit zur Begegnung.",
        "Wohnungsgesellschaften und Mietervereine vermitteln bei Streit im Haus.",
    ),
    "Gesundheit und Alter": (
        "Krankenhäuser und Praxen erhalten Hinweise zu kultursensibler Pflege.",
        "Für ältere Zugewanderte entstehen Sprechstunden in ihrer Muttersprache.",
        "Informationen zur Vorsorge liegen in sieben Sprachen vor.",
    ),
    "Teilhabe und Mitsprache": (
        "Wer hier lebt, soll mitentscheiden können, auch ohne deutschen Pass.",
        "Migrantenorganisationen werden als Partner gefördert und bekommen Räume.",
        "Der Beirat erhält Antragsrecht in den Ausschüssen.",
        "Die Einbürgerung wird mit Feiern im Rathaus gewürdigt.",
    ),
    "Interkulturelle Öffnung der Verwaltung": (
        "Führungskräfte nehmen an Fortbildungen zu interkultureller Kompetenz teil.",
        "Vordrucke werden in verständlicher Sprache neu gefasst.",
        "Jedes Amt benennt Ziele und berichtet darüber einmal im Jahr.",
        "Bei Stellenausschreibungen werden Menschen mit Migrationsgeschichte ausdrücklich angesprochen.",
    ),
    "Kultur, Sport und Religion": (
        "Sportvereine erhalten einen Zuschuss, wenn sie Zugewanderte als Übungsleiter gewinnen.",
        "Ein runder Tisch der Religionen tagt viermal im Jahr.",
        "Theater und Museen nehmen Geschichten der Zuwanderung in ihr Programm auf.",
    ),
    "Zusammenhalt gegen Diskriminierung": (
        "Eine Anlaufstelle nimmt Beschwerden auf und vermittelt Beratung.",
        "Schulen werden ermuntert, sich gegen Rassismus zu verpflichten.",
        "Ausgrenzung widerspricht dem Selbstverständnis der Bürgerschaft.",
    ),
}
BRIDGES = (
    "Zuständig ist die Stelle für Integration gemeinsam mit den Fachämtern.",
    "Die Umsetzung wird jährlich geprüft und dem zuständigen Ausschuss vorgelegt.",
    "Dafür stehen Mittel im Haushalt bereit.",
    "Im Workshop nannten die Beteiligten diesen Punkt besonders häufig.",
    "Kennzahlen zeigen, ob das Ziel erreicht wird.",
    "Zugewanderte und Alteingesessene haben daran gleichermaßen mitgearbeitet.",
)
FOREWORD = (
    "Liebe Bürgerinnen und Bürger, {x} ist seit Generationen durch Zuwanderung gewachsen.",
    "Integration betrifft alle, die hier leben, und sie gelingt nur gemeinsam.",
    "Mit dem vorliegenden Papier geben wir unserem Zusammenleben eine Richtung.",
    "Mein Dank gilt den vielen, die in Arbeitskreisen und Gesprächen mitgewirkt haben.",
)


def chapters(town: Town, rng: random.Random, fields: int = 7, depth: int = 3) -> list[str]:
    """Chapters on fields of action, "# " before headings."""
    out = []
    for number, field in enumerate(rng.sample(list(FIELDS), fields), 1):
        out.append(f"# {number}. Handlungsfeld: {field}")
        for part in ("Ausgangslage", "Ziele", "Maßnahmen")[:depth]:
            sentences = rng.sample(FIELDS[field], min(3, len(FIELDS[field]))) + rng.sample(BRIDGES, 2)
            rng.shuffle(sentences)
            out.append(f"{part}. " + " ".join(sentences).replace("{x}", town.short))
    return out


def concept(
    town: Town,
    title: str = "Integrationskonzept",
    *,
    seed: int,
    cover: str = "",
    imprint: str = "",
    subtitle: str = "",
    intro: str = "",
    fields: int = 7,
) -> list[str]:
    """A concept: title page, imprint, foreword, contents, fields of action, outlook.

    `cover` stands on the title page (a year, "Stand: Mai 2012"), `imprint` on the page behind it (a resolution).
    """
    rng = random.Random(seed)
    body = chapters(town, rng, fields)
    front = [f"= {title}", f"= {town.official}", subtitle, cover, "\f"]
    front += [
        "# Impressum",
        f"Herausgeber: {town.official}, Die {town.head}, Fachstelle Integration",
        imprint,
        "\f",
    ]
    front += ["# Vorwort", " ".join(FOREWORD).replace("{x}", town.short), f"Ihre {town.head}", "\f"]
    front += ["# Inhalt", *(line[2:] for line in body if line.startswith("# ")), "\f"]
    lead = intro or (
        f"Menschen mit Migrationshintergrund stellen in {town.short} rund {rng.randint(9, 42)} Prozent der "
        "Bevölkerung. Das Papier beschreibt Ziele und Wege der kommunalen Integrationsarbeit und wurde in einem "
        "offenen Verfahren mit Vereinen, Verbänden, Schulen und Betrieben erarbeitet."
    )
    back = ["# Ausblick", "Das Papier ist ein Anfang. Es wird in Abständen überprüft und weiterentwickelt."]
    return [line for line in (*front, "# Einleitung", lead, *body, *back) if line]


def principles(town: Town, title: str, *, seed: int, imprint: str = "", cover: str = "") -> list[str]:
    """A Leitbild: a page of principles with short explanations."""
    rng = random.Random(seed)
    out = [f"= {title}", f"= {town.official}", cover, imprint, "\f", "# Präambel", " ".join(FOREWORD[1:3])]
    for number, field in enumerate(rng.sample(list(FIELDS), 8), 1):
        sentences = " ".join(rng.sample(FIELDS[field], 2)).replace("{x}", town.short)
        out += [f"# Leitsatz {number}: {field}", f"Wir in {town.short} treten dafür ein. {sentences}"]
    return [line for line in out if line]


def look_alike(title: str, publisher: str, about: str, *, seed: int, cover: str = "") -> list[str]:
    """A paper of another matter that bears a similar name."""
    rng = random.Random(seed)
    sentences = about.split("|")
    out = [f"= {title}", f"= {publisher}", cover, "\f"]
    for number in range(1, 6):
        chosen = " ".join(rng.choice(sentences).strip() for _ in range(7))
        out += [f"# Abschnitt {number}", chosen]
    return [line for line in out if line]


INCLUSION = (
    "Kinder mit und ohne Förderbedarf lernen gemeinsam.|Barrierefreie Wege und Gebäude sind die Voraussetzung.|"
    "Die UN-Behindertenrechtskonvention ist Richtschnur.|Schulbegleitungen unterstützen im Unterricht.|"
    "Der Beirat für Menschen mit Behinderung wird beteiligt."
)
COMPUTERS = (
    "Die Fachverfahren werden über eine zentrale Schnittstelle verbunden.|Systemintegration und Betrieb liegen beim "
    "Rechenzentrum.|Die Anwendungen tauschen Daten über einen Bus aus.|Testläufe sichern den Umstieg.|"
    "Rollen und Rechte verwaltet der Verzeichnisdienst."
)
SCHOOL = (
    "Unsere Schule nimmt Seiteneinsteiger in Regelklassen auf.|Die Lehrkräfte für Deutsch als Zweitsprache beraten "
    "das Kollegium.|Das Konzept wurde von der Schulkonferenz beraten.|Eltern erhalten Briefe in mehreren Sprachen.|"
    "In der Willkommensgruppe arbeiten wir mit Bildkarten."
)
NURSERY = (
    "In unserer Einrichtung werden Kinder mit Integrationsplätzen in der Gruppe gefördert.|Heilpädagogische "
    "Fachkräfte kommen wöchentlich.|Die Eingewöhnung dauert vier Wochen.|Unser Träger ist der Elternverein.|"
    "Die Integrationsgruppe umfasst fünfzehn Kinder."
)
STATE = (
    "Das Land fördert die Kommunen mit Zuweisungen.|Das Ministerium schreibt den Plan alle fünf Jahre fort.|"
    "Der Landtag hat die Grundsätze beraten.|Die Bezirksregierungen koordinieren die Programme.|"
    "Zuwanderung gestaltet die Zukunft unseres Landes."
)


def agenda_paper(town: Town, subject: str, text: str, number: str, year: int) -> list[str]:
    """A Vorlage for a committee: speaks of a document, is none."""
    return [
        f"= Beschlussvorlage {number}",
        f"{town.official} – Fachbereich Soziales",
        f"# Betreff: {subject}",
        f"Beratungsfolge: Sozialausschuss 14.02.{year}, Hauptausschuss 27.02.{year}, {town.organ} 13.03.{year}",
        "# Beschlussvorschlag", text,
        "# Sachverhalt", "Die Verwaltung hat das Verfahren mit den Trägern abgestimmt. Kosten entstehen nicht.",
        "# Finanzielle Auswirkungen", "Keine.",
    ]  # fmt: skip
