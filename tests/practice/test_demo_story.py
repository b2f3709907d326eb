"""The fictional practice tells the story that its gold file says it tells, in mail that parses."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from therapymail.practice.demo import envelopes
from therapymail.practice.demo.photo import photo_with_exif
from therapymail.practice.demo.tale import Story, StoryMail, read_story

STORY = read_story()
GOLD = STORY.gold
CODES = ("HERON", "LINDEN", "SLATE")
ARMOR = b"-----BEGIN PGP MESSAGE-----\n\nhQEMA0000000000000000\n=abcd\n-----END PGP MESSAGE-----\n"
SEALED = [mail for mail in STORY.mails if mail.seal != "none"]


def mail_ids(mails: list[StoryMail]) -> list[str]:
    return [mail.id for mail in mails]


def parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=SMTP)


def plain_text(entity: EmailMessage) -> str:
    body = entity.get_body(preferencelist=("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def week_of(tuesday_weeks: int) -> date:
    return date(2025, 1, 7) + timedelta(weeks=tuesday_weeks - 1)


def search(story: Story, query: str) -> list[str]:
    """The mails that answer a gold query: own words only, in the order of arrival."""
    parts = re.findall(r'\w+:"[^"]*"|"[^"]*"|\S+', query)
    return [
        mail.id
        for mail in story.mails
        if mail.client is not None and mail.resend_of is None and all(answers(mail, part) for part in parts)
    ]


def answers(mail: StoryMail, part: str) -> bool:
    name, colon, value = part.partition(":")
    value = value.strip('"')
    if colon:
        arrived = mail.received.date()
        return {
            "client": lambda: mail.client == value,
            "kind": lambda: mail.kind == value,
            "from": lambda: mail.author == value,
            "tag": lambda: value in mail.tags,
            "before": lambda: arrived < date.fromisoformat(value),
            "after": lambda: arrived > date.fromisoformat(value),
        }[name]()
    text = " ".join(mail.own_text.lower().split())
    if part.endswith("*"):
        return re.search(rf"\b{re.escape(part[:-1])}", text) is not None
    return re.search(rf"\b{re.escape(part.strip(chr(34)))}\b", text) is not None


def test_as_many_mails_as_the_plan_counts() -> None:
    logical = [mail for mail in STORY.mails if mail.resend_of is None]
    assert len(logical) == GOLD["logical_mails"] == 120
    assert len(STORY.mails) == GOLD["mails_on_the_wire"] == 121
    assert len({mail.id for mail in STORY.mails}) == 121
    assert {mail.id: mail.resend_of for mail in STORY.mails if mail.resend_of} == GOLD["resends"]
    assert {mail.id: mail.bounce_of for mail in STORY.mails if mail.bounce_of} == GOLD["bounces"]


@pytest.mark.parametrize(("code", "plan"), [("HERON", (41, 24, 12)), ("LINDEN", (42, 25, 12)), ("SLATE", (33, 22, 11))])
def test_a_clients_mails_kinds_and_exchanges(code: str, plan: tuple[int, int, int]) -> None:
    gold = GOLD["clients"][code]
    mails = STORY.mails_of(code)
    kinds = Counter(mail.kind for mail in mails)
    exchanges = {mail.exchange for mail in mails if mail.exchange is not None}
    assert (len(mails), kinds["letter"] + kinds["response"], len(exchanges)) == plan
    assert plan == (gold["mails"], gold["letters_and_responses"], gold["exchanges"])
    assert exchanges == set(range(1, gold["exchanges"] + 1))
    assert kinds == gold["kinds"]
    assert Counter(tag for mail in mails for tag in mail.tags) == gold["tags"]
    assert len(STORY.client(code).agreements) == gold["agreement_versions"]


def test_noise_belongs_to_no_client() -> None:
    noise = STORY.mails_of(None)
    assert Counter(mail.kind for mail in noise) == {"other": GOLD["noise"]["other"], "bounce": GOLD["noise"]["bounce"]}
    assert mail_ids([mail for mail in STORY.mails if not mail.expected.attached]) == sorted(
        GOLD["set_aside"], key=lambda mail_id: STORY.mail(mail_id).received
    )


def test_letters_have_a_fifth_of_the_planned_words() -> None:
    letters = {mail.id: mail.words for mail in STORY.mails if mail.kind == "letter"}
    assert letters.keys() == GOLD["words"].keys()
    far = {name: words for name, words in letters.items() if abs(words - GOLD["words"][name]) > GOLD["word_tolerance"]}
    assert far == {}


def test_responses_are_full_ones() -> None:
    thin = {mail.id: mail.words for mail in STORY.mails if mail.kind == "response" and not 60 <= mail.words <= 150}
    assert thin == {}


@pytest.mark.parametrize("code", CODES)
def test_letters_over_the_agreed_length(code: str) -> None:
    words: Counter[int] = Counter()
    for mail in STORY.mails_of(code):
        if mail.kind == "letter" and mail.exchange is not None:
            words[mail.exchange] += mail.words
    limit = STORY.client(code).agreements[0].word_limit
    assert [n for n, count in sorted(words.items()) if count > limit * 1.1] == GOLD["clients"][code]["over_length"]


@pytest.mark.parametrize("code", CODES)
def test_letters_come_on_the_clients_own_tuesday_but_for_the_late_ones(code: str) -> None:
    late = {event.week: event.facts["days_late"] for event in STORY.events
            if event.client == code and event.kind == "late-letter"}  # fmt: skip
    assert sorted(late) == GOLD["clients"][code]["client_late"]
    for mail in STORY.mails_of(code):
        if mail.kind == "letter":
            assert mail.week is not None
            assert mail.written.date() == week_of(mail.week) + timedelta(days=late.get(mail.week, 0)), mail.id
    weeks = {mail.week for mail in STORY.mails_of(code) if mail.kind == "letter"}
    assert sorted(set(range(1, 13)) - weeks) == GOLD["clients"][code]["missed_weeks"]


@pytest.mark.parametrize("code", CODES)
def test_every_response_keeps_its_window_but_for_one(code: str) -> None:
    window = timedelta(hours=STORY.client(code).agreements[0].window_hours)
    late = []
    for exchange in (entry for entry in GOLD["exchange"] if entry["client"] == code):
        due = STORY.mail(exchange["letters"][-1]).received + window
        assert exchange["response_due"] == due
        if STORY.mail(exchange["response"]).received > due:
            late.append(exchange["week"])
    assert late == GOLD["clients"][code]["therapist_late"]


def test_the_times_that_the_plan_names() -> None:
    third = STORY.mail("heron-w03-response").written
    assert third == datetime(2025, 1, 24, 14, tzinfo=UTC)
    assert third - STORY.mail("heron-w03-letter").received - timedelta(hours=48) == timedelta(hours=20)
    eleventh = STORY.mail("linden-w11-letter")
    assert eleventh.written.strftime("%a %H:%M %z") == "Tue 23:30 -0400"
    assert eleventh.received.strftime("%a %H:%M") == "Wed 03:30"
    assert STORY.mail("slate-w09-check-in").written.date() == date(2025, 3, 7)
    assert STORY.mail("heron-w12-after-closing").written.date() == date(2025, 3, 28)
    again = STORY.mail("heron-w07-response-resend").written - STORY.mail("heron-w07-response").written
    assert timedelta(0) < again < timedelta(minutes=GOLD["bounced_response_answered_within_minutes"])
    assert STORY.mail("slate-w06-safety-mail").written.date() == STORY.mail("slate-w06-letter").written.date()
    assert STORY.now == GOLD["now"] == datetime(2025, 3, 31, 9, tzinfo=UTC)


def test_written_has_the_authors_offset_and_received_is_utc() -> None:
    for mail in STORY.mails:
        zone = STORY.client(mail.client).zone if mail.client and mail.author == "client" else STORY.therapist.zone
        if mail.author != "noise":
            assert mail.written.utcoffset() == mail.written.astimezone(ZoneInfo(zone)).utcoffset(), mail.id
        assert mail.received.utcoffset() == timedelta(0)
        assert timedelta(0) < mail.received - mail.written < timedelta(minutes=3), mail.id
        assert mail.received < STORY.now


def test_every_answer_answers_an_earlier_mail_and_quotes_what_it_said() -> None:
    for mail in STORY.mails:
        if mail.in_reply_to is None:
            continue
        parent = STORY.mail(mail.in_reply_to)
        assert parent.client == mail.client
        assert parent.received < mail.written
        said = " ".join(parent.text.replace("> ", "").split())
        for line in mail.text.split("\n"):
            if line.startswith("> ") and mail.measure is None:
                assert line.removeprefix("> ") in said, (mail.id, line)


def test_the_sentence_of_the_unlit_room() -> None:
    found = [mail.id for mail in STORY.mails if "unlit room" in mail.text.lower()]
    assert found == GOLD["unlit_room"] == ["heron-w02-letter", "heron-w02-response", "heron-w08-letter"]
    assert not [mail.id for mail in STORY.mails if "unlit room" in mail.subject.lower()]
    assert "unlit room" in STORY.mail("heron-w08-letter").own_text
    doors = [mail.id for mail in STORY.mails if "door" in (mail.subject + mail.text).lower()]
    assert doors == GOLD["door_word_anywhere"] == GOLD["door_metaphor"]


@pytest.mark.parametrize("entry", GOLD["search"], ids=lambda entry: entry["query"])
def test_a_search_finds_what_gold_says(entry: dict[str, Any]) -> None:
    assert search(STORY, entry["query"]) == entry["hits"]


def test_measures_have_the_vectors_of_the_plan() -> None:
    answered = [mail for mail in STORY.mails if mail.measure is not None and mail.measure.answers is not None]
    gold = {entry["mail"]: entry for entry in GOLD["measure"]}
    assert set(mail_ids(answered)) == gold.keys()
    for mail in answered:
        assert mail.measure is not None
        digits = "".join(re.findall(r"(?m)^(?:> )?(?:Answer: \[|\d\) )([0-3])", mail.text))
        assert digits == mail.measure.answers == gold[mail.id]["answers"]
        assert sum(map(int, digits)) == gold[mail.id]["score"]
    assert [entry["score"] for entry in GOLD["measure"]] == [16, 13, 9, 5, 15, 14, 11, 8, 14, 15, 19, 12]
    item_nine = [entry["mail"] for entry in GOLD["measure"] if entry["form"] == "phq9" and entry["answers"][8] != "0"]
    assert item_nine == GOLD["item_nine_above_nought"]


def test_bracketed_cues_of_the_plan_stand_in_the_letters() -> None:
    assert "[tired]" in STORY.mail("heron-w01-letter").text
    assert "[crying a little as I type]" in STORY.mail("heron-w06-letter").text
    assert "[heart racing]" in STORY.mail("linden-w04-letter-b").text


def test_proposed_mails_and_their_keys() -> None:
    proposed = [mail for mail in STORY.mails if mail.expected.proposed]
    assert mail_ids(proposed) == GOLD["proposed"]
    assert all(mail.expected.settled == "accepted" for mail in proposed)
    from_unheld_key_or_none = [mail.id for mail in STORY.mails_of("SLATE")
                               if mail.author == "client" and mail.key != "first"]  # fmt: skip
    assert from_unheld_key_or_none == GOLD["proposed_if_filed_at_once"]
    spoof = STORY.mail("noise-spoof")
    victim = STORY.client("LINDEN")
    assert (spoof.from_name, spoof.key) == (victim.name, "unknown")
    assert spoof.from_address != victim.address


def test_no_address_outside_example() -> None:
    people = [STORY.therapist.address, *(client.address for client in STORY.clients)]
    written = [address for mail in STORY.mails for address in re.findall(r"[\w.+-]+@[\w.-]+\w", mail.text)]
    senders = [mail.from_address for mail in STORY.mails if mail.from_address is not None]
    for address in [*people, *written, *senders]:
        assert address.endswith(".example"), address
    assert not [mail.id for mail in STORY.mails if "http" in mail.text]


def test_events_rest_on_mails_that_exist() -> None:
    known = {mail.id for mail in STORY.mails}
    assert {name for event in STORY.events for name in event.mails} <= known
    assert [day.strftime("%a") for day in STORY.supervision] == ["Fri", "Fri", "Fri"]


@pytest.mark.parametrize("mail", SEALED, ids=lambda mail: mail.id)
def test_the_sealed_entity_says_what_the_story_says(mail: StoryMail) -> None:
    inner = envelopes.inner_entity(STORY, mail)
    assert inner == envelopes.inner_entity(STORY, mail)
    assert b"\n" not in inner.replace(b"\r\n", b"")
    if mail.seal == "inline":
        assert inner.decode().replace("\r\n", "\n") == mail.text
        return
    entity = parsed(inner)
    assert entity.get_content_type() == "multipart/mixed"
    content_type = entity["Content-Type"]
    assert (content_type.params["protected-headers"], content_type.params["hp"]) == ("v1", "cipher")
    assert entity["Subject"] == mail.subject
    assert "Subject: ..." in entity.get_all("HP-Outer", [])
    assert plain_text(entity) == mail.text
    assert (entity.get_body(preferencelist=("html",)) is not None) == (mail.seal == "mime-html")


@pytest.mark.parametrize("mail", SEALED, ids=lambda mail: mail.id)
def test_the_envelope_shows_no_more_than_it_must(mail: StoryMail) -> None:
    raw = envelopes.sealed_mail(STORY, mail, ARMOR)
    outer = parsed(raw)
    assert outer["Date"].datetime == mail.written
    assert outer["Message-ID"] == envelopes.message_id(STORY, mail)
    assert len(outer["To"].addresses) == len(outer["From"].addresses) == 1
    assert outer["Cc"] is None
    if mail.in_reply_to is not None:
        parent = envelopes.message_id(STORY, STORY.mail(mail.in_reply_to))
        assert outer["In-Reply-To"] == parent
        assert outer["References"].split()[-1] == parent
    assert max(len(line) for line in raw.split(b"\r\n")) < 998
    if mail.seal == "inline":
        assert outer.get_content().replace("\r\n", "\n") == ARMOR.decode()
        return
    assert outer["Subject"] == envelopes.OUTER_SUBJECT
    assert outer.get_content_type() == "multipart/encrypted"
    control, sealed = outer.iter_parts()
    assert control.get_content_type() == "application/pgp-encrypted"
    assert bytes(cast("bytes", sealed.get_payload(decode=True))).replace(b"\r\n", b"\n") == ARMOR


def test_plain_mails_and_the_delivery_report() -> None:
    plain = [mail for mail in STORY.mails if mail.seal == "none"]
    assert mail_ids(plain) == [
        "noise-bounce",
        "noise-newsletter",
        "slate-w10-letter",
        "slate-w10-notice",
        "noise-enquiry",
    ]
    for mail in plain:
        message = parsed(envelopes.plain_mail(STORY, mail))
        assert plain_text(message) == mail.text
        assert message["Subject"] == mail.subject
    report = parsed(envelopes.plain_mail(STORY, STORY.mail("noise-bounce")))
    assert report.get_content_type() == "multipart/report"
    _, status, headers = report.iter_parts()
    assert status.get_content_type() == "message/delivery-status"
    assert status.get_payload(1)["Final-Recipient"] == "rfc822; maren.quist@harbourpost.example"  # type: ignore[index]
    returned = parsed(str(headers.get_payload()).encode())
    assert returned["Message-ID"] == envelopes.message_id(STORY, STORY.mail("heron-w07-response"))


def test_what_is_sealed_is_not_plain_and_the_other_way_round() -> None:
    for mail in STORY.mails:
        refused = envelopes.inner_entity if mail.seal == "none" else envelopes.plain_mail
        with pytest.raises(ValueError, match=mail.id):
            refused(STORY, mail)
    with pytest.raises(ValueError, match="noise-newsletter"):
        envelopes.sealed_mail(STORY, STORY.mail("noise-newsletter"), ARMOR)


def test_the_photograph_carries_exif() -> None:
    mail = STORY.mail("heron-w12-after-closing")
    entity = parsed(envelopes.inner_entity(STORY, mail))
    picture = next(entity.iter_attachments())
    assert picture.get_filename() == mail.enclosure == "sweet-peas.jpg"
    raw = picture.get_content()
    assert raw == photo_with_exif(mail.written)
    assert raw.startswith(b"\xff\xd8\xff\xe1")
    assert raw.endswith(b"\xff\xd9")
    assert raw[6:12] == b"Exif\0\0"
    assert b"Example Optics" in raw
    assert mail.written.strftime("%Y:%m:%d").encode() in raw
