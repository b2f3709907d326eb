"""After a lock: what widgets, the index and the drawing of text had held of letters is forgotten."""

import gc

from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static, TextArea

from therapymail.practice.practice import forget_remembered_words


def empty_screen(screen: Screen[object]) -> None:
    """Take the text out of every widget of `screen`: Textual may keep a screen for a while after it is gone.

    Nothing is told of it: an emptied sheet is no change to save.
    """
    with screen.prevent(Input.Changed, TextArea.Changed):
        for widget in screen.walk_children(Widget, with_self=True):
            forget = getattr(widget, "forget", None)
            if forget is not None:
                forget()
            elif isinstance(widget, Input):
                widget.value = ""
            elif isinstance(widget, TextArea):
                widget.load_text("")
            elif isinstance(widget, OptionList):
                widget.clear_options()
            elif isinstance(widget, Static):
                widget.update("")
            widget._styles_cache.clear()  # noqa: SLF001 - the lines as they were drawn; Textual has no other name for it


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
