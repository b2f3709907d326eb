"""How every command of ours reads its words and shows its help, on top of Typer."""

import re

# Typer 0.29 brings its own copy of click; these are the types in the signatures of what is overridden here.
from typer._click import Context, HelpFormatter
from typer.core import TyperArgument, TyperCommand, TyperGroup

_HYPHEN_WORD = re.compile(r"(?!-n[0-9]+$)-[^-0-9].+", re.DOTALL)  # -n5 is --limit 5
_RANGE = re.compile(r"(; |  \[)(?:-?\d+<=)?x[<>]=-?\d+\]")  # of a number; an error says it where it matters
_WHOLE = 1000  # characters: more than any first sentence has
_MARK = "\x00"  # cannot stand in an argument of a process, so nothing typed is mistaken for it


class Command(TyperCommand):
    """A command whose help names arguments and options without the words of a programmer (`<list[str]>`)."""

    def collect_usage_pieces(self, ctx: Context) -> list[str]:
        """The words of the usage line: `ID` for what is needed, `[CODE]` for what is not."""
        return [piece.replace("{", "").replace("}", "") for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Arguments, then options, each with its help."""
        arguments, options = [], []
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is None:
                continue
            name, says = record
            if isinstance(parameter, TyperArgument):
                arguments.append((parameter.metavar or name, says.replace("  [required]", "")))
            else:
                options.append((name, _without_noise(says)))
        for title, rows in (("Arguments", arguments), ("Options", options)):
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


class HyphenCommand(Command):
    """A command among whose words `-work` is a word: a tag to take away, or what a search leaves out.

    Without this, `-work` is read as the options -w -o -r -k, and a word with an h in it as a call for help.
    """

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Read the command line; a word with one hyphen and more behind it than a letter is no option here."""
        rest = super().parse_args(ctx, [_MARK + word if _HYPHEN_WORD.fullmatch(word) else word for word in args])
        ctx.params = {name: _unmarked(value) for name, value in ctx.params.items()}
        return rest


class Subcommands(TyperGroup):
    """Commands below a word, each with its first sentence whole: cut short, it would say half of what it does."""

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
        """The commands in their order; a sentence that is too long for its line goes on below."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, command.get_short_help_str(_WHOLE)) for name, command in commands if command is not None]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


class Group(TyperGroup):
    """The commands in the order in which they are worked with, groups among them."""

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 - Typer's signature
        """The names of the commands, in the order of the table."""
        from therapymail.cli.app import COMMANDS

        order = list(COMMANDS)
        return sorted(self.commands, key=order.index)


def _without_noise(says: str) -> str:
    return _RANGE.sub(lambda found: "]" if found[1] == "; " else "", says)


def _unmarked(value: object) -> object:
    if isinstance(value, str):
        return value.removeprefix(_MARK)
    return [_unmarked(item) for item in value] if isinstance(value, list) else value
