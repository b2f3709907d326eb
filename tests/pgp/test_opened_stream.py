"""Sealed and signed files as streams: what was written comes out, and counts only from the one who signed it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.gnupg import PASSPHRASE, People, altered, forget_passphrases, output, people
from tests.support.letters import certificates
from therapymail.errors import PassphraseNeeded, PassphraseWrong, SealedFileRefused
from therapymail.pgp.opened_stream import opened_stream
from therapymail.pgp.own_key import extend, own_certificate, revocation_certificate
from therapymail.pgp.packets import read_layout
from therapymail.pgp.runner import Gpg
from therapymail.pgp.sealed_stream import Recipient, signed_stream

CONTENT = b"one record after another\n" * 40_000  # larger than any pipe


def sealed(people: People, *others: Recipient) -> bytes:
    written: list[bytes] = []
    with signed_stream(people.therapist, people.own, others, written.append) as stream:
        for start in range(0, len(CONTENT), 50_000):
            stream.write(CONTENT[start : start + 50_000])
        stream.finish()
    return b"".join(written)


def opened(gpg: Gpg, content: bytes, directory: Path, passphrase: str | None = None) -> tuple[bytes, str]:
    file = directory / "file"
    file.write_bytes(content)
    with file.open("rb") as source, opened_stream(gpg, source, passphrase) as stream:
        read = b"".join(iter(lambda: stream.read(70_000), b""))
        return read, stream.finish(len(content))


def test_F37_sealed_to_the_own_key_and_signed_by_it(everybody: People, tmp_path: Path) -> None:
    made = sealed(everybody)
    assert len(read_layout(made).recipients) == 1
    assert opened(everybody.therapist, made, tmp_path) == (CONTENT, everybody.own)
    assert b"record" not in made


def test_F37_another_key_can_be_given_it_too_and_whoever_has_that_opens_it(everybody: People, tmp_path: Path) -> None:
    made = sealed(everybody, Recipient(everybody.ann, certificates(everybody)[1]))
    assert len(read_layout(made).recipients) == 2
    assert opened(everybody.therapist, made, tmp_path)[1] == everybody.own
    assert opened(everybody.others, made, tmp_path) == (CONTENT, everybody.own)


def test_the_own_key_named_once_more_is_one_recipient(everybody: People) -> None:
    own = Recipient(everybody.own, own_certificate(everybody.therapist, everybody.own))
    assert len(read_layout(sealed(everybody, own)).recipients) == 1


def test_S1_what_was_changed_cut_or_is_no_sealed_file_is_refused(everybody: People, tmp_path: Path) -> None:
    made = sealed(everybody)
    for spoilt in (altered(made, len(made) // 2), altered(made), made[:-30], made[: len(made) // 2], made + made):
        with pytest.raises(SealedFileRefused):
            opened(everybody.therapist, spoilt, tmp_path)
    for other in (b"", b"SQLite format 3\0", made[:20], b"-----BEGIN PGP MESSAGE-----\n"):
        with pytest.raises(SealedFileRefused):
            opened(everybody.therapist, other, tmp_path)


def test_H3_one_that_somebody_else_or_nobody_signed_is_refused(everybody: People, tmp_path: Path) -> None:
    unsigned = everybody.sealed(CONTENT)
    by_eve = everybody.sealed(CONTENT, signer=everybody.eve)
    for other in (unsigned, by_eve):
        with pytest.raises(SealedFileRefused):
            opened(everybody.therapist, other, tmp_path)
    # Where the signer's key is known it says whose file it is, and that is not one's own.
    assert opened(everybody.reader, by_eve, tmp_path)[1] == everybody.eve


def test_two_signatures_are_not_one(everybody: People, tmp_path: Path) -> None:
    twice = output(
        everybody.others, ["-r", everybody.own, "-u", everybody.ann, "-u", everybody.eve, "--sign", "--encrypt"], b"x"
    )
    with pytest.raises(SealedFileRefused):
        opened(everybody.reader, twice, tmp_path)


def test_H4_a_password_is_no_key(everybody: People, tmp_path: Path) -> None:
    made = output(everybody.others, ["--symmetric", "--cipher-algo", "AES256"], CONTENT, passphrase="x")
    with pytest.raises(SealedFileRefused):
        opened(everybody.therapist, made, tmp_path)


def test_S24_what_is_passed_over_ends_where_the_file_could_hold_no_more(everybody: People, tmp_path: Path) -> None:
    """Anybody can seal compressed zeros to the therapist: they once were opened to their end, which may be days."""
    content = everybody.sealed(bytes(40 << 20))
    (tmp_path / "file").write_bytes(content)
    assert len(content) < 1 << 20
    with (tmp_path / "file").open("rb") as source, opened_stream(everybody.therapist, source) as stream:
        with pytest.raises(SealedFileRefused) as refused:
            stream.finish(len(content))
        assert "more than its size" in refused.value.why
        assert stream._given < 2 << 20


def test_one_sealed_to_another_is_refused(everybody: People, tmp_path: Path) -> None:
    with pytest.raises(SealedFileRefused) as refused:
        opened(everybody.therapist, everybody.sealed(CONTENT, to=everybody.ann), tmp_path)
    assert "another key" in refused.value.why


def test_leaving_in_the_midst_ends_gpg(everybody: People, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(sealed(everybody))

    def left() -> None:
        with (tmp_path / "file").open("rb") as source, opened_stream(everybody.therapist, source) as stream:
            stream.read(10)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        left()


def test_a_locked_key_asks_for_its_passphrase_and_takes_no_other(tmp_path: Path) -> None:
    with people(PASSPHRASE) as locked:
        made = output(
            locked.therapist,
            ["-r", locked.own, "-u", locked.own, "--sign", "--encrypt"],
            CONTENT,
            passphrase=PASSPHRASE,
        )
        forget_passphrases(locked.therapist)
        with pytest.raises(PassphraseNeeded):
            sealed(locked)
        with pytest.raises(PassphraseNeeded):
            opened(locked.therapist, made, tmp_path)
        with pytest.raises(PassphraseWrong):
            opened(locked.therapist, made, tmp_path, "wrong-horse")
        assert opened(locked.therapist, made, tmp_path, PASSPHRASE) == (CONTENT, locked.own)


def test_C33_a_key_that_has_expired_or_was_revoked_opens_what_it_made(tmp_path: Path) -> None:
    with people() as mine:
        made = sealed(mine)
        extend(mine.therapist, mine.own, 1, None)
        later = replace(mine.therapist, now=datetime.now(UTC) + timedelta(days=30))
        assert opened(later, made, tmp_path) == (CONTENT, mine.own)
        revocation = revocation_certificate(mine.therapist, mine.own)
        assert revocation
        armored = revocation.read_bytes().replace(b":-----BEGIN", b"-----BEGIN")
        output(mine.therapist, ["--import"], armored)
        assert opened(mine.therapist, made, tmp_path) == (CONTENT, mine.own)
