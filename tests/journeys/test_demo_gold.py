"""F43: the fictional practice, received the ordinary way, is exactly what its gold table says."""

from collections import Counter
from datetime import timedelta

import pytest

from therapymail.domain.kinds import Direction, Standing
from therapymail.domain.statuses import Ending
from therapymail.practice.agree import show_agreement
from therapymail.practice.demo.stage import Stage, story_kind, story_tag
from therapymail.practice.exchanges import ExchangesWith, list_exchanges
from therapymail.practice.find import SearchRequest, search_letters
from therapymail.practice.judging import JudgedLetter
from therapymail.practice.look_back import client_timeline
from therapymail.practice.read import LettersRequest, list_letters, read_letter
from therapymail.practice.tag import list_tags
from therapymail.vault.bounces import Bounced
from therapymail.vault.connection import Reader
from therapymail.vault.exchanges import unsettled_bounces
from therapymail.vault.rebuild import rebuild


@pytest.fixture(scope="module")
def judged(stage: Stage) -> dict[str, JudgedLetter]:
    """Every letter of the record by the story's mail id."""
    ids = {name: mail_id for mail_id, name in stage.names.items() if not stage.story.mail(mail_id).resend_of}
    found = list_letters(stage.practice, LettersRequest(limit=1000))
    return {ids[str(item.letter.name)]: item for item in found}


def test_every_mail_of_every_client_is_on_the_record_once(stage: Stage, judged: dict[str, JudgedLetter]) -> None:
    gold = stage.story.gold
    counted = Counter(item.letter.code for item in judged.values())
    bounces = len(gold["bounces"])
    assert counted["HERON"] == gold["clients"]["HERON"]["mails"] + bounces
    assert (counted["LINDEN"], counted["SLATE"]) == (
        gold["clients"]["LINDEN"]["mails"],
        gold["clients"]["SLATE"]["mails"],
    )
    assert sum(result.fetched for result in stage.received) == gold["mails_on_the_wire"] - len(gold["set_aside"])


def test_a_resend_adds_no_letter_but_a_place(stage: Stage) -> None:
    for resend, first in stage.story.gold["resends"].items():
        assert stage.names[resend] == stage.names[first]


def test_kinds_are_as_marked(stage: Stage, judged: dict[str, JudgedLetter]) -> None:
    wrong = {
        mail_id: item.letter.kind
        for mail_id, item in judged.items()
        if item.letter.kind is not story_kind(stage.story.mail(mail_id))
    }
    assert wrong == {}


def test_verdicts_say_what_each_seal_proved(stage: Stage, judged: dict[str, JudgedLetter]) -> None:
    wrong = {}
    for mail_id, item in judged.items():
        expected = stage.story.mail(mail_id).expected
        found = (item.verdict.encrypted.value, item.verdict.signature.value)
        if found != (expected.encrypted, expected.signature):
            wrong[mail_id] = found
    assert wrong == {}


def test_proposed_mail_waits_and_the_spoof_is_nobodys(stage: Stage, judged: dict[str, JudgedLetter]) -> None:
    proposed = {mail_id for mail_id, item in judged.items() if item.letter.standing is Standing.PROPOSED}
    assert proposed == set(), "the therapist has accepted what came from the new key, and what came in clear"
    assert {mail_id for mail_id in stage.story.gold["proposed"] if judged[mail_id].letter.standing is Standing.ACCEPTED}
    assert sum(result.proposed for result in stage.received) == len(stage.story.gold["proposed"])
    assert not set(stage.story.gold["set_aside"]) & set(stage.names)
    assert sum(result.strangers for result in stage.received) == 1


def test_what_clients_wrote_reads_as_they_wrote_it(stage: Stage, judged: dict[str, JudgedLetter]) -> None:
    for mail_id, item in judged.items():
        mail = stage.story.mail(mail_id)
        if mail.bounce_of or mail.measure:
            continue
        reading = read_letter(stage.practice, stage.names[mail_id]).reading
        assert reading is not None
        assert reading.text.split() == mail.own_text.split(), mail_id
        assert item.letter.subject == mail.subject
        assert item.letter.direction is (Direction.IN if mail.direction == "in" else Direction.OUT)


def test_tags_and_their_counts(stage: Stage) -> None:
    wanted: Counter[str] = Counter()
    for client in stage.story.gold["clients"].values():
        wanted.update({story_tag(tag): count for tag, count in client["tags"].items()})
    assert {item.tag: item.count for item in list_tags(stage.practice)} == dict(wanted)


