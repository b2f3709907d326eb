"""Templates of letters take their facts from the agreement and the exchange, on the client's own clock."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.practice.test_write import file_letter, place, practice
from therapymail.domain.agreement import Window, default_terms
from therapymail.domain.kinds import Kind
from therapymail.domain.letter import Reading
from therapymail.domain.letter_template import BLANK, Fact
from therapymail.domain.mail_headers import require_one_line
from therapymail.domain.written import as_written
from therapymail.errors import AgreementImpossible, UnusableInput
from therapymail.practice import write
from therapymail.practice.agree import NewTerms, propose
from therapymail.practice.introduce import show_client
from therapymail.practice.letter_templates import find_letter_template, letter_template_names, start_from_template
from therapymail.practice.look_over import look_over
from therapymail.practice.practice import Practice
from therapymail.vault import agreements

__all__ = ["place", "practice"]


@pytest.fixture
def agreed(practice: Practice) -> Iterator[Practice]:
    terms = default_terms("America/New_York", "Europe/London")
    with practice.vault() as vault, vault.writing() as writer:
        identity = show_client(practice, "HERON").client.identity
        made = agreements.make_agreement(
            writer,
            identity,
            replace(terms, window=Window(hours=24 * 365 * 5), count_in_footer=True, fallback="020 7946 0000"),
            datetime(2026, 1, 1, tzinfo=UTC),
            practice.clock(),
        )
    yield practice
    with practice.vault() as vault, vault.writing() as writer:
        agreements.withdraw(writer, made, practice.clock())


def test_a_holding_note_names_the_promised_day_and_the_other_channel_and_leaves_the_new_day_to_be_said(
    agreed: Practice,
) -> None:
    file_letter(agreed, Reading("x", "a letter"))
    draft = start_from_template(agreed, "HERON", "holding-note")
    assert draft.kind is Kind.ADMIN
    assert "promised you an answer by" in draft.content.text
    assert draft.content.text.count(BLANK) == 1, "longer than was agreed, but not how much"
    assert [one.number for one in look_over(agreed, draft.name).remarks] == [1]
    assert "020 7946 0000" in draft.content.text


def test_without_an_agreement_what_is_not_agreed_is_a_blank(practice: Practice) -> None:
    assert BLANK in start_from_template(practice, "HERON", "holding-note").content.text


def test_F38_n_of_m_stands_under_a_response_only_where_it_is_agreed(agreed: Practice) -> None:
    name = file_letter(agreed, Reading("x", "a letter"))
    assert write.start_reply(agreed, name).content.text.startswith("\n\n1 of 6\n\nOn ")
    assert " of 6" not in write.start_reply(agreed, name, Kind.CLARIFICATION).content.text.split("On ")[0]


def test_one_of_the_therapists_own_comes_before_ours(practice: Practice) -> None:
    own = practice.paths.letter_templates
    own.mkdir()
    (own / "closing.txt").write_text("Kind: clarification\n\nDear $client!\n")
    (own / "mine.txt").write_text("Hello $me\n")
    (own / "broken.txt").write_bytes(b"\xff\xfe")
    (own / "unknown.txt").write_text("Subject: $dues\n\nHello\n")
    assert {"closing", "mine"} <= set(letter_template_names(practice))
    assert start_from_template(practice, "HERON", "closing").content.text == "Dear A.!\n"
    for wrong in ("broken", "unknown", "none", "../config"):
        with pytest.raises(UnusableInput):
            start_from_template(practice, "HERON", wrong)


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\0"])
def test_S12_what_is_filled_into_a_subject_makes_no_second_header(practice: Practice, end: str) -> None:
    own, hostile = practice.paths.letter_templates, f"telephone{end}Bcc: other@mail.example"
    own.mkdir(exist_ok=True)
    (own / "hostile.txt").write_bytes(f"Subject: For $client: $fallback\n\nDear $client{end}Bcc: x\n".encode())
    try:
        agreed = propose(practice, NewTerms("HERON", {"fallback": hostile})).agreement.terms.fallback
    except AgreementImpossible:
        agreed = ""
    assert agreed.isprintable(), "on one line, or not agreed at all"
    draft = start_from_template(practice, "HERON", "hostile")
    template = find_letter_template(practice, "hostile")
    for subject in (draft.content.subject, as_written(template.filled({Fact.FALLBACK: hostile})).subject):
        assert len(subject.splitlines()) == 1
        require_one_line("subject", subject)
