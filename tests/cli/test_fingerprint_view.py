"""A fingerprint as it is compared: digits beside words, and a QR code that holds exactly it."""

import segno

from tests.support.practices import introduce, practice_in, short_directory, writers_to
from tests.support.program import PROGRAM
from tests.support.terminal import at_terminal
from therapymail.domain.spoken_fingerprint import spoken_words
from therapymail.exports.fingerprint_code import code_rows
from therapymail.practice.introduce import show_client

FINGERPRINT = "E58294F2E9A227486E8B061B31CC528FD7FA3F19"


def test_C27_the_code_on_the_screen_is_the_code_of_the_fingerprint() -> None:
    rows = code_rows(FINGERPRINT)
    matrix: list[list[bool]] = []
    for row in rows:
        matrix.append([half in "█▀" for half in row])
        matrix.append([half in "█▄" for half in row])
    wanted = [
        [bool(module) for module in row]
        for row in segno.make(f"OPENPGP4FPR:{FINGERPRINT}", error="m", micro=False).matrix_iter(border=2)
    ]
    assert matrix[: len(wanted)] == wanted
    assert not any(any(row) for row in matrix[len(wanted) :])
    assert len(rows) <= 20
    assert len(rows[0]) <= 40


def test_C27_verifying_shows_digits_words_and_code_and_notes_when_and_how() -> None:
    with (
        short_directory() as directory,
        practice_in(directory) as practice,
        writers_to(practice, directory) as writers,
    ):
        heron = writers.add("Maren Quist", "maren@heron.example")
        introduce(practice, "HERON", heron)
        environment = {"PATH": str(practice.environment.get("PATH", "/usr/bin:/bin")), "LANG": "C.UTF-8"}
        home = ("--home", str(practice.paths.home))
        with at_terminal([*PROGRAM, *home, "client", "verify", "HERON"], environment) as terminal:
            shown = terminal.expect("what they read to you?")
            assert f"{heron.fingerprint[:4]} {heron.fingerprint[4:8]}   " in shown
            assert all(word in shown for word in spoken_words(heron.fingerprint))
            assert all(row in shown for row in code_rows(heron.fingerprint))
            terminal.type("y")
            terminal.expect("How did they confirm it? [1]: ")
            terminal.type("3")
            assert terminal.wait() == 0
        [key] = show_client(practice, "HERON").keys
        assert key.confirmed is not None
        assert key.confirmed.how == "by a code word"
        with at_terminal([*PROGRAM, *home, "--plain", "key", "show", "own"], environment) as terminal:
            assert terminal.wait() == 0
            assert "█" not in terminal.shown
            assert all(word in terminal.shown for word in spoken_words(practice.settings.own_key))
        with at_terminal([*PROGRAM, *home, "client", "show", "HERON"], environment) as terminal:
            assert terminal.wait() == 0
            assert f"verified {key.confirmed.at:%Y-%m-%d}: by a code word" in " ".join(terminal.shown.split())
