"""Inputs to begin with: what a server says, and what a person types or keeps in a file."""

# ruff: noqa: E501 - what others wrote has lines of its own length

from collections.abc import Iterator


def queries() -> Iterator[bytes]:
    """What a therapist types into search."""
    yield from (
        each.encode()
        for each in (
            'sleep "the very words" -work anx* (a OR b) AND c NOT d',
            "client:HERON kind:letter from:me tag:grief/father has:enclosure is:unread in:notes",
            'feeling:"worn out" cue:"crying a little" exchange:12 last:6w words:300..800 words:>800 before:2025-03',
            "after:2024 on:2025-03-31 -is:set-aside is:accepted words:<=300",
            "((((a) b) OR (c -(d e))) \u201cf g\u201d*)",
            "房间 café O'Brien don\u2019t x-y 3.5% \u202e naïve* \u0e20\u0e32\u0e29\u0e32",
            'a:b :: -- "" "unclosed (',
        )
    )


def settings_files() -> Iterator[bytes]:
    """config.toml as we write it and as it should not be."""
    yield (
        b'name = "Dr Orla Fenwick"\nemail = "orla@practice.example"\nown_key = "F0CB3B482CFA485680A4A0BDD328035D84881F1B"\n'
        b'zone = "Europe/London"\nunwatched = ["Spam", "a/b"]\nunlock_hours = 8.5\nhold_until = "08:00"\nhold_hours = 12\n'
        b'office_hours = "mon-fri 09:00-17:00, sat 10:00-12:00"\nsent_copy = "append"\ntheme = "contrast"\nwatch = false\n'
        b'[imap]\nhost = "imap.practice.example"\nport = 993\nsecurity = "tls"\nusername = "orla"\nauth = "xoauth2"\n'
        b'[smtp]\nhost = "smtp.practice.example"\nport = 587\nsecurity = "starttls"\nusername = "orla"\nsecret_command = "pass x"\n'
    )
    yield b"name = 1\nemail = []\nzone = 'x'\nimap = 3\nunlock_hours = nan\nhold_hours = 1e999\nport = 0x1_0\na.b.c = {d = 1}\n"
    yield b'[[x]]\ny = 1979-05-27T07:32:00Z\n[smtp]\nport = true\nhost = """\n"""\nsecurity = "\\u0000"\n'


def answers() -> Iterator[bytes]:
    """Untagged answers, one a line; `{n}` is followed by a literal."""
    yield (
        b'* 1 FETCH (UID 3 RFC822.SIZE 42 INTERNALDATE "17-Jul-2026 02:44:25 -0700" BODY[] {5}\r\nhello)\r\n'
        b'* 2 FETCH (FLAGS (\\Seen) UID 4 BODY[HEADER.FIELDS (FROM TO)]<0> "a\\"b" MODSEQ (7))\r\n* 3 FETCH (UID 5 BODY[] NIL)\r\n'
    )
    yield b'* SEARCH 1 2 3 4294967295 (MODSEQ 9)\r\n* ESEARCH (TAG "A1") UID ALL 1:3,7,9:12 COUNT 7\r\n* VANISHED (EARLIER) 41,43:116\r\n'
    yield (
        b'* LIST (\\HasNoChildren \\Sent) "/" "Sent Items"\r\n* LIST () NIL &U,BTFw-\r\n* LIST (\\Noselect) "." {3}\r\na"b\r\n'
        b'* STATUS "Sent Items" (MESSAGES 2 UIDNEXT 3 UIDVALIDITY 7 HIGHESTMODSEQ 99)\r\n* STATUS 2023 (MESSAGES 1 UIDVALIDITY 1)\r\n'
    )
    yield b"* OK [UIDVALIDITY 7] x\r\n* OK [APPENDUID 7 12] x\r\n* 12 EXISTS\r\n* FLAGS (\\Seen)\r\n12 13\r\n"


