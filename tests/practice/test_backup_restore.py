"""Restoring: from the file, the key and its passphrase alone, compared to the last letter, whole or not at all."""

import hashlib
import io
import os
import shutil
import signal
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.gnupg import PASSPHRASE, output, throw_away_home
from tests.support.practices import practice_in, short_directory
from tests.support.shelf import Shelf, a_shelf
from therapymail.config import HostSettings, Security, Settings, read_settings
from therapymail.domain.draft import DraftContent
from therapymail.domain.kinds import Kind
from therapymail.domain.outbox import Agreed, Obstacle, OutboxState, Released, ReleasedHow
from therapymail.domain.sealing import Hindrance, Refusal
from therapymail.errors import (
    FileUnusable,
    KeyUnknown,
    PassphraseNeeded,
    PassphraseWrong,
    PlaceTaken,
    PracticeExists,
    SealedFileRefused,
    VaultNewer,
    WorkStopped,
)
from therapymail.paths import PracticePaths, run_directory
from therapymail.pgp.agent import AgentConnection
from therapymail.pgp.own_key import generate_passphrase, make_key, reprotect
from therapymail.pgp.sealed_stream import Recipient
from therapymail.practice import backup, backup_restore, process_notes, restoring
from therapymail.practice.backup_reading import ReadBackup, read_backup
from therapymail.practice.backup_restore import Restored, restore
from therapymail.practice.export_file import Target
from therapymail.practice.policy import may_leave
from therapymail.practice.practice import Practice
from therapymail.practice.rebuild import rebuild_record
from therapymail.practice.setup import SetupRequest, set_up
from therapymail.practice.setup_key import KeyChoice, KeySource
from therapymail.practice.unlock import unlock
from therapymail.vault import backup as stores
from therapymail.vault import clients, drafts, journal, outbox, restored, schema

WORDS = "Dear Maren, the lighthouse stands."


@dataclass
class Lost:
    """A practice whose machine is lost: what is left is its backup and the secret key."""

    shelf: Shelf
    file: Path
    key: KeyChoice
    places: int = 0

    def place(self) -> Path:
        """A place that is not there yet."""
        self.places += 1
        return self.file.parent / f"new-{self.places}" / "practice"

    def restored(self, file: Path | None = None, key: KeyChoice | None = None) -> tuple[Practice, Restored]:
        """The practice put back at a new place."""
        blank = blank_practice(self.place(), self.shelf)
        done = restore(blank, file or self.file, key or self.key)
        return replace(blank, settings=read_settings(blank.paths.config)), done


def blank_practice(home: Path, shelf: Shelf) -> Practice:
    paths = PracticePaths(home)
    return Practice(paths, Settings("", "", ""), run_directory(paths, {}), lambda: shelf.now, {}, is_clock_set=False)


@pytest.fixture(autouse=True)
def gnupg_was_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """That gpg itself can be relied on is tried once, in the journey: it takes as long as the rest of a restore."""
    monkeypatch.setattr(backup_restore, "probe", lambda _gpg: None)


@pytest.fixture(scope="module")
def lost() -> Iterator[Lost]:
    """Letters, a note and drafts on their way; then the backup."""
    with a_shelf() as shelf, short_directory() as directory:
        client = shelf.new_client()
        for day in range(8):
            shelf.file(client, day, f"the lighthouse, day {day}")
        with process_notes.open_store(shelf.practice) as store, store.writing() as writer:
            writer.run("INSERT INTO meta (name, value) VALUES ('told', 'the garden')")
        _drafts(shelf, client.identity)
        backup.create(shelf.practice, Target(directory / "file"))
        own = shelf.practice.settings.own_key
        made = Lost(shelf, directory / "file", KeyChoice(KeySource.HOME, None, own, home=shelf.practice.paths.gnupg))
        yield made
        for number in range(made.places):
            home = PracticePaths(directory / f"new-{number + 1}" / "practice")
            shutil.rmtree(run_directory(home, {}).shared)


