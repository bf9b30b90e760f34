"""The agreement of coders over a table of codings: pairs, all, machine, themes; only independent codings count."""

import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score

from konzept_diffusion.catalogue.gaps.error_rates import coding_rates
from konzept_diffusion.catalogue.review.agreement import COLUMNS, agreement, coding_cases, ratings
from konzept_diffusion.catalogue.review.reliability import krippendorff_alpha
from konzept_diffusion.errors import DataError
from konzept_diffusion.schemas import validate
from konzept_diffusion.schemas.review import REVIEW

CODES = ("integrationskonzept", "leitbild", "sonstiges")


def table(field, coders, machine, *, probabilities=None, blind=True):
    """Return codings: a list of codes per coder (None: not coded) and the machine's codes."""
    rows = [
        {
            "document_id": f"synthetic-{number:02d}", "field": field, "value": value, "coder": coder,
            "coded_on": "2026-03-01", "comment": None, "machine_value": machine[number], "machine_coder": "rules-1",
            "sheet_id": "bogen-1", "blind": blind, "stratum": "hoch",
            "inclusion_probability": probabilities[number] if probabilities else 1.0,
        }
        for coder, values in coders.items()
        for number, value in enumerate(values)
        if value is not None
    ]  # fmt: skip
    return validate(pd.DataFrame(rows), REVIEW)


A = [CODES[i] for i in (0, 0, 1, 1, 2, 0, 0, 1, 2, 0)]
B = [CODES[i] for i in (0, 0, 1, 0, 2, 0, 1, 1, 2, 0)]
C = [CODES[0], None, CODES[1], None, CODES[1], CODES[0], CODES[0], None, CODES[2], CODES[0]]
M = [CODES[i] for i in (0, 1, 1, 1, 0, 0, 0, 1, 2, 2)]


def value(frame, coders, statistic, **where):
    rows = frame[(frame["coders"] == coders) & (frame["statistic"] == statistic)]
    for name, wanted in where.items():
        rows = rows[rows[name] == wanted]
    assert len(rows) == 1
    return rows.iloc[0]


def test_every_pair_all_coders_and_the_machine_are_compared():
    result = agreement(table("kind", {"A": A, "B": B, "C": C}, M), replicates=200)
    assert list(result.columns) == list(COLUMNS)
    kappa = value(result, "A|B", "kappa")
    assert kappa["value"] == pytest.approx(cohen_kappa_score(A, B))
    assert kappa["lower"] < kappa["value"] <= kappa["upper"]
    assert value(result, "A|B", "equal")["value"] == 0.8
    assert value(result, "A|C", "kappa")["units"] == 7
    everybody = value(result, "A|B|C", "alpha")
    assert everybody["value"] == pytest.approx(
        krippendorff_alpha(pd.DataFrame({"A": A, "B": B, "C": C}), replicates=0).value
    )
    assert value(result, "A|machine", "kappa")["value"] == pytest.approx(cohen_kappa_score(A, M))


def test_agreement_with_the_machine_is_weighted_back_to_all_documents():
    # Eight documents drawn for certain, two of a large stratum that stand for ten each.
    chances = [1.0] * 8 + [0.1] * 2
    result = agreement(table("kind", {"A": A}, M, probabilities=chances), replicates=0)
    equal = [a == m for a, m in zip(A, M, strict=True)]
    by_hand = (sum(equal[:8]) + 10 * sum(equal[8:])) / 28
    assert value(result, "A|machine", "equal_weighted")["value"] == pytest.approx(by_hand)
    assert value(result, "A|machine", "equal")["value"] == pytest.approx(sum(equal) / 10)


def test_codings_of_those_who_saw_the_machines_code_do_not_count():
    seen = table("kind", {"A": A, "B": B}, M, blind=False)
    with pytest.raises(DataError, match="--blind"):
        agreement(seen)
    assert not agreement(seen, blind=False, replicates=0).empty


def test_a_coders_latest_code_counts_and_a_consensus_does_not():
    first = table("kind", {"A": [CODES[0]] * 3, "konsens": [CODES[1]] * 3}, [CODES[0]] * 3)
    later = table("kind", {"A": [CODES[2]] * 3}, [CODES[0]] * 3).assign(coded_on="2026-05-01")
    frame = ratings(pd.concat([later, first], ignore_index=True), "kind")
    assert list(frame.columns) == ["A"]
    assert set(frame["A"]) == {CODES[2]}


def test_years_are_compared_as_numbers_too():
    years = {"A": ["2009", "2012", "kein", "2014", "2016"], "B": ["2009", "2013", "2010", "2014", "2016"]}
    result = agreement(table("year", years, ["2009"] * 5), replicates=0)
    nominal = value(result, "A|B", "alpha", level="nominal")
    interval = value(result, "A|B", "alpha", level="interval")
    assert (nominal["units"], interval["units"]) == (5, 4)
    assert interval["value"] > nominal["value"]


def test_themes_are_compared_one_by_one():
    themes = {
        "A": ["sprache|bildung", "sprache", "kein", "bildung"],
        "B": ["sprache", "sprache", "kein", "bildung"],
    }
    result = agreement(table("themes", themes, ["sprache"] * 4), replicates=0)
    assert set(result["field"]) == {"themes:sprache", "themes:bildung"}
    assert value(result, "A|B", "equal", field="themes:sprache")["value"] == 1
    assert value(result, "A|B", "equal", field="themes:bildung")["value"] == 0.75


def test_what_is_not_defined_is_missing_and_says_why():
    result = agreement(table("kind", {"A": A, "B": [None] * 9 + [CODES[0]]}, M), replicates=0)
    row = value(result, "A|B", "kappa")
    assert pd.isna(row["value"])
    assert "only one code" in row["note"]


def test_unknown_fields_and_no_codings_are_refused():
    with pytest.raises(DataError, match="'jahr' is no field"):
        agreement(table("kind", {"A": A}, M), fields=["jahr"])
    with pytest.raises(DataError, match="no coding"):
        agreement(table("kind", {"A": A}, M).iloc[:0])


def test_the_cases_feed_the_error_rates_of_the_machine(documents):
    made = documents(*({"found_for": f"0531500{number}"} for number in range(10)))
    rows = pd.concat(
        [table("kind", {"A": A, "B": B}, M), table("relevant", {"A": ["ja"] * 9 + ["nein"]}, ["ja"] * 10)],
        ignore_index=True,
    )
    cases = coding_cases(rows, made)
    assert len(cases) == 20
    assert set(cases.query("task == 'relevant'")["human"]) == {"true", "false"}
    assert cases.query("task == 'kind'")["machine"].tolist() == M
    sizes = pd.Series("grossstadt", index=sorted(made["found_for"]))
    rated = {str(row["task"]) for row in coding_rates(cases, sizes)}
    assert "kind=leitbild" in rated
    assert any(task.startswith("relevant") for task in rated)


def test_a_coding_of_a_document_that_is_gone_is_no_case(documents):
    with pytest.raises(DataError, match="not in the table documents"):
        coding_cases(table("kind", {"A": A}, M), documents({}))
