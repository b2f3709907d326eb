"""Finding the template of a note: ours by name, one of the therapist's own by name, or a file."""

from pathlib import Path

from therapymail.domain.note import NoteKind
from therapymail.domain.note_template import LARGEST, PROCESS, PROGRESS, Template, read_template
from therapymail.errors import FileUnusable, UnusableInput
from therapymail.paths import error_phrase
from therapymail.practice.practice import Practice

ENDING = ".txt"
_OF_KIND = {NoteKind.PROGRESS: PROGRESS, NoteKind.PROCESS: PROCESS}


def template_names(practice: Practice, kind: NoteKind) -> tuple[str, ...]:
    """The names of all templates for notes of this kind: ours, then those in `note-templates` of the practice."""
    try:
        own = sorted(file.stem for file in practice.paths.note_templates.glob(f"*{ENDING}"))
    except OSError:
        own = []
    return tuple(dict.fromkeys([*(each.name for each in _OF_KIND[kind]), *own]))


def find_template(practice: Practice, kind: NoteKind, wanted: str) -> Template:
    """The template `wanted`: a name, or the path of a file (with a slash in it).

    One of the therapist's own comes before ours of the same name. Raises UnusableInput, FileUnusable.
    """
    if "/" in wanted:
        return _read(Path(wanted).expanduser())
    name = wanted.removesuffix(ENDING)
    if name in template_names(practice, kind):
        own = practice.paths.note_templates / f"{name}{ENDING}"
        ours = {each.name: each for each in _OF_KIND[kind]}
        return _read(own) if own.is_file() or name not in ours else ours[name]
    raise UnusableInput(
        "template", f"there is none of this name; there are {', '.join(template_names(practice, kind))}"
    )


def _read(file: Path) -> Template:
    try:
        with file.open("rb") as opened:
            content = opened.read(4 * LARGEST + 1)
    except OSError as error:
        raise FileUnusable(str(file), error_phrase(error)) from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnusableInput("template", "its text must be UTF-8") from None
    return read_template(file.stem.lower(), text)
