"""Having a new passphrase chosen at the terminal: six random words, shown once, or a strong one of one's own."""

import sys

from therapymail.cli import asking
from therapymail.cli.output import narrate
from therapymail.practice.passphrases import is_strong_enough, new_passphrase

WEAK = "It is too easy to guess; six words drawn at random are strong enough."


def six_words() -> str:
    """Show a generated passphrase once and have it typed back."""
    words = new_passphrase()
    narrate("Your passphrase, shown this once. Write it down and keep it apart from this machine:")
    sys.stderr.write(f"\n    {words}\n\n")
    while asking.ask_passphrase("Type it to show that you have it: ") != words:
        narrate("That is not the same. Look again.")
    return words


def own_words() -> str:
    """Have a passphrase typed twice, until it is strong and the same; an empty line gives six words instead."""
    while True:
        typed = asking.ask_passphrase("Your passphrase: ")
        if not typed:
            return six_words()
        if not is_strong_enough(typed):
            narrate(f"{WEAK} An empty line makes them for you.")
        elif asking.ask_passphrase("The same again: ") != typed:
            narrate("That is not the same. Once more from the beginning.")
        else:
            return typed
