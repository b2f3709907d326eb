"""What sealing one letter takes, from its text to the proven mail, beside one plain gpg that signs and encrypts it."""

import random
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.corpus import make_key
from bench.gnupg import GnupgHome, gnupg_home
from bench.measuring import median, milliseconds, seconds_of, taking_turns
from bench.options import Options
from bench.outcome import Outcome, Table
from bench.story import people
from bench.words import prose
from therapymail.domain.autocrypt import autocrypt_value
from therapymail.domain.draft import DraftContent, DraftEnclosure
from therapymail.domain.mail_headers import LetterHeaders, new_message_id
from therapymail.mail.composing import letter_parts
from therapymail.pgp.autocrypt_certificate import autocrypt_certificate
from therapymail.pgp.canaries import canaries_of
from therapymail.pgp.own_key import own_certificate
from therapymail.pgp.proof import Expected, prove
from therapymail.pgp.protected_entity import protected_entity
from therapymail.pgp.runner import Gpg
from therapymail.pgp.sealed_mail import sealed_mail
from therapymail.pgp.sealing import seal

NAME = "sealing"
_WORDS = 800  # of a letter
_ENCLOSED = 2_000_000  # bytes of a picture
_FEWER = 5  # rounds of a letter with a picture for every hundred of one without
_COMPARISON = (
    "gpg is called with both recipients in its keyring, and writes armor; both ask the same agent. The own key has no "
    "passphrase here: opening it would take the same time in both, and flatter the ratio."
)


@dataclass(frozen=True)
class Desk:
    """Two people's keys in one home, and what is needed to write from one to the other."""

    home: GnupgHome
    gpg: Gpg
    own: str
    client: str
    own_certificate: bytes
    client_certificate: bytes
    sender: str
    recipient: str
    autocrypt: str

    def sealed(self, content: DraftContent, enclosures: list[tuple[DraftEnclosure, bytes]]) -> None:
        """One letter the way it leaves: composed, sealed, wrapped and proven."""
        message_id = new_message_id(self.sender.rpartition("@")[2])
        headers = LetterHeaders(
            "Dr Miriam Okafor", self.sender, self.recipient, datetime.now(UTC), content.subject, message_id
        )
        entity = protected_entity(headers, letter_parts(content.text, enclosures), self.autocrypt)
        armor = seal(
            self.gpg,
            entity,
            own=self.own,
            own_certificate=self.own_certificate,
            client_certificate=self.client_certificate,
            client_fingerprint=self.client,
        )
        canaries = canaries_of(content, [enclosure.name for enclosure, _ in enclosures], ["Ana Almeida", "AA-1"])
        expected = Expected(
            self.sender,
            self.recipient,
            message_id,
            self.client_certificate,
            self.own_certificate,
            canaries,
            sender_name=headers.sender_name,
            date=headers.date,
        )
        prove(sealed_mail(headers, armor), expected)

    def plainly(self, text: bytes) -> None:
        """The same text with one gpg, as anybody would call it."""
        to = ["--recipient", self.client, "--recipient", self.own]
        by = ["--armor", "--trust-model", "always", "--local-user", self.own]
        self.home.run(*by, *to, "--sign", "--encrypt", stdin=text)


def measure(options: Options) -> Outcome:
    """A letter of 800 words, and one with a picture of 2 MB, in turns with plain gpg over the same bytes."""
    rng = random.Random(options.seed)
    content = DraftContent("About the week", prose(rng, _WORDS, []))
    picture = rng.randbytes(_ENCLOSED)
    enclosures = [(DraftEnclosure("lighthouse.jpg", "image/jpeg", len(picture)), picture)]
    with gnupg_home() as home, tempfile.TemporaryDirectory(prefix="tm-", dir="/dev/shm") as run:
        desk = _desk(home, Path(run), options)
        text = content.text.encode()
        desk.sealed(content, [])  # the agent's start, and the first run of everything, are nobody's
        letters = taking_turns(
            options.sealing_rounds,
            {
                "gpg": lambda: seconds_of(lambda: desk.plainly(text)),
                "therapymail": lambda: seconds_of(lambda: desk.sealed(content, [])),
            },
        )
        pictures = taking_turns(
            max(1, options.sealing_rounds * _FEWER // 100),
            {
                "gpg": lambda: seconds_of(lambda: desk.plainly(text + picture)),
                "therapymail": lambda: seconds_of(lambda: desk.sealed(content, enclosures)),
            },
        )
    return _outcome(letters, pictures)


def _outcome(letters: dict[str, list[float]], pictures: dict[str, list[float]]) -> Outcome:
    plain, whole = median(letters["gpg"]), median(letters["therapymail"])
    large_plain, large_whole = median(pictures["gpg"]), median(pictures["therapymail"])
    ratio, large_ratio = whole / plain, large_whole / large_plain
    figures = {
        "gpg_ms": milliseconds(plain),
        "therapymail_ms": milliseconds(whole),
        "ratio": round(ratio, 2),
        "with_picture": {
            "gpg_ms": milliseconds(large_plain),
            "therapymail_ms": milliseconds(large_whole),
            "ratio": round(large_ratio, 2),
        },
        "letters": len(letters["gpg"]),
    }
    rows = (
        _row(f"a letter of {_WORDS} words", plain, whole),
        _row("the same with a picture of 2 MB", large_plain, large_whole),
    )
    reached = (("sealing a letter, beside one plain gpg", f"{ratio:.2f} times", "at most 1.5 times"),)
    return Outcome(
        NAME,
        "Sealing a letter",
        figures,
        (
            Table("One letter (medians, ms)", ("what", "gpg --sign --encrypt", "therapymail", "ratio"), rows),
            Table("Reached", ("what", "measured", "wanted"), reached),
        ),
        (
            "All of therapymail's work counts: composing, one gpg, the mail around it, the proof of its exact bytes.",
            _COMPARISON,
        ),
    )


def _row(what: str, plain: float, whole: float) -> tuple[str, ...]:
    return what, f"{milliseconds(plain)}", f"{milliseconds(whole)}", f"{whole / plain:.2f}"


def _desk(home: GnupgHome, run: Path, options: Options) -> Desk:
    therapist, (client,) = people(1, options.seed, options.corpus_plan(1).therapist_key)
    own, theirs = make_key(home, therapist), make_key(home, client)
    gpg = Gpg(home.homedir, run)
    certificate = own_certificate(gpg, own)
    return Desk(
        home,
        gpg,
        own,
        theirs,
        certificate,
        own_certificate(gpg, theirs),
        therapist.address,
        client.address,
        autocrypt_value(therapist.address, autocrypt_certificate(gpg, certificate, therapist.address)),
    )
