"""Records whose agreed time is over, and an erasure that was interrupted."""

from collections.abc import Iterator

from therapymail.domain.wording import count_words
from therapymail.practice.checks.check import Check
from therapymail.practice.keeping import UNFINISHED, kept_records
from therapymail.practice.practice import Practice
from therapymail.vault.erasing import is_unfinished


def look_at_keeping(practice: Practice) -> Iterator[Check]:
    """What is due to be erased, and what was begun. Raises VaultDamaged, FileUnusable."""
    if not practice.session.is_open():
        yield Check("keeping", ok=True, says="Locked, so not examined.", next_step="")
        return
    with practice.vault() as vault, vault.reading() as reader:
        unfinished = is_unfinished(reader)
    if unfinished:
        says = "An erasure was interrupted, and not all of it is gone."
        yield Check("keeping", ok=False, says=says, next_step=UNFINISHED)
    records = kept_records(practice)
    due = [each.client.code for each in records if each.is_due]
    if due:
        says = f"The agreed time is over for {count_words(len(due), 'record')}: {', '.join(due)}."
        yield Check("keeping", ok=True, says=says, next_step="See `therapymail retention due`.")
    elif not unfinished:
        agreed = sum(each.rule is not None for each in records)
        yield Check("keeping", ok=True, says=f"Nobody's time is over; agreed for {agreed} of {len(records)}.")
