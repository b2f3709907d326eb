"""One IDLE (RFC 2177): waiting until the server says that the open folder changed."""

from threading import Event

from therapymail.mail.connection import Connection
from therapymail.mail.wire import Wire, clock

_SLICE_SECONDS = 0.3


def idle(connection: Connection, stop: Event, seconds: float) -> bool:
    """Wait for news of the open folder: True when mail came or went, False after `seconds` or once `stop` is set.

    News that came with earlier answers counts. A line may come in any number of pieces. Raises what the wire
    raises; a dead link shows at the end of the wait, when DONE finds no answer.
    """
    wire = connection.wire
    if not wire.news:
        wire.untagged_responses.clear()
        tag = wire.begin(b"IDLE\r\n")
        wire.await_go_ahead(tag)
        _wait_for_news(wire, stop, clock() + seconds)
        wire.send(b"DONE\r\n")
        wire.complete(tag)
    news, wire.news = wire.news, False
    return news


def _wait_for_news(wire: Wire, stop: Event, ends: float) -> None:
    while not wire.news and not stop.is_set() and (left := ends - clock()) > 0:
        if wire.line_within(min(left, _SLICE_SECONDS)):
            wire.take_answer()
