"""What a search asks for in a real practice: its feelings, its day, its exchanges, its saved searches."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.practices import practice_of_this_process
from tests.vault.builders import add_heron, filing, reading
from therapymail.cli.completing import complete_search, complete_tag_change
from therapymail.domain.kinds import Direction, Kind
from therapymail.domain.query_text import read_query
from therapymail.errors import NothingFound, QueryUnreadable, UnusableInput
from therapymail.practice.asked import read_asked
from therapymail.practice.find import SearchRequest, search_everything, search_letters
from therapymail.practice.practice import Practice
from therapymail.practice.read import LettersRequest, list_letters
from therapymail.practice.saved_searches import forget_search, list_saved_searches, save_search
from therapymail.practice.unlock import lock
from therapymail.vault import tags
from therapymail.vault.filing import file_letters
from therapymail.vault.stale import stale_clients

TEXTS = ("[sighs] the garden [feeling wretched]", "a seed and a garden", "the sea, with much to say", "[glum]")


@pytest.fixture(scope="module")
def practice() -> Iterator[Practice]:
    """HERON's letters on four days, one response; stale, as after a sync that was stopped."""
    with practice_of_this_process() as made:
        now = made.clock()
        with made.vault() as vault, vault.writing() as writer:
            heron = add_heron(writer, now=now)
            mails = [
                filing(at, heron, received=now - timedelta(days=40 - 10 * at), reading=reading(at, text))
                for at, text in enumerate(TEXTS)
            ]
            mails[1] = replace(mails[1], direction=Direction.OUT, kind=Kind.RESPONSE)
            file_letters(writer, mails, now)
            tags.tag(writer, mails[2].digest, ["grief/sea", "garden"], [], now)
            assert stale_clients(writer)
        yield made


def found(practice: Practice, text: str) -> list[str]:
    return sorted(str(hit.letter.name) for hit in search_letters(practice, SearchRequest(text)).hits)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("exchange:1", ["HERON-1", "HERON-2"]),
        ("is:unanswered", ["HERON-3", "HERON-4"]),
        ("cue:sigh", ["HERON-1"]),
        ("last:25d", ["HERON-3", "HERON-4"]),
        ("last:1y -last:25d", ["HERON-1", "HERON-2"]),
        ("words:>4 from:client", ["HERON-1", "HERON-3"]),
        ("has:note", []),
    ],
)
def test_filters_are_carried_out_on_the_record_as_it_is_now(practice: Practice, query: str, names: list[str]) -> None:
    assert found(practice, query) == names
    listed = list_letters(practice, LettersRequest(query=query))
    assert sorted(str(each.letter.name) for each in listed) == names


def test_F18_feelings_are_those_of_the_list_as_it_is_now(practice: Practice) -> None:
    assert found(practice, "feeling:murk") == []
    try:
        practice.paths.feelings.write_text("[murk]\nglum\nwretched\n[water]\nsea\n", "utf-8")
        assert found(practice, "feeling:murk") == ["HERON-1", "HERON-4"]
        assert found(practice, "feeling:murk -feeling:glum") == ["HERON-1"]
        assert found(practice, "feeling:water") == ["HERON-3"], "by its tag"
        practice.paths.feelings.write_text("glum\n", "utf-8")
        assert found(practice, "glum") == ["HERON-4"], "a list that cannot be read hinders only who asks for it"
        with pytest.raises(UnusableInput):
            found(practice, "feeling:murk")
    finally:
        practice.paths.feelings.unlink()


