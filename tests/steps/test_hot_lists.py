"""A hot list becomes topics, never articles; the same list again changes nothing."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from loopback import Site
from sqlmodel import select

from content_store import sources, tags
from content_store.tables import Article, HotTopic
from steps.collect import collect_due
from steps.hot_lists import listed_now, take_hot_list
from steps.newsroom import Newsroom
from tagging import HotTopic as Line


def put(site: Site, made: datetime, *topics: tuple[str, int]) -> None:
    items = [
        {"title": topic, "url": f"https://hot.example/{topic}", "extra": {"info": f"{heat} 万"}}
        for topic, heat in topics
    ]
    site.put("/hot", json.dumps({"status": "success", "updatedTime": int(made.timestamp() * 1000), "items": items}))


def add(newsroom: Newsroom, site: Site, now: datetime) -> None:
    with newsroom.store.session() as session:
        row = {"kind": "hotlist", "name": "城市热榜", "url": f"{site.base}/hot", "rhythm_minutes": 15}
        sources.put(session, "city", row, now=now)


def topics(newsroom: Newsroom) -> dict[str, HotTopic]:
    with newsroom.store.reading() as session:
        assert session.exec(select(Article)).all() == []
        return {
            row.topic: row for row in tags.hot_topics(session, since=datetime.fromisoformat("2000-01-01T00:00:00Z"))
        }


def test_topics_move_and_the_best_rank_stays(newsroom: Newsroom, site: Site, now: datetime) -> None:
    add(newsroom, site, now)
    put(site, now, ("极光", 90), ("雾凇", 80))
    collect_due(newsroom, now)
    later = now + timedelta(minutes=20)
    put(site, later, ("雾凇", 120), ("冬捕", 100), ("极光", 70))
    assert collect_due(newsroom, later)["new"] == 0
    found = topics(newsroom)
    aurora = found["极光"]
    assert (aurora.list_key, aurora.url) == ("city", "https://hot.example/极光")
    assert (aurora.rank, aurora.previous_rank, aurora.best_rank, aurora.heat) == (3, 1, 1, 700_000)
    assert (aurora.times_seen, aurora.first_seen_at, aurora.last_seen_at) == (2, now, later)
    assert found["雾凇"].best_rank == 1
    assert found["冬捕"].times_seen == 1


def test_the_same_list_again_changes_nothing_even_where_the_first_round_was_killed(
    newsroom: Newsroom, site: Site, now: datetime
) -> None:
    add(newsroom, site, now)
    put(site, now, ("极光", 90))
    collect_due(newsroom, now)
    with newsroom.store.session() as session:
        row = sources.by_key(session, "city")
        assert row is not None
        row.cursor = {}
    later = now + timedelta(minutes=20)
    collect_due(newsroom, later, ["city"])
    assert (topics(newsroom)["极光"].times_seen, topics(newsroom)["极光"].last_seen_at) == (1, now)


def test_a_list_dated_in_the_future_is_of_now(newsroom: Newsroom, site: Site, now: datetime) -> None:
    add(newsroom, site, now)
    put(site, now + timedelta(days=300), ("极光", 90))
    collect_due(newsroom, now)
    assert topics(newsroom)["极光"].last_seen_at == now


def test_a_topic_that_left_its_list_stands_nowhere_while_it_counts_as_hot(newsroom: Newsroom, now: datetime) -> None:
    take_hot_list(newsroom, "甲榜", [Line("极光"), Line("雾凇")], now)
    take_hot_list(newsroom, "甲榜", [Line("雾凇")], now + timedelta(hours=1))
    found = {line.topic: line for line in listed_now(newsroom, now + timedelta(hours=1))}
    assert (found["极光"].rank, found["极光"].trend, found["极光"].best_rank) == (None, "off", 1)
    assert (found["雾凇"].rank, found["雾凇"].trend) == (1, "")


def test_a_topic_of_last_year_begins_anew(newsroom: Newsroom, now: datetime) -> None:
    take_hot_list(newsroom, "甲榜", [Line("高考成绩公布")], now - timedelta(days=365))
    assert take_hot_list(newsroom, "甲榜", [Line("冬捕"), Line("高考成绩公布")], now) == 2
    exam = topics(newsroom)["高考成绩公布"]
    assert (exam.rank, exam.previous_rank, exam.best_rank) == (2, None, 2)
    assert (exam.first_seen_at, exam.times_seen) == (now, 1)


def test_a_look_by_a_clock_a_year_ahead_does_not_freeze_its_topics(newsroom: Newsroom, now: datetime) -> None:
    take_hot_list(newsroom, "甲榜", [Line("极光")], now + timedelta(days=365))
    take_hot_list(newsroom, "甲榜", [Line("雾凇"), Line("极光")], now)
    take_hot_list(newsroom, "甲榜", [Line("极光"), Line("雾凇")], now + timedelta(hours=1))
    aurora = topics(newsroom)["极光"]
    assert (aurora.rank, aurora.previous_rank, aurora.last_seen_at) == (1, 2, now + timedelta(hours=1))


def test_what_a_list_says_of_a_topic_counts_for_rumours_and_the_science_angle(
    newsroom: Newsroom, site: Site, now: datetime
) -> None:
    add(newsroom, site, now)
    item = {"title": "某小区自来水", "url": "https://hot.example/1", "desc": "网传自来水致癌，专家辟谣：水质检测合格。"}
    site.put("/hot", json.dumps({"status": "success", "updatedTime": int(now.timestamp() * 1000), "items": [item]}))
    collect_due(newsroom, now)
    [line] = listed_now(newsroom, now)
    assert line.description == item["desc"]
    assert newsroom.tagger.rumour_signs(line)
    assert newsroom.tagger.science_angle(line) > newsroom.tagger.science_angle(Line("某小区自来水"))
