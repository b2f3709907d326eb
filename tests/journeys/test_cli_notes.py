"""Notes at the command line: in the record, apart from it, in the editor, locked, searched where asked for."""

import json
import os
import re
import secrets
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.program import Program, program, setup_offline
from tests.support.terminal import at_terminal
from therapymail.pgp.passphrase import generate_passphrase

MARKED = f"quill{secrets.token_hex(6)}"
SOAP = b"## Subjective\nShe misses the garden.\n\n## Objective\n\n## Plan\nWrite on Tuesday.\n"


@pytest.fixture(scope="module")
def therapymail() -> Iterator[Program]:
    with program() as made:
        setup_offline(made)
        made.ok("client", "add", "HERON", "heron@mail.example", "--name", "A. Heron", "--yes")
        made.ok("client", "add", "WREN", "wren@mail.example", "--name", "B. Wren", "--yes")
        yield made


def added(therapymail: Program, *words: str, text: bytes = SOAP) -> Any:
    return therapymail.ok("note", "add", *words, "--body-file", "-", "--json", stdin=text).answer


def listed(therapymail: Program, *words: str) -> list[str]:
    return [each["note"] for each in therapymail.ok("note", "list", *words, "--json").answer["notes"]]


def shown(therapymail: Program, name: str) -> Any:
    return therapymail.ok("note", "show", name, "--json").answer


def test_a_progress_note_is_kept_listed_shown_changed_and_amended(therapymail: Program) -> None:
    made = added(therapymail, "HERON")
    assert re.fullmatch(r"N-\d+", made["note"])
    assert (made["kind"], made["client"], made["format"], made["state"]) == ("progress", "HERON", "soap", "kept")
    assert shown(therapymail, made["note"])["text"] == (
        "## Subjective\nShe misses the garden.\n\n## Plan\nWrite on Tuesday."
    )
    therapymail.ok("note", "edit", made["note"], "--body-file", "-", stdin=b"## Plan\nWrite on Monday.")
    therapymail.ok("note", "amend", made["note"], "--body-file", "-", stdin=b"She wrote first.")
    whole = shown(therapymail, made["note"])
    assert (whole["text"], [each["text"] for each in whole["added"]]) == (
        "## Plan\nWrite on Monday.",
        ["She wrote first."],
    )
    assert made["note"] in listed(therapymail, "HERON")
    assert made["note"] not in listed(therapymail, "WREN")
    told = therapymail.ok("note", "show", made["note"].lower())
    assert "│ ## Plan" in told.out
    assert "Added" in told.out


def test_F34_a_locked_note_is_only_amended(therapymail: Program) -> None:
    config = therapymail.home / "config.toml"
    before = config.read_text()
    config.write_text("note_lock_days = 0\n" + before)
    try:
        name = added(therapymail, "HERON")["note"]
    finally:
        config.write_text(before)
    assert shown(therapymail, name)["state"] == "locked"
    for words in (("edit", name, "--body-file", "-"), ("discard", name, "--yes")):
        refused = therapymail.run("note", *words, stdin=b"something else")
        assert refused.code == 2
        assert f"note amend {name}" in refused.err
    therapymail.ok("note", "amend", name, "--body-file", "-", stdin=b"added later")
    assert [each["text"] for each in shown(therapymail, name)["added"]] == ["added later"]


def test_a_note_is_discarded_for_good(therapymail: Program) -> None:
    name = added(therapymail, "HERON", "--format", "free", text=MARKED.encode())["note"]
    assert therapymail.run("note", "discard", name).code == 2
    assert therapymail.ok("note", "discard", name, "--yes", "--json").answer["discarded"] is True
    assert therapymail.run("note", "show", name).code == 8
    assert name not in listed(therapymail)


# --- process notes -------------------------------------------------------------------------------------


