import base64
import random
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bench.words import prose
from tests.support.gnupg import People, output
from tests.support.letters import SUBJECT, TEXT, Outgoing, certificates, headers_to, outgoing
from tests.support.sealing import packet, packets
from therapymail.domain.departure import ProvenLetter
from therapymail.domain.draft import DraftContent, DraftEnclosure
from therapymail.errors import ExitCode, NotProven
from therapymail.pgp.armor import dearmor
from therapymail.pgp.armor_writing import armored
from therapymail.pgp.canaries import _machine_words, canaries_of
from therapymail.pgp.own_key import own_certificate
from therapymail.pgp.packets import read_layout
from therapymail.pgp.proof import prove
from therapymail.pgp.sealed_mail import sealed_mail

ENCLOSURES = [(DraftEnclosure("Sketch of the harbour.pdf", "application/pdf", 9), b"the sketch")]
Change = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def letter(everybody: People) -> Outgoing:
    """A proper letter."""
    return outgoing(everybody, DraftContent(SUBJECT, TEXT), ENCLOSURES)


def failing(letter: Outgoing, raw: bytes) -> str:
    with pytest.raises(NotProven) as refused:
        letter.proven(raw)
    return refused.value.check


def put(before: bytes, after: bytes) -> Change:
    """The change that puts `after` in place of the first `before`."""

    def changed(raw: bytes) -> bytes:
        assert before in raw
        return raw.replace(before, after, 1)

    return changed


def field(line: bytes) -> Change:
    """The change that adds a header field."""
    return put(b"MIME-Version: 1.0\r\n", b"MIME-Version: 1.0\r\n" + line + b"\r\n")


def with_message(change: Change) -> Change:
    """The change that puts another OpenPGP message in place of the sealed one."""

    def changed(raw: bytes) -> bytes:
        other = armored(change(dearmor(raw)), "MESSAGE").replace("\n", "\r\n").encode().rstrip(b"\r\n")
        start, end = raw.index(b"-----BEGIN PGP"), raw.index(b"-----END PGP MESSAGE-----") + 25
        return raw[:start] + other + raw[end:]

    return changed


def delimiter(raw: bytes) -> bytes:
    found = re.search(rb'boundary="(.*?)"', raw)
    assert found
    return b"--" + found[1]


# --- what passes --------------------------------------------------------------------------------------


def test_C1_a_proper_letter_is_proven_and_the_proof_is_about_its_exact_bytes(letter: Outgoing) -> None:
    proven = letter.proven()
    assert proven.raw == letter.raw
    assert (proven.sender, proven.recipient) == (letter.headers.sender, letter.headers.recipient)
    assert proven.message_id == letter.headers.message_id
    assert proven.proof.sealed_to == read_layout(dearmor(letter.raw)).recipients
    assert len(proven.proof.checks) == 16
    with pytest.raises(TypeError):
        replace(proven, raw=letter.raw + b"\r\n")
    with pytest.raises(TypeError):
        ProvenLetter(letter.raw, "a@b.example", "c@d.example", "<e@f.example>", proven.proof, object())


def test_the_proof_names_the_letter_as_its_own_opening_does(letter: Outgoing, everybody: People) -> None:
    from therapymail.pgp.opening import open_mail
    from therapymail.pgp.single import SingleOpener

    opened = open_mail(letter.raw, SingleOpener(everybody.reader))
    assert opened.digest.hex() == letter.proven().proof.payload_digest


def test_a_letter_to_oneself_is_proven(everybody: People) -> None:
    own = certificates(everybody)[0]
    made = outgoing(everybody)
    headers = headers_to(made.headers.sender)
    message = output(everybody.therapist, ["--armor", "--recipient", everybody.own, "--encrypt"], made.entity)
    expected = replace(
        made.expected,
        recipient=headers.recipient,
        message_id=headers.message_id,
        client_certificate=own,
        date=headers.date,
    )
    assert prove(sealed_mail(headers, message), expected).recipient == made.headers.sender
    with pytest.raises(NotProven, match="key-ids"):
        prove(sealed_mail(headers, message), replace(expected, client_certificate=certificates(everybody)[1]))
    to_both = made.raw[made.raw.index(b"-----BEGIN") : made.raw.rindex(b"\r\n--")]
    to_ann = output(everybody.others, ["--armor", "--recipient", everybody.ann, "--encrypt"], made.entity)
    for other in (to_both, to_ann):
        with pytest.raises(NotProven, match="key-ids"):
            prove(sealed_mail(headers, other), expected)


