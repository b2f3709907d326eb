"""Errors of GnuPG, keys and sealed mail, both ways."""

from therapymail.errors.family import ExitCode, TherapymailError


class GnupgMissing(TherapymailError):
    """gpg is not installed or not runnable."""

    program: str
    exit_code = ExitCode.CONFIGURATION
    sentence = "{program} is not installed."
    next_step = "Install GnuPG (on Debian: apt-get install gnupg), then run the command again."


class GnupgUnusable(TherapymailError):
    """gpg or its agent does not work as needed; `why` is our finding."""

    why: str
    exit_code = ExitCode.CONFIGURATION
    sentence = "GnuPG cannot be used: {why}."
    next_step = "Run `therapymail doctor`."


class PassphraseNeeded(TherapymailError):
    """The own key's passphrase is needed and nobody can be asked."""

    exit_code = ExitCode.LOCKED
    sentence = "The passphrase of your own key is needed."
    next_step = "Run `therapymail unlock` on a terminal, or give --passphrase-command."


class PassphraseWrong(TherapymailError):
    """The passphrase does not open the own key."""

    exit_code = ExitCode.LOCKED
    sentence = "That passphrase does not open your own key."
    next_step = "Try again; nothing was changed."


class KeyRefused(TherapymailError):
    """A certificate cannot be taken; `why` is our finding, `fingerprint` may be empty."""

    fingerprint: str
    why: str
    exit_code = ExitCode.NOT_OPENED
    sentence = "That key cannot be taken: {why}."
    next_step = "Ask for a current one, or see `therapymail key import --help`."


class KeyOfNoUse(KeyRefused):
    """Nothing can be sealed to a key that was given as a client's; `tell` is a sentence that can be sent to them."""

    tell: str
    next_step = "You could write to them: “{tell}”"


class KeyAsksForMore(KeyRefused):
    """A secret key that is to be the own one asks others for mail in a format that GnuPG cannot open (PGP.md AC7)."""

    sentence = "That key cannot be your own one here: {why}."
    next_step = "Make one with `--new-key`. The other still opens old letters: `therapymail key import FILE --own`."


class KeyUnknown(TherapymailError):
    """No key with this fingerprint is held."""

    fingerprint: str
    exit_code = ExitCode.NOTHING_FOUND
    sentence = "No key {fingerprint} is held."
    next_step = "See `therapymail key list`."


class OpenPgpUnreadable(TherapymailError):
    """Armor or packets that cannot be read as OpenPGP; `why` is our finding, never the bytes."""

    why: str
    exit_code = ExitCode.NOT_OPENED
    sentence = "This cannot be read as OpenPGP: {why}."
    next_step = "Ask for it to be sent again, as a whole file."


class NotOpened(TherapymailError):
    """A letter could not be opened; `reason` is a fixed phrase of ours."""

    name: str
    reason: str
    exit_code = ExitCode.NOT_OPENED
    sentence = "{name} could not be opened: {reason}."
    next_step = "The letter is kept as it came. See `therapymail doctor`."


class SealingFailed(TherapymailError):
    """GnuPG did not seal a letter because of a key; `hindrance` is a code of domain.sealing. Nothing was sent."""

    hindrance: str
    exit_code = ExitCode.NOT_SENT
    sentence = "The letter was not sealed ({hindrance}); nothing was sent."
    next_step = "The draft is kept. Look at the keys with `therapymail key list`."


class NotProven(TherapymailError):
    """A sealed mail did not pass the proof before send; `check` is the code of what did not hold."""

    check: str
    exit_code = ExitCode.NOT_SENT
    sentence = "The sealed mail did not pass the proof before send ({check}); nothing was sent."
    next_step = "The draft is kept. This is a fault of therapymail: please report it with the word in brackets."


class NotFetchedYet(NotOpened):
    """A letter that was too large to come by itself is still at the mail host."""

    sentence = "{name} is not here yet: {reason}."
    next_step = "`therapymail read {name} --fetch` fetches it."


class FileNotOpened(NotOpened):
    """A mail from a file, of which the record knows nothing, could not be opened."""

    next_step = "Nothing was filed; the file is as it was."