def test_F19_process_notes_are_in_no_list_and_no_search_unless_asked_for(therapymail: Program) -> None:
    word = f"resonance{secrets.token_hex(4)}"
    made = added(therapymail, "HERON", "--process", text=f"## Own resonance\n{word}\n".encode())
    assert (made["note"][:2], made["format"], made["locks"]) == ("P-", "four-readings", None)
    assert made["note"] in listed(therapymail, "--process")
    assert made["note"] not in listed(therapymail)
    for words in ((word,), (f"in:notes {word}",), (f"in:letters {word}",), ("--notes", word), (f"{word} -in:process",)):
        found = therapymail.run("search", "--json", *words)
        assert found.code == 8, words
        assert word not in str({name: said for name, said in found.answer.items() if name != "query"})
    for words in (("--process-notes", word), (f"in:process {word}",), (f"client:HERON {word} in:process",)):
        (hit,) = therapymail.ok("search", "--json", *words).answer["note_hits"]
        assert (hit["note"], hit["client"]) == (made["note"], "HERON")
    assert word in therapymail.ok("search", "--process-notes", word).out


def test_F13_progress_notes_are_found_where_notes_are_asked_for(therapymail: Program) -> None:
    word = f"lantern{secrets.token_hex(4)}"
    name = added(therapymail, "WREN", "--format", "dap", text=f"## Data\n{word} and gardens".encode())["note"]
    answer = therapymail.ok("search", "--notes", word, "--json").answer
    assert ([hit["note"] for hit in answer["note_hits"]], answer["note_total"], answer["hits"]) == ([name], 1, [])
    assert therapymail.run("search", word).code == 8
    assert therapymail.run("search", "--notes", f"{word} client:HERON").code == 8
    assert name in therapymail.ok("search", f"{word} in:notes").out


def test_F19_a_heading_that_belongs_in_the_record_is_said(therapymail: Program) -> None:
    said = therapymail.ok(
        "note", "add", "HERON", "--process", "--template", "free", "--body-file", "-",
        stdin=b"## Treatment plan\nsix letters more",
    )  # fmt: skip
    assert "Treatment plan" in said.err
    assert "note add" in said.err


def test_F20_a_template_file_of_ones_own_works(therapymail: Program) -> None:
    own = therapymail.home / "note-templates"
    own.mkdir(exist_ok=True)
    (own / "my-own.txt").write_text("## What I saw\nlook twice\n\n## What I left out\n")
    text = b"## What I saw\nlook twice\nher hands\n\n## What I left out\n"
    made = added(therapymail, "HERON", "--process", "--template", "my-own", text=text)
    assert (made["format"], shown(therapymail, made["note"])["text"]) == ("my-own", "## What I saw\nher hands")
    elsewhere = therapymail.directory / "other.txt"
    elsewhere.write_text("## Only this\n")
    made = added(therapymail, "HERON", "--process", "--template", str(elsewhere), text=b"## Only this\nyes")
    assert made["format"] == "other"
    unknown = therapymail.run("note", "add", "HERON", "--template", "absent", "--body-file", "-", stdin=b"x")
    assert unknown.code == 2
    assert "my-own" in unknown.err


def test_F19_a_passphrase_of_their_own_locks_them_apart(therapymail: Program) -> None:
    name = added(therapymail, "HERON", "--process", text=b"## Theme\nthe door")["note"]
    first, file, other = generate_passphrase(), therapymail.directory / "first", therapymail.directory / "other-words"
    file.write_text(first + "\n")
    other.write_text(generate_passphrase() + "\n")
    therapymail.ok("note", "passphrase", "--passphrase-file", str(file))
    therapymail.ok("note", "lock")
    for words in (("show", name), ("list", "--process"), ("edit", name, "--body-file", "-"), ("unlock",)):
        refused = therapymail.run("note", *words)
        assert refused.code == 4, words
        assert "note unlock" in refused.err
    assert therapymail.run("search", "--process-notes", "door").code == 4
    therapymail.ok("note", "list")  # the record is open
    assert therapymail.run("note", "unlock", "--passphrase-file", str(other)).code == 4
    opened = therapymail.ok("note", "unlock", "--passphrase-file", str(file), "--for", "20m", "--json").answer
    assert (opened["own_passphrase"], opened["hours"]) == (True, pytest.approx(1 / 3))
    assert shown(therapymail, name)["text"] == "## Theme\nthe door"
    therapymail.ok("lock")
    assert therapymail.run("note", "show", name).code == 4  # the own key has no passphrase, the process notes have
    command = f"cat {file}"
    therapymail.ok("note", "unlock", "--passphrase-command", command)
    therapymail.ok("note", "passphrase", "--remove")
    therapymail.ok("lock")
    assert shown(therapymail, name)["text"] == "## Theme\nthe door"


