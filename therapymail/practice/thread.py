"""The thread of one theme through the letters with a client, each with what it says of it."""

from collections.abc import Mapping

from therapymail.domain.lanes import Lane
from therapymail.domain.passage import Passage
from therapymail.domain.tags import tag_name
from therapymail.domain.thread import Thread, names_in_thread, thread_of
from therapymail.domain.timeline import timeline_of
from therapymail.errors import ThemeUnseen
from therapymail.practice.look_back import timeline_facts
from therapymail.practice.practice import Practice
from therapymail.vault import clients, passage_tags, texts
from therapymail.vault.connection import Reader

_OFF = frozenset(Lane) - {Lane.LETTERS, Lane.THEMES, Lane.FEELINGS}


def theme_thread(practice: Practice, code: str, theme: str) -> Thread:
    """Every mail with a client that bears the tag `theme` or one below it; `feeling/sad` is a feeling or its family.

    Raises ThemeUnseen where none does, ClientUnknown, UnusableInput, VaultLocked.
    """
    wanted = tag_name(theme)
    with practice.vault() as vault, vault.reading() as reader:
        client = clients.client_by_code(reader, code)
        facts = timeline_facts(practice, reader, client, _OFF)
        timeline = timeline_of(facts, off=_OFF)
        names = set(names_in_thread(timeline, wanted))
        if not names:
            raise ThemeUnseen(f"no letter with {client.code} that bears {wanted}", client.code)
        digest_of = {str(letter.name): letter.digest for letter in facts.letters if str(letter.name) in names}
        read = texts.readings(reader, digest_of.values())
        said = {name: read[digest].text for name, digest in digest_of.items() if digest in read}
        passages = _passages(
            reader, client.identity, wanted, {digest: name for name, digest in digest_of.items()}, said
        )
    return thread_of(timeline, wanted, said, passages)


def _passages(
    reader: Reader, identity: str, theme: str, names: Mapping[bytes, str], said: Mapping[str, str]
) -> dict[str, list[str]]:
    """By mail, the passages that bear the theme, as they stand in the text now; one that is gone is left out."""
    found: dict[str, list[str]] = {}
    for each in passage_tags.passages_of_client(reader, identity):
        name = names.get(each.passage.letter, "")
        if name in said and any(tag == theme or tag.startswith(f"{theme}/") for tag in each.tags):
            text = _text_of(each.passage, said[name])
            found.setdefault(name, []).extend([text] if text else [])
    return found


def _text_of(passage: Passage, text: str) -> str:
    place = passage.place_in(text)
    return text[place[0] : place[1]] if place else ""
