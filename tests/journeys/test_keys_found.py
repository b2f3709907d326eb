"""Keys in clients' mail, from the mailbox to the screen: found, shown with their letters, pinned by hand alone."""

import base64

from tests.journeys.conftest import Correspondence
from tests.support.practices import Writer
from therapymail.domain.found_key import KeySource
from therapymail.domain.kinds import Standing
from therapymail.practice.introduce import show_client
from therapymail.practice.keys import import_own_key, list_keys, pin_key, show_key
from therapymail.vault import decisions, key_candidates


def autocrypt(writer: Writer, address: str) -> str:
    data = base64.encodebytes(writer.certificate).decode().replace("\n", "\r\n ").strip()
    return f"Autocrypt: addr={address}; prefer-encrypt=mutual; keydata={data}\r\n"


def test_M06_a_client_with_a_new_key_is_asked_about_it_and_accepted_once_it_is_pinned(
    correspondence: Correspondence,
) -> None:
    story = correspondence
    fresh = story.writers.add(story.heron.name, story.heron.address)
    extra = autocrypt(fresh, story.heron.address)
    story.write(story.heron, "From my old telephone.", extra=autocrypt(story.heron, story.heron.address))
    story.write(story.heron, "From my new telephone.", signer=fresh, extra=extra)
    assert story.sync().proposed == 1
    [candidate] = show_client(story.practice, "HERON").candidates
    assert candidate.signs
    assert [(str(place.letter), place.source) for place in candidate.places] == [("HERON-2", KeySource.SEALED_HEADER)]
    assert show_key(story.practice, fresh.fingerprint).pinned_to is None
    assert [pin.fingerprint for pin in show_client(story.practice, "HERON").client.pins] == [story.heron.fingerprint]

    pin_key(story.practice, fresh.fingerprint, None)
    assert show_client(story.practice, "HERON").candidates == ()
    story.write(story.heron, "Once more.", signer=fresh, extra=extra)
    story.sync()
    assert story.letters()[-1].standing is Standing.ACCEPTED
    assert len(show_key(story.practice, fresh.fingerprint).found) == 1


def test_H14_an_erased_letter_takes_the_key_along_that_came_with_it(correspondence: Correspondence) -> None:
    story = correspondence
    fresh = story.writers.add(story.heron.name, story.heron.address)
    story.write(story.heron, "A key.", extra=autocrypt(fresh, story.heron.address))
    story.sync()
    assert fresh.fingerprint in {key.fingerprint for key in list_keys(story.practice)}
    [letter] = story.letters()
    with story.practice.vault() as vault:
        with vault.writing() as writer:
            decisions.erase_letter(writer, letter.digest, story.practice.clock())
        with vault.reading() as reader:
            assert key_candidates.candidates(reader) == []
    assert fresh.fingerprint not in {key.fingerprint for key in list_keys(story.practice)}


def test_a_letter_that_is_opened_later_gives_its_key_then(correspondence: Correspondence) -> None:
    story = correspondence
    old = story.writers.add("Orla before", "orla@before.example")
    secret = story.writers.gpg.run(["--export-secret-keys", old.fingerprint], passphrase=b"").output
    fresh = story.writers.add(story.heron.name, story.heron.address)
    inner = f"{autocrypt(fresh, story.heron.address)}Content-Type: text/plain\r\n\r\nto your old key\r\n".encode()
    signing = ["--sign", "--local-user", story.heron.fingerprint]
    done = story.writers.gpg.run(["--armor", *signing, "--recipient", old.fingerprint, "--encrypt"], inner)
    story.deliver(
        f"From: {story.heron.address}\r\nTo: orla@practice.example\r\nContent-Type: multipart/encrypted;"
        ' protocol="application/pgp-encrypted"; boundary="o"\r\n\r\n--o\r\n'
        "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--o\r\n"
        "Content-Type: application/octet-stream\r\n\r\n".encode()
        + done.output
        + b"\r\n--o--\r\n"
    )
    assert story.sync().unopened == 1
    assert show_client(story.practice, "HERON").candidates == ()
    import_own_key(story.practice, secret, None)
    assert story.sync(full=True).opened == 1
    [candidate] = show_client(story.practice, "HERON").candidates
    assert candidate.certificate.fingerprint == fresh.fingerprint
    assert not candidate.signs
