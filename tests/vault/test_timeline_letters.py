"""What a timeline asks of letters: the same as a list says of them, of one client's alone."""

from itertools import product

from therapymail.domain.kinds import Direction, LetterState, Standing
from therapymail.domain.listing import ListFilter
from therapymail.vault.connection import Vault
from therapymail.vault.filing import file_letters
from therapymail.vault.letters import list_letters
from therapymail.vault.tags import tag
from therapymail.vault.timeline_letters import timeline_letters

from .builders import NOW, add_heron, add_wren, digest_of, filing, unopened

_FIELDS = ("digest", "direction", "kind", "standing", "state", "received", "words", "tags", "order", "facts")


def test_F14_a_timeline_is_told_of_each_letter_what_a_list_says_of_it(vault: Vault) -> None:
    with vault.writing() as writer:
        client, other = add_heron(writer), add_wren(writer)
        mixed = product(LetterState, Direction, (Standing.ACCEPTED, Standing.PROPOSED))
        filings = [
            (filing if state is LetterState.OPENED else unopened)(
                number, client, state=state, direction=direction, standing=standing
            )
            for number, (state, direction, standing) in enumerate(mixed)
        ]
        file_letters(writer, [*filings, filing(90, other), filing(91, None)], NOW)
        for number in (2, 5, 90):
            tag(writer, digest_of(number), ["work", "grief/father"], [], NOW)
        told = timeline_letters(writer, client)
        listed = list_letters(writer, ListFilter(client=client.identity))
    assert [each.name for each in told] == [str(each.name) for each in listed]
    assert [[getattr(each, field) for field in _FIELDS] for each in told] == [
        [getattr(each, field) for field in _FIELDS] for each in listed
    ]
    assert {each.tags for each in told} == {(), ("grief/father", "work")}
    assert len({each.facts.failure for each in told}) > 1
