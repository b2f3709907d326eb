"""Examining a practice: every fault in one sentence with the next step; works while locked, as far as that goes."""

from collections.abc import Callable, Iterator
from functools import partial

from therapymail.practice.checks.check import Check, faults_as_checks
from therapymail.practice.checks.gpg import look_at_agent, look_at_gnupg, look_at_own_key
from therapymail.practice.checks.machine import look_at_machine
from therapymail.practice.checks.mail import look_at_clock, look_at_mailbox, look_at_submission
from therapymail.practice.checks.vault import look_at_client_keys, look_at_vault
from therapymail.practice.practice import Practice

__all__ = ["Check", "examine"]

_Look = Callable[[Practice], Iterator[Check]]
_OFFLINE: tuple[tuple[str, _Look], ...] = (
    ("GnuPG", look_at_gnupg),
    ("GnuPG agent", look_at_agent),
    ("own key", look_at_own_key),
    ("machine", look_at_machine),
    ("vault", look_at_vault),
    ("client keys", look_at_client_keys),
    ("clock", look_at_clock),
)
_ONLINE: tuple[tuple[str, _Look], ...] = (("mailbox", look_at_mailbox), ("sending", look_at_submission))


def examine(practice: Practice, *, online: bool = True) -> tuple[Check, ...]:
    """Every finding, in a fixed order; `online` logs in to the mail hosts too. Raises nothing of ours."""
    looks = (*_OFFLINE, *(_ONLINE if online else ()))
    return tuple(check for name, look in looks for check in faults_as_checks(name, partial(look, practice)))
