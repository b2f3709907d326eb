"""The timeline as a JSON object: every mark, and the names it stands for (docs/commands.md says the shape)."""

from datetime import UTC, datetime
from typing import Any

from therapymail.domain.lanes import Mark
from therapymail.domain.timeline import Tally, Timeline


def timeline_as_json(timeline: Timeline) -> dict[str, Any]:
    """`timeline` as a JSON object; days are the client's, moments UTC, `end` is the first day after a period."""
    return {
        "client": timeline.code,
        "zone": timeline.zone,
        "step": timeline.step.value,
        "periods": [
            {
                "number": period.number,
                "first": period.first.isoformat(),
                "end": period.end.isoformat(),
                "client": _tally(period.client),
                "therapist": _tally(period.therapist),
                "others": _tally(period.others),
                "tags": dict(period.tags),
            }
            for period in timeline.periods
        ],
        "gaps": [
            {
                "letter": gap.letter,
                "response": gap.response,
                "hours": None if gap.hours is None else round(gap.hours, 1),
                "period": gap.period,
                "due": None if gap.due is None else _moment(gap.due),
                "late_hours": gap.late_hours,
            }
            for gap in timeline.gaps
        ],
        "tags": list(timeline.tags),
        "without_letter": list(timeline.without_letter),
        "waiting_since": timeline.waiting_since,
        "lanes": [
            {"lane": lane.value, "marks": [_mark(mark) for mark in timeline.of(lane)]} for lane in timeline.lanes
        ],
        "off": [lane.value for lane in timeline.off],
    }


def _tally(some: Tally) -> dict[str, Any]:
    return {"letters": len(some.letters), "words": some.words, "ids": list(some.letters)}


def _mark(mark: Mark) -> dict[str, Any]:
    return {
        "kind": mark.kind,
        "at": _moment(mark.at),
        "day": mark.day.isoformat(),
        "period": mark.period,
        "side": mark.side.value if mark.side else None,
        "ids": list(mark.ids),
        "label": mark.label,
        "amount": mark.amount,
        "words": list(mark.words),
        "exchange": mark.exchange,
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
