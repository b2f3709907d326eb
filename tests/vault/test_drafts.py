"""Drafts: every field comes back as it was written, nothing saved is lost, nothing discarded is left."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from therapymail.domain.client import Client, ClientStatus
from therapymail.domain.draft import Draft, DraftContent, DraftEnclosure, DraftName
from therapymail.domain.kinds import Kind
from therapymail.errors import ClientUnknown, DraftChanged, DraftInOutbox, DraftUnknown, UnusableInput
from therapymail.vault import clients, drafts, journal, outbox, sent
from therapymail.vault.connection import Vault, Writer
from therapymail.vault.decisions import erase_letter
from therapymail.vault.filing import file_letters
from therapymail.vault.storable import storable

from .builders import NOW, digest_of, filing, heron
from .conftest import TEST_KEY
from .departing import held, offered, released, sent_filing, written
from .pages import deciphered

ROOT = Path(__file__).parents[2]
LATER = NOW + timedelta(minutes=3)
PLAN = DraftEnclosure("plan.pdf", "application/pdf", 4, ("may-name-its-author",))
# Any text that Python holds: NUL, line ends of every kind, bidi, lone surrogates.
texts = st.text(st.characters(codec=None), max_size=60)
moments = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
contents = st.builds(DraftContent, texts, texts)
files = st.tuples(st.builds(DraftEnclosure, texts, texts, st.just(0), st.tuples(texts)), st.binary(max_size=300))


# --- every field comes back ----------------------------------------------------------------------------


@example(
    first=DraftContent("\ud800", "a\0b"),
    second=DraftContent("\udfff\u202e", "one\r\ntwo\rthree\n\ud83d"),
    kind=Kind.RESPONSE,
    changed_kind=Kind.ADMIN,
    answers=None,
    enclosures=[(DraftEnclosure("\udc80.pdf", "\ud800", 0, ("\ud800",)), b"")],
    created=NOW,
    changed=NOW,
)
@given(
    first=contents,
    second=contents,
    kind=st.sampled_from(Kind),
    changed_kind=st.sampled_from(Kind),
    answers=st.none() | st.binary(min_size=32, max_size=32),
    enclosures=st.lists(files, max_size=3),
    created=moments,
    changed=moments,
)
@settings(max_examples=40, deadline=None)
def test_C11_a_draft_saved_and_resumed_is_the_same_in_every_field(
    first: DraftContent,
    second: DraftContent,
    kind: Kind,
    changed_kind: Kind,
    answers: bytes | None,
    enclosures: list[tuple[DraftEnclosure, bytes]],
    created: datetime,
    changed: datetime,
) -> None:
    with tempfile.TemporaryDirectory(prefix="tm-draft-") as directory:
        path = Path(directory) / "vault.db"
        with Vault.create(path, TEST_KEY, NOW) as vault:
            client = heron(vault)
            with vault.writing() as writer:
                made = drafts.new_draft(
                    writer, client=client.identity, kind=kind, content=first, answers=answers, now=created
                )
                for enclosure, data in enclosures:
                    drafts.add_enclosure(writer, made.name, enclosure, data, changed)
                drafts.set_draft_kind(writer, made.name, changed_kind, changed)
                said = drafts.save_draft(writer, made.name, second, builds_on=made.revision, now=changed)
        assert made.content == DraftContent(storable(first.subject), storable(first.text))
        with Vault.open(path, TEST_KEY) as vault, vault.reading() as reader:
            resumed = drafts.draft(reader, made.name)
            assert drafts.drafts(reader) == [resumed] == [said]
            assert drafts.enclosure_data(reader, made.name) == [data for _, data in enclosures]
    assert resumed == Draft(
        name=made.name,
        identity=made.identity,
        client=client.identity,
        code="HERON",
        content=DraftContent(storable(second.subject), storable(second.text)),
        kind=changed_kind,
        created=created,
        changed=changed,
        revision=1 if resumed.content == made.content else 2,
        answers=answers,
        enclosures=tuple(
            DraftEnclosure(
                storable(each.name), storable(each.media_type), len(data), tuple(storable(note) for note in each.notes)
            )
            for each, data in enclosures
        ),
    )


# --- saving --------------------------------------------------------------------------------------------


@pytest.fixture
def client(vault: Vault) -> Client:
    return heron(vault)


def test_saving_on_an_older_revision_overwrites_nothing(vault: Vault, client: Client) -> None:
    with vault.writing() as writer:
        draft = written(writer, client)
        newer = drafts.save_draft(writer, draft.name, DraftContent("a", "b"), builds_on=draft.revision, now=LATER)
        assert newer.revision == draft.revision + 1
    with pytest.raises(DraftChanged), vault.writing() as writer:
        drafts.save_draft(writer, draft.name, DraftContent("c", "d"), builds_on=draft.revision, now=LATER)
    with vault.writing() as writer:
        assert drafts.draft(writer, draft.name) == newer
        overwritten = drafts.save_draft(writer, draft.name, DraftContent("c", "d"), builds_on=None, now=LATER)
        assert (overwritten.content, overwritten.revision) == (DraftContent("c", "d"), newer.revision + 1)


def test_saving_what_is_there_writes_nothing(vault: Vault, client: Client) -> None:
    with vault.writing() as writer:
        draft = written(writer, client)
        before = writer.row("SELECT total_changes()")
        assert drafts.save_draft(writer, draft.name, draft.content, builds_on=1, now=LATER) == draft
        assert writer.row("SELECT total_changes()") == before


def test_the_draft_changed_last_comes_first(vault: Vault, client: Client) -> None:
    with vault.writing() as writer:
        first, second, third = (written(writer, client) for _ in range(3))
        drafts.save_draft(writer, first.name, DraftContent("now", ""), builds_on=None, now=LATER)
        assert [each.name for each in drafts.drafts(writer)] == [first.name, third.name, second.name]


def test_a_draft_is_no_part_of_the_journal(vault: Vault, client: Client) -> None:
    with vault.writing() as writer:
        before = list(journal.entries(writer))
        draft = written(writer, client)
        drafts.add_enclosure(writer, draft.name, PLAN, b"plan", NOW)
        held(writer, draft)
        assert list(journal.entries(writer)) == before


def test_a_draft_to_nobody_we_know_is_not_made(vault: Vault) -> None:
    with pytest.raises(ClientUnknown), vault.writing() as writer:
        drafts.new_draft(writer, client="ab" * 16, kind=Kind.RESPONSE, content=DraftContent(), answers=None, now=NOW)


# --- names ---------------------------------------------------------------------------------------------


def test_a_drafts_number_is_never_given_again(vault: Vault, client: Client) -> None:
    with vault.writing() as writer:
        for _ in range(3):
            drafts.discard_draft(writer, written(writer, client).name)
    path = vault._path
    vault.close()
    with Vault.open(path, TEST_KEY) as reopened, reopened.writing() as writer:
        assert written(writer, client).name == DraftName(4)


def every_change(writer: Writer, name: DraftName) -> list[tuple[object, ...]]:
    return [
        (drafts.save_draft, writer, name, DraftContent("x", "y")),
        (drafts.set_draft_kind, writer, name, Kind.ADMIN, NOW),
        (drafts.add_enclosure, writer, name, PLAN, b"plan", NOW),
        (drafts.remove_enclosure, writer, name, 0, NOW),
        (drafts.discard_draft, writer, name),
    ]


def attempt(change: tuple[object, ...]) -> None:
    function, *arguments = change
    assert callable(function)
    if function is drafts.save_draft:
        function(*arguments, builds_on=None, now=NOW)
    else:
        function(*arguments)


@pytest.mark.parametrize("which", range(5))
def test_a_draft_that_is_not_there_is_said(vault: Vault, which: int) -> None:
    with pytest.raises(DraftUnknown), vault.writing() as writer:
        attempt(every_change(writer, DraftName(7))[which])
    with vault.reading() as reader:
        with pytest.raises(DraftUnknown):
            drafts.draft(reader, DraftName(7))
        with pytest.raises(DraftUnknown):
            drafts.enclosure_data(reader, DraftName(7))


@pytest.mark.parametrize("which", range(5))
def test_C13_what_is_in_the_outbox_is_changed_by_nobody(vault: Vault, client: Client, which: int) -> None:
    with vault.writing() as writer:
        draft = written(writer, client)
        drafts.add_enclosure(writer, draft.name, PLAN, b"plan", NOW)
        before = drafts.draft(writer, draft.name)
        held(writer, draft)
    with pytest.raises(DraftInOutbox) as refused, vault.writing() as writer:
        attempt(every_change(writer, draft.name)[which])
    assert (refused.value.name, refused.value.state) == (str(draft.name), "held")
    with vault.reading() as reader:
        assert drafts.draft(reader, draft.name) == before


# --- enclosures ----------------------------------------------------------------------------------------


def test_an_enclosure_is_taken_away_by_its_place(vault: Vault, client: Client) -> None:
    with vault.writing() as writer:
        name = written(writer, client).name
        for number in range(4):
            drafts.add_enclosure(writer, name, DraftEnclosure(f"{number}.txt", "text/plain", 1), b"%d" % number, NOW)
        left = drafts.remove_enclosure(writer, name, 1, LATER)
        assert [each.name for each in left.enclosures] == ["0.txt", "2.txt", "3.txt"]
        assert (left.changed, left.revision) == (LATER, 1)
        drafts.remove_enclosure(writer, name, 2, LATER)
        assert drafts.enclosure_data(writer, name) == [b"0", b"2"]
        for position in (-1, 2):
            with pytest.raises(UnusableInput):
                drafts.remove_enclosure(writer, name, position, LATER)


# --- what happens around a draft -----------------------------------------------------------------------


def test_a_draft_outlives_the_letter_it_answers_and_follows_its_client(vault: Vault, client: Client) -> None:
    with vault.writing() as writer:
        file_letters(writer, [filing(1, client)], NOW)
        draft = drafts.new_draft(
            writer,
            client=client.identity,
            kind=Kind.RESPONSE,
            content=DraftContent("Re: Week 1", "> a quote"),
            answers=digest_of(1),
            now=NOW,
        )
        entry = held(writer, draft)
        erase_letter(writer, digest_of(1), NOW)
        clients.edit_client(
            writer, client.identity, write_to="new@clients.example", status=ClientStatus.PAUSED, now=NOW
        )
    vault.scrub()
    assert vault.damage() == ()
    with vault.reading() as reader:
        assert drafts.draft(reader, draft.name) == draft
        assert outbox.entry(reader, draft.name) == entry


# --- nothing is lost -----------------------------------------------------------------------------------

SAVE_WITHOUT_END = """
import sys
from pathlib import Path
from therapymail.domain.draft import DraftContent, DraftName
from therapymail.vault import drafts
from therapymail.vault.connection import Vault
from tests.vault.builders import NOW
from tests.vault.conftest import TEST_KEY

