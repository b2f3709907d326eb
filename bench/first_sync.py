"""The first sync of a mailbox of sealed letters, beside one gpg that opens the same letters, and isync with notmuch."""

import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.corpus_folder import CorpusFolder, corpus_at, therapist_home
from bench.gnupg import GnupgHome, s2k_counts
from bench.mailbox import PEER_USER, LoadedHost, mail_host
from bench.measuring import median
from bench.options import Options
from bench.outcome import Outcome, Table
from bench.peers import DecryptFiles, PeerAccount, PeerSync, gpg_decrypt_files, mbsync_and_notmuch, missing_peers
from bench.program import OwnKey, Program, add_clients, fresh_practice
from therapymail.errors import TherapymailError
from therapymail.practice.practice import Practice
from therapymail.practice.read import LettersRequest, list_letters, read_letter

NAME = "first-sync"
_POLL_SECONDS = 0.2  # asking costs the machine something too


@dataclass(frozen=True)
class OurSync:
    """One first sync by the program: seconds, peak MB, seconds until a letter could be read, whether searches agree."""

    seconds: float
    peak_mb: float
    first_readable: float
    counts: dict[str, int]
    searches_agree: bool


@dataclass(frozen=True)
class _Scene:
    """Everything a round needs."""

    options: Options
    corpus: CorpusFolder
    home: GnupgHome
    host: LoadedHost
    ciphertexts: Sequence[Path]
    own: OwnKey


def measure(options: Options) -> Outcome:
    """Run the rounds, each of gpg, the program and (where installed) the peers, one after the other."""
    with (
        corpus_at(options.corpus, options.corpus_plan(options.letters)) as corpus,
        therapist_home(corpus, options.passphrase) as home,
        mail_host(corpus) as host,
        tempfile.TemporaryDirectory(prefix="tm-sealed-", dir="/dev/shm") as memory,
    ):
        scene = _Scene(
            options,
            corpus,
            home,
            host,
            corpus.write_ciphertexts(Path(memory), corpus.truth),
            OwnKey.of(corpus, home, options.passphrase),
        )
        host.load(corpus.truth)
        return _rounds(scene)


def _rounds(scene: _Scene) -> Outcome:
    with_peers = scene.options.peer_letters > 0 and not missing_peers()
    peer_letters = scene.corpus.truth[-scene.options.peer_letters :] if with_peers else []
    if with_peers:
        scene.host.load(peer_letters, PEER_USER)
    gpg_runs: list[DecryptFiles] = []
    our_runs: list[OurSync] = []
    peer_runs: list[PeerSync] = []
    for number in range(scene.options.rounds):
        gpg_runs.append(gpg_decrypt_files(scene.home, scene.ciphertexts))
        our_runs.append(_our_first_sync(scene))
        if with_peers and number < scene.options.peer_rounds:
            peer_runs.append(_peer_sync(scene))
    return _outcome(scene, gpg_runs, our_runs, peer_runs, len(peer_letters))


def _our_first_sync(scene: _Scene) -> OurSync:
    with fresh_practice(scene.host.facts, scene.own) as program:
        _check_protection(scene, program)
        add_clients(program, scene.corpus, scene.home)
        practice, first = program.practice(), _FirstReadable()
        run = program.run("sync", "--json", meanwhile=lambda over: first.watch(practice, over)).checked()
        counts = _counts(run.stdout)
        agrees = _searches_agree(program, scene.corpus)
        return OurSync(run.seconds, run.peak_mb, first.seconds or run.seconds, counts, agrees)


def _check_protection(scene: _Scene, program: Program) -> None:
    """Both homes must pay the same for their key, else the ratio means nothing."""
    ours, theirs = program.s2k_counts(), s2k_counts(scene.home.homedir)
    if max(ours, default=0) != max(theirs, default=0):
        raise SystemExit(f"the own key is protected unlike gpg's in this comparison: {ours} and {theirs}")


class _FirstReadable:
    """Asks again and again, from another process than the one that syncs, whether a letter can be read."""

    def __init__(self) -> None:
        self.seconds: float | None = None

    def watch(self, practice: Practice, over: threading.Event) -> None:
        began = time.perf_counter()
        while self.seconds is None and not over.wait(_POLL_SECONDS):
            if self._is_readable(practice):
                self.seconds = time.perf_counter() - began

    @staticmethod
    def _is_readable(practice: Practice) -> bool:
        try:
            newest = list_letters(practice, LettersRequest(limit=1))
            named = newest[0].letter.name if newest else None
            return named is not None and read_letter(practice, str(named)).reading is not None
        except TherapymailError:  # not yet: asked again in a moment
            return False


def _counts(answer: bytes) -> dict[str, int]:
    import json

    return {name: value for name, value in json.loads(answer).items() if isinstance(value, int)}


