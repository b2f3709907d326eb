"""Today over a large practice: many clients with agreements, their letters filed, in process and as a whole command."""

import time

from bench.filling import agree, at_the_end, fill, find_exchanges
from bench.measuring import median, milliseconds, own_peak_mb, seconds_of, taking_turns
from bench.options import Options
from bench.outcome import Outcome, Table
from bench.plain_corpus import PlainPlan
from bench.program import Program, fresh_practice
from bench.startup import bare, whole
from therapymail.practice.policy import own_key_now
from therapymail.practice.practice import Practice
from therapymail.practice.today import todays
from therapymail.vault import clients
from therapymail.vault.stale import mark_stale

NAME = "today"
CLIENTS = 100
_STALE = (1, 10)  # clients whose letters came since the exchanges were last found
_SHORTEST, _LONGEST, _ORIGINAL = 5, 40, 64  # today reads no text: short letters fill a practice sooner
_WANTED_MS = 100


def measure(options: Options, letters: int | None = None) -> Outcome:
    """File the letters, agree with every client, then look at today."""
    plan = PlainPlan(letters or options.search_letters, options.seed, _SHORTEST, _LONGEST, _ORIGINAL)
    with fresh_practice(None) as program:
        fill(program, plan, CLIENTS)
        practice = at_the_end(program)
        finding = agree(practice)
        items = len(todays(practice).items)
        first = seconds_of(lambda: todays(practice))
        calls = {"today": lambda: seconds_of(lambda: todays(practice))}
        calls["the own key's end, asked of gpg"] = lambda: seconds_of(lambda: own_key_now(practice))
        times = {name: median(values) for name, values in taking_turns(options.quick_rounds, calls).items()}
        times["today, of which this process computes"] = median(
            [_computing(practice) for _ in range(options.quick_rounds)]
        )
        for number in _STALE:
            _make_stale(practice, number)
            values = [seconds_of(lambda: todays(practice)) for _ in range(options.quick_rounds)]
            times[f"today, the letters of {number} of them new"] = median(values)
        _make_stale(practice, 0)
        processes = _processes(program, options.quick_rounds)
    figures = {
        "letters": plan.letters,
        "clients": CLIENTS,
        "items": items,
        "first_ms": milliseconds(first),
        "milliseconds": {name: milliseconds(value) for name, value in times.items()},
        "whole_process_ms": {name: milliseconds(value) for name, value in processes.items()},
        "finding_all_exchanges_seconds": round(finding, 2),
        "peak_mb": round(own_peak_mb(), 1),
    }
    return _outcome(figures, {**times, **processes})


def _computing(practice: Practice) -> float:
    """Seconds of the processor that today takes in this process: what a busy machine does not change."""
    began = time.process_time()
    todays(practice)
    return time.process_time() - began


def _make_stale(practice: Practice, number: int) -> None:
    """Let the exchanges of so many clients be as after a sync that was cut off."""
    find_exchanges(practice)
    with practice.vault() as vault, vault.writing(durable=False) as writer:
        for client in clients.clients(writer)[1 : number + 1]:
            mark_stale(writer, client.identity)


def _processes(program: Program, rounds: int) -> dict[str, float]:
    calls = {"bare program": lambda: bare("greet", "Ana"), "therapymail today": lambda: whole(program, "today")}
    return {name: median(values) for name, values in taking_turns(rounds, calls).items()}


def _outcome(figures: dict[str, object], times: dict[str, float]) -> Outcome:
    rows = tuple((name, f"{milliseconds(value)}") for name, value in times.items())
    reached = (("today, in process, ms", f"{milliseconds(times['today'])}", f"under {_WANTED_MS}"),)
    tables = (Table("Medians", ("what", "ms"), rows), Table("Reached", ("what", "measured", "wanted"), reached))
    remarks = (
        (
            "The whole verb: the vault's key from the agent, the vault opened, the own key's end asked of gpg, every"
            " client's clocks, the outbox, mail that waits, keys."
        ),
        (
            f"{figures['items']} items. Finding the exchanges of all clients from nothing took"
            f" {figures['finding_all_exchanges_seconds']} s, once."
        ),
    )
    return Outcome(NAME, f"Today over {CLIENTS} clients and {figures['letters']} letters", figures, tables, remarks)
