"""One fault: of what kind, and at which point of a day it strikes; all of it follows from a seed. Pure."""

import random
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Wire(StrEnum):
    """Which of the two conversations with the mail host."""

    IMAP = "IMAP"
    SMTP = "SMTP"


class Speaker(StrEnum):
    """Whose bytes."""

    CLIENT = "client"
    SERVER = "server"


class Kind(StrEnum):
    """What goes wrong; the value is how the table of docs/reliability.md calls it."""

    CUT = "connection cut at a byte"
    STALL = "connection stalled at a byte"
    DUPLICATE = "bytes said twice"
    TRUNCATE = "bytes missing"
    DRIP = "slow drip"
    WRONG_ANSWER = "wrong tags and codes"
    BYE = "BYE and 421"
    EXPIRED = "expired certificate"
    RENUMBERED = "UIDVALIDITY changed"
    EMPTIED = "mailbox emptied"
    FULL_DISK = "disk full"
    READ_ONLY = "disk read-only"
    CLOCK = "clock jumped"
    GPG_KILLED = "gpg killed"
    AGENT_KILLED = "gpg-agent killed"
    KILLED = "program killed (kill -9)"


KINDS = tuple(Kind)
ON_THE_WIRE = frozenset({Kind.CUT, Kind.STALL, Kind.DUPLICATE, Kind.TRUNCATE, Kind.DRIP, Kind.WRONG_ANSWER, Kind.BYE})

# How long a day is: a little less than is said and done in one without a fault (test_a_day_is_as_long_as_faults_think).
BYTES = {
    (Wire.IMAP, Speaker.CLIENT): 8_500,
    (Wire.IMAP, Speaker.SERVER): 16_000,
    (Wire.SMTP, Speaker.CLIENT): 5_300,
    (Wire.SMTP, Speaker.SERVER): 500,
}
BOUNDARIES = 655
PROCESSES = 15  # of gpg
STEPS = 9


@dataclass(frozen=True)
class AtByte:
    """When so many bytes of `speaker` have passed on `wire`, all connections of the day together."""

    wire: Wire
    speaker: Speaker
    count: int

    def __str__(self) -> str:
        return f"byte {self.count} of the {self.speaker} on {self.wire}"


@dataclass(frozen=True)
class AtBoundary:
    """At the so-manieth boundary of a step inside the program, from 1 (tests.soak.desk)."""

    number: int

    def __str__(self) -> str:
        return f"boundary {self.number}"


@dataclass(frozen=True)
class AtStep:
    """Before the so-manieth step of the day, from 0, when no vault is open (tests.soak.working_day)."""

    number: int

    def __str__(self) -> str:
        return f"step {self.number}"


@dataclass(frozen=True)
class AtProcess:
    """When the so-manieth gpg was started, from 1."""

    number: int

    def __str__(self) -> str:
        return f"gpg process {self.number}"


Point = AtByte | AtBoundary | AtStep | AtProcess


@dataclass(frozen=True)
class Fault:
    """What strikes, and when. Of the rest each kind takes what it needs.

    `size` in bytes: said twice, missing, dripping, left free on the disk; or how long a gpg still works, in fifths of
    a millisecond. `abrupt`: without a goodbye, at once; `jump`: of the clock; `both`: both hosts, every folder,
    the memory-backed disk in place of the practice's.
    """

    seed: int
    kind: Kind
    point: Point
    size: int = 0
    abrupt: bool = False
    both: bool = False
    jump: timedelta = timedelta()

    def __str__(self) -> str:
        return f"seed {self.seed}: {self.kind} at {self.point}"


def fault_of(seed: int) -> Fault:
    """The fault of this seed; each kind comes once in len(KINDS) seeds."""
    dice = random.Random(f"therapymail soak {seed}")
    kind = KINDS[seed % len(KINDS)]
    return Fault(
        seed,
        kind,
        _point(kind, dice),
        size=_size(kind, dice),
        abrupt=dice.random() < 0.5,
        both=dice.random() < 0.5,
        jump=_jump(dice),
    )


def _point(kind: Kind, dice: random.Random) -> Point:
    if kind in ON_THE_WIRE:
        return _byte(dice, *_speakers(kind))
    if kind in {Kind.EXPIRED, Kind.READ_ONLY}:
        return AtStep(dice.randrange(STEPS))
    if kind in {Kind.RENUMBERED, Kind.EMPTIED}:
        return AtStep(dice.randrange(STEPS)) if dice.random() < 0.5 else _byte(dice, (Wire.IMAP, Speaker.SERVER))
    if kind is Kind.GPG_KILLED:
        return AtProcess(dice.randint(1, PROCESSES))
    if kind is Kind.KILLED and dice.random() < 0.4:
        return _byte(dice, *BYTES)
    return AtBoundary(dice.randint(1, BOUNDARIES))


def _speakers(kind: Kind) -> tuple[tuple[Wire, Speaker], ...]:
    """Whose bytes a fault can strike without making a host that lies about a letter it has taken.

    No program can know that a letter was spoilt after it left (TLS sees to that), or was taken by a host that says
    it was not: so only what the host says is spoilt, and a 421 comes in place of what the program said.
    """
    if kind in {Kind.DUPLICATE, Kind.TRUNCATE, Kind.WRONG_ANSWER}:
        return ((Wire.IMAP, Speaker.SERVER), (Wire.SMTP, Speaker.SERVER))
    if kind is Kind.BYE:
        return ((Wire.IMAP, Speaker.SERVER), (Wire.SMTP, Speaker.CLIENT))
    return tuple(BYTES)


def _byte(dice: random.Random, *speakers: tuple[Wire, Speaker]) -> AtByte:
    wire, speaker = dice.choice(speakers)
    return AtByte(wire, speaker, dice.randint(1, BYTES[wire, speaker]))


def _size(kind: Kind, dice: random.Random) -> int:
    if kind is Kind.FULL_DISK:
        return dice.choice((0, 0, 4_096, 16_384, 65_536))
    return int(2 ** dice.uniform(0, 8))


def _jump(dice: random.Random) -> timedelta:
    hours = dice.choice((0.02, 1, 9, 30, 24 * 20, 24 * 400)) * dice.uniform(0.8, 1.2)
    return timedelta(hours=hours) * dice.choice((1, -1))
