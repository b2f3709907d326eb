"""How a round trip is told: each step once, the wait now and then, and the proof in a sentence with its next step."""

import pytest

from therapymail.cli.roundtrip_view import SetupProof, StepLines
from therapymail.errors import ExitCode, RoundTripAltered, RoundTripLost, ServerUnreachable
from therapymail.practice.checks.roundtrip import roundtrip_check
from therapymail.practice.roundtrip import RoundTrip, RoundTripStep


def test_each_step_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    tell = StepLines()
    for step, seconds in ((RoundTripStep.SEALING, 0), (RoundTripStep.WAITING, 0), (RoundTripStep.WAITING, 40)):
        tell(step, seconds)
    assert capsys.readouterr().err == "... sealing a letter to yourself\n... waiting for it to come back\n"


def test_a_long_wait_is_told_on_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    tell = StepLines()
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    for seconds in (0, 8, 16, 24, 32):
        tell(RoundTripStep.WAITING, seconds)
    told = [line for line in capsys.readouterr().err.splitlines() if "still waiting" in line]
    assert [line.split(",")[1].split(";")[0].strip() for line in told] == ["16 s", "32 s"]


@pytest.mark.parametrize(
    ("proven", "says", "warns"),
    [
        (RoundTrip(0.2, "INBOX"), "came back at once and opened. It stays in INBOX", False),
        (RoundTrip(61.4, "INBOX"), "came back after 61 s", False),
        (RoundTrip(3, "Spam", in_junk=True), "took it for junk", True),
        (RoundTrip(3, "INBOX", rewritten=True), "rewrote what stands around the seal", True),
    ],
)
def test_M01_what_was_proven_is_said_and_what_should_be_put_right(proven: RoundTrip, says: str, warns: bool) -> None:
    check = roundtrip_check(proven)
    assert check.ok
    assert says in check.says
    assert check.is_warning is warns


def test_M01_a_setup_that_is_not_proven_names_the_command_that_proves_it_once() -> None:
    for trouble in (RoundTripLost(120, taken=True), RoundTripAltered(), ServerUnreachable("mail.example", 993, "x")):
        proof = SetupProof(trouble=trouble)
        assert proof.says.startswith("Not proven yet. ")
        assert proof.says.count("`therapymail doctor --roundtrip`") == 1
        assert proof.exit_code is trouble.exit_code is not ExitCode.DONE
    assert SetupProof().exit_code is ExitCode.INTERRUPTED
    assert SetupProof(RoundTrip(1, "INBOX")).exit_code is ExitCode.DONE
    lost = SetupProof(trouble=RoundTripLost(120, taken=False)).says
    assert "has not come back within 120 seconds, and the mail host never said that it took it." in lost
