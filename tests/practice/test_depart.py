"""Departure: what is due leaves once, by today's rules; what cannot leave says why; nothing is ever in doubt unsaid."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.support.hostile import Authority, HostileServer, authority
from tests.support.hostile_smtp import FALLS_SILENT, HANGS_UP, FakeSmtp
from tests.support.posts import EmbeddedPost, embedded
from tests.support.sending import MARKED, SUBJECT, TEXT, Sending, sending_over
from therapymail.config import Security
from therapymail.domain.client import ClientStatus
from therapymail.domain.draft import Draft
from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.domain.outbox import MOST_ATTEMPTS, Obstacle, OutboxState
from therapymail.errors import (
    DraftUnknown,
    FileUnusable,
    GnupgUnusable,
    NotProven,
    OutboxMoved,
    PassphraseNeeded,
    PassphraseWrong,
    SealingFailed,
    TherapymailError,
    UnusableInput,
    VaultLocked,
)
from therapymail.mail import offering as offering_module
from therapymail.pgp.runner import Gpg
from therapymail.practice import depart as depart_module
from therapymail.practice import outbox, write
from therapymail.practice.candidates import ACCOUNT
from therapymail.practice.depart import depart
from therapymail.practice.introduce import ClientChange, edit_client
from therapymail.practice.receive import SyncRequest, sync
from therapymail.practice.seal_letter import Sealer
from therapymail.practice.unlock import lock, unlock
from therapymail.vault import drafts, journal, places, sent, texts
from therapymail.vault import outbox as rows

__all__ = ["authority", "embedded"]

SHORT = offering_module.Patience(connecting=2, command=2, block=2, answer=0.5)


@pytest.fixture(scope="module")
def shared(embedded: EmbeddedPost) -> Iterator[Sending]:
    with sending_over(embedded) as practice:
        yield practice


@pytest.fixture
def story(shared: Sending) -> Iterator[Sending]:
    """A practice whose outbox is empty again afterwards."""
    shared.clock.later = timedelta()
    yield shared
    shared.clock.later = timedelta()
    edit_client(shared.practice, "HERON", ClientChange(status=ClientStatus.ACTIVE))
    with shared.practice.vault() as vault, vault.writing() as writer:
        writer.run("DELETE FROM outbox WHERE state <> 'sent'")
        writer.run("DELETE FROM draft WHERE number IN (SELECT draft FROM draft_text)")


@contextmanager
def over(story: Sending, fake: FakeSmtp, authority: Authority) -> Iterator[Sending]:
    """The practice with `fake` as its submission host."""
    with HostileServer(fake, authority.context()) as server:
        host = server.settings(Security.TLS, ca_file=authority.ca_file, username=story.user)
        yield story.using(smtp=host)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No wait of a test is long."""
    usual = offering_module.offering
    monkeypatch.setattr(depart_module, "offering", lambda host, secret: usual(host, secret, patience=SHORT))


# --- a letter that leaves ------------------------------------------------------------------------------


def test_C14_a_letter_is_on_the_record_as_sent_once_the_host_has_it(story: Sending) -> None:
    before = len(story.letters())
    name = story.released()
    departed = story.depart()
    assert [entry.draft for entry in departed.sent] == [name]
    assert departed.trouble is None
    entry = story.entry(name)
    assert (entry.state, entry.obstacle, entry.attempts) == (OutboxState.SENT, None, 0)
    assert len(story.letters()) == before + 1
    letter = story.letter(name)
    facts = (
        letter.direction,
        letter.kind,
        letter.standing,
        letter.state,
        letter.subject,
        letter.received,
        letter.notes,
    )
    wanted = (Direction.OUT, Kind.RESPONSE, Standing.ACCEPTED, LetterState.OPENED, SUBJECT, entry.sent_at, ())
    assert facts == wanted
    with story.practice.vault() as vault, vault.reading() as reader:
        reading = texts.reading(reader, letter.digest)
        proof = sent.proof_of(reader, letter.digest)
        raw = texts.original(reader, letter.digest)
        with pytest.raises(DraftUnknown):
            drafts.draft(reader, name)
        assert journal.verify(reader).problems == ()
    assert reading is not None
    assert reading.text.strip() == TEXT.strip()
    assert proof is not None
    assert proof.payload_digest == letter.digest.hex()
    assert raw is not None
    assert raw in story.arrived()[-1]  # below the Received lines of the hosts
    opened = story.opened_by_client(story.arrived()[-1])
    assert opened.headers.subject == SUBJECT
    assert b"xqlighthouse" in (opened.payload or b"")
    assert not any(word.encode() in story.arrived()[-1] for word in MARKED)


