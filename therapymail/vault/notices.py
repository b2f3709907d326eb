"""What left unsealed: notices and invitations, as entries of the journal about their client.

The mail itself is filed like any other; these entries say that it was meant to leave as it did.
"""

from datetime import datetime

from therapymail.domain.journal import Entry
from therapymail.vault.connection import Writer
from therapymail.vault.journal import Payload
from therapymail.vault.projection import projects, record

NOTICE_SENT, CLIENT_INVITED = "notice.sent", "client.invited"


def note_notice(
    writer: Writer, client: str, kind: str, digest: bytes, message_id: str, now: datetime, *, certain: bool
) -> None:
    """Note that a notice of this `kind` left to `client` (identity); not `certain`: the host's answer never came."""
    said: Payload = {"kind": kind, "letter": digest.hex(), "message_id": message_id, "certain": certain}
    record(writer, NOTICE_SENT, client, said, now)


def note_invitation(
    writer: Writer, client: str, own_key: str, digest: bytes, message_id: str, now: datetime, *, certain: bool
) -> None:
    """Note that the own key went to `client` (identity) with an invitation; `certain` as with a notice."""
    said: Payload = {"own_key": own_key, "letter": digest.hex(), "message_id": message_id, "certain": certain}
    record(writer, CLIENT_INVITED, client, said, now)


@projects(NOTICE_SENT)
def _notice_sent(_writer: Writer, _entry: Entry, _payload: Payload) -> None:
    """Nothing is derived from it: the journal is where it is looked up."""


@projects(CLIENT_INVITED)
def _client_invited(_writer: Writer, _entry: Entry, _payload: Payload) -> None:
    """Nothing is derived from it: the journal is where it is looked up."""
