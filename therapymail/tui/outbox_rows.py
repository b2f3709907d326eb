"""The outbox as rows: what needs a decision first, each with a glyph, its state, and what can be done with it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from therapymail.domain.departure import Proof
from therapymail.domain.draft import Draft, DraftName
from therapymail.domain.names import LetterName
from therapymail.domain.outbox import Move, OutboxEntry, OutboxState, can
from therapymail.domain.outbox_text import reason_phrase, state_phrase
from therapymail.domain.wording import count_words, local_text

_S = OutboxState


class Rank(StrEnum):
    """How a row looks, and the order in which they stand."""

    UNCERTAIN = "uncertain"
    STOPPED = "stopped"
    READ_AGAIN = "read-again"
    LEAVING = "leaving"
    HELD = "held"
    DRAFT = "draft"
    SENT = "sent"


_GLYPHS = {
    Rank.UNCERTAIN: "?",
    Rank.STOPPED: "!",
    Rank.READ_AGAIN: "●",
    Rank.LEAVING: "→",
    Rank.HELD: "‖",
    Rank.DRAFT: "□",
    Rank.SENT: "◇",
}
PROVEN = "◆"  # the sign that the proof before send passed: shown for no other reason (HAZARDS C1)
_ORDER = list(Rank)


class Doing(StrEnum):
    """What can be done with a row."""

    WRITE = "write"
    READ_AGAIN = "read-again"
    LOOK = "look"
    TAKE_BACK = "take-back"
    TRY_AGAIN = "try-again"
    SETTLE = "settle"
    PROOF = "proof"
    DISCARD = "discard"


@dataclass(frozen=True)
class OutboxRow:
    """A draft, or a letter on its way out or just sent. `draft` is None once it was sent; `proof` None before that."""

    name: DraftName
    code: str
    rank: Rank
    draft: Draft | None
    entry: OutboxEntry | None
    proof: Proof | None = None

    @property
    def glyph(self) -> str:
        """One character for the state; the sign of the proof only where there is one."""
        return PROVEN if self.is_proven else _GLYPHS[self.rank]

    @property
    def is_proven(self) -> bool:
        """Whether it was sent, and the proof of its exact bytes passed before that."""
        return self.rank is Rank.SENT and self.proof is not None

    @property
    def letter(self) -> LetterName | None:
        """Its name on the record, once it is sent."""
        return self.entry.letter if self.entry else None

    @property
    def shown_name(self) -> str:
        """What it is called now: its name on the record, or the draft's."""
        return str(self.letter or self.name)

    def state(self, now: datetime, zone: str) -> str:
        """Where it is, in words for a list; times on the clock of `zone`."""
        if self.entry is None:
            assert self.draft is not None
            return f"draft, saved {local_text(self.draft.changed, zone)}"
        return state_phrase(self.entry, now, zone) + (", sealed" if self.is_proven else "")

    @property
    def opens(self) -> Doing:
        """What opening it does."""
        if self.entry is None:
            return Doing.WRITE
        return {_S.HELD: Doing.READ_AGAIN, _S.SENT: Doing.PROOF}.get(self.entry.state, Doing.LOOK)

    def doings(self) -> tuple[Doing, ...]:
        """What can be done with it."""
        if self.entry is None:
            return Doing.WRITE, Doing.DISCARD
        state = self.entry.state
        found = [self.opens]
        if can(state, Move.CANCEL):
            found.append(Doing.TAKE_BACK)
        if can(state, Move.RETRY):
            found.append(Doing.TRY_AGAIN)
        if can(state, Move.SETTLE_SENT):
            found.insert(0, Doing.SETTLE)
        return tuple(found)

    def sentences(self, now: datetime, zone: str) -> tuple[str, ...]:
        """What is to be known of it: where it is, why it has not left, what it holds."""
        said = [self.state(now, zone).capitalize() + "."]
        if self.letter is not None:
            said.append(f"It is {self.letter} on the record.")
        if self.entry is not None and (why := reason_phrase(self.entry)):
            said.append(f"{why[0].upper()}{why[1:]}.")
        if self.entry is not None and self.entry.attempts:
            said.append(f"Tried {count_words(self.entry.attempts, 'time')} so far.")
        if self.draft is not None:
            words = count_words(self.draft.content.words, "word")
            enclosed = count_words(len(self.draft.enclosures), "enclosure") if self.draft.enclosures else ""
            said.append(" and ".join(filter(None, (words, enclosed))) + ".")
        return tuple(said)


def outbox_rows(
    drafts: Sequence[Draft], entries: Sequence[OutboxEntry], proofs: Mapping[DraftName, Proof], now: datetime
) -> tuple[OutboxRow, ...]:
    """Everything that is written and not sent, and what was sent lately: what needs a decision first."""
    written = {draft.name: draft for draft in drafts}
    waiting = {entry.draft: entry for entry in entries}
    rows = [
        OutboxRow(
            name=name,
            code=(written.get(name) or waiting[name]).code,
            rank=_rank(waiting.get(name), now),
            draft=written.get(name),
            entry=waiting.get(name),
            proof=proofs.get(name),
        )
        for name in dict.fromkeys([*waiting, *written])
    ]
    return tuple(sorted(rows, key=lambda row: (_ORDER.index(row.rank), _turn(row))))


def _rank(entry: OutboxEntry | None, now: datetime) -> Rank:
    if entry is None:
        return Rank.DRAFT
    match entry.state:
        case OutboxState.UNCERTAIN:
            return Rank.UNCERTAIN
        case OutboxState.REFUSED | OutboxState.FAILED:
            return Rank.STOPPED
        case OutboxState.HELD:
            return Rank.READ_AGAIN if (entry.hold_ends or entry.leaves_at) <= now else Rank.HELD
        case OutboxState.SENT:
            return Rank.SENT
    return Rank.LEAVING


def _turn(row: OutboxRow) -> float:
    """Within a rank: what leaves soonest first, and what was written or sent last first."""
    if row.entry is None:
        return -row.draft.changed.timestamp() if row.draft else 0.0
    if row.entry.state is OutboxState.SENT:
        return -(row.entry.sent_at or row.entry.leaves_at).timestamp()
    return row.entry.leaves_at.timestamp()
