"""Letters that try to be more than words: markup, control sequences, links, and sizes that nothing is made for."""

from dataclasses import replace
from datetime import date

from tests.support.looking_back import book_of, letter_with
from therapymail.domain.kinds import Direction
from therapymail.domain.letter import Enclosure
from therapymail.domain.letterbook import Letterbook, MilestoneMark, PassageTag, Spot
from therapymail.domain.names import LetterName

WORDS = (
    "</p></article></main><script>document.title='taken'</script>",
    "</style><style>body{display:none}</style>",
    '"><img src="http://elsewhere.example/x.png" onerror="document.title=1">',
    "<svg onload=document.title=1><a href='http://elsewhere.example/'>go</a></svg>",
    "</text></svg><foreignObject><iframe src=//elsewhere.example></iframe>",
    "]]> --> <!-- <![CDATA[ <base href=http://elsewhere.example/> <meta http-equiv=refresh content=0;url=/>",
    "http://elsewhere.example/click www.elsewhere.example mailto:a@elsewhere.example",
    "{{ 7*7 }} {% raw %} ${7*7} &lt;b&gt; &#x202e; &amp;",
    "\u202egnp.exe\u2066 \x1b[31mred\x1b]0;title\x07 \x00null\x00 \x9b31m \ud800 \u2028line",
)
TEXT = "\n\n".join(WORDS)
WORD_LENGTH, LINE_LENGTH = 100_000, 1_000_000


def hostile_book(*, endless: bool = True) -> Letterbook:
    """Letters with everything hostile wherever a text can stand; `endless`: one with a line and a word without end."""
    text = f"An unlit room.\n\n{TEXT}"
    one = letter_with(
        text,
        quoted="\n".join(f"> {word}" for word in WORDS),
        subject=" ".join(WORDS),
        passages=tuple(PassageTag(word, 0, 14) for word in WORDS),
        bookmarks=(Spot(TEXT), Spot(TEXT, 3, 14)),
        milestones=(MilestoneMark(WORDS[0], TEXT, date(2025, 1, 7), 0, 14),),
        enclosures=tuple(Enclosure(word, word, 1) for word in WORDS),
        unsealed_text=TEXT,
    )
    other = replace(one, letter=one.letter._replace(direction=Direction.OUT, digest=b"o" * 32, tags=WORDS))
    long = letter_with("W" * WORD_LENGTH + "\n\n" + "word and " * (LINE_LENGTH // 9), subject="S" * 2000)
    return book_of([
        replace(each, letter=each.letter._replace(name=LetterName("HERON", at)))
        for at, each in enumerate((one, other, *([long] if endless else [])), 1)
    ])  # fmt: skip
