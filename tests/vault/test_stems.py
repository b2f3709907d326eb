"""Which language a letter is in, and what its words share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapymail.vault.stems import LANGUAGES, detect_language, stem
from therapymail.vault.words import tokens

SENTENCES = {
    "da": "Jeg har ikke sovet godt, og jeg tænker hele tiden på hvad der blev sagt af min mor.",
    "de": "Ich habe diese Woche schlecht geschlafen, und ich weiß nicht, wie es mir mit dem Brief geht.",
    "en": "I have been sleeping badly this week and I do not know what to say about the letter.",
    "es": "Esta semana no he dormido bien y no sé qué decir de la carta que me escribió mi hermana.",
    "fi": "En ole nukkunut hyvin tällä viikolla, ja minä en tiedä mitä sanoisin kun hän kirjoitti.",
    "fr": "Je n'ai pas bien dormi cette semaine et je ne sais pas quoi dire de la lettre de ma sœur.",
    "it": "Questa settimana non ho dormito bene e non so che cosa dire della lettera di mia sorella.",
    "nl": "Ik heb deze week slecht geslapen en ik weet niet wat ik van de brief van mijn zus moet zeggen.",
    "no": "Jeg har ikke sovet godt denne uka, og jeg vet ikke hva jeg skal si om brevet fra min søster.",
    "pt": "Esta semana não dormi bem e não sei o que dizer da carta que a minha irmã me escreveu.",
    "ru": "На этой неделе я плохо спала и не знаю, что сказать о письме, которое мне написала сестра.",  # noqa: RUF001
    "sv": "Jag har inte sovit bra den här veckan och jag vet inte vad jag ska säga om brevet från min syster.",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_of_a_sentence_is_recognised(language: str) -> None:
    assert detect_language(tokens(SENTENCES[language])) == language


@pytest.mark.parametrize("text", ["", "PHQ-9: 16", "Dobrze spałam, dziękuję bardzo", "睡眠不足"])
def test_where_nothing_is_clear_no_language_is_claimed(text: str) -> None:
    assert detect_language(tokens(text)) == ""


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", ("grieve", "grieving", "grieved")),
        ("de", ("Brief", "Briefe", "Briefen")),
        ("fr", ("lettre", "lettres")),
        ("es", ("carta", "cartas")),
        ("ru", ("письмо", "письма", "письме")),
    ],
)
def test_forms_of_a_word_share_a_stem(language: str, forms: tuple[str, ...]) -> None:
    assert len({stem(tokens(form)[0], language) for form in forms}) == 1


def test_without_a_language_a_word_is_its_own_stem() -> None:
    assert stem("grieving", "") == stem("grieving", "xx") == "grieving"


@given(st.text(min_size=1), st.sampled_from(LANGUAGES))
def test_every_token_has_a_stem_without_blanks(text: str, language: str) -> None:
    for token in tokens(text):
        stemmed = stem(token, language)
        assert stemmed
        assert not any(character.isspace() for character in stemmed)
