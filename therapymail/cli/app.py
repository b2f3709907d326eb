"""The command line as a whole: global options and the commands, in the order help shows them."""

import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from therapymail.cli.command import Command, Group, HyphenCommand, Subcommands
from therapymail.cli.surroundings import Surroundings

# Every command and the module that holds it, in the order of `--help`.
COMMANDS = {
    "setup": "setup",
    "demo": "demo",
    "tui": "tui",
    "doctor": "doctor",
    "account": "account",
    "unlock": "unlocking",
    "lock": "unlocking",
    "sync": "sync",
    "client": "client",
    "key": "key",
    "today": "today",
    "letters": "letters",
    "read": "letters",
    "open": "opening",
    "accept": "letters",
    "kind": "letters",
    "agree": "agree",
    "exchange": "exchange",
    "write": "writing",
    "reply": "writing",
    "receipt": "receipt",
    "drafts": "drafts",
    "send": "sending",
    "outbox": "outbox",
    "notice": "notice",
    "note": "note",
    "enclosure": "enclosure",
    "tag": "tagging",
    "tags": "tagging",
    "feelings": "feelings",
    "milestone": "milestone",
    "bookmark": "bookmark",
    "search": "search",
    "timeline": "timeline",
    "thread": "looking_back",
    "compare": "looking_back",
    "review": "looking_back",
    "letterbook": "letterbook",
    "images": "images",
    "export": "export",
    "backup": "backup",
    "executor": "executor",
    "retention": "retention",
    "audit": "audit",
    "rebuild": "rebuild",
}
# What `therapymail --help` says of each: the first sentence of the command's own help, so that no module is loaded.
OUTLINE = {
    "setup": "Make a practice: mailbox, own key, encrypted record.",
    "demo": "Look around in a fictional practice.",
    "tui": "Open the room: the terminal interface.",
    "doctor": "Examine the practice and say what to put right.",
    "account": "Give the mail account's new password.",
    "unlock": "Unlock the practice with the passphrase of your own key.",
    "lock": "Lock the practice at once, everywhere.",
    "sync": "Send what is due, and bring new letters into the record.",
    "client": "Clients: their codes, addresses and keys.",
    "key": "OpenPGP keys: yours and your clients'.",
    "today": "See what waits for you today.",
    "letters": "List letters, newest first.",
    "read": "Read a letter and what its seal proved.",
    "open": "Open a sealed mail from a file; nothing is filed.",
    "accept": "Accept a proposed letter: from now on it counts.",
    "kind": "Say what kind of mail a letter is.",
    "agree": "Agree on terms with a client.",
    "exchange": "Exchanges: a client's letters and the response to them.",
    "write": "Write to a client: a draft, kept in the record.",
    "reply": "Answer a letter: a draft that quotes it.",
    "receipt": "Say that a letter has come, and by when they will hear.",
    "drafts": "Drafts: what is written and not yet sent.",
    "send": "Put a draft into the outbox.",
    "outbox": "Letters on their way out.",
    "notice": "Send a client a short note in a fixed wording, unsealed.",
    "note": "Notes: in the record, and process notes apart from it.",
    "enclosure": "Enclosures of letters: look at, open or save one.",
    "tag": "Give tags to letters, passages and exchanges.",
    "tags": "List the tags in use and what bears each.",
    "feelings": "Show the list of feelings, by family, or edit it.",
    "milestone": "Milestones: events of the work, marked on a day.",
    "bookmark": "Bookmarks: places in the letters to come back to.",
    "search": "Search the letters, or the notes.",
    "timeline": "Look back on the work with one client.",
    "thread": "Follow one theme through the letters with a client.",
    "compare": "Look at two letters side by side: letter 1 beside letter 12.",
    "review": "Prepare a review: what the exchanges since the last one held.",
    "letterbook": "Read the correspondence with one client in order, by exchange.",
    "images": "Images that recur in the letters with one client.",
    "export": "Files of your own: letterbook, timeline, record, letters.",
    "backup": "Backups: the whole practice in one sealed file.",
    "executor": "Clinical executors: who takes over if you cannot work.",
    "retention": "How long records are kept, and what holds them.",
    "audit": "The journal: proven whole, and listed.",
    "rebuild": "Derive lists and index again from the journal.",
}
# What begins with a hyphen may be a tag to take away or a word to leave out; every command else has only options.
_TAKES_HYPHENS = {"tag", "search"}
_OPTIONS_WITH_VALUE = {"--home", "--now"}
_EPILOG = "Start with `therapymail demo`, or `therapymail setup` for your own practice."


