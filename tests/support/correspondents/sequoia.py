"""A client with `sq`, Sequoia's program for the command line, and mail made by Python's own library."""

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


class Sequoia:
    """`sq` keeps nothing: keys are files."""

    name = "sq (Sequoia)"
    needs = ("sq",)
    is_library = True
    enclosure_name = ENCLOSURE_NAME

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        self.key, self.own = mailbox.directory / "key.pgp", mailbox.directory / "own.pgp"
        self.theirs = mailbox.directory / "theirs.pgp"

    def version(self) -> str:
        """As `sq 0.27.0 (...)`."""
        return ran(["sq", "--version"]).decode().split()[1]

    def make_key(self) -> bytes:
        """Its own choice: primary key and three subkeys, valid for three years."""
        user_id = f"{self.mailbox.name} <{self.mailbox.address}>"
        ran(["sq", "key", "generate", "--userid", user_id, "--expires-in", "3y", "--export", self.key])
        certificate = ran(["sq", "key", "extract-cert", self.key])
        self.own.write_bytes(certificate)
        return certificate

    def learn(self, certificate: bytes) -> None:
        """A file."""
        self.theirs.write_bytes(certificate)

    def send(self, letter: Written) -> None:
        """Sealed to both, signed."""
        seal = ["sq", "encrypt", "--recipient-cert", self.theirs, "--recipient-cert", self.own]
        content = quoted_below(letter).encode() if letter.inline else entity_of(letter)
        armor = ran([*seal, "--signer-key", self.key], content)
        made = (inline_mail if letter.inline else sealed_mail)(self.mailbox, letter, armor)
        self.mailbox.hand_over(made, letter.recipient)

    def read(self) -> Seen:
        """`--signatures 1`: without a good signature by that certificate it ends with an error."""
        check = ["--signer-cert", self.theirs, "--signatures", "1"]
        opened = ran(["sq", "decrypt", "--recipient-key", self.key, *check], armor_of(self.mailbox.newest()))
        return seen_in(opened, is_signature_good=True)
