"""Who writes what in a day: five letters and a draft that stays one, each known by words that occur nowhere else."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Written:
    """One text, with its mark in the first paragraph; `code` is the client that it comes from or goes to."""

    mark: str
    code: str
    subject: str
    paragraphs: tuple[str, ...]

    def up_to(self, count: int) -> str:
        """The text as far as it was written after so many savings."""
        return "\n\n".join(self.paragraphs[:count]) + "\n"

    @property
    def whole(self) -> str:
        """All of it."""
        return self.up_to(len(self.paragraphs))


def _written(mark: str, code: str, *paragraphs: str) -> Written:
    return Written(mark, code, f"On the {mark} day", tuple(each.format(mark=mark) for each in paragraphs))


FIRST = _written("quillfeather", "HERON", "Good morning, the {mark}", "was there again, and I did not run.")
SECOND = _written("marmaladesky", "LINDEN", "Dear Orla, it is the {mark}", "of which I spoke. " + "More of it. " * 60)
LATER = _written("umbrellastand", "HERON", "Once more, the {mark}", "which I forgot.")
ANSWER = _written("lanternfish", "HERON", "Dear Maren, your {mark}", "stayed with me.", "It is a good sign.")
NEWS = _written("pocketsextant", "LINDEN", "Dear Tomas, a {mark}", "is not needed for that.", "Until Monday.")
KEPT = _written("thimbleorchid", "HERON", "A thought: the {mark}", "may wait for another day.", "Not sent yet.")

INCOMING = (FIRST, SECOND, LATER)
OUTGOING = (ANSWER, NEWS)
EVERYTHING = (*INCOMING, *OUTGOING, KEPT)
NAMES = {"HERON": "Maren Quist", "LINDEN": "Tomas Roux"}
