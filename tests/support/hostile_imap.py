"""IMAP servers that misbehave: scripts for the time before login, and a small mailbox whose answers can be spoilt."""

import base64
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.support.hostile import Line

Script = Callable[[Line], None]
GREETING = b"* OK ready"


def _capable(line: Line, capabilities: bytes) -> None:
    """Answer the CAPABILITY that every client begins with."""
    tag = line.hear().split()[0]
    line.say(b"* CAPABILITY IMAP4rev1 " + capabilities, tag + b" OK done")


def _as_if_all_were_well(line: Line) -> None:
    """Accept whatever comes, in clear: what an attacker who strips TLS would do."""
    while True:
        words = line.hear().split()
        if not words:
            continue
        if words[1:2] == [b"CAPABILITY"]:
            line.say(b"* CAPABILITY IMAP4rev1 AUTH=PLAIN")
        if words[1:2] == [b"AUTHENTICATE"]:
            line.say(b"+ ")
            line.hear()
        line.say(words[0] + b" OK as you wish")


def strips_starttls(line: Line) -> None:
    """STARTTLS is missing from the capabilities; logging in would work."""
    line.say(GREETING)
    _capable(line, b"AUTH=PLAIN")
    _as_if_all_were_well(line)


def refuses_starttls(line: Line) -> None:
    """STARTTLS is offered, then refused; logging in would work."""
    line.say(GREETING)
    _capable(line, b"STARTTLS AUTH=PLAIN")
    line.say(line.hear().split()[0] + b" NO not now")
    _as_if_all_were_well(line)


def preauth(line: Line) -> None:
    """Somebody is logged in already, it says (HAZARDS H12)."""
    line.say(b"* PREAUTH welcome back")
    _capable(line, b"STARTTLS")
    _as_if_all_were_well(line)


def injects_before_tls(context: ssl.SSLContext) -> Script:
    """An answer that only TLS should protect stands in the same segment as that to STARTTLS."""

    def script(line: Line) -> None:
        line.say(GREETING)
        _capable(line, b"STARTTLS AUTH=PLAIN")
        tag = line.hear().split()[0]
        line.say(tag + b" OK begin", b"* CAPABILITY IMAP4rev1 AUTH=PLAIN", b"* OK injected")
        line.start_tls(context)
        _as_if_all_were_well(line)

    return script


def injects_late(line: Line) -> None:
    """Clear text follows a moment after the answer to STARTTLS, in place of the handshake."""
    line.say(GREETING)
    _capable(line, b"STARTTLS AUTH=PLAIN")
    line.say(line.hear().split()[0] + b" OK begin")
    time.sleep(0.1)
    line.say(b"* CAPABILITY IMAP4rev1 AUTH=PLAIN")
    line.wait()


def says_bye(line: Line) -> None:
    """It is full."""
    line.say(b"* BYE too many connections")


def floods_the_greeting(line: Line) -> None:
    """A greeting that never ends, as fast as it can."""
    while True:
        line.say_raw(b"* OK " + b"x" * 100_000)


def drips_the_greeting(line: Line) -> None:
    """A greeting that never ends, a byte at a time."""
    while True:
        line.say_raw(b"*")
        time.sleep(0.05)


def floods_with_lines(line: Line) -> None:
    """A good greeting, and then an answer that never ends, each line a proper one."""
    line.say(GREETING)
    line.hear()
    while True:
        line.say_raw(b"* OK still here\r\n" * 1_000)


def drips_lines(line: Line) -> None:
    """A good greeting, and then a proper line now and then, but never the answer."""
    line.say(GREETING)
    line.hear()
    while True:
        line.say(b"* OK still here")
        time.sleep(0.05)


def says_garbage(line: Line) -> None:
    """Not IMAP at all."""
    line.say_raw(b"\x00\xff\xfe HTTP/1.1 400 Bad Request\r\n\r\n" * 3)
    line.wait()


def garbage_after_greeting(line: Line) -> None:
    """IMAP for one line."""
    line.say(GREETING)
    line.hear()
    line.say_raw(b"\x00\xff\xfe{{{\r\n)(\r\n" * 3)
    line.wait()


def never_answers(line: Line) -> None:
    """Not a word."""
    line.wait()


def hangs_up(line: Line) -> None:
    """It goes at once."""
    del line


