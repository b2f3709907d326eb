"""Tags on letters: one spelling, counted, in the journal."""

import pytest

from therapymail.domain.tags import CountedTag, tag_name
from therapymail.errors import LetterUnknown, UnusableInput
from therapymail.vault import journal
from therapymail.vault.connection import Vault
from therapymail.vault.filing import file_letters
from therapymail.vault.letters import letter_by_digest
from therapymail.vault.tags import tag, tags

from .builders import NOW, digest_of, filing, heron


@pytest.fixture
def filled(vault: Vault) -> Vault:
    client = heron(vault)
    with vault.writing() as writer:
        file_letters(writer, [filing(number, client) for number in range(3)], NOW)
    return vault


def test_tags_are_added_removed_and_counted(filled: Vault) -> None:
    with filled.writing() as writer:
        assert tag(writer, digest_of(0), ["Grief", "work"], [], NOW) == ("grief", "work")
        assert tag(writer, digest_of(1), ["grief"], [], NOW) == ("grief",)
        assert tag(writer, digest_of(0), ["grief/father"], ["work", "absent"], NOW) == ("grief", "grief/father")
        assert tags(writer) == [CountedTag("grief", 2), CountedTag("grief/father", 1)]
        assert letter_by_digest(writer, digest_of(0)).tags == ("grief", "grief/father")


def test_a_change_that_changes_nothing_is_no_entry(filled: Vault) -> None:
    with filled.writing() as writer:
        tag(writer, digest_of(0), ["grief"], [], NOW)
        before = len(list(journal.entries(writer)))
        tag(writer, digest_of(0), ["GRIEF "], ["work"], NOW)
        assert tag(writer, digest_of(0), ["x"], ["x"], NOW) == ("grief",)
        assert len(list(journal.entries(writer))) == before


def test_a_letter_that_is_not_there_cannot_be_tagged(filled: Vault) -> None:
    with filled.writing() as writer, pytest.raises(LetterUnknown):
        tag(writer, digest_of(99), ["grief"], [], NOW)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Grief", "grief"),
        (" work ", "work"),
        ("TRAUER/Vater", "trauer/vater"),
        ("e\u0301t\u00e9", "été"),
        ("悲しみ", "悲しみ"),
    ],
)
def test_tags_have_one_spelling(text: str, name: str) -> None:
    assert tag_name(text) == name
    assert tag_name(name) == name


@pytest.mark.parametrize(
    "text", ["", " ", "two words", "+x", "-x", "a//b", "/a", "a/", "x" * 61, "a\x1b[31m", "a\u202eb"]
)
def test_what_is_no_tag_is_refused(text: str) -> None:
    with pytest.raises(UnusableInput):
        tag_name(text)
