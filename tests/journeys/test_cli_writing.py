"""Writing and sending through the program: drafts, hold, second reading, departure, and what stands in the way."""

import os
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_commands_documented import keys_of, keys_of_each
from tests.support.hostile import Authority, HostileServer, authority
from tests.support.hostile_smtp import HANGS_UP, FakeSmtp
from tests.support.posts import Post, dovecot, embedded
from tests.support.practices import introduce
from tests.support.program import Program, Ran
from tests.support.sending import Sending, sending_over
from tests.support.terminal import Terminal, at_terminal
from therapymail.config import Security, Settings, write_settings
from therapymail.domain.checklist import QUESTIONS
from therapymail.practice.introduce import ClientChange, edit_client
from therapymail.practice.receive import SyncRequest, sync

__all__ = ["authority", "dovecot", "embedded"]

TEXT = "Good morning,\n\nyour xqlighthouse stayed with me.\n"


@pytest.fixture(params=["dovecot", "embedded"], scope="module")
def post(request: pytest.FixtureRequest) -> Post:
    """Each mail host in turn."""
    host: Post = request.getfixturevalue(request.param)
    return host


@pytest.fixture(scope="module")
def story(post: Post) -> Iterator[Sending]:
    """A practice on a mail host, with HERON and LINDEN who have mailboxes there, and WREN whose key is unconfirmed."""
    with sending_over(post) as made:
        introduce(made.practice, "WREN", made.writers.add("W. Wren", "wren@mail.example"))
        yield made


