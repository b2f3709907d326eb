"""The timeline as one page: lanes drawn, the same in words, and where asked the letters that its marks lead to."""

from collections.abc import Sequence

from therapymail.domain.letterbook import Letterbook
from therapymail.domain.note import NoteText
from therapymail.domain.timeline import Timeline
from therapymail.exports.letterbook_view import ShownBook, record_view
from therapymail.exports.page_templates import page_template
from therapymail.exports.picture import NARROW, WIDE
from therapymail.exports.timeline_drawing import bands_of
from therapymail.exports.timeline_view import TimelineTargets, lines_of, milestones_of, table_of


def timeline_page(timeline: Timeline, book: Letterbook | None = None, *, notes: Sequence[NoteText] = ()) -> str:
    """The timeline as HTML (PRODUCT F14); with `book` the letters follow it, `notes` beside them."""
    view = record_view(book, notes) if book else None
    targets = TimelineTargets(_anchors(view) if view else ())
    page = page_template("timeline.html").render(
        code=timeline.code,
        lines=lines_of(timeline),
        wide=bands_of(timeline, WIDE, targets),
        narrow=bands_of(timeline, NARROW, targets),
        milestones=milestones_of(timeline, targets),
        table=table_of(timeline, targets),
        book=view,
    )
    return page + "\n"


def _anchors(view: ShownBook) -> list[str]:
    letters = [letter for chapter in view.chapters for letter in chapter.letters]
    notes = [note for letter in letters for note in letter.notes]
    return [*(each.anchor for each in letters), *(each.anchor for each in (*notes, *view.loose))]
