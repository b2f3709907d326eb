"""One process that runs one target: guided by coverage where atheris is installed, else by the house's mutator.

Started by `campaign` as `python -m tests.fuzzing.worker MODULE TARGET DIRECTORY EXECUTIONS SEED ENGINE`.
"""

import importlib
import sys
from pathlib import Path

from tests.fuzzing.target import Target

GUIDED, OWN = "atheris", "own"
CORPUS = "corpus"
# Instrumented besides our own: what others wrote and we feed with what comes.
_INSTRUMENTED = ["therapymail", "tomllib", "imapclient", "inscriptis", "imaplib", "email"]


def main(arguments: list[str]) -> None:
    """Run what the command line names."""
    module, name, directory, executions, seed, engine = arguments
    if engine == GUIDED:
        _guided(module, name, Path(directory), int(executions), int(seed))
    else:
        _by_itself(_target(module, name), Path(directory), int(executions), int(seed))


def _target(module: str, name: str) -> Target:
    """The target of that name; only what its own module needs is imported."""
    targets: tuple[Target, ...] = importlib.import_module(module).TARGETS
    return next(target for target in targets if target.name == name)


def _by_itself(target: Target, directory: Path, executions: int, seed: int) -> None:
    """Vary the seeds, and what was found to lead further while coverage guided."""
    from tests.fuzzing.execution import Watched, guard_process
    from tests.fuzzing.mutations import Mutator

    led_further = sorted((directory / CORPUS).glob("*"))
    inputs = [*target.seeds(), *(path.read_bytes() for path in led_further)]
    guard_process()
    watched = Watched(target, directory)
    mutator = Mutator(inputs, target.words, seed, target.longest, blown_up_one_in=400)
    for data in inputs[:executions]:
        watched(data)
    for _ in range(executions - len(inputs)):
        watched(mutator.next())


def _guided(module: str, name: str, directory: Path, executions: int, seed: int) -> None:
    import atheris

    with atheris.instrument_imports(include=_INSTRUMENTED):
        from tests.fuzzing.execution import Watched, guard_process
        from tests.fuzzing.mutations import Mutator

        target = _target(module, name)
    inputs = list(target.seeds())
    corpus = directory / CORPUS
    corpus.mkdir(exist_ok=True)
    for number, data in enumerate(inputs):
        (corpus / f"seed-{number}").write_bytes(data[: target.longest])
    words = directory / "words"
    words.write_text("".join(map(_as_dictionary_line, (*target.words, b"="))))
    mutator = Mutator(inputs, target.words, seed, target.longest)

    def varied(data: bytes, longest: int, one: int) -> bytes:
        """Mostly what libFuzzer makes of it, at times what the house makes."""
        made = mutator.varied(data) if one % 8 == 0 else bytes(atheris.Mutate(data, longest))
        return made[:longest]

    options = {
        "runs": executions, "seed": seed, "dict": words, "max_len": target.longest, "len_control": 0,
        "timeout": 86_400, "rss_limit_mb": 0, "reload": 0, "print_final_stats": 1,
        "artifact_prefix": f"{directory}/died-",
    }  # fmt: skip
    guard_process()
    given = [sys.argv[0], *(f"-{option}={value}" for option, value in options.items()), str(corpus)]
    atheris.Setup(given, Watched(target, directory), custom_mutator=varied, internal_libfuzzer=True)
    atheris.Fuzz()


def _as_dictionary_line(word: bytes) -> str:
    """`word` as libFuzzer reads dictionaries, which know words of up to 64 bytes."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in word[:60]) + '"\n'


if __name__ == "__main__":
    main(sys.argv[1:])
