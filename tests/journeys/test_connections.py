"""HAZARDS S2, S22, F41: the whole demo connects to its two mail hosts on this machine, and to gpg's agent."""

from pathlib import Path

import pytest

from tests.support.demo_alone import demo_alone
from tests.support.watched import cannot_watch


def test_S2_S22_F41_the_demo_connects_to_its_mail_hosts_alone_and_asks_no_name_server(tmp_path: Path) -> None:
    if why := cannot_watch():
        pytest.skip(why)
    demo = demo_alone(tmp_path / "strace")
    assert demo.code == 0
    assert b"$ therapymail timeline" in demo.shown
    assert {host for host, _ in demo.calls.hosts()} == {"127.0.0.1"}
    connected = {port for _, port in demo.calls.hosts()}
    assert len(connected) == 2
    assert connected <= demo.listening()
    assert demo.families() <= {"AF_UNIX", "AF_NETLINK", "AF_INET", "AF_INET6"}
    assert demo.unconnected_datagrams() == 0
    assert demo.other_sockets() == []
