"""The record's thread: verbs in order on one open vault, what was given up is passed over, a lock lets the vault go."""

import threading
import time
from functools import partial

import pytest

from therapymail.errors import VaultLocked
from therapymail.practice.caseload import caseload
from therapymail.practice.practice import Practice
from therapymail.practice.unlock import lock, unlock
from therapymail.tui.record_thread import RecordThread, aside


def test_C45_verbs_are_carried_out_in_order_in_one_thread(blank: Practice) -> None:
    record = RecordThread(blank)
    seen: list[tuple[int, int]] = []

    def note(_: Practice, number: int) -> None:
        seen.append((number, threading.get_ident()))

    asked = [record.ask(partial(note, number=number)) for number in range(50)]
    for each in asked:
        each.result(10)
    assert [number for number, _ in seen] == list(range(50))
    assert len({thread for _, thread in seen}) == 1
    assert seen[0][1] != threading.get_ident()
    record.end()


def test_the_vault_stays_open_between_verbs_and_goes_with_the_end(blank: Practice) -> None:
    record = RecordThread(blank)
    first = record.ask(lambda practice: practice.vault()).result(10)
    assert record.ask(lambda practice: practice.vault()).result(10) is first
    assert record.ask(caseload).result(10).letters == 0
    record.end()
    with pytest.raises(VaultLocked), first.reading():
        pass


def test_what_nobody_waits_for_any_more_is_passed_over(blank: Practice) -> None:
    record = RecordThread(blank)
    carried_out: list[str] = []
    slow = record.ask(lambda _: time.sleep(0.2))
    given_up = record.ask(lambda _: carried_out.append("given up"))
    assert given_up.cancel()
    record.ask(lambda _: carried_out.append("wanted")).result(10)
    slow.result(10)
    assert carried_out == ["wanted"]
    record.end()


def test_C45_an_error_reaches_who_asked_and_nobody_else(blank: Practice) -> None:
    record = RecordThread(blank)
    failing = record.ask(lambda _: 1 // 0)
    assert record.ask(caseload).result(10).clients == ()
    with pytest.raises(ZeroDivisionError):
        failing.result(10)
    record.end()


def test_S26_a_lock_elsewhere_lets_the_vault_go_and_an_unlock_opens_it_again(blank: Practice) -> None:
    record = RecordThread(blank)
    record.ask(caseload).result(10)
    lock(blank)
    with pytest.raises(VaultLocked):
        record.ask(caseload).result(10)
    unlock(blank, None)
    assert record.ask(caseload).result(10).letters == 0
    record.end()


def test_work_aside_never_keeps_the_program_from_ending() -> None:
    begun = threading.Event()

    def forever() -> None:
        begun.set()
        time.sleep(3600)

    aside(forever, "forever")
    assert begun.wait(5)
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "forever")
    assert aside(lambda: 7, "seven").result(5) == 7
