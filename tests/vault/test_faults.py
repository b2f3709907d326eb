"""Faults of disk and process: killed at any moment, out of room, read-only: nothing lost, nothing doubled."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from therapymail.domain.listing import ListFilter
from therapymail.domain.outbox import OutboxEntry, OutboxState
from therapymail.errors import FileUnusable
from therapymail.vault import drafts, journal, outbox, places, sent, sent_copies
from therapymail.vault.connection import Vault
from therapymail.vault.filing import file_letters
from therapymail.vault.index import count_searchable
from therapymail.vault.letters import letter, list_letters

from .builders import NOW, filing, heron
from .conftest import TEST_KEY

ROOT = Path(__file__).parents[2]
BATCH = 20

FILE_WITHOUT_END = """
BATCH = 20
import sys
from pathlib import Path
from therapymail.domain.mailbox import Bookmark
from therapymail.vault import clients, places
from therapymail.vault.connection import Vault
from therapymail.vault.filing import file_letters
from tests.vault.builders import NOW, filing
from tests.vault.conftest import TEST_KEY

with Vault.open(Path(sys.argv[1]), TEST_KEY) as vault:
    with vault.reading() as reader:
        (client,) = clients.clients(reader)
        found = places.bookmark(reader, "me", "INBOX")
    start = found.uidnext if found else 0
    print("ready", flush=True)
    while True:
        with vault.writing(durable=False) as writer:
            file_letters(writer, [filing(n, client) for n in range(start, start + BATCH)], NOW)
            start += BATCH
            places.set_bookmark(writer, "me", Bookmark("INBOX", 7, start, None, start))
"""

FILE_WITHOUT_ROOM = """
import resource, sys
from pathlib import Path
from therapymail.errors import FileUnusable
from therapymail.vault import clients
from therapymail.vault.connection import Vault
from therapymail.vault.filing import file_letters
from tests.vault.builders import NOW, filing
from tests.vault.conftest import TEST_KEY

path = Path(sys.argv[1])
with Vault.open(path, TEST_KEY) as vault:
    with vault.reading() as reader:
        (client,) = clients.clients(reader)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 30_000, resource.RLIM_INFINITY))
    try:
        for start in range(100, 5100, 50):
            with vault.writing() as writer:
                file_letters(writer, [filing(n, client) for n in range(start, start + 50)], NOW)
    except FileUnusable as full:
        print(full.why)
    with vault.reading() as reader:
        print(len(clients.clients(reader)))
"""

READ_ONLY = """
import os, sys
from pathlib import Path
from therapymail.errors import TherapymailError
from therapymail.vault.connection import Vault
from tests.vault.conftest import TEST_KEY

if os.geteuid() == 0:
    os.setgroups([])
    os.setegid(65534)
    os.seteuid(65534)
try:
    with Vault.open(Path(sys.argv[1]), TEST_KEY) as vault, vault.writing() as writer:
        writer.run("INSERT INTO secret VALUES ('x', x'00')")
except TherapymailError as refused:
    print(type(refused).__name__, refused.why)
