"""Names of people that are words of ordinary letters as well, and where they stand as such. Pure."""

import re

_WORDS = """
abel adler amber angel april art august autumn baker bean bear bell berg best bill bird bishop black blanche
bliss bloom blum bob bond brook brown bush butler candy carol chance charity chase church claire clay cliff
cole constance cook crane crystal daisy dale dawn day dean destiny diamond drake dream drew dusty earl earnest
eden eve ever faith felicity fern field fields finch fischer fisher ford forest fox france frank frost gale
garnet gay gene ginger glen gold good grace grant gray green grey guy hall hardy harmony harper hart hawk
hazel heath heather hill holly honor hope hunt hunter iris ivory ivy jack jade jasmine jasper jay jewel
journey joy june justice kay king klein koch lake lamb lance lane lark laurel lee legend liberty light lily
little long love lucky luna major marc marina mark marsh martin mason max may melody mercy miles mill miller
milo moody moon nick noble norm north novel nun oak ocean olive opal page park pat patience peace pearl penny
peter petit piper poppy porter price prince queen rain raven ray reed rich river rivers rob robin rock roman
rosa rose rouge royal ruby rusty sage sailor sandy schwarz scout serenity shade sharp shepherd short silver
sky small smith song star stark stella stern stone storm strong sue summer sun sunny swan swift taylor temple
trinity true victor violet wade walker wall ward weber weiss west white wild will winter wise wolf wood woods
wren young zeit
ash best blank bless bold bright bud buck burn call can care case cash cherry chin chip chuck close cook copper cross
dan dash dear des don dot dove early else fan fang fawn fear fine first fish fly foot foster free french friend
frost fry gift gill glass goes gold gone green gross hand hang head heard held herb high home house hug hung hurt
isle kind kit kitty law lay leaf leave less lie lord los lot loud low luck mac man mann march mare means men
mild mind more moss much mutter new nice night noon oft pace pain pan paper parent part past path pause
pick pierce pin pleasant pool poor post power pray pride pure quick rabbit raven ready real rice rich right
rocky rod root roots rush said san sang save school see self sell send shell shy sin site
solo son sorrow soul sound speed spring steel still stock stop street sugar sweet talk tall tan tang tell tender
than then thorn tide till toll tong trust tuck turn twist van vogel voice wall walls want waters way
weather welcome well wells wen while wing wish woody word words work worth write
"""
NAMES_AND_WORDS = frozenset(_WORDS.split())

_IS_NOT = re.compile(r"['\u2019]t\b", re.IGNORECASE)  # "don't"
_MONTHS_WRITTEN = "january february march april may june july august september october november december"
_MONTHS = frozenset(_MONTHS_WRITTEN.split())
_BEFORE_A_MONTH = re.compile(
    r"(?:\d(?:st|nd|rd|th)?(?: of)?|\b(?:in|since|until|last|next|early|late|mid))[\s-]{1,3}\Z", re.IGNORECASE
)
_AFTER_A_MONTH = re.compile(r"[\s,]{1,3}\d")
_VERBS = frozenset({"can", "hope", "may", "will"})
_BEFORE_A_SENTENCE = re.compile(r"(?:\A|[.!?:;])[^\w,]*\Z")
_ITS_SUBJECT = re.compile(
    r"\s+(?:i|you|we|they|he|she|it|this|that|these|those|there|the|your|my|our|any(?:one|body|thing)?)\b",
    re.IGNORECASE,
)
_LOOKED_BACK = 20  # characters


def is_a_word(text: str, span: tuple[int, int], piece: str) -> bool:
    """Whether a name that stands at `span` of a line, or the `piece` of it that is one, is a word there.

    It is where it is written small, part of a date ("3 May"), of "Don't", or a verb before its subject ("Will you").
    """
    small, before = piece.lower(), text[max(0, span[0] - _LOOKED_BACK) : span[0]]
    if (small in NAMES_AND_WORDS and piece.islower()) or _IS_NOT.match(text, span[1]):
        return True
    if small in _MONTHS and (_BEFORE_A_MONTH.search(before) or _AFTER_A_MONTH.match(text, span[1])):
        return True
    return bool(small in _VERBS and _BEFORE_A_SENTENCE.search(before) and _ITS_SUBJECT.match(text, span[1]))
