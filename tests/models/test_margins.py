from __future__ import annotations

import pandas as pd
import pytest

from konzept_diffusion import models
from konzept_diffusion.errors import ModelError


def test_the_effect_of_a_0_1_term_is_the_mean_difference_of_predictions(synthetic: pd.DataFrame) -> None:
    fit = models.logit("y ~ x1 + x3", synthetic)
    by_hand = (fit.predict(synthetic.assign(x3=1)) - fit.predict(synthetic.assign(x3=0))).mean()
    assert fit.margins().set_index("term").loc["x3", "estimate"] == pytest.approx(by_hand)


def test_the_effect_of_a_category_is_the_difference_to_the_reference(synthetic: pd.DataFrame) -> None:
    fit = models.logit("y ~ x1 + region", synthetic)
    by_hand = fit.predict(synthetic.assign(region="west")) - fit.predict(synthetic.assign(region="north"))
    assert fit.margins().set_index("term").loc["region[T.west]", "estimate"] == pytest.approx(by_hand.mean())


@pytest.mark.parametrize("link", ["cloglog", "logit", "probit"])
def test_the_effect_of_a_number_is_the_mean_derivative(synthetic: pd.DataFrame, link: str) -> None:
    fit = models.hazard("y ~ x1 + x3", synthetic, link=link)
    step = 1e-5
    up, down = (fit.predict(synthetic.assign(x1=synthetic["x1"] + h)) for h in (step, -step))
    by_hand = ((up - down) / (2 * step)).mean()
    assert fit.margins().set_index("term").loc["x1", "estimate"] == pytest.approx(by_hand, rel=1e-7)


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("y ~ x1 + I(x1**2)", "'x1' enters in more than one way"),
        ("y ~ x2 + x1:x3", "'x1:x3' enters in more than one way"),
        ("y ~ 0 + x1", "no intercept"),
        ("y ~ poly(x1, 2)", "several columns"),
    ],
)
def test_terms_without_an_effect_of_their_own_are_refused(
    synthetic: pd.DataFrame, formula: str, message: str
) -> None:
    with pytest.raises(ModelError, match=message):
        models.logit(formula, synthetic).margins()
