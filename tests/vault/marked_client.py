"""A vault in which everything of HERON bears a marked word, in every table that can hold something of a client."""

from dataclasses import replace
from datetime import date, timedelta

from tests.vault.builders import NOW, add_wren, certificate, digest_of, fingerprint_of, reading, unopened
from tests.vault.builders import filing as a_filing
from tests.vault.departing import held, offered, released, sent_filing, written
from therapymail.domain.agreement import default_terms
from therapymail.domain.autocrypt_peer import AutocryptOffer
from therapymail.domain.client import Client, ClientStatus, EncryptionPart
from therapymail.domain.draft import DraftEnclosure
from therapymail.domain.exchange import Correction
from therapymail.domain.exporting import Exported, ExportEntry, Form
from therapymail.domain.found_key import FoundKey, KeySource
from therapymail.domain.key_change import KeySign, NoticedKey
from therapymail.domain.kinds import Kind, Standing
from therapymail.domain.letter import Enclosure, Place, Reading
from therapymail.domain.mail_program import MailProgram
from therapymail.domain.milestone import MilestoneKind
from therapymail.domain.names import LetterName
from therapymail.domain.note import NoteKind, NoteLinks, NoteName
from therapymail.domain.outbox import Move, Released, ReleasedHow
from therapymail.domain.passage import Passage
from therapymail.domain.retention import MinorRule, RetentionRule
from therapymail.domain.statuses import Ending
from therapymail.vault import (
    agreements,
    autocrypt_offers,
    bookmarks,
    certificates,
    clients,
    corrections,
    courses,
    decisions,
    drafts,
    exchange_tags,
    exports_made,
    filing,
    images,
    key_changes,
    key_lookups,
    milestones,
    note_drafts,
    notes,
    outbox,
    passage_tags,
    pins,
    places,
    rereads,
    retention,
    saved_searches,
    sent,
    stale,
    statuses,
    tags,
    words_looked_at,
)
from therapymail.vault.connection import Writer
from therapymail.vault.key_changes import NoticedIn
from therapymail.vault.notices import Leaving, note_invitation, note_notice

ACCOUNT = "therapist@mail.example"
# Each is in one noun at least; none occurs in anything else.
MARKED = (
    *("zanzibarbody", "xylosubject", "quokkaquoted", "vexedenclosure", "oryxoriginal", "jabberauthor"),
    *("kumquatname", "pyjamaworld", "quetzalhost", "wombatzone", "gymkhanacode", "oldgymkhana"),
    *("zeppelintag", "rhubarbpassage", "yttriumexchange", "mnemonictag", "fjordmilestone", "ibexmarks"),
    *("umlautimage", "zebukind", "axolotlnote", "trailinglynx", "begunnarwhal", "draftpuffin", "plandodo"),
    *("sentlemur", "lostokapi", "whywalrus", "reasonmarmot", "saidheron", "searchquail", "keytapir", "kestrelkiwi"),
    *("retainedemu", "signedsnipe", "heldgecko", "exportedibis", "looselysnipe", "bouncedyak"),
)


def marked_vault(writer: Writer) -> tuple[Client, Client]:
    """HERON, called otherwise here, with everything there can be, and WREN with some of it."""
    marked = clients.add_client(
        writer,
        code="OLDGYMKHANA",
        name="Kumquatname Pyjamaworld",
        write_to="kumquatname@quetzalhost.example",
        writes_from=("other.pyjamaworld@quetzalhost.example",),
        zone="Europe/Berlin",
        now=NOW,
    )
    clients.edit_client(writer, marked.identity, code="GYMKHANACODE", zone="Etc/Wombatzone", now=NOW)
    other = add_wren(writer)
    _keys(writer, marked, other)
    _letters(writer, marked, other)
    _said_of_letters(writer, marked)
    _way_out(writer, marked, other)
    _work(writer, marked)
    _notes(writer, marked, other)
    _around(writer, marked, other)
    return clients.client_by_identity(writer, marked.identity), other


