"""The one family of errors: facts as attributes, an exit code, one sentence and the next step; no I/O.

Every class states its own wording as templates over its facts, so that `explain` is the one place that
makes sentences, for the command line, `doctor` and screens alike. Facts must never be message text, a
subject, a passphrase or raw output of gpg or a server.
"""

from enum import IntEnum
from typing import ClassVar, NamedTuple, dataclass_transform


class ExitCode(IntEnum):
    """What a command's exit status says (DESIGN, the command line as a contract)."""

    DONE = 0
    BUG = 1
    USAGE = 2
    CONFIGURATION = 3
    LOCKED = 4
    UNREACHABLE = 5
    NOT_SENT = 6
    NOT_OPENED = 7
    NOTHING_FOUND = 8
    UNSETTLED = 9
    INTERRUPTED = 130


class Explanation(NamedTuple):
    """An error as a person reads it: one sentence and what to do next (may be empty)."""

    sentence: str
    next_step: str


@dataclass_transform(eq_default=False)
class TherapymailError(Exception):
    """Base of every error that therapymail raises on purpose.

    What a class annotates are its facts, given in that order or by name. So it is with a dataclass, but for these
    many classes `dataclass` would write and compile methods at every start of the program.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.BUG
    sentence: ClassVar[str] = "Something went wrong inside therapymail."
    next_step: ClassVar[str] = "Please report it; nothing of your letters is in this message."
    _facts: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._facts = (*cls._facts, *cls.__annotations__)

    def __init__(self, *given: object, **named: object) -> None:
        facts = {**dict(zip(self._facts, given, strict=False)), **named}
        if len(given) + len(named) != len(self._facts) or facts.keys() != set(self._facts):
            raise TypeError(f"{type(self).__name__} takes {', '.join(self._facts) or 'nothing'}")
        super().__init__(*(facts[name] for name in self._facts))
        self.__dict__.update(facts)


def explain(error: TherapymailError) -> Explanation:
    """The sentence and the next step of `error`, its facts filled in."""
    facts = _Facts(error)
    return Explanation(error.sentence.format_map(facts), error.next_step.format_map(facts))


class _Facts(dict[str, object]):
    """The attributes of an error, looked up by the names its templates use."""

    def __init__(self, error: TherapymailError) -> None:
        super().__init__()
        self._error = error

    def __missing__(self, name: str) -> object:
        return getattr(self._error, name)


# --- usage and what was asked for -------------------------------------------------------------------


class UnusableInput(TherapymailError):
    """A value given by the person cannot be used; `what` names the field, `why` the rule it breaks."""

    what: str
    why: str
    exit_code = ExitCode.USAGE
    sentence = "{what}: {why}."
    next_step = "Correct it and run the command again."


class ClientUnknown(TherapymailError):
    """No client has this code."""

    code: str
    exit_code = ExitCode.NOTHING_FOUND
    sentence = "There is no client with the code {code}."
    next_step = "See `therapymail client list`."


class ClientExists(TherapymailError):
    """The code, or one of the addresses, already belongs to a client."""

    code: str
    what: str
    exit_code = ExitCode.USAGE
    sentence = "The {what} already belongs to the client {code}."
    next_step = "See `therapymail client show {code}`."


class LetterUnknown(TherapymailError):
    """No letter has this name."""

    name: str
    exit_code = ExitCode.NOTHING_FOUND
    sentence = "There is no letter {name}."
    next_step = "See `therapymail letters`."


class NothingFound(TherapymailError):
    """A search or list has no result; `what` says of what."""

    what: str
    exit_code = ExitCode.NOTHING_FOUND
    sentence = "Nothing found: {what}."
    next_step = ""


class QueryUnreadable(TherapymailError):
    """A search that cannot be read: `why`, and `position` (0-based, characters) for the caret."""

    query: str
    position: int
    why: str
    exit_code = ExitCode.USAGE
    sentence = "The search cannot be read at character {place}: {why}."
    next_step = "See `therapymail search --help` for the search language."

    @property
    def place(self) -> int:
        """The position as people count: from 1."""
        return self.position + 1


# --- practice, configuration, files ------------------------------------------------------------------


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


# --- vault -------------------------------------------------------------------------------------------


class VaultLocked(TherapymailError):
    """The vault's key is not at hand."""

    exit_code = ExitCode.LOCKED
    sentence = "The practice is locked."
    next_step = "Run `therapymail unlock`."


