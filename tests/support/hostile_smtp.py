"""Submission hosts that misbehave: a small server whose STARTTLS, AUTH and every step of a hand-over can be spoilt."""

import base64
import ssl
import time
from dataclasses import dataclass, field

from tests.support.hostile import Hangup, Line

GREETING = b"220 mail.example ESMTP"
HANGS_UP, FALLS_SILENT = b"<hangs up>", b"<falls silent>"  # in place of a reply
_USUAL = {b"MAIL": b"250 2.1.0 ok", b"RCPT": b"250 2.1.5 ok", b"DATA": b"354 go on", b"END": b"250 2.0.0 taken"}


@dataclass
class FakeSmtp:
    """A script: greets, answers EHLO, upgrades where `upgrade` is given, takes AUTH and letters.

    `offers_starttls`: False strips it. `injected`: bytes that follow the answer to STARTTLS in clear.
    `mechanisms` as in EHLO; `accepts`: whether a login succeeds; `challenge`: an error report before it fails.
    `size` is a line of EHLO or empty. `replies` are those to MAIL, RCPT, DATA, RSET and END, the end of the letter,
    where they are not the usual ones: lines, HANGS_UP or FALLS_SILENT, several for one after another (the last
    stays). `breaks_off_after`: so many bytes of a letter, then `replies[b"EARLY"]` if given, then it hangs up.
    `letters` are those taken in whole, with dots as sent; `pieces` what came of others.
    """

    upgrade: ssl.SSLContext | None = None
    offers_starttls: bool = True
    refuses_starttls: bool = False
    injected: bytes = b""
    late: bool = False
    mechanisms: bytes = b"PLAIN LOGIN"
    accepts: bool = True
    refusal: bytes = b"535 5.7.8 no"
    challenge: bytes = b""
    size: bytes = b"SIZE 1000000"
    replies: dict[bytes, bytes | list[bytes]] = field(default_factory=dict)
    breaks_off_after: int | None = None
    letters: list[bytes] = field(default_factory=list)
    pieces: list[bytes] = field(default_factory=list)
    commands: list[bytes] = field(default_factory=list)
    sasl: list[bytes] = field(default_factory=list)
    _secured: bool = False

    def __call__(self, line: Line) -> None:
        """Serve one connection."""
        line.say(GREETING)
        while True:
            command = line.hear()
            self.commands.append(command)
            verb, _, rest = command.partition(b" ")
            if verb == b"EHLO":
                self._ehlo(line)
            elif verb == b"STARTTLS":
                self._starttls(line)
            elif verb == b"AUTH":
                self._auth(line, rest)
            elif verb == b"QUIT":
                line.say(b"221 bye")
                return
            elif self._reply(line, verb).startswith(b"354") and verb == b"DATA":
                self._letter(line)

    def _reply(self, line: Line, to: bytes) -> bytes:
        """Say what is to be said; gives it."""
        reply = self.replies.get(to, _USUAL.get(to, b"250 as you wish"))
        if isinstance(reply, list):
            reply = reply.pop(0) if len(reply) > 1 else reply[0]
        if reply == HANGS_UP:
            raise Hangup
        if reply == FALLS_SILENT:
            line.wait()
            raise Hangup
        line.say(reply)
        return reply

    def _letter(self, line: Line) -> None:
        letter = b""
        while not letter.endswith(b"\r\n.\r\n"):
            try:
                letter += line.hear_bytes(1)
            except Hangup:
                self.pieces.append(letter)
                raise
            if len(letter) == self.breaks_off_after:
                self.pieces.append(letter)
                if b"EARLY" in self.replies:
                    self._reply(line, b"EARLY")
                raise Hangup
        self.letters.append(letter.removesuffix(b".\r\n"))
        self._reply(line, b"END")

    def _ehlo(self, line: Line) -> None:
        words = [b"mail.example", *([self.size] if self.size else [])]
        if self.upgrade is not None and not self._secured and self.offers_starttls:
            words.append(b"STARTTLS")
        words.append(b"AUTH " + self.mechanisms)
        line.say(*(b"250-" + word for word in words[:-1]), b"250 " + words[-1])

    def _starttls(self, line: Line) -> None:
        assert self.upgrade is not None
        if self.refuses_starttls:
            line.say(b"454 not now")
            return
        if self.late:
            line.say(b"220 go")
            time.sleep(0.1)
            line.say_raw(self.injected)
        else:
            line.say_raw(b"220 go\r\n" + self.injected)
        line.start_tls(self.upgrade)
        self._secured = True

    def _auth(self, line: Line, rest: bytes) -> None:
        mechanism, _, first = rest.partition(b" ")
        self.sasl.append(base64.b64decode(first))
        if mechanism == b"LOGIN":
            line.say(b"334 " + base64.b64encode(b"Password:"))
            self.sasl.append(base64.b64decode(line.hear()))
        if self.challenge:
            line.say(b"334 " + base64.b64encode(self.challenge))
            self.sasl.append(base64.b64decode(line.hear()))
        line.say(b"235 2.7.0 in" if self.accepts else self.refusal)
