"""Who took part in which programme: the coder's wording brought to codes and linked to `programmes`.

The table is far from complete; a Kommune without a row is not observed. Where a concept was a condition
of the programme (Kommunale Integrationszentren), participation is no exogenous cause of a concept.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..errors import DataError


@dataclass(frozen=True)
class Programme:
    """A programme: its code, its row in `programmes` (None if it has none), and why."""

    code: str
    programme_id: str | None
    reason: str
    state: str = "teilnahme"


_NOT_LISTED = "in programmes nicht geführt"
_SAME = "gleicher Name"
_BW_OPEN = f"{_NOT_LISTED}: welches Landesprogramm, sagt die Seite nicht"

PROGRAMMES: dict[str, Programme] = {
    "Kommunales Integrationszentrum NRW": Programme("nw_ki", "nw_kommunale_integrationszentren", _SAME),
    "KOMM-IN NRW": Programme("nw_komm_in", "nw_komm_in", _SAME),
    "KOMM-IN NRW (Antrag beauftragt)": Programme(
        "nw_komm_in", "nw_komm_in", "gleicher Name; belegt ist nur der Auftrag zum Antrag", "antrag"
    ),
    "Einwanderung gestalten NRW": Programme("nw_einwanderung_gestalten", None, _NOT_LISTED),
    "Modellregionen Integration Hessen": Programme(
        "he_modellregionen", "he_modellregionen_integration", _SAME
    ),
    "Hessen Modellregionen Integration": Programme(
        "he_modellregionen", "he_modellregionen_integration", _SAME
    ),
    "WIR-Programm Hessen": Programme("he_wir", "he_wir", _SAME),
    "Hessen WIR": Programme("he_wir", "he_wir", _SAME),
    "WIR-Vielfaltszentrum (Hessen)": Programme("he_wir", "he_wir", "Vielfaltszentren sind Teil von WIR"),
    "WIR-Koordination / WIR-Vielfaltszentrum (Hessen)": Programme(
        "he_wir", "he_wir", "WIR-Koordination ist Teil von WIR"
    ),
    "Hessen WIR – Vielfalts- und Integrationsstrategien (KIV)": Programme(
        "he_kiv", "he_vielfalts_integrationsstrategien", "Förderaufruf ab 2018, gleicher Gegenstand"
    ),
    "Hessen Landesprogramm Kommunale Integrations- und Vielfaltsstrategie (WIR)": Programme(
        "he_kiv",
        "he_vielfalts_integrationsstrategien",
        "Förderlinie des Aufrufs ab 2018, gleicher Gegenstand",
    ),
    "Koordinierungsstelle Migration und Teilhabe (NI)": Programme(
        "ni_koordinierungsstelle", "ni_koordinierungsstellen", _SAME
    ),
    "Leitstelle für Integration (NI)": Programme(
        "ni_leitstelle", None, f"{_NOT_LISTED}: Vorläufer der Koordinierungsstellen"
    ),
    "Kommunale Konfliktberatung Niedersachsen (forumZFD)": Programme(
        "ni_konfliktberatung", None, _NOT_LISTED
    ),
    "Koordinierungsstellen für Integration/Migration Sachsen-Anhalt": Programme(
        "st_koordinierungsstelle_2008",
        None,
        "programmes führt die Förderung ab 2015; hier die Richtlinie von 2008",
    ),
    "Koordinierungsstelle Integration SH (IAF/KIT)": Programme("sh_koordinierungsstelle", None, _NOT_LISTED),
    "Integrationsmanagement Thüringen": Programme("th_integrationsmanagement", None, _NOT_LISTED),
    "ThILIK – Thüringer Initiative für lokales/kommunales Integrationsmanagement": Programme(
        "th_thilik", None, _NOT_LISTED
    ),
    "Hauptamtliche Integrationslotsen (Bayern)": Programme("by_integrationslotsen", None, _NOT_LISTED),
    "Kommunales Integrationsmanagement RLP": Programme("rp_integrationsmanagement", None, _NOT_LISTED),
    "RLP Landesförderung Fortschreibung Integrationskonzept": Programme(
        "rp_fortschreibung", None, _NOT_LISTED
    ),
    "VOPI (AMIF, Länder Niedersachsen und Rheinland-Pfalz)": Programme("vopi", None, _NOT_LISTED),
    "BW Pakt für Integration: Integration durch bürgerschaftliches Engagement und Zivilgesellschaft": Programme(
        "bw_buergerschaftliches_engagement",
        "bw_pakt_fuer_integration",
        "nach dem Wortlaut Teil des Pakts für Integration",
    ),
    "Baden-Württemberg Landesprogramm Integration durch bürgerschaftliches Engagement und Zivilgesellschaft": Programme(
        "bw_buergerschaftliches_engagement",
        "bw_pakt_fuer_integration",
        "eine andere Seite nennt dasselbe Programm als Teil des Pakts für Integration",
    ),
    "Baden-Württemberg VwV Integration": Programme(
        "bw_vwv_integration", None, f"{_NOT_LISTED} unter dem Namen der Verwaltungsvorschrift"
    ),
    "Baden-Württemberg Landesförderung Integrationskonzept (VwV Integration o. ä.)": Programme(
        "bw_konzeptfoerderung", None, _BW_OPEN
    ),
    "BW Landesförderung kommunale Integrationskonzepte (20 Kommunen/Kreise)": Programme(
        "bw_konzeptfoerderung", None, _BW_OPEN
    ),
    "Baden-Württemberg Landesförderung Konzepterstellung (Führungsakademie)": Programme(
        "bw_konzeptfoerderung", None, _BW_OPEN
    ),
    "Baden-Württemberg Landesförderung Integrationsprojekt (Konzeptentwicklung)": Programme(
        "bw_konzeptfoerderung", None, _BW_OPEN
    ),
    "Förderung Sozialministerium Baden-Württemberg (Konzept Konstanz Internationale Stadt)": Programme(
        "bw_konzeptfoerderung", None, _BW_OPEN
    ),
    "Land.Zuhause.Zukunft": Programme(
        "land_zuhause_zukunft",
        None,
        "programmes führt ein Programm der Robert-Bosch-Stiftung ohne Namen; ob es dieses ist, sagt keine Quelle",
    ),
    "Weltoffene Kommune (Bertelsmann-Stiftung)": Programme("weltoffene_kommune", None, _NOT_LISTED),
    "Integrationspotenziale ländlicher Regionen im Strukturwandel (Schader-Stiftung)": Programme(
        "integrationspotenziale", None, _NOT_LISTED
    ),
    "Zukunftswerkstatt Kommunen (BMFSFJ)": Programme("zukunftswerkstatt_kommunen", None, _NOT_LISTED),
    "Kommunale Koordinierung der Bildungsangebote für Neuzugewanderte (BMBF)": Programme(
        "bildungskoordination", None, _NOT_LISTED
    ),
}
"""The coder's wording to the programme. A wording that is not here ends the build: no row is dropped."""


