"""What a person types or keeps in a file: searches, settings, names, moments; and cues in letters."""

# ruff: noqa: E501 - words of the formats

import functools
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tests.fuzzing import seeds, sound, spoken_seeds
from tests.fuzzing.scratch import scratch
from tests.fuzzing.target import Target
from therapymail import config
from therapymail.cli.client_answers import from_json
from therapymail.cli.durations import days_in, hours_in
from therapymail.domain import (
    agreement_form,
    draft_form,
    holding,
    mark_name,
    names,
    note,
    piece_path,
    spoken_fingerprint,
)
from therapymail.domain.addresses import canonical_address
from therapymail.domain.cues import cues_in, cues_phrase
from therapymail.domain.draft import DraftContent
from therapymail.domain.feelings import NO_FEELINGS, read_feelings
from therapymail.domain.letter_template import read_letter_template
from therapymail.domain.note_template import read_template
from therapymail.domain.passage import read_range
from therapymail.domain.query import leaves
from therapymail.domain.query_printed import as_text
from therapymail.domain.query_settled import settled
from therapymail.domain.query_text import MAX_TERMS, as_typed, read_query
from therapymail.domain.quoting import quote_marked
from therapymail.domain.sanitise import sanitise
from therapymail.domain.tags import tag_name
from therapymail.domain.typed_day import typed_day
from therapymail.domain.typed_moment import typed_moment
from therapymail.errors import ConfigurationFaulty, QueryUnreadable, UnusableInput
from therapymail.practice.feelings import own_feelings
from therapymail.vault.matching import Surroundings, stretches

_NOW = datetime(2026, 3, 3, 10, 12, tzinfo=UTC)
_STRETCHES = 4
_MOST_EXPRESSIONS = 20_000  # characters that the index is asked


def query(data: bytes) -> None:
    """A search: every text gives a query that can be printed, settled and carried out, or a sentence."""
    typed = data.decode("utf-8", "surrogateescape")
    for text in (typed, as_typed(typed)):
        try:
            asked = read_query(text)
        except QueryUnreadable as refused:
            sound.refusal(refused)
            continue
        assert sum(1 for _ in leaves(asked)) <= 2 * MAX_TERMS, "more terms than are allowed"
        assert read_query(as_text(asked)) == asked, "printed it is another query"
        meant = settled(asked, _NOW.date(), NO_FEELINGS)
        for stretch in stretches(meant, _surroundings())[:_STRETCHES]:
            if len(stretch.expression) <= _MOST_EXPRESSIONS:
                _index().execute("SELECT rowid FROM letter_index WHERE letter_index MATCH ?", (stretch.expression,))


@functools.cache
def _surroundings() -> Surroundings:
    return Surroundings(("en", "de"), ZoneInfo("Europe/London"), lambda code: code.lower())


@functools.cache
def _index() -> sqlite3.Connection:
    """An index of the vault's form, with nothing in it."""
    index = sqlite3.connect(":memory:")
    index.execute(
        "CREATE VIRTUAL TABLE letter_index USING fts5 (terms, text, content = '', columnsize = 0, tokenize = 'ascii')"
    )
    return index


def settings(data: bytes) -> None:
    """config.toml: settings that can be written and read again, or every problem by name."""
    path = scratch("config") / "config.toml"
    path.write_bytes(data)
    try:
        read = config.read_settings(path)
    except ConfigurationFaulty as refused:
        assert refused.problems, "faulty for no reason"  # noqa: PT017 - no test: a check
        sound.refusal(refused)
        return
    config.write_settings(path, read)
    assert config.read_settings(path) == read, "written it says something else"
    config.keep_setting(path, "theme", "light")
    assert config.read_settings(path).theme is config.Light.LIGHT, "a setting was not kept"


def cues(data: bytes) -> None:
    """What a letter says in brackets and by pictures, and the letter quoted in an answer."""
    text = data.decode("utf-8", "replace")
    found = cues_in(text, own_feelings())
    end = 0
    for cue in found:
        assert end <= cue.start < cue.end <= len(text), "cues overlap, or lie outside"
        assert cue.words.strip(), "a cue without words"
        end = cue.end
    sound.shows(cues_phrase(found))
    quoted = quote_marked(text)
    assert sanitise(quoted) == quoted, "a quotation steers"
    assert all(line.startswith(">") for line in quoted.split("\n") if quoted), "a line of it is not quoted"


def _moment(text: str) -> None:
    assert typed_moment(text, _NOW, "Europe/London") > _NOW, "it does not lie ahead"