def test_C17_the_copy_found_in_Sent_is_the_same_letter_in_another_place(story: Sending) -> None:
    name = story.released(text="Dear Maren,\n\n> you wrote this\n\nand I this.\n")
    story.depart()
    before, digest = story.letters(), story.letter(name).digest
    result = sync(story.practice, SyncRequest())
    assert result.fetched == 0  # its place is known: it was not even fetched
    with story.practice.vault() as vault, vault.writing() as writer:
        places.drop_places(writer, ACCOUNT, "Sent")
    assert sync(story.practice, SyncRequest(full=True)).fetched >= 1
    assert story.letters() == before
    with story.practice.vault() as vault, vault.reading() as reader:
        assert [place.folder for place in places.places_of(reader, digest)] == ["Sent"]
        reading = texts.reading(reader, digest)
    assert reading is not None
    assert (reading.text.strip(), reading.quoted.strip()) == ("Dear Maren,\n\nand I this.", "> you wrote this")


def test_several_letters_leave_over_one_connection(story: Sending, authority: Authority) -> None:
    fake = FakeSmtp()
    with over(story, fake, authority) as other:
        names = [other.released(code) for code in ("HERON", "LINDEN", "HERON")]
        departed = other.depart()
    assert [entry.draft for entry in departed.sent] == names
    assert len(fake.letters) == 3
    assert sum(command.startswith(b"AUTH") for command in fake.commands) == 1
    assert not any(word.encode() in b"".join(fake.letters) for word in MARKED)


def test_S17_a_reply_answers_what_stood_outside_the_letter_alone(story: Sending) -> None:
    person = story.clients["HERON"]
    raw = story.writers.letter(
        person, "what I wrote", message_id="<inner1@client.example>", extra="References: <root@client.example>\r\n"
    ).replace(b"To: Orla <orla@practice.example>", f"To: {story.post.address(story.user)}".encode(), 1)
    story.post.append(story.user, "INBOX", raw, story.clock())
    sync(story.practice, SyncRequest())
    answered = next(letter for letter in story.letters() if letter.direction is Direction.IN)
    name = write.start_reply(story.practice, str(answered.name)).name
    text = write.show_draft(story.practice, name).draft.content
    write.save(story.practice, name, replace(text, text=text.text + "\nMy own words.\n"))
    outbox.send(story.practice, outbox.SendRequest(name, at_once=True))
    story.depart()
    arrived = story.arrived()[-1]
    assert b"In-Reply-To: <inner1@client.example>" in arrived
    assert b"<root@client.example>" in arrived


# --- what keeps a letter back --------------------------------------------------------------------------


def test_C6_todays_rules_decide_at_departure(story: Sending, authority: Authority) -> None:
    fake = FakeSmtp()
    with over(story, fake, authority) as other:
        name = other.released()
        edit_client(other.practice, "HERON", ClientChange(status=ClientStatus.PAUSED))
        departed = other.depart()
    assert [entry.hindrances for entry in departed.refused] == [("client-paused",)]
    entry = story.entry(name)
    assert (entry.state, entry.hindrances) == (OutboxState.REFUSED, ("client-paused",))
    assert write.show_draft(story.practice, name).draft.content.text
    assert fake.commands == []


