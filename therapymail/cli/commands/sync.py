"""The command `sync`."""

from typing import TYPE_CHECKING, Annotated

import typer

from therapymail.cli.surroundings import JsonOption, Surroundings, surroundings
from therapymail.errors import UnusableInput

if TYPE_CHECKING:
    from therapymail.practice.departed import Departed
    from therapymail.practice.practice import Practice
    from therapymail.practice.receive import SyncRequest, SyncResult
    from therapymail.practice.watch import WatchEvent

COUNTS = ("fetched", "opened", "unopened", "proposed", "sent", "uncertain", "skipped", "set_aside", "strangers")


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("sync")(sync)


def sync(
    context: typer.Context,
    *,
    watch: Annotated[bool, typer.Option("--watch", help="Stay, and file what arrives, until stopped.")] = False,
    full: Annotated[
        bool,
        typer.Option("--full", help="Look through every folder again, and try again what could not be opened."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Send what is due, and bring new letters into the record.

    Nothing that lies at the mail host is changed. Stopping it keeps what was filed.

    \b
    Examples:
      therapymail sync
      therapymail sync --watch
    """
    from therapymail.practice.receive import SyncRequest

    if watch and full:
        raise UnusableInput("--full", "run it once by itself, then --watch")
    around = surroundings(context)
    practice = around.unlocked()
    if watch:
        _watch(practice, as_json=as_json)
    else:
        result = _once(practice, SyncRequest(full=full), around, as_json=as_json)
        _print(result, as_json=as_json)
        if not as_json:
            _say_expiring(practice)
            _say_key_changes(practice)
        _end_unsettled(practice, result)


def _once(practice: "Practice", request: "SyncRequest", around: Surroundings, *, as_json: bool) -> "SyncResult":
    from therapymail.cli.progress import shown_progress
    from therapymail.practice import receive

    def told(departed: "Departed") -> None:
        if not as_json:
            _say_departed(departed, practice)

    with shown_progress("Letters", "Looking through the mailbox", plain=around.plain) as advance:
        return receive.sync(practice, request, lambda at: advance(at.filed, at.found, at.per_second), told=told)


def _say_departed(departed: "Departed", practice: "Practice", at: str = "") -> None:
    """What became of the letters that were to leave, said before the mailbox is looked through."""
    from therapymail.cli.output import narrate
    from therapymail.domain.outbox_text import departure_error
    from therapymail.errors import explain

    for entry in departed.sent:
        narrate(f"{at}{entry.draft} has left for {entry.code} as {entry.letter}.")
    for entry in (*departed.waiting, *departed.refused, *departed.failed, *departed.uncertain):
        error = departure_error(entry, practice.clock(), practice.settings.zone)
        if error is not None:
            said = explain(error)
            narrate(f"{at}{said.sentence} {said.next_step}".rstrip())


def _say_expiring(practice: "Practice") -> None:
    """One line where keys end soon or have ended (HAZARDS C25)."""
    from therapymail.cli.output import narrate
    from therapymail.domain.expiry import OWN, expiry_phrase
    from therapymail.errors import VaultLocked
    from therapymail.practice.expiries import expiring_keys

    now = practice.clock()
    try:
        found = expiring_keys(practice)
    except VaultLocked:
        return  # locked just now: what the sync did stands, and the next one says it
    if found:
        ends = (f"{'yours' if one.whose == OWN else one.whose} {expiry_phrase(one.expires, now)}" for one in found)
        narrate(f"Keys: {', '.join(ends)}. `therapymail doctor` says what to do.")


def _say_key_changes(practice: "Practice") -> None:
    """One line where a key change stops letters (M06)."""
    from therapymail.cli.output import narrate
    from therapymail.errors import VaultLocked
    from therapymail.practice.key_changes import open_key_changes

    try:
        codes = dict.fromkeys(each.code for each in open_key_changes(practice) if each.change.blocks)
    except VaultLocked:
        return  # locked just now, as above
    for code in codes:
        narrate(
            f"{code}: KEY CHANGE, no letter leaves until you decide. `therapymail client show {code}` shows both keys."
        )


def _end_unsettled(practice: "Practice", result: "SyncResult") -> None:
    """End with exit code 9 while nobody knows of a letter whether it was sent."""
    from therapymail.domain.outbox import OutboxState
    from therapymail.errors import Unsettled
    from therapymail.practice.outbox import list_outbox

    if result.uncertain:
        raise Unsettled(
            next(str(entry.draft) for entry in list_outbox(practice) if entry.state is OutboxState.UNCERTAIN)
        )


def _watch(practice: "Practice", *, as_json: bool) -> None:
    """Watch until Ctrl-C, or until a service manager sends SIGTERM."""
    import signal
    import threading

    from therapymail.cli.output import narrate
    from therapymail.practice.watch import watch_mailbox

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    narrate("Watching the mailbox. Ctrl-C ends it.")
    watch_mailbox(practice, stop, lambda event: _tell(event, practice, as_json=as_json))


def _tell(event: "WatchEvent", practice: "Practice", *, as_json: bool) -> None:
    import sys

    from therapymail.cli.output import narrate
    from therapymail.domain.wording import local_text
    from therapymail.errors import explain
    from therapymail.practice.receive import SyncResult
    from therapymail.practice.watch import Left, Synced, Trouble

    at = local_text(practice.clock(), practice.settings.zone)[-5:]  # the minute: a watch stays open for hours
    if isinstance(event, Synced):
        if not as_json:
            _say_departed(event.result.departed, practice, at=f"{at}  ")
        if event.result.fetched or as_json:
            _print(event.result, as_json=as_json, at=f"{at}  ")
            sys.stdout.flush()
    elif isinstance(event, Left):
        if as_json:
            _print(SyncResult(sent=len(event.departed.sent), uncertain=len(event.departed.uncertain)), as_json=True)
        else:
            _say_departed(event.departed, practice, at=f"{at}  ")
        sys.stdout.flush()
    elif isinstance(event, Trouble):
        again = f" Trying again in {event.seconds:.0f} s." if event.seconds else ""
        narrate(f"{at}  {explain(event.error).sentence}{again}")
    else:
        narrate(
            f"{at}  Locked"
            + (", and mail has come." if event.mail_came else ".")
            + " Waiting for `therapymail unlock`."
        )


def _print(result: "SyncResult", *, as_json: bool, at: str = "") -> None:
    from therapymail.cli.output import narrate, print_json
    from therapymail.domain.wording import count_words, note_sentence

    if as_json:
        counts = {name: getattr(result, name) for name in COUNTS}
        print_json({**counts, "seconds": round(result.seconds, 3), "notes": list(result.notes)})
        return
    if not result.fetched:
        narrate(f"Nothing new ({result.seconds:.1f} s).")
    else:
        fetched = count_words(result.fetched, "letter")
        narrate(f"{at}{fetched} fetched, {result.opened} opened ({result.seconds:.1f} s).")
    for number, words in (
        (result.unopened, "could not be opened; see `therapymail letters`"),
        (result.proposed, "proposed; see `therapymail letters --proposed`"),
        (result.set_aside, "set aside; see `therapymail letters --set-aside`"),
        (result.strangers, "sealed, from unknown senders, left on the mail host"),
    ):
        if number:
            narrate(f"{number} {words}.")
    for note in result.notes:
        narrate(note_sentence(note))
