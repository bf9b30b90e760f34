"""Bodies: unpacked within a cap whatever the header says, typed by their bytes, named as the server meant."""

import gzip
import io
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from konzept_diffusion.scrape.network import tdm
from konzept_diffusion.scrape.network.bodies import Decoded, charset, decode, filename, joined, media_type

TEXT = b"<html>" + b"Integrationskonzept " * 200
CAP = 1 << 20


def bare_deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("payload", "encoding"),
    [
        (TEXT, ""),
        (TEXT, "identity"),
        (gzip.compress(TEXT), "gzip"),
        (gzip.compress(TEXT), "X-GZIP"),
        (gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:]), "gzip"),
        (gzip.compress(TEXT) + b"\0\0rest", "gzip"),
        (zlib.compress(TEXT), "deflate"),
        (bare_deflate(TEXT), "deflate"),
        (gzip.compress(zlib.compress(TEXT)), "deflate, gzip"),
        (gzip.compress(gzip.compress(TEXT)), "gzip, gzip"),
        (TEXT, "gzip"),
        (TEXT, "deflate"),
        (TEXT, "br"),
        (TEXT, "UTF-8"),
    ],
)
def test_the_encoding_is_undone_and_a_lie_about_it_borne(payload, encoding):
    assert decode(payload, encoding, CAP) == Decoded(TEXT)


def test_a_stream_that_ends_early_gives_what_came():
    packed = gzip.compress(bytes(range(256)) * 400, mtime=0)
    found = decode(packed[: len(packed) // 2], "gzip", CAP)
    assert found.cut
    assert (bytes(range(256)) * 400).startswith(found.body)
    assert found.body


@pytest.mark.parametrize(
    "pack", [gzip.compress, zlib.compress, lambda d: gzip.compress(d[:1]) + gzip.compress(d)]
)
def test_a_bomb_is_not_unpacked_past_the_cap(pack):
    name = "deflate" if pack is zlib.compress else "gzip"
    assert decode(pack(b"\0" * (CAP + 1)), name, CAP) == Decoded(b"", too_large=True)
    assert decode(pack(b"\0" * (CAP - 1)), name, CAP).too_large is False


def test_an_encoding_that_was_not_asked_for_is_named():
    assert decode(b"\x8b\x05\x80", "br", CAP).unknown == "br"


@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate", "br", "", "gzip, deflate", "x"]))
def test_no_bytes_are_too_odd_to_decode(payload, encoding):
    assert len(decode(payload, encoding, 1000).body) <= 1000
    assert len(decode(gzip.compress(payload)[:-3], encoding, 1000).body) <= 1000


def office(*names):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in names:
            archive.writestr(name, content)
    return stream.getvalue()


ODT = "application/vnd.oasis.opendocument.text"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("header", "body", "expected"),
    [
        ("text/html; charset=utf-8", b"<!DOCTYPE html>", "text/html"),
        ("Text/HTML", b"Hallo", "text/html"),
        ("text/html", b"%PDF-1.4\n", "application/pdf"),
        ("text/html", b"\r\n\r\n%PDF-1.4\n", "application/pdf"),
        ("", b"%PDF-1.4\n", "application/pdf"),
        ("application/octet-stream", b"%PDF-1.4\n", "application/pdf"),
        ("application/pdf", b"<!doctype html><title>Fehler", "text/html"),
        ("application/pdf", b"  <html><body>Sitzung abgelaufen", "text/html"),
        ("application/pdf", b"\x00\x01kaputt", "application/pdf"),
        ("application/octet-stream", b"<html>", "text/html"),
        ("application/octet-stream", b"<?xml version='1.0'?><urlset>", "application/xml"),
        ("text/plain", b"<html><body>Quelltext", "text/plain"),
        ("application/xml", b"<?xml version='1.0'?>", "application/xml"),
        ("application/x-gzip", gzip.compress(b"x"), "application/gzip"),
        ("image/jpeg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("application/octet-stream", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"),
        ("application/vnd.ms-excel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/vnd.ms-excel"),
        ("", office(("[Content_Types].xml", "x"), ("word/document.xml", "x")), DOCX),
        ("application/zip", office(("mimetype", ODT), ("content.xml", "x")), ODT),
        ("application/zip", office(("a.txt", "x")), "application/zip"),
        (DOCX, office(("a.txt", "x")), DOCX),
        ("", b"Integrationskonzept\n", "text/plain"),
        ("", b"\x00\x01\x02", "application/octet-stream"),
        ("", b"", "application/octet-stream"),
        ("kein typ", b"<html>", "text/html"),
    ],
)
def test_the_first_bytes_correct_the_header(header, body, expected):
    assert media_type({"content-type": header} if header else {}, body) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("text/html; charset=UTF-8", "utf-8"),
        ("text/html;charset='iso-8859-1'", "iso-8859-1"),
        ('text/html; Charset = "windows-1252"', "windows-1252"),
        ("text/html", ""),
        ("", ""),
    ],
)
def test_the_charset_is_the_headers(header, expected):
    assert charset({"content-type": header}) == expected


