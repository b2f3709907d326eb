"""What may leave, and by which door: held by the types, and by who names what."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "therapymail"
MODULES = {str(path.relative_to(PACKAGE)): path for path in sorted(PACKAGE.rglob("*.py"))}
DOORS = {"mail/submission.py", "mail/offering.py"}
SENDING = {"sendmail", "send_message", "send_messages"}


def names_in(path: Path) -> Iterator[str]:
    """Every name, attribute and imported name in a module."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name.rpartition(".")[2]


def modules_that_name(*names: str) -> set[str]:
    return {module for module, path in MODULES.items() if set(names) & set(names_in(path))}


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_C5_only_the_proof_makes_a_proven_letter() -> None:
    assert modules_that_name("PROVER") == {"domain/departure.py", "pgp/proof.py"}


def test_C5_only_notice_and_onboarding_make_an_exception() -> None:
    assert modules_that_name("EXCEPTIONS") == {"domain/departure.py", "mail/notice.py", "mail/onboarding.py"}
    users = {module for module, path in MODULES.items() if "therapymail.mail.unsealed" in imports_of(path)}
    assert users == {"mail/notice.py", "mail/onboarding.py"}


def test_C1_one_door_leads_to_SMTP_and_only_what_may_leave_fits_through() -> None:
    smtp = {
        module for module, path in MODULES.items() if "aiosmtplib" in {name.split(".")[0] for name in imports_of(path)}
    }
    assert smtp <= DOORS
    assert not {module for module, path in MODULES.items() if "smtplib" in imports_of(path)}
    assert not modules_that_name(*SENDING) - DOORS


@pytest.mark.parametrize(
    "imported", ["therapymail.pgp.sealing", "therapymail.pgp.protected_entity", "therapymail.pgp.sealed_mail"]
)
def test_C1_the_proof_and_the_sealing_share_no_code(imported: str) -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, therapymail.pgp.proof; print('\\n'.join(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    assert "therapymail.pgp.proof" in loaded
    assert imported not in loaded
    assert "therapymail.domain.mail_headers" not in loaded


WELL_TYPED = """
from therapymail.domain.departure import Notice, Onboarding, ProvenLetter
from therapymail.mail.offering import Offering

def depart(door: Offering, letter: ProvenLetter, notice: Notice, onboarding: Onboarding) -> None:
    door.offer(letter, print)
    door.offer(notice, print)
    door.offer(onboarding, print)
"""
ILL_TYPED = {
    "raw bytes": "door.offer(b'From: me', print)",
    "sealed bytes that nobody proved": "door.offer(sealed_mail(headers, b''), print)",
    "what was to be sealed": "door.offer(protected_entity(headers, []), print)",
    "the armor": "door.offer(seal(gpg, b'', own='', own_certificate=b'', client_certificate=b'',"
    " client_fingerprint=''), print)",
    "a mail of Python's": "door.offer(EmailMessage(), print)",
    "a draft": "door.offer(draft, print)",
    "a draft's text": "door.offer(draft.content.text, print)",
    "a proven letter's bytes": "door.offer(letter.raw, print)",
    "a notice's bytes": "door.offer(notice.raw, print)",
    "a proof": "door.offer(letter.proof, print)",
    "nothing": "door.offer(None, print)",
    "C8 something made to look proven": "class Sly(ProvenLetter): pass",
}
_HEAD = """
from email.message import EmailMessage
from therapymail.domain.departure import Notice, ProvenLetter
from therapymail.domain.draft import Draft
from therapymail.domain.mail_headers import LetterHeaders
from therapymail.mail.offering import Offering
from therapymail.pgp.protected_entity import protected_entity
from therapymail.pgp.runner import Gpg
from therapymail.pgp.sealed_mail import sealed_mail
from therapymail.pgp.sealing import seal

def depart(
    door: Offering, gpg: Gpg, headers: LetterHeaders, letter: ProvenLetter, notice: Notice, draft: Draft
) -> None:
    """


def errors_of_mypy(path: Path) -> list[str]:
    """What mypy says of a file, one error a line."""
    run = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--hide-error-context", str(path)],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert run.returncode in {0, 1}, run.stdout + run.stderr
    return [line for line in run.stdout.splitlines() if f"{path.name}:" in line and ": error:" in line]


def test_C1_C5_no_unsealed_letter_can_be_handed_to_SMTP_without_mypy_objecting(tmp_path: Path) -> None:
    right, wrong = tmp_path / "right.py", tmp_path / "wrong.py"
    right.write_text(WELL_TYPED)
    assert errors_of_mypy(right) == []
    wrong.write_text(_HEAD + "\n    ".join(ILL_TYPED.values()) + "\n")
    first = len(_HEAD.split("\n"))
    objected = {int(line.split(":")[1]) for line in errors_of_mypy(wrong)}
    assert objected == set(range(first, first + len(ILL_TYPED)))
