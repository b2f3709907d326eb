"""The one thread that owns the open vault and carries out practice verbs in the order they were asked for."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TypeVar

from therapymail.errors import VaultLocked
from therapymail.practice.kept_open import PracticeKeptOpen
from therapymail.practice.practice import Practice

Answer = TypeVar("Answer")


class RecordThread:
    """Where the vault lives while the interface runs: nothing on the screen ever waits for it.

    An answer is a Future; a request whose Future was cancelled before its turn is passed over, so that typing
    faster than a search answers leaves no queue behind.
    """

    def __init__(self, practice: Practice) -> None:
        self._practice = PracticeKeptOpen.of(practice)
        self._requests: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="record", daemon=True)
        self._thread.start()

    def ask(self, verb: Callable[[Practice], Answer]) -> "Future[Answer]":
        """What `verb` answers, in its turn; the Future holds what it raises."""
        answer: Future[Answer] = Future()

        def carry_out() -> None:
            if not answer.set_running_or_notify_cancel():
                return
            try:
                found = verb(self._practice)
            except BaseException as error:  # noqa: BLE001 - whoever asked gets it, whatever it is
                if isinstance(error, VaultLocked):
                    self._practice.let_go()
                answer.set_exception(error)
            else:
                answer.set_result(found)

        self._requests.put(carry_out)
        return answer

    def let_go(self) -> "Future[None]":
        """Close the vault after what is under way; the next verb opens it again, if it is unlocked then."""
        return self.ask(lambda _: self._practice.let_go())

    def end(self, seconds: float = 2.0) -> None:
        """Close the vault and end the thread, waiting at most `seconds` for what is under way."""
        self.let_go()
        self._requests.put(None)
        self._thread.join(seconds)

    def _serve(self) -> None:
        while (carry_out := self._requests.get()) is not None:
            carry_out()


def aside(work: Callable[[], Answer], name: str) -> "Future[Answer]":
    """What `work` answers, from a thread of its own that never keeps the program from ending: for gpg and network."""
    answer: Future[Answer] = Future()
    answer.set_running_or_notify_cancel()  # whoever asked may go; the work goes on to its end

    def carry_out() -> None:
        try:
            answer.set_result(work())
        except BaseException as error:  # noqa: BLE001 - whoever asked gets it, whatever it is
            answer.set_exception(error)

    threading.Thread(target=carry_out, name=name, daemon=True).start()
    return answer
