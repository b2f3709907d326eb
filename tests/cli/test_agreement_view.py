"""An agreement on the screen: a day is written as a day, and a start in the midst of one as what it stands for."""

from datetime import UTC, datetime

import pytest

from therapymail.cli.agreement_view import print_agreed, print_proposal
from therapymail.domain.agreement import Agreement, default_terms
from therapymail.domain.client import Client, ClientStatus
from therapymail.practice.agree import Agreed, Proposal

ZONE = "America/New_York"
MIDNIGHT, MID_DAY = datetime(2025, 3, 11, 4, 0, tzinfo=UTC), datetime(2025, 3, 11, 9, 37, tzinfo=UTC)
LINDEN = Client(
    identity="c" * 32, code="LINDEN", name="Tomas Roux", write_to="tomas@linden.example", writes_from=(), pins=(),
    zone=ZONE, status=ClientStatus.ACTIVE, added=MIDNIGHT,
)  # fmt: skip


def beginning(moment: datetime, version: int = 0) -> Agreement:
    return Agreement("a" * 32, LINDEN.identity, version, moment, moment, default_terms(ZONE, "Europe/London"))


@pytest.mark.parametrize(
    ("moment", "shown"), [(MIDNIGHT, "from 2025-03-11 (America/New_York),"), (MID_DAY, "from the next exchange on,")]
)
def test_F06_a_new_version_says_its_day_or_that_the_next_exchange_begins_it(
    moment: datetime, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_proposal(Proposal(LINDEN, beginning(moment), None, (), (), None))
    assert f"LINDEN: {shown} all terms" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("moment", "shown"), [(MIDNIGHT, "since 2025-03-11 (America"), (MID_DAY, "since 2025-03-11 05:37 (America")]
)
def test_F06_what_holds_says_its_first_day_and_the_minute_only_where_it_began_in_the_midst_of_one(
    moment: datetime, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    held = beginning(moment, version=1)
    print_agreed(Agreed(LINDEN, held, (held,), held.terms, MID_DAY))
    assert shown in capsys.readouterr().out
