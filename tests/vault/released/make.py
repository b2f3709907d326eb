"""Makes the vault of today's schema that later versions must be able to open; run once at a release.

    python -m tests.vault.released.make

A vault that is here already is never written again: it stands for what people have.
"""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from tests.vault.builders import NOW, add_heron, add_wren, certificate, digest_of, fingerprint_of, reading, unopened
from tests.vault.builders import filing as a_filing
from tests.vault.conftest import TEST_KEY
from tests.vault.departing import held, offered, sent_filing, written
from therapymail.domain.agreement import default_terms
from therapymail.domain.client import Client, ClientStatus
from therapymail.domain.destruction import ReasonKind
from therapymail.domain.destruction import certificate as certificate_of
from therapymail.domain.draft import DraftEnclosure
from therapymail.domain.exchange import Correction
from therapymail.domain.executor import Executor, ExecutorPack, VaultKey, digest_of_words
from therapymail.domain.found_key import FoundKey, KeySource
from therapymail.domain.key_change import KeySign, NoticedKey
from therapymail.domain.kinds import Kind, Standing
from therapymail.domain.letter import Place
from therapymail.domain.mail_program import MailProgram
from therapymail.domain.mailbox import Bookmark
from therapymail.domain.milestone import MilestoneKind
from therapymail.domain.names import LetterName
from therapymail.domain.note import NoteKind, NoteLinks
from therapymail.domain.outbox import Move, Obstacle
from therapymail.domain.passage import Passage
from therapymail.domain.retention import MinorRule, RetentionRule
from therapymail.domain.statuses import Ending
from therapymail.vault import (
    agreements,
    backups_made,
    bookmarks,
    certificates,
    clients,
    corrections,
    courses,
    decisions,
    drafts,
    erasing,
    exchange_tags,
    executors,
    filing,
    images,
    key_changes,
    milestones,
    note_drafts,
    notes,
    outbox,
    own_keys,
    passage_tags,
    pins,
    places,
    recovery_kits,
    rereads,
    restored,
    retention,
    saved_searches,
    schema,
    secrets,
    sent,
    statuses,
    tags,
    words_looked_at,
)
from therapymail.vault.connection import Vault, Writer
from therapymail.vault.key_changes import NoticedIn
from therapymail.vault.notices import Leaving, note_invitation


def main() -> None:
    path = Path(__file__).parent / f"schema-{len(schema.steps())}.db"
    with Vault.create(path, TEST_KEY, NOW) as vault:
        with vault.writing() as writer:
            heron, wren = add_heron(writer), add_wren(writer)
            certificates.hold(writer, certificate(1), NOW)
            pins.pin_key(writer, heron.identity, fingerprint_of(1), NOW)
            pins.verify_key(writer, heron.identity, fingerprint_of(1), "by telephone", NOW)
            sign = NoticedKey(heron.identity, fingerprint_of(2), KeySign.SIGNED)
            key_changes.note(writer, sign, NoticedIn(digest_of(1), NOW + timedelta(days=1), answers_us=False), NOW)
            mails = [
                a_filing(1, heron, keys=(FoundKey(fingerprint_of(2), KeySource.ENCLOSED, True, certificate(2)),)),
                a_filing(2, heron, standing=Standing.PROPOSED),
                unopened(3, heron),
                a_filing(4, wren),
                a_filing(5, wren, places=(Place("therapist@mail.example", "Archive", 1, 1),)),
            ]
            filing.file_letters(writer, mails, NOW)
            filing.refile(writer, a_filing(3, heron), NOW)
            tags.tag(writer, digest_of(1), ["grief", "garden"], [], NOW)
            decisions.accept(writer, LetterName("HERON", 2), NOW)
            decisions.set_kind(writer, LetterName("WREN", 1), Kind.ADMIN, NOW)
            decisions.erase_letter(writer, digest_of(5), NOW)
            places.set_bookmark(writer, "therapist@mail.example", Bookmark("INBOX", 7, 105, 9, 4))
            places.set_searched_addresses(writer, "therapist@mail.example", "INBOX", 7, [heron.write_to])
            secrets.put_secret(writer, "imap", "a secret of the test")
            _the_way_out(writer, heron)
            _the_work(writer, heron, wren)
            _notes(writer, heron)
            left = Leaving(wren.identity, digest_of(4), "<kit@practice.example>", certain=False)
            note_invitation(writer, left, fingerprint_of(9), MailProgram.K9, "en", NOW)
            _the_marks(writer, heron)
            saved_searches.save(writer, "garden", "garden tag:grief", NOW)
            _who_takes_over(writer)
            _the_backups(writer)
            _the_keeping(writer, heron)
        vault.scrub()


def _the_keeping(writer: Writer, heron: Client) -> None:
    """How long one record is kept, what holds it, and a client who was erased."""
    rule = RetentionRule(84, MinorRule.TWENTY_FIFTH_BIRTHDAY, born=date(1990, 1, 1), said="as we agreed")
    retention.agree_retention(writer, heron.identity, rule, NOW)
    retention.place_hold(writer, heron.identity, "a complaint", NOW)
    rook = clients.add_client(writer, code="ROOK", name="R", write_to="r@rook.example", zone="UTC", now=NOW)
    filing.file_letters(writer, [a_filing(30, rook)], NOW)
    erasing.erase_client(
        writer,
        rook.identity,
        lambda counts: certificate_of(counts, ReasonKind.REASON, NOW, (), None),
        "they asked",
        NOW,
    )


