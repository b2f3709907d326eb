"""What the journal keeps of an export: what, in which form, to whom; and that it survives a rebuild."""

from dataclasses import replace

from tests.vault.builders import NOW
from therapymail.domain.exporting import Exported, ExportEntry, Form
from therapymail.vault import journal
from therapymail.vault.connection import Vault
from therapymail.vault.exports_made import exports_made, note_export, note_export_failed
from therapymail.vault.rebuild import rebuild

MADE = ExportEntry(
    "c" * 32, Exported.RECORD, Form.JSON, 41, 3, 0, 93_000, "ab" * 32, to="F" * 40, reason="second opinion"
)


def test_exports_are_kept_newest_first_and_one_that_came_to_nothing_says_so(vault: Vault) -> None:
    with vault.writing() as writer:
        note_export(writer, MADE, NOW)
        named = note_export(writer, replace(MADE, client="", what=Exported.CALENDAR, form=Form.CALENDAR), NOW)
        note_export_failed(writer, named, NOW)
    with vault.writing() as writer:
        found = exports_made(writer)
        rebuild(writer)
        assert exports_made(writer) == found
        assert [(each.what, each.written) for each in found] == [(Exported.CALENDAR, False), (Exported.RECORD, True)]
        assert [replace(each, at=None) for each in exports_made(writer, "c" * 32)] == [MADE]
        assert journal.verify(writer).problems == ()
