"""Bringing an existing key into the practice's home: from the person's own GnuPG home, a file, or a smartcard."""

from dataclasses import dataclass, replace
from pathlib import Path

from therapymail.domain.sanitise import sanitise_line
from therapymail.errors import (
    FileUnusable,
    GnupgUnusable,
    KeyAsksForMore,
    KeyRefused,
    KeyUnknown,
    TherapymailError,
)
from therapymail.paths import error_phrase, make_private_directory, write_private_file
from therapymail.pgp.agent import AgentConnection
from therapymail.pgp.certificate_packets import key_packets, outline
from therapymail.pgp.certificates import inspect
from therapymail.pgp.colons import LISTING, ListedKey, parse_listing
from therapymail.pgp.own_key_care import check_passphrase, keygrips, remove_own_key
from therapymail.pgp.runner import Gpg

_PRIVATE_KEYS = "private-keys-v1.d"
_READ_ONLY = ["--no-autostart", "--lock-never"]
_CARD_SETTINGS = b"# Written by therapymail: leave the card usable by the person's other programs.\npcsc-shared\n"
_CARD_SECONDS = 60.0
_CARD_CONF = "scdaemon.conf"
_ON_CARD = b"shadowed-private-key"  # the agent's file says only that the card has the key


@dataclass(frozen=True)
class KeyInHome:
    """A key in the person's own GnuPG home that could be copied: its secret part for opening letters is there."""

    fingerprint: str
    uids: tuple[str, ...]


def keys_in_home(gpg: Gpg, source: Path) -> tuple[KeyInHome, ...]:
    """The keys in `source` that `copy_from_home` can take; the home is only read. Empty where there is no home."""
    if not source.is_dir():
        return ()
    run = replace(gpg.on(source), now=None).run([*_READ_ONLY, *LISTING, "--with-keygrip", "--list-keys"])
    return tuple(
        KeyInHome(key.primary.fingerprint, tuple(sanitise_line(uid.decode("utf-8", "replace")) for uid, _ in key.uids))
        for key in parse_listing(run.output)
        if any(
            part.keygrip and "e" in part.usage and (source / _PRIVATE_KEYS / f"{part.keygrip}.key").is_file()
            for part in (key.primary, *key.subkeys)
        )
    )


def copy_from_home(gpg: Gpg, source: Path, fingerprint: str, passphrase: str | None) -> str:
    """Copy the secret key `fingerprint` from the GnuPG home `source`, which is only read; its full fingerprint.

    The agent's own files are copied as they are: no passphrase is needed for that, no agent is started in
    `source`, and a key on a smartcard stays there (its file only says so). Then the passphrase is checked.
    Raises KeyUnknown, KeyRefused, KeyAsksForMore, PassphraseNeeded, PassphraseWrong, FileUnusable, GnupgUnusable.
    """
    reader = replace(gpg.on(source), now=None)
    listed = _listed_there(reader, fingerprint)
    whole = listed.primary.fingerprint
    exported = reader.run([*_READ_ONLY, "--export", "--", whole]).output
    files = _private_key_files(source, listed)
    if not any(part.keygrip in files for part in (listed.primary, *listed.subkeys) if "e" in part.usage):
        raise KeyRefused(whole, "its secret part for opening letters is not in that GnuPG home")
    require_readable_answers(whole, exported)
    was_here = _is_here(gpg, whole)
    try:
        _import(gpg, exported)
        directory = make_private_directory(gpg.homedir / _PRIVATE_KEYS)
        for keygrip, content in files.items():
            if not (directory / f"{keygrip}.key").exists():
                write_private_file(directory / f"{keygrip}.key", content)
        if any(_ON_CARD in content for content in files.values()):
            write_private_file(gpg.homedir / _CARD_CONF, _CARD_SETTINGS)
        check_passphrase(gpg, whole, passphrase)
    except TherapymailError:
        if not was_here:
            remove_own_key(gpg, whole)
        raise
    return whole


