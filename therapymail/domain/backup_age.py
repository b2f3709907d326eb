"""How old the newest backup is, and when that asks for a new one. Pure."""

from datetime import date, datetime, timedelta

from therapymail.domain.ago import ago_in_words

NEXT = "`therapymail backup create FILE` makes one."


def is_backup_due(
    made: datetime | None, begun: datetime | None, days: float, now: datetime, *, is_shut: bool = False
) -> bool:
    """Whether a new backup is due `now`: the newest was `made` longer than `days` ago; 0 never asks (times in UTC).

    Where there is none, the time runs from when the first entry of the journal was written, `begun`. One is due at
    once where `is_shut`: there are backups, and none of them opens with the own key of today.
    """
    if is_shut:
        return days > 0
    since = made or begun
    return days > 0 and since is not None and now - since > timedelta(days=days)


def backup_sentence(made: date | None, today: date, *, is_shut: bool = False) -> str:
    """When the newest backup was made, by days of the therapist's calendar; or that none opens with today's key."""
    if is_shut:
        return "No backup opens with your present key yet: those there are want the one you had before."
    if made is None:
        return "No backup is on the record yet."
    return f"The newest backup was made {ago_in_words(made, today)}."
