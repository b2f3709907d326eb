"""What a letter brings of keys, kept as it is filed: candidates, and what speaks for another key of its author."""

from datetime import datetime

from therapymail.domain.letter import Filing
from therapymail.vault import key_changes
from therapymail.vault.autocrypt_offers import note_offer
from therapymail.vault.connection import Writer
from therapymail.vault.key_candidates import note_found
from therapymail.vault.key_changes import NoticedIn
from therapymail.vault.letters import clients_answered


def note_keys(writer: Writer, filing: Filing, now: datetime) -> None:
    """Keep what keys came with a client's letter, whose original is kept, as candidates, and what they speak for."""
    if filing.offer is not None and filing.original is not None:
        note_offer(writer, filing.digest, filing.offer)
    if not filing.keys or filing.original is None:
        return
    if filing.client is not None:
        note_found(writer, filing.client, filing.digest, filing.received, filing.keys)
    for key in filing.keys:
        if filing.client is not None and key.parts:
            key_changes.recognise(writer, filing.client, key.fingerprint, key.parts, now)
        if key.noticed is not None:
            answered = clients_answered(writer, filing.in_reply_to, only_ours=True)
            mail = NoticedIn(filing.digest, filing.received, key.noticed.client in answered)
            key_changes.note(writer, key.noticed, mail, now)
