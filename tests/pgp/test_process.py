"""A small environment, and no core file."""

import subprocess
import sys

from therapymail.pgp.process import environment, forbid_core_dumps


def test_the_environment_is_small_and_in_a_fixed_locale() -> None:
    given = {"PATH": "/bin", "HOME": "/h", "LANG": "de_DE", "GPG_TTY": "/dev/pts/1", "GNUPGHOME": "/x", "DEBUG_X": "1"}
    assert environment(given=given) == {"PATH": "/bin", "HOME": "/h", "LC_ALL": "C.UTF-8"}
    assert environment(given=given, asks=True)["GPG_TTY"] == "/dev/pts/1"


def test_RUN_CORE_no_core_dumps_once_gpg_has_run() -> None:
    program = (
        "import resource\nfrom therapymail.pgp.process import forbid_core_dumps\nforbid_core_dumps()\n"
        "assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    forbid_core_dumps()
