"""Keys as other people's programs make them: taken and used, or refused in a sentence that can be sent on."""

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.correspondents import missing
from tests.support.correspondents.correspondent import ran
from tests.support.correspondents.openpgpjs import OpenPgpJs5, OpenPgpJs6, step
from tests.support.gnupg import People, output, people
from tests.support.program import Program, program, setup_offline
from therapymail.domain.seal import OpeningFailure
from therapymail.pgp.armor import dearmor
from therapymail.pgp.own_key import own_certificate
from therapymail.pgp.packets import packet_tags
from therapymail.pgp.sealing import seal
from therapymail.pgp.single import SingleOpener

ADDRESS = "maren@client.example"
TEXT = "Grüße 🌩"
NEW = {"type": "curve25519"}  # Ed25519 and X25519 as RFC 9580 has them, and not as RFC 4880's drafts
TAKEN: dict[str, tuple[int, Mapping[str, object], Mapping[str, object]]] = {
    "that asks for SEIPD version 2": (6, {"keyExpirationTime": 63072000}, {"aeadProtect": True}),
    "that asks for OCB of the drafts": (5, {}, {"aeadProtect": True}),
    "with a signing subkey": (6, {"subkeys": [{"sign": True}, {}]}, {}),
    "NIST's curve": (6, {"type": "ecc", "curve": "nistP256"}, {}),
    "RSA": (5, {"type": "rsa", "rsaBits": 2048}, {}),
    "with a newer subkey beside the one of use": (6, {"subkeys": [{}, NEW]}, {}),
}
REFUSED: dict[str, tuple[int, Mapping[str, object], Mapping[str, object], str]] = {
    "version 6": (6, NEW, {"v6Keys": True}, "its format (version 6) cannot be read by GnuPG"),
    "version 5": (5, {}, {"v5Keys": True}, "its format (version 5) cannot be read by GnuPG"),
    "version 4 of a new method": (6, NEW, {}, "its method cannot be used by GnuPG"),
    "only a new subkey": (6, {"subkeys": [NEW]}, {}, "no part of it can encrypt now"),
    "for signing alone": (6, {"subkeys": [{"sign": True}]}, {}, "no part of it can encrypt now"),
}


@pytest.fixture(scope="module")
def everybody() -> Iterator[People]:
    with people() as made:
        yield made


@pytest.fixture(scope="module")
def therapymail() -> Iterator[Program]:
    with program() as made:
        setup_offline(made)
        yield made


def key(generation: int, options: Mapping[str, object], config: Mapping[str, object]) -> dict[str, str]:
    """A new key of the library's; privateKey, publicKey (armored) and fingerprint. Skips where it is missing."""
    if absent := missing((*OpenPgpJs5.needs, *OpenPgpJs6.needs)):
        pytest.skip(f"OpenPGP.js is not tested: {', '.join(absent)} is missing (scripts/test installs it)")
    made: dict[str, str] = step(generation, "generate", name="Maren", email=ADDRESS, options=options, config=config)
    return made


def add(therapymail: Program, material: str, code: str) -> Any:
    file = therapymail.directory / "key"
    file.write_text(material)
    return therapymail.run(
        "client", "add", code, f"{code.lower()}@client.example", "--name", "Maren", "--key", str(file),
        "--although-another-address", "--json",
    )  # fmt: skip


@pytest.mark.parametrize("kind", TAKEN)
def test_K3_W1_AC7_a_key_of_OpenPGP_js_is_sealed_to_as_every_program_reads_it_and_its_letter_opens(
    everybody: People, kind: str
) -> None:
    generation, options, config = TAKEN[kind]
    theirs = key(generation, options, config)
    certificate, own = (
        dearmor(theirs["publicKey"].encode(), "PUBLIC KEY BLOCK"),
        own_certificate(everybody.therapist, everybody.own),
    )
    armor = seal(
        everybody.therapist,
        f"\r\n{TEXT}\r\n".encode(),
        own=everybody.own,
        own_certificate=own,
        client_certificate=certificate,
        client_fingerprint=theirs["fingerprint"],
    )
    assert packet_tags(dearmor(armor)) == (1, 1, 18)
    our_key = output(everybody.therapist, ["--armor", "--export", everybody.own]).decode()
    opened = step(generation, "open", own=theirs["privateKey"], theirs=our_key, armor=armor.decode())
    assert opened["good"]
    assert base64.b64decode(opened["entity"]).decode() == f"\r\n{TEXT}\r\n"
    sealed = step(
        generation,
        "seal",
        own=theirs["privateKey"],
        theirs=our_key,
        text=TEXT,
        inline=True,
        config={"aeadProtect": True},
    )["armor"]
    read = SingleOpener(everybody.reader).decrypt(dearmor(sealed.encode()))
    assert read.plaintext == TEXT.encode()


