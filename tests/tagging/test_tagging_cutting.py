"""Two engines cut words: jieba is the reference, and the faster one must not be noticed."""

from __future__ import annotations

import sys

import pytest

from benchmarks.tagging_gold import own_texts
from tagging import Lexicon, TaggedText, Tagger, cutting
from tagging.cutting import PROBES, Cutter, JiebaCutter, RjiebaCutter, cuts_like_jieba, cutter


@pytest.fixture(scope="module")
def reference(lexicon: Lexicon) -> Tagger:
    return Tagger(lexicon, JiebaCutter())


@pytest.fixture(scope="module")
def engines() -> tuple[Cutter, Cutter]:
    pytest.importorskip("rjieba")
    return JiebaCutter(), RjiebaCutter()


def _chinese(words: list[str]) -> list[str]:
    return [word for word in words if not word.isascii()]


def test_the_probes_are_what_jieba_says(engines: tuple[Cutter, Cutter]) -> None:
    assert cuts_like_jieba(engines[0])
    assert cuts_like_jieba(engines[1])


def test_both_engines_cut_the_same_chinese_words(engines: tuple[Cutter, Cutter]) -> None:
    texts = [f"{text.item.title}\n{text.item.text}" for text in own_texts()]
    for text in texts:
        slow, fast = (engine.cut(text) for engine in engines)
        assert _chinese(slow) == _chinese(fast)
        assert "".join(fast) == text


def test_without_guessing_both_engines_cut_at_the_same_places(engines: tuple[Cutter, Cutter]) -> None:
    for text in own_texts():
        slow, fast = (engine.cut(text.item.text, guess=False) for engine in engines)
        assert slow == fast


def test_both_engines_keep_words_of_ours_whole() -> None:
    pytest.importorskip("rjieba")
    for engine in (JiebaCutter(), RjiebaCutter()):
        assert "桦甸防火队" not in engine.cut("今天桦甸防火队巡山")
        engine.add(["桦甸防火队"])
        assert "桦甸防火队" in engine.cut("今天桦甸防火队巡山")
        assert engine.has("桦甸防火队")
        assert not engine.has("火队巡")


def test_keywords_are_the_same_with_either_engine(tagger: Tagger, reference: Tagger) -> None:
    texts = own_texts()
    same = sum(tagger.tag(text.item).keywords == reference.tag(text.item).keywords for text in texts)
    assert same >= 0.99 * len(texts)


def test_tags_are_the_same_with_either_engine(tagger: Tagger, reference: Tagger) -> None:
    for text in own_texts():
        ours, theirs = tagger.tag(text.item), reference.tag(text.item)
        assert (ours.emergency, ours.local, ours.kind) == (theirs.emergency, theirs.local, theirs.kind)


def test_jieba_cuts_where_the_fast_engine_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rjieba", None)
    assert isinstance(cutter(), JiebaCutter)


def test_jieba_cuts_where_the_fast_engine_cuts_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting, "PROBES", PROBES | {"长春的春天": "长/春/的/春天"})
    assert isinstance(cutter(), JiebaCutter)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("科普中国今天走进校园", "科普中国"),
        ("秋日里的长白山天池格外清澈", "长白山天池"),
        ("吉林省科学技术协会举办讲座", "吉林省科学技术协会"),
        ("大家到吉林省科学技术馆参观", "吉林省科学技术馆"),
        ("市民到净月潭看雪", "净月潭"),
    ],
)
def test_named_things_stay_whole_in_the_keywords(tagger: Tagger, text: str, name: str) -> None:
    assert name in dict(tagger.tag(TaggedText("1", "", text)).keywords)


def test_a_repeated_word_and_one_in_the_title_weigh_more(tagger: Tagger) -> None:
    text = "玉米螟啃食玉米的茎秆。玉米螟在秸秆里过冬。工作人员介绍了赤眼蜂的放法。"
    weights = dict(tagger.tag(TaggedText("1", "赤眼蜂来了", text)).keywords)
    assert next(iter(weights)) in ("玉米螟", "赤眼蜂")
    assert weights["赤眼蜂"] > weights["茎秆"]
    assert weights["玉米螟"] > weights["秸秆"]
