"""Writing a coding sheet: what people need to code a document by hand, and the key that stays behind.

A sheet is an Excel workbook, a CSV file for a German Excel, or both. A blind sheet shows nothing of what the machine
thought; the key beside it does, and says how every document came into the sheet.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ... import files
from ...errors import DataError
from ...schemas.core import validate
from ...schemas.review import NONE, REVIEW_SHEETS
from .cells import guard, printable, web_address
from .fields import DEFAULT_FIELDS, YES, ReviewField, check_fields, machine_code
from .sampling import OVERSAMPLING, draw

if TYPE_CHECKING:
    import pandas as pd

ID, SHEET_ID = "document_id", "bogen"
DONE, CODED_ON, REMARK = "geprüft", "kodiert_am", "bemerkung"
MACHINE = "maschine_"
"""How the column of a field's machine code begins."""
KEY_SUFFIX = ".key.csv"
CONTEXT = ("kommune", "titel", "adresse", "fundseite", "archiv", "sicherheit", "beleg")
"""Columns that help the reader and are not read back."""
_NEEDED = (
    "document_id",
    "found_for",
    "title",
    "url",
    "landing_url",
    "archive_ref",
    "evidence",
    "confidence",
    "coder",
)
_WIDTHS = {SHEET_ID: 15, ID: 28, "kommune": 22, "titel": 48, "adresse": 30, "fundseite": 30, "archiv": 30,
           "beleg": 60, "sicherheit": 11, DONE: 9, CODED_ON: 12, REMARK: 40}  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """A coding sheet that was written.

    Attributes
    ----------
    sheet_id
        Stands in every row; depends on the documents, fields, blindness and machine codes only.
    paths
        The files for the coders (XLSX, CSV).
    key_path
        The key: not for the coders of a blind sheet; `import_sheet` needs it.
    key
        Table `review_sheets`.
    documents
        How many documents are in it.
    """

    sheet_id: str
    paths: tuple[Path, ...]
    key_path: Path
    key: pd.DataFrame
    documents: int


def export_sheet(
    documents: pd.DataFrame,
    out: Path | str,
    *,
    sample: int | None = None,
    seed: int = 20171231,
    fields: Sequence[str] = DEFAULT_FIELDS,
    blind: bool = False,
    names: Mapping[str, str] | None = None,
    archive: Path | None = None,
    factors: Mapping[str, float] = OVERSAMPLING,
) -> Sheet:
    """Write a coding sheet and its key.

    Parameters
    ----------
    documents
        Table `documents` (of a crawl or the catalogue); a column relevant is used if it is there, else every row counts
        as relevant for the machine.
    out
        "x.xlsx" or "x.csv" for one format, a name without suffix for both. The key is "x.key.csv" beside it.
    sample
        How many documents, the uncertain ones preferred; None for all.
    seed
        Of the sample and of the order of a blind sheet.
    fields
        What is to be coded: names in `fields.FIELDS`.
    blind
        Hide codes, evidence and confidence, and shuffle the rows: for reliability. Otherwise the uncertain documents
        come first.
    names
        Name by key of the Kommune, for the reader; the key is shown where there is none.
    archive
        Folder of the crawl, so that `archive_ref` becomes a link to its file.
    factors
        Oversampling factor by confidence.

    Raises
    ------
    DataError
        If there are no documents, a column is missing, an id stands there twice, a field is unknown, or a file is
        there already (it may hold somebody's work).
    """
    import numpy as np

    chosen = check_fields(fields)
    frame = _checked(documents, chosen)
    rng = np.random.default_rng(seed)
    drawn = draw(frame, rng, sample=sample, factors=factors)
    if blind:
        drawn = drawn.iloc[rng.permutation(len(drawn))].reset_index(drop=True)
    else:
        rank = drawn["stratum"].map({"niedrig": 1, "mittel": 2, "hoch": 3}).fillna(0)
        drawn = drawn.iloc[rank.to_numpy().argsort(kind="stable")].reset_index(drop=True)
    key = _key(drawn, chosen, blind)
    paths = _paths(Path(out))
    header, rows, links = _cells(drawn, chosen, key, names or {}, archive, paths[0].parent)
    files.write_csv(paths[-1], key)
    for path in paths[:-1]:
        if path.suffix.lower() == ".csv":
            files.write_bytes(path, _csv_bytes(header, rows))
        else:
            from .workbook import workbook_bytes

            content = workbook_bytes(
                header,
                rows,
                chosen,
                widths=_WIDTHS,
                links=links,
                instructions=_instructions(chosen, blind),
                done=DONE,
            )
            files.write_bytes(path, content)
    return Sheet(key["sheet_id"].iloc[0], paths[:-1], paths[-1], key, len(drawn))


