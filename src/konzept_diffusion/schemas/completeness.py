"""Declarations of how complete the search and how reliable the coding is: `completeness`, `coding_error`."""

from __future__ import annotations

from . import vocabulary as voc
from .core import Column, Table

_OWN = "konzept_diffusion (CC BY 4.0)"
ALL_SIZES = "alle"
"""Stands for all size classes together."""
_SIZES = (*voc.SIZE_CLASSES, ALL_SIZES)

ANALYSES: dict[str, tuple[str, str]] = {
    "beifang_der_recherchen": (
        "Probe: Großstädte als Beifang der Recherche zu Mittelstädten und der zu Landkreisen; die Vollerhebung 2017 "
        "kennt die wahre Zahl",
        "validation: cities as by-catch of the research on towns and of that on Landkreise; the census of 2017 knows "
        "the true number",
    ),
    "vollerhebung_und_recherche": (
        "Großstädte: Vollerhebung 2017 und Recherche 2026 als zwei Listen",
        "cities: census of 2017 and desk research of 2026 as two lists",
    ),
    "erster_und_zweiter_durchgang": (
        "erster und zweiter Durchgang der eigenen Suche, nur Kommunen, die in beiden gesucht wurden",
        "first and second batch of own look-ups, only Kommunen looked up in both",
    ),
    "suche_und_beifang": (
        "eigene Suche und Beifang der Recherche zur anderen Größenklasse, nur eigens gesuchte Kommunen",
        "own look-up and by-catch of the research on the other class, only Kommunen looked up on their own",
    ),
    "suche_beifang_nennung": (
        "wie suche_und_beifang, dazu die Nennungen in Filsinger/Gesemann 2017 und Difu 2022 als dritte Liste",
        "as suche_und_beifang, with the mentions in Filsinger/Gesemann 2017 and Difu 2022 as a third list",
    ),
    "strategien": (
        "Suchwege des Crawls, nur Kommunen, bei denen alle genannten Wege möglich waren",
        "strategies of the crawl, only Kommunen where all those named were possible",
    ),
}
ESTIMATORS: dict[str, tuple[str, str]] = {
    "chapman": ("Lincoln–Petersen nach Chapman, Profil-Likelihood-Intervall", "Lincoln–Petersen by Chapman"),
    "chao_mth": (
        "untere Schranke nach Chao für ungleich lange Listen (Mth)",
        "Chao's lower bound for lists of unequal strength (Mth)",
    ),
    "loglinear_best": ("log-lineares Modell mit dem kleinsten AIC", "log-linear model of the smallest AIC"),
    "loglinear_averaged": ("Mittel der log-linearen Modelle", "average of the log-linear models"),
    "none": ("keine Schätzung möglich", "no estimate possible"),
}
ESTIMATE_STATUSES: dict[str, tuple[str, str]] = {
    "estimated": ("geschätzt", "estimated"),
    "lower_bound": ("mindestens so viele", "at least that many"),
    "not_identifiable": ("nicht bestimmbar", "not identifiable"),
}
BASES: dict[str, tuple[str, str]] = {
    "vollerhebung": ("gegen die Vollerhebung 2017", "against the census of 2017"),
    "nennungen": (
        "gegen anderswo genannte Konzepte; nur die Sensitivität ist bestimmbar",
        "against concepts named elsewhere; sensitivity only",
    ),
    "review": ("gegen von Hand geprüfte Kodierungen", "against codings by hand"),
}

