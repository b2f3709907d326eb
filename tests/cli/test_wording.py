import pytest

from therapymail.cli.wording import seal_sentence
from therapymail.domain.seal import Protection, Signature, Verdict


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
