"""Tagging what was collected: once per tagger, again after a change, and matched with hot lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from config.files import lexicon_files
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


def test_a_persons_no_to_a_hot_topic_holds_for_its_wording_on_another_list(newsroom: Newsroom, now: datetime) -> None:
    with newsroom.store.session() as session:
        article = an_article(session, now, "长春发布暴雪橙色预警：出行注意什么")
    take_hot_list(newsroom, "weibo", [HotTopic(topic="长春发布暴雪橙色预警", rank=1)], now)
    take_hot_list(newsroom, "baidu", [HotTopic(topic="长春暴雪橙色预警", rank=3)], now + timedelta(minutes=1))
    tag_due(newsroom, now + timedelta(minutes=2))
    with newsroom.store.session() as session:
        [hot] = [tag for tag in tags.of_article(session, article) if tag.theme == "hot"]
        assert set(hot.detail["wordings"]) == {"长春发布暴雪橙色预警", "长春暴雪橙色预警"}
        tags.set_by_person(session, article, theme="hot", key=hot.key, name="", rejected=True, user_id=None, now=now)
    later = now + timedelta(days=3)
    take_hot_list(newsroom, "baidu", [HotTopic(topic="长春暴雪橙色预警", rank=2)], later)
    with newsroom.store.session() as session:
        tags.due_again(session, since=now)
    assert tag_due(newsroom, later)["tagged"] == 1
    with newsroom.store.reading() as session:
        assert [tag.key for tag in tags.of_article(session, article) if tag.theme == "hot"] == []


def test_the_level_of_a_confirmed_warning_is_read_in_the_text_as_it_is_now(newsroom: Newsroom, now: datetime) -> None:
    with newsroom.store.session() as session:
        article = an_article(session, now)
    tag_due(newsroom, now)
    with newsroom.store.session() as session:
        confirmed = {"theme": "emergency", "key": "snowstorm", "name": "暴雪", "rejected": False}
        tags.set_by_person(session, article, **confirmed, user_id=None, now=now)
        row = session.get_one(Article, article)
        row.title, row.text, row.tagger_version = "长春解除暴雪橙色预警", "长春市气象台解除暴雪橙色预警信号。", ""
    tag_due(newsroom, now)
    with newsroom.store.reading() as session:
        [tag] = [tag for tag in tags.of_article(session, article) if tag.theme == "emergency"]
    assert (tag.made_by, tag.detail["action"]) == ("person", "cancel")


def test_a_process_that_runs_on_tags_by_the_lists_as_they_were_changed(newsroom: Newsroom, now: datetime) -> None:
    lists = lexicon_files()
    room = replace(newsroom, changed_lists=lambda: dict(lists))
    with room.store.session() as session:
        article = an_article(session, now, "松嫩平原出现雪龙卷")
    tag_due(room, now)
    before = room.tagger.version
    lists["lexicons/emergency.toml"] += '\n[[terms]]\nof = "wind"\nweight = 5\nwords = ["雪龙卷"]\n'
    tag_due(room, now)
    assert room.tagger.version != before
    with room.store.reading() as session:
        assert "wind" in {tag.key for tag in tags.of_article(session, article)}
        assert tags.due(session, room.tagger.version) == []


def test_lists_with_a_mistake_are_told_of_once_and_the_right_ones_stay(
    newsroom: Newsroom, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    lists = lexicon_files()
    room = replace(newsroom, changed_lists=lambda: dict(lists))
    tag_due(room, now)
    before = room.tagger.version
    lists["lexicons/emergency.toml"] += "\n[[terms]\n"
    tag_due(room, now)
    tag_due(room, now)
    assert room.tagger.version == before
    assert len([record for record in caplog.records if "改过的词表有错" in record.message]) == 1


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
