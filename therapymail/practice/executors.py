"""Clinical executors: who they are, their packs, the drill, and the vault's key, which is given apart (F35)."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from therapymail.domain.agreement import in_force
from therapymail.domain.client import Client
from therapymail.domain.executor import (
    Executor,
    ExecutorPack,
    PackClient,
    PackPage,
    PackState,
    VaultKey,
    digest_of_words,
    pack_states,
)
from therapymail.domain.statuses import OVER
from therapymail.errors import (
    ExecutorExists,
    ExecutorUnknown,
    FileUnusable,
    PackRefused,
    TherapymailError,
    UnusableInput,
)
from therapymail.paths import place_private_file
from therapymail.pgp.executor_seal import opened_with_that_key_alone, seal_to_one
from therapymail.pgp.passphrase import generate_passphrase
from therapymail.practice.certificate_intake import certificate_to_hold
from therapymail.practice.practice import Practice
from therapymail.vault import agreements, clients, executors
from therapymail.vault.connection import Reader
from therapymail.vault.own_keys import own_pins

if TYPE_CHECKING:
    pass

_LONGEST = {"name": 200, "contact": 1_000, "instructions": 20_000}  # characters


class PackMade(NamedTuple):
    """A file that was sealed to an executor: where, its SHA-256 (hex), how many clients are in it."""

    executor: Executor
    file: Path
    sha256: str
    clients: int


def name_executor(practice: Practice, wanted: Executor, material: bytes | None, *, change: bool = False) -> Executor:
    """Name a clinical executor, whose key is in `material`; with `change` say something else of one that is there.

    Of a change, what is empty stays as it was. Raises UnusableInput, ExecutorExists, ExecutorUnknown, KeyRefused,
    KeyOfNoUse, VaultLocked.
    """
    _refuse_unusable(wanted)
    held = None if material is None else certificate_to_hold(practice, material, None)
    with practice.vault() as vault, vault.writing() as writer:
        before = [each for each in executors.executors(writer) if each.name.casefold() == wanted.name.casefold()]
        if change and not before:
            raise ExecutorUnknown
        if before and not change:
            raise ExecutorExists
        named = wanted
        if before:
            kept = before[0]
            contact, instructions = wanted.contact or kept.contact, wanted.instructions or kept.instructions
            named = replace(kept, contact=contact, instructions=instructions)
        if held is not None:
            named = replace(named, fingerprint=held.fingerprint, certificate=held.material)
        if not named.certificate:
            raise UnusableInput("--key", "the executor's OpenPGP key is needed")
        return executors.note_executor(writer, named, practice.clock())


def executor_states(practice: Practice) -> tuple[PackState, ...]:
    """The executors with their newest packs, and what should be done. Raises VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        return pack_states(executors.executors(reader), executors.packs(reader), practice.clock())


def executor_packs(practice: Practice, name: str) -> tuple[Executor, tuple[ExecutorPack, ...]]:
    """One executor, and every file that was sealed to them, newest first. Raises ExecutorUnknown, VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        found = _named(reader, name)
        return found, tuple(each for each in executors.packs(reader) if each.executor == found.identity)


def remove_executor(practice: Practice, name: str) -> tuple[Executor, bool]:
    """Let somebody be an executor no more; whether they were given a key that still opens the vault.

    Raises ExecutorUnknown, VaultLocked.
    """
    with practice.vault() as vault, vault.writing() as writer:
        found = _named(writer, name)
        holds = any(
            each.executor == found.identity and each.vault_key is VaultKey.OPENS for each in executors.packs(writer)
        )
        executors.note_removed(writer, found.identity, practice.clock())
    return found, holds


def make_pack(practice: Practice, name: str, file: Path) -> PackMade:
    """Seal the pack to the executor's key alone, sign it, write it to `file`, and note it.

    Raises ExecutorUnknown, KeyRefused, UnusableInput where a file is already, FileUnusable, VaultLocked,
    PassphraseNeeded, GnupgUnusable.
    """
    from therapymail.exports.executor_page import executor_page

    words, now = generate_passphrase(), practice.clock()
    with practice.vault() as vault, vault.reading() as reader:
        executor = _named(reader, name)
        found = tuple(
            _pack_client(practice, reader, client) for client in clients.clients(reader) if client.status not in OVER
        )
    settings = practice.settings
    page = PackPage(executor, (settings.name, settings.email), found, _places(practice), words, now)
    sealed = _sealed(practice, executor, executor_page(page).encode("utf-8", "replace"))
    pack = ExecutorPack(executor.identity, _digest(sealed), len(found), VaultKey.NO, digest_of_words(words))
    return _written(practice, executor, file, sealed, pack)


def give_vault_key(practice: Practice, name: str, file: Path) -> PackMade:
    """Seal the vault's key to an executor: whoever opens that file can read the whole record. Raises as `make_pack`."""
    with practice.vault() as vault, vault.reading() as reader:
        executor = _named(reader, name)
    words = generate_passphrase()
    text = _VAULT_KEY.format(words=words, key=practice.session.vault_key().hex(), vault=practice.paths.vault)
    sealed = _sealed(practice, executor, text.encode("utf-8", "replace"))
    given = ExecutorPack(executor.identity, _digest(sealed), 0, VaultKey.OPENS, digest_of_words(words))
    return _written(practice, executor, file, sealed, given)


