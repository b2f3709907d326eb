"""What stands beside Dovecot: a relay from its submission service to its LMTP, and a token server.

Run as a script of its own (standard library only). The relay treats some addresses specially, in any domain:
reject@ 550 at RCPT; tempfail@ 451 at RCPT; refuse-data@ 554 after DATA; drop@ closes the connection after DATA;
slow-N@ waits N seconds at RCPT, then accepts and discards; bounce@ is accepted, and a delivery report comes back.
"""

import argparse
import asyncio
import contextlib
import email.utils
import json
import os
import re
import signal
import smtplib
import socket
import sys
import urllib.parse
from pathlib import Path

TOKEN_PREFIX = "token-for-"
ACCEPTED = "250 2.1.5 OK"
BOUNCING = "bounce"


def delivery_report(recipient: str, sent: bytes) -> bytes:
    """What a host on the way sends back of the mail `sent` (RFC 3464): `recipient`'s mailbox is full."""
    header = re.split(rb"\r?\n\r?\n", sent, maxsplit=1)[0].decode("ascii", "replace").replace("\r\n", "\n")
    sender = re.search(r"^From:.*?([^\s<>]+@[^\s<>]+)", header, re.MULTILINE | re.IGNORECASE)
    assert sender, "a mail says whom it is from"
    report = (
        f"Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@next.example>\nTo: {sender[1]}\n"
        f"Date: {email.utils.formatdate()}\nMessage-ID: {email.utils.make_msgid(domain='next.example')}\n"
        "Subject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=-report"\n\n'
        f"--=-report\nContent-Type: text/plain\n\nThe mailbox of <{recipient}> is full.\n\n"
        "--=-report\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; next.example\n\n"
        f"Final-Recipient: rfc822; {recipient}\nAction: failed\nStatus: 5.2.2\n"
        "Diagnostic-Code: smtp; 552 5.2.2 Mailbox full\n\n"
        f"--=-report\nContent-Type: text/rfc822-headers\n\n{header}\n--=-report--\n"
    )
    return report.replace("\n", "\r\n").encode()


class Users:
    """The users in Dovecot's passwd file, read again whenever it is asked: tests add some."""

    def __init__(self, passwd: Path) -> None:
        self._passwd = passwd

    def __contains__(self, name: object) -> bool:
        lines = self._passwd.read_text("utf-8").splitlines()
        return name in {line.partition(":")[0] for line in lines}


class Relay:
    """SMTP in (from Dovecot's submission service, loopback), LMTP out, one message a recipient."""

    def __init__(self, lmtp: str, domain: str, users: Users) -> None:
        self._lmtp, self._domain, self._users = lmtp, domain.lower(), users

    async def session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One SMTP session."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await _Session(self, reader, writer).run()
        writer.close()

    async def answer_to(self, address: str) -> str:
        """What RCPT gets."""
        local, _, domain = address.lower().rpartition("@")
        fixed = {"reject": "550 5.1.1 No such mailbox", "tempfail": "451 4.3.0 Try again later"}
        if local in fixed:
            return fixed[local]
        if slow := re.fullmatch(r"slow-(\d+)", local):
            await asyncio.sleep(int(slow[1]))
        elif local not in {"refuse-data", "drop", BOUNCING} and (domain != self._domain or local not in self._users):
            return "550 5.1.1 No such mailbox here"
        return ACCEPTED

    def deliver(self, sender: str, recipients: list[str], body: bytes) -> None:
        """Hand `body` to Dovecot for each recipient that is a user; one at bounce@ comes back to the sender."""
        for recipient in recipients:
            local = recipient.rpartition("@")[0].lower()
            if local in self._users:
                self._hand_over(sender, recipient, body)
            elif local == BOUNCING and sender:
                self._hand_over("", sender, delivery_report(recipient, body))

    def _hand_over(self, sender: str, recipient: str, body: bytes) -> None:
        with smtplib.LMTP(self._lmtp) as lmtp:
            lmtp.sendmail(sender, [recipient], body, ["BODY=8BITMIME"])


