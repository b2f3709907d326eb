"""Where the marked words of a day were looked for afterwards, and whether they were there."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.marked import found_in, word_of_this_run
from tests.support.screens import LEFT
from tests.support.tls_tap import TlsTap
from tests.support.watched import Calls, Watched

_LOGGED_IN = re.compile(rb"AUTH(?:ENTICATE)?[ \t]+PLAIN[^\r\n]*\r\n(?:[A-Za-z0-9+/=]+\r\n)?", re.IGNORECASE)


@dataclass(frozen=True)
class Marks:
    """The marked words, by what they are; those of one day are in no file of any other."""

    words: Mapping[str, str] = field(
        default_factory=lambda: {
            what: word_of_this_run(30 if what.endswith("passphrase") else 14)  # long enough not to be guessed
            for what in (
                *("their text", "their subject", "their enclosure", "their enclosure name"),
                *("client name", "client address"),
                *("text typed in the room", "text from an editor", "own subject"),
                *("own enclosure", "own enclosure name", "tag", "progress note", "process note"),
                *("mail password", "own passphrase", "notes passphrase"),
            )
        }
    )

    def __getitem__(self, what: str) -> str:
        return self.words[what]

    def but(self, *allowed: str) -> dict[str, str]:
        """All but those that belong there."""
        return {what: word for what, word in self.words.items() if what not in allowed}


@dataclass(frozen=True)
class Place:
    """Where was looked for which words: how many bytes, what was found, and whether what must be there was."""

    name: str
    looked_for: Mapping[str, str]
    content: bytes
    witness: bytes

    @property
    def found(self) -> list[str]:
        """The marked words that stand there, by what they are."""
        return found_in(self.content, self.looked_for)

    @property
    def is_what_it_says(self) -> bool:
        """Whether it holds what it holds in any case: a log that was not kept would hold no marked word either."""
        return bool(self.content) and self.witness in self.content


@dataclass
class Day:
    """What was left, said and called."""

    marks: Marks
    program: Watched
    theirs: Path  # what the person keeps elsewhere: files they enclose, the passphrase in a password manager
    smtp: TlsTap
    imap: TlsTap
    drawn: bytes = b""
    window_names: str = ""
    completed: bytes = b""
    failed: bytes = b""
    while_open: list[tuple[Path, bytes]] = field(default_factory=list)
    left: list[tuple[Path, bytes]] = field(default_factory=list)
    in_memory: list[tuple[Path, bytes]] = field(default_factory=list)
    exported: bytes = b""
    calls: Calls = field(default_factory=lambda: Calls(""))
    log: bytes = b""
    ports: frozenset[int] = frozenset()  # of the two mail hosts

    @property
    def restored(self) -> Path:
        """Where the backup of the day is put back."""
        return self.program.directory / "restored"

    def places(self) -> list[Place]:
        """Everywhere, and what must not be there."""
        marks, address = self.marks, "client address"
        by_them = (address, "client name")  # what their own program leaves outside the seal
        said = {"SMTP": bytes(self.smtp.client_said), "IMAP": bytes(self.imap.client_said)}
        heard = {"SMTP": bytes(self.smtp.server_said), "IMAP": bytes(self.imap.server_said)}
        every = marks.words
        return [
            Place("what went to the SMTP host, inside TLS", marks.but(address), logged_out(said["SMTP"]), b"BEGIN PGP"),
            Place("what went to the IMAP host, inside TLS", marks.but(address), logged_out(said["IMAP"]), b"BEGIN PGP"),
            Place("what the SMTP host said", marks.but(address), heard["SMTP"], b"250"),
            Place("what the IMAP host said", marks.but(*by_them), heard["IMAP"], b"BEGIN PGP"),
            Place("arguments and environment of every program started", every, self._programs(), b"--homedir"),
            Place("names of every file and directory made", every, self._written(), b"vault.db"),
            Place("disk, while letters were open", every, _joined(self.while_open), b"config.toml"),
            Place("disk, after the lock", every, _joined(self.left), b"config.toml"),
            Place("memory-backed storage, after the lock", every, _joined(self.in_memory), b"generation"),
            Place("an export, sealed", every, self.exported, b""),
            Place("the log of every library at DEBUG", every, self.log, b"the log is written"),
            Place("window titles, icon names and notifications", every, self._titles(), b"window: "),
            Place("the terminal, once the room had failed", every, self._after_the_room(), b"Nothing of your letters"),
            Place("output of a command that failed", every, self.failed, b"Nothing of your letters"),
            Place("what the shell completes", marks.but("tag"), self.completed, b"HERON"),
            Place("output of commands that show no letter", every, self._quiet_output(), b"HERON"),
        ]

    def _programs(self) -> bytes:
        return "\n".join(self.calls.programs()).encode()

    def _written(self) -> bytes:
        return "\n".join(sorted(self.calls.written())).encode()

    def _titles(self) -> bytes:
        """What went to the terminal beside the picture: operating system commands, device strings, tmux's names."""
        told = re.findall(rb"\x1b[\]PX^_k].*?(?:\x07|\x1b\\|$)", self.drawn, re.DOTALL)
        return b"window: " + self.window_names.encode() + b"\n" + b"\n".join(told)

    def _after_the_room(self) -> bytes:
        return self.drawn.partition(LEFT.encode())[2]

    def _quiet_output(self) -> bytes:
        """What commands said that are asked for nothing private; of those that answer with it, what they narrate."""
        every = self.program.said
        quiet = [out for words, out, _ in every if not _begins(words, (*TELLING, *ANSWERING))]
        return b"\n".join([*quiet, *(err for words, _, err in every if not _begins(words, TELLING))])


# What tells on purpose of what it was given, also in its narration; and what answers with what it was asked for.
TELLING = (("client", "add"), ("tag",))
ANSWERING = (
    *(("client", "verify"), ("letters",), ("read",), ("search",), ("enclosure",)),
    *(("drafts", "enclose"), ("drafts", "show"), ("note", "show")),
)


def _begins(words: tuple[str, ...], those: Iterable[tuple[str, ...]]) -> bool:
    return any(words[: len(each)] == each for each in those)


def logged_out(said: bytes) -> bytes:
    """What a client said but for its login, where the password belongs."""
    return _LOGGED_IN.sub(b"", said)


def _joined(files: list[tuple[Path, bytes]]) -> bytes:
    return b"\n".join(content for _, content in files)