@pytest.fixture(scope="module")
def therapymail(story: Sending) -> Program:
    home = story.practice.paths.home.parent
    write_settings(story.practice.paths.config, story.practice.settings)
    return Program(home, {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"})


def written(therapymail: Program, code: str = "HERON", text: str = TEXT, *more: str) -> str:
    """A draft; its name."""
    answer = therapymail.ok("write", code, "--body-file", "-", "--json", *more, stdin=text.encode()).answer
    return str(answer["draft"])


def entry(therapymail: Program, draft: str) -> dict[str, Any]:
    found: dict[str, Any] = therapymail.ok("outbox", "show", draft, "--json").answer["outbox"][0]
    return found


def fails(ran: Ran, code: int, *words: str) -> None:
    """One or two calm lines on standard error, nothing on standard output."""
    assert ran.code == code, ran
    assert not ran.out
    assert len(ran.err.splitlines()) <= 2, ran.err
    for word in words:
        assert word in ran.err


def answered_letter(story: Sending) -> str:
    """A letter of HERON's on the record; its name."""
    author = story.clients["HERON"]
    raw = story.writers.letter(author, "I slept badly again.", subject="AW: the lighthouse")
    story.post.append(story.user, "INBOX", raw, datetime.now(UTC))
    sync(story.practice, SyncRequest())
    newest = [letter for letter in story.letters() if letter.direction.value == "in"][-1]
    return str(newest.name)


# --- drafts --------------------------------------------------------------------------------------------


def test_a_draft_is_written_shown_changed_and_thrown_away(therapymail: Program) -> None:
    draft = written(therapymail, "HERON", TEXT, "--subject", "one  two", "--kind", "clarification")
    shown = therapymail.ok("drafts", "show", draft, "--json").answer
    assert (shown["subject"], shown["text"], shown["kind"], shown["state"]) == (
        "one two",
        TEXT,
        "clarification",
        "draft",
    )
    therapymail.ok("drafts", "edit", draft, "--body-file", "-", stdin=b"another text")
    therapymail.ok("drafts", "kind", draft, "admin")
    again = therapymail.ok("drafts", "show", draft, "--json").answer
    assert (again["subject"], again["text"], again["kind"], again["words"]) == ("one two", "another text", "admin", 2)
    assert "another text" in therapymail.ok("drafts", "show", draft).out
    fails(therapymail.run("drafts", "discard", draft), 2, "--yes")
    assert therapymail.ok("drafts", "discard", draft, "--yes", "--json").answer["discarded"]
    fails(therapymail.run("drafts", "show", draft), 8, f"no draft {draft}")


def test_files_go_in_and_out_by_their_last_name(therapymail: Program, tmp_path: Path) -> None:
    file = tmp_path / "secret place" / "diary.txt"
    file.parent.mkdir()
    file.write_bytes(b"dear diary")
    draft = written(therapymail, "HERON", TEXT, "--enclose", str(file), "--enclose", str(file))
    answer = therapymail.ok("drafts", "enclose", draft, "--remove", "1", "--json").answer
    assert [(item["name"], item["size"]) for item in answer["enclosures"]] == [("diary.txt", 10)]
    assert "1 enclosure" in therapymail.ok("drafts", "enclose", draft, str(file), "--remove", "1").err
    fails(therapymail.run("drafts", "enclose", draft, "--remove", "9"), 2)
    fails(therapymail.run("drafts", "enclose", draft, str(tmp_path / "missing")), 3, "does not exist")
    fails(therapymail.run("drafts", "enclose", draft), 2)
    therapymail.ok("drafts", "discard", draft, "--yes")


@pytest.mark.parametrize(
    ("words", "stdin", "code"),
    [
        (("write", "NOBODY", "--body-file", "-"), b"x", 8),
        (("write", "HERON", "--body-file", "/nonexistent"), b"", 3),
        (("write", "HERON", "--body-file", "-"), b"\xff\xfe\x00", 2),
        (("write", "HERON", "--body-file", "-", "--kind", "bounce"), b"x", 2),
        (("write", "HERON", "--body-file", "-", "--enclose", "/nonexistent"), b"x", 3),
        (("write", "HERON"), b"x", 2),
        (("write", "HERON", "--body-file", "-", "--edit"), b"x", 2),
        (("reply", "HERON-99999", "--body-file", "-"), b"x", 8),
        (("drafts", "edit", "D-99999", "--subject", "x"), b"", 8),
        (("drafts", "edit", "D-1"), b"", 2),
        (("drafts", "show", "D-0"), b"", 2),
        (("drafts", "show", "HERON-1"), b"", 2),
        (("send", "D-99999"), b"", 8),
        (("outbox", "release", "D-99999", "--yes"), b"", 8),
        (("outbox", "cancel", "D-99999"), b"", 8),
        (("outbox", "retry", "D-99999"), b"", 8),
        (("outbox", "settle", "D-99999"), b"", 8),
    ],
)
def test_what_cannot_be_done_says_so_and_leaves_no_draft(
    therapymail: Program, words: tuple[str, ...], stdin: bytes, code: int
) -> None:
    before = therapymail.ok("drafts", "--json").answer
    fails(therapymail.run(*words, stdin=stdin), code)
    assert therapymail.ok("drafts", "--json").answer == before


# --- the way out ---------------------------------------------------------------------------------------


def test_a_letter_is_held_read_again_and_leaves_sealed_once(therapymail: Program, story: Sending) -> None:
    before = len(story.arrived())
    draft = written(therapymail, "HERON", TEXT, "--subject", "xqthunder")
    queued = therapymail.ok("send", draft)
    assert "held until" in queued.err
    assert entry(therapymail, draft)["state"] == "held"
    fails(therapymail.run("outbox", "release", draft), 2, "--yes")
    fails(therapymail.run("outbox", "release", draft, "--yes"), 2, "--early")
    fails(therapymail.run("drafts", "edit", draft, "--subject", "x"), 2, f"outbox cancel {draft}")
    therapymail.ok("sync")
    assert len(story.arrived()) == before, "a held letter never leaves by itself"
    left = therapymail.ok("outbox", "release", draft, "--early", "she asked", "--json").answer["outbox"][0]
    assert left["state"] == "sent"
    assert left["letter"].startswith("HERON-")
    (raw,) = story.arrived()[before:]
    for word in (b"xqlighthouse", b"xqthunder"):
        assert word not in raw
    payload = story.opened_by_client(raw).payload or b""
    assert b"xqlighthouse" in payload
    assert b"Subject: xqthunder" in payload
    fails(therapymail.run("drafts", "show", draft), 8)
    fails(therapymail.run("send", draft), 8)
    therapymail.ok("sync")
    assert len(story.arrived()) == before + 1


def test_a_sent_letter_says_that_it_was_proven(therapymail: Program, story: Sending) -> None:
    draft = written(therapymail)
    name = therapymail.ok("send", draft, "--at-once", "--json").answer["outbox"][0]["letter"]
    answer = therapymail.ok("read", name, "--json").answer
    assert set(answer["proof"]) == keys_of_each("proof")
    assert answer["proof"]["checks"]
    assert len(answer["proof"]["sealed_to"]) == 2
    assert "proven before sending" in therapymail.ok("read", name).out
    incoming = answered_letter(story)
    assert therapymail.ok("read", incoming, "--json").answer["proof"] is None
    assert "proven" not in therapymail.ok("read", incoming).out


def test_C9_taken_out_of_the_outbox_it_is_a_draft_again(therapymail: Program, story: Sending) -> None:
    before = len(story.arrived())
    draft = written(therapymail)
    therapymail.ok("send", draft, "--hold", "2h")
    assert "held until" in therapymail.ok("outbox").out
    assert therapymail.ok("outbox", "cancel", draft, "--json").answer["state"] == "draft"
    fails(therapymail.run("outbox", "cancel", draft), 8)
    therapymail.ok("send", draft, "--at", "tomorrow 9:00")
    therapymail.ok("sync")
    therapymail.ok("outbox", "cancel", draft)
    assert len(story.arrived()) == before
    assert therapymail.ok("outbox").out == ""


def test_at_a_time_it_waits_for_that_time(therapymail: Program) -> None:
    draft = written(therapymail)
    soon = datetime.now(UTC) + timedelta(hours=3)
    queued = therapymail.ok("send", draft, "--at", soon.isoformat(timespec="minutes"), "--json").answer["outbox"][0]
    assert (queued["state"], queued["hold_ends"]) == ("released", None)
    assert queued["leaves_at"] == soon.strftime("%Y-%m-%dT%H:%M:00Z")
    therapymail.ok("outbox", "cancel", draft)
    for past in ("2020-01-01T00:00", "not a time", "--hold"):
        assert therapymail.run("send", draft, "--at", past).code == 2
    for words in (("--hold", "2h", "--at-once"), ("--hold", "never"), ("--hold", "8d")):
        fails(therapymail.run("send", draft, *words), 2)
    fails(therapymail.run("outbox", "show", draft), 8)


def test_without_a_hold_it_still_waits_for_its_second_reading(therapymail: Program) -> None:
    draft = written(therapymail)
    queued = therapymail.ok("send", draft, "--hold", "0")
    assert "waits for its second reading" in queued.err
    assert "outbox release" in queued.err
    assert entry(therapymail, draft)["state"] == "held"
    assert "has left for HERON" in therapymail.ok("outbox", "release", draft, "--yes").err


def test_C2_C3_C7_an_unconfirmed_key_stops_it_and_says_what_to_do(therapymail: Program) -> None:
    draft = written(therapymail, "WREN")
    for words in ((), ("--at-once",), ("--at", "tomorrow 9:00")):
        ran = therapymail.run("send", draft, *words)
        fails(ran, 6, "not yet confirmed", "`therapymail client verify WREN`")
        assert "unsealed" not in ran.err
    assert therapymail.ok("drafts", "show", draft, "--json").answer["state"] == "draft"
    therapymail.ok("drafts", "discard", draft, "--yes")


def test_C6_a_client_who_was_paused_meanwhile_gets_nothing(therapymail: Program, story: Sending) -> None:
    before = len(story.arrived("LINDEN"))
    draft = written(therapymail, "LINDEN")
    therapymail.ok("send", draft, "--hold", "0")
    therapymail.ok("client", "pause", "LINDEN")
    fails(therapymail.run("outbox", "release", draft, "--yes"), 6, "paused", "client resume LINDEN")
    assert entry(therapymail, draft)["state"] == "held"
    therapymail.ok("client", "resume", "LINDEN")
    therapymail.ok("outbox", "release", draft, "--yes")
    assert len(story.arrived("LINDEN")) == before + 1


def test_C15_C16_an_address_that_does_not_exist_says_so_and_can_be_put_right(
    therapymail: Program, story: Sending
) -> None:
    address = story.clients["LINDEN"].address
    wrong = "reject@" + address.partition("@")[2]
    edit_client(story.practice, "LINDEN", ClientChange(add_addresses=(wrong,), write_to=wrong))
    draft = written(therapymail, "LINDEN")
    ran = therapymail.run("send", draft, "--at-once", "--json")
    if ran.code == 0:
        pytest.skip("this mail host takes every address")
    fails(ran, 6, "address")
    assert entry(therapymail, draft)["state"] == "failed"
    assert entry(therapymail, draft)["obstacle"] in {"no-such-address", "recipient-refused"}
    assert "outbox retry" in therapymail.ok("outbox").err
    edit_client(story.practice, "LINDEN", ClientChange(write_to=address, drop_addresses=(wrong,)))
    assert "has left for LINDEN" in therapymail.ok("outbox", "retry", draft).err


def test_C5_an_answer_that_never_came_is_settled_by_the_therapist(
    therapymail: Program, story: Sending, authority: Authority
) -> None:
    draft = written(therapymail)
    fake = FakeSmtp(replies={b"END": HANGS_UP})
    with HostileServer(fake, authority.context()) as server:
        host = server.settings(Security.TLS, ca_file=authority.ca_file, username=story.user)
        with settings_as(story, story.using(smtp=host).practice.settings):
            fails(therapymail.run("send", draft, "--at-once", "--json"), 9, f"outbox settle {draft}")
    assert entry(therapymail, draft)["state"] == "uncertain"
    for words in (("cancel", draft), ("retry", draft), ("release", draft, "--yes")):
        fails(therapymail.run("outbox", *words), 2)
    looked = therapymail.run("outbox", "settle", draft, "--json")
    assert (looked.code, looked.answer["outbox"][0]["state"]) == (9, "uncertain"), "absence proves nothing"
    settled = therapymail.ok("outbox", "settle", draft, "--not-sent", "--json").answer["outbox"][0]
    assert set(settled) == keys_of_each("outbox")
    assert (settled["state"], settled["obstacle"]) == ("failed", "settled-not-sent")
    assert "has left for HERON" in therapymail.ok("outbox", "retry", draft).err
    fails(therapymail.run("outbox", "settle", draft, "--sent"), 2)


def test_C15_C16_without_a_connection_it_waits_and_says_so(therapymail: Program, story: Sending) -> None:
    before = len(story.arrived())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    smtp = story.practice.settings.smtp
    assert smtp is not None
    away = story.using(smtp=replace(smtp, port=port))
    draft = written(therapymail)
    with settings_as(story, away.practice.settings):
        fails(therapymail.run("send", draft, "--at-once", "--json"), 5, "cannot be reached", "tried again by itself")
        waiting = entry(therapymail, draft)
        assert (waiting["state"], waiting["obstacle"], waiting["attempts"]) == ("released", "unreachable", 0)
        assert "cannot be reached" in therapymail.ok("outbox").out
    therapymail.ok("outbox", "retry", draft)
    assert len(story.arrived()) == before + 1


def test_C10_a_draft_never_leaves_the_machine(therapymail: Program, story: Sending) -> None:
    def held() -> dict[str, int]:
        with story.post.visit(story.user) as mailbox:
            folders = [
                line.decode().rpartition(" ")[2].strip('"') for line in mailbox.list()[1] if isinstance(line, bytes)
            ]
            return {folder: int(mailbox.select(f'"{folder}"', readonly=True)[1][0] or 0) for folder in folders}

    before = held()
    draft = written(therapymail)
    therapymail.ok("drafts", "edit", draft, "--body-file", "-", stdin=b"changed")
    therapymail.ok("send", draft)
    therapymail.ok("sync")
    assert held() == before
    therapymail.ok("outbox", "cancel", draft)
    therapymail.ok("drafts", "discard", draft, "--yes")
    therapymail.ok("sync")
    assert held() == before


def test_F17_a_reply_inside_their_text_asks_which_paragraphs_and_quotes_only_those_answered(
    therapymail: Program, story: Sending
) -> None:
    name = answered_letter(story)
    answer = therapymail.ok(
        "reply", name, "--interleave", "--body-file", "-", "--json", stdin=b"Dear Maren,\n\n[1]\nThank you.\n"
    ).answer
    text = therapymail.ok("drafts", "show", answer["draft"], "--json").answer["text"]
    assert text.startswith("Dear Maren,\n\nOn ")
    assert text.endswith("\n\nThank you.\n")
    fails(therapymail.run("reply", name, "--interleave", "--body-file", "-", stdin=b"[99]\nx"), 2, "paragraphs")
    fails(therapymail.run("reply", name, "--paragraphs", "1", "--body-file", "-", stdin=b"x"), 2, "--interleave")
    with at_editor(therapymail, "sed -i '$ a In answer.' $1", "reply", name, "--interleave") as terminal:
        terminal.expect("will you answer")
        terminal.type("1")
        assert terminal.wait() == 0, terminal.shown
    newest = therapymail.ok("drafts", "--json").answer["drafts"][0]
    assert "> " in therapymail.ok("drafts", "show", newest["draft"], "--json").answer["text"]


def test_F58_a_draft_that_names_another_client_says_where_and_a_word_can_be_let_pass(therapymail: Program) -> None:
    draft = written(therapymail, "HERON", "Good morning,\n\nLINDEN is a tree.\n")
    ran = therapymail.run("send", draft)
    assert ran.code == 6
    assert "Line 3 of the text has the code LINDEN." in ran.err
    checked = therapymail.run("drafts", "check", draft, "--json")
    assert checked.code == 6
    assert checked.answer["names_another"] == [{"client": "LINDEN", "mark": "code", "spot": "text", "line": 3}]
    fails(therapymail.run("drafts", "allow", draft, "tulip"), 2, "stops nothing")
    assert therapymail.ok("drafts", "allow", draft, "LINDEN", "--json").answer["names_another"] == []
    assert therapymail.ok("send", draft, "--json").answer["outbox"][0]["state"] == "held"
    therapymail.ok("outbox", "cancel", draft)


def test_S3_a_reply_goes_to_the_client_and_quotes_only_in_the_editor(therapymail: Program, story: Sending) -> None:
    before = len(story.arrived())
    name = answered_letter(story)
    answer = therapymail.ok("reply", name, "--body-file", "-", "--json", stdin=b"Thank you.").answer
    assert (answer["subject"], answer["answers"], answer["client"]) == ("Re: the lighthouse", name, "HERON")
    assert therapymail.ok("drafts", "show", answer["draft"], "--json").answer["text"] == "Thank you."
    therapymail.ok("send", answer["draft"], "--at-once")
    (raw,) = story.arrived()[before:]
    assert b"lighthouse" not in raw
    with at_editor(therapymail, "sed -i 's/^$/Thank you again./' $1", "reply", name) as terminal:
        assert terminal.wait() == 0, terminal.shown
    newest = therapymail.ok("drafts", "--json").answer["drafts"][0]
    text = therapymail.ok("drafts", "show", newest["draft"], "--json").answer["text"]
    assert "> I slept badly again." in text
    assert "you wrote" in text
    assert newest["answers"] == name


def test_S3_C3_what_is_only_proposed_is_not_answered(therapymail: Program, story: Sending) -> None:
    author = story.clients["HERON"]
    raw = story.writers.letter(author, "forged words", signed=False, message_id="<forged@mail.example>")
    story.post.append(story.user, "INBOX", raw, datetime.now(UTC))
    sync(story.practice, SyncRequest())
    proposed = therapymail.ok("letters", "--proposed", "--json").answer["letters"][0]["id"]
    fails(therapymail.run("reply", proposed, "--body-file", "-", stdin=b"x"), 2, f"accept {proposed}")


# --- at a terminal -------------------------------------------------------------------------------------


@contextmanager
def at_editor(therapymail: Program, does: str, *words: str) -> Iterator[Terminal]:
    """The program at a terminal, its editor a shell script."""
    editor = therapymail.directory / "editor"
    editor.write_text(f"#!/bin/sh\n{does}\n")
    editor.chmod(0o700)
    with at_terminal(therapymail.command(*words), {**therapymail.environment, "EDITOR": str(editor)}) as terminal:
        yield terminal


def undo_seconds(story: Sending, seconds: float) -> AbstractContextManager[None]:
    """The practice with so many seconds for taking a letter back."""
    return settings_as(story, replace(story.practice.settings, undo_seconds=seconds))


@contextmanager
def settings_as(story: Sending, settings: Settings) -> Iterator[None]:
    """The program's practice with other settings for a while."""
    config = story.practice.paths.config
    write_settings(config, settings)
    try:
        yield
    finally:
        write_settings(config, story.practice.settings)


def test_at_a_terminal_it_is_shown_again_asked_for_and_counted_down(therapymail: Program, story: Sending) -> None:
    before = len(story.arrived())
    draft = written(therapymail)
    therapymail.ok("send", draft)
    with (
        undo_seconds(story, 1.5),
        at_terminal(therapymail.command("outbox", "release", draft), therapymail.environment) as terminal,
    ):
        assert "xqlighthouse" in terminal.expect("let it wait)")
        terminal.type("she asked")
        for question in QUESTIONS.values():
            terminal.expect(question)
            terminal.type("y")
        terminal.expect("[y/N]")
        terminal.type("y")
        terminal.expect("Ctrl-C takes it back")
        terminal.expect("has left for HERON")
        assert terminal.wait() == 0
    assert len(story.arrived()) == before + 1


def test_C9_ctrl_c_takes_it_back(therapymail: Program, story: Sending) -> None:
    before = len(story.arrived())
    draft = written(therapymail)
    command = therapymail.command("send", draft, "--at-once")
    with undo_seconds(story, 60), at_terminal(command, therapymail.environment) as terminal:
        terminal.expect("Ctrl-C takes it back")
        terminal.press("\x03")
        terminal.expect(f"{draft} is a draft again")
        assert terminal.wait() == 130
    assert therapymail.ok("drafts", "show", draft, "--json").answer["state"] == "draft"
    assert len(story.arrived()) == before


def test_saying_no_to_the_second_reading_leaves_it_held(therapymail: Program) -> None:
    draft = written(therapymail)
    therapymail.ok("send", draft, "--hold", "0")
    with at_terminal(therapymail.command("outbox", "release", draft), therapymail.environment) as terminal:
        terminal.answer(*((question, "") for question in QUESTIONS.values()), ("[y/N]", ""))
        assert terminal.wait() == 130
    assert entry(therapymail, draft)["state"] == "held"
    therapymail.ok("outbox", "cancel", draft)


# --- shapes --------------------------------------------------------------------------------------------


def test_what_is_printed_as_json_is_what_is_documented(therapymail: Program) -> None:
    draft = written(therapymail)
    listed = therapymail.ok("drafts", "list", "--json").answer
    assert set(listed) == {"version", "drafts"}
    assert set(listed["drafts"][0]) == keys_of_each("drafts")
    assert set(therapymail.ok("drafts", "show", draft, "--json").answer) == {"version", "text"} | keys_of_each("drafts")
    therapymail.ok("send", draft)
    outbox = therapymail.ok("outbox", "--json").answer
    assert set(outbox) == {"version"} | keys_of("outbox list")
    assert set(outbox["outbox"][0]) == keys_of_each("outbox")
    assert set(therapymail.ok("outbox", "cancel", draft, "--json").answer) == {"version"} | keys_of_each("drafts")
    discarded = therapymail.ok("drafts", "discard", draft, "--yes", "--json").answer
    assert set(discarded) == {"version"} | keys_of("drafts discard")


def test_completion_offers_drafts_and_no_names(therapymail: Program) -> None:
    draft = written(therapymail, "HERON", TEXT, "--subject", "quillfeather")
    environment = {
        **therapymail.environment,
        "_THERAPYMAIL_COMPLETE": "complete_bash",
        "COMP_WORDS": f"therapymail --home {therapymail.home} send D-",
        "COMP_CWORD": "4",
    }
    offered = Program(therapymail.directory, environment).run()
    assert draft in offered.out
    for private in ("quillfeather", "Quist", "xqlighthouse", "@"):
        assert private not in offered.out
    therapymail.ok("drafts", "discard", draft, "--yes")
