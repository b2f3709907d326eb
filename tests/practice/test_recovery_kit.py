"""C33: a recovery kit brings the own key back and opens the record, by the paper and the passphrase alone."""

import re
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.support.practices import practice_in, short_directory
from therapymail.domain.recovery_kit import kit_text
from therapymail.errors import (
    KeyOnCard,
    KitFailed,
    PassphraseNeeded,
    PassphraseWrong,
    TherapymailError,
    UnusableInput,
    VaultLocked,
)
from therapymail.pgp import recovery_material
from therapymail.pgp.colons import listed_keys
from therapymail.pgp.home import scratch_home
from therapymail.pgp.own_key import make_key
from therapymail.practice import recovery_kit
from therapymail.practice.own_passphrase import change_passphrase
from therapymail.practice.practice import Practice
from therapymail.practice.recovery_kit import check_kit, make_kit
from therapymail.practice.setup_key import KeyChoice, KeySource, bring_key_to_open
from therapymail.practice.unlock import lock, unlock
from therapymail.vault.recovery_kits import latest_kit

ANOTHER = "sundial.Gazebo.Walrus.Thicket.Nectar.41"
PASSPHRASE = "vexing.Orchid.Tundra.Bobsled.Kumquat.93"


@pytest.fixture(scope="module")
def practice() -> Iterator[Practice]:
    with short_directory() as directory, practice_in(directory) as made:
        change_passphrase(made, None, PASSPHRASE)
        yield made


@pytest.fixture(scope="module")
def page(practice: Practice) -> str:
    """A kit that was made."""
    file = practice.paths.home.parent / "kit.html"
    made = make_kit(practice, file, PASSPHRASE)
    assert (made.codes, made.revocation, made.protected) == (2, True, True)
    assert file.stat().st_mode & 0o777 == 0o600
    return file.read_text()


def noted(practice: Practice) -> bool:
    with practice.vault() as vault, vault.reading() as reader:
        return latest_kit(reader, practice.settings.own_key) is not None


def test_C33_the_paper_alone_brings_the_key_back_into_gpg(practice: Practice, page: str) -> None:
    """As somebody would who has no therapymail: gpg in an empty home, the text of the page, the passphrase."""
    with short_directory() as home:
        gpg = ["gpg", "--homedir", str(home), "--batch", "--pinentry-mode", "loopback", "--passphrase-fd", "0"]
        (home / "key.asc").write_text(kit_text(page).secret)
        typed = PASSPHRASE.encode() + b"\n"
        subprocess.run([*gpg, "--import", str(home / "key.asc")], input=typed, check=True, capture_output=True)
        sealed = str(practice.paths.vault_key)
        opened = subprocess.run([*gpg, "--decrypt", sealed], input=typed, check=True, capture_output=True)
        assert opened.stdout == practice.session.vault_key()
        (home / "void.asc").write_text(kit_text(page).revocation)
        subprocess.run([*gpg, "--import", str(home / "void.asc")], check=True, capture_output=True)
        listed = subprocess.run([*gpg, "--with-colons", "--list-keys"], check=True, capture_output=True, text=True)
        assert re.search(r"^pub:r:", listed.stdout, re.MULTILINE)


@pytest.mark.parametrize("by_hand", [False, True])
def test_C33_the_whole_page_given_as_a_key_brings_it_back_and_does_not_declare_it_void(
    practice: Practice, page: str, by_hand: bool
) -> None:
    """The certificate stands on the same page: neither we nor gpg by itself may take it in with the key."""
    fingerprint = practice.settings.own_key
    with practice.gpg() as gpg, scratch_home(gpg) as scratch:
        if by_hand:
            scratch.run(["--import"], page.encode(), passphrase=PASSPHRASE.encode())
        else:
            without_colon = page.replace(":-----BEGIN", "-----BEGIN").encode()
            choice = KeyChoice(KeySource.FILE, PASSPHRASE, material=without_colon)
            assert bring_key_to_open(scratch, choice) == fingerprint
        [key] = listed_keys(scratch, fingerprint)
        assert key.primary.validity != "r"


