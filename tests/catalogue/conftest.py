"""Synthetic documents for the coding rules: small tables whose truth is plain."""

import pandas as pd
import pytest

from konzept_diffusion.schemas import validate
from konzept_diffusion.schemas.processed import DOCUMENTS

DEFAULTS = {
    "ags": "05315000", "owner_level": "stadt", "found_for": "05315000", "title": "Integrationskonzept",
    "kind": "integrationskonzept", "target_group": "allgemein", "status": "fertiggestellt", "year": 2010,
    "year_basis": "dokument", "discovered_by": "synthetic", "source": "anlage1_2017", "coder": "synthetic",
    "confidence": "hoch",
}  # fmt: skip


@pytest.fixture
def documents():
    """Return a function that makes a table `documents` from the differences to a plain concept of 2010."""

    def make(*rows: dict) -> pd.DataFrame:
        filled = [
            {"document_id": f"synthetic-{number:02d}"} | DEFAULTS | row for number, row in enumerate(rows)
        ]
        frame = pd.DataFrame(filled)
        for column in DOCUMENTS.columns:
            if column.name not in frame:
                frame[column.name] = pd.array([None] * len(frame), dtype=column.dtype)
        return validate(frame, DOCUMENTS)

    return make
