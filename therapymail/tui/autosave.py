"""When what is written is saved: within two seconds, one save at a time, never an older text over a newer. Pure."""

from dataclasses import dataclass, field

from therapymail.domain.draft import DraftContent

PAUSE = 0.8  # seconds without a key after which a change is saved …
LONGEST = 1.4  # … and the longest that a change waits while somebody goes on typing (HAZARDS C12: two, with the save)


@dataclass
class Autosave:
    """What of one draft is saved, and what is not yet. Moments are seconds of any one clock.

    `saved` is the content that the vault holds, `on_its_way` the one being saved, `current` what the screen shows.
    """

    saved: DraftContent
    current: DraftContent = field(init=False)
    on_its_way: DraftContent | None = None
    _changed: float | None = None  # the first change that is not saved
    _touched: float | None = None  # the last

    def __post_init__(self) -> None:
        self.current = self.saved

    @property
    def is_dirty(self) -> bool:
        """Whether the screen shows anything that the vault does not hold."""
        return self.current != self.saved

    def change(self, content: DraftContent, at: float) -> None:
        """The screen shows `content` now."""
        if content == self.current:
            return
        self.current = content
        self._touched = at
        self._changed = self._changed if self._changed is not None else at

    def due_in(self, at: float) -> float | None:
        """Seconds until a save should begin (0: now); None: nothing to save, or one is under way."""
        if self.on_its_way is not None or not self.is_dirty:
            return None
        changed = self._changed if self._changed is not None else at
        touched = self._touched if self._touched is not None else at
        return max(0.0, min(touched + PAUSE, changed + LONGEST) - at)

    def begin(self) -> DraftContent:
        """The content to save now; `finish` or `fail` has to follow."""
        self.on_its_way = self.current
        self._changed = None
        return self.current

    def finish(self, at: float) -> None:
        """What was on its way is in the vault."""
        assert self.on_its_way is not None
        self.saved, self.on_its_way = self.on_its_way, None
        if self.is_dirty and self._changed is None:
            self._changed = at

    def fail(self, at: float) -> None:
        """What was on its way did not reach the vault; it stays to be saved."""
        self.on_its_way = None
        self._changed = self._touched = at
