"""The bench still works: tiny runs of each measurement; never how fast anything is."""

import json
from pathlib import Path

import pytest

from bench.__main__ import main
from bench.corpus import CorpusPlan
from bench.corpus_folder import CorpusFolder, corpus_at, therapist_home
from bench.filling import fill
from bench.first_sync import measure as measure_first_sync
from bench.gnupg import OUR_S2K_COUNT, s2k_counts
from bench.growth import measure as measure_growth
from bench.incremental import measure as measure_incremental
from bench.looking_back import EXPORTS
from bench.looking_back import measure as measure_looking_back
from bench.mailbox import CountingProxy
from bench.options import Options
from bench.outcome import Outcome, Table, as_markdown, as_text, read_document, write_document
from bench.peers import gpg_decrypt_files
from bench.plain_corpus import EVEN_WORD, ODD_WORD, PlainPlan, filings
from bench.program import fresh_practice
from bench.report import BEGIN, END, write_report
from bench.restore import measure as measure_restore
from bench.sealing import measure as measure_sealing
from bench.search import measure as measure_search
from bench.startup import measure as measure_startup
from bench.story import plan_letters, write_letter
from bench.tui_keys import measure_in as measure_tui_keys_in
from bench.tui_start import measure_in as measure_tui_start_in
from tests.support.mailhost import dovecot_missing

LETTERS = 20
needs_dovecot = pytest.mark.skipif(bool(dovecot_missing()), reason="Dovecot is not installed")


@pytest.fixture(scope="module")
def corpus_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus") / "sealed"
    assert main(["corpus", str(folder), "--letters", str(LETTERS), "--clients", "3"]) == 0
    return folder


def test_gpg_opens_every_letter_of_a_corpus_and_finds_each_signature_good(corpus_folder: Path, tmp_path: Path) -> None:
    corpus = CorpusFolder(corpus_folder, LETTERS)
    with therapist_home(corpus, "correct horse") as home:
        assert s2k_counts(home.homedir) == [OUR_S2K_COUNT, OUR_S2K_COUNT]
        done = gpg_decrypt_files(home, corpus.write_ciphertexts(tmp_path / "sealed", corpus.truth))
    assert (done.opened, done.good_signatures) == (LETTERS, LETTERS)
    assert not [path for path in (tmp_path / "sealed").iterdir() if path.suffix != ".gpg"]


def test_an_own_key_without_passphrase_stays_without(corpus_folder: Path) -> None:
    with therapist_home(CorpusFolder(corpus_folder, LETTERS), None) as home:
        assert s2k_counts(home.homedir) == [0, 0]


def test_the_same_seed_gives_the_same_plaintexts() -> None:
    first, again = plan_letters(50, 4, seed=7), plan_letters(50, 4, seed=7)
    assert first == again
    assert [write_letter(letter, 7).entity for letter in first] == [write_letter(letter, 7).entity for letter in again]


def test_a_corpus_smaller_than_asked_for_is_said(corpus_folder: Path) -> None:
    with (
        pytest.raises(SystemExit, match="holds 20 letters"),
        corpus_at(corpus_folder, CorpusPlan(LETTERS + 1)) as corpus,
    ):
        assert corpus.truth


def test_opened_letters_keep_the_two_words_apart_that_never_meet() -> None:
    letters = list(filings(PlainPlan(40, original_bytes=8), ["a" * 32, "b" * 32], ["a@x.test", "b@x.test"]))
    texts = [letter.reading.text.lower() for letter in letters if letter.reading]
    assert len({letter.digest for letter in letters}) == len(texts) == 40
    assert all((EVEN_WORD in text) != (ODD_WORD in text) for text in texts)
    assert letters == sorted(letters, key=lambda letter: letter.received)


@pytest.mark.dovecot
@needs_dovecot
def test_a_first_sync_opens_every_letter_and_finds_what_was_planted(corpus_folder: Path) -> None:
    options = Options(letters=LETTERS, corpus=corpus_folder, rounds=1, peer_letters=0)
    figures = measure_first_sync(options).figures
    assert figures["gpg_good_signatures"] == LETTERS
    assert figures["our_counts"]["opened"] == LETTERS
    assert figures["searches_agree"] is True
    assert figures["our_peak_mb"] > 10


@pytest.mark.dovecot
@needs_dovecot
def test_later_syncs_need_as_many_round_trips_at_any_size(corpus_folder: Path) -> None:
    figures = measure_incremental(Options(letters=LETTERS, corpus=corpus_folder, quick_rounds=1)).figures
    smaller, larger = figures["no_change"]
    assert smaller["letters"] < larger["letters"]
    assert abs(smaller["round_trips"] - larger["round_trips"]) <= 1  # a busy machine may shift the median by one
    assert larger["round_trips"] > 2
    assert figures["new_letters"] == 2


