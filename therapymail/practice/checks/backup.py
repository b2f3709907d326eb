"""The backup: how old the newest is, and whether it was ever read again."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from therapymail.domain.backup_age import NEXT, backup_sentence, is_backup_due
from therapymail.domain.local_days import local_day
from therapymail.practice.checks.check import Check
from therapymail.practice.checks.vault import UNLOCK
from therapymail.practice.practice import Practice
from therapymail.vault import journal
from therapymail.vault.backups_made import backups, latest_backup
from therapymail.vault.connection import Reader

NAME = "backup"


def look_at_backup(practice: Practice) -> Iterator[Check]:
    """The age of the newest backup; nothing in a demo. Raises VaultDamaged, VaultNewer, FileUnusable."""
    if practice.settings.demo:
        return
    if not practice.session.is_open():
        yield Check(NAME, ok=True, says="Locked, so not looked at.", next_step=UNLOCK)
        return
    with practice.vault() as vault, vault.reading() as reader:
        found = backup_standing(practice, reader)
    yield Check(NAME, ok=True, says=found.says, next_step=NEXT if found.is_due else "")


class BackupStanding(NamedTuple):
    """The newest backup that opens with the own key of today: when it was made (UTC), that in words, is one due."""

    made: datetime | None
    says: str
    is_due: bool


def backup_standing(practice: Practice, reader: Reader) -> BackupStanding:
    """How it stands with the backups. One that only an earlier own key opens is worth that key's paper, and no more."""
    newest, now, zone = latest_backup(reader, practice.settings.own_key), practice.clock(), practice.settings.zone
    is_shut = newest is None and bool(backups(reader))
    made = newest.made if newest else None
    says = backup_sentence(local_day(made, zone) if made else None, local_day(now, zone), is_shut=is_shut)
    begun, days = journal.earliest_time(reader), practice.settings.backup_days
    return BackupStanding(made, says, is_backup_due(made, begun, days, now, is_shut=is_shut))
