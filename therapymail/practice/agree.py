"""Agreements: a new version with a client, looked at before it is made; what held when; and one taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import NamedTuple

from therapymail.domain.agreement import (
    Agreement,
    Terms,
    default_terms,
    in_force,
    problems,
    same_block,
    standing_versions,
    with_reviews_in_block,
)
from therapymail.domain.agreement_form import written_term
from therapymail.domain.agreement_terms import LABELS, read_terms, terms_as_json
from therapymail.domain.client import Client
from therapymail.domain.course import Balance
from therapymail.domain.local_days import local_day, moment_of
from therapymail.domain.zones import is_zone
from therapymail.errors import AgreementImpossible, AgreementUnchanged, AgreementUnknown, AgreementUsed
from therapymail.practice.practice import Practice
from therapymail.vault import clients
from therapymail.vault.agreements import agreements_with, make_agreement, withdraw
from therapymail.vault.connection import Reader
from therapymail.vault.courses import bring_courses_up_to_date
from therapymail.vault.exchanges import course_of, standing

NEXT_EXCHANGE = "next-exchange"


@dataclass(frozen=True)
class NewTerms:
    """What is to be agreed with the client `code`: changes by the names of the fields of Terms, as they were written.

    `starts` is a day (2025-03-11, from its beginning in the client's zone) or `next-exchange`: an exchange that has
    begun keeps its terms. None is `next-exchange`, and for a first agreement the day it is made.
    """

    code: str
    changes: Mapping[str, object]
    starts: str | None = None


class Change(NamedTuple):
    """One term that is another than before, as it is written."""

    term: str
    before: str
    after: str


@dataclass(frozen=True)
class Proposal:
    """A version before it is made, or just made: `agreement.version` is 0 until it is.

    `before` is the version that holds when it starts; `changes` are against it, or against the defaults. `exchanges`
    are the numbers of those that began after it starts and so come under it. `left` is what is left of the block that
    it replaces; None where the block goes on.
    """

    client: Client
    agreement: Agreement
    before: Agreement | None
    changes: tuple[Change, ...]
    exchanges: tuple[int, ...]
    left: Balance | None


@dataclass(frozen=True)
class Agreed:
    """What is agreed with a client: the version that holds now, all that were ever made, and what would be proposed."""

    client: Client
    in_force: Agreement | None
    versions: tuple[Agreement, ...]
    proposed: Terms
    now: datetime


def show_agreement(practice: Practice, code: str) -> Agreed:
    """What is agreed with a client. Raises ClientUnknown, UnusableInput, VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        client = clients.client_by_code(reader, code)
        return _agreed(practice, reader, client)


def propose(practice: Practice, new: NewTerms) -> Proposal:
    """The version that `agree` would make; nothing is made.

    Raises AgreementImpossible with everything that is wrong, AgreementUnchanged, ClientUnknown, UnusableInput.
    """
    with practice.vault() as vault, vault.reading() as reader:
        return _proposal(practice, reader, new)


def agree(practice: Practice, new: NewTerms) -> Proposal:
    """Make a new version of the agreement with a client. Raises as `propose`."""
    with practice.vault() as vault, vault.writing() as writer:
        found = _proposal(practice, writer, new)
        proposed = found.agreement
        made = make_agreement(writer, found.client.identity, proposed.terms, proposed.starts, practice.clock())
        bring_courses_up_to_date(writer)
        return replace(found, agreement=made)


def take_back(practice: Practice, code: str, version: int | None = None) -> Agreed:
    """Take the last version (or the one of this number) back, while no exchange was begun under it.

    Raises AgreementUnknown, AgreementUsed, UnusableInput, ClientUnknown, VaultLocked.
    """
    with practice.vault() as vault, vault.writing() as writer:
        client = clients.client_by_code(writer, code)
        standing_ones = standing_versions(agreements_with(writer, client.identity))
        wanted = [each for each in standing_ones if version in {None, each.version}][-1:]
        if not wanted:
            raise AgreementUnknown(client.code)
        under_it = [
            each for each in course_of(writer, client.identity).exchanges if each.agreement == wanted[0].version
        ]
        if under_it:
            raise AgreementUsed(client.code, wanted[0].version, under_it[0].number)
        withdraw(writer, wanted[0], practice.clock())
        bring_courses_up_to_date(writer)
        return _agreed(practice, writer, client)


def _agreed(practice: Practice, reader: Reader, client: Client) -> Agreed:
    versions, now = tuple(agreements_with(reader, client.identity)), practice.clock()
    return Agreed(client, in_force(versions, now), versions, _base(practice, client, versions), now)


def _base(practice: Practice, client: Client, versions: Sequence[Agreement]) -> Terms:
    """What a new version starts from: the last one, or the defaults."""
    standing_ones = standing_versions(versions)
    return standing_ones[-1].terms if standing_ones else default_terms(client.zone, practice.settings.zone)


# --- a new version -------------------------------------------------------------------------------------


def _proposal(practice: Practice, reader: Reader, new: NewTerms) -> Proposal:
    client, now = clients.client_by_code(reader, new.code), practice.clock()
    versions = agreements_with(reader, client.identity)
    base = _base(practice, client, versions)
    terms, wrong = _terms(base, new.changes)
    starts, wrong_start = _start(new.starts, terms, versions, now)
    if wrong or wrong_start:
        raise AgreementImpossible((*wrong, *wrong_start))
    before = in_force(versions, starts)
    changes = changes_between(before.terms if before else default_terms(client.zone, practice.settings.zone), terms)
    if before is not None and not changes:
        raise AgreementUnchanged(client.code, before.version)
    exchanges = course_of(reader, client.identity).exchanges
    begins_block = before is not None and not same_block(before.terms, terms)
    return Proposal(
        client=client,
        agreement=Agreement("", client.identity, 0, starts, now, terms),
        before=before,
        changes=changes,
        exchanges=tuple(each.number for each in exchanges if each.opened >= starts),
        left=standing(reader, client.identity, now).balance if begins_block else None,
    )


def _terms(base: Terms, changes: Mapping[str, object]) -> tuple[Terms, tuple[str, ...]]:
    """`base` with `changes`; what they leave open is made to fit a block of another size."""
    terms, wrong = read_terms(changes, base)
    if not same_block(base, terms):
        if "block_carried" not in changes:
            terms = replace(terms, block_carried=0)
        if "review_at" not in changes and terms.block_size > 0 and terms.block_carried >= 0:
            terms = with_reviews_in_block(terms)
        # What was found wrong in itself stays; whether the whole can be agreed is asked of what it has become.
        wrong = (*(each for each in wrong if each not in problems(read_terms(changes, base)[0])), *problems(terms))
    return terms, wrong


def _start(
    written: str | None, terms: Terms, versions: Sequence[Agreement], now: datetime
) -> tuple[datetime, tuple[str, ...]]:
    """When the version starts, and what is wrong with that."""
    zone = terms.client_zone if is_zone(terms.client_zone) else "UTC"
    last = next(iter(standing_versions(versions)[::-1]), None)
    if written == NEXT_EXCHANGE or (written is None and last is not None):
        starts = now
    else:
        try:
            day = local_day(now, zone) if written is None else date.fromisoformat(written.strip())
        except ValueError:
            return now, (f"the start must be a day like 2025-03-11, or {NEXT_EXCHANGE}",)
        starts = moment_of(day, time(), zone)
    if last is not None and starts <= last.starts:
        when = f"{local_day(last.starts, zone):%Y-%m-%d}"
        return starts, (f"version {last.version} starts on {when}; a new one must start after it",)
    return starts, ()


def changes_between(before: Terms, after: Terms) -> tuple[Change, ...]:
    """The terms that are others in `after`, in the order in which they are always told."""
    one, other = terms_as_json(before), terms_as_json(after)
    return tuple(
        Change(name, written_term(name, one[name]), written_term(name, other[name]))
        for name in LABELS
        if one[name] != other[name]
    )
