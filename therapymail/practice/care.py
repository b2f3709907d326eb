"""What the practice itself asks for today, beside its clients: backups and packs."""

from therapymail.domain.backup_age import NEXT
from therapymail.domain.executor import pack_states
from therapymail.domain.today import Item, Matter, Section
from therapymail.practice.checks.backup import backup_standing
from therapymail.practice.keeping import UNFINISHED, records_in
from therapymail.practice.practice import Practice
from therapymail.vault import executors
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
    found = backup_standing(practice, reader)
    return (Item(Section.CARE, Matter.CARE, since=found.made, why=found.says, step=NEXT),) if found.is_due else ()
