"""The mail around a sealed letter, by RFC 3156: neutral header, version, armor, and nothing else."""

from therapymail.domain.mail_headers import LetterHeaders, field_line, new_boundary, outer_fields

_PREAMBLE = b"This is an OpenPGP/MIME encrypted message (RFC 4880 and 3156)"


def sealed_mail(headers: LetterHeaders, armor: bytes) -> bytes:
    """The exact bytes to be proven and sent: multipart/encrypted, 7bit, CRLF (PGP.md W1, W4; HAZARDS S16, S21)."""
    boundary = new_boundary()
    root = f'multipart/encrypted; protocol="application/pgp-encrypted"; boundary="{boundary}"'
    delimiter = b"--" + boundary.encode("ascii")
    return b"".join(
        [
            *(field_line(name, value) for name, value in outer_fields(headers)),
            field_line("MIME-Version", "1.0"),
            field_line("Content-Type", root),
            b"\r\n" + _PREAMBLE + b"\r\n" + delimiter + b"\r\n",
            b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n" + delimiter + b"\r\n",
            b'Content-Type: application/octet-stream; name="encrypted.asc"\r\n',
            b'Content-Disposition: inline; filename="encrypted.asc"\r\n\r\n',
            armor.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").rstrip(b"\r\n") + b"\r\n",
            delimiter + b"--\r\n",
        ]
    )
