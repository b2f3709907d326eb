"""The therapist's own templates and lists in a backup: small texts, by the names they have in the practice."""

import base64
import binascii
import json

from therapymail.errors import BackupNotMade, FileUnusable, SealedFileRefused
from therapymail.paths import PracticePaths, error_phrase, make_private_directory, write_private_file

MOST_BYTES = 16 << 20
_LONGEST_NAME = 200


def texts_of(paths: PracticePaths) -> bytes:
    """What there is of them, as JSON; files that an editor or another system hides beside them are no templates.

    Raises FileUnusable, and BackupNotMade for what `put_texts` would not put back.
    """
    folders = (paths.note_templates, paths.letter_templates)
    found = [*(file for folder in folders for file in sorted(folder.glob("*.txt"))), paths.feelings]
    try:
        files = [file for file in found if file.name[0] != "." and file.is_file()]
        if not all(_is_plain(file.name) for file in files):
            raise BackupNotMade("a template has a name that could not be put back", "Give it a short, plain name.")
        if sum(file.stat().st_size for file in files) > MOST_BYTES:
            raise BackupNotMade("the templates are larger than they can be", "Take out the file that is no template.")
        texts = {str(file.relative_to(paths.home)): file.read_bytes() for file in files}
    except OSError as error:
        raise FileUnusable(str(paths.home), error_phrase(error)) from None
    return json.dumps({name: base64.b64encode(text).decode("ascii") for name, text in texts.items()}).encode("ascii")


def put_texts(content: bytes, paths: PracticePaths) -> None:
    """Put them into a practice. Raises SealedFileRefused where a name leads elsewhere, FileUnusable."""
    try:
        texts = {str(name): base64.b64decode(text, validate=True) for name, text in json.loads(content).items()}
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError):
        raise SealedFileRefused("its templates are not readable") from None
    folders = {folder.name: folder for folder in (paths.note_templates, paths.letter_templates)}
    for name, text in texts.items():
        folder, _, file = name.rpartition("/")
        if name == paths.feelings.name:
            write_private_file(paths.feelings, text)
        elif folder in folders and _is_plain(file):
            write_private_file(make_private_directory(folders[folder]) / file, text)
        else:
            raise SealedFileRefused("its templates are not readable")


def _is_plain(file: str) -> bool:
    return file.endswith(".txt") and file[0] != "." and file.isprintable() and len(file) <= _LONGEST_NAME
