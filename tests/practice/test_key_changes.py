"""M06, C27, K4, K5, K6: a key change from the letter that shows it to the decision, with real gpg and the vault."""

import base64
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from tests.support.gnupg import output
from tests.support.practices import Writer, Writers, introduce, practice_in, short_directory, writers_to
from therapymail.domain.draft import DraftContent
from therapymail.domain.key_change import KeyChange, KeyResolution, KeySign
from therapymail.domain.kinds import Standing
from therapymail.domain.letter import Filing, Place
from therapymail.domain.listing import ListFilter
from therapymail.domain.sealing import Hindrance, Permit, Refusal, decide
from therapymail.errors import KeyRefused, KeyUnknown, NotProven, UnusableInput
from therapymail.pgp.bulk import BulkOpener
from therapymail.pgp.certificate_packets import encryption_key_ids, key_fingerprints, with_only_part
from therapymail.pgp.own_key import revocation_certificate
from therapymail.practice.arrival import Arrival, ArrivalReader
from therapymail.practice.correspondents import clients_answered, read_correspondents
from therapymail.practice.introduce import show_client, verify_client
from therapymail.practice.judging import Judge, JudgedLetter
from therapymail.practice.key_changes import (
    accept_new_key,
    change_to_decide,
    dismiss_keys,
    open_key_changes,
    retire_key,
)
from therapymail.practice.key_finder import finder_for
from therapymail.practice.keyring import clients_keyring, write_clients_keyring
from therapymail.practice.keys import import_key, offer_key, pin_key, show_key
from therapymail.practice.letters_again import read_letters_of_keys
from therapymail.practice.policy import own_key_now, sealing_facts
from therapymail.practice.practice import Practice
from therapymail.practice.renewals import renew
from therapymail.practice.seal_letter import sealer
from therapymail.practice.write import start_draft
from therapymail.vault import certificates, clients, drafts, filing, key_candidates, letters

MAREN = "maren@heron.example"


@dataclass
class Post:
    """A practice with the client HERON, their key verified; what `file` is given is read and filed as a sync does."""

    practice: Practice
    writers: Writers
    maren: Writer
    count: int = 0

    def file(self, *mails: bytes, in_junk: bool = False, received: datetime | None = None) -> list[Filing]:
        filed = []
        with self.practice.vault() as vault:
            known = read_correspondents(self.practice, vault)
            finder, keyring = finder_for(self.practice, vault, known), clients_keyring(self.practice)
            with self.practice.gpg(keyring) as gpg, BulkOpener(gpg) as opener:
                reader = ArrivalReader(opener, known, partial(clients_answered, vault, known), finder)
                for raw in mails:
                    self.count += 1
                    when = received or datetime.now(UTC)
                    arrival = Arrival(Place("imap", "INBOX", 7, self.count), when, raw, False, in_junk)
                    read = reader.finish(reader.begin(arrival))
                    assert isinstance(read, Filing)
                    filed.append(read)
            with vault.writing() as writer:
                filing.file_letters(writer, filed, self.practice.clock())
            newer = [key for each in filed for key in each.keys if key.newer]
            renewed = {key.fingerprint for key in newer if renew(self.practice, vault, key.fingerprint, key.newer)}
        if renewed:
            write_clients_keyring(self.practice)
            read_letters_of_keys(self.practice, renewed)
        return filed

    def write(self, text: str, signer: Writer | None = None, extra: str = "") -> bytes:
        self.count += 1
        return self.writers.letter(self.maren, text, signer=signer, extra=extra, message_id=f"<{self.count}@x>")

    def another(self) -> Writer:
        """A further key that bears Maren's address."""
        return self.writers.add("Maren", MAREN)

    def letters(self) -> list[JudgedLetter]:
        with self.practice.vault() as vault, vault.reading() as reader:
            judge = Judge.of(self.practice, reader)
            return [judge.judged(each) for each in letters.list_letters(reader, ListFilter())]

    @property
    def changes(self) -> list[KeyChange]:
        return [each.change for each in open_key_changes(self.practice)]

    def decided(self) -> Permit | Refusal:
        with self.practice.vault() as vault, vault.reading() as reader:
            client = clients.client_by_code(reader, "HERON")
            return decide(sealing_facts(self.practice, reader, client, own_key_now(self.practice), None))

    @property
    def is_stopped(self) -> bool:
        found = self.decided()
        return isinstance(found, Refusal) and Hindrance.KEY_CHANGE_OPEN in found.hindrances

    def exported(self, writer: Writer | None = None) -> bytes:
        return output(self.writers.gpg, ["--export", "--", (writer or self.maren).fingerprint])


