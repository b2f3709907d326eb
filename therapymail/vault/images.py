"""Images that recur as they are stored (F48); every change is a journal entry."""

import json
from collections.abc import Sequence
from datetime import datetime

from therapymail.domain.image import Image
from therapymail.domain.journal import Entry
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.identity import new_identity
from therapymail.vault.journal import Payload
from therapymail.vault.moments import from_microseconds, to_microseconds
from therapymail.vault.projection import projects, record
from therapymail.vault.storable import storable


def images(reader: Reader, client: str) -> list[Image]:
    """The images of a client (identity), in the order in which they were kept."""
    rows = reader.rows(
        "SELECT identity, client, phrase, variants, added FROM image WHERE client = ? ORDER BY added, identity",
        (client,),
    )
    return [
        Image(identity, whose, phrase, tuple(json.loads(variants)), from_microseconds(added))
        for identity, whose, phrase, variants, added in rows
    ]


def image(reader: Reader, client: str, phrase: str) -> Image | None:
    """The image of a client (identity) that is called by `phrase`, in any case, or None."""
    return next((each for each in images(reader, client) if each.phrase.casefold() == phrase.casefold()), None)


def save_image(writer: Writer, client: str, phrase: str, variants: Sequence[str], now: datetime) -> Image:
    """Keep an image of a client (identity); one called by the same phrase has these variants instead."""
    there = image(writer, client, storable(phrase))
    payload: Payload = {
        "client": client,
        "phrase": there.phrase if there else storable(phrase),
        "variants": [storable(each) for each in variants],
        "added": to_microseconds(there.added if there else now),
    }
    identity = there.identity if there else new_identity()
    if there is None or list(there.variants) != payload["variants"]:
        record(writer, "image.saved", identity, payload, now)
    return next(each for each in images(writer, client) if each.identity == identity)


def forget_image(writer: Writer, found: Image, now: datetime) -> None:
    """Let an image be none any more."""
    record(writer, "image.forgotten", found.identity, {}, now)


@projects("image.saved")
def _saved(writer: Writer, entry: Entry, payload: Payload) -> None:
    variants = json.dumps(payload["variants"], separators=(",", ":"))
    writer.run(
        "INSERT INTO image (identity, client, phrase, variants, added) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (identity) DO UPDATE SET variants = excluded.variants",
        (entry.about, payload["client"], payload["phrase"], variants, payload["added"]),
    )


@projects("image.forgotten")
def _forgotten(writer: Writer, entry: Entry, _payload: Payload) -> None:
    writer.run("DELETE FROM image WHERE identity = ?", (entry.about,))
