"""How long records are kept, what an erasure takes away, and its certificate: on the screen and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from therapymail.cli.output import narrate, print_json, print_table, print_text
from therapymail.domain.destruction import certificate_text, counted
from therapymail.domain.retention import MinorRule
from therapymail.domain.sanitise import sanitise
from therapymail.domain.wording import count_words
from therapymail.errors import FileUnusable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from therapymail.domain.retention import RetentionRule
    from therapymail.practice.erase import Plan
    from therapymail.practice.keeping import KeptRecord
    from therapymail.vault.erasures import Erasure

Shape = dict[str, Any]


def kept_shape(record: KeptRecord) -> Shape:
    """How one client's record is kept."""
    rule = record.rule
    return {
        "client": record.client.code,
        "months": rule.months if rule else None,
        "minors": rule.minors.value if rule else None,
        "born": _iso(rule.born if rule else None),
        "said": rule.said if rule else "",
        "ended": _iso(record.ended),
        "kept_until": _iso(record.keeping.kept_until),
        "held": record.hold is not None,
        "hold_reason": record.hold.reason if record.hold else "",
        "due": record.is_due,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def print_kept(records: Sequence[KeptRecord], *, as_json: bool) -> None:
    """How these records are kept."""
    if as_json:
        print_json({"retention": [kept_shape(each) for each in records]})
    elif not records:
        narrate("Nobody's time is over.")
    else:
        rows = [
            (
                each.client.code,
                _rule_words(each.rule),
                _iso(each.ended) or "goes on",
                _iso(each.keeping.kept_until) or "-",
                "held" if each.hold else "time is over" if each.is_due else "",
            )
            for each in records
        ]
        print_table(("CODE", "AGREED", "ENDED", "KEPT UNTIL", ""), rows)
        for each in records:
            if each.hold:
                narrate(f"{each.client.code} is held: {sanitise(each.hold.reason)}")


def _rule_words(rule: RetentionRule | None) -> str:
    if rule is None:
        return "nothing yet"
    if rule.until is not None:
        return "a day"
    years, months = divmod(rule.months, 12)
    how_long = count_words(years, "year") if not months else count_words(rule.months, "month")
    return how_long if rule.minors is MinorRule.NONE else f"{how_long}, {rule.minors.value}"


# --- erasing -------------------------------------------------------------------------------------------


def plan_shape(planned: Plan) -> Shape:
    """What an erasure would remove, and what stops it."""
    record = planned.record
    return {
        "client": record.client.code,
        "counts": dict(planned.counts),
        "held": record.hold is not None,
        "due": record.is_due,
        "kept_until": _iso(record.keeping.kept_until),
        "under_way": list(planned.under_way),
        "on_server": len(planned.places),
        "folders": [{"folder": name, "mails": number} for name, number in _folders(planned).items()],
        "earlier_backups": len(planned.backups),
        "set_aside": list(planned.aside),
    }


def _folders(planned: Plan) -> dict[str, int]:
    from therapymail.practice.remove_there import folders_of

    return folders_of(planned.places)


def say_plan(planned: Plan, *, on_server: bool) -> None:
    """What goes, as narration."""
    narrate(f"This removes all of {planned.record.client.code} from this practice:")
    for each in counted(planned.counts):
        narrate(f"  {each}")
    if planned.backups:
        narrate(f"{count_words(len(planned.backups), 'backup')} made before may still hold them.")
    for name in planned.aside:
        narrate(f"{name} was set aside and cannot be looked into: delete it, if notes about them may be there.")
    folders = _folders(planned)
    if on_server and folders:
        narrate("On the mail host, for good:")
        for name, number in folders.items():
            narrate(f"  {sanitise(name)}: {count_words(number, 'mail')}")
    elif folders:
        narrate(
            f"The {count_words(len(planned.places), 'mail')} on the mail host stay there (--on-server removes them)."
        )
    if planned.record.hold:
        narrate("A legal hold stops it.")


def certificate_shape(certified: Mapping[str, Any]) -> Shape:
    """The certificate of one erasure."""
    return dict(certified)


def say_erased(certified: Mapping[str, Any]) -> None:
    """That it is done."""
    narrate(f"Erased: {', '.join(counted(certified['counts']))}.")
    narrate("The certificate is kept: `therapymail retention erased`.")


def write_certificate(path: Path, certified: Mapping[str, Any], mark: str) -> None:
    """Write the certificate to a new file, for its owner alone. Raises FileUnusable, also where a file already is."""
    from therapymail.paths import place_private_file

    if not place_private_file(path.expanduser().absolute(), certificate_text(dict(certified), mark).encode()):
        raise FileUnusable(str(path), "there already is a file of that name")
    narrate(f"Certificate written: {path}")


def print_erasures(found: Sequence[Erasure], *, whole: bool, as_json: bool) -> None:
    """Every erasure, without whom; the certificates themselves where they are wanted `whole`."""
    if as_json:
        print_json({"erased": [certificate_shape(each.certificate) for each in found]})
    elif not found:
        narrate("Nothing was erased.")
    elif whole:
        for each in found:
            print_text(certificate_text(each.certificate))
    else:
        rows = [
            (str(number), each.certificate["moment"], str(each.certificate["counts"]["letters"]))
            for number, each in enumerate(found, start=1)
        ]
        print_table(("N", "WHEN", "LETTERS"), rows)
