"""A verdict in words, German and English: power first, then the result, then why."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

from ...errors import ModelError
from ...keys import LAENDER
from .verdict import NOT_DISTINGUISHABLE, Number, ProgrammeVerdict

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
            "in its years only {treated_units_counted} still at risk, {units} are demanded",
            "während der Laufzeit nur noch {treated_units_counted} im Risiko, verlangt sind {units}",
        ),
        "events_before": (
            "{events_before_counted} before its start, at least {need_before} demanded",
            "vor dem Beginn {events_before_counted}, verlangt mindestens {need_before}",
        ),
        "events_during": (
            "{events_during_counted} in its years, at least {need_during} demanded",
            "während der Laufzeit {events_during_counted}, verlangt mindestens {need_during}",
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
            "no {ratio} up to {largest} would be found with a probability of {power}",
            "kein {ratio} bis {largest} würde mit Wahrscheinlichkeit {power} gefunden",
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
        "one_land_needed": (
            "without one of the Länder there is no finite estimate ({without})",
            "ohne eines der Länder gibt es keine endliche Schätzung ({without})",
        ),
    }
)
SENTENCES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "compared": (
            "Compared are the years {first}-{last}{until}, those before {start} as the time before it: {laender_with} "
            "with the programme, in its years {treated_units_counted} at risk ({rows}), first adoptions "
            "{events_before} before and {events_during} during; controls from its start on: {laender_without}, "
            "{control_units_counted}, first adoptions {control_events_before} before and {control_events_during} "
            "from then on.",
            "Verglichen werden die Jahre {first}-{last}{until}, die vor {start} als Zeit davor: {laender_with} mit "
            "Programm, während der Laufzeit {treated_units_counted} im Risiko ({rows}), Erstbeschlüsse "
            "{events_before} vorher und {events_during} während; Vergleich ab dem Beginn: {laender_without}, "
            "{control_units_counted}, Erstbeschlüsse {control_events_before} vorher und {control_events_during} "
            "danach.",
        ),
        "until_next": (
            ", because {next_name} begins in {next_start}",
            ", da {next_start} {next_name} beginnt",
        ),
        "until_panel": (" (up to the last year observed)", " (bis zum letzten beobachteten Jahr)"),
        "nothing": ("Nothing can be compared.", "Es lässt sich nichts vergleichen."),
        "power": (
            "Power, before the result: at level {level} the placebo test finds a {ratio} of {detectable_ratio} in "
            "{power} of simulated histories ({draws} draws), one of 2 in {at_two}; without any effect it rejects in "
            "{size}.",
            "Trennschärfe, vor dem Ergebnis: auf dem Niveau {level} findet der Placebo-Test ein {ratio} von "
            "{detectable_ratio} in {power} der simulierten Verläufe ({draws} Ziehungen), eines von 2 in {at_two}; "
            "ohne jede Wirkung lehnt er in {size} ab.",
        ),
        "no_power": (
            "Power, before the result: at level {level} the placebo test finds no {ratio} up to {largest} in {power} "
            "of simulated histories ({draws} draws; {at_largest} at the largest, {at_two} at 2); without any effect "
            "it rejects in {size}.",
            "Trennschärfe, vor dem Ergebnis: auf dem Niveau {level} findet der Placebo-Test kein {ratio} bis "
            "{largest} in {power} der simulierten Verläufe ({draws} Ziehungen; {at_largest} beim größten, {at_two} "
            "bei 2); ohne jede Wirkung lehnt er in {size} ab.",
        ),
        "says_nothing": (
            "That nothing was found says nothing against effects up to a {ratio} of about {detectable_ratio}.",
            "Dass nichts gefunden wurde, spricht nicht gegen Wirkungen bis zu einem {ratio} von etwa "
            "{detectable_ratio}.",
        ),
        "estimate": (
            "Estimate, among those still at risk: {ratio} {own_ratio} (log {estimate}; CR1 standard error "
            "{cr1_std_error}, too small with so few treated Länder; score wild bootstrap p = {wild_p_value}); "
            "without one control Land at a time {leave_one_out_low} to {leave_one_out_high}{lost}.",
            "Schätzung, unter den Kommunen noch im Risiko: {ratio} {own_ratio} (log {estimate}; "
            "Standardfehler CR1 {cr1_std_error}, bei so wenigen Ländern mit Programm zu klein; "
            "Score-Wild-Bootstrap p = {wild_p_value}); ohne je ein Vergleichsland "
            "{leave_one_out_low} bis {leave_one_out_high}{lost}.",
        ),
        "lost": (
            " (without {without} there is no finite estimate)",
            " (ohne {without} gibt es keine endliche Schätzung)",
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
            "The programme paid for or asked for a concept: when a Kommune joined is not an exogenous cause of its "
            "concept.",
            "Das Programm förderte oder verlangte ein Konzept: Wann eine Kommune teilnahm, ist keine exogene "
            "Ursache ihres Konzepts.",
        ),
        "offer": (
            "Compared is therefore only the start for the whole Land, as an offer.",
            "Verglichen wird deshalb nur der landesweite Beginn, als Angebot.",
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


RATIOS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"hazard_ratio": ("hazard ratio", "Hazard-Verhältnis"), "odds_ratio": ("odds ratio", "Chancenverhältnis")}
)
_NO_FINDING = (
    "no finding, since an effect of 2 would hardly be seen",
    "kein Befund: Wirkung von 2 kaum erkennbar",
)
_COUNTED: Mapping[str, tuple[tuple[str, str], tuple[str, str]]] = MappingProxyType(
    {
        "kommunen": (("Kommune", "Kommunen"), ("Kommune", "Kommunen")),
        "laender": (("Land", "Länder"), ("Land", "Länder")),
        "rows": (("row", "rows"), ("Zeile", "Zeilen")),
        "events": (("first adoption", "first adoptions"), ("Erstbeschluss", "Erstbeschlüsse")),
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
    if result.verdict == NOT_DISTINGUISHABLE and not result.informative:
        verdict += f" ({_NO_FINDING[where]})"
    compared = bool(result.numbers["treated_units"])
    lines = [f"{item.name} ({item.land_name}, {item.start}-{end}): {verdict}", item.label]
    lines.append(say("compared", until=_until(result, say)) if compared else say("nothing"))
    if result.power is not None:
        lines.append(say("power" if math.isfinite(result.power.ratio) else "no_power"))
    if result.numbers[result.ratio_name] is not None:
        lines.append(say("estimate", lost=say("lost") if result.left_out_without_estimate else ""))
    if result.placebo is not None:
        lines.append(say("placebo"))
    because = "; ".join(REASONS[code][where].format(**words) for code in result.reasons)
    lines.append(f"{'Because' if lang == 'en' else 'Grund'}: {because}.")
    if result.verdict == NOT_DISTINGUISHABLE:
        lines.append(say("says_nothing"))
    if result.earlier and compared:
        lines.append(say("earlier", names=", ".join(result.earlier)))
    if result.flat and compared:
        lines.append(say("flat", names=", ".join(result.flat)))
    if result.intervention.concept_condition:
        lines.append(f"{say('condition')} {say('offer')}" if compared else say("condition"))
    if result.precondition:
        lines.append(say("centre"))
    return "\n".join(lines)


def _until(result: ProgrammeVerdict, say: Callable[..., str]) -> str:
    """Return why the comparison ends before the programme does; nothing where it does not."""
    if result.followed_by is not None:
        name, start = result.followed_by
        return say("until_next", next_name=name, next_start=str(start))
    end = result.intervention.end
    return say("until_panel") if end is None or end > result.last_year else ""


def _words(result: ProgrammeVerdict, lang: str) -> dict[str, str]:
    criteria, numbers = result.criteria, result.numbers
    words = {name: _number(value, lang) for name, value in numbers.items()}
    words |= {
        "first": str(result.first_year),
        "last": str(result.last_year),
        "start": str(result.intervention.start),
        "panel_last": str(numbers["panel_last_year"]),
        "units": str(criteria.units),
        "need_before": str(criteria.events_before),
        "need_during": str(criteria.events_during),
        "level": _percent(criteria.level, lang),
        "power": _percent(criteria.power, lang),
        "largest": f"{criteria.largest_ratio:g}".replace(".", "," if lang == "de" else "."),
        "draws": str(criteria.power_draws),
        "ratio": RATIOS[result.ratio_name][LANGUAGES.index(lang)],
        "own_ratio": words[result.ratio_name],
        "without": ", ".join(
            LAENDER[key].name if key in LAENDER else key for key in result.left_out_without_estimate
        ),
        "laender_with": _counted(numbers["treated_laender"], "laender", lang),
        "laender_without": _counted(numbers["control_laender"], "laender", lang),
        "rows": _counted(numbers["treated_rows"], "rows", lang),
        "treated_units_counted": _counted(numbers["treated_units"], "kommunen", lang),
        "control_units_counted": _counted(numbers["control_units"], "kommunen", lang),
        "events_before_counted": _counted(numbers["events_before"], "events", lang),
        "events_during_counted": _counted(numbers["events_during"], "events", lang),
    }
    if result.power is not None:
        at_largest = result.power.curve.set_index("hazard_ratio").loc[result.power.largest, "power"]
        words |= {
            "size": _percent(result.power.size, lang),
            "at_two": _percent(result.power.at_reference, lang),
            "at_largest": _percent(float(at_largest), lang),
        }
    return words


def _counted(value: Number, what: str, lang: str) -> str:
    """Return a count with its noun: "1 Kommune", "2 Kommunen", "no first adoption"."""
    one, several = _COUNTED[what][LANGUAGES.index(lang)]
    if value == 0:
        feminine = what in ("kommunen", "rows")
        none = "no" if lang == "en" else "keine" if feminine else "kein"
        return f"{none} {one}"
    return f"{_number(value, lang)} {one if value == 1 else several}"


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
