"""`therapymail open FILE` on real mail that was damaged, cut, spliced and blown up: a state line always, never a crash.

What bad input gets: exit code 0 with what can be read, or 7 with the reason in one sentence; never a traceback, never
an empty letter without a word, never longer than the stated limits allow (HAZARDS C23, C42, S1, S24).
"""

import json
import os
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.corpora import corpus, import_keys, mails
from tests.support.program import Program, program, setup_offline
from tests.support.sealing import packet
from therapymail.cli.entry import run

pytestmark = pytest.mark.corpora

UNGUARDED = ("kde", "notmuch", "protected-headers-draft", "schleuder", "synthetic-attacks")  # keys without passphrase
LARGEST = 60_000  # bytes of a mail that is varied
OF_EACH = 12
SEED = 9580
SECONDS = 20  # for one mail, on a machine that others use too
STATES = ("Sealed to your key and opened", "Only a part was sealed", "NOT SEALED", "Sealed, but not opened")
Opened = tuple[int, str, str]


@pytest.fixture(scope="module")
def therapymail() -> Iterator[Program]:
    """A practice that holds the keys of the corpora beside its own."""
    for name in UNGUARDED:
        corpus(name)
    with program() as made:
        setup_offline(made)
        for name in UNGUARDED:
            import_keys(name, made.home / "gnupg")
        made.run("unlock")
        before = dict(os.environ)
        os.environ.update(made.environment)
        yield made
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="module")
def genuine(therapymail: Program) -> list[bytes]:
    """Real mails, a few of each corpus."""
    chosen = random.Random(SEED)
    found = {name: [each.raw for each in mails(name) if len(each.raw) < LARGEST] for name in UNGUARDED}
    return [raw for each in found.values() for raw in chosen.sample(each, min(OF_EACH, len(each)))]


def varied(data: st.DataObject, genuine: list[bytes]) -> bytes:
    """One of the mails, damaged in a few of the ways that mail is damaged and attacked."""
    mail = data.draw(st.sampled_from(genuine))
    for change in data.draw(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=3)):
        mail = change(data, mail, genuine)
    return mail


def _place(data: st.DataObject, mail: bytes) -> int:
    return data.draw(st.integers(0, max(0, len(mail) - 1)))


def flipped(data: st.DataObject, mail: bytes, _: list[bytes]) -> bytes:
    at = _place(data, mail)
    return mail[:at] + bytes([(mail[at] if mail else 0) ^ data.draw(st.integers(1, 255))]) + mail[at + 1 :]


def cut(data: st.DataObject, mail: bytes, _: list[bytes]) -> bytes:
    return mail[: _place(data, mail)]


def spliced(data: st.DataObject, mail: bytes, genuine: list[bytes]) -> bytes:
    other = data.draw(st.sampled_from(genuine))
    return mail[: _place(data, mail)] + other[_place(data, other) :]


def line_repeated(data: st.DataObject, mail: bytes, _: list[bytes]) -> bytes:
    lines = mail.split(b"\n")
    at = data.draw(st.integers(0, len(lines) - 1))
    return b"\n".join([*lines[:at], *[lines[at]] * data.draw(st.sampled_from([2, 50, 3000])), *lines[at + 1 :]])


def line_lost(data: st.DataObject, mail: bytes, _: list[bytes]) -> bytes:
    lines = mail.split(b"\n")
    at = data.draw(st.integers(0, len(lines) - 1))
    return b"\n".join([*lines[:at], *lines[at + 1 :]])


def line_ends_changed(data: st.DataObject, mail: bytes, _: list[bytes]) -> bytes:
    ends = data.draw(st.sampled_from([b"\n", b"\r\n", b"\r", b"\r\r\n", b"\n\n"]))
    return mail.replace(b"\r\n", b"\n").replace(b"\n", ends)


