"""Files from the network into a folder, and `sources.lock`: which bytes came from where, when, on what terms.

A download goes on where it broke off if the server allows it (RFC 9110: Range, If-Range); a file is only
there under its name once it is whole and agrees with the lock.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import files
from ..errors import SourceError

if TYPE_CHECKING:
    import requests

    from .http import Access, Client

LOCK = "sources.lock"
"""Name of the lock; it stands beside the raw tables and is committed."""
ACCEPT = "--accept-changes"


@dataclass(frozen=True)
class SourceFile:
    """One published file.

    Attributes
    ----------
    name
        Name in the source's folder.
    url
        Address; "" where none is stable, or where what is published is not the file that is read.
    instead
        Pattern of names (as for `fnmatch`) of files that may stand in its place; "" for none.
    """

    name: str
    url: str = ""
    instead: str = ""


@dataclass(frozen=True)
class Source:
    """One source of official figures.

    Attributes
    ----------
    name
        As on the command line.
    title
        Publisher and publication.
    folder
        Subfolder in the mirror and in the downloads.
    licence, citation
        Terms, and how the source is to be cited.
    files
        Published files; empty for services that answer a query.
    where
        What to download by hand, from whom, under which name.
    writer
        "module:function" (folder, out) -> paths that makes our own tables; "" where none is made.
    query
        "module:function" that asks the service and keeps its answers; "" for published files.
    """

    name: str
    title: str
    folder: str
    licence: str
    citation: str
    files: tuple[SourceFile, ...] = ()
    where: str = ""
    writer: str = ""
    query: str = ""


@dataclass(frozen=True)
class Entry:
    """One line of the lock.

    Attributes
    ----------
    source, file
        Name of the source, and folder/name of the file.
    url
        Published address (None: none is stable, it was downloaded by hand); never with credentials.
    sha256, bytes
        Checksum and size.
    retrieved
        ISO date of the download; None if it is not known.
    licence, citation
        As of the source.
    """

    source: str
    file: str
    url: str | None
    sha256: str
    bytes: int
    retrieved: str | None
    licence: str
    citation: str


@dataclass
class Lock:
    """The entries of a lock file by their `file`; `save` writes them in order of source and file."""

    path: Path
    entries: dict[str, Entry] = field(default_factory=dict)

    def save(self) -> None:
        """Write the lock: JSON, sorted, the same bytes for the same entries."""
        ordered = sorted(self.entries.values(), key=lambda entry: (entry.source, entry.file))
        files.write_json(self.path, {"version": 1, "files": [asdict(entry) for entry in ordered]})

    def check(self, file: str, path: Path, *, accept: bool = False) -> str:
        """Return the checksum of a file that agrees with the lock (or is not in it, or is accepted).

        Raises
        ------
        SourceError
            If the lock has another checksum; names both and how to accept the new one.
        """
        found = files.file_sha256(path)
        known = self.entries.get(file)
        if known is not None and known.sha256 != found and not accept:
            raise SourceError(
                f"{path}: has the checksum {found}, {self.path.name} says {known.sha256}"
                f"{f' ({known.retrieved})' if known.retrieved else ''}. The file is damaged or has been "
                f"revised by its publisher; to take it as it is, run the command again with {ACCEPT}."
            )
        return found

    def record(self, source: Source, file: str, path: Path, url: str | None, retrieved: date | None) -> None:
        """Put a file into the entries; the date stays if its bytes are the same as before."""
        known, found = self.entries.get(file), files.file_sha256(path)
        day = retrieved.isoformat() if retrieved else None
        if known is not None and known.sha256 == found:
            day, url = known.retrieved or day, known.url or url
        self.entries[file] = Entry(
            source.name, file, url, found, path.stat().st_size, day, source.licence, source.citation
        )


def read_lock(path: Path) -> Lock:
    """Return the lock in a file; an empty one if there is no file.

    Raises
    ------
    SourceError
        If the file is no lock of this version; names what is wrong.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Lock(path)
    except (OSError, ValueError) as error:
        raise SourceError(f"{path}: cannot be read ({error}). Restore the committed file.") from None
    names = {item.name for item in fields(Entry)}
    rows = content.get("files") if isinstance(content, dict) and content.get("version") == 1 else None
    if not isinstance(rows, list) or any(not isinstance(row, dict) or set(row) != names for row in rows):
        raise SourceError(f"{path}: is no lock of version 1. Restore the committed file.")
    return Lock(path, {row["file"]: Entry(**row) for row in rows})