@pytest.fixture
def post() -> Iterator[Post]:
    with (
        short_directory() as directory,
        practice_in(directory) as practice,
        writers_to(practice, directory) as writers,
    ):
        maren = writers.add("Maren", MAREN)
        introduce(practice, "HERON", maren)
        verify_client(practice, "HERON", maren.fingerprint, "by telephone")
        yield Post(practice, writers, maren)


def autocrypt(certificate: bytes) -> str:
    data = base64.encodebytes(certificate).decode().replace("\n", "\r\n ").strip()
    return f"Autocrypt: addr={MAREN}; keydata={data}\r\n"


def in_clear(text: str, header: str = "") -> bytes:
    return f"From: Maren <{MAREN}>\r\nTo: <orla@practice.example>\r\nSubject: x\r\n{header}\r\n{text}\r\n".encode()


# --- what stops letters, and what does not -------------------------------------------------------------


def test_M06_C27_C28_a_letter_signed_by_another_key_stops_letters_until_a_code_word_matched(post: Post) -> None:
    """The eighth week of the story's SLATE: a borrowed laptop, a key that came with the letter."""
    fresh = post.another()
    assert isinstance(post.decided(), Permit)
    [filed] = post.file(post.write("from the old laptop", fresh, autocrypt(fresh.certificate)))
    assert filed.standing is Standing.PROPOSED
    [change] = post.changes
    assert (change.fingerprint, change.pinned) == (fresh.fingerprint, post.maren.fingerprint)
    assert (change.sign, str(change.letter), change.is_here) == (KeySign.SIGNED, "HERON-1", True)
    assert "another-key" in filed.notes  # C28: what is shown is that it changed, not that a signature is valid
    assert post.decided() == Refusal((Hindrance.KEY_CHANGE_OPEN,))
    assert [pin.fingerprint for pin in show_client(post.practice, "HERON").client.pins] == [post.maren.fingerprint]

    accepted = accept_new_key(post.practice, "HERON", fresh.fingerprint, "the code word, by phone")
    assert [key.fingerprint for key in accepted.keys] == [fresh.fingerprint, post.maren.fingerprint]
    assert accepted.keys[0].confirmed
    assert accepted.keys[0].confirmed.how == "the code word, by phone"
    [settled] = accepted.changes
    assert settled.resolution is KeyResolution.PINNED
    permit = post.decided()
    assert isinstance(permit, Permit)
    assert permit.client_fingerprint == fresh.fingerprint
    [letter] = post.letters()  # what it had signed counts now, without a further word
    assert (letter.letter.standing, letter.verdict.signature.value) == (Standing.ACCEPTED, "verified")
    assert "another-key" not in letter.letter.notes
    told = [(each.what, each.fingerprint) for each in accepted.history]
    assert ("key-change-found", fresh.fingerprint) in told
    assert told.index(("key-change-found", fresh.fingerprint)) < told.index(("key-verified", fresh.fingerprint))


