"""The mailboxes of an address header (RFC 5322 section 3.4), each counted, however it is written."""

import re
from dataclasses import dataclass

from therapymail.domain.addresses import canonical_address
from therapymail.errors import UnusableInput
from therapymail.mail.encoded_words import decoded_words, one_line

MAX_MAILBOXES = 500
_SIMPLE = re.compile(r'(?:([^"(),:;<>@\\[\]]*)<([^"(),:;<>\\\s]+)>|([^"(),:;<>\\\s]+))')
_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*(?:"|$)'  # quoted string, closed or not
    r"|<[^<>]*(?:>|$)"  # the address
    r"|\((?:[^()\\]|\\.)*\)"  # comment
    r"|\[[^\]]*\]"  # domain literal
    r'|[,;:]|[^"<(\[,;:]+|.'
)
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class NamedAddress:
    """One mailbox: its display name (one line, not sanitised) and canonical address, empty if unusable."""

    name: str
    address: str


def mailboxes(value: str) -> tuple[NamedAddress, ...]:
    """Every mailbox in `value`, an unfolded header field; at most MAX_MAILBOXES. Never raises.

    A mailbox without a usable address counts too (PGP.md I1: exactly one mailbox), an empty list or group
    does not. Encoded words are read after the list is taken apart, so no comma in a name divides it, and
    an address inside an encoded word is no address.
    """
    simple = _SIMPLE.fullmatch(value)
    if simple:
        name, in_brackets, bare = simple.groups()
        return (NamedAddress(decoded_words((name or "").strip()), _usable(in_brackets or bare)),)
    return tuple(_mailbox(tokens) for tokens in _divided(value)[:MAX_MAILBOXES])


def _divided(value: str) -> list[list[str]]:
    """The tokens of each mailbox: divided at commas and semicolons, the names of groups taken out."""
    found: list[list[str]] = [[]]
    for token in _TOKEN.finditer(value):
        text = token[0]
        if text in {",", ";"}:
            found.append([])
        elif text == ":" and "@" not in "".join(found[-1]):
            found[-1] = []  # what stood before it is a group's name
        else:
            found[-1].append(text)
    return [tokens for tokens in found if any(token.strip() and not token.startswith("(") for token in tokens)]


def _mailbox(tokens: list[str]) -> NamedAddress:
    angles = [token for token in tokens if token.startswith("<")]
    if not angles:
        bare = "".join(token for token in tokens if not token.startswith("("))
        return NamedAddress("", _usable(bare))
    address = _usable(angles[0][1:-1]) if len(angles) == 1 and angles[0].endswith(">") else ""
    name = " ".join(_unquoted(token) for token in tokens if not token.startswith(("<", "(")))
    return NamedAddress(decoded_words(one_line(name)), address)


def _unquoted(token: str) -> str:
    if not token.startswith('"'):
        return token.strip()
    return _ESCAPED.sub(r"\1", token[1:].removesuffix('"'))


def _usable(text: str) -> str:
    try:
        return canonical_address(text)
    except UnusableInput:
        return ""
