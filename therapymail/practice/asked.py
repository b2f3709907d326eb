"""What a person's search asks for, by the list of feelings, the day and the saved searches of this practice."""

from therapymail.domain.feelings import NO_FEELINGS, Feelings
from therapymail.domain.local_days import local_day
from therapymail.domain.query import Query
from therapymail.domain.query_settled import asks_exchanges, asks_feelings, asks_later_filters, settled
from therapymail.domain.query_text import read_query
from therapymail.domain.saved_search import called
from therapymail.errors import QueryUnreadable
from therapymail.practice.catching_up import Told, bring_exchanges_up_to_date, bring_filters_up_to_date, untold
from therapymail.practice.practice import Practice


def read_asked(practice: Practice, text: str) -> Query:
    """The query in `text`, whose first word may be `@` and the name of a saved search.

    Raises QueryUnreadable, VaultLocked.
    """
    expanded, shift = expand(practice, text)
    try:
        return read_query(expanded)
    except QueryUnreadable as unreadable:
        if expanded == text:
            raise
        position = unreadable.position - shift
        raise QueryUnreadable(text, max(0, position), unreadable.why) from None


def expand(practice: Practice, text: str) -> tuple[str, int]:
    """`text` with what a saved search says in the place of its name, and by how much all after it moved.

    Raises QueryUnreadable where no search has this name, VaultLocked.
    """
    call = called(text)
    if call is None:
        return text, 0
    from therapymail.vault.saved_searches import saved_search

    with practice.vault() as vault, vault.reading() as reader:
        found = saved_search(reader, call.name)
    if found is None:
        raise QueryUnreadable(
            text, text.index("@"), "no search is saved under this name; see `therapymail search --saved`"
        )
    said = f"({found.query})" if call.rest.strip() else found.query
    return said + call.rest.rstrip(), len(said) - call.offset


def asked_query(practice: Practice, text: str, told: Told = untold) -> Query:
    """As `read_asked`, to be carried out now. Raises as that and as `settle` do."""
    return settle(practice, read_asked(practice, text), told)


def settle(practice: Practice, query: Query, told: Told = untold) -> Query:
    """`query` for today and the practice's feelings; the record is made ready to answer it.

    `told` hears how far that is, where it has to be. Raises VaultLocked, and where it asks for feelings
    UnusableInput and FileUnusable.
    """
    if asks_later_filters(query):
        with practice.vault() as vault:
            bring_filters_up_to_date(vault, told)
            if asks_exchanges(query):
                bring_exchanges_up_to_date(vault, told)
    today = local_day(practice.clock(), practice.settings.zone)
    return settled(query, today, _feelings(practice) if asks_feelings(query) else NO_FEELINGS)


def _feelings(practice: Practice) -> Feelings:
    from therapymail.practice.feelings import feelings_of

    return feelings_of(practice)
