"""The vault's own key: its length and its hexadecimal form."""

import pytest

from therapymail.errors import VaultDamaged
from therapymail.vault.key import KEY_BYTES, key_as_hex, key_from_hex, new_key


def test_new_keys_are_32_bytes_and_differ() -> None:
    keys = {new_key() for _ in range(20)}
    assert len(keys) == 20
    assert {len(key) for key in keys} == {KEY_BYTES} == {32}


def test_the_hex_form_comes_back() -> None:
    key = new_key()
    assert key_from_hex(key_as_hex(key)) == key


@pytest.mark.parametrize("text", ["", "00", "zz" * 32, "00" * 31, "00" * 33, "0" * 63])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(VaultDamaged):
        key_from_hex(text)


@pytest.mark.parametrize("length", [0, 16, 31, 33, 64])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(VaultDamaged):
        key_as_hex(bytes(length))
