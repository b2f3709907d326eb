"""Copies of sent letters in the mailbox's Sent folder: which are still to be made, and who makes them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from therapymail.vault.connection import Reader, Writer
from therapymail.vault.moments import from_microseconds, to_microseconds

_FILES_ITSELF = "server_files_sent"


class KeptBy(StrEnum):
    """Who put the copy into Sent: `us`, or the mail host (`server`), which is also whoever else did."""

    US = "us"
    SERVER = "server"


@dataclass(frozen=True)
class PendingCopy:
    """A sent letter without a known copy in Sent. `texts.original` has its bytes; `since` is when it was sent (UTC)."""

    digest: bytes
    message_id: str
    since: datetime
    tries: int = 0
    tried: datetime | None = None


def await_copy(writer: Writer, digest: bytes, message_id: str, sent_at: datetime) -> None:
    """Note that a letter that has just been sent is to have a copy in Sent. Belongs in the unit that marks it sent."""
    writer.run(
        "INSERT INTO sent_copy (digest, message_id, since, tries) VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING",
        (digest, message_id, to_microseconds(sent_at)),
    )


def pending(reader: Reader) -> list[PendingCopy]:
    """The sent letters without a known copy in Sent, oldest first."""
    rows = reader.rows(
        "SELECT digest, message_id, since, tries, tried FROM sent_copy WHERE kept_by IS NULL ORDER BY since, digest"
    )
    return [
        PendingCopy(digest, message_id, from_microseconds(since), tries, from_microseconds(tried) if tried else None)
        for digest, message_id, since, tries, tried in rows
    ]


def tried(writer: Writer, digest: bytes, now: datetime) -> None:
    """Note, before an APPEND, that one is made: after a restart its copy is looked for first."""
    writer.run("UPDATE sent_copy SET tries = tries + 1, tried = ? WHERE digest = ?", (to_microseconds(now), digest))


def done(writer: Writer, digest: bytes, kept_by: KeptBy) -> None:
    """Note that the copy is in Sent."""
    writer.run("UPDATE sent_copy SET kept_by = ? WHERE digest = ?", (kept_by.value, digest))


def forget_copy(writer: Writer, digest: bytes) -> None:
    """Remove what is known of a letter's copy (erasure)."""
    writer.run("DELETE FROM sent_copy WHERE digest = ?", (digest,))


# --- who files it --------------------------------------------------------------------------------------


def files_itself(reader: Reader) -> bool:
    """Whether the mail host has been seen to put what it sends into Sent by itself."""
    return reader.row("SELECT 1 FROM meta WHERE name = ? AND value = '1'", (_FILES_ITSELF,)) is not None


def set_files_itself(writer: Writer, itself: bool) -> None:  # noqa: FBT001 - it is the whole of what is said
    """Remember whether the mail host files what it sends."""
    writer.run(
        "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (_FILES_ITSELF, str(int(itself))),
    )


def filed_twice(reader: Reader, account: str, folder: str) -> bool:
    """Whether a letter whose copy we put into this folder lies there twice: then the mail host files it too."""
    row = reader.row(
        "SELECT 1 FROM sent_copy JOIN place USING (digest) WHERE kept_by = ? AND account = ? AND folder = ?"
        " GROUP BY digest, uidvalidity HAVING count(*) > 1",
        (KeptBy.US.value, account, folder),
    )
    return row is not None
