"""What left unsealed: notices and invitations, as entries of the journal about their client.

The mail itself is filed like any other; these entries say that it was meant to leave as it did.
"""

from datetime import datetime
from typing import NamedTuple

from therapymail.domain.journal import Entry
from therapymail.domain.mail_program import Invited, MailProgram
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.journal import Payload
from therapymail.vault.moments import from_microseconds
from therapymail.vault.projection import projects, record

NOTICE_SENT, CLIENT_INVITED = "notice.sent", "client.invited"


class Leaving(NamedTuple):
    """A mail that left to `client` (identity); not `certain` where the host's answer never came."""

    client: str
    digest: bytes
    message_id: str
    certain: bool

    def payload(self) -> Payload:
        """What every entry about one says."""
        return {"letter": self.digest.hex(), "message_id": self.message_id, "certain": self.certain}


def note_notice(writer: Writer, left: Leaving, kind: str, now: datetime) -> None:
    """Note that a notice of this `kind` left."""
    record(writer, NOTICE_SENT, left.client, {"kind": kind, **left.payload()}, now)


def note_invitation(
    writer: Writer, left: Leaving, own_key: str, program: MailProgram, language: str, now: datetime
) -> None:
    """Note that the own key went to a client, with the first steps for their `program`."""
    said: Payload = {"own_key": own_key, "program": program.value, "language": language, **left.payload()}
    record(writer, CLIENT_INVITED, left.client, said, now)


@projects(NOTICE_SENT)
def _notice_sent(_writer: Writer, _entry: Entry, _payload: Payload) -> None:
    """Nothing is derived from it: the journal is where it is looked up."""


def last_invitation(reader: Reader, client: str) -> Invited | None:
    """The onboarding kit that `client` (identity) got last, or None."""
    found = reader.row(
        "SELECT invited, program, language, certain FROM invitation WHERE client = ? ORDER BY invited DESC LIMIT 1",
        (client,),
    )
    if not found:
        return None
    at, program, language, certain = found
    return Invited(from_microseconds(at), MailProgram(program), language, bool(certain))


@projects(CLIENT_INVITED)
def _client_invited(writer: Writer, entry: Entry, payload: Payload) -> None:
    """An entry without a program is of a time when there was one kit, for any."""
    program, language = payload.get("program", MailProgram.OTHER.value), payload.get("language", "en")
    writer.run(
        "INSERT OR REPLACE INTO invitation (client, invited, program, language, certain) VALUES (?, ?, ?, ?, ?)",
        (entry.about, entry.time, program, language, int(payload["certain"])),
    )
