"""Small files made for the tests: a PDF with text, a PDF without, docx and odt archives."""

from __future__ import annotations

import io
import zipfile


def pdf(pages: list[list[str]], title: str = "") -> bytes:
    """Return a PDF with the given lines on its pages (an empty page has no text, like a scan)."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    kids = []
    for lines in pages:
        shown = "".join(f"({line.translate(_ESCAPES)}) Tj 0 -16 Td\n" for line in lines)
        stream = f"BT /F1 11 Tf 50 780 Td\n{shown}ET"
        objects.append(f"<< /Length {len(stream.encode('cp1252'))} >>\nstream\n{stream}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    objects.append(f"<< /Title ({title.translate(_ESCAPES)}) >>")
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n{content}\nendobj\n".encode("cp1252"))
    start = out.tell()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode())
    out.write(f"trailer << /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>\n".encode())
    out.write(f"startxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


_ESCAPES = str.maketrans({"(": r"\(", ")": r"\)", "\\": r"\\"})


def docx(paragraphs: list[str]) -> bytes:
    """Return a docx file with one run per paragraph."""
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    return archive(
        {"word/document.xml": f'<w:document xmlns:w="{word}"><w:body>{body}</w:body></w:document>'}
    )


def odt(paragraphs: list[str]) -> bytes:
    """Return an odt file."""
    base = "urn:oasis:names:tc:opendocument:xmlns"
    names = f'xmlns:office="{base}:office:1.0" xmlns:text="{base}:text:1.0"'
    body = "".join(f"<text:p>{text[:4]}<text:span>{text[4:]}</text:span></text:p>" for text in paragraphs)
    content = f"<office:document-content {names}><office:body>{body}</office:body></office:document-content>"
    return archive({"content.xml": content})


def archive(parts: dict[str, str]) -> bytes:
    """Return a zip archive of the parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return out.getvalue()