def conversations() -> Iterator[bytes]:
    """What a server says, a step for each line it hears, parted by a line `--`; TAG is the tag it heard."""
    greeting, good = b"* OK ready\r\n", b"TAG OK done\r\n"
    able = (
        b"* CAPABILITY IMAP4rev1 AUTH=PLAIN IDLE UIDPLUS ESEARCH ENABLE CONDSTORE QRESYNC LIST-EXTENDED SPECIAL-USE LIST-STATUS\r\n"
        + good
    )
    listed = b'* LIST (\\HasNoChildren) "/" INBOX\r\n* LIST (\\Sent) "/" Sent\r\n' + good
    status = (
        b"* STATUS INBOX (MESSAGES 2 UIDNEXT 5 UIDVALIDITY 7 HIGHESTMODSEQ 9)\r\n* STATUS Sent (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 7)\r\n"
        + good
    )
    examined = b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 5] x\r\n* OK [HIGHESTMODSEQ 9] x\r\nTAG OK [READ-ONLY] open\r\n"
    found = b"* SEARCH 3 4\r\n" + good
    all_uids = b'* ESEARCH (TAG "TAG") UID ALL 3:4\r\n' + good
    sizes = (
        b'* 1 FETCH (UID 3 RFC822.SIZE 5 INTERNALDATE "17-Jul-2026 02:44:25 -0700")\r\n* 2 FETCH (UID 4 RFC822.SIZE 9)\r\n'
        + good
    )
    bodies = b"* 1 FETCH (UID 3 BODY[] {5}\r\nhello)\r\n* 2 FETCH (UID 4 BODY[] {4}\r\nhell)\r\n" + good
    glimpsed = b"* 1 FETCH (UID 3 RFC822.SIZE 5 BODY[HEADER.FIELDS (FROM)]<0> {9}\r\nFrom: a@b)\r\n" + good
    whole = (greeting, able, b"+ \r\n", good, able, b"* ENABLED CONDSTORE QRESYNC\r\n" + good, listed, status, examined, all_uids, found,
             glimpsed, sizes, bodies, b"+ idling\r\n* 3 EXISTS\r\n", good)  # fmt: skip
    plain = (greeting, b"* CAPABILITY IMAP4rev1\r\n" + good, b"+ go\r\n", b"+ go\r\n", good, b"* CAPABILITY IMAP4rev1\r\n" + good,
             listed, status, examined, found, found, glimpsed, sizes, bodies, good)  # fmt: skip
    yield STEP.join(whole)
    yield STEP.join(plain)
    yield STEP.join((greeting, able, b"+ \r\n", b"TAG NO [AUTHENTICATIONFAILED] x\r\n"))
    yield STEP.join((b"* BYE full\r\n",))
    yield STEP.join((*whole[:8], b"* 1 EXPUNGE\r\n* BYE bye\r\n"))
    yield STEP.join((greeting, b"* OK {99999999999}\r\n", b"\x00\xff{{{\r\n)(\r\n"))


STEP = b"\n--\n"


def typed() -> Iterator[bytes]:
    """What a person types at the command line; the first byte chooses what for (see `typed_targets.TYPED`)."""
    said = (
        "tomorrow 9:00", "tue 14:30", "2025-04-01 09:00", "3h", "9999d", "2025-04-01T09:00:00+23:59", "0001-01-01 00:00",
        "9999-12-31 23:59", "HERON-12:120-180", "HERON-3", "grief/father", "Ann@Client.Example", "a@b\u0308.example",
        "aardvark adroitness absurd adviser", "F0CB 3B48", "OPENPGP4FPR:F0CB3B482CFA", "mon-fri 09:00-17:00", "24:00", "1h30m",
        "2y", "N-12", "M-1", "1.2.3", "[Moods]\nworn out\nsad # x\n", "## Heading\ntext\n", '{"name": "Ann", "addresses": ["a@b.example"]}', "Subject: {code}\n\nDear {name},\n",
    )  # fmt: skip
    for number, words in enumerate(said):
        for choice in (number, number + 7, number + 13):
            yield bytes([choice]) + words.encode()
