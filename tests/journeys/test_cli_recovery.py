"""The way back on the command line: setup with a kit, another passphrase, another key, and clinical executors."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.test_commands_documented import keys_of, keys_of_each
from tests.support.gnupg import output, throw_away_home
from tests.support.program import Program, Ran, program
from therapymail.domain.recovery_kit import kit_text
from therapymail.errors import ExitCode
from therapymail.pgp.own_key import make_key
from therapymail.pgp.runner import Gpg

FIRST = "vexing.Orchid.Tundra.Bobsled.Kumquat.93"
SECOND = "sundial.Gazebo.Walrus.Thicket.Nectar.41"
PERSON = ("--name", "Dr Orla Fenwick", "--email", "orla@practice.example", "--zone", "Europe/London")


@dataclass(frozen=True)
class Story:
    """One practice that the tests go through in their order."""

    therapymail: Program
    colleague: Gpg

    def secret(self, words: str) -> str:
        """A file with a passphrase."""
        file = self.therapymail.directory / f"secret-{words[:7]}"
        file.write_text(f"{words}\n")
        return str(file)

    def place(self, name: str) -> str:
        """Where a file of this name goes."""
        return str(self.therapymail.directory / name)

    def checks(self) -> dict[str, dict[str, str]]:
        """What doctor says, by name."""
        answer = self.therapymail.run("doctor", "--offline", "--json").answer
        return {check["name"]: check for check in answer["checks"]}


def keys(ran: Ran) -> set[str]:
    return set(ran.answer) - {"version"}


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    with program() as therapymail, throw_away_home() as colleague:
        yield Story(therapymail, colleague)


def test_C33_setup_with_a_kit_ends_only_after_the_kit_has_opened_the_record(story: Story) -> None:
    therapymail, kit = story.therapymail, story.place("kit.html")
    how = ("setup", "--yes", "--offline", *PERSON, "--new-key", "--passphrase-file", story.secret(FIRST))
    for place in (story.place("nowhere/kit.html"), str(therapymail.home / "kit.html")):
        assert therapymail.run(*how, "--kit", place).code in {ExitCode.USAGE, ExitCode.CONFIGURATION}
        assert not therapymail.home.exists()
    assert therapymail.run(*how, "--kit", kit, "--no-kit").code == ExitCode.USAGE
    made = therapymail.ok(*how, "--kit", kit, "--json")
    assert set(made.answer["kit"]) == keys_of("key kit")
    assert made.answer["kit"]["works"]
    assert "PGP PRIVATE KEY BLOCK" in Path(kit).read_text()
    assert "last tested" in story.checks()["recovery kit"]["says"]


def test_C33_a_kit_is_checked_and_made_anew(story: Story) -> None:
    therapymail, given = story.therapymail, ("--passphrase-file", story.secret(FIRST))
    checked = therapymail.ok("key", "kit", "--check", story.place("kit.html"), *given, "--json")
    assert keys(checked) == keys_of("key kit")
    again = therapymail.ok("key", "kit", story.place("kit-2.html"), *given)
    assert "delete the file" in again.err
    assert therapymail.run("key", "kit", story.place("kit-2.html"), *given).code == ExitCode.USAGE
    assert therapymail.run("key", "kit", *given).code == ExitCode.USAGE
    assert therapymail.run("key", "kit", story.place("kit-3.html")).code == ExitCode.LOCKED
    assert therapymail.run("key", "kit", "--check", story.secret(FIRST), *given).code == ExitCode.NOT_OPENED


def test_C33_paper_passphrase_and_backup_bring_the_practice_back_elsewhere(story: Story) -> None:
    """The steps that stand on the page, on a machine that has nothing else."""
    therapymail, backup, key = story.therapymail, story.place("practice.backup"), Path(story.place("key.asc"))
    therapymail.ok("backup", "create", backup)
    key.write_text(kit_text(Path(story.place("kit.html")).read_text()).secret)
    (therapymail.directory / "elsewhere").mkdir()
    elsewhere = Program(therapymail.directory / "elsewhere", therapymail.environment)
    given = ("--passphrase-file", story.secret(FIRST))
    elsewhere.ok("backup", "restore", backup, "--import-key", str(key), *given)
    elsewhere.ok("unlock", *given)
    assert elsewhere.ok("key", "export").out == therapymail.ok("key", "export").out
    elsewhere.ok("lock")


def test_F41_the_passphrase_is_changed_and_the_old_kit_counts_no_more(story: Story) -> None:
    therapymail = story.therapymail
    now, then = ("--passphrase-file", story.secret(FIRST)), ("--new-passphrase-file", story.secret(SECOND))
    assert therapymail.run("key", "passphrase", *then).code == ExitCode.LOCKED
    assert therapymail.run("key", "passphrase", *now).code == ExitCode.LOCKED
    assert therapymail.run("key", "passphrase", *now, *then, "--no-passphrase").code == ExitCode.USAGE
    changed = therapymail.ok("key", "passphrase", *now, *then)
    assert "A kit made before opens with the old passphrase" in changed.err
    assert story.checks()["recovery kit"]["next"]
    back = ("--passphrase-file", story.secret(SECOND), "--new-passphrase-file", story.secret(FIRST))
    again = therapymail.ok("key", "passphrase", *back, "--kit", story.place("kit-4.html"), "--json")
    assert keys(again) == keys_of("key passphrase")
    assert not story.checks()["recovery kit"]["next"]


def test_F41_another_own_key_takes_its_place(story: Story) -> None:
    therapymail = story.therapymail
    with throw_away_home() as client:
        fingerprint = make_key(client, "Maren", "maren@heron.example", None)
        heron = Path(story.place("heron.asc"))
        heron.write_bytes(output(client, ["--armor", "--export", "--", fingerprint]))
    added = ("HERON", "maren@heron.example", "--name", "Maren", "--key", str(heron), "--zone", "UTC", "--yes")
    therapymail.ok("client", "add", *added)
    given = ("--passphrase-file", story.secret(FIRST), "--new-passphrase-file", story.secret(SECOND))
    assert therapymail.run("key", "replace", *given, "--yes").code == ExitCode.USAGE
    assert therapymail.run("key", "replace", "--new-key", *given).code != 0, "nobody said yes"
    replaced = therapymail.ok(
        "key", "replace", "--new-key", *given, "--yes", "--kit", story.place("new.html"), "--json"
    )
    assert keys(replaced) == keys_of("key replace")
    assert replaced.answer["to_tell"] == ["HERON"]
    assert replaced.answer["rekeyed"]
    listed = therapymail.ok("key", "list", "--json").answer["keys"]
    assert replaced.answer["fingerprint"] in {key["fingerprint"] for key in listed if key["pinned_to"] == "own"}
    exported = therapymail.ok("key", "export").out
    assert exported == therapymail.ok("key", "export", replaced.answer["fingerprint"]).out
    therapymail.ok("lock")
    therapymail.ok("unlock", "--passphrase-file", story.secret(SECOND))
    assert not story.checks()["recovery kit"]["next"]


def test_F35_an_executor_gets_a_pack_and_shows_that_it_opens(story: Story) -> None:
    therapymail, pack = story.therapymail, story.place("birk.gpg")
    fingerprint = make_key(story.colleague, "Dr Birk", "birk@colleague.example", None)
    key, will = Path(story.place("birk.asc")), Path(story.place("will.txt"))
    key.write_bytes(output(story.colleague, ["--armor", "--export", "--", fingerprint]))
    will.write_text("Ring each.")
    said = ("--key", str(key), "--contact", "0123 456", "--instructions", str(will))
    named = therapymail.ok("executor", "add", "Dr Birk", *said, "--json")
    assert keys(named) == keys_of("executor add")
    assert story.checks()["clinical executor"]["next"]
    assert "Dr Birk has no pack yet." in therapymail.ok("today").out
    made = therapymail.ok("executor", "pack", "Dr Birk", pack, "--json")
    assert keys(made) == keys_of("executor pack")
    assert made.answer["in_it"] == 1
    home = ("--home-of-key", str(story.colleague.homedir))
    assert therapymail.run("executor", "drill", pack).code == ExitCode.USAGE
    assert therapymail.run("executor", "drill", str(key), *home).code == ExitCode.NOT_OPENED
    drilled = therapymail.ok("executor", "drill", pack, *home, "--json")
    [listed] = drilled.answer["executors"]
    assert set(listed) == keys_of_each("executors") - {"instructions", "packs"}
    assert listed["drilled"]
    assert not story.checks()["clinical executor"]["next"]
    assert "Dr Birk" not in therapymail.ok("today").out
    [shown] = therapymail.ok("executor", "show", "dr b", "--json").answer["executors"]
    assert set(shown) == keys_of_each("executors")
    assert set(shown["packs"][0]) == keys_of_each("packs")
    assert "Ring each." in therapymail.ok("executor", "show", "Dr Birk").out
    assert "Dr Birk" in therapymail.ok("executor", "list").out


def test_F35_the_vaults_key_is_given_only_by_a_choice_of_its_own_and_taken_back(story: Story) -> None:
    therapymail, file = story.therapymail, story.place("vault-key.gpg")
    assert therapymail.run("executor", "give-vault-key", "Dr Birk", file).code != 0, "nobody said yes"
    assert not Path(file).exists()
    given = therapymail.ok("executor", "give-vault-key", "Dr Birk", file, "--yes", "--json")
    assert keys(given) == keys_of("executor give-vault-key")
    assert "KEY OF THE VAULT" in therapymail.ok("executor", "show", "Dr Birk").out
    assert therapymail.run("executor", "take-back-vault-key").code == ExitCode.LOCKED
    taken = therapymail.ok("executor", "take-back-vault-key", "--passphrase-file", story.secret(SECOND), "--json")
    assert keys(taken) == keys_of("executor take-back-vault-key")
    assert "taken back" in therapymail.ok("executor", "show", "Dr Birk").out
    assert therapymail.ok("client", "list").code == 0
    removed = therapymail.ok("executor", "remove", "Dr Birk")
    assert "any more" in removed.err
    assert therapymail.run("executor", "show", "Dr Birk").code == ExitCode.NOTHING_FOUND
    assert therapymail.ok("rebuild").code == 0
