"""One mail host in one directory: start, stop, add users, load mail. Several live side by side.

IMAP and submission are Dovecot 2.3's own daemons, with configuration, keys, sockets, logs and mail of this
instance alone, on ports that the kernel picks; what is submitted goes Dovecot submission, relay.py, Dovecot
LMTP, mailbox. It runs as root and equally as an ordinary user, and `start` on a directory that was stopped keeps
ports, certificates and mail.

Dovecot counts a connection whose two ends have the same address as secured, so on loopback it accepts a login in
clear whatever it is told: that we never send one has to be tested against `tests.support.hostile_imap`.
"""

import contextlib
import json
import os
import pwd
import re
import shutil
import stat
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.support.mailhost import relay
from tests.support.mailhost.certificates import make_certificates
from tests.support.mailhost.dovecot import HOST, Layout, Owners, owners
from tests.support.mailhost.processes import (
    HostError,
    alive,
    dovecot_missing,
    free_ports,
    listening,
    start_dovecot,
    start_relay,
    terminate,
    wait_ready,
)

DEFAULT_DOMAIN = "practice.test"
DEFAULT_USERS = {"therapist": "therapist-pw", "ana": "ana-pw", "ben": "ben-pw", "cleo": "cleo-pw"}


@dataclass(frozen=True)
class HostFacts:
    """What a client needs to know of a running host. `ports` by service: imap, imaps, submission, submissions."""

    host: str
    domain: str
    ports: dict[str, int]
    ca: str
    users: dict[str, str]
    data: str
    run: str

    @property
    def log(self) -> Path:
        """Dovecot's log while it runs."""
        return Path(self.run) / "dovecot.log"


def token_for(user: str) -> str:
    """The token that logs `user` in by XOAUTH2 or OAUTHBEARER."""
    return relay.TOKEN_PREFIX + user


