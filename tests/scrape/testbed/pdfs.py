"""Files as towns put them online, made by hand: PDF with text, as a scan, with a password; docx."""

from __future__ import annotations

import hashlib
import io
import random
import textwrap
import zipfile
import zlib
from collections.abc import Sequence
from xml.sax.saxutils import escape

_PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def _rc4(key: bytes, data: bytes) -> bytes:
    box = list(range(256))
    j = 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(out)


def _text(text: str) -> bytes:
    raw = text.encode("cp1252", "replace")
    return b"(" + raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b")"


def _page_content(lines: Sequence[tuple[int, str]]) -> bytes:
    """Lines of (font size, text) from the top of an A4 page."""
    out, y = [b"BT"], 790
    for size, line in lines:
        y -= round(size * 1.4)
        font = b"/F2" if size > 11 else b"/F1"
        out.append(b"%s %d Tf 1 0 0 1 60 %d Tm %s Tj" % (font, size, y, _text(line)))
    return b"\n".join([*out, b"ET"])


def _file(objects: list[bytes], root: int, info: int, trailer: bytes = b"") -> bytes:
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    begin = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    out.write(
        b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R %s>>\n" % (len(objects) + 1, root, info, trailer)
    )
    out.write(b"startxref\n%d\n%%%%EOF\n" % begin)
    return out.getvalue()


def _stream(data: bytes, extra: bytes = b"") -> bytes:
    packed = zlib.compress(data, 6)
    return b"<< /Length %d /Filter /FlateDecode %s>>\nstream\n%s\nendstream" % (len(packed), extra, packed)


def paginate(paragraphs: Sequence[str]) -> list[list[tuple[int, str]]]:
    """Break paragraphs into pages; "# " begins a chapter, "= " a title page line, "\\f" a new page."""
    pages: list[list[tuple[int, str]]] = [[]]
    room = 750
    for paragraph in paragraphs:
        if paragraph == "\f":
            pages.append([])
            room = 750
            continue
        size = 22 if paragraph.startswith("= ") else 14 if paragraph.startswith("# ") else 10
        text = paragraph[2:] if size > 10 else paragraph
        for line in textwrap.wrap(text, {22: 36, 14: 58, 10: 92}[size]) or [""]:
            if room < 40:
                pages.append([])
                room = 750
            pages[-1].append((size, line))
            room -= round(size * 1.4)
        pages[-1].append((6, ""))
        room -= 9
    return [page for page in pages if page]


def pdf(
    paragraphs: Sequence[str],
    *,
    title: str = "",
    created: str = "20150601",
    password: str = "",
    producer: str = "",
) -> bytes:
    """A PDF with extractable text; with `password` it cannot be opened without (standard handler, RC4 40)."""
    pages = paginate(paragraphs)
    identity = hashlib.md5("\n".join(paragraphs).encode()).digest()
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    fonts = (b"Helvetica", b"Helvetica-Bold")
    objects += [
        b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>" % f for f in fonts
    ]
    key, trailer = b"", b""
    if password:
        padded = (password.encode("latin-1") + _PAD)[:32]
        owner = _rc4(hashlib.md5(padded).digest()[:5], padded)
        key = hashlib.md5(padded + owner + b"\xfc\xff\xff\xff" + identity).digest()[:5]
        user = _rc4(key, _PAD)
        trailer = b"/ID [<%s> <%s>] " % (identity.hex().encode(), identity.hex().encode())
    kids = []
    for page in pages:
        data = zlib.compress(_page_content(page), 6)
        number = len(objects) + 1
        if key:
            salted = key + number.to_bytes(3, "little") + b"\0\0"
            data = _rc4(hashlib.md5(salted).digest()[:10], data)
        objects.append(b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(data), data))
        kids.append(len(objects) + 1)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>" % number
        )
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (
        len(kids),
        b" ".join(b"%d 0 R" % k for k in kids),
    )
    info = b"<< /CreationDate (D:%s120000Z) /Producer %s" % (created.encode(), _text(producer or "pdfmaker"))
    if title and not key:
        info += b" /Title " + _text(title)
    objects.append((info + b" >>") if not key else b"<< >>")
    info_number = len(objects)
    if key:
        objects.append(
            b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>"
            % (owner.hex().encode(), user.hex().encode())
        )
        trailer += b"/Encrypt %d 0 R " % len(objects)
    return _file(objects, 1, info_number, trailer)


def scan(pages: int, seed: int) -> bytes:
    """A PDF of images only: grey lines as of a typewritten page, no text layer."""
    rng = random.Random(seed)
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    kids = []
    for _ in range(pages):
        rows = []
        for line in range(60):
            words = bytearray()
            while len(words) < 24:
                words += b"\xff" + b"\x00\x18\x3c"[: rng.randint(1, 3)]
            dark = bytes([255] * 4) + (bytes(words[:24]) if line % 3 else b"\xff" * 24) + bytes([255] * 4)
            rows += [dark, dark, b"\xff" * 32]
        image = _stream(
            b"".join(rows),
            b"/Type /XObject /Subtype /Image /Width 256 /Height %d /ColorSpace /DeviceGray /BitsPerComponent 1 "
            % len(rows),
        )
        objects.append(image)
        number = len(objects)
        objects.append(_stream(b"q 500 0 0 740 48 51 cm /Im0 Do Q"))
        kids.append(len(objects) + 1)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /XObject << /Im0 %d 0 R >> >> >>" % (number + 1, number)
        )
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (
        len(kids),
        b" ".join(b"%d 0 R" % k for k in kids),
    )
    objects.append(b"<< /CreationDate (D:20140211090000Z) /Producer (Canon iR-ADV) >>")
    return _file(objects, 1, len(objects))


def docx(paragraphs: Sequence[str], title: str = "") -> bytes:
    """A small Word file."""
    body = []
    for paragraph in paragraphs:
        style = {"=": "Title", "#": "Heading1"}.get(paragraph[:1], "Normal")
        text = paragraph[2:] if style != "Normal" else paragraph.replace("\f", "")
        body.append(
            f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>'
            f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'
        )
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    files = {
        "[Content_Types].xml": f'{head}<Types xmlns="{package}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="{kind}"/></Types>',
        "_rels/.rels": f'{head}<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'{head}<w:document xmlns:w="{word}"><w:body>{"".join(body)}</w:body></w:document>',
        "docProps/core.xml": f'{head}<cp:coreProperties xmlns:cp="{package}/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(title)}</dc:title></cp:coreProperties>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2014, 3, 1, 9, 0, 0)), text)
    return out.getvalue()
