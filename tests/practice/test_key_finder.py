"""Keys that come with letters: candidates only, whatever is attached, whoever claims it."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import pytest

from tests.support.practices import THERAPIST, Writer, Writers, introduce, practice_in, short_directory, writers_to
from therapymail.domain.found_key import KeyCandidate, KeySource
from therapymail.domain.kinds import Standing
from therapymail.domain.letter import Filing, Place
from therapymail.errors import KeyRefused, KeyUnknown, UnusableInput
from therapymail.pgp.bulk import BulkOpener
from therapymail.pgp.runner import Gpg
from therapymail.practice import keys
from therapymail.practice.arrival import Arrival, ArrivalReader
from therapymail.practice.certificate_intake import Kept, kept
from therapymail.practice.correspondents import clients_answered, read_correspondents
from therapymail.practice.introduce import ClientChange, edit_client, show_client
from therapymail.practice.key_finder import finder_for
from therapymail.practice.keyring import clients_keyring
from therapymail.practice.practice import Practice
from therapymail.vault import certificates, filing, key_candidates, pins

MAREN = "maren@heron.example"


@dataclass
class Post:
    """A practice with one client, HERON, whose mail is read and filed as a sync does."""

    practice: Practice
    writers: Writers
    maren: Writer

    def file(self, *mails: bytes, in_junk: bool = False) -> list[Filing]:
        practice = self.practice
        with practice.vault() as vault:
            known = read_correspondents(practice, vault)
            finder, keyring = finder_for(practice, vault, known), clients_keyring(practice)
            filed = []
            with practice.gpg(keyring) as gpg, BulkOpener(gpg) as opener:
                reader = ArrivalReader(opener, known, partial(clients_answered, vault, known), finder)
                for number, raw in enumerate(mails):
                    arrival = Arrival(Place("imap", "INBOX", 7, number), datetime.now(UTC), raw, False, in_junk)
                    read = reader.finish(reader.begin(arrival))
                    assert isinstance(read, Filing)
                    filed.append(read)
            with vault.writing() as writer:
                filing.file_letters(writer, filed, practice.clock())
        return filed

    @property
    def candidates(self) -> list[KeyCandidate]:
        with self.practice.vault() as vault, vault.reading() as reader:
            return key_candidates.candidates(reader)

    def found(self) -> dict[str, list[KeySource]]:
        return {each.certificate.fingerprint: [place.source for place in each.places] for each in self.candidates}


@pytest.fixture(scope="module")
def made() -> Iterator[Post]:
    with (
        short_directory() as directory,
        practice_in(directory) as practice,
        writers_to(practice, directory) as writers,
    ):
        maren = writers.add("Maren", MAREN)
        introduce(practice, "HERON", maren)
        yield Post(practice, writers, maren)


@pytest.fixture
def post(made: Post) -> Iterator[Post]:
    yield made
    with made.practice.vault() as vault, vault.writing() as writer:
        writer.run("DELETE FROM key_candidate")


@pytest.fixture(scope="module")
def other(made: Post) -> Writer:
    """A second key that bears Maren's address."""
    return made.writers.add("Maren", MAREN)


def autocrypt(writer: Writer) -> str:
    data = base64.encodebytes(writer.certificate).decode().replace("\n", "\r\n ").strip()
    return f"Autocrypt: addr={MAREN}; keydata={data}\r\n"


def armored(writers: Writers, fingerprint: str, command: str = "--export") -> bytes:
    return writers.gpg.run(["--armor", command, "--", fingerprint]).output


def plain(text: str, *files: tuple[str, bytes, str], header: str = "") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"Maren <{MAREN}>", THERAPIST, "hello"
    message["Date"], message["Message-ID"] = "Sun, 22 Nov 2026 19:00:00 +0000", f"<{abs(hash(text))}@heron.example>"
    message.set_content(text)
    for name, data, kind in files:
        main, _, sub = kind.partition("/")
        message.add_attachment(data, main, sub, filename=name)
    return header.encode() + message.as_bytes().replace(b"\n", b"\r\n")


def nothing_else_changed(post: Post) -> bool:
    with post.practice.vault() as vault, vault.reading() as reader:
        held = [each.fingerprint for each in certificates.held(reader)]
    pins = [pin.fingerprint for pin in show_client(post.practice, "HERON").client.pins]
    with post.practice.gpg() as gpg:
        listed = gpg.run(["--with-colons", "--list-keys"]).output.count(b"\npub:")
    return held == [post.maren.fingerprint] == pins and listed == 1


