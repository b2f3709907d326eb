"""Which clients' exchanges are to be found again: one row a client, so that filing a batch costs next to nothing."""

from therapymail.vault.connection import Reader, Writer


def mark_stale(writer: Writer, client: str | None) -> None:
    """Note that what a client's exchanges are made of has changed."""
    if client is not None:
        writer.run("INSERT INTO stale_course (client) VALUES (?) ON CONFLICT DO NOTHING", (client,))


def mark_stale_of(writer: Writer, digest: bytes) -> None:
    """As `mark_stale`, for the client whose letter this is."""
    row = writer.row("SELECT client FROM letter WHERE digest = ?", (digest,))
    if row:
        mark_stale(writer, row[0])


def mark_all_stale(writer: Writer) -> None:
    """Every client's: after a rebuild, which empties all."""
    writer.run("INSERT INTO stale_course (client) SELECT identity FROM client WHERE true ON CONFLICT DO NOTHING")


def stale_clients(reader: Reader) -> list[str]:
    """The identities of clients whose exchanges are to be found again."""
    return [identity for (identity,) in reader.rows("SELECT client FROM stale_course ORDER BY client")]


def is_stale(reader: Reader, client: str) -> bool:
    """Whether the exchanges of this client are to be found again."""
    return reader.row("SELECT 1 FROM stale_course WHERE client = ?", (client,)) is not None


def no_longer_stale(writer: Writer, client: str) -> None:
    """Note that the exchanges of this client were found."""
    writer.run("DELETE FROM stale_course WHERE client = ?", (client,))
