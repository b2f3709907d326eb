"""What the practice itself asks for today, beside its clients: backups and packs."""

from therapymail.domain.backup_age import NEXT, backup_sentence, is_backup_due
from therapymail.domain.executor import pack_states
from therapymail.domain.local_days import local_day
from therapymail.domain.today import Item, Matter, Section
from therapymail.practice.keeping import UNFINISHED, records_in
from therapymail.practice.practice import Practice
from therapymail.vault import executors, journal
from therapymail.vault.backups_made import latest_backup
from therapymail.vault.connection import Reader
from therapymail.vault.erasing import is_unfinished


def care_items(practice: Practice, reader: Reader) -> tuple[Item, ...]:
    """The items of today about the practice itself; none in a demo, which keeps nothing."""
    if practice.settings.demo:
        return ()
    return (*backup_items(practice, reader), *executor_items(practice, reader), *keeping_items(practice, reader))


def keeping_items(practice: Practice, reader: Reader) -> tuple[Item, ...]:
    """Clients whose agreed time of keeping is over (F32), and an erasure that was interrupted."""
    step = "See `therapymail retention due`."
    due = [each for each in records_in(practice, reader) if each.is_due]
    found = [
        Item(Section.CARE, Matter.CARE, each.client.code, why="The agreed time of keeping is over.", step=step)
        for each in due
    ]
    if is_unfinished(reader):
        why = "An erasure was interrupted, and not all of it is gone."
        found.append(Item(Section.CARE, Matter.CARE, why=why, step=UNFINISHED))
    return tuple(found)


def executor_items(practice: Practice, reader: Reader) -> tuple[Item, ...]:
    """What is due for clinical executors: a pack, or showing that one opens, once a year (F35)."""
    states = pack_states(executors.executors(reader), executors.packs(reader), practice.clock())
    return tuple(
        Item(Section.CARE, Matter.CARE, since=each.pack.made if each.pack else None, why=each.says, step=each.next_step)
        for each in states
        if each.says
    )


def backup_items(practice: Practice, reader: Reader) -> tuple[Item, ...]:
    """That a backup is due, where it is."""
    now, zone = practice.clock(), practice.settings.zone
    newest = latest_backup(reader)
    made = newest.made if newest else None
    if not is_backup_due(made, journal.earliest_time(reader), practice.settings.backup_days, now):
        return ()
    sentence = backup_sentence(local_day(made, zone) if made else None, local_day(now, zone))
    return (Item(Section.CARE, Matter.CARE, since=made, why=sentence, step=NEXT),)
