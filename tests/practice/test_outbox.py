"""The outbox as far as the therapist decides it: hold, second reading, release, taking back."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.practices import Writers, introduce, practice_in, short_directory, writers_to
from therapymail.config import HostSettings, Security
from therapymail.domain.client import ClientStatus
from therapymail.domain.draft import Draft, DraftContent, DraftName
from therapymail.domain.outbox import Agreed, Move, OutboxState, ReleasedHow
from therapymail.domain.sealing import Hindrance, Permit, Refusal
from therapymail.errors import (
    DraftChanged,
    DraftInOutbox,
    DraftUnknown,
    HoldNotOver,
    NotInOutbox,
    NotSent,
    OutboxMoved,
    UnusableInput,
)
from therapymail.practice import outbox, write
from therapymail.practice.introduce import ClientChange, edit_client, show_client, verify_client
from therapymail.practice.outbox import LetterRead, SendRequest, default_hold_ends
from therapymail.practice.policy import may_leave, own_key_now
from therapymail.practice.practice import Practice
from therapymail.vault import journal
from therapymail.vault import outbox as rows

HOST = HostSettings("smtp.practice.example", 465, Security.TLS, "orla")
HOUR = timedelta(hours=1)


@dataclass
class Clock:
    """A clock that a test sets."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[Practice, Writers, Path]]:
    with (
        short_directory() as directory,
        practice_in(directory) as made,
        writers_to(made, directory) as writers,
    ):
        yield replace(made, settings=replace(made.settings, smtp=HOST)), writers, directory


_NUMBER = iter(range(1, 1000))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def practice(place: tuple[Practice, Writers, Path], clock: Clock) -> Practice:
    return replace(place[0], clock=clock)


@pytest.fixture
def code(practice: Practice, place: tuple[Practice, Writers, Path]) -> str:
    """A client whose key is confirmed; each test has its own."""
    number = next(_NUMBER)
    person = place[1].add(f"Client {number}", f"client{number}@mail.example")
    introduce(practice, f"CLIENT{number}", person)
    verify_client(practice, f"CLIENT{number}", person.fingerprint, "by phone")
    return f"CLIENT{number}"


@pytest.fixture
def draft(practice: Practice, code: str) -> Draft:
    return write.start_draft(practice, code, DraftContent("a subject", "a text"))


def journalled(practice: Practice, draft: Draft) -> list[tuple[str, object]]:
    with practice.vault() as vault, vault.reading() as reader:
        return [(entry.what, payload) for entry, payload in journal.entries_about(reader, draft.identity)]


def move(practice: Practice, name: DraftName, *moves: Move) -> None:
    """What departure would do."""
    with practice.vault() as vault, vault.writing() as writer:
        for each in moves:
            rows.move(writer, rows.entry(writer, name), each, practice.clock())


# --- sending -------------------------------------------------------------------------------------------


def test_by_default_a_letter_is_held_and_leaves_only_after_a_second_reading(
    practice: Practice, clock: Clock, draft: Draft
) -> None:
    queued = outbox.send(practice, SendRequest(draft.name))
    assert queued.entry.state is OutboxState.HELD
    ends = queued.entry.hold_ends
    assert ends == default_hold_ends(practice.settings, clock.now)
    assert ends is not None
    assert ends > clock.now
    assert queued.entry.agreed is None, "to whom is agreed when it is released"
    clock.now = ends + HOUR
    with practice.vault() as vault, vault.reading() as reader:
        assert draft.name not in [entry.draft for entry in rows.due(reader, clock.now)]
    released = outbox.release(practice, draft.name, undo=False)
    assert released.state is OutboxState.RELEASED
    assert released.is_due(clock.now)
    client = show_client(practice, draft.code).client
    assert released.agreed == Agreed(client.write_to, client.pins[0].fingerprint)


