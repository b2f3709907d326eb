"""Filing fetched mail as letters, in batches, and filing again what could only be opened later."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from therapymail.domain.kinds import Direction, Standing
from therapymail.domain.letter import Filing
from therapymail.domain.names import LetterName
from therapymail.domain.seal import facts_as_json
from therapymail.errors import LetterUnknown
from therapymail.vault import texts
from therapymail.vault.bounces import note_sent_again
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.copies import sorted_out
from therapymail.vault.filed_keys import note_keys
from therapymail.vault.filed_letters import place_in_time
from therapymail.vault.journal import Draft, Payload
from therapymail.vault.letters import known_message_ids, letter_by_digest, names_of
from therapymail.vault.moments import to_microseconds
from therapymail.vault.places import add_places
from therapymail.vault.projection import record, record_all
from therapymail.vault.statuses import kinds_after_closing
from therapymail.vault.storable import storable

DUPLICATE_MESSAGE_ID = "duplicate-message-id"
REPEATED_SIGNATURE = "repeated-signature"
ERASED = "erased"


@dataclass(frozen=True)
class FiledAs:
    """What became of one filing: its name (None: set aside), its notes, and whether it is a new letter."""

    digest: bytes
    name: LetterName | None
    notes: tuple[str, ...]
    is_new: bool


# --- filing --------------------------------------------------------------------------------------------


def file_letters(writer: Writer, filings: Sequence[Filing], now: datetime) -> list[FiledAs]:
    """File fetched mail; what became of each, in the order given.

    A letter that is filed already only gets further places; one that was erased stays erased (note `erased`).
    Of two copies of one letter the one of higher standing holds, whichever came first: a stranger cannot put a
    letter out of sight by sending its ciphertext below another From.
    One that bears another letter's Message-ID is filed with the note `duplicate-message-id`: a stranger cannot
    suppress a letter by reusing its id. Names are given in order of time within the batch.
    Raises as `Vault.writing` does.
    """
    new, better = sorted_out(writer, filings)
    new.sort(key=lambda each: (place_in_time(to_microseconds(each.received), each.digest), each.digest))
    fresh = kinds_after_closing(writer, _with_notes(writer, new))
    texts.keep_originals(writer, ((each.digest, each.original) for each in fresh if each.original is not None))
    texts.keep_readings(writer, ((each.digest, each.reading) for each in fresh if each.reading is not None))
    record_all(writer, _drafts(writer, fresh), now)
    for each in fresh:
        note_keys(writer, each, now)
    # Also for a letter that was erased: its place is known, so that it is not fetched again and again.
    add_places(writer, ((place, each.digest) for each in filings for place in each.places))
    for each in better:
        refile(writer, each, now)
    note_sent_again(writer, filings, now)
    return _outcomes(writer, filings, {each.digest for each in fresh})


def _with_notes(reader: Reader, fresh: list[Filing]) -> list[Filing]:
    """`fresh` with what only the record knows: ids and signatures that other letters bear already."""
    seen = set(known_message_ids(reader, (storable(each.message_id) for each in fresh)))
    signed: set[str] = set()
    noted = []
    for each in fresh:
        message_id, identities = storable(each.message_id), _signature_identities(each)
        if message_id in seen and DUPLICATE_MESSAGE_ID not in each.notes:
            each = replace(each, notes=(*each.notes, DUPLICATE_MESSAGE_ID))  # noqa: PLW2901 - the same filing, noted
        if identities & signed or _are_known(reader, identities):
            each = _repeated(each)  # noqa: PLW2901 - the same filing, noted
        if message_id:
            seen.add(message_id)
        signed |= identities
        noted.append(each)
    return noted


def _signature_identities(filing: Filing) -> set[str]:
    return {fact.identity for fact in filing.facts.signatures if fact.identity}


def _are_known(reader: Reader, identities: set[str]) -> bool:
    known = "SELECT 1 FROM letter_signature WHERE signature = ?"
    return any(reader.row(known, (identity,)) for identity in identities)


def _repeated(filing: Filing) -> Filing:
    """A signature that another letter bears: somebody put a letter into a new seal, or into a changed one.

    It is kept and noted; a client's counts only once the therapist accepts it (PGP.md I3, replays).
    """
    is_clients = filing.direction is Direction.IN and filing.standing is Standing.ACCEPTED
    standing = Standing.PROPOSED if is_clients else filing.standing
    return replace(filing, standing=standing, notes=(*filing.notes, REPEATED_SIGNATURE))


def _drafts(reader: Reader, fresh: list[Filing]) -> list[Draft]:
    numbers = _Numbers(reader)
    return [Draft("letter.filed", each.digest.hex(), _payload(each, numbers.next_of(each.client))) for each in fresh]


class _Numbers:
    """The numbers given to letters in one batch, going on from each client's last."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._last: dict[str, int] = {}

    def next_of(self, client: str | None) -> int | None:
        """The next number of a client's letters; None for a letter that is nobody's."""
        if client is None:
            return None
        if client not in self._last:
            row = self._reader.row("SELECT last_number FROM client_counter WHERE client = ?", (client,))
            self._last[client] = row[0] if row else 0
        self._last[client] += 1
        return self._last[client]


def _payload(filing: Filing, number: int | None) -> Payload:
    return {
        "received": to_microseconds(filing.received),
        "size": filing.size,
        **_assessment(filing, number),
    }


def _assessment(filing: Filing, number: int | None) -> Payload:
    """What opening a mail decides, and may decide otherwise when it is opened again with another key at hand."""
    return {
        "client": filing.client,
        "number": number,
        "direction": filing.direction.value,
        "kind": filing.kind.value,
        "standing": filing.standing.value,
        "state": filing.state.value,
        "written": to_microseconds(filing.written) if filing.written else None,
        "message_id": storable(filing.message_id),
        "in_reply_to": [storable(each) for each in filing.in_reply_to],
        "author": storable(filing.author_address),
        "facts": facts_as_json(filing.facts),
        "notes": [storable(each) for each in filing.notes],
    }


def _outcomes(reader: Reader, filings: Sequence[Filing], new: set[bytes]) -> list[FiledAs]:
    named = names_of(reader, [each.digest for each in filings])
    return [
        FiledAs(each.digest, *named[each.digest], is_new=each.digest in new)
        if each.digest in named
        else FiledAs(each.digest, None, (ERASED,), is_new=False)
        for each in filings
    ]


# --- filing again --------------------------------------------------------------------------------------


def refile(writer: Writer, filing: Filing, now: datetime) -> FiledAs:
    """Let a filed letter say what a later opening found: its state, facts, author, dates, and text.

    Name, kind and tags stay, the kind only while the direction does; so does the therapist's acceptance. A
    reading is kept from then on. Where the later finding makes it another client's letter, or nobody's, it is
    named anew. Raises LetterUnknown.
    """
    digest = filing.digest
    row = writer.row("SELECT client, number FROM letter WHERE digest = ?", (digest,))
    if row is None:
        raise LetterUnknown(digest.hex())
    if filing.original is not None:
        texts.keep_originals(writer, [(digest, filing.original)])
    if filing.reading is not None:
        texts.keep_readings(writer, [(digest, filing.reading)])
    number = row[1] if row[0] == filing.client else _Numbers(writer).next_of(filing.client)
    record(writer, "letter.refiled", digest.hex(), _assessment(filing, number), now)
    add_places(writer, ((place, digest) for place in filing.places))
    note_keys(writer, filing, now)
    letter = letter_by_digest(writer, digest)
    return FiledAs(digest, letter.name, letter.notes, is_new=False)
