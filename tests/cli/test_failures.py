import inspect

import pytest

from therapymail import errors
from therapymail.cli import entry, failures
from therapymail.errors import ExitCode, explain

CODES = {
    "LetterUnderWay": 9,
    "NotRemovedThere": 3,
    "ReasonTells": 2,
    "StillKept": 2,
    "UnderLegalHold": 2,
    "AgreementImpossible": 2,
    "AgreementUnchanged": 2,
    "AgreementUsed": 2,
    "LetterUnsuited": 2,
    "AgreementUnknown": 8,
    "AlreadyReceipted": 6,
    "AnotherRun": 5,
    "BackupNotMade": 7,
    "ClientExists": 2,
    "ClientUnknown": 8,
    "ClockNotSettable": 2,
    "ConfigurationFaulty": 3,
    "DraftChanged": 2,
    "DraftInOutbox": 2,
    "DraftUnknown": 8,
    "EditorFailed": 3,
    "ExchangeUnknown": 8,
    "ExecutorExists": 2,
    "ExecutorUnknown": 8,
    "KeyOnCard": 2,
    "KitFailed": 7,
    "OwnKeyReplaced": 4,
    "PackRefused": 7,
    "FileNotOpened": 7,
    "FileUnusable": 3,
    "ExportChanged": 3,
    "ExportInClear": 2,
    "ExportNotLookedOver": 2,
    "ExportRefused": 6,
    "GnupgMissing": 3,
    "GnupgUnusable": 3,
    "HoldNotOver": 2,
    "KeyAsksForMore": 7,
    "KeyDirectoryUnreachable": 5,
    "KeyOfNoUse": 7,
    "KeyRefused": 7,
    "KeyUnknown": 8,
    "LetterElsewhere": 2,
    "LetterNotAccepted": 2,
    "LetterUnknown": 8,
    "MarkUnknown": 8,
    "LoginRefused": 3,
    "NoEditor": 3,
    "NoPractice": 3,
    "NotFetchedYet": 7,
    "NotInOutbox": 8,
    "NotOpened": 7,
    "NotProven": 6,
    "NotSent": 6,
    "NotTaken": 6,
    "NoteChanged": 2,
    "NoteLocked": 2,
    "NoteUnknown": 8,
    "NotesPassphraseNeeded": 4,
    "NotesPassphraseWrong": 4,
    "NothingFound": 8,
    "ThemeUnseen": 8,
    "NothingToUndo": 8,
    "NothingWritten": 2,
    "NoticeNotTaken": 6,
    "NoticeUnsettled": 9,
    "OpenPgpUnreadable": 7,
    "OutboxMoved": 2,
    "PassphraseNeeded": 4,
    "PassphraseWrong": 4,
    "PlaceTaken": 3,
    "PracticeExists": 3,
    "ProcessNotesLocked": 4,
    "ProcessNotesMissing": 3,
    "QueryUnreadable": 2,
    "RoundTripAltered": 7,
    "RoundTripLost": 5,
    "RoundTripNotTaken": 6,
    "RoundTripUnopened": 7,
    "SealedFileRefused": 7,
    "SealingFailed": 6,
    "SecretUnavailable": 3,
    "ServerSaidNo": 5,
    "ServerUnreachable": 5,
    "TakenBack": 130,
    "TlsRefused": 3,
    "Unsettled": 9,
    "UnusableInput": 2,
    "VaultDamaged": 3,
    "VaultLocked": 4,
    "VaultNewer": 3,
    "WaitsForHost": 5,
    "WorkStopped": 130,
}
FAMILY = {
    name: kind
    for name, kind in vars(errors).items()
    if inspect.isclass(kind) and issubclass(kind, errors.TherapymailError) and kind is not errors.TherapymailError
}


def made(name: str) -> errors.TherapymailError:
    """An error of that class, each fact a hostile text or a number."""
    kind = FAMILY[name]
    facts = {
        fact: 1 if said is int else ("a\x1b[31m",) if "tuple" in str(said) else "a\x1b[31m"
        for ancestor in kind.__mro__
        if ancestor in FAMILY.values()
        for fact, said in inspect.get_annotations(ancestor).items()
    }
    return kind(**facts)


def test_S23_every_error_has_its_stable_exit_code() -> None:
    assert {name: int(kind.exit_code) for name, kind in FAMILY.items()} == {**dict.fromkeys(FAMILY, 1), **CODES}


@pytest.mark.parametrize("name", sorted(FAMILY))
def test_C24_every_error_says_one_sentence_without_steering_a_terminal(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    error = made(name)
    assert failures.report(error) == error.exit_code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "\x1b" not in shown.err
    assert explain(error).sentence.endswith(".")


def test_a_query_that_cannot_be_read_shows_where(capsys: pytest.CaptureFixture[str]) -> None:
    failures.report(errors.QueryUnreadable('room "unlit', 5, "the phrase does not end"))
    assert capsys.readouterr().err.splitlines()[:2] == ['  room "unlit', "       ^"]


def test_a_bug_prints_no_value(capsys: pytest.CaptureFixture[str]) -> None:
    secret = "the unlit room"
    with pytest.raises(ValueError, match=secret) as raised:
        raise ValueError(secret)
    assert failures.report_bug(raised.value) == ExitCode.BUG
    assert secret not in capsys.readouterr().err


def test_S23_a_full_disk_is_said_in_our_words(capsys: pytest.CaptureFixture[str]) -> None:
    import errno

    assert failures.report_system(OSError(errno.ENOSPC, "secret name")) == ExitCode.CONFIGURATION
    said = capsys.readouterr().err
    assert "the disk is full" in said
    assert "secret" not in said


def test_a_kind_that_does_not_exist_is_told_with_those_that_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.run(["kind", "HERON-7", "leter"]) == ExitCode.USAGE
    said = capsys.readouterr().err
    assert "'leter' is not one of" in said
    assert "Value error" not in said


@pytest.mark.parametrize("option", ["--plain", "--home", "-v"])
def test_an_option_of_all_commands_behind_one_is_told_its_place(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert entry.run(["timeline", "HERON", option]) == ExitCode.USAGE
    assert f"{option} stands before the command: `therapymail {option} ...`." in capsys.readouterr().err


def test_an_option_that_there_is_not_is_told_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.run(["timeline", "HERON", "--pain"]) == ExitCode.USAGE
    assert "No such option: --pain" in capsys.readouterr().err
