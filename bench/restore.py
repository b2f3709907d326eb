"""A backup of a large record, and its restore: every letter identical by hash, what each takes, beside gpg alone."""

import hashlib
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench.gnupg import kill_agent
from bench.growth import filled
from bench.options import Options
from bench.outcome import Outcome, Table
from bench.program import Program
from therapymail.config import Settings
from therapymail.paths import PracticePaths, run_directory
from therapymail.practice import backup
from therapymail.practice.backup_restore import restore
from therapymail.practice.export_file import Target
from therapymail.practice.practice import Practice
from therapymail.practice.setup_key import KeyChoice, KeySource
from therapymail.practice.unlock import unlock
from therapymail.vault import journal

NAME = "restore"
_WORK = ("`gpg --sign --encrypt` of the record's file", "`backup create`", "`backup verify`", "`backup restore`")


@dataclass(frozen=True)
class Took:
    """What one piece of work took: seconds of wall clock and of the processor, gpg's among them."""

    seconds: float
    cpu_seconds: float


@dataclass(frozen=True)
class Size:
    """One size of the record: the file, what each piece of work took, and how many letters came back identical."""

    letters: int
    vault_mb: float
    file_mb: float
    took: tuple[Took, ...]
    identical: int
    heads: bool
    peak_mb: float


def measure(options: Options) -> Outcome:
    """Back up a record of each size, restore it elsewhere, and compare the two letter by letter."""
    sizes = []
    for letters in options.growth_letters:
        with filled(letters, options) as (program, _), tempfile.TemporaryDirectory(prefix="tm-", dir="/tmp") as place:
            sizes.append(_measured(program, letters, Path(place)))
    return _outcome(sizes)


def _measured(program: Program, letters: int, place: Path) -> Size:
    practice, file = program.practice(), place / "file"
    own = practice.settings.own_key
    gpg = ["gpg", "--homedir", str(practice.paths.gnupg), "--batch", "--quiet", "--trust-model", "always"]
    seal = [*gpg, "--compress-algo", "none", "-r", own, "-u", own, "-o", str(place / "plain"), "--sign", "--encrypt"]
    alone = _took(lambda: subprocess.run([*seal, str(practice.paths.vault)], check=True))
    (place / "plain").unlink()
    made = _took(lambda: backup.create(practice, Target(file)))
    read = _took(lambda: backup.verify(practice, file))
    with _elsewhere(practice, place / "restored") as blank:
        key = KeyChoice(KeySource.HOME, None, own, home=practice.paths.gnupg)
        # what `create` itself wrote into the journal is not in the backup
        wanted, heads = _sums(practice), _heads(practice)
        put = _took(lambda: restore(blank, file, key))
        again = replace(blank, settings=replace(practice.settings))
        unlock(again, None)
        got = _sums(again)
        identical = sum(got.get(digest) == said for digest, said in wanted.items()) if len(got) == len(wanted) else 0
        whole = _is_whole(again, heads)
    megabytes = practice.paths.vault.stat().st_size / 1e6, file.stat().st_size / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Size(letters, *megabytes, (alone, made, read, put), identical, whole, peak)


@contextmanager
def _elsewhere(practice: Practice, home: Path) -> Iterator[Practice]:
    """An empty place for the practice; nothing of it goes on afterwards."""
    paths = PracticePaths(home)
    run = run_directory(paths, practice.environment)
    try:
        yield replace(practice, paths=paths, run=run, settings=Settings("", "", ""))
    finally:
        kill_agent(paths.gnupg)
        shutil.rmtree(run.shared, ignore_errors=True)


def _took(work: Callable[[], object]) -> Took:
    began, before = time.perf_counter(), _cpu()
    work()
    return Took(time.perf_counter() - began, _cpu() - before)


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _sums(practice: Practice) -> dict[bytes, bytes]:
    """The SHA-256 of every letter's bytes, as the vault gives them."""
    with practice.vault() as vault, vault.reading() as reader:
        return {
            digest: hashlib.sha256(raw).digest()
            for digest, raw in reader.each("SELECT digest, raw FROM letter_original")
        }


def _heads(practice: Practice) -> set[bytes]:
    with practice.vault() as vault, vault.reading() as reader:
        return {device for (device,) in reader.rows("SELECT device FROM journal_head")}


def _is_whole(practice: Practice, devices: set[bytes]) -> bool:
    """Whether every chain verifies: those of before, and the new device's."""
    with practice.vault() as vault, vault.reading() as reader:
        found = {device for (device,) in reader.rows("SELECT device FROM journal_head")}
        return not journal.verify(reader).problems and devices < found


def _outcome(sizes: list[Size]) -> Outcome:
    columns = (
        "what",
        *(f"{size.letters:,} letters, s" for size in sizes),
        *(f"{size.letters:,}, s cpu" for size in sizes),
    )
    rows = tuple(
        (
            title,
            *(f"{size.took[at].seconds:.1f}" for size in sizes),
            *(f"{size.took[at].cpu_seconds:.1f}" for size in sizes),
        )
        for at, title in enumerate(_WORK)
    )
    files = tuple(
        (f"{size.letters:,}", f"{size.vault_mb:,.0f}", f"{size.file_mb:,.0f}", f"{size.peak_mb:,.0f}") for size in sizes
    )
    reached = tuple(
        (
            f"letters identical by SHA-256 after a restore, of {size.letters:,}",
            f"{size.identical:,}{'' if size.heads else ', but a chain is not whole'}",
            f"{size.letters:,}",
        )
        for size in sizes
    )
    tables = (
        Table("Time", columns, rows),
        Table("Size", ("letters", "record, MB", "backup, MB", "peak memory, MB"), files),
        Table("Reached", ("what", "measured", "wanted"), reached),
    )
    remarks = (
        (
            "The letters are compared by the bench itself, each with its bytes in the record that was backed up; every"
            " chain of the journal is walked. `create` copies the record, sums each letter, seals, and reads all of it"
            " again; `restore` opens it, checks every page, counts every table and compares every letter. Nothing is"
            " held in memory whole: the peak is that of the bench, which holds the sums of all letters twice."
        ),
    )
    figures = {"sizes": [{**vars(size), "took": [vars(each) for each in size.took]} for size in sizes]}
    return Outcome(NAME, "Backup and restore", figures, tables, remarks)
