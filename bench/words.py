"""Made-up prose: about 14,000 word forms, drawn as often as words of a language are (Zipf-Mandelbrot)."""

import itertools
import random
from functools import cache

# The words people use most, in falling order of use.
COMMON = """the and to I of a that in it was is my me you for not with this have on as but be so at what we do he she
they had when about if just been there her his would like from or all know think feel how because time an were more
am then can no get them really out one up some could which your by who now day did after going back even want said
things still good too felt our much little than other over very something same make last work again week need people
way never before always being where right long only well life into first talk maybe down every home thought night
around should went today try help since made without few here off came sleep hard old while keep better start away
anything another asked also nothing told later kind year morning might bit two next mother father sister brother
partner session family friend anxious anxiety angry anger sad tired calm afraid worry hope grief loss shame guilt
trust boundary breathing exercise journal therapy appointment panic memory dream childhood school job boss colleague
money house kitchen car train walk dog cat doctor medication dose weight food drink craving weekend Monday Tuesday
Wednesday Thursday Friday Saturday Sunday January February March April May June July August
September October""".split()  # noqa: SIM905 - a paragraph of words, not 250 lines

_STEMS = """accept adapt adjust admit advise agree allow argue arrange assume attach attempt avoid balance behave
believe belong blame bless block bond borrow bother break bring build burden burn carry catch cause change charge
chase cheer choose claim clean clear climb cling comfort command compare complain concern confess confide confront
connect consider contain control convince cope correct count cover crash create cross crowd crush damage dare decide
defend define delay demand deny depend describe deserve desire detach differ direct discover discuss distract disturb
divide doubt drag drain draw drift drive drop earn ease embrace endure engage enjoy enter escape examine exhaust
expect explain explore express face fade fail fault favour fear fight fill find finish flash flee float focus fold
follow force forgive form freeze fulfil gather gaze glance glow grant grasp grieve grip ground grow guard guess guide
handle harm hate haunt heal hesitate hide honour hover hurry hurt ignore imagine impress improve include inform insist
inspire intend invite involve isolate join judge jump justify kick kneel knock lack laugh lead lean lend lift limit
linger listen live load lock look lose maintain manage mark master matter measure mend mention mind mourn move murmur
neglect nurture obey object observe offer open oppose order overcome pack pause perform permit persist plan plead
point possess pour practise praise prepare present pretend prevent promise protect prove pull punish push raise reach
realise reason recall receive reflect refuse regret reject relate release remain remind remove repair repeat replace
request rescue resent resist resolve respect respond rest restore retreat return reveal ride risk roam rule
rush""".split()  # noqa: SIM905 - as above
_PREFIXES = ("", "re", "un", "over", "under", "mis", "out", "fore")
_SUFFIXES = ("", "s", "ed", "ing", "er", "ful", "less", "ness", "ly", "ment", "able")
_WORD_FORMS = 14_000

# Planted in one letter of twenty, so that phrase searches have a known answer.
PHRASES = (
    "safe place exercise",
    "window of tolerance",
    "weekly mood diary",
    "grounding technique",
    "sleep hygiene plan",
    "exposure ladder",
    "inner critic",
    "relapse prevention plan",
)
SUBJECTS = (
    "Last week",
    "A hard day",
    "Question about the exercise",
    "Homework",
    "Moving our session",
    "After the weekend",
    "The dream again",
    "Good news",
    "Sleep",
    "Work again",
    "Panic on the train",
    "Mood diary",
    "Boundaries",
    "What we talked about",
    "A setback",
)


@cache
def word_forms() -> tuple[str, ...]:
    """The vocabulary, most used first."""
    forms = sorted(itertools.product(range(len(_SUFFIXES)), range(len(_PREFIXES))), key=sum)
    tail = (_spelled(_PREFIXES[prefix], stem, _SUFFIXES[suffix]) for suffix, prefix in forms for stem in _STEMS)
    return tuple(dict.fromkeys(itertools.chain(COMMON, tail)))[:_WORD_FORMS]


@cache
def _weights() -> tuple[float, ...]:
    return tuple(itertools.accumulate(1 / (rank + 2.7) for rank in range(1, len(word_forms()) + 1)))


def draw(rng: random.Random, count: int) -> list[str]:
    """`count` words."""
    return rng.choices(word_forms(), cum_weights=_weights(), k=count)


def prose(rng: random.Random, count: int, planted: list[str]) -> str:
    """`count` words in sentences and paragraphs, with the planted terms at random places."""
    drawn = draw(rng, count)
    for term in planted:
        drawn.insert(rng.randrange(len(drawn) + 1), term)
    paragraphs, sentences, at = [], [], 0
    while at < len(drawn):
        length = rng.randint(5, 22)
        sentence = " ".join(drawn[at : at + length])
        at += length
        sentences.append(sentence[0].upper() + sentence[1:] + rng.choice("...?!"))
        if len(sentences) >= rng.randint(3, 8):
            paragraphs.append(" ".join(sentences))
            sentences = []
    if sentences:
        paragraphs.append(" ".join(sentences))
    return "\n\n".join(paragraphs) + "\n"


def _spelled(prefix: str, stem: str, suffix: str) -> str:
    stem = stem[:-1] if suffix[:1] in {"e", "i", "a"} and stem.endswith("e") else stem
    return prefix + stem + suffix
