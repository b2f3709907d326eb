"""The walk over real mail: each mail of a corpus opened once, beside what gpg was recorded to have said of it."""

import hashlib
import time
from dataclasses import dataclass, replace
from functools import cache

from tests.support.corpora import (
    CorpusMail,
    CorpusOpener,
    Tabled,
    corpus_opener,
    mails,
    plaintexts,
    results,
    signatures,
    table,
    tabled_signatures,
)
from therapymail.domain.seal import SignatureFinding
from therapymail.pgp.opening import OpenedMail, open_mail
from therapymail.pgp.pieces import open_piece, pieces_in

CAP = 20_000_000  # bytes of plaintext allowed in a walk


@dataclass(frozen=True)
class WalkedMail:
    """A mail as we opened it. `digests` are the SHA-256 (hex) of all that was decrypted on the way."""

    mail: CorpusMail
    opened: OpenedMail
    digests: frozenset[str]
    on_request: frozenset[str]  # the same of what was opened piece by piece, where the mail alone did not give it
    recorded: frozenset[str]  # the digests that are recorded of it, none where only a table is
    recorded_signatures: frozenset[SignatureFinding] | None  # None where nothing is recorded
    tabled: Tabled | None

    @property
    def was_opened(self) -> bool:
        """Whether gpg opened anything of it when it was recorded."""
        return bool(self.recorded) or (self.tabled is not None and ":DEC" in self.tabled.verdict)

    @property
    def is_opened_right(self) -> bool:
        """Whether all that was opened then is opened now, byte for byte where that is recorded."""
        return self.recorded <= self.digests if self.recorded else self.opened.facts.opened_with is not None

    @property
    def is_opened_on_request(self) -> bool:
        """Whether what the mail alone did not give was opened piece by piece, all of it and nothing else."""
        if self.is_opened_right or not self.on_request:
            return False
        return not self.recorded or self.recorded == self.digests | self.on_request

    @property
    def findings(self) -> frozenset[SignatureFinding]:
        """What we find of its signatures."""
        return frozenset(fact.finding for fact in self.opened.facts.signatures)


@dataclass(frozen=True)
class Walk:
    """A whole corpus, and how many `seconds` it took."""

    mails: tuple[WalkedMail, ...]
    seconds: float


@cache
def walk(name: str) -> Walk:
    """Open every mail of the corpus `name` once. Skips the test where the corpora are not at hand."""
    recorded, tabled = results(name), table(name)
    begun = time.monotonic()
    found = []
    with corpus_opener(name, output_cap=CAP) as opener:
        for mail in mails(name):
            opened, digests = _opened(mail, opener)
            operations, row = recorded.get(mail.name), tabled.get(mail.name)
            alone = WalkedMail(
                mail,
                opened,
                digests,
                frozenset(),
                frozenset(plaintexts(operations or [])),
                _expected_signatures(operations, row, by_table=not recorded),
                row,
            )
            shut = alone.was_opened and not alone.is_opened_right
            found.append(replace(alone, on_request=_piece_by_piece(alone, opener)) if shut else alone)
    return Walk(tuple(found), time.monotonic() - begun)


def _opened(mail: CorpusMail, opener: CorpusOpener) -> tuple[OpenedMail, frozenset[str]]:
    opener.opened.clear()
    opened = open_mail(mail.raw, opener)
    return opened, _digests(opener)


def _piece_by_piece(alone: WalkedMail, opener: CorpusOpener) -> frozenset[str]:
    opener.opened.clear()
    for piece in pieces_in(alone.mail.raw, alone.opened):
        open_piece(piece, opener)
    return _digests(opener)


def _digests(opener: CorpusOpener) -> frozenset[str]:
    return frozenset(hashlib.sha256(data).hexdigest() for data in opener.opened)


def _expected_signatures(
    operations: list[dict[str, object]] | None, row: Tabled | None, *, by_table: bool
) -> frozenset[SignatureFinding] | None:
    if operations is not None:
        return frozenset(signatures(operations))
    return frozenset(tabled_signatures(row.verdict)) if by_table and row else None
