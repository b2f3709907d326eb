"""Tags in their hierarchy, and what becomes of them when one is renamed (F12)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.tag_text import bearers
from therapymail.domain.tags import CountedTag, in_hierarchy, is_at_or_below, levels, renaming, tag_name
from therapymail.errors import UnusableInput

NAMES = st.lists(st.sampled_from(["a", "b", "ab", "grief"]), min_size=1, max_size=3).map("/".join)


def test_a_tag_stands_below_what_its_slashes_say() -> None:
    assert levels("grief/father/1998") == ("grief", "grief/father", "grief/father/1998")
    assert in_hierarchy(["grief/father", "grief-", "work/boss"]) == [
        "grief",
        "grief/father",
        "grief-",
        "work",
        "work/boss",
    ]
    assert not is_at_or_below("griefs", "grief")


@given(st.sets(NAMES, max_size=6), NAMES, NAMES)
@settings(max_examples=60, deadline=None)
def test_F12_renaming_back_undoes_it_exactly_where_it_is_said_to(in_use: set[str], old: str, new: str) -> None:
    def renamed(tags: set[str], one: str, other: str) -> set[str]:
        return {other + tag.removeprefix(one) if is_at_or_below(tag, one) else tag for tag in tags}

    try:
        told = renaming(old, new, in_use)
    except UnusableInput:
        assert is_at_or_below(new, old)
        return
    after = renamed(in_use, old, new)
    assert len(in_use) - len(after) == len(told.joins)
    if told.can_be_undone:
        assert renamed(after, new, old) == in_use
    elif any(is_at_or_below(tag, old) for tag in in_use):
        assert is_at_or_below(old, new) or renamed(after, new, old) != in_use


@pytest.mark.parametrize(
    ("old", "new"), [("grief", "grief"), ("grief", "grief/father"), ("grief", "x" * 61), ("", "x")]
)
def test_a_tag_is_not_renamed_to_itself_below_itself_or_out_of_what_tags_are(old: str, new: str) -> None:
    with pytest.raises(UnusableInput):
        renaming(old, new, ["grief"])


def test_what_stands_below_must_still_fit() -> None:
    with pytest.raises(UnusableInput):
        renaming("a", "b" * 30, ["a/" + "c" * 40])


@given(st.text(max_size=70))
@settings(max_examples=60, deadline=None)
def test_any_text_is_a_tag_or_refused(text: str) -> None:
    try:
        name = tag_name(text)
    except UnusableInput:
        return
    assert tag_name(name) == name
    assert levels(name)[-1] == name


def test_what_bears_a_tag_is_said_without_what_there_is_none_of() -> None:
    assert bearers(CountedTag("grief", 0, passages=2)) == ("2 passages",)
    assert bearers(CountedTag("grief", 1, exchanges=1)) == ("1 letter", "1 exchange")