def _drafts(shelf: Shelf, client: str) -> None:
    """D-1 is only written, D-2 held, D-3 released, as they were when the backup was made."""
    now = shelf.now
    with shelf.practice.vault() as vault, vault.writing() as writer:
        written = [
            drafts.new_draft(
                writer, client=client, kind=Kind.RESPONSE, content=DraftContent("s", WORDS), answers=None, now=now
            ).name
            for _ in range(3)
        ]
        outbox.put(writer, written[1], state=OutboxState.HELD, leaves_at=now, hold_ends=now, agreed=None, now=now)
        to, how = Agreed("heron1@clients.example", "A" * 40), Released(ReleasedHow.AT_ONCE)
        outbox.put(
            writer,
            written[2],
            state=OutboxState.RELEASED,
            leaves_at=now,
            hold_ends=None,
            agreed=to,
            now=now,
            released=how,
        )


def raw_sums(practice: Practice) -> dict[bytes, str]:
    with practice.vault() as vault, vault.reading() as reader:
        rows = reader.rows("SELECT digest, raw FROM letter_original")
    return {digest: hashlib.sha256(raw).hexdigest() for digest, raw in rows}


def nothing_stands(home: Path) -> bool:
    """Whether nothing is at a place, nor beside it."""
    return not home.exists() and (not home.parent.exists() or list(home.parent.iterdir()) == [])


# --- restored ------------------------------------------------------------------------------------------


def test_F37_file_and_key_are_enough_and_every_letter_is_the_same(lost: Lost) -> None:
    practice, done = lost.restored()
    unlock(practice, None)
    assert raw_sums(practice) == raw_sums(lost.shelf.practice)
    assert done.manifest.record.letters == 8
    assert done.notes_examined is True
    assert {file.name for file in practice.paths.home.iterdir()} <= {
        *("config.toml", "gnupg", "notes.db", "notes.key", "vault.db", "vault.key"),
        *("vault.db-wal", "vault.db-shm"),
    }
    assert all(file.stat().st_mode & 0o077 == 0 for file in practice.paths.home.iterdir())
    assert list(practice.paths.home.parent.iterdir()) == [practice.paths.home]


def test_F37_a_rebuild_of_what_was_restored_finds_the_same(lost: Lost) -> None:
    practice, _ = lost.restored()
    unlock(practice, None)

    def listed() -> list[object]:
        with practice.vault() as vault, vault.reading() as reader:
            return [
                clients.clients(reader),
                reader.rows("SELECT * FROM letter ORDER BY id"),
            ]

    before = listed()
    rebuild_record(practice)
    assert listed() == before
    with practice.vault() as vault:
        assert vault.damage() == ()


def test_F37_it_writes_a_chain_of_its_own_and_the_lost_one_verifies(lost: Lost) -> None:
    practice, done = lost.restored()
    again, _ = lost.restored()
    unlock(practice, None)
    unlock(again, None)
    devices = set()
    for each in (lost.shelf.practice, practice, again):
        with each.vault() as vault, vault.reading() as reader:
            assert journal.verify(reader).problems == ()
            devices.add(journal.this_device(reader).hex())
        with process_notes.open_store(each) as store, store.reading() as reader:
            assert journal.verify(reader).problems == ()
            devices.add(journal.this_device(reader).hex())
    assert len(devices) == 6
    with practice.vault() as vault, vault.reading() as reader:
        sequence, head = done.manifest.record.heads[done.manifest.record.device]
        row = (bytes.fromhex(done.manifest.record.device), sequence, bytes.fromhex(head))
        assert row in reader.rows("SELECT device, sequence, hash FROM journal_head")


def test_C9_what_was_on_its_way_is_stopped_and_says_why(lost: Lost) -> None:
    practice, done = lost.restored()
    unlock(practice, None)
    assert done.stopped == 1
    with practice.vault() as vault, vault.reading() as reader:
        found = {str(entry.draft): entry for entry in outbox.entries(reader)}
        assert outbox.due(reader, practice.clock()) == []
    assert (found["D-2"].state, found["D-3"].state) == (OutboxState.HELD, OutboxState.FAILED)
    assert found["D-3"].obstacle is Obstacle.RESTORED


