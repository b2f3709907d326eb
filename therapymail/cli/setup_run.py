"""Running `setup`: the answers, the verb, and what to do next."""

import os
from dataclasses import replace
from pathlib import Path

from therapymail.bootstrap import wire
from therapymail.cli.output import narrate, print_json
from therapymail.cli.own_key_view import MAKE_KIT, NO_KIT, kit_shape, say_kit
from therapymail.cli.roundtrip_view import AGAIN, SetupProof, proof_of_setup
from therapymail.cli.setup_account import Account, account
from therapymail.cli.setup_answers import Answers, person
from therapymail.cli.setup_own_key import given_passphrase, kit_place, own_key
from therapymail.config import Settings
from therapymail.domain.wording import fingerprint_words
from therapymail.errors import ExitCode, KeyRefused, KeyUnknown, PassphraseNeeded, PassphraseWrong, explain
from therapymail.paths import practice_paths
from therapymail.practice.practice import Practice
from therapymail.practice.setup import SetUp, SetupRequest, SetupStep, set_up
from therapymail.practice.setup_key import COSTLY_SECONDS
from therapymail.practice.setup_place import refuse_unusable_place

_FIRST_IMPORT = 10_000  # letters of a large correspondence, for the estimate


def make_practice(home: Path | None, answers: Answers) -> tuple[Practice, SetUp]:
    """Make the practice that flags and answers describe. Raises as the verb, and UnusableInput."""
    answers.refuse_contradictions()
    answers.refuse_missing_files()
    paths = practice_paths(home, os.environ)
    refuse_unusable_place(paths)
    if answers.asking:
        narrate(f"This makes your practice in {paths.home}. Ctrl-C stops it; nothing is kept before the end.")
        narrate()
    name, email, zone = person(answers)
    found = account(answers, paths, email, _say_step)
    settings = Settings(name=name, email=email, own_key="", zone=zone, imap=found.imap, smtp=found.smtp)
    practice = wire(paths, settings, None, os.environ)
    done = _set_up(answers, practice, found)
    return replace(practice, settings=replace(settings, own_key=done.key.fingerprint)), done


def _set_up(answers: Answers, practice: Practice, found: Account) -> SetUp:
    """Choose the own key and make the practice; a person chooses again if the key or its passphrase is refused."""
    choice = own_key(answers, practice)
    kit = kit_place(answers, practice)
    while True:
        try:
            return set_up(practice, SetupRequest(choice, found.secret, found.secret, found.folders, kit), _say_step)
        except (PassphraseWrong, PassphraseNeeded) as refused:
            if not answers.asking or answers.passphrase_command or answers.passphrase_file:
                raise
            narrate(explain(refused).sentence)
            choice = replace(choice, passphrase=given_passphrase(answers))
        except (KeyRefused, KeyUnknown) as refused:
            if not answers.asking or answers.key or answers.import_key:
                raise
            narrate(explain(refused).sentence)
            choice = own_key(answers, practice)


def set_up_and_prove(home: Path | None, answers: Answers, *, roundtrip: bool, as_json: bool) -> ExitCode:
    """Make the practice, say so, prove it by a letter to oneself, and say what to do next. Raises as make_practice.

    The practice stays whatever the proof finds; then the exit code says what it was.
    """
    practice, done = make_practice(home, answers)
    if not as_json:
        _say_made(practice, done)
    proof = proof_of_setup(practice) if roundtrip and done.folders is not None else None
    if as_json:
        _print_made(practice, done, proof)
    else:
        _say_proof(proof, has_mailbox=done.folders is not None)
    return proof.exit_code if proof else ExitCode.DONE


def _say_made(practice: Practice, done: SetUp) -> None:
    """What was made."""
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
    _say_way_back(done)


def _say_way_back(done: SetUp) -> None:
    """The recovery kit, or what is missing without one."""
    if done.kit is not None:
        say_kit(done.kit)
        narrate("Keep backups too: `therapymail backup create FILE`.")
        return
    if done.key.revocation:
        narrate("Keep a copy of this file elsewhere; it declares your key void if you ever lose it:")
        narrate(f"  {done.key.revocation}")
    if done.on_card:
        narrate("Your key is on a smartcard, which gives nothing to print: keep a second card, or a copy of the key.")
    else:
        narrate(f"{NO_KIT} {MAKE_KIT}")
    narrate("Keep a backup of the practice directory: it holds your only copy of this key." if done.key.revocation else
            "Keep a backup of the practice directory.")  # fmt: skip


def _say_proof(proof: SetupProof | None, *, has_mailbox: bool) -> None:
    """Whether the practice is proven, and what to do next."""
    narrate()
    if proof is not None:
        narrate(f"Done. {proof.says}" if proof.proven else proof.says)
    elif has_mailbox:
        narrate(f"No letter to yourself was sent; {AGAIN} proves later that letters leave and come back.")
    narrate("Next: `therapymail client add CODE`" + (", then `therapymail sync`." if has_mailbox else "."))


def _print_made(practice: Practice, done: SetUp, proof: SetupProof | None) -> None:
    proven = proof.proven if proof else None
    print_json(
        {
            "home": str(practice.paths.home),
            "fingerprint": done.key.fingerprint,
            "folders": done.folders,
            "moved_aside": str(done.moved_aside) if done.moved_aside else None,
            "kit": kit_shape(done.kit) if done.kit else None,
            "roundtrip": {
                "proven": proven is not None,
                "seconds": round(proven.seconds, 1) if proven else None,
                "folder": proven.folder if proven else None,
                "says": proof.says,
            }
            if proof
            else None,
        }
    )


def _say_step(step: SetupStep) -> None:
    narrate(f"... {step.value}")