def _keys(writer: Writer, marked: Client, other: Client) -> None:
    for number, whose in ((3, marked), (7, other)):
        part = EncryptionPart(fingerprint_of(10 + number), NOW, None)
        held_key = replace(
            certificate(number), uids=(f"Keytapir {number} <key@keytapir.example>",) * (number == 3), parts=(part,)
        )
        certificates.hold(writer, held_key, NOW)
        pins.pin_key(writer, whose.identity, fingerprint_of(number), NOW)
    pins.verify_key(writer, marked.identity, fingerprint_of(3), "reasonmarmot by telephone", NOW)
    pins.choose_part(writer, marked.identity, fingerprint_of(3), fingerprint_of(13), NOW)
    pins.retire_key(writer, marked.identity, fingerprint_of(3), "whywalrus", NOW)
    unpinned = replace(certificate(5), uids=("Kumquatname <kumquatname@quetzalhost.example>",))
    certificates.hold(writer, unpinned, NOW)
    sign = NoticedKey(marked.identity, fingerprint_of(2), KeySign.SIGNED)
    key_changes.note(writer, sign, NoticedIn(digest_of(1), NOW + timedelta(days=1), answers_us=False), NOW)
    key_changes.dismiss(writer, marked.identity, fingerprint_of(2), "whywalrus has no other key", NOW)
    key_lookups.note_look_up(writer, None, "kumquatname@quetzalhost.example", "found", [fingerprint_of(3)], NOW)


def marked_reading(number: int) -> Reading:
    """A letter's text with marked words in each of its parts."""
    return replace(
        reading(number),
        subject=f"xylosubject {number}",
        text=f"zanzibarbody is where the garden is [rhubarbpassage], {number}. " * 3,
        quoted="quokkaquoted and the garden",
        enclosures=(Enclosure("vexedenclosure.pdf", "application/pdf", 9),),
    )


def _letters(writer: Writer, marked: Client, other: Client) -> None:
    candidate = replace(certificate(2), uids=("Kestrelkiwi <k@kestrelkiwi.example>",))
    found_key = FoundKey(fingerprint_of(2), KeySource.ENCLOSED, True, candidate)
    signed = a_filing(1, marked).facts
    signature = signed.signatures[0]._replace(identity="signedsnipe", signer=fingerprint_of(3))
    facts = signed._replace(signatures=(signature,))
    here = {"facts": facts, "original": b"oryxoriginal " * 9, "author_address": "jabberauthor@mail.example"}
    mails = [
        a_filing(1, marked, reading=marked_reading(1), keys=(found_key,), **here),
        a_filing(2, marked, reading=marked_reading(2), standing=Standing.PROPOSED, **here),
        unopened(3, marked, **here),
        a_filing(4, other),
        # Taken for the one's mail, and the other's after all; and the other way round.
        a_filing(5, marked, reading=reading(5), author_address=other.write_to),
        a_filing(6, other, reading=marked_reading(6), **here),
        a_filing(7, None, reading=marked_reading(7), author_address="kumquatname@quetzalhost.example"),
        a_filing(8, marked, reading=marked_reading(8), kind=Kind.BOUNCE, message_id="<bouncedyak@mail.example>"),
        a_filing(9, marked, reading=marked_reading(9), **here),
    ]
    filing.file_letters(writer, mails, NOW)
    filing.refile(writer, a_filing(5, other, reading=reading(5)), NOW)
    filing.refile(writer, a_filing(6, marked, reading=marked_reading(6), **here), NOW)
    filing.refile(writer, a_filing(3, marked, reading=marked_reading(3), **here), NOW)
    filing.file_letters(writer, [a_filing(number, other) for number in range(20, 30)], NOW)
    decisions.accept(writer, LetterName("GYMKHANACODE", 2), NOW)
    decisions.set_kind(writer, LetterName("GYMKHANACODE", 2), Kind.ADMIN, NOW)
    decisions.erase_letter(writer, digest_of(9), NOW)


def _said_of_letters(writer: Writer, marked: Client) -> None:
    tags.tag(writer, digest_of(1), ["zeppelintag", "garden"], [], NOW)
    tags.rename(writer, "zeppelintag", "mnemonictag", NOW)
    tags.tag(writer, digest_of(4), ["garden"], [], NOW)
    tags.rename(writer, "garden", "gardens", NOW)
    passage = Passage.of(digest_of(1), marked_reading(1).text, 0, 4)
    passage_tags.tag_passage(writer, passage, ["rhubarbpassage"], [], NOW)
    exchange_tags.tag_exchange(writer, [digest_of(1)], ["yttriumexchange"], [], NOW)
    new = milestones.NewMilestone(
        marked.identity, MilestoneKind.INSIGHT, "fjordmilestone", NOW.date(), digest_of(1), passage
    )
    milestones.mark(writer, new, NOW)
    bookmarks.set_bookmark(writer, digest_of(1), passage, "ibexmarks", NOW)
    images.save_image(writer, marked.identity, "umlautimage", ["zebukind"], NOW)
    rereads.note_read(writer, digest_of(1), NOW)
    rereads.note_reread(writer, digest_of(1), NOW.date(), NOW)


