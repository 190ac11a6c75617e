"""What an editor is offered to put an article beside, without a word typed and for the words typed, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session
from test_events_of_articles import FIRE, FISH, collected

from content_store import search
from content_store.tables import Article
from steps.likely_same import ALIKE, FOUND, NEAREST, OFFERED, Candidate, likeliest, ranked, searched
from steps.newsroom import Newsroom
from steps.placing import put_in
from steps.same_event import WITHIN, join_due
from tagging.same_event import is_same_event, likeness

LATER = (
    "船舶主管部门开展排查",
    "因电线老化，松花湖一艘游船日前起火。有关部门要求全市120艘观光船在28日前查完线路，不合格的不得下水。",
)
FLU = ("打疫苗要趁早", "流感季到来之前，老人和儿童应先接种流感疫苗，过敏者先咨询医生。")


def offered(newsroom: Newsroom, number: int) -> list[int]:
    with newsroom.store.reading() as session:
        return [line.id for line in likeliest(newsroom, session, session.get_one(Article, number))]


def found(newsroom: Newsroom, number: int, said: str) -> list[int]:
    with newsroom.store.reading() as session:
        return [line.id for line in searched(session, session.get_one(Article, number), said)]


def indexed(session: Session, number: int) -> None:
    row = session.get_one(Article, number)
    row.search_text = search.index_text(row.title, row.text)


def test_what_no_round_joins_is_offered_if_it_tells_of_the_same_things(newsroom: Newsroom, now: datetime) -> None:
    tagger = newsroom.tagger
    one, other = tagger.outline(*FIRE), tagger.outline(*LATER)
    assert not is_same_event(one, other)
    assert likeness(one, other) > ALIKE > likeness(one, tagger.outline(*FLU))
    first = collected(newsroom, now, FIRE)
    collected(newsroom, now, FLU)
    second = collected(newsroom, now + timedelta(days=1), LATER)
    assert offered(newsroom, second)[:1] == [first]
    assert offered(newsroom, first)[:1] == [second]
    join_due(newsroom, now + timedelta(days=1))
    assert offered(newsroom, second)[:1] == [first], "so it is after the round, which puts nothing together here"


def test_the_most_alike_come_first_and_the_own_cluster_is_not_among_them(newsroom: Newsroom, now: datetime) -> None:
    fire, fish = collected(newsroom, now, FIRE), collected(newsroom, now, FISH)
    collected(newsroom, now, FIRE, trust=4, repeats=fire)
    asked = collected(newsroom, now, LATER)
    assert offered(newsroom, asked)[0] == fire, "of a cluster one, of equals the first"
    assert set(offered(newsroom, asked)) <= {fire, fish}
    put_in(newsroom, asked, fire, by="小李", now=now)
    assert not {fire, asked} & set(offered(newsroom, asked))


def test_an_article_of_last_month_is_offered_those_of_its_own_days(newsroom: Newsroom, now: datetime) -> None:
    then = now - timedelta(days=30)
    old, near = collected(newsroom, then, LATER), collected(newsroom, then + timedelta(days=2), FIRE)
    before = collected(newsroom, then - WITHIN - timedelta(hours=1), FIRE, trust=4)
    assert offered(newsroom, old) == [near]
    assert before not in offered(newsroom, old)


def test_the_look_up_reaches_past_the_nearest(newsroom: Newsroom, now: datetime) -> None:
    first = collected(newsroom, now, FIRE)
    join_due(newsroom, now)
    for minute in range(NEAREST + 1):
        collected(newsroom, now + timedelta(minutes=1 + minute), (f"第{minute}号", ""))
    asked = collected(newsroom, now + timedelta(days=1), LATER)
    assert offered(newsroom, asked)[:1] == [first]


def test_an_article_without_a_day_is_compared_with_what_was_collected_near_it(
    newsroom: Newsroom, now: datetime
) -> None:
    first, second = collected(newsroom, now, FIRE), collected(newsroom, now, LATER)
    with newsroom.store.session() as session:
        session.get_one(Article, second).published_at = None
    assert offered(newsroom, second) == [first]


def test_of_each_cluster_the_most_alike_is_offered_and_never_too_many(newsroom: Newsroom) -> None:
    own, other, none = (newsroom.tagger.outline(*piece) for piece in (LATER, FIRE, FLU))
    many = [Candidate(number, number, other) for number in range(20, 40)]
    assert ranked(own, [Candidate(1, 1, none), Candidate(2, 2, other), Candidate(3, 2, own), *many]) == [
        3,
        *range(20, 20 + OFFERED - 1),
    ]


def test_words_find_articles_of_other_clusters_headlines_first_and_then_the_newest(
    newsroom: Newsroom, now: datetime
) -> None:
    title = collected(newsroom, now - timedelta(days=2), ("游船起火", "原因待查。"))
    text = collected(newsroom, now, ("今日要闻", "一艘游船起火。"))
    newer = collected(newsroom, now - timedelta(days=1), ("游船起火续报", "无人伤亡。"))
    own = collected(newsroom, now, FIRE)
    long_ago = collected(newsroom, now - timedelta(days=40), ("游船起火", "去年的事。"))
    with newsroom.store.session() as session:
        for number in (title, text, newer, own, long_ago):
            indexed(session, number)
    assert found(newsroom, own, "游船 起火") == [newer, title, text]
    assert found(newsroom, own, "没有的词") == []
    assert found(newsroom, own, "，。") == []


@pytest.mark.parametrize("said", ["{}", " {} ", "http://127.0.0.1:8800/articles/{}"])
def test_a_number_or_an_address_names_the_article(newsroom: Newsroom, now: datetime, said: str) -> None:
    long_ago, own = collected(newsroom, now - timedelta(days=400), FISH), collected(newsroom, now, FIRE)
    assert found(newsroom, own, said.format(long_ago)) == [long_ago]
    assert found(newsroom, own, said.format(own)) == [], "not beside itself"
    assert found(newsroom, own, said.format(999)) == []


def test_no_more_are_listed_than_can_be_read(newsroom: Newsroom, now: datetime) -> None:
    own = collected(newsroom, now, FIRE)
    with newsroom.store.session() as session:
        indexed(session, own)
    for minute in range(FOUND + 3):
        number = collected(newsroom, now - timedelta(minutes=minute), (f"查干湖冬捕第{minute}网", ""))
        with newsroom.store.session() as session:
            indexed(session, number)
    assert len(found(newsroom, own, "冬捕")) == FOUND