def _paths(out: Path) -> tuple[Path, ...]:
    """Return the files to write, the key last; none of them may be there."""
    suffix = out.suffix.lower()
    kept = (
        [out] if suffix in (".xlsx", ".csv") else [out.with_name(out.name + end) for end in (".xlsx", ".csv")]
    )
    stem = out.stem if len(kept) == 1 else out.name
    paths = (*kept, out.with_name(stem + KEY_SUFFIX))
    for path in paths:
        if path.exists():
            raise DataError(
                "is there already; it may hold codings.", file=path, hint="Choose another name with --out."
            )
    return paths


def _checked(documents: pd.DataFrame, fields: Sequence[ReviewField]) -> pd.DataFrame:
    missing = [
        name
        for name in (*_NEEDED, *(field.name for field in fields))
        if name not in documents.columns and name != "relevant"
    ]
    if missing:
        raise DataError(f"the documents have no column {missing[0]!r}, which the sheet needs.")
    if documents.empty:
        raise DataError("there are no documents to code.")
    frame = documents.reset_index(drop=True)
    twice = frame[ID].duplicated()
    if twice.any():
        raise DataError(f"the document {frame.loc[twice.idxmax(), ID]!r} stands there twice.", column=ID)
    if "relevant" not in frame.columns:
        frame["relevant"] = YES
    return frame


def _key(drawn: pd.DataFrame, fields: Sequence[ReviewField], blind: bool) -> pd.DataFrame:
    import pandas as pd

    rows: list[dict[str, Any]] = [
        {
            "document_id": row[ID],
            "field": field.name,
            "machine_value": machine_code(row[field.name], field) or None,
            "machine_coder": row["coder"],
            "blind": blind,
            "stratum": row["stratum"],
            "inclusion_probability": row["inclusion_probability"],
        }
        for _, row in drawn.iterrows()
        for field in fields
    ]
    content = "\n".join("\t".join(str(value) for value in row.values()) for row in rows)
    sheet_id = f"bogen-{hashlib.sha256(content.encode()).hexdigest()[:10]}"
    return validate(pd.DataFrame(rows).assign(sheet_id=sheet_id), REVIEW_SHEETS)


