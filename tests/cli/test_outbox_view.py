"""The outbox and drafts as they are printed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from therapymail.cli.draft_view import print_draft, print_drafts, print_enclosures
from therapymail.cli.outbox_view import print_entry, print_outbox
from therapymail.domain.draft import Draft, DraftContent, DraftEnclosure, DraftName
from therapymail.domain.kinds import Kind
from therapymail.domain.outbox import Agreed, Obstacle, OutboxEntry, OutboxState
from therapymail.practice.write import DraftView

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
HELD = OutboxEntry(
    draft=DraftName(3),
    identity="0" * 32,
    client="1" * 32,
    code="HERON",
    state=OutboxState.HELD,
    leaves_at=NOW,
    hold_ends=NOW + timedelta(hours=3),
)
FAILED = replace(HELD, draft=DraftName(7), state=OutboxState.FAILED, obstacle=Obstacle.NO_SUCH_ADDRESS, attempts=3)


def test_C16_the_outbox_says_where_each_letter_is_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    print_outbox([HELD, FAILED], NOW, "Europe/London")
    shown = capsys.readouterr()
    assert shown.out.splitlines() == [
        "DRAFT  CLIENT  STATE                        REASON",
        "D-3    HERON   held until 2026-03-03 12:00",
        "D-7    HERON   not taken                    the mail host says that their address does not exist",
    ]
    assert "D-7" in shown.err
    assert "outbox retry D-7" in shown.err
    assert "D-3" not in shown.err


def test_C15_one_letter_names_its_reason_and_the_next_step(capsys: pytest.CaptureFixture[str]) -> None:
    print_entry(replace(FAILED, agreed=Agreed("heron@mail.example", "B" * 40)), NOW, "UTC")
    shown = capsys.readouterr()
    assert "does not exist" in shown.out
    assert "B" * 40 in shown.out
    assert "outbox retry D-7" in shown.err


def test_nothing_there_says_so_and_prints_no_table(capsys: pytest.CaptureFixture[str]) -> None:
    print_outbox([], NOW, "UTC")
    print_drafts([], NOW, "UTC")
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 2


def test_C1_a_quotation_that_would_leave_is_shown_although_nothing_is_written_above_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    quotation = DraftContent("Re: a dream", "\n\nOn 3 March 2026, you wrote:\n> the unlit room\n")
    draft = Draft(
        DraftName(3), "0" * 32, "1" * 32, "HERON", quotation, Kind.RESPONSE, NOW, NOW, 1,
        enclosures=(DraftEnclosure("garden.jpg", "image/jpeg", 3),),
    )  # fmt: skip
    assert quotation.is_empty
    print_draft(DraftView(draft, None, None), NOW, "UTC", "  ")
    assert "> the unlit room" in capsys.readouterr().out


def test_what_is_enclosed_is_said_with_what_to_know_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    print_enclosures(
        [
            DraftEnclosure("garden.jpg", "image/jpeg", 1_234_567, ("metadata-removed",)),
            DraftEnclosure("a\x1b[31m.pdf", "application/pdf", 999, ("may-name-its-author", "of-a-later-version")),
        ]
    )
    out = capsys.readouterr().out
    assert "taken out" in out
    assert "may name its author" in out
    assert "of a later version" in out
    assert "\x1b" not in out
