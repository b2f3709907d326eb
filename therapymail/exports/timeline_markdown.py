"""The timeline as Markdown: the same words as the page's table, period by period."""

from collections.abc import Iterator

from therapymail.domain.timeline import Timeline
from therapymail.exports.markdown_text import markdown_line
from therapymail.exports.timeline_view import (
    PeriodRow,
    Said,
    TimelineTargets,
    lines_of,
    milestones_of,
    table_of,
)


def timeline_markdown(timeline: Timeline) -> str:
    """Everything the timeline marks, in words (PRODUCT F14, F56)."""
    targets = TimelineTargets(())
    parts = [f"# {markdown_line(timeline.code)}: timeline", *(markdown_line(line) for line in lines_of(timeline))]
    if milestones := milestones_of(timeline, targets):
        parts.append("## Milestones")
        parts.append("\n".join(f"{each.number}. {markdown_line(_said(each.said))}, {each.day}" for each in milestones))
    for row in table_of(timeline, targets):
        parts += _period(row)
    return "\n\n".join(parts) + "\n"


def _period(row: PeriodRow) -> Iterator[str]:
    yield "## " + markdown_line(f"{row.heading} ({row.days})" if row.days else row.heading)
    lines = [f"- {lane.name}: {markdown_line('; '.join(_said(said) for said in lane.said))}" for lane in row.lanes]
    yield "\n".join(lines) or "No mail."


def _said(said: Said) -> str:
    names = ", ".join(name for name, _ in said.names)
    return f"{said.words} ({names})" if names else said.words
