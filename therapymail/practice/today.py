"""Today: what asks for the therapist now, over all clients, gathered in one look at the record and put in order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from therapymail.domain.clocks import ClientClock, DueDate, clock_of, due_dates
from therapymail.domain.draft import Draft
from therapymail.domain.kinds import Kind, LetterState
from therapymail.domain.outbox import OutboxEntry, OutboxState
from therapymail.domain.sealing import Refusal
from therapymail.domain.sealing_text import hindrance_step, hindrances_phrase
from therapymail.domain.today import Facts, Item, KeyToDecide, Mails, today
from therapymail.domain.wording import failure_sentence
from therapymail.pgp.colons import ListedKey
from therapymail.practice.care import care_items
from therapymail.practice.expiries import expiries
from therapymail.practice.policy import may_leave, own_key_now
from therapymail.practice.practice import Practice
from therapymail.vault import clients, drafts, exchanges, key_changes, letters, outbox, places, receipts, waiting_mail
from therapymail.vault.connection import Reader

_COULD_STILL_LEAVE = frozenset({OutboxState.HELD, OutboxState.RELEASED})


@dataclass(frozen=True)
class Today:
    """What asks for the therapist at `now` (UTC), most pressing first, and every due date there is for a calendar."""

    now: datetime
    items: tuple[Item, ...]
    dates: tuple[DueDate, ...]


def todays(practice: Practice, days: int = 0) -> Today:
    """Today as the record has it; `days` ahead, the clients' own letters are told of too.

    Reads only, and connects to nobody. Raises VaultLocked, GnupgMissing.
    """
    now, own = practice.clock(), own_key_now(practice)
    with practice.vault() as vault, vault.reading() as reader:
        facts = _Gathering(practice, reader, now, own).facts()
    return Today(now, today(facts, now, days), due_dates(facts.clocks))


class _Gathering:
    """Everything that today is made of, looked up in one unit of work."""

    def __init__(self, practice: Practice, reader: Reader, now: datetime, own: ListedKey | None) -> None:
        self._practice = practice
        self._reader = reader
        self._now = now
        self._own = own
        self._clients = {client.identity: client for client in clients.clients(reader)}

    def facts(self) -> Facts:
        clocks = self._clocks()
        entries, unsent = outbox.entries(self._reader), drafts.drafts(self._reader)
        return Facts(
            clocks=clocks,
            proposed=self._proposed(),
            unopened=self._unopened(),
            bounces=self._bounces({clock.identity: clock for clock in clocks}),
            entries=entries,
            key_changes=self._keys_to_decide(),
            expiries=expiries(self._reader, self._own, self._now),
            drafts=_responses(unsent),
            refusals=self._refusals(entries, unsent),
            strangers=len(places.strangers(self._reader)),
            care=care_items(self._practice, self._reader),
        )

    def _clocks(self) -> tuple[ClientClock, ...]:
        standings = exchanges.standings(self._reader, self._now)
        waiting = [
            digest for standing in standings.values() for exchange in standing.waiting for digest in exchange.letters
        ]
        names = self._names(waiting)
        receipted = receipts.receipted(self._reader, waiting)
        return tuple(
            clock_of(client, standings[identity], names, receipted) for identity, client in self._clients.items()
        )

    def _names(self, digests: Iterable[bytes]) -> Mapping[bytes, str]:
        found = letters.names_of(self._reader, tuple(digests))
        return {digest: str(name) for digest, (name, _) in found.items() if name is not None}

    # --- mail that waits -------------------------------------------------------------------------------

    def _proposed(self) -> list[Mails]:
        found = sorted(waiting_mail.proposed_mail(self._reader), key=lambda mail: mail.client)
        return [self._mails(each) for _, each in groupby(found, key=lambda mail: mail.client)]

    def _unopened(self) -> list[Mails]:
        found = sorted(waiting_mail.unopened_mail(self._reader), key=lambda mail: (mail.client, _why(mail)))
        return [self._mails(each) for _, each in groupby(found, key=lambda mail: (mail.client, _why(mail)))]

    def _mails(self, several: Iterable[waiting_mail.WaitingMail]) -> Mails:
        mails = list(several)
        client, names = self._clients[mails[0].client], tuple(str(mail.name) for mail in mails)
        return Mails(client.code, client.zone, names, mails[0].received, _why(mails[0]))

    def _bounces(self, clocks: Mapping[str, ClientClock]) -> list[Mails]:
        found = exchanges.unsettled_bounces(self._reader)
        names = self._names(digest for several in found.values() for each in several for digest in each[:2] if digest)
        return [
            Mails(
                code=self._clients[client].code,
                zone=self._clients[client].zone,
                names=(names.get(each.digest, ""),),
                since=each.received,
                why=terms.fallback if (terms := clocks[client].terms) else "",
                failed=names.get(each.failed, "") if each.failed else "",
            )
            for client, several in found.items()
            for each in several
        ]

    # --- the way out and keys --------------------------------------------------------------------------

    def _refusals(self, entries: Iterable[OutboxEntry], unsent: Iterable[Draft]) -> dict[str, tuple[str, str]]:
        """Why today's policy would not let a letter leave that still could: told before its time comes."""
        written = {draft.name: draft for draft in unsent}
        found = {}
        for entry in entries:
            draft = written.get(entry.draft)
            if draft is None or entry.state not in _COULD_STILL_LEAVE:
                continue
            decided = may_leave(self._practice, self._reader, draft, self._own, entry.agreed)
            if isinstance(decided, Refusal):
                step = hindrance_step(decided.hindrances[0], draft=str(draft.name), code=draft.code)
                found[str(draft.name)] = (hindrances_phrase(decided.hindrances), step)
        return found

    def _keys_to_decide(self) -> list[KeyToDecide]:
        return [
            KeyToDecide(self._clients[change.client].code, change.found, change.blocks)
            for change in key_changes.open_changes(self._reader)
        ]


def _why(mail: waiting_mail.WaitingMail) -> str:
    if mail.state is LetterState.TOO_LARGE:
        return "it is too large to come by itself"
    return failure_sentence(mail.failure) if mail.failure else ""


def _responses(unsent: Iterable[Draft]) -> dict[str, str]:
    """By client code, the response that was worked on last."""
    found: dict[str, str] = {}
    for draft in unsent:
        if draft.kind is Kind.RESPONSE:
            found.setdefault(draft.code, str(draft.name))
    return found
