"""What filters find a letter by: cues, feelings, lengths, exchanges and notes; kept right through every change."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.vault.builders import NOW, add_heron, digest_of, filing, reading
from tests.vault.conftest import TEST_KEY
from tests.vault.searchable import Sample, vault_of
from tests.vault.searchable import digest_of as sample_digest
from tests.vault.test_exchanges import DAY, TERMS, mail
from tests.vault.test_index import everything_stored, is_sound, terms
from tests.vault.test_schema import RELEASED
from therapymail.domain.exchange import Correction
from therapymail.domain.kinds import Direction
from therapymail.domain.note import NoteKind, NoteLinks
from therapymail.domain.query_text import read_query
from therapymail.vault import clients, later_filters, note_drafts, notes, saved_searches, schema, tags
from therapymail.vault.agreements import make_agreement
from therapymail.vault.connection import Reader, Vault
from therapymail.vault.corrections import correct
from therapymail.vault.courses import bring_courses_up_to_date
from therapymail.vault.decisions import erase_letter
from therapymail.vault.filing import file_letters
from therapymail.vault.filters import said_in_cues, terms_of_cues
from therapymail.vault.index import reindex
from therapymail.vault.indexing import bring_older_filters_up_to_date
from therapymail.vault.rebuild import rebuild
from therapymail.vault.search import search


def found(reader: Reader, query: str) -> list[bytes]:
    """The digests that `query` finds, oldest first."""
    return [hit.letter.digest for hit in reversed(search(reader, read_query(query)).hits)]


LETTERS = (
    Sample("[sighs deeply] It was a long day, and I feel low."),
    Sample("Nobody said [feeling worn out] to me. [holding my breath]", language="en"),
    Sample("I sighed, worn and out of breath, feeling sad \U0001f622"),
    Sample("[1] a list [x] with no cue, and a sigh", tags=("feeling/worn-out",)),
    Sample("[\u7761\u7720\u4e0d\u8db3\u3067\u3059] and [ich seufze]", language="de"),
)


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("cue:sigh", [0]),
        ("cue:SIGHING", [0]),
        ('cue:"sighs deeply"', [0]),
        ('cue:"deeply sighs"', []),
        ('cue:"out holding"', []),
        ("cue:day", []),
        ("cue:breath", [1]),
        ("cue:sad", [2]),
        ("cue:\u4e0d\u8db3", [4]),
        ("cue:\u7761", [4]),
        ("cue:seufzen", [4]),
        ("-cue:sigh sigh", [2, 3]),
        ('feeling:"worn out"', [1, 3]),
        ("feeling:worn-out", [1, 3]),
        ("feeling:low", []),
        ("feeling:sad", [2]),
        ("feeling:sad OR feeling:worn", [1, 2, 3]),
    ],
)
def test_F18_cues_and_feelings_are_found_where_they_are_shown_and_nowhere_else(query: str, places: list[int]) -> None:
    letters = [Sample(**{**vars(letter), "day": at}) for at, letter in enumerate(LETTERS)]
    with vault_of(letters) as vault, vault.reading() as reader:
        assert found(reader, query) == [sample_digest(at) for at in places]


def test_H14_what_an_erased_letter_said_in_cues_is_gone() -> None:
    letters = [Sample("[zanzibarish quokka]"), Sample("[nodding]", language="en", day=1)]
    with vault_of(letters) as vault, vault.writing() as writer:
        tags.tag(writer, sample_digest(0), ["a"], [], NOW)
        erase_letter(writer, sample_digest(0), NOW)
        left = " ".join(terms(writer))
        for word in ("zanzibar", "quokka", b"zanzibarish".hex(), b"quokka".hex()):
            assert word not in left
            assert word.encode() not in everything_stored(writer)
        assert found(writer, "cue:nod") == [sample_digest(1)]
        assert is_sound(writer)


@settings(max_examples=60)
@given(st.text("a[] :)\U0001f622-n.é\n", max_size=60), st.sampled_from(["", "en"]))
def test_what_is_said_in_cues_is_told_from_the_properties_before_it(text: str, language: str) -> None:
    said = terms_of_cues(text, language)
    assert said_in_cues(f"a b{said}") == said


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.integers(0, 30), min_size=1, max_size=6), st.integers(0, 30), st.integers(0, 30))
def test_letters_are_found_by_their_words(counts: list[int], one: int, other: int) -> None:
    letters = [Sample("word " * count, day=at) for at, count in enumerate(counts)]
    least, most = sorted((one, other))

    def those(wanted: range) -> list[bytes]:
        return [sample_digest(at) for at, count in enumerate(counts) if count in wanted]

    with vault_of(letters) as vault, vault.reading() as reader:
        assert found(reader, f"words:{least}..{most}") == those(range(least, most + 1))
        assert found(reader, f"words:>{least}") == those(range(least + 1, 99))
        assert found(reader, f"-words:<{most + 1}") == those(range(most + 1, 99))


def test_F03_exchanges_are_found_as_they_are_now(vault: Vault) -> None:
    long = reading(1, text="word " * 200)
    with vault.writing() as writer:
        client = add_heron(writer)
        make_agreement(writer, client.identity, TERMS, NOW - 99 * DAY, NOW)
        mails = [
            mail(0, client, 0),
            mail(1, client, 1, Direction.OUT),
            mail(2, client, 7, reading=long),
            mail(3, client, 7.5, Direction.IN),
        ]
        file_letters(writer, mails[:3], NOW)
        bring_courses_up_to_date(writer)
        assert found(writer, "exchange:1") == [digest_of(0), digest_of(1)]
        assert found(writer, "exchange:2 is:unanswered") == [digest_of(2)]
        assert found(writer, "is:overlength") == [digest_of(2)]
        file_letters(writer, [mails[3], mail(4, client, 8, Direction.OUT)], NOW)
        bring_courses_up_to_date(writer)
        assert found(writer, "is:unanswered") == []
        assert found(writer, "is:overlength exchange:2 -from:me") == [digest_of(2), digest_of(3)]
        correct(writer, client.identity, [digest_of(3)], Correction.SPLIT, NOW)
        bring_courses_up_to_date(writer)
        assert found(writer, "exchange:3 from:client") == [digest_of(3)]
        assert found(writer, "is:overlength") == [digest_of(2)]
        before = writer.rows("SELECT letter, filters FROM letter_indexed"), terms(writer)
        rebuild(writer)
        assert (writer.rows("SELECT letter, filters FROM letter_indexed"), terms(writer)) == before


def test_letters_with_a_note_are_found_until_it_is_erased(vault: Vault) -> None:
    with vault.writing() as writer:
        client = add_heron(writer)
        file_letters(writer, [filing(1, client), filing(2, client)], NOW)
        kept = []
        for _ in range(2):
            begun = note_drafts.begin_new(
                writer,
                NoteKind.PROGRESS,
                client=client.identity,
                template="free",
                begun_with="",
                text="it grew",
                links=NoteLinks(digest_of(2)),
                now=NOW,
            )
            kept.append(note_drafts.keep(writer, begun.name, timedelta(days=7), NOW))
        assert found(writer, "has:note") == [digest_of(2)]
        assert found(writer, "-has:note") == [digest_of(1)]
        rebuild(writer)
        assert found(writer, "has:note") == [digest_of(2)]
        for note in kept:
            assert found(writer, "has:note") == [digest_of(2)]
            notes.erase(writer, notes.note(writer, note.name), NOW)
        assert found(writer, "has:note") == []


@pytest.mark.parametrize("number", range(1, 9))
def test_a_released_vaults_filters_are_brought_up_to_date_piece_by_piece(vault_path: Path, number: int) -> None:
    shutil.copy(RELEASED / f"schema-{number}.db", vault_path)
    with Vault.open(vault_path, TEST_KEY) as vault, vault.writing() as writer:
        assert later_filters.are_behind(writer)
        bring_courses_up_to_date(writer)
        reindex(writer)  # does not make what is behind look as if it were not
        pieces = 1
        while bring_older_filters_up_to_date(writer, 1):
            pieces += 1
        assert pieces > 1
        assert not later_filters.are_behind(writer)
        assert is_sound(writer)
        before = writer.rows("SELECT letter, filters FROM letter_indexed"), terms(writer)
        assert len(found(writer, "words:>=0 OR is:set-aside")) == len(before[0])
        assert found(writer, "exchange:1") != []
        rebuild(writer)
        assert (writer.rows("SELECT letter, filters FROM letter_indexed"), terms(writer)) == before


def test_a_letter_filed_before_the_rest_is_brought_up_to_date_has_all_its_filters(vault_path: Path) -> None:
    shutil.copy(RELEASED / "schema-8.db", vault_path)
    with Vault.open(vault_path, TEST_KEY) as vault, vault.writing() as writer:
        client = clients.clients(writer)[0]
        file_letters(writer, [filing(70, client, reading=reading(70, text="[nodding] yes"))], NOW)
        assert later_filters.are_behind(writer)
        assert found(writer, "cue:nod words:2") == [digest_of(70)]
        erase_letter(writer, digest_of(1), NOW)
        assert is_sound(writer)
        while bring_older_filters_up_to_date(writer, 2):
            assert is_sound(writer)
        assert found(writer, "cue:nod words:2") == [digest_of(70)]


def test_a_new_vault_and_a_rebuilt_one_have_nothing_to_bring_up_to_date(vault: Vault, vault_path: Path) -> None:
    with vault.writing() as writer:
        assert not later_filters.are_behind(writer)
    other = vault_path.with_name("older.db")
    shutil.copy(RELEASED / "schema-8.db", other)
    with Vault.open(other, TEST_KEY) as older, older.writing() as writer:
        rebuild(writer)
        assert not later_filters.are_behind(writer)


def test_the_saved_search_of_a_released_vault_is_there(vault_path: Path) -> None:
    shutil.copy(RELEASED / "schema-9.db", vault_path)
    assert schema.NEWEST >= 9
    with Vault.open(vault_path, TEST_KEY) as vault, vault.writing() as writer:
        for _ in range(2):
            (saved,) = saved_searches.saved_searches(writer)
            assert (saved.name, saved.query, saved.saved) == ("garden", "garden tag:grief", NOW)
            rebuild(writer)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(["worn", "out", "worn-out", "x/sad", "other", "long"]), max_size=8))
def test_F18_feelings_stay_findable_whatever_tags_come_and_go(toggled: list[str]) -> None:
    carried: set[str] = set()
    with vault_of([Sample("[so sad] today", tags=()), Sample("no cue", day=1)]) as vault, vault.writing() as writer:
        for tag in toggled:
            now_on = carried ^ {tag}
            for at in (0, 1):
                tags.tag(writer, sample_digest(at), now_on - carried, carried - now_on, NOW)
            carried = now_on
            with_tag = [sample_digest(0), sample_digest(1)]
            assert found(writer, 'feeling:"so sad" cue:sad') == with_tag[:1]
            assert found(writer, "feeling:sad") == (with_tag if "x/sad" in carried else with_tag[:1])
            assert found(writer, 'feeling:"worn out"') == (with_tag if "worn-out" in carried else [])
            assert found(writer, "tag:other -tag:long") == (
                with_tag if carried & {"other", "long"} == {"other"} else []
            )
        assert is_sound(writer)