# The themes of DOMAIN's demo corpus, week by week.
THEMES = {
    "HERON": (
        "grief sleep", "grief", "grief sleep", "sister guilt", "guilt sister grief", "grief", "grief writing", "grief",
        "garden sister", "sister", "grief garden", "grief ending",
    ),
    "LINDEN": (
        "anxiety work", "anxiety school-memories", "work", "loneliness", "us anxiety", "us", "worry", "avoidance",
        "avoidance meeting-people", "meeting-people", "meeting-people work", "dependency meeting-people",
    ),
    "SLATE": (
        "burnout", "burnout work", "separation", "separation sleep", "low-mood", "low-mood risk", "support", "support",
        "", "low-mood", "support next-steps", "ending next-steps",
    ),
}  # fmt: skip


@pytest.mark.parametrize("code", THEMES)
def test_F12_the_themes_stand_in_the_weeks_in_which_they_were_written(stage: Stage, code: str) -> None:
    weeks = client_timeline(stage.practice, code).periods[: len(THEMES[code])]
    assert [set(week.tags) for week in weeks] == [set(themes.split()) for themes in THEMES[code]]


def test_searches_find_exactly_the_letters_of_the_gold_table(stage: Stage) -> None:
    ids = {name: mail_id for mail_id, name in stage.names.items() if not stage.story.mail(mail_id).resend_of}
    for search in stage.story.gold["search"]:
        query = search["query"].replace('tag:"meeting people"', "tag:meeting-people")
        hits = search_letters(stage.practice, SearchRequest(query)).hits
        assert [ids[str(hit.letter.name)] for hit in reversed(hits)] == search["hits"], query


@pytest.mark.parametrize("code", ["HERON", "LINDEN", "SLATE"])
def test_the_timeline_counts_letters_and_responses(stage: Stage, code: str) -> None:
    timeline = client_timeline(stage.practice, code)
    letters = sum(len(period.client.letters) for period in timeline.periods)
    responses = sum(len(period.therapist.letters) for period in timeline.periods)
    assert letters + responses == stage.story.gold["clients"][code]["letters_and_responses"]


# --- agreements, exchanges, clocks ---------------------------------------------------------------------

CODES = ("HERON", "LINDEN", "SLATE")
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def exchanges(stage: Stage) -> dict[str, ExchangesWith]:
    return {code: list_exchanges(stage.practice, code) for code in CODES}


@pytest.mark.parametrize("code", CODES)
def test_exchanges_are_those_of_the_gold_table(stage: Stage, exchanges: dict[str, ExchangesWith], code: str) -> None:
    found = exchanges[code]
    gold = [each for each in stage.story.gold["exchange"] if each["client"] == code]
    assert len(gold) == stage.story.gold["clients"][code]["exchanges"]
    told = [
        (each.number, found.named(each.letters), found.named(each.responses), each.due)
        for each in found.course.exchanges
    ]
    assert told == [
        (
            each["number"],
            tuple(stage.names[mail_id] for mail_id in each["letters"]),
            (stage.names[each["response"]],),
            each["response_due"],
        )
        for each in gold
    ]