@pytest.mark.parametrize(("hold", "ends"), [(timedelta(0), timedelta(0)), (2 * HOUR, 2 * HOUR)])
def test_another_hold_can_be_given(
    practice: Practice, clock: Clock, draft: Draft, hold: timedelta, ends: timedelta
) -> None:
    entry = outbox.send(practice, SendRequest(draft.name, hold=hold)).entry
    assert (entry.state, entry.hold_ends) == (OutboxState.HELD, clock.now + ends)


def test_at_once_is_released_and_noted(practice: Practice, clock: Clock, draft: Draft) -> None:
    entry = outbox.send(practice, SendRequest(draft.name, at_once=True, why="she asked")).entry
    assert entry.is_due(clock.now)
    assert entry.released is not None
    assert (entry.released.how, entry.released.why) == (ReleasedHow.AT_ONCE, "she asked")
    assert [what for what, _ in journalled(practice, draft)] == ["draft.released"]


def test_C9_at_once_from_a_screen_still_waits_the_undo_seconds(practice: Practice, clock: Clock, draft: Draft) -> None:
    entry = outbox.send(practice, SendRequest(draft.name, at_once=True, undo=True)).entry
    assert entry.leaves_at == clock.now + timedelta(seconds=practice.settings.undo_seconds)
    assert outbox.cancel(practice, draft.name).content == draft.content


def test_at_a_time_it_leaves_then(practice: Practice, clock: Clock, draft: Draft) -> None:
    entry = outbox.send(practice, SendRequest(draft.name, at=clock.now + HOUR)).entry
    assert not entry.is_due(clock.now)
    assert entry.is_due(clock.now + HOUR)
    assert entry.released is not None
    assert entry.released.how is ReleasedHow.AT_TIME


@pytest.mark.parametrize(
    "also",
    [
        {"at": -timedelta(seconds=1)},
        {"at": timedelta(0)},
        {"at": timedelta(days=400)},
        {"hold": -HOUR},
        {"hold": timedelta(days=400)},
        {"hold": HOUR, "at_once": True},
        {"at": HOUR, "at_once": True},
        {"at": HOUR, "hold": HOUR},
        {"at_once": True, "why": "x" * 501},
    ],
)
def test_what_cannot_be_meant_is_refused_and_queues_nothing(
    practice: Practice, clock: Clock, draft: Draft, also: dict[str, object]
) -> None:
    if isinstance(also.get("at"), timedelta):
        also = {**also, "at": clock.now + also["at"]}  # type: ignore[operator]
    with pytest.raises(UnusableInput):
        outbox.send(practice, SendRequest(draft.name, **also))  # type: ignore[arg-type]
    with pytest.raises(NotInOutbox):
        outbox.show(practice, draft.name)


# --- refused -------------------------------------------------------------------------------------------


def refusal(practice: Practice, name: DraftName) -> tuple[str, ...]:
    with pytest.raises(NotSent) as refused:
        outbox.send(practice, SendRequest(name, at_once=True))
    with pytest.raises(NotInOutbox):
        outbox.show(practice, name)
    return refused.value.hindrances


def test_C2_C3_an_unverified_key_blocks_sending_and_keeps_the_draft(
    practice: Practice, place: tuple[Practice, Writers, Path]
) -> None:
    introduce(practice, "WREN", place[1].add("W", "wren@mail.example"))
    draft = write.start_draft(practice, "WREN", DraftContent("a", "b"))
    assert refusal(practice, draft.name) == (Hindrance.KEY_UNVERIFIED,)
    assert write.show_draft(practice, draft.name).draft == draft


def test_C3_a_client_without_a_key_is_sent_nothing(practice: Practice, draft: Draft) -> None:
    pin = show_client(practice, draft.code).client.pins[0]
    edit_client(practice, draft.code, ClientChange(unpin=pin.fingerprint))
    assert refusal(practice, draft.name) == (Hindrance.NO_KEY,)


