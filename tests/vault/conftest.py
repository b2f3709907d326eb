"""A real vault on tmp_path for every test of this room."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from therapymail.vault.connection import Vault

TEST_KEY = bytes(range(32))
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def vault_path(tmp_path: Path) -> Path:
    return tmp_path / "vault.db"


@pytest.fixture
def vault(vault_path: Path) -> Iterator[Vault]:
    with Vault.create(vault_path, TEST_KEY, NOON) as made:
        yield made
