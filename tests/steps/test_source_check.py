"""Looking at a source, on both databases: the verdicts are those of the round that follows, and nothing is left behind."""

from __future__ import annotations

from loopback import Site
from sqlmodel import func, select

from content_store import sources
from content_store.tables import Alert, Article, Source
from steps.collect import collect_source
from steps.newsroom import Newsroom
from steps.source_check import Fate, check

SNOW = "长春今天夜里有中到大雪，气象部门提醒市民减少外出，开车的人要提前检查轮胎和刹车，公交线路可能临时调整。"
HEAT = "取暖季到来，燃煤取暖的人家睡前要看一看烟道是否通畅，屋里装上一氧化碳报警器，离屋顶二十厘米最合适。"


def feed(*entries: tuple[str, str, str]) -> str:
    items = "".join(
        f"<item><guid>{key}</guid><title>{title}</title><description>{text}</description></item>"
        for key, title, text in entries
    )
    return f"<rss version='2.0'><channel>{items}</channel></rss>"


def put(newsroom: Newsroom, key: str, url: str) -> Source:
    with newsroom.store.session() as session:
        row = sources.put(session, key, {"kind": "rss", "url": url, "name": key}, now=newsroom.now())
        session.expunge(row)
        return row


def test_the_verdicts_are_those_of_the_next_round(newsroom: Newsroom, site: Site) -> None:
    row = put(newsroom, "one", site.put("/one", feed(("1", "雪天出行提示", SNOW), ("2", "煤烟中毒怎么防", HEAT))))
    other = put(newsroom, "two", site.put("/two", feed(("9", "【转载】雪天出行提示", SNOW))))
    assert row.id is not None
    collect_source(newsroom, row.id, newsroom.now())
    site.put(
        "/one",
        feed(
            ("1", "雪天出行提示", SNOW),
            ("2", "煤烟中毒怎么防", HEAT + "每年都要检修一次。"),
            ("3", "新来的一篇", "短。"),
        ),
    )

    seen = check(newsroom, row)
    assert [piece.fate for piece in seen.pieces] == [Fate.SAME, Fate.REVISED, Fate.NEW]
    [repeated] = check(newsroom, other).pieces
    assert (repeated.fate, repeated.beside and repeated.beside[0]) == (Fate.REPEATED, "雪天出行提示")

    counts = collect_source(newsroom, row.id, newsroom.now())
    assert (counts["same"], counts["revised"], counts["new"]) == (1, 1, 1)


def test_nothing_is_left_behind(newsroom: Newsroom, site: Site) -> None:
    row = put(newsroom, "one", site.put("/one", feed(("1", "雪天出行提示", SNOW))))
    check(newsroom, row)
    with newsroom.store.reading() as session:
        for table in (Article, Alert):
            assert session.exec(select(func.count()).select_from(table)).one() == 0
        [stored] = sources.listed(session)
    assert (stored.cursor, stored.last_tried_at, stored.failures) == ({}, None, 0)


def test_a_source_that_fails_is_said_to_and_its_health_stays(newsroom: Newsroom, site: Site) -> None:
    row = put(newsroom, "gone", site.base + "/gone")
    assert "没有这个网页" in check(newsroom, row).trouble
    with newsroom.store.reading() as session:
        assert sources.listed(session)[0].failures == 0
