"""What the codes of a submission host mean for a letter."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.outbox import Obstacle
from therapymail.mail.handing_over import Deferred, Rejected, Reply, Step, meaning_of_no


@pytest.mark.parametrize(
    ("step", "answer", "meaning"),
    [
        (Step.MAIL, "421 4.3.2 closing", Deferred(Obstacle.BUSY)),
        (Step.MAIL, "451 4.3.0 later", Deferred(Obstacle.BUSY)),
        (Step.MAIL, "452 4.3.1 disk full", Deferred(Obstacle.NO_ROOM)),
        (Step.MAIL, "530 5.7.0 log in first", Rejected(Obstacle.LOGIN_REFUSED)),
        (Step.MAIL, "550 5.7.1 not your address", Rejected(Obstacle.SENDER_REFUSED)),
        (Step.MAIL, "552 message too big", Rejected(Obstacle.TOO_LARGE)),
        (Step.MAIL, "553 5.1.8 no such domain", Rejected(Obstacle.SENDER_REFUSED)),
        (Step.RCPT, "450 4.2.0 greylisted", Deferred(Obstacle.BUSY)),
        (Step.RCPT, "451 4.7.1 greylisted", Deferred(Obstacle.BUSY)),
        (Step.RCPT, "452 4.2.2 over quota", Deferred(Obstacle.NO_ROOM)),
        (Step.RCPT, "452 full", Deferred(Obstacle.NO_ROOM)),
        (Step.RCPT, "452 4.5.3 too many recipients", Deferred(Obstacle.BUSY)),
        (Step.RCPT, "550 no such user", Rejected(Obstacle.NO_SUCH_ADDRESS)),
        (Step.RCPT, "550 5.1.1 no such user", Rejected(Obstacle.NO_SUCH_ADDRESS)),
        (Step.RCPT, "550 5.7.1 relaying denied", Rejected(Obstacle.RECIPIENT_REFUSED)),
        (Step.RCPT, "550 5.2.1 disabled", Rejected(Obstacle.RECIPIENT_REFUSED)),
        (Step.RCPT, "551 moved", Rejected(Obstacle.NO_SUCH_ADDRESS)),
        (Step.RCPT, "552 5.2.2 over quota", Rejected(Obstacle.NO_ROOM)),
        (Step.RCPT, "552 over quota", Rejected(Obstacle.NO_ROOM)),
        (Step.RCPT, "553 mailbox name not allowed", Rejected(Obstacle.NO_SUCH_ADDRESS)),
        (Step.RCPT, "554 no", Rejected(Obstacle.RECIPIENT_REFUSED)),
        (Step.DATA, "554 5.7.1 policy", Rejected(Obstacle.CONTENT_REFUSED)),
        (Step.END, "451 4.7.1 greylisted", Deferred(Obstacle.BUSY)),
        (Step.END, "452 4.3.1 no room", Deferred(Obstacle.NO_ROOM)),
        (Step.END, "552 5.3.4 too big", Rejected(Obstacle.TOO_LARGE)),
        (Step.END, "552 5.2.3 too big for this mailbox", Rejected(Obstacle.TOO_LARGE)),
        (Step.END, "552 no room", Rejected(Obstacle.NO_ROOM)),
        (Step.END, "552 5.7.0 a security issue", Rejected(Obstacle.CONTENT_REFUSED)),
        (Step.END, "550 5.1.1 no such user after all", Rejected(Obstacle.NO_SUCH_ADDRESS)),
        (Step.END, "554 5.6.0 refused", Rejected(Obstacle.CONTENT_REFUSED)),
        (Step.END, "250 ok", None),
        (Step.END, "354 go on", None),
        (Step.END, "999 what", None),
        (Step.MAIL, "-1 what", None),
    ],
)
def test_C15_every_answer_gives_one_plain_reason(step: Step, answer: str, meaning: object) -> None:
    code, _, words = answer.partition(" ")
    assert meaning_of_no(step, Reply.read(int(code), words)) == meaning


def test_a_status_of_another_class_or_shape_is_not_taken() -> None:
    assert Reply.read(450, "5.1.1 contradicts itself").status == ""
    assert Reply.read(550, "5.1.1000 long").status == ""
    assert Reply.read(550, "ring 5.1.1").status == ""
    assert Reply.read(550, "5.1.1\nsecond line").status == "1.1"


@given(st.sampled_from(Step), st.integers(-1, 9999), st.text(max_size=30))
@settings(max_examples=60)
def test_no_answer_is_taken_for_more_than_its_first_digit(step: Step, code: int, words: str) -> None:
    meaning = meaning_of_no(step, Reply.read(code, words))
    assert isinstance(meaning, Deferred) == (400 <= code < 500)
    assert isinstance(meaning, Rejected) == (500 <= code < 600)
