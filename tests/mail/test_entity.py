"""What a person reads of an entity: text, quote, enclosures."""

import email.policy
import sys
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.corpora import CORPORA, mails
from tests.support.network import forbid_network
from therapymail.domain.letter import Enclosure
from therapymail.mail.entity import ReadEntity, enclosure_bytes, read_entity
from therapymail.mail.letter_parts import MAX_TEXT_BYTES

LONG = "These are the words of a letter that has more to say than a stub. " * 4


def read(*parts: bytes, kind: str = "mixed") -> ReadEntity:
    return read_entity(entity(*parts, kind=kind), is_entity=True)


def entity(*parts: bytes, kind: str = "mixed") -> bytes:
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return f"Content-Type: multipart/{kind}; boundary=b\r\nSubject: Hello\r\n\r\n".encode() + body + b"--b--\r\n"


def plain(text: str, header: str = "") -> bytes:
    return f"Content-Type: text/plain; charset=utf-8\r\n{header}\r\n{text}".encode()


def rich(text: str, header: str = "") -> bytes:
    return f"Content-Type: text/html; charset=utf-8\r\n{header}\r\n{text}".encode()


def test_a_plain_letter_and_its_quote() -> None:
    letter = read_entity(
        b"Subject: =?utf-8?q?=C3=9Cber?=\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\nLiebe Ann,=20\r\nsch=F6n.\r\n\r\n> Wie?\r\n",
        is_entity=True,
    )
    assert letter == ReadEntity(subject="Über", text="Liebe Ann, \nschön.", quoted="> Wie?", arrangement=(18, 6))


def test_bare_text_is_read_in_its_charset() -> None:
    letter = read_entity("Subject: no header\r\n\r\nschön\r\n".encode("latin-1"), is_entity=False, charset="latin-1")
    assert letter.text == "Subject: no header\n\nschön"
    assert letter.subject == ""


def test_text_parts_follow_each_other_and_the_rest_is_enclosed() -> None:
    letter = read(
        plain("before"), b"Content-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\n\r\n/9j/", plain("after")
    )
    assert letter.text == "before\n\nafter"
    assert letter.enclosures == (Enclosure("enclosure.jpg", "image/jpeg", 3),)
    assert letter.subject == "Hello"


@pytest.mark.parametrize(
    ("header", "is_enclosed"),
    [
        ("Content-Disposition: attachment\r\n", True),
        ("Content-Disposition: attachment; filename=n.txt\r\n", True),
        ("Content-Disposition: inline; filename=n.txt\r\n", True),
        ("Content-Disposition: something-new\r\n", True),
        ("Content-Disposition: inline\r\n", False),
    ],
)
def test_a_named_or_attached_text_is_an_enclosure(header: str, is_enclosed: bool) -> None:
    letter = read(plain("letter"), plain("notes", header))
    assert bool(letter.enclosures) is is_enclosed
    assert ("notes" in letter.text) is not is_enclosed


def test_a_first_text_with_a_name_is_still_the_letter() -> None:
    assert read(plain("letter", "Content-Disposition: inline; filename=msg.txt\r\n")).text == "letter"
    sole = read_entity(plain("letter", "Content-Disposition: attachment; filename=a.txt\r\n"), is_entity=True)
    assert sole.text == "letter"


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ((plain("plain"), rich("<p>rich")), "plain"),
        ((plain(LONG), rich(f"<p>{LONG * 9}")), LONG.strip()),
        ((plain("  \r\n"), rich("<p>rich")), "rich"),
        ((plain("Your mail program cannot show this."), rich(f"<p>{LONG}")), LONG.strip()),
        ((rich("<p>rich"),), "rich"),
        ((rich("<p>rich"), plain("plain last")), "plain last"),
        ((plain("plain"), b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR"), "plain"),
    ],
)
def test_of_alternatives_the_plain_one_is_read_unless_it_is_a_stub(parts: tuple[bytes, ...], text: str) -> None:
    assert read(*parts, kind="alternative").text.strip() == text


def test_enclosures_of_an_alternative_not_read_are_kept() -> None:
    pdf = b"Content-Type: application/pdf; name=a.pdf\r\n\r\n%PDF"
    image = b"Content-Type: image/png\r\nContent-ID: <1>\r\n\r\nPNG"
    related = (
        entity(rich("<p>rich"), image, kind="related").replace(b"boundary=b", b"boundary=r").replace(b"--b", b"--r")
    )
    letter = read(plain("plain"), related, pdf, kind="alternative")
    assert letter.text == "plain"
    assert [item.name for item in letter.enclosures] == ["enclosure.png", "a.pdf"]


