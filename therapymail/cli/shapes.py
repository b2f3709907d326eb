"""The shapes of `--json`, as docs/commands.md states them: keys may be added, none renamed or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from therapymail.cli.key_shapes import key_change_shape, key_event_shape, parts_shape
from therapymail.cli.output import utc_text
from therapymail.cli.program_view import programs_shape
from therapymail.cli.unsealed_view import invitation_shape
from therapymail.domain.draft import DraftEnclosure
from therapymail.domain.found import Hit, SearchResult
from therapymail.domain.key_change import stops_letters
from therapymail.domain.key_fault import KeyFault
from therapymail.domain.kinds import Standing
from therapymail.domain.letter import Enclosure, Reading
from therapymail.domain.outbox_text import reason_phrase
from therapymail.domain.seal import Verdict
from therapymail.domain.spoken_fingerprint import spoken_words

if TYPE_CHECKING:
    from therapymail.domain.arrangement import Piece
    from therapymail.domain.client import Confirmation, PinnedKey
    from therapymail.domain.departure import Proof
    from therapymail.domain.found_key import KeyCandidate, KeyPlace
    from therapymail.domain.outbox import OutboxEntry
    from therapymail.practice.doctor import Check
    from therapymail.practice.introduce import ClientOverview
    from therapymail.practice.judging import JudgedLetter
    from therapymail.practice.keys import HeldKey
    from therapymail.practice.open_file import OpenedFile
    from therapymail.practice.write import DraftView

Shape = dict[str, Any]


def client_shape(overview: ClientOverview) -> Shape:
    """A client as `client list` gives it: no name, no address."""
    client = overview.client
    pin = client.pins[0] if client.pins else None
    return {
        "code": client.code,
        "status": client.status.value,
        "fingerprint": pin.fingerprint if pin else None,
        "verified": bool(pin and pin.verified),
        "expires": utc_text(overview.keys[0].expires) if overview.keys else None,
        "letters": overview.letters,
        "key_change": stops_letters(overview.changes),
        "open_exchange": overview.open_exchange,
        "since": utc_text(overview.said.since) if overview.said else None,
        "ending": overview.said.ending.value if overview.said and overview.said.ending else None,
    }


def whole_client_shape(overview: ClientOverview) -> Shape:
    """A client as `client show` gives it, with what identifies them."""
    client = overview.client
    return {
        **client_shape(overview),
        "name": client.name,
        "write_to": client.write_to,
        "writes_from": list(client.writes_from),
        "zone": client.zone,
        "added": utc_text(client.added),
        "pins": [_pin(key) for key in overview.keys],
        "invited": invitation_shape(overview.invited),
        "candidates": [_candidate(each) for each in overview.candidates],
        "programs": programs_shape(overview),
        "key_changes": [key_change_shape(change) for change in overview.changes],
        "key_history": [key_event_shape(event) for event in overview.history],
    }


def _pin(key: PinnedKey) -> Shape:
    return {
        "fingerprint": key.fingerprint,
        "words": " ".join(spoken_words(key.fingerprint)),
        "verified": key.confirmed is not None,
        **_confirmation(key.confirmed),
        "expires": utc_text(key.expires),
        "revoked": key.revoked,
        "another_address": key.another_address,
        "retired": utc_text(key.retired),
        "part": key.part,
        "parts": parts_shape(key.parts),
    }


def _candidate(candidate: KeyCandidate) -> Shape:
    return {
        "fingerprint": candidate.certificate.fingerprint,
        "words": " ".join(spoken_words(candidate.certificate.fingerprint)),
        "signs": candidate.signs,
        "found": [_place(place) for place in candidate.places],
    }


def _place(place: KeyPlace) -> Shape:
    return {
        "letter": str(place.letter) if place.letter else None,
        "received": utc_text(place.received),
        "source": place.source.value,
        "signs": place.signs,
    }


def _confirmation(confirmed: Confirmation | None) -> Shape:
    return {
        "confirmed": utc_text(confirmed.at) if confirmed else None,
        "confirmed_how": confirmed.how if confirmed else None,
    }


def key_shape(key: HeldKey) -> Shape:
    """A key as `key list` gives it; `pinned_to` is a client code, "own" or null."""
    return {
        "fingerprint": key.fingerprint,
        "words": " ".join(spoken_words(key.fingerprint)),
        "uids": list(key.uids),
        "created": utc_text(key.created),
        "expires": utc_text(key.expires),
        "can_encrypt": key.can_encrypt,
        "secret": key.secret,
        "revoked": key.fault is KeyFault.REVOKED,
        "pinned_to": key.pinned_to,
        "found": [_place(place) for place in key.found],
        "part": key.part,
        "parts": parts_shape(key.parts),
        "old": key.is_old,
        **_confirmation(key.confirmed),
    }


def verdict_shape(verdict: Verdict) -> Shape:
    """What the seal proved."""
    return {
        "encrypted": verdict.encrypted.value,
        "signature": verdict.signature.value,
        "signer": verdict.signer,
        "key": verdict.key.value if verdict.key else None,
        "repaired": verdict.repaired,
        "notes": list(verdict.notes),
    }


def letter_shape(judged: JudgedLetter) -> Shape:
    """A letter as `letters` gives it."""
    letter = judged.letter
    return {
        "id": str(letter.name) if letter.name else None,
        "client": letter.code or None,
        "direction": letter.direction.value,
        "kind": letter.kind.value,
        "written": utc_text(letter.written),
        "received": utc_text(letter.received),
        "subject": letter.subject,
        "words": letter.words,
        "exchange": judged.exchange,
        "after_closing": judged.after_closing,
        "about": str(judged.failed) if judged.failed else None,
        "tags": list(letter.tags),
        "accepted": letter.standing.value == "accepted",
        "standing": letter.standing.value,
        "state": letter.state.value,
        "notes": list(letter.notes),
        "verdict": verdict_shape(judged.verdict),
    }


def reading_shape(reading: Reading | None, files: Sequence[Verdict | None] = ()) -> Shape:
    """The text of a letter, null where it was not opened; `files` are what signatures of enclosures prove.

    `in_order` are own and quoted words as they stand, null where that is not known.
    """
    judged = zip_longest(reading.enclosures if reading else (), files)
    return {
        "text": reading.text if reading else None,
        "quoted": reading.quoted if reading else None,
        "in_order": [stretch_shape(each) for each in reading.pieces] if reading and reading.is_ordered else None,
        "unsealed_text": reading.unsealed_text if reading else "",
        "enclosures": [_received(item, verdict) for item, verdict in judged],
    }


def stretch_shape(piece: Piece) -> Shape:
    """A stretch of a letter: the author's own words or quoted ones, and from which character of all of their sort."""
    return {"text": piece.text, "quoted": piece.quoted, "from": piece.first}