class _Session:
    def __init__(self, relay: Relay, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._relay, self._reader, self._writer = relay, reader, writer
        self._sender: str | None = None
        self._recipients: list[str] = []

    async def run(self) -> None:
        await self._say("220 localhost relay")
        while line := await self._reader.readline():
            verb, _, rest = line.decode("utf-8", "surrogateescape").strip().partition(" ")
            if not await self._answer(verb.upper(), rest):
                break

    async def _say(self, *lines: str) -> None:
        self._writer.write("".join(line + "\r\n" for line in lines).encode())
        await self._writer.drain()

    async def _answer(self, verb: str, rest: str) -> bool:
        """Answer one command; False ends the session."""
        address = re.search(r"<([^>]*)>", rest)
        if verb == "EHLO":
            await self._say(
                "250-localhost", "250-8BITMIME", "250-PIPELINING", "250-ENHANCEDSTATUSCODES", "250 SIZE 67108864"
            )
        elif verb in {"MAIL", "RSET"}:
            self._sender, self._recipients = (address[1] if address else None), []
            await self._say("250 2.1.0 OK")
        elif verb == "RCPT" and address and self._sender is not None:
            answer = await self._relay.answer_to(address[1])
            if answer == ACCEPTED:
                self._recipients.append(address[1])
            await self._say(answer)
        elif verb == "DATA" and self._recipients:
            return await self._data()
        elif verb == "QUIT":
            await self._say("221 2.0.0 Bye")
            return False
        else:
            await self._say("250 2.0.0 OK" if verb in {"HELO", "NOOP", "VRFY"} else "503 5.5.1 Out of sequence")
        return True

    async def _data(self) -> bool:
        await self._say("354 Go on")
        body = bytearray()
        while (line := await self._reader.readline()) not in {b".\r\n", b".\n", b""}:
            body += line[1:] if line.startswith(b".") else line
        if not line:
            return False  # broken off: a letter without its end is none (RFC 5321 section 4.1.1.4)
        names = {recipient.rpartition("@")[0].lower() for recipient in self._recipients}
        if "drop" in names:
            return False
        if "refuse-data" in names:
            await self._say("554 5.6.0 Message refused")
        else:
            await self._deliver(bytes(body))
        self._sender, self._recipients = None, []
        return True

    async def _deliver(self, body: bytes) -> None:
        try:
            await asyncio.to_thread(self._relay.deliver, self._sender or "", self._recipients, body)
        except (OSError, smtplib.SMTPException) as error:
            sys.stderr.write(f"delivery failed: {error}\n")
            await self._say("451 4.3.0 Delivery failed")
        else:
            await self._say("250 2.0.0 Delivered")


class TokenServer:
    """Introspection of tokens (RFC 7662) over the little HTTP that Dovecot speaks."""

    def __init__(self, users: Users) -> None:
        self._users = users

    async def session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Any number of requests on one connection."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while await reader.readline():
                length = 0
                while (line := await reader.readline()).strip():
                    name, _, value = line.decode("latin-1").partition(":")
                    if name.lower() == "content-length":
                        length = int(value)
                form = urllib.parse.parse_qs((await reader.readexactly(length)).decode())
                facts = json.dumps(self._facts(form.get("token", [""])[0])).encode()
                head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                writer.write(head % len(facts) + facts)
                await writer.drain()
        writer.close()

    def _facts(self, token: str) -> dict[str, object]:
        name = token.removeprefix(TOKEN_PREFIX)
        if name == token or name not in self._users:
            return {"active": False}
        return {"active": True, "username": name, "scope": "mail", "client_id": "test"}


async def _serve(relay_fd: int, token_fd: int, lmtp: str, domain: str, users: Users) -> None:
    relay, tokens = Relay(lmtp, domain, users), TokenServer(users)
    relaying = await asyncio.start_server(relay.session, sock=socket.socket(fileno=relay_fd), limit=1 << 20)
    introspecting = await asyncio.start_server(tokens.session, sock=socket.socket(fileno=token_fd))
    await asyncio.gather(relaying.serve_forever(), introspecting.serve_forever())


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser()
    for option in ("--relay-fd", "--token-fd", "--lmtp", "--domain", "--passwd"):
        parser.add_argument(option, required=True)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    users = Users(Path(options.passwd))
    asyncio.run(_serve(int(options.relay_fd), int(options.token_fd), options.lmtp, options.domain, users))


if __name__ == "__main__":
    main()
