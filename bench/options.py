"""What a run of the bench is asked for."""

from dataclasses import dataclass
from pathlib import Path

from bench.corpus import CorpusPlan

PASSPHRASE = "correct horse battery staple unlit lantern"  # of the made-up own key


@dataclass(frozen=True)
class Options:
    """Sizes and repetitions. `corpus` is a folder made before, or None to make one for the run.

    `peer_letters` is how many letters isync and notmuch get (0: none), in the first `peer_rounds` rounds.
    `passphrase` protects the own key, or is None. `growth_letters` are the sizes of a growing record, each kept
    filled in the folder `keep`, or made for the run.
    """

    letters: int = 10_000
    search_letters: int = 100_000
    clients: int = 40
    peer_letters: int = 300
    peer_rounds: int = 1
    rounds: int = 3
    quick_rounds: int = 15
    sealing_rounds: int = 100
    corpus: Path | None = None
    engine: str = "gpg"
    passphrase: str | None = PASSPHRASE
    seed: int = 1
    growth_letters: tuple[int, ...] = (10_000, 100_000, 1_000_000)
    keep: Path | None = None

    def corpus_plan(self, letters: int) -> CorpusPlan:
        """The plan of a sealed corpus of `letters`."""
        return CorpusPlan(letters, clients=self.clients, seed=self.seed, engine=self.engine)
