"""Clients, addresses and pins as rows: one code, address and key belong to one client."""

from datetime import timedelta

import pytest

from therapymail.domain.client import ClientStatus
from therapymail.domain.seal import Pin
from therapymail.errors import ClientExists, ClientUnknown, KeyRefused, KeyUnknown, UnusableInput
from therapymail.vault import certificates, clients, journal, pins
from therapymail.vault.connection import Vault

from .builders import NOW, add_heron, add_wren, certificate, fingerprint_of


def test_a_client_comes_back_as_added(vault: Vault) -> None:
    with vault.writing() as writer:
        added = add_heron(writer)
    with vault.reading() as reader:
        assert clients.clients(reader) == [added]
        assert clients.client_by_code(reader, " heron ") == added
        assert clients.client_by_identity(reader, added.identity) == added
    assert added.writes_from == ("hanna@clients.example", "h.example@work.example")
    assert (added.status, added.pins, added.added) == (ClientStatus.ACTIVE, (), NOW)
    assert len(bytes.fromhex(added.identity)) == 16


def test_clients_are_listed_by_code_and_found_by_address(vault: Vault) -> None:
    with vault.writing() as writer:
        wren, heron = add_wren(writer), add_heron(writer)
    with vault.reading() as reader:
        assert [client.code for client in clients.clients(reader)] == ["HERON", "WREN"]
        assert clients.addresses(reader) == {
            "hanna@clients.example": heron.identity,
            "h.example@work.example": heron.identity,
            "will@clients.example": wren.identity,
        }


def test_addresses_are_kept_in_one_form(vault: Vault) -> None:
    with vault.writing() as writer:
        client = clients.add_client(
            writer,
            code="owl",
            name="O",
            write_to="Olga@BÜCHER.example",
            writes_from=("olga@xn--bcher-kva.example",),
            zone="UTC",
            now=NOW,
        )
    assert (client.code, client.writes_from) == ("OWL", ("olga@xn--bcher-kva.example",))


@pytest.mark.parametrize(
    ("code", "address", "what"),
    [("HERON", "new@clients.example", "code"), ("OWL", "h.example@work.example", "address")],
)
def test_a_code_or_address_that_is_anothers_is_refused(vault: Vault, code: str, address: str, what: str) -> None:
    with vault.writing() as writer:
        add_heron(writer)
        with pytest.raises(ClientExists) as caught:
            clients.add_client(writer, code=code, name="O", write_to=address, zone="UTC", now=NOW)
    assert (caught.value.code, caught.value.what) == ("HERON", what)


@pytest.mark.parametrize(("code", "name", "address"), [("1X", "O", "o@x.example"), ("OWL", " ", "o@x.example")])
def test_what_cannot_be_used_is_refused_before_anything_is_written(
    vault: Vault, code: str, name: str, address: str
) -> None:
    with vault.writing() as writer:
        with pytest.raises(UnusableInput):
            clients.add_client(writer, code=code, name=name, write_to=address, zone="UTC", now=NOW)
        assert writer.row("SELECT count(*) FROM journal") == (0,)


def test_editing_changes_what_is_given_and_nothing_else(vault: Vault) -> None:
    with vault.writing() as writer:
        before = add_heron(writer)
        after = clients.edit_client(
            writer, before.identity, write_to="new@clients.example", status=ClientStatus.PAUSED, now=NOW
        )
        (_, payload) = list(journal.entries(writer))[-1]
    assert after.writes_from == ("new@clients.example", *before.writes_from)
    assert (after.write_to, after.status) == ("new@clients.example", ClientStatus.PAUSED)
    assert (after.code, after.name, after.zone, after.added) == (before.code, before.name, before.zone, before.added)
    assert payload is not None
    assert sorted(payload) == ["status", "write_to", "writes_from"]


