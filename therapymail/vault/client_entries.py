"""Which entries of the journal are a client's, found in one walk: erasing a client leaves none that tells of them.

An entry is theirs where it is about them, about something of theirs (a letter, a note, a draft, a milestone), or says
so in its payload. Entries about nobody are theirs where they name them: a saved search, a look-up of their address.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from therapymail.domain.journal import Entry
from therapymail.domain.tags import is_at_or_below
from therapymail.domain.telling_names import folded, telling
from therapymail.vault import journal
from therapymail.vault.connection import Reader
from therapymail.vault.erased_notes import NOTES_ERASED
from therapymail.vault.erasures import CLIENT_ERASED
from therapymail.vault.journal import Payload, entry_name

EntryKey = tuple[bytes, int]  # device and sequence
_WORD = re.compile(r"[^\W_]+")
_ADDRESS = re.compile(r"[^\s<>\"(),;]+@[^\s<>\"(),;]+")
_OF_ERASURES = frozenset({journal.ERASED, CLIENT_ERASED, NOTES_ERASED})
_TAGGED = frozenset({"letter.tagged", "letter.passage-tagged", "letter.exchange-tagged"})
# Of these nothing is derived, or nothing but what they say themselves: without them a rebuild gives the rest as it was.
_ABOUT_NOBODY = frozenset({"search.saved", "search.forgotten", "key.looked-up", "export.made", "export.failed"})


@dataclass
class CalledBy:
    """What a client was ever called by here: codes, names and addresses."""

    codes: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)

    def note(self, payload: Payload) -> None:
        """Take in what an entry that adds or changes the client says."""
        self.codes |= {payload["code"]} if "code" in payload else set()
        self.names |= {payload["name"]} if "name" in payload else set()
        self.addresses |= {*payload.get("writes_from", ()), *([payload["write_to"]] if "write_to" in payload else ())}

    def words(self) -> set[str]:
        """Every word that tells who it is, folded: codes and the telling parts of names."""
        told = {word for name in self.names for word in (*telling(name).words, *telling(name).uncased)}
        return told | {folded(code) for code in self.codes}

    def is_named_in(self, texts: Iterable[str]) -> bool:
        """Whether any of `texts` names the client."""
        told, written = self.words(), {folded(address) for address in self.addresses}
        return any(
            told & set(_WORD.findall(folded(text))) or any(address in folded(text) for address in written)
            for text in texts
        )


@dataclass
class ClientEntries:
    """What of the journal is a client's: `entries` to be erased, and what is known of them by those.

    `fingerprints` are keys that were theirs, `drafts` identities of drafts, `numbers` names of letters that had been
    taken for another client's mail before: client (identity) and number.
    """

    called: CalledBy = field(default_factory=CalledBy)
    entries: list[EntryKey] = field(default_factory=list)
    fingerprints: set[str] = field(default_factory=set)
    numbers: set[tuple[str, int]] = field(default_factory=set)
    erased_before: set[str] = field(default_factory=set)


def entries_of_client(
    reader: Reader, client: str, letters: Collection[bytes], drafts: Mapping[str, str], others_keys: Collection[str]
) -> ClientEntries:
    """The entries of a client (identity), whose letters (digests) these are.

    `drafts` are all there are by identity, each with its client; `others_keys` are fingerprints that are another
    client's now. Reads the whole journal.
    """
    walk = _Walk(client, letters, drafts, others_keys)
    for entry, payload in journal.entries(reader):
        if payload is not None and entry.what not in _OF_ERASURES:
            walk.step(entry, payload)
    return walk.end()


class _Walk:
    """One walk through the merged journal; what can only be told at its end waits in `_undecided`."""

    def __init__(
        self, client: str, letters: Collection[bytes], drafts: Mapping[str, str], others_keys: Collection[str]
    ) -> None:
        self._client = client
        self._letters = {digest.hex() for digest in letters}
        self._drafts = {draft for draft, whose in drafts.items() if whose == client}
        self._others_drafts = set(drafts) - self._drafts
        self._others_keys = frozenset(others_keys)
        self._things = {client, *self._letters}
        self._tags: set[str] = set()  # that others' letters ever bore
        self._undecided: list[tuple[Entry, Payload]] = []
        self._found = ClientEntries()

    def step(self, entry: Entry, payload: Payload) -> None:
        if entry.what in {"certificate.held", "draft.released"} or entry.what in _ABOUT_NOBODY:
            if entry.what == "certificate.held":
                payload = {key: payload[key] for key in ("uids", "fingerprint") if key in payload}
            self._undecided.append((entry, payload))
        elif entry.what == "tag.renamed":
            self._renamed(entry, payload)
        elif self._is_theirs(entry, payload):
            self._take(entry, payload)
        elif entry.what in _TAGGED:
            self._tags.update(payload["added"])
        elif entry.what == "letter.sent":
            self._others_drafts.add(payload["draft"]["identity"])

    def _is_theirs(self, entry: Entry, payload: Payload) -> bool:
        if entry.about in self._things:
            return True
        if entry.what == "letter.erased":
            return any(client == self._client for client, _ in payload["names"])
        # A letter that was taken for theirs once, and is another's now, stays with that one.
        return payload.get("client") == self._client and not entry.what.startswith("letter.")

    def _take(self, entry: Entry, payload: Payload) -> None:
        found = self._found
        found.entries.append((entry.device, entry.sequence))
        self._things |= {entry.about, entry_name(entry.device, entry.sequence)} - {""}
        if entry.what in {"client.added", "client.edited"}:
            found.called.note(payload)
        elif entry.what == "client.key-pinned":
            found.fingerprints.add(payload["fingerprint"])
        elif entry.what in {"letter.filed", "letter.refiled"} and payload["client"] not in {None, self._client}:
            found.numbers.add((payload["client"], payload["number"]))
        elif entry.what == "letter.erased":
            found.erased_before.add(entry.about)
            found.numbers |= {(client, number) for client, number in payload["names"] if client != self._client}
        elif entry.what == "letter.sent":
            self._drafts.add(payload["draft"]["identity"])

    def _renamed(self, entry: Entry, payload: Payload) -> None:
        """A tag that nobody else's letters ever bore is the client's own, and so is what it was called."""
        old, new = payload["old"], payload["new"]
        renamed = {new + tag.removeprefix(old) for tag in self._tags if is_at_or_below(tag, old)}
        if renamed:
            self._tags |= renamed
        else:
            self._found.entries.append((entry.device, entry.sequence))

    def end(self) -> ClientEntries:
        found = self._found
        found.fingerprints -= self._others_keys
        for entry, payload in self._undecided:
            if self._is_theirs_after_all(entry, payload):
                found.entries.append((entry.device, entry.sequence))
                self._things.add(entry_name(entry.device, entry.sequence))
        return found

    def _is_theirs_after_all(self, entry: Entry, payload: Payload) -> bool:
        if entry.what == "certificate.held":
            return self._is_their_key(payload.get("fingerprint", entry.about), payload["uids"])
        if entry.what == "draft.released":
            # The first of this kind do not say whose it was; that of a draft which nobody has any more can go.
            whose = payload.get("client", None if entry.about in self._others_drafts else self._client)
            return entry.about in self._drafts or whose == self._client
        return entry.about in self._things or self._found.called.is_named_in(_texts(payload))

    def _is_their_key(self, fingerprint: str, uids: Iterable[str]) -> bool:
        if fingerprint in self._others_keys:
            return False
        if fingerprint not in self._found.fingerprints:
            written = {folded(address) for uid in uids for address in _ADDRESS.findall(uid)}
            if not written & {folded(address) for address in self._found.called.addresses}:
                return False
            self._found.fingerprints.add(fingerprint)
        return True


def _texts(value: object) -> Iterable[str]:
    """Every text in a payload."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
