"""The outbox: read twice before it leaves, taken back while that is possible, every ending a line in plain words."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.support.posts import EmbeddedPost, embedded
from tests.support.sending import Sending, sending_over
from tests.tui.desk_practice import OURS, DeskApp, DeskPractice, at_desk, desk, made, settled, shown
from therapymail.domain.checklist import CheckItem
from therapymail.domain.departure import Proof
from therapymail.domain.draft import DraftContent, DraftName
from therapymail.domain.outbox import Move, OutboxState
from therapymail.errors import AnotherRun, GnupgUnusable, NotInOutbox, TherapymailError
from therapymail.practice import outbox, write
from therapymail.practice.outbox import SendRequest
from therapymail.practice.practice import Practice
from therapymail.practice.unlock import unlock
from therapymail.tui import departures
from therapymail.tui.screens.outbox import OutboxScreen
from therapymail.tui.screens.second_reading import SecondReading
from therapymail.tui.screens.unlocking import Unlocking
from therapymail.tui.screens.writing import WritingScreen
from therapymail.vault import outbox as vault_outbox
from therapymail.vault.sent import keep_sealed

__all__ = ["desk", "embedded", "made"]

PROOF = Proof("00" * 32, "11" * 32, ("0123456789ABCDEF",), ("structure",))


@pytest.fixture(scope="module")
def sending(embedded: EmbeddedPost) -> Iterator[Sending]:
    with sending_over(embedded) as one:
        yield one


def held(practice: Practice, code: str = "HERON") -> DraftName:
    name = write.start_draft(practice, code, OURS).name
    outbox.send(practice, SendRequest(name))
    return name


def with_undo(practice: Practice, seconds: float) -> Practice:
    return replace(practice, settings=replace(practice.settings, undo_seconds=seconds))


def moved(practice: Practice, name: DraftName, *moves: Move) -> None:
    """Move an entry as another process would."""
    with practice.vault() as vault:
        for move in moves:
            with vault.writing() as writer:
                vault_outbox.move(writer, vault_outbox.entry(writer, name), move, practice.clock())


async def until(pilot: Pilot[None], is_so: Callable[[], bool], seconds: float = 30) -> None:
    end = asyncio.get_running_loop().time() + seconds
    while not is_so():
        assert asyncio.get_running_loop().time() < end, shown(pilot)
        await pilot.pause(0.05)


@asynccontextmanager
async def at_outbox(practice: Practice, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[None]]:
    async with at_desk(practice, OutboxScreen(), size) as pilot:
        yield pilot


# --- the second reading ------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_a_held_letter_is_read_whole_and_leaves_early_only_with_a_reason(
    desk: DeskPractice, size: tuple[int, int]
) -> None:
    name = held(desk.practice)

    async def read_again() -> None:
        async with at_outbox(desk.practice, size) as pilot:
            assert "held until 2026-12-02 08:00" in shown(pilot)
            await pilot.press("enter")
            await settled(pilot)
            assert isinstance(pilot.app.screen, SecondReading)
            assert "Dear Maren," in shown(pilot)
            assert "Re: The unlit room" in shown(pilot)
            await pilot.press("r")
            await settled(pilot)
            await pilot.press("enter", "space", "enter")  # no reason is none
            assert pilot.app.screen.is_modal
            assert outbox.show(desk.practice, name).state is OutboxState.HELD
            await pilot.press(*"She asked me to", "enter")
            await settled(pilot)
            assert "Is each of their questions answered" in shown(pilot)
            await pilot.press("y", "n", "enter")
            await until(pilot, lambda: not pilot.app.screen.is_modal)
            await settled(pilot)
            assert "D-1 to HERON leaves in" in shown(pilot)
            assert "^R takes it back" in shown(pilot)

    asyncio.run(read_again())
    entry = outbox.show(desk.practice, name)
    assert entry.state is OutboxState.RELEASED
    assert entry.released is not None
    assert (entry.released.how.value, entry.released.why) == ("early", "She asked me to")
    assert entry.released.answers == {CheckItem.QUESTIONS: True, CheckItem.TONE: False}


def test_C13_a_letter_rewritten_in_another_window_is_shown_again_before_it_may_leave(desk: DeskPractice) -> None:
    practice, name = desk.practice, held(desk.practice)
    desk.clock.go_on(hours=30)

    async def read_again() -> None:
        async with at_outbox(practice) as pilot:
            await pilot.press("enter")
            await settled(pilot)
            outbox.cancel(practice, name)
            write.save(practice, name, DraftContent("Re: The unlit room", "Dear Maren,\n\nwritten elsewhere\n"))
            outbox.send(practice, SendRequest(name))
            desk.clock.go_on(hours=30)
            await pilot.press("r")
            await settled(pilot)
            assert "written elsewhere" in shown(pilot)
            assert "read it again" in shown(pilot)
            assert outbox.show(practice, name).state is OutboxState.HELD
            await pilot.press("r")
            await settled(pilot)
            await pilot.press("enter")  # past the checklist
            await settled(pilot)
            assert outbox.show(practice, name).state is OutboxState.RELEASED

    asyncio.run(read_again())


def test_after_its_hold_a_letter_waits_for_its_second_reading_and_leaves_without_a_question(desk: DeskPractice) -> None:
    name = held(desk.practice)
    desk.clock.go_on(hours=30)

    async def read_again() -> None:
        async with at_outbox(desk.practice) as pilot:
            assert "1 needs you" in shown(pilot)
            assert "waits for its second reading" in shown(pilot)
            await pilot.press("enter")
            await settled(pilot)
            await pilot.press("r")
            await settled(pilot)
            await pilot.press("enter")  # past the checklist
            await settled(pilot)
            assert "leaves in" in shown(pilot)

    asyncio.run(read_again())
    assert outbox.show(desk.practice, name).state is OutboxState.RELEASED


# --- taking back -------------------------------------------------------------------------------------------


def test_C9_taking_back_wins_on_any_screen_until_the_departure_has_begun(desk: DeskPractice) -> None:
    name = held(desk.practice)
    other = write.start_draft(desk.practice, "HERON", OURS).name
    desk.clock.go_on(hours=30)

    async def take_back() -> None:
        async with at_outbox(desk.practice) as pilot:
            await pilot.press("enter")
            await settled(pilot)
            await pilot.press("r")
            await settled(pilot)
            await pilot.press("enter")  # past the checklist
            await settled(pilot)
            await pilot.app.push_screen(WritingScreen(other))
            await settled(pilot)
            await until(pilot, lambda: "D-1 to HERON leaves in" in shown(pilot))
            await pilot.press("x", "ctrl+r")
            await settled(pilot)
            assert "D-1 was taken back: it is a draft again." in shown(pilot)
            await pilot.press("escape")
            await settled(pilot)

    asyncio.run(take_back())
    with pytest.raises(NotInOutbox):
        outbox.show(desk.practice, name)
    assert write.show_draft(desk.practice, name).draft.content == OURS


def test_S26_a_lock_in_the_undo_seconds_says_no_more_of_the_letter_and_lets_it_wait(desk: DeskPractice) -> None:
    name = held(desk.practice)
    desk.clock.go_on(hours=30)
    seconds = 3

    async def release_and_lock() -> None:
        async with at_outbox(with_undo(desk.practice, seconds)) as pilot:
            await pilot.press("enter")
            await settled(pilot)
            await pilot.press("r")
            await settled(pilot)
            await pilot.press("enter")  # past the checklist
            await settled(pilot)
            await until(pilot, lambda: "D-1 to HERON leaves in" in shown(pilot))
            await pilot.press("ctrl+l")
            await until(pilot, lambda: isinstance(pilot.app.screen, Unlocking))
            end = asyncio.get_running_loop().time() + seconds + 1
            while asyncio.get_running_loop().time() < end:
                assert "HERON" not in shown(pilot)
                assert "D-1" not in shown(pilot)
                await pilot.pause(0.1)

    asyncio.run(release_and_lock())
    unlock(desk.practice, None)
    entry = outbox.show(desk.practice, name)
    assert (entry.state, entry.obstacle) == (OutboxState.RELEASED, None)


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        (AnotherRun(), "D-1 to HERON leaves with the sync that is running."),
        (GnupgUnusable("it ended"), "D-1 to HERON has not left: "),
    ],
)
def test_C15_a_departure_that_cannot_begin_says_so(
    desk: DeskPractice, monkeypatch: pytest.MonkeyPatch, refused: TherapymailError, said: str
) -> None:
    def departure(*_: object) -> None:
        raise refused

    monkeypatch.setattr(departures, "departure", departure)
    name = held(desk.practice)
    desk.clock.go_on(hours=30)

    async def release() -> None:
        async with at_outbox(with_undo(desk.practice, 0)) as pilot:
            await pilot.press("enter")
            await settled(pilot)
            await pilot.press("r")
            await settled(pilot)
            await pilot.press("enter")  # past the checklist
            await until(pilot, lambda: said in shown(pilot))
            assert "leaving …" not in shown(pilot)

    asyncio.run(release())
    assert outbox.show(desk.practice, name).state is OutboxState.RELEASED


def test_C9_what_has_begun_to_leave_is_not_taken_back_and_that_is_said(desk: DeskPractice) -> None:
    name = held(desk.practice)
    desk.clock.go_on(hours=30)

    async def take_back() -> None:
        async with at_outbox(desk.practice) as pilot:
            await pilot.press("enter")
            await settled(pilot)
            await pilot.press("r")
            await settled(pilot)
            await pilot.press("enter")  # past the checklist
            await settled(pilot)
            moved(desk.practice, name, Move.OFFER)
            await pilot.press("ctrl+r")
            await settled(pilot)
            assert "D-1 cannot be taken back any more" in shown(pilot)

    asyncio.run(take_back())
    assert outbox.show(desk.practice, name).state is OutboxState.OFFERING


def test_a_letter_is_taken_back_in_the_outbox(desk: DeskPractice) -> None:
    held(desk.practice)

    async def take_back() -> None:
        async with at_outbox(desk.practice) as pilot:
            await pilot.press("x")
            await settled(pilot)
            await until(pilot, lambda: "draft, saved" in shown(pilot))
            assert "x Take back" not in shown(pilot)
            await pilot.press("x")
            await settled(pilot)
            assert "draft, saved" in shown(pilot)

    asyncio.run(take_back())
    assert outbox.list_outbox(desk.practice) == ()


# --- how it ends -------------------------------------------------------------------------------------------


def test_C16_a_dead_mail_host_is_a_line_and_the_letter_waits(desk: DeskPractice) -> None:
    practice = with_undo(desk.practice, 0.2)
    name = held(practice)
    desk.clock.go_on(hours=30)

    async def release() -> None:
        async with at_outbox(practice) as pilot:
            await pilot.press("enter")
            await settled(pilot)
            await pilot.press("r")
            await settled(pilot)
            await pilot.press("enter")  # past the checklist
            await settled(pilot)
            desk.clock.go_on(seconds=1)
            await until(pilot, lambda: "D-1 to HERON has not left" in shown(pilot))
            assert not pilot.app.screen.is_modal

    asyncio.run(release())
    entry = outbox.show(practice, name)
    assert entry.state is OutboxState.RELEASED
    assert entry.obstacle is not None


def test_C1_a_sent_letter_bears_the_sign_of_its_proof_and_shows_what_was_proven(sending: Sending) -> None:
    practice = with_undo(sending.practice, 0.3)
    name = write.start_draft(practice, "HERON", OURS).name
    before = len(sending.arrived())

    async def send_now() -> None:
        async with at_desk(practice, WritingScreen(name)) as pilot:
            await pilot.press("ctrl+g")
            await settled(pilot)
            await pilot.press("down", "down", "enter")
            await until(pilot, lambda: _state_of(practice, name) is OutboxState.SENT)
            await pilot.app.push_screen(OutboxScreen())
            await until(pilot, lambda: "◆ HERON-" in shown(pilot))
            await settled(pilot)
            assert "was sent, sealed. It is HERON-" in shown(pilot)
            await pilot.press("enter")
            await pilot.pause(0.2)
            assert "Proven of the exact bytes before they left:" in shown(pilot)
            assert "It is sealed to the client's key and your own, and to" in shown(pilot)
            await pilot.press("end")
            await until(pilot, lambda: "No line is longer than mail allows." in shown(pilot))
            await pilot.press("escape")

    asyncio.run(send_now())
    (raw,) = sending.arrived()[before:]
    assert b"thank you" not in raw
    assert sending.opened_by_client(raw).payload is not None


def test_ending_in_the_undo_seconds_says_what_has_not_left(desk: DeskPractice) -> None:
    name = held(desk.practice)
    desk.clock.go_on(hours=30)

    async def leave() -> str:
        async with at_outbox(desk.practice) as pilot:
            await pilot.press("enter")
            await settled(pilot)
            await pilot.press("r")
            await settled(pilot)
            await pilot.press("enter")  # past the checklist
            await settled(pilot)
            await pilot.press("ctrl+q")
            await pilot.pause(0.5)
            assert isinstance(pilot.app, DeskApp)
            return pilot.app.departures.farewell()

    assert asyncio.run(leave()) == "Not left yet: D-1. The next `therapymail sync` sends it."
    assert outbox.show(desk.practice, name).state is OutboxState.RELEASED


def test_C9_ending_waits_for_what_has_begun_to_leave(sending: Sending) -> None:
    practice = with_undo(sending.practice, 0.1)
    name = write.start_draft(practice, "HERON", OURS).name
    outbox.send(practice, SendRequest(name, at_once=True, undo=True))

    async def leave() -> None:
        async with at_outbox(practice) as pilot:
            assert isinstance(pilot.app, DeskApp)
            pilot.app.departures.queued(outbox.show(practice, name))
            await until(pilot, lambda: "leaving" in shown(pilot) or "was sent" in shown(pilot))
            await pilot.app.action_quit()

    asyncio.run(leave())
    assert outbox.show(practice, name).state is OutboxState.SENT


def test_an_uncertain_letter_is_settled_by_the_therapist(desk: DeskPractice) -> None:
    name = write.start_draft(desk.practice, "HERON", OURS).name
    outbox.send(desk.practice, SendRequest(name, at_once=True))
    with desk.practice.vault() as vault, vault.writing() as writer:
        keep_sealed(writer, name, b"sealed", PROOF, "<a@practice.example>")
    moved(desk.practice, name, Move.OFFER, Move.BEGIN_DATA, Move.LOSE)

    async def settle() -> None:
        async with at_outbox(desk.practice) as pilot:
            assert "? D-1" in shown(pilot)
            assert "perhaps sent, perhaps not" in shown(pilot)
            await pilot.press("s")
            await settled(pilot)
            assert "Not found proves nothing." in shown(pilot)
            await pilot.press("down", "down", "enter")
            await until(pilot, lambda: "not taken" in shown(pilot))

    asyncio.run(settle())
    assert outbox.show(desk.practice, name).state is OutboxState.FAILED


def test_S10_no_subject_in_the_outbox_is_obeyed(desk: DeskPractice, tmp_path: Path) -> None:
    harmful = "[bold red]x[/] [@click=app.quit]y[/] \x1b]0;t\x07 \u202eevil"
    name = write.start_draft(desk.practice, "HERON", DraftContent(harmful, f"{harmful}\n{harmful}")).name

    async def look() -> None:
        async with at_outbox(desk.practice, (120, 40)) as pilot:
            assert "[bold red]x[/]" in shown(pilot)
            outbox.send(desk.practice, SendRequest(name))
            await pilot.app.push_screen(SecondReading(name))
            await settled(pilot)
            assert shown(pilot).count("[@click=app.quit]y[/]") == 3
            assert not any(bad in shown(pilot) for bad in "\x1b\x07\u202e")

    asyncio.run(look())


def test_a_draft_is_thrown_away_only_after_a_question(desk: DeskPractice) -> None:
    write.start_draft(desk.practice, "HERON", OURS)

    async def discard() -> None:
        async with at_outbox(desk.practice) as pilot:
            await pilot.press("delete")
            await settled(pilot)
            await pilot.press("escape")
            await settled(pilot)
            assert len(write.list_drafts(desk.practice)) == 1
            await pilot.press("delete")
            await settled(pilot)
            await pilot.press("enter")
            await until(pilot, lambda: "D-1 is gone." in shown(pilot))

    asyncio.run(discard())
    assert write.list_drafts(desk.practice) == ()


def _state_of(practice: Practice, name: DraftName) -> OutboxState | None:
    """None while it is not in the outbox yet."""
    try:
        return outbox.show(practice, name).state
    except NotInOutbox:
        return None
