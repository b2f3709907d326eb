"""Errors bear their facts as attributes, given in order or by name."""

import copy
import pickle

import pytest

from therapymail.errors import NotFetchedYet, NotOpened, UnusableInput, VaultLocked, explain


def test_facts_are_given_in_order_or_by_name() -> None:
    for error in (UnusableInput("zone", "it is unknown"), UnusableInput("zone", why="it is unknown")):
        assert (error.what, error.why) == ("zone", "it is unknown")
        assert explain(error).sentence == "zone: it is unknown."
    assert vars(VaultLocked()) == {}


@pytest.mark.parametrize(
    ("given", "named"), [((), {}), (("a",), {}), (("a", "b", "c"), {}), (("a", "b"), {"why": "c"}), (("a",), {"x": 1})]
)
def test_facts_that_are_missing_or_too_many_are_a_mistake_of_ours(
    given: tuple[str, ...], named: dict[str, object]
) -> None:
    with pytest.raises(TypeError, match="takes what, why"):
        UnusableInput(*given, **named)  # type: ignore[arg-type]


def test_an_error_inherits_the_facts_of_the_one_it_narrows() -> None:
    assert NotFetchedYet._facts == NotOpened._facts != ()


def test_an_error_can_be_copied_and_sent_to_another_process() -> None:
    error = UnusableInput("zone", why="it is unknown")
    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert vars(twin) == vars(error)
