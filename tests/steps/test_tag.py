"""Tagging what was collected: once per tagger, again after a change, and matched with hot lists."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from content_store import sources, tags
from content_store.tables import Article
from steps.hot_lists import take_hot_list
from steps.newsroom import Newsroom
from steps.tag import rows, tag_due
from tagging import HotTopic

TEXT = "长春市气象台发布暴雪橙色预警。市民应减少外出，农民要及时清扫大棚积雪。"


def an_article(session: Session, now: datetime, title: str = "长春发布暴雪橙色预警", number: str = "1") -> int:
    row = sources.put(session, "snow", {"kind": "rss", "name": "冰雪科普", "url": "http://127.0.0.1/f"}, now=now)
    article = Article(
        source_id=row.id,
        external_id=number,
        title=title,
        text=TEXT,
        content_hash="h",
        collected_at=now,
        published_at=now,
    )
    session.add(article)
    session.flush()
    assert article.id is not None
    return article.id


def test_every_article_is_tagged_once_with_evidence(newsroom: Newsroom, now: datetime) -> None:
    with newsroom.store.session() as session:
        article = an_article(session, now)
    counts = tag_due(newsroom, now)
    assert (counts["tagged"], counts["emergency"], counts["local"]) == (1, 1, 1)
    assert tag_due(newsroom, now)["tagged"] == 0
    with newsroom.store.reading() as session:
        found = {tag.theme: tag for tag in tags.of_article(session, article)}
    assert found["emergency"].key == "snowstorm"
    assert found["emergency"].detail["level"] == "orange"
    assert found["emergency"].evidence
    assert found["local"].key == "220100"


def test_a_revised_article_is_tagged_again(newsroom: Newsroom, now: datetime) -> None:
    with newsroom.store.session() as session:
        article = an_article(session, now)
    tag_due(newsroom, now)
    with newsroom.store.session() as session:
        row = session.get(Article, article)
        assert row is not None
        row.title, row.text, row.tagger_version = "市图书馆延长开放", "周末开到晚八点。", ""
    assert tag_due(newsroom, now)["emergency"] == 0


def test_a_hot_list_makes_recent_articles_hot(newsroom: Newsroom, now: datetime) -> None:
    with newsroom.store.session() as session:
        article = an_article(session, now)
    tag_due(newsroom, now)
    topics = [HotTopic(topic="长春暴雪橙色预警", rank=1), HotTopic(topic="某歌手官宣", rank=2)]
    assert take_hot_list(newsroom, "weibo", topics, now) == 2
    assert tag_due(newsroom, now)["hot"] == 1
    with newsroom.store.reading() as session:
        assert [tag.key for tag in tags.of_article(session, article) if tag.theme == "hot"] == ["长春暴雪橙色预警"]


def test_what_a_theme_has_beside_its_name_becomes_detail() -> None:
    [row] = rows({"hot": [{"topic": "流星雨", "score": 0.8, "trend": "up", "science": 0.9, "evidence": [1]}]})
    assert row == {
        "theme": "hot",
        "key": "流星雨",
        "name": "流星雨",
        "score": 0.8,
        "evidence": [1],
        "detail": {"trend": "up", "science": 0.9},
    }
