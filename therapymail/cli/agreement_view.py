"""Agreements on the screen and as JSON: one version whole, what a new one would change, and all there were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from therapymail.cli.output import narrate, print_line, print_table, utc_text
from therapymail.domain.agreement_terms import LABELS, terms_as_json
from therapymail.domain.agreement_text import outline, start_words, state_words, term_lines
from therapymail.domain.local_days import is_end_of_day
from therapymail.domain.wording import count_words, local_text

if TYPE_CHECKING:
    from therapymail.domain.agreement import Agreement, Terms
    from therapymail.practice.agree import Agreed, Proposal

Shape = dict[str, Any]
_LABEL = 18


def agreement_shape(agreement: Agreement, in_force: Agreement | None) -> Shape:
    """One version with its terms."""
    return {
        "version": agreement.version or None,
        "starts": utc_text(agreement.starts),
        "made": utc_text(agreement.made) if agreement.version else None,
        "withdrawn": utc_text(agreement.withdrawn),
        "in_force": in_force is not None and agreement.identity == in_force.identity,
        "terms": terms_as_json(agreement.terms),
    }


def agreed_shape(agreed: Agreed, proposal: Proposal | None = None) -> Shape:
    """What holds now, or the version that was made or (without a number) would be; and every version there was.

    `proposed` are the terms that would be, where nothing holds.
    """
    shown = proposal.agreement if proposal else agreed.in_force
    changes = proposal.changes if proposal else ()
    return {
        "client": agreed.client.code,
        "agreement": agreement_shape(shown, agreed.in_force) if shown else None,
        "proposed": None if agreed.in_force else terms_as_json(agreed.proposed),
        "changes": [{"term": each.term, "before": each.before, "after": each.after} for each in changes],
        "exchanges": list(proposal.exchanges) if proposal else [],
        "agreements": [agreement_shape(each, agreed.in_force) for each in agreed.versions],
    }


def print_agreed(agreed: Agreed) -> None:
    """The version that holds; one that is still to start is mentioned."""
    code = agreed.client.code
    if agreed.in_force is None:
        narrate(f"Nothing is agreed with {code} now, so no clock runs. These terms would be proposed:")
        _print_terms(agreed.proposed)
        narrate(f"`therapymail agree {code}` makes an agreement.")
    else:
        _print_version(agreed.in_force, code)
        _print_terms(agreed.in_force.terms)
    for each in agreed.versions:
        if each.withdrawn is None and each.starts > agreed.now:
            narrate(f"Version {each.version} starts on {start_words(each)} ({each.terms.client_zone}).")


def print_history(agreed: Agreed) -> None:
    """Every version: when it started, when it was made, whether it holds; and what each changed in the one before."""
    if not agreed.versions:
        narrate(f"Nothing was ever agreed with {agreed.client.code}.")
        return
    rows = [
        (
            str(each.version),
            start_words(each),
            local_text(each.made, each.terms.own_zone),
            state_words(each, agreed.in_force, agreed.now),
        )
        for each in agreed.versions
    ]
    print_table(("VERSION", "STARTS", "MADE", "STATE"), rows)
    before = None
    for each in agreed.versions:
        said = outline(each.terms) if before is None else _changed(before, each.terms)
        print_line(f"Version {each.version}: {said}.", hang=2)
        before = before if each.withdrawn else each.terms


def print_proposal(proposal: Proposal) -> None:
    """What a new version changes, from when on, and which exchanges come under it."""
    agreement, before = proposal.agreement, proposal.before
    against = f"against version {before.version}" if before else "all terms"
    zone = agreement.terms.client_zone
    # Made for the next exchange on, it starts the minute it is made, which is no day that anybody agreed on.
    since = f"{start_words(agreement)} ({zone})" if is_end_of_day(agreement.starts, zone) else "the next exchange on"
    print_line(f"{proposal.client.code}: from {since}, {against}")
    if before is None:
        _print_terms(agreement.terms)
        _say_what_comes_under_it(proposal)
        return
    width = max((len(LABELS[each.term]) for each in proposal.changes), default=0)
    for each in proposal.changes:
        print_line(f"  {LABELS[each.term]:<{width}}  {each.after} instead of {each.before}", hang=width + 4)
    _say_what_comes_under_it(proposal)


def _say_what_comes_under_it(proposal: Proposal) -> None:
    if proposal.exchanges:
        first, last = proposal.exchanges[0], proposal.exchanges[-1]
        which = f"Exchange {first} comes" if first == last else f"Exchanges {first} to {last} come"
        narrate(f"{which} under it: begun after it starts. Earlier ones keep their terms.")
    else:
        narrate("Exchanges that have begun keep their terms.")
    if proposal.left is not None and proposal.left.left:
        left = count_words(proposal.left.left, "exchange")
        narrate(
            f"A new block begins; {left} of the one before are left. `--carried {proposal.left.left}` takes them along."
        )


def _print_version(agreement: Agreement, code: str) -> None:
    print_line(f"{code}  version {agreement.version}, since {start_words(agreement)} ({agreement.terms.client_zone})")


def _print_terms(terms: Terms) -> None:
    for label, text in term_lines(terms):
        print_line(f"{label:<{_LABEL}}{text}", hang=_LABEL)


def _changed(before: Terms, after: Terms) -> str:
    from therapymail.practice.agree import changes_between

    changes = changes_between(before, after)
    return (
        "; ".join(f"{LABELS[each.term]} {each.after} instead of {each.before}" for each in changes) or "the same terms"
    )
