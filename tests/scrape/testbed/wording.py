"""German as town websites write it: sentences by topic and menus, put together by a seeded generator."""

from __future__ import annotations

import random
import unicodedata

TOPICS: dict[str, tuple[str, ...]] = {
    "bauen": (
        "Der Bebauungsplan Nr. {n} liegt im Technischen Rathaus zur Einsicht aus.",
        "Für den Bauantrag brauchen Sie einen amtlichen Lageplan und die Berechnung der Wohnfläche.",
        "Im Baugebiet „{street}“ sind noch {n} Grundstücke zu vergeben.",
        "Die Sanierung der Altstadt geht in den nächsten Abschnitt; Zuschüsse gibt es bis Jahresende.",
        "Eine Bauvoranfrage klärt einzelne Punkte, bevor die Pläne fertig gezeichnet sind.",
        "Die Denkmalpflege berät kostenlos zu Fenstern, Dächern und Fassaden.",
        "Das Grünflächenkonzept sieht {n} neue Bäume entlang der {street} vor.",
    ),
    "verkehr": (
        "Die {street} wird bis Ende des Monats halbseitig gesperrt.",
        "Bewohnerparkausweise stellt das Ordnungsamt für zwölf Monate aus.",
        "Der neue Radweg verbindet den Bahnhof mit dem Schulzentrum.",
        "Bus und Bahn in {x} fahren ab Dezember in einem dichteren Takt.",
        "Für Schwertransporte ist eine Erlaubnis des Straßenverkehrsamtes nötig.",
        "Die Ladesäulen am Marktplatz liefern Strom aus Wasserkraft.",
    ),
    "kultur": (
        "Das Stadtmuseum zeigt bis in den Herbst Fotografien aus den fünfziger Jahren.",
        "Karten für das Abonnement gibt es an der Theaterkasse und im Netz.",
        "Die Stadtbücherei verleiht {n} Medien, Spiele und Instrumente.",
        "Beim Straßenfest treten Musikgruppen aus {x} und den Partnerstädten auf.",
        "Die Volkshochschule bietet im Frühjahr {n} Kurse an, von Aquarell bis Yoga.",
        "Im Archiv lagern Urkunden, Karten und Zeitungen seit dem Mittelalter.",
    ),
    "umwelt": (
        "Die Biotonne wird im Sommer jede Woche geleert.",
        "Das Klimaschutzkonzept nennt {n} Maßnahmen bis zum Jahr 2030.",
        "Sperrmüll melden Sie mit der Karte aus dem Abfallkalender an.",
        "Nach dem Starkregen werden die Bachläufe am Stadtrand geräumt.",
        "Auf dem Wertstoffhof nehmen wir Elektrogeräte, Holz und Grünschnitt an.",
        "Die Solaranlage auf der Turnhalle versorgt {n} Haushalte.",
    ),
    "soziales": (
        "Wohngeld können Mieterinnen und Eigentümer beantragen.",
        "Der Seniorenbeirat lädt jeden ersten Mittwoch zur Sprechstunde ein.",
        "Der Pflegestützpunkt berät zu Hilfen im Haushalt und zur Tagespflege.",
        "Die Tafel gibt Lebensmittel an Menschen mit kleinem Einkommen aus.",
        "Schwerbehindertenausweise verlängert das Versorgungsamt.",
        "Freiwillige begleiten Familien in den ersten Monaten nach der Geburt.",
    ),
    "schule": (
        "Die Anmeldung der Schulanfänger findet im November statt.",
        "In der Kita „Sonnenhügel“ sind zum Sommer {n} Plätze frei.",
        "Die Ferienbetreuung ist von acht bis sechzehn Uhr geöffnet.",
        "Schülerfahrkarten beantragen die Eltern über das Sekretariat.",
        "Das Gymnasium bekommt neue Räume für Chemie und Physik.",
        "Kita-Gebühren richten sich nach dem Einkommen und der Zahl der Stunden.",
    ),
    "wirtschaft": (
        "Die Wirtschaftsförderung vermittelt Gewerbeflächen an der Autobahn.",
        "Der Wochenmarkt zieht wegen der Kirmes auf den Schützenplatz um.",
        "Gründerinnen erhalten in der Startphase ein Gespräch mit erfahrenen Unternehmern.",
        "Der Hebesatz der Gewerbesteuer bleibt bei {n} Punkten.",
        "Das Gewerbe melden Sie persönlich oder über das Portal an.",
        "Die Ausbildungsmesse führt {n} Betriebe und Schulen zusammen.",
    ),
    "tourismus": (
        "Eine Stadtführung mit der Nachtwächterin dauert rund neunzig Minuten.",
        "Der Panoramaweg ist {n} Kilometer lang und gut beschildert.",
        "Wohnmobile stehen am Freibad mit Strom und Wasser.",
        "Die Tourist-Information vermittelt Ferienwohnungen und Pensionen.",
        "Vom Bergfried sieht man bei klarem Wetter weit über {x} hinaus.",
        "Gastgeber finden Sie im Verzeichnis, geordnet nach Ortsteilen.",
    ),
    "politik": (
        "Die Sitzung beginnt um siebzehn Uhr im großen Saal.",
        "Die Niederschrift liegt nach der Genehmigung im Bürgerbüro aus.",
        "Wahlhelferinnen und Wahlhelfer erhalten ein Erfrischungsgeld von {n} Euro.",
        "Der Haushaltsplan weist in diesem Jahr einen kleinen Überschuss aus.",
        "Anregungen und Beschwerden nimmt die Geschäftsstelle des Rates entgegen.",
        "Die Fraktionen stellen ihre Anträge bis zehn Tage vor der Sitzung.",
    ),
    "buergerservice": (
        "Den Reisepass holen Sie nach etwa sechs Wochen ab.",
        "Ein Termin lässt sich im Netz oder am Telefon vereinbaren.",
        "Bringen Sie bitte Ihren Ausweis und ein aktuelles Lichtbild mit.",
        "Die Gebühr beträgt {n} Euro und ist bei der Antragstellung zu zahlen.",
        "Die Ummeldung muss binnen zwei Wochen nach dem Einzug erfolgen.",
        "Urkunden aus den Registern stellt das Standesamt aus.",
    ),
    "feuerwehr": (
        "Die Freiwillige Feuerwehr wurde im vergangenen Jahr {n}-mal alarmiert.",
        "Sirenenproben finden am ersten Samstag im Monat statt.",
        "Jugendliche ab zehn Jahren sind in der Jugendfeuerwehr willkommen.",
        "Das neue Löschfahrzeug steht im Gerätehaus an der {street}.",
    ),
    "sport": (
        "Das Hallenbad öffnet nach der Revision mit neuen Umkleiden.",
        "Vereine beantragen Hallenzeiten bis zum Beginn der Sommerferien.",
        "Beim Stadtlauf gingen {n} Läuferinnen und Läufer an den Start.",
        "Die Sportlerehrung findet im Bürgerhaus statt.",
    ),
    "integration": (
        "In {x} leben Menschen aus mehr als {n} Nationen.",
        "Die Integrationsbeauftragte berät Zugewanderte und Vereine und hält Kontakt zu den Ämtern.",
        "Sprachkurse beginnen im Frühjahr und im Herbst; ein Einstufungstest geht voraus.",
        "Ehrenamtliche begleiten neu Zugezogene zu Ämtern und Ärzten.",
        "Das Begegnungscafé ist dienstags und donnerstags geöffnet.",
        "Der Beirat vertritt die Einwohnerinnen und Einwohner mit ausländischem Pass.",
        "Die Interkulturelle Woche bringt Musik, Küche und Gespräche auf den Marktplatz.",
    ),
}
COMMON = (
    "Weitere Auskünfte geben die Mitarbeiterinnen und Mitarbeiter im Rathaus.",
    "Bei Fragen erreichen Sie uns zu den Öffnungszeiten.",
    "Änderungen geben wir rechtzeitig bekannt.",
    "Das Formular steht zum Ausdrucken bereit.",
    "Bitte beachten Sie die Hinweise zum Datenschutz.",
    "Wir freuen uns auf Ihren Besuch.",
)
STREETS = (
    "Lindenallee",
    "Am Mühlgraben",
    "Bahnhofstraße",
    "Gerberweg",
    "Kirchplatz",
    "Schillerstraße",
    "Obere Wiese",
)
PEOPLE = (
    "Frau Albers",
    "Herr Dornbusch",
    "Frau Kesting",
    "Herr Yalcin",
    "Frau Petrowa",
    "Herr Vollmer",
    "Frau Seidl",
)

