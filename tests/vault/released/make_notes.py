"""Makes the store of process notes of today's schema that later versions must be able to open; run once at a release.

    python -m tests.vault.released.make_notes

A store that is here already is never written again: it stands for what people have.
"""

from datetime import timedelta
from pathlib import Path

from tests.vault.builders import NOW, digest_of, reading
from tests.vault.conftest import TEST_KEY
from therapymail.domain.note import NoteKind, NoteLinks
from therapymail.domain.passage import Passage
from therapymail.vault import note_drafts, notes, schema
from therapymail.vault.notes_store import NotesStore, note_passphrase

CLIENT = "a" * 32


def main() -> None:
    path = Path(__file__).parent / f"notes-{len(schema.steps_of_notes())}.db"
    links = NoteLinks(digest_of(1), Passage.of(digest_of(1), reading(1).text, 0, 4), digest_of(1))
    with NotesStore.create(path, TEST_KEY, NOW) as store:
        with store.writing() as writer:
            for text in ("## Theme\nthe garden", "one that goes", "not yet kept"):
                begun = note_drafts.begin_new(
                    writer,
                    NoteKind.PROCESS,
                    client=CLIENT,
                    template="four-readings",
                    begun_with="",
                    text=text,
                    links=links,
                    now=NOW,
                )
                if begun.name.number < 3:
                    note_drafts.keep(writer, begun.name, None, NOW)
            first, second = reversed(notes.notes(writer, NoteKind.PROCESS))
            notes.amend(writer, first.name, "read again", NOW + timedelta(days=8))
            notes.erase(writer, second, NOW + timedelta(days=9))
            note_passphrase(writer, own=True, now=NOW + timedelta(days=9))
        store.scrub()


if __name__ == "__main__":
    main()
