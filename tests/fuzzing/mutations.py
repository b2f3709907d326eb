"""A small mutator of the house: what is done to an input where no coverage guides, and beside what does."""

# ruff: noqa: E501 - words of the formats

import random
from collections.abc import Callable, Sequence

_EDGES = (b"\x00", b"\xff", b"\x7f", b"\x80", b"\r\n", b"\n", b"\n\n", b" ", b"\t", b"0", b"-1", b"2147483648", b"4294967296",
          b"99999999999999999999", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\x1b[2J", b"=", b";", b",", b'"', b"<", b">")  # fmt: skip
_BLOWN_UP = 300_000  # bytes
_MOST_STEPS = 6


class Mutator:
    """Gives variations of `inputs`, the same ones for the same `seed`. `words` are pieces of the format.

    They are `longest` bytes at most, but for one in `blown_up_one_in`, which may be large.
    """

    def __init__(
        self, inputs: Sequence[bytes], words: Sequence[bytes], seed: int, longest: int, blown_up_one_in: int = 200
    ) -> None:
        self._inputs = list(inputs) or [b""]
        self._words = [*words, *_EDGES]
        self._chosen = random.Random(seed)
        self._longest = longest
        self._blown_up_one_in = blown_up_one_in

    def next(self) -> bytes:
        """Another input."""
        return self.varied(self._chosen.choice(self._inputs))

    def varied(self, data: bytes) -> bytes:
        """`data`, changed in a few places; now and then a piece of it repeated until it is large."""
        for _ in range(self._chosen.randint(1, _MOST_STEPS)):
            data = self._chosen.choice(_STEPS)(self, data)
        data = data[: self._longest]
        return self.blown_up(data) if self._chosen.randrange(self._blown_up_one_in) == 0 else data

    def blown_up(self, data: bytes) -> bytes:
        """`data` with a piece of it, or two words, repeated up to a size that honest mail has too."""
        first, end = self._range(data)
        piece = data[first : min(end, first + 400)] or self._chosen.choice(self._words)
        if self._chosen.random() < 0.5:  # what takes square time mostly takes it of two things by turns
            piece = self._chosen.choice(self._words) + self._chosen.choice(self._words)
        times = self._chosen.choice((100, 1_000, 10_000, 100_000))
        return data[:first] + piece * min(times, _BLOWN_UP // len(piece)) + data[end:]

    def _range(self, data: bytes) -> tuple[int, int]:
        first = self._chosen.randint(0, len(data))
        return first, min(len(data), first + self._chosen.choice((1, 2, 4, 16, 64, 256, 1024)))

    def _flip(self, data: bytes) -> bytes:
        if not data:
            return data
        at = self._chosen.randrange(len(data))
        return data[:at] + bytes([data[at] ^ 1 << self._chosen.randrange(8)]) + data[at + 1 :]

    def _put_in(self, data: bytes) -> bytes:
        at = self._chosen.randint(0, len(data))
        return data[:at] + self._chosen.choice(self._words) + data[at:]

    def _put_over(self, data: bytes) -> bytes:
        at, word = self._chosen.randint(0, len(data)), self._chosen.choice(self._words)
        return data[:at] + word + data[at + len(word) :]

    def _take_out(self, data: bytes) -> bytes:
        first, end = self._range(data)
        return data[:first] + data[end:]

    def _double(self, data: bytes) -> bytes:
        first, end = self._range(data)
        return data[:end] + data[first:end] * self._chosen.choice((1, 2, 30)) + data[end:]

    def _cut(self, data: bytes) -> bytes:
        return data[: self._chosen.randint(0, len(data))]

    def _splice(self, data: bytes) -> bytes:
        other = self._chosen.choice(self._inputs)
        return data[: self._chosen.randint(0, len(data))] + other[self._chosen.randint(0, len(other)) :]

    def _swap_lines(self, data: bytes) -> bytes:
        lines = data.split(b"\n")
        first, second = self._chosen.randrange(len(lines)), self._chosen.randrange(len(lines))
        lines[first], lines[second] = lines[second], lines[first]
        return b"\n".join(lines)


_STEPS: tuple[Callable[[Mutator, bytes], bytes], ...] = (
    *(Mutator._flip, Mutator._put_in, Mutator._put_in, Mutator._put_over, Mutator._take_out, Mutator._double),
    *(Mutator._cut, Mutator._splice, Mutator._swap_lines),
)