def test_M06_a_key_that_only_a_signature_names_stops_letters_too_and_is_recognised_when_it_is_imported(
    post: Post,
) -> None:
    fresh = post.another()
    post.file(post.write("no key came along", fresh))
    [change] = post.changes
    assert (change.is_here, post.is_stopped) == (False, True)
    with pytest.raises(KeyUnknown):
        accept_new_key(post.practice, "HERON", fresh.fingerprint, "by phone")
    kept = import_key(post.practice, fresh.certificate, "HERON")
    assert kept.pinned_to is None
    [change] = post.changes
    assert (change.fingerprint, change.is_here) == (fresh.fingerprint, True)
    accept_new_key(post.practice, "HERON", fresh.fingerprint, "by phone")
    assert (post.changes, post.is_stopped) == ([], False)


def test_M06_S13_a_forged_mail_in_clear_with_a_key_is_shown_and_stops_nothing(post: Post) -> None:
    eve = post.another()
    post.file(in_clear("use this key", autocrypt(eve.certificate)))
    [change] = post.changes
    assert (change.sign, change.blocks) == (KeySign.OFFERED, False)
    assert isinstance(post.decided(), Permit)
    post.file(post.write("found in the junk folder", eve, autocrypt(eve.certificate)), in_junk=True)
    assert isinstance(post.decided(), Permit)


def test_M06_a_key_enclosed_in_a_letter_that_the_pinned_key_signed_is_asked_about_and_stops_nothing(post: Post) -> None:
    fresh = post.another()
    post.file(post.write("my new key", None, autocrypt(fresh.certificate)))
    [change] = post.changes
    assert (change.sign, change.blocks) == (KeySign.VOUCHED, False)
    assert isinstance(post.decided(), Permit)


def test_M06_a_letter_that_another_clients_key_signed_is_no_key_change(post: Post) -> None:
    other = post.writers.add("Tomas", "tomas@linden.example")
    introduce(post.practice, "LINDEN", other)
    [filed] = post.file(post.write("not hers", other))
    assert filed.standing is Standing.SET_ASIDE
    assert post.changes == []


def test_M06_a_letter_of_before_the_key_was_pinned_says_nothing_of_a_new_one(post: Post) -> None:
    former = post.another()
    long_ago = datetime.now(UTC) - timedelta(days=400)
    post.file(post.write("years ago", former, autocrypt(former.certificate)), received=long_ago)
    assert post.changes == []
    assert isinstance(post.decided(), Permit)


def test_M06_dismissing_one_key_is_one_command_and_it_never_stops_a_letter_again(post: Post) -> None:
    eve = post.another()
    post.file(post.write("it is me", eve, autocrypt(eve.certificate)))
    assert post.is_stopped
    [done] = dismiss_keys(post.practice, "HERON", [eve.fingerprint[-16:]], "she rang: it was not her")
    assert (done.resolution, done.why) == (KeyResolution.DISMISSED, "she rang: it was not her")
    assert isinstance(post.decided(), Permit)
    post.file(post.write("it is me again", eve, autocrypt(eve.certificate)))
    assert post.changes == []
    assert isinstance(post.decided(), Permit)
    pin_key(post.practice, eve.fingerprint, "HERON")  # after all
    assert show_client(post.practice, "HERON").changes[0].resolution is KeyResolution.PINNED


def test_M06_all_at_once_are_dismissed_and_a_flood_stops_letters_twice_at_the_most(post: Post) -> None:
    for number in range(3):
        post.file(post.write(f"flood {number}", post.another()))
    assert len(post.changes) == 3
    assert len(dismiss_keys(post.practice, "HERON", [], "forged")) == 3
    post.file(post.write("one more", post.another()))
    assert isinstance(post.decided(), Permit)
    with pytest.raises(KeyUnknown):
        dismiss_keys(post.practice, "HERON", ["F" * 40], "no")


