from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from therapymail.practice.checks.gpg import expiry_check
from therapymail.practice.checks.machine import file_system, is_encrypted_swap

NOW = datetime(2025, 3, 31, tzinfo=UTC)


def test_the_longest_mount_point_decides(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"root / ext4 rw 0 0\nshm {tmp_path} tmpfs rw 0 0\nbroken\nx /has\\040blank tmpfs rw 0 0\n")
    assert file_system(tmp_path / "run", mounts) == "tmpfs"
    assert file_system(Path("/elsewhere"), mounts) == "ext4"
    assert file_system(Path("/has blank/x"), mounts) == "tmpfs"
    assert file_system(Path("/"), tmp_path / "missing") == ""


def test_only_what_the_kernel_calls_encrypted_or_memory_counts(tmp_path: Path) -> None:
    (tmp_path / "dm-0" / "dm").mkdir(parents=True)
    (tmp_path / "dm-0" / "dm" / "uuid").write_text("CRYPT-LUKS2-abc\n")
    (tmp_path / "dm-1" / "dm").mkdir(parents=True)
    (tmp_path / "dm-1" / "dm" / "uuid").write_text("LVM-abc\n")
    assert is_encrypted_swap("/dev/dm-0", tmp_path)
    assert not is_encrypted_swap("/dev/dm-1", tmp_path)
    assert is_encrypted_swap("/dev/zram0", tmp_path)
    assert not is_encrypted_swap("/dev/sda2", tmp_path)


@pytest.mark.parametrize(
    ("days", "level", "words"),
    [
        (61, "ok", "until"),
        (59, "warning", "less than 60"),
        (29, "warning", "less than 30"),
        (6, "warning", "less than 7"),
    ],
)
def test_C25_expiry_is_told_60_30_and_7_days_before(days: int, level: str, words: str) -> None:
    check = expiry_check(NOW + timedelta(days=days), NOW)
    assert words in check.says
    assert check.ok
    assert check.is_warning == (level == "warning")


def test_an_expired_own_key_is_a_fault_and_an_expired_clients_key_a_warning() -> None:
    past = NOW - timedelta(days=1)
    assert not expiry_check(past, NOW).ok
    assert "`therapymail key extend`" in expiry_check(past, NOW).next_step
    assert expiry_check(past, NOW, "HERON").is_warning
    assert "--client HERON" in expiry_check(past, NOW, "HERON").next_step
    assert not expiry_check(None, NOW).is_warning
