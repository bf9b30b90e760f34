"""Answers of the JSON interface that the pages of more! rubin and the like are built from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .. import addresses
from ..exchange import Exchange
from ..pages import Link

ADDRESS = ("documentUrl", "accessUrl", "downloadUrl", "fileUrl", "file_url", "document_url", "pdf_url")
"""Names under which such interfaces give a file's address."""
NAMES = ("documentName", "name", "title", "titel", "betreff", "subject", "bezeichnung", "alias", "fileName")
"""Names under which they give what something is called."""
DEEPEST = 30
"""Levels of nesting that are read."""


def json_files(exchange: Exchange) -> list[Link]:
    """Return the files named anywhere in a JSON answer, each with the names of what it belongs to as context.

    An answer that is no JSON gives nothing.
    """
    try:
        content = json.loads(exchange.body.decode(exchange.charset or "utf-8-sig", "replace"))
    except (ValueError, LookupError, RecursionError):
        return []
    found: dict[str, Link] = {}
    for address, names in _walk(content, ()):
        url = addresses.normalise(address, exchange.url)
        if url:
            context = " – ".join(dict.fromkeys(names))[:300]
            found.setdefault(
                url, Link(url, names[-1] if names else "", "", "result", "json", context, "", "", "", "")
            )
    return list(found.values())


def _walk(item: Any, names: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    if len(names) > DEEPEST:
        return
    if isinstance(item, list):
        for inner in item:
            yield from _walk(inner, names)
    elif isinstance(item, dict):
        own = [
            " ".join(item[name].split()) for name in NAMES if isinstance(item.get(name), str) and item[name]
        ]
        for inner in item.values():  # a paper beside its files names them, too
            if isinstance(inner, dict) and not any(name in inner for name in ADDRESS):
                own += [
                    inner[name] for name in NAMES[1:3] if isinstance(inner.get(name), str) and inner[name]
                ]
        address = next((item[name] for name in ADDRESS if isinstance(item.get(name), str) and item[name]), "")
        if address:
            yield address, (*names, *reversed(own[:2]))
        else:
            for inner in item.values():
                if isinstance(inner, dict | list):
                    yield from _walk(inner, (*names, *own[:3]))
