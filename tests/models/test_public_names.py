"""Every public name of `kd.models` can be reached, is documented, and lists what it gives and raises."""

import inspect

import pytest

from konzept_diffusion import models


@pytest.mark.parametrize("name", sorted(set(models.__all__) - {"VCOV", "MULTIVERSE"}))
def test_a_public_name_can_be_reached_and_is_documented(name: str) -> None:
    thing = getattr(models, name)
    text = inspect.getdoc(thing) or ""
    assert len(text) > 40
    if inspect.isfunction(thing):
        gives = str(inspect.signature(thing).return_annotation) != "None"
        assert not gives or "Returns\n" in text or text.startswith("Return")
        for parameter in inspect.signature(thing).parameters:
            assert parameter in text, f"{name}: {parameter} is not explained"
