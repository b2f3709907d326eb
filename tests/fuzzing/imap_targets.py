"""What an IMAP server says: its answers taken apart, and whole conversations over a real connection."""

import atexit
import contextlib
import functools
import itertools
import socket
import threading
import time

from tests.fuzzing import sound, spoken_seeds
from tests.fuzzing.target import Target
from therapymail.config import HostSettings, Security
from therapymail.errors import TherapymailError, UnusableInput
from therapymail.mail import answers as taken
from therapymail.mail import listing, login
from therapymail.mail.answers import MAX_UID, Piece
from therapymail.mail.connection import Connection
from therapymail.mail.faults import as_our_errors
from therapymail.mail.fetching import FetchedMail
from therapymail.mail.folder import decoded_name, encoded_name
from therapymail.mail.mailbox import Mailbox

_PATIENCE = 0.05  # seconds in which a client that has something to say says it
_LONGEST = 20.0  # seconds a conversation may last on a busy machine
_LITERAL_LIMIT = 4096


def answers(data: bytes) -> None:
    """Untagged answers as imaplib hands them on, read as every sort of answer."""
    pieces = pieces_of(data)
    for answer in taken.fetch_answers(pieces):
        assert 0 < answer.uid <= MAX_UID, "no UID"
        assert answer.size is None or answer.size >= 0, "no size"
        assert answer.internaldate is None or answer.internaldate.tzinfo is not None
    for found in (taken.search_answer(pieces), taken.esearch_answer(pieces)):
        assert found == sorted(set(found)), "not ascending"
        small = list(itertools.islice(found, 2000))
        named = [uid for numbers, _ in taken.uid_sets(small, most=100) for uid in _named(numbers)]
        assert named == [uid for uid in small if 0 < uid <= MAX_UID], "other UIDs are asked for"
    appended = taken.appended_as(pieces)
    assert appended is None or 0 < appended.uid <= MAX_UID, "no place"
    taken.internaldate_in_utc(data[:60])
    for name, state in listing._states(pieces).items():
        assert name == state.name
        assert state.uidvalidity > 0, "no validity"
    _name(data[:200])


def _named(numbers: bytes) -> list[int]:
    return [uid for first, last in taken.uids_in_set(numbers) for uid in range(first, last + 1)]


def _name(wire_name: bytes) -> None:
    name = decoded_name(wire_name)
    sound.shows(name)
    try:
        encoded = encoded_name(name)
    except UnusableInput as refused:
        sound.refusal(refused)
        return
    bare = encoded[1:-1].replace(b'\\"', b'"').replace(b"\\\\", b"\\")
    if b"\\" not in wire_name and not listing._CONTROL.search(wire_name):
        assert bare == wire_name, "a folder's name names another folder"


def pieces_of(data: bytes) -> list[Piece]:
    """`data` as imaplib hands answers on: literals apart, names of answers gone."""
    pieces: list[Piece] = []
    lines = iter(data.split(b"\r\n"))
    for line in lines:
        said = line.removeprefix(b"* ")
        for name in (b"SEARCH ", b"ESEARCH ", b"LIST ", b"STATUS "):
            said = said.removeprefix(name)
        before, opened, size = said.rpartition(b"{")
        if opened and size.endswith(b"}") and size[:-1].isdigit() and len(size) < 9:
            literal = next(lines, b"")
            wanted = min(int(size[:-1]), _LITERAL_LIMIT)
            pieces.append((before + b"{" + size, literal[:wanted]))
            pieces.append(literal[wanted:])
        else:
            pieces.append(said.replace(b" FETCH (", b" (", 1))
    return pieces


