"""Account secrets: kept, replaced, forgotten, never journalled."""

from therapymail.vault import secrets
from therapymail.vault.connection import Vault


def test_a_secret_comes_back_until_it_is_forgotten(vault: Vault) -> None:
    with vault.writing() as writer:
        assert secrets.get_secret(writer, "imap") is None
        secrets.put_secret(writer, "imap", "päss wörd\udcff")
        assert secrets.get_secret(writer, "imap") == "päss wörd\udcff"
        secrets.put_secret(writer, "imap", "another")
        assert secrets.get_secret(writer, "imap") == "another"
        secrets.forget_secret(writer, "imap")
        assert secrets.get_secret(writer, "imap") is None


def test_S28_secrets_are_not_in_the_journal(vault: Vault) -> None:
    with vault.writing() as writer:
        secrets.put_secret(writer, "imap", "hunter2")
        assert writer.row("SELECT count(*) FROM journal") == (0,)