@pytest.mark.parametrize("code", CODES)
def test_late_missed_and_long_letters_are_those_of_the_gold_table(
    stage: Stage, exchanges: dict[str, ExchangesWith], code: str
) -> None:
    gold, found = stage.story.gold["clients"][code], exchanges[code].course
    first = stage.story.client(code).started
    week_of = {each.number: (each.expected - first).days // 7 + 1 for each in found.exchanges if each.expected}
    late = {each.number: by for each in found.exchanges if (by := each.late_by(stage.story.now))}
    assert [week_of[number] for number in late] == gold["therapist_late"]
    assert [week_of[each.number] for each in found.exchanges if each.client_days_late] == gold["client_late"]
    assert [(day - first).days // 7 + 1 for day in found.missed] == gold["missed_weeks"]
    assert [each.number for each in found.exchanges if each.over_length] == gold["over_length"]
    assert sum(each.is_open for each in found.exchanges) == gold["open_exchanges"]
    if code == "HERON":
        assert [by // HOUR for by in late.values()] == [20]
    if code == "LINDEN":
        assert [each.client_days_late for each in found.exchanges if each.client_days_late] == [2, 4]


def test_kinds_are_counted_as_in_the_gold_table(stage: Stage, judged: dict[str, JudgedLetter]) -> None:
    counted: dict[str, Counter[str]] = {code: Counter() for code in CODES}
    for item in judged.values():
        counted[item.letter.code][item.letter.kind.value] += 1
    for code in CODES:
        gold = Counter(stage.story.gold["clients"][code]["kinds"])
        after_closing = gold.pop("other", 0)  # filed as news, by the rule
        gold["update"] += after_closing
        gold["bounce"] += len(stage.story.gold["bounces"]) if code == "HERON" else 0
        assert counted[code] == +gold
    totals = {code: sum(stage.story.gold["clients"][code]["kinds"].values()) for code in CODES}
    assert totals == {"HERON": 41, "LINDEN": 42, "SLATE": 33}
    noise = stage.story.gold["noise"]
    assert (noise["mails"], noise["bounce"] + noise["other"]) == (4, len(stage.story.gold["set_aside"]) + 1)


def test_the_bounce_is_linked_to_the_response_that_failed(stage: Stage, judged: dict[str, JudgedLetter]) -> None:
    for bounce, failed in stage.story.gold["bounces"].items():
        assert str(judged[bounce].failed) == stage.names[failed]
        assert judged[bounce].exchange is None
        assert judged[failed].exchange == 7
    assert unsettled(stage) == {}, "the response was sent again within the hour"


def unsettled(stage: Stage) -> dict[str, list[Bounced]]:
    with stage.practice.vault() as vault, vault.reading() as reader:
        return unsettled_bounces(reader)


def test_mail_after_closing_is_filed_so_and_starts_no_clock(
    stage: Stage, judged: dict[str, JudgedLetter], exchanges: dict[str, ExchangesWith]
) -> None:
    after = {mail_id for mail_id, item in judged.items() if item.after_closing}
    assert after == set(stage.story.gold["after_closing"])
    assert all(judged[mail_id].exchange is None for mail_id in after)
    assert exchanges["HERON"].standing.waiting == ()
    said = {code: (each.standing.status.status.value, each.standing.status.ending) for code, each in exchanges.items()}
    assert said == {
        "HERON": ("closed", Ending.PLANNED),
        "LINDEN": ("active", None),
        "SLATE": ("referred", Ending.REFERRED),
    }


def test_agreement_versions_and_block_balances(stage: Stage, exchanges: dict[str, ExchangesWith]) -> None:
    for code in CODES:
        agreed = show_agreement(stage.practice, code)
        assert len(agreed.versions) == stage.story.gold["clients"][code]["agreement_versions"]
        zones = (stage.story.client(code).zone, "Europe/London")
        assert all((each.terms.client_zone, each.terms.own_zone) == zones for each in agreed.versions)
    assert [len(show_agreement(stage.practice, code).versions) for code in CODES] == [1, 2, 1]
    under = [each.agreement for each in exchanges["LINDEN"].course.exchanges]
    assert under == [1] * 9 + [2] * 3, "the second version holds from week 10 on"
    balances = {code: exchanges[code].standing.balance for code in CODES}
    assert balances == {"HERON": (1, 12, 12, 0), "LINDEN": (2, 6, 6, 0), "SLATE": (2, 5, 6, 1)}
    assert [each.number for each in exchanges["HERON"].course.exchanges if each.is_review] == [6, 12]


def test_every_mail_of_an_exchange_says_which(stage: Stage, judged: dict[str, JudgedLetter]) -> None:
    wanted = {mail.id: mail.exchange for mail in stage.story.mails if mail.id in judged}
    assert {mail_id: item.exchange for mail_id, item in judged.items()} == wanted


def test_a_rebuild_gives_the_same_exchanges_and_clocks(stage: Stage) -> None:
    of_exchanges = (
        "agreement",
        "client_status",
        "course",
        "exchange",
        "exchange_letter",
        "bounce",
        "letter_sent_again",
    )
    tables = (*of_exchanges, "note", "milestone", "milestone_place", "image", "letter_reread", "letter_tag")

    def kept(reader: Reader) -> dict[str, list[object]]:
        return {table: sorted(reader.rows(f"SELECT * FROM {table}"), key=repr) for table in tables}

    with stage.practice.vault() as vault, vault.writing() as writer:
        before = kept(writer)
        rebuild(writer)
        assert kept(writer) == before
        assert all(before[table] for table in tables)
