"""Shell completion: codes and names of letters and drafts, only while unlocked, never asking and never failing."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from therapymail.practice.practice import Practice

MOST_OFFERED = 50


def complete_client(context: typer.Context, incomplete: str) -> list[str]:
    """The client codes that begin as typed."""
    return _offered(context, incomplete, _codes)


def complete_letter(context: typer.Context, incomplete: str) -> list[str]:
    """The letter names that begin as typed, newest first."""
    return _offered(context, incomplete, _letter_names)


def complete_draft(context: typer.Context, incomplete: str) -> list[str]:
    """The names of drafts that begin as typed, newest first."""
    return _offered(context, incomplete, _draft_names)


def complete_queued(context: typer.Context, incomplete: str) -> list[str]:
    """The names of drafts in the outbox that begin as typed."""
    return _offered(context, incomplete, _queued_names)


def complete_note(context: typer.Context, incomplete: str) -> list[str]:
    """The names of notes that begin as typed; of process notes only once P is typed and they are unlocked."""
    return _offered(context, incomplete, _process_names if incomplete[:1].upper() == "P" else _note_names)


def complete_search(context: typer.Context, incomplete: str) -> list[str]:
    """What the last word of a search may go on as: a saved search, a filter, or a filter's value in use."""
    apart = _left_out(incomplete)
    typed = apart + ("" if apart.endswith(incomplete) else incomplete)
    bare = typed.lstrip("-(")
    before = typed[: len(typed) - len(bare)]
    found = [before + each for each in _found(context, lambda practice: _search_words(practice, bare))]
    fitting = [each for each in found if each.lower().startswith(typed.lower())]
    shown_from = len(apart) if apart.endswith(":") else 0  # what Bash puts in place of the word begins with an @ again
    return [_Offer(each[shown_from:]) for each in fitting] if apart else fitting


class _Offer(str):
    """What may stand in the place of a part of a word that Bash takes for the whole: it need not begin as typed."""

    __slots__ = ()

    def startswith(self, *_: object) -> bool:
        """Typer asks whether it begins as typed."""
        return True


def _left_out(incomplete: str) -> str:
    """What Bash leaves out of the word being typed: for it, `tag:gr` is the words `tag`, `:` and `gr`."""
    if os.environ.get("_THERAPYMAIL_COMPLETE") != "complete_bash":
        return ""
    words = os.environ.get("COMP_WORDS", "").split()
    if words[-1:] == [incomplete] and incomplete not in {":", "@"}:
        words.pop()
    match words:
        case [*_, field, ":"]:
            return f"{field}:"
        case [*_, "@"]:
            return "@"
        case _:
            return ""


def complete_place(context: typer.Context, incomplete: str) -> list[str]:
    """The client codes and the letter names that begin as typed."""
    return _offered(context, incomplete, lambda practice: [*_codes(practice), *_letter_names(practice)])


def complete_milestone(context: typer.Context, incomplete: str) -> list[str]:
    """The names of milestones that begin as typed."""
    return _offered(context, incomplete, _milestone_names)


def complete_bookmark(context: typer.Context, incomplete: str) -> list[str]:
    """The names of bookmarks that begin as typed."""
    return _offered(context, incomplete, _bookmark_names)


def complete_tag(context: typer.Context, incomplete: str) -> list[str]:
    """The tags in use, and those they stand below, that begin as typed."""
    return [tag for tag in _found(context, _tags) if tag.startswith(incomplete.lower())]


def complete_tag_change(context: typer.Context, incomplete: str) -> list[str]:
    """The tags in use, to be given with + or taken away with -, that begin as typed."""
    sign = incomplete[:1]
    if sign not in {"+", "-"}:
        return []
    return [sign + tag for tag in _found(context, _tags) if tag.startswith(incomplete[1:].lower())]


def _offered(context: typer.Context, incomplete: str, names: "Callable[[Practice], list[str]]") -> list[str]:
    """The names that begin as typed."""
    return [name for name in _found(context, names) if name.startswith(incomplete.upper())]


def _found(context: typer.Context, names: "Callable[[Practice], list[str]]") -> list[str]:
    """Nothing unless the practice is unlocked already; whatever is wrong, a shell prompt is no place to say it."""
    from therapymail.bootstrap import open_practice
    from therapymail.errors import TherapymailError

    home = context.find_root().params.get("home")
    try:
        practice = open_practice(home if isinstance(home, Path) else None, None, os.environ)
        return names(practice) if practice.session.is_open() else []
    except (TherapymailError, OSError):
        return []


def complete_letter_template(context: typer.Context, incomplete: str) -> list[str]:
    """The names of templates of letters that begin as typed."""
    return _offered(context, incomplete, _letter_template_names)


def _codes(practice: "Practice") -> list[str]:
    from therapymail.practice.search_words import codes_in_use

    return codes_in_use(practice)


def _letter_names(practice: "Practice") -> list[str]:
    from therapymail.practice.read import LettersRequest, list_letters

    return [str(item.letter.name) for item in list_letters(practice, LettersRequest(limit=MOST_OFFERED))]


def _draft_names(practice: "Practice") -> list[str]:
    from therapymail.practice.write import list_drafts

    return [str(view.draft.name) for view in list_drafts(practice)]


def _queued_names(practice: "Practice") -> list[str]:
    from therapymail.practice.outbox import list_outbox

    return [str(entry.draft) for entry in list_outbox(practice)]


def _note_names(practice: "Practice") -> list[str]:
    from therapymail.domain.note import NoteKind
    from therapymail.practice.note_reading import list_notes

    return [str(view.name) for view in list_notes(practice, NoteKind.PROGRESS)]


def _process_names(practice: "Practice") -> list[str]:
    from therapymail.domain.note import NoteKind
    from therapymail.practice.note_reading import list_notes
    from therapymail.practice.process_notes import notes_session

    if not notes_session(practice).is_open():
        return []
    return [str(view.name) for view in list_notes(practice, NoteKind.PROCESS)]


def _letter_template_names(practice: "Practice") -> list[str]:
    from therapymail.practice.letter_templates import letter_template_names

    return list(letter_template_names(practice))


def _tags(practice: "Practice") -> list[str]:
    from therapymail.practice.search_words import tags_in_use

    return tags_in_use(practice)


def _milestone_names(practice: "Practice") -> list[str]:
    from therapymail.practice.milestone import list_milestones

    return [str(view.milestone.name) for view in list_milestones(practice)]


def _bookmark_names(practice: "Practice") -> list[str]:
    from therapymail.practice.bookmark import list_bookmarks

    return [str(view.bookmark.name) for view in list_bookmarks(practice)]


def _feelings(practice: "Practice") -> list[str]:
    from therapymail.practice.feelings import feelings_of

    return [name for name in feelings_of(practice).families if " " not in name]


_VALUES_IN_USE: "dict[str, Callable[[Practice], list[str]]]" = {"tag": _tags, "client": _codes, "feeling": _feelings}


def _search_words(practice: "Practice", typed: str) -> list[str]:
    from therapymail.practice.search_words import search_words

    return search_words(practice, typed)
