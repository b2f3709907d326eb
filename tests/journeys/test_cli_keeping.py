"""Keeping, erasing and auditing on the command line: what is agreed, what is asked before, what scripts get."""

from collections.abc import Iterator

import pytest

from tests.cli.test_commands_documented import keys_of, keys_of_each
from tests.support.program import Program
from tests.support.program import program as a_program


@pytest.fixture(scope="module")
def program() -> Iterator[Program]:
    with a_program() as made:
        own = ("--new-key", "--no-passphrase")
        made.ok("setup", "--yes", "--offline", "--name", "Orla", "--email", "orla@practice.example", *own)
        for code in ("HERON", "WREN"):
            made.ok("client", "add", code, f"{code.lower()}@clients.example", "--name", f"Given{code}", "--yes")
            made.ok("write", code, "--body-file", "-", stdin=f"Dear {code}, the lighthouse.".encode())
        yield made


def test_F32_what_was_agreed_is_shown_held_and_listed(program: Program) -> None:
    agreed = program.ok("retention", "set", "HERON", "--years", "7", "--ended", "2010-02-28", "--json").answer
    [kept] = agreed["retention"]
    assert (kept["client"], kept["kept_until"], kept["due"]) == ("HERON", "2017-02-28", True)
    assert set(kept) == keys_of_each("retention")
    assert set(agreed) - {"version"} == keys_of("retention set")
    assert [each["client"] for each in program.ok("retention", "due", "--json").answer["retention"]] == ["HERON"]
    held = program.ok("retention", "hold", "HERON", "--reason", "a complaint", "--json").answer["retention"]
    assert [(each["held"], each["due"]) for each in held] == [(True, False)]
    refused = program.run("client", "erase", "HERON", "--yes")
    assert (refused.code, "legal hold" in refused.err) == (2, True)
    program.ok("retention", "lift", "HERON", "--reason", "settled")
    listed = program.ok("retention", "list").out
    assert listed.index("HERON") < listed.index("WREN")
    assert "time is over" in program.ok("retention", "show", "HERON").out
    assert program.ok("retention", "show", "HERON", "--json").answer["retention"][0]["client"] == "HERON"


def test_F32_nothing_is_erased_by_a_dry_run_or_without_a_yes(program: Program) -> None:
    shown = program.ok("client", "erase", "WREN", "--dry-run", "--json").answer
    documented = keys_of("client erase")
    assert set(shown) - {"version"} <= documented
    assert shown["counts"]["drafts"] == 1
    still = program.run("client", "erase", "WREN", "--yes")
    assert (still.code, "--reason" in still.err) == (2, True)
    unasked = program.run("client", "erase", "WREN", "--reason", "asked for it")
    assert unasked.code == 2
    assert program.run("client", "erase", "WREN", "--reason", "it is Givenwren's wish", "--yes").code == 2
    mails = program.run("client", "erase", "WREN", "--reason", "asked", "--yes", "--on-server")
    assert (mails.code, "mails: " in mails.err) == (2, True)
    assert len(program.ok("client", "list", "--json").answer["clients"]) == 2


def test_F32_S27_an_erased_client_is_gone_and_the_certificate_names_nobody(program: Program) -> None:
    file = program.directory / "destroyed.txt"
    erased = program.ok(
        "client", "erase", "WREN", "--reason", "asked for it", "--yes", "--certificate", str(file), "--json"
    )
    assert set(erased.answer) - {"version"} == keys_of_each("erased") <= keys_of("client erase")
    said = file.read_text("utf-8")
    assert "1 draft" in said
    assert "WREN" not in said.upper()
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each["code"] for each in program.ok("client", "list", "--json").answer["clients"]] == ["HERON"]
    again = program.ok("retention", "erased", "--json").answer
    assert set(again["erased"][0]) == keys_of_each("erased")
    shown = program.ok("retention", "erased", "1").out.splitlines()
    assert shown[0] == "Certificate of destruction"
    assert any(line.startswith("Why: ") for line in shown)
    assert program.ok("retention", "erased").out.split()[:3] == ["N", "WHEN", "LETTERS"]
    assert program.run("retention", "erased", "7").code == 8
    taken = program.run("retention", "erased", "1", "--certificate", str(file))
    assert (taken.code, file.read_text("utf-8")) == (3, said)
    assert program.run("client", "erase", "WREN", "--yes").code == 8


def test_F34_the_journal_is_verified_and_listed_without_content(program: Program) -> None:
    verified = program.ok("audit", "verify", "--json").answer
    assert set(verified) - {"version"} == keys_of("audit verify")
    assert verified["whole"] is True
    [journal] = verified["journals"]
    assert set(journal) == keys_of_each("journals")
    assert "whole" in program.ok("audit", "verify").err
    listed = program.ok("audit", "list", "--client", "HERON", "--json")
    assert set(listed.answer) - {"version"} == keys_of("audit list")
    assert {each["what"] for each in listed.answer["entries"]} >= {"client.added", "retention.agreed", "hold.placed"}
    assert set(listed.answer["entries"][0]) == keys_of_each("entries")
    assert not any(word in listed.out for word in ("Given", "complaint", "clients.example"))
    kinds = program.ok("audit", "list", "--kind", "hold.", "--limit", "1", "--json").answer["entries"]
    assert [each["what"] for each in kinds] == ["hold.lifted"]
    assert program.ok("audit", "list", "--until", "2001-01-01", "--json").answer["entries"] == []
    assert "client.erased" in program.ok("audit", "list").out
    assert program.run("audit", "list", "--client", "NOBODY").code == 8
