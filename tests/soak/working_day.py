"""A therapist's day through the practice's verbs, and its end: what was not done is done, and what is there is told."""

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from tests.soak.correspondence import ANSWER, FIRST, INCOMING, KEPT, NEWS, OUTGOING, Written
from therapymail.domain.draft import DraftContent
from therapymail.domain.kinds import Direction, Standing
from therapymail.domain.letter import Letter, Reading
from therapymail.domain.listing import ListFilter
from therapymail.domain.outbox import OutboxEntry, OutboxState
from therapymail.errors import TherapymailError, VaultLocked
from therapymail.practice import outbox, write
from therapymail.practice.accept import accept_letter
from therapymail.practice.depart import depart
from therapymail.practice.outbox import SendRequest
from therapymail.practice.practice import Practice
from therapymail.practice.read import LettersRequest, LetterText, list_letters, read_letter
from therapymail.practice.receive import SyncRequest, sync
from therapymail.practice.settle import NOT_SENT, SENT, settle
from therapymail.practice.unlock import unlock
from therapymail.vault import journal, letters, texts

_ROUNDS = 4  # of the end of a day: more has never anything left to do


class Desk(Protocol):
    """Whom a day tells what it does, and whom it asks."""

    def tell(self, **said: Any) -> None:
        """Something that was done."""
        ...

    def ask(self, **asked: Any) -> Any:
        """An answer, for which the day waits."""
        ...


@dataclass(frozen=True)
class Day:
    """One practice and one desk."""

    practice: Practice
    desk: Desk

    # --- the day -------------------------------------------------------------------------------------

    @property
    def steps(self) -> tuple[Callable[[], None], ...]:
        """The day's work in its order; how many there are tests.soak.fault knows."""
        return (
            self.synchronise,
            self.read,
            self.answer,
            self.write_news,
            self.send,
            self.keep_a_thought,
            self.depart,
            self.synchronise,
            self.read,
        )

    def work(self) -> None:
        """Unlocked in the morning, then each step once; one that cannot be done says why, and the next is taken up."""
        self._tried(self._unlock)
        for number, step in enumerate(self.steps):
            self.desk.ask(step=number)
            if isinstance(self._tried(step), VaultLocked) and self._tried(self._unlock) is None:
                self._tried(step)

    def _tried(self, step: Callable[[], None]) -> BaseException | None:
        """What kept the step from being done, which has to be an error that has a sentence."""
        try:
            step()
        except TherapymailError as error:
            self.desk.tell(said=type(error).__name__)
            return error
        except Exception as error:  # noqa: BLE001 - what no one has foreseen is a fault of ours, and is counted
            self.desk.tell(bug="".join(traceback.format_exception(error)))
            return error
        return None

    def _unlock(self) -> None:
        unlock(self.practice, None)

    def synchronise(self) -> None:
        """Send what is due, fetch what is new."""
        sync(self.practice, SyncRequest())

    def read(self) -> None:
        """Every letter."""
        self._letters()

    def answer(self) -> None:
        """The reply to the first letter, if that has come, saved as it grows."""
        seen = self._look()
        if (place := seen.place(ANSWER)) is not None:
            return self._go_on_writing(ANSWER, place)
        if (first := seen.letter(FIRST)) is None:
            return None
        self.desk.tell(saving=ANSWER.mark, paragraphs=0)
        begun = write.start_reply(self.practice, str(first.name))
        return self._go_on_writing(ANSWER, write.show_draft(self.practice, begun.name))

    def write_news(self) -> None:
        """A letter of our own accord."""
        self._write(NEWS)

    def keep_a_thought(self) -> None:
        """A draft that is to stay one."""
        self._write(KEPT)

    def send(self) -> None:
        """The reply at once, the other after a second reading."""
        seen = self._look()
        for written in OUTGOING:
            found = seen.place(written)
            if isinstance(found, write.DraftView) and found.entry is None and _is_whole(found, written):
                at_once = written is ANSWER
                hold = None if at_once else timedelta(0)
                outbox.send(self.practice, SendRequest(found.draft.name, at_once=at_once, hold=hold))
        for entry in self._entries(OutboxState.HELD):
            outbox.release(self.practice, entry.draft, undo=False)

    def depart(self) -> None:
        """Send what is due."""
        depart(self.practice)

    # --- its end -------------------------------------------------------------------------------------

    def end(self) -> None:
        """Without the fault: told what is there, then all done that is not done yet, and told what is there."""
        self._unlock()
        self.desk.tell(found=self.account())
        self.synchronise()
        for _ in range(_ROUNDS):
            self._accept()
            if self._look().is_done:
                break
            self._settle()
            self.answer()
            self.write_news()
            self.keep_a_thought()
            self.send()
            self._try_again()
            self.depart()
            self.synchronise()
        self.desk.tell(left=self.account())

    def _accept(self) -> None:
        """What came while it could not be said whose it is."""
        for letter, _ in self._look().letters:
            if letter.standing is Standing.PROPOSED:
                self.desk.tell(said=Standing.PROPOSED.value)
                accept_letter(self.practice, str(letter.name))

    def _settle(self) -> None:
        """By what shows it, else as the client says on the telephone."""
        for entry in self._entries(OutboxState.UNCERTAIN):
            if settle(self.practice, entry.draft).state is OutboxState.UNCERTAIN:
                came = self.desk.ask(came=entry.message_id, code=entry.code)
                settle(self.practice, entry.draft, SENT if came else NOT_SENT)

    def _try_again(self) -> None:
        """What waits, was refused or has failed leaves now; a hold that the clock has lengthened is ended."""
        for entry in self._entries(OutboxState.RELEASED, OutboxState.REFUSED, OutboxState.FAILED):
            outbox.retry(self.practice, entry.draft)
        for entry in self._entries(OutboxState.HELD):
            outbox.release(self.practice, entry.draft, early="the clock was wrong", undo=False)

    # --- what is there -------------------------------------------------------------------------------

    def account(self) -> dict[str, Any]:
        """All that the record holds: letters, drafts, and what is wrong with the journal."""
        with self.practice.vault() as vault, vault.reading() as reader:
            problems = [str(problem) for problem in journal.verify(reader).problems]
        return {
            "letters": [_told(letter) for letter in self._letters()],
            "drafts": [_draft(view) for view in write.list_drafts(self.practice)],
            "problems": problems,
        }

    def _letters(self) -> list[LetterText]:
        found = [each.letter for each in list_letters(self.practice, LettersRequest(limit=100))]
        return [read_letter(self.practice, str(letter.name)) for letter in found if letter.name]

    def _entries(self, *states: OutboxState) -> list[OutboxEntry]:
        return [entry for entry in outbox.list_outbox(self.practice) if entry.state in states]

    def _look(self) -> "_Seen":
        with self.practice.vault() as vault, vault.reading() as reader:
            found = letters.list_letters(reader, ListFilter(limit=100))
            read = [(letter, texts.reading(reader, letter.digest)) for letter in found]
        return _Seen(read, write.list_drafts(self.practice))

    def _write(self, written: Written) -> None:
        place = self._look().place(written)
        if place is None:
            content = DraftContent(written.subject, f"{written.mark}\n")
            self.desk.tell(saving=written.mark, paragraphs=0)
            begun = write.start_draft(self.practice, written.code, content)
            place = write.show_draft(self.practice, begun.name)
        self._go_on_writing(written, place)

    def _go_on_writing(self, written: Written, view: Letter | write.DraftView) -> None:
        """Save it after each paragraph, as the desk does by itself; what is on its way stays as it is."""
        if not isinstance(view, write.DraftView) or view.entry is not None:
            return
        quotation = view.draft.content.text.partition("\n> ")
        behind = f"\n> {quotation[2]}" if quotation[1] else ""
        for count in range(1, len(written.paragraphs) + 1):
            self.desk.tell(saving=written.mark, paragraphs=count)
            write.save(self.practice, view.draft.name, DraftContent(written.subject, written.up_to(count) + behind))
            self.desk.tell(saved=written.mark, paragraphs=count)


