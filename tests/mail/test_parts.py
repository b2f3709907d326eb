"""Taking MIME entities apart: well-formed ones as the standard library does, hostile ones within limits."""

import email
import email.policy
import subprocess
import sys
import time
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.mail.parts import MAX_DEPTH, MAX_NAME_CHARACTERS, MAX_PARTS, content_of, parts_of, safe_name

TWO = (
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n--b\r\n\r\nfirst\r\n--b\r\n"
    b"Content-Type: text/html\r\n\r\n<p>second\r\n--b--\r\nepilogue --b\r\n"
)


def contents(entity: bytes) -> list[tuple[str, bytes]]:
    return [(part.media_type, content_of(part)) for part in parts_of(entity).walk() if not part.children]


@pytest.mark.parametrize("entity", [TWO, TWO.replace(b"\r\n", b"\n")])
def test_parts_stand_between_delimiter_lines(entity: bytes) -> None:
    assert contents(entity) == [("text/plain", b"first"), ("text/html", b"<p>second")]


def test_a_delimiter_that_begins_another_divides_nothing() -> None:
    inner = b"Content-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\n\r\nx --b\r\n--bbc\r\n--bb--"
    entity = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + inner + b"\r\n--b--"
    assert contents(entity) == [("text/plain", b"x --b\r\n--bbc")]


@pytest.mark.parametrize(
    ("entity", "defect"),
    [
        (b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nfirst", "not-closed"),
        (b"Content-Type: multipart/mixed; boundary=b\r\n\r\nno delimiter", "boundary-missing"),
        (b"Content-Type: multipart/mixed\r\n\r\n--\r\n\r\nx\r\n----", "boundary-missing"),
    ],
)
def test_C42_a_damaged_multipart_says_so(entity: bytes, defect: str) -> None:
    assert parts_of(entity).defects == (defect,)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (b'attachment; filename="a.pdf"', "a.pdf"),
        (b"attachment; filename=a.pdf; size=3", "a.pdf"),
        (b"attachment; filename*=UTF-8''%C3%BCber.pdf", "über.pdf"),
        (b"attachment; filename*0*=utf-8'de'%C3%BC; filename*1=ber; filename*2*=%2Epdf", "über.pdf"),
        (b'attachment; filename="=?utf-8?q?=C3=BCber.pdf?="', "über.pdf"),
        (b'attachment; filename="a \\"b\\".txt"', 'a "b".txt'),
        ('attachment; filename="über.pdf"'.encode(), "über.pdf"),
    ],
)
def test_names_are_read_however_they_are_written(header: bytes, name: str) -> None:
    assert parts_of(b"Content-Disposition: " + header + b"\r\n\r\nx").filename == name


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:\\Users\\ann\\diary.txt", "diary.txt"),
        ("..", ""),
        ("/", ""),
        ("a\r\nb\0c.txt", "a b\u2426c.txt"),
        ("annex\u202efdp.exe", "annex\u2426fdp.exe"),
        ("=?utf-8?q?=2E=2E=2Fx?=", "x"),
    ],
)
def test_S25_a_name_is_bare_and_shows_what_it_hides(declared: str, name: str) -> None:
    assert safe_name(declared) == name


def test_S25_a_long_name_keeps_its_ending() -> None:
    name = safe_name("x" * 500 + ".pdf.exe")
    assert len(name) == MAX_NAME_CHARACTERS
    assert name.endswith("x.exe")


def nested(depth: int) -> bytes:
    entity = b"Content-Type: text/plain\r\n\r\ndeep"
    for number in range(depth):
        mark = b"b%d" % number
        entity = b"Content-Type: multipart/mixed; boundary=%b\r\n\r\n--%b\r\n%b\r\n--%b--" % (mark, mark, entity, mark)
    return entity


def test_S24_nesting_ends_at_the_limit_and_says_so() -> None:
    assert len(list(parts_of(nested(MAX_DEPTH - 1)).walk())) == MAX_DEPTH
    walked = list(parts_of(nested(2000)).walk())
    assert len(walked) == MAX_DEPTH
    assert walked[-1].defects == ("too-deep",)


