"""The page of hot topics and that of one: lists joined, our stories and articles beside them, rumours apart."""

from __future__ import annotations

from datetime import timedelta

import pytest
from conftest_desk import Login, World, a_story

from content_store import sources, tags
from desk import words
from desk.pages import hot
from steps.hot_lists import HOT_FOR, take_hot_list
from steps.tag import tag_due
from tagging import HotTopic

SNOW = "暴雪来了怎么办"
RUMOUR = "网传某地水库决堤"
HOSTILE = "<script>alert('话题')</script>"


@pytest.fixture
def lists(world: World) -> World:
    """Two lists that were looked at: one collected from a source, the other brought by hand."""
    now = world.newsroom.now()
    with world.newsroom.store.session() as session:
        row = {"kind": "hotlist", "name": "城市热榜", "url": "http://127.0.0.1/hot"}
        sources.put(session, "city-hot", row, now=now)
        lines = [
            {"topic": SNOW, "rank": 2, "heat": 3_420_000, "url": "https://hot.example/snow"},
            {"topic": HOSTILE, "rank": 7, "heat": None, "url": "javascript:alert(1)"},
        ]
        tags.keep_hot_topics(session, "city-hot", lines, at=now, now=now, anew_after=HOT_FOR)
    others = [HotTopic("某歌手官宣恋情", 1), HotTopic(f"#{SNOW}#", 5), HotTopic(RUMOUR, 9)]
    take_hot_list(world.newsroom, "手工榜", others, now - timedelta(hours=1))
    tag_due(world.newsroom, now)
    return world


def test_topics_of_all_lists_stand_once_with_what_we_have(lists: World, as_person: Login) -> None:
    a_story(lists)
    html = as_person("editor").get("/hot").text
    assert html.count(f"<b>{SNOW}</b>") + html.count(f"<b>#{SNOW}#</b>") == 1
    assert "城市热榜、手工榜" in html or "手工榜、城市热榜" in html
    assert "长春市民防寒指南" in html
    assert "全部 4" in html
    assert HOSTILE not in html


def test_rumours_have_a_list_of_their_own_with_a_warning(lists: World, as_person: Login) -> None:
    html = as_person("editor").get("/hot?show=rumour").text
    assert RUMOUR in html
    assert "先核实" in html
    assert "某歌手官宣恋情" not in html
    assert "辟谣线索 1" in html


def test_a_topic_shows_its_lists_articles_and_stories(lists: World, as_person: Login) -> None:
    a_story(lists)
    client = as_person("editor")
    for wording in (SNOW, f"#{SNOW}#"):
        html = client.get("/hot/topic", params={"name": wording}).text
        assert "热度 342 万" in html
        assert "https://hot.example/snow" in html
        assert "长春市民防寒指南" in html
        assert "/articles/1" in html
        assert "/articles?q=%E6%9A%B4%E9%9B%AA" in html
    html = client.get("/hot/topic", params={"name": RUMOUR}).text
    assert "先核实再动笔" in html
    assert "还没有写到这个话题的稿件" in html
    html = client.get("/hot/topic", params={"name": HOSTILE}).text
    assert HOSTILE not in html
    assert "javascript:" not in html


def test_the_page_of_a_hot_list_shows_its_topics_and_no_missing_articles(lists: World, as_person: Login) -> None:
    client = as_person("editor")
    html = client.get("/sources/city-hot").text
    assert "榜上的话题" in html
    assert SNOW in html
    assert "热度 342 万" in html
    assert "还没有收到过素材" not in html
    assert "某歌手官宣恋情" not in html
    assert HOSTILE not in html
    assert '<a href="/sources/city-hot">话题</a>' in client.get("/sources?kind=hotlist").text


def test_a_topic_that_is_gone_is_told_in_a_sentence(lists: World, as_person: Login) -> None:
    answer = as_person("editor").get("/hot/topic", params={"name": "没有这个话题"})
    assert answer.status_code == 404
    assert "已经不在各家热榜上" in answer.text


def test_topics_are_searched_and_turned_over(lists: World, as_person: Login, monkeypatch: pytest.MonkeyPatch) -> None:
    client = as_person("editor")
    html = client.get("/hot?q=歌手").text
    assert ("某歌手官宣恋情" in html, SNOW in html) == (True, False)
    assert "没有符合条件的话题" in client.get("/hot?q=没有这样的话题").text
    monkeypatch.setattr(hot, "PER_PAGE", 3)
    first, second = client.get("/hot").text, client.get("/hot?number=2").text
    assert ("下一页" in first, "下一页" in second) == (True, False)
    assert ("某歌手官宣恋情" in first, "某歌手官宣恋情" in second) == (True, False)


def test_what_stands_too_low_is_said(lists: World, as_person: Login, monkeypatch: pytest.MonkeyPatch) -> None:
    client = as_person("editor")
    assert "没有列入" not in client.get("/hot").text
    monkeypatch.setattr("steps.hot_lists.MOST_LINES", 4)
    assert "另有 1 条没有列入" in client.get("/hot").text


def test_without_topics_the_page_says_what_to_do(world: World, as_person: Login) -> None:
    client = as_person("editor")
    assert "还没有热榜来源" in client.get("/hot").text
    with world.newsroom.store.session() as session:
        row = {"kind": "hotlist", "name": "城市热榜", "url": "http://127.0.0.1/hot"}
        sources.put(session, "city-hot", row, now=world.newsroom.now())
    assert "还没有采到话题" in client.get("/hot").text


@pytest.mark.parametrize(
    ("number", "said"),
    [(8600.0, "8600"), (3_420_000, "342 万"), (15_600, "1.6 万"), (20_000, "2 万"), (1.2e8, "1.2 亿")],
)
def test_heat_is_said_as_platforms_do(number: float, said: str) -> None:
    assert words.heat(number) == said
