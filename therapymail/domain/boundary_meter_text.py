"""The boundary meter as lines of text: short beside a client, or whole with the letters behind every number."""

from collections.abc import Iterator, Sequence

from therapymail.domain.boundary_meter import BoundaryMeter, Count, ExchangeWords
from therapymail.domain.day_words import weekday_in_words
from therapymail.domain.wording import count_words, local_text

# Parts of the day for the short form; each hour apart stands in the whole one.
_PARTS = ((0, 6), (6, 12), (12, 18), (18, 24))
_MOST_EXCHANGES = 6

Line = tuple[str, str]  # label, text


def short_meter(meter: BoundaryMeter) -> tuple[Line, ...]:
    """One line a count, without those that counted nothing."""
    lines = [
        ("Words", _short_words(meter.words)),
        ("Updates", "; ".join(_updates(meter))),
        ("Writes at", _parts(meter.client_hours)),
        ("You send at", _parts(meter.own_hours)),
        ("To and fro", "; ".join(_to_and_fro(meter))),
    ]
    return tuple((label, text) for label, text in lines if text)


def whole_meter(meter: BoundaryMeter) -> tuple[Line, ...]:
    """Every number with the letters it stands for."""
    return tuple(_whole(meter))


def _whole(meter: BoundaryMeter) -> Iterator[Line]:
    for each in meter.words:
        yield "Words", f"exchange {each.exchange}: {_against(each)}{_listed(each.words)}"
    for week, said in zip(meter.updates, _updates(meter), strict=True):
        yield "Updates", said + _listed(week.updates)
    for label, hours in (("Writes at", meter.client_hours), ("You send at", meter.own_hours)):
        for hour, count in enumerate(hours):
            if count.number:
                yield label, f"{hour:02}:00 to {hour:02}:59: {count_words(count.number, 'mail')}{_listed(count)}"
    for run, said in zip(meter.to_and_fro, _to_and_fro(meter), strict=True):
        yield "To and fro", said + _listed(run.mails)


def _short_words(words: Sequence[ExchangeWords]) -> str:
    latest = words[-_MOST_EXCHANGES:]
    said = ", ".join(f"{each.words.number}{' (over)' if each.over_length else ''}" for each in latest)
    if not latest:
        return ""
    limit = latest[-1].limit
    agreed = f"; {limit} agreed" if limit is not None else ""
    first, last = latest[0].exchange, latest[-1].exchange
    return f"{said} in exchange{f' {first}' if first == last else f's {first} to {last}'}{agreed}"


def _against(each: ExchangeWords) -> str:
    agreed = f" of {each.limit} agreed" if each.limit is not None else ""
    return f"{each.words.number} words{agreed}{', over length' if each.over_length else ''}"


def _updates(meter: BoundaryMeter) -> list[str]:
    return [
        f"{each.updates.number} in the week of {weekday_in_words(each.monday)}"
        + (f" ({each.agreed} agreed)" if each.agreed is not None else "")
        for each in meter.updates
    ]


def _parts(hours: Sequence[Count]) -> str:
    sums = [(start, end, sum(count.number for count in hours[start:end])) for start, end in _PARTS]
    return ", ".join(f"{start:02}:00-{end - 1:02}:59 {number}" for start, end, number in sums if number)


def _to_and_fro(meter: BoundaryMeter) -> list[str]:
    return [
        f"{count_words(each.mails.number, 'mail')} from {local_text(each.first, meter.zone)}"
        f" to {local_text(each.last, meter.zone)}"
        for each in meter.to_and_fro
    ]


def _listed(count: Count) -> str:
    return f" ({', '.join(count.letters)})" if count.letters else ""
