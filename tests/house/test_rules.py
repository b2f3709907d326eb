"""Every rule of OpenPGP mail that this program keeps has a test whose name says so.

The rules are those of the project's shared list of rules for OpenPGP mail (A armor and inline, M reading PGP/MIME,
I who signed, HP header protection, K keys, AC Autocrypt, W writing); its sections on running gpg, on reading gpg's
status, and its list of attacks have no numbers there and bear names of ours here. Beside each stands what it asks for.
"""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent

RUNNING = {
    "RUN_ARGV": "gpg gets the same options always: no configuration, terminal, network or foreign trust",
    "RUN_STATUS": "status comes over a pipe of its own, as bytes, and only a line feed ends a line",
    "RUN_STDERR": "what gpg tells people is neither parsed nor shown",
    "RUN_STDIN": "gpg may end before it has read all; file names stand behind --",
    "RUN_PASSPHRASE": "a passphrase has a pipe of its own; none is asked for, a wrong one is called wrong",
    "RUN_LIMITS": "every process has a cap of output and of seconds",
    "RUN_CORE": "no core dump, a small environment",
    "RUN_HOME": "the home is ours alone, 0700",
    "RUN_ENCRYPT": "sealed to full fingerprints, the own among them, and only on gpg's whole word; else nothing",
    "RUN_RECIPIENTS": "as many sealed session keys as recipients, counted by ourselves",
    "RUN_WKD": "a key directory is asked only on request, and its answer is looked at before it is anything",
}
STATUS = {
    "OK_ONCE": "one message begun, one plaintext in it, one end",
    "OK_SPOILT": "nothing after the beginning says that it failed",
    "OK_MDC": "integrity was checked",
    "OK_EXIT": "the exit code decides, where it is about the message; else a second run does",
    "OK_EARLY": "another own key that failed before is no failure",
    "OK_LITERAL": "a literal before, behind or in place of the sealed data is no letter",
    "OK_DISCARD": "what gpg wrote of a message that does not pass is thrown away",
    "OK_PASSWORD": "sealed with a password is not sealed to us",
    "SIG_GROUP": "one finding for each signature, good only with GOODSIG and VALIDSIG",
    "SIG_WEAK": "MD5, SHA-1 and RIPEMD signatures are called outdated",
    "SIG_SEVERAL": "of several signatures none may be bad",
    "NO_KEY": "not for us is said where no recipient's key is ours, and only there",
    "HIDDEN": "hidden recipients are tried",
    "NEWER": "formats that this GnuPG cannot read are told apart from damage",
}
INLINE = {
    "A1": "armor is read leniently, and never with anything in it but base64",
    "A2": "only text is scanned, blocks start their line, quoted ones stay shut",
    "A3": "one block alone is a letter; among other text it is a piece",
    "A4": "blocks are opened one by one",
    "A5": "of clear-signed text only what was signed is the letter, in its charset",
    "A6": "files sealed or signed one by one, named and paired by the mail around them",
    "A7": "application/pgp is inline",
    "A8": "PGP Universal's parts are sealed files",
}
READING = {
    "M1": "the second part of multipart/encrypted, whatever its name and encoding",
    "M2": "known manglings are repaired for reading, and said",
    "M3": "what was signed is verified as it came",
    "M4": "only layers around the whole mail count",
    "M5": "signed within sealed, in one layer or two",
    "M6": "what has no MIME header is text",
    "M7": "inside a seal the same limits hold",
    "M8": "forwarded sealed mail and msg.asc are opened on request",
    "M9": "an unobtrusive signature is none",
    "M10": "8-bit and binary parts are verified as they came",
}
SIGNERS = {
    "I1": "one From, one mailbox, its pinned key; else nobody",
    "I2": "the address is shown, and no name that could be somebody else's",
    "I3": "a signature of another time is noted, a repeated one too",
    "I4": "a key that is not held is an unknown signer",
    "I5": "sealed says nothing of who wrote",
    "I6": "a key that came along judges nothing",
}
HEADERS = {
    "HP1": "inner fields count on the payload root alone, by its own word",
    "HP2": "and only where it was opened, or signed well",
    "HP3": "they replace all that a person reads",
    "HP4": "confidential is what HP-Outer did not show",
    "HP5": "clear headers inside a seal, and cipher without one, hide nothing",
    "HP6": "of two authors the outer is shown and answered",
    "HP7": "copies of fields in the text are taken out only where that is safe",
    "HP8": "placeholders are no subject",
    "HP9": "we write both forms, and nothing confidential outside",
    "HP10": "what other readers look for stands where they look",
}
KEYS = {
    "K1": "the home and its agent's socket",
    "K2": "own home, own settings",
    "K3": "a key is looked at before it is taken",
    "K4": "a second key never replaces the first silently",
    "K5": "which part of a key is sealed to",
    "K6": "a key is looked at again before each departure; old own keys open old letters",
    "K7": "no hidden recipients, no copies",
    "K8": "our own key as it is given to others",
    "K9": "the own key as it is made",
}
AUTOCRYPT = {
    "AC1": "a header is read strictly",
    "AC2": "the state of a correspondent by time",
    "AC3": "gossip is not relied on and not sent",
    "AC4": "a setup message is recognised and not opened",
    "AC5": "our header",
    "AC6": "newer keys are explained",
    "AC7": "keys that ask for what gpg cannot do",
}
WRITING = {
    "W0": "armor with its checksum",
    "W1": "signed and sealed in one message, framed as RFC 3156 asks",
    "W2": "inner parts are 7-bit, short-lined",
    "W4": "random boundaries, no Bcc, no program's name, files inside",
    "W5": "nothing unsealed in Drafts or Sent",
    "W6": "an answer quotes the opened text of the part on display, sealed, under a neutral subject",
}
ATTACKS = {
    "EFAIL_DIRECT": "ciphertext inside somebody's HTML",
    "EFAIL_CFB": "no or broken integrity protection",
    "OCB_TAMPER": "altered or cut AEAD",
    "REPLY_ORACLE": "ciphertext to be decrypted by an answer",
    "SIGSPOOF_FILE": "a file name that reads as status",
    "SIGSPOOF_UID": "a user id that reads as status",
    "GIT_SPOOF": "a signature over something that is no mail",
    "STRIPPED": "a signature taken out",
    "JOHNNY_M": "a signed part beside what is shown",
    "JOHNNY_I": "a sender who is not the signer",
    "JOHNNY_U": "a body that paints the verdict",
    "ENCSPOOF": "plain data that is called encrypted",
    "SMUGGLING": "packets beside the sealed data",
    "BOMBS": "what grows or nests without end",
    "FAKE_KEYS": "keys of the wrong person enclosed",
    "PHONY": "protected headers where they do not count",
    "FROM_MISMATCH": "another sender inside",
    "GARBAGE": "OpenPGP that is none",
    "ESCAPES": "control characters from names, comments and files",
}
RULES = {**RUNNING, **STATUS, **INLINE, **READING, **SIGNERS, **HEADERS, **KEYS, **AUTOCRYPT, **WRITING, **ATTACKS}

