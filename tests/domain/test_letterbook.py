"""The letterbook as a value: chapters by exchange, oldest first."""

from therapymail.domain.letterbook import ChapterPlace, chapter_places


def test_F15_mails_outside_exchanges_stand_where_they_came() -> None:
    consent, first, answer, admin, second = (None, False), (1, False), (1, False), (None, False), (2, False)
    late_answer, after, own_word_after = (1, False), (None, True), (None, False)

    places = chapter_places([consent, first, answer, admin, second, late_answer, after, own_word_after])

    assert places == [
        *(ChapterPlace(0), ChapterPlace(1), ChapterPlace(1), ChapterPlace(1), ChapterPlace(2)),
        *(ChapterPlace(1), ChapterPlace(2, after_closing=True), ChapterPlace(2, after_closing=True)),
    ]


def test_F15_work_taken_up_again_goes_on_with_the_next_exchange() -> None:
    places = chapter_places([(1, False), (None, True), (2, False), (None, False)])

    assert places == [ChapterPlace(1), ChapterPlace(1, after_closing=True), ChapterPlace(2), ChapterPlace(2)]
