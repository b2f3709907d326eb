"""Listing folders and how they stand in a constant number of round trips."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from imapclient.exceptions import ProtocolError
from imapclient.response_parser import parse_response

from therapymail.mail.answers import Piece, records
from therapymail.mail.connection import Connection
from therapymail.mail.folder import (
    Folder,
    FolderState,
    decoded_name,
    encoded_name,
    folder_from_list,
    with_known_names,
)

_MOST_PIPELINED_BYTES = 16_000  # so much fits any server's reading buffer while it is busy writing answers
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")


def list_folders(connection: Connection) -> tuple[Folder, ...]:
    """Every folder of the account, INBOX first, else in the server's order; unreadable lines are left out."""
    returning = [b"RETURN", b"(SPECIAL-USE)"] if _extended(connection) else []
    answer = connection.command(b"LIST", b'""', b'"*"', *returning)
    found: dict[str, Folder] = {}
    delimiters: dict[str, str] = {}
    for record in records(answer.get("LIST", [])):
        match _parsed(record):
            case (tuple(flags), delimiter, wire_name) if (plain := _plain(wire_name)) and not _CONTROL.search(plain):
                separator = delimiter.decode("latin-1") if isinstance(delimiter, bytes) else ""
                folder = folder_from_list(tuple(flag for flag in flags if isinstance(flag, bytes)), decoded_name(plain))
                found.setdefault(folder.name, folder)
                delimiters[folder.name] = separator
    ordered = sorted(found.values(), key=lambda folder: folder.name != "INBOX")
    return with_known_names(tuple(ordered), delimiters)


def folder_states(connection: Connection, names: Sequence[str]) -> dict[str, FolderState]:
    """How the folders `names` stand; those that the server does not tell of are missing.

    One round trip with LIST-STATUS (RFC 5819), and one more for folders it was silent about; else all STATUS
    commands in one.
    """
    items = b"(MESSAGES UIDNEXT UIDVALIDITY%b)" % (b" HIGHESTMODSEQ" if connection.change_numbers else b"")
    states: dict[str, FolderState] = {}
    if len(names) > 1 and connection.can("LIST-STATUS"):
        answer = connection.command(b"LIST", b'""', b'"*"', b"RETURN", b"(STATUS " + items + b")")
        states.update(_states(answer.get("STATUS", [])))
    missing = [b"STATUS " + encoded_name(name) + b" " + items for name in names if name not in states]
    for lines in _portions(missing):
        states.update(_states(connection.pipeline(lines).get("STATUS", [])))
    return {name: states[name] for name in names if name in states}


def _extended(connection: Connection) -> bool:
    return connection.can("LIST-EXTENDED") and connection.can("SPECIAL-USE")


def _portions(lines: Iterable[bytes]) -> Iterable[list[bytes]]:
    portion: list[bytes] = []
    size = 0
    for line in lines:
        if portion and size + len(line) > _MOST_PIPELINED_BYTES:
            yield portion
            portion, size = [], 0
        portion.append(line)
        size += len(line)
    if portion:
        yield portion


def _states(pieces: Iterable[Piece]) -> dict[str, FolderState]:
    states: dict[str, FolderState] = {}
    for record in records(pieces):
        match _parsed(record):
            case (wire_name, tuple(items)) if plain := _plain(wire_name):
                name = decoded_name(plain)
                name = "INBOX" if name.upper() == "INBOX" else name
                values = dict(zip(items[::2], items[1::2], strict=False))
                state = state_from(
                    name, {key.upper(): value for key, value in values.items() if isinstance(key, bytes)}
                )
                if state is not None:
                    states[name] = state
    return states


def state_from(name: str, values: dict[Any, Any]) -> FolderState | None:
    """The state in STATUS items or EXAMINE answers, by upper-case name; None without a usable UIDVALIDITY."""
    validity, uidnext = values.get(b"UIDVALIDITY"), values.get(b"UIDNEXT", 0)
    messages, modseq = values.get(b"MESSAGES"), values.get(b"HIGHESTMODSEQ")
    if not isinstance(validity, int) or validity <= 0 or not isinstance(messages, int):
        return None
    return FolderState(
        name,
        validity,
        uidnext if isinstance(uidnext, int) else 0,
        messages,
        modseq if isinstance(modseq, int) and modseq > 0 else None,
    )


def _parsed(record: list[Piece]) -> tuple[Any, ...]:
    try:
        return tuple(parse_response(record))
    except (ProtocolError, ValueError, RecursionError):  # no answer, or lists within lists without end
        return ()


def _plain(wire_name: object) -> bytes:
    """A name as bytes: the parser makes numbers of names like 2023."""
    if isinstance(wire_name, int):
        return str(wire_name).encode()
    return wire_name if isinstance(wire_name, bytes) else b""
