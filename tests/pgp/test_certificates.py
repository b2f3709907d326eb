import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.forged_keys import unwieldy_key
from tests.support.gnupg import ANN_ADDRESS, People, output, recording_gpg, snapshot, throw_away_home
from therapymail.domain.key_fault import KeyFault
from therapymail.domain.seal import SignatureFinding
from therapymail.errors import FileUnusable, KeyOfNoUse, KeyRefused, KeyUnknown, UnusableInput
from therapymail.pgp.certificate_packets import (
    MAX_BYTES,
    each_packet,
    is_revoked,
    key_packets,
    outline,
    without_hostile_names,
)
from therapymail.pgp.certificates import (
    brought_up_to_date,
    inspect,
    inspect_all,
    minimal,
    own_certificate,
    write_keyring,
)
from therapymail.pgp.colons import parse_listing
from therapymail.pgp.own_key import make_key, revocation_certificate
from therapymail.pgp.runner import Gpg
from therapymail.pgp.single import SingleOpener


@pytest.fixture(scope="module")
def client() -> Iterator[Gpg]:
    """The home of somebody who sends keys."""
    with throw_away_home() as made:
        yield made


def key_of(gpg: Gpg, uid: str, kind: str = "future-default", *more: str) -> bytes:
    """The certificate of a new key for `uid`, as its owner would send it."""
    made = gpg.run([*more, "--passphrase", "", "--quick-generate-key", uid, kind, "default", "never"])
    fingerprint = next(line.fields()[1] for line in made.status if line.keyword == "KEY_CREATED")
    return output(gpg, ["--export", fingerprint])


def with_names(gpg: Gpg, *uids: str) -> bytes:
    first, *others = uids
    certificate = key_of(gpg, first)
    fingerprint = inspect(gpg, certificate).fingerprint
    for uid in others:
        output(gpg, ["--quick-add-uid", fingerprint, uid])
    return output(gpg, ["--export", fingerprint])


def why_refused(gpg: Gpg, material: bytes) -> str:
    with pytest.raises(KeyRefused) as raised:
        inspect(gpg, material)
    return raised.value.why


def test_a_key_is_described_without_being_taken(everybody: People) -> None:
    material = own_certificate(everybody.others, everybody.ann)
    before = snapshot(everybody.therapist.homedir)
    report = inspect(everybody.therapist, material)
    assert report.fingerprint == everybody.ann
    assert report.uids == (f"Ann <{ANN_ADDRESS}>",)
    assert (report.can_encrypt, report.secret, report.problems, report.expires) == (True, False, (), None)
    assert report.created
    assert snapshot(everybody.therapist.homedir) == before
    assert inspect(everybody.therapist, output(everybody.others, ["--armor", "--export", everybody.ann])) == report


def test_D9_a_secret_key_is_reported_and_never_kept(everybody: People) -> None:
    secret = output(everybody.others, ["--export-secret-keys", everybody.ann])
    before = snapshot(everybody.therapist.homedir)
    assert inspect(everybody.therapist, secret).secret
    with pytest.raises(KeyRefused):
        minimal(everybody.therapist, secret, [ANN_ADDRESS])
    assert snapshot(everybody.therapist.homedir) == before
    assert not list(everybody.therapist.run_directory.glob("h-*"))


