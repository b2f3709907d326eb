"""The commands that hold on every screen, in one place: keys, palette, key line and help are made of them."""

from therapymail.tui.commands import Command
from therapymail.tui.places import PLACES

_WITH_SHEETS = (
    Command("ctrl+l", "lock", "Lock", "Lock the practice at once, everywhere.", first=True),
    Command(
        "f9,ctrl+@",
        "hide",
        "Hide",
        "Hide all text at once; the same key shows it again.",
        first=True,
    ),
    Command("ctrl+q", "quit", "Quit", "Leave therapymail.", in_line=False, first=True),
    Command("ctrl+r", "take_back", "Take back", "Take back the letter that is about to leave.", in_line=False),
)
HELP = Command(
    "f1,question_mark", "help", "Help", "What this part of the screen is, and every key; ? where no text is typed."
)
EVERYWHERE: tuple[Command, ...] = (
    Command("u", "undo", "Undo", "Undo what was done last, where that can be undone."),
    HELP,
    *_WITH_SHEETS,
    *(place.command for place in PLACES),
    Command("s", "sync", "Sync", "Bring new letters from the mail host; again stops it.", in_line=False),
    Command("S", "watch", "Watch", "Keep watching the mailbox, or stop.", in_line=False),
    Command("escape", "back_to_place", "Back", "Back to the place where you were; at last to today.", in_line=False),
    Command("ctrl+p", "command_palette", "Palette", "Find a command by its name.", in_line=False),
    Command("f5", "other_light", "Light", "Dark, light, or high contrast; it is kept.", in_line=False),
    Command("ctrl+z", "suspend_process", "To the shell", "Lock, and go to the shell.", in_line=False),
)
ABOVE_SHEETS: tuple[Command, ...] = _WITH_SHEETS
"""Those that hold while a sheet asks something, too."""
