"""A made-up practice's sealed mail: N signed and sealed PGP/MIME letters between K clients and one therapist."""

import base64
import json
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from email.utils import format_datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.gnupg import GnupgHome, gnupg_home
from bench.story import DOMAIN, Person, PlannedLetter, WrittenLetter, people, plan_letters, write_letter

_KEY_BIRTH = "20191201T090000!"  # "!": the clock stands still, else a subkey made a second later conflicts

# sender, recipient, when signed, the MIME entity -> an armored OpenPGP message to both
Sealer = Callable[[Person, Person, datetime, bytes], bytes]


@dataclass(frozen=True)
class CorpusPlan:
    """What a corpus is to hold. Same seed, same plaintexts and headers; keys and ciphertexts are new each time.

    `engine` is gpg, or pysequoia (from PyPI: several times faster, but its signatures bear the time of the run).
    """

    letters: int
    clients: int = 40
    seed: int = 1
    therapist_key: str = "cv25519"
    engine: str = "gpg"
    jobs: int = os.cpu_count() or 2


def make_corpus(directory: Path, plan: CorpusPlan) -> None:
    """Write a corpus to `directory`.

    `Maildir/` (what clients sent) and `Maildir/.Sent/` (the answers); `keys/` (therapist.sec.asc, without
    passphrase, therapist.pub.asc, clients.pub.asc); `manifest.jsonl` (a line for each letter with what it
    says: the truth to hold searches against); `corpus.json` (the plan and the fingerprints).
    """
    began = time.monotonic()
    therapist, clients = people(plan.clients, plan.seed, plan.therapist_key)
    with gnupg_home() as home:
        fingerprints = {person.address: make_key(home, person) for person in (therapist, *clients)}
        _write_keys(home, directory / "keys", therapist, fingerprints)
        seal = _sealing(plan, home, fingerprints)
        planned = plan_letters(plan.letters, plan.clients, plan.seed)
        _write_letters(directory, plan, planned, [therapist, *clients], seal)
    about = {
        **asdict(plan),
        "therapist": therapist.address,
        "fingerprints": fingerprints,
        "seconds": round(time.monotonic() - began, 1),
    }
    (directory / "corpus.json").write_text(json.dumps(about, indent=1))


def make_key(home: GnupgHome, person: Person) -> str:
    """A key with a subkey for sealing, without passphrase; its fingerprint."""
    primary, subkey = ("ed25519", "cv25519") if person.key == "cv25519" else (person.key, person.key)
    clock = ("--faked-system-time", _KEY_BIRTH)
    who = f"{person.name} <{person.address}>"
    home.run(*clock, "--quick-gen-key", who, primary, "sign,cert", "never", passphrase="")
    fingerprint = home.fingerprint(person.address)
    home.run(*clock, "--quick-add-key", fingerprint, subkey, "encr", "never", passphrase="")
    return fingerprint


def _write_keys(home: GnupgHome, keys: Path, therapist: Person, fingerprints: dict[str, str]) -> None:
    keys.mkdir(parents=True)
    own = fingerprints[therapist.address]
    others = [fingerprint for fingerprint in fingerprints.values() if fingerprint != own]
    (keys / "therapist.sec.asc").write_bytes(home.run("--armor", "--export-secret-keys", own))
    (keys / "therapist.pub.asc").write_bytes(home.run("--armor", "--export", own))
    (keys / "clients.pub.asc").write_bytes(home.run("--armor", "--export", *others))


def _write_letters(
    directory: Path, plan: CorpusPlan, planned: list[PlannedLetter], persons: list[Person], seal: Sealer
) -> None:
    therapist, *clients = persons
    folders = {False: directory / "Maildir", True: directory / "Maildir" / ".Sent"}
    for folder in folders.values():
        for part in ("cur", "new", "tmp"):
            (folder / part).mkdir(parents=True)

    def one(numbered: tuple[int, PlannedLetter]) -> str:
        number, letter = numbered
        written = write_letter(letter, plan.seed)
        client = clients[letter.client]
        sender, recipient = (therapist, client) if letter.by_therapist else (client, therapist)
        sealed = seal(sender, recipient, letter.written, written.entity)
        seconds = int(letter.written.timestamp())
        path = folders[letter.by_therapist] / "cur" / f"{seconds}.M{number:06d}.bench:2,S"
        path.write_bytes(envelope(letter, written, sender, recipient, sealed))
        os.utime(path, (seconds, seconds))  # a mail host takes INTERNALDATE from it
        about = _manifest_entry(letter, written, sender, recipient)
        return json.dumps({"file": str(path.relative_to(directory)), **about}, ensure_ascii=False)

    with ThreadPoolExecutor(plan.jobs) as pool, (directory / "manifest.jsonl").open("w") as manifest:
        for line in pool.map(one, enumerate(planned)):
            manifest.write(line + "\n")


