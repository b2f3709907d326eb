"""What became of letters, put together and in words of ours."""

from datetime import UTC, datetime

from therapymail.domain.draft import DraftName
from therapymail.domain.outbox import Obstacle, OutboxEntry, OutboxState
from therapymail.errors import LoginRefused, SecretUnavailable, ServerSaidNo, ServerUnreachable, TlsRefused
from therapymail.practice.departed import Departed, obstacle_of

NOW = datetime(2026, 5, 4, tzinfo=UTC)


def entry(number: int, state: OutboxState) -> OutboxEntry:
    return OutboxEntry(DraftName(number), "i", "c", "HERON", state, NOW)


def test_each_letter_counts_as_it_stood_last() -> None:
    first = Departed.of((entry(1, OutboxState.RELEASED), entry(2, OutboxState.SENT)), ServerSaidNo("h", "greeting"))
    second = Departed.of((entry(1, OutboxState.SENT), entry(3, OutboxState.UNCERTAIN)))
    both = first.and_then(second)
    assert {each.draft.number for each in both.sent} == {1, 2}
    assert [each.draft.number for each in both.uncertain] == [3]
    assert both.waiting == ()
    assert both.trouble is first.trouble
    assert both
    assert not Departed(trouble=first.trouble)


def test_C15_every_error_of_a_mail_host_is_an_obstacle_of_its_own() -> None:
    errors = {
        ServerUnreachable("h", 465, "refused"): Obstacle.UNREACHABLE,
        TlsRefused("h", 465, "stripped"): Obstacle.NO_TRUST,
        LoginRefused("h", "u"): Obstacle.LOGIN_REFUSED,
        SecretUnavailable("password", "none"): Obstacle.NO_SECRET,
        ServerSaidNo("h", "greeting"): Obstacle.BUSY,
    }
    for error, obstacle in errors.items():
        assert obstacle_of(error) is obstacle
