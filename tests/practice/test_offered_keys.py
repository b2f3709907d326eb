"""AC2: what a client's program sends is derived from their filed letters, shown as a suggestion, and pins nothing."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.practice.test_key_finder import MAREN, Post, autocrypt, made, nothing_else_changed, other, plain
from tests.support.corpora import mails
from tests.support.practices import Writer
from therapymail.cli.found_keys_view import whose_candidate
from therapymail.cli.program_view import print_programs, programs_shape
from therapymail.domain.autocrypt_peer import AutocryptOffer
from therapymail.practice.introduce import show_client
from therapymail.practice.keys import list_keys
from therapymail.practice.rebuild import rebuild_record
from therapymail.vault.autocrypt_offers import Program
from therapymail.vault.decisions import erase_letter

__all__ = ["made", "other"]

FIRST, SECOND = "Sun, 01 Mar 2026 09:00:00 +0000", "Mon, 02 Mar 2026 09:00:00 +0000"


@pytest.fixture
def post(made: Post) -> Iterator[Post]:
    yield made
    with made.practice.vault() as vault, vault.writing() as writer:
        writer.run("DELETE FROM autocrypt_offer")
        writer.run("DELETE FROM key_candidate")


def dated(raw: bytes, date: str) -> bytes:
    return raw.replace(b"Date: Sun, 22 Nov 2026 19:00:00 +0000", f"Date: {date}".encode())


def programs(post: Post) -> tuple[Program, ...]:
    return show_client(post.practice, "HERON").programs


def test_AC2_the_pinned_key_in_a_header_is_what_the_program_sends(post: Post) -> None:
    post.file(post.writers.letter(post.maren, "inside", extra=autocrypt(post.maren)))
    [program] = programs(post)
    assert program.address == MAREN
    assert program.state.offer == AutocryptOffer(post.maren.fingerprint, mutual=False, sealed=True)
    assert str(program.letter).startswith("HERON-")


def test_AC2_the_newest_header_counts_whatever_came_first_and_pins_nothing(post: Post, other: Writer) -> None:
    newer = dated(plain("the newer one", header=autocrypt(other)), SECOND)
    older = dated(plain("the older one", header=autocrypt(post.maren)), FIRST)
    post.file(newer)
    post.file(older)
    [program] = programs(post)
    assert program.state.offer == AutocryptOffer(other.fingerprint, mutual=False, sealed=False)
    assert program.state.offered == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert nothing_else_changed(post)


def test_S13_mail_from_junk_offers_nothing_and_a_letter_without_a_header_takes_nothing_away(
    post: Post, other: Writer
) -> None:
    post.file(plain("mine", header=autocrypt(post.maren)))
    post.file(plain("junk again", header=autocrypt(other)), in_junk=True)
    post.file(plain("no header at all"))
    [program] = programs(post)
    assert program.state.offer is not None
    assert program.state.offer.fingerprint == post.maren.fingerprint


def test_AC2_a_key_that_gnupg_cannot_read_is_no_offer(post: Post) -> None:
    version_6 = b"\xc6\x2a\x06" + b"\x00\x00\x00\x01\x1b\x00\x00\x00\x20" + b"k" * 32
    [filed] = post.file(plain("six", header=autocrypt(Writer("Maren", MAREN, "", version_6))))
    assert filed.offer is None
    assert "key-format" in filed.notes
    assert programs(post) == ()


def test_H14_an_erased_letter_takes_what_it_offered_along(post: Post, other: Writer) -> None:
    [filed] = post.file(plain("to be erased", header=autocrypt(other)))
    assert len(programs(post)) == 1
    with post.practice.vault() as vault, vault.writing() as writer:
        erase_letter(writer, filed.digest, post.practice.clock())
    assert programs(post) == ()


def test_AC2_rebuilding_the_record_keeps_what_is_known(post: Post, other: Writer) -> None:
    post.file(plain("kept", header=autocrypt(other)))
    before = programs(post)
    assert before
    rebuild_record(post.practice)
    assert programs(post) == before


def test_AC2_client_show_says_which_key_it_is_and_when_it_was_last_seen(
    post: Post, other: Writer, capsys: pytest.CaptureFixture[str]
) -> None:
    post.file(dated(plain("shown", header=autocrypt(other)), FIRST))
    overview = show_client(post.practice, "HERON")
    print_programs(overview)
    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith("Program sends ")
    assert other.fingerprint[-4:] in said
    assert "last on 2026-03-01 with HERON-" in said
    assert "in the open header" in said
    assert "last seen" in said
    [shape] = programs_shape(overview)
    assert (shape["fingerprint"], shape["pinned"], shape["offered"]) == (
        other.fingerprint,
        False,
        "2026-03-01T09:00:00Z",
    )
    post.file(dated(plain("shown again", header=autocrypt(post.maren)), SECOND))
    print_programs(show_client(post.practice, "HERON"))
    assert "sends the pinned key" in " ".join(capsys.readouterr().out.split())


def test_AC2_the_list_of_keys_says_whose_program_sends_a_candidate_now(post: Post, other: Writer) -> None:
    post.file(dated(plain("listed", header=autocrypt(other)), FIRST))
    assert [key.sent_by for key in list_keys(post.practice) if key.fingerprint == other.fingerprint] == ["HERON"]
    assert whose_candidate((), "HERON") == "candidate, HERON's program sends it"
    post.file(dated(plain("listed later", header=autocrypt(post.maren)), SECOND))
    assert {key.sent_by for key in list_keys(post.practice)} == {None}


# --- AC3: what a client's program says of others -------------------------------------------------------


def gossip(writer: Writer, address: str) -> str:
    data = base64.encodebytes(writer.certificate).decode().replace("\n", "\r\n ").strip()
    return f"Autocrypt-Gossip: addr={address}; keydata={data}\r\n"


def test_AC3_gossip_gives_nobody_a_key_whether_sealed_or_not(post: Post) -> None:
    friend = post.writers.add("A friend", "friend@wren.example")
    inside = gossip(friend, "friend@wren.example") + gossip(friend, MAREN)
    [sealed] = post.file(post.writers.letter(post.maren, "to both of you", extra=inside))
    [outside] = post.file(plain("gossip outside", header=inside))
    assert sealed.keys == outside.keys == ()
    assert sealed.offer is outside.offer is None
    assert post.candidates == []
    assert programs(post) == ()
    assert nothing_else_changed(post)


@pytest.mark.corpora
def test_AC3_the_gossip_of_the_specification_is_left_alone(post: Post) -> None:
    for each in mails("autocrypt-spec"):
        if "gossip" in each.name:
            ours = each.raw.replace(b"alice@autocrypt.example", MAREN.encode())
            [filed] = post.file(ours)
            given = {key.fingerprint for key in filed.keys}
            assert len(given) <= 1, each.name  # her own, from the open header, never Bob's or Carol's
