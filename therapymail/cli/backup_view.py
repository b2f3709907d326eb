"""Backups on the screen and as JSON: made, read again, put back, and those on the record."""

from __future__ import annotations

import os
import shlex
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from therapymail.cli.output import narrate, print_table, utc_text
from therapymail.cli.progress import shown_progress
from therapymail.domain.wording import bytes_words, count_words, local_text
from therapymail.paths import practice_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from therapymail.domain.backup import Manifest
    from therapymail.practice.backup import BackupMade, BackupVerified
    from therapymail.practice.backup_restore import Restored
    from therapymail.practice.practice import Practice
    from therapymail.vault.backups_made import BackupOnRecord

_MEGABYTE = 1_000_000
_SUM = 12  # digits of a file's sum in a table
_ID = 16  # digits of a fingerprint in a table
_EXAMINED = {True: "examined", False: "as they lie", None: None}


@contextmanager
def told_in_megabytes(label: str, *, plain: bool) -> Iterator[Callable[[int, int], None]]:
    """What shows how many bytes of long work are done."""
    with shown_progress(f"{label} (MB)", label, plain=plain) as advance:
        began = time.monotonic()

        def tell(done: int, total: int) -> None:
            seconds = max(time.monotonic() - began, 0.001)
            advance(done // _MEGABYTE, total // _MEGABYTE, done / _MEGABYTE / seconds)

        yield tell


def say_made(made: BackupMade, zone: str) -> None:
    """That a backup was written, what it holds, and who opens it."""
    narrate(f"Written: {made.path}, {bytes_words(made.size)}; only you can read the file.")
    narrate(f"{_held(made.manifest, zone)} It was opened again and compared.")
    if made.notes_examined is False:
        narrate("Your process notes are in it as they lie, locked by the passphrase of their own.")
    if made.manifest.record.problems:
        narrate("The journal is not what was written; `therapymail doctor` says more. Keep your older backups.")
    others = ", ".join(made.sealed_to[1:])
    narrate(f"Sealed to your own key{f' and {others}' if others else ' alone'}. Keep it apart from your key.")


def say_verified(found: BackupVerified, path: Path, own_key: str, zone: str) -> None:
    """That a backup is sound; and if another key than `own_key` made it and opens it, which."""
    narrate(f"Sound: {path}, {bytes_words(found.size)}. {_held(found.manifest, zone)}")
    if found.manifest.own_key != own_key:
        narrate(f"It is of a key you had before, {found.manifest.own_key[-_ID:]}, and only that key restores it.")
    if found.erased_since:
        erased = count_words(found.erased_since, "client")
        narrate(f"Still in it: {erased} whom you have erased since. Make a new backup, and destroy this one.")


def say_restored(done: Restored, practice: Practice, zone: str) -> None:
    """What was put back, what was stopped, and what to do now."""
    narrate(f"Restored to {practice.paths.home}. {_held(done.manifest, zone)} Each letter was compared.")
    if done.notes_examined is False:
        narrate("Your process notes are there, locked by the passphrase of their own, and not examined.")
    if done.stopped:
        narrate(
            f"{count_words(done.stopped, 'letter')} on the way out may have left since, and will not by themselves."
        )
    narrate("If you erased clients after that, they are here again: erase them anew, before their mail is filed again.")
    home = practice.paths.home
    usual = home == practice_paths(None, os.environ).home
    command = "therapymail" if usual else f"therapymail --home {shlex.quote(str(home))}"
    narrate(f"Now `{command} unlock`, then `{command} sync`: it brings what came and left since.")


def print_backups(found: Sequence[BackupOnRecord], zone: str) -> None:
    """One row for each, newest first."""
    if not found:
        narrate("There is no backup yet: `therapymail backup create FILE` makes one.")
        return
    print_table(("MADE", "SIZE", "LETTERS", "SEALED TO", "READ AGAIN", "SHA-256"), [_row(each, zone) for each in found])


def made_shape(made: BackupMade) -> dict[str, Any]:
    """A backup that was written, as `--json` gives it."""
    return {
        **_shape(made.manifest, made.sha256, made.size),
        "file": str(made.path),
        "process_notes": _EXAMINED[made.notes_examined],
        "journal_problems": made.manifest.record.problems,
        "sealed_to": list(made.sealed_to),
    }


def verified_shape(found: BackupVerified, path: Path) -> dict[str, Any]:
    """A backup that was read again, as `--json` gives it."""
    return {
        **_shape(found.manifest, found.sha256, found.size),
        "file": str(path),
        "own_key": found.manifest.own_key,
        "erased_since": found.erased_since,
    }


def restored_shape(done: Restored, path: Path, practice: Practice) -> dict[str, Any]:
    """A practice that was put back, as `--json` gives it."""
    shape = _shape(done.manifest, done.sha256, path.stat().st_size)
    return {
        **shape,
        "file": str(path),
        "home": str(practice.paths.home),
        "own_key": done.own_key,
        "process_notes": _EXAMINED[done.notes_examined],
        "stopped": done.stopped,
    }


def backups_shape(found: Sequence[BackupOnRecord]) -> dict[str, Any]:
    """All of them, as `--json` gives them."""
    return {"backups": [_on_record(each) for each in found]}


def _shape(manifest: Manifest, sha256: str, size: int) -> dict[str, Any]:
    return {
        "made": utc_text(manifest.made),
        "sha256": sha256,
        "size": size,
        "letters": manifest.record.letters,
        "entries": manifest.record.entries,
    }


def _on_record(each: BackupOnRecord) -> dict[str, Any]:
    return {
        "made": utc_text(each.made),
        "sha256": each.sha256,
        "size": each.bytes,
        "letters": each.letters,
        "entries": each.entries,
        "sealed_to": list(each.sealed_to),
        "checked": utc_text(each.checked),
    }


def _row(each: BackupOnRecord, zone: str) -> tuple[str, ...]:
    checked = local_text(each.checked, zone) if each.checked else "-"
    to = "you alone" if len(each.sealed_to) == 1 else ", ".join(key[-_ID:] for key in each.sealed_to[1:]) + " too"
    made = local_text(each.made, zone)
    return made, bytes_words(each.bytes), f"{each.letters:,}", to, checked, each.sha256[:_SUM]


def _held(manifest: Manifest, zone: str) -> str:
    letters, entries = manifest.record.letters, manifest.record.entries
    counted = f"{letters:,} {'letter' if letters == 1 else 'letters'} and "
    counted += f"{entries:,} journal {'entry' if entries == 1 else 'entries'}"
    return f"{counted}, as of {local_text(manifest.made, zone)}."
