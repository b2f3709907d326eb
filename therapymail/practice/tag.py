"""Tags: giving them to letters, passages and exchanges, taking them away, renaming and counting them."""

from collections.abc import Sequence
from dataclasses import dataclass

from therapymail.domain.exchange import Exchange
from therapymail.domain.names import LetterName
from therapymail.domain.passage import Passage
from therapymail.domain.query import Field, Filter, leaves
from therapymail.domain.query_text import read_query
from therapymail.domain.tags import CountedTag, RenamedTag, TagBranch, is_at_or_below
from therapymail.errors import UnusableInput
from therapymail.practice.judging import Judge, JudgedLetter
from therapymail.practice.pointing import PassageNow, PointedAt, exchange_of, passage_now, pointed_at
from therapymail.practice.practice import Practice
from therapymail.vault import clients, exchange_tags, exchanges, letters, passage_tags, saved_searches, tags
from therapymail.vault.connection import Reader
from therapymail.vault.courses import bring_courses_up_to_date

__all__ = [
    "CountedTag",
    "ExchangeTags",
    "LetterTags",
    "PassageTags",
    "exchange_tags_of",
    "list_tags",
    "rename_tag",
    "renaming_of",
    "tag_branches",
    "tag_exchange",
    "tag_letter",
    "tag_passage",
    "tags_of_exchange",
    "tags_of_letter",
]


@dataclass(frozen=True)
class PassageTags:
    """A passage of a letter as it stands now, and its tags."""

    letter: LetterName
    passage: PassageNow
    tags: tuple[str, ...]


@dataclass(frozen=True)
class ExchangeTags:
    """An exchange of the client with this code, and its tags."""

    code: str
    number: int
    tags: tuple[str, ...]


@dataclass(frozen=True)
class LetterTags:
    """All tags that a letter is found by: its own, its passages' in their order, its exchange's (None: in none)."""

    judged: JudgedLetter
    passages: tuple[PassageTags, ...]
    exchange: ExchangeTags | None


# --- giving and taking ---------------------------------------------------------------------------------


def tag_letter(practice: Practice, name: str, changes: Sequence[str]) -> JudgedLetter:
    """Carry out `changes` (`+grief`, `-work`) on a letter. Raises UnusableInput, LetterUnknown, VaultLocked."""
    added, removed = _read_changes(changes)
    wanted = LetterName.parse(name)
    with practice.vault() as vault, vault.writing() as writer:
        found = letters.letter(writer, wanted)
        tags.tag(writer, found.digest, added, removed, practice.clock())
        return Judge.of(practice, writer).judged(letters.letter(writer, wanted))


def tag_passage(practice: Practice, place: str, words: str | None, changes: Sequence[str]) -> PassageTags:
    """Carry out `changes` on a passage: `HERON-12:120-180`, or that of HERON-12 in which `words` stand.

    A passage that was tagged before the text was derived anew is the same passage. Raises UnusableInput,
    LetterUnknown, NotOpened, VaultLocked.
    """
    added, removed = _read_changes(changes)
    with practice.vault() as vault, vault.writing() as writer:
        pointed = pointed_at(writer, place, words)
        if pointed.passage is None:
            raise UnusableInput("passage", "it looks like HERON-12:120-180, in characters counted from 0")
        here = _known_as(writer, pointed) or [pointed.passage]
        now = practice.clock()
        kept = {tag for each in here for tag in passage_tags.tag_passage(writer, each, (), removed, now)}
        kept |= set(passage_tags.tag_passage(writer, here[0], set(added) - kept, removed, now))
        assert pointed.letter.name, "it was named"
        place_now = PassageNow((pointed.passage.first, pointed.passage.end), pointed.words)
        return PassageTags(pointed.letter.name, place_now, tuple(sorted(kept)))


def tag_exchange(practice: Practice, code: str, number: int, changes: Sequence[str]) -> ExchangeTags:
    """Carry out `changes` on an exchange. Raises UnusableInput, ClientUnknown, ExchangeUnknown, VaultLocked."""
    added, removed = _read_changes(changes)
    with practice.vault() as vault, vault.writing() as writer:
        client = clients.client_by_code(writer, code)
        bring_courses_up_to_date(writer)
        exchange = exchange_of(writer, client.identity, client.code, number)
        borne = exchange_tags.tag_exchange(writer, exchange.mails, added, removed, practice.clock())
        return ExchangeTags(client.code, number, borne)


