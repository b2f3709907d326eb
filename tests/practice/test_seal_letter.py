"""C17: what is about to leave is opened again as any letter is; nothing but our own sealed letter passes."""

from collections.abc import Callable, Iterator

import pytest

from tests.support.posts import EmbeddedPost, embedded
from tests.support.practices import Writer
from tests.support.sending import Sending, sending_over
from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.errors import NotProven
from therapymail.practice.seal_letter import Sealer, sealer

__all__ = ["embedded"]


@pytest.fixture(scope="module")
def story(embedded: EmbeddedPost) -> Iterator[Sending]:
    with sending_over(embedded) as practice:
        yield practice


@pytest.fixture
def reading(story: Sending) -> Iterator[Sealer]:
    with story.practice.vault() as vault, sealer(story.practice, vault) as found:
        yield found


def therapist(story: Sending) -> Writer:
    """The therapist as anybody can pose as them: the address alone."""
    return Writer("Orla", story.practice.settings.email, "", b"")


NOT_OURS: dict[str, Callable[[Sending], bytes]] = {
    "a client's letter": lambda story: story.writers.letter(story.clients["HERON"], "hello"),
    "in our name, not signed": lambda story: story.writers.letter(therapist(story), "hello", signed=False),
    "in our name, signed by a client": lambda story: story.writers.letter(
        therapist(story), "hello", signer=story.clients["HERON"]
    ),
    "sealed to others": lambda story: story.in_sent()[0].replace(b"-----BEGIN PGP MESSAGE-----\r\n\r\n", b"\r\n"),
    "not sealed": lambda story: (
        f"From: {story.practice.settings.email}\r\nTo: {story.clients['HERON'].address}\r\n"
        "Message-ID: <1@practice.example>\r\n\r\nhello\r\n"
    ).encode(),
    "nothing": lambda _: b"",
}


def test_C17_our_own_letter_opens_as_ours_and_bears_the_kind_it_was_given(story: Sending, reading: Sealer) -> None:
    name = story.released()
    story.depart()
    [raw] = story.in_sent()
    read = reading.read_own(raw, Kind.CHECK_IN)
    assert (read.direction, read.state, read.standing) == (Direction.OUT, LetterState.OPENED, Standing.ACCEPTED)
    assert (read.kind, read.places) == (Kind.CHECK_IN, ())
    assert read.digest == story.letter(name).digest


@pytest.mark.parametrize("what", NOT_OURS)
def test_C4_what_is_not_our_own_sealed_letter_is_never_taken_for_one(
    story: Sending, reading: Sealer, what: str
) -> None:
    if not story.in_sent():
        story.released()
        story.depart()
    with pytest.raises(NotProven):
        reading.read_own(NOT_OURS[what](story), Kind.RESPONSE)
