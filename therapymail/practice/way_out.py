"""All that is on its way out at one moment: drafts, the outbox, and what was sent lately with its proof."""

from dataclasses import dataclass
from datetime import datetime

from therapymail.domain.departure import Proof
from therapymail.domain.draft import Draft, DraftName
from therapymail.domain.outbox import OutboxEntry
from therapymail.errors import LetterUnknown
from therapymail.practice.practice import Practice
from therapymail.vault import drafts, letters, outbox, sent
from therapymail.vault.connection import Reader


@dataclass(frozen=True)
class WayOut:
    """Every draft that is not sent, the outbox's entries, and the proofs of those that were sent, by draft."""

    drafts: tuple[Draft, ...]
    entries: tuple[OutboxEntry, ...]
    proofs: dict[DraftName, Proof]


def way_out(practice: Practice, sent_since: datetime) -> WayOut:
    """What is on its way out, and what was sent since `sent_since` (UTC). Raises VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        entries = outbox.entries(reader, sent_since=sent_since)
        proofs = {entry.draft: _proof(reader, entry) for entry in entries}
        return WayOut(
            drafts=tuple(drafts.drafts(reader)),
            entries=tuple(entries),
            proofs={draft: proof for draft, proof in proofs.items() if proof is not None},
        )


def _proof(reader: Reader, entry: OutboxEntry) -> Proof | None:
    """The proof of a letter that was sent; None for one that was not, and for one that was erased since."""
    if entry.letter is None:
        return None
    try:
        return sent.proof_of(reader, letters.letter(reader, entry.letter).digest)
    except LetterUnknown:
        return None
