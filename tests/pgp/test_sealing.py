import os
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.gnupg import (
    PASSPHRASE,
    People,
    forget_passphrases,
    newer_gpg,
    output,
    recording_gpg,
    throw_away_home,
)
from tests.support.letters import certificates
from therapymail.domain.sealing import Hindrance
from therapymail.errors import (
    GnupgMissing,
    GnupgUnusable,
    PassphraseNeeded,
    PassphraseWrong,
    SealingFailed,
    TherapymailError,
)
from therapymail.pgp.agent import AgentConnection
from therapymail.pgp.armor import dearmor
from therapymail.pgp.own_key import make_key, own_certificate, revocation_certificate
from therapymail.pgp.packets import packet_tags, read_layout
from therapymail.pgp.runner import Gpg
from therapymail.pgp.sealing import seal
from therapymail.pgp.single import SingleOpener

LETTER = b"Content-Type: text/plain\r\n\r\nThe lighthouse.\r\n" * 30
LONG_AGO = timedelta(days=30)


def sealed(people: People, certificate: bytes, fingerprint: str, **changes: object) -> bytes:
    given: dict[str, object] = {
        "own": people.own,
        "own_certificate": certificates(people)[0],
        "client_certificate": certificate,
        "client_fingerprint": fingerprint,
    }
    gpg = changes.pop("gpg", people.therapist)
    return seal(gpg, LETTER, **(given | changes))  # type: ignore[arg-type]


def to_ann(people: People, **changes: object) -> bytes:
    return sealed(people, certificates(people)[1], people.ann, **changes)


def hindrance_of(people: People, certificate: bytes, fingerprint: str, **changes: object) -> str:
    with pytest.raises(SealingFailed) as failed:
        sealed(people, certificate, fingerprint, **changes)
    assert not list(people.therapist.run_directory.glob("f-*"))
    return failed.value.hindrance


def key_made(gpg: Gpg, *how: str, age: timedelta = timedelta(0), name: str = "Kim") -> str:
    """A key made by gpg's own quick generation, `age` ago."""
    then = replace(gpg, now=datetime.now(UTC) - age)
    run = then.run(["--passphrase", "", "--quick-generate-key", f"{name} <kim@client.example>", *how])
    return next(line.fields()[1] for line in run.status if line.keyword == "KEY_CREATED")


@contextmanager
def other_home() -> Iterator[Gpg]:
    with throw_away_home() as home:
        yield home


# --- what a seal is -----------------------------------------------------------------------------------


def test_C17_a_letter_is_sealed_to_the_client_and_to_oneself_and_both_open_it(everybody: People) -> None:
    message = dearmor(to_ann(everybody))
    assert output(everybody.others, ["--output", "-", "--decrypt"], message) == LETTER
    opened = SingleOpener(everybody.reader).decrypt(message)
    assert opened.plaintext == LETTER
    (fact,) = opened.signatures
    assert fact.signer == everybody.own


def test_S19_C30_K7_nobody_else_is_sealed_to_and_no_recipient_is_hidden(everybody: People) -> None:
    message = dearmor(to_ann(everybody))
    layout = read_layout(message)
    assert packet_tags(message) == (1, 1, 18)
    assert (layout.passwords, layout.stray, len(set(layout.recipients))) == (0, False, 2)
    assert "0" * 16 not in layout.recipients
    listing = subprocess.run(["gpg", "--list-packets", "--list-only"], input=message, capture_output=True).stdout
    assert listing.count(b":pubkey enc packet:") == 2


def test_S19_K2_a_gpg_conf_with_further_recipients_is_not_read(everybody: People) -> None:
    conf = everybody.therapist.homedir / "gpg.conf"
    before = conf.read_bytes()
    conf.write_bytes(before + f"encrypt-to {everybody.eve}\nthrow-keyids\n".encode())
    try:
        assert len(read_layout(dearmor(to_ann(everybody, gpg=everybody.reader))).recipients) == 2
    finally:
        conf.write_bytes(before)


