import os
import shutil
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.gnupg import PASSPHRASE, People, altered, forget_passphrases, output, recording_gpg, throw_away_home
from tests.support.handmade_seals import literal, message_without_integrity, ocb_message, sealed_packets
from therapymail.domain.seal import OpeningFailure, SignatureFinding
from therapymail.errors import FileUnusable, GnupgMissing
from therapymail.pgp.bulk import AHEAD, BulkOpener
from therapymail.pgp.own_key import make_key
from therapymail.pgp.single import SingleOpener


def letters(people: People, count: int) -> list[tuple[bytes, bytes]]:
    texts = [f"letter {number}\n".encode() * (number * 7 + 1) for number in range(count)]
    return [(text, people.sealed(text, signer=people.ann)) for text in texts]


def processes(opener: BulkOpener) -> int | None:
    return opener._process.pid if opener._process else None


@pytest.mark.parametrize("ahead", [0, 1, AHEAD])
def test_bulk_says_of_every_letter_what_single_opening_says(everybody: People, ahead: int) -> None:
    made = letters(everybody, 12)
    single = SingleOpener(everybody.reader)
    with BulkOpener(everybody.reader) as opener:
        for number, (text, sealed) in enumerate(made):
            for _, following in made[number : number + ahead]:
                opener.expect(following)
            opened = opener.decrypt(sealed)
            assert opened.plaintext == text
            assert opened == single.decrypt(sealed)


def test_one_gpg_opens_them_all(everybody: People) -> None:
    with BulkOpener(everybody.reader) as opener:
        seen = set()
        for _, sealed in letters(everybody, 5):
            opener.decrypt(sealed)
            seen.add(processes(opener))
        assert len(seen) == 1


def test_an_unknown_signer_is_no_doubt_for_SEIPD_1(everybody: People) -> None:
    with BulkOpener(everybody.therapist) as opener:
        opened = opener.decrypt(everybody.sealed(b"text", signer=everybody.ann))
        assert opened.plaintext == b"text"
        assert opened.notes == ()  # not opened a second time
        assert [fact.finding for fact in opened.signatures] == [SignatureFinding.KEY_UNKNOWN]


def test_one_bad_letter_never_stops_the_others(everybody: People) -> None:
    good = letters(everybody, 6)
    home, own = everybody.therapist.homedir, everybody.own
    hostile = {
        altered(good[5][1]): OpeningFailure.ALTERED,
        good[4][1][:-7]: OpeningFailure.DAMAGED,
        b"": OpeningFailure.DAMAGED,
        b"\xff" * 1000: OpeningFailure.DAMAGED,
        everybody.sealed(b"x", to=everybody.eve): OpeningFailure.NO_KEY,
        literal(b"before") + good[3][1]: OpeningFailure.STRUCTURE,
        good[2][1] + good[1][1]: OpeningFailure.STRUCTURE,
        message_without_integrity(home, own, literal(b"x")): OpeningFailure.NO_INTEGRITY,
        altered(ocb_message(home, own, literal(os.urandom(20_000)))): OpeningFailure.ALTERED,
        output(everybody.others, ["--symmetric"], b"x", passphrase="x"): OpeningFailure.SYMMETRIC,
    }
    with BulkOpener(everybody.reader) as opener:
        for bad, failure in hostile.items():
            for each in (bad, *(sealed for _, sealed in good)):
                opener.expect(each)
            opened = opener.decrypt(bad)
            assert (opened.plaintext, opened.failure, opened.signatures) == (None, failure, ())
            assert [opener.decrypt(sealed).plaintext for _, sealed in good] == [text for text, _ in good]


