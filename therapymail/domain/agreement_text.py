"""What is agreed and how the work stands, in words: for the command line and the room alike. Pure."""

from collections.abc import Iterator
from datetime import datetime

from therapymail.domain.agreement import Agreement, Terms
from therapymail.domain.agreement_form import written_term
from therapymail.domain.agreement_terms import LABELS, terms_as_json
from therapymail.domain.course import CourseStanding
from therapymail.domain.day_words import moment_for_both
from therapymail.domain.local_days import is_end_of_day, local_day
from therapymail.domain.wording import count_words, local_text

Line = tuple[str, str]  # label, text


def start_words(agreement: Agreement) -> str:
    """The day on which it starts, on the client's clock; with the minute where it is not the day's beginning."""
    starts, zone = agreement.starts, agreement.terms.client_zone
    return f"{local_day(starts, zone):%Y-%m-%d}" if is_end_of_day(starts, zone) else local_text(starts, zone)


def state_words(agreement: Agreement, in_force: Agreement | None, now: datetime) -> str:
    """Whether a version holds at `now`."""
    if agreement.withdrawn is not None:
        return "taken back"
    if in_force is not None and agreement.identity == in_force.identity:
        return "in force"
    return "to start" if agreement.starts > now else "before"


def outline(terms: Terms) -> str:
    """The terms that matter most, in one line."""
    said = terms_as_json(terms)
    day = f", on {said['letter_day'].capitalize()}" if said["letter_day"] else ""
    words = f"{terms.word_limit} words" if terms.word_limit else "no word limit"
    return f"every {terms.rhythm_days} days{day}; response in {said['window']}; {words}; {terms.agreed} exchanges"


def term_lines(terms: Terms) -> tuple[Line, ...]:
    """Every term with its label, in the order in which they are always told."""
    return tuple((LABELS[name], written_term(name, value)) for name, value in terms_as_json(terms).items())


def standing_lines(standing: CourseStanding, own_zone: str, client_zone: str) -> Iterator[Line]:
    """The block, the responses that are owed, and when the next letter is expected."""
    zones = own_zone, client_zone
    if (balance := standing.balance) is not None:
        yield "Block", f"{balance.used} of {balance.size}; {count_words(balance.left, 'agreed exchange')} left"
    for exchange in standing.waiting:
        when = "" if exchange.due is None else f", due {moment_for_both(exchange.due, *zones)}"
        yield "Response", f"exchange {exchange.number} waits for it{when}"
    if standing.due is not None:
        yield "Letter", f"expected by {moment_for_both(standing.due, *zones)}"
