"""Reports of one event get into one cluster after collecting, beside reprints, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from content_store import inbox, sources
from content_store.tables import Article, Cluster, EventReport, EventWord
from desk.same_topic import same_topic
from steps.newsroom import Newsroom
from steps.same_event import WITHIN, join_due

FIRE = (
    "松花湖游船起火无人伤亡",
    "11月20日下午，吉林市松花湖一艘观光游船机舱起火，船上32名游客全部转移上岸。消防部门称起火原因是电线老化。",
)
AGAIN = (
    "观光船机舱冒烟，32名游客获救",
    "记者从吉林市消防部门获悉，20日在松花湖上行驶的一艘观光游船突然起火，32名游客被转移到岸上，没有人受伤。",
)
FISH = ("松花湖冬捕开网", "11月25日，吉林市松花湖冬捕开网，第一网捕得鲜鱼八万斤，两岸挤满了来看热闹的游客。")


def collected(
    newsroom: Newsroom, at: datetime, piece: tuple[str, str], *, trust: int = 3, repeats: int | None = None
) -> int:
    """An article as collecting leaves it: in a cluster of its own, or in that of the one it repeats."""
    with newsroom.store.session() as session:
        source = sources.put(
            session, f"s{trust}", {"kind": "rss", "name": f"来源{trust}", "url": "http://127.0.0.1/f"}, now=at
        )
        source.trust = trust
        row = Article(
            source_id=source.id,
            external_id=f"{at.isoformat()} {piece[0]} {trust} {repeats}",
            title=piece[0],
            text=piece[1],
            content_hash="h",
            collected_at=at,
            published_at=at,
            duplicate_of=repeats,
        )
        session.add(row)
        session.flush()
        first = session.get(Article, repeats) if repeats else None
        if first is None:
            own = Cluster(created_at=at, top_article_id=row.id)
            session.add(own)
            session.flush()
            row.cluster_id = own.id
        else:
            row.cluster_id = first.cluster_id
            grown = session.get(Cluster, first.cluster_id)
            assert grown is not None
            grown.size += 1
        assert row.id is not None
        return row.id


def cluster_of(session: Session, number: int) -> int | None:
    return session.exec(select(Article.cluster_id).where(Article.id == number)).one()


def test_two_reports_of_one_event_stand_in_one_cluster_and_another_event_does_not(
    newsroom: Newsroom, now: datetime
) -> None:
    first = collected(newsroom, now, FIRE)
    other = collected(newsroom, now, FISH)
    second = collected(newsroom, now + timedelta(hours=5), AGAIN)
    assert join_due(newsroom, now + timedelta(hours=6)) == {"compared": 3, "joined": 1}
    with newsroom.store.reading() as session:
        assert cluster_of(session, second) == cluster_of(session, first) != cluster_of(session, other)
        [line] = [line for line in inbox.listed(session, inbox.Wanted(), limit=9) if line.id == first]
        assert line.others == 1
        report = session.get(EventReport, second)
        assert report is not None
        assert report.opened_by == first
        assert 0.55 <= (report.likeness or 0) <= 1


def test_what_is_told_of_a_quake_is_found_by_its_minute_though_it_shares_hardly_a_word(
    newsroom: Newsroom, now: datetime
) -> None:
    quake = (
        "吉林松原市宁江区发生3.1级地震",
        "中国地震台网正式测定：11月26日23时14分在吉林松原市宁江区（北纬45.20度，东经124.70度）发生3.1级地震，震源深度10千米。",
    )
    trains = (
        "部分列车晚点",
        "受11月26日23时15分吉林3.2级地震影响，长白铁路列车限速运行，铁路部门正在检查沿线桥梁、隧道、接触网和信号设备，旅客可免费退票改签。",
    )
    words = [set(newsroom.tagger.outline(*each).words.tolist()) for each in (quake, trains)]
    assert len(words[0] & words[1]) < 3
    first = collected(newsroom, now, quake)
    second = collected(newsroom, now, trains)
    collected(newsroom, now, FISH)
    assert join_due(newsroom, now)["joined"] == 1
    with newsroom.store.reading() as session:
        assert cluster_of(session, first) == cluster_of(session, second)


def test_nothing_is_compared_twice(newsroom: Newsroom, now: datetime) -> None:
    collected(newsroom, now, FIRE)
    collected(newsroom, now, AGAIN)
    assert join_due(newsroom, now)["compared"] == 2
    assert join_due(newsroom, now) == {"compared": 0, "joined": 0}


def test_reprints_come_along_and_the_desk_shows_them_apart(newsroom: Newsroom, now: datetime) -> None:
    first = collected(newsroom, now, FIRE)
    second = collected(newsroom, now, AGAIN)
    reprint = collected(newsroom, now, AGAIN, trust=2, repeats=second)
    join_due(newsroom, now)
    with newsroom.store.reading() as session:
        cluster = session.get(Cluster, cluster_of(session, first))
        assert cluster is not None
        assert cluster.id is not None
        assert cluster.size == 3
        opened = session.get(Article, second)
        assert opened is not None
        shown = same_topic(opened, inbox.cluster_members(session, cluster.id, without=second), cluster.top_article_id)
        assert [line.id for line in shown.reprints] == [reprint]
        assert [line.id for line in shown.reports] == [first]


def test_the_most_trusted_source_comes_to_the_top(newsroom: Newsroom, now: datetime) -> None:
    first = collected(newsroom, now, FIRE, trust=2)
    better = collected(newsroom, now, AGAIN, trust=5)
    join_due(newsroom, now)
    with newsroom.store.reading() as session:
        cluster = session.get(Cluster, cluster_of(session, first))
        assert cluster is not None
        assert cluster.top_article_id == better


def test_reports_that_lie_further_apart_stay_apart(newsroom: Newsroom, now: datetime) -> None:
    first = collected(newsroom, now - WITHIN - timedelta(hours=1), FIRE)
    join_due(newsroom, now - WITHIN)
    second = collected(newsroom, now, AGAIN)
    assert join_due(newsroom, now)["joined"] == 0
    with newsroom.store.reading() as session:
        assert cluster_of(session, first) != cluster_of(session, second)


def test_what_opened_an_event_is_forgotten_after_some_days_and_who_joined_it_is_not(
    newsroom: Newsroom, now: datetime
) -> None:
    collected(newsroom, now, FIRE)
    second = collected(newsroom, now, AGAIN)
    join_due(newsroom, now)
    later = now + WITHIN + timedelta(hours=1)
    assert join_due(newsroom, later) == {"compared": 0, "joined": 0}
    with newsroom.store.reading() as session:
        assert list(session.exec(select(EventWord))) == []
        assert list(session.exec(select(EventReport.article_id).order_by(col(EventReport.article_id)))) == [second]


def test_a_report_is_put_beside_the_one_that_opened_the_event_and_not_beside_one_that_joined(
    newsroom: Newsroom, now: datetime
) -> None:
    first = collected(newsroom, now, FIRE)
    collected(newsroom, now, AGAIN)
    join_due(newsroom, now)
    third = collected(newsroom, now, (AGAIN[0], AGAIN[1] + "消防部门还在调查。"), trust=1)
    join_due(newsroom, now)
    with newsroom.store.reading() as session:
        report = session.get(EventReport, third)
        assert report is not None
        assert report.opened_by == first


def test_what_was_outlined_by_an_older_version_is_outlined_anew(newsroom: Newsroom, now: datetime) -> None:
    first = collected(newsroom, now, FIRE)
    join_due(newsroom, now)
    with newsroom.store.session() as session:
        report = session.get(EventReport, first)
        assert report is not None
        report.version, report.packed = 0, b"\x00"
    assert join_due(newsroom, now) == {"compared": 1, "joined": 0}
    collected(newsroom, now, AGAIN)
    assert join_due(newsroom, now)["joined"] == 1
