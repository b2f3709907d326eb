"""Errors of the round trip: the letter to oneself that proves a practice."""

from therapymail.errors.family import ExitCode, TherapymailError


class RoundTripNotTaken(TherapymailError):
    """The mail host did not take the letter to oneself; `why` is ours."""

    why: str
    exit_code = ExitCode.NOT_SENT
    sentence = "The letter to yourself was not sent: {why}."
    next_step = "Check your address and the account with your mail provider, then run `therapymail doctor --roundtrip`."


class RoundTripLost(TherapymailError):
    """The letter to oneself did not come back within `seconds`; `taken`: the mail host had said that it has it."""

    seconds: int
    taken: bool
    exit_code = ExitCode.UNREACHABLE
    sentence = "The letter to yourself has not come back within {seconds} seconds{unanswered}."
    next_step = "Look for it with another mail program, then run `therapymail doctor --roundtrip`."

    @property
    def unanswered(self) -> str:
        """That the mail host never said whether it took it, where that is so."""
        return "" if self.taken else ", and the mail host never said that it took it"


class RoundTripAltered(TherapymailError):
    """The letter to oneself came back as other bytes than were sealed."""

    exit_code = ExitCode.NOT_OPENED
    sentence = "The letter to yourself came back altered: something on its way rewrites sealed mail."
    next_step = (
        "Ask your mail provider to add no footer to sealed mail and to rewrite nothing in it, then run"
        " `therapymail doctor --roundtrip`."
    )


class RoundTripUnopened(TherapymailError):
    """The letter to oneself came back as it was sent and yet does not open; `why` is a fixed phrase of ours."""

    why: str
    exit_code = ExitCode.NOT_OPENED
    sentence = "The letter to yourself came back but cannot be opened: {why}."
    next_step = "Run `therapymail doctor`; it looks at your key."
