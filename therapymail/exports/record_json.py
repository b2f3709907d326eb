"""A client's record, letterbook or exchanges as JSON, in the shapes of docs/export.schema.json."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from therapymail.domain.agreement import Agreement
from therapymail.domain.agreement_terms import terms_as_json
from therapymail.domain.exchange_shape import exchange_shape, moment_shape
from therapymail.domain.letter import Enclosure
from therapymail.domain.letterbook import Entry, Letterbook, MilestoneMark
from therapymail.domain.record import Record, ToldExchange, ToldMilestone, ToldNote
from therapymail.domain.timeline import Timeline
from therapymail.domain.timeline_json import timeline_as_json
from therapymail.exports.json_text import json_text

VERSION = 1
Shape = dict[str, Any]


def record_json(record: Record) -> str:
    """The record whole."""
    book = record.book
    return json_text(
        {
            **_head("record", record.made, anonymised=record.anonymised),
            "client": {
                "code": book.code,
                "status": record.status,
                "zone": book.zone,
                "added": moment_shape(record.added),
                "name": record.name or None,
                "addresses": list(record.addresses),
            },
            "agreements": [_agreement(each) for each in record.agreements],
            "exchanges": [exchange_shape(each) for each in record.exchanges],
            "exchange_tags": [{"exchange": each.exchange, "tags": list(each.tags)} for each in book.exchange_tags],
            "letters": [
                {
                    **_letter(each, with_digest=not record.anonymised),
                    "verdict": _verdict(each, with_signer=not record.anonymised),
                }
                for each in book.entries
            ],
            "milestones": [_milestone(each) for each in record.milestones],
            "notes": [_note(each) for each in record.notes],
            "process_notes": None if record.process_notes is None else [_note(each) for each in record.process_notes],
        }
    )


def letterbook_json(book: Letterbook, *, anonymised: bool = False) -> str:
    """The correspondence in order, without notes."""
    letters = [_letter(each, with_digest=not anonymised) for each in book.entries]
    head = _head("letterbook", book.now, anonymised=anonymised)
    return json_text({**head, "client": book.code, "letters": letters})


def own_letterbook_json(book: Letterbook) -> str:
    """The client's own: what both wrote, and when; nothing that the therapist made of it, and no code (F49)."""
    letters = [
        {
            "from": "client" if each.letter.direction.value == "in" else "therapist",
            "at": moment_shape(each.letter.written or each.letter.received),
            "subject": each.letter.subject,
            "text": each.text,
            "quoted": each.quoted,
            "enclosures": [one.name for one in each.enclosures],
        }
        for each in book.entries
    ]
    return json_text({"export": "own-letterbook", "version": VERSION, "letters": letters})


def exchanges_json(code: str, exchanges: Sequence[ToldExchange], made: datetime, *, anonymised: bool = False) -> str:
    """The exchanges of a client: counts, days and names of letters, and not a word of any."""
    listed = [exchange_shape(each) for each in exchanges]
    return json_text({**_head("exchanges", made, anonymised=anonymised), "client": code, "exchanges": listed})


def timeline_json(timeline: Timeline, made: datetime, *, anonymised: bool = False) -> str:
    """The timeline with every mark and what it stands for, as `timeline --json` gives it."""
    return json_text({**_head("timeline", made, anonymised=anonymised), **timeline_as_json(timeline)})


def _head(what: str, made: datetime, *, anonymised: bool) -> Shape:
    return {"export": what, "version": VERSION, "made": moment_shape(made), "anonymised": anonymised}


def _letter(entry: Entry, *, with_digest: bool) -> Shape:
    letter = entry.letter
    is_opened = letter.state.value == "opened"
    return {
        "id": str(letter.name) if letter.name else None,
        "sha256": letter.digest.hex() if with_digest else None,
        "direction": letter.direction.value,
        "kind": letter.kind.value,
        "state": letter.state.value,
        "received": moment_shape(letter.received),
        "written": moment_shape(letter.written),
        "exchange": entry.exchange,
        "after_closing": entry.chapter.after_closing,
        "subject": letter.subject,
        "words": letter.words,
        "text": entry.text if is_opened else None,
        "quoted": entry.quoted if is_opened else None,
        "pieces": [{"text": piece.text, "quoted": piece.quoted} for piece in entry.pieces],
        "in_order": entry.ordered,
        "unsealed_text": entry.unsealed_text,
        "enclosures": [_enclosure(each) for each in entry.enclosures],
        "tags": list(letter.tags),
        "passages": [{"tag": each.tag, "first": each.first, "end": each.end} for each in entry.passages],
        "cues": [
            {"kind": each.kind.value, "words": each.words, "first": each.start, "end": each.end} for each in entry.cues
        ],
        "milestones": [_mark(each) for each in entry.milestones],
    }


def _enclosure(enclosure: Enclosure) -> Shape:
    return {
        "name": enclosure.name,
        "type": enclosure.media_type,
        "size": enclosure.size,
        "outside": enclosure.outside,
    }


def _mark(mark: MilestoneMark) -> Shape:
    return {"kind": mark.kind, "said": mark.said, "day": mark.day.isoformat(), "first": mark.first, "end": mark.end}


def _verdict(entry: Entry, *, with_signer: bool) -> Shape | None:
    found = entry.verdict
    if found is None:
        return None
    return {
        "encrypted": found.encrypted.value,
        "signature": found.signature.value,
        "signer": found.signer if with_signer else None,
        "key": found.key.value if found.key else None,
        "repaired": found.repaired,
        "notes": list(found.notes),
    }


def _agreement(agreement: Agreement) -> Shape:
    return {
        "version": agreement.version,
        "starts": moment_shape(agreement.starts),
        "made": moment_shape(agreement.made),
        "withdrawn": moment_shape(agreement.withdrawn),
        "terms": terms_as_json(agreement.terms),
    }


def _milestone(milestone: ToldMilestone) -> Shape:
    return {
        "id": milestone.name,
        "kind": milestone.kind,
        "said": milestone.said,
        "day": milestone.day.isoformat(),
        "letter": milestone.letter or None,
    }


def _note(told: ToldNote) -> Shape:
    note = told.note.note
    return {
        "id": told.name,
        "format": note.format,
        "written": moment_shape(note.written),
        "changed": moment_shape(note.changed),
        "locks": moment_shape(note.locks),
        "letter": told.letter or None,
        "exchange": told.exchange,
        "passage": told.quoted or None,
        "text": told.note.text,
        "amendments": [{"written": moment_shape(each.written), "text": each.text} for each in told.note.amendments],
    }
