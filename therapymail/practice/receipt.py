"""Receipts: telling a client that their letter has come and when they will hear; only when the therapist says so."""

from dataclasses import dataclass
from datetime import datetime

from therapymail.domain.client import Client, ClientStatus
from therapymail.domain.draft import DraftContent
from therapymail.domain.kinds import Direction, Kind, Standing
from therapymail.domain.letter import Letter
from therapymail.domain.names import LetterName
from therapymail.domain.receipt import receipt
from therapymail.errors import AlreadyReceipted, LetterUnsuited, NotSent, UnusableInput
from therapymail.practice.outbox import Queued, SendRequest, send
from therapymail.practice.practice import Practice
from therapymail.practice.write import discard
from therapymail.vault import clients, drafts, exchanges, letters, receipts
from therapymail.vault.connection import Reader

_STANDS_STILL = {ClientStatus.PAUSED: "paused", ClientStatus.CLOSED: "closed", ClientStatus.REFERRED: "closed"}


@dataclass(frozen=True)
class ReceiptPreview:
    """A receipt before it leaves, exactly as it would; `due` (UTC) is the day of the response that it promises."""

    letter: LetterName
    client: Client
    content: DraftContent
    due: datetime


def preview_receipt(practice: Practice, name: str) -> ReceiptPreview:
    """The receipt for a letter that waits for its response.

    Raises AlreadyReceipted, LetterUnknown, UnusableInput where it is not accepted, no response is owed for it, nothing
    is agreed about when, or that moment has passed; VaultLocked.
    """
    with practice.vault() as vault, vault.reading() as reader:
        return _preview(reader, LetterName.parse(name), practice.clock())[0]


def give_receipt(practice: Practice, shown: ReceiptPreview, *, undo: bool) -> Queued:
    """Release the receipt that was shown; with `undo` it waits the practice's undo seconds.

    Where today's policy does not let it leave, nothing of it stays. Raises NotSent, and as `preview_receipt`;
    UnusableInput too where another day would be promised than was shown.
    """
    now = practice.clock()
    with practice.vault() as vault, vault.writing() as writer:
        preview, letter = _preview(writer, shown.letter, now)
        if preview.content != shown.content:
            raise UnusableInput("receipt", "another day is agreed now than was shown; look at it again")
        draft = drafts.new_draft(
            writer,
            client=preview.client.identity,
            kind=Kind.RECEIPT,
            content=preview.content,
            answers=letter.digest,
            now=now,
        )
    try:
        return send(practice, SendRequest(draft.name, at_once=True, undo=undo))
    except NotSent:
        discard(practice, draft.name)
        raise


def _preview(reader: Reader, name: LetterName, now: datetime) -> tuple[ReceiptPreview, Letter]:
    letter = letters.letter(reader, name)
    _refuse_unreceiptable(letter)
    given = receipts.receipt_of(reader, letter.digest)
    if given is not None:
        raise AlreadyReceipted(str(name), given)
    client = clients.client_by_identity(reader, letter.client or "")
    due = _promised(reader, client, letter, now)
    return ReceiptPreview(name, client, receipt(due, client.zone), due), letter


def _refuse_unreceiptable(letter: Letter) -> None:
    if letter.standing is Standing.PROPOSED:
        raise LetterUnsuited(
            str(letter.name), f"it is only proposed; `therapymail accept {letter.name}` if it is theirs"
        )
    is_letter = letter.direction is Direction.IN and letter.kind is Kind.LETTER and letter.client is not None
    if not is_letter or letter.standing is not Standing.ACCEPTED:
        raise LetterUnsuited(str(letter.name), "a receipt is for a client's letter, to which a response is owed")


def _promised(reader: Reader, client: Client, letter: Letter, now: datetime) -> datetime:
    """When the response to `letter` was promised for. Raises UnusableInput."""
    standing = exchanges.standings(reader, now)[client.identity]
    exchange = next((each for each in standing.waiting if letter.digest in each.letters), None)
    if exchange is None:
        stands = _STANDS_STILL.get(client.status)
        why = f"the work with {client.code} is {stands}" if stands else "its exchange has its response already"
        raise LetterUnsuited(str(letter.name), why)
    if exchange.due is None:
        raise LetterUnsuited(
            str(letter.name), f"nothing is agreed about when; see `therapymail agree {client.code} --help`"
        )
    if exchange.due <= now:
        raise LetterUnsuited(
            str(letter.name), "the promised time has passed; `therapymail reply` with a word about it is kinder"
        )
    return exchange.due
