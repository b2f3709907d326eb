"""Lists and look-ups: newest first by when a letter was received, every filter, page after page."""

from collections import Counter
from datetime import timedelta
from itertools import product

import pytest

from therapymail.domain.client import Client
from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.domain.letter import Letter
from therapymail.domain.listing import ListFilter
from therapymail.domain.names import LetterName
from therapymail.errors import LetterUnknown
from therapymail.vault import letters
from therapymail.vault.connection import Parameters, Reader, Row, Vault
from therapymail.vault.filing import file_letters
from therapymail.vault.tags import tag

from .builders import FIRST_DAY, NOW, add_heron, add_wren, digest_of, filing, unopened


@pytest.fixture
def two(vault: Vault) -> tuple[Client, Client]:
    """Forty letters of two clients, each property mixed with every other; two are set aside."""
    with vault.writing() as writer:
        both = add_heron(writer), add_wren(writer)
        for number, (state, direction, standing) in enumerate(
            product(
                (LetterState.OPENED, LetterState.SEALED, LetterState.FAILED),
                Direction,
                (Standing.ACCEPTED, Standing.PROPOSED),
            )
        ):
            for count, client in enumerate(both):
                build = filing if state is LetterState.OPENED else unopened
                kind = Kind.ADMIN if number % 3 == 0 else Kind.LETTER
                changes = {"state": state, "direction": direction, "standing": standing, "kind": kind}
                file_letters(writer, [build(number * 2 + count, client, **changes)], NOW)
        file_letters(writer, [filing(90, None), filing(91, None)], NOW)
        for number in range(0, 24, 5):
            tag(writer, digest_of(number), ["grief"], [], NOW)
    return both


def all_letters(reader: Reader) -> list[Letter]:
    return letters.list_letters(reader, ListFilter(limit=1000))


def test_S30_letters_are_in_order_of_receipt_whatever_their_date_says(vault: Vault) -> None:
    with vault.writing() as writer:
        client = add_heron(writer)
        for number in (4, 1, 3, 2):
            forged = FIRST_DAY - timedelta(days=1000 * number)
            file_letters(writer, [filing(number, client, written=forged)], NOW)
        listed = all_letters(writer)
    assert [letter.digest for letter in listed] == [digest_of(number) for number in (4, 3, 2, 1)]
    assert [letter.order for letter in listed] == sorted((letter.order for letter in listed), reverse=True)


@pytest.mark.parametrize(
    "wanted",
    [
        ListFilter(kind=Kind.ADMIN),
        ListFilter(direction=Direction.OUT),
        ListFilter(standing=Standing.PROPOSED),
        ListFilter(standing=Standing.ACCEPTED),
        ListFilter(standing=Standing.SET_ASIDE),
        ListFilter(state=LetterState.SEALED),
        ListFilter(state=LetterState.OPENED, standing=Standing.PROPOSED, direction=Direction.IN),
        ListFilter(tag="grief"),
        ListFilter(tag="grief", state=LetterState.OPENED),
        ListFilter(state=LetterState.FAILED, standing=Standing.PROPOSED, kind=Kind.LETTER),
    ],
)
@pytest.mark.parametrize("of_client", [False, True])
def test_every_filter_keeps_exactly_what_it_says(
    vault: Vault, two: tuple[Client, Client], wanted: ListFilter, of_client: bool
) -> None:
    client = two[1].identity if of_client else None
    wanted = ListFilter(
        client, wanted.kind, wanted.direction, wanted.standing, wanted.state, wanted.tag, limit=1000, before=None
    )

    def meets(letter: Letter) -> bool:
        pairs = (
            (wanted.client, letter.client),
            (wanted.kind, letter.kind),
            (wanted.direction, letter.direction),
            (wanted.standing, letter.standing),
            (wanted.state, letter.state),
        )
        return all(value is None or value == has for value, has in pairs) and (
            wanted.tag is None or wanted.tag in letter.tags
        )

    with vault.reading() as reader:
        assert letters.list_letters(reader, wanted) == [each for each in all_letters(reader) if meets(each)]


def test_pages_follow_each_other_without_gap_or_repeat(vault: Vault, two: tuple[Client, Client]) -> None:
    with vault.reading() as reader:
        paged: list[Letter] = []
        before = None
        while page := letters.list_letters(reader, ListFilter(client=two[0].identity, limit=5, before=before)):
            paged += page
            before = page[-1].order
        assert paged == letters.list_letters(reader, ListFilter(client=two[0].identity, limit=1000))


