"""Which letters have their receipt: one that was sent, or one that is written and on its way."""

from collections.abc import Iterable

from therapymail.domain.kinds import Direction, Kind, Standing
from therapymail.vault.connection import Reader

_ON_ITS_WAY = "SELECT 'D-' || number FROM draft JOIN draft_text ON draft = number WHERE kind = ? AND answers = ?"
# What was written here says which letter it answers, also one without a Message-ID.
_WRITTEN_HERE = (
    "SELECT code || '-' || receipt.number || receipt.suffix FROM draft JOIN outbox ON outbox.draft = draft.number"
    " JOIN letter AS receipt ON receipt.digest = outbox.letter JOIN client ON client.identity = receipt.client"
    " WHERE draft.kind = ? AND draft.answers = ? ORDER BY receipt.id"
)
# Any other, of another device or another program, says so by the Message-ID that it answers.
_BY_REFERENCE = (
    "SELECT code || '-' || receipt.number || receipt.suffix FROM letter AS answered"
    " JOIN letter AS receipt ON receipt.client = answered.client AND receipt.id >= answered.id"
    " JOIN letter_reference ON letter_reference.letter = receipt.id"
    " AND letter_reference.message_id = answered.message_id JOIN client ON client.identity = receipt.client"
    " WHERE answered.digest = ? AND answered.message_id <> '' AND receipt.kind = ? AND receipt.direction = ?"
    " AND receipt.standing = ? ORDER BY receipt.id"
)


def receipt_of(reader: Reader, letter: bytes) -> str | None:
    """The name of the receipt for the letter with this digest: HERON-13, or D-3 until it is sent; None without one."""
    kind = Kind.RECEIPT.value
    row = (
        reader.row(_WRITTEN_HERE, (kind, letter))
        or reader.row(_BY_REFERENCE, (letter, kind, Direction.OUT.value, Standing.ACCEPTED.value))
        or reader.row(_ON_ITS_WAY, (kind, letter))
    )
    return str(row[0]) if row else None


def receipted(reader: Reader, letters: Iterable[bytes]) -> set[bytes]:
    """Those of the letters (digests) that have their receipt."""
    return {letter for letter in letters if receipt_of(reader, letter) is not None}
