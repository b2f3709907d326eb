"""Copies of one letter below different headers: the one of highest standing holds, whichever came first."""

from collections.abc import Sequence

from therapymail.domain.kinds import LetterState, Standing
from therapymail.domain.letter import Filing
from therapymail.vault.connection import Reader

_STANDINGS = (Standing.SET_ASIDE, Standing.PROPOSED, Standing.ACCEPTED)  # lowest first
_OPENED = LetterState.OPENED


def sorted_out(reader: Reader, filings: Sequence[Filing]) -> tuple[list[Filing], list[Filing]]:
    """Of each letter the copy of highest standing: those not in the record, and those that stand higher than it.

    Of copies that stand alike and came together the one received first holds: a letter sent again is not a later one.

    A copy that was not opened never takes the place of one that was: it would take the text away.
    """
    distinct: dict[bytes, Filing] = {}
    for each in filings:
        held = distinct.get(each.digest)
        if held is None or _stands_higher(each.standing, held.standing) or _is_the_earlier(each, held):
            distinct[each.digest] = each
    new, better = [], []
    known = (
        "SELECT standing, state FROM letter WHERE digest = ?1"
        " UNION ALL SELECT NULL, NULL FROM erased_letter WHERE digest = ?1"
    )
    for each in distinct.values():
        row = reader.row(known, (each.digest,))
        if row is None:
            new.append(each)
        elif row[0] is not None and _stands_higher(each.standing, row[0]) and each.state in {row[1], _OPENED}:
            better.append(each)
    return new, better


def _is_the_earlier(one: Filing, other: Filing) -> bool:
    alike = one.standing is other.standing and one.state in {other.state, _OPENED}
    return alike and one.received < other.received


def _stands_higher(one: str, other: str) -> bool:
    return _STANDINGS.index(one) > _STANDINGS.index(other)
