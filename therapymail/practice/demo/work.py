"""What the therapist of the story agreed with her clients and said of the work, as entries made when it was."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from therapymail.domain.client import ClientStatus
from therapymail.domain.statuses import Ending
from therapymail.practice.agree import NewTerms, agree
from therapymail.practice.demo.tale import Story, StoryAgreement
from therapymail.practice.practice import Practice
from therapymail.practice.standing import StandingChange, say_standing

_MORNING, _EVENING = time(9), time(18)
_ANNOUNCED = timedelta(days=7)  # an ending is said a week before


def agree_as_told(practice: Practice, code: str, version: StoryAgreement) -> None:
    """Make a version of an agreement, to hold from its day on. Raises as `agree`."""
    agree(practice, NewTerms(code, story_terms(version), version.since.isoformat()))


def go_on(story: Story, at: Callable[[datetime], Practice]) -> None:
    """Make the later versions, and say which endings were announced and when the work was closed, in order of time.

    `at` gives the practice at a moment of the story.
    """
    happened: list[tuple[datetime, Callable[[Practice], object]]] = []
    for client in story.clients:
        happened += [
            (_at(version.since, _MORNING), partial(agree_as_told, code=client.code, version=version))
            for version in client.agreements[1:]
        ]
        if client.ended is not None and client.ending is not None:
            closed, ending = _at(client.ended, _EVENING), Ending(client.ending)
            happened += [
                (moment, partial(say_standing, change=StandingChange(client.code, status, ending)))
                for moment, status in ((closed - _ANNOUNCED, ClientStatus.CLOSING), (closed, ClientStatus.CLOSED))
            ]
    for moment, happen in sorted(happened, key=lambda each: each[0]):
        happen(at(moment))


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, UTC)


def story_terms(version: StoryAgreement) -> dict[str, object]:
    """A version of an agreement of the story as the changes that make it; reviews are said by place in the block."""
    return {
        "letter_day": version.letter_day,
        "rhythm_days": version.rhythm_days,
        "window": f"{version.window_hours}h",
        "word_limit": version.word_limit,
        "over_length": "double" if version.over_length == "split" else "flag",
        "block_size": version.block[0],
        "blocks": len(version.block),
        "review_at": [place for place in version.review_after if place <= version.block[0]],
        "updates_a_week": version.updates_per_week,
        "check_in_days": version.check_in_days,
        "fallback": version.fallback,
    }
