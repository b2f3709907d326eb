"""Real mail of twelve corpora opened as recorded beside it: same plaintexts, same signatures, or a stated reason.

The records are gpg's own answers to every OpenPGP part of a mail; ours is about the letter, so what does not
enclose a mail is among the exceptions, each with its reason. A reason that no longer holds fails the test.
"""

import hashlib
from typing import Any

import pytest

from tests.support.corpora import CorpusMail, corpus, corpus_opener, mails, results
from tests.support.sealing import pgp_mime
from therapymail.domain.seal import Protection, SignatureFinding
from therapymail.pgp.envelope import find_envelope
from therapymail.pgp.opening import OpenedMail, open_mail

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
_NO_INTEGRITY = "no integrity protection (S1); gpg rejects it too"

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

_KEYWORDS = {
    "GOODSIG": SignatureFinding.GOOD,
    "BADSIG": SignatureFinding.BAD,
    "EXPKEYSIG": SignatureFinding.KEY_EXPIRED,
    "REVKEYSIG": SignatureFinding.KEY_REVOKED,
    "ERRSIG": SignatureFinding.KEY_UNKNOWN,
}


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _recorded_plaintexts(operations: list[dict[str, Any]]) -> set[str]:
    """The digests of everything gpg decrypted of a mail and vouched for."""
    return {
        operation["pt_sha256"]
        for operation in operations
        if any(line.startswith("DECRYPTION_OKAY") for line in operation["status"]) and operation.get("ptlen")
    }


def _recorded_signatures(operations: list[dict[str, Any]]) -> set[SignatureFinding]:
    lines = [line.partition(" ")[0] for operation in operations for line in operation["status"]]
    return {_KEYWORDS[word] for word in lines if word in _KEYWORDS}


Walked = tuple[str, list[tuple[CorpusMail, OpenedMail, set[str]]]]
Tabulated = tuple[str, list[tuple[CorpusMail, OpenedMail]]]


@pytest.fixture(scope="module", params=RECORDED)
def walked(request: pytest.FixtureRequest) -> Walked:
    """Every mail of a corpus, opened once: with what was opened on the way, as digests."""
    name = request.param
    found = []
    with corpus_opener(name) as opener:
        for mail in mails(name):
            opener.opened.clear()
            found.append((mail, open_mail(mail.raw, opener), {_sha256(data) for data in opener.opened}))
    return name, found


def test_every_recorded_plaintext_is_opened_byte_for_byte(walked: Walked) -> None:
    name, found = walked
    recorded = results(name)
    missing = {mail.name for mail, _, opened in found if _recorded_plaintexts(recorded.get(mail.name, [])) - opened}
    assert missing == set(NOT_OPENED.get(name, {}))


def test_nothing_is_opened_that_gpg_did_not_vouch_for(walked: Walked) -> None:
    name, found = walked
    recorded = results(name)
    surplus = {mail.name for mail, _, opened in found if opened - _recorded_plaintexts(recorded.get(mail.name, []))}
    assert surplus == set()


def test_every_recorded_signature_is_found_as_gpg_found_it(walked: Walked) -> None:
    name, found = walked
    recorded = results(name)
    other = {
        mail.name
        for mail, opened, _ in found
        if mail.name in recorded
        and {fact.finding for fact in opened.facts.signatures} != _recorded_signatures(recorded[mail.name])
    }
    assert other == set(OTHER_SIGNATURES.get(name, {}))


def test_S1_a_mail_that_failed_has_no_payload(walked: Walked) -> None:
    for _, opened, _ in walked[1]:
        assert (opened.payload is None) == (opened.facts.protection is Protection.FAILED)
        assert (opened.facts.failure is None) == (opened.facts.protection is not Protection.FAILED)


@pytest.fixture(scope="module", params=TABULATED)
def tabulated(request: pytest.FixtureRequest) -> Tabulated:
    """Every mail, opened once, of a corpus that has only a table of verdicts."""
    with corpus_opener(request.param) as opener:
        return request.param, [(mail, open_mail(mail.raw, opener)) for mail in mails(request.param)]


def _verdicts(name: str) -> dict[str, str]:
    rows = (corpus(name) / "RESULTS.tsv").read_text(errors="replace").splitlines()
    return {cells[0]: cells[1] for cells in (row.split("\t") for row in rows) if len(cells) > 1}


def test_every_tabulated_mail_is_opened(tabulated: Tabulated) -> None:
    name, found = tabulated
    verdicts = _verdicts(name)
    shut = {
        mail.name for mail, opened in found if ":DEC" in verdicts.get(mail.name, "") and not opened.facts.opened_with
    }
    assert shut == set(NOT_OPENED.get(name, {}))


def test_every_tabulated_signature_is_found(tabulated: Tabulated) -> None:
    name, found = tabulated
    verdicts = _verdicts(name)
    other = set()
    for mail, opened in found:
        said = {finding for word, finding in _KEYWORDS.items() if word in verdicts.get(mail.name, "")}
        if {fact.finding for fact in opened.facts.signatures} != said:
            other.add(mail.name)
    assert other == set(OTHER_SIGNATURES.get(name, {}))


def test_mail_without_openpgp_is_itself() -> None:
    with corpus_opener("autocrypt-headers") as opener:
        for mail in mails("autocrypt-headers"):
            opened = open_mail(mail.raw, opener)
            assert opened.facts.protection is Protection.NO
            assert opened.payload == mail.raw
            assert opened.digest == hashlib.sha256(mail.raw).digest()


@pytest.mark.parametrize("name", ["notmuch", "protected-headers-draft"])
def test_H3_S1_no_alteration_of_a_real_mail_changes_its_plaintext(name: str) -> None:
    with corpus_opener(name) as opener:
        for mail in mails(name):
            message = find_envelope(mail.raw).message
            opener.opened.clear()
            if open_mail(mail.raw, opener).facts.opened_with is None:
                continue
            genuine = set(opener.opened)
            for at in range(5, len(message), len(message) // 10):
                open_mail(pgp_mime(message[:at] + bytes([message[at] ^ 4]) + message[at + 1 :]), opener)
                open_mail(pgp_mime(message[:at]), opener)
            assert set(opener.opened) <= genuine