COMPLETENESS = Table(
    name="completeness",
    title="How many concepts the search has probably missed",
    description="One row per analysis, size class, set of lists and estimator. Capture–recapture takes the lists for independent, or models their dependence: lists that favour the same well-visible Kommunen make every estimate too small. 'not_identifiable' is a result.",
    primary_key=("analysis", "size_class", "lists", "estimator"),
    sources=(_OWN,),
    columns=(
        Column("analysis", "string", "What is compared with what", required=True, categories=tuple(ANALYSES)),
        Column("size_class", "string", "Size class", required=True, categories=_SIZES),
        Column("lists", "string", "Lists, separated by |", required=True),
        Column(
            "n_eligible",
            "integer",
            "Kommunen that every list could have named: the condition of the analysis",
            unit="Kommunen",
            required=True,
            minimum=0,
        ),
        Column("estimator", "string", "Estimator", required=True, categories=tuple(ESTIMATORS)),
        Column(
            "n_observed",
            "integer",
            "Kommunen with a concept on at least one list",
            unit="Kommunen",
            required=True,
            minimum=0,
        ),
        Column(
            "estimate",
            "number",
            "Estimated number of Kommunen with a concept; empty if not identifiable",
            unit="Kommunen",
            minimum=0,
        ),
        Column("std_error", "number", "Its standard error", unit="Kommunen", minimum=0),
        Column("low", "number", "Lower limit (95 per cent)", unit="Kommunen", minimum=0),
        Column(
            "high",
            "number",
            "Upper limit (95 per cent); empty where the data set none",
            unit="Kommunen",
            minimum=0,
        ),
        Column("missed", "number", "Estimated number on no list", unit="Kommunen", minimum=0),
        Column(
            "share_found",
            "number",
            "Share of the estimated number that is on a list",
            unit="share",
            minimum=0,
            maximum=1,
        ),
        Column(
            "known",
            "integer",
            "True number, where a census knows it: the estimate is then a test of the method",
            unit="Kommunen",
            minimum=0,
        ),
        Column(
            "status", "string", "What the estimate is", required=True, categories=tuple(ESTIMATE_STATUSES)
        ),
        Column("reason", "string", "Why it is not identifiable, and what limits the estimate"),
    ),
)


def _measure(name: str, meaning: str, base: str, count: str) -> tuple[Column, ...]:
    """Return the columns of one error rate: value, limits, base."""
    share = {"type": "number", "unit": "share", "minimum": 0, "maximum": 1}
    return (
        Column(name, description=meaning, **share),  # type: ignore[arg-type]
        Column(f"{name}_low", description="Its lower limit (95 per cent)", **share),  # type: ignore[arg-type]
        Column(f"{name}_high", description="Its upper limit (95 per cent)", **share),  # type: ignore[arg-type]
        Column(count, "integer", base, unit="cases", required=True, minimum=0),
    )


CODING_ERROR = Table(
    name="coding_error",
    title="Sensitivity and specificity of search and coding",
    description="One row per size class, source, task and basis, for the models' correction of misclassified adoptions. An empty rate cannot be estimated from that basis.",
    primary_key=("size_class", "source", "task", "basis"),
    sources=(_OWN,),
    columns=(
        Column("size_class", "string", "Size class", required=True, categories=_SIZES),
        Column(
            "source",
            "string",
            "Whose errors these are",
            required=True,
            categories=tuple(voc.DOCUMENT_SOURCES),
        ),
        Column(
            "task",
            "string",
            "What is told apart: konzept (has the Kommune one), konzept_bis_2017 (one evidenced by then), or a coding task such as relevant or kind=leitbild",
            required=True,
        ),
        *_measure("sensitivity", "Share of the true cases that were found", "True cases", "n_positive"),
        *_measure(
            "specificity",
            "Share of the others that were rightly not named",
            "Cases that are none",
            "n_negative",
        ),
        Column("n", "integer", "Cases compared", unit="cases", required=True, minimum=1),
        Column(
            "method",
            "string",
            "Interval: wilson, or korn_graubard for samples with unequal probabilities or clusters",
            required=True,
            categories=("wilson", "korn_graubard"),
        ),
        Column("basis", "string", "What it was compared with", required=True, categories=tuple(BASES)),
        Column("note", "string", "What limits the comparison"),
    ),
)
TABLES: dict[str, Table] = {table.name: table for table in (COMPLETENESS, CODING_ERROR)}