class VaultDamaged(TherapymailError):
    """vault.db or vault.key is not what it should be; `what` names the file, `why` the finding."""

    what: str
    why: str
    exit_code = ExitCode.CONFIGURATION
    sentence = "{what} cannot be trusted: {why}."
    next_step = "Nothing was changed. Restore {what} from a backup; your letters are still in your mailbox."


class VaultNewer(TherapymailError):
    """The vault was written by a later version."""

    found: int
    known: int
    exit_code = ExitCode.CONFIGURATION
    sentence = "This vault was written by a newer therapymail (schema {found}; this one knows {known})."
    next_step = "Use the newer version."


# --- GnuPG -------------------------------------------------------------------------------------------


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
    next_step = "Ask the client for a current key, or see `therapymail key import --help`."


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


# --- mail --------------------------------------------------------------------------------------------


class ServerUnreachable(TherapymailError):
    """A mail host does not answer; `why` is ours: unknown host, refused, timed out, dropped."""

    host: str
    port: int
    why: str
    exit_code = ExitCode.UNREACHABLE
    sentence = "The mail host {host}:{port} cannot be reached: {why}."
    next_step = "Nothing was lost. Try again when the connection is back, or run `therapymail doctor`."


class TlsRefused(TherapymailError):
    """No trustworthy TLS with the mail host: certificate, name, STARTTLS stripped, PREAUTH, injected bytes."""

    host: str
    port: int
    why: str
    exit_code = ExitCode.CONFIGURATION
    sentence = "No trustworthy TLS connection with {host}:{port}: {why}."
    next_step = "No password was sent. Check the host's name and certificate; `therapymail doctor` tries again."


class LoginRefused(TherapymailError):
    """The mail host refuses the login."""

    host: str
    username: str
    exit_code = ExitCode.CONFIGURATION
    sentence = "{host} refuses the login of {username}."
    next_step = (
        "Check user name and password (some providers want an app password); `therapymail account` takes a new one."
    )


class ServerSaidNo(TherapymailError):
    """The mail host answers a command with NO, BAD or something unreadable; `doing` says at what."""

    host: str
    doing: str
    exit_code = ExitCode.UNREACHABLE
    sentence = "{host} failed at {doing}."
    next_step = "Nothing was lost. Try again; if it stays so, run `therapymail doctor`."


class SecretUnavailable(TherapymailError):
    """The account's password or token cannot be had; `why` is ours."""

    what: str
    why: str
    exit_code = ExitCode.CONFIGURATION
    sentence = "The {what} is not available: {why}."
    next_step = "Run its command by hand, or give it anew with `therapymail account`."


# --- drafts and the outbox ---------------------------------------------------------------------------


class DraftUnknown(TherapymailError):
    """No draft has this name: it never was, was discarded, or has been sent."""

    name: str
    exit_code = ExitCode.NOTHING_FOUND
    sentence = "There is no draft {name}."
    next_step = "See `therapymail drafts`."


class DraftChanged(TherapymailError):
    """The draft was saved by somebody else since it was read; nothing was overwritten."""

    name: str
    exit_code = ExitCode.USAGE
    sentence = "{name} was changed elsewhere meanwhile, so nothing was overwritten."
    next_step = "See `therapymail drafts show {name}`."


class DraftInOutbox(TherapymailError):
    """A draft in the outbox stays as it is; `state` is the outbox's word."""

    name: str
    state: str
    exit_code = ExitCode.USAGE
    sentence = "{name} is in the outbox ({state}) and stays as it is there."
    next_step = "`therapymail outbox cancel {name}` makes it a draft again."


class NotInOutbox(TherapymailError):
    """The draft is not in the outbox, or there is none of this name."""

    name: str
    exit_code = ExitCode.NOTHING_FOUND
    sentence = "{name} is not in the outbox."
    next_step = "See `therapymail outbox` and `therapymail drafts`."