def test_C6_what_was_released_to_one_address_leaves_to_no_other(story: Sending, authority: Authority) -> None:
    fake, former, moved = FakeSmtp(), story.clients["HERON"].address, "heron@moved.example"
    with over(story, fake, authority) as other:
        name = other.released()
        edit_client(other.practice, "HERON", ClientChange(write_to=moved, add_addresses=(moved,)))
        try:
            other.depart()
            assert other.entry(name).hindrances == ("address-changed",)
            assert outbox.retry(other.practice, name).state is OutboxState.RELEASED, "the therapist agrees anew"
            other.depart()
        finally:
            edit_client(other.practice, "HERON", ClientChange(write_to=former, drop_addresses=(moved,)))
    assert [command for command in fake.commands if command.startswith(b"RCPT")] == [
        b"RCPT TO:<" + moved.encode() + b">"
    ]
    assert len(fake.letters) == 1


@pytest.mark.parametrize(
    ("failure", "state", "obstacle", "hindrances", "attempts"),
    [
        (SealingFailed("key-unusable"), OutboxState.REFUSED, Obstacle.SEALING_FAILED, ("key-unusable",), 0),
        (NotProven("canaries"), OutboxState.REFUSED, Obstacle.NOT_PROVEN, (), 0),
        (UnusableInput("subject", "no"), OutboxState.REFUSED, Obstacle.SEALING_FAILED, (), 0),
        (PassphraseNeeded(), OutboxState.RELEASED, Obstacle.LOCKED, (), 0),
        (PassphraseWrong(), OutboxState.RELEASED, Obstacle.LOCKED, (), 0),
        (GnupgUnusable("it ended"), OutboxState.RELEASED, Obstacle.SEALING_FAILED, (), 1),
        (FileUnusable("/run", "it is full"), OutboxState.RELEASED, Obstacle.SEALING_FAILED, (), 1),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, TherapymailError) else None,
)
def test_C4_a_letter_that_cannot_be_made_ready_says_why_and_the_next_one_leaves(
    story: Sending,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    failure: TherapymailError,
    state: OutboxState,
    obstacle: Obstacle,
    hindrances: tuple[str, ...],
    attempts: int,
) -> None:
    fake, usual = FakeSmtp(), Sealer.make_ready
    with over(story, fake, authority) as other:
        name, after = other.released(), other.released()

        def make_ready(sealer: Sealer, draft: Draft, *more: Any) -> Any:
            if draft.name == name:
                raise failure
            return usual(sealer, draft, *more)

        monkeypatch.setattr(Sealer, "make_ready", make_ready)
        other.depart()
        assert other.entry(after).state is OutboxState.SENT
    entry = story.entry(name)
    assert (entry.state, entry.obstacle, entry.hindrances, entry.attempts) == (state, obstacle, hindrances, attempts)
    assert len(fake.letters) == 1


