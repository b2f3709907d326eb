"""The letterbook as one page to keep or to print: complete in itself, with nothing in it that runs or is fetched."""

from collections.abc import Sequence

from therapymail.domain.letterbook import Letterbook
from therapymail.domain.note import NoteText
from therapymail.exports.letterbook_view import ShownBook, own_view, record_view
from therapymail.exports.page_templates import page_template


def letterbook_page(book: Letterbook, *, notes: Sequence[NoteText] = ()) -> str:
    """The therapist's letterbook as HTML, `notes` beside the letters they are about (PRODUCT F15)."""
    view = record_view(book, notes)
    return _page(view, f"{view.title}: letterbook")


def own_letterbook_page(book: Letterbook, *, therapist: str = "", client: str = "") -> str:
    """The client's own letterbook as HTML (PRODUCT F49): letters alone, names where they are given, no code."""
    view = own_view(book, therapist=therapist, client=client)
    return _page(view, view.title)


def _page(view: ShownBook, title: str) -> str:
    return page_template("letterbook.html").render(book=view, title=title) + "\n"
