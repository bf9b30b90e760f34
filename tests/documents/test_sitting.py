"""What a council did with an integration document: minutes, lists of votes, rows of bodies, gazettes, agendas."""

from __future__ import annotations

import pytest

from konzept_diffusion.documents.clauses import clauses
from konzept_diffusion.documents.folding import clean, folded
from konzept_diffusion.documents.items import items_of
from konzept_diffusion.documents.record import recorded
from konzept_diffusion.documents.sitting import sitting_of
from konzept_diffusion.documents.votes import votes

_TOLD = [
    (
        "adopted",
        2013,
        "Auszug Rat",
        (
            "Stadt Xanten\n"
            "AUSZUG aus der Sitzung des Rates vom 12.03.2013\n"
            "TOP 8\n"
            "Handlungskonzept Integration\n"
            "Vorlage: 13/077\n"
            "\n"
            "Bgm. Strunk verweist auf die Vorberatung im Sozialausschuss (einstimmige Empfehlung "
            "am 28.02.2013).\n"
            "\n"
            "Sachverhalt:\n"
            "Der Rat hatte 2010 die Verwaltung beauftragt.\n"
            "\n"
            "Beschluss:\n"
            "Der Rat stimmt dem Handlungskonzept zu.\n"
            "\n"
            "Abstimmungsergebnis:\n"
            "28 Stimmen dafür\n"
            "4 Stimmen dagegen\n"
            "0 Enthaltungen"
        ),
    ),
    (
        "postponed",
        None,
        "Auszug Rat",
        (
            "Stadt Xanten\n"
            "Niederschrift der Sitzung des Rates vom 12.03.2013\n"
            "TOP 8 Handlungskonzept Integration\n"
            "Auf Antrag der CDU wird der Tagesordnungspunkt einstimmig vertagt.\n"
            "TOP 9 Haushalt\n"
            "Beschluss: einstimmig angenommen."
        ),
    ),
    (
        "proposed",
        None,
        "Sozialausschuss",
        (
            "Landkreis Wesermarsch\n"
            "Niederschrift über die Sitzung des Ausschusses für Soziales und Gesundheit am "
            "03.05.2016\n"
            "\n"
            "TOP 4: Integrationskonzept des Landkreises\n"
            "Frau Meier trägt vor.\n"
            "Beschluss: Der Ausschuss empfiehlt dem Kreistag einstimmig, das Integrationskonzept "
            "zu beschließen."
        ),
    ),
    (
        "adopted",
        2009,
        "Kreistag",
        (
            "Landkreis Wesermarsch\n"
            "Protokoll der Kreistagssitzung\n"
            "Datum: 14.12.2009, 16:00 Uhr\n"
            "\n"
            "Tagesordnung\n"
            "1. Eröffnung\n"
            "2. Integrationsleitbild\n"
            "3. Müllgebühren\n"
            "\n"
            "zu 1: KTV Dierks eröffnet.\n"
            "zu 2: Die Fraktionen äußern sich zustimmend.\n"
            "Abstimmung: mit 31 Ja-Stimmen bei 4 Enthaltungen\n"
            "zu 3: abgelehnt"
        ),
    ),
    (
        "commissioned",
        None,
        "Gemeinderat",
        (
            "Gemeinde Planegg, Gemeinderat, Sitzung vom 11.10.2018\n"
            "TOP 5 Integrationskonzept\n"
            "Beschluss: Die Verwaltung wird beauftragt, ein Integrationskonzept zu erarbeiten "
            "und dem Gemeinderat 2019 vorzulegen.\n"
            "Abstimmung: 19:2"
        ),
    ),
    (
        "adopted",
        2018,
        "Gemeinderat",
        (
            "Gemeinde Planegg, Gemeinderat, Sitzung vom 11.10.2018\n"
            "TOP 5 Integrationskonzept\n"
            "Beschluss: Der Gemeinderat beschließt das vorgelegte Integrationskonzept. Die "
            "Verwaltung wird beauftragt, die Maßnahmen umzusetzen und jährlich zu berichten.\n"
            "Abstimmung: 19:2"
        ),
    ),
    (
        "rejected",
        None,
        "Rat",
        (
            "Stadt Norden - Rat - Protokoll vom 07.07.2015\n"
            "7. Antrag der SPD-Fraktion auf Erstellung eines Integrationskonzeptes\n"
            "Frau Eilers begründet. Abstimmung: 12 Ja, 18 Nein. Der Antrag ist abgelehnt."
        ),
    ),
    (
        "commissioned",
        None,
        "Rat",
        (
            "Stadt Norden - Rat - Protokoll vom 07.07.2015\n"
            "7. Antrag der SPD-Fraktion auf Erstellung eines Integrationskonzeptes\n"
            "Frau Eilers begründet. Abstimmung: 22 Ja, 8 Nein. Der Antrag ist angenommen."
        ),
    ),
    (
        "adopted",
        2014,
        "Vorlage 55/2014",
        (
            "Stadt Bad Oeynhausen\n"
            "Vorlage 55/2014\n"
            "Integrationskonzept\n"
            "Beratungsfolge:\n"
            "Hauptausschuss | 02.04.2014 | vorberatend | einstimmig empfohlen\n"
            "Rat | 16.04.2014 | entscheidend | mehrheitlich beschlossen\n"
            "Beschlussvorschlag: Der Rat beschließt das Integrationskonzept."
        ),
    ),
    (
        "postponed",
        None,
        "Vorlage 55/2014",
        (
            "Stadt Bad Oeynhausen\n"
            "Vorlage 55/2014\n"
            "Integrationskonzept\n"
            "Beratungsfolge:\n"
            "Hauptausschuss | 02.04.2014 | vorberatend | einstimmig empfohlen\n"
            "Rat | 16.04.2014 | entscheidend | zurückgestellt\n"
            "Beschlussvorschlag: Der Rat beschließt das Integrationskonzept."
        ),
    ),
    (
        "adopted",
        2011,
        "Beschlüsse Stadtrat",
        (
            "Stadt Greiz\n"
            "Im öffentlichen Teil der Sitzung des Stadtrates am 13. April 2011 wurden folgende "
            "Beschlüsse gefasst:\n"
            "Beschluss-Nr. 22/11 Haushaltssatzung 2011\n"
            "Beschluss-Nr. 23/11 Integrationskonzept der Stadt Greiz\n"
            "Beschluss-Nr. 24/11 Vergabe Winterdienst"
        ),
    ),
    (
        "adopted",
        2017,
        "Rat 2017",
        (
            "Rat der Stadt Kamen\n"
            "Öffentliche Sitzung am 21.09.2017\n"
            "Ergebnisse:\n"
            "TOP 1 - Einwohnerfragestunde\n"
            "TOP 2 - Integrationskonzept, Vorlage 071/2017 - einstimmig beschlossen bei 3 "
            "Enthaltungen\n"
            "TOP 3 - Bebauungsplan 12 - mehrheitlich beschlossen\n"
            "TOP 4 - Bericht - Kenntnis genommen"
        ),
    ),
    (
        "noted",
        None,
        "Kreistag",
        (
            "Kreis Soest - Kreistag - Niederschrift 09.03.2017\n"
            "TOP 6 Integrationsbericht 2016\n"
            "Der Kreistag nimmt den Bericht zur Kenntnis."
        ),
    ),
    (
        "proposed",
        None,
        "Einladung",
        (
            "Einladung zur 12. Sitzung des Rates der Stadt Moers am 13.05.2015\n"
            "Tagesordnung\n"
            "1. Fragestunde\n"
            "2. Integrationskonzept der Stadt Moers (Vorlage 16/233)\n"
            "3. Verschiedenes"
        ),
    ),
    (
        "adopted",
        2010,
        "Protokoll",
        (
            "P r o t o k o l l\n"
            "der 8. öffentlichen Sitzung der Stadtverordnetenversammlung Bernau am Donnerstag, "
            "dem 25.03.2010\n"
            "\n"
            "TOP 11\n"
            "Konzept zur Integration von Migrantinnen und Migranten\n"
            "Stv. Kühn fragt nach den Kosten. Der Ausschuss für Soziales hat am 04.03.2010 "
            "mehrheitlich zugestimmt, der Hauptausschuss am 11.03.2010 ebenfalls. Stv. Wolf "
            "beantragt die Überweisung in den Finanzausschuss.\n"
            "Abstimmung über den Antrag: 9 dafür, 20 dagegen\n"
            "Abstimmung über die BV: 22 dafür, 5 dagegen, 2 Enthaltungen\n"
            "TOP 12\n"
            "Sachstand Schwimmbad\n"
            "vertagt"
        ),
    ),
    (
        "postponed",
        None,
        "Protokoll",
        (
            "P r o t o k o l l\n"
            "der 8. öffentlichen Sitzung der Stadtverordnetenversammlung Bernau am Donnerstag, "
            "dem 25.03.2010\n"
            "\n"
            "TOP 11\n"
            "Konzept zur Integration von Migrantinnen und Migranten\n"
            "Stv. Wolf beantragt die Überweisung in den Finanzausschuss.\n"
            "Dem Antrag wird mit 20 zu 9 Stimmen gefolgt.\n"
            "TOP 12\n"
            "Sachstand Schwimmbad\n"
            "Beschlossen mit 20 Stimmen."
        ),
    ),
    (
        "adopted",
        2019,
        "Sitzung",
        (
            "Markt Garmisch-Partenkirchen\n"
            "Marktgemeinderat\n"
            "Sitzung am Mittwoch, 10.07.2019, 18.00 Uhr\n"
            "anwesend: 28\n"
            "\n"
            "6 Leitbild Integration und Zusammenleben\n"
            "Erste Bürgermeisterin Meierhofer führt aus, der Haupt- und Finanzausschuss habe am "
            "26.06.2019 einstimmig zugestimmt.\n"
            "Der Marktgemeinderat beschließt:\n"
            "Das Leitbild wird in der vorliegenden Form angenommen.\n"
            "Anwesend 28, Ja 26, Nein 2\n"
            "\n"
            "7 Verkehr\n"
            "Die Entscheidung wird zurückgestellt."
        ),
    ),
    (
        "adopted",
        2012,
        "Vorgang",
        (
            "Gremium: Kreistag\n"
            "Sitzung: 4/2012\n"
            "Datum: 10.12.2012\n"
            "Vorlage: 245/2012\n"
            "TOP: Ö 12\n"
            "Bezeichnung: Integrationskonzept Landkreis Harburg\n"
            "Abstimmung: Ja: 41, Nein: 6, Enthaltung: 3\n"
            "Beschluss: laut Vorlage"
        ),
    ),
    (
        "adopted",
        2016,
        "Beschlüsse",
        (
            "Beschlüsse der Stadtverordnetenversammlung\n"
            "\n"
            "Sitzung vom 17.02.2016\n"
            "1/2016 Wahl der Schiedsperson - einstimmig\n"
            "2/2016 Integrationskonzept - 20 ja, 3 nein\n"
            "\n"
            "Sitzung vom 20.04.2016\n"
            "9/2016 Doppelhaushalt - abgelehnt"
        ),
    ),
    (
        "adopted",
        2021,
        "Amtsblatt",
        (
            "Amtsblatt für den Landkreis Greiz\n"
            "Nr. 7 / 2021, 02.07.2021\n"
            "\n"
            "Beschlüsse des Kreistages\n"
            "Der Kreistag hat in seiner Sitzung am 22.06.2021 folgende Beschlüsse gefasst:\n"
            "\n"
            "Beschluss KT 112-9/21\n"
            "Der Kreistag beschließt die Fortschreibung des Integrationskonzeptes des "
            "Landkreises.\n"
            "Ja-Stimmen 30, Nein-Stimmen 5\n"
            "\n"
            "Beschluss KT 113-9/21\n"
            "Der Antrag zum Nahverkehr wird abgelehnt."
        ),
    ),
    (
        "adopted",
        2008,
        "Niederschrift",
        (
            "Niederschrift\n"
            "über die öffentliche Sitzung des Gemeinderates der Stadt Backnang\n"
            "am 17. Juli 2008\n"
            "im Rathaus\n"
            "\n"
            "§ 63\n"
            "Integrationsleitlinien\n"
            "Stadtrat Franke begrüßt das Papier. Stadträtin Ulrich wünscht eine Befassung im "
            "Jugendhilfeausschuss.\n"
            "Ohne weitere Aussprache fasst der Gemeinderat einstimmig folgenden\n"
            "Beschluss:\n"
            "Die Leitlinien zur Integration werden verabschiedet.\n"
            "\n"
            "§ 64\n"
            "Neubau Kindergarten\n"
            "Vertagt."
        ),
    ),
    (
        "proposed",
        None,
        "Vorlage",
        (
            "Kreis Borken - Sitzungsvorlage 0123/2019\n"
            "Integrationskonzept 2020\n"
            "Gremium Sitzungsdatum Zuständigkeit\n"
            "Ausschuss für Soziales 20.11.2019 Vorberatung\n"
            "Kreistag 12.12.2019 Entscheidung\n"
            "Beschlussvorschlag: Das Integrationskonzept 2020 wird beschlossen.\n"
            "Begründung: Der Kreistag hat am 01.03.2012 das erste Integrationskonzept einstimmig "
            "beschlossen."
        ),
    ),
    (
        "adopted",
        2015,
        "Rat",
        (
            "Hansestadt Lüneburg, Rat, 26.11.2015\n"
            "\n"
            "Integrationskonzept (VO/6401/15)\n"
            "\n"
            "Die Sitzungsleitung ruft auf. Aussprache.\n"
            "\n"
            "Dem Beschlussvorschlag wird bei fünf Gegenstimmen zugestimmt."
        ),
    ),
    (
        "adopted",
        2020,
        "Rat",
        (
            "Rat der Gemeinde Weyhe | 24.09.2020\n"
            "Ö 6 Integrations- und Teilhabekonzept\n"
            "Ergebnis: ungeändert beschlossen (Ja 30, Nein 1, Enth. 2)"
        ),
    ),
    (
        "proposed",
        None,
        "Ortsrat",
        (
            "Stadt Salzgitter, Ortsrat Lebenstedt, Protokoll vom 05.02.2018\n"
            "TOP 3 Integrationskonzept der Stadt, Anhörung\n"
            "Der Ortsrat stimmt dem Konzept einstimmig zu."
        ),
    ),
    (
        "rejected",
        None,
        "SVV",
        (
            "Protokoll der Sitzung der Stadtverordnetenversammlung Werder am 04.04.2019\n"
            "TOP 9 Antrag der Fraktion Die Linke: Erarbeitung eines Integrationskonzepts\n"
            "Nach Diskussion wird der Antrag mehrheitlich abgelehnt.\n"
            "TOP 10 Haushalt: beschlossen"
        ),
    ),
    (
        "adopted",
        2022,
        "Drucksache",
        (
            "Drucksache 2022/118 - Kommunaler Aktionsplan Integration\n"
            "Beratung: SozA 08.06.2022 (einst. empfohlen), VA 20.06.2022 (empfohlen), Rat "
            "28.06.2022 (mehrheitlich beschlossen)\n"
            "Vorschlag: Der Rat möge den Aktionsplan beschließen."
        ),
    ),
    (
        "commissioned",
        None,
        "KT",
        (
            "Kreistag Teltow-Fläming, 15. Sitzung, 21.02.2011, Niederschrift\n"
            "TOP 7 Fortschreibung des Integrationskonzeptes (Vorlage 4-0811/11)\n"
            "Beschluss: Der Landrat wird beauftragt, das Integrationskonzept aus dem Jahr 2005 "
            "bis Ende 2012 fortzuschreiben. Einstimmig."
        ),
    ),
    (
        "postponed",
        None,
        "Gazette",
        (
            "Amtsblatt Stadt Plauen 12/2018\n"
            "Aus dem Stadtrat, Sitzung vom 20. November 2018\n"
            "- Haushaltssatzung 2019: beschlossen\n"
            "- Integrationskonzept: in den Sozialausschuss verwiesen\n"
            "- Vergabe Tiefbau: beschlossen"
        ),
    ),
    (
        "adopted",
        2018,
        "Gazette",
        (
            "Amtsblatt Stadt Plauen 12/2018\n"
            "Aus dem Stadtrat, Sitzung vom 20. November 2018\n"
            "- Haushaltssatzung 2019: vertagt\n"
            "- Integrationskonzept: mit 28 Ja-Stimmen angenommen\n"
            "- Vergabe Tiefbau: zurückgezogen"
        ),
    ),
    (
        "adopted",
        2007,
        "Niederschrift",
        (
            "Niederschrift über die Sitzung der Ratsversammlung der Stadt Neumünster am "
            "11.12.2007\n"
            "14. Integrationskonzept\n"
            "(Drucksache 1011/2003/DS)\n"
            "Ratsherr Voigt berichtet. Ratsfrau Bühse lehnt die Vorlage ab, die nächste "
            "Ratsversammlung am 12.02.2008 sei der bessere Zeitpunkt.\n"
            "Die Ratsversammlung fasst sodann mit 31 gegen 10 Stimmen den beantragten Beschluss.\n"
            "15. Anfragen\n"
            "keine"
        ),
    ),
    (
        "adopted",
        2012,
        "KT-Protokoll",
        (
            "Landkreis Göttingen, Kreistag 26.09.2012, Protokoll\n"
            "Tagesordnung\n"
            "9. Handlungskonzept Integration\n"
            "10. Regionalplan\n"
            "\n"
            "Abstimmungsergebnisse\n"
            "TOP 9: mehrheitlich, 4 Enthaltungen\n"
            "TOP 10: vertagt"
        ),
    ),
    (
        "adopted",
        2014,
        "Ratsprotokoll",
        (
            "Stadt Emden\n"
            "Öffentliche Niederschrift des Rates\n"
            "am 11.09.2014\n"
            "\n"
            "Punkt 6: Vorlage 16/1299: Integrationskonzept der Stadt Emden\n"
            "\n"
            "Herr Sprengelmeyer erläutert.\n"
            "Frau Meinen erklärt, ihre Fraktion werde sich enthalten.\n"
            "\n"
            "Beschluss: Das Integrationskonzept der Stadt Emden wird beschlossen.\n"
            "Ergebnis: mehrheitlich\n"
            "Dafür: 32 Dagegen: 3 Enthaltungen: 4\n"
            "\n"
            "Punkt 7: Sportentwicklungsplan\n"
            "Ergebnis: abgelehnt"
        ),
    ),
    (
        "adopted",
        2013,
        "TOP 14",
        (
            "Landkreis Nienburg/Weser\n"
            "Kreistag\n"
            "13.12.2013\n"
            "TOP 14: Migrations- und Teilhabekonzept\n"
            "Vorlage 2013/211\n"
            "Der Kreisausschuss hat in seiner Sitzung am 09.12.2013 einstimmig die Annahme "
            "empfohlen.\n"
            "KA Heineking fragt nach der Finanzierung.\n"
            "Die Vorlage wird einstimmig angenommen."
        ),
    ),
    (
        "postponed",
        None,
        "TOP 14",
        (
            "Landkreis Nienburg/Weser\n"
            "Kreistag\n"
            "13.12.2013\n"
            "TOP 14: Migrations- und Teilhabekonzept\n"
            "Vorlage 2013/211\n"
            "Der Kreisausschuss hat in seiner Sitzung am 09.12.2013 einstimmig die Annahme "
            "empfohlen.\n"
            "Der Tagesordnungspunkt wird auf die Sitzung am 14.03.2014 vertagt."
        ),
    ),
    (
        "adopted",
        2010,
        "Sitzungsdienst",
        (
            "Beschlussauszug\n"
            "Kreistag des Kreises Düren\n"
            "Sitzung: Dienstag, 28.09.2010\n"
            "TOP: Ö 7\n"
            "Beschlussart: geändert beschlossen\n"
            "Vorlage: 301/10 Integrationskonzept des Kreises Düren\n"
            "\n"
            "Beschluss:\n"
            "Der Kreistag beschließt das Integrationskonzept mit der Maßgabe, dass Punkt 3 "
            "gestrichen wird.\n"
            "\n"
            "Abstimmungsergebnis:\n"
            "Ja-Stimmen: 41\n"
            "Nein-Stimmen: 7\n"
            "Enthaltungen: 0"
        ),
    ),
    (
        "adopted",
        2019,
        "Beschlusskontrolle",
        (
            "Gemeinde Nottuln - Beschlusskontrolle des Rates\n"
            "| Sitzung | TOP | Betreff | Ergebnis |\n"
            "| 05.02.2019 | 6 | Klimaschutzkonzept | beschlossen |\n"
            "| 02.07.2019 | 8 | Integrationskonzept der Gemeinde Nottuln | beschlossen |\n"
            "| 24.09.2019 | 5 | Haushalt | vertagt |"
        ),
    ),
    (
        "rejected",
        None,
        "Beschlusskontrolle",
        (
            "Gemeinde Nottuln - Beschlüsse des Rates\n"
            "05.02.2019 Klimaschutzkonzept beschlossen\n"
            "02.07.2019 Antrag: Erstellung eines Integrationskonzeptes - abgelehnt\n"
            "24.09.2019 Haushalt beschlossen"
        ),
    ),
    (
        "proposed",
        None,
        "Vorlage 12",
        (
            "Stadt Kaarst\n"
            "Beschlussvorlage Nr. 12/2017\n"
            "Betreff: Integrationskonzept der Stadt Kaarst\n"
            "\n"
            "Beratungsfolge\n"
            "Integrationsrat 01.02.2017 einstimmig\n"
            "Sozialausschuss 09.02.2017 einstimmig\n"
            "Rat 23.02.2017\n"
            "\n"
            "Beschlussvorschlag\n"
            "Der Rat beschließt das Integrationskonzept in der Fassung des Entwurfs vom 10.01.2017."
        ),
    ),
    (
        "adopted",
        2017,
        "Vorlage 12",
        (
            "Stadt Kaarst\n"
            "Beschlussvorlage Nr. 12/2017\n"
            "Betreff: Integrationskonzept der Stadt Kaarst\n"
            "\n"
            "Beratungsfolge\n"
            "Integrationsrat 01.02.2017 einstimmig\n"
            "Sozialausschuss 09.02.2017 einstimmig\n"
            "Rat 23.02.2017 einstimmig\n"
            "\n"
            "Beschlussvorschlag\n"
            "Der Rat beschließt das Integrationskonzept in der Fassung des Entwurfs vom 10.01.2017."
        ),
    ),
    (
        "adopted",
        2011,
        "Aus dem Gemeinderat",
        (
            "Mitteilungsblatt Gemeinde Ubstadt-Weiher, 27. Oktober 2011\n"
            "Aus der Sitzung des Gemeinderats vom 18. Oktober 2011\n"
            "1. Bürgerfragen\n"
            "Es wurden keine Fragen gestellt.\n"
            "2. Integrationskonzept\n"
            "Hauptamtsleiterin Kurz stellte das Konzept vor. Der Gemeinderat stimmte dem Konzept "
            "einstimmig zu.\n"
            "3. Baugesuche\n"
            "Den Baugesuchen wurde zugestimmt."
        ),
    ),
    (
        "commissioned",
        None,
        "Aus dem Gemeinderat",
        (
            "Mitteilungsblatt Gemeinde Ubstadt-Weiher, 27. Oktober 2011\n"
            "Aus der Sitzung des Gemeinderats vom 18. Oktober 2011\n"
            "1. Bürgerfragen\n"
            "Es wurden keine Fragen gestellt.\n"
            "2. Integrationskonzept\n"
            "Der Gemeinderat beauftragte die Verwaltung einstimmig, ein Integrationskonzept zu "
            "erstellen.\n"
            "3. Baugesuche\n"
            "Den Baugesuchen wurde zugestimmt."
        ),
    ),
    (
        "adopted",
        2016,
        "StVV",
        (
            "Stadtverordnetenversammlung der Stadt Hofheim am Taunus\n"
            "Niederschrift\n"
            "über die 3. Sitzung am Mittwoch, 14.09.2016\n"
            "\n"
            "Anwesend: 44\n"
            "\n"
            "5. Integrationsleitbild (Vorlage des Magistrats vom 15.08.2016, 2016/122)\n"
            "Stv. Härtter berichtet aus dem Sozialausschuss: einstimmige Empfehlung.\n"
            "Änderungsantrag der Fraktion FWG: abgelehnt mit 8 Ja, 30 Nein, 6 Enthaltungen.\n"
            "Endabstimmung: 36 Ja, 2 Nein, 6 Enthaltungen.\n"
            "\n"
            "6. Feuerwehr\n"
            "Von der Tagesordnung abgesetzt."
        ),
    ),
    (
        "adopted",
        2009,
        "Sammlung",
        (
            "Sammlung der Beschlüsse der Stadtvertretung Güstrow 2009\n"
            "\n"
            "Nr. | Datum | Titel | Abstimmung\n"
            "III/0601/09 | 26.03.2009 | Konzept zur Integration von Migranten | 22/1/2\n"
            "III/0602/09 | 26.03.2009 | Straßenbenennung | 25/0/0"
        ),
    ),
    (
        None,
        None,
        "Sozialausschuss",
        (
            "Gemeinde Stuhr\n"
            "Protokoll Sozialausschuss 06.06.2018\n"
            "1. Eröffnung\n"
            "2. Bericht der Verwaltung\n"
            "Der Bürgermeister berichtet über den Breitbandausbau.\n"
            "3. Zuschuss Tafel\n"
            "Einstimmig beschlossen.\n"
            "4. Verschiedenes\n"
            "Eine Anfrage zum Integrationskonzept wird schriftlich beantwortet."
        ),
    ),
    (
        "work",
        None,
        "Kreistag",
        (
            "Landkreis Peine - Kreistag - Protokoll 06.06.2018\n"
            "TOP 4 Integrationskonzept: Sachstand\n"
            "Frau Lindner berichtet, die Arbeitsgruppen hätten im April getagt. Zwischenbericht "
            "liegt vor. Der Kreistag nimmt Kenntnis.\n"
            "TOP 5 Haushalt\n"
            "beschlossen"
        ),
    ),
    (
        "adopted",
        2012,
        "Rat",
        (
            "Rat der Stadt Dormagen\n"
            "Beschlussprotokoll der Sitzung vom 18.12.2012\n"
            "\n"
            "A 12 Integrationskonzept (9/1201)\n"
            "Der Rat fasst einstimmig den empfohlenen Beschluss.\n"
            "\n"
            "A 13 Bäder\n"
            "Vertagt."
        ),
    ),
]


