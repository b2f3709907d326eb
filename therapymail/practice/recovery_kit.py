"""The recovery kit: written where the therapist says, read back, and shown to bring the own key back (HAZARDS C33)."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from therapymail.domain.recovery_kit import RecoveryKit, kit_text, scanned_pieces
from therapymail.errors import (
    FileUnusable,
    KitFailed,
    PassphraseNeeded,
    PassphraseWrong,
    TherapymailError,
    UnusableInput,
)
from therapymail.paths import error_phrase, place_private_file
from therapymail.pgp.agent import AgentConnection
from therapymail.pgp.own_key_care import check_passphrase, keygrips
from therapymail.pgp.recovery_material import prove_kit, revocation_armored, secret_armored
from therapymail.practice.practice import Practice
from therapymail.vault.recovery_kits import note_kit_made, note_kit_tested
from therapymail.vault.rekey import opens_with

if TYPE_CHECKING:
    from therapymail.pgp.runner import Gpg

MAX_BYTES = 4 << 20  # of a file that is looked at as a kit
_NOT_SO = (
    "it does not open with your present passphrase:"
    " it is from before you changed that, or a character is not as printed"
)


class KitMade(NamedTuple):
    """A kit that was written and works: how many QR codes hold the key (0: too long), and what else stands in it."""

    file: Path
    fingerprint: str
    codes: int
    revocation: bool
    protected: bool


def make_kit(practice: Practice, file: Path, passphrase: str | None) -> KitMade:
    """Write a kit of the own key to `file`, read it back, and prove that it opens the record; then it is noted.

    Where that fails, no file is left. The practice must be unlocked. Raises KitFailed, KeyOnCard, PassphraseNeeded,
    PassphraseWrong, VaultLocked, FileUnusable, GnupgUnusable, and UnusableInput for a place in the practice directory,
    where kit and key would be lost together, or where a file is already.
    """
    from therapymail.exports.recovery_page import recovery_page

    place = file.expanduser().absolute()
    refuse_kit_place(practice, place)
    with practice.gpg() as gpg:
        kit = _kit(practice, gpg, passphrase)
        if not place_private_file(place, recovery_page(kit).encode("utf-8", "replace")):
            raise UnusableInput("kit", "there is a file of that name already")
        try:
            _prove(practice, gpg, place.read_text("utf-8"), passphrase)
            with practice.vault() as vault, vault.writing() as writer:
                note_kit_made(writer, kit.fingerprint, practice.clock())
        except (TherapymailError, KeyboardInterrupt):
            place.unlink(missing_ok=True)
            raise
        except OSError as error:
            place.unlink(missing_ok=True)
            raise FileUnusable(str(place), error_phrase(error)) from None
    return KitMade(place, kit.fingerprint, len(scanned_pieces(kit.secret)), bool(kit.revocation), kit.protected)


def check_kit(practice: Practice, content: bytes, passphrase: str | None) -> None:
    """Prove that a kit, as a file, a scan or typed text, brings the own key back and opens the record; it is noted.

    `passphrase` is the key's present one: a kit that opens with one before it is none any more.
    Raises KitFailed, PassphraseNeeded, PassphraseWrong, VaultLocked, FileUnusable, GnupgUnusable.
    """
    if len(content) > MAX_BYTES:
        raise KitFailed("it is far larger than one")
    with practice.gpg() as gpg:
        check_passphrase(gpg, practice.settings.own_key, passphrase)
        try:
            _prove(practice, gpg, content.decode("utf-8", "replace"), passphrase)
        except (PassphraseWrong, PassphraseNeeded):
            raise KitFailed(_NOT_SO) from None
    with practice.vault() as vault, vault.writing() as writer:
        note_kit_tested(writer, practice.settings.own_key, practice.clock())


def _kit(practice: Practice, gpg: "Gpg", passphrase: str | None) -> RecoveryKit:
    settings = practice.settings
    secret = secret_armored(gpg, settings.own_key, passphrase)
    with AgentConnection(gpg.homedir) as agent:
        infos = [agent.key_info(grip) for grip in keygrips(gpg, settings.own_key)]
    return RecoveryKit(
        name=settings.name,
        address=settings.email,
        fingerprint=settings.own_key,
        secret=secret,
        revocation=revocation_armored(gpg, settings.own_key, passphrase),
        protected=all(info is None or info.protected for info in infos),
        made=practice.clock(),
    )


def _prove(practice: Practice, gpg: "Gpg", text: str, passphrase: str | None) -> None:
    found = kit_text(text)
    if not found.secret:
        raise KitFailed("there is no secret key in it")
    paths = practice.paths
    sealed = paths.vault_key.read_bytes()
    raw_key = prove_kit(gpg, practice.settings.own_key, found.secret, found.revocation, passphrase, sealed)
    if not opens_with(paths.vault, raw_key):
        raise KitFailed("the key that it opens does not open the record")


def refuse_kit_place(practice: Practice, place: Path) -> None:
    """Raise UnusableInput or FileUnusable where no kit can be written, before anything is done."""
    place = place.expanduser().absolute()
    if place.resolve().is_relative_to(practice.paths.home.resolve()):
        raise UnusableInput("kit", "a kit in the practice directory would be lost together with it")
    if place.exists():
        raise UnusableInput("kit", "there is a file of that name already")
    if not place.parent.is_dir():
        raise FileUnusable(str(place), "its directory does not exist")
