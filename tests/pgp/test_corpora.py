"""Real mail of twelve corpora opened as recorded beside it: same plaintexts, same signatures, or a stated reason.

The records are gpg's own answers to every OpenPGP part of a mail; ours is about the letter, so what does not
enclose a mail is among the exceptions, each with its reason. A reason that no longer holds fails the test.
"""

import hashlib
import os
import random
from collections.abc import Iterator

import pytest

from tests.support.corpora import CORPORA, CorpusOpener, corpus_opener
from tests.support.corpora_walk import CAP, Walk, walk
from tests.support.sealing import pgp_mime
from therapymail.domain.seal import Protection
from therapymail.pgp.opening import look_at, open_mail

pytestmark = pytest.mark.corpora

RECORDED = (
    "gmime-mimekit",
    "gpgol",
    "mailpile",
    "notmuch",
    "pgpainless",
    "pgpy",
    "protected-headers-draft",
    "rt",
    "schleuder",
)
TABULATED = ("autocrypt-spec", "kde")  # no digests recorded, only a table of verdicts

_ATTACHMENT = "a sealed attachment is opened on request, not with the mail (A6, M8)"
_PARTIAL = "text stands around the block: opened on request only (A3)"
_PASSWORD = "sealed with a password: no proof that it was meant for us (H4)"
_SIGNED_ATTACHMENT = "the signature is an attachment's, beside it (A6)"
_SIGNED_INSIDE = "the record stops at the sealed message; the signature inside it is looked at too (M5)"

_FORWARDED = "the sealed mail is forwarded as an attachment: it gives its parent no state (M4, M8)"
_ERRANT = "a sealed part beside other parts, not at the root (M4, S3)"

NOT_OPENED: dict[str, dict[str, str]] = {
    "autocrypt-spec": {"example-setup-message.eml": _PASSWORD},
    "gmime-mimekit": {"encrypted-message.txt": _PARTIAL},
    "gpgol": {
        "testmails-2.mbox#0": _ATTACHMENT,
        "testmails-2.mbox#1": _ATTACHMENT,
        "testmails-2.mbox#2": _ATTACHMENT,
    },
    "kde": {
        "forward-openpgp-signed-encrypted-no-from.mbox": _FORWARDED,
        "forward-openpgp-signed-encrypted.mbox": _FORWARDED,
        "inlinepgpencrypted-appendix.mbox": _PARTIAL,
        "messagelib_autocrypt_setupmessage.mbox": _PASSWORD,
        "messagelib_openpgp-encrypted-attachment-iso-8859-15-encoded.mbox": _ATTACHMENT,
        "messagelib_openpgp-encrypted-no-text-attachment.mbox": _ATTACHMENT,
        "messagelib_openpgp-inline-multiple.mbox": "several blocks: a reply oracle (A4, S3)",
        "multipart-mixed-alternative-inline-pgp.mbox": _PARTIAL,
        "openpgp-encrypted-attachment-and-non-encrypted-attachment.mbox": _ERRANT,
        "openpgp-encrypted-non-encrypted-attachment.mbox": _ERRANT,
        "openpgp-encrypted-partially-signed-attachments.mbox": _ERRANT,
        "openpgp-inline-encrypted+nonenc.mbox": "several blocks among other text (A3, A4)",
        "signed-forward-openpgp-signed-encrypted.mbox": _FORWARDED,
    },
    "mailpile": {"tests.mbx#6": _PARTIAL},
    "notmuch": {"wrapped-protected-header.eml": "beside other text, with no trace of a mailing list (M4, S3)"},
    "pgpy": {"message.enc.twofish.asc": _PASSWORD},
    "rt": {
        "11-encrypted-inline-attachment.txt": _ATTACHMENT,
        "12-encrypted-inline-binary.txt": _ATTACHMENT,
        "17-signed-encrypted-inline-attachment.txt": _ATTACHMENT,
        "18-signed-encrypted-inline-binary.txt": _ATTACHMENT,
        "special_binary-asc-attach-marked-plain-text.txt": _ATTACHMENT,
        "special_inline-binary-attachment-with-wrap.txt": _ATTACHMENT,
    },
}
OTHER_SIGNATURES: dict[str, dict[str, str]] = {
    "gpgol": {
        "openpgp-encrypted-attachment-gpgol.mbox": _SIGNED_INSIDE,
        "openpgp-encrypted-attachment-no-headers.mbox": _SIGNED_INSIDE,
    },
    "kde": {
        "forward-openpgp-signed-encrypted-no-from.mbox": _FORWARDED,
        "forward-openpgp-signed-encrypted.mbox": _FORWARDED,
        "openpgp-encrypted-attachment-and-non-encrypted-attachment.mbox": _ERRANT,
        "openpgp-encrypted-non-encrypted-attachment.mbox": _ERRANT,
        "openpgp-encrypted-partially-signed-attachments.mbox": _ERRANT,
        "openpgp-inline-encrypted+nonenc.mbox": "several blocks among other text (A3, A4)",
        "openpgp-signed-and-unsigned-attachments-and-parts.mbox": "a signed part beside unsigned ones (M4, S6)",
        "openpgp-signed-mailinglist+additional-children.mbox": "three children: not what was signed (M3, S6)",
    },
    "rt": {
        "5-signed-inline-with-attachment.txt": _SIGNED_ATTACHMENT,
        "signed_old_style_with_attachment.eml": _SIGNED_ATTACHMENT,
        "19-signed-inline-plain-nested.txt": "gpg's armor reader stops at the signed text that was signed again",
    },
}

