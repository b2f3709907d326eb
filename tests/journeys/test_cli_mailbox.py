"""The program on a real mailbox: set-up by flags, a sync, and everything a therapist does with letters."""

import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.test_commands_documented import keys_of, keys_of_each
from tests.support.mailhost import token_for
from tests.support.posts import PASSWORD, Post, dovecot, embedded
from tests.support.practices import Writer, Writers, writers_to
from tests.support.program import Program, Ran, program
from therapymail.bootstrap import open_practice
from therapymail.config import HostSettings, Security
from therapymail.errors import ExitCode

__all__ = ["dovecot", "embedded"]

MONDAY = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)


@pytest.fixture(params=["dovecot", "embedded"])
def post(request: pytest.FixtureRequest) -> Post:
    """Each mail host in turn."""
    host: Post = request.getfixturevalue(request.param)
    return host


def setup(therapymail: Program, imap: HostSettings, smtp: HostSettings, password: str = PASSWORD, *more: str) -> Ran:
    """Run setup by flags on these hosts."""
    return therapymail.run(
        *("setup", "--yes", "--name", "Dr Orla Fenwick", "--email", "orla@practice.example", "--zone", "Europe/London"),
        *("--imap", f"{imap.host}:{imap.port}", "--imap-security", imap.security.value),
        *("--smtp", f"{smtp.host}:{smtp.port}", "--smtp-security", smtp.security.value),
        *("--username", imap.username, "--ca-file", imap.ca_file, "--password-stdin"),
        *("--new-key", "--no-passphrase", "--no-roundtrip", "--json", *more),
        stdin=password.encode() + b"\n",
    )


@pytest.mark.parametrize("security", list(Security))
def test_setup_tests_both_logins(post: Post, security: Security) -> None:
    user = post.new_user()
    with program() as therapymail:
        ran = setup(therapymail, post.imap(user, security), post.smtp(user, security))
        assert ran.code == 0, ran
        assert ran.answer["folders"] >= 1
        assert PASSWORD not in (therapymail.home / "config.toml").read_text()
        checks = {check["name"]: check for check in therapymail.run("doctor", "--json").answer["checks"]}
        assert checks["mailbox"]["level"] == "ok", checks
        assert checks["sending"]["level"] == "ok", checks
        assert therapymail.ok("sync", "--json").answer["fetched"] == 0


def test_a_wrong_password_ends_setup_with_3_and_nothing_left(post: Post) -> None:
    user = post.new_user()
    with program() as therapymail:
        ran = setup(therapymail, post.imap(user), post.smtp(user), "not the password")
        assert ran.code == ExitCode.CONFIGURATION
        assert "refuses the login" in ran.err
        assert not therapymail.home.exists()


def test_S15_a_certificate_of_nobody_we_trust_ends_setup_with_3(post: Post, tmp_path: Path) -> None:
    user = post.new_user()
    other = tmp_path / "other.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
         "-subj", "/CN=other", "-keyout", str(tmp_path / "key"), "-out", str(other)],
        check=True, capture_output=True,
    )  # fmt: skip
    imap = post.imap(user)
    untrusted = HostSettings(imap.host, imap.port, imap.security, user, imap.auth, ca_file=str(other))
    with program() as therapymail:
        ran = setup(therapymail, untrusted, post.smtp(user))
        assert ran.code == ExitCode.CONFIGURATION
        assert "No password was sent" in ran.err
        assert not therapymail.home.exists()


def test_a_host_that_is_not_there_ends_setup_with_5(post: Post) -> None:
    user = post.new_user()
    imap = post.imap(user)
    nobody = HostSettings(imap.host, 1, imap.security, user, imap.auth, ca_file=imap.ca_file)
    with program() as therapymail:
        ran = setup(therapymail, nobody, post.smtp(user))
        assert ran.code == ExitCode.UNREACHABLE
        assert not therapymail.home.exists()


