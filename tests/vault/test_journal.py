"""The journal: whatever is changed, removed, reordered or cut off shows; what is erased is gone and says nothing."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlcipher3 import dbapi2 as sqlcipher

from therapymail.domain.journal import payload_bytes, payload_hash
from therapymail.errors import UnusableInput, VaultDamaged
from therapymail.vault import journal, restored
from therapymail.vault.cipher import connect
from therapymail.vault.connection import Vault, Writer
from therapymail.vault.journal import ChainFinding, Draft, verify
from therapymail.vault.key import key_as_hex

from .builders import NOW
from .conftest import TEST_KEY

TRIGGERS = ("journal_is_never_edited", "journal_is_never_shortened", "payload_is_never_edited")


def wrote(vault: Vault, number: int = 6) -> bytes:
    """A chain of `number` entries; the device's id."""
    with vault.writing() as writer:
        for count in range(number):
            journal.append(writer, "test.noted", f"{count:02x}", {"n": count}, NOW + timedelta(hours=count))
        return journal.this_device(writer)


def tamper(vault: Vault, *statements: tuple[str, tuple[Any, ...]]) -> None:
    """Change the journal as someone would who has the key and a database program."""
    with vault.writing() as writer:
        for trigger in TRIGGERS:
            writer.run(f"DROP TRIGGER {trigger}")
        writer.run("PRAGMA defer_foreign_keys = ON")
        for sql, parameters in statements:
            writer.run(sql, parameters)


def findings(vault: Vault) -> set[tuple[int, ChainFinding]]:
    with vault.reading() as reader:
        return {(problem.sequence, problem.finding) for problem in verify(reader).problems}


# --- appending -----------------------------------------------------------------------------------------


def test_entries_form_one_chain_without_a_gap(vault: Vault) -> None:
    device = wrote(vault)
    with vault.reading() as reader:
        entries = [entry for entry, _ in journal.entries(reader)]
        report = verify(reader)
    assert [entry.sequence for entry in entries] == [1, 2, 3, 4, 5, 6]
    assert {entry.device for entry in entries} == {device}
    assert all(after.previous == before.hash for before, after in pairwise(entries))
    assert (report.entries, report.erased, report.problems) == (6, 0, ())


def test_the_chain_goes_on_after_a_unit_of_work_was_undone(vault: Vault) -> None:
    def work_that_fails() -> None:
        with vault.writing() as writer:
            journal.append(writer, "test.noted", "", {}, NOW)
            raise ZeroDivisionError

    wrote(vault, 2)
    with pytest.raises(ZeroDivisionError):
        work_that_fails()
    wrote(vault, 2)
    with vault.reading() as reader:
        assert verify(reader).problems == ()
        assert [entry.sequence for entry, _ in journal.entries(reader)] == [1, 2, 3, 4]


def test_S23_entries_stay_in_order_when_the_clock_goes_back(vault: Vault) -> None:
    with vault.writing() as writer:
        for hours in (0, 5, -100_000, 3, 6):
            journal.append(writer, "test.noted", "", {"hours": hours}, NOW + timedelta(hours=hours))
    with vault.reading() as reader:
        said = [(entry.time, payload) for entry, payload in journal.entries(reader)]
    assert [payload and payload["hours"] for _, payload in said] == [0, 5, -100_000, 3, 6]
    assert [time for time, _ in said] == sorted({time for time, _ in said})


def test_entries_of_several_devices_merge_by_time_device_and_sequence(vault: Vault) -> None:
    wrote(vault, 2)
    other = bytes(16)
    with vault.writing() as writer:
        latest = writer.rows("SELECT time FROM journal ORDER BY time")
        for sequence, (time,) in enumerate(latest, start=1):
            writer.run(
                "INSERT INTO journal (device, sequence, time, what, about, payload_hash, previous)"
                " VALUES (?, ?, ?, 'test.noted', '', zeroblob(32), zeroblob(32))",
                (other, sequence, time),
            )
    with vault.reading() as reader:
        merged = [(entry.device == other, entry.sequence) for entry, _ in journal.entries(reader)]
    assert merged == [(True, 1), (False, 1), (True, 2), (False, 2)]


def test_an_entry_is_later_than_what_other_devices_wrote_before_it(vault: Vault) -> None:
    device = wrote(vault, 1)
    with vault.writing() as writer:
        writer.run("INSERT INTO journal_head VALUES (zeroblob(16), 1, ?, zeroblob(32))", (2**60,))
        entry = journal.append(writer, "test.noted", "", {}, NOW)
    assert entry.device == device
    assert entry.time == 2**60 + 1


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(payload=st.dictionaries(st.text(max_size=8), json_values, max_size=5))
def test_whatever_json_holds_comes_back_the_same(payload: dict[str, Any]) -> None:
    import json

    stored = payload_bytes(payload)
    assert json.loads(stored) == payload
    assert payload_bytes(json.loads(stored)) == stored
    assert payload_hash(b"a" * 16, stored) != payload_hash(b"b" * 16, stored)


