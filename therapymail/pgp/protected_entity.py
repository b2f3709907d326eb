"""What is sealed: the letter's parts under a header of its own, protected in both forms that programs read."""

from collections.abc import Sequence

from therapymail.domain.autocrypt import FIELD
from therapymail.domain.mail_headers import LetterHeaders, field_line, full_fields, new_boundary, outer_fields


def protected_entity(headers: LetterHeaders, parts: Sequence[bytes], autocrypt: str = "") -> bytes:
    """The MIME entity that is given to gpg: multipart/mixed with `parts`, exact bytes, CRLF (PGP.md HP9, W2).

    Every field stands inside; `protected-headers="v1"` is for Thunderbird and K-9, `hp="cipher"` and HP-Outer
    for readers of RFC 9788 (HAZARDS S16). `parts` are whole MIME entities (mail.composing). `autocrypt` is the value
    of a field that stands inside alone (AC5; domain.autocrypt): outside, every host on the way would read our key.
    """
    boundary = new_boundary()
    lines = [field_line(name, value) for name, value in full_fields(headers)]
    lines += [field_line("HP-Outer", f"{name}: {value}") for name, value in outer_fields(headers)]
    lines += [field_line(FIELD, autocrypt)] if autocrypt else []
    root = f'multipart/mixed; boundary="{boundary}"; protected-headers="v1"; hp="cipher"'
    delimiter = f"--{boundary}".encode("ascii")
    pieces = [*lines, field_line("Content-Type", root)]
    for part in parts:
        pieces += [b"\r\n", delimiter, b"\r\n", part]
    return b"".join([*pieces, b"\r\n", delimiter, b"--\r\n"])
