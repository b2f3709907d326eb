"""What is asked and said where the own key is kept safe, replaced, or gets another passphrase."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from therapymail.cli import asking
from therapymail.cli.new_passphrase import own_words, six_words
from therapymail.cli.output import narrate
from therapymail.domain.wording import fingerprint_words
from therapymail.errors import KeyOnCard, PassphraseNeeded, UnusableInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from therapymail.practice.own_key_replace import KeyReplaced
    from therapymail.practice.own_passphrase import PassphraseChanged
    from therapymail.practice.practice import Practice
    from therapymail.practice.recovery_kit import KitMade
    from therapymail.practice.setup_key import KeyChoice

Done = TypeVar("Done")
NO_KIT = "There is no recovery kit of this key: with the machine, all that is sealed would be lost."
MAKE_KIT = "`therapymail key kit FILE` makes one, a page to print."
OLD_KIT = "A kit made before opens with the old passphrase: destroy that paper."


def with_own_passphrase(command: str | None, file: Path | None, work: Callable[[str | None], Done]) -> Done:
    """What `work` gives with the own key's passphrase: from the options, else none, else typed."""
    given = asking.passphrase_from(command, file)
    return asking.with_passphrase(work) if given is None else work(given)


def new_secret(command: str | None, file: Path | None, *, none: bool) -> str | None:
    """A new passphrase: from the options, none if asked for so, else six words or the person's own.

    Raises UnusableInput for two of them, PassphraseNeeded where nobody can be asked.
    """
    if none and (command or file):
        raise UnusableInput("--no-passphrase", "it cannot go together with a passphrase")
    if none:
        return None
    given = asking.passphrase_from(command, file)
    if given is not None:
        return given
    if not asking.somebody_answers():
        raise PassphraseNeeded
    chosen = asking.ask_choice("The new passphrase", ("six random words, made for you", "a passphrase of your own"))
    return own_words() if chosen else six_words()


def other_key(
    sources: tuple[bool, str | None, Path | None], command: str | None, file: Path | None, *, none: bool
) -> KeyChoice:
    """Which other key, from the options. Raises UnusableInput unless it is exactly one."""
    from therapymail.practice.setup_key import KeyChoice, KeySource

    new, fingerprint, taken = sources
    if sum(1 for source in sources if source) != 1:
        raise UnusableInput("--new-key", "one of it, --key and --import-key is needed")
    if new:
        secret = new_secret(command, file, none=none)
        if secret is not None:
            from therapymail.practice.own_passphrase import refuse_weak

            refuse_weak(secret)
        return KeyChoice(KeySource.NEW, secret)
    secret = None if none else asking.passphrase_from(command, file)
    if secret is None and not none and asking.somebody_answers():
        secret = asking.ask_passphrase("Passphrase of that key (empty: it has none): ") or None
    if fingerprint:
        home = Path(os.environ.get("GNUPGHOME") or "~/.gnupg").expanduser()
        return KeyChoice(KeySource.HOME, secret, fingerprint=fingerprint, home=home)
    assert taken is not None
    return KeyChoice(KeySource.FILE, secret, material=asking.read_input(taken.expanduser()))


def kit_after(practice: Practice, file: Path | None, passphrase: str | None) -> KitMade | None:
    """A new kit where one was asked for, and one can be made. Raises as `make_kit`."""
    from therapymail.practice.recovery_kit import make_kit

    try:
        return None if file is None else make_kit(practice, file, passphrase)
    except KeyOnCard:
        narrate("A key on a smartcard gives nothing to print: see docs/recovery.md.")
        return None


def kit_shape(made: KitMade | None) -> dict[str, Any]:
    """A kit as `--json` gives it: one that was made, or (None) one that was tested."""
    return {
        "fingerprint": made.fingerprint if made else None,
        "file": str(made.file) if made else None,
        "made": made is not None,
        "works": True,
        "codes": made.codes if made else None,
        "revocation": made.revocation if made else None,
        "protected": made.protected if made else None,
    }


def say_kit(made: KitMade) -> None:
    """What to do with a kit."""
    narrate(f"Your recovery kit is in {made.file}.")
    narrate("It was read back: its key opens with your passphrase, and opens the record.")
    if not made.protected:
        narrate("THIS KEY HAS NO PASSPHRASE: whoever finds the paper can read every letter.")
    if not made.revocation:
        narrate("GnuPG could make no certificate that declares the key void.")
    narrate("Print it, keep it apart from the machine and from the passphrase, and delete the file.")


def say_passphrase(done: PassphraseChanged, made: KitMade | None) -> None:
    """That the passphrase is another one, and what still has the old one."""
    narrate("Your own key opens with the new passphrase now, and no more with the old one.")
    if done.earlier:
        narrate("So do your earlier keys that shared it.")
    for fingerprint in done.apart:
        narrate(f"Your earlier key {fingerprint_words(fingerprint)} has a passphrase of its own and keeps it.")
    if done.notes:
        narrate("Your process notes had the same passphrase: they have the new one now.")
    if done.had_kit:
        narrate(OLD_KIT)
    _say_kit_or_none(made)


def say_replaced(done: KeyReplaced, made: KitMade | None) -> None:
    """What your own key is now, and what is left to do with each client."""
    narrate(f"Your own key is {fingerprint_words(done.made.fingerprint)} from now on.")
    narrate(f"The one before, {fingerprint_words(done.old)}, stays for the letters sealed to it.")
    for fingerprint in done.apart:
        narrate(f"{fingerprint_words(fingerprint)} keeps its passphrase: letters sealed to it may wait for that.")
    if not done.rekeyed:
        narrate("The record gets its new key at the next `therapymail unlock`: something was in the way.")
    if done.to_tell:
        narrate()
        narrate("Your letters carry the new key from now on. Tell each of these by another channel that it is yours,")
        narrate("compare the fingerprint, and ask them to seal to it: until then they seal to the old key.")
        narrate(f"  {' '.join(done.to_tell)}")
        narrate("`therapymail client invite CODE` sends it with the first steps, `therapymail key export` gives it.")
    narrate()
    _say_kit_or_none(made)


def replaced_shape(done: KeyReplaced) -> dict[str, Any]:
    """A replaced key as `--json` gives it."""
    return {
        "before": done.old,
        "fingerprint": done.made.fingerprint,
        "apart": list(done.apart),
        "rekeyed": done.rekeyed,
        "to_tell": list(done.to_tell),
    }


def _say_kit_or_none(made: KitMade | None) -> None:
    if made is not None:
        say_kit(made)
    else:
        narrate(f"{NO_KIT} {MAKE_KIT}")
