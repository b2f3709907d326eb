"""Keys that came with letters, as a person sees them: where they were, and that nothing is believed of them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from therapymail.cli.client_view import print_client
from therapymail.cli.found_keys_view import place_phrase, print_looked_up, whose_candidate
from therapymail.cli.shapes import whole_client_shape
from therapymail.domain.client import Certificate, Client, ClientStatus
from therapymail.domain.found_key import KeyCandidate, KeyPlace, KeySource
from therapymail.domain.names import LetterName
from therapymail.domain.seal import Pin
from therapymail.errors import KeyRefused
from therapymail.mail.key_directory import Method
from therapymail.practice.introduce import ClientOverview
from therapymail.practice.keys import HeldKey
from therapymail.practice.look_up_key import LookedUp, Wanted

DAY = datetime(2026, 3, 4, 12, tzinfo=UTC)
FINGERPRINT = "0123456789ABCDEF0123456789ABCDEF01234567"
CLIENT = Client("aa", "HERON", "Maren", "m@heron.example", ("m@heron.example",), (), "UTC", ClientStatus.ACTIVE, DAY)


def place(number: int | None, source: KeySource = KeySource.HEADER, *, signs: bool = False) -> KeyPlace:
    return KeyPlace(LetterName("HERON", number) if number else None, DAY, source, signs)


def overview(*places: KeyPlace) -> ClientOverview:
    certificate = Certificate(FINGERPRINT, b"key", ("Maren <m@heron.example>",), DAY, None, True, None)
    return ClientOverview(CLIENT, 3, (), (KeyCandidate("aa", certificate, (), places),))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            place(12),
            "came with HERON-12 on 2026-03-04, in the mail's open header, which anybody on the way could write",
        ),
        (place(12, KeySource.SEALED_HEADER), "came with HERON-12 on 2026-03-04, inside the seal"),
        (
            place(12, KeySource.ENCLOSED, signs=True),
            "came with HERON-12 on 2026-03-04, attached; its signature, not checked, names this key",
        ),
        (place(None, KeySource.ENCLOSED), "came with a mail that is set aside on 2026-03-04, attached"),
    ],
)
def test_where_a_key_was_is_said(found: KeyPlace, said: str) -> None:
    assert place_phrase(found) == said


def test_the_list_names_the_letter_that_a_candidate_came_with_last() -> None:
    assert whose_candidate((place(3), place(9))) == "candidate, came with HERON-9"
    assert whose_candidate((place(None),)) == whose_candidate(()) == "candidate"


def test_M06_a_key_that_may_be_new_is_asked_about_and_not_believed(capsys: pytest.CaptureFixture[str]) -> None:
    print_client(overview(place(3), place(4, KeySource.ENCLOSED, signs=True)), DAY, as_json=False)
    shown = capsys.readouterr()
    assert "New key?" in shown.out
    assert "HERON-4" in shown.out
    assert "therapymail key pin FPR --client HERON" in " ".join(shown.err.split())
    print_client(overview(place(3)), DAY, as_json=False)
    assert "Candidate" in capsys.readouterr().out


def test_a_client_without_candidates_is_shown_without_them(capsys: pytest.CaptureFixture[str]) -> None:
    print_client(ClientOverview(CLIENT, 3), DAY, as_json=False)
    shown = capsys.readouterr()
    assert "Candidate" not in shown.out
    assert "key pin" not in shown.err


def test_scripts_get_the_candidates_with_their_letters() -> None:
    [candidate] = whole_client_shape(overview(place(4, KeySource.ENCLOSED, signs=True)))["candidates"]
    assert (candidate["fingerprint"], candidate["signs"]) == (FINGERPRINT, True)
    assert candidate["found"] == [
        {"letter": "HERON-4", "received": "2026-03-04T12:00:00Z", "source": "enclosed", "signs": True}
    ]


def test_S13_what_a_directory_gave_is_nobodys_until_it_is_asked_about(capsys: pytest.CaptureFixture[str]) -> None:
    wanted = Wanted("m@heron.example", CLIENT)
    key = HeldKey(FINGERPRINT, ("Maren",), DAY, None, can_encrypt=True, secret=False, pinned_to=None)
    refused = KeyRefused("", "none of its names bears the client's address")
    print_looked_up(LookedUp(wanted, Method.ADVANCED, (key,), (refused,)))
    said = " ".join(capsys.readouterr().err.split())
    assert "Only the host vouches for it." in said
    assert "`therapymail key pin FPR --client HERON`" in said
    assert "none of its names bears" in said
    print_looked_up(LookedUp(wanted, Method.DIRECT, (replace(key, pinned_to="HERON"),)))
    said = " ".join(capsys.readouterr().err.split())
    assert "brought up to date" in said
    assert "key pin" not in said
    pinned = Wanted("m@heron.example", replace(CLIENT, pins=(Pin("A" * 40, verified=True),)))
    print_looked_up(LookedUp(pinned, Method.DIRECT, (key,)))
    said = " ".join(capsys.readouterr().err.split())
    assert "kept beside the pinned key and changes nothing" in said
    assert "`therapymail client show HERON`" in said


def test_a_candidate_that_no_letter_brought_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    print_client(overview(), DAY, as_json=False)
    said = " ".join(capsys.readouterr().out.split())
    assert "imported or looked up; no letter brought it" in said
    assert whole_client_shape(overview())["candidates"][0]["found"] == []
