"""What the record says of one client as things that happened, lane by lane: what a timeline marks. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain, pairwise

from therapymail.domain.agreement import standing_versions
from therapymail.domain.client import ClientStatus
from therapymail.domain.exchange import Exchange
from therapymail.domain.incidents import incidents, name_of
from therapymail.domain.kinds import Direction, Kind
from therapymail.domain.lanes import Happened, Lane, Side
from therapymail.domain.letter import Letter
from therapymail.domain.local_days import end_of_day
from therapymail.domain.timeline_facts import TimelineFacts

FEELING = "feeling/"  # tags below it are feelings
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_SIDES = {Direction.IN: Side.CLIENT, Direction.OUT: Side.THERAPIST}


def is_letter(letter: Letter) -> bool:
    """Whether it is a client's therapeutic letter."""
    return letter.kind is Kind.LETTER and letter.direction is Direction.IN


def is_response(letter: Letter) -> bool:
    """Whether it is the therapist's response."""
    return letter.kind is Kind.RESPONSE and letter.direction is Direction.OUT


def tags_of(facts: TimelineFacts, letters: Sequence[Letter]) -> dict[bytes, dict[str, Happened]]:
    """By digest, the tags that each of `letters` bears: itself, in passages, or by its exchange, in that order."""
    by_exchange: dict[bytes, tuple[Exchange, dict[str, None]]] = {}
    for each in facts.exchanges:
        mails = (*each.letters, *each.responses)
        shared = dict.fromkeys(tag for digest in mails for tag in facts.exchange_tags.get(digest, ()))
        if shared:
            by_exchange.update((digest, (each, shared)) for digest in mails)
    found: dict[bytes, dict[str, Happened]] = {}
    for letter in letters:
        borne: dict[str, Happened] = {}
        passages = facts.passages.get(letter.digest, ())
        if letter.digest in by_exchange:
            exchange, shared = by_exchange[letter.digest]
            borne.update((tag, _borne(facts, letter, tag, "exchange", exchange=exchange)) for tag in shared)
        for tag in passages:
            borne[tag] = _borne(facts, letter, tag, "passage", amount=passages.count(tag))
        for tag in letter.tags:
            borne[tag] = _borne(facts, letter, tag, "letter", amount=passages.count(tag) or None)
        if borne:
            found[letter.digest] = borne
    return found


def _borne(
    facts: TimelineFacts,
    letter: Letter,
    tag: str,
    kind: str,
    *,
    amount: int | None = None,
    exchange: Exchange | None = None,
) -> Happened:
    """A tag on a letter; one below `feeling/` says a feeling of the letter."""
    lane, label, words = Lane.THEMES, tag, ()
    if tag.startswith(FEELING):
        feeling = tag.removeprefix(FEELING).replace("_", " ")
        lane, label, words = Lane.FEELINGS, facts.family_of.get(feeling, feeling), (feeling,)
    number = exchange.number if exchange else None
    side = _SIDES[letter.direction]
    return Happened(lane, kind, letter.received, (name_of(letter),), label, side, amount, words, number)


def what_happened(
    facts: TimelineFacts,
    letters: Sequence[Letter],
    tags: Mapping[bytes, Mapping[str, Happened]],
    now: datetime | None,
) -> Iterator[Happened]:
    """Everything to mark; `letters` are the accepted ones in order, `tags` what `tags_of` gave of them."""
    named = {letter.digest: letter for letter in letters}
    return chain(
        _letters(facts, letters),
        _over_length(facts, named),
        _rhythm(facts, named, now),
        chain.from_iterable(borne.values() for borne in tags.values()),
        _feelings(facts, letters),
        _of_the_work(facts, letters),
        _safety(letters),
        incidents(facts),
        facts.happened,
    )


# --- letters and the time between ----------------------------------------------------------------------


def _letters(facts: TimelineFacts, letters: Sequence[Letter]) -> Iterator[Happened]:
    number = {digest: each.number for each in facts.exchanges for digest in (*each.letters, *each.responses)}
    for letter in letters:
        if letter.kind is Kind.SAFETY:
            continue  # in a lane of its own, which can be switched off
        kind, label = "other", letter.kind.value
        if letter.digest in facts.after_closing:
            kind = "after-closing"
        elif is_letter(letter) or is_response(letter):
            kind, label = letter.kind.value, ""
        yield Happened(
            Lane.LETTERS,
            kind,
            letter.received,
            (name_of(letter),),
            label,
            _SIDES[letter.direction],
            letter.words,
            exchange=number.get(letter.digest),
        )


