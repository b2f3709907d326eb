"""The verdict read from facts and pins: who may be said to have signed, and who not (PGP.md I1 to I6, D4, D5)."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.seal import (
    KeyState,
    Pin,
    Protection,
    SealFacts,
    Signature,
    SignatureFact,
    SignatureFinding,
    facts_as_json,
    facts_from_json,
    is_plainly_signed,
    verdict_of,
)

NOW = datetime(2025, 3, 4, 9, 0, tzinfo=UTC)
CLIENT, OTHER = "A" * 40, "B" * 40
PINNED, VERIFIED = (Pin(CLIENT, verified=False),), (Pin(CLIENT, verified=True),)


def fact(finding: SignatureFinding, signer: str | None = CLIENT, digest: int = 10) -> SignatureFact:
    return SignatureFact(finding, signer, NOW, NOW + timedelta(days=9), digest)


def word(*facts: SignatureFact, pins: tuple[Pin, ...] = VERIFIED, received: datetime = NOW) -> Signature:
    return verdict_of(SealFacts(Protection.SEALED, facts), pins, received).signature


GOOD, BAD = fact(SignatureFinding.GOOD), fact(SignatureFinding.BAD)
REVOKED, EXPIRED = fact(SignatureFinding.KEY_REVOKED), fact(SignatureFinding.EXPIRED)


def test_I1_only_a_pinned_key_signs_for_a_client_and_only_another_channel_verifies_it() -> None:
    assert word(GOOD) is Signature.VERIFIED
    assert word(GOOD, pins=PINNED) is Signature.PINNED
    assert word(GOOD, pins=()) is Signature.OTHER
    assert word(fact(SignatureFinding.GOOD, OTHER)) is Signature.OTHER
    assert word(fact(SignatureFinding.GOOD, CLIENT[-16:])) is Signature.OTHER  # a key id is no fingerprint
    assert word() is Signature.NONE


@pytest.mark.parametrize("bad", [BAD, EXPIRED])
def test_H6_SIG_SEVERAL_no_good_signature_outweighs_a_bad_one(bad: SignatureFact) -> None:
    assert word(GOOD, bad) is word(bad, GOOD) is word(bad) is Signature.BAD


def test_D4_a_revoked_key_speaks_for_nobody() -> None:
    assert word(REVOKED) is Signature.BAD
    assert verdict_of(SealFacts(Protection.SEALED, (REVOKED,)), VERIFIED, NOW).key is KeyState.REVOKED


@pytest.mark.parametrize("finding", [SignatureFinding.KEY_UNKNOWN, SignatureFinding.UNCHECKED])
def test_what_could_not_be_checked_is_unknown_even_if_it_names_a_pinned_key(finding: SignatureFinding) -> None:
    assert word(fact(finding)) is Signature.UNKNOWN
    assert word(fact(finding, OTHER), GOOD) is Signature.VERIFIED  # one good signature by the client is enough


@pytest.mark.parametrize(
    ("made", "expires", "received", "stands"),
    [
        (NOW, NOW + timedelta(hours=1), NOW + timedelta(hours=23), True),
        (NOW, NOW + timedelta(hours=1), NOW + timedelta(days=3), False),  # kept back, or sent again
        (NOW, NOW + timedelta(hours=1), NOW - timedelta(days=3), False),
        (NOW, NOW - timedelta(hours=1), NOW, False),  # signed by a key that was over
        (None, NOW, NOW, False),
        (NOW, None, NOW, False),
    ],
)
def test_D4_an_expired_key_speaks_only_for_what_it_signed_in_time_and_came_at_once(
    made: datetime | None, expires: datetime | None, received: datetime, stands: bool
) -> None:
    signed = SignatureFact(SignatureFinding.KEY_EXPIRED, CLIENT, made, expires, 10)
    assert word(signed, received=received) is (Signature.VERIFIED if stands else Signature.UNKNOWN)


@pytest.mark.parametrize(
    ("digest", "notes"), [(1, ("weak-digest",)), (2, ("weak-digest",)), (3, ("weak-digest",)), (8, ())]
)
def test_SIG_WEAK_an_outdated_digest_is_noted_and_the_signature_stands(digest: int, notes: tuple[str, ...]) -> None:
    verdict = verdict_of(SealFacts(Protection.SEALED, (fact(SignatureFinding.GOOD, digest=digest),)), VERIFIED, NOW)
    assert (verdict.signature, verdict.notes) == (Signature.VERIFIED, notes)


def test_what_a_person_should_know_is_noted() -> None:
    mangled = SealFacts(Protection.SEALED, repairs=("exchange-mixed",))
    assert verdict_of(SealFacts(Protection.SEALED, (GOOD, GOOD)), VERIFIED, NOW).notes == ("several-signatures",)
    assert verdict_of(mangled, VERIFIED, NOW).repaired
    assert not verdict_of(SealFacts(Protection.NO, (GOOD,)), VERIFIED, NOW).notes


@pytest.mark.parametrize("protection", list(Protection))
def test_the_verdict_says_of_the_seal_what_was_found(protection: Protection) -> None:
    facts = SealFacts(protection, (GOOD, REVOKED), sealed_to=("0" * 16,), opened_with=OTHER, notes=("too-deep",))
    assert verdict_of(facts, VERIFIED, NOW).encrypted is protection
    assert facts_from_json(facts_as_json(facts)) == facts


_SAID = st.sampled_from(['","signer":"' + CLIENT, '"finding":"good"', '"repairs":', "boundary", "x\\", ""])
_SIGNATURES = st.builds(
    SignatureFact,
    st.sampled_from([SignatureFinding.GOOD, SignatureFinding.BAD]),
    st.sampled_from([CLIENT, OTHER, None]) | _SAID,
    identity=st.none() | _SAID,
)
_FACTS = st.builds(
    SealFacts,
    st.sampled_from([Protection.SEALED, Protection.PARTLY]),
    st.lists(_SIGNATURES, min_size=1, max_size=2).map(tuple),
    repairs=st.lists(_SAID, max_size=1).map(tuple),
    notes=st.lists(_SAID, max_size=2).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(_FACTS)
def test_H6_what_is_plainly_signed_is_so_when_it_is_read_whatever_else_stands_there(facts: SealFacts) -> None:
    stored = json.dumps(facts_as_json(facts), separators=(",", ":"), sort_keys=True)
    is_so = facts.protection is Protection.SEALED and not facts.repairs and len(facts.signatures) == 1
    by_client = facts.signatures[0].finding is SignatureFinding.GOOD and facts.signatures[0].signer == CLIENT
    assert is_plainly_signed(stored, [CLIENT]) is (is_so and by_client)
    assert not is_plainly_signed(stored, [])
