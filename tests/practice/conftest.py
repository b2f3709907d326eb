"""What several modules of this room stand on."""

from collections.abc import Iterator

import pytest

from tests.support.shelf import Shelf, a_shelf


@pytest.fixture(scope="module")
def shelf() -> Iterator[Shelf]:
    """An empty shelf; each test has a client of its own on it."""
    with a_shelf() as made:
        yield made