def test_K3_what_is_no_key_is_refused(client: Gpg) -> None:
    for material in (b"", b"hello", b"\xff" * 50, b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n", b"\x99\x01"):
        assert why_refused(client, material)
    assert "larger" in why_refused(client, b"\x99" * (MAX_BYTES + 1))
    whole = key_of(client, "Whole <whole@client.example>")
    assert why_refused(client, whole[:-5]) == "it is cut short"


@pytest.mark.parametrize("version", [2, 3, 5, 6])
def test_K3_other_versions_are_named(client: Gpg, version: int) -> None:
    assert f"version {version}" in why_refused(client, bytes([0xC6, 10, version]) + bytes(9))


def test_K3_a_key_without_a_name_is_refused(client: Gpg) -> None:
    whole = key_of(client, "Named <named@client.example>")
    nameless = b"".join(whole[packet.start : packet.end] for packet in each_packet(whole) if packet.tag == 6)
    assert "no name" in why_refused(client, nameless)


def test_K3_too_many_keys_or_names_are_refused(client: Gpg) -> None:
    one = key_of(client, "One <one@client.example>")
    assert "more than 10 keys" in why_refused(client, one * 11)
    key, *rest = [one[packet.start : packet.end] for packet in each_packet(one)]
    assert "more than 50 names" in why_refused(client, key + (rest[0] + rest[1]) * 51)


def test_several_keys_are_described_one_by_one(client: Gpg) -> None:
    two = key_of(client, "A <a@client.example>") + key_of(client, "B <b@client.example>")
    assert [report.uids for report in inspect_all(client, two)] == [
        ("A <a@client.example>",),
        ("B <b@client.example>",),
    ]
    assert "2 keys" in why_refused(client, two)


def test_S24_K3_a_key_made_to_keep_gpg_busy_is_refused_at_once(client: Gpg) -> None:
    """An RSA exponent as long as its modulus: gpg took two minutes for one, and looks at ten of a client."""
    made = unwieldy_key(f"Ann <{ANN_ADDRESS}>")
    began = time.monotonic()
    for look in (inspect, minimal):
        with pytest.raises(KeyRefused) as refused:
            look(client, made)
        assert "larger than any program" in refused.value.why
    assert time.monotonic() - began < 2
    rsa = unwieldy_key(f"Ann <{ANN_ADDRESS}>", bits=40, signatures=1)  # small, and for that reason refused elsewhere
    assert not outline(rsa).unwieldy


def test_P1_K3_hostile_names_are_left_out(client: Gpg) -> None:
    hostile = "Eve\u2028[GNUPG:] GOODSIG 0123456789ABCDEF Bob <eve@client.example>"
    material = with_names(client, "Eve <eve@client.example>", hostile)
    report = inspect(client, material)
    assert report.uids == ("Eve <eve@client.example>",)
    assert any("left out" in problem for problem in report.problems)
    kept = minimal(client, material, ["eve@client.example"])
    assert b"[GNUPG:]" not in kept
    assert inspect(client, kept).uids == ("Eve <eve@client.example>",)


def test_K3_a_key_with_hostile_names_alone_is_refused(client: Gpg) -> None:
    assert "usable name" in why_refused(client, key_of(client, "Eve\u2028[GNUPG:] GOODSIG <eve@evil.example>"))


def test_S9_names_are_sanitised(client: Gpg) -> None:
    (name,) = inspect(client, key_of(client, "Bob\u202e moc.elpmaxe <bob@client.example>")).uids
    assert "\u202e" not in name


def test_S14_only_the_clients_own_names_stay(client: Gpg) -> None:
    material = with_names(client, "C <c@client.example>", "C <c@work.example>", "C <other@third.example>")
    assert inspect(client, minimal(client, material, "c@client.example")).uids == ("C <c@client.example>",)
    two = inspect(client, minimal(client, material, ["C@Client.Example", "c@work.example"])).uids
    assert set(two) == {"C <c@client.example>", "C <c@work.example>"}
    assert len(inspect(client, minimal(client, material)).uids) == 3


def test_S14_a_key_without_the_clients_address_is_refused(client: Gpg) -> None:
    material = key_of(client, "D <d@client.example>")
    for address in ("other@client.example", "joand@client.example", "d@client.example.evil.example"):
        with pytest.raises(KeyRefused):
            minimal(client, material, [address])


def test_the_filter_language_cannot_be_reached_by_an_address(client: Gpg) -> None:
    material = key_of(client, "F <f@client.example>")
    for address in ("x@y.example || mbox = f@client.example", "x||y@z.example", "x&&y@z.example", 'x"@z.example', "x"):
        with pytest.raises(UnusableInput):
            minimal(client, material, [address])


def test_S28_addresses_go_to_gpg_in_a_file(client: Gpg, tmp_path: Path) -> None:
    material = key_of(client, "G <hidden@client.example>")
    program, record = recording_gpg(tmp_path)
    minimal(replace(client, program=program), material, ["hidden@client.example"])
    assert "--options" in record.read_text()
    assert "hidden@client.example" not in record.read_text()


def test_S14_signatures_of_third_parties_go(client: Gpg) -> None:
    material = key_of(client, "H <h@client.example>")
    other = inspect(client, key_of(client, "Other <o@client.example>")).fingerprint
    fingerprint = inspect(client, material).fingerprint
    output(client, ["--local-user", other, "--quick-sign-key", fingerprint])
    signed = output(client, ["--export", fingerprint])
    assert len(signed) > len(material)
    assert len(minimal(client, signed, ["h@client.example"])) <= len(material)


def test_an_expired_key_is_described_and_not_sealed_to(client: Gpg) -> None:
    then = replace(client, now=datetime(2024, 3, 1, tzinfo=UTC))
    fingerprint = make_key(then, "Old", "old@client.example", None, days=30)
    report = inspect(client, output(client, ["--export", fingerprint]))
    assert report.expires == datetime(2024, 3, 31, tzinfo=UTC)
    assert not report.can_encrypt
    assert report.problems == ("it expired on 2024-03-31",)


def test_a_revoked_key_is_described_and_not_sealed_to(client: Gpg) -> None:
    fingerprint = make_key(client, "Lost", "lost@client.example", None)
    path = revocation_certificate(client, fingerprint)
    assert path
    output(client, ["--import"], path.read_bytes().replace(b":-----BEGIN", b"-----BEGIN"))
    material = output(client, ["--export", fingerprint])
    report = inspect(client, material)
    assert (report.fault, report.can_encrypt) == (KeyFault.REVOKED, False)
    assert is_revoked(minimal(client, material, ["lost@client.example"]))
    with pytest.raises(KeyOfNoUse) as refused:
        report.refuse_unusable()
    assert refused.value.why == "it is revoked"
    assert "the key you use now" in refused.value.tell


def test_C24_a_key_whose_time_is_over_is_refused_with_what_to_ask_for(client: Gpg) -> None:
    then = ["--faked-system-time", "20200101T000000", "--passphrase", ""]
    made = client.run([*then, "--quick-generate-key", "Over <over@client.example>", "future-default", "default", "1y"])
    fingerprint = next(line.fields()[1] for line in made.status if line.keyword == "KEY_CREATED")
    report = inspect(client, output(client, ["--export", fingerprint]))
    assert report.fault is KeyFault.EXPIRED
    with pytest.raises(KeyOfNoUse) as refused:
        report.refuse_unusable()
    assert refused.value.why.startswith("it expired on 20")
    assert "extend it" in refused.value.tell


def test_K4_a_held_key_takes_what_is_newer_and_forgets_no_revocation(client: Gpg) -> None:
    fingerprint = make_key(client, "Newer", "newer@client.example", None)
    first = output(client, ["--export", fingerprint])
    held = minimal(client, first, ["newer@client.example"])
    output(client, ["--quick-set-expire", fingerprint, "30d"])
    output(client, ["--quick-add-uid", fingerprint, "Newer <elsewhere@client.example>"])
    second = output(client, ["--export", fingerprint])
    updated = brought_up_to_date(client, held, second, ["newer@client.example"])
    report = inspect(client, updated)
    assert report.expires
    assert report.uids == ("Newer <newer@client.example>",)
    assert inspect(client, brought_up_to_date(client, updated, first, ["newer@client.example"])) == report
    assert len(inspect(client, brought_up_to_date(client, held, second, ["nobody@client.example"])).uids) == 2
    path = revocation_certificate(client, fingerprint)
    assert path
    output(client, ["--import"], path.read_bytes().replace(b":-----BEGIN", b"-----BEGIN"))
    revoked = brought_up_to_date(client, updated, output(client, ["--export", fingerprint]), ["newer@client.example"])
    assert is_revoked(revoked)
    assert is_revoked(brought_up_to_date(client, revoked, second, ["newer@client.example"]))
    assert not is_revoked(updated)


def test_K4_another_key_is_no_newer_copy(client: Gpg) -> None:
    one, other = (key_of(client, f"Other <{name}@client.example>") for name in ("one", "two"))
    with pytest.raises(KeyRefused):
        brought_up_to_date(client, one, other, ["one@client.example"])


def test_S14_a_revocation_that_does_not_verify_revokes_nothing(client: Gpg) -> None:
    fingerprint = make_key(client, "Forged", "forged@client.example", None)
    held = output(client, ["--export", fingerprint])
    path = revocation_certificate(client, fingerprint)
    assert path
    revocation = bytearray(output(client, ["--dearmor"], path.read_bytes().replace(b":-----BEGIN", b"-----BEGIN")))
    revocation[-5] ^= 1
    primary = next(each_packet(held))
    forged = held[: primary.end] + bytes(revocation) + held[primary.end :]
    assert is_revoked(forged)  # of material that gpg has not seen it would say anything
    assert not is_revoked(minimal(client, forged, ["forged@client.example"]))
    assert not is_revoked(brought_up_to_date(client, held, forged, ["forged@client.example"]))


def test_C31_a_key_of_another_address_is_kept_whole_only_by_choice(client: Gpg) -> None:
    material = key_of(client, "Alias <alias@client.example>")
    with pytest.raises(KeyRefused):
        minimal(client, material, ["heron@client.example"])
    chosen = minimal(client, material, ["heron@client.example"], although_another_address=True)
    assert inspect(client, chosen).uids == ("Alias <alias@client.example>",)


@pytest.mark.parametrize(
    ("version", "algorithm", "says"),
    [
        (6, 27, "newer than my program"),
        (6, 30, "post-quantum"),
        (5, 22, "newer"),
        (4, 27, "newer"),
        (4, 35, "post-quantum"),
    ],
)
def test_AC6_what_GnuPG_cannot_use_is_explained_for_the_client(
    client: Gpg, version: int, algorithm: int, says: str
) -> None:
    material = bytearray(key_of(client, f"V{version} <v{version}a{algorithm}@client.example>"))
    primary = next(each_packet(bytes(material)))
    at = primary.end - len(primary.body)
    material[at], material[at + 5] = version, algorithm
    with pytest.raises(KeyOfNoUse) as refused:
        inspect(client, bytes(material))
    assert says in refused.value.tell
    assert "send me its public part" in refused.value.tell
    assert "GnuPG" in refused.value.why


@pytest.mark.parametrize("kind", ["rsa1024", "dsa1024"])
def test_S14_weak_keys_are_flagged_and_not_sealed_to(client: Gpg, kind: str) -> None:
    parameters = {
        "rsa1024": "Key-Type: RSA\nKey-Length: 1024\nSubkey-Type: RSA\nSubkey-Length: 1024\n",
        "dsa1024": "Key-Type: DSA\nKey-Length: 1024\nSubkey-Type: ELG-E\nSubkey-Length: 1024\n",
    }[kind]
    named = f"Name-Real: Weak\nName-Email: {kind}@client.example\nExpire-Date: 0\n%no-protection\n%commit\n"
    made = client.run(["--generate-key"], (parameters + named).encode())
    fingerprint = next(line.fields()[1] for line in made.status if line.keyword == "KEY_CREATED")
    report = inspect(client, output(client, ["--export", fingerprint]))
    assert not report.can_encrypt
    assert any("too weak" in problem for problem in report.problems)


def test_S14_a_key_that_vouches_for_itself_by_SHA1_is_flagged(client: Gpg) -> None:
    material = key_of(client, "Sha <sha@client.example>", "future-default", "--cert-digest-algo", "SHA1")
    assert any("SHA-1" in problem for problem in inspect(client, material).problems)
    assert not outline(key_of(client, "Sha2 <sha2@client.example>")).weak_digest


def test_AC7_a_key_that_wants_SEIPD_2_is_flagged(client: Gpg) -> None:
    material = key_of(client, "V6 <v6@client.example>")
    assert not outline(material).wants_seipd2
    features = b"\x02\x1e\x01"  # subpacket 30, one octet
    assert features in material
    assert outline(material.replace(features, b"\x02\x1e\x09")).wants_seipd2


def test_a_key_for_signing_only_cannot_be_sealed_to(client: Gpg) -> None:
    report = inspect(client, key_of(client, "Sign <sign@client.example>", "ed25519"))
    assert not report.can_encrypt
    assert report.problems == ("no part of it can encrypt now",)
    assert report.fault is KeyFault.CANNOT_ENCRYPT


def test_an_unknown_key_is_not_exported(client: Gpg) -> None:
    with pytest.raises(KeyUnknown):
        own_certificate(client, "A" * 40)


# --- the keyring ----------------------------------------------------------------------------------


def test_the_keyring_serves_for_verifying(everybody: People, tmp_path: Path) -> None:
    path = tmp_path / "clients.kbx"
    write_keyring([own_certificate(everybody.others, each) for each in (everybody.ann, everybody.eve)], path)
    reader = replace(everybody.therapist, keyring=path)
    signature = output(everybody.others, ["--local-user", everybody.ann, "--detach-sign"], b"text")
    (fact,) = SingleOpener(reader).verify_detached(b"text", signature)
    assert (fact.finding, fact.signer) == (SignatureFinding.GOOD, everybody.ann)
    assert [each.name for each in tmp_path.iterdir()] == ["clients.kbx"]
    assert path.stat().st_mode & 0o077 == 0


def test_an_empty_keyring_is_a_keyring(everybody: People, tmp_path: Path) -> None:
    path = tmp_path / "clients.kbx"
    write_keyring([], path)
    sealed = everybody.sealed(b"text", signer=everybody.ann)
    opened = SingleOpener(replace(everybody.therapist, keyring=path)).decrypt(sealed)
    assert opened.plaintext == b"text"
    assert [fact.finding for fact in opened.signatures] == [SignatureFinding.KEY_UNKNOWN]


def test_a_key_of_the_future_is_in_the_keyring_for_a_demos_clock(client: Gpg, tmp_path: Path) -> None:
    future = datetime.now(UTC) + timedelta(days=400)
    fingerprint = make_key(replace(client, now=future), "Then", "then@client.example", None)
    material = output(replace(client, now=future), ["--export", fingerprint])
    path = tmp_path / "clients.kbx"
    write_keyring([material], path)
    reader = Gpg(client.homedir, client.run_directory, keyring=path, now=future + timedelta(days=1))
    listed = parse_listing(output(reader, ["--no-default-keyring", "--with-colons", "--list-keys"]))
    assert [(key.primary.fingerprint, key.can_encrypt) for key in listed] == [(fingerprint, True)]


def test_many_certificates_make_a_keyring_at_once(client: Gpg, tmp_path: Path) -> None:
    made = [key_of(client, f"N{number} <n{number}@client.example>", "ed25519") for number in range(25)]
    began = time.monotonic()
    write_keyring(made, tmp_path / "clients.kbx")
    assert time.monotonic() - began < 10
    reader = Gpg(client.homedir, client.run_directory, keyring=tmp_path / "clients.kbx")
    assert len(parse_listing(output(reader, ["--no-default-keyring", "--with-colons", "--list-keys"]))) == 25


def test_without_a_run_directory_that_is_said() -> None:
    with pytest.raises(FileUnusable):
        write_keyring([], Path("/nonexistent/clients.kbx"))


# --- any bytes whatever ---------------------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_break_looking_at_packets(material: bytes) -> None:
    for look in (key_packets, outline, without_hostile_names):
        try:
            look(material)
        except KeyRefused:
            continue


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_change_to_a_key_breaks_looking_at_it(everybody: People, data: st.DataObject) -> None:
    whole = bytearray(own_certificate(everybody.others, everybody.ann))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        inspect(everybody.therapist, bytes(whole))
    except KeyRefused:
        return


@settings(max_examples=100)
@given(st.binary(max_size=300))
def test_no_bytes_break_reading_a_listing(listing: bytes) -> None:
    parse_listing(listing)
    parse_listing(b"pub:" + listing + b"\nfpr:::::::::" + listing + b"\nuid:" + listing)


def test_C42_a_size_of_a_key_without_end_is_none() -> None:
    [key] = parse_listing(b"pub:u:" + b"9" * 5_000 + b":22:\n")
    assert (key.primary.bits, key.primary.algorithm) == (0, 22)
