"""The account's password: tried before it is kept, and kept for exactly the hosts it was given for."""

from dataclasses import replace

import pytest

from tests.journeys.conftest import Correspondence
from tests.support.posts import PASSWORD
from therapymail.errors import LoginRefused, SecretUnavailable, UnusableInput
from therapymail.practice.account import change_secret
from therapymail.practice.receive import SyncRequest, sync


def test_a_password_is_kept_only_once_the_hosts_have_taken_it(correspondence: Correspondence) -> None:
    story = correspondence
    with pytest.raises(LoginRefused):
        change_secret(story.practice, "not this one")
    assert story.sync().fetched == 0
    change_secret(story.practice, PASSWORD)
    assert story.sync().fetched == 0


@pytest.mark.parametrize("post", ["dovecot"], indirect=True)
def test_S15_a_kept_password_goes_to_no_other_host_whatever_the_settings_say(correspondence: Correspondence) -> None:
    """Whoever can write config.toml but not open the vault names a host, a port and an authority of their own."""
    story = correspondence
    imap = story.practice.settings.imap
    assert imap is not None
    for changed in (
        replace(imap, host="127.0.0.1"),
        replace(imap, port=imap.port + 1),
        replace(imap, ca_file="/tmp/other.pem"),
        replace(imap, username="somebody"),
    ):
        elsewhere = replace(story.practice, settings=replace(story.practice.settings, imap=changed))
        with pytest.raises(SecretUnavailable):
            sync(elsewhere, SyncRequest())


@pytest.mark.parametrize("post", ["dovecot"], indirect=True)
def test_where_a_command_gives_the_password_there_is_none_to_keep(correspondence: Correspondence) -> None:
    story = correspondence
    imap = story.practice.settings.imap
    assert imap is not None
    by_command = replace(story.practice.settings, imap=replace(imap, secret_command="pass show mail"))
    with pytest.raises(UnusableInput):
        change_secret(replace(story.practice, settings=by_command), PASSWORD)