@pytest.mark.parametrize(
    ("status", "hindrance"),
    [(ClientStatus.PAUSED, Hindrance.CLIENT_PAUSED), (ClientStatus.CLOSED, Hindrance.CLIENT_CLOSED)],
)
def test_C2_where_work_rests_nothing_leaves(
    practice: Practice, draft: Draft, status: ClientStatus, hindrance: Hindrance
) -> None:
    edit_client(practice, draft.code, ClientChange(status=status))
    assert refusal(practice, draft.name) == (hindrance,)


def test_nothing_written_is_not_sent_but_an_enclosure_alone_is(practice: Practice, code: str) -> None:
    draft = write.start_draft(practice, code, DraftContent("a subject", "\n > \n> quoted\n"))
    write.save(practice, draft.name, DraftContent("a subject", "On 3 March 2026, you wrote:\n> quoted\n"))
    assert refusal(practice, draft.name) == (Hindrance.EMPTY,)
    write.enclose(practice, draft.name, "x.txt", b"x")
    assert outbox.send(practice, SendRequest(draft.name)).entry.state is OutboxState.HELD


def test_a_practice_without_a_mail_host_sends_nothing(practice: Practice, draft: Draft) -> None:
    offline = replace(practice, settings=replace(practice.settings, smtp=None))
    assert refusal(offline, draft.name) == (Hindrance.NO_MAILBOX,)


def test_an_own_key_that_is_not_there_seals_nothing(practice: Practice, draft: Draft) -> None:
    with practice.vault() as vault, vault.reading() as reader:
        assert may_leave(practice, reader, draft, None) == Refusal((Hindrance.OWN_KEY_UNUSABLE,))


def test_C7_an_own_key_that_has_expired_seals_nothing_though_its_subkeys_have_not(
    practice: Practice, draft: Draft, clock: Clock
) -> None:
    own = own_key_now(practice)
    assert own is not None
    only_certifies = replace(own.primary, usage="c", expires=clock.now)
    expired = replace(own, primary=only_certifies, subkeys=[replace(own.primary, usage="se", expires=None)])
    with practice.vault() as vault, vault.reading() as reader:
        assert may_leave(practice, reader, draft, expired) == Refusal((Hindrance.OWN_KEY_UNUSABLE,))
        clock.now -= HOUR
        assert isinstance(may_leave(practice, reader, draft, expired), Permit)


def test_C4_a_pinned_key_that_is_not_held_seals_nothing(practice: Practice, draft: Draft) -> None:
    with practice.vault() as vault, vault.writing() as writer:
        writer.run("DELETE FROM certificate")
    assert refusal(practice, draft.name) == (Hindrance.KEY_NOT_HELD,)


def test_C1_a_screen_can_ask_what_would_be_said_without_queueing(practice: Practice, draft: Draft) -> None:
    seen = outbox.outlook(practice, draft.name)
    client = show_client(practice, draft.code).client
    assert seen.client == client
    assert isinstance(seen.decision, Permit)
    assert seen.decision.sealed_to == (client.pins[0].fingerprint, practice.settings.own_key)
    assert seen.certificate is not None
    edit_client(practice, draft.code, ClientChange(status=ClientStatus.PAUSED))
    assert isinstance(outbox.outlook(practice, draft.name).decision, Refusal)
    with pytest.raises(NotInOutbox):
        outbox.show(practice, draft.name)


# --- holding, releasing, taking back -------------------------------------------------------------------


def test_a_hold_that_is_not_over_is_ended_only_with_a_reason(practice: Practice, clock: Clock, draft: Draft) -> None:
    outbox.send(practice, SendRequest(draft.name))
    with pytest.raises(HoldNotOver):
        outbox.release(practice, draft.name)
    with pytest.raises(UnusableInput):
        outbox.release(practice, draft.name, early="  ")
    assert outbox.show(practice, draft.name).state is OutboxState.HELD
    released = outbox.release(practice, draft.name, early="she  asked")
    assert released.released is not None
    assert (released.released.how, released.released.why) == (ReleasedHow.EARLY, "she asked")
    assert released.leaves_at == clock.now + timedelta(seconds=practice.settings.undo_seconds)
    assert "she asked" in str(journalled(practice, draft))


