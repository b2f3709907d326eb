"""The page docs/interoperability.md, made of a walk over real mail: figures and programs' names, nothing of a mail."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tests.support.corpora_walk import Walk, WalkedMail

# How a program names itself in its mail, and what it is called here; the first that fits counts.
_PROGRAMS = {
    "Thunderbird 1": r"Thunderbird 1\.",
    "Thunderbird 2": r"Thunderbird 2\.",
    "Icedove or Thunderbird with Enigmail": r"rv:(24|31|45|52|60|68)\.",
    "Thunderbird 78 or later": r"rv:\d|Mozilla Thunderbird",
    "KMail 4": r"KMail/4",
    "KMail 5": r"KMail/5",
    "Mutt 1.5": r"Mutt/1\.5",
    "Gnus": r"Gnus/",
    "Apple Mail": r"Apple Mail",
    "Roundcube": r"Round[Cc]ube",
    "Outlook": r"Outlook",
    "Alpine": r"Alpine",
    "alot": r"alot/",
}
# Of mail that names no program: who made the corpus.
_CORPORA = {
    "autocrypt-spec": "Autocrypt's examples",
    "gmime-mimekit": "GMime and MimeKit",
    "gpgol": "GpgOL and Outlook",
    "kde": "KMail's tests, of several programs",
    "mailpile": "Mailpile's tests, of several programs",
    "notmuch": "notmuch's tests",
    "pgpainless": "PGPainless and Cryptie",
    "pgpy": "PGPy and GnuPG 1 and 2",
    "protected-headers-draft": "the drafts of RFC 9788",
    "rt": "Request Tracker's tests, of several programs",
    "schleuder": "Schleuder's tests, of several programs",
}
HEADINGS = ("producer", "letters", "opened", "on request", "signature right")
_WITHOUT_OPENPGP = {"", "-"}

_INTRODUCTION = """\
# Interoperability

<!-- scripts/interoperability writes this page; do not edit it -->

What therapymail makes of real mail written by other people's programs. The mail comes from the projects named here,
with the keys that open it, and is no part of this repository. Each letter is opened and compared with what GnuPG
2.2.40 said of each OpenPGP message in it. **Opened**: what GnuPG could decrypt, and we open to the same bytes. **On
request**: of what is not opened with the mail, because it does not enclose it, what `--piece N` opens to the same
bytes. **Signature right**: what is signed, and gets the same finding from us, be it good, bad or made by an unknown
key. A mail counts once, by the program that it names, else by the project that it comes from.
"""
_EXCEPTIONS = """\
## What is not opened, or found otherwise, and why

None of these is an accident: each stands with its reason in `tests/pgp/test_corpora.py`, and a reason that no
longer holds fails the tests.
"""


@dataclass
class Tally:
    """The letters of one producer: those to be opened and those signed, and how many of them came out right."""

    letters: int = 0
    to_open: int = 0
    opened: int = 0
    on_request: int = 0
    signed: int = 0
    right: int = 0

    def take(self, each: WalkedMail) -> None:
        """Count a letter."""
        self.letters += 1
        if each.was_opened:
            self.to_open += 1
            self.opened += each.is_opened_right
            self.on_request += each.is_opened_on_request
        if each.recorded_signatures:
            self.signed += 1
            self.right += each.findings == each.recorded_signatures


def producer(corpus: str, named: str) -> str:
    """What the program is called that names itself `named` in a mail of `corpus`."""
    return next((name for name, shape in _PROGRAMS.items() if re.search(shape, named)), _CORPORA.get(corpus, corpus))


def page(walks: Mapping[str, Walk], exceptions: Iterable[tuple[str, str]], programs: str) -> str:
    """The page; `walks` by corpus, `exceptions` as what is not as recorded (`opened`, `signature`) and its reason.

    `programs` is the section on programs (correspondents.programs_table).
    """
    by_producer: dict[str, Tally] = {}
    for corpus, each in _letters(walks):
        assert each.tabled is not None
        by_producer.setdefault(producer(corpus, each.tabled.producer), Tally()).take(each)
    rows = [(name, *_cells(tally)) for name, tally in sorted(by_producer.items(), key=lambda item: item[0].lower())]
    rows.append(("**all**", *_cells(_sum(by_producer.values()))))
    reasons = Counter(exceptions)
    return "\n".join(
        [
            _INTRODUCTION,
            *_lines(HEADINGS, rows),
            "",
            _EXCEPTIONS,
            *_lines(("letters", "what", "reason"), [(str(count), *found) for found, count in sorted(reasons.items())]),
            "",
            programs,
        ]
    )


def _letters(walks: Mapping[str, Walk]) -> Iterator[tuple[str, WalkedMail]]:
    """The mails that have OpenPGP in them."""
    for corpus, found in walks.items():
        for each in found.mails:
            if each.tabled is not None and each.tabled.verdict not in _WITHOUT_OPENPGP:
                yield corpus, each


def _sum(tallies: Iterable[Tally]) -> Tally:
    whole = Tally()
    for each in tallies:
        whole.letters += each.letters
        whole.to_open += each.to_open
        whole.opened += each.opened
        whole.on_request += each.on_request
        whole.signed += each.signed
        whole.right += each.right
    return whole


def _cells(tally: Tally) -> tuple[str, str, str, str]:
    shut = tally.to_open - tally.opened
    opened = _of(tally.opened, tally.to_open)
    return str(tally.letters), opened, _of(tally.on_request, shut), _of(tally.right, tally.signed)


def _of(count: int, whole: int) -> str:
    return f"{count} of {whole}" if whole else ""


def _lines(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield "|---" * len(headings) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
