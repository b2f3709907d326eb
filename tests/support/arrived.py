"""Mail put on the record of a practice as a sync would, without a mail host."""

from datetime import UTC, datetime

from therapymail.domain.letter import Filing, Place
from therapymail.pgp.single import SingleOpener
from therapymail.practice.arrival import Arrival, read_arrival
from therapymail.practice.correspondents import read_correspondents
from therapymail.practice.keyring import clients_keyring
from therapymail.practice.practice import Practice
from therapymail.vault.filing import file_letters

MOMENT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def arrived(practice: Practice, raw: bytes, moment: datetime = MOMENT) -> str:
    """Open and file the mail `raw`, received at `moment`; the name it was given, empty where it is set aside."""
    arrival = Arrival(Place("a", "INBOX", 1, 1), moment, raw)
    with practice.vault() as vault, practice.gpg(clients_keyring(practice)) as gpg:
        known = read_correspondents(practice, vault)
        read = read_arrival(arrival, SingleOpener(gpg), known, lambda _, *, only_ours: ())
        assert isinstance(read, Filing)
        with vault.writing() as writer:
            (filed,) = file_letters(writer, [read], moment)
    return str(filed.name or "")
