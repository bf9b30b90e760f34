"""Sentences of each coarse type and neutral ones, written for the tests; and a synthetic corpus mixed from them."""

from __future__ import annotations

import random

SENTENCES: dict[str, tuple[str, ...]] = {
    "klassisch": (
        "Die Eingliederung der Zugewanderten in die Aufnahmegesellschaft ist das Ziel dieses Konzepts.",
        "Wer dauerhaft bleibt, zeigt Integrationsbereitschaft und lernt die deutsche Sprache.",
        "Sprachdefizite bei der Einschulung werden durch Förderung früh behoben.",
        "Der Entstehung von Parallelgesellschaften tritt die Stadt entgegen.",
        "Unser Grundsatz lautet Fördern und Fordern; Rechte und Pflichten gehören zusammen.",
        "Integration ist eine gesamtgesellschaftliche Aufgabe und ein wechselseitiger Prozess.",
        "Einheimische und Zugewanderte gehen aufeinander zu, denn Integration ist keine Einbahnstraße.",
        "Die Werteordnung des Grundgesetzes ist für Migrantinnen und Migranten verbindlich.",
        "Integrationsarbeit gleicht Defizite aus, die ausländische Familien beim Start haben.",
        "Der Besuch eines Integrationskurses ist der erste Schritt der Anpassung an das Leben hier.",
        "Als Querschnittsaufgabe verlangt die Integration Maßnahmen aller Ämter für Ausländer.",
        "Die nachholende Integration lange hier lebender Ausländer bleibt ein Schwerpunkt.",
    ),
    "diversitaet": (
        "Vielfalt ist eine Chance für unsere Wirtschaft, und wir nutzen sie.",
        "Die Potenziale der Migrantinnen und Migranten werden gezielt gefördert.",
        "Mit dem Beitritt zur Charta der Vielfalt verpflichtet sich die Verwaltung zum Diversity Management.",
        "Kulturelle Vielfalt verstehen wir als Bereicherung und als Stärke der Stadt.",
        "Mehrsprachigkeit ist eine Kompetenz, die Menschen mit Migrationshintergrund mitbringen.",
        "Die interkulturelle Öffnung der Dienste schafft eine Kultur der Wertschätzung.",
        "Unser Ansatz ist ressourcenorientiert: Talente von Zugewanderten werden sichtbar.",
        "Migrantenorganisationen bringen ihre Stärken als Partner ein.",
        "Eine weltoffene Stadt wirbt um internationale Fachkräfte und pflegt Willkommenskultur.",
        "Interkulturelle Kompetenz ist ein Merkmal guter Personalentwicklung.",
        "Diversität in den Teams spiegelt die Kulturen der Kundschaft wider.",
        "Der Potenzialansatz löst den Blick auf Schwächen von Migrantinnen ab.",
    ),
    "postmigrantisch": (
        "Es geht um den Zusammenhalt der gesamten Stadtgesellschaft und nicht um einzelne Gruppen.",
        "Alle Menschen, die hier leben, gestalten mit, unabhängig von ihrer Herkunft.",
        "In der postmigrantischen Gesellschaft ist Migration Normalität.",
        "Zuschreibungen nach Abstammung lehnen wir ab; Mehrfachzugehörigkeiten sind selbstverständlich.",
        "Strukturelle Diskriminierung wird benannt und abgebaut, die Stadt arbeitet rassismuskritisch.",
        "Teilhabe aller heißt: gleiche Chancen für alle Einwohnerinnen und Einwohner.",
        "Wir verstehen uns als Einwanderungsgesellschaft mit einem neuen Wir.",
        "Zugehörigkeit entsteht, wo alle Bürgerinnen und Bürger gehört werden.",
        "Soziale Ungleichheit in allen Lebenslagen ist der Maßstab unserer Planung.",
        "Solidarität in der Stadtgesellschaft wächst, wenn Barrieren für alle fallen.",
        "Privilegien werden reflektiert, damit Demokratie für alle gilt.",
        "Eine inklusive Stadtgesellschaft fragt nicht, woher jemand kommt.",
    ),
}
NEUTRAL = (
    "Der Arbeitskreis tagte mehrfach und beriet über die Gliederung des Papiers.",
    "Die Umsetzung wird mit den Fachämtern abgestimmt und jährlich geprüft.",
    "Für das kommende Haushaltsjahr sind Mittel eingeplant.",
    "Die Sitzung im großen Saal war gut besucht.",
    "Ein Anhang nennt Ansprechpersonen und Termine.",
    "Die Ergebnisse der Werkstatt wurden auf Plakaten festgehalten.",
    "Zuständig ist das Büro im ersten Obergeschoss des Rathauses.",
    "Die Tabelle zeigt die Entwicklung der letzten Jahre.",
)
PLACES = ("Talbrück", "Seeburg", "Auental", "Nordheim", "Waldfurt", "Steinau")


def synthetic_document(mixture: dict[str, float], seed: int, *, sentences: int = 24) -> str:
    """Return a synthetic text: sentences drawn by the given shares, a third of the text neutral."""
    draw = random.Random(seed)
    types = list(mixture)
    place = PLACES[seed % len(PLACES)]
    parts = [f"Konzept der Stadt {place}. Die Stadt {place} beschloss es im Jahr {1995 + seed % 25}."]
    for name in draw.choices(types, [mixture[name] for name in types], k=sentences):
        parts.append(draw.choice(SENTENCES[name]))
    parts += draw.choices(NEUTRAL, k=sentences // 2)
    body = parts[1:]
    draw.shuffle(body)
    return "\n\n".join([parts[0], *body])


def synthetic_corpus(purity: float, *, each: int = 15) -> tuple[list[str], list[str]]:
    """Return a synthetic corpus of the three types and the type that each text has most of.

    `purity` is the share of a text's own type; the other two share the rest.
    """
    texts, truth = [], []
    for place, name in enumerate(SENTENCES):
        mixture = {other: purity if other == name else (1 - purity) / 2 for other in SENTENCES}
        for number in range(each):
            texts.append(synthetic_document(mixture, 1000 * place + number))
            truth.append(name)
    return texts, truth
