"""What the calendar brings next, in Beijing's days, and which stories and articles are in stock for it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from content_store import search, sources, stories
from content_store.tables import Article
from steps.newsroom import Newsroom
from steps.tag import tag_due
from steps.theme_days import Coming, coming_days, next_days, searches, stocks
from tagging.days import ThemeDay

DAY = ThemeDay("soil", "世界土壤日", (), ("土壤",), length=1, window=7, fixed=(12, 5))
WEEK = ThemeDay("week", "科技活动周", (), (), length=8, window=7, fixed=(5, 16))


@pytest.mark.parametrize(
    ("day", "left", "said"),
    [
        (DAY, 9, "还有 9 天"),
        (DAY, 1, "明天"),
        (DAY, 0, "今天"),
        (WEEK, 0, "正在进行，还剩 7 天"),
        (WEEK, -3, "正在进行，还剩 4 天"),
        (WEEK, -7, "今天结束"),
    ],
)
def test_how_long_until_then_is_said_as_people_do(day: ThemeDay, left: int, said: str) -> None:
    assert Coming(day, date(2026, 5, 16), left).said == said


def test_a_word_that_holds_another_is_not_searched_for() -> None:
    fire = ThemeDay("fire", "全国消防日", ("消防日", "119消防日"), ("灭火器",), 1, 7, fixed=(11, 9))
    assert searches(fire) == ("消防日", "灭火器")


def test_days_are_counted_in_beijing(newsroom: Newsroom) -> None:
    evening = datetime(2026, 12, 4, 15, 59, tzinfo=UTC)
    left = {each.day.key: each.left for each in coming_days(newsroom, evening)}
    assert left["soil"] == 1
    left = {each.day.key: each.left for each in coming_days(newsroom, evening + timedelta(minutes=1))}
    assert left["soil"] == 0


def test_a_day_that_began_is_no_news_to_whoever_plans(newsroom: Newsroom, now: datetime) -> None:
    assert any(each.left < 0 for each in coming_days(newsroom, now))
    found = next_days(newsroom, now)
    assert len(found) == 3
    assert all(each.left >= 0 for each in found)


def test_stories_and_science_that_speak_of_the_subject_are_in_stock(newsroom: Newsroom, now: datetime) -> None:
    with newsroom.store.session() as session:
        in_title = stories.add(session, fields={"title": "黑土地的土壤有多肥"}, by=None, now=now - timedelta(days=9))
        stories.add(session, fields={"title": "冬季用电安全", "digest": "拔插头。"}, by=None, now=now)
        in_digest = stories.add(session, fields={"title": "一捧黑土", "digest": "土壤里的秘密。"}, by=None, now=now)
        dropped = stories.add(session, fields={"title": "土壤的旧稿"}, by=None, now=now)
        row = session.get(stories.Story, dropped.story_id)
        assert row is not None
        row.status = "dropped"
        source = sources.put(session, "a", {"kind": "rss", "name": "甲", "url": "http://127.0.0.1/f"}, now=now)
        for number, kind in enumerate(("science", "news"), 1):
            title = f"土壤为什么是黑的（{number}）"
            values = {"content_hash": str(number), "search_text": search.index_text(title), "kind": kind}
            session.add(Article(source_id=source.id, external_id=str(number), title=title, collected_at=now, **values))
    soil = next(each for each in coming_days(newsroom, now) if each.day.key == "soil")
    [stock] = stocks(newsroom, [soil])
    assert [story.id for story, _ in stock.stories] == [in_title.story_id, in_digest.story_id]
    assert [line.title for line in stock.articles] == ["土壤为什么是黑的（1）"]


def test_an_article_tagged_with_the_day_is_in_stock_without_its_words(newsroom: Newsroom, now: datetime) -> None:
    with newsroom.store.session() as session:
        source = sources.put(session, "a", {"kind": "rss", "name": "甲", "url": "http://127.0.0.1/f"}, now=now)
        # not in the full-text index: only the tag finds it
        values = {"title": "世界土壤日：为什么要保护黑土地", "text": "土壤形成一厘米要几百年，科学家解释其中的原理。"}
        session.add(
            Article(
                source_id=source.id, external_id="1", content_hash="1", published_at=now, collected_at=now, **values
            )
        )
    tag_due(newsroom, now)
    soil = next(each for each in coming_days(newsroom, now) if each.day.key == "soil")
    [stock] = stocks(newsroom, [soil])
    assert len(stock.articles) == 1
