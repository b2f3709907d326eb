"""All letters with one client as a timeline asks for them: less of each than a list shows."""

from therapymail.domain.client import Client
from therapymail.domain.names import LetterName
from therapymail.domain.timeline_facts import TimelineLetter
from therapymail.vault.connection import Reader
from therapymail.vault.letters import DIRECTIONS, KINDS, STANDINGS, STATES
from therapymail.vault.moments import from_microseconds

_LETTERS = (
    "SELECT id, digest, number, suffix, direction, kind, standing, state, received, words, facts FROM letter"
    " WHERE client = ? ORDER BY id DESC"
)
_TAGS = (
    "SELECT letter, tag FROM letter CROSS JOIN letter_tag ON letter_tag.letter = letter.id WHERE client = ?"
    " ORDER BY letter, tag"
)


def timeline_letters(reader: Reader, client: Client) -> list[TimelineLetter]:
    """All mails with `client`, newest first, those too that do not count."""
    tags = _tags_of(reader, client)
    return [  # row by row: a thousand rows held at once are objects that Python goes over again and again
        TimelineLetter(
            str(LetterName(client.code, number, suffix)),
            digest,
            DIRECTIONS[direction],
            KINDS[kind],
            STANDINGS[standing],
            STATES[state],
            from_microseconds(received),
            words,
            tags.get(order, ()),
            order,
            facts,
        )
        for order, digest, number, suffix, direction, kind, standing, state, received, words, facts in reader.each(
            _LETTERS, (client.identity,)
        )
    ]


def _tags_of(reader: Reader, client: Client) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for order, tag in reader.each(_TAGS, (client.identity,)):
        found[order] = (*found.get(order, ()), tag)
    return found
