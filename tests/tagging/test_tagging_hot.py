"""Hot topics: found in texts that are about them, and hot list files of several shapes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import pytest
import typer

from cli.opening import CommandFailed
from cli.tag import read_hotlist, tag
from tagging import HotTopic, TaggedText, Tagger

LIST = (
    HotTopic("神舟二十二号发射成功", 1, "weibo", "new"),
    HotTopic("长春迎来今冬首场大雪", 2, "weibo", "up"),
    HotTopic("某歌手官宣恋情", 3, "weibo", "down"),
)

NO_CONTEXT = cast(typer.Context, None)
"""The command asks for its home only where it uses the store."""


def test_a_text_about_a_topic_gets_it_with_trend_science_and_evidence(tagger: Tagger) -> None:
    text = "神舟二十二号载人飞船今天发射，任务取得圆满成功，航天员乘组状态良好。"
    tags = tagger.tag(TaggedText("1", "神舟二十二号飞船发射取得成功", text), LIST).hot
    assert [tag.topic for tag in tags] == ["神舟二十二号发射成功"]
    assert tags[0].trend == "new"
    assert tags[0].science > 0.2
    assert {each.word for each in tags[0].evidence} >= {"发射", "成功"}


def test_a_topic_without_science_says_so(tagger: Tagger) -> None:
    tags = tagger.tag(TaggedText("1", "某歌手官宣恋情，粉丝送祝福", ""), LIST).hot
    assert [tag.topic for tag in tags] == ["某歌手官宣恋情"]
    assert tags[0].science < 0.05


def test_common_words_alone_are_no_topic(tagger: Tagger) -> None:
    assert tagger.tag(TaggedText("1", "今冬供暖成功迎来首日", "长春供热平稳"), LIST).hot == ()


def test_another_list_replaces_the_kept_one(tagger: Tagger) -> None:
    item = TaggedText("1", "长春迎来今冬首场大雪", "")
    assert tagger.tag(item, LIST).hot
    assert tagger.tag(item, LIST[2:]).hot == ()
    assert tagger.tag(item).hot == ()
    assert tagger.tag(item, LIST).hot


@pytest.mark.parametrize(
    "content",
    [
        '[{"topic": "甲", "rank": 1}, {"title": "乙", "trend": "up"}]',
        '{"date": "2026-11-26", "data": [{"title": "甲"}, {"word": "乙", "hotChange": "up"}]}',
        '{"title": "甲"}\nnot json\n{"title": "广告", "ads": true}\n{"title": "乙", "trend": "上升"}\n',
        '["甲", "乙"]',
    ],
)
def test_hot_lists_of_several_shapes_are_read(content: str) -> None:
    topics = read_hotlist(content.encode())
    assert [topic.topic for topic in topics] == ["甲", "乙"]
    assert topics[0].rank == 1


@pytest.mark.parametrize("content", ["", "null", "3", "{}", "[1, null, {}]", '{"a": []}', json.dumps({"title": " "})])
def test_a_hot_list_without_topics_is_empty(content: str) -> None:
    assert read_hotlist(content.encode()) == ()


@pytest.mark.parametrize(
    "content",
    [b"junk", b'{"a":', b"5", b"\xff\xfe\x00\x81" * 9, b"[" * 20_000, b'[{"heat": 1}]'],
    ids=["words", "cut off", "a number", "bytes", "nested without end", "no names"],
)
def test_a_hot_list_that_cannot_be_read_ends_the_command(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "hot.json"
    file.write_bytes(content)
    with pytest.raises(CommandFailed, match=r"hot\.json.*JSON 列表"):
        tag(NO_CONTEXT, hotlist=file)


def test_lines_of_a_hot_list_that_cannot_be_read_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    assert [topic.topic for topic in read_hotlist(b'[\n"a",\n"b"\n')] == ["b"]
    assert "2 行读不懂" in caplog.text


def test_an_endless_heat_is_no_heat() -> None:
    [topic] = read_hotlist(b'[{"topic": "a", "heat": 1%s}]' % (b"0" * 400))
    assert topic.heat is None


def test_evidence_is_written_as_the_text_writes_it(tagger: Tagger) -> None:
    item = TaggedText("1", "马航MH370残骸搜寻重启", "搜寻MH370的船只已经出发。")
    [tag_] = tagger.tag(item, [HotTopic("mh370残骸搜寻重启", 1)]).hot
    assert "MH370" in "".join(each.word for each in tag_.evidence)
