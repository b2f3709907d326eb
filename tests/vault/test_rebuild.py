"""Rebuild: whatever was done in whatever order, journal and originals give the identical state again."""

import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from therapymail.domain.agreement import Terms
from therapymail.domain.client import Client, ClientStatus, EncryptionPart
from therapymail.domain.draft import DraftContent, DraftEnclosure, DraftName
from therapymail.domain.exchange import Correction
from therapymail.domain.key_change import KeySign, NoticedKey
from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.domain.letter import Place
from therapymail.domain.listing import ListFilter
from therapymail.domain.mailbox import Bookmark
from therapymail.domain.mark_name import MarkName, MarkSort
from therapymail.domain.milestone import MilestoneKind
from therapymail.domain.note import NoteKind, NoteLinks, NoteName, Purpose
from therapymail.domain.outbox import MOVES, Move, OutboxState
from therapymail.domain.passage import Passage
from therapymail.errors import (
    ClientExists,
    DraftInOutbox,
    DraftUnknown,
    KeyRefused,
    KeyUnknown,
    LetterUnknown,
    MarkUnknown,
    NoteChanged,
    NoteLocked,
    NoteUnknown,
    NothingFound,
    NothingWritten,
    OutboxMoved,
    UnusableInput,
    VaultDamaged,
)
from therapymail.vault import (
    agreements,
    bookmarks,
    certificates,
    clients,
    corrections,
    drafts,
    erasing,
    exchanges,
    images,
    journal,
    key_changes,
    milestones,
    note_drafts,
    notes,
    outbox,
    pins,
    places,
    rereads,
    secrets,
    sent,
    statuses,
    texts,
    words_looked_at,
)
from therapymail.vault.connection import Reader, Vault, Writer
from therapymail.vault.courses import bring_courses_up_to_date
from therapymail.vault.decisions import accept, erase_letter, set_kind
from therapymail.vault.exchange_tags import tag_exchange
from therapymail.vault.filing import _payload, file_letters, refile
from therapymail.vault.filters import runs_in
from therapymail.vault.index import count_searchable
from therapymail.vault.letters import letter_by_digest, list_letters
from therapymail.vault.passage_tags import tag_passage
from therapymail.vault.projection import record
from therapymail.vault.rebuild import PROJECTIONS, rebuild
from therapymail.vault.tags import rename, tag

from .builders import NOW, add_heron, add_wren, certificate, digest_of, filing, fingerprint_of, reading, unopened
from .departing import SECOND_READING, held, keep, offered, released, sent_filing, written

ORIGINALS = ("letter_original", "letter_text")
DRAFTS = ("draft", "draft_text", "draft_enclosure", "outbox", "outbox_sealed", "sent_copy", "draft_word")
WORKING_STATE = ("place", "bookmark", "searched_address", "stranger", "secret", "note_draft", *DRAFTS)
REFUSALS = (
    *(ClientExists, KeyRefused, KeyUnknown, LetterUnknown, UnusableInput),
    *(DraftInOutbox, DraftUnknown, OutboxMoved),
    *(MarkUnknown, NothingFound),
    *(NoteChanged, NoteLocked, NoteUnknown, NothingWritten),
)
KEY_VERBS = ("recognise", "dismiss", "retire", "choose")
JOURNAL = ("journal", "journal_payload", "journal_head")


def state(reader: Reader, tables: tuple[str, ...]) -> dict[str, list[Any]]:
    return {table: sorted(reader.rows(f"SELECT * FROM {table}"), key=repr) for table in tables}


def vocabulary(writer: Writer) -> list[Any]:
    """What the index knows: every term with every place where it stands, as far as that means anything.

    Stems, beginnings and filters are in no order, but for filters that stand side by side: these are compared from
    their first on.
    """
    found = []
    for index in ("letter_index", "note_index"):
        writer.run(f"CREATE VIRTUAL TABLE temp.known USING fts5vocab('main', '{index}', 'instance')")
        rows = writer.rows("SELECT term, doc, col, offset FROM temp.known ORDER BY term, doc, col, offset")
        writer.run("DROP TABLE temp.known")
        found += [row for row in rows if row[2] == "text"]
        found += _terms([row for row in rows if row[2] == "terms"])
    return found


