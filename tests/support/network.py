"""A network that must not be touched."""

import socket
from typing import NoReturn

import pytest


class NetworkTouched(AssertionError):
    """A test that must not touch the network did."""


def forbid_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every connection and name look-up of this process fail the test (HAZARDS S2, S22)."""

    def refuse(*_arguments: object, **_options: object) -> NoReturn:
        raise NetworkTouched

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
