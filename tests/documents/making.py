"""Small files made for the tests: PDFs of every kind, docx, odt and rtf files, and what is wrong with them."""

from __future__ import annotations

import io
import zipfile
import zlib

_ESCAPES = str.maketrans({"(": r"\(", ")": r"\)", "\\": r"\\"})
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def pdf(pages: list[list[str]], title: str = "", *, packed: bool = False) -> bytes:
    """Return a PDF with the given lines on its pages (an empty page has no text, like a scan)."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", FONT]
    kids = []
    for lines in pages:
        shown = "".join(f"({line.translate(_ESCAPES)}) Tj 0 -16 Td\n" for line in lines)
        objects.append(stream(f"BT /F1 11 Tf 50 780 Td\n{shown}ET".encode("cp1252"), packed=packed))
        objects.append(page(len(objects)))
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    objects.append(f"<< /Title ({title.translate(_ESCAPES)}) >>".encode("cp1252"))
    return pdf_of(objects, info=len(objects))


def page(contents: int, parent: int = 2, more: str = "") -> bytes:
    """Return the object of an A4 page."""
    return (
        f"<< /Type /Page /Parent {parent} 0 R /MediaBox [0 0 595 842] /Contents {contents} 0 R "
        f"/Resources << /Font << /F1 3 0 R >> {more} >> >>"
    ).encode()


def stream(content: bytes, *, packed: bool = False, more: str = "") -> bytes:
    """Return a stream object."""
    data = zlib.compress(content) if packed else content
    filtered = "/Filter /FlateDecode" if packed else ""
    return f"<< /Length {len(data)} {filtered} {more} >>\nstream\n".encode() + data + b"\nendstream"


def pdf_of(objects: list[bytes], info: int = 0) -> bytes:
    """Return the PDF of numbered objects; the first is its catalogue."""
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n".encode() + content + b"\nendobj\n")
    start = out.tell()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    about = f"/Info {info} 0 R" if info else ""
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode())
    out.write(f"trailer << /Size {len(objects) + 1} /Root 1 0 R {about} >>\n".encode())
    out.write(f"startxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def scan(pages: int, lines: list[str] | None = None, stamp: str = "") -> bytes:
    """Return a PDF of pictures; with `lines` a first page of text, with `stamp` a few letters on each picture."""
    grey = "/Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8"
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", FONT, stream(bytes(range(64)), more=grey)]
    kids = []
    for number in range(pages + bool(lines)):
        if lines and number == 0:
            shown = "".join(f"({line.translate(_ESCAPES)}) Tj 0 -16 Td\n" for line in lines)
            content = f"BT /F1 11 Tf 50 780 Td\n{shown}ET"
        else:
            content = f"q 595 0 0 842 0 0 cm /Im1 Do Q BT /F1 9 Tf 400 20 Td ({stamp}) Tj ET"
        objects.append(stream(content.encode("cp1252")))
        objects.append(page(len(objects), more="/XObject << /Im1 4 0 R >>"))
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    return pdf_of(objects)


def encrypted(body: bytes, *, user: str, owner: str = "eigentuemer") -> bytes:
    """Return a PDF encrypted with the passwords; with an empty user password everyone may read it."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(PdfReader(io.BytesIO(body)))
    writer.encrypt(user, owner, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def cyclic(kind: str) -> bytes:
    """Return a PDF whose page tree leads back: to itself, over two nodes, or beside a page."""
    text = stream(b"BT /F1 11 Tf 50 780 Td (Integrationskonzept der Stadt) Tj ET")
    nodes = {
        "itself": [b"<< /Type /Pages /Kids [2 0 R] /Count 3 >>", FONT],
        "two": [
            b"<< /Type /Pages /Kids [4 0 R] /Count 3 >>", FONT,
            b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R] /Count 3 >>",
        ],
        "beside": [b"<< /Type /Pages /Kids [2 0 R 5 0 R] /Count 2 >>", FONT, text, page(4)],
    }[kind]  # fmt: skip
    return pdf_of([b"<< /Type /Catalog /Pages 2 0 R >>", *nodes])


def deep_tree(depth: int) -> bytes:
    """Return a PDF whose only page hangs below so many nodes."""
    text = stream(b"BT /F1 11 Tf 50 780 Td (Integrationskonzept der Stadt) Tj ET")
    nodes = [
        f"<< /Type /Pages /Parent {max(2, 3 + number)} 0 R /Kids [{5 + number} 0 R] /Count 1 >>".encode()
        for number in range(depth)
    ]
    root = b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>"
    last = 3 + depth
    return pdf_of([b"<< /Type /Catalog /Pages 2 0 R >>", root, FONT, *nodes, page(last + 2, last), text])


def bursting_pdf(size: int) -> bytes:
    """Return a small PDF whose page unpacks to so many bytes."""
    content = stream(b"q Q " * (size // 4), packed=True)
    pages = b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>"
    return pdf_of([b"<< /Type /Catalog /Pages 2 0 R >>", pages, FONT, content, page(4)])


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OPEN = "urn:oasis:names:tc:opendocument:xmlns"


def docx(paragraphs: list[str], more: str = "") -> bytes:
    """Return a docx file with one run per paragraph, and further XML after them."""
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    xml = f'<w:document xmlns:w="{WORD}"><w:body>{body}{more}</w:body></w:document>'
    return archive({"word/document.xml": xml})


def odt(paragraphs: list[str], more: str = "", title: str = "") -> bytes:
    """Return an odt file."""
    names = f'xmlns:office="{OPEN}:office:1.0" xmlns:text="{OPEN}:text:1.0" xmlns:table="{OPEN}:table:1.0"'
    body = "".join(f"<text:p>{text[:4]}<text:span>{text[4:]}</text:span></text:p>" for text in paragraphs)
    content = (
        f"<office:document-content {names}><office:body>{body}{more}</office:body></office:document-content>"
    )
    meta = f'<m xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></m>'
    return archive({"content.xml": content, **({"meta.xml": meta} if title else {})})


def rtf(paragraphs: list[str]) -> bytes:
    """Return a rich text file; umlauts as code page escapes."""
    shown = "\\par\n".join(paragraphs).encode("cp1252")
    escaped = b"".join(bytes([sign]) if sign < 128 else b"\\'%02x" % sign for sign in shown)
    head = b"{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}{\\*\\generator Nichts;}\\f0 "
    return head + escaped + b"\\par}"


def archive(parts: dict[str, str | bytes]) -> bytes:
    """Return a zip archive of the parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return out.getvalue()
