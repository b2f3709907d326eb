"""The words of today: for each item one calm sentence in both zones, and one next command."""

from collections.abc import Callable
from datetime import datetime

from therapymail.domain.clocks import Due, Silence, due_state
from therapymail.domain.day_words import moment_for_both, span_in_words, weekday_in_words
from therapymail.domain.expiry import OWN, expiry_step
from therapymail.domain.local_days import local_day
from therapymail.domain.today import Item, Matter, Progress, Section
from therapymail.domain.wording import count_words

_HEADINGS = {
    Section.PROPOSED: "Waiting to be accepted",
    Section.LATE: "Responses past their time",
    Section.WITHIN_THE_DAY: "Responses due within the day",
    Section.LATER: "Responses due later",
    Section.LETTER_OVERDUE: "Letters that have not come",
    Section.NOT_ARRIVED: "Letters of yours that have not arrived",
    Section.UNOPENED: "Mail that could not be opened",
    Section.KEYS: "Keys",
    Section.REVIEWS: "Reviews and blocks",
    Section.CARE: "Your practice itself",
    Section.STRANGERS: "From nobody known",
    Section.COMING: "Coming",
}
_MOST_NAMES = 3


def heading(section: Section) -> str:
    """What stands above a section."""
    return _HEADINGS[section]


def says(item: Item, now: datetime, own_zone: str) -> str:
    """What an item is about, in one sentence that names the client by their code alone."""
    return _SAYS[item.matter](item, now, own_zone)


def next_command(item: Item) -> str:
    """What to do about an item: one short sentence with its command, or empty."""
    if item.step:
        return item.step
    newest = item.letters[-1] if item.letters else ""
    return _next_of(item).format(code=item.code, letter=newest, first=(item.letters or ("",))[0], draft=item.draft)


# --- sentences -----------------------------------------------------------------------------------------


def _response(item: Item, now: datetime, own_zone: str) -> str:
    assert item.since, "a response is owed for a letter that came"
    parts = [f"{item.code}: the response of exchange {item.exchange} {_when_due(item, now, own_zone)}"]
    if item.progress is Progress.NOT_BEGUN:
        receipt = "a receipt was sent" if item.receipted else "no receipt was sent"
        parts.append(f"{_names(item.letters)} {_came(item, now)}; {receipt}")
    else:
        parts.append(f"{item.draft} {_PROGRESS[item.progress or Progress.DRAFT]}")
    return ". ".join(parts) + "."


def _when_due(item: Item, now: datetime, own_zone: str) -> str:
    if item.at is None:
        return "waits; nothing is agreed about when"
    when, span = moment_for_both(item.at, own_zone, item.zone), span_in_words(item.at - now)
    return {
        Due.LATE: f"was due {when}, {span} ago",
        Due.WITHIN_THE_DAY: f"is due in {span}: {when}",
        Due.LATER: f"is due {when}",
    }[due_state(item.at, now)]


_PROGRESS = {
    Progress.DRAFT: "is begun",
    Progress.HELD: "is held",
    Progress.TO_READ_AGAIN: "waits for its second reading",
    Progress.ON_ITS_WAY: "is released and on its way",
    Progress.STOPPED: "has not left, see below",
}


def _letter(item: Item, now: datetime, own_zone: str) -> str:
    assert item.at, "a letter is expected by a moment"
    when = moment_for_both(item.at, own_zone, item.zone)
    if item.section is Section.COMING:
        return f"{item.code}: a letter is expected by {when}."
    missed = f"; {item.number} letter days have passed" if item.number > 1 else ""
    said = f"{item.code}: a letter was expected by {when}, {span_in_words(now - item.at)} ago{missed}."
    return f"{said} {_otherwise(item)}".rstrip()


def _proposed(item: Item, now: datetime, _own_zone: str) -> str:
    many = item.number > 1
    counts = "They count once you accept them" if many else "It counts once you accept it"
    return f"{item.code}: {_mails(item)} {_came(item, now)}, not proven to be theirs. {counts}."


def _unopened(item: Item, now: datetime, _own_zone: str) -> str:
    why = f": {item.why}" if item.why else ""
    ago = span_in_words(now - item.since) if item.since else ""
    first = "It" if item.number == 1 else "The first"
    return f"{item.code}: {_mails(item)} could not be opened{why}. {first} came {ago} ago."


def _bounce(item: Item, now: datetime, _own_zone: str) -> str:
    about = item.draft or "a mail of yours"
    said = f"{item.code}: {about} did not arrive; the report, {_names(item.letters)}, {_came(item, now)}."
    return f"{said} {_otherwise(item)}".rstrip()


def _otherwise(item: Item) -> str:
    """The other channel that is agreed for when mail does not arrive."""
    return f"Agreed for such a case: {item.why}." if item.why else ""


def _reason(words: str) -> Callable[[Item, datetime, str], str]:
    def said(item: Item, now: datetime, own_zone: str) -> str:
        when = moment_for_both(item.since or now, own_zone, item.zone)
        why = f": {item.why}" if item.why else ""
        return f"{item.code}: {item.draft} {words.format(when=when)}{why}."

    return said


