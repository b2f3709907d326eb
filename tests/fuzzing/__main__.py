"""The command line of the fuzzing: `scripts/fuzz --target mime --seconds 60`."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.fuzzing.campaign import engine_here, run_all
from tests.fuzzing.execution import examine, guard_process
from tests.fuzzing.report import write_report
from tests.fuzzing.targets import TARGETS, by_name
from tests.fuzzing.worker import GUIDED, OWN


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line names. Exit 1 where anything was found."""
    given = _parser().parse_args(arguments)
    if given.report:
        write_report(given.report)
        return 0
    targets = [by_name(name) for name in given.target] or list(TARGETS)
    if given.replay:
        return _replay(given.replay, given.target)
    engine = given.engine or engine_here()
    if engine == OWN and not given.engine:
        _say("atheris is not installed: the mutator of the house runs, which no coverage guides.")
    findings = given.findings or Path(tempfile.mkdtemp(prefix="tm-findings-"))
    findings.mkdir(parents=True, exist_ok=True)
    ran = run_all(
        targets,
        given.results or findings / "results.json",
        _say,
        seed=given.seed,
        engine=engine,
        findings=findings,
        executions=given.executions,
        seconds=given.seconds,
    )
    found = sum(len(each.findings) for each in ran)
    _say(f"{sum(each.executions for each in ran):,} executions, {found} findings{f' in {findings}' if found else ''}")
    return 1 if found else 0


def _replay(path: Path, names: list[str]) -> int:
    """Run one input again, with all that it raises."""
    if len(names) != 1:
        raise SystemExit("--replay needs one --target")
    target = by_name(names[0])
    list(target.seeds())
    guard_process()
    found, seconds = examine(target, path.read_bytes())
    _say(f"{seconds:.3f} s; {f'{found.sort}: {found.where}' if found else 'nothing found'}")
    if found and found.sort == "crash":
        target.execute(path.read_bytes())
    return 1 if found else 0


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/fuzz", description="Fuzz what reads mail, keys, gpg, servers and people."
    )
    names = [target.name for target in TARGETS]
    parser.add_argument("--target", action="append", default=[], choices=names, metavar="T", help=", ".join(names))
    parser.add_argument(
        "--executions", type=int, metavar="N", help="of each target; else each has its share of 1.3 million"
    )
    parser.add_argument("--seconds", type=float, metavar="S", help="for each target, instead of a number of executions")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument(
        "--engine", choices=(GUIDED, OWN), help="atheris where it is installed, else the house's own mutator"
    )
    parser.add_argument(
        "--results", type=Path, metavar="FILE", help="where the results go; those of other targets stay"
    )
    parser.add_argument("--findings", type=Path, metavar="FOLDER", help="where inputs of findings go")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="run this one input of --target again")
    parser.add_argument("--report", type=Path, metavar="FILE", help="put these results into docs/reliability.md")
    return parser


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