def test_K2_nothing_that_the_home_is_configured_to_do_is_done(everybody: People) -> None:
    conf = everybody.therapist.homedir / "gpg.conf"
    before = conf.read_bytes()
    conf.write_bytes(f"recipient {everybody.eve}\n".encode())
    try:
        assert len(read_layout(dearmor(to_ann(everybody, gpg=everybody.reader))).recipients) == 2
    finally:
        conf.write_bytes(before)


def test_H1_no_address_or_name_is_ever_given_to_gpg_and_one_process_does_it(everybody: People, tmp_path: Path) -> None:
    program, record = recording_gpg(tmp_path)
    to_ann(everybody, gpg=replace(everybody.therapist, program=program))
    seen = record.read_text()
    assert seen.count("--encrypt\n") == seen.count("--status-fd\n") == 1
    assert "@" not in seen.replace(f"{everybody.therapist.run_directory}", "")
    assert everybody.ann not in seen
    assert seen.count("--recipient\n") == seen.count("--recipient-file\n") == seen.count("--local-user\n") == 1


def test_W1_whatever_the_keys_ask_for_gpg_is_told_to_write_what_every_program_reads(
    everybody: People, tmp_path: Path
) -> None:
    program, record = recording_gpg(tmp_path)
    recording = replace(everybody.therapist, program=program)
    to_ann(everybody, gpg=recording)
    with throw_away_home() as home:
        make_key(replace(home, program=program), "Kim", "kim@client.example", None)
    seen = record.read_text().split("--status-fd\n")[1:]
    assert len(seen) == 2
    for call in seen:
        assert "--compliance=openpgp\n" in call


def rsa_key_made(gpg: Gpg, address: str, *more: str) -> str:
    """A key as older programs make them, with `more` lines of parameters."""
    usages = ("Key-Type: RSA", "Key-Length: 2048", "Key-Usage: sign")
    parts = ("Subkey-Type: RSA", "Subkey-Length: 2048", "Subkey-Usage: encrypt")
    rest = (f"Name-Email: {address}", "Expire-Date: 0", "%no-protection", "%commit", "")
    made = gpg.run(["--generate-key"], "\n".join([*usages, *parts, *more, *rest]).encode())
    return next(line.fields()[1] for line in made.status if line.keyword == "KEY_CREATED")


@pytest.mark.parametrize("own_is_rsa", [False, True])
@pytest.mark.parametrize("preferences", ["none", "S2 H2 Z0", "S3 S4 H3 H2", "S9 S2 H10 H2"])
def test_W1_a_clients_key_that_asks_for_old_methods_gets_present_ones(preferences: str, own_is_rsa: bool) -> None:
    """gpg would take Triple-DES and SHA-1: with a key that names them, or nothing, they are all it has in common."""
    with throw_away_home() as gpg:
        client = rsa_key_made(gpg, "kim@client.example", f"Preferences: {preferences}")
        own = (
            rsa_key_made(gpg, "orla@practice.example") if own_is_rsa else make_key(gpg, "Orla", "orla@x.example", None)
        )
        message = seal(
            gpg,
            LETTER,
            own=own,
            own_certificate=output(gpg, ["--export", own]),
            client_certificate=output(gpg, ["--export", client]),
            client_fingerprint=client,
        )
        opened = gpg.run(["--decrypt"], dearmor(message))
    [(method, cipher, *_)] = [line.fields() for line in opened.status if line.keyword == "DECRYPTION_INFO"]
    [signature] = [line.fields() for line in opened.status if line.keyword == "VALIDSIG"]
    assert (method, cipher) == ("2", "9")  # MDC, AES with 256 bits
    assert signature[7] in {"8", "9", "10"}  # SHA-2


