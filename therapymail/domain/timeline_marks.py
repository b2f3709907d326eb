"""What the record says of one client as things that happened, lane by lane: what a timeline marks. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain, pairwise

from therapymail.domain.agreement import Terms, standing_versions
from therapymail.domain.agreement_form import written_term
from therapymail.domain.agreement_terms import LABELS, terms_as_json
from therapymail.domain.client import ClientStatus
from therapymail.domain.incidents import incidents
from therapymail.domain.kinds import Direction, Kind
from therapymail.domain.lanes import Happened, Lane, Side
from therapymail.domain.local_days import end_of_day
from therapymail.domain.timeline_facts import TimelineFacts, ToldLetter

FEELING = "feeling/"  # tags below it are feelings
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_NEAR = timedelta(days=7)  # a consent that is marked and the mail that gave it
_SIDES = {Direction.IN: Side.CLIENT, Direction.OUT: Side.THERAPIST}
# What the lane of letters says of a mail of each kind, either way: a word, and where it is none of the work's, which.
_TOLD = {(kind, direction): ("other", kind.value) for kind in Kind for direction in Direction} | {
    (Kind.LETTER, Direction.IN): (Kind.LETTER.value, ""),
    (Kind.RESPONSE, Direction.OUT): (Kind.RESPONSE.value, ""),
}


def is_letter(letter: ToldLetter) -> bool:
    """Whether it is a client's therapeutic letter."""
    return letter.kind is Kind.LETTER and letter.direction is Direction.IN


def is_response(letter: ToldLetter) -> bool:
    """Whether it is the therapist's response."""
    return letter.kind is Kind.RESPONSE and letter.direction is Direction.OUT


def tags_of(facts: TimelineFacts, letters: Sequence[ToldLetter]) -> dict[bytes, dict[str, Happened]]:
    """By digest, the tags that each of `letters` bears: itself, in passages, or by its exchange, in that order."""
    by_exchange: dict[bytes, dict[str, None]] = {}
    for each in facts.exchanges:
        mails = (*each.letters, *each.responses)
        shared = dict.fromkeys(tag for digest in mails for tag in facts.exchange_tags.get(digest, ()))
        if shared:
            by_exchange.update((digest, shared) for digest in mails)
    numbers = facts.exchange_numbers
    found: dict[bytes, dict[str, Happened]] = {}
    for letter in letters:
        shared, passages = by_exchange.get(letter.digest, {}), facts.passages.get(letter.digest, ())
        if not (shared or passages or letter.tags):
            continue
        kinds = {
            **dict.fromkeys(shared, "exchange"),
            **dict.fromkeys(passages, "passage"),
            **dict.fromkeys(letter.tags, "letter"),
        }
        number = numbers.get(letter.digest)
        found[letter.digest] = {
            tag: _borne(facts, letter, tag, kind, passages.count(tag) or None, number) for tag, kind in kinds.items()
        }
    return found


def _borne(
    facts: TimelineFacts, letter: ToldLetter, tag: str, kind: str, passages: int | None, exchange: int | None
) -> Happened:
    """A tag on a letter; one below `feeling/` says a feeling of the letter."""
    lane, label = Lane.THEMES, tag
    words: tuple[str, ...] = ()
    if tag.startswith(FEELING):
        feeling = tag.removeprefix(FEELING).replace("_", " ")
        lane, label, words = Lane.FEELINGS, facts.family_of.get(feeling, feeling), (feeling,)
    side = _SIDES[letter.direction]
    return Happened(lane, kind, letter.received, (facts.names[letter.digest],), label, side, passages, words, exchange)


def what_happened(
    facts: TimelineFacts,
    letters: Sequence[ToldLetter],
    tags: Mapping[bytes, Mapping[str, Happened]],
    now: datetime | None,
) -> Iterator[Happened]:
    """Everything to mark; `letters` are the accepted ones in order, `tags` what `tags_of` gave of them."""
    return chain(
        _letters(facts, letters),
        _over_length(facts),
        _rhythm(facts, now),
        chain.from_iterable(borne.values() for borne in tags.values()),
        _feelings(facts, letters),
        _of_the_work(facts, letters),
        _safety(facts, letters),
        incidents(facts),
        facts.happened,
    )


# --- letters and the time between ----------------------------------------------------------------------


def _letters(facts: TimelineFacts, letters: Sequence[ToldLetter]) -> Iterator[Happened]:
    names, number, after_closing = facts.names, facts.exchange_numbers, facts.after_closing
    for letter in letters:
        kind, direction, digest = letter.kind, letter.direction, letter.digest
        if kind is Kind.SAFETY:
            continue  # in a lane of its own, which can be switched off
        word, label = ("after-closing", kind.value) if digest in after_closing else _TOLD[kind, direction]
        yield Happened(  # by place: a thousand of these are a good part of a timeline
            Lane.LETTERS,
            word,
            letter.received,
            (names[digest],),
            label,
            _SIDES[direction],
            letter.words,
            (),
            number.get(digest),
        )