def _key_change(item: Item, now: datetime, _own_zone: str) -> str:
    since = f" {span_in_words(now - item.since)} ago" if item.since else ""
    stops = "; no letter leaves until you decide" if item.number else ", which stops nothing"
    return f"{item.code}: another key than the pinned one came{since}{stops}."


def _key_expiry(item: Item, _now: datetime, own_zone: str) -> str:
    assert item.at, "a key ends at a moment"
    whose, day = (
        f"the key of {item.code}" if item.code else "your own key",
        weekday_in_words(local_day(item.at, own_zone)),
    )
    if not item.number:
        return f"{_begun(whose)} expired on {day}; old letters still open."
    return f"{_begun(whose)} expires on {day}, in less than {item.number} days."


def _review(item: Item, _now: datetime, _own_zone: str) -> str:
    place = f" ({item.place} of {item.size})" if item.size else ""
    return f"{item.code}: a review was agreed at exchange {item.exchange}{place}."


def _block(item: Item, _now: datetime, _own_zone: str) -> str:
    if not item.number and item.place and item.size and item.place < item.size:
        more = f"{count_words(item.place, 'exchange')} more {'has' if item.place == 1 else 'have'} begun"
        return f"{item.code}: all agreed exchanges are used, and {more}."
    left = f"{count_words(item.number, 'exchange')} left" if item.number else "it has ended"
    return f"{item.code}: {item.place} of {item.size} in the block; {left}."


def _strangers(item: Item, _now: datetime, _own_zone: str) -> str:
    if item.number == 1:
        return "1 sealed mail from an unknown sender lies on the mail host, unread."
    return f"{item.number} sealed mails from unknown senders lie on the mail host, unread."


_SAYS: dict[Matter, Callable[[Item, datetime, str], str]] = {
    Matter.PROPOSED: _proposed,
    Matter.RESPONSE: _response,
    Matter.LETTER: _letter,
    Matter.BOUNCE: _bounce,
    Matter.UNCERTAIN: _reason("has perhaps been sent, perhaps not, since {when}"),
    Matter.REFUSED: _reason("does not leave"),
    Matter.NOT_TAKEN: _reason("was not taken by the mail host"),
    Matter.WAITS: _reason("was to leave {when} and waits"),
    Matter.SECOND_READING: _reason("waits for its second reading since {when}"),
    Matter.UNOPENED: _unopened,
    Matter.KEY_CHANGE: _key_change,
    Matter.KEY_EXPIRY: _key_expiry,
    Matter.REVIEW: _review,
    Matter.BLOCK: _block,
    Matter.CARE: lambda item, _now, _zone: item.why,
    Matter.STRANGERS: _strangers,
}


def _mails(item: Item) -> str:
    return _names(item.letters) if item.number <= _MOST_NAMES else count_words(item.number, "mail")


def _names(names: tuple[str, ...]) -> str:
    """The names of a few letters, oldest first: HERON-3, HERON-4 and 2 more."""
    shown, more = names[:_MOST_NAMES], len(names) - _MOST_NAMES
    said = ", ".join(shown)
    return f"{said} and {more} more" if more > 0 else said


def _came(item: Item, now: datetime) -> str:
    ago = span_in_words(now - item.since) + " ago" if item.since else ""
    return f"came {ago}" if item.number == 1 else f"came, the first {ago}"


def _begun(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


# --- commands ------------------------------------------------------------------------------------------

_RESPONSE_NEXT = {
    Progress.NOT_BEGUN: "`therapymail reply {letter}`",
    Progress.DRAFT: "`therapymail drafts edit {draft}`",
    Progress.HELD: "`therapymail outbox show {draft}`",
    Progress.TO_READ_AGAIN: "`therapymail outbox release {draft}`",
    Progress.ON_ITS_WAY: "`therapymail sync`",
    Progress.STOPPED: "`therapymail outbox show {draft}`",
}
_NEXT = {
    Matter.PROPOSED: "`therapymail read {first}`",
    Matter.BOUNCE: "`therapymail read {first}`",
    Matter.UNOPENED: "`therapymail read {first}`",
    Matter.KEY_CHANGE: "`therapymail client show {code}`",
    Matter.REVIEW: "`therapymail review {code}`",
    Matter.BLOCK: "`therapymail agree {code}`",
    Matter.STRANGERS: "`therapymail client add CODE`",
}


_SILENCE_NEXT = {
    Silence.SHORT: "`therapymail client show {code}`",
    Silence.CHECK_IN: "`therapymail write {code} --kind check-in`",
    Silence.PAUSE: "`therapymail client pause {code}`, if the work is to rest.",
}


_BOUNCED_NEXT = "`therapymail read {first}`; `therapymail write {code} --again {draft}` begins it anew."


def _next_of(item: Item) -> str:
    match item.matter:
        case Matter.RESPONSE:
            return _RESPONSE_NEXT[item.progress or Progress.NOT_BEGUN]
        case Matter.KEY_EXPIRY:
            return expiry_step(item.code or OWN)
        case Matter.LETTER:
            return _SILENCE_NEXT[item.silence] if item.silence else ""
        case Matter.BOUNCE if item.draft:
            return _BOUNCED_NEXT
    return _NEXT.get(item.matter, "")
