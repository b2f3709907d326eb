"""The boundaries between the steps that a program takes: something can be done at each, such as killing it."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from therapymail.mail.mailbox import Mailbox
from therapymail.mail.offering import Offering
from therapymail.pgp.bulk import BulkOpener
from therapymail.practice import seal_letter
from therapymail.practice.arrival import ArrivalReader
from therapymail.vault import filing, outbox, places, sent, sent_copies
from therapymail.vault.connection import Vault

OF_SENDING: tuple[tuple[Any, str], ...] = (
    (seal_letter, "seal"),
    (seal_letter, "prove"),
    (seal_letter.Sealer, "read_own"),
    (outbox, "move"),
    (sent, "keep_sealed"),
    (sent, "mark_sent"),
    (Offering, "offer"),
    (Offering, "_announce"),
    (Offering, "_ask"),
    (Offering, "_send"),
    (Offering, "_write"),
    (sent_copies, "tried"),
    (sent_copies, "done"),
    (Mailbox, "append"),
    (Mailbox, "find_message_id"),
)
OF_RECEIVING: tuple[tuple[Any, str], ...] = (
    (Mailbox, "open"),
    (Mailbox, "search_addresses"),
    (Mailbox, "fetch"),
    (BulkOpener, "expect"),
    (ArrivalReader, "finish"),
    (Vault, "writing"),
    (filing, "file_letters"),
    (filing, "record_all"),
    (filing, "add_places"),
    (places, "set_bookmark"),
    (places, "note_strangers"),
)


def mark(functions: Iterable[tuple[Any, str]], boundary: Callable[[], None]) -> None:
    """Call `boundary` before and after each of `functions` (owner and name), for the rest of this process."""
    for owner, name in functions:
        setattr(owner, name, _wrapped(getattr(owner, name), boundary))


def mark_units(boundary: Callable[[], None]) -> None:
    """Call `boundary` around each BEGIN and COMMIT of the vault's units of work."""
    whole_unit = Vault._unit

    @contextmanager
    def unit(vault: Vault, *settings: Any, **more: Any) -> Iterator[Any]:
        boundary()
        with whole_unit(vault, *settings, **more) as connection:
            boundary()
            yield connection
            boundary()
        boundary()

    Vault._unit = unit  # type: ignore[assignment] # the same, with boundaries


def _wrapped(original: Any, boundary: Callable[[], None]) -> Any:
    if inspect.iscoroutinefunction(original):

        async def waited(*args: Any, **kwargs: Any) -> Any:
            boundary()
            result = await original(*args, **kwargs)
            boundary()
            return result

        return waited

    def called(*args: Any, **kwargs: Any) -> Any:
        boundary()
        result = original(*args, **kwargs)
        boundary()
        return result

    return called
