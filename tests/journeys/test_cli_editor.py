"""Writing in a real editor: nothing of a letter outside memory, nothing lost (HAZARDS S20, C12)."""

import os
import secrets
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.program import Program, program, setup_offline
from tests.support.terminal import Terminal, at_terminal

MARKED = f"quill{secrets.token_hex(6)}"  # of this run alone: nobody else's file can hold it

# Settings of a person whose editors keep everything they can.
HOSTILE = {
    ".vimrc": """set swapfile backup writebackup undofile modeline updatecount=1 updatetime=50 viminfo='100,n~/.viminfo
set directory=~/ backupdir=~/ undodir=~/ history=500
""",
    ".config/nvim/init.vim": """set swapfile backup writebackup undofile modeline updatecount=1 shada='100
set directory=~/ backupdir=~/ undodir=~/
""",
    ".nanorc": 'set backup\nset backupdir "~/"\nset historylog\nset positionlog\nset locking\n',
    ".config/micro/settings.json": """{"backup": true, "permbackup": true, "savehistory": true,
"savecursor": true, "saveundo": true}""",
    ".emacs": '(setq make-backup-files t backup-directory-alist \'((".*" . "~/")))',
}
TYPING = {
    "vim": ("Go", "\x1b:wq\r"),
    "nvim": ("Go", "\x1b:wq\r"),
    "nano": ("\x1b/", "\x18y\r"),
    "micro": ("\x1b[1;5F", "\x13\x11"),
    "emacs": ("\x1b>", "\x18\x13\x18\x03"),
}
EDITORS = [
    pytest.param(name, marks=pytest.mark.skipif(not shutil.which(name), reason=f"{name} is not installed here"))
    for name in TYPING
]


@pytest.fixture(scope="module")
def therapymail() -> Iterator[Program]:
    with program() as made:
        setup_offline(made)
        made.ok("client", "add", "HERON", "heron@mail.example", "--name", "A. Heron", "--yes")
        for name, settings in HOSTILE.items():
            file = made.directory / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(settings)
        yield made


def editing(therapymail: Program, editor: str, *words: str) -> list[str]:
    return ["/usr/bin/env", "-C", str(therapymail.directory), f"EDITOR={editor}", *therapymail.command(*words)]


def run_files(therapymail: Program) -> list[Path]:
    """What lies in the processes' own directories on memory-backed storage."""
    root = Path(therapymail.environment["XDG_RUNTIME_DIR"])
    return [file for file in root.rglob("p-*/*") if file.is_file()]


def holding(word: str, *roots: Path) -> list[Path]:
    """Files below `roots` in which `word` stands, or that bear it; what goes meanwhile is gone."""
    found = []
    for root in roots:
        for file in (Path(folder, name) for folder, _, names in os.walk(root) for name in names):
            try:
                if word in file.name or (file.is_file() and word.encode() in file.read_bytes()):
                    found.append(file)
            except OSError:
                continue
    return found


def outside_memory(therapymail: Program) -> list[Path]:
    """Files that could hold a letter's words: HOME, which holds the practice and is the cwd, and the temporary ones."""
    return holding(MARKED, therapymail.directory, *(p for p in map(Path, ("/var/tmp",)) if p.is_dir())) + [
        file for file in Path("/tmp").glob("*") if file.is_file() and holding_file(file)
    ]


def holding_file(file: Path) -> bool:
    try:
        return MARKED in file.name or MARKED.encode() in file.read_bytes()
    except OSError:
        return False


def text_of(therapymail: Program, draft: str) -> str:
    return str(therapymail.ok("drafts", "show", draft, "--json").answer["text"])


def newest(therapymail: Program) -> str:
    return str(therapymail.ok("drafts", "--json").answer["drafts"][0]["draft"])


