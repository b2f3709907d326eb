"""The therapist's own editor, told to leave no trace of a letter: no swap, backup, undo or history file (HAZARDS S20).

A quotation in the file was written by somebody else, so no editor may take settings from it either (modelines).
"""

import os
import shlex
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from therapymail.domain.draft_form import FIRST_LINE_OF_TEXT
from therapymail.errors import NoEditor

_USUAL = ("nano", "vim", "vi")

# Set again by events, because a vimrc comes in between; written at each change: a closed terminal loses nothing.
_VIM_KEEPS_NOTHING = "set nobackup nowritebackup noundofile noswapfile nomodeline viminfo= viminfofile=NONE"
_VIM_BEFORE = (
    _VIM_KEEPS_NOTHING,
    "augroup therapymail",
    f"autocmd BufReadPre,BufNewFile,BufWritePre,VimLeavePre * {_VIM_KEEPS_NOTHING}",
    f"autocmd TextChanged,TextChangedI * {_VIM_KEEPS_NOTHING} | silent! update",
    "augroup END",
)
_EMACS_BEFORE = (
    "(setq make-backup-files nil auto-save-default nil auto-save-list-file-prefix nil create-lockfiles nil)",
    "(setq enable-local-variables nil enable-local-eval nil enable-dir-local-variables nil)",
    "(setq auto-save-visited-interval 1)",
    "(when (fboundp 'auto-save-visited-mode) (auto-save-visited-mode 1))",
)


@dataclass(frozen=True)
class EditorRun:
    """A command that edits one file. `is_known`: it was told to keep nothing; else nobody can vouch for it."""

    command: tuple[str, ...]
    environment: dict[str, str]
    is_known: bool

    @property
    def name(self) -> str:
        """The editor's own name."""
        return Path(self.command[0]).name


def editor_run(file: Path, environment: Mapping[str, str]) -> EditorRun:
    """How $VISUAL, $EDITOR or a usual editor edits `file`, which lies in a private directory. Raises NoEditor.

    What the editor calls temporary, state or cache goes into that directory too; HOME stays as it is.
    """
    words = _chosen(environment)
    options = _options_of(words)
    private = {name: str(file.parent) for name in ("TMPDIR", "TMP", "TEMP", "XDG_STATE_HOME", "XDG_CACHE_HOME")}
    return EditorRun(
        (*words, *(options or ()), str(file)),
        {**environment, **private},
        is_known=options is not None,
    )


def _chosen(environment: Mapping[str, str]) -> tuple[str, ...]:
    for name in ("VISUAL", "EDITOR"):
        if environment.get(name, "").strip():
            return _words(environment[name], f"${name}", environment)
    for usual in _USUAL:
        if shutil.which(usual, path=environment.get("PATH")):
            return (usual,)
    raise NoEditor("$EDITOR", "it names no editor, and none of the usual ones is installed")


def _words(text: str, where: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """The command in `text`, read as a shell would, but run without one. Raises NoEditor."""
    try:
        words = shlex.split(text)
    except ValueError:
        raise NoEditor(where, "its quotation marks do not match") from None
    if not words or not shutil.which(words[0], path=environment.get("PATH")):
        raise NoEditor(where, "the program it names is not installed")
    return tuple(words)


def _options_of(words: Sequence[str]) -> tuple[str, ...] | None:
    """What makes this editor keep nothing; None for one that is not known."""
    found = shutil.which(words[0]) or words[0]
    for name in (Path(words[0]).name, Path(os.path.realpath(found)).name):  # `vi` may be any of them
        family = name.partition(".")[0].removesuffix("-nox").removesuffix("-gtk")
        if family in _OPTIONS:
            return _OPTIONS[family]
    return None


_VIM = (
    *("-n", "-i", "NONE"),
    *(word for command in _VIM_BEFORE for word in ("--cmd", command)),
    f"+{FIRST_LINE_OF_TEXT}",
)
_NANO = ("--restricted", f"+{FIRST_LINE_OF_TEXT}")
_MICRO = (
    *("-backup", "false", "-permbackup", "false", "-savehistory", "false", "-savecursor", "false"),
    *("-saveundo", "false", "-autosave", "1", f"+{FIRST_LINE_OF_TEXT}:1"),
)
_EMACS = ("-Q", *(word for form in _EMACS_BEFORE for word in ("--eval", form)), f"+{FIRST_LINE_OF_TEXT}")
_OPTIONS: dict[str, tuple[str, ...]] = {
    "vim": _VIM,
    "nvim": _VIM,
    "nano": _NANO,
    "micro": _MICRO,
    "emacs": _EMACS,
    "hx": (),
    "helix": (),
}
