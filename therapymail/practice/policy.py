"""The sealing policy's facts, looked up as they are at this moment, and what it says of one draft."""

from datetime import datetime

from therapymail.domain.client import Certificate, Client
from therapymail.domain.draft import Draft, own_words
from therapymail.domain.outbox import Agreed
from therapymail.domain.sealing import Hindrance, Permit, Refusal, SealingFacts, decide
from therapymail.errors import KeyUnknown
from therapymail.pgp.certificate_packets import is_revoked
from therapymail.pgp.colons import KeyPart, ListedKey, listed_keys
from therapymail.practice.look_over import foreign_in
from therapymail.practice.practice import Practice
from therapymail.vault import certificates, clients, key_changes, letters, outbox, restored
from therapymail.vault.connection import Reader


def own_key_now(practice: Practice) -> ListedKey | None:
    """The own key as gpg lists it now, or None where its secret part is not there. Raises GnupgMissing.

    Asked once for several letters: one gpg process.
    """
    with practice.gpg() as gpg:
        found = listed_keys(gpg, practice.settings.own_key, secret=True)
    return next((key for key in found if key.primary.fingerprint == practice.settings.own_key), None)


def may_leave(
    practice: Practice, reader: Reader, draft: Draft, own: ListedKey | None, agreed: Agreed | None = None
) -> Permit | Refusal:
    """Whether `draft` may leave now, and to whom; `agreed` is to whom it was released. Raises ClientUnknown."""
    decided = decide(sealing_facts(practice, reader, clients.client_by_identity(reader, draft.client), own, agreed))
    found = decided.hindrances if isinstance(decided, Refusal) else ()
    entry = outbox.entry_or_none(reader, draft.name)
    if entry is not None and letters.was_sent(reader, entry.message_id):
        found = (*found, Hindrance.ALREADY_SENT)
    found = (*found, *_of_backup(practice, reader, draft))
    if foreign_in(practice, reader, draft):
        found = (*found, Hindrance.NAMES_ANOTHER)
    if draft.content.is_empty and not draft.enclosures:
        found = (*found, Hindrance.EMPTY)
    if practice.settings.smtp is None:
        found = (*found, Hindrance.NO_MAILBOX)
    return Refusal(found) if found else decided


def _of_backup(practice: Practice, reader: Reader, draft: Draft) -> tuple[Hindrance, ...]:
    """Why a draft that comes from a backup may not leave: on the machine that was lost it may have left since (C9)."""
    if practice.settings.imap is not None and restored.waits_for_mailbox(reader, draft.name):
        return (Hindrance.RESTORED,)
    words = own_words(draft.content.text)  # perhaps none, beside what is enclosed
    left = (own_words(text) for text in restored.letters_since(reader, draft.name, draft.client))
    return (Hindrance.LEFT_SINCE,) if words in left else ()


def sealing_facts(
    practice: Practice, reader: Reader, client: Client, own: ListedKey | None, agreed: Agreed | None
) -> SealingFacts:
    """Everything the policy looks at, as it is now."""
    now, certificate = practice.clock(), held_certificate(reader, client)
    return SealingFacts(
        client=client,
        certificate=certificate,
        own_fingerprint=practice.settings.own_key,
        own_expires=own.primary.expires if own else None,
        own_usable=own is not None and is_usable(own, now),
        now=now,
        agreed=agreed,
        recipients=(client.write_to,),
        client_key_revoked=certificate is not None and is_revoked(certificate.material),
        key_change_open=key_changes.is_blocked(reader, client.identity),
    )


def held_certificate(reader: Reader, client: Client) -> Certificate | None:
    """The certificate that the client's first pin names; None where nothing is pinned or held."""
    if not client.pins:
        return None
    try:
        return certificates.certificate(reader, client.pins[0].fingerprint)
    except KeyUnknown:
        return None


def is_usable(own: ListedKey, now: datetime) -> bool:
    """Whether gpg can sign and open with it at `now`: the secret part of a key for each is here, or on a card."""
    usages = "".join(part.usage for part in (own.primary, *own.subkeys) if _is_at_hand(part, now))
    return own.primary.is_usable and "s" in usages and "e" in usages


def _is_at_hand(part: KeyPart, now: datetime) -> bool:
    # The listing is a fast one, which does not mark what has expired; "#" stands for a secret part that is not here.
    return part.is_usable and part.secret not in {"", "#"} and (part.expires is None or part.expires > now)