def test_C6_a_release_is_refused_by_the_rules_of_its_moment(practice: Practice, clock: Clock, draft: Draft) -> None:
    outbox.send(practice, SendRequest(draft.name, hold=timedelta(0)))
    edit_client(practice, draft.code, ClientChange(status=ClientStatus.PAUSED))
    with pytest.raises(NotSent):
        outbox.release(practice, draft.name)
    assert outbox.show(practice, draft.name).state is OutboxState.HELD


def as_read(practice: Practice, name: DraftName) -> LetterRead:
    return LetterRead.of(outbox.show(practice, name), outbox.outlook(practice, name).decision)


def test_C13_only_the_letter_that_was_read_again_is_let_go(practice: Practice, draft: Draft) -> None:
    outbox.send(practice, SendRequest(draft.name, hold=timedelta(0)))
    read = as_read(practice, draft.name)
    outbox.cancel(practice, draft.name)  # in another window
    write.save(practice, draft.name, DraftContent("a subject", "words that nobody has read again"))
    outbox.send(practice, SendRequest(draft.name, hold=timedelta(0)))
    with pytest.raises(OutboxMoved):
        outbox.release(practice, draft.name, read=read)
    assert outbox.show(practice, draft.name).state is OutboxState.HELD
    assert outbox.release(practice, draft.name, read=as_read(practice, draft.name)).state is OutboxState.RELEASED


def test_C29_a_letter_read_for_one_address_is_not_let_go_to_another(practice: Practice, draft: Draft) -> None:
    outbox.send(practice, SendRequest(draft.name, hold=timedelta(0)))
    read = as_read(practice, draft.name)
    edit_client(practice, draft.code, ClientChange(write_to=f"other-{draft.code.lower()}@mail.example"))
    with pytest.raises(OutboxMoved):
        outbox.release(practice, draft.name, read=read)
    assert outbox.show(practice, draft.name).state is OutboxState.HELD


def test_C13_a_draft_that_is_another_by_now_is_not_sent(practice: Practice, draft: Draft) -> None:
    write.save(practice, draft.name, DraftContent("a subject", "words from another window"))
    with pytest.raises(DraftChanged):
        outbox.send(practice, SendRequest(draft.name, at_once=True, as_read=draft))
    with pytest.raises(NotInOutbox):
        outbox.show(practice, draft.name)
    seen = write.show_draft(practice, draft.name).draft
    assert outbox.send(practice, SendRequest(draft.name, as_read=seen)).entry.state is OutboxState.HELD


def test_what_is_released_is_not_released_again(practice: Practice, draft: Draft) -> None:
    outbox.send(practice, SendRequest(draft.name, at_once=True))
    with pytest.raises(OutboxMoved):
        outbox.release(practice, draft.name)


def test_C9_taking_back_wins_until_departure_begins(practice: Practice, clock: Clock, draft: Draft) -> None:
    for request in (
        SendRequest(draft.name),
        SendRequest(draft.name, at_once=True),
        SendRequest(draft.name, at=clock.now + HOUR),
    ):
        outbox.send(practice, request)
        assert outbox.cancel(practice, draft.name).content == draft.content
    outbox.send(practice, SendRequest(draft.name, at_once=True))
    move(practice, draft.name, Move.OFFER)
    with pytest.raises(OutboxMoved):
        outbox.cancel(practice, draft.name)


def test_a_draft_in_the_outbox_stays_as_it_is(practice: Practice, draft: Draft) -> None:
    outbox.send(practice, SendRequest(draft.name))
    for change in (
        lambda: write.save(practice, draft.name, DraftContent("x", "y")),
        lambda: write.enclose(practice, draft.name, "x.txt", b"x"),
        lambda: write.discard(practice, draft.name),
        lambda: outbox.send(practice, SendRequest(draft.name, at_once=True)),
    ):
        with pytest.raises(DraftInOutbox):
            change()
    assert write.show_draft(practice, draft.name).draft.content == draft.content


