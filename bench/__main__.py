"""The command line of the bench: `python -m bench first-sync --letters 10000 --json results.json`."""

import argparse
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from bench import (
    first_sync,
    growth,
    incremental,
    looking_back,
    restore,
    sealing,
    search,
    startup,
    today,
    tui_keys,
    tui_start,
)
from bench.corpus import make_corpus
from bench.corpus_folder import corpus_at
from bench.options import PASSPHRASE, Options
from bench.outcome import Outcome, as_text, write_document
from bench.report import PAGE, write_report

MEASUREMENTS: dict[str, Callable[[Options], Outcome]] = {
    first_sync.NAME: first_sync.measure,
    incremental.NAME: incremental.measure,
    search.NAME: search.measure,
    looking_back.NAME: looking_back.measure,
    today.NAME: today.measure,
    startup.NAME: startup.measure,
    tui_start.NAME: tui_start.measure,
    tui_keys.NAME: tui_keys.measure,
    sealing.NAME: sealing.measure,
}
BY_ITSELF = {growth.NAME: growth.measure, restore.NAME: restore.measure}  # an hour or two to fill: no part of `all`


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line names."""
    given = _parser().parse_args(arguments)
    if given.command == "corpus":
        make_corpus(given.directory, _options(given).corpus_plan(given.letters))
        return 0
    if given.command == "report":
        write_report(given.results, given.page)
        return 0
    if given.command == "fill":
        growth.fill_only(_options(given))
        return 0
    if given.command != "all":
        _measure([given.command], _options(given), given.json)
        return 0
    plan = _options(given).corpus_plan(given.letters)
    with corpus_at(given.corpus, plan) as corpus:  # made once for all that need it
        _measure(MEASUREMENTS, replace(_options(given), corpus=corpus.directory), given.json)
    return 0


def _measure(names: Iterable[str], options: Options, json_file: Path | None) -> None:
    for name in names:
        outcome = {**MEASUREMENTS, **BY_ITSELF}[name](options)
        sys.stdout.write(as_text(outcome) + "\n")
        sys.stdout.flush()
        if json_file:
            write_document(json_file, [outcome])  # after each, so that an interrupted run keeps what it has


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("all", *MEASUREMENTS, *BY_ITSELF, "fill"):
        _add_options(commands.add_parser(name))
    making = commands.add_parser("corpus", help="write a corpus to a folder, to be used with --corpus")
    making.add_argument("directory", type=Path)
    _add_options(making)
    reporting = commands.add_parser("report", help="put the figures of a JSON file into docs/performance.md")
    reporting.add_argument("results", type=Path)
    reporting.add_argument("--page", type=Path, default=PAGE)
    return parser


def _add_options(parser: argparse.ArgumentParser) -> None:
    standard = Options()
    parser.add_argument("--letters", type=int, default=standard.letters, help="sealed letters in the mailbox")
    parser.add_argument("--search-letters", type=int, default=standard.search_letters, help="letters to search")
    parser.add_argument("--clients", type=int, default=standard.clients)
    parser.add_argument("--peer-letters", type=int, default=standard.peer_letters, help="for isync + notmuch; 0: none")
    parser.add_argument("--peer-rounds", type=int, default=standard.peer_rounds, help="in how many of the rounds")
    parser.add_argument("--rounds", type=int, default=standard.rounds, help="of what takes long")
    parser.add_argument("--quick-rounds", type=int, default=standard.quick_rounds, help="of what takes milliseconds")
    parser.add_argument("--sealing-rounds", type=int, default=standard.sealing_rounds, help="letters sealed")
    parser.add_argument("--corpus", type=Path, help="a folder made by `corpus`, instead of a new one")
    parser.add_argument("--engine", choices=("gpg", "pysequoia"), default=standard.engine, help="what seals a corpus")
    parser.add_argument("--no-passphrase", action="store_true", help="an own key without passphrase")
    parser.add_argument("--seed", type=int, default=standard.seed)
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=standard.growth_letters, help="letters of a growing record"
    )
    parser.add_argument("--keep", type=Path, help="a folder that keeps a growing record, filled by `fill`")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")


def _options(given: argparse.Namespace) -> Options:
    return Options(
        letters=given.letters,
        search_letters=given.search_letters,
        clients=given.clients,
        peer_letters=given.peer_letters,
        peer_rounds=given.peer_rounds,
        rounds=given.rounds,
        quick_rounds=given.quick_rounds,
        sealing_rounds=given.sealing_rounds,
        corpus=given.corpus,
        engine=given.engine,
        passphrase=None if given.no_passphrase else PASSPHRASE,
        seed=given.seed,
        growth_letters=tuple(given.sizes),
        keep=given.keep,
    )


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
