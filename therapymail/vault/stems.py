"""Word forms: which language a letter is written in, and the stem its words share (Snowball)."""

import threading
from collections import Counter
from collections.abc import Iterable
from functools import cache

import Stemmer

from therapymail.vault.words import fold

NO_LANGUAGE = ""
_MIN_SHARE = 0.06  # of all words; ordinary prose has 0.3 to 0.5
_MIN_LEAD = 1.05  # over the language that comes second

# Each language's most frequent function words, folded, with those of first and second person that letters live on.
_PROFILES = {
    "da": (
        "og i at det er en til som på de med han af ikke jeg du mig dig vi men har om den et var så fra min "
        "hun blev hvad nu når bliver kunne noget være eller efter hvor også over skal vil ved mod sin enhver "
        "for jer sig nogen"
    ),
    "de": (
        "und der die das ich nicht ist es zu sie in den mit ein eine mir dich sich auch auf wie so mich dass "
        "aber war habe für von wir du im dem des einen wenn noch nur oder hat sind bin mein werden"
    ),
    "en": (
        "the and to of a i that in it was is my me you for not with this have on as but be so at what we do "
        "he she they had when about if been there his her would are or an which were by from your"
    ),
    "es": (
        "de la que el en y a los se del las un por con no una su para es al lo como más pero sus le ya me mi "
        "yo tú te muy sin sobre cuando también hasta hay donde porque esto estoy nos"
    ),
    "fi": (
        "ja on ei se että hän oli minä en joka mutta ovat kun niin minun mitä olen sen ole myös kuin tai vain "
        "nyt sinä mun sitten kanssa hänen jos ollut minulle olla voi tämä siitä mukaan"
    ),
    "fr": (
        "de la le et les des en un une que qui dans je ne pas pour il est ce se sur avec mais vous me mon ma "
        "plus par au elle j ai c du sont nous à tu cette être ou son sa aux"
    ),
    "it": (
        "di che e la il un non per è una in mi sono con ho ma lo si come io più ti da del della le mio mia "
        "anche questo quando cosa al gli nel perché se ha dei sua alla"
    ),
    "nl": (
        "de het een en van ik dat in is niet je te zijn op met voor die maar heb was mijn er als ook aan wat "
        "om dan nog bij naar hij zij ze wij we mij hebben door wordt of"
    ),
    "no": (
        "og i det er jeg på at en ikke til som med for av har men de meg du vi den om var så et min seg fra "
        "hva noe når bare være skal etter ble nå eller kan ha deg hun mot noen hver ut opp dere"
    ),
    "pt": (
        "de que e o a do da em um não para com uma os no se na por mais as dos como mas eu ao ele das à meu "
        "minha você muito quando isso são também me foi está ou sua pelo"
    ),
    "ru": (
        "и в не что я на с он как это по но она к у из мне за то все так же от меня бы мы вы о ты было был "  # noqa: RUF001
        "когда для его её или при каждый имеет право быть их"  # noqa: RUF001
    ),
    "sv": (
        "och i att det är en jag på som inte för med har den de till av om men ett var mig du vi så han min "
        "kan från när vad bara hon sig eller skall nu där vara hade ska efter alla under"
    ),
}
LANGUAGES = tuple(_PROFILES)

_guard = threading.Lock()  # a Snowball stemmer must not be used by two threads at once
_stemmers: dict[str, "Stemmer.Stemmer"] = {}


def detect_language(tokens: Iterable[str]) -> str:
    """The ISO 639-1 code of the language whose function words `tokens` hold most of, or NO_LANGUAGE.

    One such word decides a note of five: a wrong guess costs little, since a searched word is stemmed in every
    language that the vault holds and so always meets itself.
    """
    counted = Counter(tokens)
    scores = dict.fromkeys(LANGUAGES, 0)
    for word in counted.keys() & _languages_of_word().keys():
        for code in _languages_of_word()[word]:
            scores[code] += counted[word]
    second, best = sorted(scores, key=scores.__getitem__)[-2:]
    hits = scores[best]
    if not hits or hits < _MIN_SHARE * counted.total() or hits < _MIN_LEAD * scores[second]:
        return NO_LANGUAGE
    return best


def stem(token: str, language: str) -> str:
    """The stem of the folded `token` in `language`; the token itself where the language is none of LANGUAGES."""
    if language not in _PROFILES:
        return token
    with _guard:
        if language not in _stemmers:
            _stemmers[language] = Stemmer.Stemmer(_SNOWBALL[language], 0)  # we remember stems ourselves
        stemmed: str = _stemmers[language].stemWord(token)
    return stemmed or token


_SNOWBALL = {
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ru": "russian",
    "sv": "swedish",
}


@cache
def _languages_of_word() -> dict[str, tuple[str, ...]]:
    languages: dict[str, tuple[str, ...]] = {}
    for code, words in _PROFILES.items():
        for word in {fold(word) for word in words.split()}:
            languages[word] = (*languages.get(word, ()), code)
    return languages
