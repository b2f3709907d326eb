"""The store of process notes: made when first wanted, unlocked apart if it has a passphrase of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from therapymail.errors import (
    FileUnusable,
    NotesPassphraseNeeded,
    ProcessNotesLocked,
    UnusableInput,
    VaultDamaged,
    VaultLocked,
)
from therapymail.paths import error_phrase, place_private_file, write_private_file
from therapymail.pgp.notes_key import seal_notes_key, unseal_notes_key
from therapymail.pgp.passphrase import is_strong_enough
from therapymail.practice.notes_session import NotesSession
from therapymail.practice.practice import Practice, forgetful
from therapymail.vault import note_index
from therapymail.vault.key import new_key
from therapymail.vault.notes_store import NotesStore, note_passphrase


@dataclass(frozen=True)
class NotesUnlocked:
    """How long the process notes stay unlocked, in hours; None: as long as the practice. `own`: by a passphrase."""

    hours: float | None
    own: bool


def notes_session(practice: Practice) -> NotesSession:
    """The unlocking of this practice's process notes."""
    return NotesSession(practice.session)


def exist(practice: Practice) -> bool:
    """Whether there are process notes: a store was made."""
    return practice.paths.notes.exists()


def open_store(practice: Practice) -> NotesStore:
    """The open store, which asks before each unit of work whether it is still unlocked; made if there is none.

    Where it has no passphrase of its own, it is unlocked with the practice. Raises ProcessNotesLocked, VaultLocked,
    VaultDamaged, VaultNewer, FileUnusable, PassphraseNeeded, GnupgUnusable.
    """
    session = notes_session(practice)
    guard = forgetful(partial(session.check, practice.session.generation()))
    return _opened(practice, _key(practice, session), guard)


def unlock_process_notes(practice: Practice, passphrase: str | None, hours: float | None = None) -> NotesUnlocked:
    """Unlock them with the passphrase of their own, for `hours` (else the setting), at most as long as the practice.

    Raises NotesPassphraseNeeded, NotesPassphraseWrong, VaultLocked, VaultDamaged, FileUnusable, PassphraseNeeded.
    """
    if not practice.session.is_open():
        raise VaultLocked
    _make_key_if_missing(practice)
    own, key = _unsealed(practice, passphrase)
    lasting = (practice.settings.note_unlock_hours if hours is None else hours) if own else hours
    notes_session(practice).begin(key, lasting)
    return NotesUnlocked(lasting, own)


def lock_process_notes(practice: Practice) -> None:
    """Lock them alone; without a passphrase of their own the next command unlocks them again."""
    notes_session(practice).end()


def set_passphrase(practice: Practice, new: str | None) -> None:
    """Give the process notes a passphrase of their own, another one, or none; they must be unlocked.

    What was sealed is proven to open again before it takes the place of what was there (HAZARDS C33). The key
    stays, so an older copy of notes.key still opens with the older passphrase.
    Raises UnusableInput for a weak one, ProcessNotesLocked, VaultLocked, PassphraseNeeded, FileUnusable.
    """
    if new is not None and not is_strong_enough(new):
        raise UnusableInput("passphrase", "it is too easy to guess; six words drawn at random are strong enough")
    with open_store(practice) as store:
        key = notes_session(practice).key()
        with practice.gpg() as gpg:
            sealed = seal_notes_key(gpg, practice.settings.own_key, key, new)
        with store.writing() as writer:
            note_passphrase(writer, own=new is not None, now=practice.clock())
            write_private_file(practice.paths.notes_key, sealed)
    notes_session(practice).begin(key, None if new is None else practice.settings.note_unlock_hours)


def has_passphrase(practice: Practice) -> bool:
    """Whether they have a passphrase of their own. Raises VaultLocked, VaultDamaged, FileUnusable, PassphraseNeeded."""
    if not practice.session.is_open():
        raise VaultLocked
    if not practice.paths.notes_key.exists():
        return False
    try:
        own, _ = _unsealed(practice, None)
    except NotesPassphraseNeeded:
        return True
    return own


def _key(practice: Practice, session: NotesSession) -> bytes:
    try:
        return session.key()
    except ProcessNotesLocked:
        try:
            unlock_process_notes(practice, None)
        except NotesPassphraseNeeded:
            raise ProcessNotesLocked from None
        return session.key()


def _unsealed(practice: Practice, passphrase: str | None) -> tuple[bool, bytes]:
    """Whether it has a passphrase of its own, and the key."""
    path = practice.paths.notes_key
    try:
        sealed = path.read_bytes()
    except FileNotFoundError:
        raise VaultDamaged(path.name, "it is missing") from None
    except OSError as error:
        raise FileUnusable(str(path), error_phrase(error)) from None
    with practice.gpg() as gpg:
        own_key = practice.settings.own_key
        try:
            return False, unseal_notes_key(gpg, own_key, sealed, None)
        except NotesPassphraseNeeded:
            if passphrase is None:
                raise
            return True, unseal_notes_key(gpg, own_key, sealed, passphrase)


def _make_key_if_missing(practice: Practice) -> None:
    """A key for a store that is still to be made. Of two processes that do so at once one is first, and counts."""
    paths = practice.paths
    if paths.notes_key.exists():
        return
    if exist(practice):
        raise VaultDamaged(paths.notes_key.name, "it is missing")
    with practice.gpg() as gpg:
        sealed = seal_notes_key(gpg, practice.settings.own_key, new_key(), None)
    place_private_file(paths.notes_key, sealed)


def _opened(practice: Practice, key: bytes, guard: Callable[[], None]) -> NotesStore:
    path = practice.paths.notes
    if not path.exists():
        try:
            NotesStore.create(path, key, practice.clock()).close()
        except FileUnusable:
            if not path.exists():  # else another process made it meanwhile, under the same key
                raise
    store = NotesStore.open(path, key, guard=guard)
    with store.reading() as reader:
        is_current = note_index.is_current(reader)
    if not is_current:
        with store.writing() as writer:
            note_index.reindex(writer)
    return store
