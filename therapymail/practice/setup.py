"""Making a practice: logins tested first, then own key, vault key, vault and, last, the settings that make it exist."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from therapymail.config import HostSettings, write_settings
from therapymail.errors import KeyOnCard, TherapymailError
from therapymail.mail.account import connect
from therapymail.mail.secret_command import secret_from_command
from therapymail.mail.submission import check_login
from therapymail.paths import make_private_directory, write_private_file
from therapymail.pgp.home import make_home, probe
from therapymail.pgp.own_key_care import keygrips
from therapymail.pgp.vault_key import seal_vault_key
from therapymail.practice.account import keep_secrets
from therapymail.practice.keyring import write_clients_keyring
from therapymail.practice.practice import Practice
from therapymail.practice.recovery_kit import KitMade, make_kit, refuse_kit_place
from therapymail.practice.setup_key import KeyChoice, OwnKeyMade, make_own_key
from therapymail.practice.setup_place import clear_place, refuse_unusable_place, take_back
from therapymail.vault.connection import Vault
from therapymail.vault.key import new_key


class SetupStep(StrEnum):
    """What setup is doing, in the order of doing."""

    IMAP = "logging in to the mailbox"
    SMTP = "logging in for sending"
    GNUPG = "testing GnuPG"
    OWN_KEY = "making ready your own key"
    VAULT = "making the vault"
    KIT = "making the recovery kit, and testing it"
    SETTINGS = "writing the settings"


@dataclass(frozen=True)
class SetupRequest:
    """What to make a practice of. A secret is empty where the host's settings name a command for it.

    `folders` is what `test_logins` has just found: then the logins are not tested again. `kit` is where the recovery
    kit goes; None for none.
    """

    key: KeyChoice
    imap_secret: str = ""
    smtp_secret: str = ""
    folders: int | None = None
    kit: Path | None = None


@dataclass(frozen=True)
class SetUp:
    """A practice that was made: its own key, how many folders the mailbox has, what was moved aside, its recovery kit.

    `on_card`: there is none because the key's secret part is on a smartcard.
    """

    key: OwnKeyMade
    folders: int | None
    moved_aside: Path | None
    kit: KitMade | None = None
    on_card: bool = False


def set_up(practice: Practice, request: SetupRequest, tell: Callable[[SetupStep], None] = lambda _: None) -> SetUp:
    """Make the practice that `practice` describes by paths and settings, whose `own_key` is still empty.

    It ends unlocked. Nothing is kept unless both logins succeed; what an interrupted setup left behind is
    moved aside; what this one made is taken back if it fails. A recovery kit that is wanted has brought the key back
    before there is a practice (HAZARDS C33). Raises PracticeExists, FileUnusable, the errors of the mail hosts,
    KeyRefused, PassphraseNeeded, PassphraseWrong, KitFailed, UnusableInput, GnupgMissing, GnupgUnusable.
    """
    refuse_unusable_place(practice.paths)
    if request.kit is not None:
        refuse_kit_place(practice, request.kit)
    practice.session.end()  # of a practice that was here once
    folders = request.folders
    if folders is None:
        folders = test_logins(practice, request.imap_secret, request.smtp_secret, tell)
    make_private_directory(practice.paths.home)
    moved = clear_place(practice.paths)
    kit = None
    try:
        made, whole = _make(practice, request, tell)
        kit, on_card = _kit(whole, request, tell)
        tell(SetupStep.SETTINGS)
        write_settings(practice.paths.config, whole.settings)
    except (TherapymailError, KeyboardInterrupt):
        take_back(practice.paths)
        if kit is not None:  # of a key that is gone again
            kit.file.unlink(missing_ok=True)
        raise
    write_clients_keyring(whole)
    return SetUp(made, folders, moved, kit, on_card)


def _kit(whole: Practice, request: SetupRequest, tell: Callable[[SetupStep], None]) -> tuple[KitMade | None, bool]:
    """The recovery kit, where one is wanted; and whether there is none because the key is on a card."""
    if request.kit is None:
        return None, False
    tell(SetupStep.KIT)
    try:
        return make_kit(whole, request.kit, request.key.passphrase), False
    except KeyOnCard:
        return None, True


def test_logins(
    practice: Practice, imap_secret: str, smtp_secret: str, tell: Callable[[SetupStep], None]
) -> int | None:
    """Log in to both hosts; how many folders the mailbox has, None without one. Raises the mail hosts' errors."""
    folders = None
    if (imap := practice.settings.imap) is not None:
        tell(SetupStep.IMAP)
        with connect(imap, _secret(imap, imap_secret)) as mailbox:
            folders = len(mailbox.folders())
    if (smtp := practice.settings.smtp) is not None:
        tell(SetupStep.SMTP)
        check_login(smtp, _secret(smtp, smtp_secret))
    return folders


def _secret(host: HostSettings, given: str) -> str:
    return secret_from_command(host.secret_command) if host.secret_command else given


def _make(practice: Practice, request: SetupRequest, tell: Callable[[SetupStep], None]) -> tuple[OwnKeyMade, Practice]:
    """Everything but the settings file, in the order in which each needs the one before."""
    tell(SetupStep.GNUPG)
    make_home(practice.paths.gnupg, practice.run.shared)
    with practice.gpg() as gpg:
        probe(gpg)
        tell(SetupStep.OWN_KEY)
        made = make_own_key(gpg, practice.settings, request.key)
        tell(SetupStep.VAULT)
        vault_key = new_key()
        sealed = seal_vault_key(gpg, made.fingerprint, vault_key, request.key.passphrase)
        grips = keygrips(gpg, made.fingerprint)
    write_private_file(practice.paths.vault_key, sealed)
    with (
        Vault.create(practice.paths.vault, vault_key, practice.clock()) as vault,
        vault.writing() as writer,
    ):
        keep_secrets(writer, practice.settings, request.imap_secret, request.smtp_secret)
    whole = replace(practice, settings=replace(practice.settings, own_key=made.fingerprint))
    whole.session.begin(vault_key, whole.settings.unlock_hours, request.key.passphrase, grips)
    return made, whole