def test_F19_lost_process_notes_are_not_replaced_unless_asked(therapymail: Program) -> None:
    added(therapymail, "HERON", "--process", text=b"## Theme\nthe sea")
    refused = therapymail.run("note", "begin-anew", "--yes")
    assert (refused.code, "nothing was changed" in refused.err) == (2, True)
    store = therapymail.home / "notes.db"
    aside = store.rename(therapymail.home / "elsewhere")
    for words in (("list", "--process"), ("add", "HERON", "--process", "--body-file", "-"), ("unlock",)):
        lost = therapymail.run("note", *words, stdin=b"## Theme\nthe sea")
        assert (lost.code, "notes.db is not" in lost.err) == (3, True), words
    assert therapymail.run("note", "begin-anew").code == 2
    answer = therapymail.ok("note", "begin-anew", "--yes", "--json").answer
    assert listed(therapymail, "--process") == []
    Path(answer["set_aside"]).rename(therapymail.home / "notes.key")
    aside.rename(store)
    assert listed(therapymail, "--process")


def test_F19_at_a_terminal_their_passphrase_is_asked_for(therapymail: Program) -> None:
    name = added(therapymail, "HERON", "--process", text=b"## Theme\nthe sea")["note"]
    own = generate_passphrase()
    with at_terminal(therapymail.command("note", "passphrase"), therapymail.environment) as terminal:
        terminal.answer(("Your passphrase: ", "too weak"), ("Your passphrase: ", own), ("The same again: ", own))
        assert terminal.wait() == 0
    therapymail.ok("note", "lock")
    with at_terminal(therapymail.command("note", "show", name), therapymail.environment) as terminal:
        terminal.answer(("process notes: ", "wrong"), ("process notes: ", own))
        terminal.expect("the sea")
        assert terminal.wait() == 0
    therapymail.ok("note", "passphrase", "--remove")


def test_S26_F19_no_word_of_a_note_is_in_clear_on_the_disk_in_memory_files_or_in_what_is_said(
    therapymail: Program,
) -> None:
    made = added(therapymail, "HERON", "--process", "--template", "free", text=f"{MARKED} one".encode())
    kept = added(therapymail, "HERON", "--format", "free", text=f"{MARKED} two".encode())
    said = [therapymail.ok("-v", "note", *words) for words in (("list",), ("list", "--process"))]
    for ran in said:
        assert MARKED not in ran.out + ran.err
    roots = (therapymail.directory, Path(therapymail.environment["XDG_RUNTIME_DIR"]))
    files = [file for root in roots for file in root.rglob("*") if file.is_file()]
    assert [file for file in files if MARKED.encode() in file.read_bytes()] == []
    assert not [file for file in files if made["note"] in file.name or kept["note"] in file.name]
    assert all(file.stat().st_mode & 0o077 == 0 for file in therapymail.home.glob("notes.*"))


# --- in the editor -------------------------------------------------------------------------------------


def editor_that(therapymail: Program, does: str) -> list[str]:
    file = therapymail.directory / f"editor-{secrets.token_hex(4)}"
    file.write_text(f"#!/bin/sh\n{does}\n")
    file.chmod(0o700)
    return ["/usr/bin/env", f"EDITOR={file}"]


def test_F20_the_editor_shows_the_template_and_what_is_not_filled_in_goes(therapymail: Program) -> None:
    does = "grep -q '## Assessment' $1 && sed -i 's/^What the client says.*/She said so./' $1"
    command = [*editor_that(therapymail, does), *therapymail.command("note", "add", "HERON")]
    with at_terminal(command, therapymail.environment) as terminal:
        terminal.expect("is kept")
        assert terminal.wait() == 0
    assert shown(therapymail, listed(therapymail)[0])["text"] == "## Subjective\nShe said so."