@pytest.mark.parametrize(
    ("replies", "state", "obstacle", "attempts"),
    [
        ({b"RCPT": b"450 4.2.0 greylisted"}, OutboxState.RELEASED, Obstacle.BUSY, 1),
        ({b"END": b"452 4.3.1 full"}, OutboxState.RELEASED, Obstacle.NO_ROOM, 1),
        ({b"MAIL": HANGS_UP}, OutboxState.RELEASED, Obstacle.CONNECTION_LOST, 1),
        ({b"RCPT": b"550 5.1.1 no"}, OutboxState.FAILED, Obstacle.NO_SUCH_ADDRESS, 0),
        ({b"END": b"554 5.6.0 no"}, OutboxState.FAILED, Obstacle.CONTENT_REFUSED, 0),
        ({b"END": HANGS_UP}, OutboxState.UNCERTAIN, Obstacle.ANSWER_LOST, 0),
        ({b"END": FALLS_SILENT}, OutboxState.UNCERTAIN, Obstacle.ANSWER_LOST, 0),
    ],
)
def test_C15_each_obstacle_is_said_and_the_draft_kept(
    story: Sending,
    authority: Authority,
    replies: dict[bytes, bytes | list[bytes]],
    state: OutboxState,
    obstacle: Obstacle,
    attempts: int,
) -> None:
    before = story.letters()
    with over(story, FakeSmtp(replies=replies), authority) as other:
        name = other.released()
        other.depart()
        entry = other.entry(name)
        assert (entry.state, entry.obstacle, entry.attempts) == (state, obstacle, attempts)
        assert other.letters() == before
        assert write.show_draft(other.practice, name).draft.content.text == TEXT
        again = other.depart()  # at once: nothing is tried before its time, and what is uncertain never
    assert (again.sent, again.waiting, again.uncertain) == ((), (), ())


def test_a_letter_over_the_hosts_size_says_so_and_nothing_of_it_is_sent(story: Sending, authority: Authority) -> None:
    fake = FakeSmtp(size=b"SIZE 500")
    with over(story, fake, authority) as other:
        name = other.released()
        other.depart()
    entry = story.entry(name)
    assert (entry.state, entry.obstacle) == (OutboxState.FAILED, Obstacle.TOO_LARGE)
    assert not any(command.startswith(b"MAIL") for command in fake.commands)


def test_C15_tries_are_spaced_and_end(story: Sending, authority: Authority) -> None:
    fake = FakeSmtp(replies={b"RCPT": b"451 4.7.1 greylisted"})
    with over(story, fake, authority) as other:
        name = other.released()
        waits = []
        for attempt in range(1, MOST_ATTEMPTS + 1):
            other.depart()
            entry = other.entry(name)
            if entry.state is OutboxState.FAILED:
                break
            assert entry.attempts == attempt
            assert entry.tries_from is not None
            waits.append(round((entry.tries_from - other.clock()) / timedelta(minutes=1)))
            other.depart()
            assert other.entry(name).attempts == attempt  # not before its time
            other.clock.later += timedelta(minutes=waits[-1], seconds=1)
        assert (entry.state, entry.obstacle) == (OutboxState.FAILED, Obstacle.TRIED_TOO_OFTEN)
        assert waits == [1, 5, 15, 30, 60, *[120] * (MOST_ATTEMPTS - 6)]
        outbox.retry(other.practice, name)
        other.depart()
        assert other.entry(name).attempts == 1, "it has all its tries again"
        outbox.retry(other.practice, name)
        fake.replies.clear()
        assert [entry.draft for entry in other.depart().sent] == [name]


@pytest.mark.parametrize(
    ("fault", "obstacle"),
    [
        ("nobody listens", Obstacle.UNREACHABLE),
        ("another authority", Obstacle.NO_TRUST),
        ("a refused login", Obstacle.LOGIN_REFUSED),
        ("no password", Obstacle.NO_SECRET),
        ("no service", Obstacle.BUSY),
    ],
)
def test_C15_a_host_that_cannot_be_talked_to_is_each_letters_obstacle(
    story: Sending, authority: Authority, fault: str, obstacle: Obstacle
) -> None:
    fake = FakeSmtp(accepts=fault != "a refused login")
    if fault == "no service":
        fake.mechanisms = b"GSSAPI"
    with over(story, fake, authority) as found:
        host = found.practice.settings.smtp
        assert host is not None
        if fault == "nobody listens":
            host = replace(host, port=1)
        if fault == "another authority":
            host = replace(host, ca_file="")
        other = found.using(smtp=host)
        if fault == "no password":
            settings = replace(other.practice.settings, smtp=replace(host, username="somebody"))
            other.practice = replace(other.practice, settings=settings)
        names = [other.released(), other.released("LINDEN")]
        departed = other.depart()
    assert departed.trouble is not None
    assert sum(command.startswith(b"AUTH") for command in fake.commands) <= 1, "hosts lock accounts that guess"
    for name in names:
        entry = story.entry(name)
        counted = 1 if obstacle is Obstacle.BUSY else 0
        assert (entry.state, entry.obstacle, entry.attempts) == (OutboxState.RELEASED, obstacle, counted)
    assert fake.letters == []


