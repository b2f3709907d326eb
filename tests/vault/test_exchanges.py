"""Exchanges in the vault: kept as they are found, whatever order mail came in; corrections and bounces; rebuild."""

import random
from dataclasses import replace
from datetime import timedelta
from time import process_time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from therapymail.domain.agreement import Terms
from therapymail.domain.client import Client, ClientStatus
from therapymail.domain.exchange import Correction
from therapymail.domain.kinds import Direction, Kind, Standing
from therapymail.domain.letter import Filing
from therapymail.domain.listing import ListFilter
from therapymail.domain.statuses import Ending
from therapymail.errors import NothingToUndo, UnusableInput
from therapymail.vault import clients
from therapymail.vault.agreements import agreements_with, make_agreement, withdraw
from therapymail.vault.bounces import bounces_found, resent
from therapymail.vault.connection import Reader, Vault
from therapymail.vault.corrections import correct, corrections_of, undo
from therapymail.vault.courses import bring_courses_up_to_date, find_course
from therapymail.vault.decisions import accept, erase_letter, set_kind, undo_kind
from therapymail.vault.exchanges import course_of, in_course, open_exchanges, standing, standings, unsettled_bounces
from therapymail.vault.filing import file_letters, refile
from therapymail.vault.letters import letter_by_digest, list_letters
from therapymail.vault.rebuild import rebuild
from therapymail.vault.stale import stale_clients
from therapymail.vault.statuses import set_status, statuses_of

from .builders import NOW, add_heron, add_wren, digest_of, filing, heron

KEPT = ("course", "exchange", "exchange_letter", "bounce", "agreement", "client_status", "exchange_correction")
TERMS = Terms("Europe/London", "Europe/London", word_limit=100)
DAY = timedelta(days=1)


def mail(number: int, client: Client, day: float, direction: Direction = Direction.IN, **changes: Any) -> Filing:
    kind = Kind.LETTER if direction is Direction.IN else Kind.RESPONSE
    made = filing(number, client, **{"kind": kind, "direction": direction, "received": NOW + day * DAY, **changes})
    assert isinstance(made, Filing)
    return made


def correspondence(client: Client, weeks: int = 3) -> list[Filing]:
    """A letter and a response a week: letters have even numbers, responses odd ones."""
    return [
        each
        for week in range(weeks)
        for each in (mail(2 * week, client, 7 * week), mail(2 * week + 1, client, 7 * week + 1, Direction.OUT))
    ]


def kept(reader: Reader) -> dict[str, list[Any]]:
    return {table: sorted(reader.rows(f"SELECT * FROM {table}"), key=repr) for table in KEPT}


def told(reader: Reader, client: Client) -> list[tuple[int, tuple[bytes, ...], tuple[bytes, ...]]]:
    return [(each.number, each.letters, each.responses) for each in course_of(reader, client.identity).exchanges]