WITHOUT_OPENPGP = "autocrypt-headers"
ATTACKS = "synthetic-attacks"  # each attack has its own row in test_synthetic_attacks.py
SECONDS = 60  # for all of them
# The letters whose alterations are tried, of each corpus, and the places; `THERAPYMAIL_ALTERATIONS=all` tries every
# letter at ten places, altered and cut, which takes two minutes.
SAMPLE = (4, 4)
EVERY = (10_000, 10)
SEED = 9580


@pytest.fixture(scope="module", params=RECORDED)
def recorded(request: pytest.FixtureRequest) -> tuple[str, Walk]:
    """A corpus that has digests recorded."""
    return request.param, walk(request.param)


@pytest.fixture(scope="module", params=[*RECORDED, *TABULATED])
def walked(request: pytest.FixtureRequest) -> tuple[str, Walk]:
    """A corpus of real mail."""
    return request.param, walk(request.param)


def test_every_recorded_plaintext_is_opened_byte_for_byte(walked: tuple[str, Walk]) -> None:
    name, found = walked
    shut = {each.mail.name for each in found.mails if each.was_opened and not each.is_opened_right}
    assert shut == set(NOT_OPENED.get(name, {}))


def test_A3_A6_M8_what_is_not_opened_with_the_mail_is_opened_on_request(walked: tuple[str, Walk]) -> None:
    name, found = walked
    shut = {each.mail.name for each in found.mails if each.was_opened and not each.is_opened_right}
    on_request = {each.mail.name for each in found.mails if each.is_opened_on_request}
    assert shut - on_request == {mail for mail, reason in NOT_OPENED.get(name, {}).items() if reason == _PASSWORD}


def test_nothing_is_opened_that_gpg_did_not_vouch_for(recorded: tuple[str, Walk]) -> None:
    assert [each.mail.name for each in recorded[1].mails if not each.digests <= each.recorded] == []


def test_every_recorded_signature_is_found_as_gpg_found_it(walked: tuple[str, Walk]) -> None:
    name, found = walked
    other = {
        each.mail.name
        for each in found.mails
        if each.recorded_signatures is not None and each.findings != each.recorded_signatures
    }
    assert other == set(OTHER_SIGNATURES.get(name, {}))


def test_S1_a_mail_that_failed_has_no_payload(walked: tuple[str, Walk]) -> None:
    for each in walked[1].mails:
        opened = each.opened
        assert (opened.payload is None) == (opened.facts.protection is Protection.FAILED)
        assert (opened.facts.failure is None) == (opened.facts.protection is not Protection.FAILED)


def test_mail_without_openpgp_is_itself() -> None:
    for each in walk(WITHOUT_OPENPGP).mails:
        assert each.opened.facts.protection is Protection.NO
        assert each.opened.payload == each.mail.raw
        assert each.opened.digest == hashlib.sha256(each.mail.raw).digest()


def test_every_corpus_at_hand_is_walked() -> None:
    if not CORPORA.is_dir():
        pytest.skip("the corpora are not at hand (wanted in ../shared/corpora)")
    assert {*RECORDED, *TABULATED, WITHOUT_OPENPGP, ATTACKS} == {path.name for path in CORPORA.iterdir()}


def test_the_walk_over_all_corpora_takes_less_than_a_minute() -> None:
    assert sum(walk(name).seconds for name in (*RECORDED, *TABULATED, WITHOUT_OPENPGP, ATTACKS)) < SECONDS


@pytest.mark.parametrize("name", [*RECORDED, *TABULATED, ATTACKS])
@pytest.mark.timeout(1800)
def test_H3_S1_no_alteration_of_a_real_letter_changes_its_plaintext(name: str) -> None:
    letters, places = EVERY if os.environ.get("THERAPYMAIL_ALTERATIONS") == "all" else SAMPLE
    chosen = random.Random(SEED)
    openable = [each.mail.raw for each in walk(name).mails if each.opened.facts.opened_with]
    with corpus_opener(name, output_cap=CAP) as opener:
        for raw in chosen.sample(openable, min(letters, len(openable))):
            message = look_at(raw).ciphertext
            assert message is not None
            genuine = _opened(opener, message)
            assert genuine
            for altered in _altered(message, chosen, places, both=letters > len(openable)):
                assert _opened(opener, altered) <= genuine


def _opened(opener: CorpusOpener, message: bytes) -> set[bytes]:
    """All that comes to light of `message`: what gpg decrypted, and the letter if it counts as sealed."""
    opener.opened.clear()
    mail = open_mail(pgp_mime(message), opener)
    letter = {mail.payload} if mail.payload is not None and mail.facts.protection is not Protection.NO else set()
    return {*opener.opened, *letter}


def _altered(message: bytes, chosen: random.Random, places: int, *, both: bool) -> Iterator[bytes]:
    """`message` with one bit turned, or cut off, at `places` spread over it; `both` for each of them."""
    for number in range(places):
        at = chosen.randrange(number * len(message) // places, (number + 1) * len(message) // places)
        turned = message[:at] + bytes([message[at] ^ 1 << chosen.randrange(8)]) + message[at + 1 :]
        yield from (turned, message[:at]) if both else [chosen.choice((turned, message[:at]))]
