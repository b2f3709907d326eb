"""An agreement as the one file an editor shows: a line for each term, and what it means. Pure, and forgiving."""

from therapymail.domain.agreement import Terms
from therapymail.domain.agreement_terms import LABELS, terms_as_json

STARTS = "starts"
_HINTS = {
    "rhythm_days": "a letter every so many days: 7d, 14d",
    "letter_day": "the day of the client's letter: tue, or none",
    "window": "when the response is promised: 48h, 2d (by the end of that day), 2d@18:00",
    "word_limit": "words of one exchange, or none",
    "over_length": "a letter over it: flag (it is said) or double (it counts as two exchanges)",
    "block_size": "agreed exchanges in a block",
    "block_carried": "exchanges left over from before, on top of the first block",
    "blocks": "how many blocks are agreed",
    "review_at": "a review at these places of a block: 3, 6",
    "updates_a_week": "brief news between exchanges, so many a week, or none",
    "check_in_days": "days of silence after which you are reminded to ask",
    "pause_days": "days of silence after which you are reminded to think of a pause",
    "fallback": "the other channel if mail fails, in words: telephone",
    "fallback_after_days": "days after which it is thought of, or none",
    "client_zone": "the client's days are those of",
    "own_zone": "yours are those of",
    "count_in_footer": "letters to them end with “n of m”: yes or no",
}
_NAMES = {label: name for name, label in LABELS.items()}


def rendered(code: str, terms: Terms, starts: str) -> str:
    """The file for a new version with the client `code`, as it would be without a change."""
    lines = [
        f"# The agreement with {code}. Change what is to be another, save and close.",
        "# Lines with # in front say what is meant.",
        "",
        "# from which day on (2025-03-11 is one), or next-exchange",
        f"{STARTS}: {starts}",
    ]
    for name, value in terms_as_json(terms).items():
        lines += [f"# {_HINTS[name]}", f"{LABELS[name]}: {written_term(name, value)}"]
    return "\n".join(lines) + "\n"


def read_back(file: str) -> tuple[dict[str, object], str | None, tuple[str, ...]]:
    """What a person made of the file: terms by the names of their fields, the start, and what says nothing known."""
    changes: dict[str, object] = {}
    starts, wrong = None, []
    for line in file.removeprefix("\ufeff").splitlines():
        label, colon, value = line.partition(":")
        label = " ".join(label.lower().split())
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if colon and label == STARTS:
            starts = value.strip() or None
        elif colon and label in _NAMES:
            changes[_NAMES[label]] = value.strip()
        else:
            wrong.append("a line names no term; put # in front of what is not meant")
    return changes, starts, tuple(dict.fromkeys(wrong))


def written_term(name: str, value: object) -> str:
    """The value that `terms_as_json` gives for the term called `name`, as a person writes it."""
    if name.endswith("_days") and value is not None:
        return f"{value}d"
    if value is None or value == "" or value == []:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return str(value)
