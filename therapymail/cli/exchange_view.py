"""Exchanges on the screen and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from therapymail.cli.output import narrate, print_line, print_table, utc_text
from therapymail.domain.day_words import moment_for_both, span_in_words, weekday_in_words
from therapymail.domain.local_days import local_day
from therapymail.domain.wording import count_words

if TYPE_CHECKING:
    from datetime import datetime

    from therapymail.domain.exchange import Exchange
    from therapymail.practice.exchanges import ExchangesWith

Shape = dict[str, Any]
_HEADINGS = ("EXCHANGE", "PLACE", "LETTER", "CAME", "WORDS", "RESPONSE", "SENT")
_LABEL = 12


def exchanges_shape(found: ExchangesWith) -> Shape:
    """All exchanges with a client, and what is outside them."""
    balance = found.standing.balance
    return {
        "client": found.client.code,
        "exchanges": [exchange_shape(found, each) for each in found.course.exchanges],
        "missed": [day.isoformat() for day in (*found.course.missed, *found.standing.missed)],
        "after_closing": list(found.named(found.course.after_closing)),
        "balance": None if balance is None else dict(balance._asdict()),
        "letter_due": utc_text(found.standing.due),
    }


def exchange_shape(found: ExchangesWith, exchange: Exchange) -> Shape:
    """One exchange; `late_hours` are whole hours after `due` that the response came, or is waited for."""
    from therapymail.domain import exchange_shape as shared

    return shared.exchange_shape(found.told(exchange))


def print_exchanges(found: ExchangesWith, zone: str) -> None:
    """One row for each exchange, oldest first; then what is to be said of them, and what is outside them.

    Remarks stand below the table: beside it they would be the first to be cut on a narrow terminal.
    """
    if not found.course.exchanges:
        narrate(f"No exchanges with {found.client.code} yet.")
    else:
        rows = [_row(found, each, zone) for each in found.course.exchanges]
        print_table(_HEADINGS, rows, flexible=_HEADINGS.index("LETTER"))
    for each in found.course.exchanges:
        if note := _note(found, each):
            print_line(f"Exchange {each.number}: {note}.")
    missed = (*found.course.missed, *found.standing.missed)
    if missed:
        print_line(f"No letter came on {', '.join(f'{day:%Y-%m-%d}' for day in missed)}.")
    if after := found.named(found.course.after_closing):
        print_line(f"After closing: {', '.join(after)}.")
    balance = found.standing.balance
    if balance is not None:
        left = count_words(balance.left, "agreed exchange")
        narrate(f"Block {balance.block}: {balance.used} of {balance.size}; {left} left.")


def print_exchange(found: ExchangesWith, exchange: Exchange, zone: str) -> None:
    """One exchange whole."""
    zones = zone, found.client.zone
    place = f"  {exchange.place} of {exchange.block_of}, block {exchange.block}" if exchange.place else ""
    print_line(f"{found.client.code}  exchange {exchange.number}{place}")
    limit = ", over the agreed length" if exchange.over_length else ""
    for label, text in (
        ("Letters", " ".join(found.named(exchange.letters))),
        ("Came", moment_for_both(exchange.opened, *zones, year=True)),
        ("Expected", weekday_in_words(exchange.expected, year=True) if exchange.expected else ""),
        ("Words", f"{exchange.words}{limit}"),
        ("Due", moment_for_both(exchange.due, *zones, year=True) if exchange.due else ""),
        ("Responses", " ".join(found.named(exchange.responses)) or "none yet"),
        ("Sent", moment_for_both(exchange.answered, *zones, year=True) if exchange.answered else ""),
        ("Agreement", f"version {exchange.agreement}" if exchange.agreement else "none"),
        ("Note", _note(found, exchange)),
    ):
        if text:
            print_line(f"{label:<{_LABEL}}{text}", hang=_LABEL)


def _row(found: ExchangesWith, exchange: Exchange, zone: str) -> tuple[str, ...]:
    return (
        str(exchange.number),
        f"{exchange.place}/{exchange.block_of}" if exchange.place else "-",
        " ".join(found.named(exchange.letters)),
        _day(exchange.opened, zone),
        str(exchange.words),
        " ".join(found.named(exchange.responses)) or "-",
        _day(exchange.answered, zone) if exchange.answered else "-",
    )


def _day(moment: datetime, zone: str) -> str:
    return f"{local_day(moment, zone):%Y-%m-%d}"


def _note(found: ExchangesWith, exchange: Exchange) -> str:
    """What is to be said of it, in words; nothing where all was as agreed."""
    late = exchange.late_by(found.now)
    said = []
    if exchange.client_days_late:
        said.append(f"letter {count_words(exchange.client_days_late, 'day')} late")
    if exchange.over_length:
        said.append("over length, counts as two" if exchange.counts > 1 else "over length")
    if exchange in found.standing.waiting:
        waits = f"late by {span_in_words(late)}" if late else "waits for a response"
        said.append(waits)
    elif late and exchange.answered:
        said.append(f"response {span_in_words(late)} late")
    if exchange.is_review:
        said.append("review")
    return ", ".join(said)
