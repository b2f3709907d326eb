"""Which program shows an enclosure, and what is shown by none (F30, HAZARDS S25)."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable, Sequence

from therapymail.errors import UnusableInput
from therapymail.practice.enclosures import OpenedEnclosure, laid_out
from therapymail.practice.practice import Practice

_LOOK_SECONDS = 0.2
USUAL = ("xdg-open", "open")  # they hand the file on, and end at once
_PLACES = ("TMPDIR", "TMP", "TEMP", "XDG_STATE_HOME", "XDG_CACHE_HOME")


def viewer_of(enclosure: OpenedEnclosure, opener: str | None) -> list[str]:
    """The command that shows `enclosure`: `opener`, else $OPENER, else the machine's own.

    Raises UnusableInput for what would be run, for a page without a program named for it, and without a program.
    """
    if enclosure.runs:
        raise UnusableInput("enclosure", "it would be run; nothing of a letter is run from here")
    if enclosure.is_page and not opener:
        raise UnusableInput(
            "enclosure", "a browser may load what it names, and tell its sender; name a program by --with, or save it"
        )
    given = opener or os.environ.get("OPENER", "")
    try:
        words = shlex.split(given)
    except ValueError:
        raise UnusableInput("--with", "its quotation marks do not match") from None
    if not words:
        words = [next((usual for usual in USUAL if shutil.which(usual)), "")]
    if not words[0] or not shutil.which(words[0]):
        raise UnusableInput("--with", "no program that opens files is installed here; name one")
    return words


def shown_until(
    practice: Practice,
    enclosure: OpenedEnclosure,
    command: Sequence[str],
    *,
    is_over: Callable[[float], bool],
    linger: Callable[[], None],
    quiet: bool = False,
) -> None:
    """Have `command` show the enclosure from a file in memory, until it ends, `is_over`, or the lock.

    `is_over` waits for the seconds it is given, and says whether the person is done. `linger` waits for the person
    where the program only handed the file on. `quiet`: the program has no part in the terminal.
    """
    stream = subprocess.DEVNULL if quiet else None
    with laid_out(practice, enclosure) as file:
        place = str(file.parent)
        private = dict.fromkeys(_PLACES, place)
        shown = subprocess.Popen(
            [*command, str(file)], env={**os.environ, **private}, cwd=place, stdin=stream, stdout=stream, stderr=stream
        )
        while shown.poll() is None and not is_over(_LOOK_SECONDS) and practice.session.seconds_left():
            continue
        if shown.poll() is None:
            shown.terminate()
        shown.wait()
        if command[0].rpartition("/")[2] in USUAL:
            linger()
