"""The words for what a look over a draft finds: other clients that it names, and remarks. Calm, and once each."""

from collections.abc import Iterable

from therapymail.domain.foreign_names import Foreign, Mark, Spot
from therapymail.domain.looking_over import Remark, Remarked
from therapymail.domain.wording import count_words

_MARK = {
    Mark.NAME: "the name of {code}",
    Mark.CODE: "the code {code}",
    Mark.ADDRESS: "an address of {code}",
    Mark.KEY: "the key of {code}",
}
_SPOT = {
    Spot.SUBJECT: "The subject has {what}.",
    Spot.TEXT: "Line {line} of the text has {what}.",
    Spot.QUOTATION: "Line {line}, which quotes your client, has {what}.",
    Spot.ENCLOSURE: "The name of enclosure {line} has {what}.",
}


def foreign_sentence(foreign: Foreign) -> str:
    """Where a draft names another client; the name itself is not repeated."""
    what = _MARK[foreign.mark].format(code=foreign.code)
    return _SPOT[foreign.spot].format(line=foreign.line, what=what)


def foreign_sentences(found: Iterable[Foreign]) -> tuple[str, ...]:
    """One sentence for each place."""
    return tuple(dict.fromkeys(foreign_sentence(foreign) for foreign in found))


def remark_sentence(remarked: Remarked) -> str:
    """What a look over a response remarks, with the words it rests on."""
    words, number = remarked.words, remarked.number
    match remarked.remark:
        case Remark.NO_GREETING:
            return "It begins without a greeting."
        case Remark.NO_CLOSING:
            return "It ends without a closing."
        case Remark.OPEN_QUESTIONS:
            listed = " · ".join(words)
            more = f" and {number - len(words)} more" if number > len(words) else ""
            verb = "is" if number == 1 else "are"
            return f"{count_words(number, 'question')} of theirs {verb} not taken up: {listed}{more}"
        case Remark.CAPITALS:
            return f"Capitals may read as shouting: {', '.join(words)}."
        case Remark.OVER_LENGTH:
            return f"It has {number} words; {words[0]} are agreed."
        case Remark.NO_NEXT_DATE:
            return "It names no day on which they will hear from you next."
        case Remark.UNFILLED:
            return f"{count_words(number, 'blank')} of its template still to fill in."
