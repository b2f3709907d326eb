"""Which onboarding kit a client got: derived from the journal, also from entries made before it said so."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from therapymail.domain.mail_program import Invited, MailProgram
from therapymail.vault import clients, journal, schema
from therapymail.vault.connection import Vault
from therapymail.vault.notices import CLIENT_INVITED, Leaving, last_invitation, note_invitation, note_notice
from therapymail.vault.projection import record
from therapymail.vault.rebuild import rebuild

from .builders import NOW, add_heron, add_wren, digest_of, fingerprint_of
from .conftest import TEST_KEY

RELEASED = Path(__file__).parent / "released"
SENT_BEFORE = {"own_key": fingerprint_of(1), "letter": "00", "message_id": "<1@practice.example>", "certain": True}


def test_M07_the_kit_a_client_got_last_is_on_their_record(vault: Vault) -> None:
    with vault.writing() as writer:
        heron, wren = add_heron(writer), add_wren(writer)
        assert last_invitation(writer, heron.identity) is None
        for days, program, certain in ((1, MailProgram.OTHER, True), (3, MailProgram.PROTON, False)):
            left = Leaving(heron.identity, digest_of(days), f"<{days}@practice.example>", certain)
            note_invitation(writer, left, fingerprint_of(1), program, "en", NOW + timedelta(days=days))
        note_notice(writer, left, "please-ring", NOW + timedelta(days=4))
        said = Invited(NOW + timedelta(days=3), MailProgram.PROTON, "en", certain=False)
        for _ in range(2):
            assert last_invitation(writer, heron.identity) == said
            assert last_invitation(writer, wren.identity) is None
            rebuild(writer)


def test_an_invitation_of_a_time_without_programs_had_the_steps_for_any(vault: Vault) -> None:
    with vault.writing() as writer:
        heron = add_heron(writer)
        record(writer, CLIENT_INVITED, heron.identity, SENT_BEFORE, NOW)
        found = last_invitation(writer, heron.identity)
        assert found is not None
        assert found[1:] == (MailProgram.OTHER, "en", True)


def test_what_was_sent_before_there_was_a_table_is_in_it(vault_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(RELEASED / "schema-7.db", vault_path)
    with monkeypatch.context() as seven:
        steps = schema.steps()[:7]
        seven.setattr(schema, "steps", lambda: steps)
        seven.setattr(schema, "NEWEST", 7)
        with Vault.open(vault_path, TEST_KEY) as vault, vault.writing() as writer:
            [heron, _] = clients.clients(writer)
            journal.append(writer, CLIENT_INVITED, heron.identity, SENT_BEFORE, NOW)
    with Vault.open(vault_path, TEST_KEY) as vault, vault.writing() as writer:
        migrated = last_invitation(writer, heron.identity)
        assert migrated is not None
        assert migrated[1:] == (MailProgram.OTHER, "en", True)
        rebuild(writer)
        assert last_invitation(writer, heron.identity) == migrated


def test_the_invitation_of_a_released_vault_is_there(vault_path: Path) -> None:
    shutil.copy(RELEASED / "schema-8.db", vault_path)
    with Vault.open(vault_path, TEST_KEY) as vault, vault.writing() as writer:
        for _ in range(2):
            [_, wren] = clients.clients(writer)
            found = last_invitation(writer, wren.identity)
            assert found is not None
            assert found[1:] == (MailProgram.K9, "en", False)
            rebuild(writer)
