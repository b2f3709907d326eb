"""M01: a letter to oneself proves the whole way, on real mail hosts and on ones that lose, refuse or rewrite it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.posts import PASSWORD, EmbeddedPost, Post, dovecot, embedded
from tests.support.practices import practice_in, short_directory
from therapymail.errors import (
    ExitCode,
    RoundTripAltered,
    RoundTripLost,
    RoundTripNotTaken,
    RoundTripUnopened,
    TherapymailError,
    UnusableInput,
    explain,
)
from therapymail.practice.practice import Practice
from therapymail.practice.read import LettersRequest, list_letters
from therapymail.practice.receive import SyncRequest, sync
from therapymail.practice.roundtrip import Patience, RoundTripStep, prove_roundtrip

__all__ = ["dovecot", "embedded"]

SHORT = Patience(longest=1.0, first_wait=0.1, longest_wait=0.2)
AMPLE = Patience(longest=20.0, first_wait=0.05, longest_wait=0.2)


@contextmanager
def practice_at(post: Post, email: str = "") -> Iterator[Practice]:
    """A practice whose account is a fresh user of `post`; `email` is its address, if not the user's own."""
    user = post.new_user()
    address = email or post.address(user)
    with (
        short_directory() as directory,
        practice_in(directory, post.imap(user), PASSWORD, email=address, smtp=post.smtp(user)) as practice,
    ):
        yield practice


@pytest.fixture(params=["dovecot", "embedded"])
def post(request: pytest.FixtureRequest) -> Post:
    found: Post = request.getfixturevalue(request.param)
    return found


def test_M01_a_letter_to_oneself_comes_back_and_opens_and_is_in_nobodys_record(post: Post) -> None:
    told: list[RoundTripStep] = []
    with practice_at(post) as practice:
        sync(practice, SyncRequest())
        proven = prove_roundtrip(practice, lambda step, _: told.append(step), AMPLE)
        assert (proven.folder, proven.in_junk, proven.rewritten) == ("INBOX", False, False)
        assert list(dict.fromkeys(told)) == list(RoundTripStep)
        result = sync(practice, SyncRequest())
        assert (result.fetched, result.strangers) == (0, 0)
        assert list_letters(practice, LettersRequest()) == ()


def test_S16_what_leaves_is_sealed_and_says_nothing(post: Post) -> None:
    with practice_at(post) as practice:
        prove_roundtrip(practice, patience=AMPLE)
        assert practice.settings.imap is not None
        with post.visit(practice.settings.imap.username) as session:
            session.select("INBOX", readonly=True)
            raw = next(item[1] for item in session.fetch("1", "(BODY.PEEK[])")[1] if isinstance(item, tuple))
            for folder in ("Sent", "Drafts"):
                assert session.select(folder, readonly=True)[1] == [b"0"], "no copy, no draft"
    assert b"\r\nSubject: ...\r\n" in raw
    for word in (b"yourself", b"therapymail", b"number"):
        assert word not in raw.lower()


@pytest.mark.parametrize(("address", "why"), [
    ("reject@practice.test", "your own address does not exist"),
    ("tempfail@practice.test", "try again later"),
    ("refuse-data@practice.test", "refuses it"),
])  # fmt: skip
def test_M01_a_host_that_does_not_take_it_is_named(dovecot: Post, address: str, why: str) -> None:
    with practice_at(dovecot, address) as practice, pytest.raises(RoundTripNotTaken) as caught:
        prove_roundtrip(practice, patience=SHORT)
    assert why in explain(caught.value).sentence
    assert caught.value.exit_code is ExitCode.NOT_SENT


def test_M01_a_letter_that_never_comes_back_is_waited_for_no_longer_than_said(dovecot: Post) -> None:
    began = time.monotonic()
    with practice_at(dovecot, "slow-0@practice.test") as practice, pytest.raises(RoundTripLost) as caught:
        prove_roundtrip(practice, patience=SHORT)
    assert time.monotonic() - began < 20
    assert explain(caught.value).sentence == "The letter to yourself has not come back within 1 seconds."


def test_M01_a_host_that_hangs_up_after_DATA_is_waited_for_and_said(dovecot: Post) -> None:
    with practice_at(dovecot, "drop@practice.test") as practice, pytest.raises(TherapymailError) as caught:
        prove_roundtrip(practice, patience=SHORT)
    assert isinstance(caught.value, (RoundTripLost, RoundTripNotTaken))


# --- gateways between sending and receiving ------------------------------------------------------------


@contextmanager
def practice_behind(
    embedded: EmbeddedPost, gateway: Callable[[bytes], bytes], folder: str = "INBOX"
) -> Iterator[Practice]:
    """A practice whose own mail passes `gateway` before it lies in `folder`."""
    with practice_at(embedded) as practice:
        address = practice.settings.email

        def passed_on(_: str, raw: bytes) -> None:
            arrived = (address, folder, gateway(raw), practice.clock())
            threading.Thread(
                target=embedded.office.append, args=arrived
            ).start()  # the office's own thread must not wait

        embedded.office.hand_out([address], passed_on)
        yield practice


