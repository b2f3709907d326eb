"""Account passwords and tokens, where no command gives them; never journalled."""

from therapymail.vault.connection import Reader, Writer


def put_secret(writer: Writer, name: str, secret: str) -> None:
    """Keep `secret` under `name` (such as `imap:therapist@mail.example`), in place of an older one."""
    writer.run(
        "INSERT INTO secret (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, secret.encode("utf-8", "surrogateescape")),
    )


def get_secret(reader: Reader, name: str) -> str | None:
    """The secret kept under `name`, or None."""
    row = reader.row("SELECT value FROM secret WHERE name = ?", (name,))
    return bytes(row[0]).decode("utf-8", "surrogateescape") if row else None


def forget_secret(writer: Writer, name: str) -> None:
    """No longer keep the secret under `name`; its bytes are overwritten."""
    writer.run("DELETE FROM secret WHERE name = ?", (name,))