def build(arguments: Sequence[str] | None = None) -> typer.Typer:
    """The Typer application for `arguments`: with the one command they name, in outline where they name none.

    Without `arguments`, with every command whole. Typer takes most of a millisecond a command to prepare, and its
    module some more to load; a run needs one command, and help none.
    """
    app = typer.Typer(
        name="therapymail",
        cls=Group,
        epilog=_EPILOG,
        no_args_is_help=True,
        pretty_exceptions_enable=False,  # they print local variables: letters, passphrases
        rich_markup_mode=None,  # plain help: starts sooner, and reads aloud well
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(global_options)
    named = None if arguments is None else named_command(arguments)
    if named is None:
        _register(app, *dict.fromkeys(COMMANDS.values()))
    elif named in COMMANDS:
        _register(app, COMMANDS[named])
    else:
        for name, says in OUTLINE.items():
            app.command(name, help=says)(_outlined)
    for command in (*app.registered_commands, *_of_groups(app)):
        command.cls = HyphenCommand if command.name in _TAKES_HYPHENS else Command
    for group in app.registered_groups:
        group.cls = Subcommands
    return app


def _register(app: typer.Typer, *modules: str) -> None:
    for module in modules:
        import_module(f"therapymail.cli.commands.{module}").register(app)


def _of_groups(app: typer.Typer) -> list[typer.models.CommandInfo]:
    groups = (group.typer_instance for group in app.registered_groups)
    return [command for group in groups if group is not None for command in group.registered_commands]


def _outlined() -> None:
    """Stands for a command that the arguments do not name."""


def named_command(arguments: Sequence[str]) -> str:
    """The command that `arguments` name: the first word that is neither an option nor an option's value."""
    words = iter(arguments)
    for word in words:
        if word in _OPTIONS_WITH_VALUE:
            next(words, None)
        elif not word.startswith("-"):
            return word
    return ""


def with_the_room(arguments: Sequence[str]) -> list[str]:
    """`arguments`, and the command `tui` where they name none and ask for nothing else: then the room is opened."""
    asks = {"--help", "-h", "--version", "--install-completion", "--show-completion"}
    is_whole = not named_command(arguments) and not asks.intersection(arguments)
    return [*arguments, "tui"] if is_whole else list(arguments)


def print_version(asked: bool) -> None:  # noqa: FBT001 - the signature Typer calls
    """Print the version and stop, if it was asked for."""
    if asked:
        from therapymail import __version__

        typer.echo(f"therapymail {__version__}")
        raise typer.Exit


def global_options(
    context: typer.Context,
    *,
    home: Annotated[
        Path | None,
        typer.Option("--home", metavar="DIR", help="The practice directory (else THERAPYMAIL_HOME, else the default)."),
    ] = None,
    plain: Annotated[bool, typer.Option("--plain", help="Plain words and ASCII: no glyphs, no bars.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more of what is done, never content.")] = False,
    now: Annotated[
        str | None, typer.Option("--now", metavar="TIME", help="Set the clock; only in a practice made by demo.")
    ] = None,
    version: Annotated[  # noqa: ARG001 - eager: its callback prints and stops
        bool,
        typer.Option("--version", help="Print the version and stop.", is_eager=True, callback=print_version),
    ] = False,
) -> None:
    """Work by letter with clients over ordinary email, sealed with OpenPGP."""
    context.obj = Surroundings(home=home, plain=plain, verbose=verbose, now=now)
    from therapymail.cli.output import speak_plainly

    speak_plainly(plainly=plain)
    if verbose:
        context.call_on_close(_say_duration())


def _say_duration() -> Callable[[], None]:
    from therapymail.cli.output import narrate

    began = time.monotonic()
    return lambda: narrate(f"({time.monotonic() - began:.2f} s)")
