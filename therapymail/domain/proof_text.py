"""The words for the proof before send: what was held against the exact bytes that left, one sentence a check."""

from therapymail.domain.departure import Proof

# What matters most to a person first.
_CHECKS = {
    "key-ids": "It is sealed to the client's key and your own, and to nobody else.",
    "packets": "It is sealed with protection against alteration.",
    "canary": "No word of text, subject, enclosures or client stands outside the seal.",
    "to": "It goes to this client's address alone.",
    "subject": "The subject outside says nothing.",
    "fields": "No header field outside but the few that mail needs, each once; no Bcc.",
    "from": "It is from your address alone.",
    "message-id": "Its id names no machine.",
    "references": "It refers to nothing but the letters it answers.",
    "date": "Its date is that of departure, in UTC, and names no place.",
    "structure": "Its structure is that of one sealed letter (RFC 3156).",
    "armor": "What is sealed is whole and well formed.",
    "nothing-else": "There is not a byte besides.",
    "seven-bit": "Plain 7-bit text on the outside, as every mail host passes on unchanged.",
    "line-ends": "Every line ends as mail requires.",
    "line-length": "No line is longer than mail allows.",
}


def proof_sentences(proof: Proof) -> tuple[str, ...]:
    """What was held, one sentence a check; a check of another version stays readable."""
    known = [_CHECKS[code] for code in _CHECKS if code in proof.checks]
    return (*known, *(code.replace("-", " ").capitalize() + "." for code in proof.checks if code not in _CHECKS))
