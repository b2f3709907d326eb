"""What waits for the therapist is read from small indexes, however many letters there are (C35)."""

from tests.vault.builders import NOW, filing, heron, unopened
from therapymail.domain.kinds import LetterState, Standing
from therapymail.domain.names import LetterName
from therapymail.domain.seal import OpeningFailure
from therapymail.vault.connection import Parameters, Reader, Row, Vault
from therapymail.vault.decisions import accept
from therapymail.vault.filing import file_letters
from therapymail.vault.waiting_mail import proposed_mail, unopened_mail


class _Explaining(Reader):
    """Gives no answers, and keeps SQLite's plans of the questions."""

    def rows(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        self.plans = [str(row[3]) for row in super().rows(f"EXPLAIN QUERY PLAN {sql}", parameters)]
        return []


def test_C35_what_waits_is_named_with_its_reason_until_it_is_decided(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        file_letters(
            writer,
            [
                filing(1, client),
                filing(2, client, standing=Standing.PROPOSED),
                unopened(3, client),
                filing(4, client, state=LetterState.TOO_LARGE, reading=None, original=None),
                filing(5, None),
                unopened(6, None, standing=Standing.SET_ASIDE),
            ],
            NOW,
        )
    with vault.reading() as reader:
        assert [(str(mail.name), mail.failure) for mail in proposed_mail(reader)] == [("HERON-2", None)]
        assert [(str(mail.name), mail.state, mail.failure) for mail in unopened_mail(reader)] == [
            ("HERON-3", LetterState.SEALED, OpeningFailure.NO_KEY),
            ("HERON-4", LetterState.TOO_LARGE, None),
        ]
    with vault.writing() as writer:
        accept(writer, LetterName("HERON", 2), NOW)
        assert proposed_mail(writer) == []


def test_what_waits_is_found_without_walking_through_all_letters(vault: Vault) -> None:
    with vault.reading() as reader:
        explaining = _Explaining(reader._connection)
        for find, index in ((proposed_mail, "letter_not_accepted"), (unopened_mail, "letter_not_opened")):
            find(explaining)
            assert any(f"letter USING INDEX {index}" in plan for plan in explaining.plans), explaining.plans
