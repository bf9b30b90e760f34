"""`datapackage.json`: the built tables as a Frictionless data package (specification version 1, tabular)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from .core import FIRST_YEAR, Column, Table

_TYPES = {
    "key": "string",
    "string": "string",
    "integer": "integer",
    "year": "integer",
    "number": "number",
    "boolean": "boolean",
    "date": "date",
}
_LICENCES = {
    "CC-BY-4.0": {
        "name": "CC-BY-4.0",
        "path": "https://creativecommons.org/licenses/by/4.0/",
        "title": "Creative Commons Attribution 4.0",
    },
    "dl-de/by-2-0": {
        "name": "dl-de/by-2-0",
        "path": "https://www.govdata.de/dl-de/by-2-0",
        "title": "Datenlizenz Deutschland – Namensnennung – Version 2.0",
    },
}


def datapackage(tables: Mapping[str, Table], texts: Mapping[str, str]) -> str:
    """Return the package description as JSON text.

    Parameters
    ----------
    tables
        Declarations by table name.
    texts
        CSV text by file name: for size and hash.
    """
    package: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": "konzept-diffusion",
        "title": "konzept_diffusion: integration concepts of German municipalities",
        "description": "Who adopted which integration concept, when, with evidence; with official statistics and the risk set.",
        "licenses": [_LICENCES["CC-BY-4.0"]],
        "resources": [_resource(table, texts[f"{name}.csv"]) for name, table in tables.items()],
    }
    return json.dumps(package, ensure_ascii=False, indent=2) + "\n"


def _resource(table: Table, text: str) -> dict[str, Any]:
    content = text.encode("utf-8")
    schema: dict[str, Any] = {
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
        "primaryKey": list(table.primary_key),
    }
    if table.foreign_keys:
        schema["foreignKeys"] = [
            {
                "fields": list(key.columns),
                "reference": {"resource": key.reference, "fields": list(key.reference_columns)},
            }
            for key in table.foreign_keys
        ]
    return {
        "name": table.name,
        "path": f"{table.name}.csv",
        "profile": "tabular-data-resource",
        "title": table.title,
        "description": table.description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": "sha256:" + hashlib.sha256(content).hexdigest(),
        "licenses": [_LICENCES.get(table.licence, {"name": "other-attribution", "title": table.licence})],
        "sources": [{"title": source} for source in table.sources],
        "schema": schema,
    }


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if column.categories:
        constraints["enum"] = list(column.categories)
    if column.type == "year":
        constraints["minimum"] = FIRST_YEAR
    if column.type != "year" and column.minimum is not None:
        constraints["minimum"] = _number(column, column.minimum)
    if column.maximum is not None:
        constraints["maximum"] = _number(column, column.maximum)
    if column.type == "key":
        constraints["pattern"] = "^(?:[0-9]{2}|[0-9]{3}|[0-9]{5}|[0-9]{8})$"
    field: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES[column.type],
        "description": column.description,
    }
    if column.unit:
        field["unit"] = column.unit
    if column.type == "boolean":
        field["trueValues"], field["falseValues"] = ["true"], ["false"]
    if constraints:
        field["constraints"] = constraints
    return field


def _number(column: Column, value: float) -> float | int:
    return int(value) if column.type == "integer" else value
