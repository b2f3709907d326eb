"""The harness finds what it is there to find: crashes, broken promises, hangs, hunger, death; and says so."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fuzzing import campaign, spoilt
from tests.fuzzing.__main__ import main
from tests.fuzzing.campaign import Ran, as_line, read_results, run, write_results
from tests.fuzzing.execution import Finding, examine
from tests.fuzzing.mutations import Mutator
from tests.fuzzing.report import BEGIN, END, PAGE, write_report
from tests.fuzzing.worker import GUIDED, OWN

RAN = Ran("mime", "a whole mail", GUIDED, 1, 150_000, 4321, 99.5, 0.25, 120, 1, 0, 0, ("crash: KeyError in x",))


def test_each_sort_of_fault_is_found_once_and_the_run_goes_on(tmp_path: Path) -> None:
    many = len(list(spoilt.SPOILT.seeds()))
    ran = run(spoilt.SPOILT, many + 4, 1, OWN, tmp_path)
    assert ran.executions == many + 4  # that which it died of among them
    assert (ran.crashes, ran.hangs, ran.too_large) == (3, 1, 1)
    told = "\n".join(ran.findings)
    assert "crash: KeyError in _spoilt" in told
    assert "crash: AssertionError in _spoilt" in told
    assert "a promise is broken" in told
    assert "crash: the process died (-9)" in told
    assert "memory: MemoryError in _spoilt" in told
    kept = {path.read_bytes() for path in (tmp_path / "spoilt").iterdir() if not path.suffix}
    assert kept == {b"fail", b"break", b"die", b"large", b"endless"}


def test_an_input_that_never_ends_ends_the_process_where_no_signal_reaches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaign, "_SILENT_SECONDS", 0.3)
    ran = run(spoilt.ENDLESS, 1, 1, OWN, tmp_path)
    assert ran.hangs == 1
    assert "it did not come to an end" in ran.findings[0]


def test_what_is_well_is_no_finding() -> None:
    found, seconds = examine(spoilt.WELL, b"well")
    assert found is None
    assert 0 <= seconds < 1
    assert isinstance(examine(spoilt.WELL, b"fail")[0], Finding)


def test_coverage_guides_where_atheris_is_installed(tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="atheris is not installed: no coverage guides here")
    ran = run(spoilt.WELL, 50, 1, GUIDED, tmp_path)
    assert (ran.executions, ran.engine) == (50, GUIDED)


def test_the_same_seed_makes_the_same_inputs_within_their_bounds() -> None:
    first, second = (Mutator([b"hello\nworld", b""], [b"word"], 7, 64) for _ in range(2))
    made = [first.next() for _ in range(2000)]
    assert made == [second.next() for _ in range(2000)]
    assert len(set(made)) > 500
    assert max(map(len, made)) > 10_000  # blown up
    assert sorted(map(len, made))[1900] <= 64


def test_a_run_is_kept_and_put_into_the_page(tmp_path: Path) -> None:
    results, page = tmp_path / "results.json", tmp_path / "page.md"
    write_results(results, [RAN])
    write_results(results, [replace(RAN, target="html", crashes=0, findings=())])
    write_results(results, [replace(RAN, executions=200_000)])
    _, ran = read_results(results)
    assert {each.target: each.executions for each in ran} == {"mime": 200_000, "html": 150_000}
    page.write_text(f"before\n{BEGIN}\nwhat stood here\n{END}\nafter\n")
    write_report(results, page)
    written = page.read_text()
    assert written.startswith("before\n")
    assert written.endswith("after\n")
    assert "| mime | a whole mail | 200,000 | 4,321 | 100 | 0.25 s | 120 MB | 1 | 0 | 0 |" in written
    assert "| all |  | 350,000 |" in written
    assert "- html: a form feed in a quote; " in written
    assert "what stood here" not in written
    with pytest.raises(SystemExit):
        write_report(results, results)
    results.write_text(json.dumps({"version": 99}))
    with pytest.raises(SystemExit):
        read_results(results)


def test_the_page_has_a_place_for_the_table() -> None:
    text = PAGE.read_text("utf-8")
    assert 0 < text.find(BEGIN) < text.find(END)


def test_a_line_says_what_was_found() -> None:
    assert "KeyError in x" in as_line(RAN)
    assert "nothing found" in as_line(replace(RAN, findings=()))


def test_one_input_is_run_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # the guard is for a process of its own: in this one it would take memory from all tests that follow
    monkeypatch.setattr("tests.fuzzing.__main__.guard_process", lambda: None)
    path = tmp_path / "input"
    path.write_bytes(b"From: a@b.example\r\n\r\nhello")
    assert main(["--target", "mime", "--replay", str(path)]) == 0
    assert "nothing found" in capsys.readouterr().out
