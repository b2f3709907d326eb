from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.seal import OpeningFailure, SignatureFinding
from therapymail.errors import PassphraseNeeded, PassphraseWrong
from therapymail.pgp.status import (
    StatusLine,
    decryption_ok,
    error_codes,
    failure_in,
    is_agent_missing,
    is_integrity_protected,
    opened_with,
    parse_status,
    passphrase_error,
    sealed_to,
    signature_facts,
)

KEY = "EA02B24FFD4C1B96616D3DF24766F6B9D5F21EB6"
PRIMARY = "EB85BB5FA33A75E15E944E63F231550C4F47E38E"
BOB = "D1A66E1A23B182C9980F788CFBFCC82A015E7330"
ENC_TO, OPENED = "ENC_TO 4766F6B9D5F21EB6 18 0", f"DECRYPTION_KEY {KEY} {PRIMARY} -"
FAILED = ("BEGIN_DECRYPTION", "DECRYPTION_FAILED", "END_DECRYPTION")
GOOD = (
    ENC_TO, OPENED, "BEGIN_DECRYPTION", "DECRYPTION_INFO 2 9 0", "PLAINTEXT 62 1795311762 ", "DECRYPTION_OKAY",
    "GOODMDC", "END_DECRYPTION",
)  # fmt: skip
VALID = f"VALIDSIG {BOB} 2026-11-22 1795311762 0 4 0 1 10 00 {BOB}"


def lines(*texts: str) -> tuple[StatusLine, ...]:
    return parse_status("".join(f"[GNUPG:] {text}\n" for text in texts).encode())


def without(*dropped: str) -> list[str]:
    return [text for text in GOOD if not text.startswith(dropped)]


def test_a_good_message_passes() -> None:
    found = lines(*GOOD)
    assert decryption_ok(found)
    assert is_integrity_protected(found)
    assert sealed_to(found) == ("4766F6B9D5F21EB6",)
    assert opened_with(found) == PRIMARY


def test_a_hidden_recipient_passes() -> None:
    assert decryption_ok(lines("ENC_TO 0000000000000000 18 0", *without("ENC_TO")))


def test_OK_EARLY_keys_that_failed_before_the_right_one_are_no_matter() -> None:
    assert decryption_ok(lines("ENC_TO 1111111111111111 18 0", "ERROR pkdecrypt_failed 67108875", *GOOD))


