"""What is in the full-text index, and that what was taken out is gone (HAZARDS H14)."""

import random
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.vault.searchable import NOW, Sample, digest_of, vault_of
from therapymail.domain.kinds import Direction, Kind, Standing
from therapymail.domain.query_text import read_query
from therapymail.vault import index, tags
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.decisions import erase_letter
from therapymail.vault.filters import LetterTokens
from therapymail.vault.index import count_searchable, index_is_current, languages, reindex
from therapymail.vault.search import search


def terms(reader: Reader) -> set[str]:
    """Every term of the index, as FTS5 itself lists them."""
    reader.rows("CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab(main, letter_index, 'row')")
    return {row[0] for row in reader.rows("SELECT term FROM temp.vocabulary")}


def everything_stored(reader: Reader) -> bytes:
    """All bytes of the index's own tables."""
    blocks = [row[0] for row in reader.rows("SELECT block FROM letter_index_data")]
    parts = [bytes(row[0]) for row in reader.rows("SELECT CAST(term AS BLOB) FROM letter_index_idx")]
    return b"\0".join([*blocks, *parts])


def is_sound(writer: Writer) -> bool:
    """FTS5's own check; it raises where something is wrong."""
    writer.run("INSERT INTO letter_index (letter_index) VALUES ('integrity-check')")
    return True


def test_H14_words_of_an_erased_letter_are_gone_from_the_index_at_once() -> None:
    kept = [Sample("ordinary words about a garden", day=day) for day in range(5)]
    secret = Sample("the zanzibarish quokkaword", subject="xylophonic", tags=("hiddentheme",), day=9)
    with vault_of([*kept, secret]) as vault:
        with vault.writing() as writer:
            assert any("zanzibar" in term for term in terms(writer))
            erase_letter(writer, digest_of(5), NOW)
        with vault.writing() as writer:
            left = " ".join(terms(writer))
            for word in ("zanzibar", "quokka", "xylophon", "zan", "quo", "xyl", b"hiddentheme".hex()):
                assert word not in left
            stored = everything_stored(writer)
            for piece in (b"anzibar", b"okkaword", b"lophonic", b"hiddentheme".hex().encode()):
                assert piece not in stored
            assert is_sound(writer)
            assert writer.rows("SELECT count(*) FROM letter_indexed") == [(5,)]


def test_H14_erasing_among_many_letters_leaves_only_what_others_say() -> None:
    drawn = random.Random(7)
    vocabulary = [f"{drawn.randrange(10**6):06d}word" for _ in range(900)]
    letters = [Sample(" ".join(drawn.choices(vocabulary, k=120)), day=at / 9) for at in range(90)]
    with vault_of(letters) as vault:
        with vault.writing() as writer:
            for at in range(0, 90, 2):
                erase_letter(writer, digest_of(at), NOW)
        with vault.writing() as writer:
            said = {word for at in range(1, 90, 2) for word in (letters[at].text or "").split()}
            assert {term for term in terms(writer) if re.fullmatch(r"[0-9]{6}word", term)} == said
            assert is_sound(writer)


def test_reindexing_gives_the_same_index() -> None:
    letters = [Sample("Grief comes and goes, and I am tired.", tags=("grief",)), Sample("Tür und Tor", language="de")]
    with vault_of(letters) as vault, vault.writing() as writer:
        before = terms(writer), languages(writer), writer.rows("SELECT * FROM letter_indexed")
        assert reindex(writer) == 2
        assert (terms(writer), languages(writer), writer.rows("SELECT * FROM letter_indexed")) == before
        assert index_is_current(writer)


def test_an_index_filled_by_other_word_rules_is_noticed() -> None:
    with vault_of([Sample("a")]) as vault, vault.writing() as writer:
        writer.run("UPDATE meta SET value = '0 Snowball 1' WHERE name = 'index_made_by'")
        assert not index_is_current(writer)
        reindex(writer)
        assert index_is_current(writer)


def test_what_is_not_in_the_index_is_left_be() -> None:
    with vault_of([Sample(None)]) as vault, vault.writing() as writer:
        letter_id = writer.rows("SELECT id FROM letter")[0][0]
        index.change_tokens(writer, letter_id, _PLAIN)
        assert count_searchable(writer) == 0
        assert terms(writer) == set()


def test_a_lone_half_of_a_character_does_not_stop_indexing_and_goes_again() -> None:
    with vault_of([Sample("a broken \ud83d half \ud83d\ude00 end")]) as vault, vault.writing() as writer:
        assert search(writer, read_query('"half end"')).total == 1
        erase_letter(writer, digest_of(0), NOW)
        assert terms(writer) == set()


_PLAIN = LetterTokens(None, Kind.LETTER, Direction.IN, Standing.ACCEPTED, tags=(), has_enclosure=False)
_TAGS = ("a", "a/b", "c", "ünïcode/ต้น")


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.text("ab 天気é'", max_size=30), min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from(("erase", *_TAGS))), max_size=15),
)
def test_after_any_changes_the_index_is_the_one_a_fresh_filling_gives(
    bodies: list[str], acts: list[tuple[int, str]]
) -> None:
    with vault_of([Sample(body, day=at) for at, body in enumerate(bodies)]) as vault, vault.writing() as writer:
        gone: set[int] = set()
        carried: dict[int, set[str]] = {}
        for at, act in acts:
            if at >= len(bodies) or at in gone:
                continue
            if act == "erase":
                erase_letter(writer, digest_of(at), NOW)
                gone.add(at)
            else:
                now_on = carried.setdefault(at, set()) ^ {act}
                tags.tag(writer, digest_of(at), now_on - carried[at], carried[at] - now_on, NOW)
                carried[at] = now_on
        assert is_sound(writer)
        as_changed = terms(writer)
        reindex(writer)
        assert as_changed == terms(writer)
        assert count_searchable(writer) == len(bodies) - len(gone)
