"""What was exported, as entries of the journal about their client: what, in which form, to whom; never where to."""

import json
from dataclasses import replace
from datetime import datetime

from therapymail.domain.exporting import Exported, ExportEntry, Form
from therapymail.domain.journal import Entry
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.journal import Payload, entry_name
from therapymail.vault.moments import from_microseconds
from therapymail.vault.projection import projects, record
from therapymail.vault.storable import storable

EXPORT_MADE, EXPORT_FAILED = "export.made", "export.failed"


def note_export(writer: Writer, made: ExportEntry, now: datetime) -> str:
    """Note an export; how its entry is named."""
    payload: Payload = {
        "what": made.what.value,
        "form": made.form.value,
        "letters": made.letters,
        "notes": made.notes,
        "process_notes": made.process_notes,
        "size": made.size,
        "sha256": made.sha256,
        "to": made.to,
        "for_client": made.for_client,
        "anonymised": made.anonymised,
        "reason": storable(made.reason),
    }
    entry = record(writer, EXPORT_MADE, made.client, payload, now)
    return entry_name(entry.device, entry.sequence)


def note_export_failed(writer: Writer, named: str, now: datetime) -> None:
    """Note that the export of the entry `named` came to nothing after all: no file of it is there."""
    record(writer, EXPORT_FAILED, named, {}, now)


def exports_made(reader: Reader, client: str | None = None) -> list[ExportEntry]:
    """Every export, newest first; of one client (identity) or of all. Reads the whole journal."""
    failed = {about for (about,) in reader.rows("SELECT about FROM journal WHERE what = ?", (EXPORT_FAILED,))}
    rows = reader.rows(
        "SELECT journal.device, journal.sequence, time, about, payload FROM journal JOIN journal_payload"
        " USING (device, sequence) WHERE what = ? ORDER BY time DESC, journal.device DESC, journal.sequence DESC",
        (EXPORT_MADE,),
    )
    found = []
    for device, sequence, time, about, payload in rows:
        if client is None or about == client:
            made = _entry(about, json.loads(payload))
            written = entry_name(device, sequence) not in failed
            found.append(replace(made, at=from_microseconds(time), written=written))
    return found


def _entry(client: str, payload: Payload) -> ExportEntry:
    return ExportEntry(
        client=client,
        what=Exported(payload["what"]),
        form=Form(payload["form"]),
        letters=payload["letters"],
        notes=payload["notes"],
        process_notes=payload["process_notes"],
        size=payload["size"],
        sha256=payload["sha256"],
        to=payload["to"],
        for_client=payload["for_client"],
        anonymised=payload["anonymised"],
        reason=payload["reason"],
    )


@projects(EXPORT_MADE)
def _made(_writer: Writer, _entry: Entry, _payload: Payload) -> None:
    """Nothing is derived from it: the journal is where it is looked up."""


@projects(EXPORT_FAILED)
def _failed(_writer: Writer, _entry: Entry, _payload: Payload) -> None:
    """Nothing is derived from it either."""
