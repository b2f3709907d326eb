"""Errors of drafts, the outbox and notices: what has not left, and why."""

from therapymail.errors.family import ExitCode, TherapymailError


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
    next_step = "`therapymail {command} edit {draft}` goes on."

    @property
    def command(self) -> str:
        """The command that holds what was being written: a draft (D-3) or a note (N-3, P-3)."""
        return "drafts" if self.draft.startswith("D-") else "note"


class NothingWritten(TherapymailError):
    """The person wrote nothing, so there is no draft, and no note."""

    exit_code = ExitCode.USAGE
    sentence = "Nothing was written, so nothing is kept."
    next_step = ""


class TakenBack(TherapymailError):
    """The person took a letter back in the undo seconds."""

    draft: str
    exit_code = ExitCode.INTERRUPTED
    sentence = "Taken back: {draft} is a draft again."
    next_step = ""


class AlreadyReceipted(TherapymailError):
    """A letter has its receipt: `receipt` names it, D-3 until it is sent."""

    letter: str
    receipt: str
    exit_code = ExitCode.NOT_SENT
    sentence = "{letter} has its receipt, {receipt}; none was made."
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
