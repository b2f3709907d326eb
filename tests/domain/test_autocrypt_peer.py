"""AC2: the peer state of Autocrypt Level 1, section 2.3, and that the order in which mails arrive never matters."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.autocrypt_peer import STALE_AFTER, AutocryptOffer, PeerState, SeenMail, peer_state, updated

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
OLD, NEW = AutocryptOffer("A" * 40, mutual=True, sealed=False), AutocryptOffer("B" * 40, mutual=False, sealed=True)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def mail(
    number: float, offer: AutocryptOffer | None = None, *, written: float | None = None, name: int = 0
) -> SeenMail:
    return SeenMail(bytes([name]), day(number), day(number if written is None else written), offer)


def test_AC2_the_newest_header_holds_and_the_newest_mail_is_when_they_were_last_seen() -> None:
    assert peer_state([]) is None
    assert peer_state([mail(1), mail(3)]) == PeerState(day(3))
    assert peer_state([mail(1, OLD), mail(2, NEW, name=7), mail(5)]) == PeerState(day(5), day(2), NEW, b"\x07")


def test_AC2_a_mail_older_than_the_header_that_holds_changes_nothing() -> None:
    state = peer_state([mail(4, NEW)])
    assert updated(state, mail(3, OLD)) == state
    assert updated(state, mail(2)) == state


def test_AC2_an_older_mail_without_a_header_does_not_take_the_key_away() -> None:
    assert peer_state([mail(1, OLD), mail(2)]) == PeerState(day(2), day(1), OLD, b"\0")


def test_S13_a_date_in_the_future_counts_as_the_time_of_receipt() -> None:
    forged = mail(2, OLD, written=4000)
    assert peer_state([forged]) == PeerState(day(2), day(2), OLD, b"\0")
    assert peer_state([forged, mail(3, NEW)]) == PeerState(day(3), day(3), NEW, b"\0")
    assert SeenMail(b"", day(2), None, None).effective == day(2)


def test_AC2_a_key_not_sent_for_long_is_stale_once_mails_go_on_without_it() -> None:
    assert timedelta(days=35) == STALE_AFTER
    for days, stale in ((34, False), (35, False), (36, True)):
        state = peer_state([mail(0, OLD), mail(days)])
        assert state is not None
        assert state.is_stale is stale
    assert not PeerState(day(0)).is_stale


_MAILS = st.lists(
    st.builds(
        SeenMail,
        st.binary(min_size=1, max_size=2),
        st.integers(0, 6).map(day),
        st.none() | st.integers(0, 9).map(day),
        st.none() | st.sampled_from([OLD, NEW, OLD._replace(mutual=False)]),
    ),
    max_size=8,
    unique_by=lambda each: each.digest,
)


@settings(max_examples=60, deadline=None)
@given(_MAILS, st.randoms(use_true_random=False))
def test_AC2_any_order_of_arrival_gives_the_same_state(mails: list[SeenMail], chance: Random) -> None:
    state, shuffled = peer_state(mails), list(mails)
    chance.shuffle(shuffled)
    assert peer_state(shuffled) == state
    if state is None:
        return
    assert state.last_seen == max(each.effective for each in mails)
    offering = [each for each in mails if each.offer]
    assert state.offered == max((each.effective for each in offering), default=None)
    assert state.offer is None or state.letter in {each.digest for each in offering if each.effective == state.offered}


@pytest.mark.parametrize("offer", [OLD, NEW])
def test_AC2_the_same_mail_twice_changes_nothing(offer: AutocryptOffer) -> None:
    state = peer_state([mail(1, offer), mail(2)])
    assert updated(updated(state, mail(1, offer)), mail(2)) == state
