"""Shared by the tests of documents: the development corpus, composed and read as the coder reads files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from konzept_diffusion.documents.coder import RuleCoder
from konzept_diffusion.documents.folding import clean
from konzept_diffusion.documents.language import language
from konzept_diffusion.documents.material import Material
from konzept_diffusion.documents.owners import Owners
from konzept_diffusion.documents.text import Text
from konzept_diffusion.scrape.reports import Coding, File, Kommune

HERE = Path(__file__).resolve().parent


def compose(case: dict, paragraphs: dict[str, str]) -> str:
    """Return the text of a case: its own words, then the paragraphs it names."""
    return "\n\n".join([case["text"], *(paragraphs[name] for name in case["extend"])]).strip()


def material(case: dict, paragraphs: dict[str, str]) -> Material:
    """Return a case as the coder sees it after its text was read (reading files is tested elsewhere)."""
    text = compose(case, paragraphs)
    file = File(
        body=b"x",
        media_type=case["media_type"],
        url=case["url"],
        found_for=Kommune(**case["found_for"]),
        anchors=tuple(case["anchors"]),
        context=case["context"],
        landing_text=case["landing_text"],
    )
    shown = clean(text)
    if case["media_type"] == "text/html":
        headings = (case["title"], *(part.split("\n")[0] for part in text.split("\n\n")))
        read = Text("ok", shown, title=case["title"], language=language(shown), headings=headings, html=True)
    else:
        reason = "old_office" if case["media_type"] == "application/msword" else ""
        read = Text(case["text_status"], shown, page_count=9, language=language(shown), reason=reason)
    return Material(file, read)


@pytest.fixture(scope="session")
def paragraphs() -> dict[str, str]:
    return json.loads((HERE / "paragraphs.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def corpus() -> list[dict]:
    lines = (HERE / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="session")
def code(paragraphs) -> Callable[[dict], Coding]:
    """Return the function that codes a case; the register in use is the case's own Kommune."""

    def coded(case: dict) -> Coding:
        return RuleCoder(Owners([Kommune(**case["found_for"])])).code(material(case, paragraphs))

    return coded
