"""S11: no link starts a mail here: nothing takes one, so none can name an attachment or a second reader."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import therapymail
from tests.support.program import Program, program, setup_offline

HOSTILE = (
    "mailto:eve@evil.example?attach=/etc/passwd",
    "mailto:eve@evil.example?attachment=/etc/passwd&bcc=x@evil.example&body=sent",
    "MAILTO:?to=eve@evil.example&X-Header=1",
)


@pytest.fixture(scope="module")
def practice() -> Iterator[Program]:
    with program() as made:
        setup_offline(made)
        yield made


@pytest.mark.parametrize("link", HOSTILE)
def test_S11_a_link_given_in_place_of_a_client_makes_no_draft_and_no_client(practice: Program, link: str) -> None:
    for command in (("write", link), ("reply", link), ("client", "invite", link), (link,)):
        assert practice.run(*command).code in {2, 8}, command
    assert practice.ok("drafts", "--json").answer["drafts"] == []
    assert practice.ok("client", "list", "--json").answer["clients"] == []


def test_S11_nothing_in_the_program_takes_such_links() -> None:
    package = Path(therapymail.__file__).parent
    speaking = {str(path.relative_to(package)) for path in package.rglob("*.py") if "mailto" in path.read_text("utf-8")}
    # The one shows such a link in a client's HTML as the address in it, the other takes it for no bracketed word.
    assert speaking <= {"mail/html.py", "domain/cues.py"}
    assert not [path for path in package.parent.rglob("*.desktop") if ".venv" not in path.parts]
