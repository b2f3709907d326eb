"""An exchange as an object of words and numbers: the same for `exchange --json`, CSV and the export of a record."""

from datetime import UTC, datetime, timedelta
from typing import Any

from therapymail.domain.record import ToldExchange

_HOUR = timedelta(hours=1)


def exchange_shape(told: ToldExchange) -> dict[str, Any]:
    """One exchange; moments are UTC with `Z`, days the client's."""
    exchange = told.exchange
    return {
        "number": exchange.number,
        "block": exchange.block,
        "place": exchange.place,
        "block_of": exchange.block_of,
        "counts": exchange.counts,
        "letters": list(told.letters),
        "responses": list(told.responses),
        "words": exchange.words,
        "over_length": exchange.over_length,
        "opened": moment_shape(exchange.opened),
        "due": moment_shape(exchange.due),
        "answered": moment_shape(exchange.answered),
        "late_hours": told.late,
        "agreement": exchange.agreement,
        "review": exchange.is_review,
        "expected": exchange.expected.isoformat() if exchange.expected else None,
        "days_late": exchange.client_days_late,
    }


def moment_shape(moment: datetime | None) -> str | None:
    """`moment` as ISO 8601 in UTC with `Z`, whole seconds; None stays None."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def whole_hours(span: timedelta | None) -> int | None:
    """How many whole hours `span` is; None stays None."""
    return None if span is None else span // _HOUR
