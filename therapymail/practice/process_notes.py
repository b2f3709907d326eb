"""The store of process notes: made when first wanted, unlocked apart if it has a passphrase of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from therapymail.errors import (
    FileUnusable,
    NotesPassphraseNeeded,
    ProcessNotesLocked,
    ProcessNotesMissing,
    UnusableInput,
    VaultDamaged,
    VaultLocked,
)
from therapymail.paths import error_phrase, place_private_file, write_private_file
from therapymail.pgp.notes_key import seal_notes_key, unseal_notes_key
from therapymail.pgp.passphrase import is_strong_enough
from therapymail.practice.notes_session import NotesSession
from therapymail.practice.practice import Practice, forgetful
from therapymail.practice.restored_notes import finish_restoring
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
    """Whether there are process notes: a store was made, be it that only its key is left."""
    return practice.paths.notes.exists() or practice.paths.notes_key.exists()


def refuse_lost_store(practice: Practice) -> None:
    """Raise ProcessNotesMissing where the key is there and the store is not."""
    if practice.paths.notes_key.exists() and not practice.paths.notes.exists():
        raise ProcessNotesMissing


def open_store(practice: Practice) -> NotesStore:
    """The open store, which asks before each unit of work whether it is still unlocked; made if there is none.

    Where it has no passphrase of its own, it is unlocked with the practice. Raises ProcessNotesLocked, VaultLocked,
    ProcessNotesMissing, VaultDamaged, VaultNewer, FileUnusable, PassphraseNeeded, GnupgUnusable.
    """
    session = notes_session(practice)
    guard = forgetful(partial(session.check, practice.session.generation()))
    return _opened(practice, _key(practice, session), guard)


def unlock_process_notes(practice: Practice, passphrase: str | None, hours: float | None = None) -> NotesUnlocked:
    """Unlock them with the passphrase of their own, for `hours` (else the setting), at most as long as the practice.

    Raises NotesPassphraseNeeded, NotesPassphraseWrong, VaultLocked, ProcessNotesMissing, VaultDamaged, FileUnusable,
    PassphraseNeeded.
    """
    if not practice.session.is_open():
        raise VaultLocked
    _make_if_missing(practice)
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


def begin_anew(practice: Practice) -> Path:
    """Set aside what is left of process notes that have lost their store, or its key; the next note begins new ones.

    Gives the file that was set aside: a copy of the other, found again, still goes with it. Raises UnusableInput where
    nothing is missing, VaultLocked, FileUnusable.
    """
    if not practice.session.is_open():
        raise VaultLocked
    left = [file for file in (practice.paths.notes_key, practice.paths.notes) if file.exists()]
    if len(left) != 1:
        raise UnusableInput("begin-anew", "nothing of your process notes is missing; nothing was changed")
    aside = left[0].with_name(f"{left[0].name}.aside-{practice.clock():%Y%m%d-%H%M%S}")
    try:
        left[0].rename(aside)
    except OSError as error:
        raise FileUnusable(str(left[0]), error_phrase(error)) from None
    notes_session(practice).end()
    return aside


def set_aside(practice: Practice) -> list[Path]:
    """Stores that `begin_anew` set aside: nobody can look into them until their key is found again."""
    return sorted(practice.paths.home.glob(f"{practice.paths.notes.name}.aside-*"))


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


def _make_if_missing(practice: Practice) -> None:
    """Key and store, where there are neither; the key gets its name last, so that one without a store has lost it.

    Whoever is killed before that leaves the begun key, with which the next goes on; of two processes that begin at
    once, one places its key, and the other takes that one. What is read first here is what is made last.
    """
    paths = practice.paths
    had_store, was_begun = paths.notes.exists(), paths.notes_key_begun.exists()
    if paths.notes_key.exists():
        refuse_lost_store(practice)
        return
    if had_store and not was_begun:
        raise VaultDamaged(paths.notes_key.name, "it is missing")
    with practice.gpg() as gpg:
        if not was_begun:
            place_private_file(paths.notes_key_begun, seal_notes_key(gpg, practice.settings.own_key, new_key(), None))
        try:
            sealed = paths.notes_key_begun.read_bytes()
        except FileNotFoundError:  # another process has just made both
            return
        key = unseal_notes_key(gpg, practice.settings.own_key, sealed, None)
    try:
        NotesStore.create(paths.notes, key, practice.clock()).close()
    except FileUnusable:
        if not paths.notes.exists():  # else another process made it meanwhile, under the same key
            raise
    place_private_file(paths.notes_key, sealed)
    paths.notes_key_begun.unlink(missing_ok=True)


def _opened(practice: Practice, key: bytes, guard: Callable[[], None]) -> NotesStore:
    refuse_lost_store(practice)  # the key may be in the agent still, and the file gone since
    store = NotesStore.open(practice.paths.notes, key, guard=guard)
    with store.reading() as reader:
        is_current = note_index.is_current(reader)
    if not is_current:
        with store.writing() as writer:
            note_index.reindex(writer)
    finish_restoring(practice.paths, store, practice.clock())
    return store
