"""A practice with letters, notes and keys of every sort, to be exported from."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.support.arrived import arrived
from tests.support.practices import Writer, Writers, introduce, practice_in, short_directory, writers_to
from therapymail.domain.note import NoteKind
from therapymail.practice.introduce import verify_client
from therapymail.practice.keys import import_key
from therapymail.practice.note import NoteRequest, begin_note, keep_note, save_note
from therapymail.practice.practice import Practice

WHEN = datetime(2026, 11, 2, 9, tzinfo=UTC)
FIRST = "Dear Orla,\n\nMaren here, from Leeds. [sighs] The lighthouse keeps me awake.\n\nMaren"
SECOND = "From the window I see\n>From nothing: =1+1 \x1b[2J <b>bold</b> \u202egnp.exe\u202c the harbour."
PROCESS, PROGRESS = "quillfeathered", "thistledown"


@dataclass(frozen=True)
class Shelf:
    """The practice, its writers, and the two clients; `colleague` is a key held for nobody, `stranger` one that is not.

    HERON's key is confirmed, LINDEN's is not.
    """

    practice: Practice
    writers: Writers
    heron: Writer
    linden: Writer
    colleague: Writer
    stranger: Writer

    def opened(self, sealed: bytes) -> tuple[int, bytes]:
        """What gpg gives in the home of everybody but the therapist."""
        run = self.writers.gpg.run(["--decrypt"], sealed)
        return run.returncode, run.output


@contextmanager
def shelf() -> Iterator[Shelf]:
    """Put one up."""
    with (
        short_directory() as directory,
        practice_in(directory) as practice,
        writers_to(practice, directory) as writers,
    ):
        heron, linden = writers.add("Maren Quist", "maren@heron.example"), writers.add("Tomas", "tomas@linden.example")
        colleague, stranger = writers.add("Ida", "ida@else.example"), writers.add("Ned", "ned@else.example")
        introduce(practice, "HERON", heron)
        introduce(practice, "LINDEN", linden)
        verify_client(practice, "HERON", heron.fingerprint, "by telephone")
        import_key(practice, colleague.certificate, None)
        for number, (author, text) in enumerate(((heron, FIRST), (heron, SECOND), (linden, "another's"))):
            moment = WHEN + timedelta(days=number)
            arrived(practice, writers.letter(author, text, subject="from Maren", written=moment), moment)
        for kind, text in ((NoteKind.PROGRESS, PROGRESS), (NoteKind.PROCESS, PROCESS)):
            begun = begin_note(practice, NoteRequest("HERON", kind, "free"))
            save_note(practice, begun.name, text)
            keep_note(practice, begun.name)
        yield Shelf(practice, writers, heron, linden, colleague, stranger)
