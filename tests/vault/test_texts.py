"""What was read of letters, as it is stored: nothing of it changes, and the order of quotations comes with it."""

from dataclasses import replace

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.vault.builders import NOW, digest_of, filing, heron, reading
from therapymail.domain.arrangement import arrangement_of
from therapymail.domain.letter import Reading
from therapymail.vault import texts
from therapymail.vault.connection import Vault
from therapymail.vault.filing import file_letters

STRETCHES = st.lists(
    st.tuples(st.booleans(), st.text(st.characters() | st.sampled_from("\ud800\udc00\ud83d"), max_size=6)), max_size=6
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STRETCHES)
@example([(False, "\ud83d\ude00"), (True, "> q"), (False, "\ud83d")])
def test_F17_the_order_of_own_and_quoted_words_survives_whatever_they_are(
    vault: Vault, stretches: list[tuple[bool, str]]
) -> None:
    """Half a character, which no encoding can write down, is replaced when it is stored; two halves become one."""
    own = "".join(text + "\n" for is_quoted, text in stretches if not is_quoted)
    quoted = "".join(text + "\n" for is_quoted, text in stretches if is_quoted)
    order = arrangement_of((is_quoted, text + "\n") for is_quoted, text in stretches)
    read = Reading("", own, quoted, arrangement=order)
    digest = digest_of(1)

    with vault.writing() as writer:
        texts.keep_originals(writer, [(digest, b"x")])
        texts.keep_readings(writer, [(digest, read)])
        stored = texts.reading(writer, digest)
        texts.forget(writer, digest)

    assert stored is not None
    assert stored.is_ordered
    assert [piece.quoted for piece in stored.pieces] == [piece.quoted for piece in read.pieces]
    assert "".join(piece.text for piece in stored.pieces if piece.quoted) == stored.quoted
    assert "".join(piece.text for piece in stored.pieces if not piece.quoted) == stored.text


def test_readings_of_many_letters_are_those_of_each(vault: Vault) -> None:
    client = heron(vault)
    plain = replace(reading(2), quoted="", arrangement=())
    with vault.writing() as writer:
        file_letters(writer, [filing(1, client), filing(2, client, reading=plain), filing(3, client)], NOW)
        digests = [digest_of(number) for number in range(1, 700)]
        found = texts.readings(writer, digests)
        assert found == {digest: texts.reading(writer, digest) for digest in digests[:3]}
        assert found[digests[0]] == reading(1)
        assert found[digests[1]] == plain