class _Loads(HTMLParser):
    """What a page would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "link", "img", "iframe", "object", "embed"}:
            self.found.append(tag)
        self.found += [name for name, _ in attrs if name in {"src", "href", "srcset"} or name.startswith("on")]


def test_C33_the_page_is_complete_and_says_nothing_of_the_passphrase(page: str) -> None:
    loads = _Loads()
    loads.feed(page)
    assert loads.found == []
    assert "url(" not in page
    assert PASSPHRASE not in page
    assert page.count("<svg") == 2


def test_C33_a_kit_is_noted_once_it_was_tested_and_again_when_checked(practice: Practice, page: str) -> None:
    with practice.vault() as vault, vault.reading() as reader:
        before = latest_kit(reader, practice.settings.own_key)
    check_kit(practice, page.encode(), PASSPHRASE)
    with practice.vault() as vault, vault.reading() as reader:
        after = latest_kit(reader, practice.settings.own_key)
    assert before is not None
    assert after is not None
    assert after.tested > before.tested


def test_C33_what_was_typed_from_the_paper_is_checked_too(practice: Practice, page: str) -> None:
    typed = "\r\n".join(f"   {line} " for line in kit_text(page).secret.splitlines())
    check_kit(practice, typed.encode(), PASSPHRASE)


def damaged(page: str, how: str) -> str:
    secret = kit_text(page).secret
    line = secret.splitlines()[5]
    other = ("B" if line[10] == "A" else "A").join((line[:10], line[11:]))
    return {
        "a character mistyped": page.replace(line, other),
        "a line left out": page.replace(f"{line}\n", ""),
        "another revocation": page.replace(kit_text(page).revocation, kit_text(page).revocation.replace("i", "j", 1)),
        "no key at all": page.replace(secret, ""),
        "nothing": "",
        "rubbish": "\x00\xff" * 99,
        "a public key": page.replace("PRIVATE KEY BLOCK", "PUBLIC KEY BLOCK"),
    }[how]


@pytest.mark.parametrize(
    "how",
    ["a character mistyped", "a line left out", "another revocation", "no key at all", "nothing", "rubbish",
     "a public key"],
)  # fmt: skip
def test_C33_a_kit_that_would_not_help_is_said(practice: Practice, page: str, how: str) -> None:
    with pytest.raises(KitFailed) as failed:
        check_kit(practice, damaged(page, how).encode("utf-8", "replace"), PASSPHRASE)
    if how.startswith("a character"):
        assert "checksum" in failed.value.why


def test_C33_a_kit_of_another_key_is_said(practice: Practice) -> None:
    with practice.gpg() as gpg:
        other = make_key(gpg, "Orla before", "orla@before.example", PASSPHRASE)
        text = recovery_material.secret_armored(gpg, other, PASSPHRASE)
    with pytest.raises(KitFailed, match="another key"):
        check_kit(practice, text.encode(), PASSPHRASE)


def test_C33_the_passphrase_is_asked_for_and_a_wrong_one_is_said(practice: Practice, page: str) -> None:
    with pytest.raises(PassphraseNeeded):
        check_kit(practice, page.encode(), None)
    with pytest.raises(PassphraseWrong):
        check_kit(practice, page.encode(), "another one")
    with pytest.raises(PassphraseWrong):
        make_kit(practice, practice.paths.home.parent / "wrong.html", "another one")


def test_C33_a_kit_from_before_another_passphrase_is_no_kit_any_more(practice: Practice, page: str) -> None:
    without_checksum = "\n".join(line for line in kit_text(page).secret.splitlines() if not line.startswith("="))
    check_kit(practice, without_checksum.encode(), PASSPHRASE)
    line = without_checksum.splitlines()[3]
    mistyped = without_checksum.replace(line, line[:10] + ("B" if line[10] == "A" else "A") + line[11:])
    with pytest.raises(KitFailed, match="as printed"):  # not "the passphrase is wrong", which it is not
        check_kit(practice, mistyped.encode(), PASSPHRASE)
    change_passphrase(practice, PASSPHRASE, ANOTHER)
    try:
        with pytest.raises(PassphraseWrong):
            check_kit(practice, page.encode(), PASSPHRASE)
        with pytest.raises(KitFailed, match="present passphrase"):
            check_kit(practice, page.encode(), ANOTHER)
        assert not noted(practice), "it is asked for anew until there is one"
    finally:
        change_passphrase(practice, ANOTHER, PASSPHRASE)


def test_C33_a_kit_that_fails_its_test_is_not_left_behind(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery_kit, "secret_armored", lambda *_: "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nAAAA\n")
    file = practice.paths.home.parent / "fails.html"
    with pytest.raises(KitFailed):
        make_kit(practice, file, PASSPHRASE)
    assert not file.exists()


def test_C33_a_kit_is_not_written_where_it_would_be_lost_or_over_a_file(practice: Practice, page: str) -> None:
    home = practice.paths.home
    inside: tuple[Path, ...] = (home / "kit.html", home / "gnupg" / "kit.html", home / ".." / "practice" / "kit.html")
    for place in (*inside, home.parent / "kit.html"):
        with pytest.raises(UnusableInput):
            make_kit(practice, place, PASSPHRASE)
    with pytest.raises(TherapymailError):
        make_kit(practice, home.parent / "nowhere" / "kit.html", PASSPHRASE)
    assert (home.parent / "kit.html").read_text() == page


def test_C33_a_key_on_a_card_gives_nothing_to_print(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery_material, "is_on_card", lambda *_: True)
    with pytest.raises(KeyOnCard):
        make_kit(practice, practice.paths.home.parent / "card.html", PASSPHRASE)
    assert not (practice.paths.home.parent / "card.html").exists()


def test_C33_locked_nothing_is_made(practice: Practice) -> None:
    lock(practice)
    file = practice.paths.home.parent / "locked.html"
    with pytest.raises(VaultLocked):
        make_kit(practice, file, PASSPHRASE)
    assert not file.exists()
    unlock(practice, PASSPHRASE)


def test_C33_a_key_without_passphrase_is_printed_with_a_warning() -> None:
    with short_directory() as directory, practice_in(directory) as bare:
        made = make_kit(bare, directory / "kit.html", None)
        assert not made.protected
        assert "whoever finds this paper" in (directory / "kit.html").read_text()
        assert noted(bare)
