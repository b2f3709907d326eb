"""A round trip on the screen: what is being done, how long it has been waited, and whether setup is proven."""

import sys
from dataclasses import dataclass

from therapymail.cli.output import narrate
from therapymail.errors import ExitCode, TherapymailError, explain
from therapymail.practice.checks.roundtrip import roundtrip_check
from therapymail.practice.practice import Practice
from therapymail.practice.roundtrip import RoundTrip, RoundTripStep, prove_roundtrip

AGAIN = "`therapymail doctor --roundtrip`"
_SECONDS_BETWEEN_LINES = 15.0


class StepLines:
    """Says each step once, and on a terminal now and then how long it has been waited."""

    def __init__(self) -> None:
        self._said: RoundTripStep | None = None
        self._next_line = _SECONDS_BETWEEN_LINES

    def __call__(self, step: RoundTripStep, seconds: float) -> None:
        """Say what is new of `step`, for which it has been waited so many `seconds`."""
        if step is not self._said:
            self._said = step
            narrate(f"... {step.value}")
        elif seconds >= self._next_line and sys.stderr.isatty():
            self._next_line = seconds + _SECONDS_BETWEEN_LINES
            narrate(f"... still waiting, {seconds:.0f} s; Ctrl-C stops the wait, and nothing else")


@dataclass(frozen=True)
class SetupProof:
    """Whether a new practice is proven; `trouble` is why not, None also where the person stopped it."""

    proven: RoundTrip | None = None
    trouble: TherapymailError | None = None

    @property
    def exit_code(self) -> ExitCode:
        """What `setup` ends with."""
        if self.proven:
            return ExitCode.DONE
        return self.trouble.exit_code if self.trouble else ExitCode.INTERRUPTED

    @property
    def says(self) -> str:
        """The outcome in a sentence or two, with the next step where there is one."""
        if self.proven:
            check = roundtrip_check(self.proven)
            return " ".join(filter(None, (check.says, check.next_step)))
        if self.trouble is None:
            return f"Not proven yet: run {AGAIN}."
        explained = explain(self.trouble)
        again = "" if AGAIN in explained.next_step else f" Then run {AGAIN}."
        return f"Not proven yet. {explained.sentence} {explained.next_step}{again}"


def proof_of_setup(practice: Practice) -> SetupProof:
    """Prove a new practice; whatever happens, the practice stays."""
    try:
        return SetupProof(prove_roundtrip(practice, StepLines()))
    except KeyboardInterrupt:
        return SetupProof()
    except TherapymailError as trouble:
        return SetupProof(trouble=trouble)
