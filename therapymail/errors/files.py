"""Errors of the practice, its settings and its files."""

from therapymail.errors.family import ExitCode, TherapymailError


class NoPractice(TherapymailError):
    """The practice directory holds no practice."""

    home: str
    exit_code = ExitCode.CONFIGURATION
    sentence = "There is no practice in {home}."
    next_step = "Run `therapymail setup`, or `therapymail demo` to look around first."


class PracticeExists(TherapymailError):
    """Setup was asked to make a practice where one already is."""

    home: str
    exit_code = ExitCode.CONFIGURATION
    sentence = "There already is a practice in {home}."
    next_step = "Choose another directory with `--home`, or see `therapymail doctor`."


class ConfigurationFaulty(TherapymailError):
    """config.toml has problems; all of them at once."""

    path: str
    problems: tuple[str, ...]
    exit_code = ExitCode.CONFIGURATION
    sentence = "The settings in {path} cannot be used: {listed}."
    next_step = "Correct the file, then run `therapymail doctor`."

    @property
    def listed(self) -> str:
        """The problems in one line."""
        return "; ".join(self.problems)


class FileUnusable(TherapymailError):
    """A file or directory cannot be read or written; `why` is ours (full, read-only, missing, too open)."""

    path: str
    why: str
    exit_code = ExitCode.CONFIGURATION
    sentence = "{path} cannot be used: {why}."
    next_step = "Nothing was lost. Put that right and run the command again."


class ClockNotSettable(TherapymailError):
    """`--now` outside a practice made as a demo."""

    exit_code = ExitCode.USAGE
    sentence = "The clock can be set only in a practice made by `therapymail demo`."
    next_step = "Leave out --now and THERAPYMAIL_NOW."


class AnotherRun(TherapymailError):
    """Another process holds the practice's sync-and-send lock."""

    exit_code = ExitCode.UNREACHABLE
    sentence = "Another therapymail is already synchronising this practice."
    next_step = "Wait for it, or end it, and run the command again."