def import_file(gpg: Gpg, material: bytes, passphrase: str | None) -> str:
    """Take the one secret key in `material` (armored or binary) into the home; its fingerprint.

    Raises KeyRefused where it is not exactly one usable secret key, PassphraseNeeded, PassphraseWrong.
    """
    report = inspect(gpg, material)
    if not report.secret:
        raise KeyRefused(report.fingerprint, "it is not a secret key")
    was_here = _is_here(gpg, report.fingerprint)
    secret = passphrase.encode() if passphrase else None
    try:
        _import(gpg, key_packets(material), secret)
        check_passphrase(gpg, report.fingerprint, passphrase)
    except TherapymailError:
        if not was_here:
            remove_own_key(gpg, report.fingerprint)
        raise
    return report.fingerprint


def adopt_card(gpg: Gpg, certificate: bytes) -> str:
    """Use the key on the smartcard that is in the reader: its certificate and a note of the card; its fingerprint.

    The secret part stays on the card; the PIN is given where a passphrase is asked for. Raises KeyRefused,
    and GnupgUnusable where no card or no smartcard daemon (scdaemon) is there.
    """
    report = inspect(gpg, certificate)
    require_readable_answers(report.fingerprint, key_packets(certificate))
    write_private_file(gpg.homedir / _CARD_CONF, _CARD_SETTINGS)
    _import(gpg, key_packets(certificate))
    seen = gpg.run(["--with-colons", "--card-status"], timeout=_CARD_SECONDS)
    if seen.returncode:
        raise GnupgUnusable("no smartcard answers (see that it is in the reader and scdaemon is installed)")
    with AgentConnection(gpg.homedir) as agent:
        on_card = [info.on_card for grip in keygrips(gpg, report.fingerprint) if (info := agent.key_info(grip))]
    if not any(on_card):
        raise KeyRefused(report.fingerprint, "the smartcard in the reader holds another key")
    return report.fingerprint


def require_readable_answers(fingerprint: str, packets: bytes) -> None:
    """Check that the key asks nobody for SEIPD version 2, which GnuPG does not open. Raises KeyAsksForMore.

    PGP.md AC7. Programs that follow RFC 9580 make such keys. GnuPG cannot clean one: it keeps features that it does not
    know when it signs the key anew (seen with 2.2.40).
    """
    if outline(packets).wants_seipd2:
        why = "it asks others for a message format that GnuPG cannot open (SEIPD version 2)"
        raise KeyAsksForMore(fingerprint, why)


def _listed_there(reader: Gpg, fingerprint: str) -> ListedKey:
    wanted = fingerprint.replace(" ", "").upper()
    run = reader.run([*_READ_ONLY, *LISTING, "--with-keygrip", "--list-keys", "--", wanted])
    found = [key for key in parse_listing(run.output) if key.primary.fingerprint.endswith(wanted)]
    if len(found) == 1:
        return found[0]
    if (reader.homedir / "public-keys.d").is_dir() and not found:
        raise GnupgUnusable("that home keeps its keys in keyboxd; export the key to a file and take that")
    raise KeyUnknown(wanted)


def _private_key_files(source: Path, listed: ListedKey) -> dict[str, bytes]:
    """The agent's files of the private keys that are there, by keygrip. Raises FileUnusable."""
    found = {}
    for part in (listed.primary, *listed.subkeys):
        path = source / _PRIVATE_KEYS / f"{part.keygrip}.key"
        try:
            if part.keygrip and path.is_file():
                found[part.keygrip] = path.read_bytes()
        except OSError as error:
            raise FileUnusable(str(path), error_phrase(error)) from None
    return found


def _import(gpg: Gpg, packets: bytes, passphrase: bytes | None = None) -> None:
    done = gpg.run(["--import"], packets, passphrase=passphrase)
    if not any(line.keyword == "IMPORT_OK" for line in done.status):
        raise KeyRefused("", "GnuPG does not take it in")


def _is_here(gpg: Gpg, fingerprint: str) -> bool:
    try:
        return bool(keygrips(gpg, fingerprint))
    except KeyUnknown:
        return False
