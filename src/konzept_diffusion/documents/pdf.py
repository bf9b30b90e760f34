"""Text of PDFs page by page: by pdfium, and by pypdf where pdfium fails. Runs inside the worker process."""

from __future__ import annotations

import ctypes
import io
import logging
import time
from typing import Any

from .reasons import BAD_FILE, Reading

MAX_PAGES = 200
"""Pages read of one file."""
MAX_CHARS = 400_000
"""Characters read of one file."""
SECONDS = 10.0
"""No further page is begun after this time."""
SCAN_LETTERS = 16
"""A page with fewer letters has no text."""
FEW_LETTERS = 100
"""A page with fewer letters and a picture over half of it is a picture."""
THIN_LETTERS = 300
"""A file of which most pages are pictures, with fewer letters a page on average, is a scan with some text."""
_MOST_OBJECTS = 200  # of a page with hardly any text that are looked at for a picture
_PASSWORD_ERRORS = (4, 5)  # FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY
_TAIL = 2048  # the bytes at the end in which a whole file has its end mark


def read_pdf(body: bytes, *, seconds: float = SECONDS, fallback_only: bool = False) -> Reading:
    """Return what a PDF says, page by page.

    Parameters
    ----------
    body
        The file.
    seconds
        No further page is begun after this time: a text may be cut, a file is not read for ever.
    fallback_only
        Leave pdfium out (it has crashed on this file).

    Returns
    -------
    Reading
        status ok, needs_ocr, encrypted or broken.
    """
    if b"%PDF-" not in body[:1024]:
        return Reading("broken", reason="not_a_pdf", detail=f"begins with {body[:12]!r}")
    deadline = time.monotonic() + seconds
    first = Reading("broken", reason="crashed")
    if not fallback_only:
        try:
            first = _by_pdfium(body, deadline)
        except BAD_FILE as error:
            first = Reading("broken", reason=_cause(body), detail=f"{type(error).__name__}: {error}"[:300])
    if first.status != "broken" or time.monotonic() > deadline:
        return first
    return _by_pypdf(body, deadline, first)


def _by_pdfium(body: bytes, deadline: float) -> Reading:
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        if error.err_code in _PASSWORD_ERRORS:
            return Reading("encrypted", reason="encrypted", detail=str(error))
        return Reading("broken", reason=_cause(body), detail=str(error))
    parts: list[str] = []
    pictures, length, failed = 0, 0, ""
    failures = 0
    try:
        count = len(pdf)
        title = str(pdf.get_metadata_dict().get("Title", ""))
        for number in range(min(count, MAX_PAGES)):
            if length >= MAX_CHARS or time.monotonic() > deadline:
                break
            try:
                page = pdf[number]
                textpage = page.get_textpage()
                part = textpage.get_text_range(errors="replace")
            except (pypdfium2.PdfiumError, AssertionError, ValueError) as error:
                failures += 1
                failed = failed or f"page {number + 1}: {error}"
                parts.append("")
                continue
            letters = sum(map(str.isalpha, part[: 4 * FEW_LETTERS]))
            if letters < FEW_LETTERS and (letters < SCAN_LETTERS or _pictured(page)):
                pictures += 1
            textpage.close()
            page.close()
            parts.append(part[: MAX_CHARS - length])
            length += len(parts[-1])
    finally:
        pdf.close()
    if failures == len(parts):
        reason = _cause(body) if count else "no_pages"
        return Reading("broken", page_count=count, reason=reason, detail=failed or "no pages")
    return _judged(body, parts, count, title, pictures - failures, failed)


def _judged(body: bytes, parts: list[str], count: int, title: str, pictures: int, failed: str) -> Reading:
    """Return the reading of a file whose pages were read."""
    detail = failed
    text_pages = sum(1 for part in parts if sum(map(str.isalpha, part[:400])) >= SCAN_LETTERS)
    if pictures > 0:
        detail = detail or f"{pictures} of {len(parts)} pages are pictures or empty"
    if text_pages == 0:
        return Reading("needs_ocr", tuple(parts), count, title, "scan", detail)
    if pictures * 2 > len(parts) and sum(map(str.isalpha, "".join(parts))) < THIN_LETTERS * len(parts):
        return Reading("needs_ocr", tuple(parts), count, title, "mixed", detail)
    reason = "partial" if failed else "cut" if len(parts) < count else ""
    if not reason and b"%%EOF" not in body[-_TAIL:]:
        reason = "truncated"
    if reason == "cut":
        detail = detail or f"{len(parts)} of {count} pages were read"
    return Reading("ok", tuple(parts), count, title, reason, detail)


