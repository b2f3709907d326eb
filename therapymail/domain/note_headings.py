"""Headings in a process note that belong in the record: what 45 CFR 164.501 leaves out of psychotherapy notes.

Session times, modality and frequency, test results, and any summary of diagnosis, functional status, treatment
plan, symptoms, prognosis and progress must not be found in process notes alone (DOMAIN, HIPAA Privacy).
"""

import re

from therapymail.domain.note_template import sections_of

_OF_THE_RECORD = re.compile(
    r"""\b(?: diagnos[ei]s | prognosis | symptoms? | functional\ status | treatment\ plan | care\ plan | plan\ of\ care
      | medication s? | prescriptions? | (?:session|start|stop|end)(?:\ and\ (?:start|stop|end))?\ times? | duration
      | modalit(?:y|ies) | frequency | test\ results? | clinical\ tests? | measures? | scores?
      | (?:phq|gad|core)-?\s?[0-9]+ | progress(?:\ to\ date)? | mental\ state | attendance | risk\ assessment )\b""",
    re.VERBOSE | re.IGNORECASE,
)
_LABEL = re.compile(r"(?:#{1,6}[ \t]+|\*\*)?([^\n:*#]{2,40}?)(?:\*\*)?:?(?:\*\*)?")
_LABELLED = re.compile(r"(?:[-*][ \t]+)?(?:\*\*)?([A-Z][^\n:*#.?!]{1,39}?)(?:\*\*)?:(?:\*\*)?(?:[ \t].*)?")


def headings_of_the_record(text: str) -> tuple[str, ...]:
    """The headings of `text` that name what belongs in a progress note, each once, in their order.

    A heading is `## Treatment plan`, or a line that begins `Treatment plan:`. Running text says what it likes.
    """
    named: dict[str, None] = {}
    for heading, lines in sections_of(text):
        candidates = [heading, *(found[1] for line in lines if (found := _LABELLED.fullmatch(line.strip())))]
        candidates += [found[1] for line in lines if line.startswith("#") and (found := _LABEL.fullmatch(line.strip()))]
        for candidate in candidates:
            if candidate and _OF_THE_RECORD.search(candidate):
                named.setdefault(candidate.strip())
    return tuple(named)
