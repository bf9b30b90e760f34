"""What a crawl has done so far, in SQLite, so that it can be killed at any moment and go on.

A Kommune is finished when its report is committed; its archive file is moved into place just before. What was
moved but not committed when a crawl was killed is taken back when the state is opened, and answered from
there when the Kommune is surveyed again: either both count or neither. Only the parent process of a crawl
writes here.

Sources: https://sqlite.org/wal.html, https://sqlite.org/pragma.html (application_id, user_version, synchronous).
"""

from __future__ import annotations

import dataclasses
import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ...errors import StepError
from ..reports import Coding, Found, Kommune, Report
from .records import FOLDER, OPEN, Holding, Segment, unwritable

NAME = "state.sqlite"
_APPLICATION = 0x4B4F4E5A
_VERSION = 1
_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE kommunen (
    ags TEXT PRIMARY KEY, line TEXT NOT NULL, status TEXT NOT NULL, segment TEXT NOT NULL DEFAULT '',
    report TEXT NOT NULL DEFAULT '', finished_at TEXT NOT NULL DEFAULT '', run INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE known (
    ags TEXT NOT NULL, url TEXT NOT NULL, etag TEXT NOT NULL, last_modified TEXT NOT NULL, digest TEXT NOT NULL,
    ref TEXT NOT NULL, date TEXT NOT NULL, place INTEGER NOT NULL, original TEXT NOT NULL,
    PRIMARY KEY (ags, url)
) WITHOUT ROWID;
"""


class State:
    """The state of the crawl in one output folder; made by `State.open`, a context manager."""

    def __init__(self, path: Path, connection: sqlite3.Connection, *, fresh: bool) -> None:
        self.path = path
        self.archive = path.parent / FOLDER
        self._connection = connection
        self._fresh = fresh
        self._turn = threading.RLock()

    @classmethod
    def open(cls, path: Path, *, fresh: bool = False) -> State:
        """Open or make the state file and take back what an interrupted crawl left half done.

        Parameters
        ----------
        path
            The file, `state.sqlite` in the output folder (which must be locked, see `lockfile`).
        fresh
            What `plan` gets is surveyed again although it is finished. A damaged file is then put aside.

        Raises
        ------
        StepError
            If the file cannot be written, is damaged, or is none of this program's or of a newer version's.
        """
        try:
            (path.parent / FOLDER / OPEN).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(path.parent, error) from error
        problem = ""
        try:
            connection = _connect(path)
            problem = _problem(connection)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and not _is_damage(error):
                raise _failed(path, error) from error
            problem = f"is damaged ({error})"
        if problem:
            if not fresh:
                raise StepError(
                    f"{path}: {problem}. Move it away or start with --fresh, which puts it aside: the crawl "
                    f"then begins anew, the files in {FOLDER}/ stay."
                )
            _put_aside(path)
            connection = _connect(path)
            _problem(connection)
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

    def plan(self, kommunen: Iterable[Kommune]) -> list[Kommune]:
        """Return what is to be done, in the order given: what is not finished, or bears another register line.

        With `fresh`, everything; a file that an interrupted crawl left open is then closed as it is. A report
        stays among `reports` until a new one takes its place.
        """
        todo = []
        with self._transaction() as connection:
            known = {
                row[0]: row[1:] for row in connection.execute("SELECT ags, line, status, run FROM kommunen")
            }
            for kommune in kommunen:
                line = json.dumps(dataclasses.asdict(kommune), sort_keys=True)
                before, status, run = known.get(kommune.ags, ("", "", 0))
                if before == line and status == "done" and not self._fresh:
                    continue
                todo.append(kommune)
                if self._fresh:
                    self._close_open_files(kommune.ags)
                if before != line or status == "done" or self._fresh:
                    connection.execute(
                        "INSERT INTO kommunen (ags, line, status, run) VALUES (?, ?, 'pending', ?) "
                        "ON CONFLICT (ags) DO UPDATE SET line = excluded.line, status = 'pending', "
                        "segment = '', run = excluded.run",
                        (kommune.ags, line, run + 1),
                    )
        self._fresh = False  # a second plan goes on with the first
        return todo

    def begin(self, ags: str) -> str:
        """Return the name of the archive file of a Kommune, in `archive/.open`: the interrupted one if there is one."""
        left = sorted((self.archive / OPEN).glob(f"{ags}-*.warc.gz"))
        name = left[-1].name if left else self._new_name(ags)
        with self._transaction() as connection:
            changed = connection.execute(
                "UPDATE kommunen SET status = 'running', segment = ? WHERE ags = ?", (name, ags)
            ).rowcount
        if not changed:
            raise ValueError(f"{ags} is not planned")
        return name

    def finish(self, report: Report, segment: Segment | None = None) -> None:
        """Make a Kommune finished: its archive file is moved into place, then its report committed.

        Parameters
        ----------
        report
            The result.
        segment
            What `warc.ArchiveWriter.close` returned; None if nothing was asked.
        """
        ags = report.kommune.ags
        if segment is not None:
            self._move(self.archive / OPEN / segment.name, self.archive / segment.name)
        content = json.dumps(dataclasses.asdict(report), separators=(",", ":"))
        with self._transaction() as connection:
            changed = connection.execute(
                "UPDATE kommunen SET status = 'done', segment = ?, report = ?, finished_at = ? WHERE ags = ?",
                (segment.name if segment else "", content, report.finished_at, ags),
            ).rowcount
            if not changed:
                raise ValueError(f"{ags} is not planned")
            connection.executemany(
                "INSERT OR REPLACE INTO known VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(ags, *dataclasses.astuple(item)) for item in (segment.holdings if segment else ())],
            )

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
            if name and (self.archive / name).exists():
                self._move(self.archive / name, self.archive / OPEN / name)

    def _move(self, source: Path, target: Path) -> None:
        try:
            source.rename(target)
            for folder in (target.parent, source.parent):
                handle = os.open(folder, os.O_RDONLY)
                try:
                    os.fsync(handle)
                finally:
                    os.close(handle)
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
                raise _failed(self.path, error) from error


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _problem(connection: sqlite3.Connection) -> str:
    """Return what is wrong with the file, or an empty text; an empty file gets its tables.

    The connection is closed if something is wrong.
    """
    try:
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if not tables and application in (0, _APPLICATION):
            connection.executescript(
                f"BEGIN; {_TABLES} PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {_VERSION}; COMMIT;"
            )
            return ""
        problem = ""
        if application != _APPLICATION:
            problem = "is no state file of this program"
        elif version != _VERSION:
            problem = f"was written by another version of this program (layout {version}, known: {_VERSION})"
        else:
            connection.execute("SELECT 1 FROM meta, kommunen, known LIMIT 0")
            finding = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            problem = "" if finding == "ok" else f"is damaged ({' '.join(finding.split())})"
    except sqlite3.Error:
        connection.close()
        raise
    if problem:
        connection.close()
    return problem


def _is_damage(error: sqlite3.OperationalError) -> bool:
    # "no such table" and the like: the file is ours by its header, its content is not.
    return error.sqlite_errorcode in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _failed(path: Path, error: sqlite3.DatabaseError) -> StepError:
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StepError(
            f"{path}: is damaged ({error}). Move it away or start with --fresh; the files in {FOLDER}/ stay."
        )
    return StepError(
        f"{path}: cannot be written ({error}). Make room there, see to its rights, or choose another folder with "
        "--out; started again, the crawl goes on where it was stopped."
    )


def _put_aside(path: Path) -> None:
    stem = f"{path.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    try:
        for suffix in ("", "-wal", "-shm"):
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.rename(path.with_name(stem + suffix))
    except OSError as error:
        raise unwritable(path, error) from error


def _report(value: dict[str, Any]) -> Report:
    """Return the report that `dataclasses.asdict` took apart."""
    documents = [
        Found(**{**document, "coding": Coding(**document["coding"])}) for document in value["documents"]
    ]
    kommune = Kommune(**{**value["kommune"], "seeds": tuple(value["kommune"]["seeds"])})
    lists = {name: tuple(item) for name, item in value.items() if isinstance(item, list)}
    return Report(**{**value, **lists, "kommune": kommune, "documents": tuple(documents)})