def test_M06_imported_for_a_client_who_has_a_key_it_waits_beside_it(post: Post) -> None:
    fresh = post.another()
    assert import_key(post.practice, fresh.certificate, "HERON").pinned_to is None
    [change] = post.changes
    assert (change.sign, change.letter, post.is_stopped) == (KeySign.IMPORTED, None, True)
    [filed] = post.file(post.write("signed by it", fresh))
    assert filed.standing is Standing.PROPOSED  # in quarantine it proves nothing: K3
    assert change_to_decide(post.practice, "HERON").fingerprint == fresh.fingerprint
    pin_key(post.practice, fresh.fingerprint, None)
    assert post.decided() == Refusal((Hindrance.KEY_UNVERIFIED,))
    assert {each.letter.standing for each in post.letters()} == {Standing.ACCEPTED}


def test_M06_a_key_that_was_looked_up_is_shown_and_stops_nothing(post: Post) -> None:
    fresh = post.another()
    assert offer_key(post.practice, "HERON", fresh.certificate, KeySign.OFFERED).pinned_to is None
    assert [each.sign for each in post.changes] == [KeySign.OFFERED]
    assert offer_key(post.practice, "HERON", post.maren.certificate, KeySign.OFFERED).pinned_to == "HERON"
    assert isinstance(post.decided(), Permit)


def test_C27_a_key_that_is_not_used_any_more_keeps_its_letters_and_gets_no_more(post: Post) -> None:
    fresh = post.another()
    post.file(post.write("before"))
    import_key(post.practice, fresh.certificate, "HERON")
    accept_new_key(post.practice, "HERON", fresh.fingerprint, "in person")
    retire_key(post.practice, "HERON", post.maren.fingerprint[-16:], "telephone stolen")
    time.sleep(1.1)  # receipt is told in whole seconds by some hosts
    [late] = post.file(post.write("by the thief"))
    assert late.standing is Standing.SET_ASIDE
    kept = {each.letter.standing: each.verdict.signature.value for each in post.letters()}
    assert kept[Standing.ACCEPTED] == "verified"
    assert post.changes == []
    retire_key(post.practice, "HERON", fresh.fingerprint, "that one too")
    assert post.decided() == Refusal((Hindrance.KEY_RETIRED,))
    with pytest.raises(KeyUnknown):
        retire_key(post.practice, "HERON", "F" * 40, "no")


def test_C27_where_the_key_sealed_to_is_not_used_any_more_no_former_one_takes_its_place_unasked(post: Post) -> None:
    fresh = post.another()
    import_key(post.practice, fresh.certificate, "HERON")
    accept_new_key(post.practice, "HERON", fresh.fingerprint, "in person")
    retire_key(post.practice, "HERON", fresh.fingerprint, "lost")
    assert post.decided() == Refusal((Hindrance.KEY_RETIRED,))
    pin_key(post.practice, post.maren.fingerprint, "HERON")
    permit = post.decided()
    assert isinstance(permit, Permit)
    assert permit.client_fingerprint == post.maren.fingerprint


def test_M06_what_is_told_for_the_new_key_must_be_all_of_it(post: Post) -> None:
    fresh = post.another()
    post.file(post.write("new", fresh, autocrypt(fresh.certificate)))
    for told in (fresh.fingerprint[-16:], post.maren.fingerprint, "F" * 40):
        with pytest.raises((UnusableInput, KeyUnknown)):
            accept_new_key(post.practice, "HERON", told, "by phone")
    with pytest.raises(UnusableInput):
        accept_new_key(post.practice, "HERON", fresh.fingerprint, "  ")
    assert post.is_stopped


# --- newer copies --------------------------------------------------------------------------------------


def test_K4_a_new_end_in_an_autocrypt_header_is_taken_in_and_pin_and_verification_stay(post: Post) -> None:
    before = show_client(post.practice, "HERON").keys[0]
    output(post.writers.gpg, ["--quick-set-expire", "--", post.maren.fingerprint, "90d"])
    post.file(
        post.write("as ever", None, autocrypt(post.exported())), post.write("and", None, autocrypt(post.exported()))
    )
    [key] = show_client(post.practice, "HERON").keys
    assert key.expires is not None
    assert key.confirmed == before.confirmed
    assert post.changes == []
    post.file(post.write("an old program", None, autocrypt(post.maren.certificate)))
    assert show_client(post.practice, "HERON").keys[0].expires == key.expires
    held = [each for each in show_client(post.practice, "HERON").history if each.what == "held"]
    assert len(held) == 2