@dataclass
class FakeImap:
    """A script: a small IMAP server with the one folder INBOX. Tests override what is to go wrong.

    `mails` by UID; `mechanisms` are AUTH= names; `capabilities` beside them. Under STARTTLS give `upgrade`.
    """

    mails: dict[int, bytes] = field(default_factory=dict)
    mechanisms: tuple[bytes, ...] = (b"PLAIN",)
    capabilities: bytes = b"IDLE UIDPLUS"
    upgrade: ssl.SSLContext | None = None
    uidvalidity: int = 7
    commands: list[bytes] = field(default_factory=list)
    sasl: list[bytes] = field(default_factory=list)
    appended: list[bytes] = field(default_factory=list)

    def __call__(self, line: Line) -> None:
        """Serve one connection."""
        line.say(GREETING)
        while True:
            words = line.hear().split(b" ", 2)
            if len(words) < 2:
                continue
            tag, name, rest = words[0], words[1].upper(), words[2] if len(words) > 2 else b""
            if name == b"UID":
                verb, _, rest = rest.partition(b" ")
                name += b" " + verb.upper()
            self.commands.append(name + (b" " + rest if rest else b""))
            answer = getattr(self, "on_" + name.decode("latin-1").lower().replace(" ", "_"), None)
            if answer is None:
                line.say(tag + b" BAD unknown")
            elif answer(line, tag, rest) is False:
                return

    def on_capability(self, line: Line, tag: bytes, rest: bytes) -> None:
        del rest
        offered = b" ".join(b"AUTH=" + name for name in self.mechanisms)
        starttls = b" STARTTLS" if self.upgrade else b""
        line.say(b"* CAPABILITY IMAP4rev1 " + self.capabilities + starttls + b" " + offered, tag + b" OK done")

    def on_starttls(self, line: Line, tag: bytes, rest: bytes) -> None:
        del rest
        line.say(tag + b" OK begin")
        assert self.upgrade is not None
        line.start_tls(self.upgrade)
        self.upgrade = None

    def on_authenticate(self, line: Line, tag: bytes, rest: bytes) -> None:
        del rest
        line.say(b"+ ")
        self.sasl.append(base64.b64decode(line.hear()))
        line.say(tag + b" OK in")

    def on_noop(self, line: Line, tag: bytes, rest: bytes) -> None:
        del rest
        line.say(tag + b" OK done")

    def on_logout(self, line: Line, tag: bytes, rest: bytes) -> bool:
        del rest
        line.say(b"* BYE bye", tag + b" OK done")
        return False

    def on_list(self, line: Line, tag: bytes, rest: bytes) -> None:
        del rest
        line.say(b'* LIST () "/" INBOX', tag + b" OK done")

    def on_status(self, line: Line, tag: bytes, rest: bytes) -> None:
        del rest
        facts = (len(self.mails), max(self.mails, default=0) + 1, self.uidvalidity)
        line.say(b"* STATUS INBOX (MESSAGES %d UIDNEXT %d UIDVALIDITY %d)" % facts, tag + b" OK done")

    def on_examine(self, line: Line, tag: bytes, rest: bytes) -> None:
        del rest
        line.say(
            b"* %d EXISTS" % len(self.mails),
            b"* OK [UIDVALIDITY %d] as ever" % self.uidvalidity,
            b"* OK [UIDNEXT %d] next" % (max(self.mails, default=0) + 1),
            tag + b" OK [READ-ONLY] open",
        )

    def on_uid_search(self, line: Line, tag: bytes, rest: bytes) -> None:
        del rest
        line.say(b"* SEARCH " + b" ".join(b"%d" % uid for uid in sorted(self.mails)), tag + b" OK done")

    def on_uid_fetch(self, line: Line, tag: bytes, rest: bytes) -> bool | None:
        numbers, _, items = rest.partition(b" ")
        for uid in self.asked(numbers):
            line.say_raw(self.answer(uid, items))
        line.say(tag + b" OK done")
        return None

    def on_append(self, line: Line, tag: bytes, rest: bytes) -> bool | None:
        size = int(rest.rpartition(b"{")[2].rstrip(b"}"))
        line.say(b"+ go on")
        self.appended.append(line.hear_bytes(size))
        line.hear()
        line.say(tag + b" OK [APPENDUID %d 77] done" % self.uidvalidity)
        return None

    def on_idle(self, line: Line, tag: bytes, rest: bytes) -> bool | None:
        del rest
        line.say(b"+ idling")
        while line.hear() != b"DONE":
            pass
        line.say(tag + b" OK done")
        return None

    def asked(self, numbers: bytes) -> list[int]:
        """The UIDs of a sequence set that exist here."""
        wanted: set[int] = set()
        for part in numbers.split(b","):
            first, _, last = part.partition(b":")
            wanted.update(range(int(first), int(last or first) + 1))
        return sorted(wanted & self.mails.keys())

    def sequence(self, uid: int) -> int:
        """The sequence number of `uid`."""
        return sorted(self.mails).index(uid) + 1

    def size(self, uid: int) -> int:
        """RFC822.SIZE."""
        return len(self.mails[uid])

    def body(self, uid: int) -> bytes:
        """What BODY[] gives."""
        return self.mails[uid]

    def answer(self, uid: int, items: bytes) -> bytes:
        """The FETCH line for one mail."""
        parts = [b"UID %d" % uid]
        if b"RFC822.SIZE" in items:
            parts.append(b"RFC822.SIZE %d" % self.size(uid))
        if b"INTERNALDATE" in items:
            parts.append(b'INTERNALDATE "17-Jul-2026 02:44:25 -0700"')
        if b"BODY.PEEK[]<" in items:
            start, count = (int(number) for number in items.split(b"<")[1].split(b">")[0].split(b"."))
            rest = self.mails[uid][start : start + count]
            parts.append(b"BODY[]<%d> {%d}\r\n%b" % (start, len(rest), rest))
        elif b"BODY.PEEK[]" in items:
            body = self.body(uid)
            parts.append(b"BODY[] {%d}\r\n%b" % (len(body), body))
        elif b"HEADER.FIELDS" in items:
            header = self.mails[uid].partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            parts.append(b"BODY[HEADER.FIELDS (FROM TO)]<0> {%d}\r\n%b" % (len(header), header))
        return b"* %d FETCH (" % self.sequence(uid) + b" ".join(parts) + b")\r\n"