# Real sequences of gpg 2.2.40 (PGP.md section 3), each with what it must be taken for.
REFUSED = {
    "no own key among the recipients (H4)": (without("ENC_TO"), OpeningFailure.SYMMETRIC),
    "opened by a password (H4)": (
        ["NEED_PASSPHRASE_SYM 9 3 10", *without("ENC_TO", "DECRYPTION_KEY")],
        OpeningFailure.SYMMETRIC,
    ),
    "sealed to others": ([ENC_TO, "NO_SECKEY 4766F6B9D5F21EB6", *FAILED], OpeningFailure.NO_KEY),
    "wrong passphrase": ([ENC_TO, "ERROR pkdecrypt_failed 67108875", *FAILED], OpeningFailure.LOCKED),
    "no passphrase": ([ENC_TO, "ERROR pkdecrypt_failed 67109041", *FAILED], OpeningFailure.LOCKED),
    "no passphrase, gpg silent": (
        [
            ENC_TO,
            "USERID_HINT 4766F6B9D5F21EB6 A",
            f"NEED_PASSPHRASE 4766F6B9D5F21EB6 {KEY} 18 0",
            "INQUIRE_MAXLEN 100",
        ],
        OpeningFailure.LOCKED,
    ),
    "changed (BADMDC)": (
        [*without("DECRYPTION_OKAY", "GOODMDC", "END"), "BADMDC", "DECRYPTION_FAILED", "END_DECRYPTION"],
        OpeningFailure.ALTERED,
    ),
    "no integrity protection (S1)": (
        [
            ENC_TO,
            OPENED,
            "BEGIN_DECRYPTION",
            "DECRYPTION_INFO 0 9 0",
            "PLAINTEXT 62 1526402377 testmessage",
            "DECRYPTION_FAILED",
            "END_DECRYPTION",
        ],
        OpeningFailure.NO_INTEGRITY,
    ),
    "a literal and no seal (litbefore-enc, encspoof-literal)": (["PLAINTEXT 62 1795311762 "], OpeningFailure.STRUCTURE),
    "signed and not sealed (encspoof-signed-only)": (
        ["PLAINTEXT 62 1795311762 ", "NEWSIG", "GOODSIG FBFCC82A015E7330 Bob", VALID],
        OpeningFailure.STRUCTURE,
    ),
    "a literal behind the seal (enc-litafter)": (
        [*GOOD[:5], "ERROR proc_pkt.plaintext 89_BAD_DATA", *GOOD[5:]],
        OpeningFailure.STRUCTURE,
    ),
    "two messages (two-armor-blocks)": (
        [
            *GOOD[:5],
            *GOOD[:2],
            "ERROR decryption.early_plaintext 89",
            "BEGIN_DECRYPTION",
            "DECRYPTION_INFO 2 9 0",
            "ERROR proc_pkt.plaintext 89_BAD_DATA",
            "DECRYPTION_FAILED",
            "END_DECRYPTION",
            *GOOD[5:],
        ],
        OpeningFailure.STRUCTURE,
    ),
    "text after the seal ended": ([*without("PLAINTEXT"), "PLAINTEXT 62 1795311762 "], OpeningFailure.ALTERED),
    "text before the seal began": (
        [*GOOD[:2], GOOD[4], *without("ENC_TO", "DECRYPTION_KEY", "PLAINTEXT")],
        OpeningFailure.ALTERED,
    ),
    "two texts": ([*GOOD[:5], *GOOD[4:]], OpeningFailure.STRUCTURE),
    "begun twice": ([*GOOD[:3], *GOOD[2:]], OpeningFailure.STRUCTURE),
    "ended twice": ([*GOOD, "END_DECRYPTION"], OpeningFailure.ALTERED),
    "okay twice": ([*GOOD, "DECRYPTION_OKAY"], OpeningFailure.ALTERED),
    "okay before it began": (
        [*GOOD[:2], "DECRYPTION_OKAY", *without("ENC_TO", "DECRYPTION_KEY", "DECRYPTION_OKAY")],
        OpeningFailure.ALTERED,
    ),
    "okay, and failed": ([*GOOD, "DECRYPTION_FAILED"], OpeningFailure.ALTERED),
    "okay, and a bad MDC": ([*GOOD, "BADMDC"], OpeningFailure.ALTERED),
    "cut header (NODATA 3, exit code 0)": (["NODATA 3"], OpeningFailure.DAMAGED),
    "nothing at all": ([], OpeningFailure.DAMAGED),
    "no okay": (without("DECRYPTION_OKAY"), OpeningFailure.ALTERED),
    "no good MDC": (without("GOODMDC"), OpeningFailure.ALTERED),
    "data that is no data": ([*GOOD, "NODATA 3"], OpeningFailure.ALTERED),
    "whole, and begins with what this gpg does not know (a signature of version 6)": (
        [*GOOD[:4], "NODATA 3", *GOOD[5:], "ERROR proc_pkt.plaintext 89_BAD_DATA", "NODATA 3"],
        OpeningFailure.UNSUPPORTED,
    ),
    "the same under OCB, which this gpg calls good when it is not": (
        [*GOOD[:3], "DECRYPTION_INFO 0 9 0", "NODATA 3", *GOOD[5:]],
        OpeningFailure.DAMAGED,
    ),
    "the same, and a bad MDC": ([*GOOD[:4], "NODATA 3", *GOOD[5:], "BADMDC"], OpeningFailure.ALTERED),
    "an unexpected packet": ([*GOOD, "UNEXPECTED 0"], OpeningFailure.ALTERED),
    "a failure of decrypting": ([*GOOD, "FAILURE decrypt 4294967295"], OpeningFailure.ALTERED),
}