def test_the_same_words_twice_do_not_look_the_same(vault: Vault) -> None:
    with vault.writing() as writer:
        first, second = journal.append_all(writer, [Draft("test.noted", "", {"name": "Hanna"})] * 2, NOW)
    assert first.payload_hash != second.payload_hash


# --- tampering -----------------------------------------------------------------------------------------


def test_the_database_itself_refuses_to_edit_or_shorten(vault: Vault) -> None:
    wrote(vault)
    for sql in (
        "UPDATE journal SET what = 'x'",
        "DELETE FROM journal WHERE sequence = 6",
        "UPDATE journal_payload SET payload = x'00'",
    ):
        with pytest.raises(sqlcipher.IntegrityError), vault.writing() as writer:
            writer.run(sql)
    assert findings(vault) == set()


@pytest.mark.parametrize(
    "column", ["time = time + 1", "what = 'test.other'", "about = 'ff'", "previous = randomblob(32)"]
)
@pytest.mark.parametrize("sequence", [1, 3, 6])
def test_an_edited_entry_is_found_and_located(vault: Vault, column: str, sequence: int) -> None:
    wrote(vault)
    tamper(vault, (f"UPDATE journal SET {column} WHERE sequence = ?", (sequence,)))
    found = findings(vault)
    assert {finding for _, finding in found} == {ChainFinding.ALTERED}
    located = {at for at, _ in found}
    # A changed `previous` may be the fault of either side of the link.
    assert located & {sequence, sequence - 1}
    assert located <= {max(sequence - 1, 1), sequence}


@pytest.mark.parametrize("sequence", [1, 3])
def test_an_edited_payload_is_found(vault: Vault, sequence: int) -> None:
    wrote(vault)
    tamper(vault, ("UPDATE journal_payload SET payload = ? WHERE sequence = ?", (b'{"n":9}', sequence)))
    assert findings(vault) == {(sequence, ChainFinding.PAYLOAD_ALTERED)}


def test_a_payload_removed_without_a_word_is_found(vault: Vault) -> None:
    wrote(vault)
    tamper(vault, ("DELETE FROM journal_payload WHERE sequence = 4", ()))
    assert findings(vault) == {(4, ChainFinding.PAYLOAD_MISSING)}


def test_a_removed_entry_is_found(vault: Vault) -> None:
    wrote(vault)
    tamper(
        vault,
        ("DELETE FROM journal_payload WHERE sequence = 3", ()),
        ("DELETE FROM journal WHERE sequence = 3", ()),
    )
    assert findings(vault) == {(3, ChainFinding.MISSING)}


def test_a_removed_entry_whose_successors_were_renumbered_is_found(vault: Vault) -> None:
    wrote(vault)
    tamper(
        vault,
        ("DELETE FROM journal_payload", ()),
        ("DELETE FROM journal WHERE sequence = 3", ()),
        ("UPDATE journal SET sequence = sequence - 1 WHERE sequence > 3", ()),
        ("UPDATE journal_head SET sequence = 5", ()),
    )
    assert (2, ChainFinding.ALTERED) in findings(vault)


def test_two_entries_in_another_order_are_found(vault: Vault) -> None:
    wrote(vault)
    tamper(
        vault,
        ("DELETE FROM journal_payload WHERE sequence IN (3, 4)", ()),
        ("UPDATE journal SET sequence = 99 WHERE sequence = 3", ()),
        ("UPDATE journal SET sequence = 3 WHERE sequence = 4", ()),
        ("UPDATE journal SET sequence = 4 WHERE sequence = 99", ()),
    )
    assert {2, 3, 4} & {at for at, finding in findings(vault) if finding is ChainFinding.ALTERED}


def test_a_chain_cut_short_is_found(vault: Vault) -> None:
    wrote(vault)
    tamper(
        vault,
        ("DELETE FROM journal_payload WHERE sequence >= 5", ()),
        ("DELETE FROM journal WHERE sequence >= 5", ()),
    )
    assert findings(vault) == {(5, ChainFinding.CUT_SHORT)}


def test_a_chain_whose_head_is_gone_is_found(vault: Vault) -> None:
    wrote(vault)
    tamper(vault, ("DELETE FROM journal_head", ()))
    assert findings(vault) == {(6, ChainFinding.HEADLESS)}


