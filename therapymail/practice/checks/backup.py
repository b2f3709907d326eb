"""The backup: how old the newest is, and whether it was ever read again."""

from collections.abc import Iterator

from therapymail.domain.backup_age import NEXT, backup_sentence, is_backup_due
from therapymail.domain.local_days import local_day
from therapymail.practice.checks.check import Check
from therapymail.practice.checks.vault import UNLOCK
from therapymail.practice.practice import Practice
from therapymail.vault import journal
from therapymail.vault.backups_made import latest_backup

NAME = "backup"


def look_at_backup(practice: Practice) -> Iterator[Check]:
    """The age of the newest backup; nothing in a demo. Raises VaultDamaged, VaultNewer, FileUnusable."""
    if practice.settings.demo:
        return
    if not practice.session.is_open():
        yield Check(NAME, ok=True, says="Locked, so not looked at.", next_step=UNLOCK)
        return
    with practice.vault() as vault, vault.reading() as reader:
        newest, begun = latest_backup(reader), journal.earliest_time(reader)
    now, zone = practice.clock(), practice.settings.zone
    made = newest.made if newest else None
    due = is_backup_due(made, begun, practice.settings.backup_days, now)
    says = backup_sentence(local_day(made, zone) if made else None, local_day(now, zone))
    yield Check(NAME, ok=True, says=says, next_step=NEXT if due else "")