def _letter(text: str) -> None:
    assert names.LetterName.parse(str(names.LetterName.parse(text))) == names.LetterName.parse(text)


def _spans(text: str) -> None:
    holding.next_office_moment(_NOW, holding.office_spans(text), "Europe/London")


def _address(text: str) -> None:
    sound.addresses([canonical_address(text)])


def _fingerprint(text: str) -> None:
    told = spoken_fingerprint.told_fingerprint(text)
    assert not told.strip("0123456789ABCDEF"), "no digits"


def _tag(text: str) -> None:
    assert tag_name(tag_name(text)) == tag_name(text), "read again it is another"


def _client(text: str) -> None:
    for address in from_json(text.encode("utf-8", "replace"), "HERON", "UTC").addresses:
        _address(address)


def _draft(text: str) -> None:
    former = DraftContent("subject", "text")
    draft_form.read_back(text, former)
    draft_form.read_back(draft_form.rendered(former), former)


TYPED: tuple[Callable[[str], object], ...] = (
    *(
        _moment,
        typed_day,
        read_range,
        _letter,
        _tag,
        _address,
        _fingerprint,
        _spans,
        holding.typed_time,
        hours_in,
        days_in,
    ),
    *(note.NoteName.parse, lambda text: mark_name.MarkName.parse(mark_name.MarkSort.MILESTONE, text)),
    *(piece_path.PiecePath.parse, names.client_code, read_feelings, lambda text: read_template("own", text)),
    *(lambda text: read_letter_template("own", text), agreement_form.read_back, _draft),
    _client,
)


def typed(data: bytes) -> None:
    """One thing a person types; the first byte chooses which. It is understood, or refused in a sentence."""
    choice, text = (data[0] if data else 0), data[1:].decode("utf-8", "surrogateescape")
    try:
        TYPED[choice % len(TYPED)](text)
    except UnusableInput as refused:
        sound.refusal(refused)


_QUERY_WORDS = (
    *(
        b"client:",
        b"kind:letter",
        b"from:me",
        b"tag:",
        b"feeling:",
        b"cue:",
        b"exchange:12",
        b"has:enclosure",
        b"is:unread",
    ),
    *(
        b"in:notes",
        b"last:6w",
        b"words:300..800",
        b"before:2025-03",
        b"on:",
        b"after:",
        b" OR ",
        b" AND ",
        b" NOT ",
        b" -",
        b"(",
    ),
    *(b")", b'"', b"*", b"\xe2\x80\x9c", b"\xe6\x88\xbf", b"\xcc\x81", b"\xe2\x80\x99"),
)
_TOML_WORDS = (
    *(
        b"[imap]\n",
        b"[smtp]\n",
        b"host = ",
        b"port = 993\n",
        b'security = "tls"\n',
        b"'''",
        b'"""',
        b"\\u0000",
        b"= {",
        b"[[",
    ),
    *(
        b"unlock_hours = ",
        b"nan",
        b"1e999",
        b"0x",
        b"1979-05-27T07:32:00Z",
        b"zone = ",
        b"name = ",
        b"office_hours = ",
        b"a.b",
    ),
)
_CUE_WORDS = (b"[sighs]", b"[feeling sad]", b"[", b"]", b":-)", b":'(", b"```\n", b"`", b"~~~\n", b"\xf0\x9f\x99\x82", b"\xef\xb8\x8f",
              b"\n\n", b"](", b"]:", b"[...]", b"> ", b" ")  # fmt: skip
_TYPED_WORDS = (b"tomorrow ", b"tue ", b"2025-04-01", b"T09:00", b"+14:00", b"HERON-", b"@", b".example", b"aardvark ", b"/", b":", b"d",
                b"[x]\n", b"## ", b"{name}", b"\xc2\xb2", b"\xd9\xa3", b"\xe2\x80\x93")  # fmt: skip

TARGETS = (
    Target("query", "searches as typed, down to the index", query, spoken_seeds.queries, _QUERY_WORDS, 50_000, 2_200),
    Target("config", "config.toml", settings, spoken_seeds.settings_files, _TOML_WORDS, 40_000, 4_096),
    Target("cues", "cues in letters, quoting them", cues, seeds.texts, _CUE_WORDS, 40_000),
    Target(
        "typed", "names, moments, templates, forms as typed", typed, spoken_seeds.typed, _TYPED_WORDS, 100_000, 2_048
    ),
)
