"""Every table's columns, types, units and categories: validation and codebook come from here."""

from __future__ import annotations

from .core import Column, ForeignKey, Table, check_foreign_keys, read, validate

__all__ = ["Column", "ForeignKey", "Table", "check_foreign_keys", "read", "validate"]
