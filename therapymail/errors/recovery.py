"""Errors of the way back: recovery kits, another own key or passphrase, clinical executors."""

from therapymail.errors.family import ExitCode, TherapymailError


class KeyOnCard(TherapymailError):
    """A secret key is on a smartcard, which gives it to nobody."""

    fingerprint: str
    exit_code = ExitCode.USAGE
    sentence = "The secret part of your own key is on a smartcard, which gives it to nobody."
    next_step = "See docs/recovery.md, “A key on a smartcard”."


class OwnKeyReplaced(TherapymailError):
    """Another process put another own key in the place of the one that this process began with."""

    exit_code = ExitCode.LOCKED
    sentence = "Your own key was replaced while this was running."
    next_step = "Leave it and start it again."


class KitFailed(TherapymailError):
    """A recovery kit does not bring the own key back; `why` is our finding."""

    why: str
    exit_code = ExitCode.NOT_OPENED
    sentence = "That recovery kit does not work: {why}."
    next_step = "Make one with `therapymail key kit FILE`."


class ExecutorUnknown(TherapymailError):
    """No clinical executor has this name."""

    exit_code = ExitCode.NOTHING_FOUND
    sentence = "No clinical executor has that name."
    next_step = "See `therapymail executor list`."


class ExecutorExists(TherapymailError):
    """A clinical executor has this name already."""

    exit_code = ExitCode.USAGE
    sentence = "A clinical executor has that name already."
    next_step = "See `therapymail executor list`; `executor add NAME --change` says something else of them."


class PackRefused(TherapymailError):
    """A file is not a pack for this executor that opens with their key alone; `why` is our finding."""

    why: str
    exit_code = ExitCode.NOT_OPENED
    sentence = "That pack does not pass: {why}."
    next_step = "Try again, or make another with `therapymail executor pack NAME FILE`."
