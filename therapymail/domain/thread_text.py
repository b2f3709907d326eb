"""The thread of a theme as text: one mention below the other, with what the letter says and how long it was silent."""

from collections.abc import Iterator

from therapymail.domain.drawing import Line, Part, Piece, line_of
from therapymail.domain.lanes import Side
from therapymail.domain.sanitise import sanitise_line
from therapymail.domain.text_width import broken, kept_apart
from therapymail.domain.thread import Mention, Thread
from therapymail.domain.wording import count_words

_INDENT = "  "
_NARROWEST = 40


def thread_lines(thread: Thread, *, width: int = 80, plain: bool = False) -> list[Line]:
    """`thread` as lines of at most `width` columns (40 at least)."""
    room = max(width, _NARROWEST)
    letters = sum(each.side is Side.CLIENT for each in thread.mentions)
    others = len(thread.mentions) - letters
    counts = [count_words(letters, "mail of the client's", "mails of the client's")]
    counts += [count_words(others, "of the therapist's", "of the therapist's")] if others else []
    first, last = thread.mentions[0], thread.mentions[-1]
    span = f"first on {first.day} in {first.letter}"
    span += f", last on {last.day} in {last.letter}" if len(thread.mentions) > 1 else ""
    heading = f"{thread.code}  {kept_apart(thread.theme)}: {', '.join(counts)}; {span}"
    lines: list[Line] = [line_of(each, Part.HEADING) for each in broken(heading, room, 2)]
    for mention in thread.mentions:
        lines += [(), *_mention(mention, room, plain=plain)]
    return lines


def _mention(mention: Mention, width: int, *, plain: bool) -> Iterator[Line]:
    part = Part.CLIENT if mention.side is Side.CLIENT else Part.THERAPIST
    about = [
        f"exchange {mention.exchange}" if mention.exchange is not None else "",
        _silence(mention),
        ", ".join(tag for tag in mention.tags if len(mention.tags) > 1),
        ", ".join(sanitise_line(word) for word in mention.words),
    ]
    said = "  ".join(filter(None, about))
    for number, text in enumerate(broken(f"{mention.day}  {mention.letter}  {said}", width, 2)):
        yield line_of(text, part if number == 0 else Part.PLAIN)
    opened, closed = ('"', '"') if plain else ("“", "”")
    for each in mention.said:
        text = sanitise_line(each.text).replace("…", "...") if plain else sanitise_line(each.text)
        quoted = f"{opened}{text}{closed}" if each.is_passage else text
        for line in broken(quoted, width - len(_INDENT)):
            yield (Piece(_INDENT), Piece(line))


def _silence(mention: Mention) -> str:
    if mention.days_since is None:
        return "first"
    without = count_words(mention.letters_since or 0, "letter") + " without it between"
    later = f"{count_words(mention.days_since, 'day')} later"
    return f"{later}, {without}" if mention.letters_since else later