def wire(text, encoding="utf-8"):
    """Return a header's value as it is read from the wire."""
    return text.encode(encoding).decode("latin-1")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('attachment; filename="konzept.pdf"', "konzept.pdf"),
        ("attachment; filename=konzept.pdf", "konzept.pdf"),
        ("inline;filename=konzept.pdf;size=3", "konzept.pdf"),
        ("attachment; filename=Konzept Integration 2012.pdf", "Konzept Integration 2012.pdf"),
        ('attachment; filename="Konzept.pdf', "Konzept.pdf"),
        (r'attachment; filename="a \"b\".pdf"', 'a "b".pdf'),
        ("attachment; filename*=UTF-8''Konzept%20M%C3%BCnster.pdf", "Konzept Münster.pdf"),
        ("attachment; filename*=iso-8859-1'de'Konzept%20M%FCnster.pdf", "Konzept Münster.pdf"),
        ("attachment; filename=\"x.pdf\"; filename*=utf-8''%C3%BC.pdf", "ü.pdf"),
        ("attachment; filename=\"x.pdf\"; filename*=utf-8''%FF.pdf", "x.pdf"),
        ("attachment; filename=\"x.pdf\"; filename*=unsinn''%FC.pdf", "x.pdf"),
        (wire('attachment; filename="Überblick.pdf"'), "Überblick.pdf"),
        (wire('attachment; filename="Überblick.pdf"', "latin-1"), "Überblick.pdf"),
        ('attachment; filename="Konzept%20%C3%BCber.pdf"', "Konzept über.pdf"),
        ('attachment; filename="=?UTF-8?Q?=C3=9Cberblick.pdf?="', "Überblick.pdf"),
        (r'attachment; filename="C:\Ablage\konzept.pdf"', "konzept.pdf"),
        ('attachment; filename="../../etc/konzept.pdf"', "konzept.pdf"),
        ('attachment; filename=""', ""),
        ('attachment; filename=".."', ""),
        ("attachment", ""),
        ("", ""),
    ],
)
def test_the_file_name_is_read_as_it_was_meant(header, expected):
    assert filename({"content-disposition": header}) == expected


@given(st.text(st.characters(max_codepoint=255), max_size=60))
def test_no_disposition_is_too_odd(text):
    assert "/" not in filename({"content-disposition": f"attachment; filename={text}"})


def test_repeated_headers_are_joined():
    assert joined([("X-A", "1"), ("x-a", "2"), ("B", "3")]) == {"x-a": "1, 2", "b": "3"}


@pytest.mark.parametrize(
    ("headers", "reserved"),
    [
        ({"tdm-reservation": "1"}, True),
        ({"tdm-reservation": "0"}, False),
        ({"x-robots-tag": "noindex, noai"}, True),
        ({"x-robots-tag": "otherbot: noindex"}, False),
        ({"x-robots-tag": "noimageai"}, False),
        ({}, False),
    ],
)
def test_a_reservation_in_the_headers(headers, reserved):
    assert tdm.reserved(headers) is reserved


def test_a_reservation_in_a_meta_tag():
    assert tdm.meta_reserved("TDM-Reservation", " 1 ")
    assert tdm.meta_reserved("robots", "index,NoAI")
    assert not tdm.meta_reserved("description", "noai")