def footer_inside(raw: bytes) -> bytes:
    """A footer put behind the sealed part, within the multipart."""
    head, end, tail = raw.rpartition(b"-----END PGP MESSAGE-----")
    return head + end + b"\r\n\r\nScanned by Example Gateway\r\n" + tail


def wrapped_with_footer(raw: bytes) -> bytes:
    """The whole sealed entity wrapped in multipart/mixed with a footer beside it, as gateways do."""
    header, _, body = raw.partition(b"\r\n\r\n")
    lines = header.replace(b"\r\n ", b" ").split(b"\r\n")
    content = next(line for line in lines if line.lower().startswith(b"content-type:"))
    others = [line for line in lines if line is not content]
    return (
        b"\r\n".join([*others, b'Content-Type: multipart/mixed; boundary="gateway"'])
        + b"\r\n\r\n--gateway\r\n" + content + b"\r\n\r\n" + body
        + b"\r\n--gateway\r\nContent-Type: text/plain\r\n\r\nThis mail was scanned.\r\n--gateway--\r\n"
    )  # fmt: skip


def flipped(raw: bytes) -> bytes:
    """One character of the armor exchanged."""
    at = raw.index(b"-----BEGIN PGP MESSAGE-----") + 200
    return raw[:at] + (b"A" if raw[at : at + 1] != b"A" else b"B") + raw[at + 1 :]


def stripped(raw: bytes) -> bytes:
    """A gateway that replaces what it cannot scan."""
    header, _, _ = raw.partition(b"\r\n\r\n")
    kept = [line for line in header.replace(b"\r\n ", b" ").split(b"\r\n") if not line.lower().startswith(b"content-")]
    return b"\r\n".join(kept) + b"\r\n\r\nThe encrypted content was removed.\r\n"


@pytest.mark.parametrize("gateway", [wrapped_with_footer, flipped, stripped])
def test_M01_what_comes_back_altered_is_not_proven(embedded: EmbeddedPost, gateway: Callable[[bytes], bytes]) -> None:
    with practice_behind(embedded, gateway) as practice, pytest.raises(RoundTripAltered):
        prove_roundtrip(practice, patience=AMPLE)


def mixed_up(raw: bytes) -> bytes:
    """What some Exchange servers make of multipart/encrypted: a mixed multipart with an empty text first."""
    header, _, body = raw.partition(b"\r\n\r\n")
    boundary = header.replace(b"\r\n ", b" ").split(b'boundary="')[1].split(b'"')[0]
    kept = [line for line in header.replace(b"\r\n ", b" ").split(b"\r\n") if not line.lower().startswith(b"content-")]
    first = b"--" + boundary + b"\r\n"
    parts = body[body.index(first) :]
    empty = first + b'Content-Type: text/plain; charset="us-ascii"\r\n\r\n\r\n'
    return (
        b"\r\n".join([*kept, b'Content-Type: multipart/mixed; boundary="' + boundary + b'"'])
        + b"\r\n\r\n"
        + empty
        + parts
    )


@pytest.mark.parametrize("gateway", [mixed_up, footer_inside])
def test_C21_what_opens_although_it_was_rewritten_is_said(
    embedded: EmbeddedPost, gateway: Callable[[bytes], bytes]
) -> None:
    with practice_behind(embedded, gateway) as practice:
        assert prove_roundtrip(practice, patience=AMPLE).rewritten


def test_M01_a_host_that_gives_it_another_message_id_is_understood(embedded: EmbeddedPost) -> None:
    def renamed(raw: bytes) -> bytes:
        before, _, after = raw.partition(b"Message-ID: <")
        return before + b"Message-ID: <host-made@mail.example>" + after.partition(b">")[2]

    with practice_behind(embedded, renamed) as practice:
        assert prove_roundtrip(practice, patience=AMPLE).folder == "INBOX"


@pytest.mark.parametrize(("folder", "in_junk"), [("Junk", True), ("Letters/Own", False)])
def test_M01_it_is_found_where_a_filter_put_it(embedded: EmbeddedPost, folder: str, in_junk: bool) -> None:
    with practice_behind(embedded, lambda raw: raw, folder) as practice:
        proven = prove_roundtrip(practice, patience=replace(SHORT, longest=2.0))
        assert (proven.folder, proven.in_junk) == (folder, in_junk)


def test_M01_a_copy_in_Sent_has_not_come_back(embedded: EmbeddedPost) -> None:
    with practice_behind(embedded, lambda raw: raw, "Sent") as practice, pytest.raises(RoundTripLost):
        prove_roundtrip(practice, patience=SHORT)


def test_M01_a_letter_that_no_longer_opens_is_not_proven(embedded: EmbeddedPost) -> None:
    keys: list[Path] = []

    def loses_the_key(raw: bytes) -> bytes:
        for key in keys:
            key.unlink()
        return raw

    with practice_behind(embedded, loses_the_key) as practice:
        keys += (practice.paths.gnupg / "private-keys-v1.d").glob("*.key")
        with pytest.raises(RoundTripUnopened) as caught:
            prove_roundtrip(practice, patience=AMPLE)
        assert caught.value.exit_code is ExitCode.NOT_OPENED


def test_a_practice_without_a_mailbox_says_so() -> None:
    with short_directory() as directory, practice_in(directory) as practice, pytest.raises(UnusableInput):
        prove_roundtrip(practice)
