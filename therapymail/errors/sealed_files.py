"""Errors of sealed files of ours, such as backups: what was not made, not taken or not put back, and why."""

from therapymail.errors.family import ExitCode, TherapymailError


class SealedFileRefused(TherapymailError):
    """A sealed file is not what it should be, or not by whom it should be; `why` is ours."""

    why: str
    exit_code = ExitCode.NOT_OPENED
    sentence = "The file was not used: {why}."
    next_step = "Nothing was changed. Try another copy of it, or an earlier one."


class BackupNotMade(TherapymailError):
    """No backup was written; `why` and `step` are ours."""

    why: str
    step: str
    exit_code = ExitCode.NOT_OPENED
    sentence = "No backup was made: {why}."
    next_step = "{step}"


class PlaceTaken(TherapymailError):
    """A backup was to be restored where something is already."""

    home: str
    exit_code = ExitCode.CONFIGURATION
    sentence = "{home} is not empty, and a backup is restored into an empty place only."
    next_step = "Name another with `therapymail --home DIR backup restore FILE`. Nothing was changed."


class WorkStopped(TherapymailError):
    """Long work was stopped by who asked for it; nothing of it is left."""

    exit_code = ExitCode.INTERRUPTED
    sentence = "Stopped; nothing is left of it."
    next_step = "Run the command again when there is time."
