"""What the therapist decides: a letter counts, is of a kind, or is gone, down to its last page."""

import pytest

from therapymail.domain.client import Client
from therapymail.domain.kinds import Kind, Standing
from therapymail.domain.listing import ListFilter
from therapymail.domain.names import LetterName
from therapymail.errors import LetterUnknown, UnusableInput
from therapymail.vault import journal, texts
from therapymail.vault.connection import Vault, Writer
from therapymail.vault.decisions import accept, erase_letter, set_kind
from therapymail.vault.filing import ERASED, file_letters, refile
from therapymail.vault.index import count_searchable
from therapymail.vault.letters import letter, list_letters
from therapymail.vault.places import places_of
from therapymail.vault.rebuild import rebuild
from therapymail.vault.tags import tag, tags

from .builders import NOW, add_heron, add_wren, digest_of, filing, heron, reading
from .conftest import TEST_KEY
from .pages import deciphered

FIRST = LetterName("HERON", 1)
# Long words, so that no other word shares more than a short beginning with them.
CANARIES = ("quetzalcoatlus", "zerbinetta", "boustrophedon", "kaleidoscopic")


def entry_count(writer: Writer) -> int:
    return len(list(journal.entries(writer)))


# --- accepting and kinds -------------------------------------------------------------------------------


def test_accepting_lets_a_proposed_letter_count_once(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        file_letters(writer, [filing(1, client, standing=Standing.PROPOSED)], NOW)
        assert accept(writer, FIRST, NOW).standing is Standing.ACCEPTED
        before = entry_count(writer)
        accept(writer, FIRST, NOW)
        assert entry_count(writer) == before
        assert list_letters(writer, ListFilter(standing=Standing.PROPOSED)) == []


def test_a_letter_that_is_not_there_cannot_be_accepted(vault: Vault) -> None:
    with vault.writing() as writer, pytest.raises(LetterUnknown):
        accept(writer, FIRST, NOW)


def test_a_letter_that_was_set_aside_is_never_accepted_by_name(vault: Vault) -> None:
    """Set aside it has no name; should a row ever bear both, it is refused."""
    client = heron(vault)
    with vault.writing() as writer:
        file_letters(writer, [filing(1, client, standing=Standing.SET_ASIDE)], NOW)
        with pytest.raises(UnusableInput):
            accept(writer, FIRST, NOW)


def test_setting_a_kind_is_one_entry_and_repeating_it_none(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        file_letters(writer, [filing(1, client)], NOW)
        before = entry_count(writer)
        for _ in range(2):
            assert set_kind(writer, FIRST, Kind.ADMIN, NOW).kind is Kind.ADMIN
        assert entry_count(writer) == before + 1
        assert [each.name for each in list_letters(writer, ListFilter(kind=Kind.ADMIN))] == [FIRST]


# --- erasing -------------------------------------------------------------------------------------------


def filled(vault: Vault) -> Client:
    client = heron(vault)
    words = reading(3, text=" ".join(CANARIES) + " and more of the garden. " * 30)
    with vault.writing() as writer:
        secret = filing(
            3, client, reading=words, original=" ".join(CANARIES).encode(), author_address="zerbinetta@x.example"
        )
        file_letters(writer, [filing(1, client), filing(2, client), secret], NOW)
        tag(writer, digest_of(3), ["boustrophedon", "garden"], [], NOW)
        set_kind(writer, LetterName("HERON", 3), Kind.ADMIN, NOW)
        refile(writer, secret, NOW)
    with vault.writing() as writer:  # further segments of the index
        file_letters(writer, [filing(number, client) for number in range(4, 30)], NOW)
    return client


def test_H14_S27_an_erased_letter_is_gone_from_every_page(vault: Vault) -> None:
    filled(vault)
    before = deciphered(vault._path, TEST_KEY).lower()
    assert all(canary.encode() in before for canary in CANARIES)
    with vault.writing() as writer:
        erase_letter(writer, digest_of(3), NOW)
    vault.scrub()
    after = deciphered(vault._path, TEST_KEY).lower()
    for canary in CANARIES:
        # FTS5 stores what terms have in common once: their later parts would give them away too.
        for part in (canary, canary[4:], canary[:8]):
            assert part.encode() not in after, part
    with vault.reading() as reader:
        assert journal.verify(reader).problems == ()
    assert vault.damage() == ()


def test_H14_no_word_of_an_erased_letter_is_left_in_the_index(vault: Vault) -> None:
    filled(vault)
    with vault.writing() as writer:
        searchable = count_searchable(writer)
        erase_letter(writer, digest_of(3), NOW)
        assert count_searchable(writer) == searchable - 1
        writer.run("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab('main', 'letter_index', 'row')")
        terms = {term for (term,) in writer.rows("SELECT term FROM temp.vocabulary")}
    assert any("garden" in term for term in terms)
    assert [term for term in terms if any(canary[:6] in term for canary in CANARIES)] == []


def test_an_erased_letter_leaves_a_trace_that_says_nothing(vault: Vault) -> None:
    filled(vault)
    with vault.writing() as writer:
        about = digest_of(3).hex()
        erase_letter(writer, digest_of(3), NOW)
        said = [(entry.what, payload) for entry, payload in journal.entries(writer) if entry.about == about]
        assert [what for what, payload in said if payload is not None] == ["letter.erased"]
        assert len([what for what, payload in said if payload is None]) == 4
        assert texts.original(writer, digest_of(3)) is None
        assert texts.reading(writer, digest_of(3)) is None
        assert places_of(writer, digest_of(3)) == []
        assert tags(writer) == []
        with pytest.raises(LetterUnknown):
            letter(writer, LetterName("HERON", 3))
        with pytest.raises(LetterUnknown):
            erase_letter(writer, digest_of(3), NOW)


def test_an_erased_letters_name_is_not_given_again_and_it_does_not_come_back(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        file_letters(writer, [filing(1, client), filing(2, client)], NOW)
        erase_letter(writer, digest_of(2), NOW)
        again, new = file_letters(writer, [filing(2, client), filing(3, client)], NOW)
        assert (again.name, again.is_new, again.notes) == (None, False, (ERASED,))
        assert new.name == LetterName("HERON", 3)
        before = writer.rows("SELECT * FROM letter"), writer.rows("SELECT * FROM client_counter")
        rebuild(writer)
        assert before == (writer.rows("SELECT * FROM letter"), writer.rows("SELECT * FROM client_counter"))
        assert file_letters(writer, [filing(2, client)], NOW)[0].notes == (ERASED,)


def test_no_name_an_erased_letter_ever_had_is_given_again(vault: Vault) -> None:
    """Found by the state machine: taken for one client's first, another's later, then erased."""
    with vault.writing() as writer:
        first, second = add_heron(writer), add_wren(writer)
        file_letters(writer, [filing(1, first)], NOW)
        refile(writer, filing(1, second), NOW)
        erase_letter(writer, digest_of(1), NOW)
        rebuild(writer)
        filed = file_letters(writer, [filing(2, first), filing(3, second)], NOW)
    assert [str(each.name) for each in filed] == ["HERON-2", "WREN-2"]
