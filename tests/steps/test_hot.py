"""What is hot now, over a real store: lists joined, our articles counted, stories found, rumours set apart."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from test_tag import an_article

from content_store import stories, tags
from content_store.tables import Article
from steps import hot_lists
from steps.hot import hot_board
from steps.hot_lists import take_hot_list
from steps.newsroom import Newsroom
from steps.tag import LONGEST_KEY, tag_due
from tagging import HotTopic

SNOW = "长春发布暴雪橙色预警"


def collected(newsroom: Newsroom, title: str, at: datetime, number: str, text: str = "") -> int:
    with newsroom.store.session() as session:
        article = an_article(session, at, title, number)
        row = session.get(Article, article)
        assert row is not None
        row.text = text or title
        return article


def test_topics_of_two_lists_come_as_one_with_our_articles(newsroom: Newsroom, now: datetime) -> None:
    take_hot_list(newsroom, "weibo", [HotTopic(SNOW, 3), HotTopic("某歌手官宣恋情", 1)], now - timedelta(hours=3))
    take_hot_list(newsroom, "baidu", [HotTopic("长春市发布暴雪橙色预警", 8)], now - timedelta(hours=2))
    take_hot_list(newsroom, "weibo", [HotTopic("某歌手官宣恋情", 1), HotTopic(SNOW, 2)], now - timedelta(hours=1))
    for number in range(4):
        collected(newsroom, SNOW, now - timedelta(hours=number), f"t{number}")
    collected(newsroom, SNOW, now - timedelta(days=3), "old")
    tag_due(newsroom, now)
    board = hot_board(newsroom, now)
    by_name = {each.topic.name: each for each in board.topics}
    assert set(by_name) == {SNOW, "某歌手官宣恋情"}
    snow = by_name[SNOW]
    assert snow.topic.lists == ("weibo", "baidu")
    assert (snow.topic.rank, snow.topic.trend, snow.topic.times_seen) == (2, "up", 3)
    assert (snow.articles, snow.articles_today) == (5, 4)
    assert snow.burst > 3
    assert by_name["某歌手官宣恋情"].articles == 0


def test_a_story_that_fits_is_named(newsroom: Newsroom, now: datetime) -> None:
    take_hot_list(newsroom, "weibo", [HotTopic("查干湖冬捕头鱼拍出高价", 1)], now)
    with newsroom.store.session() as session:
        fields = {"title": "查干湖冬捕的头鱼为什么能拍出高价", "body_html": "<p>冰下有学问。</p>"}
        story = stories.add(session, fields=fields, by=None, now=now)
        other = stories.add(session, fields={"title": "冬季用电安全", "body_html": "<p>拔插头。</p>"}, by=None, now=now)
        assert story.story_id != other.story_id
        wanted = story.story_id
    [topic] = hot_board(newsroom, now).topics
    assert [fit.story_id for fit in topic.stories] == [wanted]


def test_signs_of_a_rumour_put_a_topic_on_the_debunk_list(newsroom: Newsroom, now: datetime) -> None:
    topics = [HotTopic("网传某地水库决堤", 1), HotTopic("白酒能杀灭流感病毒", 2), HotTopic("某歌手官宣恋情", 3)]
    take_hot_list(newsroom, "weibo", topics, now)
    collected(
        newsroom, "白酒能杀灭流感病毒？系谣言", now, "d", "科学辟谣：白酒能杀灭流感病毒的说法不属实，没有科学依据。"
    )
    tag_due(newsroom, now)
    board = hot_board(newsroom, now)
    assert {each.topic.name: each.signs for each in board.to_debunk} == {
        "网传某地水库决堤": ("网传",),
        "白酒能杀灭流感病毒": ("辟谣文章",),
    }


def test_what_our_sources_speak_of_all_at_once_is_told(newsroom: Newsroom, now: datetime) -> None:
    for number in range(6):
        collected(newsroom, f"雾凇岛进入观赏期第{number}天", now - timedelta(hours=number), f"r{number}")
    for ago in range(1, 8):
        for number in range(3):
            collected(newsroom, f"市图书馆延长开放第{number}日", now - timedelta(days=ago, hours=1), f"l{ago}-{number}")
    tag_due(newsroom, now)
    words = [word for word, _, _ in hot_board(newsroom, now).bursting]
    assert any("雾凇" in word for word in words)
    assert not any("图书馆" in word for word in words)


def test_a_topic_that_a_person_took_off_an_article_does_not_count_it(newsroom: Newsroom, now: datetime) -> None:
    take_hot_list(newsroom, "weibo", [HotTopic(SNOW, 1)], now)
    article = collected(newsroom, SNOW, now, "t")
    tag_due(newsroom, now)
    with newsroom.store.session() as session:
        [tag] = [tag for tag in tags.of_article(session, article) if tag.theme == "hot"]
        tag.rejected = True
        session.add(tag)
    [topic] = hot_board(newsroom, now).topics
    assert topic.articles == 0


def test_a_topic_longer_than_a_tags_key_keeps_its_articles(newsroom: Newsroom, now: datetime) -> None:
    long = SNOW + "，" + "多条高速公路封闭，市民出行请提前查询路况，" * 8
    assert len(long) > LONGEST_KEY
    take_hot_list(newsroom, "weibo", [HotTopic(long, 1)], now)
    collected(newsroom, long, now, "t")
    tag_due(newsroom, now)
    [topic] = hot_board(newsroom, now).topics
    assert (topic.topic.name, topic.articles) == (long, 1)


def test_lines_beyond_the_most_are_left_out_from_the_bottom_and_counted(
    newsroom: Newsroom, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["雾凇岛进入观赏期", "查干湖冬捕头鱼拍出高价", "某歌手官宣恋情", "某地开通新地铁", "世界杯小组赛抽签"]
    take_hot_list(newsroom, "weibo", [HotTopic(name, rank) for rank, name in enumerate(names, 1)], now)
    assert hot_board(newsroom, now).left_out == 0
    assert len(hot_board(newsroom, now).topics) == 5
    monkeypatch.setattr(hot_lists, "MOST_LINES", 3)
    board = hot_board(newsroom, now)
    assert [each.topic.name for each in board.topics] == names[:3]
    assert board.left_out == 2


def test_of_one_place_the_topic_seen_last_comes_first(newsroom: Newsroom, now: datetime) -> None:
    take_hot_list(newsroom, "weibo", [HotTopic("雾凇岛进入观赏期", 1)], now - timedelta(hours=30))
    take_hot_list(newsroom, "baidu", [HotTopic("某地开通新地铁", 1)], now)
    with newsroom.store.reading() as session:
        found = tags.hot_topics(session, since=now - timedelta(days=2), limit=1)
    assert [row.topic for row in found] == ["某地开通新地铁"]
