"""Whose mail it is and whether it counts: the decision made once, at filing, as a pure value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from therapymail.domain.client import Client
from therapymail.domain.kinds import Direction, Standing
from therapymail.domain.seal import Pin, SealFacts, Signature, verdict_of

REPORT_OF_UNKNOWN = "report-of-unknown-letter"  # the note of a delivery report that names no letter on the record
_ATTRIBUTED = {Signature.VERIFIED, Signature.PINNED}


@dataclass(frozen=True)
class Correspondents:
    """Who writes in this practice: the therapist's own addresses and keys, and the clients by address.

    `own_pins` begin with the own key; earlier ones speak for what was received while they were it.
    """

    own_addresses: frozenset[str]
    own_pins: tuple[Pin, ...]
    by_address: Mapping[str, Client]


@dataclass(frozen=True)
class Authorship:
    """What a mail says of itself, with the seal's facts.

    `authors` are the mailboxes of every From header in canonical form, `addressees` those of To;
    `answers` are the clients whose letters its References name (for a delivery report, letters to them, which alone
    it can be about); `in_sent` is true for a copy in Sent,
    which only the account itself can write; `failed_address` is the addressee of a delivery report.
    """

    authors: tuple[str, ...]
    addressees: tuple[str, ...]
    facts: SealFacts
    received: datetime
    in_sent: bool = False
    is_delivery_report: bool = False
    failed_address: str | None = None
    answers: tuple[Client, ...] = ()


@dataclass(frozen=True)
class Attribution:
    """The decision: the client (None: nobody's), the direction, the standing, and notes as codes."""

    client: Client | None
    direction: Direction
    standing: Standing
    notes: tuple[str, ...] = ()


def attribute(mail: Authorship, known: Correspondents) -> Attribution:
    """The attribution of `mail` (PGP.md I1 to I6, HAZARDS S7, S18).

    A client's mail counts only with that client's good signature; without it, it is proposed. A good
    signature by another key, or a From that is not exactly one mailbox, attaches it to nobody.
    """
    if mail.is_delivery_report:
        return _delivery_report(mail, known)
    if len(set(mail.authors)) != 1 or len(mail.authors) != 1:
        return Attribution(None, Direction.IN, Standing.SET_ASIDE, ("several-from" if mail.authors else "no-from",))
    author = mail.authors[0]
    if author in known.own_addresses:
        return _own(mail, known)
    client = known.by_address.get(author)
    if client is None:
        return _from_unknown_address(mail)
    return _from_client(mail, client)


def _from_client(mail: Authorship, client: Client) -> Attribution:
    signature = verdict_of(mail.facts, client.pins, mail.received).signature
    if signature in _ATTRIBUTED:
        return Attribution(client, Direction.IN, Standing.ACCEPTED)
    if signature is Signature.OTHER:
        return Attribution(None, Direction.IN, Standing.SET_ASIDE, ("signed-by-another",))
    return Attribution(client, Direction.IN, Standing.PROPOSED)


def _own(mail: Authorship, known: Correspondents) -> Attribution:
    clients = {known.by_address[address].identity: known.by_address[address] for address in mail.addressees
               if address in known.by_address}  # fmt: skip
    if len(clients) != 1:
        return Attribution(
            None, Direction.OUT, Standing.SET_ASIDE, ("several-to" if clients else "no-client-addressed",)
        )
    client = next(iter(clients.values()))
    if verdict_of(mail.facts, known.own_pins, mail.received).signature in _ATTRIBUTED:
        return Attribution(client, Direction.OUT, Standing.ACCEPTED)
    if mail.in_sent:
        return Attribution(client, Direction.OUT, Standing.ACCEPTED, ("not-signed-by-own-key",))
    return Attribution(None, Direction.OUT, Standing.SET_ASIDE, ("own-address-unproven",))


def _from_unknown_address(mail: Authorship) -> Attribution:
    """A mail that only answers a letter of ours: the pinned key may speak for it, the therapist decides."""
    for client in mail.answers:
        if verdict_of(mail.facts, client.pins, mail.received).signature in _ATTRIBUTED:
            return Attribution(client, Direction.IN, Standing.PROPOSED, ("unknown-address",))
    return Attribution(None, Direction.IN, Standing.SET_ASIDE, ("unknown-sender",))


def _delivery_report(mail: Authorship, known: Correspondents) -> Attribution:
    """A report about a letter of ours counts; one that only names a client's address is proposed."""
    client = known.by_address.get(mail.failed_address or "")
    if mail.answers:
        about = client if client in mail.answers else mail.answers[0]
        return Attribution(about, Direction.IN, Standing.ACCEPTED)
    if client is not None:
        return Attribution(client, Direction.IN, Standing.PROPOSED, (REPORT_OF_UNKNOWN,))
    return Attribution(None, Direction.IN, Standing.SET_ASIDE, (REPORT_OF_UNKNOWN,))