def _cells(
    drawn: pd.DataFrame,
    fields: Sequence[ReviewField],
    key: pd.DataFrame,
    names: Mapping[str, str],
    archive: Path | None,
    folder: Path,
) -> tuple[list[str], list[list[str]], list[dict[str, str]]]:
    """Return header, rows and the links of every row. A blind sheet has no column of the machine's."""
    blind = bool(key["blind"].iloc[0])
    header = [SHEET_ID, ID, "kommune", "titel", "adresse", "fundseite", "archiv"]
    header += [] if blind else ["sicherheit", "beleg"]
    header += [name for field in fields for name in ([] if blind else [MACHINE + field.name]) + [field.name]]
    header += [DONE, CODED_ON, REMARK]
    sheet_id = key["sheet_id"].iloc[0]
    rows, links = [], []
    for _, row in drawn.iterrows():
        known = row.notna()
        text = {name: printable(str(row[name])) if known[name] else "" for name in _NEEDED}
        cells = dict.fromkeys(header, "") | {
            SHEET_ID: sheet_id,
            ID: text[ID],
            "kommune": printable(names.get(text["found_for"], text["found_for"])),
            "titel": text["title"],
            "adresse": text["url"],
            "fundseite": text["landing_url"],
            "archiv": text["archive_ref"],
        }
        if not blind:
            cells |= {"sicherheit": text["confidence"], "beleg": text["evidence"]}
            cells |= {MACHINE + field.name: machine_code(row[field.name], field) for field in fields}
        rows.append([cells[name] for name in header])
        target = ""
        if archive is not None and text["archive_ref"]:
            target = _relative(archive / text["archive_ref"].partition("#")[0], folder)
        links.append(
            {
                "adresse": web_address(text["url"]),
                "fundseite": web_address(text["landing_url"]),
                "archiv": target or web_address(text["archive_ref"]),
            }
        )
    return header, rows, links


def _relative(target: Path, folder: Path) -> str:
    return Path(os.path.relpath(target, folder)).as_posix()


def _csv_bytes(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Return a CSV file that a German Excel opens right with a double click: semicolons, CRLF, UTF-8 with BOM."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([guard(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _instructions(fields: Sequence[ReviewField], blind: bool) -> list[tuple[str, str]]:
    """Return the sheet "Anleitung"."""
    machine = (
        "Dieser Bogen ist blind: Was das Programm kodiert hat, ist verborgen. Bitte nur nach dem Dokument kodieren "
        "und sich nicht mit anderen Kodierenden absprechen, sonst misst der Vergleich nichts."
        if blind
        else f"Die Spalten {MACHINE}… zeigen, was das Programm kodiert hat. Sie werden nicht eingelesen; eine andere "
        "Meinung gehört in die Spalte rechts daneben."
    )
    done = (
        f"{DONE} = ja: Zeile ist fertig. Leere Felder gelten als nicht kodiert."
        if blind
        else f"{DONE} = ja: Alles in dieser Zeile ist angesehen; leere Felder bestätigen dann den Code des Programms. "
        "Ohne ja gelten leere Felder als nicht kodiert."
    )
    return [
        (
            "Was zu tun ist",
            "Dokument über den Link öffnen, lesen und die gelben Felder des Blatts Kodierbogen ausfüllen.",
        ),
        ("Der Code des Programms", machine),
        ("Fertig", done),
        (
            "Nichts angegeben",
            f"{NONE!r} heißt: Es steht nichts da (kein Jahr). Ein leeres Feld heißt: nicht kodiert.",
        ),
        ("Nicht relevant", "Bei relevant = nein bleiben die übrigen Felder leer."),
        ("Jahr", "Vier Ziffern. Ein Auftrag, ein Antrag oder ein Dateidatum ist kein Beschluss."),
        ("Tag", f"{CODED_ON} nur ausfüllen, wenn der Tag von dem des Einlesens abweicht (TT.MM.JJJJ)."),
        ("Bemerkung", "Alles, was die Kodierung erklärt oder offen lässt."),
        (
            "Nicht ändern",
            f"Die Spalten {SHEET_ID} und {ID}. Spalten dürfen verschoben, Zeilen sortiert werden.",
        ),
        *((field.name, f"{field.label}: {_choices(field)}") for field in fields),
    ]


def _choices(field: ReviewField) -> str:
    none = f" oder {NONE}" if field.optional else ""
    if field.form == "year":
        return f"Jahr mit vier Ziffern{none}"
    if field.form == "key":
        return f"Schlüssel mit 5 (Landkreis) oder 8 Ziffern (Gemeinde){none}; führende Null nicht vergessen"
    several = "mehrere mit | getrennt" if field.form == "codes" else "siehe Blatt Codes"
    return f"{', '.join(field.codes)}{none} ({several})"
