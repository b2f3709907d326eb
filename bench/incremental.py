"""Later syncs: with nothing new at two sizes of mailbox, and with a hundred new letters."""

from dataclasses import dataclass, replace
from typing import Any

from bench.corpus_folder import corpus_at, therapist_home
from bench.mailbox import CountingProxy, LoadedHost, mail_host
from bench.measuring import median, milliseconds, seconds_of, taking_turns
from bench.options import Options
from bench.outcome import Outcome, Table
from bench.program import OwnKey, Program, add_clients, fresh_practice
from bench.startup import bare, whole
from therapymail.practice.account import keep_secrets
from therapymail.practice.mailbox import IMAP_SECRET, account_secret
from therapymail.practice.practice import Practice
from therapymail.practice.receive import SyncRequest, SyncResult, sync

NAME = "incremental"
_SMALLER = 10  # the smaller mailbox holds a tenth
NEW_LETTERS = 100
_COUNTINGS = 21  # of commands sent together some are answered before the last is sent, by chance: the median counts


@dataclass(frozen=True)
class NoChange:
    """A sync that finds nothing, at one size of mailbox."""

    letters: int
    in_process_ms: float
    round_trips: int
    bytes_received: int


def measure(options: Options) -> Outcome:
    """Grow one mailbox in steps, and sync at each."""
    total = options.letters
    new = min(NEW_LETTERS, max(1, total // _SMALLER))
    with (
        corpus_at(options.corpus, options.corpus_plan(total)) as corpus,
        therapist_home(corpus, options.passphrase) as home,
        mail_host(corpus) as host,
        CountingProxy(host.facts.ports["imaps"]) as proxy,
        fresh_practice(host.facts, OwnKey.of(corpus, home, options.passphrase)) as program,
    ):
        add_clients(program, corpus, home)
        steps = _Steps(options, program, host, proxy)
        # Both folders must hold something from the start, so a step takes letters from everywhere in time.
        few = corpus.truth[:: max(_SMALLER, 1)]
        few_files = {entry["file"] for entry in few}
        rest = [entry for entry in corpus.truth if entry["file"] not in few_files]
        smaller = steps.grown_to(few, len(few))
        larger = steps.grown_to(rest[:-new], total - new)
        host.load(rest[-new:])
        added, seconds = steps.synced()
        if added.fetched != new:
            raise SystemExit(f"{added.fetched} of {new} new letters were fetched")
        processes = steps.whole_processes()
    return _outcome([smaller, larger], new, seconds, processes)


class _Steps:
    """The sizes through which the mailbox grows."""

    def __init__(self, options: Options, program: Program, host: LoadedHost, proxy: CountingProxy) -> None:
        self._options, self._program, self._host, self._proxy = options, program, host, proxy
        self._practice = program.practice()
        self._counted = _through(self._practice, proxy.port)

    def grown_to(self, letters: list[dict[str, Any]], total: int) -> NoChange:
        """Load letters, sync them, and measure syncs that find nothing."""
        self._host.load(letters)
        self.synced()
        times = [seconds_of(lambda: self._nothing(self._practice)) for _ in range(self._options.quick_rounds)]
        round_trips, received = sorted(self._counted_sync() for _ in range(_COUNTINGS))[_COUNTINGS // 2]
        return NoChange(total, milliseconds(median(times)), round_trips, received)

    def _counted_sync(self) -> tuple[int, int]:
        """Round trips and bytes received of one sync that finds nothing."""
        self._proxy.reset()
        self._nothing(self._counted)
        return self._proxy.round_trips, self._proxy.bytes_received

    def synced(self) -> tuple[SyncResult, float]:
        """One sync in process, and its seconds."""
        result = sync(self._practice, SyncRequest())
        return result, result.seconds

    def whole_processes(self) -> dict[str, float]:
        """Seconds of a sync that finds nothing as a whole process, in turns with a bare Typer program."""
        calls = {
            "bare program": lambda: bare("greet", "Ana"),
            "therapymail sync": lambda: whole(self._program, "sync", "--json"),
        }
        return {name: median(times) for name, times in taking_turns(self._options.quick_rounds, calls).items()}

    @staticmethod
    def _nothing(practice: Practice) -> None:
        result = sync(practice, SyncRequest())
        if result.fetched:
            raise SystemExit(f"a sync that was to find nothing fetched {result.fetched}")


def _through(practice: Practice, port: int) -> Practice:
    """The practice with its mailbox behind another port of this machine, the password kept for that one too."""
    imap = practice.settings.imap
    if imap is None:
        raise SystemExit("the practice has no mailbox")
    elsewhere = replace(practice.settings, imap=replace(imap, port=port))
    with practice.vault() as vault:
        password = account_secret(imap, vault, IMAP_SECRET)
        with vault.writing() as writer:
            keep_secrets(writer, elsewhere, password, "")
    return replace(practice, settings=elsewhere)


def _outcome(sizes: list[NoChange], new: int, seconds: float, processes: dict[str, float]) -> Outcome:
    above = processes["therapymail sync"] - processes["bare program"]
    figures = {
        "no_change": [vars(size) for size in sizes],
        "new_letters": new,
        "new_letters_seconds": round(seconds, 3),
        "whole_process_ms": {name: milliseconds(value) for name, value in processes.items()},
        "above_bare_ms": milliseconds(above),
    }
    rows = [
        (f"{size.letters}", f"{size.in_process_ms}", f"{size.round_trips}", f"{size.bytes_received}") for size in sizes
    ]
    constant = len({size.round_trips for size in sizes}) == 1
    reached = (
        ("in process, larger mailbox, ms", f"{sizes[-1].in_process_ms}", "under 50"),
        ("round trips the same at both sizes", f"{constant}", "True"),
        ("whole process above a bare Typer program, ms", f"{milliseconds(above)}", "at most 400"),
        (f"{new} new letters, in process, s", f"{seconds:.2f}", ""),
    )
    tables = (
        Table("Nothing new", ("letters", "in process, ms", "round trips", "bytes received"), tuple(rows)),
        Table("Reached", ("what", "measured", "wanted"), reached),
    )
    remarks = (
        "Two folders, INBOX and Sent. Round trips are those of the whole sync: TLS handshake, login, folders, logout.",
    )
    return Outcome(NAME, "Later syncs", figures, tables, remarks)
