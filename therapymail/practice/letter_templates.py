"""Templates of our own letters: ours or the therapist's own, filled in with what the agreement says."""

from datetime import timedelta

from therapymail.domain.agreement import Agreement
from therapymail.domain.client import Client
from therapymail.domain.course import CourseStanding
from therapymail.domain.day_words import moment_in_words, weekday_in_words
from therapymail.domain.draft import Draft
from therapymail.domain.letter_template import LARGEST, LETTER_TEMPLATES, Fact, LetterTemplate, read_letter_template
from therapymail.domain.local_days import local_day
from therapymail.errors import FileUnusable, UnusableInput
from therapymail.paths import error_phrase
from therapymail.practice.practice import Practice
from therapymail.practice.write import start_draft
from therapymail.vault import clients, exchanges

ENDING = ".txt"
_A_MOMENT = timedelta(seconds=1)  # the end of a day is the first moment of the next


def letter_template_names(practice: Practice) -> tuple[str, ...]:
    """The names of all templates for letters: ours, then those in `letter-templates` of the practice."""
    try:
        own = sorted(file.stem for file in practice.paths.letter_templates.glob(f"*{ENDING}"))
    except OSError:
        own = []
    return tuple(dict.fromkeys([*(each.name for each in LETTER_TEMPLATES), *own]))


def start_from_template(practice: Practice, code: str, name: str) -> Draft:
    """A new draft to the client `code` from the template `name`.

    Raises UnusableInput for a template that there is not or that is unreadable, FileUnusable, ClientUnknown,
    VaultLocked.
    """
    template = find_letter_template(practice, name)
    now = practice.clock()
    with practice.vault() as vault, vault.reading() as reader:
        client = clients.client_by_code(reader, code)
        standing = exchanges.standing(reader, client.identity, now)
    facts = facts_of(client, standing, practice.settings.name)
    return start_draft(practice, code, template.filled(facts), template.kind)


def find_letter_template(practice: Practice, name: str) -> LetterTemplate:
    """The template of this name; one of the therapist's own comes before ours. Raises UnusableInput, FileUnusable."""
    names = letter_template_names(practice)
    if name not in names:
        raise UnusableInput("template", f"there is none of this name; there are {', '.join(names)}")
    own = practice.paths.letter_templates / f"{name}{ENDING}"
    ours = {each.name: each for each in LETTER_TEMPLATES}
    if name in ours and not own.is_file():
        return ours[name]
    try:
        with own.open("rb") as opened:
            text = opened.read(4 * LARGEST + 1).decode()
    except OSError as error:
        raise FileUnusable(str(own), error_phrase(error)) from None
    except UnicodeDecodeError:
        raise UnusableInput("template", "its text must be UTF-8") from None
    return read_letter_template(name, text)


def facts_of(client: Client, standing: CourseStanding, therapist: str) -> dict[Fact, str]:
    """What is known of the work, in words for the client: days and hours on their own clock."""
    facts = {Fact.CLIENT: client.name.split()[0] if client.name.split() else "", Fact.ME: therapist}
    waiting = standing.waiting[0] if standing.waiting else standing.last
    if waiting is not None and waiting.is_open and waiting.due is not None:
        facts[Fact.DUE] = moment_in_words(waiting.due, client.zone)
    if standing.due is not None:
        facts[Fact.LETTER_DAY] = weekday_in_words(local_day(standing.due - _A_MOMENT, client.zone))
    if waiting is not None and waiting.place is not None:
        facts |= {Fact.PLACE: str(waiting.place), Fact.OF: str(waiting.block_of)}
    if standing.balance is not None:
        facts[Fact.LEFT] = str(standing.balance.left)
    facts[Fact.FALLBACK] = _fallback(standing.agreement)
    return facts


def _fallback(agreement: Agreement | None) -> str:
    return agreement.terms.fallback if agreement else ""
