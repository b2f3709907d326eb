"""The practice's own GnuPG home: made with its settings, and proof that this machine's GnuPG can be relied on."""

import contextlib
import importlib.resources
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from therapymail.errors import FileUnusable, GnupgUnusable
from therapymail.paths import error_phrase, make_private_directory, write_private_file
from therapymail.pgp.agent import AgentConnection
from therapymail.pgp.agent_socket import redirect_sockets
from therapymail.pgp.runner import Gpg
from therapymail.pgp.single import SingleOpener

OLDEST_VERSION = (2, 2, 27)
S2K_COUNT = 1_048_576  # 2 ms an operation; a strong passphrase protects, not the count (LAB.md section 3d)
LONGEST_UNLOCKING_SECONDS = 7 * 24 * 3600  # the agent drops even preset secrets after max-cache-ttl

_AGENT_SETTINGS = f"""\
# Written by therapymail. The vault's raw key and the own key's passphrase rest in this agent while unlocked.
allow-preset-passphrase
s2k-count {S2K_COUNT}
default-cache-ttl 7200
max-cache-ttl {LONGEST_UNLOCKING_SECONDS}
no-allow-external-cache
# Passphrases come from therapymail through a pipe; nothing may pop up or write to the terminal.
pinentry-program /bin/false
# Fewer sockets, whose paths would be longer still.
extra-socket none
browser-socket none
"""
_GPG_SETTINGS = """\
# Written by therapymail, for python-gnupg alone: therapymail's own calls of gpg read no settings.
no-greeting
no-auto-key-retrieve
no-auto-key-locate
no-auto-check-trustdb
disable-dirmngr
trust-model always
fast-list-mode
no-symkey-cache
no-encrypt-to
no-throw-keyids
"""
_VERSION = re.compile(rb"gpg \(GnuPG[^)]*\) (\d+)\.(\d+)\.(\d+)")
_AGENT_CONF, _GPG_CONF, _COMMON_CONF = "gpg-agent.conf", "gpg.conf", "common.conf"


@dataclass(frozen=True)
class GnupgReport:
    """What `probe` found: gpg's version as text and as numbers."""

    version: str
    numbers: tuple[int, int, int]


def make_home(directory: Path, sockets: Path | None = None) -> None:
    """Make `directory` a GnuPG home of ours, mode 0700, with its settings; an existing one gets them anew.

    `sockets` is where the agent listens if the home's path is too long for a socket (see redirect_sockets).
    Raises FileUnusable, GnupgMissing, GnupgUnusable.
    """
    make_private_directory(directory)
    write_private_file(directory / _AGENT_CONF, _AGENT_SETTINGS.encode())
    write_private_file(directory / _GPG_CONF, _GPG_SETTINGS.encode())
    if sockets:
        redirect_sockets(directory, sockets)


def limit_cache(directory: Path, seconds: int) -> None:
    """Let the agent of this home forget everything `seconds` after it was told, whoever else forgets to lock.

    It holds for what is preset after the agent was told to read its settings again (AgentConnection.clear).
    Raises FileUnusable.
    """
    limit = min(max(1, seconds), LONGEST_UNLOCKING_SECONDS)
    settings = _AGENT_SETTINGS.replace(f"max-cache-ttl {LONGEST_UNLOCKING_SECONDS}", f"max-cache-ttl {limit}").replace(
        "default-cache-ttl 7200", f"default-cache-ttl {min(limit, 7200)}"
    )
    write_private_file(directory / _AGENT_CONF, settings.encode())


def probe(gpg: Gpg) -> GnupgReport:
    """Check gpg's version and that it keeps our rules: a sealed message opens, a tampered one is refused.

    Raises GnupgMissing, and GnupgUnusable naming what is wrong (PGP.md section 11).
    """
    report = gnupg_version(gpg)
    if report.numbers < OLDEST_VERSION:
        wanted = ".".join(str(number) for number in OLDEST_VERSION)
        raise GnupgUnusable(f"version {report.version} is too old; {wanted} or newer is needed")
    if _uses_keyboxd(gpg.homedir):
        raise GnupgUnusable("its home keeps keys in keyboxd (common.conf), where --keyring is ignored")
    with scratch_home(gpg) as scratch:
        _self_test(scratch)
    return report


def gnupg_version(gpg: Gpg) -> GnupgReport:
    """The version of gpg. Raises GnupgMissing, and GnupgUnusable where it does not say."""
    found = _VERSION.search(gpg.run(["--version"]).output)
    if not found:
        raise GnupgUnusable("gpg does not say its version")
    major, minor, patch = (int(number) for number in found.groups())
    return GnupgReport(f"{major}.{minor}.{patch}", (major, minor, patch))


@contextlib.contextmanager
def scratch_home(gpg: Gpg) -> Iterator[Gpg]:
    """An empty home in the run directory for gpg; it goes at the end, and so does an agent started for it."""
    try:
        directory = Path(tempfile.mkdtemp(prefix="h-", dir=gpg.run_directory))
    except OSError as error:
        raise FileUnusable(str(gpg.run_directory), error_phrase(error)) from None
    try:
        yield gpg.on(directory)
    finally:
        with AgentConnection(directory) as agent:
            agent.kill()
        shutil.rmtree(directory, ignore_errors=True)


def _self_test(scratch: Gpg) -> None:
    """A round trip, and GnuPG's own blind spot: a changed OCB message that 2.2 calls okay (T7042)."""
    imported = scratch.run(["--import"], _test_data("key.gpg"))
    fingerprint = next((line.fields()[1] for line in imported.status if line.keyword == "IMPORT_OK"), "")
    if imported.returncode or not fingerprint:
        raise GnupgUnusable("it cannot take in a key (its agent may not start)")
    secret = os.urandom(64)
    sealed = scratch.run(["--recipient", fingerprint, "--local-user", fingerprint, "--sign", "--encrypt"], secret)
    opener = SingleOpener(scratch)
    if opener.decrypt(sealed.output).plaintext != secret:
        raise GnupgUnusable("it does not open what it has sealed")
    message = _test_data("ocb.pgp")
    if opener.decrypt(message).plaintext is None:
        raise GnupgUnusable("it does not open a message sealed with OCB")
    if opener.decrypt(_changed(message)).plaintext is not None:
        raise GnupgUnusable("it takes a tampered message for a good one")


def _changed(message: bytes) -> bytes:
    return message[:-1] + bytes([message[-1] ^ 1])


def _test_data(name: str) -> bytes:
    return importlib.resources.files("therapymail.pgp").joinpath("self_test", name).read_bytes()


def _uses_keyboxd(homedir: Path) -> bool:
    try:
        settings = (homedir / _COMMON_CONF).read_text("utf-8", "replace")
    except OSError:
        return False
    return any(line.strip() == "use-keyboxd" for line in settings.splitlines())
