from datetime import UTC, datetime

import pytest

from therapymail.domain.kinds import LetterState
from therapymail.domain.seal import Protection, Signature, Verdict
from therapymail.domain.wording import local_text, seal_sentence, seal_short


@pytest.mark.parametrize(
    ("signature", "who", "words"),
    [
        (Signature.VERIFIED, "HERON", "signed by HERON, key verified."),
        (Signature.OTHER, "HERON", "signed by a key that is not HERON's."),
        (Signature.OTHER, "you", "signed by a key that is not yours."),
        (Signature.OTHER, "", "signed by a key of nobody known here."),
        (Signature.UNKNOWN, "HERON", "signed by a key that is not held, so nothing proves that HERON wrote it."),
        (Signature.NONE, "you", "not signed, so nothing proves that you wrote it."),
        (Signature.NONE, "", "not signed, so nothing proves who wrote it."),
        (Signature.BAD, "", "SIGNATURE BAD: do not trust it."),
    ],
)
def test_what_a_signature_proved_is_one_sentence_whoever_wrote(signature: Signature, who: str, words: str) -> None:
    verdict = Verdict(Protection.SEALED, signature, signer=None, key=None, repaired=False, notes=())
    assert seal_sentence(verdict, who) == f"Sealed to your key and opened; {words}"


@pytest.mark.parametrize(
    ("protection", "signature", "state", "word"),
    [
        (Protection.SEALED, Signature.VERIFIED, LetterState.OPENED, "verified"),
        (Protection.SEALED, Signature.NONE, LetterState.OPENED, "unsigned"),
        (Protection.NO, Signature.VERIFIED, LetterState.OPENED, "not sealed"),
        (Protection.PARTLY, Signature.VERIFIED, LetterState.OPENED, "partly"),
        (Protection.FAILED, Signature.NONE, LetterState.FAILED, "-"),
        (Protection.FAILED, Signature.NONE, LetterState.TOO_LARGE, "-"),
    ],
)
def test_a_list_never_says_more_of_a_seal_than_was_proved(
    protection: Protection, signature: Signature, state: LetterState, word: str
) -> None:
    assert seal_short(Verdict(protection, signature, None, None, repaired=False, notes=()), state) == word


def test_F54_the_same_moment_on_two_clocks() -> None:
    moment = datetime(2025, 3, 31, 3, 30, tzinfo=UTC)
    assert local_text(moment, "America/New_York") == "2025-03-30 23:30"
    assert local_text(moment, "Europe/London") == "2025-03-31 04:30"
