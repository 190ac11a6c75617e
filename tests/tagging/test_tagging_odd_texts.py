"""Texts as they come: both scripts mixed, wide letters, marks between them, other languages, pictures, streams with broken lines."""

from __future__ import annotations

import io
import json

import pytest

from cli.streams import run
from cli.tag import TagLines
from tagging import TaggedText, Tagger, Tagging

PLAIN = "长春市气象台发布暴雪橙色预警信号，请市民减少外出。"


def tags(result: Tagging) -> tuple[object, ...]:
    emergency = [(tag.key, tag.level, tag.action, tag.score) for tag in result.emergency]
    return emergency, [(tag.code, tag.score) for tag in result.local], result.kind, result.keywords


@pytest.mark.parametrize(
    "text",
    [
        "長春市氣象臺發布暴雪橙色預警信號，請市民減少外出。",
        "长春市氣象台發布暴雪橙色预警信號，请市民減少外出。",
        "长春市气象台发布暴雪橙色预警信号,请市民减少外出。",
        "长\u200b春市气象\u00ad台发布暴\ufeff雪橙色预\u2060警信号，请市民减少外出。",
        "\u2066⻓春市⽓象台发布暴雪橙⾊预警信号\u2069，请市⺠减少外出。",
    ],
    ids=["traditional", "mixed", "half width", "zero width", "radicals of a PDF"],
)
def test_the_script_and_hidden_marks_change_no_tag(tagger: Tagger, text: str) -> None:
    assert tags(tagger.tag(TaggedText("1", "", text))) == tags(tagger.tag(TaggedText("1", "", PLAIN)))


def test_wide_letters_and_figures_are_read(tagger: Tagger) -> None:
    wide, narrow = (tagger.tag(TaggedText("1", "", f"{name}航班失联，搜救持续")) for name in ("ＭＨ３７０", "mh370"))
    assert wide.emergency
    assert tags(wide) == tags(narrow)


def test_pictures_between_words_hide_nothing(tagger: Tagger) -> None:
    marked = tagger.tag(TaggedText("1", "", "❄️🌨️" + PLAIN + "🙏🏻👨‍👩‍👧"))
    assert [(tag.key, tag.level) for tag in marked.emergency] == [("snowstorm", "orange")]
    assert all(word.isalnum() for word, _ in marked.keywords)


@pytest.mark.parametrize(
    "text",
    [
        "A magnitude 5 earthquake shook the coast last night.",
        "Сегодня ночью ожидается сильный снегопад и метель.",
        "오늘 밤 백두산 일대에 눈이 내립니다.",
        "今日は大雪の恐れがあります。お出かけの際はご注意ください。",
        "بۈگۈن كەچتە قار ياغىدۇ",
        "དེ་རིང་ཁ་བ་འབབ་རྒྱུ་རེད།",
        "عاصفة ثلجية قوية هذه الليلة",
        "İstanbul'da ISI düşüyor",
        "\x00\x01\x02\ud800",
        "🙏" * 500,
    ],
)
def test_other_languages_and_no_language_get_a_result(tagger: Tagger, text: str) -> None:
    result = tagger.tag(TaggedText("1", text, text))
    assert result.local == ()
    json.dumps(result.as_json())


def test_every_line_of_a_broken_stream_has_its_answer(tagger: Tagger) -> None:
    good = json.dumps({"id": 9, "text": PLAIN}, ensure_ascii=False).encode()
    lines = [
        b"{",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        b'{"id": 1, "text": null}',
        b'{"id": 2, "text": ["a"]}',
        b'{"id": 2, "title": 5, "text": "a"}',
        b'{"id": 3, "text": "a", "published_at": 1e400}',
        b'{"id": 4, "text": "a", "published_at": {"a": 1}}',
        b'{"id": 5, "text": "a"' + b"," * 1000,
        b"[" * 50_000,
        b'{"id": {"deep": [1]}, "text": "a"}',
        "﻿".encode() + good,
        good,
    ]
    sink = io.BytesIO()
    run(TagLines(tagger).one, lines, sink)
    said = [json.loads(line) for line in sink.getvalue().splitlines()]
    assert len(said) == len(lines)
    assert all(line.get("error") or "themes" in line for line in said)
    assert [line["themes"]["local"][0]["code"] for line in said[-2:]] == ["220100", "220100"]


@pytest.mark.parametrize(
    "piece",
    [
        "十" * 9,
        "3名",
        "死伤",
        "【甲",
        "#甲",
        "红色",
        "预警",
        "暴雪红色预警升级为",
        "吉林、",
        "我省",
        "不是谣言是谣言",
        "着火车",
        "的",
        "。",
        "\n",
        " ",
        "长春市朝阳区",
        "a",
        "1月1日",
        "？",
        "楼市地震",
        "娱乐圈又一场大地震",
    ],
)
def test_no_piece_repeated_without_end_holds_the_tagger_up(tagger: Tagger, piece: str) -> None:
    endless = piece * (5_000_000 // len(piece))
    tagger.tag(TaggedText("1", endless, endless))
