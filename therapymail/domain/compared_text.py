"""Two letters beside each other as text; on a narrow screen one below the other."""

from collections.abc import Iterator, Mapping

from therapymail.domain.compared import Compared, LetterPortrait
from therapymail.domain.drawing import Line, Part, Piece, line_of, side_by_side
from therapymail.domain.kinds import Direction
from therapymail.domain.sanitise import sanitise_line
from therapymail.domain.text_width import broken, padded
from therapymail.domain.wording import count_words, local_text

BESIDE = 120  # columns from which on the two stand beside each other
_NARROWEST = 40
_NAME = 11
_GAP = 3


def compared_lines(compared: Compared, *, width: int = 80) -> list[Line]:
    """Both letters as lines of at most `width` columns (40 at least)."""
    room = max(width, _NARROWEST)
    between = count_words(compared.days_between, "day")
    heading = f"{compared.code}  {compared.one.name} beside {compared.other.name}, {between} between them"
    lines: list[Line] = [*(line_of(each, Part.HEADING) for each in broken(heading, room, 2)), ()]
    if room < BESIDE:
        return [
            *lines,
            *_portrait(compared.one, compared.zone, room),
            (),
            *_portrait(compared.other, compared.zone, room),
        ]
    half = (room - _GAP) // 2
    one, other = (list(_portrait(each, compared.zone, half)) for each in (compared.one, compared.other))
    return [*lines, *side_by_side(one, other, half + _GAP)]


def _portrait(portrait: LetterPortrait, zone: str, width: int) -> Iterator[Line]:
    part = Part.CLIENT if portrait.direction == Direction.IN else Part.THERAPIST
    yield line_of(f"{portrait.name}  {local_text(portrait.received, zone)}", part)
    for name, said in _told(portrait):
        for number, text in enumerate(broken(said, width - _NAME)):
            yield (Piece(padded(name if number == 0 else "", _NAME), Part.NAME), Piece(text))


def _told(portrait: LetterPortrait) -> Iterator[tuple[str, str]]:
    exchange = f", exchange {portrait.exchange}" if portrait.exchange is not None else ""
    yield "is", f"{portrait.kind}{exchange}"
    is_clients = portrait.direction == Direction.IN  # what is agreed is a limit of theirs
    agreed = f"; {portrait.word_limit} agreed for the exchange" if portrait.word_limit and is_clients else ""
    over = ", over it" if portrait.over_length and is_clients else ""
    yield "length", f"{count_words(portrait.words, 'word')}{agreed}{over}"
    if portrait.answered_hours is not None:
        whose = "answered after" if is_clients else "answers after"
        yield "time", f"{whose} {count_words(portrait.answered_hours, 'hour')}"
    yield "greeting", sanitise_line(portrait.greeting) or "none"
    yield "sign-off", sanitise_line(portrait.sign_off) or "none"
    yield "themes", ", ".join(portrait.tags) or "none"
    yield "feelings", _named(portrait.feelings) or "none named in cues"
    yield "cues", _named(portrait.cues) or "none"
    yield "questions", str(len(portrait.questions)) if portrait.questions else "none"
    for question in portrait.questions:
        yield "", sanitise_line(question)


def _named(found: Mapping[str, tuple[str, ...]]) -> str:
    return "; ".join(
        f"{sanitise_line(name)}: {', '.join(sanitise_line(word) for word in words)}" for name, words in found.items()
    )
