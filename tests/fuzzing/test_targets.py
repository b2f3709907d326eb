"""Every parser of what others wrote, on its seeds, on what was found before, and on a few hundred mutations."""

import signal
from collections.abc import Iterator

import pytest

from tests.fuzzing.execution import examine, raises_when_too_slow
from tests.fuzzing.kept import KEPT
from tests.fuzzing.mutations import Mutator
from tests.fuzzing.target import Target
from tests.fuzzing.targets import TARGETS, by_name

MUTATIONS = 250
SEED = 1


@pytest.fixture(autouse=True)
def watched() -> Iterator[None]:
    former = raises_when_too_slow()
    yield
    signal.signal(signal.SIGVTALRM, former)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_C42_S24_seeds_and_mutations_are_read_or_refused_in_time(target: Target) -> None:
    inputs = list(target.seeds())
    assert inputs
    mutator = Mutator(inputs, target.words, SEED, target.longest)
    for data in (*inputs, *(mutator.next() for _ in range(MUTATIONS))):
        found, _ = examine(target, data)
        assert found is None, (found, data[:2000])


@pytest.mark.parametrize(("name", "what"), [(name, what) for name, kept in KEPT.items() for what in kept])
def test_C42_what_was_found_once_is_found_no_more(name: str, what: str) -> None:
    found, _ = examine(by_name(name), KEPT[name][what])
    assert found is None


def test_a_whole_run_is_a_million_executions_and_none_of_a_target_is_few() -> None:
    assert sum(target.executions for target in TARGETS) >= 1_000_000
    assert min(target.executions for target in TARGETS) >= 20_000
    assert len({target.name for target in TARGETS}) == len(TARGETS)
