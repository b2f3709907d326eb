"""What a timeline says in words below its picture: what stands out, what happened, and what every mark stands for."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from therapymail.domain.agreement import Agreement
from therapymail.domain.agreement_terms import DAYS, window_text
from therapymail.domain.lanes import Lane, Mark, Side
from therapymail.domain.periods import Step
from therapymail.domain.sanitise import sanitise_line
from therapymail.domain.timeline import Timeline
from therapymail.domain.wording import count_words

MOST_LISTED = 24


class Paragraph(NamedTuple):
    """Some things under one name, in the order in which they happened."""

    name: str
    items: tuple[str, ...]


def heading_of(timeline: Timeline) -> str:
    """How many mails of which sort."""
    periods = timeline.periods
    lanes = (
        ([period.client for period in periods], "letter"),
        ([period.therapist for period in periods], "response"),
        ([period.others for period in periods], "other mail"),
    )
    counts = (count_words(sum(len(tally.letters) for tally in lane), noun) for lane, noun in lanes)
    return f"{timeline.code}  {', '.join(counts)}"


def span_of(timeline: Timeline) -> str:
    """From the first day of its first period to the last of its last."""
    return f"{timeline.periods[0].first} .. {timeline.periods[-1].end - timedelta(days=1)}"


def agreed_of(timeline: Timeline) -> str:
    """How far the block has come and what is agreed at the end; empty where nothing is."""
    if timeline.agreement is None:
        return ""
    balance = timeline.balance
    block = f"block {balance.used}/{balance.size}, " if balance else ""
    return f"{block}agreed: {_terms(timeline.agreement)}"


def _terms(agreement: Agreement) -> str:
    terms = agreement.terms
    is_fixed = terms.letter_day is not None
    rhythm = DAYS[terms.letter_day or 0].capitalize() if is_fixed else f"every {terms.rhythm_days} days"
    words = f", {terms.word_limit} words" if terms.word_limit else ""
    return f"{rhythm}, response in {window_text(terms.window)}{words}"


# --- what stands out, and what happened ----------------------------------------------------------------


def paragraphs_of(timeline: Timeline, most: int = MOST_LISTED) -> Iterator[Paragraph]:
    """Everything beside letters, themes and feelings, by what it is; of each at most `most`, and how many more."""
    gaps = timeline.of(Lane.GAPS)
    letters = timeline.of(Lane.LETTERS)
    told: list[tuple[str, Sequence[Mark], Callable[[Mark], str]]] = [
        ("late letters", [mark for mark in gaps if mark.kind == "late" and mark.side is Side.CLIENT], _late),
        ("late replies", [mark for mark in gaps if mark.kind == "late" and mark.side is not Side.CLIENT], _late),
        ("missed", [mark for mark in gaps if mark.kind == "missed"], lambda mark: f"{mark.day}, an agreed day"),
        ("waiting", [mark for mark in gaps if mark.kind == "waiting"], _waiting),
        ("over length", [mark for mark in letters if mark.kind == "over-length"], _over_length),
        ("after closing", [mark for mark in letters if mark.kind == "after-closing"], _names),
        ("milestones", timeline.of(Lane.MILESTONES), _with_names),
        ("agreement", timeline.of(Lane.AGREEMENTS), _agreed),
        ("safety", timeline.of(Lane.SAFETY), _with_names),
        ("notes", timeline.of(Lane.NOTES), _names),
        ("process", timeline.of(Lane.PROCESS), _noted),
        ("re-read", timeline.of(Lane.REREADS), _names),
        ("incidents", timeline.of(Lane.TECHNOLOGY), _with_names),
    ]
    silent = [when_from_to(timeline, *run) for run in runs(timeline.without_letter)]
    if silent and Lane.LETTERS not in timeline.off:
        more = [f"and {len(silent) - most} more times"] if len(silent) > most else []
        yield Paragraph("no letter", (*silent[:most], *more))
    for name, marks, said in told:
        items = [f"{when(timeline, mark.period)} {said(mark)}" for mark in marks[:most]]
        if len(marks) > most:
            items.append(f"and {len(marks) - most} more")
        if items:
            yield Paragraph(name, tuple(items))


def _late(mark: Mark) -> str:
    is_client = mark.side is Side.CLIENT
    return f"{mark.ids[-1] if mark.ids else ''} by {count_words(mark.amount or 0, 'day' if is_client else 'hour')}"


def _waiting(mark: Mark) -> str:
    return f"{mark.ids[0] if mark.ids else ''} for {count_words(mark.amount or 0, 'hour')}"


def _over_length(mark: Mark) -> str:
    return f"{sanitise_line(mark.label)} ({_names(mark)})"


def _names(mark: Mark) -> str:
    return ", ".join(mark.ids)


def _agreed(mark: Mark) -> str:
    return kind_in_words(mark).removeprefix("agreement ")


def _noted(mark: Mark) -> str:
    return f"{_names(mark)} {sanitise_line(mark.label)}" if mark.kind == "reflection" else _names(mark)


def _with_names(mark: Mark) -> str:
    names = f" ({_names(mark)})" if mark.ids else ""
    return f"{kind_in_words(mark)}{names}"


_KINDS = {
    "not-opened": "not opened",
    "sent-again": "sent again",
    "key-change": "another key",
    "signature": "signature in doubt",
    "repaired": "repaired on arrival",
    "bounce": "not delivered",
    "unsealed": "came unsealed",
    "safety": "safety mail",
    "process-note": "process note",
}


def kind_in_words(mark: Mark) -> str:
    """What a mark is, in words, with what the record says of it."""
    label = sanitise_line(mark.label)
    kind = _KINDS.get(mark.kind, mark.kind.replace("-", " "))
    if mark.lane is Lane.AGREEMENTS and mark.words:
        return f"{label}: {', '.join(sanitise_line(word) for word in mark.words)}"
    if label.casefold().startswith(kind):
        return label
    return f"{kind}: {label}" if label else kind


# --- when ----------------------------------------------------------------------------------------------


def when(timeline: Timeline, number: int) -> str:
    """The period with this number as a person says it: week 3, 2025-03, 2025."""
    first = timeline.periods[number - 1].first
    match timeline.step:
        case Step.WEEK:
            return f"week {number}"
        case Step.MONTH:
            return f"{first.year:04}-{first.month:02}"
        case Step.YEAR:
            return f"{first.year:04}"


def when_from_to(timeline: Timeline, first: int, last: int) -> str:
    """Several periods in a row: weeks 3-5, 2025-03 to 2025-05."""
    if first == last:
        return when(timeline, first)
    if timeline.step is Step.WEEK:
        return f"weeks {first}-{last}"
    return f"{when(timeline, first)} to {when(timeline, last)}"


def runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Numbers in order as runs, from and to: 3, 5, 6, 7 is 3 to 3 and 5 to 7."""
    first = last = None
    for number in numbers:
        if first is None or last is None:
            first = last = number
        elif number == last + 1:
            last = number
        else:
            yield first, last
            first = last = number
    if first is not None and last is not None:
        yield first, last


