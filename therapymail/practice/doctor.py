"""Examining a practice: every fault in one sentence with the next step; works while locked, as far as that goes."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from therapymail.practice.checks.backup import look_at_backup
from therapymail.practice.checks.check import Check, faults_as_checks
from therapymail.practice.checks.gpg import (
    look_at_agent,
    look_at_gnupg,
    look_at_own_features,
    look_at_own_key,
    look_at_own_names,
)
from therapymail.practice.checks.keeping import look_at_keeping
from therapymail.practice.checks.machine import look_at_machine
from therapymail.practice.checks.mail import look_at_clock, look_at_mailbox, look_at_submission
from therapymail.practice.checks.notes import look_at_process_notes
from therapymail.practice.checks.recovery import (
    EARLIER,
    EXECUTOR,
    KIT,
    look_at_clients_copies,
    look_at_executors,
    look_at_recovery_kit,
)
from therapymail.practice.checks.vault import look_at_client_keys, look_at_vault
from therapymail.practice.practice import Practice

if TYPE_CHECKING:
    from therapymail.practice.roundtrip import Tell

__all__ = ["Check", "examine"]

_Look = Callable[[Practice], Iterator[Check]]
_OFFLINE: tuple[tuple[str, _Look], ...] = (
    ("GnuPG", look_at_gnupg),
    ("GnuPG agent", look_at_agent),
    ("own key", look_at_own_key),
    ("own key asks for", look_at_own_features),
    ("own key's names", look_at_own_names),
    ("machine", look_at_machine),
    ("vault", look_at_vault),
    ("process notes", look_at_process_notes),
    ("backup", look_at_backup),
    ("client keys", look_at_client_keys),
    ("keeping", look_at_keeping),
    (KIT, look_at_recovery_kit),
    (EXECUTOR, look_at_executors),
    (EARLIER, look_at_clients_copies),
    ("clock", look_at_clock),
)
_ONLINE: tuple[tuple[str, _Look], ...] = (("mailbox", look_at_mailbox), ("sending", look_at_submission))


def examine(practice: Practice, *, online: bool = True, roundtrip: "Tell | None" = None) -> tuple[Check, ...]:
    """Every finding, in a fixed order. Raises nothing of ours.

    `online` logs in to the mail hosts too; with `roundtrip`, which hears how far it is, a letter to oneself is sent.
    """
    looks = [*_OFFLINE, *(_ONLINE if online else ())]
    if roundtrip is not None:
        from therapymail.practice.checks.roundtrip import NAME, look_at_roundtrip

        looks.append((NAME, partial(look_at_roundtrip, tell=roundtrip)))
    return tuple(check for name, look in looks for check in faults_as_checks(name, partial(look, practice)))
