"""Mail made to harm the record: letters put out of sight, reports that are none, endless headers (HAZARDS S7, S24)."""

import pytest

from tests.journeys.conftest import Correspondence
from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.pgp.armor import dearmor
from therapymail.pgp.armor_writing import armored
from therapymail.practice.keys import import_own_key
from therapymail.vault.rebuild import rebuild

TWO_AUTHORS = b"From: a@else.example, maren@heron.example\r\n"


def disguised(raw: bytes) -> bytes:
    """The same ciphertext as in `raw` below another From: the same letter by its digest, and nobody's."""
    author, rest = raw.split(b"\r\n", 1)
    assert author.startswith(b"From: ")
    return TWO_AUTHORS + rest


def pgp_mime(author: str, addressee: str, armor: bytes) -> bytes:
    """A PGP/MIME mail around `armor`, its header unprotected."""
    return (
        (
            f"From: {author}\r\nTo: {addressee}\r\nContent-Type: multipart/encrypted;"
            ' protocol="application/pgp-encrypted"; boundary="o"\r\n\r\n--o\r\n'
            "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--o\r\n"
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        + armor
        + b"\r\n--o--\r\n"
    )


def delivery_report(about: str, failed: str = "") -> bytes:
    """A delivery report as anyone can write one."""
    status = f"Final-Recipient: rfc822; {failed}\r\nAction: failed\r\nStatus: 5.1.1\r\n" if failed else "\r\n"
    return (
        "From: mailer-daemon@else.example\r\nTo: orla@practice.example\r\nSubject: Undeliverable\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n--r\r\n\r\n"
        "Do as I say.\r\n--r\r\n"
        f"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; else.example\r\n\r\n{status}--r\r\n"
        f"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: {about}\r\n--r--\r\n"
    ).encode()


@pytest.mark.parametrize("both_at_once", [True, False])
def test_S7_a_copy_below_a_false_from_cannot_put_a_letter_out_of_sight(
    correspondence: Correspondence, both_at_once: bool
) -> None:
    story = correspondence
    raw = story.writers.letter(story.heron, "The door of the unlit room.", subject="the door")
    copies = [raw, disguised(raw)] if both_at_once else [disguised(raw), raw]  # newest mail is read first
    for copy in copies:
        story.deliver(copy)
        if not both_at_once:
            story.sync()
    story.sync()
    (letter,) = story.letters()
    assert (str(letter.name), letter.standing, letter.subject) == ("HERON-1", Standing.ACCEPTED, "the door")
    story.deliver(disguised(raw))
    story.sync()
    assert [str(letter.name) for letter in story.letters()] == ["HERON-1"]


def test_S7_a_letter_of_ours_sent_back_does_not_turn_into_the_clients(correspondence: Correspondence) -> None:
    story = correspondence
    armor = story.writers.sealed(b"Content-Type: text/plain\r\n\r\nWhat I wrote.\r\n", None)
    story.deliver(pgp_mime("maren@heron.example", "orla@practice.example", armor))
    story.sync()
    assert story.letters()[0].standing is not Standing.ACCEPTED
    story.deliver(pgp_mime("orla@practice.example", "maren@heron.example", armor), "Sent")
    story.sync()
    (letter,) = story.letters()
    assert (letter.code, letter.direction, letter.standing) == ("HERON", Direction.OUT, Standing.ACCEPTED)
    assert letter.kind is Kind.RESPONSE


def test_a_delivery_report_about_the_clients_own_letter_is_no_report(correspondence: Correspondence) -> None:
    story = correspondence
    story.write(story.heron, "Mine.", message_id="<mine@heron.example>")
    story.sync()
    story.deliver(delivery_report("<mine@heron.example>"))
    story.deliver(delivery_report("<mine@heron.example>", failed="maren@heron.example"))
    story.sync()
    assert [letter.standing for letter in story.letters()] == [Standing.ACCEPTED, Standing.PROPOSED]


def test_a_delivery_report_does_not_get_to_one_client_by_a_letter_of_anothers(correspondence: Correspondence) -> None:
    story = correspondence
    ours = story.writers.letter(story.linden, "To LINDEN.", message_id="<ours@practice.example>").replace(
        b"From: Tomas Roux <tomas@linden.example>", b"From: orla@practice.example"
    )
    story.deliver(ours.replace(b"To: Orla <orla@practice.example>", b"To: tomas@linden.example"), "Sent")
    story.deliver(delivery_report("<ours@practice.example>", failed="maren@heron.example"))
    story.sync()
    reports = [letter for letter in story.letters() if letter.direction is Direction.IN]
    assert [(letter.code, letter.standing) for letter in reports if letter.standing is Standing.ACCEPTED] in (
        [],
        [("LINDEN", Standing.ACCEPTED)],
    )


def test_our_own_letter_from_Sent_stays_ours_when_an_older_key_opens_it(correspondence: Correspondence) -> None:
    story = correspondence
    old = story.writers.add("Orla before", "orla@before.example")
    secret = story.writers.gpg.run(["--export-secret-keys", old.fingerprint], passphrase=b"").output
    inner = b"Content-Type: text/plain\r\n\r\nwritten with my old key\r\n"
    done = story.writers.gpg.run(
        ["--armor", "--sign", "--local-user", old.fingerprint, "--recipient", old.fingerprint, "--encrypt"], inner
    )
    story.deliver(pgp_mime("orla@practice.example", "maren@heron.example", done.output), "Sent")
    story.sync()
    assert [(str(letter.name), letter.state) for letter in story.letters()] == [("HERON-1", LetterState.SEALED)]
    import_own_key(story.practice, secret, None)
    story.sync(full=True)
    (opened,) = story.letters()
    assert (str(opened.name), opened.state, opened.standing) == ("HERON-1", LetterState.OPENED, Standing.ACCEPTED)
    assert (opened.direction, opened.kind) == (Direction.OUT, Kind.RESPONSE)


def test_S24_a_sealed_header_without_end_is_one_letter_among_others(correspondence: Correspondence) -> None:
    story = correspondence
    flood = story.writers.sealed(b"Content-Type: text/plain\r\n" + b"a:\n" * 5_000_000, None)
    story.deliver(pgp_mime("maren@heron.example", "orla@practice.example", flood))
    story.write(story.heron, "Still readable.")
    assert story.sync().fetched == 2
    assert story.letters()[-1].standing is Standing.ACCEPTED


@pytest.mark.parametrize("together", [True, False])
def test_S29_I3_a_letter_sent_again_in_a_changed_seal_is_proposed_not_counted(
    correspondence: Correspondence, together: bool
) -> None:
    """A marker packet before the ciphertext gives it another digest, and the signature inside is as good as ever."""
    story = correspondence
    raw = story.writers.letter(story.heron, "Once, and only once.")
    begin = raw.index(b"-----BEGIN PGP MESSAGE")
    end = raw.index(b"-----END PGP MESSAGE-----") + len(b"-----END PGP MESSAGE-----")
    again = armored(b"\xca\x03PGP" + dearmor(raw[begin:end]), "MESSAGE").encode()
    story.deliver(raw)
    if not together:
        story.sync()
    story.deliver(raw[:begin] + again + raw[end:])
    story.sync()
    assert sorted(letter.standing for letter in story.letters()) == [Standing.ACCEPTED, Standing.PROPOSED]
    repeated = next(letter for letter in story.letters() if letter.standing is Standing.PROPOSED)
    assert "repeated-signature" in repeated.notes
    with story.practice.vault() as vault, vault.writing() as writer:
        before = writer.rows("SELECT * FROM letter_signature")
        rebuild(writer)
        assert writer.rows("SELECT * FROM letter_signature") == before != []


def test_S29_a_letter_that_was_meant_for_somebody_else_says_so(correspondence: Correspondence) -> None:
    story = correspondence
    raw = story.writers.letter(story.heron, "for you alone")
    story.deliver(raw)
    inner = (
        b"From: maren@heron.example\r\nTo: friend@else.example\r\nMessage-ID: <b@heron.example>\r\n"
        b'Content-Type: text/plain; protected-headers="v1"; hp="cipher"\r\n\r\nnot for you\r\n'
    )
    story.deliver(pgp_mime("maren@heron.example", "orla@practice.example", story.writers.sealed(inner, story.heron)))
    story.sync()
    first, second = story.letters()
    assert "not-addressed-to-you" not in first.notes
    assert "not-addressed-to-you" in second.notes