@pytest.mark.parametrize(("does", "code"), [("true", 2), ("exit 1", 3)])
@pytest.mark.parametrize("kind", [(), ("--process",)])
def test_a_note_in_which_nothing_was_written_is_none(
    therapymail: Program, does: str, code: int, kind: tuple[str, ...]
) -> None:
    before = listed(therapymail, *kind)
    command = [*editor_that(therapymail, does), *therapymail.command("note", "add", "HERON", *kind)]
    with at_terminal(command, therapymail.environment) as terminal:
        assert terminal.wait() == code
    assert listed(therapymail, *kind) == before


@pytest.mark.parametrize("kind", [(), ("--process",)])
def test_C12_a_killed_run_loses_two_seconds_at_most_and_it_goes_on(therapymail: Program, kind: tuple[str, ...]) -> None:
    ready = therapymail.directory / "ready"
    does = f"echo 'typed and kept {MARKED}' >> $1; sleep 2; touch {ready}; sleep 60"
    command = [*editor_that(therapymail, does), *therapymail.command("note", "add", "HERON", *kind)]
    with at_terminal(command, therapymail.environment) as terminal:
        end = time.monotonic() + 30
        while not ready.exists():
            assert time.monotonic() < end
            time.sleep(0.05)
        os.killpg(terminal.process.pid, signal.SIGKILL)
        terminal.process.wait()
    ready.unlink()
    first = therapymail.ok("note", "list", *kind, "--json").answer["notes"][0]
    assert (first["state"], first["being_written"]) == ("draft", True)
    assert f"typed and kept {MARKED}" in shown(therapymail, first["note"])["text"]
    run_root = Path(therapymail.environment["XDG_RUNTIME_DIR"])
    assert [file for file in run_root.rglob("p-*/*") if file.is_file()] == []
    command = [*editor_that(therapymail, "echo 'and more' >> $1"), *therapymail.command("note", "edit", first["note"])]
    with at_terminal(command, therapymail.environment) as terminal:
        assert terminal.wait() == 0
    whole = shown(therapymail, first["note"])
    assert (whole["state"], whole["being_written"]) == ("kept", False)
    assert f"typed and kept {MARKED}\nand more" in whole["text"]


def test_C12_a_lock_while_a_process_note_is_written_asks_again_and_keeps_all(therapymail: Program) -> None:
    locking = " ".join(therapymail.command("lock")).replace(
        "from therapymail.cli.entry import main; main()", "'from therapymail.cli.entry import main; main()'"
    )
    does = f"echo before >> $1; sleep 1; {locking}; sleep 1; echo after >> $1"
    command = [*editor_that(therapymail, does), *therapymail.command("note", "add", "HERON", "--process")]
    with at_terminal(command, therapymail.environment) as terminal:
        assert terminal.wait() == 0, terminal.shown
    assert "before\nafter" in shown(therapymail, listed(therapymail, "--process")[0])["text"]


# --- what cannot be used -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("add", "NOBODY"), 8),
        (("add", "HERON", "--format", "gibbs"), 2),
        (("add", "HERON", "--letter", "HERON-99"), 8),
        (("add", "HERON", "--letter", "nonsense"), 2),
        (("add", "HERON", "--passage", "HERON-1"), 2),
        (("add", "HERON", "--passage", "HERON-1:9-3"), 2),
        (("add", "HERON", "--exchange", "7"), 8),
        (("add", "HERON", "--prefill"), 2),
        (("show", "N-999"), 8),
        (("show", "P-999"), 8),
        (("show", "HERON-1"), 2),
        (("edit", "N-999"), 8),
        (("amend", "P-999"), 8),
        (("add", "HERON", "--format", "/etc/passwd"), 2),
    ],
)
def test_what_cannot_be_used_is_one_sentence_and_leaves_nothing(
    therapymail: Program, words: tuple[str, ...], code: int
) -> None:
    before = (listed(therapymail), listed(therapymail, "--process"))
    body = () if words[0] == "show" else ("--body-file", "-")
    refused = therapymail.run("note", *words, *body, stdin=b"some text")
    assert refused.code == code, refused
    assert "bug" not in refused.err
    assert (listed(therapymail), listed(therapymail, "--process")) == before
    assert json.dumps(before)
