"""The machine: memory-backed run directory, swap, core dumps, disk space, permissions of the practice's files."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from therapymail.paths import PracticePaths
from therapymail.pgp.process import leaves_no_core
from therapymail.practice.checks.check import Check
from therapymail.practice.practice import Practice

_IN_MEMORY = {"tmpfs", "ramfs"}
_LITTLE_BYTES, _ENOUGH_BYTES = 20_000_000, 500_000_000


def look_at_machine(practice: Practice) -> Iterator[Check]:
    """Whether opened work stays in memory, and whether the practice's directory is private and has room."""
    yield _run_directory(practice.run.shared)
    yield _swap(Path("/proc/swaps"), Path("/sys/class/block"))
    yield _core_dumps()
    yield _permissions(practice.paths)
    yield _disk(practice.paths.home)


def _run_directory(directory: Path) -> Check:
    if is_in_memory(directory):
        return Check("run directory", ok=True, says="It lies in memory, never on the disk.")
    return Check(
        "run directory",
        ok=True,
        says=f"{directory} may lie on the disk: clients' keys stand there while unlocked.",
        next_step="Log in so that XDG_RUNTIME_DIR is set, or mount a tmpfs at /dev/shm.",
    )


def is_in_memory(directory: Path) -> bool:
    """Whether `directory` surely lies on memory-backed storage."""
    return file_system(directory, Path("/proc/self/mounts")) in _IN_MEMORY


def file_system(directory: Path, mounts: Path) -> str:
    """The type of the file system that `directory` lies on, by the longest mount point; empty where unknown."""
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    resolved = directory.resolve()
    best, kind = -1, ""
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        place = fields[1].encode().decode("unicode_escape")  # blanks in a path stand there as \\040
        if resolved.is_relative_to(place) and len(place) >= best:
            best, kind = len(place), fields[2]
    return kind


def _swap(swaps: Path, blocks: Path) -> Check:
    try:
        devices = [line.split()[0] for line in swaps.read_text("utf-8", "replace").splitlines()[1:] if line.strip()]
    except OSError:
        return Check("swap", ok=True, says="Whether memory is swapped to the disk is not known here.")
    open_ones = [device for device in devices if not is_encrypted_swap(device, blocks)]
    if not devices:
        return Check("swap", ok=True, says="No memory is swapped to the disk.")
    if not open_ones:
        return Check("swap", ok=True, says="Swap is encrypted or lies in memory.")
    return Check(
        "swap",
        ok=True,
        says="Swap is not encrypted: opened text may reach the disk through it.",
        next_step="Encrypt the swap device, or turn it off with `swapoff -a`.",
    )


def is_encrypted_swap(device: str, blocks: Path) -> bool:
    """Whether a swap device is dm-crypt or compressed memory, by what the kernel says of it."""
    name = Path(os.path.realpath(device)).name
    if name.startswith("zram"):
        return True
    try:
        return (blocks / name / "dm" / "uuid").read_text("ascii", "replace").startswith("CRYPT-")
    except OSError:
        return False


def _core_dumps() -> Check:
    if leaves_no_core():
        return Check("core dumps", ok=True, says="A crash leaves no memory of ours behind.")
    return Check(
        "core dumps",
        ok=True,
        says="A crash may leave memory of ours with the program that collects core dumps here.",
        next_step="Turn core dumps off on this machine.",
    )


def _permissions(paths: PracticePaths) -> Check:
    for file in (paths.home, paths.gnupg, paths.vault, paths.vault_key, paths.config):
        try:
            found = file.stat()
        except FileNotFoundError:
            return Check("files", ok=False, says=f"{file} is missing.", next_step="Restore it from a backup.")
        except OSError:
            return Check("files", ok=False, says=f"{file} cannot be read.", next_step="Check who owns it.")
        if found.st_uid != os.geteuid():
            return Check("files", ok=False, says=f"{file} belongs to another user.", next_step=f"chown it: {file}")
        if stat.S_IMODE(found.st_mode) & 0o077:
            mode = "700" if file.is_dir() else "600"
            says = f"{file} can be reached by other users."
            return Check("files", ok=True, says=says, next_step=f"Run `chmod {mode} {file}`.")
    if not os.access(paths.home, os.W_OK):
        return Check("files", ok=False, says=f"{paths.home} cannot be written.", next_step="Make it writable.")
    return Check("files", ok=True, says="All there, and private.")


def _disk(home: Path) -> Check:
    free = shutil.disk_usage(home).free
    says = f"{free / 1e9:.1f} GB free." if free >= 1e9 else f"{free / 1e6:.0f} MB free."
    if free < _LITTLE_BYTES:
        return Check("disk", ok=False, says=says, next_step="Make room on that disk; nothing more can be filed.")
    if free < _ENOUGH_BYTES:
        return Check("disk", ok=True, says=says, next_step="Make room on that disk before long.")
    return Check("disk", ok=True, says=says)