def wrapped(data: st.DataObject, mail: bytes, _: list[bytes]) -> bytes:
    for number in range(data.draw(st.sampled_from([1, 9, 60]))):
        kind = data.draw(st.sampled_from([b"mixed", b"encrypted", b"signed", b"alternative"]))
        head = b"Content-Type: multipart/%s; boundary=w%d\r\n\r\n--w%d\r\n" % (kind, number, number)
        mail = head + mail + b"\r\n--w%d--\r\n" % number
    return b"From: a@b.example\r\n" + mail


CHANGES = (flipped, cut, spliced, line_repeated, line_lost, line_ends_changed, wrapped)


def opened(therapymail: Program, raw: bytes, capfd: pytest.CaptureFixture[str], tmp: Path, *more: str) -> Opened:
    """Exit code, output and narration of `open` on `raw`, within its time."""
    file = tmp / "mail.eml"
    file.write_bytes(raw)
    capfd.readouterr()
    began = time.monotonic()
    code = run(["--home", str(therapymail.home), "open", str(file), *more])
    assert time.monotonic() - began < SECONDS
    said = capfd.readouterr()
    assert code in {0, 7}, said.err
    assert "Traceback" not in said.err + said.out
    return code, said.out, said.err


def assert_answered(answer: Opened) -> None:
    """The object is whole, and says why where nothing was opened."""
    code, out, err = answer
    found = json.loads(out)
    assert (found["text"] is None) == (code == 7)
    assert (found["verdict"]["encrypted"] == "failed") == (code == 7)
    assert bool(found["reason"]) == (code == 7)
    assert bool(re.search(r"The mail could not be opened: \w.*\.", err)) == (code == 7)


def assert_said(answer: Opened) -> None:
    """A state line stands there always, and text or the word that there is none."""
    code, out, _ = answer
    assert any(state in out for state in STATES), out
    assert ("None of its text is shown." in out) == (code == 7)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u202e]", out)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_C23_C42_S1_a_damaged_mail_gets_its_state_and_a_reason(
    data: st.DataObject,
    therapymail: Program,
    genuine: list[bytes],
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    raw = varied(data, genuine)
    assert_answered(opened(therapymail, raw, capfd, tmp_path, "--json"))
    assert_said(opened(therapymail, raw, capfd, tmp_path))


def many_parts(number: int) -> bytes:
    return b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * number


HUGE = {
    "no byte": b"",
    "one byte": b"\x85",
    "100,000 parts": many_parts(100_000),
    "100,000 parts of armor": b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--b\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQEM\r\n-----END PGP MESSAGE-----\r\n" * 100_000,
    "100,000 From fields": b"From: a@b.example\r\n" * 100_000 + b"\r\nx",
    "a From field of 5 MB": b"From: " + b"a@b.example, " * 400_000 + b"\r\n\r\nx",
    "a header without end": b"Subject: " + b"x" * 20_000_000,
    "one line of 20 MB": b"From: a@b.example\r\n\r\n" + b"x" * 20_000_000,
    "100,000 armor beginnings": b"From: a@b.example\r\n\r\n" + b"-----BEGIN PGP MESSAGE-----\r\n" * 100_000,
    "100,000 blocks": b"From: a@b.example\r\n\r\n"
    + b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEM\r\n-----END PGP MESSAGE-----\r\n" * 100_000,
    "100,000 packets": packet(10, b"PGP") * 100_000,
    "nested 50,000 deep": b"".join(
        b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(50_000)
    ),
    "100,000 signed files": b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--b\r\nContent-Type: text/plain; name=a\r\n\r\nx\r\n--b\r\nContent-Type: text/plain; name=a.sig\r\n\r\n\x88\r\n"
    * 50_000,
    "HTML of 100,000 tags": b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + b"<div><b>" * 100_000,
}


@pytest.mark.parametrize("case", HUGE)
def test_S24_huge_nested_and_endless_mail_stops_at_its_limits(
    case: str, therapymail: Program, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert_answered(opened(therapymail, HUGE[case], capfd, tmp_path, "--json"))
    assert_said(opened(therapymail, HUGE[case], capfd, tmp_path))
