"""Folders' names and roles: every name finds its folder again, whatever the server calls it."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from therapymail.errors import UnusableInput
from therapymail.mail import listing
from therapymail.mail.answers import Piece
from therapymail.mail.folder import (
    Folder,
    FolderRole,
    FolderState,
    decoded_name,
    encoded_name,
    folder_from_list,
    with_known_names,
)

few = settings(max_examples=100, deadline=None)


@pytest.mark.parametrize(
    ("wire_name", "name"),
    [
        (b"INBOX", "INBOX"),
        (b"Entw&APw-rfe", "Entwürfe"),
        (b"&kAFP4W4IMH8wojCkMMYw4A-", "送信済みアイテム"),
        (b"Tom &- Jerry", "Tom & Jerry"),
        (b'a"b\\c', 'a"b\\c'),
    ],
)
def test_names_in_modified_UTF7(wire_name: bytes, name: str) -> None:
    assert decoded_name(wire_name) == name
    assert encoded_name(name) == b'"' + wire_name.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


@few
@example(b"\x7f")
@example(b"&bad")
@given(st.binary(min_size=1, max_size=30).filter(lambda name: all(byte >= 32 for byte in name)))
def test_every_name_the_server_gives_finds_its_folder(wire_name: bytes) -> None:
    name = decoded_name(wire_name)
    name.encode()  # it can be stored as text
    assert encoded_name(name) == b'"' + wire_name.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


@few
@given(st.text(max_size=30))
def test_S12_no_name_ends_the_line(name: str) -> None:
    try:
        wire_name = encoded_name(name)
    except UnusableInput:
        return
    assert not set(wire_name) & {0, 10, 13}


def test_roles_come_from_SPECIAL_USE_first() -> None:
    sent = folder_from_list((b"\\HasNoChildren", b"\\Sent"), "Verschickt")
    by_name = folder_from_list((), "Sent")
    assert with_known_names((sent, by_name), {}) == (Folder("Verschickt", FolderRole.SENT), Folder("Sent"))


@pytest.mark.parametrize(
    ("name", "delimiter", "role"),
    [
        ("Gesendete Elemente", "/", FolderRole.SENT),
        ("INBOX.Envoyés", ".", FolderRole.SENT),
        ("[Gmail]/Papierkorb", "/", FolderRole.TRASH),
        ("BORRADORES", "/", FolderRole.DRAFTS),
        ("Нежелательная почта", "/", FolderRole.JUNK),
        ("下書き", "/", FolderRole.DRAFTS),
        ("Clients/Archive", "/", None),
        ("Sentinel", "/", None),
    ],
)
def test_roles_by_name_in_several_languages(name: str, delimiter: str, role: FolderRole | None) -> None:
    assert with_known_names((Folder(name),), {name: delimiter})[0].role is role


def test_only_one_folder_gets_a_role_by_its_name() -> None:
    roles = [folder.role for folder in with_known_names((Folder("Sent"), Folder("Sent Items")), {})]
    assert roles == [FolderRole.SENT, None]


def test_C42_S24_lists_within_lists_without_end_are_no_folder() -> None:
    pieces: list[Piece] = [b"(" * 3_000, b'"Sent" (MESSAGES 2 UIDVALIDITY 7)']
    assert listing._states(pieces) == {"Sent": FolderState("Sent", 7, 0, 2)}


def test_what_cannot_be_selected_has_no_role() -> None:
    assert folder_from_list((b"\\Noselect", b"\\All"), "[Gmail]") == Folder("[Gmail]", None, selectable=False)
    assert folder_from_list((b"\\NonExistent",), "x").selectable is False
    assert folder_from_list((), "inbox") == Folder("INBOX", FolderRole.INBOX)