def test_W1_two_keys_that_ask_for_OCB_get_none_from_a_newer_gpg(tmp_path: Path) -> None:
    if (newer := newer_gpg()) is None:
        pytest.skip("no GnuPG 2.4 here (THERAPYMAIL_GPG24 names one)")
    program = tmp_path / "gpg"  # as its makers ship it, and not as Debian does
    program.write_text(f'#!/bin/sh\nexec {newer} --compliance=gnupg "$@"\n')
    program.chmod(0o755)
    with throw_away_home() as home:
        gpg = replace(home, program=str(program))
        prints = [key_made(gpg, "future-default", "default", name=name) for name in ("Kim", "Orla")]
        client, own = (output(gpg, ["--export", fingerprint]) for fingerprint in prints)
        packet = output(gpg, [*("--recipient", prints[0], "--recipient", prints[1]), "--encrypt"], LETTER)
        assert packet_tags(packet) == (1, 1, 20), "without being told, it would"
        message = seal(
            gpg,
            LETTER,
            own=prints[1],
            own_certificate=own,
            client_certificate=client,
            client_fingerprint=prints[0],
        )
        assert packet_tags(dearmor(message)) == (1, 1, 18)
        made = make_key(gpg, "Dr Orla Fenwick", "orla@practice.example", None)
        packet = output(gpg, [*("--recipient", prints[0], "--recipient", made), "--encrypt"], LETTER)
        assert packet_tags(packet) == (1, 1, 18), "a key of ours asks nobody for OCB"


def test_the_certificate_is_in_a_private_file_while_gpg_reads_it_and_gone_afterwards(
    everybody: People, tmp_path: Path
) -> None:
    program = tmp_path / "gpg"
    program.write_text(
        f'#!/bin/sh\nstat -c %a {everybody.therapist.run_directory}/f-* > {tmp_path}/mode\nexec gpg "$@"\n'
    )
    program.chmod(0o755)
    to_ann(everybody, gpg=replace(everybody.therapist, program=str(program)))
    assert (tmp_path / "mode").read_text() == "600\n"
    assert not list(everybody.therapist.run_directory.glob("f-*"))


def test_a_signing_subkey_of_the_own_key_signs(everybody: People) -> None:
    with other_home() as home:
        own = key_made(home, "ed25519", "cert", "never")
        for usage in ("sign", "encr"):
            algorithm = "ed25519" if usage == "sign" else "cv25519"
            home.run(["--passphrase", "", "--quick-add-key", own, algorithm, usage, "never"])
        message = to_ann(everybody, gpg=home, own=own, own_certificate=own_certificate(home, own))
        assert output(everybody.others, ["--skip-verify", "--output", "-", "--decrypt"], dearmor(message)) == LETTER


def test_a_letter_to_oneself_is_sealed_to_the_one_key(everybody: People) -> None:
    message = sealed(everybody, certificates(everybody)[0], everybody.own)
    assert SingleOpener(everybody.therapist).decrypt(dearmor(message)).plaintext == LETTER


def test_a_large_letter_is_sealed_whole(everybody: People) -> None:
    letter = os.urandom(3_000_000)
    own, client = certificates(everybody)
    message = seal(
        everybody.therapist,
        letter,
        own=everybody.own,
        own_certificate=own,
        client_certificate=client,
        client_fingerprint=everybody.ann,
    )
    assert output(everybody.others, ["--output", "-", "--decrypt"], dearmor(message)) == letter


# --- C4: what is not sealed does not exist -------------------------------------------------------------


def expired(home: Gpg) -> str:
    return key_made(home, "future-default", "default", "5d", age=LONG_AGO)


def only_an_expired_subkey(home: Gpg) -> str:
    made = key_made(home, "ed25519", "sign", "never", age=LONG_AGO)
    then = replace(home, now=datetime.now(UTC) - LONG_AGO)
    then.run(["--passphrase", "", "--quick-add-key", made, "cv25519", "encr", "5d"])
    return made


def for_signing_only(home: Gpg) -> str:
    return key_made(home, "ed25519", "sign", "never")


