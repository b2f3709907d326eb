"""A visit to the fictional practice: a tour printed by the program's own commands, or a shell to walk about in."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from therapymail.cli.output import narrate
from therapymail.domain.day_words import moment_in_words, place_of_zone
from therapymail.domain.wording import count_words
from therapymail.errors import ExitCode
from therapymail.practice.demo.answering import Received
from therapymail.practice.demo.stage import Stage, staged

_TOUR = (
    ("today",),
    ("client", "list"),
    ("letters", "HERON", "--limit", "12"),
    ("exchange", "list", "HERON"),
    ("read", "{unlit_room}"),
    ("note", "list", "HERON"),
    ("note", "show", "N-2"),
    ("search", '"unlit room"'),
    ("tags",),
    ("timeline", "HERON"),
    ("milestone", "list", "HERON"),
    ("images", "HERON"),
    ("letterbook", "HERON", "--limit", "6"),
)
_SUGGESTED = (
    ("", "the room: all of it on one screen"),
    ("sync", "fetch what came: a mail, unsealed"),
    ("today", "what waits, and how to accept it"),
    ("client list", "the three clients"),
    ("letters HERON", "the newest with one of them"),
    ("read {unlit_room}", "a letter, and what is proved"),
    ("search 'tag:sister from:client'", "by tag and author, or a word"),
    ("timeline LINDEN", "twelve weeks at a glance"),
    ("letterbook HERON", "all of their letters, in order"),
    ("exchange list LINDEN", "letters, and what answered them"),
    ("agree LINDEN --show", "the terms agreed with one of them"),
    ("tag {unlit_room} +door", "give a tag"),
    ("note list --process", "what she noted for herself"),
    ("note add LINDEN", "a progress note, for the record"),
    ("enclosure list {photograph}", "what came with a letter"),
    ("reply {last_letter} --interleave", "answer inside their text"),
    ("send D-1 --at-once", "seal and send it: they write back"),
    ("sync", "ask the post office for more"),
)

_UNSEEN = "gpg would not work for them"


def visit(*, headless: bool) -> ExitCode:
    """Put the practice on stage and show it; the exit code of the tour or of the shell's visit."""
    with staged(os.environ, tell=_say_step) as stage:
        if headless or not (sys.stdin.isatty() and sys.stdout.isatty()):
            return _tour(stage)
        stage.clients.write_unsealed()
        return _walk_about(stage)


def _say_step(step: str) -> None:
    narrate(f"... {step}")


def _tour(stage: Stage) -> ExitCode:
    from therapymail.cli.entry import run

    home = str(stage.practice.paths.home)
    os.environ["THERAPYMAIL_NOW"] = stage.story.now.isoformat()
    for command in _TOUR:
        words = [word.format(**_named(stage)) for word in command]
        sys.stdout.write(f"\n$ therapymail {' '.join(_quoted(word) for word in words)}\n")
        sys.stdout.flush()
        code = run(["--home", home, *words])
        if code:
            return ExitCode(code)
    return ExitCode.DONE


def _walk_about(stage: Stage) -> ExitCode:
    """A shell in which `therapymail` means the practice on stage; post office and clients live until it ends.

    Its clock goes on from where the story ends, so that what is released leaves and what is held waits.
    """
    program = Path(sys.argv[0]).resolve().parent
    environment = {
        **os.environ,
        "THERAPYMAIL_HOME": str(stage.practice.paths.home),
        "THERAPYMAIL_NOW": str(stage.clock),
        "PATH": f"{program}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    welcome(stage.story.now, stage.practice.settings.zone, _named(stage))
    subprocess.run([os.environ.get("SHELL", "/bin/sh")], env=environment, check=False)
    narrate()
    for line in received_words(stage.clients.received):
        narrate(line)
    narrate("The fictional practice is removed.")
    return ExitCode.DONE


def received_words(received: Sequence[Received]) -> list[str]:
    """What the clients found of what the visitor sent them, a line for each client and finding."""
    counted = Counter((one.code, one.finding.value if one.finding else _UNSEEN) for one in received)
    return [
        f"{code} got {count_words(number, 'mail')} of yours: {finding}."
        for (code, finding), number in sorted(counted.items())
    ]


def welcome(now: datetime, zone: str, names: Mapping[str, str]) -> None:
    """Say where and when the visitor is and what to try; `names` are the letters that the suggestions name."""
    narrate()
    narrate("This is the practice of Dr Orla Fenwick: three clients, twelve weeks of letters, all of it invented.")
    narrate(f"It is {moment_in_words(now, zone, year=True)} in {place_of_zone(zone)}. Try:")
    narrate()
    commands = [f"therapymail {command.format(**names)}".rstrip() for command, _ in _SUGGESTED]
    width = max(map(len, commands))
    for command, (_, says) in zip(commands, _SUGGESTED, strict=True):
        narrate(f"  {command:<{width}}  {says}")
    narrate()
    narrate("`exit` leaves, and removes everything here.")


def _named(stage: Stage) -> dict[str, str]:
    """Letters that the tour and the welcome name."""
    return {
        "unlit_room": stage.names["heron-w02-letter"],
        "last_letter": stage.names["linden-w12-letter"],
        "photograph": stage.names["heron-w12-after-closing"],
    }


def _quoted(word: str) -> str:
    return f"'{word}'" if " " in word or '"' in word else word