def test_html_alone_becomes_text_with_its_quote_apart() -> None:
    letter = read_entity(
        rich('<p>Fine.</p><div>On 3 Mar 2026, Ann wrote:<blockquote type="cite">How?</blockquote></div>'),
        is_entity=True,
    )
    assert (letter.text, letter.quoted) == ("Fine.", "On 3 Mar 2026, Ann wrote:\n> How?")


def test_html_without_a_declared_charset_is_read_by_its_own_word() -> None:
    source = b'Content-Type: text/html\r\n\r\n<meta charset="koi8-r"><p>' + "привет".encode("koi8-r")
    assert read_entity(source, is_entity=True).text == "привет"


def test_flowed_text_is_joined() -> None:
    letter = read_entity(b"Content-Type: text/plain; format=flowed; delsp=no\r\n\r\none \r\ntwo\r\n", is_entity=True)
    assert letter.text == "one two"


def test_forwarded_mails_keys_and_invitations_are_enclosures() -> None:
    inner = b"Subject: inner\r\n\r\ninner text"
    letter = read(
        plain("see below"),
        b"Content-Type: message/rfc822\r\n\r\n" + inner,
        b"Content-Type: application/pgp-keys\r\n\r\nKEY",
        b"Content-Type: text/calendar; charset=utf-8\r\n\r\nBEGIN:VCALENDAR",
        b'Content-Type: application/pgp-signature; name="signature.asc"\r\n\r\nSIG',
    )
    assert letter.text == "see below"
    assert [item.name for item in letter.enclosures] == [
        "message.eml",
        "enclosure.asc",
        "enclosure.ics",
        "signature.asc",
    ]
    assert letter.enclosures[0].size == len(inner)


def test_S3_a_sealed_part_inside_is_an_enclosure_and_nothing_of_it_is_text() -> None:
    sealed = entity(
        b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1",
        b"Content-Type: application/octet-stream\r\n\r\nARMOR",
        kind="encrypted",
    )
    sealed = sealed.replace(b"boundary=b", b"boundary=e").replace(b"--b", b"--e")
    payload = entity(plain("What's up, Johnny?"), sealed)
    letter = read_entity(payload, is_entity=True)
    assert letter.text == "What's up, Johnny?"
    assert letter.defects == ("sealed-part-inside",)
    assert letter.enclosures == (
        Enclosure("message.eml", "multipart/encrypted", len(sealed.removesuffix(b"\r\n")) + 2),
    )
    assert enclosure_bytes(payload, 0).startswith(b"Content-Type: multipart/encrypted")


def test_a_signature_inside_is_noted_and_no_enclosure() -> None:
    letter = read(plain("signed"), b"Content-Type: application/pgp-signature\r\n\r\nSIG", kind="signed")
    assert (letter.text, letter.enclosures, letter.defects) == ("signed", (), ("signed-part-inside",))


def test_enclosure_bytes_are_those_that_were_listed() -> None:
    message = EmailMessage(policy=email.policy.SMTP)
    message.set_content("letter")
    contents = [bytes([number]) * number for number in range(1, 5)]
    for number, content in enumerate(contents):
        message.add_attachment(content, maintype="image", subtype="png", filename=f"{number}.png")
    payload = message.as_bytes()
    assert [item.size for item in read_entity(payload, is_entity=True).enclosures] == [1, 2, 3, 4]
    assert [enclosure_bytes(payload, number) for number in range(4)] == contents
    for number in (-1, 4):
        with pytest.raises(IndexError):
            enclosure_bytes(payload, number)


def test_C23_C42_a_multipart_without_its_boundary_is_shown_as_it_lies() -> None:
    letter = read_entity(b"Content-Type: multipart/mixed; boundary=b\r\n\r\nthe words are here", is_entity=True)
    assert letter.text == "the words are here"
    assert letter.defects == ("boundary-missing",)


def test_S24_more_text_than_the_limit_is_cut_and_says_so() -> None:
    letter = read(plain("x" * (MAX_TEXT_BYTES - 2)), plain("yyyy"), plain("zzzz"))
    assert letter.text.endswith("xx\n\nyy")
    assert letter.defects == ("text-cut",)


