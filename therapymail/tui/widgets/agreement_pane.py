"""The agreement with a client as a tab of the desk: how the work stands, the terms, every version, the meter."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from therapymail.domain.agreement_terms import LABELS
from therapymail.domain.agreement_text import Line, outline, standing_lines, start_words, state_words, term_lines
from therapymail.domain.boundary_meter_text import short_meter, whole_meter
from therapymail.practice import agree
from therapymail.practice.agree import Agreed, NewTerms, Proposal, show_agreement
from therapymail.practice.work_with import WorkWith, work_with
from therapymail.tui import untrusted
from therapymail.tui.asking import app_of, asking
from therapymail.tui.commands import Card, Command, bindings
from therapymail.tui.messages import RecordChanged
from therapymail.tui.widgets.sheet import ChoiceSheet, LineSheet, SayingSheet

_LABEL = 20
_LEAST = 20


class AgreementPane(VerticalScroll):
    """Counts and terms; nothing of a letter but its name."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("c", "change", "Change a term", "Agree on another value of one term, from the next exchange on."),
        Command("m", "meter", "Whole meter", "Show the letters behind every number, or the short meter."),
        Command("j", "scroll_down", "Down", "One line down.", in_line=False),
        Command("k", "scroll_up", "Up", "One line up.", in_line=False),
    )
    BINDINGS: ClassVar = bindings(HERE)
    CARD: ClassVar[Card] = Card(
        "The agreement",
        "What is agreed and what was counted. Exchanges that have begun keep the terms they began with.",
    )
    DEFAULT_CSS = """
    AgreementPane { padding: 1 2; scrollbar-size-vertical: 1; }
    AgreementPane #agreed { width: 100%; max-width: 100; height: auto; }
    """

    def __init__(self, code: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._code = code
        self._is_whole = False
        self._seen: tuple[WorkWith, Agreed] | None = None

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static(id="agreed", markup=False)

    def load(self) -> None:
        """Read it anew."""
        self._read()

    @asking("agreement")
    async def _read(self) -> None:
        app = app_of(self)
        work = await app.ask(partial(work_with, code=self._code))
        self._seen = work, await app.ask(partial(show_agreement, code=self._code))
        self._draw()

    def on_resize(self) -> None:
        """Wrap for the width there is."""
        self._draw()

    def _draw(self) -> None:
        if self._seen is None or not self.size.width:
            return
        width = max(_LEAST, min(self.size.width, 100))
        self.query_one("#agreed", Static).update(agreement_text(*self._seen, width, whole=self._is_whole))

    def forget(self) -> None:
        """Let go of it."""
        self._seen = None
        self.query_one("#agreed", Static).update("")

    def action_meter(self) -> None:
        """The letters behind every number, or not."""
        self._is_whole = not self._is_whole
        self._draw()

    @asking("agree")
    async def action_change(self) -> None:
        """Ask for a term, for its value, and whether what comes of it is agreed."""
        if self._seen is None:
            return
        app, code = app_of(self), self._code
        terms = self._seen[1].proposed
        values = zip(LABELS, term_lines(terms), strict=True)
        choices = [(name, f"{label}: {value}", "") for name, (label, value) in values]
        name = await app.push_screen_wait(ChoiceSheet(f"Change which term with {code}?", *choices))
        if name is None:
            return
        held = next(value for one, value in choices_values(choices) if one == name)
        asked = LineSheet(held, "What is agreed from the next exchange on. Nothing is made before you have seen it.")
        value = await app.push_screen_wait(asked)
        if value is None:
            return
        new = NewTerms(code, {name: value})
        proposal = await app.ask(partial(agree.propose, new=new))
        sheet = SayingSheet(f"Agree on this with {code}?", proposal_text(proposal), question="it is agreed")
        if not await app.push_screen_wait(sheet):
            return
        made = await app.ask(partial(agree.agree, new=new))
        version = made.agreement.version
        back = partial(agree.take_back, code=code, version=version)
        app.undoing.offer(f"Version {version} is agreed.", back, f"Version {version} is taken back.")
        app.post_message(RecordChanged())


def choices_values(choices: list[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
    """The names of choices with their headlines."""
    return ((name, headline) for name, headline, _ in choices)


def agreement_text(work: WorkWith, agreed: Agreed, width: int, *, whole: bool) -> Content:
    """All of it, section by section; `whole` with the letters behind every number."""
    meter = whole_meter(work.meter) if whole else short_meter(work.meter)
    sections = [("Now", list(standing_lines(work.standing, work.own_zone, work.client.zone)))]
    sections.append((f"Counted since {work.meter.since:%Y-%m-%d}", list(meter)))
    held = agreed.in_force
    if held is not None:
        since = f"Version {held.version}, since {start_words(held)} ({held.terms.client_zone})"
        sections.append((since, list(term_lines(held.terms))))
    else:
        sections.append(("Nothing is agreed, so no clock runs", [("Proposed", outline(agreed.proposed))]))
    versions = [
        (
            f"Version {each.version}",
            f"{state_words(each, held, agreed.now)}, from {start_words(each)}: {outline(each.terms)}",
        )
        for each in reversed(agreed.versions)
    ]
    sections.append(("Versions", versions if len(versions) > 1 else []))
    parts = [_section(title, lines, width) for title, lines in sections if lines]
    return Content("\n\n").join(parts)


def proposal_text(proposal: Proposal) -> Content:
    """What a new version changes."""
    lines = [f"{LABELS[each.term]}: {each.after} instead of {each.before}." for each in proposal.changes]
    lines.append("It holds from the next exchange on; those that have begun keep their terms.")
    return Content("\n").join([untrusted.line(each) for each in lines])


def _section(title: str, lines: list[Line], width: int) -> Content:
    rows = [Content.styled(title, "bold")]
    former = ""
    for label, text in lines:
        shown = "" if label == former else label
        former = label
        wrapped = untrusted.line(text).wrap(max(_LEAST, width - _LABEL))
        for number, piece in enumerate(wrapped):
            beside = f"{shown if not number else '':<{_LABEL}}"
            rows.append(Content.assemble((beside, "$foreground-muted"), piece))
    return Content("\n").join(rows)