def test_a_search_finds_and_needs_no_private_key() -> None:
    plan = PlainPlan(500, shortest=20, longest=60, original_bytes=64)
    outcome = measure_search(Options(clients=5, quick_rounds=1), plan)
    hits = {shape["title"]: shape["hits"] for shape in outcome.figures["shapes"]}
    assert hits["the commonest word"] == 50
    assert hits["two common words, never together"] == 0
    assert hits["rare word"] == 1
    assert hits["word in 1 % of letters"] == 5
    assert hits["tag alone"] == 25
    assert hits["date outside the record"] == 0
    new = (
        "a family of feelings",
        "a cue, any form",
        "one exchange of each client",
        "noted",
        "over length in its exchange",
    )
    assert all(hits[title] for title in new)
    assert hits["by relevance: the commonest word"] == 50
    assert outcome.figures["private_key_operations"] in {0, None}


def test_a_growing_record_is_kept_filled_and_searched_at_each_size(tmp_path: Path) -> None:
    options = Options(quick_rounds=1, growth_letters=(40,), keep=tmp_path / "kept")
    (first,), (again,) = (measure_growth(options).figures["sizes"] for _ in range(2))
    assert first["fill"] == again["fill"]
    assert again["fill"]["letters"] == again["letters"] == 40
    assert {shape["title"]: shape["hits"] for shape in again["shapes"]}["the commonest word"] == 40


def test_F37_a_restore_is_measured_letter_by_letter(tmp_path: Path) -> None:
    [size] = measure_restore(Options(growth_letters=(40,), keep=tmp_path / "kept")).figures["sizes"]
    assert (size["identical"], size["heads"]) == (40, True)
    assert len(size["took"]) == 4


def test_looking_back_is_measured_from_the_record_to_the_file() -> None:
    figures = measure_looking_back(Options(quick_rounds=1, rounds=1), letters=30).figures
    assert figures["marks"] > 30
    assert set(figures["bytes"]) == {title for title, _, _ in EXPORTS}
    assert min(figures["bytes"].values()) > 30 * 150


def test_starting_is_measured_beside_a_bare_program() -> None:
    milliseconds = measure_startup(Options(quick_rounds=1)).figures["milliseconds"]
    assert milliseconds["therapymail --help"] > 0 < milliseconds["bare program --help"]


def test_a_letter_is_sealed_and_proven_beside_plain_gpg() -> None:
    figures = measure_sealing(Options(sealing_rounds=2)).figures
    assert figures["letters"] == 2
    assert figures["therapymail_ms"] > 0 < figures["gpg_ms"]
    assert figures["ratio"] > 0 < figures["with_picture"]["ratio"]


def test_the_proxy_counts_a_round_trip_when_the_client_speaks_after_the_server() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server, CountingProxy(server.getsockname()[1]) as proxy:
        with socket.create_connection(("127.0.0.1", proxy.port)) as client:
            answering, _ = server.accept()
            for word in (b"one", b"two", b"three"):
                client.sendall(word)
                assert answering.recv(100) == word
                answering.sendall(b"yes")
                assert client.recv(100) == b"yes"
            answering.close()
        assert (proxy.round_trips, proxy.bytes_sent, proxy.bytes_received) == (3, 11, 9)


def test_a_run_is_kept_as_json_and_put_into_the_page(tmp_path: Path) -> None:
    outcome = Outcome("x", "A run", {"ms": 1.5}, (Table("Times", ("what", "ms"), (("a|b", "1.5"),)),), ("said so",))
    write_document(tmp_path / "r.json", [outcome])
    write_document(tmp_path / "r.json", [Outcome("y", "Another", {}, ())])
    assert [item.name for item in read_document(tmp_path / "r.json")[1]] == ["x", "y"]
    assert "1.5" in as_text(outcome)
    assert "a\\|b" in as_markdown(outcome)
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write_report(tmp_path / "r.json", page)
    text = page.read_text()
    assert "### A run" in text
    assert "old" not in text
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")


def test_figures_of_another_version_are_refused(tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(json.dumps({"version": 0, "machine": {}, "outcomes": []}))
    with pytest.raises(SystemExit, match="not made by this version"):
        read_document(tmp_path / "r.json")


def test_the_page_has_a_place_for_figures() -> None:
    page = (Path(__file__).parents[2] / "docs" / "performance.md").read_text()
    assert page.index(BEGIN) < page.index(END)


def test_the_room_is_measured_until_its_first_screen_is_drawn_and_at_each_key() -> None:
    plan = PlainPlan(30, shortest=20, longest=40, original_bytes=100)
    with fresh_practice(None) as program:
        fill(program, plan, 2)
        start = measure_tui_start_in(program, 1)
        keys = measure_tui_keys_in(program, 1)
    assert start.figures["letters"] == keys.figures["letters"] == 30
    assert set(start.figures["milliseconds"]) == {"bare Textual program", "therapymail"}
    assert all(value > 0 for value in start.figures["milliseconds"].values())
    assert all(value > 0 for value in keys.figures["p95_ms"].values())
    assert keys.figures["memory_mb"] > 10