def test_C9_no_restored_draft_leaves_before_the_mailbox_was_read_nor_if_its_words_have_left(lost: Lost) -> None:
    practice, _ = lost.restored()
    host = HostSettings("mail.example", 993, Security.TLS, "me")
    practice = replace(practice, settings=replace(practice.settings, imap=host, smtp=host))
    unlock(practice, None)

    def hindrances() -> list[set[Hindrance]]:
        with practice.vault() as vault, vault.reading() as reader:
            found = [may_leave(practice, reader, draft, None) for draft in drafts.drafts(reader)]
        return [set(each.hindrances) if isinstance(each, Refusal) else set() for each in found]

    asked = {Hindrance.RESTORED, Hindrance.LEFT_SINCE}
    assert [each & asked for each in hindrances()] == [{Hindrance.RESTORED}] * 3
    with practice.vault() as vault, vault.writing() as writer:
        restored.mailbox_was_read(writer)
    assert [each & asked for each in hindrances()] == [set()] * 3
    shelf = Shelf(now=lost.shelf.now)
    shelf._practice, shelf._filed = practice, 100
    with practice.vault() as vault, vault.reading() as reader:
        client = clients.client_by_code(reader, "HERON1")
    words = ("Dear Maren, the\nlighthouse", "> stands?", "stands.")
    shelf.file(client, 81, *words, out=True)
    assert [each & asked for each in hindrances()] == [set()] * 3
    # 23 hours before the backup, by the mail host's clock: the lost machine's may have been ahead of it
    shelf.file(client, 82, *words, out=True)
    assert [each & asked for each in hindrances()] == [{Hindrance.LEFT_SINCE}] * 3
    # of one that has nothing but enclosures, too, the words that left are all there is to compare: none
    with practice.vault() as vault, vault.reading() as reader:
        wordless = [replace(each, content=replace(each.content, text="")) for each in drafts.drafts(reader)]
        found = [may_leave(practice, reader, draft, None) for draft in wordless]
        assert not any(isinstance(each, Refusal) and Hindrance.LEFT_SINCE in each.hindrances for each in found)
    shelf.file(client, 82, "", out=True)
    with practice.vault() as vault, vault.reading() as reader:
        found = [may_leave(practice, reader, draft, None) for draft in wordless]
    assert all(isinstance(each, Refusal) and Hindrance.LEFT_SINCE in each.hindrances for each in found)


def test_C33_the_passphrase_that_was_given_is_the_one_that_unlocks(tmp_path: Path) -> None:
    """A key whose passphrase was changed since the backup, and one kept for older letters beside it."""
    later = "another-orbit-velvet-crane-blossom-lamp"
    with short_directory() as directory:
        paths = PracticePaths(directory / "practice")
        blank = Practice(
            paths,
            Settings("Orla", "orla@practice.example", ""),
            run_directory(paths, {}),
            partial(datetime.now, UTC),
            {},
        )
        made = set_up(blank, SetupRequest(KeyChoice(KeySource.NEW, PASSPHRASE)))
        practice = replace(blank, settings=replace(blank.settings, own_key=made.key.fingerprint))
        with practice.gpg() as gpg:
            older = make_key(gpg, "Orla", "orla@old.example", None)
        backup.create(practice, Target(tmp_path / "file"))
        with practice.gpg() as gpg:
            reprotect(gpg, made.key.fingerprint, PASSPHRASE, later)
            secret = output(gpg, ["--export-secret-keys", "--", made.key.fingerprint], passphrase=later)
        practice.session.end()
        with AgentConnection(paths.gnupg) as agent:
            agent.kill()
        shutil.rmtree(paths.home)
        for wrong, error in ((None, PassphraseNeeded), ("wrong-horse", PassphraseWrong)):
            with pytest.raises(error):
                restore(practice, tmp_path / "file", KeyChoice(KeySource.FILE, wrong, material=secret))
        restore(practice, tmp_path / "file", KeyChoice(KeySource.FILE, later, material=secret))
        with pytest.raises(PassphraseWrong):
            unlock(practice, PASSPHRASE)
        unlock(practice, later)
        with practice.gpg() as gpg:
            listed = output(gpg, ["--list-secret-keys", "--with-colons"])
        assert {made.key.fingerprint, older} <= set(listed.decode().replace("\n", ":").split(":"))
        practice.session.end()


def test_C33_a_key_that_was_revoked_since_still_brings_the_practice_back(lost: Lost) -> None:
    """The way out of a lost key lies inside: what it opened it opens still."""
    from_home, own = lost.shelf.practice.paths.gnupg, lost.shelf.practice.settings.own_key
    with throw_away_home() as gpg:
        revocation = from_home / "openpgp-revocs.d" / f"{own}.rev"
        shutil.copytree(from_home / "private-keys-v1.d", gpg.homedir / "private-keys-v1.d")
        shutil.copyfile(from_home / "pubring.kbx", gpg.homedir / "pubring.kbx")
        gpg.run(["--import"], revocation.read_bytes().replace(b":-----BEGIN", b"-----BEGIN"))
        assert b"pub:r:" in output(gpg, ["--with-colons", "--list-keys"])
        practice, done = lost.restored(key=replace(lost.key, home=gpg.homedir))
    assert done.own_key == own
    unlock(practice, None)
    assert raw_sums(practice) == raw_sums(lost.shelf.practice)