def drill_with_key(practice: Practice, sealed: bytes, source: Path, passphrase: str | None) -> Executor:
    """Prove that a pack opens with the executor's key alone, which is taken from the GnuPG home `source`; it is noted.

    Raises PackRefused, PassphraseNeeded, PassphraseWrong, KeyUnknown, VaultLocked, GnupgUnusable.
    """
    with practice.vault() as vault, vault.reading() as reader:
        executor, pack = _of_file(reader, sealed)
        signers = [pin.fingerprint for pin in own_pins(reader, practice.settings.own_key)]
    with practice.gpg() as gpg:
        opened = opened_with_that_key_alone(gpg, sealed, executor.certificate, source, passphrase, signers)
    if not opened:
        raise PackRefused("there is nothing in it")
    _note_drill(practice, pack, "key")
    return executor


def drill_with_words(practice: Practice, name: str, typed: str) -> Executor:
    """Note that the executor read back the words that stand in their newest pack, or in one before it.

    Raises PackRefused for other words, ExecutorUnknown, VaultLocked.
    """
    executor, made = executor_packs(practice, name)
    pack = next((each for each in made if each.words == digest_of_words(typed)), None)
    if pack is None:
        raise PackRefused("these words stand in none that was made for them")
    _note_drill(practice, pack, "words")
    return executor


# --- what is in a pack ---------------------------------------------------------------------------------


def _pack_client(practice: Practice, reader: Reader, client: Client) -> PackClient:
    agreed = in_force(agreements.agreements_with(reader, client.identity), practice.clock())
    addresses = tuple(dict.fromkeys((client.write_to, *client.writes_from)))
    fallback = agreed.terms.fallback if agreed else ""
    return PackClient(client.code, client.name, addresses, client.zone, client.status.value, fallback)


def _places(practice: Practice) -> tuple[tuple[str, str], ...]:
    """Where things are; no secret. What else an executor must know stands in the instructions."""
    paths, settings = practice.paths, practice.settings
    host = f"{settings.imap.username} at {settings.imap.host}" if settings.imap else "none"
    return (
        ("The practice", f"{paths.home}: the record (vault.db) is encrypted; its key is sealed to the own key"),
        ("Own OpenPGP key", f"{settings.own_key}, in {paths.gnupg}; see the recovery kit, on paper"),
        ("Mailbox", f"{host}; the letters in it are sealed"),
        ("Program", "therapymail, with GnuPG"),
    )


_VAULT_KEY = """\
The key of the vault, for the clinical executor
===============================================
Whoever has this and the file {vault} can read the whole record: letters, names, notes of progress. Process notes are
kept apart, and this does not open them. Use it only as was asked of you.

Words to read back, so that I know you could open this: {words}

Key: {key}

To read the record, with sqlcipher (version 4) and a copy of vault.db:
  sqlcipher vault.db
  PRAGMA key = "x'{key}'";
  PRAGMA cipher_compatibility = 4;
  SELECT code, name FROM client;
What the tables hold is written in docs/schema.sql of therapymail.
"""


# --- files ---------------------------------------------------------------------------------------------


def _sealed(practice: Practice, executor: Executor, content: bytes) -> bytes:
    with practice.gpg() as gpg:
        return seal_to_one(gpg, practice.settings.own_key, executor.fingerprint, executor.certificate, content)


def _written(practice: Practice, executor: Executor, file: Path, sealed: bytes, pack: ExecutorPack) -> PackMade:
    """Name the file, then note it: one that was not noted is refused by the drill, and made anew.

    The vault's key is noted first: none may be in the world that the journal does not know of.
    """
    place = file.expanduser().absolute()
    if not place.parent.is_dir():
        raise FileUnusable(str(place), "its directory does not exist")
    is_key = pack.vault_key is VaultKey.OPENS
    if is_key:
        if place.exists():
            raise UnusableInput("file", "there is a file of that name already")
        _note_pack(practice, pack)
    if not place_private_file(place, sealed):
        raise UnusableInput("file", "there is a file of that name already")
    try:
        if not is_key:
            _note_pack(practice, pack)
    except TherapymailError:
        place.unlink(missing_ok=True)
        raise
    return PackMade(executor, place, pack.sha256, pack.clients)


def _note_pack(practice: Practice, pack: ExecutorPack) -> None:
    with practice.vault() as vault, vault.writing() as writer:
        executors.note_pack(writer, pack, practice.clock())


def _digest(sealed: bytes) -> str:
    return hashlib.sha256(sealed).hexdigest()


def _of_file(reader: Reader, sealed: bytes) -> tuple[Executor, ExecutorPack]:
    digest = _digest(sealed)
    pack = next((each for each in executors.packs(reader) if each.sha256 == digest), None)
    held = {each.identity: each for each in executors.executors(reader)}
    if pack is None or pack.executor not in held:
        raise PackRefused("it is none that was made here for an executor of yours")
    return held[pack.executor], pack


def _note_drill(practice: Practice, pack: ExecutorPack, how: str) -> None:
    with practice.vault() as vault, vault.writing() as writer:
        executors.note_drill(writer, pack, how, practice.clock())


def _named(reader: Reader, name: str) -> Executor:
    """The executor of that name, or the one whose name begins so. Raises ExecutorUnknown."""
    wanted = name.strip().casefold()
    everybody = executors.executors(reader)
    found = [each for each in everybody if each.name.casefold() == wanted]
    found = found or [each for each in everybody if wanted and each.name.casefold().startswith(wanted)]
    if len(found) != 1:
        raise ExecutorUnknown
    return found[0]


def _refuse_unusable(wanted: Executor) -> None:
    for field, longest in _LONGEST.items():
        text = getattr(wanted, field)
        if len(text) > longest:
            raise UnusableInput(field, f"at most {longest} characters")
    if not wanted.name.strip() or not wanted.name.isprintable():
        raise UnusableInput("name", "it must be one line")