def _over_length(facts: TimelineFacts) -> Iterator[Happened]:
    limit_of = {each.version: each.terms.word_limit for each in facts.agreements}
    for each in facts.exchanges:
        if each.over_length:
            limit = limit_of.get(each.agreement or 0)
            agreed = f", {limit} agreed" if limit else ""
            yield Happened(
                Lane.LETTERS,
                "over-length",
                each.opened,
                _names(facts, each.letters),
                f"{each.words} words{agreed}",
                Side.CLIENT,
                each.words,
                exchange=each.number,
            )


def _rhythm(facts: TimelineFacts, now: datetime | None) -> Iterator[Happened]:
    zone = str(facts.zone)
    for each in facts.exchanges:
        is_waiting = each.is_open and now is not None and (facts.waiting is None or each.number in facts.waiting)
        late = each.late_by(now or each.completed) if is_waiting or not each.is_open else None
        names = _names(facts, each.letters[:1] + each.responses[:1])
        if each.answered is not None:
            hours = round((each.answered - each.opened) / _HOUR)
            yield Happened(Lane.GAPS, "gap", each.answered, names, "", Side.THERAPIST, max(0, hours), (), each.number)
        elif is_waiting and now is not None:
            waited = max(0, round((now - each.opened) / _HOUR))
            yield Happened(Lane.GAPS, "waiting", each.opened, names, "", Side.THERAPIST, waited, exchange=each.number)
        if late is not None:
            at = each.answered or each.opened
            yield Happened(Lane.GAPS, "late", at, names, "", Side.THERAPIST, late // _HOUR, exchange=each.number)
        if each.client_days_late:
            names = _names(facts, each.letters[:1])
            yield Happened(
                Lane.GAPS, "late", each.opened, names, "", Side.CLIENT, each.client_days_late, exchange=each.number
            )
    for before, after in pairwise(facts.exchanges):
        if before.answered is not None:
            days = max(0, round((after.opened - before.answered) / _DAY))
            names = _names(facts, before.responses[:1] + after.letters[:1])
            yield Happened(Lane.GAPS, "between", after.opened, names, "", Side.CLIENT, days, (), after.number)
    for day in facts.missed:
        yield Happened(Lane.GAPS, "missed", end_of_day(day, zone), (), "", Side.CLIENT, day=day)


# --- feelings ------------------------------------------------------------------------------------------


def _feelings(facts: TimelineFacts, letters: Sequence[ToldLetter]) -> Iterator[Happened]:
    number = facts.exchange_numbers
    for letter in letters:
        if letter.digest not in facts.feelings:
            continue
        for family, words in facts.feelings[letter.digest].items():
            yield Happened(
                Lane.FEELINGS,
                "cue",
                letter.received,
                (facts.names[letter.digest],),
                family,
                _SIDES[letter.direction],
                len(words),
                words,
                number.get(letter.digest),
            )


# --- the work itself -----------------------------------------------------------------------------------


def _of_the_work(facts: TimelineFacts, letters: Sequence[ToldLetter]) -> Iterator[Happened]:
    """Milestones that the record knows by itself, where the therapist marked none, and versions of the agreement."""
    own = [each for each in facts.happened if each.lane is Lane.MILESTONES]
    consents = [each.at for each in own if each.kind == "consent"]
    reviewed = {name for each in own if each.kind == "review" for name in each.ids}
    for letter in letters:
        is_consent = letter.kind is Kind.CONSENT and letter.direction is Direction.IN
        if is_consent and not any(abs(letter.received - at) < _NEAR for at in consents):
            yield Happened(Lane.MILESTONES, "consent", letter.received, (facts.names[letter.digest],), "", Side.CLIENT)
    for each in facts.exchanges:
        if each.is_review and reviewed.isdisjoint(names := _names(facts, each.mails)):
            yield Happened(
                Lane.MILESTONES, "review", each.opened, names, f"review of exchange {each.number}", exchange=each.number
            )
    for change in facts.statuses:
        kind = "resumed" if change.status is ClientStatus.ACTIVE else change.status.value
        label = change.ending.value if change.ending else ""
        yield Happened(Lane.MILESTONES, kind, change.since, (), label)
    before: Terms | None = None
    for version in standing_versions(facts.agreements):
        label, changed = f"agreement version {version.version}", _changed(before, version.terms)
        yield Happened(
            Lane.AGREEMENTS, "agreement", version.starts, (), label, amount=version.version, words=tuple(changed)
        )
        before = version.terms


def _changed(before: Terms | None, after: Terms) -> Iterator[str]:
    """The terms that are others than before, as they are written."""
    one, other = terms_as_json(before or after), terms_as_json(after)
    for name, value in other.items():
        if value != one[name]:
            yield f"{LABELS[name]} {written_term(name, value)} instead of {written_term(name, one[name])}"


def _safety(facts: TimelineFacts, letters: Sequence[ToldLetter]) -> Iterator[Happened]:
    for letter in letters:
        if letter.kind is Kind.SAFETY:
            yield Happened(
                Lane.SAFETY,
                "safety",
                letter.received,
                (facts.names[letter.digest],),
                "",
                _SIDES[letter.direction],
                letter.words,
            )


def _names(facts: TimelineFacts, digests: Sequence[bytes]) -> tuple[str, ...]:
    names = facts.names
    return tuple([names[digest] for digest in digests if digest in names])