def test_K4_a_revocation_that_comes_by_letter_stops_letters_even_in_a_mail_that_proves_nothing(post: Post) -> None:
    path = revocation_certificate(post.writers.gpg, post.maren.fingerprint)
    assert path
    output(post.writers.gpg, ["--import"], path.read_bytes().replace(b":-----BEGIN", b"-----BEGIN"))
    post.file(in_clear("my key is void", autocrypt(post.exported())))
    assert show_client(post.practice, "HERON").keys[0].revoked
    assert post.decided() == Refusal((Hindrance.KEY_REVOKED,))
    assert post.changes == []


def test_K4_a_letter_signed_by_a_new_part_that_comes_with_it_is_no_key_change(post: Post) -> None:
    output(post.writers.gpg, ["--passphrase", "", "--quick-add-key", post.maren.fingerprint, "ed25519", "sign", "0"])
    part = key_fingerprints(post.exported())[-1]
    # gpg signs with the part from now on. The first letter comes alone, the second with the copy that explains both.
    post.file(post.write("unexplained"))
    [change] = post.changes
    assert (change.fingerprint, post.is_stopped) == (part, True)
    post.file(post.write("explained", None, autocrypt(post.exported())))
    assert (post.changes, post.is_stopped) == ([], False)
    assert {each.verdict.signature.value for each in post.letters()} == {"verified"}


def test_K4_a_letter_that_brings_the_new_part_it_is_signed_by_leaves_no_trace_of_a_key_change(post: Post) -> None:
    output(post.writers.gpg, ["--passphrase", "", "--quick-add-key", post.maren.fingerprint, "ed25519", "sign", "0"])
    post.file(post.write("explains itself", None, autocrypt(post.exported())))
    assert [each.verdict.signature.value for each in post.letters()] == ["verified"]
    overview = show_client(post.practice, "HERON")
    assert overview.changes == ()
    assert "key-change-found" not in {each.what for each in overview.history}


def test_K4_a_copy_with_a_part_that_the_key_never_signed_changes_nothing(post: Post) -> None:
    eve = post.another()
    start = eve.certificate.rindex(b"\xb8")  # a public subkey packet, old format
    forged = post.maren.certificate + eve.certificate[start:]
    before = show_client(post.practice, "HERON").keys
    post.file(post.write("with a foreign part", None, autocrypt(forged)))
    assert show_client(post.practice, "HERON").keys == before
    assert isinstance(post.decided(), Permit)


def test_K4_a_newer_copy_of_a_candidate_is_brought_together_with_it(post: Post) -> None:
    fresh = post.another()
    post.file(post.write("one", None, autocrypt(fresh.certificate)))
    output(post.writers.gpg, ["--quick-set-expire", "--", fresh.fingerprint, "90d"])
    post.file(post.write("two", None, autocrypt(post.exported(fresh))))
    [candidate] = show_client(post.practice, "HERON").candidates
    assert candidate.certificate.expires is not None
    assert len(candidate.places) == 2


# --- which part is sealed to, and whether it can be ----------------------------------------------------


def with_two_parts(post: Post) -> tuple[str, str]:
    """The older and the newer of the two encryption parts that Maren's key has from now on, in the record too."""
    time.sleep(1.1)  # gpg chooses by the second
    output(post.writers.gpg, ["--passphrase", "", "--quick-add-key", post.maren.fingerprint, "cv25519", "encr", "0"])
    import_key(post.practice, post.exported(), "HERON")
    newer, older = (part.fingerprint for part in show_key(post.practice, "HERON").parts)
    return older, newer