def test_S13_a_header_outside_gives_a_candidate_and_changes_no_pin(post: Post, other: Writer) -> None:
    post.file(plain("one", header=autocrypt(other)))
    (candidate,) = post.candidates
    assert candidate.certificate.fingerprint == other.fingerprint
    assert candidate.certificate.uids == (f"Maren <{MAREN}>",)
    assert [(str(place.letter)[:6], place.source, place.signs) for place in candidate.places] == [
        ("HERON-", KeySource.HEADER, False)
    ]
    assert nothing_else_changed(post)


def test_AC1_a_header_inside_the_seal_gives_a_candidate(post: Post, other: Writer) -> None:
    sealed = post.writers.letter(post.maren, "inside", extra="")
    inner = autocrypt(other)
    sealed_with = post.writers.letter(post.maren, "inside too", extra=inner)
    outer = sealed_with.partition(b"\r\n\r\n")
    without = outer[0].replace(inner.strip().encode(), b"X-Was: here") + outer[1] + outer[2]
    assert b"Autocrypt" not in without
    filed = post.file(sealed, without)
    assert [each.standing for each in filed] == [Standing.ACCEPTED] * 2
    assert post.found() == {other.fingerprint: [KeySource.SEALED_HEADER]}


@pytest.mark.parametrize(
    ("name", "kind"),
    [("key.asc", "application/octet-stream"), ("key.asc", "application/pgp-keys"), ("key", "application/pgp-keys")],
)
def test_S14_an_attached_certificate_is_a_candidate(post: Post, other: Writer, name: str, kind: str) -> None:
    data = armored(post.writers, other.fingerprint)
    post.file(plain(f"attached {name} {kind}", (name, data, kind)), plain("binary", ("k.gpg", other.certificate, kind)))
    assert post.found() == {other.fingerprint: [KeySource.ENCLOSED, KeySource.ENCLOSED]}
    assert nothing_else_changed(post)


def test_D9_a_secret_key_in_a_letter_is_nowhere_taken(post: Post, other: Writer) -> None:
    secret = armored(post.writers, other.fingerprint, "--export-secret-keys")
    assert b"PRIVATE KEY" in secret
    public = armored(post.writers, other.fingerprint)
    (filed,) = post.file(
        plain(
            "my keys",
            ("secret.asc", secret, "application/pgp-keys"),
            ("both.asc", secret + public, "application/pgp-keys"),
        )
    )
    assert filed.reading is not None
    assert len(filed.reading.enclosures) == 2
    assert filed.notes.count("secret-key-enclosed") == 1
    assert post.found() == {}
    assert nothing_else_changed(post)


def test_the_pinned_key_and_our_own_are_no_news(post: Post) -> None:
    with post.practice.gpg() as gpg:
        own = gpg.run(["--export", "--", post.practice.settings.own_key]).output
    post.file(
        plain(
            "known keys",
            ("own.asc", own, "application/pgp-keys"),
            ("mine.asc", post.maren.certificate, "application/pgp-keys"),
            header=autocrypt(post.maren),
        )
    )
    assert post.found() == {}


def test_S13_mail_from_junk_and_from_nobody_we_know_gives_none(post: Post, other: Writer) -> None:
    post.file(plain("junk", header=autocrypt(other)), in_junk=True)
    stranger = plain("stranger", ("key.asc", other.certificate, "application/pgp-keys"))
    post.file(stranger.replace(MAREN.encode(), b"eve@evil.example"))
    assert post.found() == {}


def test_M06_a_letter_signed_by_the_key_that_came_with_it_is_marked(post: Post, other: Writer) -> None:
    (filed,) = post.file(post.writers.letter(post.maren, "a new key", signer=other, extra=autocrypt(other)))
    assert filed.standing is Standing.PROPOSED
    (candidate,) = post.candidates
    assert candidate.signs
    assert nothing_else_changed(post)


