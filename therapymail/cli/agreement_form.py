"""The form of an agreement in the therapist's own editor, opened again until it can be agreed or is given up."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from therapymail.cli.asking import ask_yes, ensure_unlocked
from therapymail.cli.editing import edit
from therapymail.cli.output import narrate
from therapymail.domain.agreement_form import read_back, rendered
from therapymail.domain.local_days import local_day
from therapymail.errors import AgreementImpossible, TherapymailError, UnusableInput, explain
from therapymail.practice.agree import NEXT_EXCHANGE, NewTerms, propose, show_agreement

if TYPE_CHECKING:
    from therapymail.practice.practice import Practice


@dataclass
class FormWriting:
    """The form while it is in the editor; what the file holds last is `text`."""

    practice: "Practice"
    code: str
    text: str
    parted: tuple[type[TherapymailError], ...] = field(default=())

    @property
    def name(self) -> str:
        """What the file is called."""
        return f"agreement-{self.code}"

    def shown(self) -> str:
        """The form."""
        return self.text

    def keep(self, file: str) -> None:
        """Remember what the file holds: nothing of it is on the record before it is agreed."""
        self.text = file

    def keep_apart(self, file: str) -> str:
        """As `keep`: nothing can come between."""
        self.text = file
        return self.name

    def unlock(self) -> None:
        """Unlock the practice."""
        ensure_unlocked(self.practice)


def asked_in_editor(practice: "Practice", code: str) -> NewTerms | None:
    """What the therapist writes into the form; None where they change nothing or give it up. Raises as `edit`."""
    agreed = show_agreement(practice, code)
    first = agreed.in_force is None and not agreed.versions
    starts = f"{local_day(agreed.now, agreed.proposed.client_zone):%Y-%m-%d}" if first else NEXT_EXCHANGE
    writing = FormWriting(practice, agreed.client.code, rendered(agreed.client.code, agreed.proposed, starts))
    while True:
        before = writing.text
        edit(practice, writing)
        changes, said, wrong = read_back(writing.text)
        if writing.text == before and not first:
            narrate("Nothing was changed, so nothing was made.")
            return None
        wanted = NewTerms(code, changes, said)
        try:
            _examine(practice, wanted, wrong)
        except (AgreementImpossible, UnusableInput) as problem:
            narrate(explain(problem).sentence)
            first = True  # the same text again is an answer now
            if not ask_yes("Open the form again?", default=True):
                return None
        else:
            return wanted


def _examine(practice: "Practice", wanted: NewTerms, wrong: tuple[str, ...]) -> None:
    """Raises what stands against it: lines that name no term, or what `propose` finds."""
    if wrong:
        raise AgreementImpossible(wrong)
    propose(practice, wanted)
