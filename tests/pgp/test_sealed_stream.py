"""Sealing a stream: gpg opens what comes out, only the one key can, and nothing counts that is not whole."""

from pathlib import Path

import pytest

from tests.support.gnupg import People, output, recording_gpg, snapshot
from tests.support.letters import certificates
from therapymail.domain.sealing import Hindrance
from therapymail.errors import FileUnusable, GnupgUnusable, SealingFailed
from therapymail.pgp.packets import read_layout, recipients_before_data
from therapymail.pgp.runner import Gpg
from therapymail.pgp.sealed_stream import sealed_stream

BOOK = b"<p>Dear Maren, the lighthouse.</p>\n" * 20_000  # larger than any pipe


def sealed(people: People, gpg: Gpg | None = None) -> bytes:
    written: list[bytes] = []
    with sealed_stream(gpg or people.therapist, certificates(people)[1], people.ann, written.append) as stream:
        for start in range(0, len(BOOK), 50_000):
            stream.write(BOOK[start : start + 50_000])
        stream.finish()
    return b"".join(written)


def test_F49_the_one_key_opens_it_and_no_other(everybody: People) -> None:
    made = sealed(everybody)
    layout = read_layout(made)
    assert (len(layout.recipients), layout.passwords, layout.stray) == (1, 0, False)
    assert output(everybody.others, ["--decrypt"], made) == BOOK
    assert everybody.therapist.run(["--decrypt"], made).returncode != 0
    assert b"Maren" not in made


def test_S28_neither_text_nor_name_is_in_argv_or_in_a_file(everybody: People, tmp_path: Path) -> None:
    program, record = recording_gpg(tmp_path)
    before = snapshot(everybody.therapist.run_directory)
    sealed(everybody, Gpg(everybody.therapist.homedir, everybody.therapist.run_directory, program=program))
    assert everybody.ann not in record.read_text()
    assert "client.example" not in record.read_text()
    assert snapshot(everybody.therapist.run_directory).keys() == before.keys()


def test_H1_another_certificate_than_the_one_named_seals_nothing(everybody: People) -> None:
    with (
        pytest.raises(SealingFailed) as failed,
        sealed_stream(everybody.therapist, certificates(everybody)[1], everybody.eve, bytes),
    ):
        pass
    assert failed.value.hindrance is Hindrance.KEY_NOT_HELD


def test_a_full_disk_is_said_and_gpg_ends(everybody: People) -> None:
    def full(_: bytes) -> None:
        raise FileUnusable("book", "the disk is full")

    with sealed_stream(everybody.therapist, certificates(everybody)[1], everybody.ann, full) as stream:
        stream.write(BOOK)
        with pytest.raises(FileUnusable):
            stream.finish()


def test_a_gpg_that_seals_to_nobody_or_to_another_is_not_believed(everybody: People, tmp_path: Path) -> None:
    """It says that it has, and what comes out is not sealed to the key that was asked for."""
    eve = output(everybody.others, ["--recipient", everybody.eve, "--encrypt"], b"x")
    for number, content in enumerate((b"in clear", eve)):
        (tmp_path / f"out{number}").write_bytes(content)
        program = tmp_path / f"gpg{number}"
        program.write_text(
            "#!/bin/sh\ncat > /dev/null\n"
            'printf "[GNUPG:] BEGIN_ENCRYPTION 2 9\\n[GNUPG:] END_ENCRYPTION\\n" > /dev/fd/$2\n'
            f"cat {tmp_path}/out{number}\n"
        )
        program.chmod(0o700)
        with pytest.raises(GnupgUnusable):
            sealed(everybody, Gpg(everybody.therapist.homedir, everybody.therapist.run_directory, program=str(program)))


def test_leaving_in_the_midst_ends_gpg(everybody: People) -> None:
    def left() -> None:
        with sealed_stream(everybody.therapist, certificates(everybody)[1], everybody.ann, bytes) as stream:
            stream.write(BOOK)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        left()


@pytest.mark.parametrize("head", [b"", b"x", b"\x84", b"\x85\x01", b"\xc1\xff", b"\xcb\x05hello", b"\x00" * 40])
def test_what_does_not_begin_with_session_keys_is_no_sealed_message(head: bytes) -> None:
    assert recipients_before_data(head) is None
