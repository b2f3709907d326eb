"""Another passphrase for private keys: made in a scratch home, so that the practice's own home changes in one step."""

from collections.abc import Mapping, Sequence

from therapymail.errors import FileUnusable, KeyOnCard, PassphraseNeeded, PassphraseWrong
from therapymail.paths import error_phrase, make_private_directory, write_private_file
from therapymail.pgp.agent import AgentConnection
from therapymail.pgp.colons import listed_keys
from therapymail.pgp.home import make_home, scratch_home
from therapymail.pgp.own_key_care import check_passphrase, own_certificate
from therapymail.pgp.runner import Gpg
from therapymail.pgp.vault_key import unseal_vault_key

PRIVATE_KEYS = "private-keys-v1.d"


def secret_keygrips(gpg: Gpg) -> dict[str, tuple[str, ...]]:
    """The agent's names for the private keys of every secret key of the home, by primary fingerprint."""
    return {
        key.primary.fingerprint: tuple(part.keygrip for part in (key.primary, *key.subkeys) if part.keygrip)
        for key in listed_keys(gpg, secret=True)
    }


def is_on_card(gpg: Gpg, grips: Sequence[str]) -> bool:
    """Whether one of these private keys is on a smartcard: its file only says so."""
    with AgentConnection(gpg.homedir) as agent:
        return any(info.on_card for grip in grips if (info := agent.key_info(grip)))


def protected_anew(
    gpg: Gpg, fingerprint: str, grips: Sequence[str], passphrase: str | None, new: str | None
) -> dict[str, bytes]:
    """The agent's files of the private keys `grips`, by their names in the home, under `new`; the home stays as it is.

    They are the keys of `fingerprint`, which opens with `passphrase` (None: without one).
    Raises PassphraseNeeded, PassphraseWrong, KeyOnCard, FileUnusable, GnupgUnusable.
    """
    check_passphrase(gpg, fingerprint, passphrase)
    if is_on_card(gpg, grips):
        raise KeyOnCard(fingerprint)
    with scratch_home(gpg) as scratch:
        make_home(scratch.homedir)  # its agent protects as the practice's own does
        directory = make_private_directory(scratch.homedir / PRIVATE_KEYS)
        for name, content in private_key_files(gpg, grips).items():
            write_private_file(directory / name, content)
        with AgentConnection(scratch.homedir) as agent:
            for grip in grips:
                if agent.key_info(grip) is not None:
                    agent.change_passphrase(grip, passphrase or "", new or "")
        return private_key_files(scratch, grips)


def prove_opens(gpg: Gpg, fingerprint: str, files: Mapping[str, bytes], passphrase: str | None, sealed: bytes) -> bytes:
    """The vault's key in `sealed`, opened by nothing but these private keys' files and `passphrase` (HAZARDS C33).

    Raises PassphraseNeeded, PassphraseWrong, VaultDamaged, KeyUnknown, FileUnusable, GnupgUnusable.
    """
    with scratch_home(gpg) as scratch:
        directory = make_private_directory(scratch.homedir / PRIVATE_KEYS)
        for name, content in files.items():
            write_private_file(directory / name, content)
        scratch.run(["--import"], own_certificate(gpg, fingerprint))
        return unseal_vault_key(scratch, fingerprint, sealed, passphrase)


def private_key_files(gpg: Gpg, grips: Sequence[str]) -> dict[str, bytes]:
    """The agent's files of the private keys that the home has, by file name. Raises FileUnusable."""
    found = {}
    for grip in grips:
        path = gpg.homedir / PRIVATE_KEYS / f"{grip}.key"
        try:
            found[path.name] = path.read_bytes()
        except FileNotFoundError:
            continue  # a part whose secret is elsewhere, as with an offline primary key
        except OSError as error:
            raise FileUnusable(str(path), error_phrase(error)) from None
    return found


def opens_with(gpg: Gpg, fingerprint: str, passphrase: str | None) -> bool:
    """Whether the secret key `fingerprint` opens with `passphrase`. Raises KeyUnknown, GnupgUnusable."""
    try:
        check_passphrase(gpg, fingerprint, passphrase)
    except (PassphraseWrong, PassphraseNeeded):
        return False
    return True