@pytest.mark.parametrize(("standing", "year", "title", "text"), _TOLD)
def test_an_items_result_is_told_with_its_year(standing, year, title, text):
    found = sitting_of(folded(clean(text)), folded(title))
    assert (found.standing if found else None, found.year if found else None) == (standing, year)


@pytest.mark.parametrize(("standing", "year", "title", "text"), _TOLD)
def test_only_an_adoption_is_recorded(standing, year, title, text):
    years = [found.year for found in recorded(folded(clean(text)))]
    assert years in ([], [year] if standing == "adopted" else [])


@pytest.mark.parametrize(
    ("part", "carried"),
    [
        ("Ja 36 / Nein 2 / Enthaltungen 4", True),
        ("17 Ja, 21 Nein", False),
        ("ja 37 nein 2 enthaltungen 3", True),
        ("beschluss (42 : 0)", True),
        ("mit 11 gegen 23 stimmen", False),
        ("52/13/1", True),
        ("dafür: 4 dagegen: 30", False),
        ("vorlage 16/233", None),
        ("beginn 16:30 uhr", None),
        ("sitzung vom 12.03.2012", None),
        ("15/0411", None),
    ],
)
def test_votes_are_counted_and_numbers_of_papers_are_none(part, carried):
    assert votes(folded(part)) is carried


def test_an_agendas_line_and_the_minutes_of_the_same_number_are_one_item():
    text = "tagesordnung\ntop 1 eroffnung\ntop 2 integrationskonzept\n\nzu top 1: keine\nzu top 2: angenommen"
    parts = {item.number: len(item.parts) for item in items_of(text)}
    assert parts == {"1": 2, "2": 2}


def test_what_a_range_of_items_has_in_common_counts_for_each():
    text = "top 3 integrationskonzept\ntop 9 haushalt\nzu 3 bis 5 einstimmig"
    assert {item.number for item in items_of(text)} == {"3", "4", "5", "9"}


def test_wrapped_lines_stay_together_and_days_end_no_sentence():
    text = "das konzept wird am 3. mai\nbeschlossen. frau dr. meier dankt."
    assert [text[start:end].strip() for start, end in clauses(text, 0, len(text))] == [
        "das konzept wird am 3. mai\nbeschlossen.",
        "frau dr. meier dankt.",
    ]


def test_a_text_that_is_no_record_tells_nothing():
    text = "Unser Integrationskonzept\nDer Rat der Stadt hat es am 12.03.2012 einstimmig beschlossen. Wir freuen uns."
    assert sitting_of(folded(text)) is None
