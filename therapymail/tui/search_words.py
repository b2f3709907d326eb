"""What a search says below the line one types in: how many, how far one can search, and what cannot be read. Pure."""

from collections.abc import Sequence

from textual.content import Content

from therapymail.domain.found import Order
from therapymail.domain.text_width import columns_of
from therapymail.domain.wording import count_words, coverage_sentence
from therapymail.errors import QueryUnreadable, explain
from therapymail.practice.catching_up import CaughtUp
from therapymail.practice.find import Found
from therapymail.tui.untrusted import line

EXAMPLES = 'unlit room   "unlit room"   tag:grief   from:client   client:HERON   last:3m   room -bank'
_MOST_OFFERED = 24


def found_words(found: Found, order: Order) -> str:
    """How many letters and notes, in which order, and how much could be searched."""
    letters = found.letters
    if not letters.hits:
        total = "" if found.notes else "No letter matches."
    else:
        total = count_words(letters.total, "letter") if letters.is_exact else f"At least {letters.total} letters"
        which = "newest" if order is Order.DATE else "best"
        total += f", the {which} {len(letters.hits)} shown." if len(letters.hits) < letters.total else "."
    notes = [f"{count_words(each.total, f'{kind.value} note')}." for kind, each in found.notes]
    return " ".join(filter(None, [total, *notes, coverage_sentence(letters.coverage)]))


def fault(unreadable: QueryUnreadable, room: int) -> Content:
    """A caret below the place that cannot be read, and why."""
    at = columns_of(unreadable.query[: unreadable.position])
    caret = [Content(" " * at + "^")] if at < room else []
    return Content("\n").join([*caret, line(explain(unreadable).sentence)]).stylize("$text-warning")


def caught_up_words(told: CaughtUp) -> str:
    """How far an older record is with what a search needs first."""
    noun = "client" if told.clients else "letter"
    return f"Made ready for this search: {told.done:,} of {told.of:,} {noun}s. Leaving keeps what is done."


def offered_words(offered: Sequence[str]) -> Content:
    """The ways in which the last word may go on."""
    last = [text.split(" ")[-1] for text in offered]
    more = f"  and {len(last) - _MOST_OFFERED} more" if len(last) > _MOST_OFFERED else ""
    return line("  ".join(last[:_MOST_OFFERED]) + more, "$text-accent")


def beginning(offered: Sequence[str]) -> str:
    """As much as all of them have in common."""
    first, last = min(offered), max(offered)
    alike = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return first[:alike]


def saved_words(names: Sequence[str]) -> Content:
    """What may be typed, and the searches that are kept."""
    examples = Content(EXAMPLES)
    kept = line("kept: " + "  ".join(f"@{name}" for name in names), "$text-accent")
    return Content("\n").join([examples, kept]) if names else examples
