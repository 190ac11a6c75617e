"""Collecting pieces of one pattern, warnings above all: each stands for itself, and its reprints below it."""

from __future__ import annotations

from pathlib import Path

import pytest
from loopback import Site
from sqlmodel import select, update
from test_collect import NOW, newsroom_of, source

from content_store.database import Store
from content_store.tables import Article, ArticleSignature
from steps.clustering import sign_due
from steps.collect import collect_source
from steps.newsroom import Newsroom

Piece = tuple[str, str]


@pytest.fixture
def newsroom(store: Store, tmp_path: Path) -> Newsroom:
    return newsroom_of(store, tmp_path)


def warning(place: str, act: str, colour: str, day: int) -> Piece:
    text = (
        f"{place}气象台2026年11月{day}日15时30分{act}寒潮{colour}预警信号：预计未来24小时内，我市大部平均气温将下降8℃以上，"
        "最低气温低于零下20℃，并伴有5级以上偏北风，请有关单位和人员做好防寒防风准备，关好门窗，加固室外搭建物。"
    )
    return f"{place}{act}寒潮{colour}预警", text


def quake(size: str, moment: str) -> Piece:
    text = f"中国地震台网正式测定：11月{moment}在吉林松原市宁江区（北纬45.20度，东经124.70度）发生{size}级地震，震源深度10千米。"
    return f"吉林松原市宁江区发生{size}级地震", text


ISSUED = warning("长春市", "发布", "黄色", 24)
OTHERS = (
    warning("长春市", "发布", "橙色", 25),
    warning("吉林市", "发布", "黄色", 25),
    warning("长春市", "解除", "黄色", 26),
    quake("3.1", "26日23时14分"),
    quake("4.3", "26日23时54分"),
)
REPRINT = "冷空气来了，长春橙色预警", f"据本地媒体消息：{OTHERS[0][1]}（责任编辑：某某）"


def collect(newsroom: Newsroom, site: Site, key: str, *pieces: Piece, link: str = "") -> None:
    items = "".join(
        f"<item><guid isPermaLink='false'>{number}</guid><link>{link or f'http://{key}.test/{number}'}</link>"
        f"<title>{title}</title><description>{text}</description></item>"
        for number, (title, text) in enumerate(pieces)
    )
    url = site.put(f"/{key}", f"<rss version='2.0'><channel><title>源</title>{items}</channel></rss>")
    collect_source(newsroom, source(newsroom, url, key), NOW)


def repeated(newsroom: Newsroom) -> list[int | None]:
    """Of each article the one that it repeats; what repeats nothing is in a cluster of its own."""
    with newsroom.store.reading() as session:
        rows = session.exec(select(Article).order_by(Article.id)).all()
        own = [row.cluster_id for row in rows if row.duplicate_of is None]
        assert len(own) == len(set(own))
        return [row.duplicate_of for row in rows]


def test_warnings_and_quakes_of_one_round_repeat_none_of_each_other(newsroom: Newsroom, site: Site) -> None:
    collect(newsroom, site, "a", ISSUED, *OTHERS)
    assert repeated(newsroom) == [None] * 6


def test_a_warning_that_is_raised_or_lifted_later_stands_for_itself_and_its_reprint_below_it(
    newsroom: Newsroom, site: Site
) -> None:
    collect(newsroom, site, "a", ISSUED)
    collect(newsroom, site, "b", *OTHERS)
    collect(newsroom, site, "c", REPRINT, ISSUED)
    assert repeated(newsroom) == [None] * 6 + [2, 1]


def test_warnings_that_share_one_page_and_one_headline_stand_for_themselves(newsroom: Newsroom, site: Site) -> None:
    pieces = [("气象灾害预警信号", text) for _, text in (ISSUED, *OTHERS[:3])]
    collect(newsroom, site, "a", pieces[0], link="http://a.test/now")
    collect(newsroom, site, "b", *pieces[1:], link="http://a.test/now")
    assert repeated(newsroom) == [None] * 4


def test_articles_signed_before_marks_were_kept_are_told_apart_once_they_are_signed_anew(
    newsroom: Newsroom, site: Site
) -> None:
    collect(newsroom, site, "a", ISSUED)
    with newsroom.store.session() as session:
        session.exec(update(ArticleSignature).values(version=2, packed=b"\x02"))
    assert sign_due(newsroom) == 1
    collect(newsroom, site, "b", OTHERS[0], ("长春寒潮", ISSUED[1]))
    assert repeated(newsroom) == [None, None, 1]


def test_a_page_whose_warning_was_raised_leaves_the_reprints_of_the_old_one(newsroom: Newsroom, site: Site) -> None:
    collect(newsroom, site, "a", ISSUED)
    collect(newsroom, site, "b", ("长春寒潮", ISSUED[1]))
    assert repeated(newsroom) == [None, 1]
    collect(newsroom, site, "a", OTHERS[0])
    assert repeated(newsroom) == [None, None]
    collect(newsroom, site, "c", REPRINT, ("长春降温", ISSUED[1]))
    assert repeated(newsroom) == [None, None, 1, 2]
