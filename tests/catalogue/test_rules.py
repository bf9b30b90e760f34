"""The coding rules, condition by condition."""

import pytest

from konzept_diffusion.catalogue.rules import MAIN_RULE, RULES

CASES = [
    # what differs from a finished general concept; does it count under ...
    #                                              main   nur_konzept gruppen fluechtl. woertlich
    ({}, (True, True, True, True, True)),
    ({"status": "beschlossen"}, (True, True, True, True, True)),
    ({"kind": "leitbild"}, (True, False, True, True, True)),
    ({"target_group": "aussiedler"}, (False, False, True, True, False)),
    ({"kind": "fluechtlingskonzept", "target_group": "fluechtlinge"}, (False, False, False, True, False)),
    ({"target_group": "fluechtlinge"}, (False, False, False, True, False)),
    ({"kind": "integrationsbericht"}, (False, False, False, False, False)),
    ({"kind": "massnahmenplan"}, (False, False, False, False, False)),
    ({"status": "entwurf"}, (False, False, False, False, False)),
    ({"status": "in_arbeit"}, (False, False, False, False, False)),
    ({"status": "geplant"}, (False, False, False, False, False)),
    ({"status": "unbekannt"}, (False, False, False, False, False)),
    ({"status": "kein_konzept"}, (False, False, False, False, False)),
    ({"flag": "footnote14"}, (False, False, False, False, True)),
    ({"flag": "footnote14|conflict"}, (False, False, False, False, True)),
    ({"flag": "conflict"}, (True, True, True, True, True)),
    # A Kreis's document is the Kreis's: the exception concerns the city only.
    ({"flag": "footnote14", "owner_level": "kreis", "ags": "05170"}, (True, True, True, True, True)),
]


@pytest.mark.parametrize(("difference", "expected"), CASES, ids=lambda value: str(value)[:60])
def test_each_condition_of_each_rule(documents, difference, expected):
    table = documents(difference)
    names = (
        MAIN_RULE,
        "nur_konzept",
        "mit_gruppenkonzepten",
        "mit_fluechtlingskonzepten",
        "anlage1_woertlich",
    )
    assert tuple(bool(RULES[name](table).iloc[0]) for name in names) == expected


def test_every_rule_is_documented_and_named():
    assert set(RULES) == {rule.__name__ for rule in RULES.values()}
    assert all(rule.__doc__ for rule in RULES.values())
