"""HAZARDS S9, S20 to S28, F01, F11, F41: marked words of a whole day are nowhere but where they belong.

`scripts/leaks` makes the table in docs/reliability.md from the same day.
"""

import re
from pathlib import Path

import pytest

from tests.support.leak_day import a_day
from tests.support.leak_places import Day, logged_out
from tests.support.marked import found_in
from tests.support.tmux import tmux_missing
from tests.support.watched import Calls, cannot_watch


def test_S9_S20_S26_S28_F01_F11_no_marked_word_is_where_it_must_not_be() -> None:
    """One test, because one day is lived for all of it."""
    if why := cannot_watch() or tmux_missing():
        pytest.skip(why)
    with a_day() as day:
        places = day.places()
        assert {place.name: place.found for place in places if place.found} == {}
        assert [place.name for place in places if not place.is_what_it_says] == []
        the_mail_password_is_in_the_login_and_nowhere_else(day)
        the_words_are_found_where_they_belong(day)
        every_file_is_made_in_the_practice_in_memory_or_where_it_was_asked_for(day)
        a_practice_holds_for_no_moment_a_file_of_another_name(day)
        nothing_is_connected_to_but_the_two_mail_hosts_and_the_agent(day)
        nothing_but_a_picture_is_drawn(day)


def the_mail_password_is_in_the_login_and_nowhere_else(day: Day) -> None:
    for tap in (day.smtp, day.imap):
        said, word = bytes(tap.client_said), {"mail password": day.marks["mail password"]}
        assert found_in(said, word) == ["mail password"]
        assert found_in(logged_out(said), word) == []


def the_words_are_found_where_they_belong(day: Day) -> None:
    """The search is worth something: what was asked for was said, what was drawn was drawn."""
    said = b"".join(out for _, out, _ in day.program.said)
    shown = {"their text", "their subject", "their enclosure name", "own enclosure name", "client name"}
    assert shown <= set(found_in(said, day.marks.words))
    assert {"their text", "text typed in the room"} <= set(found_in(day.drawn, day.marks.words))
    assert "client address" in found_in(bytes(day.smtp.client_said), day.marks.words)


def every_file_is_made_in_the_practice_in_memory_or_where_it_was_asked_for(day: Day) -> None:
    program = day.program
    known = [program.directory, Path(program.environment["XDG_RUNTIME_DIR"]), program.notes, day.theirs]
    apart = re.compile(r"/dev/(null|tty|pts/)|/proc/self/fd/|.*/__pycache__(/|$)|/tmp/tm-\w+/s(\.new)?$")
    written = [Path(each) for each in day.calls.written()]
    assert any(each.is_relative_to(program.home) for each in written)
    elsewhere = [each for each in written if not any(map(each.is_relative_to, known)) and not apart.match(str(each))]
    assert elsewhere == []


def a_practice_holds_for_no_moment_a_file_of_another_name(day: Day) -> None:
    """What was there and gone again before anybody looked: sealed stores, sealed keys, settings, gpg's own."""
    homes = (day.program.home, day.restored, day.restored.with_name(".restored.restoring"))
    store = r"(vault|notes|\.new-[0-9a-f]{16}|\.backup-\d+-[0-9a-f]{8})\.db(-(wal|shm|journal))?"
    keys = r"(vault|notes)\.key(\.new|\.next)?|\.new-[0-9a-f]{16}"
    apart = r"\.|gnupg(/.*)?|config\.toml|change\.json|vault\.db\.lock|letters\.sha256|notes\.db\.restored"
    written = [Path(each) for each in day.calls.written()]
    inside = {str(each.relative_to(home)) for home in homes for each in written if each.is_relative_to(home)}
    assert {"vault.key", "notes.key.new"} <= inside
    assert sorted(name for name in inside if not re.fullmatch(f"{store}|{keys}|{apart}", name)) == []


def nothing_is_connected_to_but_the_two_mail_hosts_and_the_agent(day: Day) -> None:
    assert {port for _, port in day.calls.hosts()} == day.ports
    assert {host for host, _ in day.calls.hosts()} <= {"127.0.0.1", "::1"}
    assert {Path(each).name for each in day.calls.sockets()} <= {"S.gpg-agent", "socket"}
    assert {each for each in day.calls.sockets() if Path(each).name == "socket"} <= {"/var/run/nscd/socket"}


def nothing_but_a_picture_is_drawn(day: Day) -> None:
    """No escape sequence of a letter's, and none that names the window (S9)."""
    assert re.findall(rb"\x1b\][0-2];", day.drawn) == []


def test_what_strace_says_is_read() -> None:
    """A test of the test: each call is taken for what it is."""
    calls = Calls(
        '1 execve("/bin/cat", ["cat", "xq"], ["A=b"]) = 0\n'
        '2 openat(AT_FDCWD</home>, "kept", O_WRONLY|O_CREAT, 0600) = 3</home/kept>\n'
        '2 openat(AT_FDCWD</home>, "read", O_RDONLY) = 3</home/read>\n'
        '3 connect(4<socket:[1]>, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("10.0.0.1")}, 16) = 0\n'
        "4 connect(4<x>, {sa_family=AF_INET6, sin6_port=htons(993), sin6_flowinfo=htonl(0), "
        'inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28) = 0\n'
        '5 connect(4<x>, {sa_family=AF_UNIX, sun_path="/run/S.gpg-agent"}, 110) = 0\n'
    )
    assert len(calls.programs()) == 1
    assert calls.written() == {"/home/kept"}
    assert calls.hosts() == {("10.0.0.1", 53), ("::1", 993)}
    assert calls.sockets() == {"/run/S.gpg-agent"}