@pytest.mark.parametrize("number", range(len(TAKEN)))
def test_K3_such_a_key_is_taken_for_a_client(therapymail: Program, number: int) -> None:
    theirs = key(*list(TAKEN.values())[number])
    added = add(therapymail, theirs["publicKey"], f"TAKEN{number}")
    assert added.code == 0, added
    assert added.answer["clients"][0]["fingerprint"] == theirs["fingerprint"]


@pytest.mark.parametrize("kind", REFUSED)
def test_K3_AC6_a_key_GnuPG_cannot_use_is_refused_with_what_to_write_to_the_client(
    therapymail: Program, kind: str
) -> None:
    generation, options, config, why = REFUSED[kind]
    added = add(therapymail, key(generation, options, config)["publicKey"], "REFUSED")
    assert added.code == 7
    assert why in added.err
    assert "You could write to them: “" in added.err
    assert not added.out


def test_K3_a_key_that_has_ended_is_refused(therapymail: Program) -> None:
    long_ago = {"date": "2020-01-01T00:00:00Z", "keyExpirationTime": 86400}
    added = add(therapymail, key(6, long_ago, {})["publicKey"], "ENDED")
    assert (added.code, "it expired on 2020-01-02" in added.err) == (7, True)


@pytest.mark.parametrize(("config", "code"), [({"aeadProtect": True}, 7), ({}, 0)], ids=["asks", "does not ask"])
def test_AC7_a_key_of_OpenPGP_js_is_ones_own_unless_it_asks_for_mail_that_GnuPG_cannot_open(
    config: Mapping[str, object], code: int
) -> None:
    with program() as therapymail:
        file = therapymail.directory / "own"
        file.write_text(key(6, {}, config)["privateKey"])
        set_up = therapymail.run(
            *("setup", "--yes", "--offline", "--name", "Maren", "--email", ADDRESS),
            *("--import-key", str(file), "--no-passphrase"),
        )
    assert set_up.code == code, set_up
    assert ("it asks others for a message format that GnuPG cannot open" in set_up.err) == (code == 7)


def test_AC6_a_letter_signed_by_a_key_of_version_6_is_told_as_one_GnuPG_cannot_read(everybody: People) -> None:
    theirs = key(6, NEW, {"v6Keys": True})
    our_key = output(everybody.therapist, ["--armor", "--export", everybody.own]).decode()
    sealed = step(6, "seal", own=theirs["privateKey"], theirs=our_key, text=TEXT, inline=True, config={})["armor"]
    read = SingleOpener(everybody.reader).decrypt(dearmor(sealed.encode()))
    assert (read.plaintext, read.failure) == (None, OpeningFailure.UNSUPPORTED)


@pytest.mark.parametrize("suite", ["cv25519", "rsa3k"])
def test_K3_a_key_of_Sequoias_is_taken_for_a_client(therapymail: Program, suite: str, tmp_path: Path) -> None:
    if missing(("sq",)):
        pytest.skip("sq is not installed")
    made = tmp_path / "key"
    ran(["sq", "key", "generate", "--cipher-suite", suite, "--userid", f"Maren <{ADDRESS}>", "--export", made])
    certificate = ran(["sq", "key", "extract-cert", made]).decode()
    added = add(therapymail, certificate, f"SQ{suite.upper()}")
    assert added.code == 0, added


@pytest.mark.parametrize("number", [b"1\n3072\n", b"22\n", b"19\n1\n"], ids=["RSA", "EdDSA", "ECDSA"])
def test_K3_a_key_of_RNPs_is_taken_for_a_client(therapymail: Program, number: bytes, tmp_path: Path) -> None:
    if missing(("rnpkeys",)):
        pytest.skip("rnp is not installed")
    home = f"--homedir={tmp_path}"
    how = ["--generate-key", "--expert", "--userid", f"Maren <{ADDRESS}>", "--expiration", "1y", "--password="]
    ran(["rnpkeys", home, *how], number)
    added = add(therapymail, ran(["rnpkeys", home, "--export-key", ADDRESS]).decode(), f"RNP{len(number)}{number[0]}")
    assert added.code == 0, added


def test_K3_a_secret_key_of_Sequoias_is_refused(therapymail: Program, tmp_path: Path) -> None:
    if missing(("sq",)):
        pytest.skip("sq is not installed")
    made = tmp_path / "key"
    ran(["sq", "key", "generate", "--userid", f"Maren <{ADDRESS}>", "--export", made])
    refused = add(therapymail, made.read_text(), "SECRET")
    assert refused.code == 7
    assert "secret" in refused.err