def test_a_saved_search_is_kept_narrowed_replaced_and_forgotten(practice: Practice) -> None:
    assert save_search(practice, "@Green", " garden OR seed ") is None
    assert found(practice, "@green") == ["HERON-1", "HERON-2"]
    assert found(practice, "@GREEN from:me") == ["HERON-2"]
    assert read_asked(practice, "@green from:me") == read_query("(garden OR seed) from:me")
    save_search(practice, "wider", "@green OR sea")
    before = save_search(practice, "green", "seed")
    assert before is not None
    assert before.query == "garden OR seed"
    assert [(each.name, each.query) for each in list_saved_searches(practice)] == [
        ("green", "seed"),
        ("wider", "(garden OR seed) OR sea"),
    ]
    assert search_everything(practice, SearchRequest("@green AND last:3M")).read_as == "seed last:3m"
    assert forget_search(practice, "@WIDER") == "wider"
    with pytest.raises(NothingFound):
        forget_search(practice, "wider")
    forget_search(practice, "green")


@pytest.mark.parametrize(
    ("text", "position", "part"),
    [
        ("  @nobody else", 2, "no search is saved under this name"),
        ("@", 0, "no search is saved under this name"),
        ("@kept grief)", 11, "never opened"),
        ("@kept OR", 8, "something must follow"),
        ("  @kept -clinet:x", 9, "there is no filter clinet:"),
    ],
)
def test_the_place_of_a_fault_is_told_in_what_was_typed(
    practice: Practice, text: str, position: int, part: str
) -> None:
    save_search(practice, "kept", "a query much longer than its name OR another")
    with pytest.raises(QueryUnreadable) as caught:
        read_asked(practice, text)
    assert (caught.value.query, caught.value.position) == (text, position)
    assert part in caught.value.why
    with pytest.raises(QueryUnreadable):
        save_search(practice, "broken", text)
    forget_search(practice, "kept")
    assert list_saved_searches(practice) == ()


def offered(practice: Practice, typed: str, complete: Any = complete_search) -> list[str]:
    context: Any = SimpleNamespace(find_root=lambda: SimpleNamespace(params={"home": practice.paths.home}))
    names: list[str] = complete(context, typed)
    return names


def test_words_of_a_search_are_completed_by_what_is_in_use(practice: Practice) -> None:
    save_search(practice, "green", "seed")
    assert offered(practice, "@g") == ["@green"]
    assert offered(practice, "ha") == ["has:"]
    assert offered(practice, "has:") == ["has:enclosure", "has:note"]
    assert offered(practice, "tag:gr") == ["tag:grief", "tag:grief/sea"]
    assert offered(practice, "-(tag:ga") == ["-(tag:garden"]
    assert offered(practice, "client:he") == ["client:HERON"]
    assert offered(practice, "feeling:sad") == ["feeling:sadness"]
    assert offered(practice, "exchange:1") == offered(practice, "nonsense:") == []
    assert offered(practice, "+g", complete_tag_change) == ["+garden", "+grief", "+grief/sea"]
    assert offered(practice, "-gr", complete_tag_change) == ["-grief", "-grief/sea"]
    assert offered(practice, "g", complete_tag_change) == []
    forget_search(practice, "green")


@pytest.mark.parametrize(
    ("line", "incomplete", "shown"),
    [
        ("search tag : gr", "gr", ["grief", "grief/sea"]),
        ("search tag :", ":", ["garden", "grief", "grief/sea"]),
        ("search sea -tag : ga", "ga", ["garden"]),
        ("search @ gr", "gr", ["@green"]),
        ("search @", "@", ["@green"]),
        ("search ha", "ha", ["has:"]),
        ("search 'tag:ga", "tag:ga", ["tag:garden"]),
    ],
)
def test_bash_which_parts_words_at_colons_is_offered_what_follows(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, line: str, incomplete: str, shown: list[str]
) -> None:
    save_search(practice, "green", "seed")
    monkeypatch.setenv("_THERAPYMAIL_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", f"therapymail {line}")
    told = offered(practice, incomplete)
    assert list(map(str, told)) == shown
    assert all(each.startswith(incomplete) for each in told), "or Typer leaves it out"
    forget_search(practice, "green")


def test_a_locked_practice_completes_nothing(practice: Practice) -> None:
    lock(practice)
    assert offered(practice, "ha") == offered(practice, "+g", complete_tag_change) == []