@pytest.mark.parametrize("name", REFUSED)
def test_H3_S1_S4_OK_ONCE_OK_SPOILT_OK_MDC_anything_but_one_whole_good_message_is_refused(name: str) -> None:
    told, failure = REFUSED[name]
    found = lines(*told)
    assert not decryption_ok(found)
    assert failure_in(found) is failure


def test_FAILURE_gpg_exit_is_no_failure_of_decrypting() -> None:
    # gpg 2.4 writes it for every exit code but 0.
    assert decryption_ok(lines(*GOOD, "FAILURE gpg-exit 33554433"))


def test_only_MDC_SHA1_counts_as_deciding_by_itself() -> None:
    assert not is_integrity_protected(lines(*without("DECRYPTION_INFO"), "DECRYPTION_INFO 0 9 0"))  # OCB with 2.2
    assert not is_integrity_protected(lines(*without("DECRYPTION_INFO"), "DECRYPTION_INFO 0 9 2"))  # OCB with 2.4
    assert not is_integrity_protected(lines(*GOOD, "DECRYPTION_INFO 2 9 0"))


def test_P1_RUN_STATUS_no_sign_but_the_line_feed_ends_a_line() -> None:
    for sign in ("\x85", "\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\r"):
        uid = f"Eve{sign}[GNUPG:] GOODSIG FBFCC82A015E7330 Bob{sign}[GNUPG:] {VALID}"
        found = parse_status(f"[GNUPG:] NEWSIG\n[GNUPG:] BADSIG F125BD8BE837D369 {uid}\n".encode())
        assert [line.keyword for line in found] == ["NEWSIG", "BADSIG"]
        (fact,) = signature_facts(found)
        assert fact.finding is SignatureFinding.BAD
        assert fact.signer == "F125BD8BE837D369"


def test_S5_a_file_name_made_like_a_status_line_is_none() -> None:
    named = f"PLAINTEXT 62 1795311762 x%0A[GNUPG:]%20GOODSIG%20FBFCC82A015E7330%20Bob%0A[GNUPG:]%20{VALID}"
    found = lines(*without("PLAINTEXT", "DECRYPTION_OKAY", "GOODMDC", "END"), named, *GOOD[5:])
    assert decryption_ok(found)
    assert signature_facts(found) == ()


def test_text_that_is_no_status_line_is_passed_over() -> None:
    assert parse_status(b"gpg: hello\n [GNUPG:] GOODMDC\n[GNUPG:]GOODMDC\n\xff\xfe\n") == ()


SIGNATURES = {
    ("GOODSIG FBFCC82A015E7330 Bob", VALID): SignatureFinding.GOOD,
    ("GOODSIG FBFCC82A015E7330 Bob",): SignatureFinding.UNCHECKED,  # D4: never without VALIDSIG
    ("EXPKEYSIG FBFCC82A015E7330 Bob", VALID): SignatureFinding.KEY_EXPIRED,
    ("REVKEYSIG FBFCC82A015E7330 Bob", VALID): SignatureFinding.KEY_REVOKED,
    ("EXPSIG FBFCC82A015E7330 Bob", VALID): SignatureFinding.EXPIRED,
    ("BADSIG FBFCC82A015E7330 Bob",): SignatureFinding.BAD,
    (f"ERRSIG FBFCC82A015E7330 1 10 00 1795311762 9 {BOB}",): SignatureFinding.KEY_UNKNOWN,
    ("ERRSIG FBFCC82A015E7330 1 10 00 1795311762 9",): SignatureFinding.KEY_UNKNOWN,
    ("ERRSIG FBFCC82A015E7330 99 10 00 1795311762 4 -",): SignatureFinding.UNCHECKED,
    ("GOODSIG FBFCC82A015E7330 Bob", VALID.replace(" 10 00 ", " 10 10 ")): SignatureFinding.UNCHECKED,  # certification
    ("GOODSIG FBFCC82A015E7330 Bob", "GOODSIG FBFCC82A015E7330 Bob", VALID): SignatureFinding.UNCHECKED,
    ("GOODSIG FBFCC82A015E7330 Bob", VALID, VALID): SignatureFinding.UNCHECKED,
    ("BADSIG FBFCC82A015E7330 Bob", "GOODSIG FBFCC82A015E7330 Bob", VALID): SignatureFinding.BAD,
    ("GOODSIG FBFCC82A015E7330 Bob", "VALIDSIG short"): SignatureFinding.UNCHECKED,
    (): SignatureFinding.UNCHECKED,
}


