"""Images that recur in the letters with a client: kept, and found again in what both have written (F48)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

from therapymail.domain.client import Client
from therapymail.domain.found import Snippet
from therapymail.domain.image import Image, image_phrase, image_variants
from therapymail.domain.kinds import Standing
from therapymail.domain.letter import Letter
from therapymail.domain.query import All, Any, Field, Filter, Phrase, Query, Word
from therapymail.errors import UnusableInput
from therapymail.practice.practice import Practice
from therapymail.vault import clients, images
from therapymail.vault.connection import Reader
from therapymail.vault.exchanges import in_course
from therapymail.vault.search import search

_MOST_LETTERS = 10_000  # that one image is told of


@dataclass(frozen=True)
class Occurrence:
    """A letter that says an image in its author's own words; what it quotes is not counted."""

    letter: Letter
    exchange: int | None
    snippet: Snippet


@dataclass(frozen=True)
class Recurring:
    """An image, or a phrase that is kept as none (`kept` is false), with the letters that say it, oldest first."""

    phrase: str
    variants: tuple[str, ...]
    occurrences: tuple[Occurrence, ...]
    kept: bool = True


@dataclass(frozen=True)
class ImagesOf:
    """The images that recur in the letters with the client `code`."""

    code: str
    images: tuple[Recurring, ...]


def recurring_images(practice: Practice, code: str, phrase: str | None = None) -> ImagesOf:
    """Every image of a client with its recurrences; with `phrase` that one alone, kept or not.

    Raises ClientUnknown, UnusableInput, VaultLocked.
    """
    with practice.vault() as vault, vault.reading() as reader:
        client = clients.client_by_code(reader, code)
        if phrase is None:
            return ImagesOf(client.code, recurring_with(reader, client))
        asked = image_phrase(phrase)
        kept = images.image(reader, client.identity, asked)
        found = [_recurring(reader, client, kept) if kept else _phrase(reader, client, asked)]
        return ImagesOf(client.code, tuple(found))


def keep_image(practice: Practice, code: str, phrase: str, variants: Sequence[str]) -> ImagesOf:
    """Keep an image of a client, or more variants of one that is kept. Raises as `recurring_images`."""
    wanted = image_phrase(phrase)
    with practice.vault() as vault, vault.writing() as writer:
        client = clients.client_by_code(writer, code)
        there = images.image(writer, client.identity, wanted)
        meant = image_variants((*(there.variants if there else ()), *variants), wanted)
        images.save_image(writer, client.identity, wanted, meant, practice.clock())
    return recurring_images(practice, code, wanted)


def forget_image(practice: Practice, code: str, phrase: str) -> ImagesOf:
    """Keep an image no longer; the images that are left. Raises UnusableInput for none of this name, and as above."""
    wanted = image_phrase(phrase)
    with practice.vault() as vault, vault.writing() as writer:
        client = clients.client_by_code(writer, code)
        there = images.image(writer, client.identity, wanted)
        if there is None:
            raise UnusableInput("image", f"{client.code} has none of this name")
        images.forget_image(writer, there, practice.clock())
    return recurring_images(practice, code)


def recurring_with(reader: Reader, client: Client) -> tuple[Recurring, ...]:
    """Every image of a client that is kept, with its recurrences, in the caller's unit of work."""
    return tuple(_recurring(reader, client, each) for each in images.images(reader, client.identity))


def _recurring(reader: Reader, client: Client, image: Image) -> Recurring:
    return Recurring(image.phrase, image.variants, _occurrences(reader, client, (image.phrase, *image.variants)))


def _phrase(reader: Reader, client: Client, phrase: str) -> Recurring:
    return Recurring(phrase, (), _occurrences(reader, client, (phrase,)), kept=False)


def _occurrences(reader: Reader, client: Client, phrases: Sequence[str]) -> tuple[Occurrence, ...]:
    query = All(
        (
            Any(tuple(map(_said, phrases))),
            Filter(Field.CLIENT, client.code),
            Filter(Field.IS, Standing.ACCEPTED.value),
        )
    )
    hits = search(reader, query, limit=_MOST_LETTERS, zone=UTC).hits
    at = in_course(reader, [hit.letter for hit in hits])
    return tuple(
        Occurrence(hit.letter, at[hit.letter.digest].exchange if hit.letter.digest in at else None, hit.snippet)
        for hit in reversed(hits)
    )


def _said(phrase: str) -> Query:
    """A word in any of its forms (doors for door), several words exactly so and side by side."""
    return Word(phrase) if len(phrase.split()) == 1 else Phrase(phrase)
