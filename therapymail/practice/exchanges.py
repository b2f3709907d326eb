"""Exchanges with a client: listed, shown, and put right by hand; every correction is logged and can be taken back."""

from dataclasses import dataclass
from datetime import datetime

from therapymail.domain.client import Client
from therapymail.domain.course import Course, CourseStanding, standing_of
from therapymail.domain.exchange import Correction, Exchange
from therapymail.domain.exchange_shape import whole_hours
from therapymail.domain.kinds import Direction, Kind, Standing
from therapymail.domain.letter import Letter
from therapymail.domain.names import LetterName
from therapymail.domain.record import ToldExchange
from therapymail.errors import ExchangeUnknown, LetterUnsuited, NothingToUndo
from therapymail.practice.practice import Practice
from therapymail.vault import clients, corrections, letters
from therapymail.vault.agreements import agreements_with
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.courses import bring_courses_up_to_date
from therapymail.vault.exchanges import course_of
from therapymail.vault.statuses import statuses_of


@dataclass(frozen=True)
class ExchangesWith:
    """The exchanges with a client, how the work stands at `now`, and the names of all mails in them by digest."""

    client: Client
    course: Course
    standing: CourseStanding
    names: dict[bytes, LetterName]
    now: datetime

    def named(self, digests: tuple[bytes, ...]) -> tuple[str, ...]:
        """The names of these mails."""
        return tuple(str(self.names[digest]) for digest in digests if digest in self.names)

    def told(self, exchange: Exchange) -> ToldExchange:
        """An exchange as it is told of: it is late only where it was answered, or waits."""
        late = exchange.late_by(self.now) if exchange.answered or exchange in self.standing.waiting else None
        return ToldExchange(exchange, self.named(exchange.letters), self.named(exchange.responses), whole_hours(late))


def list_exchanges(practice: Practice, code: str) -> ExchangesWith:
    """All exchanges with a client. Raises ClientUnknown, UnusableInput, VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        return _exchanges(practice, reader, clients.client_by_code(reader, code))


def show_exchange(practice: Practice, code: str, number: int) -> tuple[ExchangesWith, Exchange]:
    """One exchange among all with a client. Raises ExchangeUnknown, ClientUnknown, UnusableInput, VaultLocked."""
    found = list_exchanges(practice, code)
    for exchange in found.course.exchanges:
        if exchange.number == number:
            return found, exchange
    raise ExchangeUnknown(found.client.code, number)


def split(practice: Practice, name: str) -> ExchangesWith:
    """Let a letter begin an exchange of its own. Raises LetterUnknown, LetterUnsuited, UnusableInput, VaultLocked."""
    with practice.vault() as vault, vault.writing() as writer:
        letter, client, exchange = _letter_of_exchange(writer, name)
        if exchange.letters[0] == letter.digest:
            raise LetterUnsuited(str(letter.name), f"exchange {exchange.number} begins with it already")
        return _corrected(practice, writer, client, (letter.digest,), Correction.SPLIT)


def join(practice: Practice, name: str) -> ExchangesWith:
    """Let the exchange that begins with a letter belong to the one before. Raises as `split`."""
    with practice.vault() as vault, vault.writing() as writer:
        letter, client, exchange = _letter_of_exchange(writer, name)
        if exchange.letters[0] != letter.digest:
            raise LetterUnsuited(
                str(letter.name), f"it belongs to exchange {exchange.number} with the letter before it already"
            )
        if exchange.number == 1:
            raise LetterUnsuited(str(letter.name), "there is no exchange before it")
        return _corrected(practice, writer, client, exchange.letters, Correction.JOIN)


def undo(practice: Practice, code: str) -> ExchangesWith:
    """Take the last correction of a client's exchanges back. Raises NothingToUndo, ClientUnknown, UnusableInput."""
    with practice.vault() as vault, vault.writing() as writer:
        client = clients.client_by_code(writer, code)
        made = corrections.corrections_of(writer, client.identity)
        if not made:
            raise NothingToUndo(f"no exchange of {client.code} was corrected by hand")
        corrections.undo(writer, client.identity, made[-1], practice.clock())
        bring_courses_up_to_date(writer)
        return _exchanges(practice, writer, client)


def _corrected(
    practice: Practice, writer: Writer, client: Client, digests: tuple[bytes, ...], correction: Correction
) -> ExchangesWith:
    corrections.correct(writer, client.identity, digests, correction, practice.clock())
    bring_courses_up_to_date(writer)
    return _exchanges(practice, writer, client)


def _letter_of_exchange(reader: Reader, name: str) -> tuple[Letter, Client, Exchange]:
    letter = letters.letter(reader, LetterName.parse(name))
    if letter.client is None or letter.standing is not Standing.ACCEPTED:
        raise LetterUnsuited(str(letter.name), "it does not count before it is accepted")
    if letter.direction is Direction.OUT or letter.kind is not Kind.LETTER:
        raise LetterUnsuited(str(letter.name), "only a client's letter begins an exchange, and it is none")
    course = course_of(reader, letter.client)
    for exchange in course.exchanges:
        if letter.digest in exchange.letters:
            return letter, clients.client_by_identity(reader, letter.client), exchange
    raise LetterUnsuited(str(letter.name), "it came after closing and is in no exchange")


def _exchanges(practice: Practice, reader: Reader, client: Client) -> ExchangesWith:
    course, now = course_of(reader, client.identity), practice.clock()
    agreements, statuses = agreements_with(reader, client.identity), statuses_of(reader, client.identity)
    digests = [digest for each in course.exchanges for digest in (*each.letters, *each.responses)]
    named = letters.names_of(reader, [*digests, *course.after_closing])
    names = {digest: name for digest, (name, _) in named.items() if name is not None}
    return ExchangesWith(client, course, standing_of(course, agreements, statuses, now), names, now)