NAMES = (
    "", "Dr. X", 'A "B" C', "a\\b", "=?utf-8?q?x?=", "Zoë 😀", "x" * 200, "Müller, Jörg (Praxis)", "(c)", "a, b",
    "<x@y>", "x@y.example",
    '"', "\\", "a  b", "e\u0301", "名前" * 40, "=?", "?=", "é" * 70, "Fenwick " * 9,
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_C1_whatever_the_sender_is_called_the_letter_is_proven(letter: Outgoing, name: str) -> None:
    armor = letter.raw[letter.raw.index(b"-----BEGIN") : letter.raw.rindex(b"\r\n--")]
    raw = sealed_mail(replace(letter.headers, sender_name=name), armor)
    assert prove(raw, replace(letter.expected, sender_name=name)).raw == raw


IN_HEX = "".join(f"={ord(character):02X}" for character in "lighthouse")


@pytest.mark.parametrize(
    "message_id",
    [
        "<lighthouse@client.example>",
        f"<{IN_HEX}@client.example>",
        "<=?utf-8?b?bGlnaHRob3VzZQ==?=@client.example>",
        "<=?utf-8?b?abc?=@client.example>",
        "<=?utf-8?q?=80?=@client.example>",
        "<=?no-such-charset?q?x?=@client.example>",
        "<=?rot13?q?x?=@client.example>",
    ],
)
def test_no_message_id_of_a_clients_can_make_answers_to_it_unprovable(letter: Outgoing, message_id: str) -> None:
    headers = replace(letter.headers, in_reply_to=message_id, references=("<a@client.example>", message_id))
    armor = letter.raw[letter.raw.index(b"-----BEGIN") : letter.raw.rindex(b"\r\n--")]
    expected = replace(letter.expected, references=headers.ancestors)
    assert "lighthouse" in expected.canaries
    prove(sealed_mail(headers, armor), expected)
    with pytest.raises(NotProven, match="canary"):  # what it names stays a canary everywhere else
        prove(sealed_mail(headers, armor).replace(b"Version: 1", b"Version: 1 lighthouse"), expected)


WORDS = st.text(
    st.sampled_from("abcdefghijklmnopqrstuvwxyz ABCDEF0123456789.,;:-_'\"\n=?<>@äöüßé日本語 чтение"), max_size=300
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(subject=WORDS, text=WORDS, name=WORDS)
@example(subject="Content-Type: multipart/encrypted", text="From To Subject Version message PGP BEGIN END", name="x")
@example(subject="encrypted.asc", text="practice therapist client example fenwick first sunday january", name="utf-8")
@example(subject="Re: ...", text="inline octet-stream application protocol boundary openpgp 4880 3156", name="...")
def test_C1_whatever_a_letter_says_a_proper_one_is_proven(letter: Outgoing, subject: str, text: str, name: str) -> None:
    canaries = canaries_of(DraftContent(subject, text), [name], ["Mar", "Ann Example", "C-1", "example"])
    prove(letter.raw, replace(letter.expected, canaries=canaries))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_C1_a_letter_in_words_of_a_dictionary_is_proven(letter: Outgoing, seed: int) -> None:
    text = prose(random.Random(seed), 600, [])
    canaries = canaries_of(DraftContent(text[:60], text), ["notes of the week.txt"], text.split()[:4])
    assert len(canaries) > 100
    assert prove(letter.raw, replace(letter.expected, canaries=canaries)).raw == letter.raw


# --- what does not ------------------------------------------------------------------------------------

ARMOR_END = b"-----END PGP MESSAGE-----"
A_PART, SECOND = b"\r\nContent-Type: text/plain\r\n\r\nHello\r\n", b"\r\nContent-Type: application/octet"
BASE64 = b"Content-Transfer-Encoding: base64\r\n"
SPOILT: list[tuple[str, str, Change]] = [
    ("a letter in UTF-8", "seven-bit", put(b"(RFC 4880", "(RFÇ 4880".encode())),
    ("a NUL", "seven-bit", put(b"(RFC", b"\0RFC")),
    ("a lone LF", "line-ends", put(b"\r\nTo:", b"\nTo:")),
    ("a lone CR", "line-ends", put(b"\r\nTo:", b"\rTo:")),
    ("no line end at the end", "line-ends", lambda raw: raw[:-2]),
    ("a line of 1000", "line-length", put(b"Subject: ...", b"Subject: ..." + b" " * 987)),
    ("S16 the subject outside", "canary", put(b"Subject: ...", b"Subject: About the thunderstorm")),
    ("S16 the subject encoded", "canary", put(b"Subject: ...", b"Subject: =?utf-8?b?dGh1bmRlcnN0b3Jt?=")),
    ("the subject in quoted-printable", "canary", put(b"This is an", b"=74hunderstorm")),
    ("C5 an enclosure's name outside", "canary", put(b'name="encrypted.asc"', b'name="Sketch.pdf"')),
    ("a word of the text in a boundary", "canary", lambda raw: raw.replace(delimiter(raw)[2:], b"lighthouse-000000")),
    ("the client's code", "canary", put(b"Subject: ...", b"Subject: A-17 Holloway")),
    ("S21 a mail program's name", "fields", field(b"User-Agent: mailer/1.0")),
    ("S19 a blind copy", "fields", field(b"Bcc: <eve@evil.example>")),
    ("a copy", "fields", field(b"Cc: <eve@evil.example>")),
    ("resent to another", "fields", field(b"Resent-To: <eve@evil.example>")),
    ("another sender", "fields", field(b"Sender: <eve@evil.example>")),
    ("answers to another", "fields", field(b"Reply-To: <eve@evil.example>")),
    ("two To", "fields", field(b"To: <eve@evil.example>")),
    ("two From", "fields", field(b"From: <eve@evil.example>")),
    ("a To of other letters", "fields", field(b"TO: <eve@evil.example>")),
    ("no Date", "fields", lambda raw: re.sub(rb"Date: [^\r]*\r\n", b"", raw)),
    ("no Message-ID", "fields", lambda raw: re.sub(rb"Message-ID: [^\r]*\r\n", b"", raw)),
    ("another's From", "from", put(b"<therapist@practice.example>", b"<therapist@evil.example>")),
    ("two mailboxes in From", "from", put(b"<therapist@practice.example>", b"<therapist@practice.example>, <x@y.z>")),
    ("another name in From", "from", lambda raw: re.sub(rb"From: \S+", b"From: Somebody", raw)),
    ("another's To", "to", put(b"To: <ann@client.example>", b"To: <eve@evil.example>")),
    ("two mailboxes in To", "to", put(b"<ann@client.example>", b"<ann@client.example>, <eve@evil.example>")),
    ("a name in To", "to", put(b"To: <ann", b"To: Annie <ann")),
    ("a group in To", "to", put(b"<ann@client.example>", b"x: <ann@client.example>;")),
    ("a group around From", "from", put(b"From: ", b"From: x: ")),
    ("H13 a local time", "date", lambda raw: re.sub(rb"(Date: [^\r]*)\+0000", rb"\1+0200", raw)),
    ("another date", "date", lambda raw: re.sub(rb"Date: [^\r]*", b"Date: Mon, 02 Mar 2026 10:00:00 +0000", raw)),
    ("a weekday that is not", "date", lambda raw: re.sub(rb"Date: ...", b"Date: Xyz", raw)),
    ("another subject", "subject", put(b"Subject: ...", b"Subject: Hello")),
    ("no subject's dots", "fields", put(b"Subject: ...", b"Subject:")),
    ("another Message-ID", "message-id", lambda raw: re.sub(rb"(Message-ID: <).", rb"\1y", raw)),
    ("another letter answered", "references", put(b"In-Reply-To: <q7.1@", b"In-Reply-To: <q8.1@")),
    ("a stranger among the references", "references", put(b"References: ", b"References: <a@b.example> ")),
    ("nothing answered", "fields", lambda raw: re.sub(rb"In-Reply-To: [^\r]*", b"In-Reply-To:", raw)),
    ("another protocol", "structure", put(b"application/pgp-encrypted", b"application/pgp-signature")),
    ("another root", "structure", put(b"multipart/encrypted", b"multipart/mixed")),
    ("another version", "structure", put(b"Version: 1\r\n", b"Version: 2\r\n")),
    ("another MIME", "structure", put(b"MIME-Version: 1.0", b"MIME-Version: 1.1")),
    ("words before", "structure", put(b"This is an", b"Hello, this is an")),
    ("words after", "structure", lambda raw: raw + b"Hello\r\n"),
    ("C5 a third part", "structure", lambda raw: raw.replace(
        delimiter(raw) + b"--", delimiter(raw) + A_PART + delimiter(raw) + b"--"
    )),
    ("a part's name", "structure", put(b'filename="encrypted.asc"', b'filename="other.asc"')),
    ("a part's further field", "structure", put(b"Content-Disposition", b"X-Word: x\r\nContent-Disposition")),
    ("an encoding", "structure", put(b"Content-Disposition", BASE64 + b"Content-Disposition")),
    ("no end", "structure", lambda raw: raw[: -len(delimiter(raw)) - 4]),
    ("words before the armor", "armor", put(b"-----BEGIN PGP", b"Hello\r\n-----BEGIN PGP")),
    ("words after the armor", "armor", put(ARMOR_END, ARMOR_END + b"\r\nHello")),
    ("an armor header", "armor", put(b"MESSAGE-----\r\n\r\n", b"MESSAGE-----\r\nComment: Hello\r\n\r\n")),
    ("no armor at all", "armor", lambda raw: b"%bHello\r\n%b--\r\n" % (
        raw[: raw.index(b"-----BEGIN")], delimiter(raw)
    )),
    ("two armored blocks", "armor", lambda raw: raw.replace(
        ARMOR_END, ARMOR_END + b"\r\n" + raw[raw.index(b"-----BEGIN") : raw.index(ARMOR_END)] + ARMOR_END
    )),
    ("a bare line between the parts", "nothing-else", lambda raw: raw.replace(
        delimiter(raw) + SECOND, delimiter(raw) + b" " + SECOND
    )),
    ("a signed message in the armor", "packets", with_message(lambda message: packet(11, b"b\0\0\0\0\0Hello"))),
    ("a literal packet before", "packets", with_message(lambda message: packet(11, b"b\0\0\0\0\0Hello") + message)),
    ("a literal packet behind", "packets", with_message(lambda message: message + packet(11, b"b\0\0\0\0\0Hello"))),
    ("a padding packet that talks", "packets", with_message(lambda message: packet(21, b"Hello") + message)),
    ("a marker packet", "packets", with_message(lambda message: packet(10, b"PGP") + message)),
    ("a password beside", "packets", with_message(lambda message: packet(3, b"\4\x09\0\x0a") + message)),
    ("no integrity protection", "packets", with_message(
        lambda message: b"".join(packet(9 if tag == 18 else tag, body) for tag, body in packets(message))
    )),
    ("GnuPG's own form", "packets", with_message(
        lambda message: b"".join(packet(20 if tag == 18 else tag, body) for tag, body in packets(message))
    )),
    ("the newer form", "packets", with_message(
        lambda message: b"".join(
            packet(tag, (b"\2" if tag == 18 else body[:1]) + body[1:]) for tag, body in packets(message)
        )
    )),
    ("packets cut short", "packets", with_message(lambda message: message[:-9])),
    ("S19 a hidden recipient", "key-ids", with_message(
        lambda message: b"".join(
            packet(tag, body[:1] + bytes(8) + body[9:] if tag == 1 else body) for tag, body in packets(message)
        )
    )),
    ("S19 a third recipient", "key-ids", with_message(
        lambda message: b"".join(packet(*each) for each in [packets(message)[0], *packets(message)])
    )),
    ("C17 not sealed to oneself", "key-ids", with_message(
        lambda message: b"".join(packet(*each) for each in [packets(message)[0], packets(message)[2]])
    )),
    ("sealed to oneself alone", "key-ids", with_message(
        lambda message: b"".join(packet(*each) for each in [packets(message)[1], packets(message)[2]])
    )),
]  # fmt: skip


@pytest.mark.parametrize(("check", "change"), [case[1:] for case in SPOILT], ids=[case[0] for case in SPOILT])
def test_C1_a_letter_that_is_not_proper_is_not_proven(letter: Outgoing, check: str, change: Change) -> None:
    spoilt = change(letter.raw)
    assert spoilt != letter.raw
    assert failing(letter, spoilt) == check


@pytest.mark.parametrize(
    "line", [b"From xqsecret words\r\n", b">From xqsecret\r\n", b" xqsecret\r\n", b"\txqsecret\r\n"]
)
def test_C1_no_line_before_the_header_passes_though_a_mail_parser_leaves_it_out(letter: Outgoing, line: bytes) -> None:
    assert failing(letter, line + letter.raw) in {"fields", "seven-bit"}


@pytest.mark.parametrize("between", [b"\r\n \r\n ", b"\r\n\t", b"  ", b" \r\n", b" <first@client.example> "])
def test_C1_ids_stand_each_once_one_blank_apart(letter: Outgoing, between: bytes) -> None:
    ids = b"<first@client.example> <q7.1@client.example>"
    assert failing(letter, put(ids, ids.replace(b" ", between))(letter.raw)) in {"references", "fields", "seven-bit"}


PIECES = (
    b" \r\n", b"\t\r\n", b"\r\n", b"From x\r\n", b"X: y\r\n", b"=\r\n", b"--\r\n", b"Subject: ...\r\n", b" (c)\r\n",
    b":\r\n", b"Comment: x\r\n", b"AAAA\r\n", b"=AAAA\r\n", b" ", b"\t", b";", b'"', b"\x0b", b"\x0c", b"\x1c", b"\x7f",
    b"\x01", b"-----BEGIN PGP MESSAGE-----\r\n\r\nAAAA\r\n-----END PGP MESSAGE-----\r\n",
)  # fmt: skip


def test_C1_nothing_can_be_put_in_anywhere_but_a_fold(letter: Outgoing) -> None:
    places = outside_armor(letter.raw)
    drawn = random.Random(7).sample([(at, piece) for at in places for piece in PIECES], 3_000)
    for at, piece in drawn:
        other = letter.raw[:at] + piece + letter.raw[at:]
        is_a_fold = piece == b"\r\n" and letter.raw[at : at + 1] == b" "
        try:
            letter.proven(other)
        except NotProven:
            continue
        assert is_a_fold, (at, piece)


def test_every_check_has_a_letter_that_fails_it(letter: Outgoing) -> None:
    assert {check for _, check, _ in SPOILT} == set(letter.proven().proof.checks)


def test_S19_RUN_RECIPIENTS_a_letter_sealed_to_somebody_else_is_not_proven(letter: Outgoing, everybody: People) -> None:
    eve = own_certificate(everybody.others, everybody.eve)
    for other in (replace(letter.expected, client_certificate=eve), replace(letter.expected, own_certificate=eve)):
        with pytest.raises(NotProven, match="key-ids"):
            prove(letter.raw, other)
    for broken in (b"", b"not a key", eve + eve):
        with pytest.raises(NotProven, match="key-ids"):
            prove(letter.raw, replace(letter.expected, client_certificate=broken))


def test_C1_the_letter_itself_and_what_is_no_mail_are_not_proven(letter: Outgoing) -> None:
    for raw in (b"", b"\r\n", letter.entity, letter.entity.replace(b"\r\n", b"\n"), b"\r\n" * 3, letter.raw * 2):
        with pytest.raises(NotProven):
            letter.proven(raw)


def test_a_date_that_is_not_the_days_is_not_proven(letter: Outgoing) -> None:
    assert letter.expected.date
    with pytest.raises(NotProven, match="date"):
        prove(letter.raw, replace(letter.expected, date=letter.expected.date + timedelta(seconds=1)))
    undated = replace(letter.expected, date=None)
    assert prove(letter.raw, undated).raw == letter.raw
    with pytest.raises(NotProven, match="date"):
        prove(re.sub(rb"Date: [^\r]*", b"Date: Tue, 02 Mar 2026 10:00:00 +0000", letter.raw), undated)


def test_S21_the_names_of_the_machine_are_canaries(letter: Outgoing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/wintergreen")
    monkeypatch.setattr("socket.gethostname", lambda: "attic-laptop.lan.example")
    monkeypatch.setattr("getpass.getuser", lambda: "orlaf")
    _machine_words.cache_clear()
    canaries = canaries_of(DraftContent())
    _machine_words.cache_clear()
    assert {"wintergreen", "attic", "laptop", "orlaf"} <= set(canaries)
    expected = replace(letter.expected, canaries=canaries)
    assert prove(letter.raw, expected).raw == letter.raw
    for said in (b"wintergreen", b"/HOME/Wintergreen/x", b"attic-laptop", b"(orlaf)"):
        with pytest.raises(NotProven, match="canary"):
            prove(letter.raw.replace(b"Subject: ...", b"Subject: " + said), expected)


def test_the_canaries_are_the_words_that_tell_a_letter_from_another() -> None:
    found = canaries_of(
        DraftContent("On sleep", "I saw the sea. 1234 20150301 日本 wonderful\nwonderful"),
        ["a_diary.txt"],
        ["Jo", "Bo Ek"],
    )
    assert set(found) >= {"sleep", "wonderful", "20150301", "日本", "diary"}
    assert not set(found) & {"on", "saw", "the", "1234", "jo"}
    assert len(found) == len(set(found))


def test_no_words_are_shown_by_what_is_expected(letter: Outgoing) -> None:
    assert "lighthouse" not in repr(letter.expected)


def test_a_letter_not_proven_is_not_sent_and_keeps_the_draft(letter: Outgoing) -> None:
    refused = NotProven("fields")
    assert refused.exit_code is ExitCode.NOT_SENT


def outside_armor(raw: bytes) -> list[int]:
    begin, end = raw.index(b"-----BEGIN PGP"), raw.index(b"-----END PGP MESSAGE-----")
    return [*range(begin), *range(end, len(raw))]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), octet=st.integers(0, 255), kind=st.sampled_from(["change", "insert", "delete"]))
def test_C1_no_byte_outside_the_armor_can_be_another(
    letter: Outgoing, data: st.DataObject, octet: int, kind: str
) -> None:
    raw = letter.raw
    at = data.draw(st.sampled_from(outside_armor(raw)))
    other = {
        "change": raw[:at] + bytes([octet]) + raw[at + 1 :],
        "insert": raw[:at] + bytes([octet]) + raw[at:],
        "delete": raw[:at] + raw[at + 1 :],
    }[kind]
    if other == raw:
        return
    try:
        letter.proven(other)
    except NotProven:
        return
    assert is_harmless(raw, other), (at, octet, kind)


def is_harmless(raw: bytes, other: bytes) -> bool:
    """Whether two mails differ in no more than blanks in their header, or in how a name is encoded there."""
    (before, _, body), (then, _, other_body) = raw.partition(b"\r\n\r\n"), other.partition(b"\r\n\r\n")
    return body == other_body and normal(before) == normal(then)


def normal(header: bytes) -> bytes:
    unfolded = re.sub(rb"[ \t\r\n]+", b"", header).replace(b'"', b"")
    return re.sub(rb"=\?.*?\?=", lambda found: base64.b64decode(found[0].split(b"?")[3] + b"=="), unfolded).lower()
