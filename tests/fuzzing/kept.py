"""What fuzzing has found and what was mended since, by target: each is tried again with every run of the tests."""

KEPT: dict[str, dict[str, bytes]] = {
    "mime": {
        "an author whose address turns the line around": b"From: Ann <an\xe2\x80\xaen@client.example>\r\n\r\nhello",
    },
}
