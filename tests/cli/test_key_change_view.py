"""M06 at the command line: both keys side by side, what to do, and each decision by one command."""

from collections.abc import Iterator

import pytest

from tests.cli.test_commands_documented import keys_of_each
from tests.support.practices import Writer, Writers, introduce, practice_in, short_directory, writers_to
from tests.support.program import Program
from tests.support.terminal import at_terminal
from therapymail.domain.wording import fingerprint_words
from therapymail.errors import ExitCode
from therapymail.practice.introduce import verify_client
from therapymail.practice.practice import Practice

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
People = tuple[Practice, Writers, Writer]


@pytest.fixture
def people() -> Iterator[People]:
    with (
        short_directory() as directory,
        practice_in(directory) as practice,
        writers_to(practice, directory) as writers,
    ):
        heron = writers.add("Maren Quist", "maren@heron.example")
        introduce(practice, "HERON", heron)
        verify_client(practice, "HERON", heron.fingerprint, "by telephone")
        yield practice, writers, heron


def test_M06_C27_both_keys_are_shown_and_the_new_one_is_taken_or_dismissed_by_one_command(people: People) -> None:
    practice, writers, heron = people
    therapymail = Program(practice.paths.home.parent, ENVIRONMENT)
    fresh, third = (writers.add("Maren", heron.address) for _ in range(2))
    told = therapymail.ok("key", "import", "-", "--client", "HERON", "--yes", stdin=fresh.certificate)
    assert "no letter leaves until you decide" in " ".join(told.err.split())
    shown = therapymail.ok("client", "show", "HERON")
    lines = [" ".join(line.split()) for line in shown.out.splitlines()]
    both = [next(place for place, line in enumerate(lines) if line.startswith(word)) for word in ("pinned", "other")]
    assert both[1] == both[0] + 1  # one below the other
    assert lines[both[0]].endswith(fingerprint_words(heron.fingerprint))
    assert fingerprint_words(fresh.fingerprint) in lines[both[1]]
    said = " ".join(shown.err.split())
    assert "A mail is no other channel." in said
    assert "client verify HERON --new" in said
    assert f"key dismiss HERON {fresh.fingerprint[-16:]}" in said
    assert "KEY CHANGE" in therapymail.ok("client", "list").out
    [check] = [
        each
        for each in therapymail.run("doctor", "--offline", "--json").answer["checks"]
        if each["name"] == "key change of HERON"
    ]
    assert check["level"] == "warning"
    assert fingerprint_words(fresh.fingerprint) in check["says"]
    assert fingerprint_words(heron.fingerprint) in check["says"]

    draft = therapymail.ok("write", "HERON", "--body-file", "-", "--json", stdin=b"Dear Maren").answer["draft"]
    refused = therapymail.run("send", draft)
    assert refused.code == ExitCode.NOT_SENT
    assert "not decided yet whether another key is theirs" in " ".join(refused.err.split())

    given = ("--fingerprint", fresh.fingerprint, "--how", "the code word, by phone")
    [client] = therapymail.ok("client", "verify", "HERON", "--new", *given, "--json").answer["clients"]
    assert [pin["fingerprint"] for pin in client["pins"]] == [fresh.fingerprint, heron.fingerprint]
    assert (client["verified"], client["key_change"]) == (True, False)
    assert [each["decision"] for each in client["key_changes"]] == ["pinned"]
    history = [(each["what"], each["fingerprint"]) for each in client["key_history"]]
    assert history[0] == ("held", heron.fingerprint)
    assert history[-2:] == [("key-pinned", fresh.fingerprint), ("key-verified", fresh.fingerprint)]
    assert set(client["key_changes"][0]) == keys_of_each("key_changes")
    assert set(client["key_history"][0]) == keys_of_each("key_history")
    assert set(client["pins"][0]["parts"][0]) == keys_of_each("parts")

    therapymail.ok("key", "import", "-", "--client", "HERON", "--yes", stdin=third.certificate)
    assert therapymail.run("key", "dismiss", "HERON").code == ExitCode.USAGE  # why has to be said
    [change] = therapymail.ok("key", "dismiss", "HERON", "--why", "not hers", "--json").answer["key_changes"]
    assert (change["decision"], change["why"], change["stops_letters"]) == ("dismissed", "not hers", False)
    assert therapymail.run("key", "dismiss", "HERON", "--why", "again").code == ExitCode.NOTHING_FOUND
    assert "KEY CHANGE" not in therapymail.ok("client", "show", "HERON").out

    therapymail.ok("key", "retire", "HERON", heron.fingerprint[-16:], "--why", "telephone stolen")
    assert "not used any more since" in " ".join(therapymail.ok("client", "show", "HERON").out.split())


def test_M06_verifying_the_new_key_shows_it_under_the_pinned_one_and_no_changes_nothing(people: People) -> None:
    practice, writers, heron = people
    therapymail = Program(practice.paths.home.parent, ENVIRONMENT)
    fresh = writers.add("Maren", heron.address)
    assert therapymail.run("client", "verify", "HERON", "--new", "--how", "x").code == ExitCode.NOTHING_FOUND
    therapymail.ok("key", "import", "-", "--client", "HERON", "--yes", stdin=fresh.certificate)
    with at_terminal(therapymail.command("client", "verify", "HERON", "--new"), therapymail.environment) as terminal:
        shown = " ".join(terminal.expect("read to you?").split())
        assert shown.index(heron.fingerprint[:4]) < shown.index(fresh.fingerprint[:4])
        terminal.type("n")
        terminal.expect("Nothing was changed.")
        assert terminal.wait() != 0
    assert "KEY CHANGE" in therapymail.ok("client", "list").out


def test_K5_two_parts_are_said_when_a_key_is_taken_and_shown_and_one_can_be_chosen(people: People) -> None:
    practice, writers, heron = people
    therapymail = Program(practice.paths.home.parent, ENVIRONMENT)
    writers.gpg.run(["--passphrase", "", "--quick-add-key", heron.fingerprint, "cv25519", "encr", "0"])
    exported = writers.gpg.run(["--export", "--", heron.fingerprint]).output
    taken = therapymail.ok("key", "import", "-", "--yes", stdin=exported)
    assert taken.out.count("  part ") == 2
    [key] = therapymail.ok("key", "show", "HERON", "--json").answer["keys"]
    older = key["parts"][1]["fingerprint"]
    assert key["part"] is None
    assert "2 parts can be sealed to" in " ".join(therapymail.ok("client", "show", "HERON").out.split())
    [key] = therapymail.ok("key", "pin", "HERON", "--part", f"{older}!", "--json").answer["keys"]
    assert key["part"] == older
    assert f"letters go to {older[-16:]} (chosen)" in " ".join(therapymail.ok("client", "show", "HERON").out.split())
    assert therapymail.run("key", "pin", "HERON", "--part", "F" * 40, "--json").code == ExitCode.USAGE