def _manifest_entry(letter: PlannedLetter, written: WrittenLetter, sender: Person, recipient: Person) -> dict[str, Any]:
    return {
        "folder": "Sent" if letter.by_therapist else "INBOX",
        "id": letter.message_id,
        "thread": letter.thread,
        "from": sender.address,
        "to": recipient.address,
        "date": letter.written.isoformat(),
        "subject": letter.subject,
        "subject_hidden": written.hides_subject,
        "planted": list(written.planted),
        "text": written.text,
    }


def envelope(letter: PlannedLetter, written: WrittenLetter, sender: Person, recipient: Person, armored: bytes) -> bytes:
    """The whole mail around a sealed entity (RFC 3156)."""
    when = format_datetime(letter.written)
    head = [
        f"Received: from client.test ([192.0.2.1]) by mx.{DOMAIN} with ESMTPSA;\n\t{when}",
        f"Date: {when}",
        f"From: {_mailbox(sender)}",
        f"To: {_mailbox(recipient)}",
        f"Message-ID: {letter.message_id}",
    ]
    if letter.references:
        head += [f"In-Reply-To: {letter.references[-1]}", "References: " + "\n ".join(letter.references[-12:])]
    head += [
        f"Subject: {'...' if written.hides_subject else letter.subject}",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted";\n boundary="{written.boundary}"',
    ]
    sealed = armored.decode().rstrip("\n")
    body = ["", "This is an OpenPGP/MIME encrypted message (RFC 4880 and 3156)", f"--{written.boundary}"]
    body += ["Content-Type: application/pgp-encrypted", "", "Version: 1", "", f"--{written.boundary}"]
    body += ['Content-Type: application/octet-stream; name="encrypted.asc"', "", sealed, ""]
    return "\n".join([*head, *body, f"--{written.boundary}--", ""]).encode()


def _mailbox(person: Person) -> str:
    name = f'"{person.name}"'
    if not person.name.isascii():
        name = f"=?utf-8?b?{base64.b64encode(person.name.encode()).decode()}?="
    return f"{name} <{person.address}>"


def _sealing(plan: CorpusPlan, home: GnupgHome, fingerprints: dict[str, str]) -> Sealer:
    return _by_gpg(home, fingerprints) if plan.engine == "gpg" else _by_sequoia(home, fingerprints)


def _by_gpg(home: GnupgHome, fingerprints: dict[str, str]) -> Sealer:
    def seal(sender: Person, recipient: Person, when: datetime, entity: bytes) -> bytes:
        own = fingerprints[sender.address]
        clock = ("--faked-system-time", f"{when:%Y%m%dT%H%M%S}!")
        trusting = ("--trust-model", "always", "--no-auto-check-trustdb")
        to = ("-u", own, "-r", fingerprints[recipient.address], "-r", own)
        return home.run(*trusting, *clock, *to, "--armor", "--sign", "--encrypt", stdin=entity)

    return seal


def _by_sequoia(home: GnupgHome, fingerprints: dict[str, str]) -> Sealer:
    pysequoia = import_module("pysequoia")  # optional, and without types

    secrets = home.run("--export-secret-keys", *fingerprints.values())
    held = {cert.fingerprint.upper(): cert for cert in pysequoia.Cert.split_bytes(secrets)}
    signers = {address: held[fingerprint].secrets.signer() for address, fingerprint in fingerprints.items()}

    def seal(sender: Person, recipient: Person, _: datetime, entity: bytes) -> bytes:
        to = [held[fingerprints[person.address]] for person in (recipient, sender)]
        return bytes(pysequoia.encrypt(bytes=entity, signer=signers[sender.address], recipients=to))

    return seal


def manifest(directory: Path) -> Iterator[dict[str, Any]]:
    """The lines of a corpus's manifest."""
    with (directory / "manifest.jsonl").open() as lines:
        for line in lines:
            yield json.loads(line)
