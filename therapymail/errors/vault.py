"""Errors of the vault: locked, damaged, or newer than this version."""

from therapymail.errors.family import ExitCode, TherapymailError


class VaultLocked(TherapymailError):
    """The vault's key is not at hand."""

    exit_code = ExitCode.LOCKED
    sentence = "The practice is locked."
    next_step = "Run `therapymail unlock`."


class VaultDamaged(TherapymailError):
    """A store or its key is not what it should be; `what` names the file (vault.db, notes.key), `why` the finding."""

    what: str
    why: str
    exit_code = ExitCode.CONFIGURATION
    sentence = "{what} cannot be trusted: {why}."
    next_step = "Nothing was changed. Restore {what} from a backup; {elsewhere}."

    @property
    def elsewhere(self) -> str:
        """What is not lost."""
        is_of_notes = self.what.startswith("notes.")
        return "the record is as it was" if is_of_notes else "your letters are still in your mailbox"


class VaultNewer(TherapymailError):
    """The vault was written by a later version."""

    found: int
    known: int
    exit_code = ExitCode.CONFIGURATION
    sentence = "This vault was written by a newer therapymail (schema {found}; this one knows {known})."
    next_step = "Use the newer version."
