"""The sources by name, and the command `fetch`: from the network or a mirror to the project's own tables.

Addresses of files stand here only if they were seen in public code (docs/sources.md says where); everything else
is downloaded by hand, and the message says what and where to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import paths
from ..errors import SourceError
from .download import LOCK, Lock, Source, SourceFile, read_lock, retrieve

if TYPE_CHECKING:
    from .http import Client

_DL_DE = "dl-de/by-2-0"
_GV = (
    "https://www.destatis.de/DE/Themen/Laender-Regionen/Regionales/Gemeindeverzeichnis/Administrativ/Archiv/"
    "GVAuszugJ/"
)
_GV_SEEN = frozenset({2017, 2023})
"""Years whose own address was seen in public code. The pattern behind it is not used for the others: for some of them
public code has the same name with .xls (docs/sources.md)."""
_GV_FILES = (
    *(
        SourceFile(
            name := f"3112{year}_Auszug_GV.xlsx",
            f"{_GV}{name}?__blob=publicationFile" if year in _GV_SEEN else "",
        )
        for year in (1983, 1987, 1990, 1994, 1998, 2002, 2005, 2009, 2013, 2017, 2021, 2023)
    ),
    SourceFile("AuszugGV4QAktuell_2024.xlsx"),
)

SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        Source(
            "gv_isys",
            "Statistisches Bundesamt, Gemeindeverzeichnis (GV-ISys), Auszug GV",
            "gv_isys",
            "reproduction and distribution, also in parts, with the source named",
            "© Statistisches Bundesamt (Destatis), GV-ISys, Auszug GV",
            _GV_FILES,
            "the xlsx files 'Auszug GV' from the archive of the Gemeindeverzeichnis on the website of the "
            "Statistisches Bundesamt (destatis.de: Themen, Länder und Regionen, Regionales, "
            "Gemeindeverzeichnis), under their published names, in the subfolder gv_isys",
            writer="extraction:write_gv_isys",
        ),
        Source(
            "inkar",
            "BBSR, INKAR",
            "inkar",
            _DL_DE,
            "© BBSR Bonn, INKAR",
            (SourceFile("kreise_1995_2022.csv", instead="inkar_20[0-9][0-9].csv"),),
            "the whole of INKAR as the Bundesinstitut für Bau-, Stadt- und Raumforschung publishes it "
            "(https://www.bbr-server.de/imagemap/inkar/download/inkar_2025.zip, some 430 MB), unpacked with "
            "unzip or 7-Zip (its compression is not one that Python reads) to inkar_2025.csv, in the subfolder "
            "inkar; or a re-cut table kreise_1995_2022.csv, which is not published as such, of the indicators "
            "a_ausl_bev, q_alo, q_gest_bev, q_gemschuld_bev of all Kreise with the columns county_code, year, "
            "share_foreign, unemployment_rate, tax_revenue_per_capita, municipal_debt_per_capita",
            writer="extraction:write_inkar",
        ),
        Source(
            "zensus2022",
            "Statistische Ämter des Bundes und der Länder, Zensus 2022",
            "zensus2022",
            _DL_DE,
            "© Statistische Ämter des Bundes und der Länder, Zensus 2022",
            (SourceFile("gemeinden.csv"),),
            "population, foreigners share and share with Einwanderungsgeschichte of all Gemeinden from the "
            "Zensus database (ergebnisse.zensus2022.de), as one table gemeinden.csv with the columns ags, "
            "name, population, share_foreign, share_migration_background, in the subfolder zensus2022 (a re-cut "
            "table: it is not published as such, and the published Regionaltabellen are not read)",
            writer="extraction:write_zensus2022",
        ),
        Source(
            "vg250",
            "Bundesamt für Kartographie und Geodäsie, VG250",
            "boundaries",
            _DL_DE,
            "© GeoBasis-DE / BKG (2024), VG250",
            (SourceFile("VG250_GEM_simplified.zip"),),
            "the layer VG250_GEM (Gemeinden) of the edition of 2024 of VG250, from the Bundesamt für "
            "Kartographie und Geodäsie (gdz.bkg.bund.de, Verwaltungsgebiete 1:250 000), as one zipped shapefile "
            "VG250_GEM_simplified.zip (a re-cut file, simplified to some 1.5 MB; the full layer out of "
            "https://daten.gdz.bkg.bund.de/produkte/vg/vg250_ebenen_0101/2024/vg250_01-01.utm32s.shape.ebenen.zip, "
            "zipped alone under this name, does too), in the subfolder boundaries",
            writer="vg250:write_boundaries",
        ),
        Source(
            "crosswalk",
            "BBSR, Umsteigeschlüssel",
            "crosswalk",
            "to be cited: BBSR, Laufende Raumbeobachtung (terms are not stated in the files)",
            "© BBSR Bonn, Laufende Raumbeobachtung, Umsteigeschlüssel 1990-2020",
            (SourceFile("ref-kreise-umrech-2021-1990-2020.xlsx"), SourceFile("gemeinden_1990_2020.csv.gz")),
            "the Umsteigeschlüssel of Kreise 1990-2020 to 2021 (ref-kreise-umrech-2021-1990-2020.xlsx) and "
            "of Gemeinden 1990-2020 to 31.12.2020 (as one table gemeinden_1990_2020.csv.gz) from the "
            "Bundesinstitut für Bau-, Stadt- und Raumforschung (bbsr.bund.de: Forschung, "
            "Raumbeobachtung, Umstiegsschlüssel), in the subfolder crosswalk",
            writer="crosswalk:write_crosswalk",
        ),
        Source(
            "genesis",
            "Statistische Ämter des Bundes und der Länder, GENESIS-Online and Regionaldatenbank",
            "genesis",
            _DL_DE,
            "© Statistisches Bundesamt (Destatis), GENESIS-Online; © Statistische Ämter des Bundes und der "
            "Länder, Regionaldatenbank Deutschland",
            query="genesis:retrieve_tables",
        ),
        Source(
            "regionalatlas",
            "Statistische Ämter des Bundes und der Länder, Regionalatlas",
            "regionalatlas",
            _DL_DE,
            "© Statistische Ämter des Bundes und der Länder, Regionalatlas, table AI002-1-5",
            query="regionalatlas:retrieve_years",
        ),
        Source(
            "wikidata",
            "Wikidata",
            "wikidata",
            "CC0-1.0",
            "Wikidata, properties P439, P440, P856",
            query="wikidata:retrieve_websites",
        ),
    )
}
"""By name, published files first."""


def fetch(
    source: str,
    mirror: Path | None,
    out: Path,
    *,
    downloads: Path | None = None,
    accept_changes: bool = False,
    client: Client | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> list[Path]:
    """Bring a source up to date and write the project's own tables from it.

    Parameters
    ----------
    source
        A name in `SOURCES`, or "all".
    mirror
        Folder with a subfolder per source that answers instead of the network; None: the one that
        KONZEPT_MIRROR names, and the network if it names none.
    out
        Folder of the raw tables (as a rule `data/raw`): tables go to its subfolder `official`, and
        `sources.lock` is there (without one, the project's own is checked against).
    downloads
        Folder for downloaded files, and where those downloaded by hand are looked for; by default the
        subfolder `downloads` of `out`.
    accept_changes
        Download anew, and take files whose checksum is not that of the lock.
    client
        HTTP client.
    options
        By source, further arguments of its query (years, address, ...).
    say
        Gets a line about what is left out.

    Returns
    -------
    list of Path
        The tables written; for sources without a table of their own, the downloaded files.

    Raises
    ------
    SourceError
        If the source is unknown, something must be downloaded by hand first, a download fails, or a file is
        odd or not that of the lock. With "all", what can be done is done first.
    """
    if source not in (*SOURCES, "all"):
        raise SourceError(f"there is no source {source!r}. Known: {', '.join(SOURCES)}, all.")
    wanted = list(SOURCES.values()) if source == "all" else [SOURCES[source]]
    lock = _lock_for(out)
    folder = mirror or paths.mirror_dir()
    if folder is not None:
        if not folder.is_dir():
            raise SourceError(f"{folder}: there is no such folder to answer instead of the network.")
        return _from_mirror(wanted, folder, out, lock, accept=accept_changes, say=say)
    place, before = downloads or out / "downloads", dict(lock.entries)
    written: list[Path] = []
    problems: list[str] = []
    for item in wanted:
        try:
            had = _download(item, place, lock, client, dict((options or {}).get(item.name, {})),
                            accept=accept_changes, say=say)  # fmt: skip
            written += _write(item, place, out) if item.writer else had
        except SourceError as error:
            problems.append(f"{item.name}: {error}" if len(wanted) > 1 else str(error))
        finally:
            if lock.entries != before:
                lock.save()
    if problems:
        done = f" Done: {', '.join(path.name for path in written)}." if written else ""
        raise SourceError(" ".join(problems) + done)
    return written


def _lock_for(out: Path) -> Lock:
    """Return the lock of a folder of raw tables; one that has none yet begins with the project's entries."""
    own = out / LOCK
    return read_lock(own) if own.is_file() else Lock(own, read_lock(paths.raw_dir() / LOCK).entries)


def locate(mirror: Path, names: tuple[str, ...]) -> Path:
    """Return a mirror after a look whether the subfolders of these sources are there.

    Raises
    ------
    SourceError
        If one is missing: what to download from where.
    """
    for name in names:
        item = SOURCES[name]
        if not (mirror / item.folder).is_dir():
            should = f" It should hold: {item.where}." if item.where else ""
            raise SourceError(f"{mirror}: the subfolder {item.folder} is missing.{should}")
    return mirror


def _from_mirror(
    wanted: list[Source], mirror: Path, out: Path, lock: Lock, *, accept: bool, say: Callable[[str], None]
) -> list[Path]:
    """Check the files of a mirror against the lock and write the tables from them."""
    present = []
    for item in wanted:
        if item.query and len(wanted) > 1 and not (mirror / item.folder).is_dir():
            say(f"{item.name}: left out, it is not in the mirror {mirror}")
        else:
            present.append(item)
    locate(mirror, tuple(item.name for item in present))
    written: list[Path] = []
    changed = False
    for item in present:
        found = [path for path in sorted((mirror / item.folder).iterdir()) if path.is_file()]
        known = {name.name for name in item.files}
        unchecked: list[str] = []
        for path in found:
            file = f"{item.folder}/{path.name}"
            digest = lock.check(file, path, accept=accept)
            entry = lock.entries.get(file)
            if accept and path.name in known and (entry is None or entry.sha256 != digest):
                lock.record(item, file, path, entry.url if entry else None, None)
                changed = True
            elif entry is None:
                unchecked.append(path.name)
        if unchecked:
            say(f"{item.name}: not in {LOCK}, so taken unchecked where needed: {', '.join(unchecked)}")
        written += _write(item, mirror, out) if item.writer else found
    if changed:
        lock.save()
    return written


def _download(
    item: Source,
    place: Path,
    lock: Lock,
    client: Client | None,
    options: dict[str, Any],
    *,
    accept: bool,
    say: Callable[[str], None],
) -> list[Path]:
    """Return the files of a source in the folder of downloads, fetched as far as they are not there."""
    from .http import Access, Client

    chosen = client or Client()
    folder = place / item.folder

    def keep(path: Path) -> bool:
        """Is a file there, and that of the lock?"""
        entry = lock.entries.get(f"{item.folder}/{path.name}")
        return not accept and entry is not None and path.is_file() and _agrees(lock, entry.file, path)

    if item.query:
        return _ask(item, folder, lock, chosen, options, keep, accept=accept, say=say)
    by_hand: list[str] = []
    problems: list[str] = []
    found: list[Path] = []
    for name in item.files:
        target, file = folder / name.name, f"{item.folder}/{name.name}"
        if name.url and not keep(target):
            access = Access(f"{item.title}, {name.name}")
            try:
                retrieve(chosen, name.url, target, access=access, lock=lock, file=file, accept=accept)
            except SourceError as error:  # the other files are fetched all the same
                problems.append(str(error))
                continue
            lock.record(item, file, target, name.url, date.today())
        else:
            instead = sorted(folder.glob(name.instead)) if name.instead and not target.is_file() else []
            target = instead[-1] if instead else target
            if not target.is_file():
                by_hand.append(name.name)
                continue
            file = f"{item.folder}/{target.name}"
            lock.check(file, target, accept=accept)
            lock.record(item, file, target, name.url or None, None)
        found.append(target)
    if by_hand:
        problems.append(
            f"there is no stable address for {', '.join(by_hand)}. Download by hand into {place}: {item.where}. "
            f"Or set {paths.MIRROR_VARIABLE} to a folder that holds them."
        )
    if problems:
        raise SourceError(" ".join(problems))
    return found


def _ask(
    item: Source,
    folder: Path,
    lock: Lock,
    client: Client,
    options: dict[str, Any],
    keep: Callable[[Path], bool],
    *,
    accept: bool,
    say: Callable[[str], None],
) -> list[Path]:
    """Ask a service; its answers go to a folder of their own until they agree with the lock."""
    if item.name in ("genesis", "regionalatlas"):
        options = {"say": say, **options}
    arriving = folder / "arriving"

    def kept(path: Path) -> bool:
        return keep(folder / path.name)

    done: list[Path] = []
    for path, url in _function(item.query)(client, arriving, keep=kept, **options):
        target, file = folder / path.name, f"{item.folder}/{path.name}"
        if path.is_file():
            try:
                lock.check(file, path, accept=accept)
            except SourceError:
                path.unlink()
                raise
            path.replace(target)
            lock.record(item, file, target, url, date.today())
        done.append(target)
    if arriving.is_dir() and not any(arriving.iterdir()):
        arriving.rmdir()
    return done


def _write(item: Source, folder: Path, out: Path) -> list[Path]:
    from . import gv_cache

    # the workbooks take minutes to parse; what was parsed once is kept by checksum
    more = {"cache": gv_cache.default_folder()} if item.name == "gv_isys" else {}
    return list(_function(item.writer)(folder, out, **more))


def _function(name: str) -> Callable[..., Any]:
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(import_module(f"{__package__}.{module}"), function)
    return found


def _agrees(lock: Lock, file: str, path: Path) -> bool:
    try:
        lock.check(file, path)
    except SourceError:
        return False
    return True
