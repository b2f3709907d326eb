"""F06: receipts on a real mail host: one sealed line, shown, agreed to, never twice for a letter, never by itself."""

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_string
from pathlib import Path

import pytest

from tests.cli.test_commands_documented import keys_of, keys_of_each
from tests.support.posts import Post, dovecot, embedded
from tests.support.program import Program
from tests.support.sending import Sending, sending_over
from tests.support.terminal import at_terminal
from tests.vault.builders import filing
from therapymail.config import write_settings
from therapymail.domain.agreement import Window, default_terms
from therapymail.domain.client import ClientStatus
from therapymail.domain.kinds import Direction, Kind
from therapymail.domain.names import LetterName
from therapymail.domain.today import Section
from therapymail.errors import AlreadyReceipted, NotSent, UnusableInput
from therapymail.practice import outbox
from therapymail.practice.accept import set_kind
from therapymail.practice.introduce import ClientChange, edit_client
from therapymail.practice.receipt import give_receipt, preview_receipt
from therapymail.practice.receive import SyncRequest, sync
from therapymail.practice.today import todays
from therapymail.practice.write import list_drafts
from therapymail.vault import agreements, clients, letters
from therapymail.vault.filing import file_letters

__all__ = ["dovecot", "embedded"]

PACKAGE = Path(__file__).parents[2] / "therapymail"
SAID, SUBJECT = "I had xqnightingales in the garden.", "The xqnightingale"
LINE = re.compile(r"Your letter has come\. You will hear from me by [A-Z][a-z]+ \d+ [A-Z][a-z]+, \d\d:\d\d your time\.")
HOUR = timedelta(hours=1)


@pytest.fixture(params=["embedded"])
def post(request: pytest.FixtureRequest) -> Post:
    host: Post = request.getfixturevalue(request.param)
    return host


@pytest.fixture
def story(post: Post) -> Iterator[Sending]:
    with sending_over(post) as made:
        edit_client(made.practice, "HERON", ClientChange(zone="America/New_York"))
        with made.practice.vault() as vault, vault.writing() as writer:
            client, now = clients.client_by_code(writer, "HERON"), datetime.now(UTC)
            terms = replace(default_terms(client.zone, "Europe/London"), window=Window(hours=48))
            agreements.make_agreement(writer, client.identity, terms, now - 30 * 24 * HOUR, now)
        yield made


def _letter(story: Sending, text: str = SAID) -> str:
    """A letter from HERON arrives; its name."""
    raw = story.writers.letter(story.clients["HERON"], text, subject=SUBJECT)
    story.post.append(story.user, "INBOX", raw, datetime.now(UTC) - HOUR)
    sync(story.practice, SyncRequest())
    return str([letter for letter in story.letters() if letter.direction is Direction.IN][-1].name)


