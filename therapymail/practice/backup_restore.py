"""Putting a backup back: into an empty place, compared to the last letter, and there only when all of it is proven."""

import contextlib
from dataclasses import dataclass
from pathlib import Path

from therapymail.domain.backup import NOTES, Manifest
from therapymail.pgp.agent import AgentConnection
from therapymail.pgp.home import limit_cache, make_home, probe, scratch_home
from therapymail.pgp.own_key_care import keygrips
from therapymail.pgp.runner import Gpg
from therapymail.practice.backup_reading import Steps, Stopped, Tell, opened_file, sum_of
from therapymail.practice.practice import Practice
from therapymail.practice.restore_place import place_beside, refuse_taken_place, take_place
from therapymail.practice.restoring import Restoring
from therapymail.practice.setup_key import KeyChoice, bring_key_to_open

_LONGEST_SECONDS = 4 * 3600  # that the passphrase stays with an agent whose restoring was killed
_PASSES = 4  # over the file: summed, opened; over the record: every page, every letter


@dataclass(frozen=True)
class Restored:
    """A practice that was put back: what the backup said, the own key, and how many letters that were to leave stopped.

    `sha256` is the file's. `notes_examined` is False where process notes are there and locked by a passphrase of
    their own, None without any.
    """

    manifest: Manifest
    sha256: str
    own_key: str
    stopped: int
    notes_examined: bool | None


def restore(
    practice: Practice,
    path: Path,
    choice: KeyChoice,
    tell: Tell = lambda _done, _total: None,
    stopped: Stopped = lambda: False,
) -> Restored:
    """Restore the backup at `path` as the practice that `practice` describes by its paths, with the key of `choice`.

    That key must have signed it. The place must be empty; nothing stands there before every page of the record, every
    count, every journal's head and the SHA-256 of every letter are as the backup says, and nothing is left otherwise.
    Raises PracticeExists, PlaceTaken, SealedFileRefused, FileUnusable, VaultDamaged, VaultNewer, WorkStopped,
    PassphraseNeeded, PassphraseWrong, KeyRefused, KeyUnknown, GnupgMissing, GnupgUnusable.
    """
    refuse_taken_place(practice.paths)
    with contextlib.ExitStack() as stack:
        file, size = stack.enter_context(opened_file(path))
        gpg, own_key = _key_at_hand(practice, stack, choice)
        beside = stack.enter_context(place_beside(practice.paths))
        steps = Steps(tell, stopped, _PASSES * size)
        sha256 = sum_of(file, steps.begin())
        work = Restoring(beside, gpg, own_key, steps, practice.clock)
        stack.callback(work.close)
        manifest = work.unpack(file, size)
        vault_key, notes_key = work.keys(manifest)
        work.compare(manifest, vault_key, notes_key)
        work.put_keyring()
        count = work.begin(manifest, sha256, vault_key, notes_key)
        steps.begin()  # the last moment at which it can be stopped
        work.close()
        take_place(beside, practice.paths)
    return Restored(manifest, sha256, own_key, count, None if NOTES not in manifest.files else notes_key is not None)


def _key_at_hand(practice: Practice, stack: contextlib.ExitStack, choice: KeyChoice) -> tuple[Gpg, str]:
    """A GnuPG home in memory that holds the key of `choice`, its passphrase with the agent; gone at the end."""
    directory = stack.enter_context(practice.run.process_directory())
    gpg = stack.enter_context(scratch_home(Gpg(directory, directory)))
    make_home(gpg.homedir)
    limit_cache(gpg.homedir, _LONGEST_SECONDS)
    probe(gpg)
    own_key = bring_key_to_open(gpg, choice)
    if choice.passphrase:
        with AgentConnection(gpg.homedir) as agent:
            for keygrip in keygrips(gpg, own_key):
                agent.preset_passphrase(keygrip, choice.passphrase)
    return gpg, own_key
