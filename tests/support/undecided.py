"""A mail of the fictional practice put back to where it waits for the therapist: the story accepts every one."""

from therapymail.domain.kinds import Standing
from therapymail.domain.names import LetterName
from therapymail.practice.demo.stage import Stage
from therapymail.vault.courses import bring_courses_up_to_date
from therapymail.vault.indexing import bring_index_up_to_date
from therapymail.vault.letters import letter
from therapymail.vault.stale import mark_stale

NOT_SEALED = "slate-w10-letter"


def not_yet_accepted(stage: Stage, mail_id: str = NOT_SEALED) -> Stage:
    """`stage` with this mail proposed again, as the sync had filed it; only its row, the journal stays."""
    with stage.practice.vault() as vault, vault.writing() as writer:
        found = letter(writer, LetterName.parse(stage.names[mail_id]))
        writer.run("UPDATE letter SET standing = ? WHERE id = ?", (Standing.PROPOSED.value, found.order))
        bring_index_up_to_date(writer, found.order)
        mark_stale(writer, found.client)
        bring_courses_up_to_date(writer)
    return stage
