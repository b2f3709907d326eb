"""A client with RNP, the library of Thunderbird, by its programs for the command line; mail by Python's own library."""

import subprocess

from tests.support.correspondents.correspondent import (
    ENCLOSURE_NAME,
    Seen,
    Written,
    armor_of,
    entity_of,
    quoted_below,
    ran,
    sealed_mail,
    seen_in,
)
from tests.support.correspondents.inline import inline_mail
from tests.support.correspondents.mailbox import Mailbox

_NO_PASSWORD = "--password="
_EXPERT = b"22\n"  # what Thunderbird makes by choice: EdDSA, and ECDH on Curve25519


class Rnp:
    """`rnp` and `rnpkeys` with a home of their own."""

    name = "RNP (Thunderbird's library)"
    needs = ("rnp", "rnpkeys")
    is_library = True
    enclosure_name = ENCLOSURE_NAME

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        self.home = f"--homedir={mailbox.directory}"
        self.user_id = f"{mailbox.name} <{mailbox.address}>"

    def version(self) -> str:
        """As `rnp 0.16.3-1`."""
        return ran(["rnp", "--version"]).decode().split()[1]

    def make_key(self) -> bytes:
        """EdDSA with ECDH, valid for three years as Thunderbird makes them."""
        how = ["--generate-key", "--expert", "--userid", self.user_id, "--expiration", "3y", _NO_PASSWORD]
        ran(["rnpkeys", self.home, *how], _EXPERT)
        return ran(["rnpkeys", self.home, "--export-key", self.mailbox.address])

    def learn(self, certificate: bytes) -> None:
        """Into its home."""
        ran(["rnpkeys", self.home, "--import", "-"], certificate)

    def send(self, letter: Written) -> None:
        """Sealed to both, signed."""
        seal = ["--encrypt", "--sign", "--armor", "-r", letter.recipient, "-r", self.mailbox.address]
        content = quoted_below(letter).encode() if letter.inline else entity_of(letter)
        armor = ran(["rnp", self.home, *seal, "-u", self.mailbox.address, _NO_PASSWORD], content)
        made = (inline_mail if letter.inline else sealed_mail)(self.mailbox, letter, armor)
        self.mailbox.hand_over(made, letter.recipient)

    def read(self) -> Seen:
        """Its word on the signature stands on standard error."""
        done = subprocess.run(
            ["rnp", self.home, "--decrypt", _NO_PASSWORD, "--output", "-"],
            input=armor_of(self.mailbox.newest()),
            capture_output=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return seen_in(done.stdout, is_signature_good=b"Good signature made" in done.stderr)