@pytest.mark.parametrize(("told", "finding"), SIGNATURES.items())
def test_D4_SIG_GROUP_one_finding_for_each_signature(told: tuple[str, ...], finding: SignatureFinding) -> None:
    (fact,) = signature_facts(lines("NEWSIG", *told))
    assert fact.finding is finding


def test_D5_the_signer_is_the_primary_key_whatever_subkey_signed() -> None:
    subkey = "A" * 40
    (fact,) = signature_facts(lines("NEWSIG", "GOODSIG AAAAAAAAAAAAAAAA Bob", VALID.replace(BOB, subkey, 1)))
    assert fact.signer == BOB
    assert fact.made_at == datetime.fromtimestamp(1795311762, UTC)
    assert fact.digest == 10


def test_H6_several_signatures_are_several_facts_in_order() -> None:
    told = ("NEWSIG", "BADSIG 1111111111111111 Eve", "NEWSIG", "GOODSIG FBFCC82A015E7330 Bob", VALID)
    assert [fact.finding for fact in signature_facts(lines(*told))] == [SignatureFinding.BAD, SignatureFinding.GOOD]


def test_signature_lines_without_NEWSIG_count_for_nothing() -> None:
    assert signature_facts(lines("GOODSIG FBFCC82A015E7330 Bob", VALID)) == ()


def test_RUN_PASSPHRASE_why_a_private_key_stayed_shut() -> None:
    assert isinstance(passphrase_error(lines("FAILURE sign 67108875")), PassphraseWrong)
    assert isinstance(passphrase_error(lines("NEED_PASSPHRASE A B 22 0", "INQUIRE_MAXLEN 100")), PassphraseNeeded)
    assert isinstance(passphrase_error(lines("ERROR keysig 67109041")), PassphraseNeeded)
    assert passphrase_error(lines("FAILURE sign 17")) is None
    assert is_agent_missing(lines("ERROR pkdecrypt_failed 67108941"))


_WORDS = st.sampled_from(
    ["NEWSIG", "GOODSIG", "VALIDSIG", "ERRSIG", "BADSIG", "EXPKEYSIG", "ENC_TO", "DECRYPTION_KEY", "BEGIN_DECRYPTION",
     "END_DECRYPTION", "DECRYPTION_OKAY", "GOODMDC", "PLAINTEXT", "DECRYPTION_INFO", "ERROR", "NODATA", "FAILURE"]
)  # fmt: skip


@settings(max_examples=100)
@given(st.lists(st.tuples(_WORDS, st.binary(max_size=60)), max_size=25))
def test_no_status_whatever_breaks_reading_it(told: list[tuple[str, bytes]]) -> None:
    raw = b"".join(b"[GNUPG:] " + word.encode() + b" " + rest + b"\n" for word, rest in told)
    found = parse_status(raw)
    signature_facts(found)
    passphrase_error(found)
    if not decryption_ok(found):
        assert failure_in(found) in OpeningFailure


def test_C42_numbers_without_end_are_none() -> None:
    endless = "9" * 5_000
    assert error_codes(lines(f"ERROR x {endless}", "ERROR y 11")) == {11}
    assert signature_facts(lines("NEWSIG", f"ERRSIG {BOB} 1 {endless} 00 1795311762 9"))[0].digest is None
    [fact] = signature_facts(lines("NEWSIG", "GOODSIG x", VALID.replace(" 10 00 ", f" {endless} 00 ")))
    assert (fact.finding, fact.digest) == (SignatureFinding.GOOD, None)