def test_an_inserted_entry_is_found(vault: Vault) -> None:
    device = wrote(vault)
    tamper(
        vault,
        (
            "INSERT INTO journal VALUES (?, 7, 1, 'test.noted', '', zeroblob(32), zeroblob(32))",
            (device,),
        ),
    )
    assert ChainFinding.ALTERED in {finding for _, finding in findings(vault)}


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE journal_head SET time = time + 1", (6, ChainFinding.ALTERED)),
        ("UPDATE journal SET sequence = -1 WHERE sequence = 2", (2, ChainFinding.MISSING)),
        ("UPDATE journal SET what = CAST(x'ff' AS TEXT) WHERE sequence = 2", (2, ChainFinding.ALTERED)),
        ("UPDATE journal SET about = CAST(x'c3' AS TEXT) WHERE sequence = 2", (2, ChainFinding.ALTERED)),
    ],
)
def test_F34_what_no_entry_can_be_is_located_as_well(
    vault: Vault, statement: str, found: tuple[int, ChainFinding]
) -> None:
    wrote(vault)
    tamper(vault, ("DELETE FROM journal_payload WHERE sequence = 2", ()), (statement, ()))
    assert found in findings(vault)


def test_F34_words_without_an_entry_are_found(tmp_path: Path) -> None:
    path = tmp_path / "vault.db"
    with Vault.create(path, TEST_KEY, NOW) as vault:
        wrote(vault)
        connection = connect(path, key_as_hex(TEST_KEY))  # one that minds no references
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("INSERT INTO journal_payload SELECT device, 99, nonce, payload FROM journal_payload LIMIT 1")
        connection.commit()
        connection.close()
        assert findings(vault) == {(99, ChainFinding.MISSING)}


@pytest.mark.parametrize("told_by", ["restoring", "an erasure"])
def test_F34_a_whole_chain_that_is_gone_is_found(vault: Vault, told_by: str) -> None:
    before = wrote(vault)
    with vault.writing() as writer:
        restored.begin_as_restored(writer, "ab" * 32, NOW, NOW)
        if told_by == "an erasure":
            journal.erase(writer, before, 3, NOW)
            journal.erase(writer, journal.this_device(writer), 1, NOW)
    assert findings(vault) == set()
    tables = ("journal_payload", "journal", "journal_head")
    tamper(vault, *((f"DELETE FROM {table} WHERE device = ?", (before,)) for table in tables))
    with vault.reading() as reader:
        assert (before.hex(), ChainFinding.HEADLESS) in {
            (each.device, each.finding) for each in verify(reader).problems
        }


@pytest.mark.parametrize("deed", ["UPDATE meta SET value = 'zz'", "DELETE FROM meta"])
def test_F34_a_vault_that_does_not_know_its_device_is_said_to_be_damaged(vault: Vault, deed: str) -> None:
    wrote(vault)
    tamper(vault, (f"{deed} WHERE name = 'device'", ()))
    with pytest.raises(VaultDamaged):
        findings(vault)


# --- erasing -------------------------------------------------------------------------------------------


def erase_third(writer: Writer) -> bytes:
    device = journal.this_device(writer)
    assert journal.erase(writer, device, 3, NOW)
    return device


def test_an_erased_entry_says_nothing_and_the_chain_still_verifies(vault: Vault) -> None:
    wrote(vault)
    with vault.writing() as writer:
        device = erase_third(writer)
        assert writer.row("SELECT 1 FROM journal_payload WHERE sequence = 3") is None
    with vault.reading() as reader:
        report = verify(reader)
        said = list(journal.entries(reader))
    assert (report.entries, report.erased, report.problems) == (7, 1, ())
    assert [payload for entry, payload in said if entry.sequence == 3] == [None]
    assert said[-1][0].what == journal.ERASED
    assert said[-1][0].about == journal.entry_name(device, 3)


def test_erasing_twice_or_what_is_not_there_does_nothing(vault: Vault) -> None:
    wrote(vault)
    with vault.writing() as writer:
        device = erase_third(writer)
        assert not journal.erase(writer, device, 3, NOW)
        assert not journal.erase(writer, device, 99, NOW)
        assert writer.row("SELECT count(*) FROM journal") == (7,)


def test_that_something_was_erased_cannot_be_erased(vault: Vault) -> None:
    wrote(vault)
    with vault.writing() as writer:
        device = erase_third(writer)
        with pytest.raises(UnusableInput):
            journal.erase(writer, device, 7, NOW)


def test_an_erased_payload_that_returns_is_found(vault: Vault) -> None:
    wrote(vault)
    with vault.writing() as writer:
        device = journal.this_device(writer)
        (nonce, payload) = writer.rows("SELECT nonce, payload FROM journal_payload WHERE sequence = 3")[0]
        erase_third(writer)
        writer.run("INSERT INTO journal_payload VALUES (?, 3, ?, ?)", (device, nonce, payload))
    assert findings(vault) == {(3, ChainFinding.PAYLOAD_RETURNED)}
