"""M07, as a person or a script does it: `client invite` shows the kit, asks, sends, and writes the page to print."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.posts import PASSWORD, Post, embedded
from tests.support.program import Program, program
from tests.support.terminal import at_terminal
from therapymail.errors import ExitCode

__all__ = ["embedded"]


@pytest.fixture
def therapymail(embedded: Post) -> Iterator[Program]:
    """A practice with a client, WREN, who has no key yet."""
    therapist, reader = embedded.new_user(), embedded.new_user()
    imap, smtp = embedded.imap(therapist), embedded.smtp(therapist)
    with program() as made:
        made.ok(
            *("setup", "--yes", "--name", "Dr Orla Fenwick", "--email", embedded.address(therapist), "--zone", "UTC"),
            *("--imap", f"{imap.host}:{imap.port}", "--imap-security", imap.security.value),
            *("--smtp", f"{smtp.host}:{smtp.port}", "--smtp-security", smtp.security.value),
            *("--username", therapist, "--ca-file", imap.ca_file, "--password-stdin"),
            *("--new-key", "--no-passphrase", "--no-roundtrip"),
            stdin=PASSWORD.encode() + b"\n",
        )
        made.ok("client", "add", "WREN", embedded.address(reader), "--name", "Maren Quist", "--yes")
        yield made


def letters(therapymail: Program) -> list[dict[str, object]]:
    found: list[dict[str, object]] = therapymail.ok("letters", "--json").answer["letters"]
    return found


def test_M07_the_mail_is_shown_and_asked_for_before_it_leaves(therapymail: Program) -> None:
    fingerprint = therapymail.ok("key", "show", "own", "--json").answer["keys"][0]["fingerprint"]
    invite = therapymail.command("client", "invite", "WREN", "--program", "thunderbird")
    with at_terminal(invite, therapymail.environment) as terminal:
        shown = terminal.expect("Send it? [y/N]: ")
        assert fingerprint[:4] in shown
        assert "Account Settings" in shown
        assert f"OpenPGP_0x{fingerprint[-16:]}.asc" in shown
        terminal.type("n")
        terminal.expect("Nothing was sent.")
        assert terminal.wait() == 0
    assert letters(therapymail) == []
    with at_terminal(therapymail.command("client", "invite", "WREN"), therapymail.environment) as terminal:
        terminal.answer(("What do they read mail in? [1]: ", "3"), ("Send it? [y/N]: ", "y"))
        terminal.expect("Sent; it is WREN-1 on the record.")
        assert terminal.wait() == 0
    read = therapymail.ok("read", "WREN-1", "--json").answer
    assert "GPG Keychain" in read["text"]
    [enclosure] = read["enclosures"]
    assert enclosure["type"] == "application/pgp-keys"


def test_M07_a_script_says_which_program_and_yes_or_sends_nothing(therapymail: Program) -> None:
    for words in ((), ("--program", "pine"), ("--program", "k9"), ("--program", "k9", "--language", "tlh", "--yes")):
        refused = therapymail.run("client", "invite", "WREN", *words)
        assert refused.code == ExitCode.USAGE, refused
    assert letters(therapymail) == []
    shown = therapymail.ok("client", "invite", "WREN", "--program", "k9", "--show", "--json").answer
    assert shown["letter"] is None
    assert letters(therapymail) == []
    sent = therapymail.ok("client", "invite", "WREN", "--program", "K9", "--yes", "--json").answer
    assert (sent["client"], sent["letter"], sent["program"], sent["language"]) == ("WREN", "WREN-1", "k9", "en")
    assert sent["text"] == shown["text"]
    [client] = therapymail.ok("client", "show", "WREN", "--json").answer["clients"]
    assert client["invited"] == {"at": sent["sent"], "program": "k9", "language": "en", "certain": True}
    assert f"Invited     {sent['sent'][:10]}, with steps for k9" in therapymail.ok("client", "show", "WREN").out


def test_M07_the_page_is_written_for_its_owner_alone_and_never_over_a_file(therapymail: Program) -> None:
    page = therapymail.directory / "kit.html"
    invite = ("client", "invite", "WREN", "--program", "deltachat", "--page", str(page), "--show")
    ran = therapymail.ok(*invite)
    assert "How to begin with Delta Chat" in ran.out
    assert f"Written: {page}" in " ".join(ran.err.split())
    html = page.read_text("utf-8")
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert html.startswith("<!DOCTYPE html>")
    for said in ("WREN", "Maren", "Quist"):
        assert said not in html
    again = therapymail.run(*invite[:-1], "--yes")
    assert again.code == ExitCode.USAGE
    assert "there is a file of that name already" in " ".join(again.err.split())
    assert page.read_text("utf-8") == html
    assert letters(therapymail) == []
    assert sorted(path.name for path in page.parent.glob(".new-*")) == []


@pytest.mark.parametrize("place", ["missing/kit.html", "directory", "/dev/full/kit.html"])
def test_a_place_that_cannot_be_written_is_said_and_nothing_is_sent(therapymail: Program, place: str) -> None:
    (therapymail.directory / "directory").mkdir()
    invite = ("client", "invite", "WREN", "--program", "proton", "--yes", "--page", str(therapymail.directory / place))
    ran = therapymail.run(*invite)
    assert ran.code in {ExitCode.CONFIGURATION, ExitCode.USAGE}
    assert "Traceback" not in ran.err
    assert letters(therapymail) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a full disk")
def test_a_full_disk_leaves_no_half_page(therapymail: Program, tmp_path: Path) -> None:
    full = therapymail.directory / "full"
    full.mkdir()
    if os.system(f"mount -t tmpfs -o size=4k none {full} 2>/dev/null") != 0:
        pytest.skip("nothing can be mounted here")
    try:
        ran = therapymail.run(
            "client", "invite", "WREN", "--program", "k9", "--show", "--page", str(full / "kit.html")
        )  # fmt: skip
        assert ran.code == ExitCode.CONFIGURATION
        assert "the disk is full" in " ".join(ran.err.split())
        assert list(full.iterdir()) == []
    finally:
        os.system(f"umount {full}")