class Server:
    """A server that says the steps it is given, one for each line it hears, and hangs up."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.steps: list[bytes] = []
        threading.Thread(target=self._serve, daemon=True).start()
        atexit.register(self._listening.close)

    @property
    def port(self) -> int:
        return int(self._listening.getsockname()[1])

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            with line, contextlib.suppress(OSError):
                line.settimeout(_PATIENCE)
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._converse(line, list(self.steps))

    def _converse(self, line: socket.socket, steps: list[bytes]) -> None:
        tag = b"*"
        for number, step in enumerate(steps):
            if number:
                with contextlib.suppress(TimeoutError):  # it waits for more of an answer: hang up soon
                    heard = line.recv(65_536)
                    if not heard:
                        return
                    tag = next((said.split(b" ")[0] for said in heard.split(b"\r\n") if b" " in said), tag)
            line.sendall(step.replace(b"TAG", tag))
        line.shutdown(socket.SHUT_WR)
        with contextlib.suppress(TimeoutError):
            while line.recv(65_536):
                pass


@functools.cache
def _server() -> Server:
    return Server()


def conversation(data: bytes) -> None:
    """A whole visit to a server: greeting, login, folders, one opened, searched, glimpsed, fetched, waited for.

    Without TLS, which would make every visit ten times as long and hides nothing of what is read here.
    """
    server = _server()
    server.steps = data.split(spoken_seeds.STEP)[:24]
    host = HostSettings("127.0.0.1", server.port, Security.TLS, "orla")
    began = time.monotonic()
    try:
        _visit(host)
    except TherapymailError as refused:
        sound.refusal(refused)
        for word in ("AUTHENTICATIONFAILED", "done", "FETCH"):
            assert word not in str(refused.args), "the server's words are told"  # noqa: PT017 - no test: a check
    assert time.monotonic() - began < _LONGEST, "it goes on after the server has gone"


def _visit(host: HostSettings) -> None:
    with as_our_errors(host, "greeting"):
        connection = Connection(host.host, host.port, context=None, seconds=1.0)
    try:
        with as_our_errors(host, "logging in"):
            connection.wire.refuse_preauthenticated()
            login.log_in(connection, host, "correct-horse")
            if connection.can("ENABLE"):
                connection.command(b"ENABLE", b"CONDSTORE", b"QRESYNC")
                connection.change_numbers = connection.vanished_known = True
    except BaseException:
        connection.wire.shutdown()
        raise
    with Mailbox(host, connection) as mailbox:
        _walk(mailbox)


def _walk(mailbox: Mailbox) -> None:
    folders = mailbox.folders()
    for folder in folders:
        sound.shows(folder.name)
    for name, state in mailbox.states(folders).items():
        assert name == state.name
        assert state.uidvalidity > 0, "no validity"
    mailbox.open("INBOX")
    uids = mailbox.uids()
    assert uids == sorted(set(uids)), "not ascending"
    mailbox.search_addresses(["ann@client.example"])
    wanted = uids[:20]
    for glimpse in mailbox.glimpses(wanted):
        assert glimpse.uid in wanted, "a mail nobody asked for"
        sound.header(glimpse.header)
    for mail in mailbox.fetch(wanted):
        assert mail.uid in wanted, "a mail nobody asked for"
        if isinstance(mail, FetchedMail):
            assert len(mail.raw) == mail.size, "not whole (HAZARDS C40)"
    mailbox.gone(wanted, since=3)
    mailbox.idle(threading.Event(), 0.05)


_WORDS = (
    *(
        b"* 1 FETCH (UID 3 ",
        b"RFC822.SIZE 42 ",
        b"BODY[] {5}\r\n",
        b"BODY[] NIL",
        b'INTERNALDATE "',
        b"* SEARCH ",
        b"* LIST (",
    ),
    *(
        b"* STATUS ",
        b"(MESSAGES 2 UIDNEXT 3 UIDVALIDITY 7)",
        b"* ESEARCH ",
        b" ALL 1:3",
        b"{99999999}",
        b"{3}\r\n",
        b"\\Sent",
    ),
    *(
        b'"',
        b"\\",
        b"(",
        b")",
        b"[",
        b"]",
        b"4294967295",
        b"&U,BTFw-",
        b"* BYE x\r\n",
        b"* 3 EXISTS\r\n",
        b"[APPENDUID 7 12]",
    ),
)
_SPOKEN = (
    *_WORDS,
    spoken_seeds.STEP,
    b"TAG OK done\r\n",
    b"TAG NO no\r\n",
    b"TAG BAD bad\r\n",
    b"+ \r\n",
    b"* PREAUTH x\r\n",
    b"\r\n",
)

TARGETS = (
    Target("imap", "IMAP answers taken apart", answers, spoken_seeds.answers, _WORDS, 40_000),
    Target(
        "conversation", "a visit to an IMAP server", conversation, spoken_seeds.conversations, _SPOKEN, 20_000, 4_096
    ),
)