NOT_OURS = {
    "RUN_SIGN": "no mail of ours is signed without being sealed: a notice and an invitation are neither",
    "W3": "no mail of ours is signed without being sealed",
    "W7": "what other readers cannot do is tested with those programs, and told in the table of interoperability",
}


def names_of_tests() -> list[str]:
    return [
        name for file in TESTS.rglob("test_*.py") for name in re.findall(r"def (test_\w+)", file.read_text("utf-8"))
    ]


@pytest.mark.parametrize("rule", RULES)
def test_a_test_is_named_for_the_rule(rule: str) -> None:
    assert [name for name in names_of_tests() if re.search(rf"_{rule}(_|$)", name)], RULES[rule]


def test_a_rule_is_either_kept_or_not_ours_for_a_stated_reason() -> None:
    assert not set(RULES) & set(NOT_OURS)
    assert all(reason for reason in (*RULES.values(), *NOT_OURS.values()))


def test_every_numbered_rule_is_here() -> None:
    counted = {"A": (1, 8), "M": (1, 10), "I": (1, 6), "HP": (1, 10), "K": (1, 9), "AC": (1, 7), "W": (0, 7)}
    wanted = {f"{series}{number}" for series, (first, last) in counted.items() for number in range(first, last + 1)}
    assert wanted <= {*RULES, *NOT_OURS}
