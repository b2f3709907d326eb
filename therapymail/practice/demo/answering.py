"""The clients at home: each opens what the visitor sends with their own key, and writes back after a few seconds."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from queue import SimpleQueue
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from therapymail.errors import TherapymailError
from therapymail.practice.demo import envelopes
from therapymail.practice.demo.reading import Finding, MailRead, read_as
from therapymail.practice.demo.tale import Expected, StoryClient, StoryMail
from therapymail.practice.demo.writers import Writers

ANSWER_SECONDS = 4.0  # from a letter's arrival to the answer to it
_PATIENCE_SECONDS = 10.0  # for the last answer, when the demo ends
_RE = "Re: "
_COMPLAINTS: Mapping[Finding, str] = {
    Finding.NOT_THEIRS: "Orla,\n\nyour mail does not open here. My program says it is not sealed to my key.\n",
    Finding.NOT_SIGNED: "Orla,\n\nyour mail opens, but my program says that it is not signed by you. Is it from you?\n",
}


@dataclass(frozen=True)
class Received:
    """What one client found of one mail; None where it could not even be looked at."""

    code: str
    finding: Finding | None
    text: str = ""


class ClientsAtHome:
    """The story's clients, alive from entering to leaving; `deliver` puts a mail into the therapist's INBOX.

    `receive` takes what the practice sent to one of them and returns at once; `received` is what they found so far.
    """

    def __init__(
        self,
        writers: Writers,
        clock: Callable[[], datetime],
        deliver: Callable[[bytes, datetime], object],
        seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._writers = writers
        self._clock = clock
        self._deliver = deliver
        self._seconds = seconds
        self._arrived: SimpleQueue[tuple[float, str, bytes] | None] = SimpleQueue()
        self._ended = threading.Event()
        self._answers: Counter[str] = Counter()
        self._thread = threading.Thread(target=self._live, name="therapymail-demo-clients", daemon=True)
        self.received: list[Received] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._arrived.put(None)
        self._thread.join(_PATIENCE_SECONDS)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where they take mail."""
        return tuple(client.address for client in self._writers.story.clients)

    def receive(self, address: str, raw: bytes) -> None:
        """Take a mail for `address`."""
        self._arrived.put((time.monotonic() + self._seconds, address, raw))

    def _live(self) -> None:
        while (arrival := self._arrived.get()) is not None:
            due, address, raw = arrival
            self._ended.wait(max(0.0, due - time.monotonic()))
            if self._ended.is_set():
                return
            client = next(one for one in self._writers.story.clients if one.address == address.lower())
            try:
                self._read_and_answer(client, raw)
            except TherapymailError:  # gpg does not work for them: the demo says so when it ends
                self.received.append(Received(client.code, None))

    def write_unsealed(self) -> None:
        """Let a mail lie on the mail host that a client wrote without sealing it, for the visitor to decide on."""
        unsealed = self._writers.story.unsealed
        client, now = self._writers.story.client(unsealed["client"]), self._clock().replace(microsecond=0)
        mail = self._mail(client, f"{client.code}-unsealed", now, unsealed["subject"], unsealed["text"])
        self._deliver(envelopes.plain_mail(self._writers.story, mail), mail.received)

    def _read_and_answer(self, client: StoryClient, raw: bytes) -> None:
        keys = frozenset(self._writers.fingerprints[(client.code, key.name)] for key in client.keys)
        read = read_as(self._writers.clients, keys, self._writers.own_key, raw)
        self.received.append(Received(client.code, read.finding, read.text))
        if read.finding is Finding.IN_CLEAR:
            return  # a notice, or an invitation: nothing to answer
        answer = self._answer(client, read)
        story = self._writers.story
        if answer.seal == "none":
            sent = envelopes.plain_mail(story, answer)
        else:
            ciphertext = self._writers.seal(answer, envelopes.inner_entity(story, answer))
            sent = envelopes.sealed_mail(story, answer, ciphertext)
        self._deliver(sent, answer.received)

    def _answer(self, client: StoryClient, read: MailRead) -> StoryMail:
        """The next of the client's answers; where the mail did not open for them, that they say so, unsealed."""
        now = self._clock().replace(microsecond=0)
        texts = self._writers.story.answers[client.code]
        number = self._answers[client.code]
        self._answers[client.code] += 1
        complaint = _COMPLAINTS.get(read.finding)
        seal = "none" if complaint else client.seal
        # Inline, the subject stands outside the seal: their program only has what stood outside ours.
        subject = envelopes.OUTER_SUBJECT if seal in {"none", "inline"} else read.subject
        text = complaint or texts[number % len(texts)]
        mail = self._mail(client, f"{client.code}-answer-{number}", now, _RE + subject.removeprefix(_RE), text)
        if complaint:
            return replace(mail, thread=read.thread)
        expected = Expected("sealed", "verified")
        return replace(mail, seal=seal, key=client.keys[-1].name, expected=expected, thread=read.thread)

    @staticmethod
    def _mail(client: StoryClient, name: str, now: datetime, subject: str, text: str) -> StoryMail:
        """A mail of the client's, not sealed."""
        return StoryMail(
            id=name,
            client=client.code,
            author="client",
            direction="in",
            kind="letter",
            written=now.astimezone(ZoneInfo(client.zone)),
            received=now,
            subject=subject,
            seal="none",
            key="none",
            text=text,
            expected=Expected("no", "none"),
        )
