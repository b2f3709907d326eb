"""What files truly are, whatever they are called (HAZARDS S25)."""

import gzip
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.true_type import (
    HTML,
    PROGRAM,
    SVG,
    TEXT,
    UNKNOWN,
    TrueType,
    contradicts,
    is_page_by_name,
    runs_by_name,
)
from therapymail.mail.true_type import holds_markup, true_type


def zipped(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return made.getvalue()


OFFICE = "application/vnd.openxmlformats-officedocument"
KNOWN = {
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(50): "image/jpeg",
    b"\x89PNG\r\n\x1a\n" + bytes(50): "image/png",
    b"%PDF-1.7\n" + bytes(50): "application/pdf",
    zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml"): f"{OFFICE}.wordprocessingml.document",
    zipped("[Content_Types].xml", "xl/workbook.xml"): f"{OFFICE}.spreadsheetml.sheet",
    zipped("a.txt"): "application/zip",
    gzip.compress(b"x"): "application/gzip",
    b"MZ\x90\x00" + bytes(200): PROGRAM,
    b"\x7fELF\x02\x01\x01" + bytes(100): PROGRAM,
    b"#!/bin/sh\nrm -rf ~\n": PROGRAM,
    bytes.fromhex("4c0000000114020000000000c000000000000046") + bytes(80): PROGRAM,
    bytes.fromhex("cffaedfe") + bytes(60): PROGRAM,
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600): "application/x-ole-storage",
    b"<!DOCTYPE html><html></html>": HTML,
    b"\xef\xbb\xbf <html><img src=x>": HTML,
    b"<!-- a --><script>1</script>": HTML,
    b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>": SVG,
    b"Dear Orla, a poem of mine, read it slowly.": TEXT,
    b"BEGIN:VCALENDAR\nEND:VCALENDAR\n": TEXT,
    b"": UNKNOWN,
    bytes(range(1, 30)): UNKNOWN,
}


@pytest.mark.parametrize(("content", "expected"), KNOWN.items(), ids=[*range(len(KNOWN))])
def test_S25_the_content_says_what_a_file_is(content: bytes, expected: str) -> None:
    assert true_type(content).media_type == expected


@pytest.mark.parametrize(
    ("declared", "name", "content"),
    [
        ("image/jpeg", "sleep.jpg", b"MZ" + bytes(60)),
        ("application/pdf", "diary.pdf", b"<html><script>x</script>"),
        ("application/octet-stream", "diary.pdf", b"\x89PNG\r\n\x1a\n" + bytes(50)),
        ("text/plain", "notes.txt", b"#!/bin/sh\n"),
        ("image/png", "notes.png", b"only words"),
    ],
)
def test_S25_a_file_that_is_not_what_it_says_is_told(declared: str, name: str, content: bytes) -> None:
    assert contradicts(declared, name, true_type(content))


@pytest.mark.parametrize(
    ("declared", "name", "content"),
    [
        ("image/jpg", "a.JPG", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(50)),
        ("application/octet-stream", "a.pdf", b"%PDF-1.7\n" + bytes(50)),
        ("text/csv", "a.csv", b"a,b\n1,2\n"),
        ("application/pgp-keys", "a.asc", b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n"),
        ("application/msword", "a", b"\x01\x02\x03"),
    ],
)
def test_what_is_as_it_says_is_left_alone(declared: str, name: str, content: bytes) -> None:
    assert not contradicts(declared, name, true_type(content))


@pytest.mark.parametrize("name", ["a.exe", "a.pdf.EXE", "a.scr. ", "run.sh", "a.desktop", "b.lnk", "x.jar"])
def test_S25_what_would_be_run_is_known_by_its_name_too(name: str) -> None:
    assert runs_by_name(name)
    assert not runs_by_name("a.pdf")


@given(st.binary(max_size=400), st.sampled_from([*KNOWN]), st.integers(0, 60), st.text(max_size=20))
@settings(max_examples=60, deadline=None)
def test_S24_any_bytes_have_a_type_or_none(noise: bytes, known: bytes, cut: int, name: str) -> None:
    found = true_type(known[:cut] + noise)
    assert isinstance(found, TrueType)
    contradicts(name, name, found)


@pytest.mark.parametrize(
    "name",
    ["a.url", "a.xml", "a.M3U", "a.html\u200b", "a.svgz", "a.xht ", "a.webloc;", "a.pls.", "a.mht\u202c", "b.xspf"],
)
def test_S25_what_fetches_as_soon_as_it_is_opened_is_known_by_its_name(name: str) -> None:
    """Links and playlists too, and whatever without a shape stands behind the ending."""
    assert is_page_by_name(name)
    assert not is_page_by_name("html")
    assert not is_page_by_name("a.pdf")


@pytest.mark.parametrize("name", ["a.jnlp", "a.desktop\u200b", "a.flatpakref", "a.chm", "a.EXE\u00a0", "a.sh\u2028"])
def test_S25_more_that_would_be_run(name: str) -> None:
    assert runs_by_name(name)


def test_S25_a_starter_without_an_ending_is_a_program() -> None:
    assert true_type(b"[Desktop Entry]\nExec=sh -c x\n").is_program


@pytest.mark.parametrize(
    "content",
    [
        b"Dear Orla,\n\n<img src=https://tells.example/x>",
        "<html>".encode("utf-16"),
        b"<!-- " + b"a" * 3000 + b" --><html>",
        b"<?xml version='1.0'?><?xml-stylesheet href='https://tells.example/'?><a/>",
        b"#EXTM3U\nhttps://tells.example/",
    ],
)
def test_S25_a_page_is_found_behind_other_words(content: bytes) -> None:
    assert holds_markup(content)
    assert not holds_markup(b"1 < 2 and 3 > 2, she wrote; <3")
