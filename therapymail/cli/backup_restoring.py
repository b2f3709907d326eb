"""Putting a backup back as a person or flags ask for it: which key, its passphrase, and the verb."""

import os
from dataclasses import replace
from pathlib import Path

from therapymail.bootstrap import wire
from therapymail.cli import asking
from therapymail.cli.backup_view import told_in_megabytes
from therapymail.cli.output import narrate
from therapymail.cli.setup_answers import Answers
from therapymail.cli.setup_own_key import given_passphrase, own_key
from therapymail.config import Settings, read_settings
from therapymail.errors import ConfigurationFaulty, PassphraseNeeded, PassphraseWrong, UnusableInput, explain
from therapymail.paths import practice_paths
from therapymail.practice.backup_restore import Restored, restore
from therapymail.practice.practice import Practice
from therapymail.practice.restore_place import refuse_taken_place
from therapymail.practice.setup_key import KeyChoice


def restore_as_asked(home: Path | None, path: Path, answers: Answers, *, plain: bool) -> tuple[Practice, Restored]:
    """Restore the backup at `path` to `home`, else to where a practice is looked for; the practice, still locked.

    On a terminal it asks which key and for its passphrase. Raises as practice.backup_restore, and UnusableInput.
    """
    answers.refuse_contradictions()
    answers.refuse_missing_files()
    paths = practice_paths(home, os.environ)
    refuse_taken_place(paths)
    practice = wire(paths, Settings(name="", email="", own_key=""), None, os.environ)
    choice = _choice(answers, practice)
    while True:
        try:
            done = _restored(practice, path, choice, plain=plain)
            break
        except (PassphraseWrong, PassphraseNeeded) as refused:
            if not answers.asking or answers.passphrase_command or answers.passphrase_file:
                raise
            narrate(explain(refused).sentence)
            choice = replace(choice, passphrase=given_passphrase(answers))
    return _with_settings(practice), done


def _choice(answers: Answers, practice: Practice) -> KeyChoice:
    if answers.key or answers.import_key:
        return own_key(answers, practice)
    if not answers.asking:
        raise UnusableInput("--import-key", "it, or --key, is needed")
    narrate("Your secret key opens the backup.")
    if asking.ask_choice("Where is it", ("in a file, as from my recovery kit", "in my GnuPG home")):
        fingerprint = asking.ask_line("Its fingerprint (`gpg --list-secret-keys` shows it)")
        return own_key(replace(answers, key=fingerprint), practice)
    return own_key(replace(answers, import_key=asking.ask_until("The file", _existing)), practice)


def _restored(practice: Practice, path: Path, choice: KeyChoice, *, plain: bool) -> Restored:
    with told_in_megabytes("Restoring", plain=plain) as tell:
        return restore(practice, path, choice, tell)


def _existing(text: str) -> Path:
    file = Path(text).expanduser()
    if not text or not file.is_file():
        raise UnusableInput("file", "there is no such file")
    return file


def _with_settings(practice: Practice) -> Practice:
    """With what the settings say that were put back; they may name what this machine has not."""
    try:
        return replace(practice, settings=read_settings(practice.paths.config))
    except ConfigurationFaulty as faulty:
        narrate(" ".join(explain(faulty)))
        return practice
