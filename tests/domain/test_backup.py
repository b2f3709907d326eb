"""A backup's manifest: read as it was written, and anything else refused in words."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapymail.domain.backup import (
    MANIFEST,
    NEEDED,
    NOTES,
    FileInside,
    Manifest,
    StoreState,
    may_stand_in_a_backup,
    read_manifest,
)
from therapymail.errors import SealedFileRefused

STATE = StoreState(12, "ab" * 16, 7, 0, {"letter_original": 3, "journal": 7}, {"ab" * 16: (7, "cd" * 32)})
FILES = {name: FileInside(5, "00" * 32) for name in NEEDED}
MADE = Manifest(datetime(2026, 5, 3, 10, 11, 12, tzinfo=UTC), "0.1", "A1" * 20, FILES, STATE)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def with_changed(*path: str, value: object) -> bytes:
    """The manifest's JSON with one thing otherwise."""
    whole = json.loads(MADE.to_json())
    at = whole
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return json.dumps(whole).encode()


def test_what_is_written_is_read_again() -> None:
    assert read_manifest(MADE.to_json()) == MADE
    assert (MADE.total, MADE.record.letters) == (5 * len(NEEDED), 3)


@given(st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_anything_else_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(SealedFileRefused):
        read_manifest(content)


@given(
    st.sampled_from(
        [
            ("made",),
            ("own_key",),
            ("files",),
            ("record",),
            ("record", "heads"),
            ("record", "rows"),
            ("record", "schema"),
            ("notes",),
            ("format",),
            ("files", "vault.db"),
            ("files", "vault.db", "bytes"),
        ]
    ),
    JSON,
)
def test_a_field_that_is_something_else_is_refused_or_means_the_same(path: tuple[str, ...], value: object) -> None:
    try:
        read_manifest(with_changed(*path, value=value))
    except SealedFileRefused:
        return
    assert value in (None, {}, 1) or isinstance(value, int)


def test_one_of_a_later_version_says_so_and_an_unknown_key_says_nothing() -> None:
    with pytest.raises(SealedFileRefused) as refused:
        read_manifest(with_changed("format", value=2))
    assert "newer" in refused.value.why
    assert read_manifest(with_changed("colour", value="green")) == MADE


@pytest.mark.parametrize(
    "name",
    [
        "gnupg/gpg-agent.conf",
        "vault.db-wal",
        "session.json",
        "note-templates/a",
        "x/y",
        MANIFEST,
        "",
    ],
)
def test_S25_a_file_that_is_none_of_a_practice_is_refused(name: str) -> None:
    assert not may_stand_in_a_backup(name)
    with pytest.raises(SealedFileRefused):
        read_manifest(with_changed("files", name, value={"bytes": 1, "sha256": "00" * 32}))


@pytest.mark.parametrize("missing", NEEDED)
def test_one_without_what_a_practice_needs_is_refused(missing: str) -> None:
    files = {name: vars(file) for name, file in MADE.files.items() if name != missing}
    with pytest.raises(SealedFileRefused):
        read_manifest(with_changed("files", value=files))


def test_process_notes_come_with_their_key_or_not_at_all() -> None:
    with pytest.raises(SealedFileRefused):
        read_manifest(with_changed("files", NOTES, value={"bytes": 1, "sha256": "00" * 32}))
