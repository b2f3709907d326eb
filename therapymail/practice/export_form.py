"""The text of an export in the form that was asked for; each form's renderer is loaded when it is needed."""

from typing import NamedTuple

from therapymail.domain.exporting import Exported, Form
from therapymail.domain.letterbook import Letterbook
from therapymail.domain.note import NoteText
from therapymail.domain.timeline import Timeline
from therapymail.practice.export_value import Gathered


class OwnNames(NamedTuple):
    """The names that stand above letters; empty: none do."""

    therapist: str = ""
    client: str = ""


def rendered_text(what: Exported, form: Form, gathered: Gathered, *, for_client: bool, names: OwnNames) -> str:
    """The whole file as text."""
    match what:
        case Exported.RECORD:
            from therapymail.exports.record_json import record_json

            assert gathered.record is not None
            return record_json(gathered.record)
        case Exported.EXCHANGES:
            return _exchanges(form, gathered)
        case Exported.TIMELINE:
            assert gathered.timeline is not None
            return _timeline(form, gathered.timeline, gathered)
        case _:
            assert gathered.book is not None
            if for_client:
                return _own_letterbook(form, gathered.book, names)
            notes = (*gathered.notes, *(gathered.process_notes or ()))
            return _letterbook(form, gathered.book, notes, anonymised=gathered.anonymised)


def _letterbook(form: Form, book: Letterbook, notes: tuple[NoteText, ...], *, anonymised: bool) -> str:
    if form is Form.JSON:
        from therapymail.exports.record_json import letterbook_json

        return letterbook_json(book, anonymised=anonymised)
    if form is Form.MARKDOWN:
        from therapymail.exports.letterbook_markdown import letterbook_markdown

        return letterbook_markdown(book, notes=notes)
    from therapymail.exports.letterbook_page import letterbook_page

    return letterbook_page(book, notes=notes)


def _own_letterbook(form: Form, book: Letterbook, names: OwnNames) -> str:
    if form is Form.JSON:
        from therapymail.exports.record_json import own_letterbook_json

        return own_letterbook_json(book)
    if form is Form.MARKDOWN:
        from therapymail.exports.letterbook_markdown import own_letterbook_markdown

        return own_letterbook_markdown(book, therapist=names.therapist, client=names.client)
    from therapymail.exports.letterbook_page import own_letterbook_page

    return own_letterbook_page(book, therapist=names.therapist, client=names.client)


def _timeline(form: Form, timeline: Timeline, gathered: Gathered) -> str:
    if form is Form.JSON:
        from therapymail.exports.record_json import timeline_json

        return timeline_json(timeline, gathered.made, anonymised=gathered.anonymised)
    if form is Form.MARKDOWN:
        from therapymail.exports.timeline_markdown import timeline_markdown

        return timeline_markdown(timeline)
    from therapymail.exports.timeline_page import timeline_page

    return timeline_page(timeline, gathered.book)


def _exchanges(form: Form, gathered: Gathered) -> str:
    if form is Form.JSON:
        from therapymail.exports.record_json import exchanges_json

        code = "CLIENT" if gathered.anonymised else gathered.client.code
        return exchanges_json(code, gathered.exchanges, gathered.made, anonymised=gathered.anonymised)
    from therapymail.exports.exchanges_csv import exchanges_csv

    return exchanges_csv(gathered.exchanges)