def _read_changes(changes: Sequence[str]) -> tuple[list[str], list[str]]:
    if not changes or any(change[:1] not in {"+", "-"} for change in changes):
        raise UnusableInput("tag", "write +grief to give a tag and -work to take one away")
    added = [change[1:] for change in changes if change.startswith("+")]
    return added, [change[1:] for change in changes if change.startswith("-")]


def _known_as(reader: Reader, pointed: PointedAt) -> list[Passage]:
    """The passages with tags that stand now where `pointed` is."""
    assert pointed.passage
    place = (pointed.passage.first, pointed.passage.end)
    tagged = passage_tags.passages_of(reader, [pointed.letter.digest])
    return [each.passage for each in tagged if passage_now(reader, each.passage).place == place]


# --- showing -------------------------------------------------------------------------------------------


def tags_of_letter(practice: Practice, name: str) -> LetterTags:
    """All tags that a letter is found by. Raises LetterUnknown, UnusableInput, VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        judged = Judge.of(practice, reader).judged(letters.letter(reader, LetterName.parse(name)))
        letter = judged.letter
        assert letter.name, "it was named"
        passages = [
            PassageTags(letter.name, passage_now(reader, each.passage), each.tags)
            for each in passage_tags.passages_of(reader, [letter.digest])
        ]
        exchange = _exchange_of(reader, letter.client, letter.code, letter.digest)
        return LetterTags(judged, tuple(passages), exchange)


def exchange_tags_of(practice: Practice, code: str, number: int) -> ExchangeTags:
    """The tags of an exchange. Raises UnusableInput, ClientUnknown, ExchangeUnknown, VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        client = clients.client_by_code(reader, code)
        exchange = exchange_of(reader, client.identity, client.code, number)
        borne = exchange_tags.exchange_tags(reader, client.identity)
        return ExchangeTags(client.code, number, tags_of_exchange(exchange, borne))


def _exchange_of(reader: Reader, client: str | None, code: str, digest: bytes) -> ExchangeTags | None:
    if client is None:
        return None
    borne = exchange_tags.exchange_tags(reader, client)
    for each in exchanges.course_of(reader, client).exchanges:
        if digest in each.mails:
            return ExchangeTags(code, each.number, tags_of_exchange(each, borne))
    return None


def tags_of_exchange(exchange: Exchange, borne: dict[bytes, tuple[str, ...]]) -> tuple[str, ...]:
    """The tags of an exchange, sorted, from those that its mails bear for it (`vault.exchange_tags`)."""
    return tuple(sorted({tag for digest in exchange.mails for tag in borne.get(digest, ())}))


def list_tags(practice: Practice) -> tuple[CountedTag, ...]:
    """Every tag in use, by name. Raises VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        return tuple(tags.tags(reader))


def tag_branches(practice: Practice) -> tuple[TagBranch, ...]:
    """Every tag in use and those it stands below, each before those below it. Raises VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        return tuple(tags.branches(reader))


# --- renaming ------------------------------------------------------------------------------------------


def renaming_of(practice: Practice, old: str, new: str) -> RenamedTag:
    """What renaming a tag would do; nothing is done. Raises UnusableInput, NothingFound, VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        return tags.renaming_of(reader, old, new)


def rename_tag(practice: Practice, old: str, new: str) -> tuple[RenamedTag, tuple[str, ...]]:
    """Call a tag, and those below it, otherwise everywhere; the names of saved searches that still ask for the old one.

    Raises UnusableInput, NothingFound, VaultLocked.
    """
    with practice.vault() as vault, vault.writing() as writer:
        renamed = tags.rename(writer, old, new, practice.clock())
        saved = saved_searches.saved_searches(writer)
        return renamed, tuple(each.name for each in saved if _asks_for(each.query, renamed.old))


def _asks_for(query: str, tag: str) -> bool:
    return any(
        isinstance(each, Filter) and each.field is Field.TAG and is_at_or_below(each.value, tag)
        for each in leaves(read_query(query))
    )