def retrieve(
    client: Client, url: str, target: Path, *, access: Access, lock: Lock, file: str, accept: bool = False
) -> None:
    """Download one file to `target`, going on with what an interrupted download left.

    Parameters
    ----------
    client, url, access
        See `konzept_diffusion.sources.http`.
    target
        Where the file goes. Until it is whole, its bytes are in `target` + ".part".
    lock, file
        The lock and the file's name in it.
    accept
        Take a file whose checksum is not that of the lock.

    Raises
    ------
    SourceError
        If the download fails for good, or the checksum is not that of the lock (nothing is kept then).
    """
    part, notes = _beside(target, ".part"), _beside(target, ".part.json")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SourceError(f"{target.parent}: cannot be made ({error.strerror}).") from None
    client.retrying(access.service, lambda: _once(client, url, part, notes, access))
    try:
        lock.check(file, part, accept=accept)
    except SourceError:
        _drop(part, notes)
        raise
    part.replace(target)
    notes.unlink(missing_ok=True)


def _once(client: Client, url: str, part: Path, notes: Path, access: Access) -> None:
    """Fetch what is missing of a file (one try)."""
    from .http import TransientError

    have, validator = _resumable(url, part, notes)
    # identity: byte positions are those of the file, not of a compressed stream
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": validator}
    with client.open(
        "GET", url, access=access, headers=headers, expected=frozenset({200, 206, 416})
    ) as response:
        goes_on = response.status_code == 206
        # a server may ignore If-Range: without the validator of the first bytes these could be of another file
        if response.status_code == 416 or (
            goes_on and not (_goes_on_at(response.headers, have) and _validator(response) == validator)
        ):
            _drop(part, notes)
            raise TransientError(f"{access.service}: the download cannot go on and starts anew.", 0.0)
        if not goes_on:
            have = 0
            # first the old bytes, then the new notes: an interruption between them must not join the two
            _drop(part, notes)
            files.write_json(notes, {"url": url, "validator": _validator(response)})
        with part.open("ab" if goes_on else "wb") as stream:
            for chunk in client.chunks(response, access.service):
                stream.write(chunk)
                have += len(chunk)
        announced = response.headers.get("Content-Range", "").rpartition("/")[2] if goes_on else ""
        announced = announced or response.headers.get("Content-Length", "")
        if announced.isdigit() and have != int(announced):
            raise TransientError(f"{access.service}: {have:,} of {int(announced):,} bytes came.")


def _resumable(url: str, part: Path, notes: Path) -> tuple[int, str]:
    """Return size and validator of what an earlier download left; (0, "") if it cannot go on."""
    try:
        known: Any = json.loads(notes.read_text(encoding="utf-8"))
        size = part.stat().st_size
    except (OSError, ValueError):
        return 0, ""
    same = isinstance(known, Mapping) and known.get("url") == url
    validator = str(known.get("validator") or "") if same else ""
    return (size, validator) if size and validator else (0, "")


def _drop(part: Path, notes: Path) -> None:
    """Delete what an earlier download left, the bytes before the notes on them."""
    part.unlink(missing_ok=True)
    notes.unlink(missing_ok=True)


def _validator(response: requests.Response) -> str:
    """Return what If-Range can be asked with: a strong ETag, else the date; a weak ETag will not do."""
    etag = response.headers.get("ETag", "")
    return etag if etag.startswith('"') else response.headers.get("Last-Modified", "")


def _goes_on_at(headers: Mapping[str, str], position: int) -> bool:
    """Does the part that is sent begin where the file at hand ends?"""
    return headers.get("Content-Range", "").startswith(f"bytes {position}-")


def _beside(target: Path, suffix: str) -> Path:
    return target.with_name(target.name + suffix)
