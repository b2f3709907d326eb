"""F58: a draft that names another client does not leave; what a look over a response remarks keeps nothing back."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.support.practices import introduce, practice_in, short_directory, writers_to
from therapymail.config import HostSettings, Security
from therapymail.domain.checklist import CheckItem
from therapymail.domain.draft import Draft, DraftContent
from therapymail.domain.foreign_names import Mark, Spot
from therapymail.domain.kinds import Kind
from therapymail.domain.looking_over import Remark
from therapymail.domain.outbox import OutboxState, ReleasedHow
from therapymail.domain.sealing import Hindrance
from therapymail.errors import DraftUnknown, NotSent, UnusableInput
from therapymail.practice import outbox, write
from therapymail.practice.introduce import ClientChange, edit_client, verify_client
from therapymail.practice.look_over import let_word_pass, look_over
from therapymail.practice.outbox import SendRequest
from therapymail.practice.practice import Practice

HOST = HostSettings("smtp.practice.example", 465, Security.TLS, "orla")


@pytest.fixture(scope="module")
def practice() -> Iterator[Practice]:
    with short_directory() as directory, practice_in(directory) as made, writers_to(made, directory) as writers:
        for code, name in (("HERON", "Maren Quist"), ("LINDEN", "Tomas Rose"), ("SLATE", "Maren Calder")):
            person = writers.add(name, f"{code.lower()}@mail.example")
            introduce(made, code, person)
            verify_client(made, code, person.fingerprint, "by phone")
        yield replace(made, settings=replace(made.settings, smtp=HOST))


def to_heron(practice: Practice, text: str, subject: str = "", kind: Kind | None = None) -> Draft:
    return write.start_draft(practice, "HERON", DraftContent(subject, text), kind)


def refused(practice: Practice, draft: Draft) -> tuple[str, ...]:
    with pytest.raises(NotSent) as caught:
        outbox.send(practice, SendRequest(draft.name))
    return tuple(caught.value.hindrances)


@pytest.mark.parametrize("text", ["as Tomas wrote", "> as tomas wrote", "LINDEN", "slate@mail.example", "Mr Calder"])
def test_F58_a_draft_that_names_another_client_is_not_sent_and_is_kept(practice: Practice, text: str) -> None:
    draft = to_heron(practice, f"Dear Maren,\n\n{text}\n")
    assert refused(practice, draft) == (Hindrance.NAMES_ANOTHER,)
    assert write.show_draft(practice, draft.name).draft == draft


def test_F58_subject_and_enclosures_names_are_looked_at(practice: Practice) -> None:
    assert refused(practice, to_heron(practice, "x", subject="Tomas")) == (Hindrance.NAMES_ANOTHER,)
    enclosed = write.enclose(practice, to_heron(practice, "x").name, "for_tomas.txt", b"x")
    assert refused(practice, enclosed) == (Hindrance.NAMES_ANOTHER,)
    (found,) = look_over(practice, enclosed.name).foreign
    assert (found.code, found.mark, found.spot) == ("LINDEN", Mark.NAME, Spot.ENCLOSURE)


def test_F58_every_kind_of_mail_is_held_to_it(practice: Practice) -> None:
    assert refused(practice, to_heron(practice, "ask Tomas", kind=Kind.ADMIN)) == (Hindrance.NAMES_ANOTHER,)


def test_F58_a_first_name_that_two_clients_share_stops_nothing(practice: Practice) -> None:
    assert look_over(practice, to_heron(practice, "Dear Maren,").name).foreign == ()


def test_F58_a_word_that_means_nobody_is_let_pass_in_that_draft_alone(practice: Practice) -> None:
    draft, other = to_heron(practice, "A Rose is a rose"), to_heron(practice, "Rose")
    assert let_word_pass(practice, draft.name, "Rose").foreign == ()
    assert outbox.send(practice, SendRequest(draft.name)).entry.state is OutboxState.HELD
    assert refused(practice, other) == (Hindrance.NAMES_ANOTHER,)


def test_F58_a_word_that_was_let_pass_is_asked_about_again_where_it_stands_anew(practice: Practice) -> None:
    def passed(after: str) -> bool:
        draft = to_heron(practice, "Dear Maren,\n\nA Rose is a flower.\n")
        assert let_word_pass(practice, draft.name, "Rose").foreign == ()
        write.save(practice, draft.name, DraftContent("", after))
        return look_over(practice, draft.name).foreign == ()

    assert passed("Dear Maren,\n\nIt is raining. A Rose is\na flower. So is a tulip.\n")
    assert not passed("Dear Maren,\n\nA Rose is a flower. Mr Rose says so too.\n")
    assert not passed("Dear Maren,\n\nMr Rose rang.\n")


def test_F58_a_word_that_was_let_pass_is_asked_about_again_in_an_enclosures_name(practice: Practice) -> None:
    draft = to_heron(practice, "A Rose is a flower.")
    assert let_word_pass(practice, draft.name, "Rose").foreign == ()
    write.enclose(practice, draft.name, "letter of Rose.txt", b"x")
    assert refused(practice, draft) == (Hindrance.NAMES_ANOTHER,)


@pytest.mark.parametrize("word", ["", " ", "Tulip", "x" * 101])
def test_a_word_that_stops_nothing_is_not_let_pass(practice: Practice, word: str) -> None:
    draft = to_heron(practice, "A Rose")
    with pytest.raises(UnusableInput):
        let_word_pass(practice, draft.name, word)
    assert look_over(practice, draft.name).foreign


def test_F58_a_client_whose_name_becomes_known_while_it_is_held_keeps_it_back_at_its_release(
    practice: Practice,
) -> None:
    draft = to_heron(practice, "Dear Maren, Ottilie sends her regards.")
    assert outbox.send(practice, SendRequest(draft.name)).entry.state is OutboxState.HELD
    edit_client(practice, "SLATE", ClientChange(name="Ottilie Calder"))
    with pytest.raises(NotSent) as caught:
        outbox.release(practice, draft.name, early="now")
    assert caught.value.hindrances == (Hindrance.NAMES_ANOTHER,)


def test_F58_remarks_are_made_of_a_response_and_keep_nothing_back(practice: Practice) -> None:
    draft = to_heron(practice, "I HEARD YOU, and " + "so on and on " * 5)
    assert Remark.CAPITALS in {one.remark for one in look_over(practice, draft.name).remarks}
    assert outbox.send(practice, SendRequest(draft.name)).entry.state is OutboxState.HELD
    admin = to_heron(practice, "I HEARD YOU", kind=Kind.ADMIN)
    assert look_over(practice, admin.name).remarks == ()


def test_F16_the_answers_of_the_second_reading_are_kept(practice: Practice) -> None:
    draft = to_heron(practice, "Dear Maren,")
    outbox.send(practice, SendRequest(draft.name))
    entry = outbox.release(
        practice, draft.name, early="asked for", answers={CheckItem.TONE: True, CheckItem.HELP: False}
    )
    assert entry.released is not None
    assert entry.released.answers == {CheckItem.TONE: True, CheckItem.HELP: False}
    assert outbox.show(practice, draft.name).released == entry.released


def test_F16_C9_the_answers_of_a_release_that_was_taken_back_are_not_those_of_the_next(practice: Practice) -> None:
    draft = to_heron(practice, "Dear Maren,")
    outbox.send(practice, SendRequest(draft.name))
    outbox.release(practice, draft.name, early="she rang", answers={CheckItem.TONE: True})
    outbox.cancel(practice, draft.name)
    again = outbox.send(practice, SendRequest(draft.name, at_once=True)).entry
    assert again.released is not None
    assert (again.released.how, again.released.why, again.released.answers) == (ReleasedHow.AT_ONCE, "", {})


def test_what_is_no_draft_cannot_be_looked_over(practice: Practice) -> None:
    draft = to_heron(practice, "x")
    write.discard(practice, draft.name)
    with pytest.raises(DraftUnknown):
        look_over(practice, draft.name)
