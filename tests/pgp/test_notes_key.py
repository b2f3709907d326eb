"""The key of the process notes: sealed to the own key, and if wished under a passphrase too; both are needed then."""

import secrets
import subprocess
from collections.abc import Iterator

import pytest

from tests.support.gnupg import People, altered, people
from therapymail.errors import NotesPassphraseNeeded, NotesPassphraseWrong, VaultDamaged
from therapymail.pgp.agent import NOTES_CACHE_ID, VAULT_CACHE_ID, AgentConnection
from therapymail.pgp.notes_key import is_under_password, seal_notes_key, unseal_notes_key
from therapymail.pgp.vault_key import seal_to_own, seal_vault_key, unseal_from_own, unseal_vault_key

KEY = secrets.token_bytes(32)
OWN = "lantern-quiet-marble-heron-thistle-window"


@pytest.fixture(scope="module")
def us() -> Iterator[People]:
    with people() as made:
        yield made


def test_the_key_comes_back_without_and_with_a_passphrase_of_its_own(us: People) -> None:
    gpg, own = us.therapist, us.own
    assert unseal_notes_key(gpg, own, seal_notes_key(gpg, own, KEY, None), None) == KEY
    sealed = seal_notes_key(gpg, own, KEY, OWN)
    assert unseal_notes_key(gpg, own, sealed, OWN) == KEY
    with pytest.raises(NotesPassphraseNeeded):
        unseal_notes_key(gpg, own, sealed, None)
    for wrong in ("wrong", OWN.upper(), ""):
        with pytest.raises(NotesPassphraseWrong):
            unseal_notes_key(gpg, own, sealed, wrong)
    assert KEY not in sealed


def test_F19_the_own_key_alone_does_not_open_it_and_gpg_alone_opens_it_with_both(us: People) -> None:
    gpg, own = us.therapist, us.own
    inner = unseal_from_own(gpg, own, seal_notes_key(gpg, own, KEY, OWN), None, "notes.key")
    assert KEY not in inner
    assert is_under_password(inner)
    by_hand = subprocess.run(
        ["gpg", "--homedir", gpg.homedir, "--batch", "--pinentry-mode", "loopback", "--passphrase", OWN, "--decrypt"],
        input=inner,
        capture_output=True,
    )
    assert by_hand.stdout == KEY


def test_what_is_not_ours_is_told_and_not_taken_for_a_wrong_passphrase(us: People) -> None:
    gpg, own = us.therapist, us.own
    sealed = seal_notes_key(gpg, own, KEY, OWN)
    bad = [b"", sealed[:-1], altered(sealed), us.sealed(KEY), seal_to_own(gpg, own, b"31 bytes are not enough", None)]
    for content in bad:
        with pytest.raises(VaultDamaged) as raised:
            unseal_notes_key(gpg, own, content, OWN)
        assert raised.value.what == "notes.key"
        assert "mailbox" not in raised.value.elsewhere


def test_the_keys_of_the_two_stores_are_not_taken_for_each_other_once_there_is_a_passphrase(us: People) -> None:
    gpg, own = us.therapist, us.own
    with pytest.raises(VaultDamaged):
        unseal_vault_key(gpg, own, seal_notes_key(gpg, own, KEY, OWN), None)
    assert unseal_notes_key(gpg, own, seal_vault_key(gpg, own, KEY, None), None) == KEY  # the same form; another file


def test_the_agent_forgets_one_secret_alone(us: People) -> None:
    with AgentConnection(us.therapist.homedir) as agent:
        agent.preset(NOTES_CACHE_ID, KEY)
        agent.preset(VAULT_CACHE_ID, KEY)
        agent.forget(NOTES_CACHE_ID)
        assert agent.get(NOTES_CACHE_ID) is None
        assert agent.get(VAULT_CACHE_ID) == KEY
        agent.forget(NOTES_CACHE_ID)
