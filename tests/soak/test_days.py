"""A day with each kind of fault: nothing is lost, doubled, in clear or wrongly sent. All of them: scripts/soak."""

import imaplib
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.soak.__main__ import KEPT, PAGE
from tests.soak.correspondence import ANSWER
from tests.soak.fault import BOUNDARIES, BYTES, KINDS, PROCESSES, STEPS, Fault, Kind, fault_of
from tests.soak.results import runs_in, summary, with_table
from tests.soak.run import Day, Run, run_with
from tests.soak.world import INBOX, SENT, THERAPIST, USERS, World
from tests.support.posts import need_dovecot

# Seeds whose fault strikes where something is at stake: a letter on its way in or out, a copy on its way into Sent.
SEEDS: dict[Kind, int] = {kind: number for number, kind in enumerate(KINDS)}

pytestmark = pytest.mark.dovecot


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """One for all."""
    need_dovecot()
    with World() as made:
        yield made


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name.lower())
def test_S23_C12_C16_C40_C41_a_fault_loses_doubles_and_bares_nothing(world: World, kind: Kind) -> None:
    fault = fault_of(SEEDS[kind])
    if fault.kind is Kind.READ_ONLY and not world.disk.can_be_read_only:
        pytest.skip("no file system may be mounted here, and root writes everywhere")
    made = run_with(world, fault)
    assert made.struck
    assert made.is_right, made.line()


def test_a_day_without_a_fault_is_right_and_as_long_as_faults_think(world: World) -> None:
    """Else they would strike when it is over, or in its first part alone; and what would be wrong is seen."""
    with world.place() as place:
        day = Day(world, place, None)
        day.work()
        said = [len(world.proxies[wire].said[speaker]) for wire, speaker in BYTES]
        day.heal()
        day.end()
        made = Run(-1, "none", "nowhere")
        day.look(made)
        assert made.is_right, made.line()
        sabotage(world, place.outside)
        day.look(made)
    for length, thought in zip((*said, *day.counted), (*BYTES.values(), BOUNDARIES, PROCESSES), strict=True):
        assert thought <= length <= thought * 1.3
    assert day.steps == STEPS
    assert made.lost == ["the reply at its client's"]
    assert made.doubled == ["the copy of the letter in Sent: 2", "1 more in Sent"]
    assert made.in_clear == [f"{ANSWER.mark}: file notes.txt"]
    assert made.wrongly_sent == ["the reply is sealed to others", "LINDEN has got what is not theirs"]


def sabotage(world: World, outside: Path) -> None:
    """The reply goes to the other client, the letter's copy is made again, and a word is written down."""
    (mail,) = world.mails(USERS["HERON"])[INBOX]
    (copy,) = [raw for raw in world.mails(THERAPIST)[SENT] if USERS["LINDEN"].encode() in raw.partition(b"\r\n\r\n")[0]]
    for user, folder, raw in ((USERS["LINDEN"], INBOX, mail), (THERAPIST, SENT, copy)):
        with world.visit(user) as session:
            session.append(folder, "", imaplib.Time2Internaldate(time.time()), raw)
    with world.visit(USERS["HERON"]) as session:
        session.select(INBOX)
        session.store("1", "+FLAGS", "(\\Deleted)")
        session.expunge()
    (outside / "notes.txt").write_text(f"a {ANSWER.mark}, and")


def test_a_seed_is_one_fault() -> None:
    faults: list[Fault] = [fault_of(seed) for seed in range(320)]
    assert faults == [fault_of(seed) for seed in range(320)]
    assert {fault.kind for fault in faults} == set(Kind)
    assert len({(fault.kind, fault.point, fault.size) for fault in faults}) > 300


def test_the_table_is_what_the_script_makes_of_the_kept_results() -> None:
    page = PAGE.read_text("utf-8")
    assert with_table(page, json.loads(KEPT.read_text("utf-8"))) == page


def test_runs_are_summed_by_kind_and_a_cut_line_is_run_again(tmp_path: Path) -> None:
    results = tmp_path / "runs.jsonl"
    runs = [
        Run(0, Kind.CUT, "byte 1", struck=True, lost=["a letter"], uncertain=2),
        Run(1, Kind.STALL, "byte 2", said=["x", "y"]),
    ]
    lines = [json.dumps(each.line()) for each in (runs[1], runs[0], runs[0])]
    results.write_text("\n".join([*lines, lines[0][:40]]))
    assert runs_in(results) == {run.seed: run for run in runs}
    kept = summary(runs_in(results).values())
    assert (kept["runs"], kept["seeds"]) == (2, "0 to 1")
    assert kept["kinds"][Kind.CUT] == {
        **dict.fromkeys(("doubled", "in_clear", "wrongly_sent", "other", "said"), 0),
        "runs": 1,
        "struck": 1,
        "lost": 1,
        "uncertain": 2,
    }
    assert kept["kinds"][Kind.STALL]["said"] == 1
