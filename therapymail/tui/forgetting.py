"""After a lock: what the index and the drawing of text had remembered of letters is forgotten."""

import gc

from therapymail.practice.practice import forget_remembered_words


def forget_what_was_shown() -> None:
    """Empty remembered words, and the caches in which rich and Textual keep what they measured and drew."""
    forget_remembered_words()
    gc.collect()
    for found in gc.get_objects():
        module = getattr(found, "__module__", None)
        if isinstance(module, str) and module.partition(".")[0] in {"rich", "textual"}:
            clear = getattr(found, "cache_clear", None)
            if clear is not None:
                clear()
