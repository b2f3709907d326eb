"""Writing a mail of ours once more that did not arrive: a draft with all it had, held and read again as any other."""

from therapymail.domain.draft import Draft, DraftContent
from therapymail.domain.kinds import Direction, Kind
from therapymail.domain.written import as_written
from therapymail.errors import UnusableInput
from therapymail.practice.enclosures import list_enclosures
from therapymail.practice.practice import Practice
from therapymail.practice.read import read_letter
from therapymail.practice.write import discard, enclose
from therapymail.vault import drafts, letters

_AGAIN = "--again"


def start_again(practice: Practice, code: str, name: str) -> Draft:
    """A new draft to the client `code` with subject, text, kind and enclosures of the mail `name`, which went to them.

    It answers what that mail answered, so that a response sent again begins no exchange (PRODUCT F03, F23).
    Raises UnusableInput for a mail that is not of ours to them and for a receipt, LetterUnknown, NotOpened,
    VaultLocked.
    """
    found = read_letter(practice, name)
    letter, client = found.judged.letter, found.client
    if letter.direction is not Direction.OUT:
        raise UnusableInput(_AGAIN, f"it is no mail of yours; `therapymail reply {letter.name}` answers a letter")
    if client is None or client.code != code.strip().upper():
        raise UnusableInput(_AGAIN, "it went to somebody else")
    if letter.kind is Kind.RECEIPT:
        raise UnusableInput(_AGAIN, "a receipt is given once for a letter; write a line of your own")
    if found.reading is None:
        raise found.not_opened()
    content = as_written(DraftContent(found.reading.subject, found.reading.text))
    files = list_enclosures(practice, name)
    with practice.vault() as vault, vault.writing() as writer:
        draft = drafts.new_draft(
            writer,
            client=client.identity,
            kind=letter.kind,
            content=content,
            answers=letters.answered_by(writer, letter.digest),
            now=practice.clock(),
        )
    try:
        for file in files:
            draft = enclose(practice, draft.name, file.name, file.data)
    except BaseException:
        discard(practice, draft.name)  # it would be half of what was sent
        raise
    return draft
