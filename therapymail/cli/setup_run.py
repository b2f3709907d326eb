"""Running `setup`: the account's password, the own key and its passphrase, the verb, and what to do next."""

import os
import sys
from dataclasses import replace
from pathlib import Path

from therapymail.bootstrap import wire
from therapymail.cli import asking, setup_answers
from therapymail.cli.output import narrate
from therapymail.cli.setup_answers import Answers
from therapymail.cli.wording import fingerprint_words
from therapymail.config import Auth, Settings
from therapymail.errors import PassphraseNeeded, UnusableInput
from therapymail.paths import practice_paths
from therapymail.practice.passphrases import is_strong_enough, new_passphrase
from therapymail.practice.practice import Practice
from therapymail.practice.setup import SetUp, SetupRequest, SetupStep, set_up
from therapymail.practice.setup_key import COSTLY_SECONDS, KeyChoice, KeySource
from therapymail.practice.setup_place import refuse_unusable_place

_FIRST_IMPORT = 10_000  # letters of a large correspondence, for the estimate


def make_practice(home: Path | None, answers: Answers) -> tuple[Practice, SetUp]:
    """Make the practice that flags and answers describe. Raises as the verb, and UnusableInput."""
    answers.refuse_contradictions()
    paths = practice_paths(home, os.environ)
    refuse_unusable_place(paths)
    name, email, zone = setup_answers.person(answers)
    hosts = setup_answers.hosts(answers, email)
    secret = _account_secret(answers) if hosts.imap else ""
    choice = _key_choice(answers)
    settings = Settings(name=name, email=email, own_key="", zone=zone, imap=hosts.imap, smtp=hosts.smtp)
    practice = wire(paths, settings, None, os.environ)
    done = set_up(practice, SetupRequest(choice, secret, secret), _say_step)
    return replace(practice, settings=replace(settings, own_key=done.key.fingerprint)), done


def say_done(practice: Practice, done: SetUp) -> None:
    """What was made and what to do next."""
    narrate()
    narrate(f"The practice is in {practice.paths.home} and unlocked.")
    narrate(f"Your own key: {fingerprint_words(done.key.fingerprint)}")
    if done.folders is not None:
        narrate(f"Both logins work; your mailbox has {done.folders} folders.")
    if done.key.reprotected:
        narrate("Your key's passphrase is strong, so it was protected anew here to open letters quickly.")
    elif done.key.seconds_a_letter > COSTLY_SECONDS:
        minutes = done.key.seconds_a_letter * _FIRST_IMPORT / 60
        narrate(f"Opening one letter takes {done.key.seconds_a_letter:.2f} s with this key as it is protected:")
        narrate(f"a first sync of {_FIRST_IMPORT:,} letters would take about {minutes:.0f} minutes, once.")
    if done.moved_aside:
        narrate(f"What an earlier, interrupted setup had left is in {done.moved_aside}.")
    if done.key.revocation:
        narrate(f"Keep a copy of {done.key.revocation} elsewhere: it declares your key void if it is lost.")
    narrate("Keep a backup of the practice directory: it holds your only copy of this key." if done.key.revocation else
            "Keep a backup of the practice directory.")  # fmt: skip
    narrate("Next: `therapymail client add CODE`" + (", then `therapymail sync`." if done.folders is not None else "."))


def _say_step(step: SetupStep) -> None:
    narrate(f"... {step.value}")


def _account_secret(answers: Answers) -> str:
    """The password to keep in the vault; empty where a command gives it."""
    if answers.token_command or answers.password_command:
        return ""
    if answers.password_stdin:
        return asking.first_line(sys.stdin.buffer.read(asking.MAX_FILE_BYTES))
    if answers.auth not in {None, Auth.PASSWORD} or not answers.asking:
        raise UnusableInput("--password-command", "it or --password-stdin is needed")
    return asking.ask_passphrase("Password of your mail account: ")


def _key_choice(answers: Answers) -> KeyChoice:
    if answers.key:
        home = Path(os.environ.get("GNUPGHOME") or "~/.gnupg").expanduser()
        passphrase = _given_passphrase(answers, "Passphrase of that key: ")
        return KeyChoice(KeySource.HOME, passphrase, fingerprint=answers.key, home=home)
    if answers.import_key:
        material = asking.read_input(answers.import_key)
        return KeyChoice(KeySource.FILE, _given_passphrase(answers, "Passphrase of that key: "), material=material)
    if not answers.new_key and not answers.asking:
        raise UnusableInput("--new-key", "it, --key or --import-key is needed")
    if not answers.new_key:
        return _asked_choice(answers)
    return KeyChoice(KeySource.NEW, _new_passphrase(answers))


def _asked_choice(answers: Answers) -> KeyChoice:
    narrate("Your own OpenPGP key opens the letters that clients seal to you.")
    chosen = asking.ask_choice("Which", ("make a new key", "copy a key from my GnuPG home", "take a key from a file"))
    if chosen == 1:
        return _key_choice(replace(answers, key=asking.ask_line("Its fingerprint")))
    if chosen == 2:
        return _key_choice(replace(answers, import_key=Path(asking.ask_line("The file")).expanduser()))
    return _key_choice(replace(answers, new_key=True))


def _given_passphrase(answers: Answers, prompt: str) -> str | None:
    if answers.no_passphrase:
        return None
    given = asking.passphrase_from(answers.passphrase_command, answers.passphrase_file)
    if given is None and answers.asking:
        return asking.ask_passphrase(prompt) or None
    return given


def _new_passphrase(answers: Answers) -> str | None:
    """The passphrase of a new key: none only if asked for so, the person's own only if it is strong, else six words."""
    if answers.no_passphrase:
        return None
    given = asking.passphrase_from(answers.passphrase_command, answers.passphrase_file)
    if given is None:
        if not answers.asking:
            raise PassphraseNeeded
        return _six_words()
    if not is_strong_enough(given):
        raise UnusableInput("passphrase", "it is too easy to guess; six random words are strong enough")
    return given


def _six_words() -> str:
    """Show a generated passphrase once and have it typed back."""
    words = new_passphrase()
    narrate("Your passphrase, shown this once. Write it down and keep it apart from this machine:")
    sys.stderr.write(f"\n    {words}\n\n")
    while asking.ask_passphrase("Type it to show that you have it: ") != words:
        narrate("That is not the same. Look again.")
    return words