def test_editing_nothing_writes_nothing(vault: Vault) -> None:
    with vault.writing() as writer:
        client = add_heron(writer)
        clients.edit_client(writer, client.identity, code="HERON", name="Hanna Example", now=NOW)
        assert writer.row("SELECT count(*) FROM journal") == (1,)


def test_an_address_can_move_from_one_client_to_another(vault: Vault) -> None:
    with vault.writing() as writer:
        heron, wren = add_heron(writer), add_wren(writer)
        with pytest.raises(ClientExists):
            clients.edit_client(writer, wren.identity, writes_from=["h.example@work.example"], now=NOW)
        clients.edit_client(writer, heron.identity, writes_from=["hanna@clients.example"], now=NOW)
        after = clients.edit_client(writer, wren.identity, writes_from=["h.example@work.example"], now=NOW)
    assert after.writes_from == ("will@clients.example", "h.example@work.example")


def test_unknown_clients_are_said_to_be_unknown(vault: Vault) -> None:
    with vault.reading() as reader:
        with pytest.raises(ClientUnknown):
            clients.client_by_code(reader, "OWL")
        with pytest.raises(ClientUnknown):
            clients.client_by_identity(reader, "00" * 16)


# --- pins ----------------------------------------------------------------------------------------------


def test_a_pinned_key_is_unverified_until_another_channel_confirms_it(vault: Vault) -> None:
    key = fingerprint_of(1)
    with vault.writing() as writer:
        client = add_heron(writer)
        certificates.hold(writer, certificate(1), NOW)
        pins.pin_key(writer, client.identity, key, NOW)
        assert clients.client_by_identity(writer, client.identity).pins == (Pin(key, verified=False),)
        assert pins.confirmed_at(writer, key) is None
        pins.verify_key(writer, client.identity, key, "read out on the telephone", NOW)
        assert pins.confirmed_at(writer, key) == NOW
        assert clients.client_by_identity(writer, client.identity).pins == (Pin(key, verified=True),)
        assert certificates.certificate(writer, key).client == client.identity


def test_the_key_pinned_last_is_the_one_letters_are_sealed_to(vault: Vault) -> None:
    old, new = fingerprint_of(1), fingerprint_of(2)
    with vault.writing() as writer:
        client = add_heron(writer)
        for number in (1, 2):
            certificates.hold(writer, certificate(number), NOW)
            pins.pin_key(writer, client.identity, fingerprint_of(number), NOW)
        pins.verify_key(writer, client.identity, old, "in person", NOW)
        assert [pin.fingerprint for pin in clients.client_by_identity(writer, client.identity).pins] == [new, old]
        pins.pin_key(writer, client.identity, old, NOW + timedelta(days=1))
        pinned = clients.client_by_identity(writer, client.identity).pins
        assert pinned == (Pin(old, verified=True), Pin(new, verified=False))
        pins.unpin_key(writer, client.identity, new, NOW)
        assert clients.client_by_identity(writer, client.identity).pins == (Pin(old, verified=True),)


def test_S7_one_key_never_speaks_for_two_clients(vault: Vault) -> None:
    with vault.writing() as writer:
        heron, wren = add_heron(writer), add_wren(writer)
        certificates.hold(writer, certificate(1), NOW)
        pins.pin_key(writer, heron.identity, fingerprint_of(1), NOW)
        with pytest.raises(KeyRefused):
            pins.pin_key(writer, wren.identity, fingerprint_of(1), NOW)


def test_only_a_held_key_can_be_pinned_and_only_a_pinned_one_verified(vault: Vault) -> None:
    with vault.writing() as writer:
        client = add_heron(writer)
        with pytest.raises(KeyUnknown):
            pins.pin_key(writer, client.identity, fingerprint_of(1), NOW)
        certificates.hold(writer, certificate(1), NOW)
        with pytest.raises(KeyUnknown):
            pins.verify_key(writer, client.identity, fingerprint_of(1), "by post", NOW)
        with pytest.raises(KeyUnknown):
            pins.unpin_key(writer, client.identity, fingerprint_of(1), NOW)
