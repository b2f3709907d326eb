"""Every attack of the corpus synthetic-attacks, with what its expected.json demands written out as a row.

PGP.md section 13; HAZARDS H3, H4, S1 to S8, S18, S24. The demand itself stands in the corpus; a row says
what that means for an opened mail.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.support.corpora import CORPORA, corpus, corpus_opener
from tests.support.reading import text_of_letter
from therapymail.pgp.bulk import BulkOpener
from therapymail.pgp.decrypter import Decrypter
from therapymail.pgp.opening import open_mail

pytestmark = pytest.mark.corpora

BOB = "D1A66E1A23B182C9980F788CFBFCC82A015E7330"
BOB_KEY_ID = "FBFCC82A015E7330"  # all that gpg says of a bad signature
EVE = "A0F1171B848897218DAF8AE030405E0DCB806580"
EVE_OF_THE_UID = "5BE6432FC1C65382885A2B03F125BD8BE837D369"
ERNA = "6CA5D053F3EABABE2DE458011B12D35C343F0C76"
STRANGER = "B82857E62B3921FBB372CFB0F50BC4E0A9EAC0C9"

SECRET = "Geheime Diagnose F41.1"
SUBJECT = "Absage Termin 14.10."
CAP = 20_000_000  # bytes of plaintext allowed here


@dataclass(frozen=True)
class Row:
    """What must be found: `text` begins the letter (None: no byte of plaintext); the rest as in SealFacts.

    `subject` is compared where given; `notes` must all be there; `absent` must not be in letter or subject.
    """

    protection: str
    text: str | None
    failure: str | None = None
    signature: str | None = None
    signer: str | None = None
    subject: str | None = None
    repairs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    absent: str = ""
    unsealed: str = ""


def sealed(text: str, **more: object) -> Row:
    return Row("sealed", text, **more)  # type: ignore[arg-type]


def failed(failure: str, *notes: str) -> Row:
    return Row("failed", None, failure, notes=notes)


def by(finding: str, signer: str) -> dict[str, object]:
    return {"signature": finding, "signer": signer}


EXCHANGE = {"repairs": ("exchange-mixed",)}

EXPECTED: dict[str, Row] = {
    # EFAIL, direct exfiltration: ciphertext beside an attacker's HTML is not opened, the mail is not "sealed".
    "efail-1-mixed-img.eml": Row("partly", "<img", notes=("sealed-part",), absent=SECRET),
    "efail-2-mixed-link-hidden.eml": Row("partly", "<div", notes=("sealed-part",), absent=SECRET),
    "efail-3-inline-in-html.eml": Row("partly", "<img", notes=("sealed-part",), absent=SECRET),
    "efail-4-oldcipher-in-attachment.eml": Row("no", "hi", notes=("sealed-attachment",), absent=SECRET),
    # Integrity: nothing of an altered, stripped or cut message (H3, S1).
    "mdc-withoutmdc.eml": failed("no-integrity"),
    "mdc-manipulated-withoutmdc.eml": failed("no-integrity"),
    "mdc-manmessage.eml": failed("altered"),
    "mdc-wrongmdc.eml": failed("altered"),
    "mdc-correct.eml": sealed("Streng geheime Botschaft"),
    "ocb-valid.eml": sealed("line 0 Kontonummer 0"),
    "ocb-flip70.eml": failed("altered"),
    "ocb-fliplast.eml": failed("altered"),
    "ocb-trunc80.eml": failed("damaged"),
    "ocb-signed-unknown.eml": sealed("line 0 Kontonummer 0", **by("key-unknown", STRANGER)),
    "ocb-signed-unknown-flip.eml": failed("altered"),
    # Encryption spoofing and packet smuggling (S4).
    "encspoof-literal.eml": Row("no", SECRET, notes=("not-encrypted",)),
    "encspoof-signed-only.eml": Row("no", SECRET, notes=("not-encrypted",), **by("good", BOB)),  # type: ignore[arg-type]
    "litbefore-enc.eml": failed("structure"),
    "enc-litafter.eml": failed("structure"),
    "two-armor-blocks.eml": failed("structure"),
    # Status spoofing (S5, S7): a file name signs nothing; a user id is not a person.
    "sigspoof-filename.eml": sealed(SECRET),
    "sigspoof-uid-injection.eml": sealed("Your invoice IBAN changed", **by("good", EVE_OF_THE_UID)),
    # Header protection (S18, HP1 to HP8).
    "hp-cipher-signed.eml": sealed("Hallo, ich muss absagen.", subject=SUBJECT, **by("good", BOB)),
    "hp-cipher-outer-subject-tampered.eml": sealed("Hallo", subject=SUBJECT, absent="DRINGEND", **by("good", BOB)),
    "hp-from-mismatch-unsigned.eml": sealed("Bitte neue IBAN", notes=("from-mismatch",)),
    "hp-from-mismatch-signed-by-eve.eml": sealed("Bitte neue IBAN", notes=("from-mismatch",), **by("good", EVE)),
    "hp-clear-in-encrypted.eml": sealed("Hallo", subject=SUBJECT, **by("good", BOB)),
    "hp-legacy-display-plain.eml": sealed("Hallo, ich muss absagen.", absent="Subject:"),
    "hp-legacy-display-html.eml": sealed("<html><body><p>Hallo, ich muss absagen.</p>", absent="Subject:"),
    "hp-legacy-display-unencrypted.eml": Row("no", "Subject: Absage"),
    "memoryhole-legacy.eml": sealed("Hallo", subject=SUBJECT, absent="Subject:", **by("good", BOB)),
    "ph-in-attached-rfc822.eml": sealed("siehe Anhang", subject="", absent="FAKE"),
    # RFC 3156 as programs write it (M1).
    "mime-octet-base64.eml": sealed(SECRET),
    "mime-octet-binary-base64.eml": sealed(SECRET),
    "mime-octet-qp.eml": sealed(SECRET),
    "mime-no-protocol.eml": sealed(SECRET, notes=("protocol-missing",)),
    "mime-uppercase.eml": sealed(SECRET),
    # RFC 3156 as relays mangle it (M2, C21).
    "mixedup-emptybody.eml": sealed(SECRET, **EXCHANGE),
    "mixedup-nobody.eml": sealed(SECRET, **EXCHANGE),
    "mixedup-textbody.eml": sealed(SECRET, unsealed="Empty Message", notes=("unsealed-text",), **EXCHANGE),
    # Armor (A1, A2, A4).
    "armor-wrong-crc.eml": sealed(SECRET),
    "armor-no-crc.eml": sealed(SECRET),
    "armor-leading-space.eml": sealed(SECRET),
    "armor-blank-lines.eml": sealed(SECRET),
    "armor-nbsp-sep.eml": sealed(SECRET),
    "armor-no-separator.eml": sealed(SECRET),
    "armor-quoted.eml": Row("no", "Am 1.1. schrieb Bob:", notes=("quoted-ciphertext",), absent=SECRET),
    "inline-two-blocks.eml": Row("partly", "Teil 1", notes=("sealed-part", "several-blocks"), absent=SECRET),
    # Recipients.
    "throw-keyids.eml": sealed(SECRET),
    "wrong-recipient.eml": failed("no-key"),
    # Signatures (M3, section 3).
    "sig-good.eml": Row("no", "Ich bestaetige den Termin.", signature="good", signer=BOB),
    "sig-expired-key.eml": Row("no", "Ich bestaetige den Termin.", signature="key-expired", signer=ERNA),
    "sig-from-mismatch.eml": Row("no", "Ich bestaetige den Termin.", signature="good", signer=EVE),
    "sig-body-modified.eml": Row("no", "Ich bestaetige keinen Termin.", signature="bad", signer=BOB_KEY_ID),
    "sig-lf-stored.eml": Row("no", "Ich bestaetige den Termin.", signature="good", signer=BOB),
    "sig-trailing-ws-stripped.eml": Row("no", "Zeile mit Leerzeichen", signature="bad", signer=BOB_KEY_ID),
    "sig-from-escaped.eml": Row("no", ">From here on", signature="bad", signer=BOB_KEY_ID),
    "sig-empty-sig.eml": Row("no", "Ich bestaetige den Termin.", notes=("signature-damaged",)),
    # Bombs (S24).
    "bomb-200MB-zeros.eml": failed("too-large"),
    "nested-30.eml": failed("structure", "too-deep"),
}


@pytest.fixture(scope="module", params=["singly", "in bulk"])
def opener(request: pytest.FixtureRequest) -> Iterator[Decrypter]:
    with corpus_opener("synthetic-attacks", output_cap=CAP) as single:
        if request.param == "singly":
            yield single
        else:
            with BulkOpener(single.gpg, output_cap=CAP) as bulk:
                yield bulk


def test_every_attack_has_its_row() -> None:
    demanded = json.loads((corpus("synthetic-attacks") / "expected.json").read_text())
    assert set(demanded) == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_attack_gets_its_expected_result(name: str, opener: Decrypter) -> None:
    opened = open_mail((CORPORA / "synthetic-attacks" / "messages" / name).read_bytes(), opener)
    row, facts, text = EXPECTED[name], opened.facts, text_of_letter(opened)

    assert (facts.protection, facts.failure) == (row.protection, row.failure)
    assert facts.repairs == row.repairs
    assert set(row.notes) <= set(facts.notes)
    assert [(fact.finding.value, fact.signer) for fact in facts.signatures] == (
        [(row.signature, row.signer)] if row.signature else []
    )
    assert opened.unsealed_text == row.unsealed
    if row.text is None:
        assert opened.payload is None
    else:
        assert (text or "").startswith(row.text)
    if row.subject is not None:
        assert opened.headers.subject == row.subject
    if row.absent:
        assert row.absent not in (text or "") + opened.headers.subject


def test_HP6_on_two_authors_the_outer_one_is_shown(opener: Decrypter) -> None:
    raw = (corpus("synthetic-attacks") / "messages" / "hp-from-mismatch-unsigned.eml").read_bytes()
    headers = open_mail(raw, opener).headers
    assert b"From: Eve <eve@evil.example>" in headers.block
    assert b"bob@openpgp.example" not in headers.block
    assert headers.sealed_author == "bob@openpgp.example"


def test_HP5_clear_headers_inside_a_seal_are_not_confidential(opener: Decrypter) -> None:
    messages = corpus("synthetic-attacks") / "messages"
    clear = open_mail((messages / "hp-clear-in-encrypted.eml").read_bytes(), opener).headers
    cipher = open_mail((messages / "hp-cipher-signed.eml").read_bytes(), opener).headers
    assert clear.confidential == ()
    assert cipher.confidential == ("subject",)


def test_S24_nesting_stops_after_eight_operations() -> None:
    with corpus_opener("synthetic-attacks") as single:
        open_mail((corpus("synthetic-attacks") / "messages" / "nested-30.eml").read_bytes(), single)
        assert len(single.opened) == 8