def test_S24_the_number_of_parts_ends_at_the_limit_and_says_so() -> None:
    root = parts_of(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 100_000)
    assert len(list(root.walk())) == MAX_PARTS
    assert "too-many-parts" in root.defects


@pytest.mark.parametrize(
    "entity",
    [
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b" * 2_000_000,
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"\r\n--b " * 1_000_000,
        b"Content-Type: text/plain" + b"; a=b" * 200_000 + b"\r\n\r\nx",
        b"X: y\r\n" * 500_000,
        b"A:\r\n " * 500_000,
    ],
    ids=["one line of delimiters", "delimiters", "parameters", "fields", "folds"],
)
def test_S24_hostile_entities_take_bounded_time(entity: bytes) -> None:
    started = time.process_time()
    parts_of(entity)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("encoding", "body", "content"),
    [
        (b"base64", b"Y2Fmw6k=", "café".encode()),
        (b"BASE64", b"Y2Fm\r\nw6k=\r\n", "café".encode()),
        (b"base64", b"Y2Fmw6k", "café".encode()),
        (b"base64", b"Y2Fm!!w6k=", "café".encode()),
        (b"base64", b"Y2Fmw6kX", "café".encode() + b"\x17"),
        (b"base64", b"Y", b""),
        (b"quoted-printable", b"caf=C3=A9 =\r\nx =ZZ", "café x =ZZ".encode()),
        (b"8bit", b"x", b"x"),
        (b"x-nobody-knows", b"x", b"x"),
    ],
)
def test_C42_damaged_transfer_encodings_give_what_is_left(encoding: bytes, body: bytes, content: bytes) -> None:
    assert content_of(parts_of(b"Content-Transfer-Encoding: " + encoding + b"\r\n\r\n" + body)) == content


def test_S24_a_header_without_end_is_read_to_its_limit_and_the_body_is_still_found() -> None:
    for flood in (b"a:\n" * 1_500_000, b"a:" + b"\n " * 2_000_000 + b"\n", b"a: " + b"b" * 3_000_000 + b"\r\n"):
        part = parts_of(b"Subject: x\n" + flood + b"\r\nbody")
        assert (part.subject, content_of(part)) == ("x", b"body")


def test_S24_a_header_without_end_takes_no_memory() -> None:
    """The regular expression's own stack is no Python memory: a process of its own is measured."""
    program = (
        "import resource; from therapymail.mail.parts import parts_of; parts_of(b'');"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; parts_of(b'a:\\n' * 3_000_000);"
        "parts_of(b'a:' + b'\\n ' * 900_000);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    grown = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert int(grown.stdout) < 30_000  # KiB; a third of it is the entity itself


@settings(max_examples=100)
@given(st.binary(max_size=400))
def test_C42_any_bytes_have_parts(entity: bytes) -> None:
    for part in parts_of(entity).walk():
        assert 0 <= part.start <= part.body <= part.end <= len(entity)
        content_of(part)


@settings(max_examples=50)
@given(
    st.lists(
        st.sampled_from(
            [
                b"--b",
                b"--b--",
                b"\r\n",
                b"\n",
                b"Content-Type: multipart/mixed; boundary=b\r\n\r\n",
                b"Content-Type: ",
                b"x",
            ]
        ),
        max_size=30,
    )
)
def test_C42_any_order_of_mime_tokens_has_parts(tokens: list[bytes]) -> None:
    entity = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"".join(tokens)
    for part in parts_of(entity).walk():
        assert 0 <= part.start <= part.body <= part.end <= len(entity)


words = st.text(st.characters(blacklist_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=40)


@settings(max_examples=50)
@given(words, st.lists(st.tuples(words, st.binary(max_size=80)), max_size=3))
def test_what_the_standard_library_writes_reads_the_same(text: str, attached: list[tuple[str, bytes]]) -> None:
    message = EmailMessage(policy=email.policy.SMTP)
    message.set_content(text)
    for name, content in attached:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    leaves = [part for part in parts_of(message.as_bytes()).walk() if not part.children]
    assert content_of(leaves[0]).decode().strip() == text.strip()
    assert [content_of(part) for part in leaves[1:]] == [content for _, content in attached]
