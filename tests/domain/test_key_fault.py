"""Each sentence about an unusable key can be sent as it stands: polite, without a word on the work (C24)."""

import pytest

from therapymail.domain.key_fault import KeyFault, sentence_for_client


@pytest.mark.parametrize("fault", list(KeyFault))
def test_C24_every_fault_has_a_sentence_that_can_be_sent(fault: KeyFault) -> None:
    sentence = sentence_for_client(fault)
    assert sentence.startswith(("Your OpenPGP key", "Nothing can be encrypted to the OpenPGP key"))
    assert "lease" in sentence
    assert "public part" in sentence
    assert not any(word in sentence.lower() for word in ("therap", "letter", "session", "client", "practice"))
    assert len(sentence.split()) < 60
