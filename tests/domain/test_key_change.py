"""M06: what speaks for another key, and which of it stops letters."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.key_change import (
    BELIEVED,
    KeyChange,
    KeyResolution,
    KeySign,
    foreign_signers,
    is_blocking,
    is_named,
    is_stronger,
    is_worn_out,
)
from therapymail.domain.seal import Pin, Protection, SealFacts, Signature, SignatureFact, SignatureFinding, verdict_of

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
PINNED, FRESH, OTHERS = "A" * 40, "B" * 40, "C" * 40
PINS = (Pin(PINNED, verified=True),)
CHANGE = KeyChange("0" * 32, FRESH, PINNED, KeySign.SIGNED, NOW)


def facts(*signatures: tuple[SignatureFinding, str | None], protection: Protection = Protection.SEALED) -> SealFacts:
    return SealFacts(protection, tuple(SignatureFact(finding, signer, NOW) for finding, signer in signatures))


@pytest.mark.parametrize(
    ("found", "named"),
    [
        (facts((SignatureFinding.KEY_UNKNOWN, FRESH)), (FRESH,)),
        (facts((SignatureFinding.KEY_UNKNOWN, FRESH[-16:])), (FRESH[-16:],)),
        (facts((SignatureFinding.UNCHECKED, FRESH)), (FRESH,)),
        (facts((SignatureFinding.GOOD, FRESH)), (FRESH,)),
        (facts((SignatureFinding.KEY_UNKNOWN, FRESH), (SignatureFinding.KEY_UNKNOWN, FRESH)), (FRESH,)),
        (facts((SignatureFinding.KEY_UNKNOWN, None)), ()),
        (facts(), ()),
        (facts((SignatureFinding.GOOD, PINNED)), ()),
        (facts((SignatureFinding.GOOD, PINNED), (SignatureFinding.KEY_UNKNOWN, FRESH)), ()),
        (facts((SignatureFinding.KEY_UNKNOWN, FRESH), (SignatureFinding.BAD, PINNED)), ()),
        (facts((SignatureFinding.GOOD, OTHERS)), ()),
        (facts((SignatureFinding.KEY_UNKNOWN, OTHERS[-16:])), ()),
        (facts((SignatureFinding.KEY_UNKNOWN, FRESH), protection=Protection.NO), ()),
        (facts((SignatureFinding.KEY_UNKNOWN, FRESH), protection=Protection.PARTLY), ()),
        (facts((SignatureFinding.KEY_REVOKED, FRESH)), ()),
    ],
)
def test_M06_only_a_sealed_letter_names_another_key_and_no_pinned_one(found: SealFacts, named: tuple[str, ...]) -> None:
    assert foreign_signers(found, PINS, NOW, {OTHERS}) == named


def test_M06_a_key_that_is_not_used_any_more_is_no_new_one() -> None:
    retired = (Pin(PINNED, verified=True, retired=NOW),)
    signed = facts((SignatureFinding.GOOD, PINNED))
    assert verdict_of(signed, retired, NOW - timedelta(seconds=1)).signature is Signature.VERIFIED
    assert verdict_of(signed, retired, NOW).signature is Signature.OTHER
    assert foreign_signers(signed, retired, NOW, ()) == ()


def test_M06_what_anybody_can_send_stops_nothing() -> None:
    assert {sign for sign in KeySign if is_blocking(sign)} == {KeySign.SIGNED, KeySign.IMPORTED}
    assert CHANGE.blocks
    assert not replace(CHANGE, sign=KeySign.OFFERED).blocks
    assert not replace(CHANGE, resolved=NOW, resolution=KeyResolution.DISMISSED).blocks


@given(st.sampled_from(KeySign), st.sampled_from(KeySign), st.sampled_from(KeySign))
@settings(max_examples=60)
def test_signs_have_one_order(one: KeySign, other: KeySign, third: KeySign) -> None:
    assert is_stronger(one, other) + is_stronger(other, one) + (one is other) == 1
    assert is_stronger(one, third) or not (is_stronger(one, other) and is_stronger(other, third))


def test_M06_whoever_signs_with_a_new_key_every_day_is_believed_twice() -> None:
    dismissed = replace(CHANGE, resolved=NOW, resolution=KeyResolution.DISMISSED)
    assert not is_worn_out(KeySign.SIGNED, [CHANGE] * 9)
    assert not is_worn_out(KeySign.SIGNED, [dismissed] * (BELIEVED - 1))
    assert is_worn_out(KeySign.SIGNED, [dismissed] * BELIEVED)
    assert not is_worn_out(KeySign.IMPORTED, [dismissed] * BELIEVED)


@given(st.text("0123456789ABCDEF", max_size=40), st.text("0123456789ABCDEF", min_size=40, max_size=40))
@settings(max_examples=60)
def test_a_short_end_of_a_fingerprint_names_nothing(name: str, fingerprint: str) -> None:
    assert is_named(name, (fingerprint,)) == (len(name) >= 16 and fingerprint.endswith(name))
    assert is_named(fingerprint[-16:], (fingerprint,))
    assert not is_named(fingerprint[-15:], (fingerprint,))
