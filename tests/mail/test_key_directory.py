"""PGP.md section 2, S22: one address is looked up over HTTPS, at the places of the draft, within stated limits."""

import socket
import ssl
import time
from collections.abc import Iterator

import pytest

from tests.support.hostile import Authority, authority
from tests.support.key_directory import LoopbackDirectory, answer
from therapymail.errors import ExitCode, KeyDirectoryUnreachable, UnusableInput
from therapymail.mail.key_directory import MAX_BYTES, Answer, KeyDirectory, Method

__all__ = ["authority"]

DOMAIN, ADVANCED = "example.org", "openpgpkey.example.org"
ADDRESS = "joe.doe@example.org"
# The example of the draft, section 3.1.
HASH = "iy9q119eutrkn8s1mk4r39qejnbu3n5q"
ADVANCED_PATH = f"/.well-known/openpgpkey/{DOMAIN}/hu/{HASH}"
DIRECT_PATH = f"/.well-known/openpgpkey/hu/{HASH}"
KEYS = b"\x99\x01\x0d keys"


@pytest.fixture
def both(authority: Authority) -> Iterator[LoopbackDirectory]:
    with LoopbackDirectory(authority, DOMAIN, ADVANCED) as made:
        yield made


@pytest.fixture
def only_direct(authority: Authority) -> Iterator[LoopbackDirectory]:
    with LoopbackDirectory(authority, DOMAIN) as made:
        yield made


def why(directory: KeyDirectory) -> str:
    with pytest.raises(KeyDirectoryUnreachable) as failed:
        directory.ask(ADDRESS)
    assert failed.value.exit_code is ExitCode.UNREACHABLE
    assert "joe.doe" not in str(vars(failed.value))
    return failed.value.why


def test_RUN_WKD_the_advanced_place_is_asked_first_and_alone_where_its_host_exists(both: LoopbackDirectory) -> None:
    both.pages[ADVANCED, ADVANCED_PATH] = answer(200, KEYS)
    both.pages[DOMAIN, DIRECT_PATH] = answer(200, b"of the other place")
    assert both.directory().ask("Joe.Doe@Example.ORG") == Answer(Method.ADVANCED, KEYS)
    assert both.asked == [(ADVANCED, f"{ADVANCED_PATH}?l=joe.doe")]
    del both.pages[ADVANCED, ADVANCED_PATH]
    assert both.directory().ask(ADDRESS) == Answer(Method.ADVANCED, b"")  # a 404 there is the answer


def test_RUN_WKD_the_direct_place_is_asked_only_where_the_advanced_host_does_not_exist(
    only_direct: LoopbackDirectory,
) -> None:
    only_direct.pages[DOMAIN, DIRECT_PATH] = answer(200, KEYS)
    assert only_direct.directory().ask(ADDRESS) == Answer(Method.DIRECT, KEYS)
    assert only_direct.asked == [(DOMAIN, f"{DIRECT_PATH}?l=joe.doe")]


def test_RUN_WKD_a_domain_without_a_host_publishes_nothing(authority: Authority) -> None:
    with LoopbackDirectory(authority) as nowhere:
        assert nowhere.directory().ask(ADDRESS) == Answer(Method.DIRECT, b"")


def test_S22_what_is_asked_says_no_more_than_it_must(both: LoopbackDirectory) -> None:
    both.directory().ask(ADDRESS)
    [request] = both.requests
    names = {line.partition(b":")[0].lower() for line in request.split(b"\r\n")[1:] if line}
    assert names == {b"host", b"accept-encoding"}


@pytest.mark.parametrize("errno", [socket.EAI_AGAIN, socket.EAI_FAIL])
def test_RUN_WKD_a_name_that_cannot_be_looked_up_now_is_not_one_that_does_not_exist(errno: int) -> None:
    asked = []

    def refuse(host: str, _seconds: float) -> socket.socket:
        asked.append(host)
        raise socket.gaierror(errno, "later")

    assert "looked up now" in why(KeyDirectory(refuse))
    assert asked == [ADVANCED]


