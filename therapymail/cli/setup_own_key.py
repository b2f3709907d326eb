"""The own key of a new practice as a person or flags choose it, and its passphrase."""

import os
from dataclasses import replace
from pathlib import Path

from therapymail.cli import asking
from therapymail.cli.new_passphrase import WEAK, own_words, six_words
from therapymail.cli.output import narrate
from therapymail.cli.setup_answers import Answers
from therapymail.domain.wording import fingerprint_words
from therapymail.errors import FileUnusable, PassphraseNeeded, UnusableInput
from therapymail.practice.passphrases import is_strong_enough
from therapymail.practice.practice import Practice
from therapymail.practice.recovery_kit import refuse_kit_place
from therapymail.practice.setup_key import KeyChoice, KeySource, keys_to_copy


def own_key(answers: Answers, practice: Practice) -> KeyChoice:
    """Which own key, with its passphrase. Raises UnusableInput, PassphraseNeeded, FileUnusable, SecretUnavailable."""
    if answers.key:
        return KeyChoice(KeySource.HOME, given_passphrase(answers), fingerprint=answers.key, home=_gnupg_home())
    if answers.import_key:
        material = asking.read_input(answers.import_key.expanduser())
        return KeyChoice(KeySource.FILE, given_passphrase(answers), material=material)
    if answers.new_key:
        return KeyChoice(KeySource.NEW, _new_passphrase(answers))
    if not answers.asking:
        raise UnusableInput("--new-key", "it, --key or --import-key is needed")
    return own_key(_asked(answers, practice), practice)


def kit_place(answers: Answers, practice: Practice) -> Path | None:
    """Where the recovery kit goes; None for none, which only a flag or a script may choose. Raises UnusableInput."""
    if answers.kit is not None:
        return answers.kit.expanduser().absolute()
    if answers.no_kit or not answers.asking:
        return None

    def read(typed: str) -> Path:
        place = Path(typed).expanduser().absolute()
        try:
            refuse_kit_place(practice, place)
        except FileUnusable as unusable:
            raise UnusableInput("kit", unusable.why) from None
        return place

    narrate()
    narrate("A recovery kit, a page to print, brings your key back if this machine is lost.")
    return asking.ask_until("Where the page goes", read, "~/therapymail-recovery-kit.html")


def given_passphrase(answers: Answers) -> str | None:
    """The passphrase of a key that is brought along; None for none."""
    if answers.no_passphrase:
        return None
    given = asking.passphrase_from(answers.passphrase_command, answers.passphrase_file)
    if given is None and answers.asking:
        return asking.ask_passphrase("Passphrase of that key (empty: it has none): ") or None
    return given


def _asked(answers: Answers, practice: Practice) -> Answers:
    """The answers with one of the three sources of a key."""
    narrate()
    narrate("Your own OpenPGP key opens the letters that clients seal to you.")
    chosen = asking.ask_choice("Which", ("make a new key", "copy a key from my GnuPG home", "take a key from a file"))
    if chosen == 1:
        if fingerprint := _one_of_home(practice):
            return replace(answers, key=fingerprint)
        return _asked(answers, practice)
    if chosen == 2:
        return replace(answers, import_key=asking.ask_until("The file", _existing))
    return replace(answers, new_key=True)


def _one_of_home(practice: Practice) -> str:
    home = _gnupg_home()
    found = keys_to_copy(practice, home)
    if not found:
        narrate(f"No key of yours is in {home}.")
        return ""
    words = [f"{fingerprint_words(key.fingerprint)}  {', '.join(key.uids[:1])}" for key in found]
    return found[asking.ask_choice("Which", words)].fingerprint


def _gnupg_home() -> Path:
    return Path(os.environ.get("GNUPGHOME") or "~/.gnupg").expanduser()


def _existing(text: str) -> Path:
    file = Path(text).expanduser()
    if not text or not file.is_file():
        raise UnusableInput("file", "there is no such file")
    return file


def _new_passphrase(answers: Answers) -> str | None:
    """The passphrase of a new key: none only if asked for so, the person's own only if it is strong, else six words."""
    if answers.no_passphrase:
        return None
    given = asking.passphrase_from(answers.passphrase_command, answers.passphrase_file)
    if given is None:
        if not answers.asking:
            raise PassphraseNeeded
        narrate("A passphrase protects your key. Without it nobody opens your letters, not even you.")
        chosen = asking.ask_choice("Which", ("six random words, made for you", "a passphrase of your own"))
        return own_words() if chosen else six_words()
    if not is_strong_enough(given):
        raise UnusableInput("passphrase", WEAK[0].lower() + WEAK[1:-1])
    return given
