"""Sending as part of `sync` and `sync --watch`: each host works without the other; letters leave when they are due."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.support.counting_proxy import CountingProxy
from tests.support.hostile import Authority, HostileServer, authority
from tests.support.hostile_smtp import HANGS_UP, FakeSmtp
from tests.support.posts import Post, dovecot, embedded
from tests.support.program import PROGRAM
from tests.support.sending import SUBJECT, Sending, sending_over
from therapymail.config import Security
from therapymail.domain.client import ClientStatus
from therapymail.domain.outbox import Obstacle, OutboxState
from therapymail.errors import ServerUnreachable
from therapymail.mail.watch import Rhythm
from therapymail.practice import outbox
from therapymail.practice.departed import Departed
from therapymail.practice.introduce import ClientChange, edit_client
from therapymail.practice.outbox import SendRequest
from therapymail.practice.receive import SyncRequest, sync
from therapymail.practice.settle import NOT_SENT, settle
from therapymail.practice.unlock import lock, unlock
from therapymail.practice.watch import Left, Synced, Trouble, WaitingForUnlock, WatchEvent, watch_mailbox

__all__ = ["authority", "dovecot", "embedded"]


@pytest.fixture(params=["embedded"])
def post(request: pytest.FixtureRequest) -> Post:
    host: Post = request.getfixturevalue(request.param)
    return host


@pytest.fixture
def story(post: Post) -> Iterator[Sending]:
    with sending_over(post) as practice:
        yield practice


# --- sync ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("post", ["embedded", "dovecot"], indirect=True)
def test_a_letter_leaves_with_a_sync_arrives_is_answered_and_the_answer_is_filed(story: Sending) -> None:
    name = story.released()
    result = sync(story.practice, SyncRequest())
    assert (result.sent, result.uncertain, result.fetched) == (1, 0, 0)
    assert [entry.draft for entry in result.departed.sent] == [name]
    (arrived,) = story.arrived()
    assert story.opened_by_client(arrived).headers.subject == SUBJECT
    answer = story.writers.letter(
        story.clients["HERON"], "thank you", extra=f"In-Reply-To: {story.entry(name).message_id}\r\n"
    )
    story.post.append(story.user, "INBOX", answer, story.clock())
    assert sync(story.practice, SyncRequest()).opened == 1
    assert {str(letter.name) for letter in story.letters()} == {"HERON-1", "HERON-2"}
    assert len(story.in_sent()) == 1
    assert sync(story.practice, SyncRequest(full=True)).sent == 0
    assert len(story.arrived()) == 1


def test_C14_a_dead_submission_host_does_not_stop_receiving(story: Sending) -> None:
    smtp = story.practice.settings.smtp
    assert smtp is not None
    away = story.using(smtp=replace(smtp, port=1))
    name = away.released()
    story.post.append(story.user, "INBOX", story.writers.letter(story.clients["HERON"], "hello"), story.clock())
    result = sync(away.practice, SyncRequest())
    assert (result.sent, result.opened) == (0, 1)
    assert isinstance(result.departed.trouble, ServerUnreachable)
    entry = story.entry(name)
    assert (entry.state, entry.obstacle, entry.attempts) == (OutboxState.RELEASED, Obstacle.UNREACHABLE, 0)
    assert sync(story.practice, SyncRequest()).sent == 1


def test_a_dead_mailbox_does_not_stop_sending(story: Sending) -> None:
    imap = story.practice.settings.imap
    assert imap is not None
    away = story.using(imap=replace(imap, port=1))
    name = away.released()
    told: list[Departed] = []
    with pytest.raises(ServerUnreachable):
        sync(away.practice, SyncRequest(), told=told.append)
    assert [entry.draft for entry in told[0].sent] == [name]
    assert len(story.arrived()) == 1


def test_what_falls_due_while_a_sync_fetches_does_not_wait_for_its_end(story: Sending) -> None:
    story.post.append(story.user, "INBOX", story.writers.letter(story.clients["HERON"], "hello"), story.clock())
    arrived_by: list[int] = []

    def progress(_: object) -> None:
        story.released("LINDEN")

    result = sync(
        story.practice, SyncRequest(), progress, told=lambda _: arrived_by.append(len(story.arrived("LINDEN")))
    )
    assert (result.opened, result.sent, arrived_by) == (1, 1, [1])
    assert len(story.arrived("LINDEN")) == 1


def test_a_sync_with_nothing_to_send_asks_the_mailbox_no_more_than_before(story: Sending) -> None:
    imap = story.practice.settings.imap
    assert imap is not None
    story.released()
    sync(story.practice, SyncRequest())
    with CountingProxy(imap) as proxy:
        tapped = story.using(imap=proxy.settings)
        sync(tapped.practice, SyncRequest())
        proxy.reset()
        sync(tapped.practice, SyncRequest())
        assert proxy.round_trips <= 8


# --- the program ----------------------------------------------------------------------------------------------


def program(story: Sending, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*PROGRAM, "--home", str(story.practice.paths.home), *words],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "XDG_RUNTIME_DIR": ""},
        check=False,
    )


def test_the_program_says_what_left_what_waits_and_what_nobody_knows(story: Sending, authority: Authority) -> None:
    with HostileServer(FakeSmtp(replies={b"END": HANGS_UP}), authority.context()) as server:
        away = story.using(smtp=server.settings(Security.TLS, ca_file=authority.ca_file, username=story.user))
        lost = away.released("LINDEN")
        away.depart()
    sent, paused = story.released(), story.released()
    first = program(story, "sync")
    assert f"{sent} has left for HERON as HERON-1." in first.stderr
    assert (first.returncode, str(lost) in first.stderr) == (9, True)
    assert story.entry(paused).state is OutboxState.SENT
    second = program(story, "sync", "--json")
    assert (second.returncode, '"uncertain": 1' in second.stdout) == (9, True)
    settle(story.practice, lost, NOT_SENT)
    outbox.cancel(story.practice, lost)
    refused = story.released("LINDEN")
    edit_client(story.practice, "LINDEN", ClientChange(status=ClientStatus.PAUSED))
    third = program(story, "sync")
    assert third.returncode == 0
    assert f"{refused}" in third.stderr
    assert "paused" in third.stderr
    said = first.stderr + first.stdout + second.stderr + second.stdout + third.stderr + third.stdout
    assert SUBJECT not in said
    assert story.clients["HERON"].address not in said


# --- the watch ------------------------------------------------------------------------------------------------


@contextmanager
def watching(story: Sending) -> Iterator[list[WatchEvent]]:
    events: list[WatchEvent] = []
    stop = threading.Event()
    rhythm = Rhythm(idle=5, poll=0.3, first_pause=0.4, longest_pause=1)
    thread = threading.Thread(target=watch_mailbox, args=(story.practice, stop, events.append, rhythm))
    thread.start()
    try:
        yield events
    finally:
        stop.set()
        thread.join(15)
        assert not thread.is_alive()


def wait_until(happened: Callable[[], bool], seconds: float = 20.0) -> float:
    began = time.monotonic()
    while not happened():
        assert time.monotonic() < began + seconds, "it never happened"
        time.sleep(0.05)
    return time.monotonic() - began


def seen(events: list[WatchEvent], kind: type[WatchEvent]) -> bool:
    return any(isinstance(event, kind) for event in events)


def left(events: list[WatchEvent]) -> list[str]:
    return [str(entry.draft) for event in events if isinstance(event, Left) for entry in event.departed.sent]


def test_C9_a_watch_sends_what_another_process_releases_within_seconds(story: Sending) -> None:
    with watching(story) as events:
        wait_until(lambda: seen(events, Synced))
        name = story.released()
        assert wait_until(lambda: story.entry(name).state is OutboxState.SENT) < 5
        wait_until(lambda: left(events) == [str(name)])
        wait_until(lambda: len(story.in_sent()) == 1)


def test_a_watch_wakes_when_the_next_letter_is_due(story: Sending) -> None:
    with watching(story) as events:
        wait_until(lambda: seen(events, Synced))
        name = story.draft()
        outbox.send(story.practice, SendRequest(name, at=story.clock() + timedelta(seconds=2)))
        time.sleep(1)
        assert story.entry(name).state is OutboxState.RELEASED
        wait_until(lambda: story.entry(name).state is OutboxState.SENT, 8)


def test_a_watch_that_never_reaches_the_mailbox_sends_all_the_same(story: Sending) -> None:
    imap = story.practice.settings.imap
    assert imap is not None
    away = story.using(imap=replace(imap, port=1))
    with watching(away) as events:
        wait_until(lambda: seen(events, Trouble))
        name = away.released()
        wait_until(lambda: story.entry(name).state is OutboxState.SENT)
    assert len(story.arrived()) == 1


def test_a_watch_goes_on_while_the_submission_host_is_away_and_sends_when_it_is_back(story: Sending) -> None:
    smtp = story.practice.settings.smtp
    assert smtp is not None
    with CountingProxy(smtp) as proxy:
        port = proxy.settings.port
        away = story.using(smtp=proxy.settings)
    with watching(away) as events:
        wait_until(lambda: seen(events, Synced))
        name = away.released()
        wait_until(lambda: story.entry(name).obstacle is Obstacle.UNREACHABLE)
        tries = len([event for event in events if isinstance(event, Left)])
        time.sleep(2)
        assert len([event for event in events if isinstance(event, Left)]) <= tries + 4  # pauses, no hammering
        story.post.append(story.user, "INBOX", story.writers.letter(story.clients["HERON"], "hello"), story.clock())
        wait_until(lambda: len(story.letters()) == 1)
        with CountingProxy(smtp, port=port):
            wait_until(lambda: story.entry(name).state is OutboxState.SENT)
            wait_until(lambda: left(events) == [str(name)])


def test_C6_a_locked_watch_sends_nothing_says_so_and_sends_after_the_unlock(story: Sending) -> None:
    name = story.draft()
    outbox.send(story.practice, SendRequest(name, at=story.clock() + timedelta(seconds=2)))
    with watching(story) as events:
        wait_until(lambda: seen(events, Synced))
        lock(story.practice)
        story.post.append(story.user, "INBOX", story.writers.letter(story.clients["HERON"], "hello"), story.clock())
        wait_until(lambda: seen(events, WaitingForUnlock))
        time.sleep(2.5)
        assert story.arrived() == []
        unlock(story.practice, None)
        wait_until(lambda: story.entry(name).state is OutboxState.SENT)
    assert len(story.arrived()) == 1