def test_lists_read_no_text_and_no_original(vault: Vault, two: tuple[Client, Client]) -> None:
    """Nothing wide is touched, and the newest are found by walking an index, not by sorting."""
    with vault.reading() as reader:
        for wanted, walked in (
            (ListFilter(), "SCAN letter"),
            (ListFilter(client=two[0].identity), "letter_of_client"),
            (ListFilter(standing=Standing.PROPOSED), "letter_not_accepted"),
            (ListFilter(state=LetterState.SEALED), "letter_not_opened"),
        ):
            conditions, parameters = letters._conditions(wanted)
            where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
            plan = reader.rows(
                f"EXPLAIN QUERY PLAN {letters._LETTERS}{where} ORDER BY letter.id DESC LIMIT 50", parameters
            )
            steps = " ".join(str(step[3]) for step in plan)
            assert walked in steps
            assert "TEMP B-TREE" not in steps
            assert "letter_text" not in steps
            assert "letter_original" not in steps


def test_a_letter_is_found_by_name_in_any_case_of_writing(vault: Vault, two: tuple[Client, Client]) -> None:
    with vault.reading() as reader:
        found = letters.letter(reader, LetterName.parse("heron-3"))
        assert str(found.name) == "HERON-3"
        assert letters.letter_by_digest(reader, found.digest) == found
        assert letters.row_id(reader, found.digest) == found.order


@pytest.mark.parametrize("name", ["HERON-99", "OWL-1", "HERON-1b"])
def test_a_name_that_is_no_letters_is_said_to_be_unknown(vault: Vault, two: tuple[Client, Client], name: str) -> None:
    with vault.reading() as reader:
        with pytest.raises(LetterUnknown) as caught:
            letters.letter(reader, LetterName.parse(name))
        with pytest.raises(LetterUnknown):
            letters.letter_by_digest(reader, bytes(32))
        with pytest.raises(LetterUnknown):
            letters.row_id(reader, bytes(32))
    assert caught.value.name == name


def test_letters_come_in_the_order_a_search_found_them(vault: Vault, two: tuple[Client, Client]) -> None:
    with vault.reading() as reader:
        ids = [letter.order for letter in all_letters(reader)]
        jumbled = ids[3::4] + ids[::2]
        assert [letter.order for letter in letters.letters_by_ids(reader, [*jumbled, 12345])] == jumbled
        assert letters.letters_by_ids(reader, []) == []


def test_counts_add_up_to_all_letters(vault: Vault, two: tuple[Client, Client]) -> None:
    with vault.reading() as reader:
        counts = letters.count_letters(reader)
        everything = all_letters(reader)
    assert sum(counts.values()) == len(everything) == 26
    assert counts[None, LetterState.OPENED, Standing.SET_ASIDE] == 2
    assert counts[two[0].identity, LetterState.SEALED, Standing.PROPOSED] == 2


def test_counts_by_standing_are_those_of_all_letters(vault: Vault, two: tuple[Client, Client]) -> None:
    with vault.reading() as reader:
        counted = Counter((letter.client, letter.standing) for letter in all_letters(reader))
        found = letters.standing_counts(reader)
    assert {key: number for key, number in found.items() if number} == counted


def test_C39_counting_by_standing_does_not_walk_the_letters(vault: Vault, two: tuple[Client, Client]) -> None:
    with vault.reading() as reader:
        seen = SeenQueries(reader)
        letters.standing_counts(seen)
        plans = [str(row) for sql in seen.queries for row in reader.rows(f"EXPLAIN QUERY PLAN {sql}")]
    walks = [plan for plan in plans if "letter" in plan]
    assert len(walks) == 2
    assert "COVERING INDEX letter_of_client" in walks[0]
    assert "INDEX letter_not_accepted" in walks[1]


class SeenQueries(Reader):
    """A reader that keeps what it was asked."""

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader._connection)
        self.queries: list[str] = []

    def rows(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        self.queries.append(sql)
        return super().rows(sql, parameters)


def test_what_could_not_be_opened_is_listed_to_be_tried_again(vault: Vault, two: tuple[Client, Client]) -> None:
    with vault.reading() as reader:
        waiting = letters.unopened(reader)
        expected = [each for each in all_letters(reader) if each.state in {LetterState.SEALED, LetterState.FAILED}]
    assert [(each.digest, each.state, each.facts) for each in waiting] == [
        (each.digest, each.state, each.facts) for each in expected
    ]


def test_message_ids_tell_whose_letters_are_answered(vault: Vault, two: tuple[Client, Client]) -> None:
    heron, wren = two
    with vault.reading() as reader:
        known = letters.known_message_ids(reader, ["<0@mail.example>", "<999@mail.example>", "", "<3@mail.example>"])
        assert known == {"<0@mail.example>", "<3@mail.example>"}
        assert letters.clients_answered(reader, ["<0@mail.example>", ""]) == (heron.identity,)
        assert letters.clients_answered(reader, ["<0@mail.example>", "<1@mail.example>"]) == tuple(
            sorted([heron.identity, wren.identity])
        )
        # Letter 2 is only proposed, letter 90 is set aside: answering them makes nobody a correspondent.
        assert letters.clients_answered(reader, ["<2@mail.example>", "<90@mail.example>"]) == ()
        assert letters.known_message_ids(reader, []) == frozenset()
        assert len(letters.known_message_ids(reader, [f"<{n}@mail.example>" for n in range(5000)])) == 26