def wait_for(happens: object, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not happens():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def write_in(terminal: Terminal, therapymail: Program, editor: str, text: str) -> None:
    """Type `text` at the end of the file once the editor shows it."""
    wait_for(lambda: any(file.name.endswith(".txt") for file in run_files(therapymail)))
    terminal.expect("Subject")
    terminal.watch(0.7)  # an editor that is still starting may lose keys
    terminal.press(TYPING[editor][0])
    terminal.watch(0.2)
    terminal.press(text)
    terminal.watch(0.5)


@pytest.mark.parametrize("editor", EDITORS)
def test_S20_no_word_leaves_memory_while_and_after_editing(therapymail: Program, editor: str) -> None:
    with at_terminal(editing(therapymail, editor, "write", "HERON"), therapymail.environment) as terminal:
        write_in(terminal, therapymail, editor, f"Dear Heron {MARKED} goodbye")
        terminal.watch(1.5)
        assert outside_memory(therapymail) == []
        directory = run_files(therapymail)[0].parent
        assert directory.stat().st_mode & 0o777 == 0o700
        assert all(file.stat().st_mode & 0o077 == 0 for file in run_files(therapymail) if file.suffix == ".txt")
        terminal.press(TYPING[editor][1])
        terminal.expect("is kept as a draft")
        assert terminal.wait() == 0
    assert outside_memory(therapymail) == []
    assert run_files(therapymail) == []
    left = {file.name for file in therapymail.directory.iterdir()} - {".config", ".vimrc", ".nanorc", ".emacs"}
    assert not [name for name in left if "D-" in name or name.endswith((".swp", "~", ".un~")) or "viminfo" in name]
    assert f"Dear Heron {MARKED} goodbye" in text_of(therapymail, newest(therapymail))


@pytest.mark.parametrize("editor", [param for param in EDITORS if param.values[0] in {"vim", "nvim", "emacs"}])
def test_S20_a_quotation_gives_no_orders_to_the_editor(therapymail: Program, editor: str) -> None:
    proof = therapymail.directory / "obeyed"
    orders = (
        "> # vim: set fileencoding=latin1 readonly:\n> Local Variables:\n"
        f'> eval: (write-region "" nil "{proof}")\n> End:\n'
    )
    drafted = therapymail.ok("write", "HERON", "--body-file", "-", "--json", stdin=orders.encode()).answer["draft"]
    with at_terminal(editing(therapymail, editor, "drafts", "edit", drafted), therapymail.environment) as terminal:
        write_in(terminal, therapymail, editor, "ünobeyed")
        terminal.press(TYPING[editor][1])
        terminal.expect("is kept as a draft")
    assert not proof.exists()
    assert "ünobeyed" in text_of(therapymail, drafted)


@pytest.mark.parametrize("editor", [param for param in EDITORS if param.values[0] != "nano"])
def test_C12_a_killed_therapymail_loses_two_seconds_at_most(therapymail: Program, editor: str) -> None:
    with at_terminal(editing(therapymail, editor, "write", "HERON"), therapymail.environment) as terminal:
        write_in(terminal, therapymail, editor, "typed and not yet saved by hand")
        terminal.watch(2.0)
        os.kill(terminal.process.pid, signal.SIGKILL)
        terminal.process.wait()
    drafted = newest(therapymail)
    assert "typed and not yet saved by hand" in text_of(therapymail, drafted)
    assert run_files(therapymail) == [], "the next start wiped what was left behind"
    assert outside_memory(therapymail) == []


@pytest.mark.parametrize("editor", EDITORS)
def test_C12_a_closed_terminal_loses_nothing(therapymail: Program, editor: str) -> None:
    with at_terminal(editing(therapymail, editor, "write", "HERON"), therapymail.environment) as terminal:
        write_in(terminal, therapymail, editor, "the window is closed now")
        terminal.watch(1.5)
        terminal.hang_up()
        terminal.process.wait(15)
    wait_for(lambda: run_files(therapymail) == [])
    assert "the window is closed now" in text_of(therapymail, newest(therapymail))
    assert outside_memory(therapymail) == []


# --- editors as small programs --------------------------------------------------------------------------


def editor_that(therapymail: Program, does: str) -> str:
    """An editor that is a shell script; its file is $1."""
    file = therapymail.directory / f"editor-{abs(hash(does))}"
    file.write_text(f"#!/bin/sh\n{does}\n")
    file.chmod(0o700)
    return str(file)


def run_editor(therapymail: Program, does: str, *words: str) -> tuple[int, str]:
    with at_terminal(editing(therapymail, editor_that(therapymail, does), *words), therapymail.environment) as terminal:
        code = terminal.wait()
        return code, terminal.shown


def test_C11_edited_and_edited_again(therapymail: Program) -> None:
    code, shown = run_editor(
        therapymail, "printf 'Subject: grüß\\n\\none\\n> two\\n' > $1; cat $1 >/dev/null", "write", "HERON"
    )
    assert code == 0, shown
    assert "nobody can vouch for" in " ".join(shown.split())
    drafted = newest(therapymail)
    whole = therapymail.ok("drafts", "show", drafted, "--json").answer
    assert (whole["subject"], whole["text"], whole["words"]) == ("grüß", "one\n> two", 1)
    code, _ = run_editor(therapymail, "touch $1", "drafts", "edit", drafted)
    assert code == 0
    again = therapymail.ok("drafts", "show", drafted, "--json").answer
    assert {**again, "changed": None} == {**whole, "changed": None}


def test_an_editor_that_fails_keeps_the_draft(therapymail: Program) -> None:
    code, shown = run_editor(therapymail, "echo more >> $1; exit 3", "write", "HERON")
    drafted = newest(therapymail)
    assert code == 3
    assert f"drafts edit {drafted}" in " ".join(shown.split())
    assert "more" in text_of(therapymail, drafted)


@pytest.mark.parametrize(("does", "code"), [("true", 2), ("exit 1", 3)])
def test_writing_nothing_leaves_no_draft(therapymail: Program, does: str, code: int) -> None:
    before = therapymail.ok("drafts", "--json").answer
    assert run_editor(therapymail, does, "write", "HERON")[0] == code
    assert therapymail.ok("drafts", "--json").answer == before


def test_C12_every_change_is_in_the_vault_within_two_seconds(therapymail: Program) -> None:
    does = "echo first >> $1; sleep 2; touch $HOME/looked; while [ -e $HOME/looked ]; do sleep 0.1; done"
    command = editing(therapymail, editor_that(therapymail, does), "write", "HERON")
    with at_terminal(command, therapymail.environment) as terminal:
        wait_for((therapymail.directory / "looked").exists)
        assert "first" in text_of(therapymail, newest(therapymail))
        (therapymail.directory / "looked").unlink()
        assert terminal.wait() == 0


def test_C12_what_was_written_while_the_draft_was_sent_or_discarded_elsewhere_is_kept_apart(
    therapymail: Program,
) -> None:
    drafted = therapymail.ok("write", "HERON", "--body-file", "-", "--json", stdin=b"one").answer["draft"]
    does = f"{' '.join(therapymail.command('drafts', 'discard', drafted, '--yes'))} ; echo two >> $1"
    does = does.replace(
        "from therapymail.cli.entry import main; main()", "'from therapymail.cli.entry import main; main()'"
    )
    code, shown = run_editor(therapymail, does, "drafts", "edit", drafted)
    assert code == 0, shown
    apart = newest(therapymail)
    assert apart != drafted
    assert text_of(therapymail, apart) == "one\ntwo"


def test_C12_a_lock_while_writing_asks_again_and_keeps_all(therapymail: Program) -> None:
    does = f"{' '.join(therapymail.command('lock'))} ; sleep 1; echo after >> $1"
    does = does.replace(
        "from therapymail.cli.entry import main; main()", "'from therapymail.cli.entry import main; main()'"
    )
    code, shown = run_editor(therapymail, does, "write", "HERON")
    assert code == 0, shown
    assert "after" in text_of(therapymail, newest(therapymail))


def test_S20_where_nothing_lies_in_memory_no_editor_is_started(therapymail: Program) -> None:
    disk = therapymail.directory / "run"
    disk.mkdir(mode=0o700, exist_ok=True)
    environment = {**therapymail.environment, "XDG_RUNTIME_DIR": str(disk)}
    elsewhere = Program(therapymail.directory, environment)
    elsewhere.ok("unlock")
    with at_terminal(editing(elsewhere, "touch", "write", "HERON"), environment) as terminal:
        assert terminal.wait() == 3
        assert "may lie on the disk" in " ".join(terminal.shown.split())


def test_F18_a_list_of_feelings_with_a_fault_is_edited_again_and_never_kept(therapymail: Program) -> None:
    does = "if grep -q faulty $1; then sed -i '/faulty/d' $1; else printf '[sea]\\nsalty\\nfaulty\\nfaulty\\n' > $1; fi"
    command = editing(therapymail, editor_that(therapymail, does), "feelings", "--edit")
    with at_terminal(command, therapymail.environment) as terminal:
        terminal.answer(("Edit it again?", "y"))
        assert terminal.wait() == 0
    own = therapymail.home / "feelings.txt"
    assert own.read_text() == "[sea]\nsalty\n"
    own.unlink()