def test_S14_gpg_is_asked_of_one_key_once_and_of_few_in_a_sync(
    post: Post, other: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []

    def counted(gpg: Gpg, packets: bytes) -> Kept:
        asked.append(packets)
        return kept(gpg, packets)

    monkeypatch.setattr("therapymail.practice.key_finder.kept", counted)
    post.file(*(plain(f"again {number}", header=autocrypt(other)) for number in range(5)))
    assert len(asked) == 1
    post.file(plain("later", header=autocrypt(other)))
    assert len(asked) == 1
    assert len(post.found()[other.fingerprint]) == 6
    monkeypatch.setattr("therapymail.practice.key_finder.MOST_NEW", 0)
    eve = post.writers.add("Eve", MAREN)
    post.file(plain("flood", header=autocrypt(eve)))
    assert len(asked) == 1
    assert eve.fingerprint not in post.found()


@pytest.mark.parametrize("data", [b"", b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n", b"\x99\xff", b"\xc6" * 900])
def test_C42_what_only_looks_like_a_key_is_passed_over(post: Post, data: bytes) -> None:
    (filed,) = post.file(plain(f"broken {len(data)}", ("key.asc", data, "application/pgp-keys")))
    assert filed.keys == ()
    assert len(filed.reading.enclosures if filed.reading else ()) == 1


def test_a_letter_without_keys_is_not_parsed_again(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_arguments: object) -> None:
        raise AssertionError("a letter without a key was parsed for keys")

    monkeypatch.setattr("therapymail.practice.enclosed_keys.offered_key", never)
    monkeypatch.setattr("therapymail.practice.enclosed_keys.read_headers", never)
    monkeypatch.setattr("therapymail.practice.enclosed_keys.enclosure_bytes", never)
    post.file(post.writers.letter(post.maren, "quite plain"), plain("with a plan", ("plan.pdf", b"%PDF", "text/pdf")))


def test_the_run_directory_keeps_no_key(post: Post, other: Writer) -> None:
    post.file(plain("traces", header=autocrypt(other)))
    left = list(Path(post.practice.run.shared).rglob("h-*"))
    assert left == []


# --- what the therapist makes of them ------------------------------------------------------------------


@pytest.fixture
def pins_go(made: Post) -> Iterator[None]:
    yield
    with made.practice.vault() as vault, vault.writing() as writer:
        client = show_client(made.practice, "HERON").client
        for pin in client.pins:
            if pin.fingerprint != made.maren.fingerprint:
                pins.unpin_key(writer, client.identity, pin.fingerprint, made.practice.clock())
                certificates.let_go(writer, pin.fingerprint, made.practice.clock())


def test_the_list_shows_a_candidate_and_the_letter_it_came_with(post: Post, other: Writer) -> None:
    post.file(plain("to list", header=autocrypt(other)))
    (listed,) = [key for key in keys.list_keys(post.practice) if key.fingerprint == other.fingerprint]
    assert (listed.pinned_to, listed.secret, listed.can_encrypt) == (None, False, True)
    assert [place.source for place in listed.found] == [KeySource.HEADER]
    assert keys.show_key(post.practice, other.fingerprint[-16:].lower()) == listed
    with pytest.raises(KeyUnknown):
        keys.export_key(post.practice, other.fingerprint)
    overview = show_client(post.practice, "HERON")
    assert [each.certificate.fingerprint for each in overview.candidates] == [other.fingerprint]
    assert [key.fingerprint for key in overview.keys] == [post.maren.fingerprint]


@pytest.mark.usefixtures("pins_go")
@pytest.mark.parametrize("code", [None, "HERON"])
def test_S13_only_the_therapists_word_pins_a_candidate(post: Post, other: Writer, code: str | None) -> None:
    post.file(plain(f"to pin {code}", header=autocrypt(other)))
    pinned = keys.pin_key(post.practice, other.fingerprint, code)
    assert pinned.pinned_to == "HERON"
    assert pinned.confirmed is None
    assert len(pinned.found) == 1
    assert {pin.fingerprint: pin.verified for pin in show_client(post.practice, "HERON").client.pins} == {
        other.fingerprint: False,
        post.maren.fingerprint: False,
    }
    assert post.candidates == []
    (filed,) = post.file(post.writers.letter(post.maren, f"signed anew {code}", signer=other))
    assert filed.standing is Standing.ACCEPTED


@pytest.mark.usefixtures("pins_go")
def test_client_edit_pins_a_candidate_by_its_fingerprint(post: Post, other: Writer) -> None:
    post.file(plain("to edit", header=autocrypt(other)))
    edited = edit_client(post.practice, "HERON", ClientChange(pin=other.fingerprint))
    assert edited.client.pins[0].fingerprint == other.fingerprint


def test_S14_a_candidate_that_does_not_bear_the_clients_address_is_not_pinned(post: Post) -> None:
    eve = post.writers.add("Eve", "eve@evil.example")
    post.file(plain("another's", ("key.asc", eve.certificate, "application/pgp-keys")))
    assert list(post.found()) == [eve.fingerprint]
    with pytest.raises(KeyRefused):
        keys.pin_key(post.practice, eve.fingerprint, None)
    assert nothing_else_changed(post)


def test_a_key_that_nobody_sent_is_not_pinned_without_a_client(post: Post) -> None:
    stranger = post.writers.add("Somebody", "somebody@mail.example")
    keys.import_key(post.practice, stranger.certificate, None)
    with pytest.raises(UnusableInput):
        keys.pin_key(post.practice, stranger.fingerprint, None)
    with pytest.raises(KeyUnknown):
        keys.pin_key(post.practice, "0" * 40, "HERON")
