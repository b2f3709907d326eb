"""Settings: written and read the same, every problem named at once, never a secret."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.config import (
    Auth,
    HostSettings,
    Light,
    Security,
    SentCopy,
    Settings,
    keep_setting,
    read_settings,
    settings_from,
    write_settings,
)
from therapymail.errors import ConfigurationFaulty, NoPractice, explain

_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
_HOSTS = st.builds(
    HostSettings,
    host=st.sampled_from(["mail.practice.example", "127.0.0.1"]),
    port=st.integers(1, 65535),
    security=st.sampled_from(Security),
    username=_TEXT.filter(bool),
    auth=st.sampled_from(Auth),
    secret_command=_TEXT,
    ca_file=_TEXT,
)
_SETTINGS = st.builds(
    Settings,
    name=_TEXT,
    email=_TEXT,
    own_key=st.just("A" * 40),
    zone=st.sampled_from(["UTC", "Europe/London"]),
    imap=st.none() | _HOSTS,
    smtp=st.none() | _HOSTS,
    unwatched=st.lists(_TEXT, max_size=3).map(tuple),
    unlock_hours=st.floats(0.1, 100),
    hold_hours=st.none() | st.floats(0, 100),
    hold_until=st.sampled_from(["08:00", "7:30"]),
    office_hours=st.sampled_from(["mon-fri 09:00-17:00", "sat 10:00-12:00"]),
    undo_seconds=st.floats(0, 100),
    idle_lock_minutes=st.floats(0, 600),
    sent_copy=st.sampled_from(SentCopy),
    theme=st.sampled_from(Light),
    watch=st.booleans(),
    demo=st.booleans(),
)


@given(_SETTINGS)
@settings(max_examples=50, deadline=None)
def test_what_is_written_is_read_again(written: Settings) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "config.toml"
        write_settings(path, written)
        assert read_settings(path) == written
        assert path.stat().st_mode & 0o777 == 0o600
        path.write_text("# a remark of one's own\n\n" + path.read_text())
        for light in Light:
            keep_setting(path, "theme", light.value)
            assert read_settings(path) == replace(written, theme=light)
        assert "# a remark of one's own" in path.read_text()
        assert path.stat().st_mode & 0o777 == 0o600


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        'name = 3\nemail = "a@b.example"\nunlock_hours = -1\nhold_hours = nan\nundo_seconds = true\n'
        'idle_lock_minutes = -3\nhold_until = 8\noffice_hours = "always"\n'
        'sent_copy = "twice"\nzone = "Nowhere/Town"\ntheme = "pink"\nwatch = "maybe"\n'
        'colour = "red"\nunwatched = "Spam"\n'
        '[imap]\nhost = ""\nport = 99999\nsecurity = "none"\nusername = "x"\npassword = "secret"\n'
    )
    with pytest.raises(ConfigurationFaulty) as caught:
        read_settings(path)
    problems = " ".join(caught.value.problems)
    for word in (
        "name",
        "own_key",
        "unlock_hours",
        "hold_hours",
        "hold_until",
        "office_hours",
        "undo_seconds",
        "idle_lock_minutes",
        "sent_copy",
        "zone",
        "colour",
        "theme",
        "watch",
    ):
        assert word in problems
    for word in ("unwatched", "imap.host", "port", "security"):
        assert word in problems
    assert "secret" not in explain(caught.value).sentence.replace("imap.password", "")


@pytest.mark.parametrize("name", ["unlock_hours", "hold_hours", "undo_seconds", "idle_lock_minutes"])
def test_a_number_that_no_date_can_bear_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f"{name} = 1e300\n")
    with pytest.raises(ConfigurationFaulty) as caught:
        read_settings(path)
    assert f"{name} must be a number" in " ".join(caught.value.problems)


NESTED = b"name = " + b"[" * 9_000


@pytest.mark.parametrize("content", [b"\xff\xfe", b"name = ", b"[imap\n", b"imap = 3\n", NESTED])
def test_what_is_no_settings_file_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigurationFaulty):
        read_settings(path)


def test_no_setting_is_kept_in_what_is_no_settings_file(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(NESTED)
    with pytest.raises(ConfigurationFaulty):
        keep_setting(path, "theme", "light")
    assert path.read_bytes() == NESTED


def test_no_file_is_no_practice(tmp_path: Path) -> None:
    with pytest.raises(NoPractice):
        read_settings(tmp_path / "config.toml")


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.dictionaries(st.sampled_from(["name", "email", "own_key", "zone", "imap", "smtp", "unwatched", "demo"]), _VALUES)
)
def test_any_table_gives_settings_or_problems(table: dict[str, object]) -> None:
    problems: list[str] = []
    assert (settings_from(table, problems) is None) == bool(problems)
