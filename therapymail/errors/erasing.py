"""Errors of an erasure that does not happen: a hold, a time that is not over, a letter on its way."""

from therapymail.errors.family import ExitCode, TherapymailError


class UnderLegalHold(TherapymailError):
    """A legal hold stops an erasure; `since` is the day it was placed (ISO 8601)."""

    code: str
    since: str
    exit_code = ExitCode.USAGE
    sentence = "A legal hold has stood on the record of {code} since {since}: nothing of it is erased."
    next_step = "`therapymail retention lift {code}` lets it go, with a reason."


class StillKept(TherapymailError):
    """The agreed time is not over, or none was agreed; `how_long` is a phrase like "kept until 2032-03-04"."""

    code: str
    how_long: str
    exit_code = ExitCode.USAGE
    sentence = "The record of {code} is {how_long}."
    next_step = 'To erase it before that, give the reason, which is journalled: --reason "...".'


class LetterUnderWay(TherapymailError):
    """A letter of whom it is not known whether the mail host has it stops an erasure; `draft` is its name."""

    code: str
    draft: str
    exit_code = ExitCode.UNSETTLED
    sentence = "The letter {draft} to {code} is on its way, and nobody knows yet whether it arrived."
    next_step = "`therapymail outbox settle {draft}`, then again."


class ReasonTells(TherapymailError):
    """A reason that would outlive the erasure names the client."""

    exit_code = ExitCode.USAGE
    sentence = "The reason names the client, and it would stay in the journal."
    next_step = "Give one without their name, code or address. Nothing was changed."


class NotRemovedThere(TherapymailError):
    """Mails on the server could not be removed alone; `why` is a phrase."""

    why: str
    exit_code = ExitCode.CONFIGURATION
    sentence = "Nothing was removed on the mail host: {why}."
    next_step = "Nothing was erased here either. Leave --on-server out, and remove them with another program."