class OutboxMoved(TherapymailError):
    """What was asked is not possible where the letter is now: something else was faster, or it is too late."""

    name: str
    exit_code = ExitCode.USAGE
    sentence = "{name} is at another place in the outbox by now; nothing was changed."
    next_step = "See `therapymail outbox`."


class HoldNotOver(TherapymailError):
    """A held letter cannot be released yet; `ends` is when it can, as people read it."""

    name: str
    ends: str
    exit_code = ExitCode.USAGE
    sentence = "{name} is held until {ends}."
    next_step = '`therapymail outbox release {name} --early "why"` releases it now.'


class NoEditor(TherapymailError):
    """No editor can be started; `where` names what says which, `why` is ours."""

    where: str
    why: str
    exit_code = ExitCode.CONFIGURATION
    sentence = "{where} is of no use here: {why}."
    next_step = "Set $EDITOR, or give the text with `--body-file F` (- reads standard input)."


class EditorFailed(TherapymailError):
    """The editor ended with an error, or was ended; what had been written until then is kept."""

    editor: str
    draft: str
    exit_code = ExitCode.CONFIGURATION
    sentence = "The editor {editor} ended with an error; {draft} is kept as it was last written."
    next_step = "`therapymail drafts edit {draft}` goes on."


class NothingWritten(TherapymailError):
    """The person wrote nothing, so there is no draft."""

    exit_code = ExitCode.USAGE
    sentence = "Nothing was written, so there is no draft."
    next_step = ""


class TakenBack(TherapymailError):
    """The person took a letter back in the undo seconds."""

    draft: str
    exit_code = ExitCode.INTERRUPTED
    sentence = "Taken back: {draft} is a draft again."
    next_step = ""


class LetterNotAccepted(TherapymailError):
    """A letter that is only proposed is neither quoted nor answered."""

    name: str
    exit_code = ExitCode.USAGE
    sentence = "{name} is only proposed, so it is not quoted."
    next_step = "Read it, then `therapymail accept {name}` if it is theirs."


class NotSent(TherapymailError):
    """A letter may not leave: `hindrances` are codes of domain.sealing, worded by domain.sealing_text.

    `why` and `step` are those words; nothing was sent, and the draft is kept.
    """

    draft: str
    client: str
    hindrances: tuple[str, ...]
    why: str
    step: str
    exit_code = ExitCode.NOT_SENT
    sentence = "{draft} to {client} was not sent: {why}."
    next_step = "{step}"


class NotTaken(NotSent):
    """The mail host will not take a letter, or it could not be sealed; worded by domain.outbox_text."""


class WaitsForHost(TherapymailError):
    """A released letter has not left yet and is tried again; `why` and `step` are domain.outbox_text's words."""

    draft: str
    why: str
    step: str
    exit_code = ExitCode.UNREACHABLE
    sentence = "{draft} has not left yet: {why}."
    next_step = "{step}"


class Unsettled(TherapymailError):
    """The answer to a letter never came: nobody knows whether the mail host took it."""

    draft: str
    exit_code = ExitCode.UNSETTLED
    sentence = "Nobody knows whether {draft} was sent: the mail host's last answer never came."
    next_step = "`therapymail outbox settle {draft}` looks for it in Sent; it is never sent twice by itself."


class NoticeNotTaken(TherapymailError):
    """The mail host did not take a notice or an invitation; `why` is domain.outbox_text's phrase."""

    client: str
    why: str
    exit_code = ExitCode.NOT_SENT
    sentence = "The mail to {client} was not sent: {why}."
    next_step = "Check the address with `therapymail client show {client}`, then send it again."


class NoticeUnsettled(TherapymailError):
    """The mail host's answer to a notice or an invitation never came; the journal says so."""

    client: str
    exit_code = ExitCode.UNSETTLED
    sentence = "Nobody knows whether the mail to {client} was sent: the mail host's last answer never came."
    next_step = "Look into Sent with another mail program; to send it a second time does no harm."


# --- the round trip: a letter to oneself ---------------------------------------------------------------


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
