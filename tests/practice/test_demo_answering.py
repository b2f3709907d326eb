"""F43: whoever writes to a fictional client is answered; what is not sealed to them or not signed shows."""

import os
import smtplib
import ssl
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from therapymail.domain.kinds import Direction, Standing
from therapymail.practice.accept import accept_letter
from therapymail.practice.demo import envelopes
from therapymail.practice.demo.reading import Finding
from therapymail.practice.demo.stage import Stage, staged
from therapymail.practice.demo.tale import Expected, StoryMail, read_story
from therapymail.practice.judging import JudgedLetter
from therapymail.practice.mailbox import SMTP_SECRET, account_secret
from therapymail.practice.read import LettersRequest, list_letters, read_letter
from therapymail.practice.receive import SyncRequest, sync

CODES = ("HERON", "LINDEN", "SLATE")


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged(os.environ) as performance:
        performance.clients._seconds = 0.2
        yield performance


def response(stage: Stage, code: str, subject: str = "Between letters") -> StoryMail:
    """A letter of the therapist's to `code`, now."""
    now = stage.clock().replace(microsecond=0)
    key = stage.story.client(code).keys[-1].name
    return StoryMail(
        id=f"visitor-{code}-{subject}",
        client=code,
        author="therapist",
        direction="out",
        kind="response",
        written=now,
        received=now,
        subject=subject,
        seal="mime",
        key=key,
        text="A word between letters.\n",
        expected=Expected("sealed", "verified"),
    )


def submit(stage: Stage, code: str, raw: bytes) -> None:
    """Hand a mail to the post office by hand."""
    host = stage.practice.settings.smtp
    assert host is not None
    with stage.practice.vault() as vault:
        secret = account_secret(host, vault, SMTP_SECRET)
    context = ssl.create_default_context(cafile=host.ca_file)
    with smtplib.SMTP_SSL(host.host, host.port, context=context, timeout=10) as session:
        session.login(host.username, secret)
        session.sendmail(stage.story.therapist.address, [stage.story.client(code).address], raw)


def found(stage: Stage, code: str, times: int) -> Finding | None:
    """What the client found of the mail they were sent as their `times`-th; waits for it."""
    end = time.monotonic() + 20
    while True:
        theirs = [one for one in stage.clients.received if one.code == code]
        if len(theirs) >= times:
            return theirs[times - 1].finding
        assert time.monotonic() < end
        time.sleep(0.05)


def newest(stage: Stage, code: str) -> JudgedLetter:
    """The newest letter on the record, once the mailbox has been synchronised until it holds one more."""
    before = len(list_letters(stage.visited, LettersRequest(code, limit=1000)))
    end = time.monotonic() + 20
    while sync(stage.visited, SyncRequest()).fetched == 0:
        assert time.monotonic() < end
    after = list_letters(stage.visited, LettersRequest(code, limit=1000))
    assert len(after) == before + 1
    return after[0]


@pytest.mark.parametrize("code", CODES)
def test_a_client_opens_what_is_sealed_to_them_and_writes_back(stage: Stage, code: str) -> None:
    mail = response(stage, code)
    writers = stage.clients._writers
    submit(
        stage,
        code,
        envelopes.sealed_mail(stage.story, mail, writers.seal(mail, envelopes.inner_entity(stage.story, mail))),
    )
    assert found(stage, code, 1) is Finding.SEALED
    answer = newest(stage, code)
    assert answer.letter.direction is Direction.IN
    assert answer.letter.standing is Standing.ACCEPTED
    assert (answer.verdict.encrypted.value, answer.verdict.signature.value) == ("sealed", "verified")
    assert answer.letter.subject == ("" if code == "SLATE" else "Re: Between letters")  # "Re: ..." is no subject (HP8)
    assert timedelta(0) <= answer.letter.received - stage.story.now < timedelta(minutes=5)
    reading = read_letter(stage.visited, str(answer.letter.name)).reading
    assert reading is not None
    assert reading.text.split() == stage.story.answers[code][0].split()


def test_C2_a_mail_in_clear_is_noticed_and_not_answered(stage: Stage) -> None:
    before = len(stage.clients.received)
    submit(stage, "HERON", envelopes.plain_mail(stage.story, replace(response(stage, "HERON", "open"), seal="none")))
    assert (
        found(stage, "HERON", sum(one.code == "HERON" for one in stage.clients.received[:before]) + 1)
        is Finding.IN_CLEAR
    )
    time.sleep(0.3)
    assert sync(stage.visited, SyncRequest()).fetched == 0


def test_C1_a_letter_sealed_to_somebody_else_does_not_open_and_the_client_says_so(stage: Stage) -> None:
    mail, for_another = response(stage, "LINDEN", "astray"), response(stage, "SLATE", "astray")
    writers = stage.clients._writers
    ciphertext = writers.seal(for_another, envelopes.inner_entity(stage.story, for_another))
    before = sum(one.code == "LINDEN" for one in stage.clients.received)
    submit(stage, "LINDEN", envelopes.sealed_mail(stage.story, mail, ciphertext))
    assert found(stage, "LINDEN", before + 1) is Finding.NOT_THEIRS
    complaint = newest(stage, "LINDEN")
    assert complaint.letter.standing is Standing.PROPOSED
    assert complaint.verdict.encrypted.value == "no"


def test_S7_a_letter_that_the_therapist_did_not_sign_is_questioned(stage: Stage) -> None:
    mail = response(stage, "SLATE", "unsigned")
    writers = stage.clients._writers
    entity = envelopes.inner_entity(stage.story, mail)
    to_slate = writers.fingerprints[("SLATE", "second")]
    unsigned = writers.clients.run(["--armor", "--trust-model", "always", "--recipient", to_slate, "--encrypt"], entity)
    before = sum(one.code == "SLATE" for one in stage.clients.received)
    submit(stage, "SLATE", envelopes.sealed_mail(stage.story, mail, unsigned.output))
    assert found(stage, "SLATE", before + 1) is Finding.NOT_SIGNED
    assert newest(stage, "SLATE").letter.standing is Standing.PROPOSED


@pytest.mark.parametrize("code", CODES)
def test_every_client_has_several_answers_in_short_lines(code: str) -> None:
    texts = read_story().answers[code]
    assert len(set(texts)) == len(texts) >= 3
    for text in texts:
        assert 30 <= len(text.split()) <= 120
        assert max(map(len, text.splitlines())) <= 72
        assert text.startswith("Dear Orla,\n")


def test_F43_a_mail_that_came_unsealed_waits_to_be_accepted(stage: Stage) -> None:
    stage.clients.write_unsealed()
    assert sync(stage.visited, SyncRequest()).proposed == 1
    [proposed] = [
        each.letter
        for each in list_letters(stage.visited, LettersRequest(limit=1000))
        if each.letter.subject == stage.story.unsealed["subject"]
    ]
    assert (proposed.code, proposed.standing) == ("LINDEN", Standing.PROPOSED)
    assert accept_letter(stage.visited, str(proposed.name)).letter.standing is Standing.ACCEPTED
