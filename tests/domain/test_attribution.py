"""Whose mail it is: PGP.md I1 to I6, HAZARDS S7 and S18, PRODUCT F10."""

from datetime import UTC, datetime, timedelta

import pytest

from therapymail.domain.attribution import Authorship, Correspondents, attribute
from therapymail.domain.client import Client, ClientStatus
from therapymail.domain.kinds import Direction, Standing
from therapymail.domain.seal import Pin, Protection, SealFacts, SignatureFact, SignatureFinding

NOW = datetime(2025, 3, 4, 9, 0, tzinfo=UTC)
HERON_KEY, LINDEN_KEY, OWN_KEY = "A" * 40, "B" * 40, "C" * 40


def client(code: str, address: str, key: str) -> Client:
    return Client(
        code * 2, code, "Somebody", address, (address,), (Pin(key, verified=False),), "UTC", ClientStatus.ACTIVE, NOW
    )


HERON = client("HERON", "maren@heron.example", HERON_KEY)
LINDEN = client("LINDEN", "tomas@linden.example", LINDEN_KEY)
KNOWN = Correspondents(
    frozenset({"orla@practice.example"}),
    (Pin(OWN_KEY, verified=True),),
    {"maren@heron.example": HERON, "tomas@linden.example": LINDEN},
)


def facts(finding: SignatureFinding | None, signer: str | None = None) -> SealFacts:
    signatures = (SignatureFact(finding, signer, NOW, NOW + timedelta(days=9)),) if finding else ()
    return SealFacts(Protection.SEALED, signatures)


GOOD = SignatureFinding.GOOD


@pytest.mark.parametrize(
    ("authors", "seal", "code", "standing"),
    [
        (("maren@heron.example",), facts(GOOD, HERON_KEY), "HERON", Standing.ACCEPTED),
        (("maren@heron.example",), facts(None), "HERON", Standing.PROPOSED),
        (("maren@heron.example",), facts(SignatureFinding.KEY_UNKNOWN, "D" * 40), "HERON", Standing.PROPOSED),
        (("maren@heron.example",), facts(SignatureFinding.BAD, HERON_KEY), "HERON", Standing.PROPOSED),
        (("maren@heron.example",), facts(SignatureFinding.KEY_REVOKED, HERON_KEY), "HERON", Standing.PROPOSED),
        (("maren@heron.example",), facts(GOOD, LINDEN_KEY), None, Standing.SET_ASIDE),
        (("maren@heron.example", "tomas@linden.example"), facts(GOOD, HERON_KEY), None, Standing.SET_ASIDE),
        (("maren@heron.example", "maren@heron.example"), facts(GOOD, HERON_KEY), None, Standing.SET_ASIDE),
        ((), facts(GOOD, HERON_KEY), None, Standing.SET_ASIDE),
        (("stranger@else.example",), facts(GOOD, HERON_KEY), None, Standing.SET_ASIDE),
        (("orla@practice.example",), facts(None), None, Standing.SET_ASIDE),
    ],
)
def test_S7_only_the_pinned_key_of_the_one_author_counts(
    authors: tuple[str, ...], seal: SealFacts, code: str | None, standing: Standing
) -> None:
    decided = attribute(Authorship(authors, ("orla@practice.example",), seal, NOW), KNOWN)
    assert (decided.client.code if decided.client else None, decided.standing) == (code, standing)


def test_a_key_that_expired_after_signing_still_speaks_within_a_day() -> None:
    expired = SealFacts(
        Protection.SEALED,
        (SignatureFact(SignatureFinding.KEY_EXPIRED, HERON_KEY, NOW - timedelta(hours=3), NOW - timedelta(hours=1)),),
    )
    mail = Authorship(("maren@heron.example",), ("orla@practice.example",), expired, NOW)
    assert attribute(mail, KNOWN).standing is Standing.ACCEPTED
    late = Authorship(("maren@heron.example",), ("orla@practice.example",), expired, NOW + timedelta(days=3))
    assert attribute(late, KNOWN).standing is Standing.PROPOSED


def test_own_letters_count_when_signed_or_found_in_sent() -> None:
    to_heron = ("maren@heron.example",)
    signed = attribute(Authorship(("orla@practice.example",), to_heron, facts(GOOD, OWN_KEY), NOW), KNOWN)
    in_sent = attribute(Authorship(("orla@practice.example",), to_heron, facts(None), NOW, in_sent=True), KNOWN)
    assert (signed.client, signed.direction, signed.standing) == (HERON, Direction.OUT, Standing.ACCEPTED)
    assert (in_sent.client, in_sent.standing) == (HERON, Standing.ACCEPTED)


def test_S7_the_own_address_alone_proves_nothing() -> None:
    to_heron = ("maren@heron.example",)
    for seal in (facts(None), facts(GOOD, HERON_KEY), facts(SignatureFinding.BAD, OWN_KEY)):
        forged = attribute(Authorship(("orla@practice.example",), to_heron, seal, NOW), KNOWN)
        assert (forged.client, forged.standing, forged.notes) == (None, Standing.SET_ASIDE, ("own-address-unproven",))


def test_F09_a_letter_of_ours_to_two_clients_is_nobodys() -> None:
    mail = Authorship(
        ("orla@practice.example",), ("maren@heron.example", "tomas@linden.example"), facts(GOOD, OWN_KEY), NOW
    )
    assert attribute(mail, KNOWN).client is None


def test_a_client_writing_from_a_new_address_is_proposed_and_a_stranger_answering_is_not() -> None:
    answering = {"addressees": ("orla@practice.example",), "received": NOW, "answers": (HERON,)}
    known_key = attribute(Authorship(authors=("m@new.example",), facts=facts(GOOD, HERON_KEY), **answering), KNOWN)  # type: ignore[arg-type]  # a table of keywords
    stranger = attribute(Authorship(authors=("m@new.example",), facts=facts(None), **answering), KNOWN)  # type: ignore[arg-type]  # a table of keywords
    assert (known_key.client, known_key.standing) == (HERON, Standing.PROPOSED)
    assert stranger.client is None


def test_a_delivery_report_counts_only_about_a_letter_of_ours() -> None:
    report = {"authors": ("mailer-daemon@host.example",), "addressees": (), "facts": facts(None), "received": NOW}
    ours = attribute(Authorship(is_delivery_report=True, answers=(HERON,), **report), KNOWN)  # type: ignore[arg-type]  # a table of keywords
    forged = attribute(
        Authorship(is_delivery_report=True, failed_address="maren@heron.example", **report),  # type: ignore[arg-type]  # a table of keywords
        KNOWN,
    )
    assert (ours.client, ours.standing) == (HERON, Standing.ACCEPTED)
    assert (forged.client, forged.standing) == (HERON, Standing.PROPOSED)


def test_a_delivery_report_about_letters_to_two_clients_goes_to_the_one_it_could_not_reach() -> None:
    report = Authorship(
        ("mailer-daemon@host.example",), (), facts(None), NOW,
        is_delivery_report=True, failed_address="tomas@linden.example", answers=(HERON, LINDEN),
    )  # fmt: skip
    assert attribute(report, KNOWN).client is LINDEN
