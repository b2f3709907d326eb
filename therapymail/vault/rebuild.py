"""Deriving every projection again from journal and originals: the proof that nothing else is needed."""

# Imported so that each registers how its entries are carried out.
from therapymail.vault import (
    agreements,
    backups_made,
    bookmarks,
    bounces,
    certificates,
    clients,
    corrections,
    decisions,
    erasures,
    exchange_tags,
    executors,
    exports_made,
    filed_letters,
    images,
    index,
    key_changes,
    key_lookups,
    milestones,
    notices,
    outbox,
    own_keys,
    passage_tags,
    pins,
    recovery_kits,
    rereads,
    restored,
    retention,
    saved_searches,
    sent,
    statuses,
    tags,
)
from therapymail.vault.block_filling import fill_all_blocks
from therapymail.vault.blocks import BLOCK_TABLES
from therapymail.vault.connection import Writer
from therapymail.vault.courses import bring_courses_up_to_date
from therapymail.vault.notes_store import NOTE_INDEX_TABLES, NOTE_PROJECTIONS, empty_note_index
from therapymail.vault.projection import derive_again
from therapymail.vault.stale import mark_all_stale

__all__ = ["INDEX_TABLES", "PROJECTIONS", "rebuild"]

# In the order in which they can be emptied: what refers before what it refers to.
PROJECTIONS = (
    *NOTE_PROJECTIONS,
    "executor_pack",
    "executor",
    "recovery_kit",
    "own_key_past",
    "backup_checked",
    "backup_made",
    "legal_hold",
    "retention",
    "erasure",
    "exchange_letter",
    "exchange",
    "course",
    "bounce",
    "letter_sent_again",
    "exchange_correction",
    "agreement",
    "client_status",
    "passage_tag",
    "exchange_tag",
    "letter_bookmark",
    "letter_read",
    "letter_reread",
    "milestone_place",
    "milestone",
    "image",
    "letter_tag",
    "letter_sent",
    "letter_reference",
    "letter_signature",
    "letter",
    "erased_letter",
    "invitation",
    "saved_search",
    "key_change",
    "pin_part",
    "pin_retired",
    "certificate_part",
    "certificate",
    "pin",
    "client_counter",
    "client_address",
    "client",
)
# Emptied by `index.empty_index` and `empty_note_index`.
INDEX_TABLES = ("letter_index", "letter_indexed", "index_language", *BLOCK_TABLES, *NOTE_INDEX_TABLES)
_NOUNS = (
    *(agreements, backups_made, bookmarks, bounces, certificates, clients, corrections, decisions, erasures),
    *(exchange_tags, executors, exports_made, filed_letters, images, key_changes, key_lookups, milestones, notices),
    *(outbox, own_keys, passage_tags, pins, recovery_kits, rereads, restored, retention, saved_searches),
    *(sent, statuses, tags),
)


def rebuild(writer: Writer) -> int:
    """Empty the projections and the index and derive them again; the number of entries carried out.

    Journal, originals, texts and working state are not touched. Exchanges are found last, from all the rest.
    Raises VaultDamaged for an entry this version does not know.
    """
    index.empty_index(writer)
    empty_note_index(writer)
    carried_out = derive_again(writer, PROJECTIONS)
    mark_all_stale(writer)
    bring_courses_up_to_date(writer)
    fill_all_blocks(writer)
    return carried_out
