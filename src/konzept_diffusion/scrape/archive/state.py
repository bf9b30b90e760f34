"""What a crawl has done so far, in SQLite, so that it can be killed at any moment and go on.

A Kommune is finished when its report is committed; its archive file is moved into place just before. What was
moved but not committed when a crawl was killed is taken back when the state is opened, and answered from
there when the Kommune is surveyed again: either both count or neither. Only the parent process of a crawl
writes here.

Finished is a Kommune whose search came to its end, was refused or had no address. One that ended for want of
requests goes on in its archive file once there are more of them; one that could not be reached, or whose survey
failed, is searched anew by a run that finds nothing else to do.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..reports import Coding, Found, Kommune, Report
from .earlier import with_earlier
from .layout import failed, open_file
from .records import FOLDER, OPEN, Holding, Segment, unwritable

NAME = "state.sqlite"
AGAIN = frozenset({"unreachable", "error"})
"""Statuses that say nothing of the website: a run on a finished crawl searches such a Kommune once more."""


@dataclass(frozen=True)
class _Row:
    """What is known of a Kommune when a crawl begins; by default: nothing."""

    line: str = ""
    status: str = ""
    run: int = 0
    generation: int = 0
    ending: str = ""
    budget: int = 0

    @property
    def open(self) -> bool:
        """It was planned and is not finished."""
        return self.status not in ("", "done")


class State:
    """The state of the crawl in one output folder; made by `State.open`, a context manager."""

    def __init__(self, path: Path, connection: sqlite3.Connection, *, fresh: bool) -> None:
        self.path = path
        self.archive = path.parent / FOLDER
        self._connection = connection
        self._fresh = fresh
        self._budget = 0
        self._finished: set[str] = set()
        self._turn = threading.RLock()

    @classmethod
    def open(cls, path: Path, *, fresh: bool = False) -> State:
        """Open or make the state file and take back what an interrupted crawl left half done.

        Parameters
        ----------
        path
            The file, `state.sqlite` in the output folder (which must be locked, see `lockfile`).
        fresh
            What `plan` gets is surveyed again although it is finished, unless the last fresh crawl of it was
            interrupted: that one is gone on with. A damaged file is put aside.

        Raises
        ------
        StepError
            If the file cannot be written, is damaged, or is none of this program's or of a newer version's.
        """
        try:
            (path.parent / FOLDER / OPEN).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(path.parent, error) from error
        connection = open_file(path, anew=fresh)
        state = cls(path, connection, fresh=fresh)
        state._take_back()
        return state

    def __enter__(self) -> State:
        """Return the state."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        with self._turn:
            self._connection.close()

    def note(self, facts: Mapping[str, str]) -> dict[str, str]:
        """Note facts on the crawl (digest of register and settings, options) and return those noted before."""
        with self._transaction() as connection:
            before = dict(connection.execute("SELECT name, value FROM meta"))
            connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(facts.items()))
        return before

    def plan(self, kommunen: Iterable[Kommune], *, budget: int = 0) -> list[Kommune]:
        """Return what is to be done, in the order given: what is not finished, or bears another register line.

        With `fresh`, everything, or what the last fresh crawl, if it was interrupted, has left. A file that an
        interrupted crawl left open is closed as it is if its Kommune begins anew. A report stays among
        `reports` until a new one takes its place.

        Parameters
        ----------
        kommunen
            Whom to search, once each.
        budget
            Requests that each of them may take: one that ended for want of them goes on if it had fewer.
        """
        todo = []
        lines = [(kommune, json.dumps(dataclasses.asdict(kommune), sort_keys=True)) for kommune in kommunen]
        with self._transaction() as connection:
            found = connection.execute(
                "SELECT ags, line, status, run, generation, ending, budget FROM kommunen"
            )
            rows = {row[0]: _Row(*row[1:]) for row in found}
            mine = [rows.get(kommune.ags, _Row()) for kommune, _ in lines]
            left = [row for row, (_, line) in zip(mine, lines, strict=True) if row.open or row.line != line]
            begun = max((row.generation for row in left if row.open), default=0)
            generation = begun or 1 + max((row.generation for row in rows.values()), default=0)
            for row, (kommune, line) in zip(mine, lines, strict=True):
                if self._fresh:
                    anew = row.line != line or row.generation < generation
                    goes_on = row.open
                else:
                    again = row.ending in AGAIN and not left and kommune.ags not in self._finished
                    anew = row.line != line or (not row.open and again)
                    goes_on = row.open or (row.ending == "budget" and row.budget < budget)
                if not (anew or goes_on):
                    continue
                todo.append(kommune)
                if anew and self._fresh:
                    self._close_open_files(kommune.ags)
                if anew:
                    planned = (generation if self._fresh else 0, row.run + 1)
                    connection.execute(
                        "INSERT INTO kommunen (ags, line, status, generation, run) VALUES (?, ?, 'pending', ?, ?) "
                        "ON CONFLICT (ags) DO UPDATE SET line = excluded.line, status = 'pending', "
                        "segment = '', generation = excluded.generation, run = excluded.run",
                        (kommune.ags, line, *planned),
                    )
                elif not row.open:
                    connection.execute(
                        "UPDATE kommunen SET status = 'pending', generation = 0 WHERE ags = ?", (kommune.ags,)
                    )
        self._fresh = False  # a second plan goes on with the first
        self._budget = budget
        return todo

    def begin(self, ags: str) -> str:
        """Return the name of a Kommune's archive file, in `archive/.open`: the one that is to be gone on with, if any.

        That is the file of an interrupted survey, or of one that ended for want of requests.
        """
        left = sorted((self.archive / OPEN).glob(f"{ags}-*.warc.gz"))
        with self._transaction() as connection:
            row = connection.execute("SELECT segment FROM kommunen WHERE ags = ?", (ags,)).fetchone()
            if row is None:
                raise ValueError(f"{ags} is not planned")
            if left:
                name = left[-1].name
            elif row[0] and (self.archive / row[0]).exists():
                name = row[0]
                self._reopen(name)
            else:
                name = self._new_name(ags)
            connection.execute(
                "UPDATE kommunen SET status = 'running', segment = ? WHERE ags = ?", (name, ags)
            )
        return name

    def finish(self, report: Report, segment: Segment | None = None) -> Report:
        """Make a Kommune finished: its archive file is moved into place, then its report committed.

        Parameters
        ----------
        report
            The result.
        segment
            What `warc.ArchiveWriter.close` returned; None if nothing was asked.

        Returns
        -------
        Report
            As it was committed: with what earlier surveys found and this one cannot say is gone
            (`earlier.with_earlier`).
        """
        ags = report.kommune.ags
        archive = self.archive / segment.name if segment is not None else None
        if archive is not None:
            self._move(self.archive / OPEN / archive.name, archive)
        with self._transaction() as connection:
            row = connection.execute("SELECT report FROM kommunen WHERE ags = ?", (ags,)).fetchone()
            if row is None:
                raise ValueError(f"{ags} is not planned")
            report = with_earlier(report, _report(json.loads(row[0])) if row[0] else None, archive)
            content = json.dumps(dataclasses.asdict(report), separators=(",", ":"))
            connection.execute(
                "UPDATE kommunen SET status = 'done', segment = ?, report = ?, finished_at = ?, ending = ?, "
                "budget = ? WHERE ags = ?",
                (
                    archive.name if archive is not None else "",
                    content,
                    report.finished_at,
                    report.status,
                    self._budget,
                    ags,
                ),
            )
            connection.executemany(
                "INSERT OR REPLACE INTO known VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(ags, *dataclasses.astuple(item)) for item in (segment.holdings if segment else ())],
            )
        self._finished.add(ags)
        return report

    def reports(self) -> list[Report]:
        """Return the last report of every Kommune that has one, by key."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT report FROM kommunen WHERE report <> '' ORDER BY ags"
            ).fetchall()
        return [_report(json.loads(content)) for (content,) in rows]

    def counts(self) -> dict[str, int]:
        """Return how many Kommunen are pending, running and done."""
        with self._reading() as connection:
            return dict(connection.execute("SELECT status, count(*) FROM kommunen GROUP BY status"))

    def known(self, ags: str) -> tuple[Holding, ...]:
        """Return the answers that finished surveys of a Kommune have archived, the last one per address."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT url, etag, last_modified, digest, ref, date, place, original FROM known WHERE ags = ?",
                (ags,),
            ).fetchall()
        return tuple(Holding(*row) for row in rows)

    def _new_name(self, ags: str) -> str:
        stem = f"{ags}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        name, number = f"{stem}.warc.gz", 1
        while (self.archive / name).exists():
            number += 1
            name = f"{stem}-{number}.warc.gz"
        return name

    def _close_open_files(self, ags: str) -> None:
        for path in sorted((self.archive / OPEN).glob(f"{ags}-*.warc.gz")):
            self._move(path, self.archive / path.name)

    def _take_back(self) -> None:
        """Move files back that were moved into place when the commit did not come any more."""
        with self._reading() as connection:
            rows = connection.execute("SELECT segment FROM kommunen WHERE status = 'running'").fetchall()
        for (name,) in rows:
            if name and (self.archive / name).exists() and not (self.archive / OPEN / name).exists():
                self._move(self.archive / name, self.archive / OPEN / name)

    def _reopen(self, name: str) -> None:
        """Let a finished file be gone on with; under its finished name it stays readable meanwhile."""
        try:
            os.link(self.archive / name, self.archive / OPEN / name)
        except OSError:  # a file system without links
            self._move(self.archive / name, self.archive / OPEN / name)

    def _move(self, source: Path, target: Path) -> None:
        try:
            if target.exists() and target.samefile(source):
                source.unlink()  # a rename would leave both names
            else:
                source.rename(target)
            for folder in (target.parent, source.parent):
                _sync(folder)
        except OSError as error:
            raise unwritable(target, error) from error

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._turn:
            try:
                yield self._connection
            except sqlite3.DatabaseError as error:
                raise failed(self.path, error) from error


def _sync(folder: Path) -> None:
    """Bring the names in a folder to the disk, where a folder can be opened (not on Windows)."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _report(value: dict[str, Any]) -> Report:
    """Return the report that `dataclasses.asdict` took apart."""
    documents = [
        Found(**{**document, "coding": Coding(**document["coding"])}) for document in value["documents"]
    ]
    kommune = Kommune(**{**value["kommune"], "seeds": tuple(value["kommune"]["seeds"])})
    lists = {name: tuple(item) for name, item in value.items() if isinstance(item, list)}
    return Report(**{**value, **lists, "kommune": kommune, "documents": tuple(documents)})
