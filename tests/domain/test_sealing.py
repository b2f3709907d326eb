"""The sealing policy as a table and as a property: doubt refuses, and nothing ever unseals."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.client import Certificate, Client, ClientStatus, EncryptionPart
from therapymail.domain.outbox import Agreed
from therapymail.domain.seal import Pin
from therapymail.domain.sealing import SOON, Hindrance, Permit, Refusal, SealingFacts, decide

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
OWN, THEIRS, OTHER = "A" * 40, "B" * 40, "C" * 40
ADDRESS, PART = "heron@mail.example", "D" * 40

CLIENT = Client(
    identity="0" * 32,
    code="HERON",
    name="A. Heron",
    write_to=ADDRESS,
    writes_from=(ADDRESS, "heron@work.example"),
    pins=(Pin(THEIRS, verified=True),),
    zone="Europe/London",
    status=ClientStatus.ACTIVE,
    added=NOW - timedelta(days=100),
)
CERTIFICATE = Certificate(THEIRS, b"...", ("A. Heron",), NOW - timedelta(days=400), None, True, CLIENT.identity)
FACTS = SealingFacts(
    client=CLIENT,
    certificate=CERTIFICATE,
    own_fingerprint=OWN,
    own_expires=None,
    own_usable=True,
    now=NOW,
    recipients=(ADDRESS,),
)

Change = Callable[[SealingFacts], SealingFacts]


def client(**changed: object) -> Change:
    return lambda facts: replace(facts, client=replace(facts.client, **changed))  # type: ignore[arg-type]


def held(**changed: object) -> Change:
    return lambda facts: replace(facts, certificate=replace(CERTIFICATE, **changed))  # type: ignore[arg-type]


def facts(**changed: object) -> Change:
    return lambda given: replace(given, **changed)  # type: ignore[arg-type]


CHANGES: list[tuple[str, Change, Hindrance]] = [
    ("no key", client(pins=()), Hindrance.NO_KEY),
    ("certificate missing", facts(certificate=None), Hindrance.KEY_NOT_HELD),
    ("another certificate", held(fingerprint=OTHER), Hindrance.KEY_NOT_HELD),
    ("unverified", client(pins=(Pin(THEIRS, verified=False),)), Hindrance.KEY_UNVERIFIED),
    (
        "only the second pin verified",
        client(pins=(Pin(THEIRS, verified=False), Pin(OTHER, verified=True))),
        Hindrance.KEY_UNVERIFIED,
    ),
    ("own key pinned", client(pins=(Pin(OWN, verified=True),)), Hindrance.KEY_IS_OWN),
    ("expired", held(expires=NOW - timedelta(seconds=1)), Hindrance.KEY_EXPIRED),
    ("expires this second", held(expires=NOW), Hindrance.KEY_EXPIRED),
    ("signs only", held(can_encrypt=False), Hindrance.KEY_CANNOT_ENCRYPT),
    ("changed since released", facts(agreed=Agreed(ADDRESS, OTHER)), Hindrance.KEY_CHANGED),
    ("moved since released", facts(agreed=Agreed("heron@work.example", THEIRS)), Hindrance.ADDRESS_CHANGED),
    ("key change open", facts(key_change_open=True), Hindrance.KEY_CHANGE_OPEN),
    ("not used any more", client(pins=(Pin(THEIRS, verified=True, retired=NOW),)), Hindrance.KEY_RETIRED),
    ("chosen part gone", client(pins=(Pin(THEIRS, verified=True, part=PART),)), Hindrance.KEY_PART_ENDED),
    ("own key expired", facts(own_expires=NOW), Hindrance.OWN_KEY_UNUSABLE),
    ("own key gone", facts(own_usable=False), Hindrance.OWN_KEY_UNUSABLE),
    ("second recipient", facts(recipients=(ADDRESS, "boss@work.example")), Hindrance.SEVERAL_RECIPIENTS),
    ("somebody else", facts(recipients=("boss@work.example",)), Hindrance.SEVERAL_RECIPIENTS),
    ("another address of theirs", facts(recipients=("heron@work.example",)), Hindrance.SEVERAL_RECIPIENTS),
    ("paused", client(status=ClientStatus.PAUSED), Hindrance.CLIENT_PAUSED),
    ("closed", client(status=ClientStatus.CLOSED), Hindrance.CLIENT_CLOSED),
    ("referred", client(status=ClientStatus.REFERRED), Hindrance.CLIENT_REFERRED),
]


@pytest.mark.parametrize(
    ("change", "hindrance"), [(row[1], row[2]) for row in CHANGES], ids=[row[0] for row in CHANGES]
)
def test_C2_C6_each_doubt_alone_refuses(change: Change, hindrance: Hindrance) -> None:
    decided = decide(change(FACTS))
    assert isinstance(decided, Refusal)
    assert hindrance in decided.hindrances


def test_a_letter_in_order_may_leave_to_one_address_and_two_keys() -> None:
    assert decide(FACTS) == Permit(ADDRESS, THEIRS, OWN)
    permit = decide(replace(FACTS, agreed=Agreed(ADDRESS, THEIRS), recipients=()))
    assert isinstance(permit, Permit)
    assert permit.sealed_to == (THEIRS, OWN)


def test_work_that_is_closing_still_gets_its_last_letters() -> None:
    assert isinstance(decide(client(status=ClientStatus.CLOSING)(FACTS)), Permit)


def test_K5_the_chosen_part_is_what_ends_and_what_is_sealed_to() -> None:
    parts = (EncryptionPart(OTHER, NOW, None), EncryptionPart(PART, NOW - timedelta(days=9), NOW + SOON))
    chosen = client(pins=(Pin(THEIRS, verified=True, part=PART),))(held(parts=parts)(FACTS))
    assert decide(chosen) == Permit(ADDRESS, THEIRS, OWN, client_expires_soon=NOW + SOON, client_part=PART)
    assert decide(replace(chosen, now=NOW + SOON)) == Refusal((Hindrance.KEY_PART_ENDED,))
    unchosen = client(pins=(Pin(THEIRS, verified=True),))(chosen)
    assert decide(unchosen) == Permit(ADDRESS, THEIRS, OWN)


def test_K6_a_key_that_expires_soon_is_said_in_time() -> None:
    late, soon = held(expires=NOW + SOON + timedelta(seconds=1)), held(expires=NOW + SOON)
    assert decide(late(FACTS)) == Permit(ADDRESS, THEIRS, OWN)
    assert decide(soon(FACTS)) == Permit(ADDRESS, THEIRS, OWN, client_expires_soon=NOW + SOON)


@given(st.lists(st.sampled_from(CHANGES), max_size=6))
@settings(max_examples=60)
def test_C2_however_doubts_combine_nothing_is_permitted_and_every_kind_is_named_once(
    changes: list[tuple[str, Change, Hindrance]],
) -> None:
    given_facts = FACTS
    for _, change, _ in changes:
        given_facts = change(given_facts)
    decided = decide(given_facts)
    if given_facts == FACTS:
        assert isinstance(decided, Permit)
    else:
        assert isinstance(decided, Refusal)
        assert decided.hindrances
        assert len(set(decided.hindrances)) == len(decided.hindrances)


moments = st.integers(-48, 48).map(lambda hours: NOW + timedelta(hours=hours))
fingerprints = st.sampled_from([OWN, THEIRS, OTHER])
pins = st.lists(st.builds(Pin, fingerprints, st.booleans()), max_size=2).map(tuple)
any_client = st.builds(
    lambda pins, status, address: replace(CLIENT, pins=pins, status=status, write_to=address),
    pins,
    st.sampled_from(list(ClientStatus)),
    st.sampled_from(CLIENT.writes_from),
)
any_certificate = st.builds(
    lambda fingerprint, expires, can: replace(CERTIFICATE, fingerprint=fingerprint, expires=expires, can_encrypt=can),
    fingerprints,
    st.none() | moments,
    st.booleans(),
)
any_facts = st.builds(
    SealingFacts,
    client=any_client,
    certificate=st.none() | any_certificate,
    own_fingerprint=st.just(OWN),
    own_expires=st.none() | moments,
    own_usable=st.booleans(),
    now=moments,
    agreed=st.none() | st.builds(Agreed, st.sampled_from(CLIENT.writes_from), fingerprints),
    key_change_open=st.booleans(),
    recipients=st.lists(st.sampled_from([*CLIENT.writes_from, "boss@work.example"]), max_size=2).map(tuple),
)


@given(any_facts)
@settings(max_examples=300)
def test_C2_C6_a_permit_means_that_every_rule_holds(given_facts: SealingFacts) -> None:
    decided = decide(given_facts)
    if isinstance(decided, Refusal):
        assert decided.hindrances
        return
    pin, certificate = given_facts.client.pins[0], given_facts.certificate
    assert certificate is not None
    assert (pin.verified, pin.fingerprint) == (True, certificate.fingerprint)
    assert decided.client_fingerprint == pin.fingerprint != decided.own_fingerprint == OWN
    assert certificate.can_encrypt
    assert certificate.expires is None or certificate.expires > given_facts.now
    assert not given_facts.key_change_open
    assert given_facts.own_usable
    assert given_facts.own_expires is None or given_facts.own_expires > given_facts.now
    assert given_facts.client.status in {ClientStatus.ACTIVE, ClientStatus.CLOSING}
    assert decided.address == given_facts.client.write_to
    assert set(given_facts.recipients) <= {decided.address}
    assert given_facts.agreed in {None, Agreed(decided.address, pin.fingerprint)}
