"""How long each record is kept: what was agreed, until when, what holds it, and whose time is over (F32)."""

from dataclasses import dataclass, replace
from datetime import UTC, date
from zoneinfo import ZoneInfo

from therapymail.domain.client import Client
from therapymail.domain.retention import MOST_MONTHS, OLDEST, Keeping, MinorRule, RetentionRule, kept_until, years_after
from therapymail.domain.statuses import OVER
from therapymail.domain.typed_day import typed_day
from therapymail.errors import UnusableInput
from therapymail.practice.practice import Practice
from therapymail.vault import clients, erasing, retention
from therapymail.vault.connection import Reader
from therapymail.vault.erasures import Erasure, erasures
from therapymail.vault.retention import LegalHold
from therapymail.vault.statuses import statuses_of

_LONGEST_REASON = 500  # characters
UNFINISHED = "Run `therapymail unlock`; where process notes are locked apart, `therapymail note unlock` before."


@dataclass(frozen=True)
class KeptRecord:
    """One client's record: what was agreed (None: nothing), when the work ended, how long it is kept, what holds it."""

    client: Client
    rule: RetentionRule | None
    ended: date | None
    keeping: Keeping
    hold: LegalHold | None
    is_due: bool


@dataclass(frozen=True)
class RetentionChange:
    """What is agreed anew of the client `code`; None: as it was. Days as they are typed, like 2025-03-27."""

    code: str
    months: int | None = None
    minors: MinorRule | None = None
    born: str | None = None
    ended: str | None = None
    until: str | None = None
    said: str | None = None


def kept_records(practice: Practice, code: str | None = None) -> list[KeptRecord]:
    """Every client's record, or one client's, those first whose time is over. Raises ClientUnknown, VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        return records_in(practice, reader, code)


def records_in(practice: Practice, reader: Reader, code: str | None = None) -> list[KeptRecord]:
    """As `kept_records`, in the caller's unit of work."""
    wanted = clients.clients(reader) if code is None else [clients.client_by_code(reader, code)]
    rules, holds = retention.retentions(reader), retention.legal_holds(reader)
    found = [kept_record(practice, reader, each, rules.get(each.identity), holds.get(each.identity)) for each in wanted]
    return sorted(found, key=lambda each: (not each.is_due, each.keeping.kept_until or date.max, each.client.code))


def kept_record(
    practice: Practice, reader: Reader, client: Client, rule: RetentionRule | None, hold: LegalHold | None
) -> KeptRecord:
    """How the record of one client stands today, in the therapist's time zone."""
    zone = ZoneInfo(practice.settings.zone)
    said = statuses_of(reader, client.identity)
    ended = said[-1].since.astimezone(zone).date() if said and said[-1].status in OVER else None
    keeping = Keeping(kept_until(rule, ended) if rule else None, held=hold is not None)
    today = practice.clock().astimezone(zone).date()
    return KeptRecord(client, rule, rule.ended or ended if rule else ended, keeping, hold, keeping.is_due(today))


def agree(practice: Practice, change: RetentionChange) -> KeptRecord:
    """Keep a record as is agreed now. Raises UnusableInput, ClientUnknown, VaultLocked."""
    with practice.vault() as vault, vault.writing() as writer:
        client = clients.client_by_code(writer, change.code)
        before = retention.retentions(writer).get(client.identity)
        rule = _changed(practice, before, change)
        if rule != before:
            retention.agree_retention(writer, client.identity, rule, practice.clock())
    return kept_records(practice, change.code)[0]


def _changed(practice: Practice, before: RetentionRule | None, change: RetentionChange) -> RetentionRule:
    months = before.months if before and change.months is None else change.months
    born, ended, until = (
        _day(practice, name, typed)
        for name, typed in (("born", change.born), ("ended", change.ended), ("until", change.until))
    )
    if months is None and until is None:
        raise UnusableInput("how long", "say --years N or --months N after the end of the work, or --until DAY")
    if months is not None and not 0 <= months <= MOST_MONTHS:
        raise UnusableInput("how long", f"at most {MOST_MONTHS // 12} years")
    old = before or RetentionRule(0)
    kept_day = None if change.months is not None else old.until  # a time after the end takes the place of a day
    rule = replace(old, months=months or 0, born=born or old.born, ended=ended or old.ended, until=until or kept_day)
    if change.minors is not None:
        rule = replace(rule, minors=change.minors)
    if change.said is not None:
        rule = replace(rule, said=said_why(change.said, "said"))
    if rule.minors is not MinorRule.NONE and rule.born is None:
        raise UnusableInput("born", "the rule for minors needs the day of birth: --born DAY")
    return rule


def _day(practice: Practice, name: str, typed: str | None) -> date | None:
    if typed is None:
        return None
    day = typed_day(typed)
    today = practice.clock().astimezone(UTC).date()
    if name == "born" and not years_after(day, 0) <= today < years_after(day, OLDEST):
        raise UnusableInput("born", "nobody was born on that day who could be a client")
    if name == "until" and day > years_after(today, MOST_MONTHS // 12):
        raise UnusableInput("until", f"at most {MOST_MONTHS // 12} years")
    return day


def said_why(text: str, what: str = "reason") -> str:
    """A reason as it is kept, on one line. Raises UnusableInput for none, and for a long one."""
    reason = " ".join(text.split())
    if not reason or len(reason) > _LONGEST_REASON or not reason.isprintable():
        raise UnusableInput(what, "say it in a few words")
    return reason


def hold(practice: Practice, code: str, reason: str) -> KeptRecord:
    """Let nothing of a client's record be erased; an erasure that was begun is not gone on with.

    Raises UnusableInput, ClientUnknown, VaultLocked.
    """
    why = said_why(reason)
    with practice.vault() as vault, vault.writing() as writer:
        identity = clients.client_by_code(writer, code).identity
        retention.place_hold(writer, identity, why, practice.clock())
        erasing.call_off(writer, identity)
    return kept_records(practice, code)[0]


def lift(practice: Practice, code: str, reason: str) -> KeptRecord:
    """Let a hold go. Raises NothingToUndo where there is none, UnusableInput, ClientUnknown, VaultLocked."""
    why = said_why(reason)
    with practice.vault() as vault, vault.writing() as writer:
        retention.lift_hold(writer, clients.client_by_code(writer, code).identity, why, practice.clock())
    return kept_records(practice, code)[0]


def erased_records(practice: Practice) -> list[Erasure]:
    """Every erasure, the latest first. Raises VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        return erasures(reader)
