"""The clients as one walks through them, and the outlook: what is due next, and what a search looks through."""

from dataclasses import replace

from tests.practice.test_today import DAY, MONDAY, Record, record
from therapymail.domain.client import ClientStatus
from therapymail.domain.clocks import DueDateKind
from therapymail.domain.kinds import Kind, Standing
from therapymail.practice.client_rows import client_rows
from therapymail.practice.introduce import ClientChange, edit_client
from therapymail.practice.outlook import outlook
from therapymail.practice.read import read_filed

__all__ = ["record"]


def test_F05_F10_clients_come_with_what_is_due_unread_and_to_be_accepted_and_those_whose_work_is_over_last(
    record: Record,
) -> None:
    record.agree("LINDEN")
    asked = record.file("LINDEN", Kind.LETTER, MONDAY)
    record.file("LINDEN", Kind.LETTER, MONDAY + DAY, standing=Standing.PROPOSED)
    practice = replace(record.practice, clock=lambda: MONDAY + DAY)

    heron, linden = client_rows(practice)
    assert (heron.client.code, heron.letters, heron.owed, heron.due, heron.is_over) == ("HERON", 0, 0, None, False)
    assert (linden.client.code, linden.letters, linden.proposed, linden.owed) == ("LINDEN", 1, 1, 1)
    assert linden.due is not None
    assert linden.due.kind is DueDateKind.RESPONSE
    assert linden.balance is not None

    seen = outlook(practice)
    assert seen.due == linden.due
    assert seen.coverage.total == 2

    read_filed(practice, asked.digest)
    edit_client(practice, "HERON", ClientChange(status=ClientStatus.CLOSED))
    rows = client_rows(practice)
    assert [row.client.code for row in rows] == ["LINDEN", "HERON"]
    assert rows[1].is_over
