"""The people of the story as OpenPGP users: their keys, and the seals they would have made at their time.

Clients' secret keys live in a GnuPG home of their own, apart from the practice; the therapist's past
responses are sealed with the practice's own key. Every key and seal carries the story's time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from pathlib import Path

from therapymail.errors import GnupgUnusable
from therapymail.paths import write_private_file
from therapymail.pgp.runner import Gpg
from therapymail.practice.demo.tale import Story, StoryMail

KeyName = tuple[str, str]  # client code (or "unknown"), name of the key
UNKNOWN: KeyName = ("unknown", "unknown")
_KEY_KINDS = {
    "ed25519/cv25519": (
        "Key-Type: EDDSA\nKey-Curve: ed25519\nKey-Usage: sign\n"
        "Subkey-Type: ECDH\nSubkey-Curve: cv25519\nSubkey-Usage: encrypt"
    ),
    "rsa3072": (
        "Key-Type: RSA\nKey-Length: 3072\nKey-Usage: sign\nSubkey-Type: RSA\nSubkey-Length: 3072\nSubkey-Usage: encrypt"
    ),
}


@dataclass(frozen=True)
class Writers:
    """Everybody's keys: `clients` is the clients' GnuPG home, `therapist` the practice's; values are fingerprints.

    `certificates` holds each client's public key as a file, for sealing to it without importing it.
    """

    story: Story
    clients: Gpg
    therapist: Gpg
    own_key: str
    fingerprints: Mapping[KeyName, str]
    certificates: Mapping[KeyName, Path]

    def seal(self, mail: StoryMail, entity: bytes) -> bytes:
        """`entity` signed and encrypted as the author of `mail` would have, armored, at the time of writing."""
        if mail.author == "therapist":
            reader = self.certificates[(mail.client or "", _key_in_use(self.story, mail))]
            to_client = ["--recipient-file", str(reader), "--recipient", self.own_key]
            return self._sealed_by(self.therapist, self.own_key, to_client, mail, entity)
        key = self.fingerprints[UNKNOWN if mail.key == "unknown" else (mail.client or "", mail.key)]
        return self._sealed_by(self.clients, key, ["--recipient", self.own_key, "--recipient", key], mail, entity)

    def _sealed_by(self, gpg: Gpg, signer: str, recipients: list[str], mail: StoryMail, entity: bytes) -> bytes:
        then = replace(gpg, now=mail.written.astimezone(UTC))
        return _run(then, ["--armor", "--sign", "--local-user", signer, *recipients, "--encrypt"], entity)


def _key_in_use(story: Story, mail: StoryMail) -> str:
    """The name of the client's key that the therapist seals to at the time of `mail`."""
    keys = story.client(mail.client or "").keys
    accepted = [key for key in keys if key.accepted is None or key.accepted <= mail.written]
    return accepted[-1].name


def make_writers(story: Story, clients: Gpg, therapist: Gpg, own_key: str, own_certificate: bytes) -> Writers:
    """Make every key of the story and let each side hold the other's. Raises GnupgUnusable."""
    fingerprints: dict[KeyName, str] = {}
    for client in story.clients:
        for key in client.keys:
            born = replace(clients, now=_early(key.since))
            fingerprints[(client.code, key.name)] = _make_key(born, client.name, client.address, key.algorithm)
    spoof = next(mail for mail in story.mails if mail.key == "unknown")
    stranger = replace(clients, now=_early(spoof.written.date().replace(day=1)))
    fingerprints[UNKNOWN] = _make_key(stranger, spoof.from_name or "", spoof.from_address or "", "ed25519/cv25519")
    _run(clients, ["--import"], own_certificate)
    certificates = {}
    for name, fingerprint in fingerprints.items():
        certificates[name] = clients.homedir / f"{'-'.join(name).lower()}.gpg"
        exported = _run(clients, ["--export-options", "export-minimal", "--export", fingerprint])
        write_private_file(certificates[name], exported)
    return Writers(story, clients, therapist, own_key, fingerprints, certificates)


def _make_key(gpg: Gpg, name: str, address: str, algorithm: str) -> str:
    """A key without passphrase or expiry; `algorithm` is `ed25519/cv25519` or `rsa3072`.

    The parameters go through standard input, so that no name stands in a process list (HAZARDS S28).
    """
    kind = _KEY_KINDS[algorithm]
    parameters = f"{kind}\nName-Real: {name}\nName-Email: {address}\nExpire-Date: 0\n%no-protection\n%commit\n"
    made = gpg.run(["--generate-key"], parameters.encode())
    for line in made.status:
        if line.keyword == "KEY_CREATED":
            return line.arguments.split()[1].decode("ascii")
    raise GnupgUnusable("a key of the fictional practice could not be made")


def _early(day: date) -> datetime:
    return datetime.combine(day, time_of_day(6), UTC)


def _run(gpg: Gpg, arguments: list[str], stdin: bytes = b"") -> bytes:
    done = gpg.run(arguments, stdin)
    if done.returncode != 0:
        raise GnupgUnusable(f"gpg failed at {arguments[0]} for the fictional practice")
    return done.output