def _the_way_out(writer: Writer, heron: Client) -> None:
    """An open draft with an enclosure, one that is held, one that was sent, one of which nobody knows."""
    plan = DraftEnclosure("plan.pdf", "application/pdf", 4, ("may-name-its-author",))
    drafts.add_enclosure(writer, written(writer, heron, text="an open draft").name, plan, b"plan", NOW)
    words_looked_at.let_pass(writer, held(writer, written(writer, heron, text="a held letter")).draft, "Rose")
    gone = written(writer, heron, text="a sent letter")
    sent.mark_sent(writer, offered(writer, gone), sent_filing(gone, heron), NOW, NOW)
    lost = offered(writer, written(writer, heron, text="nobody knows"))
    outbox.move(writer, lost, Move.LOSE, NOW, obstacle=Obstacle.ANSWER_LOST)


def _notes(writer: Writer, heron: Client) -> None:
    """A locked note with an amendment, and one that is being written."""
    passage = Passage.of(digest_of(1), reading(1).text, 0, 4)
    for text in ("## Plan\nthe garden", "not yet kept"):
        begun = note_drafts.begin_new(
            writer,
            NoteKind.PROGRESS,
            client=heron.identity,
            template="soap",
            begun_with="",
            text=text,
            links=NoteLinks(digest_of(1), passage),
            now=NOW,
        )
        if begun.name.number == 1:
            note_drafts.keep(writer, begun.name, timedelta(days=7), NOW)
            notes.amend(writer, begun.name, "it grew", NOW + timedelta(days=8))


def _who_takes_over(writer: Writer) -> None:
    """An earlier own key, a recovery kit, an executor with a pack that was drilled, a vault key that was taken back."""
    own_keys.note_replaced(writer, fingerprint_of(8), fingerprint_of(9), NOW)
    recovery_kits.note_kit_made(writer, fingerprint_of(9), NOW)
    recovery_kits.note_kit_tested(writer, fingerprint_of(9), NOW)
    colleague = Executor("", "Dr Birk", "by telephone", fingerprint_of(7), certificate(7).material, "ring each of them")
    named = executors.note_executor(writer, colleague, NOW)
    pack = ExecutorPack(named.identity, "ab" * 32, 2, VaultKey.NO, digest_of_words("one two three"))
    executors.note_pack(writer, pack, NOW)
    executors.note_drill(writer, pack, "home", NOW)
    executors.note_pack(writer, replace(pack, sha256="cd" * 32, clients=0, vault_key=VaultKey.OPENS), NOW)
    own_keys.note_vault_rekeyed(writer, NOW)


def _the_backups(writer: Writer) -> None:
    """A backup that was read again, and that this vault was put back from one."""
    backups_made.note_backup(
        writer, sha256="ab" * 32, size=4096, letters=2, entries=40, sealed_to=[fingerprint_of(9)], now=NOW
    )
    backups_made.note_check(writer, "ab" * 32, backups_made.SOUND, NOW)
    restored.begin_as_restored(writer, "ab" * 32, NOW, NOW)


def _the_marks(writer: Writer, heron: Client) -> None:
    """Tags on a passage and on an exchange, milestones, bookmarks, an image, and what was read when."""
    passage = Passage.of(digest_of(1), reading(1).text, 0, 4)
    passage_tags.tag_passage(writer, passage, ["grief/father"], [], NOW)
    exchange_tags.tag_exchange(writer, [digest_of(1)], ["review"], [], NOW)
    day = NOW.date()
    insight = milestones.NewMilestone(heron.identity, MilestoneKind.INSIGHT, "she sees it", day, digest_of(1), passage)
    milestones.mark(writer, insight, NOW)
    consent = milestones.mark(writer, milestones.NewMilestone(heron.identity, MilestoneKind.CONSENT, "", day), NOW)
    milestones.unmark(writer, consent, NOW)
    bookmarks.set_bookmark(writer, digest_of(1), passage, "begin here", NOW)
    bookmarks.set_bookmark(writer, digest_of(1), None, "", NOW)
    images.save_image(writer, heron.identity, "unlit room", ["dark room"], NOW)
    rereads.note_read(writer, digest_of(1), NOW)
    rereads.note_reread(writer, digest_of(1), day, NOW)


def _the_work(writer: Writer, heron: Client, wren: Client) -> None:
    """An agreement in two versions, one of them taken back, an exchange put right by hand, and work that is closed."""
    terms = default_terms("America/New_York", "Europe/London")
    agreements.make_agreement(writer, heron.identity, terms, NOW - timedelta(days=3650), NOW)
    second = agreements.make_agreement(writer, heron.identity, replace(terms, word_limit=800), NOW, NOW)
    agreements.withdraw(writer, second, NOW)
    corrections.correct(writer, heron.identity, [digest_of(2)], Correction.SPLIT, NOW)
    statuses.set_status(writer, wren.identity, ClientStatus.CLOSED, NOW, ending=Ending.PLANNED)
    courses.bring_courses_up_to_date(writer)


if __name__ == "__main__":
    main()
