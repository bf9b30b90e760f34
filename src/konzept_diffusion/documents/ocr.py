"""Text of scanned PDFs by optical character recognition: optional, slow, off unless asked for.

Needs the extra `konzept-diffusion[ocr]` (pytesseract) and the program Tesseract with its German data, which pip
cannot install. Pages are drawn by pdfium and read one by one, in a worker process of its own with its own limits.
"""

from __future__ import annotations

import importlib.util
import shutil
import time

from ..errors import KonzeptError
from .reasons import BAD_FILE, Reading

LANGUAGE = "deu"
RESOLUTION = 300
"""Dots per inch: what Tesseract's manual advises."""
MAX_PAGES = 60
TIME_LIMIT = 900.0
"""Seconds for one file; after half of them no further page is begun."""
PAGE_LIMIT = 60.0
"""Seconds for one page."""
MEMORY_LIMIT = 2 << 30
_LONGEST_SIDE = 6000  # pixels; a page as large as a poster is drawn smaller
_MISSING = (
    "Text recognition needs {what}. Install it with {how}, or run without text recognition: scanned files then "
    "stay marked as needs_ocr."
)


def require() -> None:
    """Check that text recognition can be done: call it before a run, not in the middle of one.

    Raises
    ------
    KonzeptError
        pytesseract, the program Tesseract or its German data is missing; the sentence says how to install it.
    """
    if importlib.util.find_spec("pytesseract") is None:
        raise KonzeptError(
            _MISSING.format(what="pytesseract", how="pip install 'konzept-diffusion[ocr]'"),
        )
    import pytesseract

    package = "your system's packages (Debian: apt install tesseract-ocr tesseract-ocr-deu)"
    if shutil.which(pytesseract.pytesseract.tesseract_cmd) is None:
        raise KonzeptError(_MISSING.format(what="the program tesseract", how=package))
    if LANGUAGE not in pytesseract.get_languages():
        raise KonzeptError(_MISSING.format(what="Tesseract's German data (deu)", how=package))


def recognise(body: bytes) -> Reading:
    """Return the text of a scanned PDF; never raises for a bad file.

    Parameters
    ----------
    body
        The file.

    Raises
    ------
    KonzeptError
        See `require`.
    """
    from .reader import FileReader

    require()
    reader = FileReader(time_limit=TIME_LIMIT, memory_limit=MEMORY_LIMIT)
    try:
        return reader.read(body, b"S")
    finally:
        reader.close()


def read_scan(body: bytes, *, seconds: float) -> Reading:
    """Return the text of the pages of a PDF as pictures of text. Runs inside the worker process.

    Parameters
    ----------
    body
        The file.
    seconds
        No further page is begun after this time.
    """
    import pypdfium2
    import pytesseract

    deadline = time.monotonic() + seconds
    try:
        pdf = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        return Reading("broken", reason="damaged", detail=str(error))
    parts: list[str] = []
    failed = ""
    try:
        count = len(pdf)
        for number in range(min(count, MAX_PAGES)):
            if time.monotonic() > deadline:
                break
            try:
                page = pdf[number]
                scale = min(RESOLUTION / 72, _LONGEST_SIDE / max(*page.get_size(), 1))
                picture = page.render(scale=scale, grayscale=True).to_pil()
                parts.append(pytesseract.image_to_string(picture, lang=LANGUAGE, timeout=PAGE_LIMIT))
                page.close()
            except BAD_FILE as error:
                failed = failed or f"page {number + 1}: {type(error).__name__}: {error}"[:200]
                parts.append("")
    finally:
        pdf.close()
    if not any(map(str.strip, parts)):
        return Reading("needs_ocr", (), count, reason="scan", detail=failed or "recognition found no text")
    reason = "partial" if failed else "cut" if len(parts) < count else ""
    return Reading(
        "ok", tuple(parts), count, reason=reason, detail=failed or "read by recognition (Tesseract)"
    )
