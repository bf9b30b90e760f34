"""The code lists that several tables share: lower-case ASCII codes, each with its meaning in German and English."""

from __future__ import annotations

DOCUMENT_KINDS: dict[str, tuple[str, str]] = {
    "integrationskonzept": (
        "Integrationskonzept, auch -plan, -programm, Handlungs-, Rahmen- oder Gesamtkonzept, Masterplan",
        "integration concept, also plan, programme, framework or master plan on integration",
    ),
    "leitbild": ("Leitbild, Leitlinien, Leitsätze, Grundsätze", "mission statement, guidelines, principles"),
    "integrationsbericht": ("Bericht ohne eigenes Konzept", "report without a concept of its own"),
    "massnahmenplan": (
        "Maßnahmen- oder Aktionsplan ohne eigenes Konzept",
        "action plan without a concept of its own",
    ),
    "fluechtlingskonzept": ("Konzept nur zu Geflüchteten", "concept on refugees only"),
    "sonstiges": ("anderes", "other"),
}
STATUSES: dict[str, tuple[str, str]] = {
    "beschlossen": ("förmlich beschlossen", "formally adopted"),
    "fertiggestellt": (
        "fertig oder veröffentlicht, Beschluss nicht belegt",
        "finished or published, adoption not evidenced",
    ),
    "entwurf": ("Entwurf", "draft"),
    "in_arbeit": ("in Erarbeitung", "in preparation"),
    "geplant": ("geplant oder beauftragt", "planned or commissioned"),
    "kein_konzept": ("ausdrücklich kein Konzept", "explicitly none"),
    "unbekannt": ("unbekannt", "unknown"),
}
YEAR_BASES: dict[str, tuple[str, str]] = {
    "beschluss": ("Jahr des förmlichen Beschlusses", "year of the formal adoption"),
    "dokument": ("Jahr, das das Dokument trägt", "year on the document"),
    "spaetestens": ("spätestens in diesem Jahr vorhanden", "existed by this year (upper bound)"),
    "unbekannt": ("kein Jahr belegt", "no year evidenced"),
}
DOCUMENT_SOURCES: dict[str, tuple[str, str]] = {
    "anlage1_2017": (
        "Anlage 1 in Filsinger/Gesemann 2017 (Vollerhebung der Großstädte)",
        "survey of 2017 (census)",
    ),
    "fussnote14_2017": ("Fußnote 14 in Filsinger/Gesemann 2017", "footnote 14 of the survey of 2017"),
    "text_2017": ("Fließtext in Filsinger/Gesemann 2017", "running text of the survey of 2017"),
    "desk_research": (
        "Schreibtischrecherche 2026 in öffentlichen Seiten",
        "desk research of 2026 in public pages",
    ),
    "crawl": ("maschinell gefunden und kodiert", "found and coded by machine"),
    "review": ("von Hand geprüft", "coded by hand in review"),
}
KOMMUNE_KINDS: dict[str, tuple[str, str]] = {
    "kreisfreie_stadt": (
        "kreisfreie Stadt (auch Stadtkreis, Stadtstaat)",
        "city that is a district of its own",
    ),
    "kreisangehoerige_stadt": ("kreisangehörige Stadt", "town within a district"),
    "gemeinde": ("kreisangehörige Gemeinde ohne Stadtrecht", "municipality without town rights"),
    "landkreis": ("Landkreis, Kreis, Kommunalverband besonderer Art", "rural district"),
}
SIZE_CLASSES: dict[str, tuple[str, str]] = {
    "grossstadt": ("Großstadt, 100 000 Einwohner und mehr", "city of 100,000 and more"),
    "mittelstadt": ("Mittelstadt, 20 000 bis unter 100 000 Einwohner", "town of 20,000 to under 100,000"),
    "kleinstadt": ("unter 20 000 Einwohner", "under 20,000"),
    "landkreis": ("Landkreis", "rural district"),
}
STUDY_POPULATIONS: dict[str, tuple[str, str]] = {
    "grossstaedte_2017": ("Großstädte der Erhebung 2017", "the cities of the survey of 2017"),
    "mittelstaedte_2015": (
        "Mittelstädte mit Stadtrecht zum 31.12.2015",
        "towns of 20,000 to under 100,000 with town rights at 31.12.2015",
    ),
    "landkreise_2017": ("Landkreise zum 31.12.2017", "rural districts at 31.12.2017"),
}
TEXT_STATUSES: tuple[str, ...] = (
    "ok", "needs_ocr", "encrypted", "broken", "none",
    "zero_bytes", "too_large", "not_a_pdf", "truncated", "damaged", "cyclic", "no_pages", "bomb", "too_deep",
    "timeout", "memory", "crashed", "empty", "other_archive", "old_office", "not_read",
)  # fmt: skip
"""State of a file's text: ok, needs_ocr, encrypted, or the code of the reason why there is none (documents.reasons)."""
OWNER_LEVELS = ("stadt", "kreis", "land", "bund", "sonstige")
TARGET_GROUPS: dict[str, tuple[str, str]] = {
    "allgemein": ("alle Zugewanderten oder die ganze Stadtgesellschaft", "all migrants or the whole city"),
    "fluechtlinge": ("nur Geflüchtete", "refugees only"),
    "aussiedler": ("nur (Spät-)Aussiedler", "ethnic German resettlers only"),
    "juedische_zuwanderer": ("nur jüdische Zugewanderte", "Jewish immigrants only"),
    "kinder_jugend": ("nur Kinder und Jugendliche", "children and youth only"),
}
EVENT_SOURCES: dict[str, tuple[str, str]] = {
    **DOCUMENT_SOURCES,
    "beifang_2017": (
        "Landkreise, die Anlage 1 oder Fußnote 14 nebenbei nennen (keine Vollerhebung)",
        "Landkreise that Anlage 1 or footnote 14 names in passing (no census)",
    ),
}
CONFIDENCES = ("hoch", "mittel", "niedrig")
PROGRAMME_KINDS = ("foerderprogramm", "gesetz", "plan", "empfehlung", "ereignis")
EVENTS: dict[str, tuple[str, str]] = {
    "first_adoption": (
        "erstes Konzept der heutigen Welle (seit 1995)",
        "first concept of the present wave (since 1995)",
    ),
    "update": ("spätere Fassung in einem späteren Jahr", "later version in a later year"),
    "pre_wave": ("frühes Konzept vor 1995, im Text genannt", "early concept before 1995 named in the text"),
}
