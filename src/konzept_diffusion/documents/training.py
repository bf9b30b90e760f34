"""Learns the weights of `scraper/statements.json` from the bank of sentences; deterministic, rerun after a change.

`python -m konzept_diffusion.documents.training` fits two multinomial logistic regressions (what is claimed, and of
which version) on `scraper/bank/*.jsonl`, measures them by leaving out one writer after the other, and writes both.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from ..errors import DataError
from ..files import atomic_path
from ..paths import scraper_dir
from .claims import CLAIMS, weighted
from .codebook import book
from .folding import clean, folded

ABOUTS = ("this", "predecessor", "elsewhere", "nothing")
VERSION = 1
STRENGTH = 12.0
"""Inverse strength of the L2 penalty (scikit-learn's C)."""
SEEN = 2
"""In so many sentences a feature must stand."""
LEAST = 0.12
"""A feature none of whose weights is that large is left out."""


def bank(folder: Path | None = None) -> list[dict[str, Any]]:
    """Return the sentences of the bank, with their file (the writer) under "writer".

    Raises
    ------
    DataError
        If there are none, or a line has a code that is none.
    """
    folder = folder or scraper_dir() / "bank"
    found = []
    for file in sorted(folder.glob("*.jsonl")):
        for row, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            said = json.loads(line)
            if said.get("claim") not in CLAIMS or said.get("about") not in ABOUTS:
                raise DataError("has a claim or about that is no code", file=file, row=row)
            found.append({**said, "writer": file.stem})
    if not found:
        raise DataError("has no sentences", file=folder, hint="See scraper/README.md.")
    return found


def digest(rows: list[dict[str, Any]]) -> str:
    """Return the hash of what the model is learned from: the sentences and the codebook's cues."""
    said = [[row["before"], row["sentence"], row["claim"], row["about"]] for row in rows]
    cues = {name: group.terms for name, group in book().sections["cue"].items()}
    return hashlib.sha256(json.dumps([said, cues], ensure_ascii=False).encode()).hexdigest()


def _line(text: str) -> str:
    return folded(clean(text)).replace("\n", " ")


def _matrix(rows: list[dict[str, Any]]) -> tuple[Any, list[str]]:
    import numpy as np
    from sklearn.feature_extraction import DictVectorizer

    vectors = DictVectorizer()
    matrix = vectors.fit_transform([weighted(_line(row["sentence"]), _line(row["before"])) for row in rows])
    kept = np.asarray((matrix > 0).sum(axis=0)).ravel() >= SEEN
    return matrix[:, kept], list(np.asarray(vectors.get_feature_names_out())[kept])


def _regression() -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=STRENGTH, max_iter=300, tol=1e-4)


def measured(rows: list[dict[str, Any]], matrix: Any) -> dict[str, Any]:
    """Return accuracy, and precision and recall of "adopted", where every writer is coded by the others' model."""
    import numpy as np
    from sklearn.model_selection import GroupKFold, cross_val_predict

    writers = np.array([row["writer"] for row in rows])
    names = sorted(set(writers))
    found: dict[str, Any] = {"sentences": len(rows)}
    for field in ("claim", "about"):
        truth = np.array([row[field] for row in rows])
        folds = GroupKFold(len(names)) if len(names) > 1 else 5
        said = cross_val_predict(_regression(), matrix, truth, groups=writers, cv=folds)
        found[field] = round(float((said == truth).mean()), 3)
        found[f"{field}_by_writer"] = {
            str(name): round(float((said == truth)[writers == name].mean()), 3) for name in names
        }
        if field == "claim":
            both = ((said == "adopted") & (truth == "adopted")).sum()
            found["adopted_precision"] = round(float(both / max(1, (said == "adopted").sum())), 3)
            found["adopted_recall"] = round(float(both / max(1, (truth == "adopted").sum())), 3)
    return found


def fitted(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the model as `statements.json` holds it."""
    import numpy as np

    matrix, names = _matrix(rows)
    heads = []
    for field, codes in (("claim", CLAIMS), ("about", ABOUTS)):
        learned = _regression().fit(matrix, [row[field] for row in rows])
        order = [list(learned.classes_).index(code) for code in codes]
        heads.append((learned.coef_[order], learned.intercept_[order]))
    weights = np.vstack([coefficients for coefficients, _ in heads]).T
    bias = np.concatenate([intercept for _, intercept in heads])
    kept = np.abs(weights).max(axis=1) >= LEAST
    return {
        "version": VERSION,
        "bank_sha256": digest(rows),
        "measured": measured(rows, matrix),
        "claims": list(CLAIMS),
        "abouts": list(ABOUTS),
        "bias": [round(float(value), 3) for value in bias],
        "weights": {
            name: [round(float(value), 2) for value in values]
            for name, values, keep in sorted(zip(names, weights, kept, strict=True), key=lambda item: item[0])
            if keep
        },
    }


def written(learned: dict[str, Any]) -> str:
    """Return a model as JSON, one feature a line."""
    head = {name: value for name, value in learned.items() if name != "weights"}
    lines = [
        f" {json.dumps(name, ensure_ascii=False)}: {json.dumps(value, ensure_ascii=False)},"
        for name, value in head.items()
    ]
    rows = [
        f"  {json.dumps(name, ensure_ascii=False)}: [{','.join(f'{value:g}' for value in values)}]"
        for name, values in learned["weights"].items()
    ]
    return "{\n" + "\n".join(lines) + '\n "weights": {\n' + ",\n".join(rows) + "\n }\n}\n"


def main() -> None:
    """Learn, measure, write `scraper/statements.json` and tell what was measured."""
    learned = fitted(bank())
    target = scraper_dir() / "statements.json"
    with atomic_path(target) as temporary:
        temporary.write_text(written(learned), encoding="utf-8")
    print(json.dumps(learned["measured"], indent=1), f"{len(learned['weights'])} features -> {target.name}")


if __name__ == "__main__":
    main()
