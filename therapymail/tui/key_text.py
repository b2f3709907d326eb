"""What the keys of a client say in words: whose, since when confirmed, and another key beside the pinned one. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from textual.content import Content

from therapymail.domain.client import PinnedKey
from therapymail.domain.expiry import expiry_phrase
from therapymail.domain.key_change import KeyChange
from therapymail.domain.key_change_text import change_sentence, channel_sentence, consequence_sentence, decision_words
from therapymail.domain.spoken_fingerprint import spoken_rows
from therapymail.domain.wording import fingerprint_words
from therapymail.practice.introduce import ClientOverview
from therapymail.tui import untrusted

_FINGERPRINT_DIGITS = 40


@dataclass(frozen=True)
class KeyRow:
    """A key in the list of a client's keys: a pinned one (`pin`, `place` 0 is sealed to), or one beside it."""

    fingerprint: str
    pin: PinnedKey | None = None
    change: KeyChange | None = None
    place: int = 0

    @property
    def is_open(self) -> bool:
        """Whether the therapist has to decide on it."""
        return self.change is not None and self.change.is_open


def key_rows(overview: ClientOverview) -> tuple[KeyRow, ...]:
    """What is to be decided first, then the pinned keys, then what was decided and is not pinned."""
    pinned = {each.fingerprint for each in overview.keys}
    others = [KeyRow(each.fingerprint, change=each) for each in overview.changes if each.fingerprint not in pinned]
    others.sort(key=lambda row: not (row.change and row.change.blocks))
    return (
        *(each for each in others if each.is_open),
        *(KeyRow(each.fingerprint, each, place=place) for place, each in enumerate(overview.keys)),
        *(each for each in others if not each.is_open),
    )


def row_words(row: KeyRow) -> tuple[str, str, str]:
    """A glyph, what the key is, and how it looks (a colour of Textual's) for the list."""
    if row.change is not None:
        if row.change.blocks:
            return "≠", "KEY CHANGE: decide", "bold $text-error"
        return (
            ("?", "another key: decide", "bold $text-warning")
            if row.is_open
            else ("·", "dismissed", "$foreground-muted")
        )
    pin = row.pin
    assert pin
    if pin.revoked or pin.retired or row.place:
        word = "revoked" if pin.revoked else "not used any more" if pin.retired else "earlier key"
        return "·", word, "$text-error" if pin.revoked else "$foreground-muted"
    return (
        ("◆", "sealed to, verified", "$text-success")
        if pin.confirmed
        else ("◇", "sealed to, not verified", "$text-primary")
    )


def standing_text(row: KeyRow, code: str, now: datetime) -> Content:
    """What is known of the key, in sentences."""
    if row.change is not None:
        change = row.change
        if not change.is_open:
            return untrusted.line(f"{change_sentence(change)} {decision_words(change)}.")
        parts = [
            untrusted.line(change_sentence(change)),
            Content.styled(consequence_sentence(change, code), "bold $text-error" if change.blocks else ""),
            Content.styled(channel_sentence(code), "$foreground-muted"),
        ]
        return Content("\n").join(parts)
    pin = row.pin
    assert pin
    said = []
    if pin.confirmed:
        said.append(untrusted.line(f"Verified {pin.confirmed.at:%Y-%m-%d}: {pin.confirmed.how}"))
    else:
        said.append(Content.styled("Pinned, not yet verified by another channel.", "$text-warning"))
    ends = "REVOKED" if pin.revoked else expiry_phrase(pin.expires, now)
    if ends:
        said.append(Content.styled(f"It {ends}." if not pin.revoked else "It is revoked.", "$text-warning"))
    if pin.another_address:
        said.append(Content.styled("It bears none of their addresses.", "$text-warning"))
    if pin.retired:
        said.append(Content(f"Not used any more since {pin.retired:%Y-%m-%d}."))
    return Content("\n").join(said)


def spoken_text(fingerprint: str, *, title: str = "", wide: bool = True) -> Content:
    """A fingerprint in digits and in words, row by row; `wide` with both on one line."""
    rows = [Content.styled(title, "bold")] if title else []
    if len(fingerprint) != _FINGERPRINT_DIGITS:
        return Content("\n").join([*rows, Content(fingerprint_words(fingerprint))])
    for digits, words in spoken_rows(fingerprint):
        if wide:
            rows.append(Content.assemble((digits, "bold"), "   ", words))
        else:
            rows += [Content.styled(digits, "bold"), Content.styled(f"  {words}", "$foreground-muted")]
    return Content("\n").join(rows)


def compared_text(pinned: str, other: str, width: int) -> Content:
    """Two fingerprints side by side, each group that differs marked; words below where there is no room beside."""
    one, two = _rows_of(pinned), _rows_of(other)
    column = max(9, *(len(digits) for digits, _ in one + two))
    beside = width >= 2 * (column + 48)
    head = f"{'pinned':<{column}}"
    lines = []
    for index in range(max(len(one), len(two))):
        left = one[index] if index < len(one) else ("", "")
        right = two[index] if index < len(two) else ("", "")
        look = "" if left[0] == right[0] else "bold $text-warning"
        if beside:
            one_side = Content.assemble(f"{left[0]:<{column}}  ", (f"{left[1]:<46}", "$foreground-muted"))
            other_side = Content.assemble((f"{right[0]:<{column}}  ", look), (right[1], "$foreground-muted"))
            lines.append(Content.assemble(one_side, other_side))
        else:
            lines.append(
                Content.assemble(
                    f"{left[0]:<{column}}   ", (f"{right[0]:<{column}}", look), ("  " + right[1], "$foreground-muted")
                )
            )
    gap = " " * (48 if beside else 3)
    heading = Content.styled(f"{head}{gap}{'the other key':<{column}}", "bold")
    return Content("\n").join([heading, *lines])


def _rows_of(fingerprint: str) -> list[tuple[str, str]]:
    if len(fingerprint) == _FINGERPRINT_DIGITS:
        return list(spoken_rows(fingerprint))
    return [(fingerprint[at : at + 4] + " " + fingerprint[at + 4 : at + 8], "") for at in range(0, len(fingerprint), 8)]
