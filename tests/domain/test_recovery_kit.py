"""C33: what stands on a recovery kit is read back from the page, a scan, or what somebody typed."""

from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.recovery_kit import MOST_PIECES, PIECE_CHARACTERS, kit_text, scanned_pieces
from therapymail.pgp.armor_writing import armored

keys = st.binary(min_size=1, max_size=6000)


@settings(max_examples=40)
@given(keys)
def test_C33_the_codes_scanned_in_their_order_are_the_key_again(material: bytes) -> None:
    secret = armored(material, "PRIVATE KEY BLOCK")
    pieces = scanned_pieces(secret)
    assert len(pieces) <= MOST_PIECES
    assert all(len(piece) <= PIECE_CHARACTERS for piece in pieces)
    if pieces:
        assert kit_text("".join(pieces)).secret.split() == secret.split()
    else:
        assert len(secret) > PIECE_CHARACTERS * (MOST_PIECES - 1)


def test_C33_a_key_made_here_fits_on_two_codes_and_a_long_one_stands_there_as_text() -> None:
    assert len(scanned_pieces(armored(bytes(850), "PRIVATE KEY BLOCK"))) == 2
    assert scanned_pieces(armored(bytes(5000), "PRIVATE KEY BLOCK")) == ()


@settings(max_examples=40)
@given(keys, st.text(max_size=80), st.sampled_from(["", " ", "\t", "  "]), st.sampled_from(["\n", "\r\n"]))
def test_C33_typed_or_scanned_with_blanks_and_other_line_ends_it_is_the_same(
    material: bytes, around: str, indent: str, end: str
) -> None:
    secret = armored(material, "PRIVATE KEY BLOCK")
    around = around.replace("-----", "")
    typed = end.join(f"{indent}{line}{indent}" for line in secret.splitlines())
    found = kit_text(f"{around}{end}{typed}{end}{around}")
    assert found.secret.split() == secret.split()
    assert found.revocation == ""


@settings(max_examples=60)
@given(st.text(max_size=400))
def test_C33_any_text_is_a_kit_or_none(text: str) -> None:
    found = kit_text(text)
    assert found.secret == "" or "PRIVATE KEY" in text
