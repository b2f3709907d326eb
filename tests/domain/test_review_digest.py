"""F39: the digest before a review counts what the exchanges since the last one held, and names its letters."""

import json
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.test_timeline import mail
from tests.domain.test_timeline_marks import HOSTILE, TUESDAY, facts_of
from therapymail.domain.drawing import text_of
from therapymail.domain.kinds import Kind
from therapymail.domain.lanes import Happened, Lane
from therapymail.domain.letter import Letter, Reading
from therapymail.domain.review_digest import (
    InLetter,
    Recurrence,
    ReviewDigest,
    ReviewFacts,
    review_digest,
    stretch_of,
)
from therapymail.domain.review_text import review_as_json, review_lines
from therapymail.domain.text_width import columns_of
from therapymail.domain.timeline import timeline_of


def letters() -> list[Letter]:
    """Four exchanges: a letter each Tuesday, a response after 24 hours, in the fourth after 72."""
    found = []
    for week in range(4):
        tuesday = TUESDAY + timedelta(weeks=week)
        tags = ("grief",) if week < 3 else ("garden",)
        found.append(mail(2 * week + 1, tuesday, words=100 * (week + 1), tags=tags))
        wait = timedelta(hours=72 if week == 3 else 24)
        found.append(mail(2 * week + 2, tuesday + wait, kind=Kind.RESPONSE))
    return found


def digest(last: int, texts: dict[int, str] | None = None, images: tuple[Recurrence, ...] = ()) -> ReviewDigest:
    mails = letters()
    happened = [Happened(Lane.REREADS, "re-read", TUESDAY + timedelta(weeks=4), ("HERON-7",))]
    facts = facts_of(mails, happened=happened)
    exchanges = [each._replace(is_review=each.number == 3) for each in facts.exchanges]
    timeline = timeline_of(replace(facts, exchanges=exchanges), now=TUESDAY + timedelta(weeks=5))
    said = {each.digest: Reading("", (texts or {}).get(each.name.number if each.name else 0, "")) for each in mails}
    return review_digest(ReviewFacts(timeline, mails, exchanges, said, images), last)


def test_F39_a_stretch_begins_after_the_review_before() -> None:
    exchanges = [each._replace(is_review=each.number == 3) for each in facts_of(letters()).exchanges]
    assert [each.number for each in stretch_of(exchanges, 3)] == [1, 2, 3]
    assert [each.number for each in stretch_of(exchanges, 4)] == [4]
    assert [each.number for each in stretch_of(exchanges, 2)] == [1, 2]


def test_F39_lateness_rhythm_and_themes_stand_beside_those_before() -> None:
    first, second = digest(3), digest(4)
    assert (first.is_agreed, first.rhythm, first.rhythm_before) == (True, (24, 6, 200), None)
    assert (second.is_agreed, second.rhythm, second.rhythm_before) == (False, (72, 6, 400), (24, 6, 200))
    assert [each.late_hours for each in second.exchanges] == [24]
    assert [(each.name, each.letters, each.is_new) for each in second.themes] == [("garden", ("HERON-7",), True)]
    assert second.faded == ("grief",)


def test_F39_questions_that_no_response_takes_up_promises_and_letters_not_read_again() -> None:
    texts = {
        1: "Will the garden ever bloom again? And shall we talk about my sister?",
        2: "Your garden will bloom. I will write on Friday.",
    }
    found = digest(3, texts)
    assert [tuple(each) for each in found.questions] == [("HERON-1", "And shall we talk about my sister?")]
    assert [tuple(each) for each in found.promises] == [("HERON-2", "I will write on Friday.")]
    assert found.not_reread == ("HERON-1", "HERON-3", "HERON-5")
    assert digest(4).not_reread == ()


def test_F48_images_recur_across_the_whole_correspondence() -> None:
    room = Recurrence("unlit room", (InLetter("HERON-1", "unlit room"), InLetter("HERON-4", "Closed Door")))
    once = Recurrence("seeds", (InLetter("HERON-7", "seed"),))
    assert digest(4, images=(room, once)).images == (room,), "once is no recurrence"


@settings(max_examples=20)
@given(st.dictionaries(st.integers(1, 8), st.sampled_from(HOSTILE) | st.text(max_size=200)), st.integers(0, 140))
def test_whatever_letters_say_the_digest_is_harmless_and_fits(texts: dict[int, str], width: int) -> None:
    for last in (1, 3, 4):
        images = Recurrence("room", tuple(InLetter(f"HERON-{number}", text) for number, text in texts.items()))
        found = digest(last, texts, (images,))
        drawn = text_of(review_lines(found, width=width))
        assert all(columns_of(line) <= max(width, 40) for line in drawn.splitlines())
        assert "\x1b" not in drawn
        assert "\u202e" not in drawn
        assert json.loads(json.dumps(review_as_json(found)))["last"] == last
