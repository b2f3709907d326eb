"""What bears a tag, in words."""

from therapymail.domain.tags import CountedTag
from therapymail.domain.wording import count_words


def bearers(counted: CountedTag) -> tuple[str, ...]:
    """What bears a tag itself, in words, letters first; what there is none of is left out."""
    numbers = ((counted.count, "letter"), (counted.passages, "passage"), (counted.exchanges, "exchange"))
    return tuple(count_words(number, one) for number, one in numbers if number)
