"""Every command with --json, run in the fictional practice, gives exactly the keys that docs/commands.md names."""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cli.test_commands_documented import documented_commands, keys_of, keys_of_each
from tests.support.program import PROGRAM, Program
from tests.support.undecided import not_yet_accepted
from therapymail.domain.names import LetterName
from therapymail.practice.demo.stage import Stage, staged
from therapymail.vault import letters, texts

UTC_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
TIMES = {
    "opened",
    "decided",
    "retired",
    "at",
    "written",
    "received",
    "created",
    "expires",
    "added",
    "changed",
    "leaves_at",
    "hold_ends",
    "sent",
    "confirmed",
}
TIMES |= {"starts", "made", "withdrawn", "due", "answered", "letter_due"}
TIMES |= {"begins", "ends", "first_read"}
TIMES |= {"marked", "now", "at", "since", "offered", "last_seen"}
WITHOUT_JSON = {"demo", "account", "key export", "tui"}
# test_cli_mailbox, test_receipts, test_cli_writing, test_cli_key_find
HELD_ELSEWHERE = {"setup", "receipt", "outbox settle", "key find", "drafts allow", "note begin-anew"}
# test_cli_keeping
HELD_ELSEWHERE |= {"client erase", "audit verify", "audit list"}
HELD_ELSEWHERE |= {f"retention {name}" for name in ("set", "hold", "lift", "show", "list", "due", "erased")}
HELD_ELSEWHERE |= {"backup create", "backup verify", "backup list", "backup restore"}  # test_cli_backup
# test_cli_recovery
HELD_ELSEWHERE |= {"key kit", "key passphrase", "key replace"}
HELD_ELSEWHERE |= {f"executor {name}" for name in ("add", "list", "show", "remove", "pack", "drill")}
HELD_ELSEWHERE |= {"executor give-vault-key", "executor take-back-vault-key"}
# test_cli_export
HELD_ELSEWHERE |= {"export letterbook", "export record", "export letters", "export timeline", "export calendar"}
# Every command there is, one after another, in one fixture.
pytestmark = pytest.mark.timeout(900)
# Keys that one sort of answer has and another has not, as the document says in words.
OF_ONE_CLIENT = {"name", "write_to", "writes_from", "zone", "added", "pins", "candidates", "key_changes", "key_history"}
OF_ONE_CLIENT |= {"balance", "response_due", "letter_due", "meter"}
OF_ONE_CLIENT |= {"programs"}
OF_A_RECEIVED_FILE = {"outside", "signature", "signer"}
OF_ONE_CLIENT |= {"invited"}
OF_A_TALLY = {"letters", "words", "ids"}


class Visitor(Program):
    """The program in the practice on stage, its clock where the story ends."""

    def command(self, *arguments: str) -> list[str]:
        return [*PROGRAM, *arguments]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged(os.environ) as performance:
        yield not_yet_accepted(performance)


@pytest.fixture(scope="module")
def therapymail(stage: Stage) -> Program:
    home = stage.practice.paths.home
    told = {"THERAPYMAIL_HOME": str(home), "THERAPYMAIL_NOW": stage.story.now.isoformat()}
    return Visitor(home.parent, {**os.environ, **told})