# --- every mark ----------------------------------------------------------------------------------------

_BORNE = {"letter": "by its tag", "passage": "in passages", "exchange": "by its exchange's tag", "cue": "in cues"}
_UNITS = {
    (Lane.LETTERS, ""): "word",
    (Lane.SAFETY, ""): "word",
    (Lane.NOTES, ""): "word",
    (Lane.PROCESS, ""): "word",
    (Lane.GAPS, Side.THERAPIST.value): "hour",
    (Lane.GAPS, Side.CLIENT.value): "day",
    (Lane.THEMES, ""): "passage",
}


def explained(timeline: Timeline) -> Iterator[tuple[Lane, list[str]]]:
    """By lane, a line for every mark: its day and period, what it stands for, and the words that were counted."""
    for lane in timeline.lanes:
        yield lane, [mark_in_words(timeline, mark) for mark in timeline.of(lane)]


def mark_in_words(timeline: Timeline, mark: Mark) -> str:
    """One mark in a line: its day and period, its names, what it is, and the words that were counted; harmless."""
    is_borne = mark.lane in {Lane.THEMES, Lane.FEELINGS} and mark.kind in _BORNE
    unit = _UNITS.get((mark.lane, "")) or _UNITS.get((mark.lane, mark.side.value if mark.side else ""))
    parts = [
        f"{mark.day}",
        when(timeline, mark.period),
        _names(mark),
        f"exchange {mark.exchange}" if mark.exchange is not None else "",
        f"{sanitise_line(mark.label)} {_BORNE[mark.kind]}" if is_borne else kind_in_words(mark),
        count_words(mark.amount, unit) if unit and mark.amount is not None and mark.kind != "over-length" else "",
        ", ".join(sanitise_line(word) for word in mark.words if mark.lane is not Lane.AGREEMENTS),
        "(the therapist's)" if mark.side is Side.THERAPIST and is_borne else "",
    ]
    return "  ".join(part for part in parts if part)
