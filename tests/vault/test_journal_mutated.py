"""Whatever is done to one entry of the journal behind the program's back, the audit finds it, and where (F34)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlcipher3 import dbapi2 as sqlcipher

from therapymail.vault import journal
from therapymail.vault.cipher import connect
from therapymail.vault.connection import Vault, Writer
from therapymail.vault.erasing import erase_entries
from therapymail.vault.key import key_as_hex

from .builders import NOW, add_heron
from .conftest import TEST_KEY

ENTRIES = 40
OTHER_DEVICE = bytes(range(16))
_COLUMNS = ("time", "what", "about", "payload_hash", "previous")
_GUARDS = ("journal_is_never_edited", "journal_is_never_shortened", "payload_is_never_edited")


@pytest.fixture(scope="module")
def chains(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, sqlcipher.Connection]]:
    """A vault with chains of two devices, erased entries in one, and a connection without the guards."""
    path = tmp_path_factory.mktemp("chains") / "vault.db"
    with Vault.create(path, TEST_KEY, NOW) as vault, vault.writing() as writer:
        add_heron(writer)
        own = journal.this_device(writer)
        for number in range(ENTRIES // 2):
            journal.append(writer, "letter.filed", f"{number:064x}", {"n": number}, NOW)
        erase_entries(writer, [(own, 3), (own, 7), (own, 8)], NOW)
        _as_another_device(writer, own)
    connection = connect(path, key_as_hex(TEST_KEY))
    for guard in _GUARDS:
        connection.execute(f"DROP TRIGGER {guard}")
    with Vault.open(path, TEST_KEY) as vault, vault.reading() as reader:
        assert journal.verify(reader).problems == ()
    yield path, connection
    connection.close()


def _as_another_device(writer: Writer, own: bytes) -> None:
    writer.run("UPDATE meta SET value = ? WHERE name = 'device'", (OTHER_DEVICE.hex(),))
    for number in range(ENTRIES // 2):
        journal.append(writer, "letter.tagged", f"{number:064x}", {"n": number}, NOW)
    writer.run("UPDATE meta SET value = ? WHERE name = 'device'", (own.hex(),))


def _changed(value: object) -> object:
    """A value of the same sort that is not this one."""
    if isinstance(value, int):
        return value ^ 1
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:]
    return f"{value}x"


def _edit(connection: sqlcipher.Connection, device: bytes, sequence: int, column: str) -> None:
    where = "WHERE device = ? AND sequence = ?"
    (value,) = connection.execute(f"SELECT {column} FROM journal {where}", (device, sequence)).fetchone()
    connection.execute(f"UPDATE journal SET {column} = ? {where}", (_changed(value), device, sequence))


def _remove(connection: sqlcipher.Connection, device: bytes, sequence: int) -> None:
    for table in ("journal_payload", "journal"):
        connection.execute(f"DELETE FROM {table} WHERE device = ? AND sequence = ?", (device, sequence))


def _swap(connection: sqlcipher.Connection, device: bytes, sequence: int) -> None:
    """Let two neighbours change places."""
    for before, after in ((sequence, -1), (sequence + 1, sequence), (-1, sequence + 1)):
        for table in ("journal", "journal_payload"):
            connection.execute(
                f"UPDATE {table} SET sequence = ? WHERE device = ? AND sequence = ?", (after, device, before)
            )


def _edit_payload(connection: sqlcipher.Connection, device: bytes, sequence: int) -> None:
    """Say something else, or something again where it was erased."""
    found = connection.execute(
        "UPDATE journal_payload SET payload = ? WHERE device = ? AND sequence = ?", (b'{"n":0.5}', device, sequence)
    )
    if not found.rowcount:
        connection.execute(
            "INSERT INTO journal_payload (device, sequence, nonce, payload) VALUES (?, ?, ?, ?)",
            (device, sequence, bytes(16), b"{}"),
        )


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_F34_any_change_removal_or_new_order_of_one_entry_is_found_and_located(
    chains: tuple[Path, sqlcipher.Connection], data: st.DataObject
) -> None:
    path, connection = chains
    lengths = dict(connection.execute("SELECT device, max(sequence) FROM journal GROUP BY device").fetchall())
    device = data.draw(st.sampled_from(sorted(lengths)))
    deed = data.draw(st.sampled_from((*_COLUMNS, "remove", "swap", "payload")))
    sequence = data.draw(st.integers(1, lengths[device] - (1 if deed == "swap" else 0)))
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("BEGIN IMMEDIATE")
    try:
        if deed in _COLUMNS:
            _edit(connection, device, sequence, deed)
        else:
            {"remove": _remove, "swap": _swap, "payload": _edit_payload}[deed](connection, device, sequence)
        problems = journal.verify(Writer(connection)).problems
    finally:
        connection.execute("ROLLBACK")
    # An entry is told by what its neighbour, or the chain's end, says of it.
    near = {sequence - 1, sequence, sequence + 1}
    assert any(each.device == device.hex() and each.sequence in near for each in problems), (deed, sequence, problems)
    if deed in {"remove", "payload"}:
        assert any(each.device == device.hex() and each.sequence == sequence for each in problems), problems
    assert all(
        each.device == device.hex() for each in problems if each.finding is not journal.ChainFinding.PAYLOAD_MISSING
    )
    assert len(problems) <= 6
    assert path.exists()