@pytest.fixture(scope="module")
def answers(stage: Stage, therapymail: Program, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """What each command answers with --json."""
    room, files = stage.names["heron-w02-letter"], tmp_path_factory.mktemp("files")
    key, mail, text = files / "heron.asc", files / "letter.eml", files / "text.txt"
    text.write_text("Dear Tomas, thank you.\n")
    key.write_text(therapymail.ok("key", "export", "HERON").out)
    mail.write_bytes(original_of(stage, stage.names["linden-w02-letter"]))
    own = files / "own.asc"
    own.write_text(therapymail.ok("key", "export").out)
    former = therapymail.ok("client", "show", "SLATE", "--json").answer["clients"][0]["pins"][-1]["fingerprint"]
    fingerprint = therapymail.ok("client", "show", "HERON", "--json").answer["clients"][0]["fingerprint"]
    [proposed] = [one["id"] for one in therapymail.ok("letters", "--proposed", "--json").answer["letters"]]
    enclosing = stage.names["heron-w12-after-closing"]
    first = therapymail.ok("write", "LINDEN", "--body-file", str(text), "--json").answer["draft"]
    held, at_once, waiting, answer = (f"D-{int(first[2:]) + number}" for number in range(1, 5))
    runs: dict[str, tuple[tuple[str, ...], ...]] = {
        "doctor": ((),),
        "unlock": (("--for", "1h"),),
        "sync": ((), ("--full",)),
        "client add": (("NEWT", "newt@mail.example", "--name", "N", "--yes"),),
        "client show": (("HERON",), ("NEWT",)),
        "client edit": (("NEWT", "--zone", "Europe/Paris"),),
        "client verify": (("HERON", "--fingerprint", fingerprint, "--how", "by phone"),),
        "notice": (("LINDEN", "please-ring", "--yes"),),
        "client list": ((),),
        "client invite": (("HERON", "--program", "k9", "--yes"), ("HERON", "--program", "proton", "--show")),
        "client pause": (("NEWT",),),
        "client resume": (("NEWT",),),
        "client close": (("NEWT", "--referred"),),
        "key list": ((),),
        "key show": (("own",), ("HERON",)),
        "key import": ((str(key), "--yes"), (str(own), "--client", "SLATE", "--although-another-address", "--yes")),
        "key pin": ((fingerprint, "--client", "HERON", "--yes"),),
        "key dismiss": (("SLATE", "--why", "not theirs"),),
        "key retire": (("SLATE", former, "--why", "replaced"),),
        "key extend": (("--for", "2y"),),
        "today": ((), ("--days", "30")),
        "note add": (
            *(
                ("HERON", *about, "--body-file", str(text))
                for about in (("--letter", room), ("--passage", f"{room}:0-9"))
            ),
            ("HERON", "--process", "--template", "free", "--body-file", str(text)),
        ),
        "note list": ((), ("HERON",), ("--process",)),
        "note show": (("N-36",), ("P-42",)),  # 35 and 41 are the story's
        "note edit": (("N-36", "--body-file", str(text)),),
        "note amend": (("N-36", "--body-file", str(text)), ("P-42", "--body-file", str(text))),
        "note discard": (("N-37", "--yes"),),
        "note unlock": ((),),
        "note lock": ((),),
        "note passphrase": (("--remove",),),
        "enclosure list": ((enclosing,),),
        "enclosure save": ((enclosing, "1", "--to", str(files)),),
        "enclosure open": ((enclosing, "1", "--with", "true"),),
        "letters": ((), ("HERON", "--limit", "3"), ("--set-aside",), ("--query", "room")),
        "read": ((room,), (proposed,)),
        "open": ((str(mail),),),
        "write": (("LINDEN", "--body-file", str(text)),) * 3,
        "reply": ((stage.names["linden-w12-letter"], "--body-file", str(text), "--subject", "about the room"),),
        "drafts list": ((),),
        "drafts show": ((answer,),),
        "drafts edit": ((held, "--subject", "something else"),),
        "drafts check": ((first,),),
        "drafts enclose": ((held, str(mail)),),
        "drafts kind": ((first, "admin"),),
        "send": ((held,), (at_once, "--at-once"), (waiting, "--at", "2h"), (answer, "--hold", "0")),
        "outbox list": ((), ("--sent",)),
        "outbox show": ((held,), (at_once,)),
        "outbox release": ((held, "--early", "asked for"),),
        "outbox retry": ((waiting,),),
        "outbox cancel": ((answer,),),
        "drafts discard": ((answer, "--yes"),),
        "accept": ((proposed,),),
        "kind": ((room, "letter"),),
        "agree": (("LINDEN", "--words", "300", "--dry-run"), ("NEWT", "--show"), ("SLATE", "--history")),
        "exchange list": (("HERON",), ("NEWT",)),
        "exchange show": (("HERON", "3"),),
        "exchange split": ((stage.names["linden-w04-letter-b"],),),
        "exchange join": ((stage.names["linden-w04-letter-b"],),),
        "exchange undo": (("LINDEN",),),
        "tag": (
            (room, "+door", "-nothere"),
            (room, "--words", "unlit room", "+image"),
            ("HERON", "--exchange", "2", "+x"),
        ),
        "tags list": ((),),
        "tags rename": (("door", "way/out"),),
        "feelings": ((),),
        "milestone add": ((room, "insight", "said", "--words", "unlit room"), ("HERON", "consent")),
        "milestone list": (("HERON",),),
        "milestone remove": (("M-1",),),
        "bookmark add": ((room,),),
        "bookmark list": ((),),
        "bookmark remove": (("B-1",),),
        "search": (("room",), ("letter", "--limit", "2"), ("room", "--by", "relevance")),
        "timeline": (("HERON",), ("LINDEN", "--by", "month"), ("SLATE", "--with", "safety", "--without", "themes")),
        "thread": (("HERON", "grief"),),
        "compare": (("HERON", "1", "12"),),
        "review": (("LINDEN",), ("HERON", "--at", "6")),
        "letterbook": (("HERON",), ("SLATE", "--limit", "2"), ("HERON", "--not-reread")),
        "images": (("HERON", "unlit room", "--keep", "--also", "door"), ("HERON",)),
        "export exchanges": (("HERON", "--file", str(files / "heron.csv")),),
        "export list": ((),),
        "rebuild": ((),),
        "lock": ((),),
    }
    return {
        name: [therapymail.ok(*name.split(), *arguments, "--json").answer for arguments in some]
        for name, some in runs.items()
    }


def original_of(stage: Stage, name: str) -> bytes:
    with stage.practice.vault() as vault, vault.reading() as reader:
        return texts.original(reader, letters.letter(reader, LetterName.parse(name)).digest) or b""


def test_every_command_of_the_document_is_walked(answers: dict[str, list[Any]]) -> None:
    assert set(answers) == documented_commands() - WITHOUT_JSON - HELD_ELSEWHERE


def test_each_object_has_the_documented_keys_and_its_version(answers: dict[str, list[Any]]) -> None:
    for command, some in answers.items():
        wanted = keys_of(command)
        for answer in some:
            assert answer["version"] == 1, command
            missing = wanted - set(answer)
            assert missing <= ({"total"} if "total_at_least" in answer else {"total_at_least"}), (command, missing)
            assert not set(answer) - wanted - {"version"}, command


def test_each_member_of_a_list_has_the_documented_keys(answers: dict[str, list[Any]]) -> None:
    seen = set()
    for command, some in answers.items():
        for answer in some:
            for name, members in lists_in(answer):
                wanted = keys_of_each(name)
                if name == "clients" and command == "client list":
                    wanted -= OF_ONE_CLIENT
                if name == "periods":
                    wanted -= OF_A_TALLY
                if name == "enclosures":
                    wanted -= {"notes"} if command in {"read", "open"} else OF_A_RECEIVED_FILE
                for member in members:
                    assert set(member) == wanted, (command, name)
                    seen.add(name)
    assert seen >= {"checks", "clients", "pins", "keys", "letters", "verdict", "tags", "hits", "coverage", "periods"}
    assert seen >= {"drafts", "outbox"}


def test_every_time_is_utc_in_whole_seconds(answers: dict[str, list[Any]]) -> None:
    found = [value for some in answers.values() for answer in some for value in times_in(answer)]
    assert len(found) > 100
    assert all(UTC_TIME.fullmatch(value) for value in found)


def lists_in(value: Any) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The lists of objects in `value`, at any depth, each by its key."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, list) and inner and all(isinstance(member, dict) for member in inner):
                yield name, inner
            if isinstance(inner, dict) and name in {"verdict", "coverage", "proof", "invited"}:
                yield name, [inner]
            yield from lists_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from lists_in(inner)


def times_in(value: Any) -> Iterator[str]:
    """Everything in `value` that is a time."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in TIMES and isinstance(inner, str):
                yield inner
            yield from times_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from times_in(inner)