def test_F37_process_notes_under_a_passphrase_of_their_own_come_as_they_lie(lost: Lost, tmp_path: Path) -> None:
    words = generate_passphrase()
    process_notes.set_passphrase(lost.shelf.practice, words)
    try:
        process_notes.lock_process_notes(lost.shelf.practice)
        made = backup.create(lost.shelf.practice, Target(tmp_path / "locked"))
        assert made.notes_examined is False
        practice, done = lost.restored(tmp_path / "locked")
        assert done.notes_examined is False
        unlock(practice, None)
        process_notes.unlock_process_notes(practice, words)
        for _ in range(2):  # the second finds it done
            with process_notes.open_store(practice) as store, store.reading() as reader:
                assert reader.row("SELECT value FROM meta WHERE name = 'told'") == ("the garden",)
                assert journal.verify(reader).problems == ()
                assert len(reader.rows("SELECT device FROM journal_head")) == 2
    finally:
        process_notes.unlock_process_notes(lost.shelf.practice, words)
        process_notes.set_passphrase(lost.shelf.practice, None)


# --- refused -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["cut", "changed", "longer", "empty", "other"])
def test_H3_a_backup_that_was_touched_leaves_nothing(lost: Lost, tmp_path: Path, what: str) -> None:
    whole = lost.file.read_bytes()
    middle = bytearray(whole)
    middle[len(whole) // 2] ^= 1
    spoilt = {"cut": whole[:-40], "changed": bytes(middle), "longer": whole + b"x", "empty": b"", "other": b"x" * 9000}
    (tmp_path / "file").write_bytes(spoilt[what])
    blank = blank_practice(lost.place(), lost.shelf)
    with pytest.raises(SealedFileRefused):
        restore(blank, tmp_path / "file", lost.key)
    assert nothing_stands(blank.paths.home)


def test_H3_a_backup_that_another_key_signed_is_refused(lost: Lost, tmp_path: Path) -> None:
    """Anybody can seal to the therapist's key: what they made is not put in place of a practice."""
    with short_directory() as directory, practice_in(directory) as theirs:
        with lost.shelf.practice.gpg() as gpg:
            own = gpg.run(["--export", "--", lost.shelf.practice.settings.own_key]).output
        to = Recipient(lost.shelf.practice.settings.own_key, own)
        backup.create(theirs, Target(tmp_path / "theirs"), [to])
        blank = blank_practice(lost.place(), lost.shelf)
        with pytest.raises(SealedFileRefused):
            restore(blank, tmp_path / "theirs", lost.key)
        assert nothing_stands(blank.paths.home)


def test_H3_the_key_that_was_brought_must_have_signed_it(lost: Lost, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should the home that opens it ever know another key."""

    def by_another(*given: Any) -> ReadBackup:
        return read_backup(*given)._replace(signer="A" * 40)

    monkeypatch.setattr(restoring, "read_backup", by_another)
    blank = blank_practice(lost.place(), lost.shelf)
    with pytest.raises(SealedFileRefused):
        restore(blank, lost.file, lost.key)
    assert nothing_stands(blank.paths.home)


def test_S25_an_archive_of_a_hostile_hand_leaves_nothing_anywhere(lost: Lost, tmp_path: Path) -> None:
    """Signed by the own key even: names that lead out, links, more than it says."""
    own = lost.shelf.practice.settings.own_key
    for name, kind in (("../../evil", tarfile.REGTYPE), ("/tmp/evil", tarfile.REGTYPE), ("vault.db", tarfile.SYMTYPE)):
        made = io.BytesIO()
        with tarfile.open(fileobj=made, mode="w") as tar:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            tar.addfile(member)
        with lost.shelf.practice.gpg() as gpg:
            sealed = output(gpg, ["--recipient", own, "--local-user", own, "--sign", "--encrypt"], made.getvalue())
        (tmp_path / "hostile").write_bytes(sealed)
        blank = blank_practice(lost.place(), lost.shelf)
        with pytest.raises(SealedFileRefused):
            restore(blank, tmp_path / "hostile", lost.key)
        assert nothing_stands(blank.paths.home)
    assert not Path("/tmp/evil").exists()


def test_a_place_that_is_not_empty_is_refused_and_stays_as_it_is(lost: Lost) -> None:
    with pytest.raises(PracticeExists):
        restore(lost.shelf.practice, lost.file, lost.key)
    blank = blank_practice(lost.place(), lost.shelf)
    blank.paths.home.mkdir(parents=True)
    (blank.paths.home / "thesis.txt").write_text("mine")
    with pytest.raises(PlaceTaken):
        restore(blank, lost.file, lost.key)
    assert (blank.paths.home / "thesis.txt").read_text() == "mine"
    (blank.paths.home / "thesis.txt").unlink()
    restore(blank, lost.file, lost.key)  # an empty one is a place


def test_a_key_that_is_not_there_is_said_before_anything_is_done(lost: Lost) -> None:
    blank = blank_practice(lost.place(), lost.shelf)
    with pytest.raises(KeyUnknown):
        restore(blank, lost.file, replace(lost.key, fingerprint="A" * 40))
    with pytest.raises(FileUnusable):
        restore(blank, lost.file.with_name("none"), lost.key)
    assert nothing_stands(blank.paths.home)


def test_one_of_a_newer_version_is_refused_before_anything_stands_there(
    lost: Lost, monkeypatch: pytest.MonkeyPatch
) -> None:
    blank = blank_practice(lost.place(), lost.shelf)
    monkeypatch.setattr(schema, "NEWEST", schema.NEWEST - 1)
    with pytest.raises(VaultNewer):
        restore(blank, lost.file, lost.key)
    assert nothing_stands(blank.paths.home)


def test_F37_one_letter_that_is_not_the_same_is_found(lost: Lost, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a backup that was made wrongly, with sums of its own that are right: the letters are compared one by one."""
    blank = blank_practice(lost.place(), lost.shelf)
    real = stores.sums_of_letters

    def with_another(path: Path, key: bytes) -> Iterator[bytes]:
        for number, line in enumerate(real(path, key)):
            yield line if number != 5 else bytes(64) + line[64:]

    monkeypatch.setattr(stores, "sums_of_letters", with_another)
    with pytest.raises(SealedFileRefused):
        restore(blank, lost.file, lost.key)
    monkeypatch.setattr(stores, "sums_of_letters", lambda path, key: list(real(path, key))[:-1])
    with pytest.raises(SealedFileRefused):
        restore(blank, lost.file, lost.key)
    assert nothing_stands(blank.paths.home)


# --- stopped and killed --------------------------------------------------------------------------------


def test_stopped_at_any_step_it_leaves_nothing(lost: Lost) -> None:
    blank = blank_practice(lost.place(), lost.shelf)
    for after in (1, 8):
        asked = iter([False] * after)
        with pytest.raises(WorkStopped):
            restore(blank, lost.file, lost.key, stopped=partial(next, asked, True))
        assert nothing_stands(blank.paths.home)


@contextmanager
def killed_before(target: object, name: str) -> Iterator[None]:
    """Within, the process ends by SIGKILL where `name` is called."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(target, name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
        yield


@pytest.mark.parametrize(
    ("target", "name"),
    [
        (restoring.Restoring, "compare"),
        (restoring.Restoring, "begin"),
        (backup_restore, "take_place"),
    ],
)
def test_killed_the_place_stays_empty_and_the_next_run_is_whole(lost: Lost, target: object, name: str) -> None:
    blank = blank_practice(lost.place(), lost.shelf)
    in_a_fork(lambda: restore(blank, lost.file, lost.key), target, name)
    assert not blank.paths.home.exists()
    left = b"".join(file.read_bytes() for file in blank.paths.home.parent.rglob("*") if file.is_file())
    assert b"lighthouse" not in left
    restore(blank, lost.file, lost.key)
    assert list(blank.paths.home.parent.iterdir()) == [blank.paths.home]


def in_a_fork(work: Callable[[], object], target: object, name: str) -> None:
    child = os.fork()
    if not child:
        try:
            with killed_before(target, name):
                work()
        finally:
            os._exit(1)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