def participation(raw: pd.DataFrame) -> pd.DataFrame:
    """Return the table `participation` from the raw table `programme_participation`.

    Raises
    ------
    DataError
        If a programme is worded as none in `PROGRAMMES`.
    """
    unknown = [position for position, name in enumerate(raw["programme"]) if name not in PROGRAMMES]
    if unknown:
        raise DataError(
            f"the programme {raw['programme'].iloc[unknown[0]]!r} has no code.",
            file="programme_participation.csv",
            row=unknown[0] + 2,
            column="programme",
            hint="Add it to PROGRAMMES in catalogue/participation.py.",
        )
    coded = [PROGRAMMES[name] for name in raw["programme"]]
    return pd.DataFrame(
        {
            "row_id": raw["row_id"].to_numpy(),
            "ags": raw["ags"].to_numpy(),
            "programme_code": [item.code for item in coded],
            "programme": raw["programme"].to_numpy(),
            "start": raw["start_year"].array,
            "end": raw["end_year"].array,
            "state": [item.state for item in coded],
            "programme_id": [item.programme_id for item in coded],
            "link_reason": [item.reason for item in coded],
            "source": raw["url"].to_numpy(),
            "evidence": raw["evidence"].to_numpy(),
        }
    ).sort_values("row_id", ignore_index=True)
