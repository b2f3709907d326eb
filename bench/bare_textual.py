"""A bare Textual program of about the same tree as the room: what the terminal interface is measured against."""

from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import DataTable, Label, ListItem, ListView, Static

SHOWN = "letter-000"  # in the first row


class Bare(App[None]):
    CSS = """
    ListView { width: 15; }
    #reader { width: 40; }
    #foot { dock: bottom; height: 2; }
    """

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield ListView(*(ListItem(Label(f"C{number:03d}")) for number in range(20)))
            yield DataTable()
            yield Static("reader", id="reader")
        with Vertical(id="foot"):
            yield Static("status")
            yield Static("keys")

    def on_mount(self) -> None:
        table: DataTable[str] = self.query_one(DataTable)
        table.add_columns("name", "received", "subject")
        for number in range(100):
            table.add_row(f"letter-{number:03d}", "2025-03-31 09:12", "a subject of some words")


if __name__ == "__main__":
    Bare().run()
