"""A query as formulas of terms: one for each stretch of time in which its dates are settled.

The rowid of the index is the letter's place in time. The dates of a query cut time into a few stretches; within
each, every date condition is simply true or false and drops out, so any mixture of dates, words, OR and NOT
becomes plain formulas over rowid ranges, read newest first without a sort.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, tzinfo
from typing import NamedTuple

from therapymail.domain.kinds import Direction, Standing
from therapymail.domain.query import (
    All,
    Any,
    Author,
    Field,
    Filter,
    Has,
    Is,
    Last,
    Length,
    Not,
    Phrase,
    Prefix,
    Query,
    Relation,
    Searched,
    When,
    Word,
    asks_standing,
)
from therapymail.vault.filters import feeling_terms
from therapymail.vault.formula import Formula, Term, Told, as_fts5, both, either, side_by_side, without
from therapymail.vault.lengths import terms_of_range
from therapymail.vault.moments import SECOND, to_microseconds
from therapymail.vault.terms import BEGINNING_LENGTHS, Property, beginning_term, cue_term, filter_term, stem_term
from therapymail.vault.words import is_dense, sought

ALL_TIME = _FIRST_ID, _LAST_ID = -(2**63), 2**63 - 1  # row ids


class Stretch(NamedTuple):
    """Letters from row id `first` up to and without `end` that meet `formula`."""

    first: int
    end: int
    formula: Formula

    @property
    def expression(self) -> str:
        """`formula` as FTS5 reads it."""
        return as_fts5(self.formula)


class _Part(NamedTuple):
    """A condition: letters meet one of `any_of`, or with `negated` none of them."""

    any_of: tuple[Formula, ...]
    negated: bool = False
    is_filter: bool = False

    @property
    def formula(self) -> Formula:
        """`any_of` as one."""
        return either(self.any_of)


_Settled = _Part | bool


class Surroundings(NamedTuple):
    """What a query needs to know: the languages in the index, the zone of its days, and clients' identities.

    `searched` is what the index holds: `in:` is settled by it. `words_beginning` gives the words it holds that begin
    so, or None where they are too many or not known.
    """

    languages: tuple[str, ...]
    zone: tzinfo
    identity_of: Callable[[str], str]
    searched: Searched = Searched.LETTERS
    words_beginning: Callable[[str], tuple[str, ...] | None] = lambda _: None


def stretches(query: Query, around: Surroundings) -> list[Stretch]:
    """The stretches of time, newest first, in which letters may match; set-aside ones only where asked for."""
    if not asks_standing(query):
        parts = query.parts if isinstance(query, All) else (query,)
        query = All((*parts, Not(Filter(Field.IS, Standing.SET_ASIDE))))
    edges = sorted(
        {edge for bound in _dates(query) for edge in (_row_id(bound.first, around), _row_id(bound.end, around))}
    )
    found: list[Stretch] = []
    for first, end in reversed(list(zip([_FIRST_ID, *edges], [*edges, _LAST_ID], strict=True))):
        settled = _settle(query, first, around)
        if settled is False:
            continue
        formula = _whole(settled)
        if found and found[-1].first == end and found[-1].formula == formula:
            found[-1] = Stretch(first, found[-1].end, formula)
        else:
            found.append(Stretch(first, end, formula))
    return found


def _dates(query: Query) -> Iterable[When]:
    match query:
        case When():
            yield query
        case Not(part):
            yield from _dates(part)
        case All(parts) | Any(parts):
            for part in parts:
                yield from _dates(part)


def _row_id(day: date, around: Surroundings) -> int:
    """The lowest row id of the day: local midnight, or the first moment after it where clocks skip it."""
    return to_microseconds(datetime.combine(day, time(), around.zone)) // SECOND * SECOND


def _settle(query: Query, first: int, around: Surroundings) -> _Settled:
    """`query` for letters of the stretch that begins with row id `first`."""
    match query:
        case When(relation, day, end):
            is_before, is_after = first < _row_id(day, around), first >= _row_id(end, around)
            return {
                Relation.BEFORE: is_before,
                Relation.AFTER: is_after,
                Relation.ON: not is_before and not is_after,
            }[relation]
        case Not(Length() as length):
            return _length_without(length)
        case Not(part):
            return _not(_settle(part, first, around))
        case All(parts):
            return _all([_settle(part, first, around) for part in parts])
        case Any(parts):
            return _not(_all([_not(_settle(part, first, around)) for part in parts]))
        case _:
            return _leaf(query, around)


def _leaf(query: Word | Phrase | Prefix | Filter | Length | Last, around: Surroundings) -> _Settled:
    match query:
        case Filter(Field.IN, value):
            return value == around.searched
        case Filter(Field.CUE, value):
            return _cue(value, around)
        case Filter(field, value):
            return _Part((_filter(field, value, around),), is_filter=True)
        case Length(least, most):
            return _lengths(terms_of_range(least, most))
        case Last():
            raise AssertionError("settled before")
        case Word(text):
            return _word(text, around)
        case Phrase(text):
            return _phrase(text, around)
        case Prefix(text):
            return _prefix(text, around)


def _lengths(terms: Iterable[str], *, negated: bool = False) -> _Part:
    return _Part(tuple(map(Term, terms)), negated, is_filter=True)


def _length_without(length: Length) -> _Part:
    """Any other length: by its own terms, where these are fewer."""
    least, most = length.least, length.most
    within, below = terms_of_range(least, most), terms_of_range(0, least - 1)
    beside = below + (terms_of_range(most + 1, None) if most is not None else [])
    return _lengths(beside) if 0 < len(beside) < len(within) else _lengths(within, negated=True)


def _whole(settled: _Settled) -> Formula:
    everything = Term(filter_term(Property.ANY))
    if isinstance(settled, bool):
        return everything
    return without(everything, settled.any_of) if settled.negated else settled.formula


def _not(settled: _Settled) -> _Settled:
    return not settled if isinstance(settled, bool) else settled._replace(negated=not settled.negated)


def _all(settled: list[_Settled]) -> _Settled:
    """All of them. Filters are settled apart: FTS5 moves every part of an AND along, and words are the long lists."""
    if any(part is False for part in settled):
        return False
    parts = [part for part in settled if isinstance(part, _Part)]
    filters, words = ([part for part in parts if part.is_filter is first] for first in (True, False))
    if any(not part.negated for part in filters):
        filters = [_both(filters)]
    return _both([*words, *filters]) if parts else True


def _both(parts: list[_Part]) -> _Part:
    """All of `parts`, at least one; FTS5 knows only `a NOT b`, so what must not match is taken from what must."""
    wanted = [part.formula for part in parts if not part.negated]
    unwanted = tuple(formula for part in parts if part.negated for formula in part.any_of)
    is_filter = all(part.is_filter for part in parts)
    if not wanted:
        return _Part(unwanted, negated=True, is_filter=is_filter)
    return _Part((without(both(wanted), unwanted),), is_filter=is_filter)


def _filter(field: Field, value: str, around: Surroundings) -> Formula:
    if field is Field.FEELING:
        terms = tuple(feeling_terms(value))
        return side_by_side(terms, within=both(map(Term, terms)))
    return Term(_filter_term(field, value, around))


def _filter_term(field: Field, value: str, around: Surroundings) -> str:
    match field:
        case Field.CLIENT:
            return filter_term(Property.CLIENT, around.identity_of(value))
        case Field.FROM:
            return filter_term(Property.DIRECTION, Direction.OUT if value == Author.ME else Direction.IN)
        case Field.KIND:
            return filter_term(Property.KIND, value)
        case Field.TAG:
            return filter_term(Property.TAG, value)
        case Field.EXCHANGE:
            return filter_term(Property.EXCHANGE, value)
        case Field.HAS:
            return filter_term(_HAS[Has(value)])
        case Field.IS:
            return filter_term(_IS[value]) if value in _IS else filter_term(Property.STANDING, value)
        case Field.CUE | Field.FEELING | Field.IN:
            raise AssertionError("settled before")


_HAS = {Has.ENCLOSURE: Property.ENCLOSURE, Has.NOTE: Property.NOTE}
_IS: dict[str, Property] = {
    Is.OVERLENGTH: Property.OVERLENGTH,
    Is.UNANSWERED: Property.UNANSWERED,
    Is.UNREAD: Property.UNREAD,
}


def _cue(text: str, around: Surroundings) -> _Settled:
    """Words within one cue, side by side, in any of their forms."""
    tokens, goes_on = sought(text)
    if not tokens:
        return False
    cues = (tuple(cue_term(token, language) for token in tokens) for language in around.languages or ("",))
    return _Part(tuple(side_by_side(cue, goes_on=goes_on) for cue in cues), is_filter=True)


def _word(text: str, around: Surroundings) -> _Settled:
    """A word in all its forms; where it is several tokens, or of a script without spaces, exactly as it is."""
    tokens, goes_on = sought(text)
    if len(tokens) != 1 or is_dense(tokens[0]):
        return _tokens(tokens, around, goes_on=goes_on)
    return _Part(_stems(tokens[0], around))


def _stems(token: str, around: Surroundings) -> tuple[Formula, ...]:
    """All forms of a word, in each language."""
    return tuple(Term(stem_term(token, language)) for language in around.languages or ("",))


def _phrase(text: str, around: Surroundings) -> _Settled:
    tokens, goes_on = sought(text)
    return _tokens(tokens, around, goes_on=goes_on)


def _prefix(text: str, around: Surroundings) -> _Settled:
    tokens, goes_on = sought(text)
    return _tokens(tokens, around, goes_on=goes_on or (bool(tokens) and not is_dense(tokens[-1])))


def _tokens(tokens: tuple[str, ...], around: Surroundings, *, goes_on: bool) -> _Settled:
    if not tokens:
        return False
    if goes_on and len(tokens) == 1:
        return _beginning(tokens[0], around)
    whole = tokens[:-1] if goes_on else tokens
    # Where its words stand side by side, all of them stand in some form.
    within = both(Term(each) if is_dense(each) else either(_stems(each, around)) for each in whole)
    return _Part((side_by_side(tokens, goes_on=goes_on, within=within),))


def _beginning(text: str, around: Surroundings) -> _Settled:
    """Words that begin so: one term where the index keeps it, else each of the words, else FTS5's own way."""
    if len(text) in BEGINNING_LENGTHS:
        return _Part((Term(beginning_term(text)),))
    begun = Term(beginning_term(text[: max(BEGINNING_LENGTHS)]))
    words = around.words_beginning(text)
    if words is None:
        return _Part((Told(text, goes_on=True, within=begun),))
    return _Part((either(Told(word, within=begun) for word in words),)) if words else False
