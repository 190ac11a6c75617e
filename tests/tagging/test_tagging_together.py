"""Many texts tagged together come out as each of them alone."""

from __future__ import annotations

import gc
import math
from collections import Counter
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.tagging_gold import own_texts
from tagging import HotTopic, TaggedText, Tagger
from tagging.counting import WordNumbers
from tagging.cutting import JiebaCutter
from tagging.document import offset_factor, read
from tagging.rarity import Rarity
from tagging.words import Words, beginning

_WORDS = ["吉林", "暴雨", "暴雨预警", "了", "，", "\n", "x", "12", "🙏"]
_ODD = [
    *("", " ", "\n\n", "a", "。", "\ud800", "\u200b吉林\u200b地震", "🙏🙏", "【地震】", "#暴雨#暴雨", "長春　暴雨"),
    "暴雨" * 40_000,
    "没有标点的一行" * 9_000,
]


def test_texts_are_tagged_together_as_alone(tagger: Tagger) -> None:
    day = datetime(2025, 5, 11, tzinfo=UTC)
    own = [text.item for text in own_texts()]
    odd = [TaggedText(str(number), text[:7], text, day, "长春日报") for number, text in enumerate(_ODD)]
    texts = [*own[:150], *odd, *own[150:]]
    topics = (HotTopic("吉林暴雨", 1), HotTopic("多地发生地震", 2))
    together = list(tagger.tag_all(texts, topics, explain=True))
    assert together == [tagger.tag(text, topics) for text in texts]
    assert [each.reasons for each in together] == [tagger.tag(text, topics, explain=True).reasons for text in texts]


def test_garbage_is_collected_between_texts_just_as_it_was_before(tagger: Tagger) -> None:
    texts = [TaggedText("1", "长春地震", "")] * 300
    try:
        for wanted in (True, False):
            (gc.enable if wanted else gc.disable)()
            assert {gc.isenabled() for _ in tagger.tag_all(texts)} == {wanted}
            assert gc.isenabled() is wanted
    finally:
        gc.enable()


def test_no_text_no_tags(tagger: Tagger) -> None:
    assert list(tagger.tag_all([])) == []


@given(st.lists(st.lists(st.sampled_from(_WORDS), max_size=12), max_size=6))
def test_words_are_counted_text_by_text(texts: list[list[str]]) -> None:
    counted = WordNumbers(["暴雨", "，", "吉林"]).count(texts)
    found: list[dict[str, int]] = [{} for _ in texts]
    for text, place, times in zip(counted.text, counted.place, counted.times, strict=True):
        found[text][counted.words[place]] = int(times)
    assert found == [dict(Counter(text)) for text in texts]
    assert [counted.of(number) for number in range(len(texts))] == [set(text) for text in texts]
    for text, place, begins, ends in zip(counted.text, counted.place, counted.begins, counted.ends, strict=True):
        word = counted.words[place]
        assert begins == len("".join(texts[text][: texts[text].index(word)]))
        assert ends - begins == len(word)


def _plainly(words: Words, rarity: Rarity, title: str, text: str, tagger: Tagger) -> dict[str, float]:
    """What each word weighs by the rule as docs/tagging.md has it: (1 + ln times) × rarity × place."""
    document = read(TaggedText("", title, text), tagger._letters)
    whole = beginning(document)
    heads = "\n".join(whole[low:high] for low, high in document.heads)
    return {
        word: rarity[word]
        * (1 + math.log(times))
        * (1.5 if word in heads else offset_factor(whole.find(word) - document.body_start))
        for word, times in Counter(words.cut(whole)).items()
        if len(word) > 1 and rarity[word]
    }


def test_keywords_weigh_what_the_rule_says(tagger: Tagger) -> None:
    words, rarity = Words((), (), JiebaCutter()), Rarity(())
    own = [text.item for text in own_texts()]
    texts = [*own[::3], TaggedText("", "", "".join(text.text for text in own))]
    documents = [read(text, tagger._letters) for text in texts]
    counted = words.count(map(beginning, documents))
    for text, found in zip(texts, words.keywords(documents, counted, [()] * len(texts)), strict=True):
        plainly = _plainly(words, rarity, text.title, text.text, tagger)
        top = max(plainly.values(), default=1.0)
        assert found
        assert all(abs(weight - plainly[word] / plainly[found[0][0]]) < 0.001 for word, weight in found)
        assert plainly[found[0][0]] > 0.75 * top  # the heaviest of all may be far down in a long text
        assert [weight for _, weight in found] == sorted((weight for _, weight in found), reverse=True)
