"""Text from outside: only what no encoding can write down is replaced."""

from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.vault.storable import storable


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(), max_size=50))
def test_whatever_comes_can_be_stored_and_honest_text_is_unchanged(text: str) -> None:
    kept = storable(text)
    kept.encode("utf-8")
    assert storable(kept) == kept
    if not any("\ud800" <= character <= "\udfff" for character in text):
        assert kept == text
