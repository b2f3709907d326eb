"""The directory of a practice to be made: what may stand in it, moving a left-over aside, taking back one's own."""

import contextlib
import shutil
from pathlib import Path

from therapymail.errors import FileUnusable, GnupgMissing, GnupgUnusable, PracticeExists
from therapymail.paths import PracticePaths, error_phrase
from therapymail.pgp.agent import AgentConnection

_UNFINISHED = "unfinished-"


def refuse_unusable_place(paths: PracticePaths) -> None:
    """Raise PracticeExists where a practice is, FileUnusable where something else is; nothing is touched."""
    if paths.config.exists():
        raise PracticeExists(str(paths.home))
    try:
        found = [] if not paths.home.exists() else sorted(paths.home.iterdir())
    except OSError as error:
        raise FileUnusable(str(paths.home), error_phrase(error)) from None
    if any(not _is_ours(paths, file) for file in found):
        raise FileUnusable(str(paths.home), "it holds other files; a practice needs a directory of its own")


def clear_place(paths: PracticePaths) -> Path | None:
    """Move what an interrupted setup left behind to `unfinished-N/`; that directory, or None. Raises FileUnusable."""
    left = [file for file in sorted(paths.home.iterdir()) if not file.name.startswith(_UNFINISHED)]
    if not left:
        return None
    _end_agent(paths)
    number = 1
    while (aside := paths.home / f"{_UNFINISHED}{number}").exists():
        number += 1
    try:
        aside.mkdir(mode=0o700)
        for file in left:
            file.rename(aside / file.name)
    except OSError as error:
        raise FileUnusable(str(aside), error_phrase(error)) from None
    return aside


def take_back(paths: PracticePaths) -> None:
    """Remove what this setup made before it failed: nothing is sealed to that key, and nothing is in that vault."""
    _end_agent(paths)
    shutil.rmtree(paths.gnupg, ignore_errors=True)
    for file in _vault_files(paths):
        file.unlink(missing_ok=True)
    if not any(paths.home.iterdir()):
        paths.home.rmdir()


def _end_agent(paths: PracticePaths) -> None:
    # Where GnuPG itself is what is missing or broken, there is no agent of ours to end.
    with contextlib.suppress(GnupgMissing, GnupgUnusable), AgentConnection(paths.gnupg) as agent:
        agent.kill()


def _vault_files(paths: PracticePaths) -> list[Path]:
    return [paths.vault_key, *paths.home.glob(f"{paths.vault.name}*")]


def _is_ours(paths: PracticePaths, file: Path) -> bool:
    own = {paths.gnupg.name, paths.vault_key.name}
    return file.name in own or file.name.startswith((paths.vault.name, _UNFINISHED, ".new-"))
