"""Clients and their addresses, as rows; every change is a journal entry. Their keys are in `vault.pins`."""

from collections.abc import Sequence
from datetime import datetime

from therapymail.domain.addresses import canonical_address
from therapymail.domain.client import Client, ClientStatus
from therapymail.domain.journal import Entry
from therapymail.domain.names import client_code
from therapymail.errors import ClientExists, ClientUnknown, UnusableInput
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.identity import new_identity
from therapymail.vault.journal import Payload
from therapymail.vault.moments import from_microseconds, to_microseconds
from therapymail.vault.pins import pins_of
from therapymail.vault.projection import projects, record
from therapymail.vault.stale import mark_stale
from therapymail.vault.statuses import note_status
from therapymail.vault.storable import storable

_ALL = "SELECT identity, code, name, write_to, zone, status, added FROM client"


# --- reading -------------------------------------------------------------------------------------------


def clients(reader: Reader) -> list[Client]:
    """All clients, by code."""
    addresses, pins = _addresses_of(reader), pins_of(reader)
    return [
        Client(
            identity=identity,
            code=code,
            name=name,
            write_to=write_to,
            writes_from=tuple(addresses.get(identity, ())),
            pins=tuple(pins.get(identity, ())),
            zone=zone,
            status=ClientStatus(status),
            added=from_microseconds(added),
        )
        for identity, code, name, write_to, zone, status, added in reader.rows(f"{_ALL} ORDER BY code")
    ]


def client_by_code(reader: Reader, code: str) -> Client:
    """The client with this code, in any case. Raises ClientUnknown, UnusableInput."""
    wanted = client_code(code)
    for client in clients(reader):
        if client.code == wanted:
            return client
    raise ClientUnknown(wanted)


def client_by_identity(reader: Reader, identity: str) -> Client:
    """The client with this identity. Raises ClientUnknown."""
    for client in clients(reader):
        if client.identity == identity:
            return client
    raise ClientUnknown(identity)


def addresses(reader: Reader) -> dict[str, str]:
    """Every address that a client writes from, with that client's identity."""
    return dict(reader.rows("SELECT address, client FROM client_address ORDER BY address"))


def _addresses_of(reader: Reader) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for client, address in reader.rows("SELECT client, address FROM client_address ORDER BY client, position"):
        found.setdefault(client, []).append(address)
    return found


# --- changing ------------------------------------------------------------------------------------------


def add_client(
    writer: Writer, *, code: str, name: str, write_to: str, writes_from: Sequence[str] = (), zone: str, now: datetime
) -> Client:
    """Add a client who writes from `write_to` and any further `writes_from`; no key is pinned yet.

    Raises ClientExists where the code or an address is another client's, UnusableInput.
    """
    identity = new_identity()
    payload: Payload = {
        "code": client_code(code),
        "name": storable(name),
        "write_to": canonical_address(write_to),
        "writes_from": _distinct([write_to, *writes_from]),
        "zone": storable(zone),
        "status": ClientStatus.ACTIVE.value,
        "added": to_microseconds(now),
    }
    _refuse_taken(writer, identity, payload)
    record(writer, "client.added", identity, payload, now)
    return client_by_identity(writer, identity)


def edit_client(
    writer: Writer,
    identity: str,
    *,
    code: str | None = None,
    name: str | None = None,
    write_to: str | None = None,
    writes_from: Sequence[str] | None = None,
    zone: str | None = None,
    status: ClientStatus | None = None,
    now: datetime,
) -> Client:
    """Change what is given, leave the rest. The address we write to is always one they write from.

    Raises ClientUnknown, ClientExists, UnusableInput.
    """
    client = client_by_identity(writer, identity)
    canonical = client.write_to if write_to is None else canonical_address(write_to)
    kept = _distinct(list(client.writes_from) if writes_from is None else list(writes_from))
    wanted: Payload = {
        "code": client.code if code is None else client_code(code),
        "name": client.name if name is None else storable(name),
        "write_to": canonical,
        "writes_from": kept if canonical in kept else [canonical, *kept],
        "zone": client.zone if zone is None else storable(zone),
        "status": (client.status if status is None else status).value,
    }
    held = _as_payload(client)
    change = {field: value for field, value in wanted.items() if held[field] != value}
    if change:
        _refuse_taken(writer, identity, change)
        record(writer, "client.edited", identity, change, now)
    return client_by_identity(writer, identity)


def _as_payload(client: Client) -> Payload:
    return {
        "code": client.code,
        "name": client.name,
        "write_to": client.write_to,
        "writes_from": list(client.writes_from),
        "zone": client.zone,
        "status": client.status.value,
    }


def _distinct(given: list[str]) -> list[str]:
    return list(dict.fromkeys(canonical_address(address) for address in given))


def _refuse_taken(reader: Reader, identity: str, payload: Payload) -> None:
    """Raise ClientExists where the payload's code or one of its addresses is another client's."""
    other = reader.row("SELECT code FROM client WHERE code = ? AND identity <> ?", (payload.get("code"), identity))
    if other:
        raise ClientExists(other[0], "code")
    for address in payload.get("writes_from", []):
        other = reader.row(
            "SELECT code FROM client_address JOIN client ON identity = client WHERE address = ? AND identity <> ?",
            (address, identity),
        )
        if other:
            raise ClientExists(other[0], "address")
    if not payload.get("name", "-").strip():
        raise UnusableInput("name", "it may not be empty")


# --- carrying out --------------------------------------------------------------------------------------


@projects("client.added")
def _added(writer: Writer, entry: Entry, payload: Payload) -> None:
    writer.run(
        "INSERT INTO client (identity, code, name, write_to, zone, status, added) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            entry.about,
            payload["code"],
            payload["name"],
            payload["write_to"],
            payload["zone"],
            payload["status"],
            payload["added"],
        ),
    )
    writer.run("INSERT INTO client_counter (client, last_number) VALUES (?, 0)", (entry.about,))
    _set_addresses(writer, entry.about, payload["writes_from"])
    mark_stale(writer, entry.about)


@projects("client.edited")
def _edited(writer: Writer, entry: Entry, payload: Payload) -> None:
    for column in ("code", "name", "write_to", "zone"):
        if column in payload:
            writer.run(f"UPDATE client SET {column} = ? WHERE identity = ?", (payload[column], entry.about))  # noqa: S608 - fixed columns
    if "status" in payload:
        note_status(writer, entry.about, payload["status"], entry.time, None)
    if "writes_from" in payload:
        _set_addresses(writer, entry.about, payload["writes_from"])


def _set_addresses(writer: Writer, identity: str, given: Sequence[str]) -> None:
    writer.run("DELETE FROM client_address WHERE client = ?", (identity,))
    writer.run_many(
        "INSERT INTO client_address (address, client, position) VALUES (?, ?, ?)",
        [(address, identity, position) for position, address in enumerate(given)],
    )
