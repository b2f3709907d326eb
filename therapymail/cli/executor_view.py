"""A clinical executor on the screen and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from therapymail.cli.output import day_text, narrate, print_line, utc_text
from therapymail.domain.executor import VaultKey
from therapymail.domain.wording import count_words, fingerprint_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from therapymail.domain.executor import Executor, ExecutorPack, PackState
    from therapymail.practice.executors import PackMade


def executor_shape(state: PackState) -> dict[str, Any]:
    """An executor as lists give them."""
    pack = state.pack
    return {
        "name": state.executor.name,
        "contact": state.executor.contact,
        "fingerprint": state.executor.fingerprint,
        "named": utc_text(state.executor.named),
        "pack": utc_text(pack.made) if pack else None,
        "drilled": utc_text(pack.drilled) if pack else None,
        "says": state.says,
        "next": state.next_step,
    }


def pack_shape(pack: ExecutorPack) -> dict[str, Any]:
    """A file that was sealed to an executor."""
    return {
        "made": utc_text(pack.made),
        "sha256": pack.sha256,
        "clients": pack.clients,
        "vault_key": pack.vault_key.name.lower().replace("_", "-"),
        "drilled": utc_text(pack.drilled),
    }


def made_shape(made: PackMade) -> dict[str, Any]:
    """A file that was just sealed to an executor."""
    named = {"name": made.executor.name, "fingerprint": made.executor.fingerprint}
    return {**named, "file": str(made.file), "sha256": made.sha256, "in_it": made.clients}


def print_executor(executor: Executor, packs: Sequence[ExecutorPack]) -> None:
    """One executor, with what is asked of them and every file they were given."""
    print_line(executor.name)
    print_line(f"  {fingerprint_words(executor.fingerprint)}")
    for label, text in (("contact", executor.contact), ("instructions", executor.instructions)):
        print_line(f"  {label}: {'none' if not text else ''}")
        for line in text.splitlines():
            print_line(f"    {line}")
    for pack in packs:
        print_line(f"  {_pack_words(pack)}")


def say_made(made: PackMade) -> None:
    """What to do with a pack."""
    narrate(f"Sealed to {made.executor.name} alone: {made.file} ({count_words(made.clients, 'client')}).")
    narrate("Give it to them, with your public key (`therapymail key export`). They open it by")
    narrate("  gpg --output pack.html --decrypt FILE")
    narrate("and read the words in it back to you: `therapymail executor drill NAME --words` notes that.")


def _pack_words(pack: ExecutorPack) -> str:
    what = {
        VaultKey.NO: f"pack with {count_words(pack.clients, 'client')}",
        VaultKey.OPENS: "KEY OF THE VAULT",
        VaultKey.TAKEN_BACK: "a key of the vault that was taken back",
    }[pack.vault_key]
    shown = f"shown to open {day_text(pack.drilled)}" if pack.drilled else "never shown to open"
    return f"{day_text(pack.made)}  {what}, {shown}"
