"""Who writes to whom, when and what: the plaintexts of a corpus, the same for the same seed."""

import email.policy
import itertools
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

from bench.words import PHRASES, SUBJECTS, prose

DOMAIN = "practice.test"
THERAPIST_NAME = "Dr. Miriam Okafor"
THERAPIST_ADDRESS = f"therapist@{DOMAIN}"
_START = datetime(2020, 1, 6, 8, tzinfo=UTC)
_SPAN = timedelta(days=365 * 5)
_LONGEST_THREAD = 30
_FIRST = """Ana Ben Cleo Dmitri Elif Farah Gus Hana Ivo Jolene Kofi Lena Mats Noor Otto Priya Quinn Rosa Sami Tove Uma
Viktor Wren Xenia Yusuf Zoë André Björn Chloé Désirée""".split()  # noqa: SIM905 - as in words.py
_LAST = """Almeida Brandt Castellano Dvořák Eriksen Fontaine Grünwald Haddad Ibarra Jankowski Kessler Lindqvist Moreau
Nakamura Oyelaran Petrov Quispe Rinaldi Sørensen Tanaka Ulrich Vargas Whitlock Xu Yilmaz Zielinski""".split()  # noqa: SIM905 - as in words.py


@dataclass(frozen=True)
class Person:
    """Somebody who writes; `key` is gpg's name for their key's algorithm."""

    name: str
    address: str
    key: str


@dataclass(frozen=True)
class PlannedLetter:
    """A letter before it is written; `client` counts from 0, `references` are Message-IDs, oldest first."""

    message_id: str
    thread: int
    client: int
    by_therapist: bool
    written: datetime
    subject: str
    references: tuple[str, ...]


@dataclass(frozen=True)
class WrittenLetter:
    """The plaintext of a letter, and what was planted in it to be found again."""

    text: str
    planted: tuple[str, ...]
    hides_subject: bool
    entity: bytes = field(repr=False)
    boundary: str = ""


def people(count: int, seed: int, therapist_key: str) -> tuple[Person, list[Person]]:
    """The therapist and `count` clients; every fourth client has an RSA key."""
    names = [f"{first} {last}" for first, last in itertools.product(_FIRST, _LAST)]
    random.Random(seed).shuffle(names)
    clients = [
        Person(f"{names[i % len(names)]}", f"client{i:03d}@{DOMAIN}", "rsa3072" if i % 4 == 3 else "cv25519")
        for i in range(count)
    ]
    return Person(THERAPIST_NAME, THERAPIST_ADDRESS, therapist_key), clients


def plan_letters(total: int, clients: int, seed: int) -> list[PlannedLetter]:
    """`total` letters in order of writing, in threads; some clients write a lot, most a little."""
    rng = random.Random(f"plan:{seed}")
    weights = [1 / (number + 3) for number in range(clients)]
    planned: list[PlannedLetter] = []
    for thread in itertools.count(1):
        if len(planned) >= total:
            break
        planned += _thread(rng, thread, rng.choices(range(clients), weights)[0], len(planned), total)
    return sorted(planned, key=lambda letter: (letter.written, letter.message_id))


def _thread(rng: random.Random, thread: int, client: int, before: int, total: int) -> list[PlannedLetter]:
    written = _START + _SPAN * rng.random()
    subject, by_therapist = rng.choice(SUBJECTS), rng.random() < 0.25
    letters: list[PlannedLetter] = []
    for _ in range(min(1 + int(rng.expovariate(1 / 4)), total - before, _LONGEST_THREAD)):
        chain = tuple(letter.message_id for letter in letters)
        message_id = f"<{rng.getrandbits(64):016x}.{before + len(letters)}@{DOMAIN}>"
        title = f"Re: {subject}" if chain else subject
        letters.append(PlannedLetter(message_id, thread, client, by_therapist, written, title, chain))
        by_therapist = by_therapist if rng.random() < 0.15 else not by_therapist
        written += timedelta(seconds=rng.expovariate(1 / (30 * 3600)) + 300)
    return letters


def write_letter(letter: PlannedLetter, seed: int) -> WrittenLetter:
    """The letter's plaintext: 88 % text, 6 % with HTML, 6 % with an enclosure; 40 % hide their subject."""
    rng = random.Random(f"{seed}:{letter.message_id}")
    planted = [f"marker{letter.client:03d}"] if rng.random() < 0.2 else []
    if rng.random() < 0.05:
        planted.append(rng.choice(PHRASES))
    text = prose(rng, rng.randint(150, 900), planted)
    if letter.references:
        quoted = prose(rng, rng.randint(20, 60), []).splitlines()
        text += "\n".join(["", "On an earlier day you wrote:", *(f"> {line}" for line in quoted)]) + "\n"
    hides_subject = rng.random() < 0.4
    entity = _entity(rng, text, letter.subject if hides_subject else None)
    return WrittenLetter(text, tuple(planted), hides_subject, entity, f"=-{rng.getrandbits(80):020x}")


def _entity(rng: random.Random, text: str, subject: str | None) -> bytes:
    """The MIME entity that is signed and sealed; with a subject, a protected header (hp v1)."""
    message = EmailMessage(policy=email.policy.default.clone(linesep="\r\n"))
    message.set_content(text, cte="quoted-printable")
    kind = rng.random()
    if kind < 0.06:
        paragraphs = "".join(f"<p>{paragraph}</p>\n" for paragraph in text.split("\n\n"))
        message.add_alternative(f"<html><body>{paragraphs}</body></html>\n", subtype="html", cte="quoted-printable")
    elif kind < 0.12:
        enclosure = rng.randbytes(rng.randint(4_000, 60_000))
        message.add_attachment(
            enclosure, maintype="application", subtype="pdf", filename=f"diary-{rng.randint(1, 99)}.pdf"
        )
    if message.is_multipart():  # else the standard library draws one of its own, each time another
        message.set_boundary(f"part-{rng.getrandbits(80):020x}")
    if subject is not None:
        message["Subject"] = subject
        message.set_param("protected-headers", "v1", header="Content-Type")
    return message.as_bytes()