with Vault.open(Path(sys.argv[1]), TEST_KEY) as vault:
    with vault.reading() as reader:
        revision = drafts.draft(reader, DraftName(1)).revision
    while True:
        words = DraftContent(f"Subject {revision + 1}", f"word {revision + 1} " * ((revision * 37) % 900))
        with vault.writing() as writer:
            revision = drafts.save_draft(writer, DraftName(1), words, builds_on=revision, now=NOW).revision
        print(revision, flush=True)
"""


def test_C12_a_process_killed_while_it_saves_loses_nothing_it_saved(vault_path: Path) -> None:
    with Vault.create(vault_path, TEST_KEY, NOW) as vault:
        client = heron(vault)
        with vault.writing() as writer:
            written(writer, client)
    for delay in (0.0, 0.011, 0.023, 0.05, 0.09, 0.13):
        process = subprocess.Popen(
            [sys.executable, "-c", SAVE_WITHOUT_END, str(vault_path)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
        )
        assert process.stdout
        process.stdout.readline()
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        told, _ = process.communicate()
        with Vault.open(vault_path, TEST_KEY) as vault, vault.reading() as reader:
            draft = drafts.draft(reader, DraftName(1))
        told_last = int(told.split("\n")[-2]) if "\n" in told else 2
        assert draft.revision >= told_last, "what was told to be saved is there"
        assert draft.content == DraftContent(
            f"Subject {draft.revision}", f"word {draft.revision} " * (((draft.revision - 1) * 37) % 900)
        ), "a save is whole or absent"
    with Vault.open(vault_path, TEST_KEY) as vault:
        assert vault.damage() == ()


def test_C12_a_save_is_on_disk_before_it_is_said_to_be(vault: Vault, client: Client) -> None:
    with vault.writing() as writer:
        assert writer.row("PRAGMA synchronous") == (2,), "FULL"
        written(writer, client)


# --- nothing is left -----------------------------------------------------------------------------------

CANARIES = (b"quetzalcoatlus", b"Zerbinetta", b"boustrophedon", b"kaleidoscopic")


def much_edited(vault: Vault, client: Client) -> DraftName:
    """A draft among others, saved at many lengths: its words have lain on many pages."""
    with vault.writing() as writer:
        other = written(writer, client, text="plain words " * 200).name
        name = written(writer, client, text="Zerbinetta").name
        drafts.add_enclosure(
            writer, name, DraftEnclosure("boustrophedon.pdf", "application/pdf", 0), b"kaleidoscopic" * 900, NOW
        )
    for number in range(25):
        with vault.writing() as writer:
            words = DraftContent("Zerbinetta", f"Zerbinetta saw quetzalcoatlus {number} " * ((number * 97) % 400))
            drafts.save_draft(writer, name, words, builds_on=None, now=NOW)
            drafts.save_draft(
                writer, other, DraftContent("x", "plain " * ((number * 61) % 500)), builds_on=None, now=NOW
            )
    return name


def words_left(vault_path: Path) -> list[bytes]:
    return [canary for canary in CANARIES if canary in deciphered(vault_path, TEST_KEY)]


def test_H14_a_discarded_draft_is_gone_from_every_page(vault: Vault, client: Client) -> None:
    name = much_edited(vault, client)
    assert words_left(vault._path) == list(CANARIES)
    with vault.writing() as writer:
        drafts.discard_draft(writer, name)
    assert vault.clear_log()
    assert words_left(vault._path) == []


def test_H14_the_log_goes_with_the_vault(vault: Vault, client: Client) -> None:
    name = much_edited(vault, client)
    with vault.writing() as writer:
        drafts.discard_draft(writer, name)
    vault.close()
    assert words_left(vault._path) == []


def test_H14_C13_a_sent_draft_is_gone_from_every_page(vault: Vault, client: Client) -> None:
    name = much_edited(vault, client)
    with vault.writing() as writer:
        draft = drafts.draft(writer, name)
        sent.mark_sent(writer, offered(writer, draft), sent_filing(draft, client), NOW, NOW)
    assert vault.clear_log()
    assert words_left(vault._path) == []


def test_H14_a_log_that_is_in_use_is_cleared_another_time(vault: Vault, client: Client) -> None:
    with vault.writing() as writer:
        released(writer, written(writer, client))
    with vault.reading() as reader:
        assert len(drafts.drafts(reader)) == 1
        assert not vault.clear_log()
    assert vault.clear_log()
