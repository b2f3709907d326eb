"""Looking back on long work with one client: its timeline and letterbook as values, as pages, and written to a file."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.filling import agree, at_the_end, filling, with_notes
from bench.measuring import cpu_seconds_of, median, milliseconds, own_peak_mb, seconds_of, taking_turns
from bench.options import Options
from bench.outcome import Outcome, Table
from bench.plain_corpus import BEGINNING, SENDER, PlainPlan
from bench.program import fresh_practice
from bench.startup import bare, whole
from therapymail.domain.client import Certificate
from therapymail.domain.exporting import Exported, Form
from therapymail.domain.letter import Filing
from therapymail.domain.milestone import MilestoneKind
from therapymail.domain.passage import Passage
from therapymail.domain.timeline_text import periods_that_fit, timeline_text
from therapymail.practice.export import ExportRequest, prepare_export, write_export
from therapymail.practice.export_file import Target
from therapymail.practice.kept_open import PracticeKeptOpen
from therapymail.practice.letterbook import letterbook
from therapymail.practice.look_back import client_timeline
from therapymail.practice.practice import Practice
from therapymail.vault import certificates, clients, milestones, passage_tags, pins, rereads
from therapymail.vault.connection import Writer

NAME = "looking-back"
LETTERS = 1000
CODE = "C000"
_EVERY = 25  # one letter in so many has a tagged passage, was re-read and is a milestone
_PASSAGE = 60  # characters
_TIMELINE_MS, _EXPORT_MS = 50, 2000
EXPORTS = (
    ("letterbook as HTML", Exported.LETTERBOOK, Form.HTML),
    ("letterbook as Markdown", Exported.LETTERBOOK, Form.MARKDOWN),
    ("timeline and its letters as HTML", Exported.TIMELINE, Form.HTML),
    ("record as JSON", Exported.RECORD, Form.JSON),
    ("originals as mbox", Exported.LETTERS, Form.MBOX),
)


def measure(options: Options, letters: int = LETTERS) -> Outcome:
    """File the letters of one client, mark them as years of work do, then look back on them."""
    plan = PlainPlan(letters, options.seed)
    with fresh_practice(None) as program, tempfile.TemporaryDirectory(prefix="tm-", dir="/tmp") as place:
        for _ in filling(program, plan, 1, _marked):
            pass
        practice = at_the_end(program)
        agree(practice)
        _pin(practice)
        marks = len(client_timeline(practice, CODE).marks)
        sizes = {title: _export(practice, what, form, Path(place)) for title, what, form in EXPORTS}
        times, cpu = _times(practice, Path(place), options)
        processes = {"bare program": lambda: bare("greet", "Ana"), "timeline": lambda: whole(program, "timeline", CODE)}
        commands = {name: median(all_of) for name, all_of in taking_turns(options.quick_rounds, processes).items()}
    figures = {
        "letters": letters,
        "marks": marks,
        "milliseconds": {name: milliseconds(value) for name, value in times.items()},
        "cpu_milliseconds": {name: milliseconds(value) for name, value in cpu.items()},
        "bytes": sizes,
        "timeline_above_bare_ms": milliseconds(commands["timeline"] - commands["bare program"]),
        "peak_mb": round(own_peak_mb(), 1),
    }
    return _outcome(figures, times, cpu, sizes)


def _marked(writer: Writer, batch: list[Filing]) -> None:
    with_notes(writer, batch)
    for filing in batch[::_EVERY]:
        assert filing.reading, "letters of the bench are opened"
        assert filing.client, "letters of the bench are clients'"
        passage = Passage.of(filing.digest, filing.reading.text, 0, _PASSAGE)
        passage_tags.tag_passage(writer, passage, ["grief/father"], [], filing.received)
        day = filing.received.date()
        rereads.note_reread(writer, filing.digest, day, filing.received)
        new = milestones.NewMilestone(filing.client, MilestoneKind.INSIGHT, "seen", day, filing.digest, passage)
        milestones.mark(writer, new, filing.received)


def _pin(practice: Practice) -> None:
    """The client's key, so that their signatures are in order and no incident."""
    with practice.vault() as vault, vault.writing() as writer:
        key = Certificate(SENDER, b"a public key", (), BEGINNING, None, can_encrypt=True, client=None)
        certificates.hold(writer, key, BEGINNING)
        (client,) = clients.clients(writer)
        pins.pin_key(writer, client.identity, SENDER, BEGINNING)


def _times(practice: Practice, place: Path, options: Options) -> tuple[dict[str, float], dict[str, float]]:
    """Medians of the clock and of the processor."""
    fit, open_already = periods_that_fit(80), PracticeKeptOpen.of(practice)
    found = client_timeline(open_already, CODE, most=fit)
    quick: dict[str, Callable[[], object]] = {
        "timeline": lambda: client_timeline(open_already, CODE, most=fit),
        "timeline, the whole verb": lambda: client_timeline(practice, CODE, most=fit),
        "timeline, drawn at 80 columns": lambda: timeline_text(found, width=80),
        "letterbook": lambda: letterbook(open_already, CODE),
    }
    slow: dict[str, Callable[[], object]] = {
        f"export: {title}": (lambda what=what, form=form: _export(practice, what, form, place))  # type: ignore[misc]
        for title, what, form in EXPORTS
    }
    times, cpu = {}, {}
    for calls, rounds in ((quick, options.quick_rounds), (slow, options.rounds)):
        for name, call in calls.items():
            times[name] = median([seconds_of(call) for _ in range(rounds)])
            cpu[name] = median([cpu_seconds_of(call) for _ in range(rounds)])
    open_already.let_go()
    return times, cpu


def _export(practice: Practice, what: Exported, form: Form, place: Path) -> int:
    """The whole verb, to a file; its size in bytes."""
    with_letters = what is Exported.TIMELINE
    prepared = prepare_export(practice, ExportRequest(what, form, CODE, letters=with_letters))
    return write_export(practice, prepared, Target(place / f"{what}.{form}", overwrite=True)).size


def _outcome(
    figures: dict[str, object], times: dict[str, float], cpu: dict[str, float], sizes: dict[str, int]
) -> Outcome:
    rows = tuple(
        (
            name,
            f"{milliseconds(value)}",
            f"{milliseconds(cpu[name])}",
            f"{sizes[name.removeprefix('export: ')] / 1e6:.1f}" if name.startswith("export: ") else "",
        )
        for name, value in times.items()
    )
    pages = [value for name, value in times.items() if name.endswith("HTML")]
    reached = (
        ("the timeline, ms", f"{milliseconds(times['timeline'])}", f"under {_TIMELINE_MS}"),
        ("the slowest HTML export, ms", f"{milliseconds(max(pages))}", f"under {_EXPORT_MS}"),
        ("timeline, the whole command above a bare Typer program, ms", f"{figures['timeline_above_bare_ms']}", ""),
    )
    tables = (
        Table("Medians", ("what", "ms", "of the processor, ms", "file, MB"), rows),
        Table("Reached", ("what", "measured", "wanted"), reached),
    )
    remarks = (
        (
            f"{figures['letters']} letters of 525 words on average, {figures['marks']} marks on the timeline. Timeline"
            " and letterbook: everything read anew with the vault open, as in a program that goes on running; the whole"
            " verb also gets the key from the agent and opens the vault, as every export does, which is written to a"
            " file and journalled."
        ),
    )
    return Outcome(NAME, f"Looking back on {figures['letters']} letters", figures, tables, remarks)
