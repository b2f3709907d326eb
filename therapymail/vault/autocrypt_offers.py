"""Keys that letters gave in their own Autocrypt headers, as rows; what a client's program sends is derived from them.

Working state, like the candidates: found again in the originals, and gone with its letter.
"""

from collections.abc import Collection
from typing import NamedTuple

from therapymail.domain.autocrypt_peer import AutocryptOffer, PeerState, SeenMail, peer_state
from therapymail.domain.names import LetterName
from therapymail.vault.connection import Reader, Row, Writer
from therapymail.vault.letters import names_of
from therapymail.vault.moments import from_microseconds

_MAILS = (
    "SELECT author_address, letter.digest, received, written, fingerprint, mutual, sealed FROM letter"
    " LEFT JOIN autocrypt_offer ON autocrypt_offer.digest = letter.digest"
    " WHERE client = ? AND direction = 'in' AND kind <> 'bounce'"
    " AND notes NOT LIKE '%\"found-in-junk\"%' AND notes NOT LIKE '%\"several-from\"%' ORDER BY letter.id"
)


class Program(NamedTuple):
    """What the program behind one address of a client says of its key, and in which letter it said so last."""

    address: str
    state: PeerState
    letter: LetterName | None


def note_offer(writer: Writer, digest: bytes, offer: AutocryptOffer) -> None:
    """Remember which key the letter with this digest, whose original is kept, gave in its Autocrypt header."""
    writer.run(
        "INSERT INTO autocrypt_offer (digest, fingerprint, mutual, sealed) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (digest) DO UPDATE SET fingerprint = excluded.fingerprint, mutual = excluded.mutual,"
        " sealed = excluded.sealed",
        (digest, offer.fingerprint, int(offer.mutual), int(offer.sealed)),
    )


def programs(reader: Reader, client: str) -> tuple[Program, ...]:
    """Of each address that a client (identity) wrote from with a key in the header: what their program says (AC2)."""
    mails: dict[str, list[SeenMail]] = {}
    for row in reader.rows(_MAILS, (client,)):
        mails.setdefault(row[0], []).append(_mail(row))
    states = {address: peer_state(seen) for address, seen in sorted(mails.items())}
    known = {address: state for address, state in states.items() if state and state.offer}
    names = names_of(reader, [state.letter for state in known.values()])
    return tuple(Program(address, state, names.get(state.letter, (None, ()))[0]) for address, state in known.items())


def senders(reader: Reader, fingerprints: Collection[str]) -> dict[str, str]:
    """Of these keys those that a client's program sends now, each with that client's identity."""
    found = {}
    for fingerprint in fingerprints:
        rows = reader.rows(
            "SELECT DISTINCT client FROM autocrypt_offer JOIN letter USING (digest)"
            " WHERE fingerprint = ? AND client IS NOT NULL ORDER BY client",
            (fingerprint,),
        )
        for (client,) in rows:
            if any(
                each.state.offer and each.state.offer.fingerprint == fingerprint for each in programs(reader, client)
            ):
                found[fingerprint] = client
    return found


def _mail(row: Row) -> SeenMail:
    _, digest, received, written, fingerprint, mutual, sealed = row
    offer = None if fingerprint is None else AutocryptOffer(fingerprint, bool(mutual), bool(sealed))
    return SeenMail(digest, from_microseconds(received), None if written is None else from_microseconds(written), offer)
