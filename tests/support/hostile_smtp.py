"""Submission hosts that misbehave: scripts, and a small server whose STARTTLS and AUTH can be spoilt."""

import base64
import ssl
import time
from dataclasses import dataclass, field

from tests.support.hostile import Line

GREETING = b"220 mail.example ESMTP"


@dataclass
class FakeSmtp:
    """A script: greets, answers EHLO, upgrades where `upgrade` is given, and takes AUTH.

    `offers_starttls`: False strips it. `injected`: bytes that follow the answer to STARTTLS in clear.
    `mechanisms` as in EHLO; `accepts`: whether a login succeeds; `challenge`: an error report before it fails.
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
            else:
                line.say(b"250 as you wish")

    def _ehlo(self, line: Line) -> None:
        words = [b"mail.example", b"SIZE 1000"]
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
