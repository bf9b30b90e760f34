"""The file of a crawl's state: its tables, whether it is sound, and how one of an older layout is brought up to date.

Sources: https://sqlite.org/wal.html, https://sqlite.org/pragma.html (application_id, user_version, synchronous).
"""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from ...errors import StepError
from .records import FOLDER, unwritable

_APPLICATION = 0x4B4F4E5A
_VERSION = 2
_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE kommunen (
    ags TEXT PRIMARY KEY, line TEXT NOT NULL, status TEXT NOT NULL, segment TEXT NOT NULL DEFAULT '',
    report TEXT NOT NULL DEFAULT '', finished_at TEXT NOT NULL DEFAULT '', run INTEGER NOT NULL DEFAULT 0,
    generation INTEGER NOT NULL DEFAULT 0, ending TEXT NOT NULL DEFAULT '', budget INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE known (
    ags TEXT NOT NULL, url TEXT NOT NULL, etag TEXT NOT NULL, last_modified TEXT NOT NULL, digest TEXT NOT NULL,
    ref TEXT NOT NULL, date TEXT NOT NULL, place INTEGER NOT NULL, original TEXT NOT NULL,
    PRIMARY KEY (ags, url)
) WITHOUT ROWID;
"""


def open_file(path: Path, *, anew: bool = False) -> sqlite3.Connection:
    """Return a connection to the state file, which is made if it is not there.

    Parameters
    ----------
    path
        The file.
    anew
        Put a damaged or foreign file aside and begin a new one.

    Raises
    ------
    StepError
        If the file cannot be written, is damaged, or is none of this program's or of a newer version's.
    """
    problem = ""
    try:
        connection = _connect(path)
        problem = _problem(connection)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and not _is_damage(error):
            raise failed(path, error) from error
        problem = f"is damaged ({error})"
    if problem:
        if not anew:
            raise StepError(
                f"{path}: {problem}. Move it away or start with --fresh, which puts it aside: the crawl "
                f"then begins anew, the files in {FOLDER}/ stay."
            )
        _put_aside(path)
        connection = _connect(path)
        _problem(connection)
    return connection


def failed(path: Path, error: sqlite3.DatabaseError) -> StepError:
    """Return the error that ends a crawl whose state file is damaged or cannot be written."""
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StepError(
            f"{path}: is damaged ({error}). Move it away or start with --fresh; the files in {FOLDER}/ stay."
        )
    return StepError(
        f"{path}: cannot be written ({error}). Make room there, see to its rights, or choose another folder with "
        "--out; started again, the crawl goes on where it was stopped."
    )


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _upgrade(connection: sqlite3.Connection) -> None:
    """Bring a file of layout 1 to layout 2: how each Kommune ended, and with how many requests."""
    rows = connection.execute("SELECT ags, report FROM kommunen WHERE report <> ''").fetchall()
    reports = [(ags, json.loads(content)) for ags, content in rows]
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("ALTER TABLE kommunen ADD COLUMN generation INTEGER NOT NULL DEFAULT 0")
    connection.execute("ALTER TABLE kommunen ADD COLUMN ending TEXT NOT NULL DEFAULT ''")
    connection.execute("ALTER TABLE kommunen ADD COLUMN budget INTEGER NOT NULL DEFAULT 0")
    connection.executemany(
        "UPDATE kommunen SET ending = ?, budget = ? WHERE ags = ?",
        [(report["status"], report["requests"], ags) for ags, report in reports],
    )
    connection.execute("PRAGMA user_version = 2")
    connection.execute("COMMIT")


def _problem(connection: sqlite3.Connection) -> str:
    """Return what is wrong with the file, or an empty text; an empty file gets its tables, an old one the new columns.

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
        elif version not in (1, _VERSION):
            problem = f"was written by another version of this program (layout {version}, known: {_VERSION})"
        else:
            connection.execute("SELECT 1 FROM meta, kommunen, known LIMIT 0")
            finding = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            problem = "" if finding == "ok" else f"is damaged ({' '.join(finding.split())})"
            if version < _VERSION and not problem:
                _upgrade(connection)
    except sqlite3.Error:
        connection.close()
        raise
    if problem:
        connection.close()
    return problem


def _is_damage(error: sqlite3.OperationalError) -> bool:
    # "no such table" and the like: the file is ours by its header, its content is not.
    return error.sqlite_errorcode in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _put_aside(path: Path) -> None:
    stem = f"{path.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    try:
        for suffix in ("", "-wal", "-shm"):
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.rename(path.with_name(stem + suffix))
    except OSError as error:
        raise unwritable(path, error) from error
