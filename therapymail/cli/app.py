"""The command line as a whole: global options and the commands, in the order help shows them."""

import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from therapymail.cli.output import narrate
from therapymail.cli.surroundings import Surroundings

# Every command and the module that holds it, in the order of `--help`.
COMMANDS = {
    "setup": "setup",
    "demo": "demo",
    "doctor": "doctor",
    "unlock": "unlocking",
    "lock": "unlocking",
    "sync": "sync",
    "client": "client",
    "key": "key",
    "letters": "letters",
    "read": "letters",
    "open": "opening",
    "accept": "letters",
    "kind": "letters",
    "tag": "tagging",
    "tags": "tagging",
    "search": "search",
    "timeline": "timeline",
    "rebuild": "rebuild",
}
_OPTIONS_WITH_VALUE = {"--home", "--now"}
_EPILOG = "Start with `therapymail demo`, or `therapymail setup` for your own practice."


def build(arguments: Sequence[str] = ()) -> typer.Typer:
    """The Typer application for `arguments`: with the one command they name, or with all of them.

    Typer takes most of a millisecond a command to prepare; a run needs one.
    """
    app = typer.Typer(
        name="therapymail",
        epilog=_EPILOG,
        no_args_is_help=True,
        pretty_exceptions_enable=False,  # they print local variables: letters, passphrases
        rich_markup_mode=None,  # plain help: starts sooner, and reads aloud well
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(global_options)
    named = named_command(arguments)
    modules = [COMMANDS[named]] if named in COMMANDS else dict.fromkeys(COMMANDS.values())
    for module in modules:
        import_module(f"therapymail.cli.commands.{module}").register(app)
    order = list(COMMANDS)
    app.registered_commands.sort(key=lambda command: order.index(command.name or ""))
    return app


def named_command(arguments: Sequence[str]) -> str:
    """The command that `arguments` name: the first word that is neither an option nor an option's value."""
    words = iter(arguments)
    for word in words:
        if word in _OPTIONS_WITH_VALUE:
            next(words, None)
        elif not word.startswith("-"):
            return word
    return ""


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
        str | None, typer.Option("--now", metavar="TIME", help="Fix the clock; only in a practice made by demo.")
    ] = None,
    version: Annotated[  # noqa: ARG001 - eager: its callback prints and stops
        bool,
        typer.Option("--version", help="Print the version and stop.", is_eager=True, callback=print_version),
    ] = False,
) -> None:
    """Work by letter with clients over ordinary email, sealed with OpenPGP."""
    context.obj = Surroundings(home=home, plain=plain, verbose=verbose, now=now)
    if verbose:
        began = time.monotonic()
        context.call_on_close(lambda: narrate(f"({time.monotonic() - began:.2f} s)"))
