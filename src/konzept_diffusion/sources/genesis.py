"""GENESIS-Online (Destatis) and Regionaldatenbank (regionalstatistik.de): the same web service on two hosts.

Tables as flat-file CSV (ffcsv) by POST, credentials in the headers `username` and `password` (a token stands
in `username`); both hosts need a free account. Source: Destatis, GENESIS-Webservices, interface of 2020 in
the state of 2025 (POST only); Statistische Ämter des Bundes und der Länder; dl-de/by-2-0.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from .. import files
from ..errors import SourceError
from .ffcsv import GenesisTable, csv_of, parse
from .http import Access, Client, refused

FIRST_YEAR = 1995
"""First year that `retrieve_tables` asks for unless told otherwise (12411-0015 begins then)."""
_POLLS, _POLL_PAUSE = 120, 15.0
"""A background job is asked after this many times, with so many seconds between: half an hour."""
_TOO_LARGE, _JOB_STARTED, _NOTHING = 98, 99, 104
_WITHOUT_DATA = frozenset({90, _NOTHING})
_CREDENTIALS = frozenset({2, 15})
_PASSED = frozenset({0, 22})
_JOB_NAME = re.compile(r"\b[0-9]{5}-[0-9A-Z-]+_[0-9]+\b")


@dataclass(frozen=True)
class Host:
    """One GENESIS installation.

    Attributes
    ----------
    name
        Name in our tables.
    title
        Name in messages.
    base
        Address of the web service.
    prefix
        Of the environment variables: PREFIX_USERNAME and PREFIX_PASSWORD, or PREFIX_TOKEN.
    register
        Page on which an account is made.
    trusted
        Origins that belong to the same service.
    """

    name: str
    title: str
    base: str
    prefix: str
    register: str
    trusted: frozenset[str] = frozenset()


# Address and headers as in pystatis 0.5.5 (config.py, http_helper.py); in 2026 the first host answers with a
# redirect (307) to genesis.destatis.de.
HOSTS: dict[str, Host] = {
    "genesis": Host(
        "genesis",
        "GENESIS-Online (Destatis)",
        "https://www-genesis.destatis.de/genesisWS/rest/2020",
        "GENESIS",
        "https://www-genesis.destatis.de/datenbank/online",
        frozenset({"https://www-genesis.destatis.de", "https://genesis.destatis.de"}),
    ),
    "regionalstatistik": Host(
        "regionalstatistik",
        "Regionaldatenbank Deutschland (regionalstatistik.de)",
        "https://www.regionalstatistik.de/genesisws/rest/2020",
        "REGIONALSTATISTIK",
        "https://www.regionalstatistik.de/genesis/online",
        frozenset({"https://www.regionalstatistik.de"}),
    ),
}


@dataclass(frozen=True)
class Credentials:
    """What a host asks for: a user with password, or a token (which stands where the user does)."""

    username: str = field(repr=False)
    password: str = field(repr=False)

    @property
    def is_token(self) -> bool:
        """Is this a token? Background jobs need user and password."""
        return self.password == ""


TABLES: dict[str, GenesisTable] = {
    item.name: item
    for item in (
        GenesisTable(
            "12411-01-01-5", "regionalstatistik", "Bevölkerung nach Geschlecht, Stichtag 31.12., Gemeinden",
            "GEMEIN", "population", by_year=True,
        ),
        GenesisTable(
            "12411-02-03-5", "regionalstatistik",
            "Bevölkerung nach Geschlecht und 17 Altersgruppen, Stichtag 31.12., Gemeinden",
            "GEMEIN", "population", by_year=True, ages="ALT",
        ),
        GenesisTable("12411-0015", "genesis", "Bevölkerung: Kreise, Stichtag", "KREISE", "population"),
        GenesisTable(
            "12521-0040", "genesis", "Ausländer: Kreise, Stichtag, Geschlecht", "KREISE", "foreigners"
        ),
    )
}  # fmt: skip


class NoFiguresError(SourceError):
    """The service knows the table but has nothing for the years or keys asked for (code 104 or 90)."""


def credentials(host: Host, environment: Mapping[str, str] | None = None) -> Credentials:
    """Return the credentials that the environment holds for a host; user and password before a token.

    Raises
    ------
    SourceError
        If there are none: says which variables to set and where to register.
    """
    known = os.environ if environment is None else environment
    user, password, token = (
        known.get(f"{host.prefix}_{name}", "").strip() for name in ("USERNAME", "PASSWORD", "TOKEN")
    )
    found = Credentials(user, password) if user and password else Credentials(token, "")
    if not found.username:
        raise SourceError(
            f"{host.title}: there are no credentials. Set {_variables(host)}; an account is free: "
            f"{host.register}."
        )
    if not (found.username + found.password).isascii():
        raise SourceError(
            f"{host.title}: {_variables(host)} may only hold ASCII characters (they travel in a header)."
        )
    return found


def request(
    client: Client,
    table: GenesisTable,
    first_year: int,
    last_year: int,
    *,
    known: Credentials,
    host: Host | None = None,
) -> bytes:
    """Return a table of some years as ffcsv text in bytes, through a background job if it is too large.

    What is returned was parsed once, so that a changed layout is noticed before anything is kept.

    Parameters
    ----------
    client
        HTTP client.
    table
        One of `TABLES`.
    first_year, last_year
        Years asked for, both included.
    known
        Credentials for the host.
    host
        Where to ask; by default the host of the table.

    Raises
    ------
    NoFiguresError
        If there is nothing for these years.
    SourceError
        If the service refuses, fails, or answers with something unknown, or the table has another layout;
        names table and code, or what was expected and found.
    """
    place = host or HOSTS[table.host]
    body = _table(client, place, known, table, first_year, last_year)
    if parse(body, table).table.empty:
        raise NoFiguresError(
            f"{place.title}, table {table.name}: only signs and no figures for {first_year} to {last_year}"
        )
    return body


def _table(
    client: Client, place: Host, known: Credentials, table: GenesisTable, first_year: int, last_year: int
) -> bytes:
    """Return the CSV that the service sends, whatever is in it."""
    form = {
        "name": table.name, "area": "all", "compress": "false", "transpose": "false", "format": "ffcsv",
        "language": "de", "quality": "off", "job": "false", "regionalvariable": table.region,
        "startyear": str(first_year), "endyear": str(last_year),
    }  # fmt: skip
    reply = _ask(client, place, known, "data/tablefile", form, table.name)
    if isinstance(reply, bytes):
        return csv_of(reply, table.name)
    if reply.code == _TOO_LARGE:
        if known.is_token:
            raise SourceError(
                f"{place.title}, table {table.name}: {first_year} to {last_year} is more than the service "
                f"gives at once, and a background job needs {place.prefix}_USERNAME and "
                f"{place.prefix}_PASSWORD; a token is not enough. Set them, or ask for fewer years."
            )
        reply = _ask(client, place, known, "data/tablefile", {**form, "job": "true"}, table.name)
        if isinstance(reply, bytes):
            return csv_of(reply, table.name)
    if reply.code == _JOB_STARTED:
        return csv_of(_result(client, place, known, reply.content, table.name), table.name)
    raise _failure(reply, place, table.name)


def retrieve_tables(
    client: Client,
    folder: Path,
    *,
    tables: Iterable[str] = tuple(TABLES),
    years: range | None = None,
    today: date | None = None,
    hosts: Mapping[str, Host] | None = None,
    environment: Mapping[str, str] | None = None,
    keep: Callable[[Path], bool] = lambda path: False,
    say: Callable[[str], None] = lambda line: None,
) -> Iterator[tuple[Path, str]]:
    """Download tables as `folder`/TABLE_YEAR(S).csv; yield each file, once whole, with the service's address.

    Parameters
    ----------
    client, folder
        HTTP client; where the files go.
    tables, years
        Numbers of tables (see `TABLES`) and the years; by default `FIRST_YEAR` to the last that is over.
    today
        Replaces the date of today.
    hosts, environment
        Replace `HOSTS` and the environment.
    keep
        Is a file that is there already good enough?
    say
        Gets a line for every span of years without figures.

    Raises
    ------
    SourceError
        As for `request`; also if a table has no figures in any of the years. Credentials of all hosts are
        looked at before the first request.
    """
    places = HOSTS if hosts is None else hosts
    wanted = [TABLES[name] for name in tables]
    years = years or range(FIRST_YEAR, (today or date.today()).year)
    known = {item.host: credentials(places[item.host], environment) for item in wanted}
    for table in wanted:
        place, found = places[table.host], False
        spans = [(year, year) for year in years] if table.by_year else [(years[0], years[-1])]
        for first, last in spans:
            span = str(first) if first == last else f"{first}-{last}"
            target = folder / f"{table.name}_{span}.csv"
            if not keep(target):
                try:
                    body = request(client, table, first, last, known=known[table.host], host=place)
                except NoFiguresError as error:
                    say(str(error))
                    continue
                files.write_bytes(target, body)
            found = True
            yield target, f"{place.base}/data/tablefile"
        if not found:
            raise SourceError(f"{place.title}, table {table.name}: no figures for {years[0]} to {years[-1]}.")


@dataclass(frozen=True)
class _Status:
    code: int
    content: str


def _ask(
    client: Client, host: Host, known: Credentials, method: str, form: Mapping[str, str], table: str
) -> bytes | _Status:
    """Return the file that the service sends, or its status block (which comes with HTTP 200, 401 or 404)."""
    answer = _post(client, host, known, method, form)
    status = _status_of(answer, host, known, f"{host.title}, table {table}")
    if status is None:
        return answer
    if status.code in _CREDENTIALS:
        raise SourceError(refused(_access(host, known), f"code {status.code}: {status.content}"))
    return status


def _post(client: Client, host: Host, known: Credentials, method: str, form: Mapping[str, str]) -> bytes:
    return client.read(
        "POST",
        f"{host.base}/{method}",
        access=_access(host, known),
        expected=frozenset({200, 404}),
        data=dict(form),
    ).body


def _status_of(body: bytes, host: Host, known: Credentials, place: str) -> _Status | None:
    """Return the status block of a JSON answer (nested or flat); None for a file."""
    start = body[:64].lstrip()[:1]
    if start == b"<":
        raise SourceError(
            f"{place}: a web page came instead of data, as during maintenance. Try again later."
        )
    if start != b"{":
        return None
    try:
        reply: Any = json.loads(body)
        block = reply["Status"] if isinstance(reply.get("Status"), dict) else reply
        code, content = int(block["Code"]), str(block["Content"])
    except (ValueError, KeyError, TypeError):
        raise SourceError(
            f"{place}: an answer without Status (Code, Content) came; the service has changed. See "
            "docs/sources.md."
        ) from None
    for secret in (known.username, known.password):  # the service repeats what it was sent
        content = content.replace(secret, "***") if secret else content
    return _Status(code, " ".join(content.split()))


def _result(client: Client, host: Host, known: Credentials, content: str, table: str) -> bytes:
    """Wait for a background job and return its file."""
    match = _JOB_NAME.search(content)
    if match is None:
        raise SourceError(
            f"{host.title}, table {table}: the job was accepted without a name in: {content!r}."
        )
    job = match.group()
    for _ in range(_POLLS):
        form = {
            "selection": f"*{job}", "searchcriterion": "code", "sortcriterion": "code", "type": "all",
            "language": "de",
        }  # fmt: skip
        state = _job_state(_post(client, host, known, "catalogue/jobs", form), job)
        if state in ("Fertig", "Finished"):
            form = {"name": job, "area": "all", "compress": "false", "format": "ffcsv", "language": "de"}
            reply = _ask(client, host, known, "data/resultfile", form, table)
            if isinstance(reply, bytes):
                return reply
            if reply.code != _NOTHING:  # 104: done, but not laid out yet
                raise _failure(reply, host, table)
        elif state.startswith(("Fehler", "Error", "Abgebrochen")):
            raise SourceError(
                f"{host.title}, table {table}: the job {job} ended with {state!r}. Try fewer years."
            )
        client.sleep(_POLL_PAUSE)
    raise SourceError(
        f"{host.title}, table {table}: the job {job} is not finished after "
        f"{_POLLS * _POLL_PAUSE / 60:.0f} minutes. Try again later."
    )


def _job_state(body: bytes, job: str) -> str:
    """Return the state of a job in an answer of catalogue/jobs; "" while it is not listed."""
    try:
        rows = json.loads(body).get("List") or []
        return next((str(row["State"]) for row in rows if job in str(row.get("Code", job))), "")
    except (ValueError, KeyError, AttributeError, TypeError):
        return ""


def _failure(status: _Status, host: Host, table: str) -> SourceError:
    text = f"{host.title}, table {table}: code {status.code}: {status.content}"
    if status.code in _WITHOUT_DATA:
        return NoFiguresError(text)
    if status.code in _PASSED:
        return SourceError(f"{text}, but no file came. The service has changed; see docs/sources.md.")
    return SourceError(text)


def _access(host: Host, known: Credentials) -> Access:
    headers = {"username": known.username, "password": known.password}
    return Access(host.title, _variables(host), host.register, headers, host.trusted)


def _variables(host: Host) -> str:
    return f"{host.prefix}_USERNAME and {host.prefix}_PASSWORD (or {host.prefix}_TOKEN)"