def _program(story: Sending) -> Program:
    home = story.practice.paths.home.parent
    write_settings(story.practice.paths.config, replace(story.practice.settings, undo_seconds=1.0))
    return Program(home, {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"})


@pytest.mark.parametrize("post", ["embedded", "dovecot"], indirect=True)
def test_F06_one_command_tells_the_client_when_they_will_hear_and_quotes_nothing(story: Sending) -> None:
    name, program = _letter(story), _program(story)
    before = todays(story.practice).items[0]
    ran = program.ok("receipt", name, "--yes", "--json")
    assert set(ran.answer) == keys_of("receipt") | {"version"}
    [entry] = ran.answer["outbox"]
    assert set(entry) == keys_of_each("outbox")
    assert (entry["state"], entry["client"]) == ("sent", "HERON")
    (arrived,) = story.arrived()
    opened = story.opened_by_client(arrived)
    payload = (opened.payload or b"").decode()
    texts = [part for part in message_from_string(payload).walk() if part.get_content_type() == "text/plain"]
    [said] = [bytes(part.get_payload(decode=True)).decode() for part in texts]
    assert LINE.fullmatch(" ".join(said.split())), said
    assert opened.headers.subject == "Received"
    assert "xqnightingale" not in payload
    receipt = story.letters()[-1]
    assert (receipt.kind, receipt.direction) == (Kind.RECEIPT, Direction.OUT)
    after = todays(story.practice).items[0]
    assert (before.receipted, after.receipted) == (False, True)
    assert (after.at, after.exchange, after.section) == (before.at, before.exchange, Section.LATER)  # no clock is moved


def test_F06_never_twice_for_one_letter(story: Sending) -> None:
    first = _letter(story)
    shown = preview_receipt(story.practice, first)
    entry = give_receipt(story.practice, shown, undo=False).entry
    for _ in range(2):
        with pytest.raises(AlreadyReceipted) as waiting:
            preview_receipt(story.practice, first)
        assert waiting.value.receipt == str(entry.draft)
        with pytest.raises(AlreadyReceipted):  # whoever saw it before the other sent theirs comes too late
            give_receipt(story.practice, shown, undo=False)
    story.depart()
    with pytest.raises(AlreadyReceipted) as sent:
        preview_receipt(story.practice, first)
    assert sent.value.receipt == str(story.letters()[-1].name)
    assert len(story.arrived()) == 1
    program = _program(story)
    assert program.run("receipt", first, "--yes").code == 6
    second = _letter(story, "More of it.")
    assert preview_receipt(story.practice, second).letter != shown.letter


def test_F06_another_day_than_was_shown_is_never_promised(story: Sending) -> None:
    name = _letter(story)
    shown = preview_receipt(story.practice, name)
    with story.practice.vault() as vault, vault.writing() as writer:
        client, now = clients.client_by_code(writer, "HERON"), datetime.now(UTC)
        terms = replace(default_terms(client.zone, "Europe/London"), window=Window(hours=96))
        agreements.make_agreement(writer, client.identity, terms, now - 29 * 24 * HOUR, now)
    with pytest.raises(UnusableInput, match="another day"):
        give_receipt(story.practice, shown, undo=False)
    assert list_drafts(story.practice) == ()
    assert preview_receipt(story.practice, name).due == shown.due + 48 * HOUR


def test_F06_a_receipt_from_another_program_counts_and_a_clients_mail_does_not(story: Sending) -> None:
    name = _letter(story)
    with story.practice.vault() as vault, vault.reading() as reader:
        answered = letters.letter(reader, LetterName.parse(name))
        row = reader.row("SELECT message_id FROM letter WHERE digest = ?", (answered.digest,))
    assert row
    theirs = story.writers.letter(story.clients["HERON"], "It has come.", extra=f"In-Reply-To: {row[0]}\r\n")
    story.post.append(story.user, "INBOX", theirs, datetime.now(UTC))
    sync(story.practice, SyncRequest())
    set_kind(story.practice, str(story.letters()[-1].name), Kind.RECEIPT)
    assert preview_receipt(story.practice, name).client.code == "HERON"
    with story.practice.vault() as vault, vault.writing() as writer:
        ours = filing(
            1,
            clients.client_by_code(writer, "HERON"),
            direction=Direction.OUT,
            kind=Kind.RECEIPT,
            received=datetime.now(UTC),
            in_reply_to=(row[0],),
        )
        file_letters(writer, [ours], datetime.now(UTC))
    with pytest.raises(AlreadyReceipted):
        preview_receipt(story.practice, name)


def test_F06_C9_it_is_shown_and_asked_about_and_can_be_taken_back(story: Sending) -> None:
    name, program = _letter(story), _program(story)
    nobody = program.run("receipt", name)
    assert nobody.code == 2
    assert "You will hear from me by" in nobody.err
    with at_terminal(program.command("receipt", name), program.environment) as terminal:
        terminal.answer(("Send it?", "n"))
        assert terminal.wait() == 0
    assert story.arrived() == []
    write_settings(story.practice.paths.config, replace(story.practice.settings, undo_seconds=60.0))
    with at_terminal(program.command("receipt", name), program.environment) as terminal:
        terminal.answer(("Send it?", "y"))
        terminal.expect("Ctrl-C takes it back")
        terminal.interrupt()
        assert terminal.wait() == 130
    assert story.arrived() == []
    assert list_drafts(story.practice) == ()  # nothing of it stayed


def test_F06_C9_one_on_its_way_is_taken_back_by_any_process_and_then_never_leaves(story: Sending) -> None:
    name = _letter(story)
    queued = give_receipt(story.practice, preview_receipt(story.practice, name), undo=True)
    outbox.cancel(story.practice, queued.entry.draft)
    assert [each.draft.kind for each in list_drafts(story.practice)] == [Kind.RECEIPT]  # a draft, as any other
    story.clock.later += HOUR
    story.depart()
    sync(story.practice, SyncRequest())
    assert story.arrived() == []


@pytest.mark.parametrize("asks", ["Disposition-Notification-To", "Return-Receipt-To", "X-Confirm-Reading-To"])
def test_F06_S22_a_letter_that_asks_for_one_gets_none(story: Sending, asks: str) -> None:
    extra = f"{asks}: {story.clients['HERON'].address}\r\nList-Unsubscribe: <mailto:x@mail.example>\r\n"
    raw = story.writers.letter(story.clients["HERON"], SAID, extra=extra)
    story.post.append(story.user, "INBOX", raw, datetime.now(UTC) - HOUR)
    program = _program(story)
    for words in (("sync",), ("today",), ("read", "HERON-1"), ("sync",)):
        program.ok(*words)
    assert (list_drafts(story.practice), outbox.list_outbox(story.practice)) == ((), ())
    assert (story.arrived(), story.in_sent()) == ([], [])


def test_F06_what_gets_no_receipt(story: Sending) -> None:
    name = _letter(story)
    late = replace(story.practice, clock=lambda: datetime.now(UTC) + 60 * HOUR)
    with pytest.raises(UnusableInput, match="passed"):
        preview_receipt(late, name)
    set_kind(story.practice, name, Kind.UPDATE)
    with pytest.raises(UnusableInput, match="response is owed"):
        preview_receipt(story.practice, name)
    set_kind(story.practice, name, Kind.LETTER)
    edit_client(story.practice, "HERON", ClientChange(status=ClientStatus.PAUSED))
    with pytest.raises((NotSent, UnusableInput)):
        give_receipt(story.practice, preview_receipt(story.practice, name), undo=False)
    edit_client(story.practice, "HERON", ClientChange(status=ClientStatus.ACTIVE))
    assert list_drafts(story.practice) == ()  # a refusal leaves nothing behind that would count


def test_F06_without_an_agreement_nothing_can_be_promised(story: Sending) -> None:
    raw = story.writers.letter(story.clients["LINDEN"], SAID)
    story.post.append(story.user, "INBOX", raw, datetime.now(UTC))
    sync(story.practice, SyncRequest())
    with pytest.raises(UnusableInput, match="agree LINDEN"):
        preview_receipt(story.practice, str(story.letters()[-1].name))


def test_F06_no_receipt_is_ever_automatic() -> None:
    using = {
        str(file.relative_to(PACKAGE))
        for file in PACKAGE.rglob("*.py")
        if "practice.receipt" in file.read_text("utf-8")
    }
    assert using == {"cli/commands/receipt.py"}