def _terms(rows: list[Any]) -> list[Any]:
    runs = [row for row in rows if runs_in([row[0]])]
    first: dict[int, int] = {}
    for _, letter, _, offset in runs:
        first[letter] = min(offset, first.get(letter, offset))
    in_runs = {row[0] for row in runs}
    return [
        (term, letter, column, offset - first[letter] if term in in_runs else None)
        for term, letter, column, offset in rows
    ]


class Practice(RuleBasedStateMachine):
    """A practice doing whatever comes to mind, in a real vault."""

    # Letters 0 to 3 are filed from the start, 4 to 7 may come.
    numbers = st.integers(0, 7)
    few = st.integers(0, 2)
    drafts_made = st.integers(1, 4)
    one_tag = st.sampled_from(["grief", "work", "grief/father"])
    tags = st.sets(one_tag)

    def __init__(self) -> None:
        super().__init__()
        import tempfile
        from pathlib import Path

        self._directory = tempfile.TemporaryDirectory(prefix="tm-rebuild-")
        self.vault = Vault.create(Path(self._directory.name) / "vault.db", bytes(32), NOW)
        self.now = NOW
        self.codes = iter(f"CLIENT{number}" for number in range(1000))

    @initialize()
    def begin(self) -> None:
        with self.vault.writing() as writer:
            heron, wren = add_heron(writer), add_wren(writer)
            certificates.hold(writer, certificate(0), NOW)
            pins.pin_key(writer, heron.identity, fingerprint_of(0), NOW)
            mails = [filing(0, heron), filing(1, heron, standing=Standing.PROPOSED), unopened(2, wren), filing(3, None)]
            file_letters(writer, mails, NOW)
            # An open draft and a held letter are there from the start.
            written(writer, heron)
            held(writer, written(writer, wren))

    def teardown(self) -> None:
        self.vault.close()
        self._directory.cleanup()

    def do(self, work: Callable[[Writer], object]) -> None:
        """One unit of work; what the room refuses in so many words is refused, and leaves nothing."""
        with contextlib.suppress(*REFUSALS), self.vault.writing(durable=False) as writer:
            work(writer)

    def client(self, writer: Writer, number: int) -> Client | None:
        """One of the first two clients by code, or nobody."""
        found = clients.clients(writer)[:2]
        return found[number] if number < len(found) else None

    @rule(hours=st.integers(-48, 48))
    def time_passes_or_the_clock_goes_back(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(address=few)
    def add_client(self, address: int) -> None:
        code = next(self.codes)
        self.do(
            lambda writer: clients.add_client(
                writer, code=code, name=f"N {code}", write_to=f"a{address}@x.example", zone="UTC", now=self.now
            )
        )

    @rule(which=few)
    def erase_a_client(self, which: int) -> None:
        def work(writer: Writer) -> None:
            if found := self.client(writer, which):
                said = {"reason_kind": "reason"}
                erasing.erase_client(
                    writer, found.identity, lambda counts: {**said, "counts": counts}, "they asked", self.now
                )

        self.do(work)

    @rule(
        which=few,
        name=st.none() | st.text(min_size=1, max_size=5),
        address=st.none() | few,
        status=st.none() | st.sampled_from(ClientStatus),
    )
    def edit_client(self, which: int, name: str | None, address: int | None, status: ClientStatus | None) -> None:
        def work(writer: Writer) -> None:
            if found := self.client(writer, which):
                write_to = None if address is None else f"a{address}@x.example"
                clients.edit_client(writer, found.identity, name=name, write_to=write_to, status=status, now=self.now)

        self.do(work)

    @rule(which=few, key=few, verb=st.sampled_from(["hold", "pin", "verify", "unpin", "let go"]))
    def keys(self, which: int, key: int, verb: str) -> None:
        def work(writer: Writer) -> None:
            found = self.client(writer, which)
            if verb == "hold":
                parts = (EncryptionPart(fingerprint_of(key + 9), NOW, None),) * bool(key)
                certificates.hold(writer, replace(certificate(key), parts=parts), self.now)
            elif verb == "let go":
                certificates.let_go(writer, fingerprint_of(key), self.now)
            elif found and verb == "verify":
                pins.verify_key(writer, found.identity, fingerprint_of(key), "by telephone", self.now)
            elif found:
                change = pins.pin_key if verb == "pin" else pins.unpin_key
                change(writer, found.identity, fingerprint_of(key), self.now)

        self.do(work)

    @rule(which=few, key=few, named=few, sign=st.sampled_from(KeySign), verb=st.sampled_from(("note", *KEY_VERBS)))
    def another_key(self, which: int, key: int, named: int, sign: KeySign, verb: str) -> None:
        def work(writer: Writer) -> None:
            found = self.client(writer, which)
            if not found:
                return
            fingerprint, other = fingerprint_of(key), fingerprint_of(named)
            if verb == "note":
                mail = key_changes.NoticedIn(digest_of(key), self.now, answers_us=named == 0)
                key_changes.note(writer, NoticedKey(found.identity, fingerprint, sign, other), mail, self.now)
            elif verb == "recognise":
                key_changes.recognise(writer, found.identity, fingerprint, (fingerprint, other), self.now)
            elif verb == "dismiss":
                key_changes.dismiss(writer, found.identity, fingerprint, "not theirs", self.now)
            elif verb == "retire":
                pins.retire_key(writer, found.identity, fingerprint, "lost", self.now)
            else:
                pins.choose_part(writer, found.identity, fingerprint, other if named else "", self.now)

        self.do(work)

    @rule(
        given=st.lists(numbers, max_size=4),
        which=few,
        opened=st.booleans(),
        direction=st.sampled_from(Direction),
        standing=st.sampled_from([Standing.ACCEPTED, Standing.PROPOSED]),
        same_id=st.booleans(),
        same_second=st.booleans(),
    )
    def file(
        self,
        given: list[int],
        which: int,
        opened: bool,
        direction: Direction,
        standing: Standing,
        same_id: bool,
        same_second: bool,
    ) -> None:
        def work(writer: Writer) -> None:
            found = self.client(writer, which)
            changes: dict[str, Any] = {"direction": direction}
            if found:
                changes["standing"] = standing
            if same_id:
                changes["message_id"] = "<same@x.example>"
            if same_second:
                changes["received"] = NOW
            build = filing if opened else unopened
            if not found:
                changes["standing"] = Standing.SET_ASIDE
            file_letters(writer, [build(number, found, **changes) for number in given], self.now)

        self.do(work)

    @rule(number=numbers, which=few, standing=st.sampled_from([Standing.ACCEPTED, Standing.PROPOSED]))
    def a_key_arrives(self, number: int, which: int, standing: Standing) -> None:
        def work(writer: Writer) -> None:
            found = self.client(writer, which)
            refile(writer, filing(number, found, standing=standing if found else Standing.SET_ASIDE), self.now)

        self.do(work)

    @rule(
        number=numbers,
        add=tags,
        remove=tags,
    )
    def tag(self, number: int, add: set[str], remove: set[str]) -> None:
        self.do(lambda writer: tag(writer, digest_of(number), add, remove, self.now))

    @rule(number=numbers, first=few, add=tags, remove=tags, whole=st.booleans())
    def tag_a_part_or_an_exchange(self, number: int, first: int, add: set[str], remove: set[str], whole: bool) -> None:
        def work(writer: Writer) -> None:
            passage = Passage.of(digest_of(number), reading(number).text, first, first + 5)
            if not whole:
                tag_passage(writer, passage, add, remove, self.now)
            elif client := letter_by_digest(writer, digest_of(number)).client:
                course = exchanges.course_of(writer, client).exchanges
                mails = next(
                    ([*each.letters, *each.responses] for each in course if digest_of(number) in each.letters), []
                )
                tag_exchange(writer, mails, add, remove, self.now)

        self.do(work)

    @rule(old=one_tag, new=one_tag)
    def rename_a_tag(self, old: str, new: str) -> None:
        self.do(lambda writer: rename(writer, old, new, self.now))

    @rule(which=few, number=st.none() | numbers, kind=st.sampled_from(MilestoneKind), undo=st.booleans())
    def mark_a_milestone(self, which: int, number: int | None, kind: MilestoneKind, undo: bool) -> None:
        def work(writer: Writer) -> None:
            if undo:
                milestones.unmark(
                    writer, milestones.milestone(writer, MarkName(MarkSort.MILESTONE, which + 1)), self.now
                )
            elif found := self.client(writer, which):
                digest = None if number is None else letter_by_digest(writer, digest_of(number)).digest
                new = milestones.NewMilestone(found.identity, kind, "said", self.now.date(), digest)
                milestones.mark(writer, new, self.now)

        self.do(work)

    @rule(number=numbers, said=st.sampled_from(["", "why"]), remove=st.none() | few)
    def bookmark(self, number: int, said: str, remove: int | None) -> None:
        def work(writer: Writer) -> None:
            if remove is None:
                bookmarks.set_bookmark(writer, digest_of(number), None, said, self.now)
            else:
                name = MarkName(MarkSort.BOOKMARK, remove + 1)
                bookmarks.remove_bookmark(writer, bookmarks.bookmark(writer, name), self.now)

        self.do(work)

    @rule(which=few, variant=st.sampled_from(["", "dark room"]))
    def keep_an_image(self, which: int, variant: str) -> None:
        def work(writer: Writer) -> None:
            if found := self.client(writer, which):
                there = images.image(writer, found.identity, "Unlit Room")
                if there and not variant:
                    images.forget_image(writer, there, self.now)
                else:
                    images.save_image(writer, found.identity, "unlit room", [variant], self.now)

        self.do(work)

    @rule(number=numbers, again=st.booleans())
    def read(self, number: int, again: bool) -> None:
        def work(writer: Writer) -> None:
            if again:
                rereads.note_reread(writer, digest_of(number), self.now.date(), self.now)
            else:
                rereads.note_read(writer, digest_of(number), self.now)

        self.do(work)

    @rule(pick=st.integers(0, 20), kind=st.none() | st.sampled_from(Kind))
    def decide(self, pick: int, kind: Kind | None) -> None:
        def work(writer: Writer) -> None:
            named = [each.name for each in list_letters(writer, ListFilter()) if each.name]
            if named and kind:
                set_kind(writer, named[pick % len(named)], kind, self.now)
            elif named:
                accept(writer, named[pick % len(named)], self.now)

        self.do(work)

    @rule(which=few, days=st.integers(-400, 400), words=st.integers(1, 9), verb=st.sampled_from(["agree", "take back"]))
    def agree(self, which: int, days: int, words: int, verb: str) -> None:
        def work(writer: Writer) -> None:
            if found := self.client(writer, which):
                terms = Terms("America/New_York", "Europe/London", letter_day=words % 7, word_limit=words)
                made = agreements.agreements_with(writer, found.identity)
                if verb == "agree":
                    starts = NOW + timedelta(days=days)
                    agreements.make_agreement(writer, found.identity, terms, starts, self.now)
                elif made:
                    agreements.withdraw(writer, made[-1], self.now)

        self.do(work)

    @rule(which=few, number=numbers, correction=st.none() | st.sampled_from(Correction))
    def put_right(self, which: int, number: int, correction: Correction | None) -> None:
        def work(writer: Writer) -> None:
            if found := self.client(writer, which):
                made = corrections.corrections_of(writer, found.identity)
                if correction:
                    corrections.correct(writer, found.identity, [digest_of(number)], correction, self.now)
                elif made:
                    corrections.undo(writer, found.identity, made[-1], self.now)

        self.do(work)

    @rule(which=few, status=st.sampled_from(ClientStatus), days=st.none() | st.integers(-400, 0))
    def say_how_it_stands(self, which: int, status: ClientStatus, days: int | None) -> None:
        def work(writer: Writer) -> None:
            if found := self.client(writer, which):
                since = None if days is None else self.now + timedelta(days=days)
                statuses.set_status(writer, found.identity, status, self.now, since=since)

        self.do(work)

    @rule(number=numbers)
    def erase(self, number: int) -> None:
        self.do(lambda writer: erase_letter(writer, digest_of(number), self.now))

    @rule(which=few, answers=st.none() | numbers)
    def write(self, which: int, answers: int | None) -> None:
        def work(writer: Writer) -> None:
            if found := self.client(writer, which):
                digest = None if answers is None else digest_of(answers)
                content = DraftContent("A subject", "What is being written.")
                drafts.new_draft(
                    writer, client=found.identity, kind=Kind.ADMIN, content=content, answers=digest, now=self.now
                )

        self.do(work)

    @rule(number=drafts_made, verb=st.sampled_from(["save", "hold", "release", "discard"]))
    def go_on_with_a_draft(self, number: int, verb: str) -> None:
        def work(writer: Writer) -> None:
            draft = drafts.draft(writer, DraftName(number))
            if verb == "save":
                drafts.save_draft(writer, draft.name, DraftContent("x", str(self.now)), builds_on=None, now=self.now)
            elif verb == "discard":
                drafts.discard_draft(writer, draft.name)
            else:
                (held if verb == "hold" else released)(writer, draft)

        self.do(work)

    @rule(number=drafts_made, move=st.sampled_from(Move))
    def move_in_the_outbox(self, number: int, move: Move) -> None:
        def work(writer: Writer) -> None:
            draft = drafts.draft(writer, DraftName(number))
            entry = outbox.entry_or_none(writer, draft.name)
            if entry is None or (entry.state, move) not in MOVES:
                return
            if MOVES[entry.state, move] is OutboxState.SENT:
                client = clients.client_by_identity(writer, draft.client)
                sent.mark_sent(writer, entry, sent_filing(draft, client), self.now, self.now, move=move)
                return
            if move is Move.OFFER:
                keep(writer, draft)
            outbox.move(writer, entry, move, self.now, released=SECOND_READING if move is Move.RELEASE else None)

        self.do(work)

    @rule(number=drafts_made, through_sync=st.booleans())
    def send(self, number: int, through_sync: bool) -> None:
        """The whole way in one step; now and then a sync had found the copy before the answer was known."""

        def work(writer: Writer) -> None:
            draft = drafts.draft(writer, DraftName(number))
            letter = sent_filing(draft, clients.client_by_identity(writer, draft.client))
            entry = offered(writer, draft)
            if through_sync:
                file_letters(writer, [letter], self.now)
            sent.mark_sent(writer, entry, letter, self.now, self.now)

        self.do(work)

    @rule(pick=st.integers(0, 20))
    def erase_what_was_sent(self, pick: int) -> None:
        def work(writer: Writer) -> None:
            gone = writer.rows("SELECT letter FROM outbox WHERE letter IS NOT NULL ORDER BY draft")
            if gone:
                erase_letter(writer, gone[pick % len(gone)][0], self.now)

        self.do(work)

    @rule(which=few, letter=st.none() | numbers, text=st.sampled_from(["", "the garden", "## Plan\nthe sea"]))
    def begin_a_note(self, which: int, letter: int | None, text: str) -> None:
        def work(writer: Writer) -> None:
            if found := self.client(writer, which):
                links = NoteLinks(None if letter is None else digest_of(letter))
                note_drafts.begin_new(
                    writer, NoteKind.PROGRESS, client=found.identity, template="soap", begun_with="", text=text,
                    links=links, now=self.now,
                )  # fmt: skip

        self.do(work)

    @rule(number=st.integers(1, 3), verb=st.sampled_from(["keep", "save", "edit", "amend", "discard", "erase", "lock"]))
    def go_on_with_a_note(self, number: int, verb: str) -> None:
        name = NoteName(NoteKind.PROGRESS, number)

        def work(writer: Writer) -> None:
            match verb:
                case "keep" | "lock":
                    note_drafts.keep(writer, name, timedelta(days=7 if verb == "keep" else 0), self.now)
                case "save":
                    note_drafts.save(writer, name, f"written at {self.now}", builds_on=None, now=self.now)
                case "edit" | "amend":
                    purpose = Purpose.EDIT if verb == "edit" else Purpose.AMENDMENT
                    note_drafts.begin_change(writer, name, purpose, self.now)
                case "discard":
                    note_drafts.discard(writer, name)
                case _:
                    notes.erase(writer, notes.note(writer, name), self.now)

        self.do(work)

    @rule()
    def reopen(self) -> None:
        path = self.vault._path
        self.vault.close()
        self.vault = Vault.open(path, bytes(32))

    @invariant()
    def rebuilding_changes_nothing(self) -> None:
        with self.vault.writing(durable=False) as writer:
            kept = (*PROJECTIONS, *ORIGINALS, *WORKING_STATE, *JOURNAL)
            bring_courses_up_to_date(writer)
            before, words = state(writer, kept), vocabulary(writer)
            rebuild(writer)
            assert state(writer, kept) == before
            assert vocabulary(writer) == words
            assert journal.verify(writer).problems == ()
            opened = writer.row("SELECT count(*) FROM letter WHERE state = ?", (LetterState.OPENED,))
            assert opened == (count_searchable(writer),)


Practice.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
test_rebuild_gives_the_identical_state = Practice.TestCase


def test_rebuild_leaves_working_state_alone(vault: Vault) -> None:
    with vault.writing() as writer:
        places.set_bookmark(writer, "me", Bookmark("INBOX", 1, 2, 3, 4))
        places.add_places(writer, [(Place("me", "INBOX", 1, 1), digest_of(1))])
        places.set_searched_addresses(writer, "me", "INBOX", 1, ["a@x.example"])
        places.note_strangers(writer, [Place("me", "INBOX", 1, 9)])
        secrets.put_secret(writer, "imap", "hunter2")
        client = add_heron(writer)
        plan = DraftEnclosure("plan.pdf", "application/pdf", 4)
        drafts.add_enclosure(writer, written(writer, client).name, plan, b"plan", NOW)
        held(writer, written(writer, client))
        words_looked_at.let_pass(writer, offered(writer, written(writer, client)).draft, "Rose")
        gone = written(writer, client)
        sent.mark_sent(writer, offered(writer, gone), sent_filing(gone, client), NOW, NOW)
        note_drafts.begin_new(
            writer, NoteKind.PROGRESS, client=client.identity, template="free", begun_with="", text="begun",
            links=NoteLinks(), now=NOW,
        )  # fmt: skip
        before = state(writer, (*WORKING_STATE, "meta"))
        rebuild(writer)
        assert all(before[table] for table in WORKING_STATE)
        assert state(writer, (*WORKING_STATE, "meta")) == before


def test_C41_projections_that_were_lost_come_back(vault: Vault) -> None:
    with vault.writing() as writer:
        client = clients.add_client(writer, code="HERON", name="H", write_to="h@x.example", zone="UTC", now=NOW)
        file_letters(writer, [filing(number, client) for number in range(5)], NOW)
        bring_courses_up_to_date(writer)
        before, words = state(writer, PROJECTIONS), vocabulary(writer)
        for table in PROJECTIONS:
            writer.run(f"DELETE FROM {table}")
        assert rebuild(writer) == 6
        assert state(writer, PROJECTIONS) == before
        assert vocabulary(writer) == words


def test_an_entry_of_a_later_version_stops_the_rebuild_and_changes_nothing(vault: Vault) -> None:
    with vault.writing() as writer:
        clients.add_client(writer, code="HERON", name="H", write_to="h@x.example", zone="UTC", now=NOW)
        journal.append(writer, "letter.sung", "", {}, NOW)
    with pytest.raises(VaultDamaged), vault.writing() as writer:
        rebuild(writer)
    with vault.reading() as reader:
        assert len(clients.clients(reader)) == 1


def test_a_clash_of_names_between_devices_is_settled_by_order(vault: Vault) -> None:
    """Two devices each filed a HERON-1 before they heard of each other."""
    with vault.writing() as writer:
        client = clients.add_client(writer, code="HERON", name="H", write_to="h@x.example", zone="UTC", now=NOW)
        file_letters(writer, [filing(1, client)], NOW)
        writer.run("UPDATE meta SET value = ? WHERE name = 'device'", ("ff" * 16,))
        for number in (1, 2):
            there = filing(number + 1, client)
            texts.keep_originals(writer, [(there.digest, b"as it came")])
            record(writer, "letter.filed", there.digest.hex(), _payload(there, number), NOW)
        names = {each.digest: str(each.name) for each in list_letters(writer, ListFilter())}
        rebuild(writer)
        assert {each.digest: str(each.name) for each in list_letters(writer, ListFilter())} == names
    assert names == {digest_of(1): "HERON-1", digest_of(2): "HERON-1b", digest_of(3): "HERON-2"}
