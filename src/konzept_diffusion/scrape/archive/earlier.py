"""What becomes of the documents that an earlier survey of a Kommune found and a later one did not.

A document leaves documents.csv only if its own address says that it is gone. A site that is down for a moment,
a search that ended early, a link that has moved out of sight say nothing of it: its row stays, with a note.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from .. import addresses
from ..reports import Found, Report
from .reading import ANSWERS, read_records
from .records import read_http_block, status_of

GONE = frozenset({404, 410})
"""Statuses by which a server says that there is nothing (any more)."""
_READ = frozenset({200, 304})
_TO_ITS_END = frozenset({"searched", "budget"})


def identities(found: Found) -> list[str]:
    """Return what makes two finds the same document: the text, the file or the address."""
    marks = {"text": found.coding.text_digest, "file": found.sha256, "address": found.url}
    return [f"{name} {value}" for name, value in marks.items() if value]


def with_earlier(report: Report, before: Report | None, archive: Path | None) -> Report:
    """Return a report with those earlier documents that it cannot say are gone, marked as not seen again.

    Parameters
    ----------
    report
        Of the new survey.
    before
        The report that it takes the place of; None for the first.
    archive
        Archive file of the new survey; None if nothing was asked.

    Returns
    -------
    Report
        Unless the new survey came to its end (status searched or budget), all earlier documents are kept. If
        it did, those are left out whose address answered with 404 or 410, or with something that is no
        document any more, and all if the register names another host as website than before.
    """
    if before is None:
        return report
    here = {mark for found in report.documents for mark in identities(found)}
    missing = [found for found in before.documents if here.isdisjoint(identities(found))]
    if missing and report.status in _TO_ITS_END:
        if addresses.site(before.kommune.website) != addresses.site(report.kommune.website):
            return report  # what was found elsewhere need not be this Kommune's
        over = _settled_in(archive)
        missing = [found for found in missing if addresses.identity(found.url) not in over]
    if not missing:
        return report
    date = (report.finished_at or report.started_at)[:10]
    return replace(
        report, documents=(*report.documents, *(replace(found, unseen_on=date) for found in missing))
    )


def _settled_in(archive: Path | None) -> Collection[str]:
    try:
        return settled(archive) if archive is not None else ()
    except OSError:
        return ()  # a file that cannot be read says nothing


def settled(path: Path) -> Collection[str]:
    """Return the addresses (`addresses.identity`) whose last answer in a file says what is there now.

    That is a 404 or 410, also behind a redirect, or an answer that could be read (200, 304) at the address
    itself. Refusals, challenges, server errors and redirects to other pages say nothing.
    """
    last: dict[str, bool] = {}
    under_way: dict[str, list[str]] = {}
    for record in read_records(path):
        if isinstance(record, str):
            break
        if record.kind in ("request", "warcinfo"):
            if record.kind == "warcinfo":
                under_way.clear()  # the crawl went on: what was under way before was asked for again
            continue
        own, url = record.own, addresses.identity(record.fields["warc-target-uri"])
        way = under_way.setdefault(own["key"], [])
        way.append(url)
        if own["hop"]:
            continue
        status = status_of(read_http_block(record.http)[0]) if record.kind in ANSWERS else 0
        last.update(dict.fromkeys(under_way.pop(own["key"]), status in GONE))
        last[url] = status in GONE or status in _READ
    return {url for url, over in last.items() if over}
