"""Errors of exports: what was not written, and why."""

from therapymail.errors.family import ExitCode, TherapymailError


class ExportRefused(TherapymailError):
    """An export may not be sealed to the key that was asked for; `why` and `step` are ours."""

    why: str
    step: str
    exit_code = ExitCode.NOT_SENT
    sentence = "Nothing was exported: {why}."
    next_step = "{step}"


class ExportInClear(TherapymailError):
    """An export that anybody can read was not agreed to; `held` says what it would hold: "41 letters"."""

    held: str
    exit_code = ExitCode.USAGE
    sentence = "Nothing was exported: {held} would lie there in clear, for whoever gets the file."
    next_step = "Say `--yes` if you mean that, or seal it with `--to FINGERPRINT`."


class ExportNotLookedOver(TherapymailError):
    """Capitalised words of an anonymised export that nobody has looked at; `words` is how many."""

    words: int
    exit_code = ExitCode.USAGE
    sentence = "Nothing was exported: look over the {words} words listed first; any may be a name."
    next_step = "Replace those that tell who somebody is with `--replace WORD=OTHER`, then say `--looked-over`."


class ExportChanged(TherapymailError):
    """The journal was written and the file was not: something took its name in that moment."""

    exit_code = ExitCode.CONFIGURATION
    sentence = "Nothing was exported: another file took that name meanwhile, and stays as it is."
    next_step = "Run the command again with another file."