def test_C15_C16_what_was_refused_or_failed_waits_to_be_tried_again_or_taken_back(
    practice: Practice, clock: Clock, draft: Draft
) -> None:
    for stop in (Move.REFUSE, Move.FAIL):
        outbox.send(practice, SendRequest(draft.name, at_once=True))
        move(practice, draft.name, Move.OFFER, stop)
        assert draft.name in [entry.draft for entry in outbox.list_outbox(practice)]
        again = outbox.retry(practice, draft.name)
        assert again.is_due(clock.now)
        assert (again.attempts, again.obstacle, again.hindrances) == (0, None, ())
        outbox.cancel(practice, draft.name)
    assert write.show_draft(practice, draft.name).entry is None


def test_C6_trying_again_asks_the_rules_again_and_agrees_anew(
    practice: Practice, place: tuple[Practice, Writers, Path], draft: Draft
) -> None:
    outbox.send(practice, SendRequest(draft.name, at_once=True))
    move(practice, draft.name, Move.OFFER, Move.REFUSE)
    edit_client(practice, draft.code, ClientChange(status=ClientStatus.PAUSED))
    with pytest.raises(NotSent):
        outbox.retry(practice, draft.name)
    edit_client(
        practice,
        draft.code,
        ClientChange(status=ClientStatus.ACTIVE, add_addresses=("new@mail.example",), write_to="new@mail.example"),
    )
    agreed = outbox.retry(practice, draft.name).agreed
    assert agreed is not None
    assert agreed.address == "new@mail.example"
    edit_client(
        practice,
        draft.code,
        ClientChange(
            write_to=f"client{draft.code.removeprefix('CLIENT')}@mail.example", drop_addresses=("new@mail.example",)
        ),
    )


def test_C9_what_is_tried_again_from_a_screen_can_be_taken_back(practice: Practice, clock: Clock, draft: Draft) -> None:
    outbox.send(practice, SendRequest(draft.name, at_once=True))
    tried = outbox.retry(practice, draft.name, undo=True)
    assert tried.leaves_at == clock.now + timedelta(seconds=practice.settings.undo_seconds)
    assert not tried.is_due(clock.now)
    outbox.cancel(practice, draft.name)


def test_C5_an_uncertain_letter_is_neither_taken_back_nor_tried_again(practice: Practice, draft: Draft) -> None:
    outbox.send(practice, SendRequest(draft.name, at_once=True))
    with practice.vault() as vault, vault.writing() as writer:
        writer.run("UPDATE outbox SET state = 'uncertain' WHERE draft = ?", (draft.name.number,))
    for verb in (outbox.cancel, outbox.retry):
        with pytest.raises(OutboxMoved):
            verb(practice, draft.name)


def test_what_is_not_there_is_an_ordinary_answer(practice: Practice) -> None:
    for verb in (outbox.cancel, outbox.release, outbox.show):
        with pytest.raises(NotInOutbox):
            verb(practice, DraftName(99999))
    for asked in (outbox.outlook,):
        with pytest.raises(DraftUnknown):
            asked(practice, DraftName(99999))
    with pytest.raises(DraftUnknown):
        outbox.send(practice, SendRequest(DraftName(99999)))
    with pytest.raises(NotInOutbox):
        outbox.retry(practice, DraftName(99999))


def test_C8_a_draft_and_what_smtp_takes_are_different_types(draft: Draft) -> None:
    from typing import get_args

    from therapymail.domain.departure import Sendable

    assert not isinstance(draft, get_args(Sendable))
    assert not hasattr(draft, "raw")
    for sendable in get_args(Sendable):
        with pytest.raises(TypeError):
            sendable(draft.content.text.encode(), "a@b.example", "c@d.example", "<x@b.example>", object())
