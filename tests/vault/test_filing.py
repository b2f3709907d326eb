"""Filing: nothing lost, nothing doubled, names for good; and filing again what could be opened later."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.kinds import Kind, LetterState, Standing
from therapymail.domain.letter import Enclosure, Place, Reading
from therapymail.domain.listing import ListFilter
from therapymail.domain.names import LetterName
from therapymail.errors import LetterUnknown
from therapymail.vault import texts
from therapymail.vault.connection import Vault
from therapymail.vault.decisions import accept, set_kind
from therapymail.vault.filing import DUPLICATE_MESSAGE_ID, file_letters, refile
from therapymail.vault.index import count_searchable
from therapymail.vault.letters import letter, letter_by_digest, list_letters
from therapymail.vault.letters import unopened as still_unopened
from therapymail.vault.places import places_of
from therapymail.vault.tags import tag

from .builders import NOW, add_heron, add_wren, digest_of, filing, heron, reading, unopened


def test_a_filed_letter_comes_back_whole(vault: Vault) -> None:
    client = heron(vault)
    given_filing = filing(3, client, notes=("found-in-junk",))
    with vault.writing() as writer:
        (filed,) = file_letters(writer, [given_filing], NOW)
    assert (filed.name, filed.is_new, filed.notes) == (LetterName("HERON", 1), True, ("found-in-junk",))
    with vault.reading() as reader:
        found = letter(reader, LetterName("HERON", 1))
        assert texts.reading(reader, given_filing.digest) == given_filing.reading
        assert texts.original(reader, given_filing.digest) == given_filing.original
        assert places_of(reader, given_filing.digest) == list(given_filing.places)
        assert count_searchable(reader) == 1
    for field in (
        "digest",
        "client",
        "direction",
        "kind",
        "standing",
        "state",
        "received",
        "written",
        "facts",
        "notes",
    ):
        assert getattr(found, field) == getattr(given_filing, field), field
    assert (found.subject, found.words, found.enclosures) == ("Week 3", 12, 1)


def test_names_are_given_in_order_of_time_within_a_batch_and_go_on(vault: Vault) -> None:
    with vault.writing() as writer:
        first, second = add_heron(writer), add_wren(writer)
        filed = file_letters(writer, [filing(n, second if n == 4 else first) for n in (5, 4, 3)], NOW)
        later = file_letters(writer, [filing(1, first)], NOW)
    assert [str(each.name) for each in (*filed, *later)] == ["HERON-2", "WREN-1", "HERON-1", "HERON-3"]


def test_a_second_copy_is_the_same_letter_in_another_place(vault: Vault) -> None:
    client = heron(vault)
    copy = Place("therapist@mail.example", "Archive", 3, 9)
    with vault.writing() as writer:
        first, twin = file_letters(writer, [filing(1, client), filing(1, client, places=(copy,))], NOW)
        (again,) = file_letters(writer, [filing(1, client)], NOW)
        assert writer.row("SELECT count(*) FROM letter") == (1,)
        assert places_of(writer, digest_of(1)) == [copy, *filing(1, client).places]
        assert writer.row("SELECT count(*) FROM journal WHERE what = 'letter.filed'") == (1,)
    assert first.name == twin.name == again.name
    assert not again.is_new


@pytest.mark.parametrize("in_order", [True, False])
def test_of_copies_that_come_together_the_one_received_first_holds(vault: Vault, in_order: bool) -> None:
    client = heron(vault)
    first = filing(1, client)
    again = replace(first, received=first.received + timedelta(minutes=9), message_id="<again@mail.example>", places=())
    with vault.writing() as writer:
        file_letters(writer, [first, again] if in_order else [again, first], NOW)
        assert letter(writer, LetterName("HERON", 1)).received == first.received


def test_S7_of_two_copies_the_one_of_higher_standing_holds_whichever_came_first(vault: Vault) -> None:
    client = heron(vault)
    aside = filing(1, None, standing=Standing.SET_ASIDE, notes=("several-from",))
    whole = filing(1, client)
    with vault.writing() as writer:
        file_letters(writer, [aside], NOW)
        tag(writer, whole.digest, ["kept"], [], NOW)
        (later,) = file_letters(writer, [whole], NOW)
        (worse,) = file_letters(writer, [aside], NOW)
        found = letter(writer, LetterName("HERON", 1))
    assert (str(later.name), str(worse.name)) == ("HERON-1", "HERON-1")
    assert (found.standing, found.direction, found.notes, found.tags) == (
        whole.standing,
        whole.direction,
        (),
        ("kept",),
    )


def test_a_copy_that_was_not_opened_takes_no_text_away(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        file_letters(writer, [filing(1, client, standing=Standing.PROPOSED)], NOW)
        file_letters(writer, [unopened(1, client, standing=Standing.ACCEPTED)], NOW)
        found = letter(writer, LetterName("HERON", 1))
    assert (found.state, found.standing) == (LetterState.OPENED, Standing.PROPOSED)


def test_C40_a_reused_message_id_suppresses_nothing(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        file_letters(writer, [filing(1, client)], NOW)
        filed = file_letters(writer, [filing(n, client, message_id="<1@mail.example>") for n in (2, 3)], NOW)
        unnamed = file_letters(writer, [filing(n, client, message_id="") for n in (4, 5)], NOW)
        assert len(list_letters(writer, ListFilter())) == 5
    assert [each.notes for each in filed] == [(DUPLICATE_MESSAGE_ID,)] * 2
    assert [each.notes for each in unnamed] == [(), ()]


def test_two_new_letters_of_one_batch_may_share_a_message_id(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        filed = file_letters(writer, [filing(n, client, message_id="<same@x.example>") for n in (1, 2)], NOW)
    assert [each.notes for each in filed] == [(), (DUPLICATE_MESSAGE_ID,)]


def test_a_letter_that_is_set_aside_has_no_name_and_takes_no_number(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        aside, named = file_letters(writer, [filing(1, None), filing(2, client)], NOW)
        assert letter_by_digest(writer, digest_of(1)).name is None
    assert (aside.name, named.name) == (None, LetterName("HERON", 1))


def test_a_letter_that_is_too_large_has_a_name_and_no_text(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        (filed,) = file_letters(
            writer, [filing(1, client, state=LetterState.TOO_LARGE, original=None, reading=None, size=60_000_000)], NOW
        )
        assert filed.name == LetterName("HERON", 1)
        assert texts.original(writer, digest_of(1)) is None
        assert count_searchable(writer) == 0
        assert [each.state for each in list_letters(writer, ListFilter())] == [LetterState.TOO_LARGE]


def test_letters_of_the_same_second_keep_a_row_each(vault: Vault) -> None:
    client = heron(vault)
    same = datetime(2025, 5, 5, 5, 5, 5, tzinfo=UTC)
    twins = [bytes([number]) * 8 + bytes(24) for number in (0,)] + [
        bytes(8) + bytes(23) + bytes([n]) for n in range(1, 5)
    ]
    with vault.writing() as writer:
        file_letters(writer, [filing(n, client, digest=digest, received=same) for n, digest in enumerate(twins)], NOW)
        orders = [each.order for each in list_letters(writer, ListFilter())]
    seconds = int(same.timestamp()) * 1_000_000
    assert orders == [seconds + n for n in (4, 3, 2, 1, 0)]


def test_an_empty_batch_is_no_work(vault: Vault) -> None:
    with vault.writing() as writer:
        assert file_letters(writer, [], NOW) == []


# --- what letters bring along --------------------------------------------------------------------------

any_text = st.text(st.characters(), max_size=40)  # lone surrogates, NUL and controls included
any_moment = st.datetimes(timezones=st.just(UTC))


@settings(max_examples=40, deadline=None)
@given(
    texts_given=st.tuples(any_text, any_text, any_text, any_text, any_text, any_text, any_text),
    received=any_moment,
    written=st.none() | any_moment,
    sizes=st.integers(0, 2**62),
)
def test_C42_no_letter_can_stop_the_filing_of_the_others(
    tmp_path_factory: pytest.TempPathFactory,
    texts_given: tuple[str, ...],
    received: datetime,
    written: datetime | None,
    sizes: int,
) -> None:
    subject, text, quoted, name, message_id, author, note = texts_given
    path = tmp_path_factory.mktemp("vault") / "vault.db"
    with Vault.create(path, bytes(32), NOW) as vault:
        client = heron(vault)
        odd = filing(
            1,
            client,
            received=received,
            written=written,
            message_id=message_id,
            in_reply_to=(message_id, author),
            author_address=author,
            notes=(note,),
            size=sizes,
            reading=Reading(subject, text, quoted, quoted, (Enclosure(name, name, sizes),), "en"),
        )
        with vault.writing(durable=False) as writer:
            filed = file_letters(writer, [odd, filing(2, client)], NOW)
        with vault.reading() as reader:
            kept = texts.reading(reader, digest_of(1))
            listed = letter_by_digest(reader, digest_of(1))
    assert all(each.is_new for each in filed)
    assert kept is not None
    assert kept.text == "".join("\ufffd" if "\ud800" <= each <= "\udfff" else each for each in text)
    assert (listed.received, listed.written) == (received, written)


# --- filing again --------------------------------------------------------------------------------------


def test_C35_a_letter_whose_key_arrives_is_opened_named_as_before_and_searchable(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        (sealed,) = file_letters(writer, [unopened(1, client)], NOW)
        assert [each.digest for each in still_unopened(writer)] == [digest_of(1)]
        assert count_searchable(writer) == 0
        tag(writer, digest_of(1), ["waiting"], [], NOW)
        set_kind(writer, LetterName("HERON", 1), Kind.ADMIN, NOW)
        opened = refile(writer, filing(1, client), NOW)
    assert sealed.name == opened.name == LetterName("HERON", 1)
    with vault.reading() as reader:
        found = letter(reader, LetterName("HERON", 1))
        assert still_unopened(reader) == []
        assert count_searchable(reader) == 1
        assert texts.reading(reader, digest_of(1)) == reading(1)
    assert (found.state, found.standing, found.kind, found.tags) == (
        LetterState.OPENED,
        Standing.ACCEPTED,
        Kind.ADMIN,
        ("waiting",),
    )
    assert found.facts == filing(1, client).facts


def test_what_the_therapist_accepted_stays_accepted_when_filed_again(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        file_letters(writer, [unopened(1, client)], NOW)
        accept(writer, LetterName("HERON", 1), NOW)
        refile(writer, filing(1, client, standing=Standing.PROPOSED), NOW)
        assert letter(writer, LetterName("HERON", 1)).standing is Standing.ACCEPTED


def test_a_letter_that_opens_as_a_spoof_loses_its_client_and_name(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        file_letters(writer, [unopened(1, client)], NOW)
        filed = refile(writer, filing(1, None, standing=Standing.SET_ASIDE), NOW)
        assert filed.name is None
        assert list_letters(writer, ListFilter(client=client.identity)) == []
        (later,) = file_letters(writer, [filing(2, client)], NOW)
    assert later.name == LetterName("HERON", 2), "a name is never given twice"


def test_a_letter_set_aside_can_become_a_clients(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        file_letters(writer, [filing(1, None), filing(2, client)], NOW)
        filed = refile(writer, filing(1, client), NOW)
    assert filed.name == LetterName("HERON", 2)


def test_filing_again_what_was_never_filed_is_refused(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer, pytest.raises(LetterUnknown):
        refile(writer, filing(1, client), NOW)


def test_a_letter_is_opened_once_in_its_life(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        file_letters(writer, [filing(1, client)], NOW)
        changed = reading(1, text="Something else entirely.")
        refile(writer, filing(1, client, reading=changed, written=NOW - timedelta(days=1)), NOW)
        assert texts.reading(writer, digest_of(1)) == reading(1)
        assert letter_by_digest(writer, digest_of(1)).written == NOW - timedelta(days=1)
        assert count_searchable(writer) == 1


def test_an_acceptance_holds_for_the_client_it_was_given_for(vault: Vault) -> None:
    with vault.writing() as writer:
        first, second = add_heron(writer), add_wren(writer)
        file_letters(writer, [unopened(1, first)], NOW)
        accept(writer, LetterName("HERON", 1), NOW)
        filed = refile(writer, filing(1, second, standing=Standing.PROPOSED), NOW)
        assert filed.name == LetterName("WREN", 1)
        assert letter(writer, LetterName("WREN", 1)).standing is Standing.PROPOSED


def test_a_letter_that_was_too_large_can_be_fetched_later_under_its_name(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        file_letters(writer, [filing(1, client, state=LetterState.TOO_LARGE, original=None, reading=None)], NOW)
        filed = refile(writer, filing(1, client), NOW)
        assert filed.name == LetterName("HERON", 1)
        assert texts.original(writer, digest_of(1)) == filing(1, client).original
        assert letter(writer, LetterName("HERON", 1)).state is LetterState.OPENED
        assert count_searchable(writer) == 1