def test_S15_a_certificate_for_another_name_or_of_an_unknown_authority_is_refused(authority: Authority) -> None:
    with LoopbackDirectory(authority, "localhost") as wrong:
        wrong.names.add(ADVANCED)
        assert "another name" in why(wrong.directory())
        assert "does not trust" in why(KeyDirectory(wrong.dial))
        assert wrong.asked == []


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ("http://openpgpkey.example.org/x", "without HTTPS"),
        ("ftp://openpgpkey.example.org/x", "without HTTPS"),
        ("file:///etc/passwd", "without HTTPS"),
        ("https://evil.example/x", "somebody else's host"),
        ("https://evilexample.org/x", "somebody else's host"),
        ("https://example.org@evil.example/x", "without HTTPS"),
        ("https://example.org:8443/x", "without HTTPS"),
        ("https://[::1/x", "cannot be read"),
        ("https://example.org:port/x", "cannot be read"),
        (ADVANCED_PATH, "one place to the next"),
        ("https://www.example.org/x", "one place to the next"),
    ],
)
def test_RUN_WKD_it_is_not_sent_elsewhere_nor_around_in_circles(authority: Authority, there: str, said: str) -> None:
    with LoopbackDirectory(authority, DOMAIN, ADVANCED, "www.example.org") as host:
        for name, path in ((ADVANCED, ADVANCED_PATH), ("www.example.org", "/x")):
            host.pages[name, path] = answer(302, b"", f"Location: {there}")
        assert said in why(host.directory())
        assert len(host.asked) <= 3


def test_RUN_WKD_a_redirect_within_the_domain_is_followed(both: LoopbackDirectory) -> None:
    both.pages[ADVANCED, ADVANCED_PATH] = answer(301, b"", f"Location: https://{DOMAIN}/keys/joe")
    both.pages[DOMAIN, "/keys/joe"] = answer(200, KEYS)
    assert both.directory().ask(ADDRESS).keys == KEYS


def test_S14_no_more_is_read_than_a_key_may_have(both: LoopbackDirectory) -> None:
    both.pages[ADVANCED, ADVANCED_PATH] = answer(200, b"x" * MAX_BYTES)
    assert len(both.directory().ask(ADDRESS).keys) == MAX_BYTES

    def endless(line: ssl.SSLSocket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(10_000):
            line.sendall(b"x" * 10_000)

    for said in (answer(200, b"x" * (MAX_BYTES + 1)), endless):
        both.pages[ADVANCED, ADVANCED_PATH] = said
        assert "more than 200 KiB" in why(both.directory())


def test_a_host_that_drips_is_cut_off_at_the_end_of_the_time(both: LoopbackDirectory) -> None:
    def drip(line: ssl.SSLSocket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(200):
            line.sendall(b"x")
            time.sleep(0.05)

    def silent(line: ssl.SSLSocket) -> None:
        time.sleep(5)

    for said in (drip, silent):
        both.pages[ADVANCED, ADVANCED_PATH] = said
        began = time.monotonic()
        assert "in time" in why(both.directory(seconds=0.6))
        assert time.monotonic() - began < 3


def test_the_time_is_for_all_places_it_sends_to_together(both: LoopbackDirectory) -> None:
    """Each of three answers in time; three times that is too long."""

    def slowly_elsewhere(line: ssl.SSLSocket) -> None:
        time.sleep(0.7)
        line.sendall(answer(302, b"", f"Location: {ADVANCED_PATH}"))

    both.pages[ADVANCED, ADVANCED_PATH] = slowly_elsewhere
    began = time.monotonic()
    assert "in time" in why(both.directory(seconds=1.0))
    assert time.monotonic() - began < 1.6


def test_a_host_with_many_addresses_that_never_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def no_answer(address: tuple[str, int], timeout: float) -> socket.socket:
        tried.append(address)
        time.sleep(0.05)
        raise TimeoutError

    nowhere = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"192.0.2.{last}", 443)) for last in range(200)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: nowhere)
    monkeypatch.setattr(socket, "create_connection", no_answer)
    assert "in time" in why(KeyDirectory(seconds=5.0))
    assert len(tried) == 4


@pytest.mark.parametrize("said", [b"", b"no http at all\r\n\r\n", b"HTTP/1.1 999999999999 x\r\n\r\n"])
def test_C42_what_is_no_answer_is_a_failure_in_words(both: LoopbackDirectory, said: bytes) -> None:
    both.pages[ADVANCED, ADVANCED_PATH] = said
    assert why(both.directory())


def test_a_fault_of_the_host_is_told_apart_from_having_no_key(both: LoopbackDirectory) -> None:
    both.pages[ADVANCED, ADVANCED_PATH] = answer(503)
    assert "fault of its own" in why(both.directory())
    both.pages[ADVANCED, ADVANCED_PATH] = answer(410)
    assert both.directory().ask(ADDRESS).keys == b""


def test_a_host_that_refuses_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert "refuses" in why(KeyDirectory(lambda _host, seconds: socket.create_connection(("127.0.0.1", port), seconds)))


def test_S12_what_is_no_address_asks_nobody(both: LoopbackDirectory) -> None:
    for text in ("", "nobody", "a@b@c", "x@example.org\r\nHost: evil", "x@[127.0.0.1]", "x@127.0.0.1", "x@10.0.1"):
        with pytest.raises(UnusableInput):
            both.directory().ask(text)
    assert both.asked == []
