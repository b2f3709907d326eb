"""What a mail is: its kind, direction, standing and state (PRODUCT, the words)."""

from enum import StrEnum


class Kind(StrEnum):
    """The one kind that every filed mail has (F02); `bounce` is a delivery report."""

    LETTER = "letter"
    RESPONSE = "response"
    ADMIN = "admin"
    CLARIFICATION = "clarification"
    UPDATE = "update"
    MODULE = "module"
    MEASURE = "measure"
    CONSENT = "consent"
    AGREEMENT = "agreement"
    RECEIPT = "receipt"
    CHECK_IN = "check-in"
    SAFETY = "safety"
    BOUNCE = "bounce"


class Direction(StrEnum):
    """`in` from the client, `out` from the therapist."""

    IN = "in"
    OUT = "out"


class Standing(StrEnum):
    """Whether a mail counts.

    `accepted` counts; `proposed` waits for the therapist; `set-aside` is attached to no client, because
    another key signed it or its From cannot be one person's.
    """

    ACCEPTED = "accepted"
    PROPOSED = "proposed"
    SET_ASIDE = "set-aside"


class LetterState(StrEnum):
    """What is held of a letter.

    Its text (`opened`), only its original because a key is missing (`sealed`) or opening it `failed`, or
    nothing but its place because it is `too-large`.
    """

    OPENED = "opened"
    SEALED = "sealed"
    FAILED = "failed"
    TOO_LARGE = "too-large"


def first_kind(direction: Direction, *, is_delivery_report: bool) -> Kind:
    """The kind a mail gets by the first rule, before the therapist says otherwise."""
    if is_delivery_report:
        return Kind.BOUNCE
    return Kind.LETTER if direction is Direction.IN else Kind.RESPONSE
