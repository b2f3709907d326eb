"""The shapes of `--json`, as docs/commands.md states them: keys may be added, none renamed or dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from therapymail.cli.output import utc_text
from therapymail.domain.found import Hit, SearchResult
from therapymail.domain.kinds import Standing
from therapymail.domain.letter import Enclosure, Reading
from therapymail.domain.seal import Verdict

if TYPE_CHECKING:
    from therapymail.practice.doctor import Check
    from therapymail.practice.introduce import ClientOverview
    from therapymail.practice.judging import JudgedLetter
    from therapymail.practice.keys import HeldKey
    from therapymail.practice.open_file import OpenedFile

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
        "letters": overview.letters,
        "open_exchange": None,
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
        "pins": [{"fingerprint": pin.fingerprint, "verified": pin.verified} for pin in client.pins],
    }


def key_shape(key: HeldKey) -> Shape:
    """A key as `key list` gives it; `pinned_to` is a client code, "own" or null."""
    return {
        "fingerprint": key.fingerprint,
        "uids": list(key.uids),
        "created": utc_text(key.created),
        "expires": utc_text(key.expires),
        "can_encrypt": key.can_encrypt,
        "secret": key.secret,
        "pinned_to": key.pinned_to,
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
        "exchange": None,
        "tags": list(letter.tags),
        "accepted": letter.standing.value == "accepted",
        "standing": letter.standing.value,
        "state": letter.state.value,
        "notes": list(letter.notes),
        "verdict": verdict_shape(judged.verdict),
    }


def reading_shape(reading: Reading | None) -> Shape:
    """The text of a letter; null where it was not opened."""
    return {
        "text": reading.text if reading else None,
        "quoted": reading.quoted if reading else None,
        "unsealed_text": reading.unsealed_text if reading else "",
        "enclosures": [_enclosure(item) for item in reading.enclosures] if reading else [],
    }


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
        "tags": [],
        "accepted": False,
        "standing": None,
        "state": opened.state.value,
        "notes": list(opened.notes),
        "verdict": verdict_shape(opened.verdict),
        **reading_shape(opened.reading),
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


def check_shape(check: Check) -> Shape:
    """One finding of `doctor`."""
    level = "fault" if not check.ok else "warning" if check.is_warning else "ok"
    return {"name": check.name, "ok": check.ok, "level": level, "says": check.says, "next": check.next_step}


def _enclosure(item: Enclosure) -> Shape:
    return {"name": item.name, "type": item.media_type, "size": item.size}
