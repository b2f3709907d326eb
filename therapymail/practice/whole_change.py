"""Several files of a practice changed as one: all stand in one file first, so that a kill leaves all old or all new.

That file, `change.json`, is written whole or not at all, and is the one moment of the change: before it everything is
as it was, and once it is there whoever opens the practice next carries it out. It holds what the files will hold:
private keys under their passphrase, stores' keys sealed, settings; no secret in clear that would not lie there anyway.
"""

import base64
import binascii
import fcntl
import json
import os
import re
from collections.abc import Mapping

from therapymail.errors import FileUnusable
from therapymail.paths import PracticePaths, error_phrase, write_private_file

_VERSION = 1
_NAMES = re.compile(
    r"config\.toml|vault\.key(\.next)?|notes\.key(\.new)?|gnupg/private-keys-v1\.d/[0-9A-F]{40}\.key", re.ASCII
)


def change_together(paths: PracticePaths, files: Mapping[str, bytes]) -> None:
    """Let each of `files` (names below the practice directory) hold this from now on, all of them or none.

    Raises FileUnusable: then either nothing is changed, or all of it is at the next start.
    """
    assert all(_NAMES.fullmatch(name) for name in files), sorted(files)
    written = {name: base64.b64encode(content).decode("ascii") for name, content in files.items()}
    write_private_file(paths.change, json.dumps({"version": _VERSION, "files": written}).encode())
    finish_change(paths)


def finish_change(paths: PracticePaths) -> bool:
    """Carry out a change that was decided and not finished; whether there was one. Costs one look where there is none.

    Two processes that find it at once do it one after the other, and the second finds it done. Raises FileUnusable.
    """
    try:
        with paths.change.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if not paths.change.exists() or not os.path.samestat(os.fstat(file.fileno()), paths.change.stat()):
                return True
            for name, content in _read(paths, file.read()).items():
                write_private_file(paths.home / name, content)
            paths.change.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise FileUnusable(str(paths.change), error_phrase(error)) from None
    return True


def _read(paths: PracticePaths, content: bytes) -> dict[str, bytes]:
    """Raises FileUnusable for anything that `change_together` did not write."""
    try:
        told = json.loads(content)
        files = {name: base64.b64decode(text, validate=True) for name, text in told["files"].items()}
        if told["version"] == _VERSION and all(_NAMES.fullmatch(name) for name in files):
            return files
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error, RecursionError):
        pass  # said below, as for another version and other names
    raise FileUnusable(str(paths.change), "it is not what therapymail wrote there")