def _searches_agree(program: Program, corpus: CorpusFolder) -> bool:
    """Whether a few planted words and phrases are found exactly as often as the manifest says."""
    planted = sorted(corpus.planted().items(), key=lambda item: (-item[1], item[0]))[:5]
    for term, count in planted:
        answer = program.answer("search", f'"{term}"' if " " in term else term)
        if answer.get("total", answer.get("total_at_least", 0)) != count and "total" in answer:
            return False
    return True


def _peer_sync(scene: _Scene) -> PeerSync:
    facts = scene.host.facts
    account = PeerAccount(facts.ports["imaps"], PEER_USER, facts.users[PEER_USER], facts.ca)
    return mbsync_and_notmuch(account, scene.home, scene.corpus.therapist)


def _outcome(
    scene: _Scene, gpg_runs: list[DecryptFiles], our_runs: list[OurSync], peer_runs: list[PeerSync], peer_letters: int
) -> Outcome:
    letters = scene.corpus.letters
    rates = {
        "gpg": median([letters / run.run.seconds for run in gpg_runs]),
        "ours": median([letters / run.seconds for run in our_runs]),
        "peers": median([peer_letters / run.seconds for run in peer_runs]),
    }
    ratios = [ours_run_ratio(gpg, ours) for gpg, ours in zip(gpg_runs, our_runs, strict=True)]
    figures = {
        "letters": letters,
        "rounds": len(our_runs),
        "s2k_counts": s2k_counts(scene.home.homedir),
        "gpg_seconds": [round(run.run.seconds, 3) for run in gpg_runs],
        "gpg_opened": gpg_runs[-1].opened,
        "gpg_good_signatures": gpg_runs[-1].good_signatures,
        "our_seconds": [round(run.seconds, 3) for run in our_runs],
        "our_counts": our_runs[-1].counts,
        "our_peak_mb": round(max(run.peak_mb for run in our_runs), 1),
        "first_readable_seconds": [round(run.first_readable, 3) for run in our_runs],
        "searches_agree": all(run.searches_agree for run in our_runs),
        "peer_letters": peer_letters,
        "peer_seconds": [round(run.seconds, 3) for run in peer_runs],
        "peer_notmuch_seconds": [round(run.notmuch, 3) for run in peer_runs],
        "peer_opened": peer_runs[-1].opened if peer_runs else 0,
        "letters_a_second": {name: round(rate, 1) for name, rate in rates.items()},
        "ratio_to_gpg": round(median(ratios), 3),
        "ratio_to_peers": round(rates["ours"] / rates["peers"], 1) if rates["peers"] else None,
    }
    return Outcome(NAME, f"First sync of {letters} sealed letters", figures, _tables(figures), _remarks(figures))


def ours_run_ratio(gpg: DecryptFiles, ours: OurSync) -> float:
    """Our rate as a part of gpg's, in one round."""
    return gpg.run.seconds / ours.seconds


def _tables(figures: dict[str, object]) -> tuple[Table, ...]:
    say: Callable[[str], object] = figures.__getitem__
    rates = figures["letters_a_second"]
    assert isinstance(rates, dict)
    rows = [
        ("one gpg --decrypt-files, opening and verifying only", f"{say('letters')}", f"{rates['gpg']}", ""),
        ("therapymail sync: fetched, opened, filed, searchable", f"{say('letters')}", f"{rates['ours']}", ""),
    ]
    if figures["peer_seconds"]:
        rows.append(("mbsync, then notmuch new with decryption", f"{say('peer_letters')}", f"{rates['peers']}", ""))
    wanted = [
        ("our rate as a part of gpg's", f"{say('ratio_to_gpg')}", "at least 0.7"),
        ("our rate in multiples of isync with notmuch", f"{say('ratio_to_peers') or 'not installed'}", "at least 20"),
        ("peak memory of the process, MB", f"{say('our_peak_mb')}", "under 200"),
        ("seconds until a letter can be read", f"{say('first_readable_seconds')}", "a few"),
        ("planted words found as often as planted", f"{say('searches_agree')}", "True"),
    ]
    return (
        Table("Rates (medians)", ("what", "letters", "letters a second", ""), tuple(rows)),
        Table("Reached", ("what", "measured", "wanted"), tuple(wanted)),
    )


def _remarks(figures: dict[str, object]) -> tuple[str, ...]:
    remarks = [
        (
            "gpg reads unarmored letters from memory-backed storage and writes its plaintexts there; its home holds "
            "the clients' certificates, and the own key is protected exactly as in the practice."
        ),
        "therapymail is timed as a whole process, from its start to its end, with a mail host on loopback over TLS.",
    ]
    if figures["peer_seconds"]:
        remarks.append(
            f"isync and notmuch got the newest {figures['peer_letters']} letters alone; notmuch grows slower as it "
            "goes on, so that its rate for all of them would be lower."
        )
    else:
        remarks.append("isync and notmuch were not measured: install the packages isync and notmuch.")
    return tuple(remarks)
