"""The command `rebuild`."""

import typer

from therapymail.cli.surroundings import JsonOption, surroundings


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("rebuild")(rebuild)


def rebuild(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """Derive lists and index again from the journal.

    Nothing is lost by it: letters and journal stay as they are.

    \b
    Example:
      therapymail rebuild
    """
    from therapymail.cli.output import narrate, print_json
    from therapymail.practice.rebuild import rebuild_record

    practice = surroundings(context).unlocked()
    narrate("Rebuilding. This reads the whole record; stopping it leaves the record as it was.")
    done = rebuild_record(practice)
    if as_json:
        counted = {"letters": done.letters, "entries": done.entries, "seconds": round(done.seconds, 3)}
        print_json({**counted, "process_notes": done.process_notes})
    else:
        narrate(f"Rebuilt {done.letters} letters from {done.entries} journal entries.")
        if done.process_notes is False:
            narrate("Not the process notes, which are locked: `therapymail note unlock`, then again.")
