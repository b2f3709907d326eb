"""The certificate of an erasure (F32): that, when and why a record was destroyed, in counts, not whose it was. Pure.

It is kept in the vault and can be handed out. What it must never hold is anything the erasure took away.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from therapymail.domain.wording import count_words

JsonObject = dict[str, Any]


class ReasonKind(StrEnum):
    """Why a record was destroyed: the agreed time was over, or for a reason that the journal keeps."""

    RETENTION = "retention"
    REASON = "reason"


class EarlierBackup(NamedTuple):
    """A backup made before, which may still hold what was erased: when (UTC), and the file's SHA-256 in hex."""

    moment: datetime
    sha256: str


_SAID = {
    "letters": ("letter", "letters"),
    "drafts": ("draft", "drafts"),
    "notes": ("progress note", "progress notes"),
    "process_notes": ("process note", "process notes"),
    "tags": ("tag", "tags"),
    "marks": ("mark", "marks"),
    "agreements": ("agreement", "agreements"),
    "keys": ("key", "keys"),
    "addresses": ("address", "addresses"),
    "searches": ("saved search", "saved searches"),
    "places": ("noted place on the mail host", "noted places on the mail host"),
    "entries": ("journal entry", "journal entries"),
}
_NOT_COVERED = "Not covered: exported files, packs of a clinical executor, mail with the client, copies made by others."
_WHY = {
    ReasonKind.RETENTION: "the agreed time of keeping was over",
    ReasonKind.REASON: "for a reason that the practice's journal keeps",
}


def counted(counts: Mapping[str, int]) -> list[str]:
    """What goes, in words, without what there is none of: "12 letters", "1 note"."""
    return [count_words(counts[name], *words) for name, words in _SAID.items() if counts.get(name)]


def certificate(
    counts: Mapping[str, int],
    why: ReasonKind,
    moment: datetime,
    backups: Sequence[EarlierBackup],
    on_server: int | None,
) -> JsonObject:
    """The certificate as the vault keeps it; `on_server` is how many mails were removed there, None: not asked for."""
    return {
        "moment": moment.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "reason_kind": why.value,
        "counts": {**dict.fromkeys(("letters", "process_notes"), 0), **counts},
        "on_server": on_server,
        "backups": [
            {"moment": each.moment.isoformat(timespec="seconds").replace("+00:00", "Z"), "sha256": each.sha256}
            for each in backups
        ],
    }


def certificate_text(certified: JsonObject, mark: str = "") -> str:
    """The certificate as a page to keep or hand out; `mark` is the therapist's own reference, which is kept nowhere."""
    lines = [
        "Certificate of destruction",
        "",
        *([f"Reference: {mark}"] if mark else []),
        f"Destroyed: {certified['moment']} (UTC)",
        f"Why: {_WHY[ReasonKind(certified['reason_kind'])]}",
        "",
        "The record of one client of this practice was destroyed, with everything derived from it:",
        *(f"  {each}" for each in counted(certified["counts"])),
        "",
        "It was removed from the practice's files and its index, and the files were rewritten without it.",
        _of_server(certified["on_server"]),
        "",
    ]
    if certified["backups"]:
        lines += [
            "Backups made before may still hold it. They are sealed; destroy them, or let none be restored:",
            *(f"  {each['moment']}  SHA-256 {each['sha256']}" for each in certified["backups"]),
        ]
    else:
        lines.append("The practice's journal knows of no backup made before.")
    lines += ["", _NOT_COVERED, ""]
    return "\n".join(lines)


def _of_server(removed: int | None) -> str:
    if removed is None:
        return "The sealed letters on the mail host were left there."
    return f"On the mail host {count_words(removed, 'mail')} of it {'was' if removed == 1 else 'were'} removed."
