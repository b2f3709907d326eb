from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.pgp.armor import dearmor
from therapymail.pgp.armor_writing import armored, crc24


@settings(max_examples=100)
@given(data=st.binary(min_size=1, max_size=500))
def test_what_is_armored_dearmors_to_the_same(data: bytes) -> None:
    text = armored(data)
    assert dearmor(text.encode("ascii"), "PUBLIC KEY BLOCK") == data
    assert all(len(line) <= 64 for line in text.splitlines())


def test_the_checksum_is_that_of_rfc_4880() -> None:
    assert crc24(b"") == 0xB704CE
    assert crc24(b"123456789") == 0x21CF02  # the check value of CRC-24/OPENPGP
