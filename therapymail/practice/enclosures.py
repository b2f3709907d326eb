"""Enclosures of letters: listed with what they truly are, opened for looking in memory alone, saved on request."""

import contextlib
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from therapymail.domain.letter import Enclosure
from therapymail.domain.names import LetterName
from therapymail.domain.true_type import (
    TEXT,
    UNKNOWN,
    TrueType,
    contradicts,
    is_page_by_name,
    is_plain_by_name,
    runs_by_name,
)
from therapymail.errors import FileUnusable, NotOpened, UnusableInput
from therapymail.mail.entity import enclosure_bytes, read_entity
from therapymail.mail.true_type import holds_markup, true_type
from therapymail.paths import PRIVATE_DIRECTORY, PRIVATE_FILE, error_phrase, place_private_file
from therapymail.pgp.opening import open_mail
from therapymail.pgp.single import SingleOpener
from therapymail.practice.checks.machine import is_in_memory
from therapymail.practice.keyring import clients_keyring
from therapymail.practice.practice import Practice
from therapymail.practice.read import LetterText, read_letter
from therapymail.practice.write import enclosure_name
from therapymail.vault import texts

_ORDINARY_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}")  # longer, it could be a word of theirs


@dataclass(frozen=True)
class OpenedEnclosure:
    """An enclosure of a letter, `number` counted from 1 as `read` lists it; `true` is what its content says it is.

    `name` is bare and harmless, its ending whole and direction marks visible (HAZARDS S25).
    """

    number: int
    name: str
    declared: str
    true: TrueType
    data: bytes
    outside: bool = False

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.data)

    @property
    def contradicts(self) -> bool:
        """Whether it is something else than its sender or its name says."""
        return contradicts(self.declared, self.name, self.true)

    @property
    def runs(self) -> bool:
        """Whether opening it would run it."""
        return self.true.is_program or runs_by_name(self.name)

    @property
    def is_page(self) -> bool:
        """Whether opening it may load things from the network and so tell its sender."""
        is_open = self.true.media_type in {TEXT, UNKNOWN} and not is_plain_by_name(self.name)
        return self.true.is_page or is_page_by_name(self.name) or (is_open and holds_markup(self.data))


def list_enclosures(practice: Practice, name: str) -> tuple[OpenedEnclosure, ...]:
    """The enclosures of a letter, in the order of `read`; nothing is written anywhere.

    Raises LetterUnknown, NotOpened, VaultLocked, GnupgMissing, GnupgUnusable.
    """
    letter = read_letter(practice, name)
    if letter.reading is None:
        raise letter.not_opened()
    listed = letter.reading.enclosures
    if not listed:
        return ()
    held = _contents(practice, letter)
    if len(held) != len(listed):
        raise NotOpened(str(LetterName.parse(name)), "its enclosures are not there as they were filed")
    return tuple(
        _opened(number, enclosure, data)
        for number, (enclosure, data) in enumerate(zip(listed, held, strict=True), start=1)
    )


def find_enclosure(practice: Practice, name: str, number: int) -> OpenedEnclosure:
    """One of them. Raises UnusableInput where there is none of this number, and as `list_enclosures`."""
    found = list_enclosures(practice, name)
    if not 1 <= number <= len(found):
        many = f"{len(found)} enclosure{'s' * (len(found) != 1)}" if found else "no enclosures"
        raise UnusableInput("enclosure", f"the letter has {many}")
    return found[number - 1]


@contextlib.contextmanager
def laid_out(practice: Practice, enclosure: OpenedEnclosure) -> Iterator[Path]:
    """The enclosure as a file in a private directory in memory, for as long as this lasts, or until the lock.

    A killed run leaves it no longer than the next start. Raises FileUnusable where no memory can hold it.
    """
    with practice.run.process_directory() as own:
        if not is_in_memory(own):
            raise FileUnusable(str(own), "it may lie on the disk, where nothing of a letter may stand unsealed")
        directory = own / practice.run.ENCLOSURES
        try:
            directory.mkdir(mode=PRIVATE_DIRECTORY)
            file = directory / _name_for_others(enclosure)
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE_FILE)
            with os.fdopen(descriptor, "wb") as opened:
                opened.write(enclosure.data)
        except OSError as error:
            raise FileUnusable(str(directory), error_phrase(error)) from None
        try:
            yield file
        finally:
            shutil.rmtree(directory, ignore_errors=True)


def save_enclosure(enclosure: OpenedEnclosure, directory: Path) -> Path:
    """Write the enclosure into `directory`, for its owner alone; where it is now. Nothing is ever overwritten.

    Raises UnusableInput where a file of that name is, FileUnusable.
    """
    file = directory / file_name(enclosure.name)
    if not directory.is_dir():
        raise FileUnusable(str(directory), "it is no directory")
    if not place_private_file(file, enclosure.data):
        raise UnusableInput("--to", "there is a file of that name already")
    return file


def file_name(name: str) -> str:
    """The name that an enclosure has as a file here: bare, and nothing that a command takes for an option."""
    shown = enclosure_name(name)
    return f"_{shown}" if shown.startswith("-") else shown


def _name_for_others(enclosure: OpenedEnclosure) -> str:
    """What the program that shows it may call it: every program of this machine can read that (S26, F01).

    Its ending stays, by which programs are chosen: `enclosure-1.pdf`.
    """
    ending = Path(file_name(enclosure.name)).suffix
    return f"enclosure-{enclosure.number}{ending if _ORDINARY_ENDING.fullmatch(ending) else ''}"


def _contents(practice: Practice, letter: LetterText) -> list[bytes]:
    """The bytes of every enclosure, those inside the seal first, as they were listed when the letter was opened."""
    found = letter.judged.letter
    with practice.vault() as vault, vault.reading() as reader:
        raw = texts.original(reader, found.digest)
    if raw is None:
        raise NotOpened(str(found.name or "The letter"), "it is not here as it came")
    with practice.gpg(clients_keyring(practice)) as gpg:
        opened = open_mail(raw, SingleOpener(gpg))
    if opened.payload is None:
        raise NotOpened(str(found.name or "The letter"), "it does not open now")
    inside = len(read_entity(opened.payload, is_entity=opened.is_entity, charset=opened.charset).enclosures)
    held = [enclosure_bytes(opened.payload, index) for index in range(inside)]
    if opened.beside is not None:
        beside = len(read_entity(opened.beside, is_entity=True).enclosures)
        held += [enclosure_bytes(opened.beside, index) for index in range(beside)]
    return held


def _opened(number: int, listed: Enclosure, data: bytes) -> OpenedEnclosure:
    return OpenedEnclosure(
        number, file_name(listed.name), listed.media_type, true_type(data), data, outside=listed.outside
    )
