"""`therapymail open FILE --json` over a sample of real mail: the state and text that the walk over all of it found."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.corpora import corpus, import_keys
from tests.support.corpora_walk import WalkedMail, walk
from tests.support.program import Program, program, setup_offline
from therapymail.mail.entity import read_entity

pytestmark = pytest.mark.corpora

UNGUARDED = ("kde", "notmuch", "protected-headers-draft", "schleuder")  # their keys have no passphrase
OF_EACH = 3
SEED = 9580


@pytest.fixture(scope="module")
def therapymail() -> Iterator[Program]:
    """A practice that holds the keys of the corpora beside its own."""
    for name in UNGUARDED:
        corpus(name)
    with program() as made:
        setup_offline(made)
        for name in UNGUARDED:
            import_keys(name, made.home / "gnupg")
        yield made


def test_a_sample_of_real_mail_opens_as_the_walk_found_it(therapymail: Program, tmp_path: Path) -> None:
    for name in UNGUARDED:
        with_openpgp = [each for each in walk(name).mails if each.tabled and each.tabled.verdict not in {"", "-"}]
        for each in random.Random(SEED).sample(with_openpgp, OF_EACH):
            mail = tmp_path / "mail.eml"
            mail.write_bytes(each.mail.raw)
            ran = therapymail.run("open", str(mail), "--json")
            assert ran.code == (0 if each.opened.payload is not None else 7), each.mail.name
            assert (ran.answer["verdict"]["encrypted"], ran.answer["text"]) == _expected(each), each.mail.name


def test_A4_a_block_of_several_is_opened_when_it_is_asked_for(therapymail: Program) -> None:
    [oracle] = [each for each in walk("kde").mails if each.mail.name == "messagelib_openpgp-inline-multiple.mbox"]
    shown = therapymail.ok("open", "-", stdin=oracle.mail.raw).out
    assert "--piece 1" in shown
    assert "second part" not in shown
    answer = therapymail.ok("open", "-", "--piece", "2", "--json", stdin=oracle.mail.raw).answer
    assert (answer["piece"], answer["pieces"], answer["text"]) == (2, 3, "second part")
    assert therapymail.run("open", "-", "--piece", "4", stdin=oracle.mail.raw).code == 2


def _expected(each: WalkedMail) -> tuple[str, str | None]:
    opened = each.opened
    if opened.payload is None:
        return opened.facts.protection.value, None
    read = read_entity(opened.payload, is_entity=opened.is_entity, charset=opened.charset)
    return opened.facts.protection.value, read.text
