"""How a search ended: the status and the sentence of its row in `coverage`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..exchange import NotFetched

BLOCKED = frozenset({"forbidden", "challenge", "throttled", "blocked_host"})
"""Reasons for which a host is not ours to ask."""


def ending(
    trouble: Mapping[str, Sequence[NotFetched]], own: str, *, answered: bool, out_of_budget: bool
) -> tuple[str, str]:
    """Return status (`reports.STATUSES`) and detail.

    Parameters
    ----------
    trouble
        By site, what could not be fetched there, in order.
    own
        The site of the Kommune's website.
    answered
        Some page was read.
    out_of_budget
        Requests or time were used up.
    """
    refusals = list(trouble.get(own, ()))
    if not refusals and not answered:
        refusals = [refusal for found in trouble.values() for refusal in found]
    telling = next((refusal for refusal in refusals if refusal.reason != "stopped"), None)
    given_up = any(refusal.reason == "stopped" for refusal in refusals)
    if telling is not None and (not answered or given_up):
        if telling.reason in BLOCKED or any(refusal.reason in BLOCKED for refusal in refusals):
            refused = next((refusal for refusal in refusals if refusal.reason in BLOCKED), telling)
            return "blocked", str(refused)
        if telling.reason in ("robots", "private") and not answered:
            return telling.reason, str(telling)
        return "unreachable", str(telling)
    if any(refusal.reason in BLOCKED - {"forbidden"} for refusal in refusals):
        return "blocked", str(next(refusal for refusal in refusals if refusal.reason in BLOCKED))
    if out_of_budget:
        return "budget", ""
    return "searched", str(telling) if telling is not None else ""


def silence(shown: bool, given_up: int, led_on: bool) -> tuple[str, str]:
    """Return status and detail of a search that met no trouble.

    Parameters
    ----------
    shown
        Some page was no 404.
    given_up
        Requests in a row without a find after which it was given up although links were left; 0 if it was not.
    led_on
        The home page led to further pages, or something was found.
    """
    if not shown:
        return "unreachable", "the website answers, but shows no page (404 or 410 only)"
    if given_up:
        return (
            "searched",
            f"given up after {given_up} requests in a row that brought nothing; links were left",
        )
    return "searched", "" if led_on else "the home page leads nowhere (built by scripts, or empty)"