class MailHost:
    """One instance, kept in one directory; as a context manager it gives its HostFacts and leaves nothing behind."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.absolute()
        self._state_file = self.directory / "mailhost.json"

    def __enter__(self) -> HostFacts:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop(wipe=True)

    def facts(self) -> HostFacts | None:
        """What is known of the host, running or stopped; None if it never ran."""
        try:
            return HostFacts(**json.loads(self._state_file.read_text("utf-8")))
        except FileNotFoundError:
            return None

    def running(self) -> bool:
        """Whether Dovecot and the relay both run."""
        return len(self._processes()) == 2

    def start(
        self,
        users: dict[str, str] | None = None,
        *,
        domain: str = DEFAULT_DOMAIN,
        compress: bool = True,
        storage: str = "maildir:~/Maildir",
    ) -> HostFacts:
        """Start, or start again with mail and ports kept. Raises HostError."""
        if missing := dovecot_missing():
            raise HostError(missing)
        if self._processes():
            raise HostError(f"already running in {self.directory}")
        old = self.facts()
        users = users or (old.users if old else dict(DEFAULT_USERS))
        self.directory.mkdir(parents=True, exist_ok=True)
        certificates = self.directory / "certs"
        if not (certificates / "server.pem").exists():
            make_certificates(certificates)
        who = owners()
        data = self._data_directory(old, as_root=who.as_root)
        (data / "home").mkdir(exist_ok=True)
        _give_to_mail(data / "home", who)
        run = Path(tempfile.mkdtemp(prefix="mh-", dir="/tmp"))  # a socket's path has 108 bytes
        run.chmod(0o755)
        _write_users(data, users, who)
        try:
            layout = self._start_all(run, data, certificates, old, domain, storage, compress=compress, who=who)
        except BaseException:
            shutil.rmtree(run, ignore_errors=True)
            raise
        facts = HostFacts(HOST, domain, layout.ports, str(certificates / "ca.pem"), users, str(data), str(run))
        self._remember(facts)
        wait_ready(layout, facts.ca)
        return facts

    def _start_all(
        self,
        run: Path,
        data: Path,
        certificates: Path,
        old: HostFacts | None,
        domain: str,
        storage: str,
        *,
        compress: bool,
        who: Owners,
    ) -> Layout:
        with listening() as relay_socket, listening() as token_socket:
            relay_socket.listen(64)
            token_socket.listen(64)
            for attempt in range(5):
                ports = free_ports(old.ports if old and not attempt else {})
                relay_port, token_port = relay_socket.getsockname()[1], token_socket.getsockname()[1]
                layout = Layout(run, data, certificates, ports, relay_port, token_port, storage, compress)
                if start_dovecot(layout, who):
                    break
            else:
                raise HostError("no free ports")
            start_relay(layout, relay_socket, token_socket, domain)
        return layout

    def stop(self, *, wipe: bool = False) -> None:
        """Stop what runs; with `wipe` remove mail and directory too. The last log stays in the directory."""
        facts = self.facts()
        for pid, mark in self._processes():
            terminate(pid, mark)
        if facts is None:
            return
        if facts.log.exists() and not wipe:
            shutil.copyfile(facts.log, self.directory / "dovecot.log")
        shutil.rmtree(facts.run, ignore_errors=True)
        if wipe:
            shutil.rmtree(facts.data, ignore_errors=True)
            shutil.rmtree(self.directory, ignore_errors=True)

    def add_user(self, name: str, password: str) -> str:
        """Add a user to the running host; the user's address. Dovecot may take a second to see it."""
        facts = self._known()
        users = {**facts.users, name: password}
        _write_users(Path(facts.data), users, owners())
        self._remember(HostFacts(**{**asdict(facts), "users": users}))
        return f"{name}@{facts.domain}"

    def load(self, user: str, maildir: Path, folder: str = "INBOX") -> int:
        """Copy every mail of a Maildir into a user's folder, INTERNALDATE from the files' times; how many."""
        facts = self._known()
        if user not in facts.users:
            raise HostError(f"no such user: {user}")
        who = owners()
        root = Path(facts.data, "home", user, "Maildir")
        target = root if folder == "INBOX" else root / ("." + folder.replace("/", "."))
        for part in ("cur", "new", "tmp"):
            (target / part).mkdir(parents=True, exist_ok=True)
        mails = [mail for part in ("cur", "new") for mail in sorted((maildir / part).iterdir())]
        for mail in mails:
            copy = target / "cur" / (mail.name if ":2," in mail.name else mail.name + ":2,")
            shutil.copyfile(mail, copy)
            os.utime(copy, (mail.stat().st_mtime,) * 2)
            _give_to_mail(copy, who)
        for directory in (root, target, target / "cur", target / "new", target / "tmp"):
            _give_to_mail(directory, who)
        return len(mails)

    def _known(self) -> HostFacts:
        facts = self.facts()
        if facts is None:
            raise HostError(f"nothing was ever started in {self.directory}")
        return facts

    def _remember(self, facts: HostFacts) -> None:
        self._state_file.write_text(json.dumps(asdict(facts), indent=1))
        self._state_file.chmod(0o600)

    def _processes(self) -> list[tuple[int, str]]:
        """The process ids that run, each with what its command line must hold (so a reused id is never hit)."""
        facts = self.facts()
        found: list[tuple[int, str]] = []
        for name in ("d/master.pid", "relay.pid") if facts else ():
            with contextlib.suppress(OSError, ValueError):
                pid = int((Path(facts.run if facts else "") / name).read_text())
                if alive(pid, facts.run if facts else ""):
                    found.append((pid, facts.run if facts else ""))
        return found

    def _data_directory(self, old: HostFacts | None, *, as_root: bool) -> Path:
        """Where mail is kept: below our directory, but as root somewhere that the user `mail` may enter."""
        if old is not None and Path(old.data).is_dir():
            return Path(old.data)
        data = self.directory / "data"
        data.mkdir(exist_ok=True)
        if as_root:
            data.chmod(0o755)
            if not all(path.stat().st_mode & stat.S_IXOTH for path in (data, *data.parents)):
                data.rmdir()
                data = Path(tempfile.mkdtemp(prefix="mhdata-", dir="/var/tmp"))
                data.chmod(0o755)
        return data


def _write_users(data: Path, users: dict[str, str], who: Owners) -> None:
    for name, password in users.items():
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", name) or re.search(r"[:\r\n]", password):
            raise HostError(f"user name or password not usable: {name}")
        home = data / "home" / name
        if not home.exists():
            home.mkdir()
            _give_to_mail(home, who)
    new = data / "passwd.new"
    new.write_text("".join(f"{name}:{{PLAIN}}{password}\n" for name, password in users.items()), "utf-8")
    if who.as_root:
        shutil.chown(new, "root", who.group)
        new.chmod(0o640)
    new.replace(data / "passwd")


def _give_to_mail(path: Path, who: Owners) -> None:
    if who.as_root:
        entry = pwd.getpwnam(who.mail)
        os.chown(path, entry.pw_uid, entry.pw_gid)