def revoked(home: Gpg) -> str:
    made = key_made(home, "future-default", "default", "never")
    path = revocation_certificate(home, made)
    assert path
    home.run(["--import"], path.read_bytes().replace(b":-----BEGIN", b"-----BEGIN"))
    return made


def not_yet_valid(home: Gpg) -> str:
    return key_made(home, "future-default", "default", "never", age=-LONG_AGO)


@pytest.mark.parametrize("kind", [expired, only_an_expired_subkey, for_signing_only, revoked, not_yet_valid])
def test_C4_a_clients_key_that_cannot_be_sealed_to_ends_it(everybody: People, kind: object) -> None:
    assert callable(kind)
    with other_home() as home:
        fingerprint = kind(home)
        certificate = replace(home, now=None).run(["--export", "--", fingerprint]).output
        assert hindrance_of(everybody, certificate, fingerprint) == Hindrance.KEY_UNUSABLE


@pytest.mark.parametrize("kind", [expired, only_an_expired_subkey, for_signing_only, revoked])
def test_C25_an_own_key_that_cannot_be_sealed_to_is_not_called_the_clients(everybody: People, kind: object) -> None:
    assert callable(kind)
    with other_home() as home:
        own = kind(home)
        found = hindrance_of(
            everybody,
            certificates(everybody)[1],
            everybody.ann,
            gpg=home,
            own=own,
            own_certificate=own_certificate(home, own),
        )
        assert found == Hindrance.OWN_KEY_UNUSABLE


def test_C7_without_a_secret_key_to_sign_with_nothing_is_sealed_and_no_unsigned_letter_is_offered(
    everybody: People,
) -> None:
    with other_home() as home:
        output(home, ["--import"], certificates(everybody)[0])
        assert (
            hindrance_of(everybody, certificates(everybody)[1], everybody.ann, gpg=home) == Hindrance.OWN_KEY_UNUSABLE
        )
    absent = "AB" * 20
    assert hindrance_of(everybody, certificates(everybody)[1], everybody.ann, own=absent) == Hindrance.OWN_KEY_UNUSABLE


def test_C4_another_certificate_than_the_pinned_one_is_not_sealed_to(everybody: People) -> None:
    _, ann = certificates(everybody)
    eve = own_certificate(everybody.others, everybody.eve)
    for certificate in (eve, ann + eve, eve + ann, b"", b"\x99", ann[:-1], b"not a key", LETTER):
        assert hindrance_of(everybody, certificate, everybody.ann) == Hindrance.KEY_NOT_HELD
    secret = output(everybody.others, ["--export-secret-keys", "--", everybody.ann])
    assert hindrance_of(everybody, secret, everybody.ann) == Hindrance.KEY_NOT_HELD


def test_C4_a_recipient_is_never_anything_but_a_full_fingerprint(everybody: People) -> None:
    certificate = certificates(everybody)[1]
    for name in ("", "ann@client.example", everybody.ann[-16:], everybody.ann[1:]):
        assert hindrance_of(everybody, certificate, name) == Hindrance.KEY_NOT_HELD
        assert hindrance_of(everybody, certificate, everybody.ann, own=name) == Hindrance.OWN_KEY_UNUSABLE


def test_C4_a_locked_own_key_asks_for_its_passphrase(guarded: People) -> None:
    forget_passphrases(guarded.therapist)
    with pytest.raises(PassphraseNeeded):
        to_ann(guarded)
    with pytest.raises(PassphraseWrong):
        to_ann(guarded, passphrase=b"not-this-one")
    assert to_ann(guarded, passphrase=PASSPHRASE.encode()).startswith(b"-----BEGIN PGP MESSAGE-----")


def test_S23_an_agent_that_cannot_start_is_no_fault_of_the_own_key(everybody: People) -> None:
    with other_home() as home:
        own = key_made(home, "future-default", "default", "never")
        certificate = own_certificate(home, own)
        with AgentConnection(home.homedir) as agent:
            agent.kill()
        in_the_way = home.homedir / "S.gpg-agent" / "in the way"
        in_the_way.mkdir(parents=True)
        with pytest.raises(GnupgUnusable):
            to_ann(everybody, gpg=home, own=own, own_certificate=certificate)
        in_the_way.rmdir()
        in_the_way.parent.rmdir()


