"""How to search a council information system: the page's own form, else where the recipe says it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from .. import addresses
from ..exchange import Request
from ..pages import forms
from .detection import System
from .recipes import Recipe, Recipes, Step, load_recipes
from .roles import role

if TYPE_CHECKING:
    from ..pages import Page
    from ..pages.forms import Form

MOST = 9
"""Requests returned at most."""
EARLIEST = 1990
"""Year that a form's period is widened to: many forms look only at the present term of office."""

_DATE = re.compile(r"^(?:(?P<iso>\d{4}-\d\d-\d\d)|\d\d?\.\d\d?\.\d{4})$")
_TEXT = {"text", "search", ""}


def searches(system: System, page: Page | None, terms: Sequence[str]) -> list[Request]:
    """Return requests that search the system, best first.

    With a form on the page: one request per term. Without: pages that carry the form, or lists of papers;
    call it again with such a page. For makes whose pages are built by scripts, OParl comes first.

    Parameters
    ----------
    system
        As detected.
    page
        The page at hand; None if there is none yet.
    terms
        What to search for, most important first.
    """
    recipes = load_recipes()
    recipe = recipes.systems.get(system.code, recipes.generic)
    found: list[Request] = []
    if page is not None:
        for form in _forms(recipes, recipe, system, page)[:1]:
            found += [forms.fill(form, term) for term in terms]
    if not found:
        oparl = _oparl(system, recipe, page)
        found += [] if not recipe.oparl_first else oparl[:1]
        found += _recipe_steps(system, recipe, terms, ("query",))
        if page is not None:
            for wanted in ("search", "result"):
                listed = (link.url for link in page.links if role(system, link.url, link) == wanted)
                found += [Request(url, referer=page.url) for url in list(dict.fromkeys(listed))[:1]]
        found += _recipe_steps(system, recipe, terms, ("form", "list"))
        found += oparl
    referer = page.url if page is not None else ""
    here = addresses.identity(referer) if referer else ""
    return _distinct(
        replace(request, referer=referer)
        for request in found
        if request.method == "POST" or addresses.identity(request.url) != here
    )[:MOST]


def has_search(system: System, page: Page) -> bool:
    """Return whether the page itself has a form that searches the system."""
    recipes = load_recipes()
    return bool(_forms(recipes, recipes.systems.get(system.code, recipes.generic), system, page))


def _distinct(requests: Iterable[Request]) -> list[Request]:
    found: dict[str, Request] = {}
    for request in requests:
        found.setdefault(request.key, request)
    return list(found.values())


def _recipe_steps(
    system: System, recipe: Recipe, terms: Sequence[str], kinds: tuple[str, ...]
) -> list[Request]:
    found = []
    for step in recipe.search:
        if step.kind not in kinds:
            continue
        for term in terms if step.kind == "query" else ("",):
            found.append(_step(system, step, term))
    return found


def _step(system: System, step: Step, term: str) -> Request:
    path = step.path.replace("{ext}", system.extension).replace("{term}", quote_plus(term))
    url = addresses.normalise(path, system.base)
    fields = tuple((name, value.replace("{term}", term)) for name, value in step.fields)
    # Only ALLRIS 3 has such steps; its pages are ISO-8859-1
    return Request(url, step.method, fields, "windows-1252" if fields else "utf-8")


def _oparl(system: System, recipe: Recipe, page: Page | None) -> list[Request]:
    """Return where the system's OParl object is: linked on the page, else where the make has it."""
    linked = (link.url for link in page.links if "/oparl" in link.url.lower()) if page is not None else ()
    paths = (
        addresses.normalise(path.replace("{ext}", system.extension), system.base) for path in recipe.oparl
    )
    return [Request(url) for url in dict.fromkeys((*linked, *paths)) if url][:2]


def _forms(recipes: Recipes, recipe: Recipe, system: System, page: Page) -> list[Form]:
    """Return the page's forms that take a search term, best first, with the text field set and periods widened."""
    rated: list[tuple[float, int, Form]] = []
    for number, form in enumerate(page.forms):
        kinds = {kind for _, _, kind in form.fields}
        whole_page = any(
            name == "__VIEWSTATE" for name, _, _ in form.fields
        )  # ASP.NET: one form for everything
        if kinds & {"password", "file"} and not whole_page:
            continue
        rates = {
            name: _rate(recipes, recipe, name, kind, form)
            for name, _, kind in form.fields
            if kind in _TEXT and name
        }
        best = max(rates, key=lambda name: rates[name], default="")
        if best and rates[best] <= 0 and len(rates) == 1 and not recipes.bad_field.search(best.lower()):
            rates[best] = 1.0
        if best and rates[best] > 0:
            inside = (
                15.0 if form.action.startswith(system.base) else 0.0
            )  # the site's own search is beside it
            rated.append((-rates[best] - inside, number, _widened(recipes, replace(form, text_field=best))))
    return [form for _, _, form in sorted(rated, key=lambda item: item[:2])]


def _rate(recipes: Recipes, recipe: Recipe, name: str, kind: str, form: Form) -> float:
    lowered = name.lower()
    if lowered in recipe.fields:
        return 100.0 - recipe.fields.index(lowered)
    rate = 40.0 if kind == "search" else 0.0
    rate += 30.0 if recipes.good_field.search(lowered) else 0.0
    rate -= 60.0 if recipes.bad_field.search(lowered) else 0.0
    return rate + (20.0 if form.text_field == name and form.score > 0 else 0.0)


def _widened(recipes: Recipes, form: Form) -> Form:
    """Return the form with a preset beginning of the period moved to `EARLIEST`, in the notation it had."""
    fields = []
    for name, value, kind in form.fields:
        date = _DATE.match(value) if kind in _TEXT | {"date", "hidden"} else None
        if date and recipes.from_field.search(name.lower()):
            value = f"{EARLIEST}-01-01" if date["iso"] else f"01.01.{EARLIEST}"
        fields.append((name, value, kind))
    return replace(form, fields=tuple(fields))
