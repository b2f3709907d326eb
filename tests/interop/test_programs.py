"""Real programs and ours, both ways over a real mail host: what they write we read, what we write they read."""

import email
import email.policy
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.correspondents import CORRESPONDENTS, missing
from tests.support.correspondents.alot import Alot
from tests.support.correspondents.correspondent import Correspondent
from tests.support.correspondents.desk import Desk, desk_on
from tests.support.correspondents.exchange import ANSWER, ENCLOSED, FIRST, FIRST_SUBJECT, NAME, OURS, Exchange, exchange
from tests.support.correspondents.programs_table import row, rows_in
from tests.support.mailhost import MailHost
from tests.support.posts import need_dovecot

PAGE = Path(__file__).parents[2] / "docs" / "interoperability.md"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    need_dovecot()
    with desk_on(MailHost(tmp_path_factory.mktemp("mailhost"))) as made:
        yield made


@pytest.mark.dovecot
@pytest.mark.parametrize("kind", CORRESPONDENTS, ids=lambda kind: kind.__name__)
def test_C18_C22_letters_go_both_ways_between_a_real_program_and_us(desk: Desk, kind: type[Correspondent]) -> None:
    if absent := missing(kind.needs):
        pytest.skip(f"{kind.name} is not tested: {', '.join(absent)} is missing (scripts/test installs it)")
    if kind.name == Alot.name and not os.environ.get("THERAPYMAIL_ALOT"):
        pytest.skip("alot loses keys that are typed while it draws: THERAPYMAIL_ALOT=1 tests it by itself")
    mailbox = desk.mailbox(NAME)
    correspondent = kind(mailbox)  # type: ignore[call-arg]  # a protocol says nothing of how its kinds are made
    came = exchange(desk, correspondent, mailbox, mailbox.user.upper())
    _first_is_read(came)
    _ours_is_read(came, kind)
    _answer_is_read(came, kind)
    _tampered_is_refused(came)
    found, written = row(correspondent, came), rows_in(PAGE)[kind.name]
    assert (found[0], *found[2:]) == (written[0], *written[2:]), "scripts/interoperability --programs writes it anew"


def _first_is_read(came: Exchange) -> None:
    assert came.first["text"] == FIRST
    assert came.first["verdict"]["encrypted"] == "sealed"
    assert came.first["verdict"]["signature"] == "pinned"
    assert came.first["standing"] == "accepted"


def _ours_is_read(came: Exchange, kind: type[Correspondent]) -> None:
    assert came.seen.text.strip("\n") == OURS
    assert came.seen.is_signature_good
    assert came.seen.enclosures == ({kind.enclosure_name: ENCLOSED} if kind.is_library else {})
    if came.seen.subject is not None:
        assert came.seen.subject in {f"Re: {FIRST_SUBJECT}", "Re: a letter"}
    header = email.message_from_bytes(came.sent, policy=email.policy.SMTP)
    parent = email.message_from_bytes(came.first_mail, policy=email.policy.SMTP)["Message-ID"]
    assert header["In-Reply-To"] == parent
    assert parent in header["References"].split()


def _answer_is_read(came: Exchange, kind: type[Correspondent]) -> None:
    assert came.answer["text"] == ANSWER
    assert "> the xqlighthouse stayed with me. Größe: 3 €." in came.answer["quoted"]
    assert (came.answer["verdict"]["encrypted"], came.answer["verdict"]["signature"]) == ("sealed", "verified")
    assert [each["name"] for each in came.answer["enclosures"]] == [kind.enclosure_name]
    assert came.enclosure == ENCLOSED


def _tampered_is_refused(came: Exchange) -> None:
    refused = came.tampered
    assert refused.code == 7
    assert refused.answer["state"] == "failed"
    assert refused.answer["text"] is None
    assert "could not be opened: it " in refused.err  # altered, or damaged where the letter was compressed
    assert "xq" not in refused.out + refused.err
