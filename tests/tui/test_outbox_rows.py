"""The outbox's rows: what is uncertain first, every state in words, the sign of the proof for nothing but a proof."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from therapymail.domain.departure import Proof
from therapymail.domain.draft import Draft, DraftContent, DraftName
from therapymail.domain.kinds import Kind
from therapymail.domain.names import LetterName
from therapymail.domain.outbox import Move, Obstacle, OutboxEntry, OutboxState, can
from therapymail.tui.outbox_rows import PROVEN, Doing, outbox_rows

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
PROOF = Proof("00", "11", ("0123456789ABCDEF",), ("structure", "key-ids"))


def entry(number: int, state: OutboxState, minutes: int = 0) -> OutboxEntry:
    sent = state is OutboxState.SENT
    return OutboxEntry(
        draft=DraftName(number),
        identity=f"{number:032x}",
        client="00",
        code="HERON",
        state=state,
        leaves_at=NOW + timedelta(minutes=minutes),
        hold_ends=NOW + timedelta(minutes=minutes) if state is OutboxState.HELD else None,
        sent_at=NOW + timedelta(minutes=minutes) if sent else None,
        letter=LetterName("HERON", number) if sent else None,
        obstacle=Obstacle.ANSWER_LOST if state is OutboxState.UNCERTAIN else None,
    )


def draft(number: int, text: str = "three words here") -> Draft:
    content = DraftContent("a subject", text)
    return Draft(DraftName(number), f"{number:032x}", "00", "HERON", content, Kind.RESPONSE, NOW, NOW, 1)


def test_what_needs_a_decision_comes_first_and_what_is_sent_last() -> None:
    entries = [entry(number, state) for number, state in enumerate(OutboxState, 1)]
    entries.append(entry(20, OutboxState.HELD, minutes=600))
    rows = outbox_rows([draft(30)], entries, {}, NOW)
    ranks = [row.rank.value for row in rows]
    assert ranks[:4] == ["uncertain", "stopped", "stopped", "read-again"]
    assert ranks[-3:] == ["held", "draft", "sent"]
    assert {row.name for row in rows} == {item.draft for item in entries} | {DraftName(30)}


@pytest.mark.parametrize(("state", "has_proof"), product(OutboxState, (True, False)))
def test_C1_the_sign_of_the_proof_is_shown_for_a_sent_letter_whose_proof_passed_and_for_nothing_else(
    state: OutboxState, has_proof: bool
) -> None:
    proofs = {DraftName(1): PROOF} if has_proof else {}
    (row,) = outbox_rows([], [entry(1, state)], proofs, NOW)
    proven = has_proof and state is OutboxState.SENT
    assert (row.glyph == PROVEN) == proven
    assert ("sealed" in row.state(NOW, "UTC")) == proven


@pytest.mark.parametrize("state", list(OutboxState))
def test_C15_every_state_has_words_and_only_what_is_possible_can_be_done(state: OutboxState) -> None:
    (row,) = outbox_rows([draft(1)], [entry(1, state)], {}, NOW)
    assert len(row.glyph) == 1
    assert all(sentence.endswith(".") for sentence in row.sentences(NOW, "UTC"))
    doings = row.doings()
    assert (Doing.TAKE_BACK in doings) == can(state, Move.CANCEL)
    assert (Doing.TRY_AGAIN in doings) == can(state, Move.RETRY)
    assert (Doing.SETTLE in doings) == (state is OutboxState.UNCERTAIN)
    assert Doing.DISCARD not in doings


def test_why_it_has_not_left_is_said() -> None:
    (row,) = outbox_rows([], [entry(1, OutboxState.UNCERTAIN)], {}, NOW)
    said = " ".join(row.sentences(NOW, "UTC"))
    assert "The mail host's last answer never came." in said
    assert row.doings()[0] is Doing.SETTLE


def test_a_draft_says_when_it_was_saved_and_how_long_it_is() -> None:
    (row,) = outbox_rows([draft(3)], [], {}, NOW)
    assert row.state(NOW, "Europe/London") == "draft, saved 2026-12-01 09:30"
    assert "3 words." in row.sentences(NOW, "UTC")
    assert row.doings() == (Doing.WRITE, Doing.DISCARD)