def test_S24_a_cut_divides_no_character() -> None:
    for shift in range(4):
        text = "a" * shift + "\u5b57\U0001f98a" * (MAX_TEXT_BYTES // 6)
        letter = read(plain(text))
        assert text.startswith(letter.text)
        assert letter.defects == ("text-cut",)
        assert len(letter.text.encode()) > MAX_TEXT_BYTES - 4


def test_S24_what_is_nested_too_deeply_is_an_enclosure() -> None:
    payload = plain("deep")
    for number in range(30):
        payload = entity(payload).replace(b"boundary=b", b"boundary=n%d" % number).replace(b"--b", b"--n%d" % number)
    letter = read_entity(payload, is_entity=True)
    assert letter.text == ""
    assert letter.defects == ("too-deep",)
    assert len(letter.enclosures) == 1


def test_S25_no_enclosure_is_named_with_a_path_or_a_control_character() -> None:
    letter = read(plain("x"), b'Content-Disposition: attachment; filename="../..\\\\x\x1b[2J.txt"\r\n\r\ny')
    assert letter.enclosures[0].name == "x\u2426[2J.txt"


def test_a_plain_letter_loads_no_html_library() -> None:
    import subprocess

    script = (
        "import sys; from therapymail.mail.entity import read_entity; "
        "read_entity(b'Content-Type: text/plain\\r\\n\\r\\nhello', is_entity=True); "
        "sys.exit(int(bool({'lxml', 'inscriptis', 'requests'} & set(sys.modules))))"
    )
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


tokens = st.sampled_from(
    [b"--b\r\n", b"--b--\r\n", b"\r\n", b"\n", b"text", b"> quoted\r\n", b"<p>html</p>", b"\xff\x00", b"=C3=A9",
     b"4pmh",
     b"Content-Type: multipart/alternative; boundary=b\r\n", b"Content-Type: multipart/related; boundary=b\r\n",
     b"Content-Type: text/html\r\n", b"Content-Type: text/plain; charset=utf-16; format=flowed\r\n",
     b"Content-Type: message/rfc822\r\n", b"Content-Type: multipart/encrypted; boundary=b\r\n",
     b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: quoted-printable\r\n",
     b"Content-Disposition: attachment; filename*=x''%00\r\n"]
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(
    st.one_of(st.lists(tokens, max_size=30).map(b"".join), st.binary(max_size=200)), st.booleans(), st.text(max_size=8)
)
def test_S24_C42_any_bytes_are_read(payload: bytes, is_entity: bool, charset: str) -> None:
    letter = read_entity(payload, is_entity=is_entity, charset=charset)
    for value in (letter.subject, letter.text, letter.quoted, *(item.name for item in letter.enclosures)):
        value.encode()
        assert "\0" not in value
        assert "\r" not in value
    for number, item in enumerate(letter.enclosures):
        assert len(enclosure_bytes(payload, number)) == item.size


CORPUS_NAMES = sorted(path.name for path in CORPORA.iterdir() if path.is_dir()) if CORPORA.is_dir() else ["rt"]


@pytest.mark.corpora
@pytest.mark.parametrize("name", CORPUS_NAMES)
def test_S2_S22_C42_every_mail_of_the_corpora_is_read_without_network(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbid_network(monkeypatch)
    for mail in mails(name):
        letter = read_entity(mail.raw, is_entity=True)
        letter.text.encode()
        for number, item in enumerate(letter.enclosures):
            assert len(enclosure_bytes(mail.raw, number)) == item.size, mail.name


@pytest.mark.corpora
@pytest.mark.parametrize(
    ("corpus_name", "mail_name", "text", "quoted"),
    [
        ("schleuder", "charset_mails_ks_c_5601-1987.eml", "스티해", ""),
        ("schleuder", "charset_mails_simple_latin1.eml", "é", ""),
        ("schleuder", "charset_mails_japanese_iso_2022.eml", None, ""),
        (
            "rt",
            "special_quoted_inline_signature.txt",
            "Forwarded email with signature quoted. RT",
            "> ------ Forwarded",
        ),
        (
            "schleuder",
            "qp-encoding-clear.eml",
            "https://bugs.debian.org/",
            "On 17-07-11 11:59:56, schleuder@nadir.org wrote:",
        ),
        ("kde", "cid-links-forwarded-inline.mbox", "Hi", "-------- Original Message --------"),
        ("schleuder", "big_first_mime_part.txt", "foorbar\nlg", "Am 23.11.2017 um 11:51 schrieb"),
    ],
)
def test_real_letters_are_read_as_their_authors_wrote_them(
    corpus_name: str, mail_name: str, text: str | None, quoted: str
) -> None:
    letter = next(read_entity(mail.raw, is_entity=True) for mail in mails(corpus_name) if mail.name == mail_name)
    if text is not None:
        assert letter.text.startswith(text)
    assert letter.quoted.startswith(quoted)
    assert letter.text