def test_F03_what_is_kept_is_what_is_found(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        make_agreement(writer, client.identity, TERMS, NOW - DAY, NOW)
        file_letters(writer, correspondence(client)[:-1], NOW)
        assert stale_clients(writer) == [client.identity]
        found, glance = find_course(writer, client.identity).course, standings(writer, NOW + 30 * DAY)
        waiting = open_exchanges(writer)
        assert bring_courses_up_to_date(writer) == 1
        assert stale_clients(writer) == []
        assert course_of(writer, client.identity) == found
        assert standings(writer, NOW + 30 * DAY) == glance
        assert standing(writer, client.identity, NOW + 30 * DAY) == glance[client.identity]
        assert open_exchanges(writer) == waiting == {client.identity: 3}
        assert [each.number for each in glance[client.identity].waiting] == [3]


@given(seed=st.integers(), batches=st.integers(1, 4), resend=st.booleans(), bounced=st.booleans())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_F03_any_order_of_arrival_gives_the_same_exchanges_and_rebuild_too(
    tmp_path_factory: pytest.TempPathFactory, seed: int, batches: int, resend: bool, bounced: bool
) -> None:
    drawn = random.Random(seed)

    def outcome(shuffled: bool) -> dict[str, list[Any]]:
        path = tmp_path_factory.mktemp("v") / "vault.db"
        with Vault.create(path, bytes(32), NOW) as vault, vault.writing() as writer:
            client = add_heron(writer)
            mails = correspondence(client)
            if bounced:
                mails.append(mail(90, client, 1.1, in_reply_to=(mails[1].message_id,), kind=Kind.BOUNCE))
            if resend:
                mails.append(replace(mails[1], message_id="<again@x.example>", received=mails[1].received + DAY / 24))
            if shuffled:
                drawn.shuffle(mails)
            make_agreement(writer, client.identity, TERMS, NOW - DAY, NOW)
            for start in range(batches if shuffled else 1):
                file_letters(writer, mails[start :: batches if shuffled else 1], NOW)
            bring_courses_up_to_date(writer)
            state = kept(writer)
            rebuild(writer)
            assert kept(writer) == state
            return {table: _without_names(rows, client.identity) for table, rows in state.items()}

    assert outcome(shuffled=True) == outcome(shuffled=False)


def _without_names(rows: list[Any], client: str) -> list[Any]:
    """Rows without what is drawn anew in every vault."""
    return sorted(
        (
            tuple(each for each in row if each != client and not (isinstance(each, str) and len(each) == 32))
            for row in rows
        ),
        key=repr,
    )


def test_F03_a_correction_undone_gives_the_former(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        file_letters(writer, [*correspondence(client), mail(20, client, 0.5)], NOW)
        bring_courses_up_to_date(writer)
        before, rows = told(writer, client), kept(writer)
        for digest, correction in ((digest_of(20), Correction.SPLIT), (digest_of(2), Correction.JOIN)):
            correct(writer, client.identity, [digest], correction, NOW)
            bring_courses_up_to_date(writer)
            assert told(writer, client) != before
        for made in reversed(corrections_of(writer, client.identity)):
            undo(writer, client.identity, made, NOW)
        bring_courses_up_to_date(writer)
        assert told(writer, client) == before
        assert kept(writer) == rows
        rebuild(writer)
        assert kept(writer) == rows


def test_F02_a_kind_set_accepted_or_erased_changes_the_exchanges(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        file_letters(writer, [*correspondence(client, 2), mail(20, client, 14, standing=Standing.PROPOSED)], NOW)
        names = {each.digest: each.name for each in list_letters(writer, ListFilter())}
        first, proposed = names[digest_of(2)], names[digest_of(20)]
        assert first is not None
        assert proposed is not None
        for change, number in (
            (lambda: accept(writer, proposed, NOW), 3),
            (lambda: set_kind(writer, first, Kind.ADMIN, NOW), 2),
            (lambda: undo_kind(writer, first, NOW), 3),
            (lambda: erase_letter(writer, digest_of(20), NOW), 2),
        ):
            change()
            assert bring_courses_up_to_date(writer) == 1
            assert len(told(writer, client)) == number
            assert kept(writer)["exchange"] == (rebuild(writer), kept(writer)["exchange"])[1]


def test_F02_kinds_are_undone_one_after_the_other_until_none_is_left(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        file_letters(writer, [mail(0, client, 0)], NOW)
        name = letter_by_digest(writer, digest_of(0)).name
        assert name is not None
        for kind in (Kind.ADMIN, Kind.UPDATE):
            set_kind(writer, name, kind, NOW)
        assert [undo_kind(writer, name, NOW).kind for _ in range(2)] == [Kind.ADMIN, Kind.LETTER]
        with pytest.raises(NothingToUndo):
            undo_kind(writer, name, NOW)


# --- bounces -------------------------------------------------------------------------------------------


def test_F23_a_bounce_is_linked_to_the_response_that_failed_and_settled_by_a_resend(vault: Vault) -> None:
    client = heron(vault)
    letter, response = correspondence(client, 1)
    report = mail(9, client, 1.1, kind=Kind.BOUNCE, in_reply_to=(response.message_id,))
    again = mail(10, client, 1.2, Direction.OUT, reading=response.reading)
    with vault.writing() as writer:
        file_letters(writer, [letter, response, report], NOW)
        (waiting,) = unsettled_bounces(writer)[client.identity]
        assert (waiting.failed, waiting.is_settled) == (response.digest, False)
        bring_courses_up_to_date(writer)
        assert unsettled_bounces(writer) == {client.identity: [waiting]}
        letters = list_letters(writer, ListFilter())
        assert in_course(writer, letters)[report.digest].failed == response.digest
        # The client writes again before the response is sent once more: it still belongs to the first exchange.
        file_letters(writer, [mail(11, client, 1.15), again], NOW)
        bring_courses_up_to_date(writer)
        assert unsettled_bounces(writer) == {}
        assert told(writer, client) == [
            (1, (letter.digest,), (response.digest, again.digest)),
            (2, (digest_of(11),), ()),
        ]


@pytest.mark.parametrize("seconds", [-5, 0, 5])
def test_F23_a_report_that_comes_at_once_is_not_settled_by_the_mail_that_failed(vault: Vault, seconds: int) -> None:
    client = heron(vault)
    letter, response = correspondence(client, 1)
    moment = response.received + timedelta(seconds=seconds, microseconds=-1)  # a mail host tells seconds only
    report = replace(mail(9, client, 0, kind=Kind.BOUNCE, in_reply_to=(response.message_id,)), received=moment)
    copy = replace(response, message_id="<again@x.example>", received=response.received + timedelta(hours=1))
    with vault.writing() as writer:
        file_letters(writer, [letter, response, report], NOW)
        assert [each.failed for each in unsettled_bounces(writer)[client.identity]] == [response.digest]
        file_letters(writer, [copy], NOW)
        assert unsettled_bounces(writer) == {}


def test_F03_a_letter_that_turns_out_to_be_another_clients_leaves_the_exchanges_of_the_former(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        other = add_wren(writer)
        letter = mail(0, client, 0)
        file_letters(writer, [letter], NOW)
        bring_courses_up_to_date(writer)
        refile(writer, replace(letter, client=other.identity), NOW)
        for is_kept in (False, True):
            if is_kept:
                bring_courses_up_to_date(writer)
            assert told(writer, client) == []
            assert told(writer, other) == [(1, (letter.digest,), ())]


@pytest.mark.parametrize("is_later_first", [False, True])
@pytest.mark.parametrize("message_id", ["<1@mail.example>", "<again@mail.example>"])
def test_F03_a_response_sent_again_counts_from_the_first_time_whichever_copy_came_first(
    vault: Vault, message_id: str, *, is_later_first: bool
) -> None:
    client = heron(vault)
    letter, response = correspondence(client, 1)
    again = replace(response, message_id=message_id, received=response.received + 3 * DAY)
    with vault.writing() as writer:
        file_letters(writer, [letter], NOW)
        for copy in (again, response) if is_later_first else (response, again):
            file_letters(writer, [copy], NOW)
        (found,) = course_of(writer, client.identity).exchanges
        assert (found.responses, found.answered) == ((response.digest,), response.received)


def test_F23_of_the_same_text_sent_three_times_all_belong_to_the_first(vault: Vault) -> None:
    client = heron(vault)
    letter, response = correspondence(client, 1)
    again = [mail(number, client, number / 2, Direction.OUT, reading=response.reading) for number in (4, 6)]
    reports = [
        mail(10 + number, client, 4 + number / 9, kind=Kind.BOUNCE, in_reply_to=(each.message_id,))
        for number, each in enumerate([response, *again])
    ]
    with vault.writing() as writer:
        file_letters(writer, [letter, response, *again, mail(20, client, 2.5), *reports], NOW)
        found = resent(writer, client.identity, bounces_found(writer, client.identity))
        assert found == {each.digest: response.digest for each in again}


def test_F23_a_mail_host_that_makes_hundreds_of_reports_keeps_nobody_waiting(vault: Vault) -> None:
    client = heron(vault)
    reports = [
        mail(9000 + number, client, 300, kind=Kind.BOUNCE, in_reply_to=(f"<{2 * number + 1}@mail.example>",))
        for number in range(500)
    ]
    with vault.writing() as writer:
        file_letters(writer, [*correspondence(client, 1000), *reports], NOW)
        began = process_time()
        assert len(find_course(writer, client.identity).bounces) == 500
        assert process_time() - began < 2  # a third of a second here; each report cost a walk through all letters


def test_F23_a_report_about_no_mail_of_ours_names_none(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        file_letters(writer, [mail(9, client, 1, kind=Kind.BOUNCE, in_reply_to=("", "<nobody@x.example>"))], NOW)
        assert [each.failed for each in bounces_found(writer, client.identity)] == [None]


# --- agreements and statuses ---------------------------------------------------------------------------


def test_F04_versions_are_numbered_once_and_a_withdrawn_one_keeps_its_number(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        first = make_agreement(writer, client.identity, TERMS, NOW, NOW)
        second = make_agreement(writer, client.identity, replace(TERMS, word_limit=7), NOW + DAY, NOW)
        withdraw(writer, second, NOW)
        third = make_agreement(writer, client.identity, TERMS, NOW + 2 * DAY, NOW)
        assert [each.version for each in (first, second, third)] == [1, 2, 3]
        held = agreements_with(writer, client.identity)
        assert [each.withdrawn is None for each in held] == [True, False, True]
        rebuild(writer)
        assert agreements_with(writer, client.identity) == held


def test_F38_statuses_are_known_since_when_and_the_client_shows_the_last(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        clients.edit_client(writer, client.identity, status=ClientStatus.PAUSED, now=NOW)
        set_status(writer, client.identity, ClientStatus.ACTIVE, NOW)
        later = NOW + 10 * DAY
        set_status(writer, client.identity, ClientStatus.CLOSED, later, since=later - DAY, ending=Ending.BY_CLIENT)
        said = statuses_of(writer, client.identity)
        assert [(each.status, each.ending) for each in said[-2:]] == [
            (ClientStatus.ACTIVE, None),
            (ClientStatus.CLOSED, Ending.BY_CLIENT),
        ]
        assert clients.client_by_identity(writer, client.identity).status is ClientStatus.CLOSED
        for since in (later - 2 * DAY, later + DAY):
            with pytest.raises(UnusableInput):
                set_status(writer, client.identity, ClientStatus.ACTIVE, later, since=since)
        rebuild(writer)
        assert statuses_of(writer, client.identity) == said
        assert clients.client_by_identity(writer, client.identity).status is ClientStatus.CLOSED


@pytest.mark.parametrize(("day", "kind"), [(1, Kind.LETTER), (3, Kind.UPDATE)])
def test_F38_mail_after_closing_is_filed_as_news(vault: Vault, day: float, kind: Kind) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        set_status(writer, client.identity, ClientStatus.CLOSED, NOW + 5 * DAY, since=NOW + 2 * DAY)
        file_letters(writer, [mail(0, client, day)], NOW + 5 * DAY)
        found = letter_by_digest(writer, digest_of(0))
        assert found.kind is kind
        assert in_course(writer, [found])[found.digest].after_closing is (kind is Kind.UPDATE)
