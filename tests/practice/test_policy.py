"""C7: the own key can be used for sending only where gpg can sign and open with it now; in doubt nothing leaves."""

from datetime import UTC, datetime, timedelta

import pytest

from therapymail.pgp.colons import KeyPart, ListedKey
from therapymail.practice.policy import is_usable

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
OVER = NOW - timedelta(seconds=1)


def part(usage: str, *, validity: str = "u", secret: str = "+", expires: datetime | None = None) -> KeyPart:
    return KeyPart("A" * 40, "A" * 16, 22, 255, NOW - timedelta(days=9), expires, usage, validity, secret)


@pytest.mark.parametrize(
    ("primary", "subkeys", "usable"),
    [
        (part("sc"), [part("e")], True),
        (part("c"), [part("s"), part("e")], True),
        (part("c", secret="#"), [part("s"), part("e", secret="D2760001240103040006")], True),
        (part("sc"), [part("e", validity="r"), part("e", expires=NOW + timedelta(days=1))], True),
        (part("sc"), [], False),
        (part("c"), [part("e")], False),
        (part("sc", validity="r"), [part("s"), part("e")], False),
        (part("sc"), [part("e", validity="r")], False),
        (part("c"), [part("s", validity="d"), part("e")], False),
        (part("sc"), [part("e", secret="#")], False),
        (part("sc", secret="#"), [part("e")], False),
        (part("sc"), [part("e", secret="")], False),
        (part("sc"), [part("e", expires=OVER)], False),
        (part("sc"), [part("e", expires=NOW)], False),
        (part("c"), [part("s", expires=OVER), part("e")], False),
    ],
)
def test_C7_the_own_key_signs_and_opens_now_or_nothing_leaves(
    primary: KeyPart, subkeys: list[KeyPart], *, usable: bool
) -> None:
    assert is_usable(ListedKey(primary, True, subkeys), NOW) is usable
