"""Handing an enclosure to the program that shows it, and taking it away again (F30, HAZARDS S25)."""

import os
import shlex
import shutil
import subprocess
import sys

from therapymail.cli.asking import somebody_answers
from therapymail.cli.editing import until_hung_up
from therapymail.cli.output import narrate
from therapymail.errors import UnusableInput
from therapymail.practice.enclosures import OpenedEnclosure, laid_out
from therapymail.practice.practice import Practice

_LOOK_SECONDS = 0.2
_USUAL = ("xdg-open", "open")


def look_at(practice: Practice, enclosure: OpenedEnclosure, opener: str | None) -> None:
    """Have `opener` (else $OPENER, else the machine's own) show the enclosure, and remove it when that ends.

    The machine's own hands the file on and ends at once: on a terminal the person says when they have seen it.
    Raises UnusableInput for what would be run, for a page without a program named for it, and without a program.
    """
    if enclosure.runs:
        raise UnusableInput("enclosure", "it would be run; nothing of a letter is run from here")
    if enclosure.is_page and not opener:
        raise UnusableInput(
            "enclosure", "a browser may load what it names, and tell its sender; name a program by --with, or save it"
        )
    command = _command(opener)
    with laid_out(practice, enclosure) as file, until_hung_up() as hung_up:
        place = str(file.parent)
        private = dict.fromkeys(("TMPDIR", "TMP", "TEMP", "XDG_STATE_HOME", "XDG_CACHE_HOME"), place)
        shown = subprocess.Popen([*command, str(file)], env={**os.environ, **private}, cwd=place)
        while shown.poll() is None and not hung_up.wait(_LOOK_SECONDS) and practice.session.seconds_left():
            continue
        if shown.poll() is None:
            shown.terminate()
        shown.wait()
        if not hung_up.is_set() and somebody_answers() and command[0].rpartition("/")[2] in _USUAL:
            narrate("Press Enter when you have seen it; then it is removed.")
            sys.stdin.readline()


def _command(opener: str | None) -> list[str]:
    given = opener or os.environ.get("OPENER", "")
    try:
        words = shlex.split(given)
    except ValueError:
        raise UnusableInput("--with", "its quotation marks do not match") from None
    if not words:
        words = [next((usual for usual in _USUAL if shutil.which(usual)), "")]
    if not words[0] or not shutil.which(words[0]):
        raise UnusableInput("--with", "no program that opens files is installed here; name one")
    return words