def _pictured(page: Any) -> bool:
    """Return whether a picture, or a drawing that may hold one, covers half of the page."""
    import pypdfium2.raw as pdfium

    width, height = page.get_size()
    sides = [ctypes.c_float() for _ in range(4)]
    for number in range(min(pdfium.FPDFPage_CountObjects(page), _MOST_OBJECTS)):
        item = pdfium.FPDFPage_GetObject(page, number)
        if pdfium.FPDFPageObj_GetType(item) not in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM):
            continue
        if pdfium.FPDFPageObj_GetBounds(item, *sides):
            left, bottom, right, top = (side.value for side in sides)
            if (right - left) * (top - bottom) * 2 >= width * height:
                return True
    return False


def _cause(body: bytes) -> str:
    return "damaged" if b"%%EOF" in body[-_TAIL:] else "truncated"


def _by_pypdf(body: bytes, deadline: float, first: Reading) -> Reading:
    """Return what pypdf makes of a file that pdfium could not read."""
    import pypdf
    from pypdf.errors import DependencyError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    bad = (*BAD_FILE, PyPdfError, DependencyError)
    detail = first.detail
    try:
        reader = pypdf.PdfReader(io.BytesIO(body))
        if reader.is_encrypted and not reader.decrypt(""):
            return Reading("encrypted", reason="encrypted", detail="a password is needed")
        if _is_cyclic(reader.root_object.get("/Pages")):
            return Reading("broken", reason="cyclic", detail=detail)
        count = len(reader.pages)
        title = str(reader.metadata.get("/Title", "")) if reader.metadata else ""
    except bad as error:
        return Reading(
            "broken",
            reason="too_deep" if "depth" in str(error) else first.reason,
            page_count=first.page_count,
            detail=f"{detail}; {type(error).__name__}: {error}"[:300],
        )
    parts: list[str] = []
    failed, length = "", 0
    for number in range(min(count, MAX_PAGES)):
        if length >= MAX_CHARS or time.monotonic() > deadline:
            break
        try:
            part = reader.pages[number].extract_text()
        except bad as error:
            failed = failed or f"page {number + 1}: {type(error).__name__}: {error}"[:200]
            part = ""
        parts.append(part[: MAX_CHARS - length])
        length += len(parts[-1])
    if not any(sum(map(str.isalpha, part)) >= SCAN_LETTERS for part in parts):
        reason = first.reason if count else "no_pages"
        return Reading("broken", page_count=count, reason=reason, detail=f"{detail}; {failed}".strip("; "))
    pictures = sum(1 for part in parts if sum(map(str.isalpha, part)) < SCAN_LETTERS)
    said = _judged(body, parts, count, title, pictures, failed)
    note = f"read by pypdf ({detail or 'pdfium ended on it'}); {said.detail}".rstrip("; ")
    beside = "damaged" if first.reason == "crashed" else first.reason
    return Reading(said.status, said.pages, count, title, said.reason or beside, note)


def _is_cyclic(root: Any) -> bool:
    """Return whether a node of the page tree is met twice (pages may be, nodes with children may not)."""
    from pypdf.generic import IndirectObject

    seen: set[int] = set()
    waiting = [root]
    while waiting and len(seen) < 100_000:
        node = waiting.pop()
        key = node.idnum if isinstance(node, IndirectObject) else id(node)
        node = node.get_object() if node is not None else None
        kids = node.get("/Kids") if isinstance(node, dict) else None
        kids = kids.get_object() if kids is not None else None
        if not isinstance(kids, list):
            continue
        if key in seen:
            return True
        seen.add(key)
        waiting.extend(kids)
    return False
