"""Keys that the tests of opening share: made once a session, because making them is what takes time."""

from collections.abc import Iterator

import pytest

from tests.support.gnupg import PASSPHRASE, People, people


@pytest.fixture(scope="session")
def everybody() -> Iterator[People]:
    """Therapist (own key without passphrase), Ann and Eve."""
    with people() as made:
        yield made


@pytest.fixture(scope="session")
def guarded() -> Iterator[People]:
    """The same, the own key under PASSPHRASE. Tests clear the agent before they count on it."""
    with people(PASSPHRASE) as made:
        yield made