def _over_length(facts: TimelineFacts, named: Mapping[bytes, Letter]) -> Iterator[Happened]:
    limit_of = {each.version: each.terms.word_limit for each in facts.agreements}
    for each in facts.exchanges:
        if each.over_length:
            limit = limit_of.get(each.agreement or 0)
            agreed = f", {limit} agreed" if limit else ""
            yield Happened(
                Lane.LETTERS,
                "over-length",
                each.opened,
                _names(each.letters, named),
                f"{each.words} words{agreed}",
                Side.CLIENT,
                each.words,
                exchange=each.number,
            )


def _rhythm(facts: TimelineFacts, named: Mapping[bytes, Letter], now: datetime | None) -> Iterator[Happened]:
    zone = str(facts.zone)
    for each in facts.exchanges:
        is_waiting = each.is_open and now is not None and (facts.waiting is None or each.number in facts.waiting)
        late = each.late_by(now or each.completed) if is_waiting or not each.is_open else None
        names = _names((*each.letters[:1], *each.responses[:1]), named)
        if each.answered is not None:
            hours = round((each.answered - each.opened) / _HOUR)
            yield Happened(
                Lane.GAPS, "gap", each.answered, names, "", Side.THERAPIST, max(0, hours), exchange=each.number
            )
        elif is_waiting and now is not None:
            waited = max(0, round((now - each.opened) / _HOUR))
            yield Happened(Lane.GAPS, "waiting", each.opened, names, "", Side.THERAPIST, waited, exchange=each.number)
        if late is not None:
            at = each.answered or each.opened
            yield Happened(Lane.GAPS, "late", at, names, "", Side.THERAPIST, late // _HOUR, exchange=each.number)
        if each.client_days_late:
            names = _names(each.letters[:1], named)
            yield Happened(
                Lane.GAPS, "late", each.opened, names, "", Side.CLIENT, each.client_days_late, exchange=each.number
            )
    for before, after in pairwise(facts.exchanges):
        if before.answered is not None:
            days = max(0, round((after.opened - before.answered) / _DAY))
            names = _names((*before.responses[:1], *after.letters[:1]), named)
            yield Happened(Lane.GAPS, "between", after.opened, names, "", Side.CLIENT, days, exchange=after.number)
    for day in facts.missed:
        yield Happened(Lane.GAPS, "missed", end_of_day(day, zone), (), "", Side.CLIENT, day=day)


# --- feelings ------------------------------------------------------------------------------------------


def _feelings(facts: TimelineFacts, letters: Sequence[Letter]) -> Iterator[Happened]:
    for letter in letters:
        for family, words in facts.feelings.get(letter.digest, {}).items():
            yield Happened(
                Lane.FEELINGS,
                "cue",
                letter.received,
                (name_of(letter),),
                family,
                _SIDES[letter.direction],
                len(words),
                words,
            )


# --- the work itself -----------------------------------------------------------------------------------


def _of_the_work(facts: TimelineFacts, letters: Sequence[Letter]) -> Iterator[Happened]:
    """Milestones that the record knows by itself, and versions of the agreement."""
    for letter in letters:
        if letter.kind is Kind.CONSENT and letter.direction is Direction.IN:
            yield Happened(Lane.MILESTONES, "consent", letter.received, (name_of(letter),), "", Side.CLIENT)
    named = {letter.digest: letter for letter in letters}
    for each in facts.exchanges:
        if each.is_review:
            names = _names((*each.letters, *each.responses), named)
            yield Happened(
                Lane.MILESTONES, "review", each.opened, names, f"review of exchange {each.number}", exchange=each.number
            )
    for change in facts.statuses:
        kind = "resumed" if change.status is ClientStatus.ACTIVE else change.status.value
        label = change.ending.value if change.ending else ""
        yield Happened(Lane.MILESTONES, kind, change.since, (), label)
    for version in standing_versions(facts.agreements):
        label = f"agreement version {version.version}"
        yield Happened(Lane.AGREEMENTS, "agreement", version.starts, (), label, amount=version.version)


def _safety(letters: Sequence[Letter]) -> Iterator[Happened]:
    for letter in letters:
        if letter.kind is Kind.SAFETY:
            yield Happened(
                Lane.SAFETY, "safety", letter.received, (name_of(letter),), "", _SIDES[letter.direction], letter.words
            )


def _names(digests: Sequence[bytes], named: Mapping[bytes, Letter]) -> tuple[str, ...]:
    return tuple(name_of(named[digest]) for digest in digests if digest in named)
