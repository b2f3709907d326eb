"""Every reason why a letter may not leave has calm words and a next step."""

import re

import pytest

from therapymail.cli.app import COMMANDS
from therapymail.domain.sealing import Hindrance
from therapymail.domain.sealing_text import hindrance_phrase, hindrance_step, hindrances_phrase, not_sent
from therapymail.errors import ExitCode, explain


@pytest.mark.parametrize("hindrance", Hindrance)
def test_each_reason_is_a_phrase_and_each_step_a_sentence(hindrance: Hindrance) -> None:
    phrase = hindrance_phrase(hindrance)
    assert phrase[0].islower() or phrase.startswith("GnuPG")
    assert not phrase.endswith(".")
    step = hindrance_step(hindrance, draft="D-3", code="HERON")
    assert step.endswith(".")
    assert "{" not in step


@pytest.mark.parametrize("hindrance", Hindrance)
def test_C7_no_step_is_a_way_to_send_it_unsealed(hindrance: Hindrance) -> None:
    step = hindrance_step(hindrance, draft="D-3", code="HERON").lower()
    assert not re.search(r"unencrypted|unsealed|plain|anyway|--force|without", step)


@pytest.mark.parametrize("hindrance", Hindrance)
def test_a_step_names_commands_that_exist(hindrance: Hindrance) -> None:
    for command in re.findall(r"`therapymail ([a-z]+)", hindrance_step(hindrance, draft="D-3", code="HERON")):
        assert command in COMMANDS


def test_C7_an_unverified_key_leads_to_verifying_it() -> None:
    error = not_sent("D-3", "HERON", (Hindrance.KEY_UNVERIFIED, Hindrance.EMPTY))
    explained = explain(error)
    assert error.exit_code is ExitCode.NOT_SENT
    assert "`therapymail client verify HERON`" in explained.next_step
    assert explained.sentence == (
        "D-3 to HERON was not sent: their key is not yet confirmed by another channel; nothing is written in it."
    )


def test_a_code_of_a_later_version_stays_readable() -> None:
    assert hindrances_phrase(["no-key", "moon-is-full"]) == "no key of theirs is pinned yet; moon is full"
