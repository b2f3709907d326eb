"""The story of the fictional practice as values, read from the TOML files in `story/`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

_CHAPTERS = ("heron", "linden", "slate", "noise")


@dataclass(frozen=True)
class StoryKey:
    """A key of a client: `name` is `first` or `second`, `accepted` when the therapist accepted a later one."""

    name: str
    algorithm: str
    since: date
    accepted: datetime | None = None


@dataclass(frozen=True)
class StoryAgreement:
    """One version of a client's agreement; word limits are a fifth of what a real practice would agree."""

    version: int
    since: date
    letter_day: str
    rhythm_days: int
    window_hours: int
    word_limit: int
    block: tuple[int, ...]
    review_after: tuple[int, ...]
    check_in_days: int
    check_in_days_safeguarding: int | None
    updates_per_week: int | None
    over_length: str | None
    fallback: str


@dataclass(frozen=True)
class StoryTherapist:
    """The therapist whose practice it is."""

    name: str
    address: str
    zone: str
    key: str


@dataclass(frozen=True)
class StoryClient:
    """A client of the story; `seal` is how their mail program seals."""

    code: str
    name: str
    address: str
    age: int
    place: str
    zone: str
    program: str
    spelling: str
    presenting: tuple[str, ...]
    seal: str
    status: str
    started: date
    ended: date | None
    ending: str | None
    keys: tuple[StoryKey, ...]
    agreements: tuple[StoryAgreement, ...]
    code_word: str | None
    doctor: str | None
    crisis_card: str | None


@dataclass(frozen=True)
class Expected:
    """What the program should make of a mail.

    `settled` is what a proposed mail became once the therapist had decided; `filed` names a special
    place (`after closing`). `encrypted` and `signature` are the verdict's words.
    """

    encrypted: str
    signature: str
    accepted: bool = False
    proposed: bool = False
    attached: bool = True
    settled: str | None = None
    filed: str | None = None


@dataclass(frozen=True)
class StoryMeasure:
    """A questionnaire in a mail; `answers` has one digit an item, None where it is sent out to be answered."""

    form: str
    token: str
    answers: str | None = None


@dataclass(frozen=True)
class StoryModule:
    """A module in a mail; `answered` of `questions`, None where the mail asks or gives feedback."""

    name: str
    questions: int | None = None
    answered: int | None = None


@dataclass(frozen=True)
class StoryMail:
    r"""One mail of the story.

    `client` is a code, None for noise. `written` has the author's own offset; `received` is UTC.
    `seal` is `mime`, `mime-html`, `inline` or `none`; `key` names the signing key. `text` has `\\n` line
    ends. A resend (`resend_of`) is one more mail on the wire and carries the text of the first. `thread` are
    the Message-IDs it answers that are not of the story, oldest first.
    """

    id: str
    client: str | None
    author: str
    direction: str
    kind: str
    written: datetime
    received: datetime
    subject: str
    seal: str
    key: str
    text: str
    expected: Expected
    week: int | None = None
    exchange: int | None = None
    in_reply_to: str | None = None
    resend_of: str | None = None
    bounce_of: str | None = None
    enclosure: str | None = None
    from_name: str | None = None
    from_address: str | None = None
    tags: tuple[str, ...] = ()
    feelings: tuple[str, ...] = ()
    measure: StoryMeasure | None = None
    module: StoryModule | None = None
    thread: tuple[str, ...] = ()

    @property
    def own_text(self) -> str:
        """The text without the lines quoted from earlier letters."""
        return "\n".join(line for line in self.text.split("\n") if not line.startswith(">"))

    @property
    def words(self) -> int:
        """How many words of the author's own the mail has."""
        return len(self.own_text.split())


