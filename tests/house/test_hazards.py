"""Every hazard this version answers for has a test whose name says so (the numbers are those of the hazard list).

The list itself is kept with the project's shared documents; here stands, for each line, what must not happen.
"""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
HAZARDS = {
    "H1": "a recipient named by anything but a full fingerprint",
    "H2": "a local operation that looks a key up over the network",
    "H3": "plaintext shown although opening failed",
    "H4": "a password-sealed message taken for one sealed to the own key",
    "H5": "a signature believed by its user id",
    "H6": "a verdict read from anything but gpg's status pipe",
    "H7": "a library's defaults in a key or a log",
    "H8": "markup in a letter that runs or colours anything",
    "H9": "markup in a subject that crashes a view",
    "H10": "control characters that reach the terminal",
    "H11": "a login or a letter in clear because STARTTLS was taken away, or bytes changed on the way to SMTP",
    "H12": "a login over a connection that TLS does not protect",
    "H13": "the machine's name or zone in a Message-ID or a date",
    "H14": "words that stay in the index after a letter is erased",
    "S1": "any byte of an altered message",
    "S2": "a connection made because of what a letter says",
    "S3": "a sealed part opened inside somebody else's text",
    "S4": "something called sealed that was not",
    "S5": "a file name in a message taken for gpg's status",
    "S6": "a signature that covers only part of what is shown",
    "S7": "a name or address taken for a person",
    "S8": "a letter that paints its own verdict",
    "S9": "an escape sequence from anywhere but us",
    "S10": "markup that a widget reads out of what mail says",
    "S11": "a link in a letter that fills in a mail of ours",
    "S12": "a line end that makes one header two",
    "S13": "a key or preference pushed by a header, over a pin",
    "S14": "a key imported without being looked at",
    "S15": "a password sent before TLS is proven",
    "S16": "the subject of a letter anywhere outside its seal",
    "S17": "an answer that shows what the letter before kept inside",
    "S18": "an outer header that wins over a sealed one",
    "S19": "a recipient that nobody sees",
    "S20": "plaintext in a draft, an editor's file or a temporary folder",
    "S21": "the program, the machine or a place on it named in what leaves",
    "S22": "a look-up or answer that nobody asked for",
    "S23": "going on where gpg, the agent, the disk or the clock fails",
    "S24": "a letter that eats the machine",
    "S25": "a file name that leads elsewhere",
    "S26": "plaintext on the disk while locked",
    "S27": "what was erased left in a file, an index, a log or a backup",
    "S28": "a passphrase in an argument list, the environment or a log",
    "S29": "an old or redirected letter taken for a new one to us",
    "S30": "a forged date that moves a letter",
    "C1": "a lock shown on what is not sealed",
    "C2": "a way to send in clear by mistake",
    "C3": "an answer less protected than the letter",
    "C4": "a letter that leaves although sealing failed",
    "C5": "a part of a letter outside the seal",
    "C6": "a queue that seals later and finds that it cannot",
    "C7": "unsealing offered as the way out of a signing failure",
    "C8": "a draft sent in place of the letter",
    "C9": "a letter taken back that leaves all the same",
    "C10": "a draft that leaves the machine in clear",
    "C11": "a draft that comes back changed",
    "C12": "a draft lost",
    "C13": "a draft that is sent while it is one, or stays one when it is sent",
    "C14": "a copy in Sent of what was not sent",
    "C15": "a letter stuck for a reason that nobody can read",
    "C16": "an outbox that forgets",
    "C17": "an own letter that cannot be read again",
    "C18": "a subject that shows as three dots, here or in the answer",
    "C19": "a thread that breaks for programs that cannot open",
    "C20": "a subject that is known only while the letter is open",
    "C21": "a letter unreadable because a relay rebuilt its envelope",
    "C22": "an answer that quotes ciphertext, or nothing",
    "C23": "a sealed letter that reads as nothing",
    "C24": "a key refused without a word on whose it is, what is wrong and what to do",
    "C25": "a key that ends without anybody having been told",
    "C26": "signatures and keys attached that confuse whoever gets them",
    "C27": "a client's new key that nobody knows what to do with",
    "C28": "a signature called valid, whosever it is",
    "C29": "a letter written without seeing which key it will be sealed to",
    "C30": "hidden recipients shown by the keys a letter is sealed to",
    "C31": "a key that is refused, or taken unasked, because its address is another",
    "C33": "a passphrase that was taken and then opens nothing",
    "C39": "a screen that waits for the vault, gpg or the network",
    "C42": "one bad letter that stops a list",
}


@pytest.mark.parametrize("hazard", HAZARDS)
def test_a_test_is_named_for_the_hazard(hazard: str) -> None:
    names = [
        name for file in TESTS.rglob("test_*.py") for name in re.findall(r"def (test_\w+)", file.read_text("utf-8"))
    ]
    assert [name for name in names if re.search(rf"_{hazard}(_|$)", name)], HAZARDS[hazard]