@dataclass(frozen=True)
class _Seen:
    """What is there at one time."""

    letters: Sequence[tuple[Letter, Reading | None]]
    drafts: Sequence[write.DraftView]

    @property
    def is_done(self) -> bool:
        """Whether the day's five letters are on the record, and the draft is whole and the only one."""
        drafts = [_is_whole(view, KEPT) and view.entry is None for view in self.drafts]
        return drafts == [True] and all(self.letter(written) is not None for written in (*OUTGOING, *INCOMING))

    def letter(self, written: Written) -> Letter | None:
        """The letter on the record that it is, or has become."""
        return next((letter for letter, reading in self.letters if reading and written.mark in reading.text), None)

    def place(self, written: Written) -> Letter | write.DraftView | None:
        """That letter, else the draft; None where it is nowhere. A reply that only quotes as yet is known by that."""
        if (letter := self.letter(written)) is not None:
            return letter
        for view in self.drafts:
            if written.mark in view.draft.content.text or (written is ANSWER and view.answers is not None):
                return view
        return None


def _is_whole(view: write.DraftView, written: Written) -> bool:
    return view.draft.content.text.startswith(written.whole.strip())


def _told(letter: LetterText) -> dict[str, Any]:
    found = letter.judged.letter
    return {
        "name": str(found.name),
        "code": found.code,
        "out": found.direction is Direction.OUT,
        "standing": found.standing.value,
        "state": found.state.value,
        "signature": letter.judged.verdict.signature.value,
        "subject": letter.reading.subject if letter.reading else "",
        "text": letter.reading.text if letter.reading else "",
    }


def _draft(view: write.DraftView) -> dict[str, Any]:
    return {
        "name": str(view.draft.name),
        "code": view.draft.code,
        "subject": view.draft.content.subject,
        "text": view.draft.content.text,
        "state": view.entry.state.value if view.entry else "",
        "obstacle": view.entry.obstacle.value if view.entry and view.entry.obstacle else "",
    }
