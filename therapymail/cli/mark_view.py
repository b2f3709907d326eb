"""Tags, milestones and bookmarks on the screen and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from therapymail.cli.output import narrate, print_line, print_table, utc_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from therapymail.domain.names import LetterName
    from therapymail.domain.tags import RenamedTag, TagBranch
    from therapymail.practice.bookmark import BookmarkView
    from therapymail.practice.milestone import MilestoneView
    from therapymail.practice.pointing import PassageNow
    from therapymail.practice.tag import ExchangeTags, LetterTags, PassageTags

_MOST_CHARACTERS = 60  # of a passage's words in a list
_GONE = "(what stood there is gone)"


# --- tags ----------------------------------------------------------------------------------------------


def tags_shape(found: LetterTags | None, exchange: ExchangeTags | None) -> dict[str, Any]:
    """What is tagged of a letter, its passages and its exchange; without a letter, of an exchange alone."""
    from therapymail.cli.shapes import letter_shape

    return {
        "letters": [letter_shape(found.judged)] if found else [],
        "passages": [_passage_tags_shape(each) for each in found.passages] if found else [],
        "of_exchange": {"client": exchange.code, "exchange": exchange.number, "tags": list(exchange.tags)}
        if exchange
        else None,
    }


def _passage_tags_shape(tagged: PassageTags) -> dict[str, Any]:
    return {"letter": str(tagged.letter), **_passage_shape(tagged.passage), "tags": list(tagged.tags)}


def _passage_shape(passage: PassageNow | None) -> dict[str, Any]:
    """Where it stands in its letter's text, and its words; null where there is none, or it is gone."""
    place = passage.place if passage else None
    return {"passage": list(place) if place else None, "words": passage.words if passage and place else None}


def print_tags(found: LetterTags) -> None:
    """Every tag that a letter is found by, and what bears it."""
    letter = found.judged.letter
    print_line(f"{letter.name}: {_tags_text(letter.tags)}")
    for each in found.passages:
        print_line(passage_line(each))
    if found.exchange and found.exchange.tags:
        print_line(exchange_line(found.exchange))


def passage_line(tagged: PassageTags) -> str:
    """A passage, its words, and its tags."""
    return f"{_place_text(tagged.letter, tagged.passage)}  {_words_text(tagged.passage)}: {_tags_text(tagged.tags)}"


def exchange_line(exchange: ExchangeTags) -> str:
    """An exchange and its tags."""
    return f"{exchange.code} exchange {exchange.number}: {_tags_text(exchange.tags)}"


def _tags_text(tags: Sequence[str]) -> str:
    return ", ".join(tags) or "no tags"


def print_branches(branches: Sequence[TagBranch]) -> None:
    """Tags in their hierarchy, each with what bears it or one below it."""
    rows = [(f"{'  ' * each.depth}{each.tag}", *(str(number or "-") for number in each[3:6])) for each in branches]
    print_table(("TAG", "LETTERS", "PASSAGES", "EXCHANGES"), rows)


def branch_shape(branch: TagBranch) -> dict[str, Any]:
    """A tag: what bears it itself, and `within`, what bears it or one below it."""
    own = branch.own
    return {
        "tag": branch.tag,
        "count": own.count if own else 0,
        "passages": own.passages if own else 0,
        "exchanges": own.exchanges if own else 0,
        "within": {"letters": branch.letters, "passages": branch.passages, "exchanges": branch.exchanges},
    }


def renamed_shape(renamed: RenamedTag, searches: Sequence[str]) -> dict[str, Any]:
    """A tag that was renamed."""
    return {
        "old": renamed.old,
        "new": renamed.new,
        "joined": list(renamed.joins),
        "can_be_undone": renamed.can_be_undone,
        "searches": list(searches),
    }


def narrate_renamed(renamed: RenamedTag, searches: Sequence[str]) -> None:
    """That a tag is called otherwise, whether that can be undone, and which saved searches still ask for the old."""
    narrate(f"{renamed.old} is {renamed.new} now, with all below it.")
    if renamed.can_be_undone:
        narrate(f"`therapymail tags rename {renamed.new} {renamed.old}` undoes it.")
    else:
        narrate("Renaming back does not undo it: other things bore the new name before.")
    if searches:
        named = ", ".join(f"@{name}" for name in searches)
        narrate(f"Saved searches that ask for {renamed.old}: {named}. They find it no more.")


# --- milestones and bookmarks --------------------------------------------------------------------------


def milestone_shape(view: MilestoneView) -> dict[str, Any]:
    """A milestone; `day` is the client's."""
    found = view.milestone
    return {
        "milestone": str(found.name),
        "client": view.code,
        "kind": found.kind.value,
        "said": found.said,
        "day": found.day.isoformat(),
        "letter": str(view.letter) if view.letter else None,
        **_passage_shape(view.passage),
        "marked": utc_text(found.marked),
    }


def print_milestones(views: Sequence[MilestoneView]) -> None:
    """A table of milestones."""
    if not views:
        narrate("No milestones. See `therapymail milestone add --help`.")
        return
    rows = [
        (str(each.milestone.name), each.code, f"{each.milestone.day}", each.milestone.kind.value,
         _about(each.letter, each.passage), each.milestone.said)
        for each in views
    ]  # fmt: skip
    print_table(("ID", "CLIENT", "DAY", "KIND", "ABOUT", "WORDS"), rows, flexible=5)


def milestone_line(view: MilestoneView) -> str:
    """One milestone in a line."""
    found = view.milestone
    said = f": {found.said}" if found.said else ""
    return f"{found.name}  {view.code}  {found.day}  {found.kind.value}{said}"


def bookmark_shape(view: BookmarkView) -> dict[str, Any]:
    """A bookmark."""
    return {
        "bookmark": str(view.bookmark.name),
        "letter": str(view.letter) if view.letter else None,
        **_passage_shape(view.passage),
        "said": view.bookmark.said,
        "made": utc_text(view.bookmark.made),
    }


def print_bookmarks(views: Sequence[BookmarkView]) -> None:
    """A table of bookmarks."""
    if not views:
        narrate("No bookmarks. See `therapymail bookmark add --help`.")
        return
    rows = [
        (str(each.bookmark.name), _about(each.letter, each.passage), each.bookmark.said,
         _words_text(each.passage) if each.passage else "")
        for each in views
    ]  # fmt: skip
    print_table(("ID", "AT", "WHY", "WORDS"), rows, flexible=3)


def bookmark_line(view: BookmarkView) -> str:
    """One bookmark in a line."""
    said = f": {view.bookmark.said}" if view.bookmark.said else ""
    return f"{view.bookmark.name}  {_about(view.letter, view.passage)}{said}"


def _about(letter: LetterName | None, passage: PassageNow | None) -> str:
    if letter is None:
        return "-"
    return _place_text(letter, passage) if passage else str(letter)


def _place_text(letter: LetterName, passage: PassageNow) -> str:
    return f"{letter}:{passage.place[0]}-{passage.place[1]}" if passage.place else f"{letter}:?"


def _words_text(passage: PassageNow) -> str:
    if passage.place is None:
        return _GONE
    words = " ".join(passage.words.split())
    return f"“{words}”" if len(words) <= _MOST_CHARACTERS else f"“{words[: _MOST_CHARACTERS - 1]}…”"
