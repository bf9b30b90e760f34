"""Coding documents of about 20 pages: documents a second and core; writes into benchmarks/results.json.

`python benchmarks/coding.py` composes synthetic texts of 40,000 characters from the paragraphs of the tests, codes
them (kind, status, owner, year, themes) as a crawl does once a file's text is read, and as `classify` does. The
peer is scikit-learn's TfidfVectorizer turning the same texts into a matrix: the least that any model would need.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from konzept_diffusion.documents.classify import classify
from konzept_diffusion.documents.coder import RuleCoder
from konzept_diffusion.documents.owners import Owners
from konzept_diffusion.scrape.reports import File, Kommune

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
PARAGRAPHS = HERE.parent / "tests" / "documents" / "paragraphs.json"
DOCUMENTS, CHARACTERS, ROUNDS, LIMIT = 60, 40_000, 5, 100
TOWN = Kommune("05315000", "Köln, Stadt", "stadt", "05", "https://www.stadt-koeln.example/")


def texts() -> list[str]:
    """Return synthetic documents, each with a cover, an imprint with its adoption, and shuffled paragraphs."""
    bank = json.loads(PARAGRAPHS.read_text(encoding="utf-8"))
    paragraphs = [
        text for text in (bank.values() if isinstance(bank, dict) else bank) if isinstance(text, str)
    ]
    found = []
    for seed in range(DOCUMENTS):
        draw = random.Random(seed)
        parts = [
            f"Integrationskonzept der Stadt Köln\nVom Rat der Stadt beschlossen am 12.03.{2005 + seed % 12}"
        ]
        while sum(map(len, parts)) < CHARACTERS:
            parts.append(
                f"{draw.randint(1, 9)}. Handlungsfeld {draw.randint(1, 99)}\n{draw.choice(paragraphs)}"
            )
        found.append("\n\n".join(parts)[:CHARACTERS])
    return found


def seconds(work: Callable[[], object]) -> float:
    """Return CPU seconds, the median of some rounds after one to warm up."""
    work()
    samples = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        samples.append(time.process_time() - begun)
    return statistics.median(samples)


def run() -> dict[str, object]:
    """Measure."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    documents = texts()
    coder = RuleCoder(Owners([TOWN]))
    files = [
        File(text.encode(), "text/plain", f"https://k.example/{n}.txt", TOWN)
        for n, text in enumerate(documents)
    ]
    lines = [
        json.dumps({"id": str(n), "url": "", "title": "", "text": text}) for n, text in enumerate(documents)
    ]
    coded = [coder(file) for file in files]
    own = seconds(lambda: [coder(file) for file in files])
    alone = seconds(lambda: list(classify(lines)))
    peer = seconds(lambda: TfidfVectorizer().fit_transform(documents))
    return {
        "documents": DOCUMENTS,
        "characters_each": CHARACTERS,
        "coded_as_documents": sum(coding.is_document for coding in coded),
        "documents_per_second": DOCUMENTS / own,
        "classify_per_second": DOCUMENTS / alone,
        "limit_per_second": LIMIT,
        "peer": "scikit-learn TfidfVectorizer on the same texts",
        "over_peer": own / peer,
        "classify_over_peer": alone / peer,
    }


def main() -> None:
    """Measure and keep."""
    found = run()
    kept = json.loads(RESULTS.read_text(encoding="utf-8"))
    kept["coding"] = found
    RESULTS.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