@dataclass(frozen=True)
class StoryEvent:
    """Something that happened with a client; `mails` are the ids it rests on, `facts` what else is known."""

    client: str
    date: date
    week: int
    kind: str
    text: str
    mails: tuple[str, ...]
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Story:
    """The whole story: mails in the order of their arrival, and `gold`, what a correct program finds.

    `answers` are the texts with which each client, by code, answers a visitor's letters; `unsealed` is the mail that a
    client wrote without sealing it when a visitor comes: client, subject and text.
    """

    now: datetime
    therapist: StoryTherapist
    clients: tuple[StoryClient, ...]
    mails: tuple[StoryMail, ...]
    events: tuple[StoryEvent, ...]
    supervision: tuple[date, ...]
    answers: Mapping[str, tuple[str, ...]]
    unsealed: Mapping[str, str]
    gold: Mapping[str, Any]

    def client(self, code: str) -> StoryClient:
        """The client with this code. Raises StopIteration where there is none."""
        return next(client for client in self.clients if client.code == code)

    def mail(self, mail_id: str) -> StoryMail:
        """The mail with this id. Raises StopIteration where there is none."""
        return next(mail for mail in self.mails if mail.id == mail_id)

    def mails_of(self, code: str | None) -> tuple[StoryMail, ...]:
        """A client's logical mails (resends left out), or the noise for None."""
        return tuple(mail for mail in self.mails if mail.client == code and mail.resend_of is None)


@cache
def read_story() -> Story:
    """The story as the package carries it."""
    practice = _table("practice")
    chapters = [_table(name) for name in _CHAPTERS]
    texts = {entry["id"]: entry.get("text", "") for chapter in chapters for entry in chapter["mail"]}
    mails = [_mail(entry, chapter.get("client"), texts) for chapter in chapters for entry in chapter["mail"]]
    return Story(
        now=practice["now"],
        therapist=StoryTherapist(**practice["therapist"]),
        clients=tuple(_client(entry) for entry in practice["client"]),
        mails=tuple(sorted(mails, key=lambda mail: (mail.received, mail.id))),
        events=tuple(_event(entry, chapter["client"]) for chapter in chapters for entry in chapter.get("event", [])),
        supervision=tuple(practice["supervision"]),
        answers=_answers(_table("answers")["answer"]),
        unsealed=_table("answers")["unsealed"],
        gold=_table("gold"),
    )


def _answers(entries: list[dict[str, str]]) -> dict[str, tuple[str, ...]]:
    texts: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        texts[entry["client"]] = (*texts.get(entry["client"], ()), entry["text"])
    return texts


def _table(name: str) -> dict[str, Any]:
    story = files("therapymail.practice.demo") / "story"
    return tomllib.loads((story / f"{name}.toml").read_text(encoding="utf-8"))


def _frozen(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}


def _client(entry: dict[str, Any]) -> StoryClient:
    plain = {"ended": None, "ending": None, "code_word": None, "doctor": None, "crisis_card": None, **_frozen(entry)}
    keys = tuple(StoryKey(**key) for key in plain.pop("key"))
    agreements = tuple(_agreement(version) for version in plain.pop("agreement"))
    return StoryClient(keys=keys, agreements=agreements, **plain)


def _agreement(entry: dict[str, Any]) -> StoryAgreement:
    plain = {"check_in_days_safeguarding": None, "updates_per_week": None, "over_length": None, **_frozen(entry)}
    return StoryAgreement(since=plain.pop("from"), **plain)


def _mail(entry: dict[str, Any], client: str | None, texts: Mapping[str, str]) -> StoryMail:
    plain = {"text": texts.get(entry.get("resend_of", ""), ""), **_frozen(entry)}
    expected = Expected(**plain.pop("expected"))
    measure, module = plain.pop("measure", None), plain.pop("module", None)
    return StoryMail(
        client=client,
        expected=expected,
        measure=StoryMeasure(**measure) if measure else None,
        module=StoryModule(**module) if module else None,
        **plain,
    )


def _event(entry: dict[str, Any], client: str) -> StoryEvent:
    named = {name: entry[name] for name in ("date", "week", "kind", "text")}
    facts = {name: value for name, value in entry.items() if name not in named and name != "mails"}
    return StoryEvent(client=client, mails=tuple(entry["mails"]), facts=facts, **named)
