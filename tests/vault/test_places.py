"""Places, bookmarks and searched addresses: working state that goes with a folder."""

from therapymail.domain.letter import Place
from therapymail.domain.mailbox import Bookmark
from therapymail.vault import places
from therapymail.vault.connection import Vault
from therapymail.vault.filing import file_letters

from .builders import NOW, digest_of, filing, heron

ACCOUNT = "therapist@mail.example"


def test_bookmarks_come_back_and_are_replaced(vault: Vault) -> None:
    first = Bookmark("INBOX", 7, 101, None, 90)
    second = Bookmark("INBOX", 7, 150, 2**62, 139)
    with vault.writing() as writer:
        assert places.bookmark(writer, ACCOUNT, "INBOX") is None
        places.set_bookmark(writer, ACCOUNT, first)
        assert places.bookmark(writer, ACCOUNT, "INBOX") == first
        places.set_bookmark(writer, ACCOUNT, second)
        places.set_bookmark(writer, ACCOUNT, Bookmark("Sent", 1, 2, 3, 4))
        places.set_bookmark(writer, "other@mail.example", first)
        assert places.bookmarks(writer, ACCOUNT) == {"INBOX": second, "Sent": Bookmark("Sent", 1, 2, 3, 4)}


def test_known_uids_are_those_of_filed_mail_under_one_uidvalidity(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        file_letters(writer, [filing(number, client) for number in range(3)], NOW)
        places.add_places(writer, [(Place(ACCOUNT, "INBOX", 8, 900), digest_of(1))])
    with vault.reading() as reader:
        assert places.known_uids(reader, ACCOUNT, "INBOX", 7) == {100, 101, 102}
        assert places.known_uids(reader, ACCOUNT, "INBOX", 8) == {900}
        assert places.known_uids(reader, ACCOUNT, "Sent", 7) == set()


def test_vanished_places_are_forgotten_and_letters_kept(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        file_letters(writer, [filing(number, client) for number in range(3)], NOW)
        places.remove_places(writer, ACCOUNT, "INBOX", 7, [100, 102, 5000])
        assert places.known_uids(writer, ACCOUNT, "INBOX", 7) == {101}
        assert places.places_of(writer, digest_of(0)) == []
        assert writer.row("SELECT count(*) FROM letter") == (3,)


def test_a_renumbered_folder_is_forgotten_whole_and_no_other(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        sent = Place(ACCOUNT, "Sent", 1, 1)
        file_letters(writer, [filing(0, client), filing(1, client, places=(sent,))], NOW)
        places.set_bookmark(writer, ACCOUNT, Bookmark("INBOX", 7, 101, None, 1))
        places.set_bookmark(writer, ACCOUNT, Bookmark("Sent", 1, 2, None, 1))
        places.set_searched_addresses(writer, ACCOUNT, "INBOX", 7, ["hanna@clients.example"])
        places.set_searched_addresses(writer, ACCOUNT, "Sent", 1, ["hanna@clients.example"])
        places.note_strangers(writer, [Place(ACCOUNT, "INBOX", 7, 3)])
        places.drop_places(writer, ACCOUNT, "INBOX")
        assert places.known_uids(writer, ACCOUNT, "INBOX", 7) == set()
        assert places.bookmark(writer, ACCOUNT, "INBOX") is None
        assert places.searched_addresses(writer, ACCOUNT, "INBOX") == frozenset()
        assert places.strangers(writer) == []
        assert places.places_of(writer, digest_of(1)) == [sent]
        assert places.searched_addresses(writer, ACCOUNT, "Sent") == {"hanna@clients.example"}


def test_searched_addresses_add_up(vault: Vault) -> None:
    with vault.writing() as writer:
        places.set_searched_addresses(writer, ACCOUNT, "INBOX", 7, ["a@x.example"])
        places.set_searched_addresses(writer, ACCOUNT, "INBOX", 7, ["a@x.example", "b@x.example"])
        assert places.searched_addresses(writer, ACCOUNT, "INBOX") == {"a@x.example", "b@x.example"}


def test_strangers_are_counted_until_their_mail_is_filed(vault: Vault) -> None:
    client = heron(vault)
    unknown = [Place(ACCOUNT, "INBOX", 7, uid) for uid in (100, 500)]
    with vault.writing() as writer:
        places.note_strangers(writer, unknown)
        places.note_strangers(writer, unknown)
        assert places.strangers(writer) == unknown
        file_letters(writer, [filing(0, client)], NOW)
        assert places.strangers(writer) == unknown[1:]