MENU: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...] = (
    (("Rathaus & Politik", "Stadt & Verwaltung", "Rathaus", "Verwaltung und Politik"), "politik",
     ("Bürgermeister", "Ämter und Dienststellen", "Haushalt und Finanzen", "Ortsrecht", "Wahlen", "Stellenangebote",
      "Bekanntmachungen", "Ausschreibungen", "Gremien")),
    (("Bürgerservice", "Dienstleistungen", "Service"), "buergerservice",
     ("Ausweise und Pässe", "Formulare", "Fundbüro", "Meldewesen", "Standesamt", "Führungszeugnis", "Termine",
      "Lebenslagen")),
    (("Leben in {x}", "Leben & Wohnen", "Familie und Soziales", "Leben in der Stadt"), "soziales",
     ("Familie", "Seniorinnen und Senioren", "Gesundheit", "Menschen mit Behinderung", "Ehrenamt", "Wohnen", "Jugend",
      "Gleichstellung", "Soziale Hilfen")),
    (("Bildung", "Schule & Bildung", "Bildung und Betreuung"), "schule",
     ("Kindertagesstätten", "Grundschulen", "Weiterführende Schulen", "Volkshochschule", "Stadtbücherei")),
    (("Bauen & Umwelt", "Planen, Bauen, Umwelt", "Stadtentwicklung"), "bauen",
     ("Bauleitplanung", "Baugebiete", "Denkmalschutz", "Klimaschutz", "Abfall", "Hochwasserschutz", "Geoportal")),
    (("Verkehr", "Mobilität"), "verkehr", ("Baustellen", "Parken", "Radverkehr", "Bus und Bahn")),
    (("Wirtschaft", "Wirtschaft und Handel", "Standort"), "wirtschaft",
     ("Gewerbeflächen", "Gründung", "Wochenmarkt", "Ausbildung", "Ansprechpartner")),
    (("Kultur & Freizeit", "Freizeit", "Kultur und Tourismus"), "kultur",
     ("Museum", "Theater", "Vereine", "Feste und Märkte", "Partnerstädte", "Musikschule", "Stadtgeschichte")),
    (("Sport", "Sport und Bäder"), "sport", ("Hallenbad", "Freibad", "Sportstätten", "Sportlerehrung")),
    (("Tourismus", "Gäste"), "tourismus",
     ("Unterkünfte", "Sehenswürdigkeiten", "Wandern", "Stadtführungen", "Anreise")),
    (("Sicherheit und Ordnung", "Feuerwehr"), "feuerwehr", ("Einsätze", "Katastrophenschutz", "Ordnungsamt")),
)  # fmt: skip
NEWS = (
    "Sperrung der {street} verlängert", "Neue Öffnungszeiten im Bürgerbüro", "Ferienpass ab sofort erhältlich",
    "Feuerwehr zieht Jahresbilanz", "Wasserzähler werden abgelesen", "Weihnachtsmarkt mit neuen Ständen",
    "Stadtbücherei bleibt am Freitag geschlossen", "Rat verabschiedet Haushalt", "Spielplatz an der {street} eröffnet",
    "Delegation aus der Partnerstadt zu Gast", "Schulweg sicherer gemacht", "Baumfällungen am Bahndamm",
    "Kita-Neubau liegt im Zeitplan", "Ehrennadel für verdiente Bürger", "Sirenenprobe am Samstag",
    "Anmeldung zum Stadtlauf beginnt", "Grundsteuerbescheide werden verschickt", "Musikschule lädt zum Vorspiel",
    "Glasfaserausbau startet", "Jugendparlament gewählt", "Kommunale Wärmeplanung beginnt", "Blutspende im Bürgerhaus",
)  # fmt: skip
SERVICES = (
    "Abfallgebühren", "Adoption", "Aufenthaltstitel", "Bauantrag", "Beglaubigung", "Bewohnerparken", "Briefwahl",
    "Einbürgerung", "Eheschließung", "Elterngeld", "Fischereischein", "Friedhof", "Führerschein", "Geburtsurkunde",
    "Gewerbeanmeldung", "Grundsteuer", "Hundesteuer", "Jagdschein", "Kfz-Zulassung", "Kindergartenplatz",
    "Lebensbescheinigung", "Melderegisterauskunft", "Namensänderung", "Obdachlosenhilfe", "Personalausweis",
    "Plakatierung", "Reisepass", "Rentenberatung", "Sperrmüll", "Sondernutzung", "Straßenreinigung", "Unterhalt",
    "Vaterschaft", "Wohnberechtigungsschein", "Wohngeld", "Zweitwohnungssteuer", "Eingliederungshilfe",
)  # fmt: skip
FILES = (
    "Abfallkalender", "Haushaltssatzung", "Friedhofssatzung", "Ferienprogramm", "Einzelhandelskonzept",
    "Hundesteuersatzung", "Stadtplan", "Lärmaktionsplan", "Klimaschutzkonzept", "Spielplatzkonzept",
    "Antrag Wohngeld", "Beteiligungsbericht", "Verkehrsentwicklungsplan", "Jahresbericht Feuerwehr",
)  # fmt: skip


def fill(sentence: str, rng: random.Random, town: str) -> str:
    """Put a town, a number, a street and a person into the blanks."""
    return sentence.format(x=town, n=rng.randint(12, 480), street=rng.choice(STREETS), p=rng.choice(PEOPLE))


def paragraph(rng: random.Random, topic: str, town: str, sentences: int = 4) -> str:
    """Sentences on a topic in random order."""
    pool = TOPICS.get(topic, TOPICS["soziales"])
    chosen = [*rng.sample(pool, min(len(pool), sentences)), rng.choice(COMMON)]
    return " ".join(fill(sentence, rng, town) for sentence in chosen)


def slug(text: str) -> str:
    """ASCII slug as most systems make it."""
    text = text.lower()
    for umlaut, plain in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("&", "und")):
        text = text.replace(umlaut, plain)
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "-".join("".join(c if c.isalnum() else " " for c in text).split())


def folded(text: str) -> str:
    return slug(text).replace("-", " ")
