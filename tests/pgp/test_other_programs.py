"""What other people's programs make of a letter we sealed."""

import os
import shutil
from pathlib import Path

import pytest

from tests.support.gnupg import People
from tests.support.letters import opened_by_others, outgoing
from tests.support.terminal import Terminal
from therapymail.domain.draft import DraftContent, DraftEnclosure

CONTENT = DraftContent("Über das Gewitter", "Liebe Ann,\n\nFrom here: größer.\n.\n  indented  \nend")
ENCLOSURE = (DraftEnclosure("größer.pdf", "application/pdf", 0), b"%PDF-\x00\xff" * 100)
# What its manual says of OpenPGP without gpgme; the letter is shown and then written out, decoded.
_NEOMUTT = """
set crypt_use_gpgme = no
set header_cache = ""
set folder = {directory}
set pipe_decode = yes
set wait_key = no
set sleep_time = 0
set quit = yes
set charset = utf-8
set crypt_protected_headers_read = yes
set pgp_use_gpg_agent = yes
set pgp_check_gpg_decrypt_status_fd = yes
set pgp_decrypt_command = "gpg --homedir {home} --batch --no-tty --status-fd=2 --quiet --output - --decrypt %f"
push "<display-message><exit><pipe-message>cat > {directory}/written<enter><view-attachments><last-entry><save-entry><kill-line>{directory}/saved<enter><exit><exit>"
"""  # noqa: E501 - one line of a configuration


def test_plain_gpg_and_pythons_own_mail_parser_read_it(everybody: People) -> None:
    letter = outgoing(everybody, CONTENT, [ENCLOSURE])
    read = opened_by_others(everybody, letter.raw)
    assert read["Subject"] == CONTENT.subject
    assert read["From"].addresses[0].display_name == letter.headers.sender_name
    body, enclosed = read.iter_parts()
    assert body.get_content().replace("\r\n", "\n") == CONTENT.text
    assert (enclosed.get_filename(), enclosed.get_content()) == ("größer.pdf", ENCLOSURE[1])


def test_gpg_checks_the_signature_for_the_client(everybody: People) -> None:
    letter = outgoing(everybody, CONTENT)
    begin = letter.raw.index(b"-----BEGIN")
    run = everybody.others.run(["--output", "-", "--decrypt"], letter.raw[begin:])
    words = [line.keyword for line in run.status]
    assert (run.returncode, words.count("GOODSIG"), words.count("DECRYPTION_OKAY")) == (0, 1, 1)
    assert run.output == letter.entity


def test_neomutt_reads_it(everybody: People, tmp_path: Path) -> None:
    if shutil.which("neomutt") is None:
        pytest.skip("neomutt is not installed")
    letter = outgoing(everybody, CONTENT, [ENCLOSURE])
    mbox = b"From x Mon Mar  2 10:00:00 2026\n" + letter.raw.replace(b"\r\n", b"\n") + b"\n"
    (tmp_path / "mbox").write_bytes(mbox)
    (tmp_path / "rc").write_text(_NEOMUTT.format(home=everybody.others.homedir, directory=tmp_path))
    surroundings = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TERM": "xterm", "LC_ALL": "C.UTF-8"}
    command = ["neomutt", "-n", "-F", str(tmp_path / "rc"), "-R", "-f", str(tmp_path / "mbox")]
    terminal = Terminal(command, surroundings)
    try:
        terminal.expect(CONTENT.subject, 15)  # in its list, once it has opened the letter
        assert terminal.wait() == 0
    finally:
        terminal.close()
    written = (tmp_path / "written").read_text("utf-8")
    assert CONTENT.text in written
    assert (tmp_path / "saved").read_bytes() == ENCLOSURE[1]
