import pytest

from therapymail.cli.progress import progress_words


@pytest.mark.parametrize(
    ("done", "total", "rate", "words"),
    [
        (0, 300, 0.0, "0 of 300"),
        (172, 300, 157.0, "172 of 300, 157 a second"),
        (100, 10_000, 300.0, "100 of 10,000, 300 a second, about 33 s left"),
        (100, 10_000, 10.0, "100 of 10,000, 10 a second, about 16 min left"),
        (100, 100_000, 10.0, "100 of 100,000, 10 a second, about 2.8 h left"),
    ],
)
def test_what_is_left_is_said_in_words(done: int, total: int, rate: float, words: str) -> None:
    assert progress_words(done, total, rate) == words
