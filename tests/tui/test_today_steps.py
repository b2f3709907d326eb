"""What Enter and `n` do about an item of today: each step leads to a place of the room, a review to the review."""

from therapymail.domain.today import Item, Matter, Section
from therapymail.tui.today_steps import Step, Way, next_step, opens
from therapymail.tui.ways import Ways


def test_F05_a_review_opens_the_timeline_and_goes_on_to_the_review() -> None:
    item = Item(Section.REVIEWS, Matter.REVIEW, "HERON", exchange=6)
    assert opens(item) == Step(Way.TIMELINE, "HERON", "Look back on HERON")
    assert next_step(item) == Step(Way.REVIEW, "HERON", "Review HERON")


def test_every_step_is_a_way_through_the_room_but_the_one_that_is_said() -> None:
    for way in set(Way) - {Way.SAY}:
        assert callable(getattr(Ways, way.value.replace("-", "_")))