@pytest.mark.parametrize("auth", ["xoauth2", "oauthbearer"])
def test_setup_and_sync_log_in_by_tokens_that_a_command_prints(dovecot: Post, auth: str, tmp_path: Path) -> None:
    user = dovecot.new_user()
    imap, smtp = dovecot.imap(user), dovecot.smtp(user)
    token = tmp_path / "token"
    token.write_text(token_for(user) + "\n")
    with program() as therapymail:

        def ran() -> Ran:
            return therapymail.run(
                *("setup", "--yes", "--name", "Dr Orla Fenwick", "--email", dovecot.address(user)),
                *("--imap", f"{imap.host}:{imap.port}", "--imap-security", imap.security.value),
                *("--smtp", f"{smtp.host}:{smtp.port}", "--smtp-security", smtp.security.value),
                *("--username", user, "--ca-file", imap.ca_file, "--new-key", "--no-passphrase"),
                *("--auth", auth, "--token-command", f"cat {token}"),
            )

        made = ran()
        assert made.code == 0
        assert "Done. A sealed letter to yourself left" in made.err
        assert therapymail.ok("sync", "--json").answer["fetched"] == 0
        assert token_for(user) not in (therapymail.home / "config.toml").read_text()
        token.write_text("expired\n")
        refused = therapymail.run("sync")
        assert refused.code == ExitCode.CONFIGURATION
        assert "refuses the login" in refused.err
        token.unlink()
        assert therapymail.run("sync").code == ExitCode.CONFIGURATION


@dataclass
class Story:
    """A practice made by flags, two clients, and what they wrote."""

    therapymail: Program
    post: Post
    user: str
    writers: Writers
    heron: Writer
    hours: int = 0

    def deliver(self, raw: bytes) -> None:
        self.hours += 1
        self.post.append(self.user, "INBOX", raw, MONDAY + timedelta(hours=self.hours))

    def write(self, text: str, **details: object) -> None:
        when = MONDAY + timedelta(hours=self.hours + 1)
        self.deliver(self.writers.letter(self.heron, text, written=when, **details))  # type: ignore[arg-type]  # letter()'s keywords


@pytest.fixture
def story(dovecot: Post) -> Iterator[Story]:
    """On Dovecot: HERON wrote four mails, the third not signed, the fourth sealed to somebody else."""
    user = dovecot.new_user()
    with program() as therapymail:
        assert setup(therapymail, dovecot.imap(user), dovecot.smtp(user)).code == 0
        practice = open_practice(therapymail.home, environment=therapymail.environment)
        with writers_to(practice, therapymail.directory) as writers:
            heron = writers.add("Maren Quist", "heron@mail.example")
            made = Story(therapymail, dovecot, user, writers, heron)
            given = ("heron@mail.example", "--name", "Maren Quist", "--key", "-", "--yes")
            therapymail.ok("client", "add", "HERON", *given, stdin=heron.certificate)
            made.write("Yesterday the unlit room again.", subject="the unlit room")
            made.write("I walked to the lantern.", subject="walking")
            made.write("Is it me who writes?", subject="unsigned", signed=False)
            yield made