def _way_out(writer: Writer, marked: Client, other: Client) -> None:
    plan = DraftEnclosure("plandodo.pdf", "application/pdf", 8, ())
    drafts.add_enclosure(writer, written(writer, marked, text="draftpuffin").name, plan, b"plandodo", NOW)
    waiting = held(writer, written(writer, marked, text="draftpuffin held"))
    words_looked_at.let_pass(writer, waiting.draft, "draftpuffin")
    gone = written(writer, marked, text="sentlemur")
    left = sent_filing(gone, marked, reading=marked_reading(40), message_id="<sentlemur@mail.example>")
    sent.mark_sent(writer, offered(writer, gone), left, NOW, NOW)
    again = replace(left, message_id="<again-sentlemur@mail.example>", places=(Place(ACCOUNT, "Sent", 1, 9),))
    filing.file_letters(writer, [again], NOW)
    offered(writer, written(writer, marked, text="lostokapi"))
    cancelled = written(writer, marked, text="begunnarwhal")
    how = Released(ReleasedHow.SECOND_READING, "reasonmarmot")
    outbox.move(writer, released(writer, cancelled, how), Move.CANCEL, NOW)
    drafts.discard_draft(writer, cancelled.name)
    theirs = written(writer, other, text="Dear William, the garden.")
    words_looked_at.let_pass(writer, theirs.name, "Pyjamaworld")
    words_looked_at.let_pass(writer, theirs.name, "Garden")


def _work(writer: Writer, marked: Client) -> None:
    terms = replace(default_terms("America/New_York", "Europe/London"), fallback="saidheron")
    agreements.make_agreement(writer, marked.identity, terms, NOW - timedelta(days=3650), NOW)
    corrections.correct(writer, marked.identity, [digest_of(2)], Correction.SPLIT, NOW)
    statuses.set_status(writer, marked.identity, ClientStatus.CLOSED, NOW, ending=Ending.PLANNED)
    courses.bring_courses_up_to_date(writer)
    stale.mark_stale(writer, marked.identity)
    rule = RetentionRule(84, MinorRule.TWENTY_FIFTH_BIRTHDAY, born=date(1990, 1, 1), said="retainedemu")
    retention.agree_retention(writer, marked.identity, rule, NOW)
    retention.place_hold(writer, marked.identity, "heldgecko", NOW)


def write_notes(writer: Writer, kind: NoteKind, whose: Client, *texts: str) -> None:
    """Notes about a client, the first of them kept and amended."""
    for text in texts:
        begun = note_drafts.begin_new(
            writer,
            kind,
            client=whose.identity,
            template="soap",
            begun_with="",
            text=text,
            links=NoteLinks(digest_of(1)),
            now=NOW,
        )
        if text == texts[0]:
            note_drafts.keep(writer, begun.name, timedelta(days=7), NOW)
            notes.amend(writer, NoteName(kind, begun.name.number), f"trailinglynx to {text}", NOW)


def _notes(writer: Writer, marked: Client, other: Client) -> None:
    write_notes(writer, NoteKind.PROGRESS, marked, "axolotlnote", "begunnarwhal")
    begun = note_drafts.begin_new(
        writer,
        NoteKind.PROGRESS,
        client=other.identity,
        template="soap",
        begun_with="",
        text="the garden",
        links=NoteLinks(digest_of(4)),
        now=NOW,
    )
    note_drafts.keep(writer, begun.name, timedelta(days=7), NOW)


def _around(writer: Writer, marked: Client, other: Client) -> None:
    places.set_searched_addresses(writer, ACCOUNT, "INBOX", 7, [marked.write_to, other.write_to])
    saved_searches.save(writer, "searchquail", "from:gymkhanacode zanzibarbody", NOW)
    saved_searches.save(writer, "garden", "garden tag:grief", NOW)
    left = Leaving(marked.identity, digest_of(1), "<kit@quetzalhost.example>", certain=False)
    note_invitation(writer, left, fingerprint_of(9), MailProgram.K9, "en", NOW)
    note_notice(writer, left, "absence", NOW)
    made = ExportEntry(
        client=marked.identity,
        what=Exported.RECORD,
        form=Form.JSON,
        letters=3,
        notes=1,
        process_notes=0,
        size=9,
        sha256="00",
        to="looselysnipe",
        for_client=True,
        anonymised=False,
        reason="exportedibis",
    )
    exports_made.note_export_failed(writer, exports_made.note_export(writer, made, NOW), NOW)
    whose_is_not_said = replace(made, client="", to="", reason="for Pyjamaworld, exportedibis")
    exports_made.note_export(writer, whose_is_not_said, NOW)
    autocrypt_offers.note_offer(writer, digest_of(1), AutocryptOffer(fingerprint_of(2), mutual=True, sealed=True))
