"""What `client add` was told by arguments or JSON, completed by questions that are asked until they are answered."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import typer

from therapymail.cli.asking import ask_choice, ask_line, ask_until, ask_yes, read_input, somebody_answers
from therapymail.cli.output import narrate
from therapymail.domain.addresses import canonical_address
from therapymail.domain.names import client_code
from therapymail.domain.wording import fingerprint_words
from therapymail.errors import (
    ClientExists,
    ClientUnknown,
    FileUnusable,
    KeyRefused,
    TherapymailError,
    UnusableInput,
    explain,
)
from therapymail.practice.certificate_intake import certificate_from
from therapymail.practice.introduce import NewClient, person_name, show_client, zone_name
from therapymail.practice.keys import inspect_key
from therapymail.practice.practice import Practice

_CODE = "Their code, a short pseudonym like HERON"
_NAME = "Their name"
_ADDRESSES = "Addresses they write from, first the one we write to"
_CHANNELS = ("by telephone", "in person", "by a code word")


@dataclass(frozen=True)
class GivenClient:
    """The arguments of `client add`; None where one was not given. `source` is a file of JSON."""

    code: str | None
    name: str | None
    addresses: Sequence[str]
    key: Path | None
    zone: str | None
    source: Path | None
    yes: bool
    although_another_address: bool = False


def new_client(practice: Practice, given: GivenClient) -> NewClient:
    """The client to add, their key shown and agreed to. Raises UnusableInput, KeyRefused, ClientExists, Abort."""
    if given.source is not None:
        if given.code is None:
            raise UnusableInput("CODE", "it is needed with --from")
        new = from_json(read_input(given.source), given.code, practice.settings.zone)
        return _shown(practice, replace(new, although_another_address=given.although_another_address))
    asking = somebody_answers() and not given.yes
    code = _free_code(practice, given.code) if given.code else ask_until(_CODE, lambda text: _free_code(practice, text))
    name = person_name(given.name) if given.name else ask_until(_NAME, person_name)
    addresses = list(given.addresses) or ask_until(_ADDRESSES, _addresses)
    if given.key is None and asking:
        key = _asked_key(practice, code, addresses, although=given.although_another_address)
    else:
        key = read_input(given.key.expanduser()) if given.key else None
    zone = given.zone or practice.settings.zone
    if given.zone is None and asking:
        zone = ask_until("Their time zone", zone_name, practice.settings.zone)
    new = NewClient(code, name, addresses, key, zone, given.although_another_address)
    if given.key is None:
        return new
    _shown(practice, new)
    if asking and not ask_yes(f"Pin this key to {code}?", default=True):
        raise typer.Abort
    return new


def from_json(content: bytes, code: str, zone: str) -> NewClient:
    """A new client as `client add --from` reads it. Raises UnusableInput."""
    try:
        given: Any = json.loads(content)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict) or not isinstance(given.get("addresses"), list):
        raise UnusableInput("JSON", 'an object with "name" and "addresses" is needed')
    texts = [given.get("name", ""), given.get("key") or "", given.get("zone") or zone, *given["addresses"]]
    if not all(isinstance(text, str) for text in texts):
        raise UnusableInput("JSON", "name, key, zone and addresses must be text")
    return NewClient(code, texts[0], given["addresses"], texts[1].encode("utf-8", "replace") or None, texts[2])


def asked_how() -> str:
    """By which other channel a key was confirmed, chosen or typed. Raises UnusableInput where nobody answers."""
    if not somebody_answers():
        raise UnusableInput("how", 'say by which other channel: --how "by telephone"')
    chosen = ask_choice("How did they confirm it?", (*_CHANNELS, "in another way"))
    return _CHANNELS[chosen] if chosen < len(_CHANNELS) else ask_line("How")


def _free_code(practice: Practice, text: str) -> str:
    code = client_code(text)
    try:
        show_client(practice, code)
    except ClientUnknown:
        return code
    raise ClientExists(code, "code")


def _addresses(text: str) -> list[str]:
    found = [canonical_address(word) for word in text.replace(",", " ").split()]
    if not found:
        raise UnusableInput("address", "at least one is needed")
    return found


def _asked_key(practice: Practice, code: str, addresses: Sequence[str], *, although: bool) -> bytes | None:
    """The key in the file that the person names and agrees to; None for none yet."""
    while named := ask_line("File with their public key (empty: later)"):
        try:
            material = read_input(Path(named).expanduser())
            certificate_from(practice, material, addresses, although_another_address=although)
        except (FileUnusable, KeyRefused, UnusableInput) as refused:
            _say(refused)
            continue
        _say_key(practice, material)
        if ask_yes(f"Pin this key to {code}?", default=True):
            return material
    return None


def _shown(practice: Practice, new: NewClient) -> NewClient:
    if new.key:
        _say_key(practice, new.key)
    return new


def _say_key(practice: Practice, material: bytes) -> None:
    inspected = inspect_key(practice, material, own=False, to_pin=True)
    narrate(f"Their key: {fingerprint_words(inspected.fingerprint)}")
    for uid in inspected.uids:
        narrate(f"  {uid}")


def _say(error: TherapymailError) -> None:
    explained = explain(error)
    narrate(explained.sentence)
    if explained.next_step:
        narrate(explained.next_step)
