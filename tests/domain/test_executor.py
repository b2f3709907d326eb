"""F35: how it stands with an executor's pack, and the words that prove that it was opened."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.executor import Executor, ExecutorPack, VaultKey, digest_of_words, pack_states

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BIRK = Executor("birk", "Dr Birk", "0123", "AB" * 20, b"key", "")
YEAR = timedelta(days=365)


def pack(age: timedelta, drilled: timedelta | None = None, holds: VaultKey = VaultKey.NO) -> ExecutorPack:
    return ExecutorPack("birk", "cd" * 32, 3, holds, "", NOW - age, None if drilled is None else NOW - drilled)


@pytest.mark.parametrize(
    ("packs", "says"),
    [
        ([], "has no pack yet"),
        ([pack(timedelta(days=1))], "was never shown to open"),
        ([pack(timedelta(days=1), timedelta(0))], ""),
        ([pack(YEAR, YEAR)], ""),
        ([pack(YEAR + timedelta(seconds=1), timedelta(0))], "over twelve months old"),
        ([pack(timedelta(days=9), timedelta(0)), pack(YEAR * 2, YEAR)], ""),
        ([pack(timedelta(0), timedelta(0), VaultKey.OPENS)], "has no pack yet"),
    ],
)
def test_F35_after_twelve_months_something_is_to_be_done(packs: list[ExecutorPack], says: str) -> None:
    [state] = pack_states([BIRK], packs, NOW)
    assert says in state.says
    assert bool(state.says) == bool(state.next_step) == bool(says)


def test_F35_a_pack_that_was_made_for_a_key_or_a_will_before_is_said() -> None:
    made = pack(timedelta(days=2), timedelta(days=1))
    assert pack_states([replace(BIRK, named=NOW - timedelta(days=3))], [made], NOW)[0].says == ""
    [state] = pack_states([replace(BIRK, named=NOW - timedelta(hours=1))], [made], NOW)
    assert "was changed after their pack was made" in state.says
    assert "executor pack" in state.next_step


def test_F35_somebody_elses_pack_is_not_theirs() -> None:
    other = Executor("elm", 'Dr Elm\'s "stand-in"', "", "CD" * 20, b"key", "")
    [state] = pack_states([other], [pack(timedelta(0), timedelta(0))], NOW)
    assert state.pack is None
    assert "'Dr Elm'\"'\"'s" in state.next_step, "what is to be typed is quoted for a shell"


@settings(max_examples=60)
@given(st.lists(st.text("abcdefghij", min_size=1), min_size=1, max_size=6))
def test_F35_words_are_the_same_however_they_are_spelled(words: list[str]) -> None:
    written = "-".join(words)
    assert digest_of_words(written) == digest_of_words(f"  {'  '.join(words).upper()} ")
    assert digest_of_words(written) != digest_of_words(f"{written}-more")
