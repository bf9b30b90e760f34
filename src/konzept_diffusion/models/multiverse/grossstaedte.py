"""The multiverse of the paper: first adoption in the 79 Großstädte, all options that the project declares."""

from __future__ import annotations

from .choices import Coding, Covariates, Duration, Link, Multiverse, Sample

_SIZE = ("log_population", "foreign_share_lag", "census_break")

MULTIVERSE = Multiverse(
    codings=(
        Coding(
            name="konzept_oder_leitbild", label_de="Konzept oder Leitbild", label_en="Concept or Leitbild"
        ),
        Coding(name="nur_konzept", label_de="nur Konzept", label_en="Concept only", rule="nur_konzept"),
        Coding(
            name="mit_gruppenkonzepten",
            label_de="… auch für Gruppen",
            label_en="… for groups too",
            rule="mit_gruppenkonzepten",
        ),
        Coding(
            name="mit_fluechtlingskonzepten",
            label_de="… auch für Flüchtlinge",
            label_en="… for refugees too",
            rule="mit_fluechtlingskonzepten",
        ),
        Coding(
            name="anlage1_woertlich",
            label_de="Anlage 1 wörtlich",
            label_en="Anlage 1 at its word",
            rule="anlage1_woertlich",
        ),
        Coding(
            name="im_text_genannt",
            label_de="Jahre auch aus dem Text",
            label_en="Years from the text too",
            named_in_text=True,
        ),
    ),
    samples=(
        Sample(name="alle", label_de="alle Großstädte", label_en="All cities"),
        Sample(
            name="ohne_fruehe",
            label_de="ohne Konzepte vor 1995",
            label_en="No concept before 1995",
            without_pre_wave=True,
        ),
        Sample(
            name="ohne_stadtstaaten",
            label_de="ohne Stadtstaaten",
            label_en="No city-states",
            where="land not in ('02', '04', '11')",
        ),
    ),
    links=(
        Link(name="cloglog", label_de="cloglog", label_en="cloglog"),
        Link(name="logit", label_de="Logit", label_en="Logit"),
        Link(name="probit", label_de="Probit", label_en="Probit"),
    ),
    durations=(
        Duration(name="kubisch", label_de="kubisch", label_en="Cubic", terms=("poly(year, 3)",)),
        Duration(name="spline", label_de="Spline", label_en="Spline", terms=("bs(year, df=4)",)),
        Duration(
            name="jahre",
            label_de="Jahresniveaus",
            label_en="Year levels",
            terms=("C(year)",),
            absorbs=("census_break",),
            period="year",
        ),
        Duration(name="keine", label_de="keine", label_en="None"),
    ),
    covariates=(
        Covariates(
            name="groesse", label_de="Größe, Ausländeranteil", label_en="Size, foreigners share", terms=_SIZE
        ),
        Covariates(
            name="programm",
            label_de="+ Osten, Landesprogramm",
            label_en="+ East, Land programme",
            terms=(*_SIZE, "east", "programme"),
        ),
        Covariates(
            name="verbreitung",
            label_de="+ Verbreitung im Land",
            label_en="+ adopters in the Land",
            terms=(*_SIZE, "east", "programme", "exposure_land"),
        ),
    ),
    focal=("log_population", "foreign_share_lag", "programme"),
)
"""Six codings, three samples, three links, four duration terms and three sets of covariates: 648 models."""
