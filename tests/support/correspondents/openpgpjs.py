"""A client with OpenPGP.js, on which Mailvelope, FlowCrypt and Proton Mail stand; run by Node."""

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.support.correspondents.correspondent import (
    ENCLOSURE_NAME,
    Seen,
    Written,
    armor_of,
    quoted_below,
    ran,
    sealed_mail,
    seen_in,
)
from tests.support.correspondents.inline import inline_mail
from tests.support.correspondents.mailbox import Mailbox

ROOT = Path(__file__).parents[3]
_STEPS = Path(__file__).with_name("openpgp.mjs")


def library(generation: int) -> Path:
    """Where scripts/test lays the library's 5th or 6th generation."""
    return ROOT / ".venv" / "node" / "node_modules" / f"openpgp{generation}"


def step(generation: int, what: str, /, **request: object) -> Any:
    """One step of openpgp.mjs."""
    return json.loads(ran(["node", _STEPS, library(generation), what], json.dumps(request).encode()))


class OpenPgpJs:
    """The library with MIME made by hand around it; the subject stays outside, as with the extensions for browsers."""

    name: str
    generation: int
    needs: tuple[str | Path, ...]
    is_library = True
    enclosure_name = ENCLOSURE_NAME

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        self.own = self.theirs = ""

    def version(self) -> str:
        """As `OpenPGP.js 6.3.2`."""
        return str(step(self.generation, "version")["version"])

    def make_key(self) -> bytes:
        """The library's own choice for new keys: Ed25519 and X25519 of version 4, valid for two years."""
        options = {"keyExpirationTime": 63072000}
        made = step(
            self.generation, "generate", name=self.mailbox.name, email=self.mailbox.address, options=options, config={}
        )
        self.own = made["privateKey"]
        return str(made["publicKey"]).encode()

    def learn(self, certificate: bytes) -> None:
        """As armor."""
        self.theirs = certificate.decode()

    def send(self, letter: Written) -> None:
        """Sealed to both, signed."""
        enclosure = None
        if letter.enclosure:
            data = base64.b64encode(letter.enclosure.read_bytes()).decode()
            enclosure = {"name": letter.enclosure.name, "data": data}
        request = {"own": self.own, "theirs": self.theirs, "text": quoted_below(letter), "config": {}}
        made = step(self.generation, "seal", **request, enclosure=enclosure, inline=letter.inline)
        armor = made["armor"].encode()
        if letter.inline:
            mail = inline_mail(self.mailbox, letter, armor)
        else:
            mail = sealed_mail(self.mailbox, letter, armor, letter.subject)
        self.mailbox.hand_over(mail, letter.recipient)

    def read(self) -> Seen:
        """The library says whether the signature holds, and nothing of mail headers."""
        armored = armor_of(self.mailbox.newest()).decode()
        opened = step(self.generation, "open", own=self.own, theirs=self.theirs, armor=armored)
        seen = seen_in(base64.b64decode(opened["entity"]), is_signature_good=opened["good"])
        return replace(seen, subject=None)


class OpenPgpJs5(OpenPgpJs):
    """The generation that FlowCrypt and Mailvelope have long had."""

    name, generation, needs = "OpenPGP.js 5", 5, ("node", library(5))


class OpenPgpJs6(OpenPgpJs):
    """The generation of RFC 9580."""

    name, generation, needs = "OpenPGP.js 6", 6, ("node", library(6))