def opened_file_shape(opened: OpenedFile) -> Shape:
    """A mail that `open` read: the same keys as a letter's, empty where only the record knows."""
    return {
        "id": None,
        "client": opened.client.code if opened.client else None,
        "direction": opened.direction.value,
        "kind": None,
        "written": utc_text(opened.written),
        "received": None,
        "subject": opened.reading.subject if opened.reading else "",
        "words": opened.reading.words if opened.reading else 0,
        "exchange": None,
        "after_closing": False,
        "about": None,
        "tags": [],
        "accepted": False,
        "standing": None,
        "state": opened.state.value,
        "notes": list(opened.notes),
        "verdict": verdict_shape(opened.verdict),
        "author": opened.author,
        **reading_shape(opened.reading, opened.files),
    }


def search_shape(answer: SearchResult) -> Shape:
    """The answer to a search; `marks` are the ranges of `snippet` that were searched for."""
    total = {"total": answer.total} if answer.is_exact else {"total_at_least": answer.total}
    return {
        "hits": [_hit(hit) for hit in answer.hits],
        **total,
        "coverage": {"searchable": answer.coverage.searchable, "total": answer.coverage.total},
    }


def _hit(hit: Hit) -> Shape:
    letter = hit.letter
    marks = [list(mark) for mark in hit.snippet.marks]
    return {
        "letter": str(letter.name) if letter.name else None,
        "received": utc_text(letter.received),
        "accepted": letter.standing is Standing.ACCEPTED,
        "snippet": hit.snippet.text,
        "marks": marks,
    }


def draft_shape(view: DraftView) -> Shape:
    """A draft as `drafts` lists it, without what is written."""
    draft = view.draft
    return {
        "draft": str(draft.name),
        "client": draft.code,
        "kind": draft.kind.value,
        "subject": draft.content.subject,
        "words": draft.content.words,
        "answers": str(view.answers) if view.answers else None,
        "created": utc_text(draft.created),
        "changed": utc_text(draft.changed),
        "state": view.entry.state.value if view.entry else "draft",
        "enclosures": [{**_enclosure(item), "notes": list(item.notes)} for item in draft.enclosures],
    }


def whole_draft_shape(view: DraftView) -> Shape:
    """One draft with what is written."""
    return {**draft_shape(view), "text": view.draft.content.text}


def entry_shape(entry: OutboxEntry) -> Shape:
    """A letter in the outbox; `letter` is its name once it is sent, `reason` why it has not left, in words."""
    return {
        "draft": str(entry.draft),
        "letter": str(entry.letter) if entry.letter else None,
        "client": entry.code,
        "state": entry.state.value,
        "leaves_at": utc_text(entry.leaves_at),
        "hold_ends": utc_text(entry.hold_ends),
        "tries_from": utc_text(entry.tries_from),
        "attempts": entry.attempts,
        "reason": reason_phrase(entry) or None,
        "obstacle": entry.obstacle.value if entry.obstacle else None,
        "hindrances": list(entry.hindrances),
        "sent": utc_text(entry.sent_at),
    }


def proof_shape(proof: Proof | None) -> Shape | None:
    """The proof before send of a letter that left from here; null for any other."""
    if proof is None:
        return None
    return {"sha256": proof.digest, "sealed_to": list(proof.sealed_to), "checks": list(proof.checks)}


def check_shape(check: Check) -> Shape:
    """One finding of `doctor`."""
    level = "fault" if not check.ok else "warning" if check.is_warning else "ok"
    return {"name": check.name, "ok": check.ok, "level": level, "says": check.says, "next": check.next_step}


def _received(item: Enclosure, verdict: Verdict | None) -> Shape:
    """An enclosure of a letter; `signature` and `signer` are of a detached signature of its own."""
    return {
        **_enclosure(item),
        "outside": item.outside,
        "signature": verdict.signature.value if verdict else None,
        "signer": verdict.signer if verdict else None,
    }


def _enclosure(item: Enclosure | DraftEnclosure) -> Shape:
    return {"name": item.name, "type": item.media_type, "size": item.size}
