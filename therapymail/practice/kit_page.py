"""The onboarding kit as a page to print: written where the therapist wants it, never over a file that is there."""

from pathlib import Path

from therapymail.errors import UnusableInput
from therapymail.paths import place_private_file
from therapymail.practice.notify import KitWanted, kit_for
from therapymail.practice.practice import Practice


def write_kit_page(practice: Practice, wanted: KitWanted, file: Path) -> None:
    """Write the page to `file`, whole or not at all, readable for its owner alone. Nothing in it is about a client.

    Raises UnusableInput, also where there is a file of that name already, and FileUnusable.
    """
    from therapymail.exports.onboarding_page import onboarding_page

    page = onboarding_page(kit_for(practice, wanted)).encode("utf-8", "replace")
    if not place_private_file(file, page):
        raise UnusableInput("--page", "there is a file of that name already")
