"""What is there when a day has ended, held against what was written: lost, doubled, in clear, wrongly sent."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.soak.correspondence import ANSWER, EVERYTHING, INCOMING, KEPT, NEWS, OUTGOING, Written
from tests.soak.fault import Speaker, Wire
from tests.soak.world import INBOX, SENT, THERAPIST, USERS, Place, World, address_of
from tests.support.marked import files_below, found_in
from tests.support.reading import text_of_letter
from therapymail.pgp.opening import open_mail
from therapymail.pgp.single import SingleOpener

MARKS = {each.mark: each.mark for each in EVERYTHING}
_BY_MARK = {each.mark: each for each in EVERYTHING}
_RECIPIENT = re.compile(rb"(?im)^RCPT TO:<([^>]*)>")


@dataclass
class Findings:
    """What is wrong, a line each, by what it is."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    in_clear: list[str] = field(default_factory=list)
    wrongly_sent: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    def count(self, found: int, what: str) -> None:
        """`what` has to be there once."""
        if found == 0:
            self.lost.append(what)
        elif found > 1:
            self.doubled.append(f"{what}: {found}")


class Diary:
    """What the therapist knows to have been written: each saving that was begun, and each that was said to be done."""

    def __init__(self) -> None:
        self.begun: dict[str, int] = {}
        self.kept: dict[str, int] = {}
        self._is_open = True

    def close(self) -> None:
        """The day is over: what is written at its end is not looked for in the morning's."""
        self._is_open = False

    def hear(self, said: dict[str, Any]) -> None:
        """A line of the day's."""
        for known, word in ((self.begun, "saving"), (self.kept, "saved")):
            if word in said and self._is_open:
                known[said[word]] = max(said["paragraphs"], known.get(said[word], 0))

    def look(self, found: dict[str, Any], findings: Findings) -> None:
        """What was said to be saved is there, as it was saved last or later, before anything is done again (C12)."""
        for mark, count in self.kept.items():
            written = _BY_MARK[mark]
            texts = [each["text"] for each in (*found["drafts"], *found["letters"]) if each["code"] == written.code]
            wanted = [written.up_to(paragraphs).strip() for paragraphs in range(count, self.begun[mark] + 1)]
            there = [text for text in texts if any(text.strip().startswith(each) for each in wanted)]
            findings.count(len(there), f"what was saved of {_name(written)}")


def look_at_record(left: dict[str, Any], findings: Findings, *, clock_was_right: bool) -> None:
    """The vault: each letter once, readable, whose it is; the draft still a draft; nothing else; the journal sound."""
    texts = [(letter, letter["text"].strip()) for letter in left["letters"]]
    for written in (*INCOMING, *OUTGOING):
        found = [letter for letter, text in texts if text == written.whole.strip()]
        findings.count(len(found), f"{_name(written)} on the record")
        for letter in found:
            is_right = letter["out"] is (written in OUTGOING) and letter["code"] == written.code
            if not is_right or letter["standing"] != "accepted" or letter["subject"] != written.subject:
                findings.other.append(f"{_name(written)} is {letter['standing']}, {letter['code']}, {letter['state']}")
            if letter["signature"] != "verified" and clock_was_right:
                findings.other.append(f"{_name(written)} is not said to be verified but {letter['signature']}")
    strange = len(texts) - len(INCOMING) - len(OUTGOING)
    if strange > 0:
        findings.doubled.append(f"{strange} more on the record: {[letter['state'] for letter, _ in texts]}")
    drafts = [draft for draft in left["drafts"] if draft["text"].strip() == KEPT.whole.strip()]
    findings.count(len(drafts), "the draft")
    others = len(left["drafts"]) - len(drafts)
    if others or any(draft["state"] for draft in drafts):
        findings.other.append(f"drafts are left: {[draft['state'] for draft in left['drafts']]}")
    findings.other += [f"journal: {problem}" for problem in left["problems"]]


def look_at_host(world: World, findings: Findings, *, clock_was_right: bool) -> None:
    """The mailboxes: each letter once at its client's and in Sent, sealed to both alone; and nothing else there."""
    own = world.mails(THERAPIST)
    if len(own.pop(INBOX)) != len(INCOMING):
        findings.other.append("the therapist's INBOX was changed")
    copies = _texts(world, own.pop(SENT, []), None, findings, clock_was_right=clock_was_right)
    for written in OUTGOING:
        findings.count(copies[written.mark], f"the copy of {_name(written)} in Sent")
    if strange := sum(copies.values()) - len(OUTGOING):
        findings.doubled.append(f"{strange} more in Sent")
    if any(own.values()):
        findings.in_clear.append("there is mail in other folders")
    for code, user in USERS.items():
        came = world.mails(user)
        texts = _texts(world, came.pop(INBOX), code, findings, clock_was_right=clock_was_right)
        for written in OUTGOING:
            if written.code == code:
                findings.count(texts.pop(written.mark, 0), f"{_name(written)} at its client's")
        if texts or any(came.values()):
            findings.wrongly_sent.append(f"{code} has got what is not theirs")


def _texts(
    world: World, mails: Iterable[bytes], code: str | None, findings: Findings, *, clock_was_right: bool
) -> Counter[str]:
    """How often each of our letters is among `mails`; the client with `code` (None: anybody) and we can open it."""
    found: Counter[str] = Counter()
    for raw in mails:
        opened = open_mail(raw, SingleOpener(world.writers.gpg))
        text = (text_of_letter(opened) or "").replace("\r\n", "\n")
        written = next((each for each in OUTGOING if each.whole.strip() in text), None)
        found[written.mark if written else "?"] += 1
        if written is None:
            continue
        wanted = world.parts[written.code] | world.parts[""]
        if set(opened.facts.sealed_to) != wanted or code not in {None, written.code}:
            findings.wrongly_sent.append(f"{_name(written)} is sealed to others")
        signers = {signature.signer for signature in opened.facts.signatures}
        if clock_was_right and signers != {world.own_key}:
            findings.wrongly_sent.append(f"{_name(written)} is not signed by the own key alone")
    return found


def look_for_clear_words(world: World, place: Place, findings: Findings) -> None:
    """Every byte on both wires, inside TLS, and every file that the day left: none of the words that were written."""
    for wire, proxy in world.proxies.items():
        for speaker in Speaker:
            for word in found_in(bytes(proxy.said[speaker]), MARKS):
                findings.in_clear.append(f"{word}: {speaker} on {wire}")
    addressed = set(_RECIPIENT.findall(bytes(world.proxies[Wire.SMTP].said[Speaker.CLIENT])))
    if strangers := addressed - {address_of(user).encode() for user in USERS.values()}:
        findings.wrongly_sent.append(f"{len(strangers)} strangers were written to")
    kept = [*files_below((place.practice, place.memory, place.outside)), *world.files_of_host()]
    if found_in(b"\n".join(octets for _, octets in kept), MARKS):  # all at once, and only then one by one
        for path, octets in kept:
            findings.in_clear += [f"{word}: file {path.name}" for word in found_in(octets, MARKS)]


def _name(written: Written) -> str:
    names = {ANSWER.mark: "the reply", NEWS.mark: "the letter", KEPT.mark: "the draft"}
    return names.get(written.mark) or f"letter {INCOMING.index(written) + 1} that came"