def test_C4_no_gpg_at_all(everybody: People, tmp_path: Path) -> None:
    with pytest.raises(GnupgMissing):
        to_ann(everybody, gpg=replace(everybody.therapist, program=str(tmp_path / "gpg")))


SUCCESS = (
    "KEY_CONSIDERED {own} 0",
    "BEGIN_SIGNING H10",
    "SIG_CREATED S 22 10 00 1795368725 {own}",
    "BEGIN_ENCRYPTION 2 9",
    "END_ENCRYPTION",
)
ARMOR = "-----BEGIN PGP MESSAGE-----\n\nhF4D\n-----END PGP MESSAGE-----\n"
BROKEN = {
    "that fails": ("exit 2", SUCCESS, ARMOR),
    "that is killed": ("kill -9 $$", SUCCESS, ARMOR),
    "that says nothing": ("exit 0", (), ARMOR),
    "that writes more than armor": ("exit 0", SUCCESS, f"Hello\n{ARMOR}"),
    "that writes what it was given": ("cat", SUCCESS, ""),
    "that writes nothing": ("exit 0", SUCCESS, ""),
    "whose output is cut short": ("exit 0", SUCCESS, ARMOR[:-6]),
    "that did not end": ("exit 0", SUCCESS[:-1], ARMOR),
    "that did not sign": ("exit 0", (*SUCCESS[:2], *SUCCESS[3:]), ARMOR),
    "that signed twice": ("exit 0", (*SUCCESS, SUCCESS[2]), ARMOR),
    "that signed with another key": ("exit 0", tuple(line.replace("{own}", "C" * 40) for line in SUCCESS), ARMOR),
    "that left a recipient out": ("exit 0", ("INV_RECP 10 x", *SUCCESS), ARMOR),
    "that encrypted twice": ("exit 0", (*SUCCESS, *SUCCESS[3:]), ARMOR),
    "that failed in the end": ("exit 0", (*SUCCESS, "FAILURE gpg-exit 33554433"), ARMOR),
    "that writes without end": ("yes", SUCCESS, ARMOR),
}


@pytest.mark.parametrize("how", BROKEN)
def test_C4_RUN_ENCRYPT_a_broken_gpg_never_gives_a_letter(everybody: People, tmp_path: Path, how: str) -> None:
    ending, status, written = BROKEN[how]
    said = "".join(f"[GNUPG:] {line}\n" for line in status).replace("{own}", everybody.own)
    (tmp_path / "status").write_text(said)
    (tmp_path / "written").write_text(written)
    program = tmp_path / "gpg"
    # the status pipe's number is the argument behind --status-fd
    program.write_text(f"#!/bin/sh\ncat {tmp_path}/written\ncat {tmp_path}/status >/dev/fd/$2\n{ending}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    with pytest.raises(TherapymailError) as failed:
        to_ann(everybody, gpg=replace(everybody.therapist, program=str(program)))
    assert isinstance(failed.value, GnupgUnusable | SealingFailed)


def test_the_fake_gpg_of_these_tests_would_be_believed_if_it_said_what_gpg_says(
    everybody: People, tmp_path: Path
) -> None:
    (tmp_path / "status").write_text("".join(f"[GNUPG:] {line}\n" for line in SUCCESS).replace("{own}", everybody.own))
    (tmp_path / "written").write_text(ARMOR)
    program = tmp_path / "gpg"
    program.write_text(f"#!/bin/sh\ncat {tmp_path}/written\ncat {tmp_path}/status >/dev/fd/$2\n")
    program.chmod(0o755)
    assert to_ann(everybody, gpg=replace(everybody.therapist, program=str(program))) == ARMOR.encode()