"""


IF_NOTHING_ENDED = (0.5, 2.0, 8.0)  # seconds: a busy machine gets nothing done in less


def child(script: str, path: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT
    )


def test_S23_kill_9_in_the_middle_of_filing_loses_and_doubles_nothing(vault_path: Path) -> None:
    with Vault.create(vault_path, TEST_KEY, NOW) as vault:
        heron(vault)
    filed_before = 0
    for delay in (0.0, 0.013, 0.031, 0.07, 0.11, 0.19, *IF_NOTHING_ENDED):
        if filed_before and delay in IF_NOTHING_ENDED:
            break
        process = child(FILE_WITHOUT_END, vault_path)
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        with Vault.open(vault_path, TEST_KEY) as vault, vault.reading() as reader:
            filed = len(list_letters(reader, ListFilter(limit=100_000)))
            bookmark = places.bookmark(reader, "me", "INBOX")
            assert filed == (bookmark.uidnext if bookmark else 0), "bookmark and letters are one"
            assert filed % BATCH == 0, "a batch is whole or absent"
            assert filed >= filed_before, "what was there stays there"
            assert count_searchable(reader) == filed
            assert reader.row("SELECT count(*) FROM letter_original") == (filed,)
            assert len(places.known_uids(reader, "therapist@mail.example", "INBOX", 7)) == filed
            assert journal.verify(reader).problems == ()
            numbers = [each.name.number for each in list_letters(reader, ListFilter(limit=100_000)) if each.name]
            assert sorted(numbers) == list(range(1, filed + 1))
        filed_before = filed
    assert filed_before, "at least one batch came to its end"
    with Vault.open(vault_path, TEST_KEY) as vault:
        assert vault.damage() == ()


def test_S23_a_full_disk_is_said_and_what_was_filed_stays(vault_path: Path) -> None:
    with Vault.create(vault_path, TEST_KEY, NOW) as vault:
        client = heron(vault)
        with vault.writing() as writer:
            file_letters(writer, [filing(number, client) for number in range(5)], NOW)
    said, _ = child(FILE_WITHOUT_ROOM, vault_path).communicate(timeout=120)
    assert said.splitlines() in (["the disk reports an error or is full", "1"], ["the disk is full", "1"])
    with Vault.open(vault_path, TEST_KEY) as vault:
        assert vault.damage() == ()
        with vault.reading() as reader:
            assert (len(list_letters(reader, ListFilter(limit=10_000))) - 5) % 50 == 0
            assert journal.verify(reader).problems == ()
        with vault.writing() as writer:
            assert file_letters(writer, [filing(9000, client)], NOW)[0].is_new


def test_sqlites_own_full_disk_undoes_the_unit_of_work(vault: Vault) -> None:
    client = heron(vault)

    def file_without_room() -> None:
        with vault.writing() as writer:
            pages = writer.rows("PRAGMA page_count")[0][0]
            writer.rows(f"PRAGMA max_page_count = {pages + 5}")
            file_letters(writer, [filing(number, client) for number in range(200)], NOW)

    with pytest.raises(FileUnusable) as caught:
        file_without_room()
    assert caught.value.why == "the disk is full"
    with vault.writing() as writer:
        assert list_letters(writer, ListFilter()) == []
        assert file_letters(writer, [filing(1, client)], NOW)[0].is_new


def test_S23_a_read_only_vault_is_said_to_be_so(tmp_path: Path) -> None:
    # Not below pytest's own directory, which nobody else may enter.
    import tempfile

    with tempfile.TemporaryDirectory(prefix="tm-") as directory:
        path = Path(directory) / "vault.db"
        with Vault.create(path, TEST_KEY, NOW):
            pass
        path.chmod(0o444)
        Path(directory).chmod(0o555)
        said, _ = child(READ_ONLY, path).communicate(timeout=60)
        Path(directory).chmod(0o700)
        assert said.startswith("FileUnusable ")
        assert path.stat().st_size % 4096 == 0


def test_a_vault_that_is_removed_while_open_is_a_fault_of_the_file(vault: Vault) -> None:
    vault._path.unlink()
    with pytest.raises(FileUnusable), vault.writing():
        pass


def test_S23_a_page_that_a_full_disk_left_incomplete_is_no_damage_while_the_log_has_it(
    vault_path: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    with Vault.create(vault_path, TEST_KEY, NOW) as vault:
        client = heron(vault)
        with vault.writing() as writer:
            file_letters(writer, [filing(number, client) for number in range(30)], NOW)
        log = vault_path.with_name("vault.db-wal").read_bytes()
        copy.with_name("copy.db-wal").write_bytes(log)
        copy.write_bytes(vault_path.read_bytes() + log[1000:2328])
    with Vault.open(copy, TEST_KEY) as opened:
        assert opened.damage() == ()
        with opened.reading() as reader:
            assert len(list_letters(reader, ListFilter())) == 30
    assert copy.stat().st_size % 4096 == 0


SEND_WITHOUT_END = """
import sys
from pathlib import Path
from therapymail.domain.outbox import Move
from therapymail.vault import clients, outbox, sent
from therapymail.vault.connection import Vault
from tests.vault.builders import NOW
from tests.vault.conftest import TEST_KEY
from tests.vault.departing import keep, moved, released, sent_filing, written

with Vault.open(Path(sys.argv[1]), TEST_KEY) as vault:
    with vault.reading() as reader:
        (client,) = clients.clients(reader)
    print("ready", flush=True)
    while True:
        with vault.writing() as writer:
            draft = written(writer, client)
        with vault.writing() as writer:
            entry = released(writer, draft)
        with vault.writing() as writer:
            keep(writer, draft)
            entry = moved(writer, entry, Move.OFFER)
        with vault.writing() as writer:
            entry = moved(writer, entry, Move.BEGIN_DATA)
        with vault.writing() as writer:
            sent.mark_sent(writer, entry, sent_filing(draft, client), NOW, NOW)
"""


def test_C16_kill_9_between_any_two_steps_of_a_departure_leaves_whole_steps(vault_path: Path) -> None:
    with Vault.create(vault_path, TEST_KEY, NOW) as vault:
        heron(vault)
    gone: list[OutboxEntry] = []
    for kills, delay in enumerate((0.01, 0.023, 0.031, 0.047, 0.071, 0.11, *IF_NOTHING_ENDED), start=1):
        if gone and delay in IF_NOTHING_ENDED:
            break
        process = child(SEND_WITHOUT_END, vault_path)
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        with Vault.open(vault_path, TEST_KEY) as vault, vault.reading() as reader:
            waiting = outbox.entries(reader)
            gone = [each for each in outbox.entries(reader, sent_since=NOW) if each.state is OutboxState.SENT]
            open_drafts = {each.name for each in drafts.drafts(reader)}
            assert len(open_drafts) <= kills, "each kill leaves at most one letter on its way"
            assert {each.draft for each in waiting} <= open_drafts
            assert not {each.draft for each in gone} & open_drafts
            assert len(list_letters(reader, ListFilter(limit=100_000))) == len(gone)
            assert len(sent_copies.pending(reader)) == len(gone)
            for each in waiting:
                begun = each.state in {OutboxState.OFFERING, OutboxState.OFFERED}
                assert (sent.sealed(reader, each.draft) is not None) == begun
            for each in gone:
                assert each.letter
                assert sent.proof_of(reader, letter(reader, each.letter).digest)
            assert journal.verify(reader).problems == ()
    assert gone, "at least one letter came to its end"
    with Vault.open(vault_path, TEST_KEY) as vault:
        assert vault.damage() == ()
