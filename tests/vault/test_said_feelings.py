"""What letters say of feelings is read back from the index as the cues of their texts say it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vault.searchable import Sample, digest_of, vault_of
from therapymail.domain.cues import cues_in
from therapymail.domain.feelings import Feelings
from therapymail.vault.clients import client_by_code
from therapymail.vault.said_feelings import feelings_said

FEELINGS = Feelings(
    {"tired": "tiredness", "worn out": "tiredness", "self-conscious": "shame", "glad": "joy", "traurig": "sadness"}
)


def said(*texts: str) -> list[dict[str, tuple[str, ...]]]:
    with vault_of([Sample(text, day=at) for at, text in enumerate(texts)]) as vault, vault.reading() as reader:
        found = feelings_said(reader, client_by_code(reader, "HERON").identity, FEELINGS)
    return [found.get(digest_of(at), {}) for at in range(len(texts))]


def test_feelings_in_brackets_are_told_by_family_each_once() -> None:
    assert said("[worn out, and tired] and [tired]; [self-conscious] [Traurig]", "I am tired.", "[nodding]") == [
        {"tiredness": ("worn out", "tired"), "shame": ("self-conscious",), "sadness": ("traurig",)},
        {},
        {},
    ]


def test_neighbouring_cues_make_no_feeling_together() -> None:
    assert said("[worn] [out of breath]") == [{}]


def test_a_tag_is_no_cue() -> None:
    with vault_of([Sample("Dear Orla, [sighs]", tags=("feeling/tired",))]) as vault, vault.reading() as reader:
        assert feelings_said(reader, client_by_code(reader, "HERON").identity, FEELINGS) == {}


PARTS = st.lists(st.sampled_from(["[tired]", "[glad, worn out]", "word", "[sighs]", "[x]", "`[glad]`"]), max_size=8)


@settings(max_examples=3)
@given(st.lists(PARTS, min_size=8, max_size=8))
def test_they_are_those_that_the_cues_of_the_text_name(several: list[list[str]]) -> None:
    texts = [" ".join(["Dear Orla,", *parts]) for parts in several]
    for text, found in zip(texts, said(*texts), strict=True):
        wanted = {feeling for cue in cues_in(text, FEELINGS) for feeling in cue.feelings}
        assert {word for words in found.values() for word in words} == wanted
