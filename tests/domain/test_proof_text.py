"""Each check of the proof before send has its sentence."""

import inspect

from therapymail.domain import proof_text
from therapymail.domain.departure import Proof
from therapymail.pgp import proof


def test_C1_every_check_that_is_proven_is_said_in_words() -> None:
    codes = tuple(proof._CHECKS)
    said = proof_text.proof_sentences(Proof("00", "00", (), codes))
    assert len(said) == len(set(said)) == len(codes)
    assert set(codes) == set(proof_text._CHECKS), inspect.getfile(proof_text)


def test_a_check_of_a_later_version_stays_readable() -> None:
    assert proof_text.proof_sentences(Proof("00", "00", (), ("new-check",))) == ("New check.",)
