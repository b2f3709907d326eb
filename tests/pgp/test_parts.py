"""Parts of a mail as ranges of its bytes (PGP.md D6, M3), whatever the bytes."""

import tracemalloc

from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.pgp.parts import MAX_FIELDS, MAX_PARTS, crlf, read_mail, read_part, walk


def multipart(*parts: bytes, end: bytes = b"\r\n", closed: bool = True) -> bytes:
    head = b'Content-Type: multipart/mixed; boundary="b"' + end * 2 + b"preamble" + end
    body = b"".join(b"--b" + end + part + end for part in parts)
    return head + body + (b"--b--" + end + b"epilogue" if closed else b"")


def test_D6_a_part_is_exactly_what_stands_between_its_delimiters() -> None:
    for end in (b"\r\n", b"\n"):
        parts = (b"Content-Type: text/plain" + end * 2 + b" x \t" + end, b"", b"--bc" + end + b"x--b")
        assert [part.raw for part in read_mail(multipart(*parts, end=end)).children] == list(parts)


def test_a_multipart_cut_short_keeps_its_last_part() -> None:
    children = read_mail(multipart(b"one", b"two", closed=False)).children
    assert [part.raw for part in children] == [b"one", b"two\r\n"]


def test_fields_are_folded_and_named_in_any_case() -> None:
    part = read_part(b'CONTENT-Type: Text/Plain;\r\n\tCharset = "ISO-8859-1" ; name=a.txt\r\nX: 1\r\nx : 2\r\n\r\nbody')
    assert (part.media_type, part.parameters) == ("text/plain", {"charset": "ISO-8859-1", "name": "a.txt"})
    assert part.values("x") == (b"1", b"2")
    assert part.raw_body == b"body"


def test_what_does_not_start_as_a_header_is_all_body() -> None:
    assert read_part(b"no header here\r\nSubject: x\r\n\r\ny").raw_body.startswith(b"no header")
    assert read_part(b"\r\nSubject: x").raw_body == b"Subject: x"


def test_S24_a_header_without_end_takes_no_memory_and_the_body_is_still_found() -> None:
    for flood in (b"a:\n" * 1_500_000, b"a:" + b"\n " * 2_000_000 + b"\n", b"a: " + b"b" * 3_000_000 + b"\r\n"):
        mail = flood + b"\r\nbody"
        tracemalloc.start()
        part = read_part(mail)
        taken = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert part.raw_body == b"body"
        assert len(part.fields) <= MAX_FIELDS
        assert taken < 4_000_000


def test_a_header_of_exactly_the_limit_loses_nothing() -> None:
    part = read_part(b"a: b\n" * MAX_FIELDS + b"\nbody\n\nmore")
    assert (len(part.fields), part.raw_body) == (MAX_FIELDS, b"body\n\nmore")


def test_a_mbox_line_is_passed_over() -> None:
    assert read_mail(b"From a@b Wed Sep 8\nSubject: x\n\ny").value("subject") == b"x"


def test_transfer_encodings_are_undone() -> None:
    assert read_part(b"Content-Transfer-Encoding: Base64\r\n\r\nQUJD\r\nRA").decoded == b"ABCD"
    assert read_part(b"Content-Transfer-Encoding: QUOTED-PRINTABLE\r\n\r\na=3Db=\r\nc").decoded == b"a=bc"
    assert read_part(b"Content-Transfer-Encoding: base64\r\n\r\nQ").decoded is None
    assert read_part(b"Content-Transfer-Encoding: 8bit\r\n\r\n\xff").decoded == b"\xff"


def test_M3_line_ends_become_what_was_signed() -> None:
    assert crlf(b"a\nb\r\n c \n") == b"a\r\nb\r\n c \r\n"
    already = b"a\r\nb \r\n"
    assert crlf(already) is already


def test_S24_depth_and_number_of_parts_are_limited() -> None:
    nested = b"x"
    for level in range(30):
        boundary = b"%d" % level
        nested = (
            b"Content-Type: multipart/mixed; boundary=q" + boundary + b"\n\n--q" + boundary + b"\n" + nested + b"\n"
        )
    assert len(list(walk(read_part(nested)))) == 9
    assert len(list(walk(read_mail(multipart(*[b"x"] * (MAX_PARTS + 50)))))) == MAX_PARTS


def test_S24_hostile_lines_are_read_in_time() -> None:
    line = b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a" * 1_000_000
    assert read_mail(line).children == ()
    read_part(b"x" * 3_000_000)
    assert read_part(b"X:" + b"\n " * 1_000_000).raw_body == b""
    assert read_part(b"Content-Type: text/plain" + b'; a="' * 100_000).media_type == "text/plain"


PIECES = st.sampled_from([
    b"Content-Type: multipart/mixed; boundary=b\n", b"Content-Type: ", b"multipart/signed", b';boundary="b"', b"\n",
    b"\r\n", b"--b", b"--b--", b"Content-Transfer-Encoding: base64\n", b":", b" ", b"\x00", b"\xff", b"QUJD", b"=",
])  # fmt: skip


@given(st.lists(PIECES, max_size=40).map(b"".join))
@settings(max_examples=100)
def test_any_bytes_are_some_parts(raw: bytes) -> None:
    for part in walk(read_mail(raw)):
        assert 0 <= part.start <= part.body <= part.end <= len(raw)
        assert isinstance(part.media_type, str)
        assert part.decoded is None or isinstance(part.decoded, bytes)
        assert isinstance(part.file_name, str)
