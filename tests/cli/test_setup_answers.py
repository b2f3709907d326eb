import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.cli.setup_account import Account, account
from therapymail.cli.setup_answers import Answers, HostPlace, host_place, person
from therapymail.config import Auth, Security
from therapymail.domain.zones import is_zone
from therapymail.errors import FileUnusable, UnusableInput
from therapymail.paths import PracticePaths


@pytest.mark.parametrize(
    ("protocol", "text", "security", "place"),
    [
        ("imap", "mail.example", None, HostPlace("mail.example", 993, Security.TLS)),
        ("imap", "mail.example:143", None, HostPlace("mail.example", 143, Security.STARTTLS)),
        ("imap", "mail.example:143", Security.TLS, HostPlace("mail.example", 143, Security.TLS)),
        ("imap", "mail.example", Security.STARTTLS, HostPlace("mail.example", 143, Security.STARTTLS)),
        ("smtp", "mail.example", None, HostPlace("mail.example", 465, Security.TLS)),
        ("smtp", "mail.example:587", None, HostPlace("mail.example", 587, Security.STARTTLS)),
        ("smtp", "[::1]:2525", None, HostPlace("::1", 2525, Security.TLS)),
    ],
)
def test_H11_H12_a_host_without_more_words_means_tls(
    protocol: str, text: str, security: Security | None, place: HostPlace
) -> None:
    assert host_place(protocol, text, security) == place


@settings(max_examples=100)
@given(text=st.text(max_size=30))
def test_any_other_text_is_no_host(text: str) -> None:
    with contextlib.suppress(UnusableInput):
        assert 0 < host_place("imap", text, None).port < 65536


@pytest.mark.parametrize(
    "answers",
    [
        Answers(offline=True, smtp="mail.example"),
        Answers(new_key=True, key="ABCD"),
        Answers(password_command="a", password_stdin=True),
        Answers(token_command="a"),
        Answers(auth=Auth.XOAUTH2, password_command="a"),
        Answers(no_passphrase=True, passphrase_command="a"),
    ],
)
def test_contradictions_are_named(answers: Answers) -> None:
    with pytest.raises(UnusableInput):
        answers.refuse_contradictions()


def test_flags_that_go_together() -> None:
    Answers(imap="a.example", smtp="b.example", new_key=True, password_stdin=True).refuse_contradictions()
    Answers(token_command="a", auth=Auth.OAUTHBEARER, key="ABCD").refuse_contradictions()


def by_flags(**flags: str) -> Account:
    """The account that these flags describe, nobody being asked; nothing is connected to."""
    answers = Answers(yes=True, password_command="pass show mail", **flags)  # type: ignore[arg-type]  # flags of text
    return account(answers, PracticePaths(Path("unused")), "me@mail.example", lambda _: None)


def test_the_login_name_is_the_address_unless_told() -> None:
    found = by_flags(imap="a.example", smtp="b.example")
    assert found.imap
    assert found.smtp
    assert (found.imap.username, found.smtp.username) == ("me@mail.example", "me@mail.example")
    told = by_flags(imap="a", smtp="b", username="me", smtp_username="you")
    assert told.imap
    assert told.smtp
    assert (told.imap.username, told.smtp.username) == ("me", "you")


def test_a_missing_flag_is_named_where_nobody_can_be_asked() -> None:
    with pytest.raises(UnusableInput) as refused:
        person(Answers(yes=True, name="A"))
    assert refused.value.what == "--email"


def test_the_zone_of_the_machine_is_one_it_knows() -> None:
    name, email, zone = person(Answers(yes=True, name=" A  B ", email="Me@Mail.Example"))
    assert (name, email) == ("A B", "me@mail.example")
    assert is_zone(zone)


@pytest.mark.parametrize("flag", ["ca_file", "import_key", "passphrase_file"])
def test_a_missing_file_is_named_before_any_question(flag: str, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.touch()
    Answers(**{flag: there}).refuse_missing_files()  # type: ignore[arg-type]  # a flag of a file
    with pytest.raises(FileUnusable):
        Answers(**{flag: tmp_path / "not there"}).refuse_missing_files()  # type: ignore[arg-type]  # a flag of a file