def test_C4_without_a_working_gpg_nothing_leaves(
    story: Sending, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeSmtp()
    usual = Gpg.run

    def broken(gpg: Gpg, arguments: Any, *rest: Any, **more: Any) -> Any:
        if "--encrypt" in arguments:
            return usual(gpg, ["--version"], *rest)
        return usual(gpg, arguments, *rest, **more)

    with over(story, fake, authority) as other:
        name = other.released()
        monkeypatch.setattr(Gpg, "run", broken)
        other.depart()
    assert story.entry(name).state in {OutboxState.REFUSED, OutboxState.RELEASED}
    assert story.entry(name).obstacle is Obstacle.SEALING_FAILED
    assert not any(command.startswith(b"MAIL") for command in fake.commands)


def test_a_letter_that_fails_does_not_hold_back_the_next(story: Sending, authority: Authority) -> None:
    fake = FakeSmtp(replies={b"RCPT": [b"550 5.1.1 no", b"250 ok", HANGS_UP, b"250 ok"]})
    with over(story, fake, authority) as other:
        names = [other.released() for _ in range(4)]
        other.depart()
        states = [other.entry(name).state for name in names]
    assert states == [OutboxState.FAILED, OutboxState.SENT, OutboxState.RELEASED, OutboxState.SENT]
    assert len(fake.letters) == 2


# --- taking back, locking, ending ------------------------------------------------------------------------


def test_C9_taking_back_wins_until_the_departure_has_begun(story: Sending, authority: Authority) -> None:
    fake = FakeSmtp()
    with over(story, fake, authority) as other:
        name, gone = other.released(), other.released()

        def tell(line: str) -> None:
            if line == f"{gone}: sealing":
                outbox.cancel(other.practice, gone)
                write.discard(other.practice, gone)

        departed = depart(other.practice, tell=tell)
    assert [entry.draft for entry in departed.sent] == [name]
    assert len(fake.letters) == 1


def test_C9_once_offered_it_cannot_be_taken_back(story: Sending, authority: Authority) -> None:
    fake = FakeSmtp()
    refused = []
    with over(story, fake, authority) as other:
        name = other.released()

        def tell(line: str) -> None:
            if line == f"{name}: sending":
                with pytest.raises(OutboxMoved) as raised:
                    outbox.cancel(other.practice, name)
                refused.append(raised.value)

        depart(other.practice, tell=tell)
    assert len(refused) == 1
    assert story.entry(name).state is OutboxState.SENT


def test_C9_of_many_who_take_back_and_send_at_once_one_wins(story: Sending, authority: Authority) -> None:
    """The race itself: either it was taken back and nothing left, or it left and could not be taken back."""
    fake = FakeSmtp()
    with over(story, fake, authority) as other:
        names = [other.released() for _ in range(6)]
        taken_back = []

        def take_back() -> None:
            for name in names:
                try:
                    outbox.cancel(other.practice, name)
                except OutboxMoved:
                    continue
                taken_back.append(name)

        thread = threading.Thread(target=take_back)
        sent_names = set()
        thread.start()
        sent_names = {entry.draft for entry in other.depart().sent}
        thread.join()
        sent_names |= {entry.draft for entry in other.depart().sent}
    assert sent_names.isdisjoint(taken_back)
    assert sent_names.union(taken_back) == set(names)
    assert len(fake.letters) == len(sent_names)


def test_C6_a_locked_practice_sends_nothing(story: Sending, authority: Authority) -> None:
    fake = FakeSmtp()
    with over(story, fake, authority) as other:
        name = other.released()
        lock(other.practice)
        try:
            with pytest.raises(VaultLocked):
                other.depart()
        finally:
            unlock(other.practice, None)
    assert fake.commands == []
    assert story.entry(name).state is OutboxState.RELEASED


def test_a_lock_that_comes_while_the_host_answers_does_not_make_a_sent_letter_uncertain(
    story: Sending, authority: Authority
) -> None:
    class Locking(FakeSmtp):
        def _reply(self, line: Any, to: bytes) -> bytes:
            if to == b"END":
                lock(story.practice)
            return super()._reply(line, to)

    fake = Locking()
    with over(story, fake, authority) as other:
        first, second = other.released(), other.released()
        try:
            with pytest.raises(VaultLocked):
                other.depart()
        finally:
            unlock(other.practice, None)
    assert story.entry(first).state is OutboxState.SENT
    assert story.entry(second).state is OutboxState.RELEASED
    assert len(fake.letters) == 1


@pytest.mark.parametrize(("begun", "state"), [(False, OutboxState.SENT), (True, OutboxState.UNCERTAIN)])
def test_C16_what_an_ended_process_left_is_tried_again_only_if_nothing_can_have_left(
    story: Sending, authority: Authority, *, begun: bool, state: OutboxState
) -> None:
    class Ended(BaseException):
        """As a kill: nothing more is done."""

    fake = FakeSmtp()
    with over(story, fake, authority) as other:
        name = other.released()
        with pytest.MonkeyPatch.context() as patch:

            def end(*_: object, **__: object) -> None:
                raise Ended

            patch.setattr(sent, "mark_sent", end) if begun else patch.setattr(offering_module.Offering, "_send", end)
            if not begun:
                patch.setattr(depart_module._Departure, "_ended", end)
                patch.setattr(offering_module.Offering, "offer", end)
            with pytest.raises(Ended):
                other.depart()
        assert other.entry(name).state is (OutboxState.OFFERED if begun else OutboxState.OFFERING)
        departed = other.depart()
    assert story.entry(name).state is state
    assert len(fake.letters) == 1
    if begun:
        assert [entry.obstacle for entry in departed.uncertain] == [Obstacle.PROGRAM_ENDED]


def test_C13_each_attempt_bears_the_same_id_and_the_date_of_its_departure(story: Sending, authority: Authority) -> None:
    fake = FakeSmtp(replies={b"END": [b"451 later", b"250 ok"]})
    with over(story, fake, authority) as other:
        name = other.released()
        other.depart()
        other.clock.later += timedelta(minutes=2)
        other.depart()
        assert other.entry(name).state is OutboxState.SENT
    first, second = fake.letters
    lines = [{line.split(b":")[0]: line for line in raw.split(b"\r\n") if b":" in line} for raw in (first, second)]
    assert lines[0][b"Message-ID"] == lines[1][b"Message-ID"]
    assert lines[0][b"Date"] != lines[1][b"Date"]


def test_only_one_letter_can_be_named(story: Sending, authority: Authority) -> None:
    fake = FakeSmtp()
    with over(story, fake, authority) as other:
        names = [other.released(), other.released()]
        departed = depart(other.practice, only=names[1])
        assert [entry.draft for entry in departed.sent] == [names[1]]
        assert other.entry(names[0]).state is OutboxState.RELEASED


def test_C13_a_held_letter_never_leaves_by_itself(story: Sending, authority: Authority) -> None:
    fake = FakeSmtp()
    with over(story, fake, authority) as other:
        name = other.draft()
        outbox.send(other.practice, outbox.SendRequest(name))
        other.clock.later += timedelta(days=3)
        other.depart()
        with other.practice.vault() as vault, vault.reading() as reader:
            assert rows.entry(reader, name).state is OutboxState.HELD
    assert fake.commands == []
