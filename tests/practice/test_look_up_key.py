"""A key that a directory gives is a candidate: nothing is pinned, and only a key that bears the address is kept."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.support.hostile import Authority, authority
from tests.support.key_directory import LoopbackDirectory, answer
from tests.support.practices import Writers, introduce, practice_in, short_directory, writers_to
from therapymail.domain.key_change import KeySign
from therapymail.domain.key_fault import KeyFault, sentence_for_client
from therapymail.errors import (
    ClientUnknown,
    KeyDirectoryUnreachable,
    KeyOfNoUse,
    KeyRefused,
    NothingFound,
    UnusableInput,
)
from therapymail.mail.key_directory import Method, _hashed
from therapymail.practice.introduce import NewClient, add_client, show_client
from therapymail.practice.keys import list_keys
from therapymail.practice.look_up_key import LookedUp, look_up_key, wanted_key
from therapymail.practice.practice import Practice
from therapymail.vault import certificates, journal

__all__ = ["authority"]

HOST = "openpgpkey.wren.example"
WREN, MAREN = "wren@wren.example", "maren@heron.example"


@dataclass
class Story:
    """A practice with WREN, who has no key yet, and HERON, who has; and the directory of wren.example."""

    practice: Practice
    writers: Writers
    host: LoopbackDirectory

    def publish(self, *keys: bytes, address: str = WREN) -> None:
        local, _, domain = address.partition("@")
        self.host.pages[HOST, f"/.well-known/openpgpkey/{domain}/hu/{_hashed(local)}"] = answer(200, b"".join(keys))

    def look_up(self, name: str = "WREN") -> LookedUp:
        return look_up_key(self.practice, wanted_key(self.practice, name), self.host.directory())

    def candidates(self) -> list[str]:
        return [key.fingerprint for key in list_keys(self.practice) if key.pinned_to is None]

    def noted(self) -> list[dict[str, object]]:
        with self.practice.vault() as vault, vault.reading() as reader:
            entries = [(entry, payload) for entry, payload in journal.entries(reader) if entry.what == "key.looked-up"]
        return [{"about": entry.about, **(payload or {})} for entry, payload in entries]


@pytest.fixture
def story(authority: Authority) -> Iterator[Story]:
    with (
        short_directory() as directory,
        practice_in(directory) as practice,
        writers_to(practice, directory) as writers,
        LoopbackDirectory(authority, HOST) as host,
    ):
        add_client(practice, NewClient("WREN", "Wren Person", (WREN,), None, "UTC"))
        introduce(practice, "HERON", writers.add("Maren", MAREN))
        yield Story(practice, writers, host)


def test_S13_what_the_directory_gives_is_a_candidate_and_pins_nothing(story: Story) -> None:
    wren = story.writers.add("Wren", WREN)
    story.publish(wren.certificate)
    found = story.look_up()
    assert [key.fingerprint for key in found.keys] == [wren.fingerprint]
    assert (found.method, found.refused) == (Method.ADVANCED, ())
    assert story.candidates() == [wren.fingerprint]
    overview = show_client(story.practice, "WREN")
    assert overview.client.pins == ()
    assert [(each.certificate.fingerprint, each.places) for each in overview.candidates] == [(wren.fingerprint, ())]
    assert story.noted() == [
        {"about": found.wanted.client.identity if found.wanted.client else "", "address": WREN, "outcome": "found",
         "fingerprints": [wren.fingerprint]}
    ]  # fmt: skip
    with story.practice.gpg() as gpg:
        assert gpg.run(["--with-colons", "--list-keys"]).output.count(b"\npub:") == 1


def test_S13_a_pinned_client_keeps_their_pin_whatever_the_directory_says(story: Story) -> None:
    other = story.writers.add("Wren anew", WREN)
    first = story.writers.add("Wren", WREN)
    introduce(story.practice, "TERN", story.writers.add("Tern", "tern@wren.example"))
    story.publish(first.certificate, other.certificate)
    story.look_up()
    assert sorted(story.candidates()) == sorted([first.fingerprint, other.fingerprint])
    pinned = show_client(story.practice, "TERN").client.pins
    tern = story.writers.add("Tern anew", "tern@wren.example")
    story.publish(tern.certificate, address="tern@wren.example")
    story.look_up("TERN")
    overview = show_client(story.practice, "TERN")
    assert overview.client.pins == pinned
    [change] = overview.changes
    assert (change.fingerprint, change.sign, change.is_open, change.blocks) == (
        tern.fingerprint, KeySign.OFFERED, True, False
    )  # fmt: skip


def test_RUN_WKD_only_names_with_the_address_count(story: Story) -> None:
    eve, wren = story.writers.add("Eve", "eve@evil.example"), story.writers.add("Wren", WREN)
    story.publish(eve.certificate, wren.certificate)
    found = story.look_up()
    assert [key.fingerprint for key in found.keys] == [wren.fingerprint]
    assert [refused.why for refused in found.refused] == ["none of its names bears the client's address"]
    story.publish(eve.certificate)
    with pytest.raises(KeyRefused):
        story.look_up()
    assert eve.fingerprint not in story.candidates()


def test_RUN_WKD_a_key_that_is_of_no_use_keeps_none_back_that_is(story: Story) -> None:
    """An expired one in front: it is told why that was not taken, and the other is there."""
    old, wren = story.writers.add("Wren", WREN), story.writers.add("Wren", WREN)
    gpg = story.writers.gpg
    assert gpg.run(["--quick-set-expire", old.fingerprint, "seconds=1"]).returncode == 0
    time.sleep(2)
    story.publish(gpg.run(["--export", "--", old.fingerprint]).output, wren.certificate)
    found = story.look_up()
    assert [key.fingerprint for key in found.keys] == story.candidates() == [wren.fingerprint]
    assert [isinstance(refused, KeyOfNoUse) for refused in found.refused] == [True]


def test_S14_other_names_of_a_key_are_not_kept(story: Story) -> None:
    wren = story.writers.add("Wren", WREN)
    assert story.writers.gpg.run(["--quick-add-uid", wren.fingerprint, "W <private@home.example>"]).returncode == 0
    story.publish(story.writers.gpg.run(["--export", "--", wren.fingerprint]).output)
    [key] = story.look_up().keys
    assert key.uids == (f"Wren <{WREN}>",)


def test_D9_a_secret_key_that_is_published_is_never_taken(story: Story) -> None:
    wren = story.writers.add("Wren", WREN)
    story.publish(story.writers.gpg.run(["--export-secret-keys", "--", wren.fingerprint], passphrase=b"").output)
    with pytest.raises(KeyRefused, match="secret"):
        story.look_up()
    assert story.candidates() == []


def test_AC6_a_key_of_the_new_format_is_explained_in_a_sentence_for_the_client(story: Story) -> None:
    version_6 = b"\xc6\x2a\x06" + b"\x00\x00\x00\x01\x1b\x00\x00\x00\x20" + b"k" * 32
    story.publish(version_6)
    with pytest.raises(KeyOfNoUse) as refused:
        story.look_up()
    assert refused.value.tell == sentence_for_client(KeyFault.FORMAT)
    wren = story.writers.add("Wren", WREN)
    story.publish(version_6, wren.certificate)
    assert [key.fingerprint for key in story.look_up().keys] == [wren.fingerprint]


def test_K4_a_newer_copy_of_a_pinned_key_brings_it_up_to_date(story: Story) -> None:
    wren = story.writers.add("Wren", WREN)
    introduce(story.practice, "PIPIT", story.writers.add("Pipit", "pipit@wren.example"))
    pipit = show_client(story.practice, "PIPIT").client.pins[0].fingerprint
    assert story.writers.gpg.run(["--quick-set-expire", pipit, "5y"], passphrase=b"").returncode == 0
    story.publish(
        story.writers.gpg.run(["--export", "--", pipit]).output, wren.certificate, address="pipit@wren.example"
    )
    [key] = story.look_up("PIPIT").keys
    assert (key.fingerprint, key.pinned_to) == (pipit, "PIPIT")
    assert key.expires is not None


def test_nothing_and_nobody_there_are_told_apart_and_noted(story: Story) -> None:
    with pytest.raises(NothingFound):
        story.look_up()
    story.publish(b"<html>no key at all</html>")
    with pytest.raises(KeyRefused):
        story.look_up()
    story.host.pages.clear()
    story.host.pages[HOST, f"/.well-known/openpgpkey/wren.example/hu/{_hashed('wren')}"] = answer(500)
    with pytest.raises(KeyDirectoryUnreachable):
        story.look_up()
    assert [each["outcome"] for each in story.noted()] == ["nothing", "refused", "unreachable"]
    assert story.candidates() == []


def test_S22_nobody_is_asked_before_the_look_up_itself(story: Story) -> None:
    wanted = wanted_key(story.practice, "wren")
    assert (wanted.address, wanted.domain) == (WREN, "wren.example")
    assert wanted_key(story.practice, "WREN@wren.Example").client == wanted.client
    assert wanted_key(story.practice, "new@wren.example").client is None
    for name, error in (
        ("NOBODY", ClientUnknown),
        ("a@b@c", UnusableInput),
        (story.practice.settings.email, UnusableInput),
    ):
        with pytest.raises(error):
            wanted_key(story.practice, name)
    assert story.host.asked == []


def test_a_key_of_somebody_who_is_no_client_yet_is_kept_too(story: Story) -> None:
    fresh = story.writers.add("New", "new@wren.example")
    story.publish(fresh.certificate, address="new@wren.example")
    assert [key.fingerprint for key in story.look_up("new@wren.example").keys] == [fresh.fingerprint]
    assert story.noted()[-1]["about"] == ""


def test_the_address_is_in_the_record_alone(story: Story) -> None:
    wren = story.writers.add("Wren", WREN)
    story.publish(wren.certificate)
    story.look_up()
    for path in story.practice.paths.home.rglob("*"):
        if path.is_file():
            assert b"wren.example" not in path.read_bytes(), path.name
    with story.practice.vault() as vault, vault.reading() as reader:
        assert wren.fingerprint in {each.fingerprint for each in certificates.held(reader)}