def sealed_to(post: Post) -> tuple[str, ...]:
    permit = post.decided()
    assert isinstance(permit, Permit)
    name = start_draft(post.practice, "HERON", DraftContent("about", "Dear Maren")).name
    with post.practice.vault() as vault:
        with vault.reading() as reader:
            draft = drafts.draft(reader, name)
        with sealer(post.practice, vault) as made:
            return made.make_ready(draft, permit, "<bcdfghjklmnpqrstvwxz@practice.example>").letter.proof.sealed_to


def test_K5_of_two_parts_the_newest_is_sealed_to_and_both_are_said(post: Post) -> None:
    older, newer = with_two_parts(post)
    assert newer[-16:] in sealed_to(post)
    assert older[-16:] not in sealed_to(post)
    assert [part.fingerprint for part in show_client(post.practice, "HERON").keys[0].parts] == [newer, older]


def test_K5_the_chosen_part_alone_is_sealed_to_and_the_proof_accepts_no_other(post: Post) -> None:
    older, newer = with_two_parts(post)
    held = pin_key(post.practice, "HERON", None, part=f"{older}!")
    assert held.part == older
    assert held.confirmed  # choosing a part does not take the verification away
    found = sealed_to(post)
    assert older[-16:] in found
    assert newer[-16:] not in found
    assert len(found) == 2
    pin_key(post.practice, "HERON", None, part="newest")
    assert newer[-16:] in sealed_to(post)
    for wrong in (post.maren.fingerprint, "F" * 40, "x"):
        with pytest.raises(UnusableInput):
            pin_key(post.practice, "HERON", None, part=wrong)


def test_K5_the_proof_refuses_a_letter_that_is_sealed_to_another_part_than_the_chosen_one(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    older, _ = with_two_parts(post)
    pin_key(post.practice, "HERON", None, part=older)
    monkeypatch.setattr("therapymail.practice.seal_letter.to_seal_to", lambda material, _part: material)
    with pytest.raises(NotProven) as refused:
        sealed_to(post)
    assert refused.value.check == "key-ids"


def test_K5_K6_a_chosen_part_that_is_revoked_or_over_refuses_instead_of_taking_another(post: Post) -> None:
    older, _ = with_two_parts(post)
    pin_key(post.practice, "HERON", None, part=older)
    output(post.writers.gpg, ["--quick-set-expire", "--", post.maren.fingerprint, "20d", older])
    import_key(post.practice, post.exported(), None)
    permit = post.decided()
    assert isinstance(permit, Permit)
    assert permit.client_expires_soon is not None  # K6: less than thirty days
    later = replace(post, practice=replace(post.practice, clock=lambda: datetime.now(UTC) + timedelta(days=21)))
    assert later.decided() == Refusal((Hindrance.KEY_PART_ENDED,))


def test_K6_the_state_of_a_key_is_judged_on_the_day_a_letter_leaves(post: Post) -> None:
    output(post.writers.gpg, ["--quick-set-expire", "--", post.maren.fingerprint, "25d"])
    post.file(post.write("as ever", None, autocrypt(post.exported())))
    permit = post.decided()
    assert isinstance(permit, Permit)
    assert permit.client_expires_soon is not None
    later = replace(post, practice=replace(post.practice, clock=lambda: datetime.now(UTC) + timedelta(days=26)))
    assert later.decided() == Refusal((Hindrance.KEY_EXPIRED,))


def test_K5_a_certificate_cut_to_one_part_holds_no_other_that_can_be_sealed_to(post: Post) -> None:
    older, _ = with_two_parts(post)
    with post.practice.vault() as vault, vault.reading() as reader:
        material = certificates.certificate(reader, post.maren.fingerprint).material
        assert key_candidates.candidates(reader) == []
    cut = with_only_part(material, older)
    assert encryption_key_ids(cut) == {older[-16:]}
    assert key_fingerprints(cut) == (post.maren.fingerprint, older)
    with pytest.raises(KeyRefused):
        with_only_part(material, "F" * 40)
