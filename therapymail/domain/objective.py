"""What can be observed of an exchange, as the lines that SOAP's "Objective" may begin with: facts, no judgement."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from therapymail.domain.cues import Cue

_MOST_CUES = 12


class ObservedLetter(NamedTuple):
    """A client's letter as it is observed: its name, when it came (UTC), its words, its cues."""

    name: str
    received: datetime
    words: int
    cues: tuple[Cue, ...] = ()


class ObservedExchange(NamedTuple):
    """What the agreement says of the exchange: its number, words agreed, whether over, how many days late it came."""

    number: int
    word_limit: int | None = None
    over_length: bool = False
    days_late: int = 0


def objective(
    letters: Sequence[ObservedLetter], exchange: ObservedExchange | None, client_zone: str, own_zone: str
) -> str:
    """One line a letter, one on the exchange, one of cues in their order; empty where there is nothing to observe."""
    lines = [_of_letter(each, client_zone, own_zone) for each in letters]
    if exchange is not None:
        lines.append(_of_exchange(exchange, sum(each.words for each in letters)))
    cues = [cue.words for each in letters for cue in each.cues]
    if cues:
        more = f" and {len(cues) - _MOST_CUES} more" if len(cues) > _MOST_CUES else ""
        lines.append("Cues: " + ", ".join(f"[{words}]" for words in cues[:_MOST_CUES]) + more + ".")
    return "\n".join(lines)


def _of_letter(letter: ObservedLetter, client_zone: str, own_zone: str) -> str:
    theirs = f"{letter.received.astimezone(ZoneInfo(client_zone)):%Y-%m-%d %H:%M}"
    ours = f"{letter.received.astimezone(ZoneInfo(own_zone)):%Y-%m-%d %H:%M}"
    when = theirs if theirs == ours else f"{theirs} theirs, {ours} here"
    return f"{letter.name}: {letter.words} words, received {when}."


def _of_exchange(exchange: ObservedExchange, words: int) -> str:
    facts = [f"Exchange {exchange.number}: {words} words"]
    if exchange.word_limit is not None:
        facts.append(f"{exchange.word_limit} agreed" + (", over the agreed length" if exchange.over_length else ""))
    if exchange.days_late:
        facts.append(f"{exchange.days_late} day{'s' * (exchange.days_late != 1)} after the agreed day")
    return "; ".join(facts) + "."
