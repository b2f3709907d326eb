"""What the banner above a letter says: a glyph, a word and a sentence, told apart with and without colour. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from therapymail.domain.client import Client
from therapymail.domain.kinds import Direction, LetterState, Standing
from therapymail.domain.seal import KeyState, Protection, Signature, Verdict
from therapymail.domain.wording import WITH_PIECES, author_words, note_sentence, seal_sentence
from therapymail.practice.judging import JudgedLetter
from therapymail.practice.open_piece import OpenedPiece


class Tone(StrEnum):
    """How a verdict looks; each tone has a colour of its own, and each mark a glyph and a word of its own."""

    PROVEN = "proven"
    PINNED = "pinned"
    UNPROVEN = "unproven"
    CLOSED = "closed"
    ALARM = "alarm"


@dataclass(frozen=True)
class Mark:
    """A verdict at a glance: in lists the glyph, in the banner glyph and word."""

    glyph: str
    word: str
    tone: Tone


@dataclass(frozen=True)
class Banner:
    """What stands above a letter, in chrome that no letter reaches: all of it our own words, names and codes."""

    mark: Mark
    proposed: bool
    sentence: str
    remarks: tuple[str, ...]


PROPOSED_GLYPH = "▲"
SET_ASIDE_GLYPH = "▽"
_SIGNED = {
    Signature.VERIFIED: Mark("◆", "VERIFIED", Tone.PROVEN),
    Signature.PINNED: Mark("◇", "PINNED KEY", Tone.PINNED),
    Signature.OTHER: Mark("≠", "ANOTHER KEY", Tone.ALARM),
    Signature.UNKNOWN: Mark("?", "UNKNOWN KEY", Tone.UNPROVEN),
    Signature.BAD: Mark("✗", "BAD SIGNATURE", Tone.ALARM),
    Signature.NONE: Mark("○", "UNSIGNED", Tone.UNPROVEN),
}
_YOURS = Mark("◈", "YOURS", Tone.PROVEN)
_NOT_SEALED = Mark("!", "NOT SEALED", Tone.ALARM)
_PARTLY = Mark("◐", "PARTLY SEALED", Tone.ALARM)
_STATES = {
    LetterState.SEALED: Mark("▣", "STILL SEALED", Tone.CLOSED),
    LetterState.FAILED: Mark("⊘", "NOT OPENED", Tone.CLOSED),
    LetterState.TOO_LARGE: Mark("⇩", "NOT HERE YET", Tone.CLOSED),
}


def mark_of(judged: JudgedLetter) -> Mark:
    """The verdict on a letter at a glance."""
    return _mark(judged.letter.state, judged.letter.direction, judged.verdict)


def _mark(state: LetterState, direction: Direction, verdict: Verdict) -> Mark:
    if state is not LetterState.OPENED:
        return _STATES[state]
    if verdict.encrypted is Protection.NO:
        return _NOT_SEALED
    if verdict.encrypted is Protection.PARTLY:
        return _PARTLY
    if verdict.key is KeyState.REVOKED:
        return _SIGNED[Signature.BAD]
    if direction is Direction.OUT and verdict.signature is Signature.VERIFIED:
        return _YOURS
    return _SIGNED[verdict.signature]


def banner_of(judged: JudgedLetter, client: Client | None) -> Banner:
    """What is to be known before a letter is read."""
    letter, verdict = judged.letter, judged.verdict
    if letter.state is LetterState.TOO_LARGE:
        sentence = "It was too large to come by itself, so nothing is known of its seal."
    else:
        sentence = seal_sentence(verdict, author_words(letter.direction, client), letter.facts.failure)
    remarks = []
    if letter.standing is Standing.PROPOSED:
        remarks.append("Proposed: it does not count until you accept it.")
    if letter.standing is Standing.SET_ASIDE:
        remarks.append("Set aside: it is nobody's letter.")
    if verdict.repaired:
        remarks.append("Its envelope was mangled on the way and has been repaired for reading.")
    remarks += [note_sentence(code) for code in dict.fromkeys((*letter.notes, *verdict.notes))]
    return Banner(
        mark_of(judged), letter.standing is Standing.PROPOSED, sentence, tuple(remark for remark in remarks if remark)
    )


def banner_of_piece(opened: OpenedPiece) -> Banner:
    """What is to be known before a sealed piece of a mail is read: nothing of the mail around it."""
    state = LetterState.FAILED if opened.reading is None else LetterState.OPENED
    who = author_words(opened.direction, opened.client)
    return Banner(
        mark=_mark(state, opened.direction, opened.verdict),
        proposed=False,
        sentence=seal_sentence(opened.verdict, who, opened.facts.failure),
        remarks=tuple(filter(None, map(note_sentence, dict.fromkeys(opened.verdict.notes)))),
    )


def holds_pieces(judged: JudgedLetter) -> bool:
    """Whether sealed pieces stand inside a letter that was opened, unopened themselves."""
    opened = judged.letter.state is LetterState.OPENED
    return opened and not WITH_PIECES.isdisjoint((*judged.letter.notes, *judged.verdict.notes))


def marks_explained() -> tuple[tuple[Mark, str], ...]:
    """Every mark with what it says, for the help."""
    return (
        (_YOURS, "Sealed and signed with your own key."),
        (_SIGNED[Signature.VERIFIED], "Sealed; signed with the client's key, confirmed by another channel."),
        (_SIGNED[Signature.PINNED], "Sealed; signed with the client's key, not yet confirmed."),
        (_SIGNED[Signature.NONE], "Sealed but not signed: nothing proves who wrote it."),
        (_SIGNED[Signature.UNKNOWN], "Sealed; signed with a key that is not held."),
        (_SIGNED[Signature.OTHER], "Sealed; signed with a key that is not this client's."),
        (_SIGNED[Signature.BAD], "The signature is bad: do not trust it."),
        (_PARTLY, "Only a part was sealed."),
        (_NOT_SEALED, "Others could read it on its way."),
        (_STATES[LetterState.SEALED], "No key here opens it."),
        (_STATES[LetterState.FAILED], "It could not be opened."),
        (_STATES[LetterState.TOO_LARGE], "Too large to come by itself."),
        (Mark(PROPOSED_GLYPH, "PROPOSED", Tone.UNPROVEN), "Waits for you: it counts once you accept it."),
        (Mark(SET_ASIDE_GLYPH, "SET ASIDE", Tone.CLOSED), "Nobody's: attached to no client."),
    )
