"""A verdict in words, German and English: power first, then the result, then why."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

from ...errors import ModelError
from .verdict import Number, ProgrammeVerdict

LANGUAGES = ("en", "de")
VERDICT_DE: Mapping[str, str] = MappingProxyType(
    {
        "positive": "positiv",
        "negative": "negativ",
        "not distinguishable": "nicht von null zu unterscheiden",
        "not identifiable": "nicht identifizierbar",
    }
)
REASONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "after_window": (
            "it began after the last year of the panel ({panel_last})",
            "es begann nach dem letzten Jahr des Panels ({panel_last})",
        ),
        "no_units": (
            "no Kommune of its Länder was still at risk when it was in force",
            "keine Kommune seiner Länder war während der Laufzeit noch ohne Konzept im Risiko",
        ),
        "few_units": (
            "Kommunen at risk in its years {treated_units}, demanded {units}",
            "Kommunen im Risiko während der Laufzeit {treated_units}, verlangt {units}",
        ),
        "events_before": (
            "first adoptions before its start {events_before}, demanded {need_before}",
            "Erstbeschlüsse vor dem Beginn {events_before}, verlangt {need_before}",
        ),
        "events_during": (
            "first adoptions in its years {events_during}, demanded {need_during}",
            "Erstbeschlüsse während der Laufzeit {events_during}, verlangt {need_during}",
        ),
        "no_controls": (
            "no Kommune elsewhere was at risk from its start on",
            "keine Kommune anderer Länder war ab dem Beginn im Risiko",
        ),
        "few_assignments": (
            "the smallest p-value that placebo Länder allow is {smallest_p_value}, above the level of {level}",
            "der kleinste mit Placebo-Ländern erreichbare p-Wert ist {smallest_p_value}, über dem Niveau {level}",
        ),
        "no_power": (
            "no hazard ratio up to {largest} would be found with a probability of {power}",
            "kein Hazard-Verhältnis bis {largest} würde mit Wahrscheinlichkeit {power} gefunden",
        ),
        "placebo_p": (
            "the placebo p-value is {placebo_p_value}, the level {level}",
            "der Placebo-p-Wert ist {placebo_p_value}, das Niveau {level}",
        ),
        "pretrend": (
            "the years before the start already differed (p = {pretrend_p_value})",
            "schon die Jahre vor dem Beginn wichen ab (p = {pretrend_p_value})",
        ),
        "pretrend_unknown": (
            "the years before the start cannot be tested",
            "die Jahre vor dem Beginn lassen sich nicht prüfen",
        ),
        "one_land_decides": (
            "the sign hangs on one Land ({leave_one_out_low} to {leave_one_out_high} without one)",
            "das Vorzeichen hängt an einem Land ({leave_one_out_low} bis {leave_one_out_high} ohne je eines)",
        ),
    }
)
SENTENCES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "compared": (
            "Compared ({first}-{last}): Länder with it {treated_laender}, Kommunen at risk in its years "
            "{treated_units} ({treated_rows} rows), first adoptions {events_before} before and {events_during} "
            "during; controls from its start on: Länder {control_laender}, Kommunen {control_units}, first "
            "adoptions {control_events_before} before and {control_events_during} from then on.",
            "Verglichen ({first}-{last}): Länder mit Programm {treated_laender}, Kommunen im Risiko während der "
            "Laufzeit {treated_units} ({treated_rows} Zeilen), Erstbeschlüsse {events_before} vorher und "
            "{events_during} während; Vergleich ab dem Beginn: Länder {control_laender}, Kommunen "
            "{control_units}, Erstbeschlüsse {control_events_before} vorher und {control_events_during} danach.",
        ),
        "nothing": ("Nothing can be compared.", "Es lässt sich nichts vergleichen."),
        "power": (
            "Power, before the result: at level {level} the placebo test finds a hazard ratio of "
            "{detectable_ratio} in {power} of simulated histories ({draws} draws); without any effect it "
            "rejects in {size}.",
            "Trennschärfe, vor dem Ergebnis: auf dem Niveau {level} findet der Placebo-Test ein "
            "Hazard-Verhältnis von {detectable_ratio} in {power} der simulierten Verläufe ({draws} Ziehungen); "
            "ohne jede Wirkung lehnt er in {size} ab.",
        ),
        "no_power": (
            "Power, before the result: at level {level} the placebo test finds no hazard ratio up to {largest} "
            "in {power} of simulated histories ({draws} draws; {at_largest} at the largest); without any effect "
            "it rejects in {size}.",
            "Trennschärfe, vor dem Ergebnis: auf dem Niveau {level} findet der Placebo-Test kein "
            "Hazard-Verhältnis bis {largest} in {power} der simulierten Verläufe ({draws} Ziehungen; "
            "{at_largest} beim größten); ohne jede Wirkung lehnt er in {size} ab.",
        ),
        "estimate": (
            "Estimate, among those still at risk: hazard ratio {hazard_ratio} (log {estimate}; CR1 standard error "
            "{cr1_std_error}, too small with so few treated Länder; score wild bootstrap p = {wild_p_value}); "
            "without one control Land at a time {leave_one_out_low} to {leave_one_out_high}.",
            "Schätzung, unter den Kommunen noch im Risiko: Hazard-Verhältnis {hazard_ratio} (log {estimate}; "
            "Standardfehler CR1 {cr1_std_error}, bei so wenigen Ländern mit Programm zu klein; "
            "Score-Wild-Bootstrap p = {wild_p_value}); ohne je ein Vergleichsland "
            "{leave_one_out_low} bis {leave_one_out_high}.",
        ),
        "placebo": (
            "Placebo Länder: rank {placebo_rank} of {placebo_assignments}, p = {placebo_p_value}, smallest "
            "attainable {smallest_p_value}. Years before the start: p = {pretrend_p_value}.",
            "Placebo-Länder: Rang {placebo_rank} von {placebo_assignments}, p = {placebo_p_value}, kleinster "
            "erreichbarer Wert {smallest_p_value}. Jahre vor dem Beginn: p = {pretrend_p_value}.",
        ),
        "earlier": (
            "Beside a term for earlier programmes of the same Land: {names}.",
            "Neben einem Term für frühere Programme desselben Landes: {names}.",
        ),
        "flat": (
            "Without variation in these years, left out: {names}.",
            "Ohne Variation in diesen Jahren, weggelassen: {names}.",
        ),
        "condition": (
            "The programme paid for or asked for a concept: when a Kommune joined is no exogenous cause of its "
            "concept, so only the start for the whole Land is compared, as an offer.",
            "Das Programm förderte oder verlangte ein Konzept: Wann eine Kommune teilnahm, ist keine exogene "
            "Ursache ihres Konzepts; verglichen wird nur der landesweite Beginn, als Angebot.",
        ),
        "centre": (
            "A concept was the condition for, or due under, a Kommunales Integrationszentrum: the start of a "
            "centre is not an exogenous cause of a concept, and a link between both is no effect of the programme.",
            "Ein Konzept war Voraussetzung für ein Kommunales Integrationszentrum oder mit ihm fällig: Der Start "
            "eines Zentrums ist keine exogene Ursache eines Konzepts, ein Zusammenhang beider keine Wirkung des "
            "Programms.",
        ),
    }
)


def text(result: ProgrammeVerdict, lang: str) -> str:
    """Return a verdict as text.

    Raises
    ------
    ModelError
        If `lang` is neither `en` nor `de`.
    """
    if lang not in LANGUAGES:
        raise ModelError(f"lang={lang!r} is not known: choose {' or '.join(LANGUAGES)}.")
    words = _words(result, lang)
    where = LANGUAGES.index(lang)

    def say(name: str, **more: str) -> str:
        return SENTENCES[name][where].format(**{**words, **more})

    item = result.intervention
    end = "" if item.end is None else str(item.end)
    verdict = VERDICT_DE[result.verdict] if lang == "de" else result.verdict
    lines = [f"{item.name} ({item.land_name}, {item.start}-{end}): {verdict}", item.label]
    lines.append(say("compared") if result.numbers["treated_units"] else say("nothing"))
    if result.power is not None:
        lines.append(say("power" if math.isfinite(result.power.ratio) else "no_power"))
    if result.numbers["hazard_ratio"] is not None:
        lines.append(say("estimate"))
    if result.placebo is not None:
        lines.append(say("placebo"))
    because = "; ".join(REASONS[code][where].format(**words) for code in result.reasons)
    lines.append(f"{'Because' if lang == 'en' else 'Grund'}: {because}.")
    if result.earlier and result.numbers["treated_units"]:
        lines.append(say("earlier", names=", ".join(result.earlier)))
    if result.flat and result.numbers["treated_units"]:
        lines.append(say("flat", names=", ".join(result.flat)))
    if result.intervention.concept_condition:
        lines.append(say("condition"))
    if result.precondition:
        lines.append(say("centre"))
    return "\n".join(lines)


def _words(result: ProgrammeVerdict, lang: str) -> dict[str, str]:
    criteria = result.criteria
    words = {name: _number(value, lang) for name, value in result.numbers.items()}
    words |= {
        "first": str(result.first_year),
        "last": str(result.last_year),
        "panel_last": str(result.numbers["panel_last_year"]),
        "units": str(criteria.units),
        "need_before": str(criteria.events_before),
        "need_during": str(criteria.events_during),
        "level": _percent(criteria.level, lang),
        "power": _percent(criteria.power, lang),
        "largest": f"{criteria.largest_ratio:g}".replace(".", "," if lang == "de" else "."),
        "draws": str(criteria.power_draws),
    }
    if result.power is not None:
        curve = result.power.curve
        words |= {
            "size": _percent(result.power.size, lang),
            "at_largest": _percent(float(curve["power"].iloc[-1]), lang),
        }
    return words


def _number(value: Number, lang: str) -> str:
    """Return a number with its decimal sign; a dash where there is none."""
    if value is None:
        return "–"
    if isinstance(value, int):
        return str(value)
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    digits = 3 if abs(value) < 0.1 else 2
    shown = f"{value:.{digits}f}"
    return shown.replace(".", ",") if lang == "de" else shown


def _percent(share: float, lang: str) -> str:
    shown = f"{100 * share:.3g}"
    return f"{shown.replace('.', ',')} %" if lang == "de" else f"{shown}%"