def test_the_main_job(story: Story) -> None:
    therapymail = story.therapymail
    counts = therapymail.ok("sync", "--json").answer
    assert set(counts) - {"version"} == keys_of("sync")
    assert (counts["fetched"], counts["opened"], counts["proposed"]) == (3, 3, 1)
    listed = therapymail.ok("letters", "--json").answer["letters"]
    assert [letter["subject"] for letter in listed] == ["unsigned", "walking", "the unlit room"]
    assert set(listed[0]) == keys_of_each("letters")
    assert set(listed[0]["verdict"]) == keys_of_each("verdict")
    names = {letter["subject"]: letter["id"] for letter in listed}
    first, proposed = names["the unlit room"], names["unsigned"]

    read = therapymail.ok("read", first, "--json").answer
    assert set(read) - {"version"} == keys_of_each("letters") | keys_of("read") & {
        "text", "quoted", "in_order", "unsealed_text", "enclosures", "reason", "proof", "released", "cues",
        "first_read", "rereads"}  # fmt: skip
    assert read["text"].strip() == "Yesterday the unlit room again."
    assert read["verdict"]["signature"] == "pinned"
    assert "Yesterday the unlit room again." in therapymail.ok("read", first).out

    assert [one["id"] for one in therapymail.ok("letters", "--proposed", "--json").answer["letters"]] == [proposed]
    assert therapymail.ok("client", "list", "--json").answer["clients"][0]["letters"] == 2
    assert therapymail.ok("accept", proposed, "--json").answer["letters"][0]["accepted"] is True
    assert therapymail.ok("client", "list", "--json").answer["clients"][0]["letters"] == 3
    assert therapymail.ok("kind", first, "admin", "--json").answer["letters"][0]["kind"] == "admin"

    therapymail.ok("tag", first, "+dark", "+Home/Room")
    tagged = therapymail.ok("tag", first, "-dark", "--json").answer["letters"][0]
    assert tagged["tags"] == ["home/room"]
    counted = therapymail.ok("tags", "--json").answer["tags"]
    assert [(each["tag"], each["count"], each["within"]["letters"]) for each in counted] == [
        ("home", 0, 1),
        ("home/room", 1, 1),
    ]
    assert therapymail.run("tag", first, "dark").code == ExitCode.USAGE

    found = therapymail.ok("search", '"unlit room" client:heron', "--json").answer
    assert set(found) - {"version"} == keys_of("search") - {"total_at_least"}
    assert [hit["letter"] for hit in found["hits"]] == [first]
    assert set(found["hits"][0]) == keys_of_each("hits")
    assert set(found["coverage"]) == keys_of_each("coverage")
    assert therapymail.ok("search", "-", "--json", stdin=b"unlit\n").answer["total"] == 1
    assert therapymail.run("search", "zebra").code == ExitCode.NOTHING_FOUND
    unreadable = therapymail.run("search", '"unlit')
    assert unreadable.code in {ExitCode.USAGE, 0}
    assert [one["id"] for one in therapymail.ok("letters", "-q", "lantern", "--json").answer["letters"]] == [
        names["walking"]]  # fmt: skip

    looked_back = therapymail.ok("timeline", "heron", "--json").answer
    assert set(looked_back) - {"version"} == keys_of("timeline")
    assert "HERON" in therapymail.ok("--plain", "timeline", "HERON").out

    periods, gaps = looked_back["periods"], looked_back["gaps"]
    assert set(periods[0]) == keys_of_each("periods") - {"letters", "words", "ids"}
    assert set(gaps[0]) == keys_of_each("gaps")

    before = therapymail.ok("letters", "--json").out
    assert set(therapymail.ok("rebuild", "--json").answer) - {"version"} == keys_of("rebuild")
    assert therapymail.ok("letters", "--json").out == before


def test_a_letter_sealed_to_somebody_else_is_listed_and_reads_with_exit_7(story: Story) -> None:
    therapymail = story.therapymail
    raw = story.writers.letter(story.heron, "For nobody.")
    armor = story.writers.gpg.run(
        [
            "--armor",
            "--recipient",
            story.heron.fingerprint,
            "--sign",
            "--local-user",
            story.heron.fingerprint,
            "--encrypt",
        ],
        b"For nobody.",
    ).output
    begin, end = raw.index(b"-----BEGIN"), raw.index(b"\r\n--=-b--")
    story.deliver(raw[:begin] + armor.replace(b"\n", b"\r\n") + raw[end:])
    counts = therapymail.ok("sync", "--json").answer
    assert counts["unopened"] == 1
    [sealed] = [one for one in therapymail.ok("letters", "--json").answer["letters"] if one["state"] != "opened"]
    ran = therapymail.run("read", sealed["id"])
    assert ran.code == ExitCode.NOT_OPENED
    assert "a key that is not held here" in ran.out


