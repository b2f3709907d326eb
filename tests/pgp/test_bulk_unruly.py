"""Bulk opening with a gpg that does not do as it should: another letter's block, endless text, endless status."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.gnupg import People
from therapymail.domain.seal import OpeningFailure
from therapymail.pgp.bulk import BulkOpener
from therapymail.pgp.runner import Gpg


def unruly(people: People, directory: Path, script: str) -> Gpg:
    """A gpg that does `script` for each name it is given in bulk ($out: the FIFO, $status), and works singly."""
    program = directory / "gpg"
    program.write_text(
        '#!/bin/sh\ncase "$*" in *--decrypt-files*) ;; *) exec gpg "$@" ;; esac\n'
        'status="/proc/self/fd/$2"\n'
        'while read -r name; do\nout="${name%.pgp}"\n' + script + "\ndone\n"
    )
    program.chmod(0o700)
    return replace(people.reader, program=str(program))


def test_S4_a_status_block_of_another_file_opens_nothing(everybody: People, tmp_path: Path) -> None:
    okay = (
        "FILE_START 3 /elsewhere/99.pgp", f"ENC_TO {'1' * 16} 18 0", f"DECRYPTION_KEY {'1' * 40} {'2' * 40} -",
        "BEGIN_DECRYPTION", "DECRYPTION_INFO 2 9 0", "PLAINTEXT 62 1795311762 ", "DECRYPTION_OKAY", "GOODMDC",
        "END_DECRYPTION", "FILE_DONE",
    )  # fmt: skip
    block = "".join(f"[GNUPG:] {line}\\n" for line in okay)
    gpg = unruly(everybody, tmp_path, f"printf another > $out\nprintf '{block}' > $status")
    sealed = everybody.sealed(b"the letter")
    with BulkOpener(gpg) as opener:
        opened = opener.decrypt(sealed)
    assert (opened.plaintext, opened.opened_with) == (b"the letter", everybody.own)


@pytest.mark.parametrize(
    "script",
    ["while printf %01000d 0; do sleep 0.001; done > $out", "head -c 6000000 /dev/zero > $status; sleep 30"],
    ids=["text", "status"],
)
def test_S24_a_gpg_that_says_too_much_is_ended_while_it_speaks(everybody: People, tmp_path: Path, script: str) -> None:
    began = time.monotonic()
    with BulkOpener(unruly(everybody, tmp_path, script), output_cap=20_000, timeout=8) as opener:
        assert opener.decrypt(everybody.sealed(b"x")).failure is OpeningFailure.TOO_LARGE
    assert time.monotonic() - began < 8


def test_S24_a_letter_over_the_cap_that_gpg_was_done_with_before_we_looked_is_too_large(everybody: People) -> None:
    sealed = everybody.sealed(b"x" * 2000)
    with BulkOpener(everybody.reader, output_cap=1000) as opener:
        opener.expect(sealed)
        time.sleep(0.5)
        opened = opener.decrypt(sealed)
    assert (opened.plaintext, opened.failure) == (None, OpeningFailure.TOO_LARGE)
