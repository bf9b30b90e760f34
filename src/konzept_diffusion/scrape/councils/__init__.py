"""Council information systems: recognised, searched and read by the recipes in `scraper/systems.yml`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...lazy import attach

if TYPE_CHECKING:
    from .detection import System as System
    from .detection import detect as detect
    from .detection import detect_link as detect_link
    from .listing import paper_title as paper_title
    from .listing import read_listing as read_listing
    from .oparl import Entry as Entry
    from .oparl import is_oparl as is_oparl
    from .oparl import oparl_entries as oparl_entries
    from .recipes import load_recipes as load_recipes
    from .roles import promise as promise
    from .roles import role as role
    from .rubin import json_files as json_files
    from .searching import has_search as has_search
    from .searching import searches as searches
    from .wicket import ajax_requests as ajax_requests
    from .wicket import unwrapped as unwrapped

__getattr__, __dir__ = attach(
    __name__,
    {
        "System": "detection",
        "detect": "detection",
        "detect_link": "detection",
        "role": "roles",
        "promise": "roles",
        "searches": "searching",
        "has_search": "searching",
        "read_listing": "listing",
        "paper_title": "listing",
        "Entry": "oparl",
        "oparl_entries": "oparl",
        "is_oparl": "oparl",
        "ajax_requests": "wicket",
        "unwrapped": "wicket",
        "json_files": "rubin",
        "load_recipes": "recipes",
    },
)
