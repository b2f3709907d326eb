"""The round trip: whether a sealed letter to oneself leaves, comes back and opens."""

from collections.abc import Iterator

from therapymail.practice.checks.check import Check
from therapymail.practice.practice import Practice
from therapymail.practice.roundtrip import RoundTrip, Tell, prove_roundtrip

NAME = "round trip"


def look_at_roundtrip(practice: Practice, tell: Tell) -> Iterator[Check]:
    """Send the letter and wait for it. Raises as prove_roundtrip."""
    yield roundtrip_check(prove_roundtrip(practice, tell))


def roundtrip_check(proven: RoundTrip) -> Check:
    """A round trip that is proven, as a finding: what came back, and what should be put right all the same."""
    seconds = round(proven.seconds)
    back = f"after {seconds} s" if seconds else "at once"
    says = f"A sealed letter to yourself left, came back {back} and opened."
    next_step = ""
    if proven.rewritten:
        says += " But something on its way rewrote what stands around the seal."
        next_step = "Ask your mail provider to leave sealed mail as it is; your clients' programs may not open it."
    elif proven.in_junk:
        says += " But your mail host took it for junk."
        next_step = f"Mark it as wanted in {proven.folder}, with another mail program."
    else:
        says += f" It stays in {proven.folder}; you may delete it."
    return Check(NAME, ok=True, says=says, next_step=next_step)