def test_H3_bits_flipped_anywhere_give_no_other_byte(everybody: People) -> None:
    # The bit length of the session key's point may be off by some: then the letter is still the letter.
    text, sealed = letters(everybody, 4)[3]
    with BulkOpener(everybody.reader) as opener:
        for place in range(len(sealed) - 1, 0, -max(1, len(sealed) // 40)):
            assert opener.decrypt(altered(sealed, place)).plaintext in ((None, text) if place < 100 else (None,))


def test_a_gpg_that_dies_is_started_again_and_no_letter_is_lost(everybody: People) -> None:
    made = letters(everybody, 6)
    with BulkOpener(everybody.reader) as opener:
        for number, (text, sealed) in enumerate(made):
            for _, following in made[number : number + 4]:
                opener.expect(following)
            if number % 2 and opener._process:
                opener._process.kill()
            assert opener.decrypt(sealed).plaintext == text


def test_a_damaged_compressed_letter_that_ends_gpg_takes_no_other_with_it(everybody: People) -> None:
    bad_zlib = bytes([0xC8, 0xFF]) + (402).to_bytes(4, "big") + b"\x02\x78" + b"\xff" * 400
    fatal = sealed_packets(everybody.therapist.homedir, everybody.own, bad_zlib)
    made = letters(everybody, 4)
    with BulkOpener(everybody.reader) as opener:
        for _, sealed in made[:2]:
            opener.expect(sealed)
        opener.expect(fatal)
        for _, sealed in made[2:]:
            opener.expect(sealed)
        before = processes(opener)
        assert opener.decrypt(made[3][1]).plaintext == made[3][0]
        assert processes(opener) != before
        assert opener.decrypt(fatal).plaintext is None
        assert [opener.decrypt(sealed).plaintext for _, sealed in made[:3]] == [text for text, _ in made[:3]]


def test_AEAD_is_opened_singly_where_the_exit_code_is_its_own(everybody: People) -> None:
    sealed = ocb_message(everybody.therapist.homedir, everybody.own, literal(b"text"))
    with BulkOpener(everybody.reader) as opener:
        opener.expect(sealed)
        assert opener.decrypt(sealed).plaintext == b"text"
        assert processes(opener) is None


def test_S24_a_bomb_is_cut_by_the_reader_and_the_next_letter_opens(everybody: People) -> None:
    bomb, (text, sealed) = everybody.sealed(b"\0" * 30_000_000), letters(everybody, 1)[0]
    with BulkOpener(everybody.reader, output_cap=200_000) as opener:
        for _ in range(2):
            opener.expect(bomb)
            opener.expect(sealed)
            assert opener.decrypt(bomb).failure is OpeningFailure.TOO_LARGE
            assert opener.decrypt(sealed).plaintext == text


def test_S24_the_cap_is_each_letters_own(everybody: People) -> None:
    # --max-output would be counted over the whole batch: later letters come out empty, yet okay.
    text = os.urandom(90_000)
    sealed = [everybody.sealed(text, "--compress-algo=none") for _ in range(3)]
    with BulkOpener(everybody.reader, output_cap=100_000) as opener:
        for each in sealed:
            opener.expect(each)
        assert all(opener.decrypt(each).plaintext == text for each in sealed)


def test_letters_larger_than_any_pipe_flow(everybody: People) -> None:
    texts = [os.urandom(400_000) for _ in range(3)]
    sealed = [everybody.sealed(text, "--compress-algo=none") for text in texts]
    with BulkOpener(everybody.reader) as opener:
        for each in sealed:
            opener.expect(each)
        assert [opener.decrypt(each).plaintext for each in sealed] == texts


def test_S24_a_gpg_that_hangs_is_ended_in_time(everybody: People, tmp_path: Path) -> None:
    program = tmp_path / "gpg"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o700)
    began = time.monotonic()
    with BulkOpener(replace(everybody.reader, program=str(program)), timeout=0.4) as opener:
        assert opener.decrypt(everybody.sealed(b"x")).failure is OpeningFailure.TIMED_OUT
    assert time.monotonic() - began < 10


def test_a_letter_for_your_eyes_only_and_one_with_a_strange_name_open(everybody: People) -> None:
    with BulkOpener(everybody.reader) as opener:
        for more in (["--for-your-eyes-only"], ["--set-filename", "../../escape\n[GNUPG:] FILE_DONE"]):
            assert opener.decrypt(everybody.sealed(b"text", *more)).plaintext == b"text"
        assert not list(opener._directory.parent.glob("**/escape*"))


def test_opened_text_is_never_a_file(everybody: People) -> None:
    marked = b"marked-word-of-a-letter" * 50
    made = [everybody.sealed(marked + str(number).encode(), "--compress-algo=none") for number in range(8)]
    with BulkOpener(everybody.reader) as opener:
        for sealed in made:
            opener.expect(sealed)
        for sealed in made:
            assert opener.decrypt(sealed).plaintext
            for path in opener._directory.iterdir():
                assert path.is_fifo() or marked not in path.read_bytes()
                assert path.stat().st_mode & 0o077 == 0 or path.suffix == ".pgp"
        directory = opener._directory
    assert not directory.exists()


def test_a_key_named_inside_a_letter_prints_nothing_that_matters(everybody: People) -> None:
    # gpg lists key packets on stdout: nobody reads that, and it must not fill up.
    with BulkOpener(everybody.reader) as opener:
        keys = output(everybody.others, ["--export", everybody.ann]) * 200
        inside = sealed_packets(everybody.therapist.homedir, everybody.own, keys)
        assert opener.decrypt(inside).plaintext is None
        assert opener.decrypt(everybody.sealed(b"text")).plaintext == b"text"


def test_a_locked_key_is_said_at_once_and_the_passphrase_opens(guarded: People) -> None:
    sealed = guarded.sealed(b"text", signer=guarded.ann)
    forget_passphrases(guarded.therapist)
    with BulkOpener(guarded.reader) as opener:
        assert opener.decrypt(sealed).failure is OpeningFailure.LOCKED
    forget_passphrases(guarded.therapist)
    with BulkOpener(guarded.reader, passphrase=PASSPHRASE.encode()) as opener:
        assert opener.decrypt(sealed).plaintext == b"text"


def test_S28_the_names_given_to_gpg_say_nothing(guarded: People, tmp_path: Path) -> None:
    program, record = recording_gpg(tmp_path)
    forget_passphrases(guarded.therapist)
    with BulkOpener(replace(guarded.reader, program=program), passphrase=PASSPHRASE.encode()) as opener:
        assert opener.decrypt(guarded.sealed(b"text", signer=guarded.ann)).plaintext == b"text"
    seen = record.read_text()
    assert "--decrypt-files" in seen
    assert PASSPHRASE not in seen
    assert "client.example" not in seen


def test_two_openers_work_beside_each_other(everybody: People) -> None:
    made = letters(everybody, 16)
    wrong: list[int] = []

    def work(part: int) -> None:
        with BulkOpener(everybody.reader) as opener:
            wrong.extend(1 for text, sealed in made[part::2] if opener.decrypt(sealed).plaintext != text)

    threads = [threading.Thread(target=work, args=(part,)) for part in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_letters_expected_and_never_asked_for_do_not_pile_up(everybody: People) -> None:
    made = letters(everybody, 3 * AHEAD)
    with BulkOpener(everybody.reader) as opener:
        for _, sealed in made:
            opener.expect(sealed)
        for text, sealed in made[::5]:
            assert opener.decrypt(sealed).plaintext == text
        assert len(opener._ready) <= AHEAD


def test_signatures_and_unwrapping_work_in_bulk_too(everybody: People) -> None:
    signature = output(everybody.others, ["--local-user", everybody.ann, "--detach-sign"], b"text")
    signed = output(everybody.others, ["--local-user", everybody.ann, "--sign"], b"text")
    with BulkOpener(everybody.reader) as opener:
        assert [fact.signer for fact in opener.verify_detached(b"text", signature)] == [everybody.ann]
        assert opener.unwrap_signed(signed).content == b"text"


def test_no_gpg_is_left_behind(everybody: People) -> None:
    with BulkOpener(everybody.reader) as opener:
        opener.decrypt(everybody.sealed(b"text"))
        pid = processes(opener)
    assert pid
    assert subprocess.run(["ps", "-p", str(pid)], capture_output=True).returncode != 0


def test_S23_what_stands_in_the_way_of_every_letter_is_raised(everybody: People) -> None:
    sealed = everybody.sealed(b"text")
    with (
        BulkOpener(replace(everybody.reader, program="/nonexistent/gpg")) as opener,
        pytest.raises(GnupgMissing),
    ):
        opener.decrypt(sealed)
    with pytest.raises(FileUnusable), BulkOpener(replace(everybody.reader, run_directory=Path("/nonexistent"))):
        pass
    with BulkOpener(everybody.reader) as opener:
        shutil.rmtree(opener._directory)  # as a memory that is full: nothing can be written there
        with pytest.raises(FileUnusable):
            opener.expect(sealed)


def test_a_home_with_a_long_path_opens_letters_too(everybody: People, tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 120)
    deep.mkdir(mode=0o700)
    with throw_away_home(deep) as gpg:
        own = make_key(gpg, "Far", "far@practice.example", None)
        sealed = output(gpg, ["--recipient", own, "--encrypt"], b"text")
        with BulkOpener(gpg) as opener:
            assert opener.decrypt(sealed).plaintext == b"text"