def test_C42_H10_hostile_names_and_subjects_steer_nothing(story: Story) -> None:
    therapymail = story.therapymail
    hostile = "=?utf-8?b?G1szMW1b?==?utf-8?b?QGNsaWNrPWFwcC5ib29tXcKbMm3igK4=?= unbalanced [/b]"
    story.write("body \x1b]0;owned\x07 \x9b31m \u202e end", subject=hostile)
    assert therapymail.ok("sync").code == 0
    [name] = [
        one["id"] for one in therapymail.ok("letters", "--json").answer["letters"] if "unbalanced" in one["subject"]
    ]
    for command in (("letters",), ("read", name), ("search", "unbalanced"), ("--plain", "read", name)):
        ran = therapymail.ok(*command)
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(ran.out + ran.err), command


def test_watch_files_what_arrives_and_ends_on_sigterm(story: Story) -> None:
    therapymail = story.therapymail
    watching = subprocess.Popen(
        therapymail.command("sync", "--watch", "--json"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=therapymail.environment,
    )  # fmt: skip
    try:
        wait_until(lambda: len(therapymail.ok("letters", "--json").answer["letters"]) == 3)
        story.write("While you watched.")
        wait_until(lambda: len(therapymail.ok("letters", "--json").answer["letters"]) == 4)
        watching.terminate()
        assert watching.wait(20) == 0
    finally:
        watching.kill()
        watching.communicate()


def wait_until(holds: "object", seconds: float = 40) -> None:
    assert callable(holds)
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.3)


def test_a_key_that_arrives_later_opens_what_waited_for_it(story: Story) -> None:
    """An older key of the therapist's, to which a client still seals."""
    therapymail = story.therapymail
    older = story.writers.add("Orla Fenwick", "orla@practice.example")
    story.writers = Writers(story.writers.gpg, older.fingerprint)
    story.write("Sealed to your older key.", subject="older")
    assert therapymail.ok("sync", "--json").answer["unopened"] == 1
    secret = story.writers.gpg.run(["--export-secret-keys", older.fingerprint]).output
    assert therapymail.run("key", "import", "-", "--yes", stdin=secret).code == ExitCode.NOT_OPENED
    ran = therapymail.ok("key", "import", "-", "--yes", "--own", stdin=secret)
    assert "1 opened" in ran.err
    [name] = [one["id"] for one in therapymail.ok("letters", "--json").answer["letters"] if one["subject"] == "older"]
    assert "Sealed to your older key." in therapymail.ok("read", name).out


def test_ctrl_c_ends_a_watch_with_130_and_keeps_everything(story: Story) -> None:
    therapymail = story.therapymail
    watching = subprocess.Popen(
        therapymail.command("sync", "--watch"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=therapymail.environment,
    )
    try:
        wait_until(lambda: len(therapymail.ok("letters", "--json").answer["letters"]) == 3)
        watching.send_signal(signal.SIGINT)
        assert watching.wait(20) == ExitCode.INTERRUPTED
    finally:
        watching.kill()
        _, said = watching.communicate()
    assert b"Traceback" not in said
    assert len(therapymail.ok("letters", "--json").answer["letters"]) == 3
    assert therapymail.ok("doctor", "--offline").code == 0


def test_a_letter_that_was_too_large_is_fetched_and_read_by_name(story: Story) -> None:
    therapymail = story.therapymail
    head = b"From: heron@mail.example\r\nTo: orla@practice.example\r\nSubject: a film\r\n"
    parts = (
        b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="f"\r\n\r\n--f\r\n\r\nThe lantern, filmed.\r\n'
    )
    film = b"--f\r\nContent-Type: video/mp4\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"A" * 76 + b"\r\n"
    story.deliver(head + parts + film + (b"A" * 76 + b"\r\n") * 660_000 + b"--f--\r\n")
    assert therapymail.ok("sync").code == 0
    [large] = [one for one in therapymail.ok("letters", "--json").answer["letters"] if one["state"] == "too-large"]
    waiting = therapymail.run("read", large["id"])
    assert waiting.code == ExitCode.NOT_OPENED
    assert f"therapymail read {large['id']} --fetch" in waiting.err
    assert "nothing is known of its seal" in waiting.out
    assert large["verdict"]["encrypted"] == "failed"
    assert "The lantern, filmed." in therapymail.ok("read", large["id"], "--fetch").out
    assert "The lantern, filmed." in therapymail.ok("read", large["id"]).out
