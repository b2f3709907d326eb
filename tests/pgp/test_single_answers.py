"""What gpg answers, weighed by itself (PGP.md section 3): answers that no gpg of today gives to what we can make."""

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from therapymail.domain.seal import OpeningFailure, SignatureFinding
from therapymail.errors import GnupgUnusable
from therapymail.pgp.runner import Gpg, GpgRun
from therapymail.pgp.single import SingleOpener
from therapymail.pgp.status import parse_status

TEXT = b"The letter itself.\n" * 40


@dataclass(frozen=True)
class AnsweringGpg(Gpg):
    """gpg with its answers given beforehand, run by run."""

    answers: list[GpgRun] = field(default_factory=list)

    def run(self, *_: object, **__: object) -> GpgRun:
        return self.answers.pop(0)


OKAY = (
    "ENC_TO 4766F6B9D5F21EB6 18 0", f"DECRYPTION_KEY {'A' * 24}4766F6B9D5F21EB6 {'B' * 40} -", "BEGIN_DECRYPTION",
    "DECRYPTION_INFO 2 9 0", "PLAINTEXT 62 1795311762 ", "DECRYPTION_OKAY", "GOODMDC", "END_DECRYPTION",
)  # fmt: skip
SIGNED = (
    "NEWSIG",
    "GOODSIG FBFCC82A015E7330 Ann",
    f"VALIDSIG {'C' * 40} 2026-11-22 1795311762 0 4 0 1 10 00 {'C' * 40}",
)


def answering(*runs: GpgRun) -> SingleOpener:
    return SingleOpener(AnsweringGpg(Path("/nonexistent"), Path("/dev/shm"), answers=list(runs)))


def told(*status: str, output: bytes = TEXT, returncode: int = 0, capped: bool = False, late: bool = False) -> GpgRun:
    lines = parse_status("".join(f"[GNUPG:] {line}\n" for line in status).encode())
    return GpgRun(lines, output, returncode, capped=capped, timed_out=late)


NO_MDC = tuple(line for line in OKAY if line != "GOODMDC")


@pytest.mark.parametrize("first", [3, -11, 127])
def test_D3_OK_EXIT_an_exit_code_that_means_nothing_good_gives_no_byte(first: int) -> None:
    assert answering(told(*OKAY)).decrypt(b"").plaintext == TEXT
    assert answering(told(*OKAY, returncode=first), told(*OKAY)).decrypt(b"").plaintext is None


@pytest.mark.parametrize("ended", [-9, -15])
def test_D3_S23_a_gpg_that_was_killed_is_asked_once_more_and_of_a_killed_one_no_byte_is_taken(ended: int) -> None:
    killed = told(*OKAY, output=TEXT[:-1], returncode=ended)
    assert answering(killed, told(*OKAY)).decrypt(b"").plaintext == TEXT
    assert answering(killed, killed, told(*OKAY)).decrypt(b"").plaintext is None


@pytest.mark.parametrize("first", [1, 2])
@pytest.mark.parametrize(
    "second",
    [told(*NO_MDC), told(*OKAY, output=TEXT[:-1]), told(*OKAY, returncode=2), told(*OKAY, returncode=1), told()],
)
def test_D3_OK_EXIT_the_second_run_must_be_clean_and_give_the_same_bytes(first: int, second: GpgRun) -> None:
    assert answering(told(*OKAY, returncode=first), told(*OKAY)).decrypt(b"").plaintext == TEXT
    assert answering(told(*OKAY, returncode=first), second).decrypt(b"").plaintext is None


def test_S24_a_run_that_was_cut_short_is_no_letter_whatever_its_status_says() -> None:
    capped = answering(told(*OKAY, output=b"", capped=True)).decrypt(b"")
    assert (capped.plaintext, capped.failure) == (None, OpeningFailure.TOO_LARGE)
    late = answering(told(*OKAY, output=b"", late=True)).decrypt(b"")
    assert (late.plaintext, late.failure) == (None, OpeningFailure.TIMED_OUT)


def test_H6_a_verification_that_brings_text_or_was_cut_short_proves_nothing() -> None:
    assert [fact.finding for fact in answering(told(*SIGNED)).verify_detached(TEXT, b"")] == [SignatureFinding.GOOD]
    assert answering(told("PLAINTEXT 62 1795311762 ", *SIGNED)).verify_detached(TEXT, b"") == ()
    assert answering(told(*SIGNED, late=True)).verify_detached(TEXT, b"") == ()


@pytest.mark.parametrize(
    "spoilt", ["NODATA 3", "UNEXPECTED 0", "ERROR proc_pkt.plaintext 89_BAD_DATA", OKAY[4], OKAY[0]]
)
def test_S4_signed_data_is_unwrapped_only_where_it_is_one_whole_text(spoilt: str) -> None:
    assert answering(told(OKAY[4], *SIGNED)).unwrap_signed(b"").content == TEXT
    assert answering(told(OKAY[4], *SIGNED, spoilt)).unwrap_signed(b"").content is None
    assert answering(told(OKAY[4], *SIGNED, output=b"", capped=True)).unwrap_signed(b"").content is None


def test_S23_an_agent_that_gpg_could_not_reach_is_raised_and_not_called_damage(tmp_path: Path) -> None:
    home = Path(tempfile.mkdtemp(prefix="tm-", dir="/tmp"))
    (home / "S.gpg-agent" / "in the way").mkdir(parents=True)
    unreached = told("ENC_TO 4766F6B9D5F21EB6 18 0", "ERROR pkdecrypt_failed 67108941", returncode=2)
    try:
        with pytest.raises(GnupgUnusable):
            SingleOpener(AnsweringGpg(home, tmp_path, answers=[unreached])).decrypt(b"")
    finally:
        shutil.rmtree(home)
