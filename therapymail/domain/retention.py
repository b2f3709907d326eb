"""How long a client's record is kept (F32): so long after the end of the work, longer for minors, and not at all yet.

What is published differs by country, insurer and association (DOMAIN.md, UKCP to Pennsylvania), so the rule is the
therapist's: a time after the end of the work, and one of the rules for minors. A date is never earlier than any of
what the rule asks for. Pure.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

MOST_MONTHS = 1200
OLDEST = 130  # years a person may have lived: a birthday is not mistyped by a century
_OF_AGE = 18
_CHILD_KEPT_UNTIL, _SEVENTEEN_KEPT_UNTIL, _SEVENTEEN = 25, 26, 17
_AFTER_MAJORITY = 3


class MinorRule(StrEnum):
    """What is asked for besides where the client was under 18 when the work ended."""

    NONE = "none"
    TWENTY_FIFTH_BIRTHDAY = "25th-birthday"  # the 26th, where they were 17 at the end
    THREE_YEARS_OF_AGE = "3-years-of-age"  # three years after majority (APA)


@dataclass(frozen=True)
class RetentionRule:
    """What was agreed of a client: `months` after the end of the work, the rule for minors, and the day of birth.

    `ended` is the day the work ended where it is another than the record says; `until` is the last day the record is
    kept, where a day was agreed instead. `said` is in the therapist's words.
    """

    months: int
    minors: MinorRule = MinorRule.NONE
    born: date | None = None
    ended: date | None = None
    until: date | None = None
    said: str = ""


@dataclass(frozen=True)
class Keeping:
    """How it stands: the last day a record is `kept_until` (None: the work goes on, or nothing is agreed).

    `held`: a legal hold; then nothing is erased, whatever the day.
    """

    kept_until: date | None
    held: bool = False

    def is_due(self, today: date) -> bool:
        """Whether the time is over, and nothing holds the record."""
        return self.kept_until is not None and today > self.kept_until and not self.held


def kept_until(rule: RetentionRule, ended: date | None) -> date | None:
    """The last day the record is kept, where the work `ended` then (None: it goes on). `rule.ended` comes before it."""
    if rule.until is not None:
        return rule.until
    end = rule.ended or ended
    if end is None:
        return None
    asked = [months_after(end, rule.months)]
    if rule.born is not None and rule.born <= end < years_after(rule.born, _OF_AGE):
        asked.append(_of_minor(rule.minors, rule.born, end))
    return max(asked)


def _of_minor(rule: MinorRule, born: date, ended: date) -> date:
    match rule:
        case MinorRule.NONE:
            return date.min
        case MinorRule.TWENTY_FIFTH_BIRTHDAY:
            was_seventeen = ended >= years_after(born, _SEVENTEEN)
            return years_after(born, _SEVENTEEN_KEPT_UNTIL if was_seventeen else _CHILD_KEPT_UNTIL)
        case MinorRule.THREE_YEARS_OF_AGE:
            return years_after(born, _OF_AGE + _AFTER_MAJORITY)


def years_after(day: date, years: int) -> date:
    """The same day so many years later; of a 29 February the day after, where there is none."""
    return months_after(day, 12 * years)


def months_after(day: date, months: int) -> date:
    """The same day so many months later; where that month is shorter, the first of the next: never earlier."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if day.day > monthrange(year, month + 1)[1]:
        return date(year, month + 1, monthrange(year, month + 1)[1]) + timedelta(days=1)
    return date(year, month + 1, day.day)
