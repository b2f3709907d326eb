"""What fuzzing has found and what was mended since, by target: each is tried again with every run of the tests."""

KEPT: dict[str, dict[str, bytes]] = {
    "backup": {
        "a template whose name is half a character": b'\x02{"note-templates/\\ud800.txt": "eA=="}',
    },
    "html": {
        "a form feed in a quote": b"<blockquote>one\x0ctwo</blockquote>",
        "an escape character behind a link": b"<a href=http://e.example>one</a>&#27;two",
        "a control character in a picture's description": b"<img alt='one&#1;two'>",
        "a control character in an address": b"<a href='mailto:a%1b%00@b.example'>one</a>",
    },
    "cues": {
        "code and cues by turns, thousands of times": b"`a` [feeling sad] " * 15_000,
        "pictures and cues by turns, thousands of times": b":) [feeling sad] " * 15_000,
    },
    "autoconfig": {
        "a host that looks like another": (
            b"<a><incomingServer type='imap'><hostname>imap\xd2\x93ost.example</hostname><port>993</port>"
            b"<socketType>SSL</socketType></incomingServer></a>"
        ),
    },
    "colons": {
        "a key of more bits than can be counted": b"pub:u:" + b"9" * 5_000 + b":1:\n",
    },
    "status": {
        "an error of a number without end": b"[GNUPG:] ERROR x " + b"9" * 5_000 + b"\n",
        "a digest of a number without end": (
            b"[GNUPG:] NEWSIG\n[GNUPG:] ERRSIG D328035D84881F1B 1 " + b"9" * 5_000 + b" 00 1795311762 9\n"
        ),
    },
    "imap": {
        "a folder's line of lists within lists": b"* LIST " + b"(" * 3_000 + b"\r\n",
    },
    "config": {
        "tables within tables, without end": b"name = " + b"{a = " * 3_000,
        "lists within lists, without end": b"name = " + b"[" * 9_000,
    },
    "typed": {
        "a duration of ten thousand digits": b"\x09" + b"3" * 10_000,
        "a client's JSON of lists without end": b"\x14" + b"[" * 100_000,
    },
    "mime": {
        "an author whose address turns the line around": b"From: Ann <an\xe2\x80\xaen@client.example>\r\n\r\nhello",
    },
}
