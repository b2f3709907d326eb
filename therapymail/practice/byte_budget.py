"""A bound on the bytes in flight between threads, so that memory stays level at any size of mailbox."""

import threading


class ByteBudget:
    """Bytes that may be on their way at once; one letter larger than the whole budget may pass alone."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._used = 0
        self._closed = False
        self._changed = threading.Condition()

    def take(self, size: int) -> bool:
        """Wait until `size` bytes fit, then take them. False once the budget is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._used == 0 or self._used + size <= self._limit)
            if self._closed:
                return False
            self._used += size
            return True

    def give_back(self, size: int) -> None:
        """Return bytes taken before."""
        with self._changed:
            self._used -= size
            self._changed.notify_all()

    def close(self) -> None:
        """End every wait: nothing more will be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
