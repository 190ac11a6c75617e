"""Collecting, with a real store and a real server."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loopback import Site, serving
from sqlmodel import select

from config.files import lexicon_files
from connectors.base import FetchedItem
from connectors.errors import FormatChanged, NeedsPerson, RetryLater
from connectors.http import HttpLimits
from connectors.patience import Patience
from content_store import collecting, log, sources
from content_store.database import Store
from content_store.media import MediaFolder
from content_store.tables import Alert, Article, ArticleRevision, Band, Cluster, KeptPage, Source
from content_store.vault import Vault
from steps import collect
from steps.collect import collect_due, collect_source
from steps.newsroom import Newsroom
from steps.prepared import Prepared, content_hash, prepare
from steps.storing import Portion, write

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
LONG = "长白山天池位于吉林省东南部，是松花江、图们江和鸭绿江的源头。火山监测站常年记录地震、形变和气体，科研人员据此判断岩浆活动的变化。"
OTHER = "接种流感疫苗是预防流感最有效的手段，每年都要接种一次，最好在流感季到来之前完成，老人和儿童优先，过敏者应先咨询医生。"


def newsroom_of(store: Store, tmp_path: Path) -> Newsroom:
    return Newsroom(
        store=store,
        media=MediaFolder(tmp_path / "media"),
        vault=Vault(Fernet.generate_key()),
        lexicon_files=lexicon_files(),
        site_url="http://127.0.0.1",
        http_limits=HttpLimits(connect_seconds=2, read_seconds=2, total_seconds=5),
        now=lambda: NOW,
        chance=lambda: 0.5,
    )


@pytest.fixture
def newsroom(store: Store, tmp_path: Path) -> Newsroom:
    return newsroom_of(store, tmp_path)


def source(newsroom: Newsroom, url: str, key: str = "feed", **values: object) -> int:
    with newsroom.store.session() as session:
        row = sources.put(session, key, {"kind": "rss", "url": url, "rhythm_minutes": 60} | values, now=NOW)
        assert row.id is not None
        return row.id


def feed(*entries: tuple[str, str, str]) -> str:
    items = "".join(
        f"<item><guid>{guid}</guid><title>{title}</title><link>http://a.test/{guid}</link>"
        f"<description>{text}</description></item>"
        for guid, title, text in entries
    )
    return f"<rss version='2.0'><channel><title>源</title>{items}</channel></rss>"


def rows(newsroom: Newsroom) -> dict[str, list[dict[str, object]]]:
    """Everything collecting writes, to be compared before and after."""
    with newsroom.store.reading() as session:
        return {
            table.__name__: [
                row.model_dump() for row in session.exec(select(table).order_by(*table.__table__.primary_key))
            ]
            for table in (Article, ArticleRevision, Cluster, Band)
        }


def test_a_feed_becomes_articles_and_the_cursor_is_kept(newsroom: Newsroom, site: Site) -> None:
    number = source(newsroom, site.put("/f", feed(("1", "天池的来历", LONG), ("2", "流感疫苗怎么打", OTHER))))
    assert collect_source(newsroom, number, NOW) == {"new": 2, "revised": 0, "same": 0, "bad": 0}
    with newsroom.store.reading() as session:
        row = session.get(Source, number)
        assert row is not None
        assert row.cursor["etag"]
        assert (row.failures, row.last_error, row.last_ok_at) == (0, "", NOW)
        assert row.next_at == NOW + timedelta(minutes=60)
        articles = session.exec(select(Article).order_by(Article.external_id)).all()
    assert [article.title for article in articles] == ["天池的来历", "流感疫苗怎么打"]
    assert articles[0].text == LONG
    assert articles[0].cluster_id != articles[1].cluster_id


def test_an_unchanged_feed_is_asked_for_conditionally_and_writes_nothing(newsroom: Newsroom, site: Site) -> None:
    number = source(newsroom, site.put("/f", feed(("1", "天池的来历", LONG))))
    collect_source(newsroom, number, NOW)
    before = rows(newsroom)
    assert collect_source(newsroom, number, NOW)["same"] == 0
    assert site.asked[1][1] != ""
    assert rows(newsroom) == before


def test_a_changed_text_keeps_the_old_one_beside_it(newsroom: Newsroom, site: Site) -> None:
    number = source(newsroom, site.put("/f", feed(("1", "天池的来历", LONG))))
    collect_source(newsroom, number, NOW)
    site.put("/f", feed(("1", "天池的来历（更正）", LONG + "文中数字已更正。")))
    assert collect_source(newsroom, number, NOW)["revised"] == 1
    with newsroom.store.reading() as session:
        article = session.exec(select(Article)).one()
        assert article.id is not None
        old = collecting.revisions_of(session, article.id)
    assert (article.revision, article.title) == (2, "天池的来历（更正）")
    assert [(revision.revision, revision.title, revision.text) for revision in old] == [(1, "天池的来历", LONG)]


def test_an_error_shown_at_its_address_does_not_push_an_article_out(newsroom: Newsroom, site: Site) -> None:
    number = source(newsroom, site.put("/f", feed(("1", "天池的来历", LONG * 4))))
    collect_source(newsroom, number, NOW)
    site.put("/f", feed(("1", "页面不存在", "您访问的页面已经删除，请返回首页。")))
    assert collect_source(newsroom, number, NOW) == {"new": 0, "revised": 0, "same": 0, "bad": 1}
    with newsroom.store.reading() as session:
        assert session.exec(select(Article)).one().text == LONG * 4
        assert "显示的是别的内容" in session.exec(select(Source)).one().last_error
    site.put("/f", feed(("1", "天池的来历", "您访问的文章不存在或已被删除，请返回首页。")))
    assert collect_source(newsroom, number, NOW)["bad"] == 1, "a headline may be lent by the list"
    site.put("/f", feed(("1", "天池的来历", LONG)))
    assert collect_source(newsroom, number, NOW)["revised"] == 1, "what its author cut is a revision"
    site.put("/f", feed(("1", "重要更正", "此前消息有误，特此更正，作业计划取消。")))
    assert collect_source(newsroom, number, NOW)["revised"] == 1, "what its author takes back is one as well"


def test_an_article_that_has_only_its_link_is_known_under_every_spelling_of_it(newsroom: Newsroom, site: Site) -> None:
    def entries(address: str) -> str:
        return (
            f"<rss version='2.0'><channel><item><title>天池的来历</title><link>{address}</link>"
            f"<description>{LONG}</description></item></channel></rss>"
        )

    number = source(newsroom, site.put("/f", entries("http://www.a.example/1.html?id=3&amp;spm=a.1")))
    collect_source(newsroom, number, NOW)
    for address in ("https://m.a.example/1.html?id=3&amp;spm=a.2", "http://a.example/1.html?id=3&amp;utm_source=wx"):
        site.put("/f", entries(address))
        assert collect_source(newsroom, number, NOW) == {"new": 0, "revised": 0, "same": 1, "bad": 0}
    site.put("/f", entries("http://a.example/1.html?id=4"))
    assert collect_source(newsroom, number, NOW)["new"] == 1


def test_a_full_text_is_not_replaced_by_the_summary_when_the_feed_has_something_new(
    newsroom: Newsroom, site: Site
) -> None:
    def entries(*names: str) -> str:
        items = "".join(
            f"<item><guid>{name}</guid><title>天池的第{name}个故事</title><link>{site.base}/{name}</link>"
            "<description>点击看全文</description></item>"
            for name in names
        )
        return f"<rss version='2.0'><channel>{items}</channel></rss>"

    for name in ("一", "二"):
        site.put(f"/{quote(name)}", f"<html><h1>天池的第{name}个故事</h1><p>{LONG}</p><p>{OTHER}</p></html>")
    number = source(newsroom, site.put("/f", entries("一")), settings={"full_text": True})
    collect_source(newsroom, number, NOW)
    site.put("/f", entries("二", "一"))
    assert collect_source(newsroom, number, NOW) == {"new": 1, "revised": 0, "same": 0, "bad": 0}
    with newsroom.store.reading() as session:
        texts = session.exec(select(Article.text)).all()
    assert [LONG in text for text in texts] == [True, True]


def test_a_reprint_joins_the_cluster_and_names_what_it_repeats(newsroom: Newsroom, site: Site) -> None:
    first = source(newsroom, site.put("/a", feed(("1", "天池的来历", LONG))), "a")
    second = source(newsroom, site.put("/b", feed(("9", "长白山天池之谜", "编者按：" + LONG))), "b", trust=5)
    collect_source(newsroom, first, NOW)
    collect_source(newsroom, second, NOW)
    with newsroom.store.reading() as session:
        original, reprint = session.exec(select(Article).order_by(Article.id)).all()
        cluster = session.get(Cluster, original.cluster_id)
    assert cluster is not None
    assert reprint.cluster_id == original.cluster_id
    assert reprint.duplicate_of == original.id
    assert reprint.similarity is not None
    assert reprint.similarity > 0.9
    assert cluster.size == 2
    assert cluster.top_article_id == reprint.id, "the more trusted source is shown first"


def test_a_reprint_that_is_rewritten_leaves_the_cluster_and_draws_nobody_into_it(
    newsroom: Newsroom, site: Site
) -> None:
    first = source(newsroom, site.put("/a", feed(("1", "天池的来历", LONG))), "a")
    second = source(newsroom, site.put("/b", feed(("9", "长白山天池之谜", "编者按：" + LONG))), "b", trust=5)
    third = source(newsroom, site.put("/c", feed(("5", "天池为什么不结冰", LONG))), "c")
    for number in (first, second, third):
        collect_source(newsroom, number, NOW)
    site.put("/b", feed(("9", "流感疫苗怎么打", OTHER)))
    collect_source(newsroom, second, NOW)
    collect_source(newsroom, source(newsroom, site.put("/d", feed(("7", "流感疫苗", OTHER))), "d"), NOW)
    with newsroom.store.reading() as session:
        original, rewritten, other, late = session.exec(select(Article).order_by(Article.id)).all()
        old, new = session.get(Cluster, original.cluster_id), session.get(Cluster, rewritten.cluster_id)
    assert old is not None
    assert new is not None
    assert (old.size, old.top_article_id, other.cluster_id) == (2, original.id, original.cluster_id)
    assert (new.size, late.cluster_id, late.duplicate_of) == (2, rewritten.cluster_id, rewritten.id)
    assert (rewritten.duplicate_of, other.duplicate_of, original.duplicate_of) == (None, original.id, None)


@pytest.mark.parametrize(
    ("reply", "error", "said"),
    [
        ({"body": "<html><body>维护中</body></html>"}, FormatChanged, "普通网页"),
        ({"body": "", "status": 503}, RetryLater, "503"),
        ({"body": "", "status": 403}, NeedsPerson, "拒绝访问"),
        ({"body": "", "status": 404}, NeedsPerson, "没有这个网页"),
        ({"body": "<rss>", "truncated": True}, RetryLater, "没有给出完整答复"),
    ],
)
def test_a_failure_is_written_to_the_source_with_its_reason(
    newsroom: Newsroom, site: Site, reply: dict[str, object], error: type[Exception], said: str
) -> None:
    number = source(newsroom, site.put("/f", **reply))  # type: ignore[arg-type]  # the cases above name the fields
    with pytest.raises(error):
        collect_source(newsroom, number, NOW)
    with newsroom.store.reading() as session:
        row = session.get(Source, number)
    assert row is not None
    assert said in row.last_error
    assert row.failures == 1
    assert row.cursor == {}
    assert row.next_at is not None
    assert row.next_at > NOW


def test_a_source_that_recovers_forgets_its_failures(newsroom: Newsroom, site: Site) -> None:
    number = source(newsroom, site.put("/f", "", status=500))
    for _ in range(3):
        with pytest.raises(RetryLater):
            collect_source(newsroom, number, NOW)
    site.put("/f", feed(("1", "天池的来历", LONG)))
    collect_source(newsroom, number, NOW)
    with newsroom.store.reading() as session:
        row = session.get(Source, number)
    assert row is not None
    assert (row.failures, row.last_error) == (0, "")


def test_one_bad_source_does_not_stop_the_round(newsroom: Newsroom, site: Site) -> None:
    source(newsroom, site.put("/bad", "not a feed"), "bad")
    source(newsroom, "http://127.0.0.1:1/none", "gone")
    source(newsroom, site.base + "/f", "unknown-kind", kind="fax")
    source(newsroom, "http://[::1", "no-address")
    source(newsroom, site.put("/f", feed(("1", "天池的来历", LONG))), "good")
    counts = collect_due(newsroom, NOW)
    assert counts == {"sources": 5, "failed": 4, "new": 1, "revised": 0, "same": 0, "bad": 0}
    with newsroom.store.reading() as session:
        failed = {row.key: row.last_error for row in sources.listed(session)}
    assert "RSS" in failed["bad"]
    assert "连不上" in failed["gone"]
    assert "fax" in failed["unknown-kind"]
    assert "网址" in failed["no-address"]


def test_a_defect_in_a_connector_fails_only_its_source(
    newsroom: Newsroom, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    source(newsroom, site.put("/x", feed(("1", "甲", LONG))), "x")
    source(newsroom, site.put("/f", feed(("1", "天池的来历", LONG))), "good")
    visit = collect._visit

    def broken(room: Newsroom, row: Source, patience: Patience) -> object:
        if row.key == "x":
            raise ZeroDivisionError
        return visit(room, row, patience)

    monkeypatch.setattr(collect, "_visit", broken)
    counts = collect_due(newsroom, NOW)
    assert (counts["failed"], counts["new"]) == (1, 1)


@pytest.mark.parametrize("failure", [NeedsPerson("读不到"), ZeroDivisionError(), None])
def test_a_source_removed_while_it_is_visited_does_not_stop_the_round(
    newsroom: Newsroom, site: Site, monkeypatch: pytest.MonkeyPatch, failure: Exception | None
) -> None:
    source(newsroom, site.put("/x", feed(("1", "甲", LONG))), "x")
    source(newsroom, site.put("/f", feed(("1", "天池的来历", LONG))), "good")
    visit = collect._visit

    def removed_meanwhile(room: Newsroom, row: Source, patience: Patience) -> object:
        if row.key != "x":
            return visit(room, row, patience)
        seen = visit(room, row, patience)
        with room.store.session() as session:
            gone = session.get(Source, row.id)
            assert gone is not None
            assert collecting.take_away(session, gone)
        if failure:
            raise failure
        return seen

    monkeypatch.setattr(collect, "_visit", removed_meanwhile)
    visits = {visit.key: visit for visit in collect.collect_each(newsroom, NOW)}
    assert visits["good"].counts["new"] == 1
    assert bool(visits["x"].error) == bool(failure)


def test_a_failure_that_cannot_be_written_down_does_not_stop_the_round(
    newsroom: Newsroom, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    source(newsroom, site.put("/x", "not a feed"), "x")
    source(newsroom, site.put("/f", feed(("1", "天池的来历", LONG))), "good")

    def broken(*arguments: object, **values: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(collecting, "failed", broken)
    visits = {visit.key: visit for visit in collect.collect_each(newsroom, NOW)}
    assert "RSS" in visits["x"].error
    assert visits["good"].counts["new"] == 1


def test_only_sources_whose_time_has_come_are_visited_unless_named(newsroom: Newsroom, site: Site) -> None:
    source(newsroom, site.put("/f", feed(("1", "天池的来历", LONG))))
    assert collect_due(newsroom, NOW)["sources"] == 1
    assert collect_due(newsroom, NOW + timedelta(minutes=59))["sources"] == 0
    assert collect_due(newsroom, NOW + timedelta(minutes=60))["sources"] == 1
    assert collect_due(newsroom, NOW, ["feed"])["sources"] == 1


def test_a_round_that_is_killed_halfway_begins_again_where_it_stopped(
    newsroom: Newsroom, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collect, "BATCH", 10)
    entries = [(str(n), f"第{n}篇", f"{LONG}第{n}篇的内容与别篇不同{n * 7919}。") for n in range(25)]
    number = source(newsroom, site.put("/f", feed(*entries)))
    write = collect.write
    calls = []

    def killed(*arguments: object) -> object:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return write(*arguments)  # type: ignore[arg-type]  # passed through as they came

    monkeypatch.setattr(collect, "write", killed)
    with pytest.raises(KeyboardInterrupt):
        collect_source(newsroom, number, NOW)
    with newsroom.store.reading() as session:
        assert len(session.exec(select(Article)).all()) == collect.BATCH
        row = session.get(Source, number)
        assert row is not None
        assert row.cursor == {}
    counts = collect_source(newsroom, number, NOW)
    assert (counts["new"], counts["same"]) == (15, 10)
    assert collect_source(newsroom, number, NOW)["new"] == 0


def test_a_listing_page_leads_to_articles_with_their_pictures(newsroom: Newsroom, site: Site) -> None:
    site.put(
        "/p1.html", page("长白山火山是休眠火山吗", LONG * 3).encode("gb18030"), headers={"Content-Type": "text/html"}
    )
    site.put("/p2.html", "", status=500)
    listing = (
        "<a href='/p1.html'>长白山火山是休眠火山吗</a><a href='p2.html'>松花江流域的鱼类有哪些</a><a href='/'>首页</a>"
    )
    number = source(newsroom, site.put("/list", f"<html><body>{listing}</body></html>"), kind="webpage")
    assert collect_source(newsroom, number, NOW) == {"new": 1, "revised": 0, "same": 0, "bad": 1}
    with newsroom.store.reading() as session:
        article = session.exec(select(Article)).one()
        assert article.id is not None
        pictures = collecting.pictures_of(session, article.id)
        row = session.get(Source, number)
    assert article.title == "长白山火山是休眠火山吗"
    assert article.source_name == "吉林日报"
    assert article.published_at == datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
    assert LONG in article.text
    assert [picture.url for picture in pictures] == [f"{site.base}/tianchi.jpg"]
    assert row is not None
    assert "p2.html" in row.last_error
    site.put("/p2.html", page("松花江流域的鱼类有哪些", OTHER * 3))
    assert collect_source(newsroom, number, NOW)["new"] == 1, "what failed is asked for again, the rest is not"
    assert site.times("/p1.html") == 1


def test_an_unchanged_listing_forgets_nothing_of_what_it_has_seen(newsroom: Newsroom, site: Site) -> None:
    def listing(*links: str) -> None:
        rows = "".join(f"<a href='{link}'>长白山火山是休眠火山吗</a>" for link in links)
        site.put("/list", f"<html>{rows}</html>", headers={"ETag": ""})

    site.put("/1.html", page("长白山火山是休眠火山吗", LONG * 3))
    site.put("/2.html", page("松花江流域的鱼类有哪些", OTHER * 3))
    listing("/1.html")
    number = source(newsroom, site.base + "/list", kind="webpage")
    assert collect_source(newsroom, number, NOW)["new"] == 1
    collect_source(newsroom, number, NOW)
    listing("/2.html", "/1.html")
    assert collect_source(newsroom, number, NOW) == {"new": 1, "revised": 0, "same": 0, "bad": 0}
    assert site.times("/1.html") == 1


def alert(identifier: str) -> str:
    return (
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
        f"<identifier>{identifier}</identifier><sender>22000041600000</sender><sent>2026-11-26T11:50:00+08:00</sent>"
        "<status>Actual</status><msgType>Alert</msgType><scope>Public</scope><info><language>zh-CN</language>"
        "<category>Met</category><event>道路冰雪</event><urgency>Expected</urgency><severity>Severe</severity>"
        "<certainty>Likely</certainty><expires>2026-11-27T11:50:00+08:00</expires><senderName>吉林省气象台</senderName>"
        f"<headline>吉林省气象台发布道路冰雪橙色预警信号</headline><description>{identifier}，{LONG}</description>"
        "<area><areaDesc>长春市</areaDesc></area></info></alert>"
    )


def test_an_alert_reaches_the_fast_track_once_and_is_an_article_too(newsroom: Newsroom, site: Site) -> None:
    entries = "".join(f"<entry><id>{n}</id><content type='text/xml'>{alert(n)}</content></entry>" for n in "ab")
    url = site.put("/cap", f"<feed xmlns='http://www.w3.org/2005/Atom'>{entries}</feed>")
    number = source(newsroom, url, kind="cap")
    assert collect_source(newsroom, number, NOW)["new"] == 2
    site.put("/cap", f"<feed xmlns='http://www.w3.org/2005/Atom'><title>又来</title>{entries}</feed>")
    assert collect_source(newsroom, number, NOW)["same"] == 2
    with newsroom.store.reading() as session:
        alerts = session.exec(select(Alert)).all()
        titles = {article.title for article in session.exec(select(Article))}
    assert sorted(alert.identifier for alert in alerts) == ["a", "b"]
    assert titles == {"吉林省气象台发布道路冰雪橙色预警信号"}


def test_an_alert_that_goes_wrong_holds_up_no_other_and_comes_again(
    newsroom: Newsroom, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = "".join(f"<entry><id>{n}</id><content type='text/xml'>{alert(n)}</content></entry>" for n in "ab")
    url = site.put("/cap", f"<feed xmlns='http://www.w3.org/2005/Atom'>{entries}</feed>")
    number = source(newsroom, url, kind="cap")
    real = collect.receive

    def broken(room: Newsroom, xml: bytes, now: datetime) -> object:
        if b"identifier>a<" in xml:
            raise ZeroDivisionError
        return real(room, xml, now)

    monkeypatch.setattr(collect, "receive", broken)
    assert collect_due(newsroom, NOW)["failed"] == 1
    monkeypatch.undo()
    with newsroom.store.reading() as session:
        assert [row.identifier for row in session.exec(select(Alert))] == ["b"]
    collect_source(newsroom, number, NOW)
    with newsroom.store.reading() as session:
        assert sorted(row.identifier for row in session.exec(select(Alert))) == ["a", "b"]


def page(title: str, text: str) -> str:
    return (
        f"<html><head><meta charset='gb2312'><title>{title}_某某网</title></head><body><h1>{title}</h1>"
        f"<div>2026-11-20 08:30　来源：吉林日报</div><div id='c'><p>{text}</p><p><img data-src='/tianchi.jpg' src='x.gif'></p>"
        "</div></body></html>"
    )


STEP = st.lists(
    st.tuples(
        st.sampled_from("abcd"), st.sampled_from(["甲", "乙", "丙"]), st.sampled_from([LONG, OTHER, LONG + OTHER])
    ),
    max_size=5,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=1, max_size=4))
def test_any_sequence_of_feeds_is_idempotent_and_loses_no_text(
    sqlite_url: str, tmp_path: Path, steps: list[list[tuple[str, str, str]]]
) -> None:
    path = tmp_path / f"{uuid4().hex}.db"
    shutil.copy(sqlite_url.removeprefix("sqlite:///"), path)
    store = Store(f"sqlite:///{path}")
    newsroom = newsroom_of(store, tmp_path)
    seen: dict[str, list[str]] = {}
    with serving() as site:
        number = source(newsroom, site.base + "/f")
        for entries in steps:
            unique = list({guid: (guid, title, text) for guid, title, text in reversed(entries)}.values())
            site.put("/f", feed(*unique))
            for guid, title, text in unique:
                versions = seen.setdefault(guid, [])
                if not versions or versions[-1] != title + text:
                    versions.append(title + text)
            collect_source(newsroom, number, NOW)
            before = rows(newsroom)
            with store.session() as session:
                row = session.get(Source, number)
                assert row is not None
                row.cursor = {}
            collect_source(newsroom, number, NOW)
            assert rows(newsroom) == before
    with store.reading() as session:
        for article in session.exec(select(Article)):
            assert article.id is not None
            old = [revision.title + revision.text for revision in collecting.revisions_of(session, article.id)]
            assert [*old, article.title + article.text] == seen[article.external_id]
            assert article.cluster_id is not None
        for cluster in session.exec(select(Cluster)):
            assert cluster.size == len(session.exec(select(Article).where(Article.cluster_id == cluster.id)).all())
    store.close()


def test_a_moved_picture_server_is_no_revision() -> None:
    from connectors.base import FetchedItem

    one = FetchedItem(
        external_id="1", url="http://a.test/1", title="甲", text=LONG, html="<img src='http://x.test/1.jpg'>"
    )
    other = one.model_copy(update={"html": "<img src='http://y.test/1.jpg'>"})
    assert content_hash(one) == content_hash(other)
    assert prepare(one, 1).values["content_hash"] == content_hash(one)


def test_a_source_that_keeps_failing_and_one_that_recovered_stand_in_the_log(newsroom: Newsroom, site: Site) -> None:
    number = source(newsroom, site.put("/f", "", status=500))
    for _ in range(5):
        with pytest.raises(RetryLater):
            collect_source(newsroom, number, NOW)
    site.put("/f", feed(("1", "天池的来历", LONG)))
    collect_source(newsroom, number, NOW)
    collect_source(newsroom, number, NOW)
    with newsroom.store.reading() as session:
        acts = [row.act for row in log.of(session, "source", number)]
        row = session.get(Source, number)
    assert acts == ["failing", "recovered"]
    assert row is not None
    assert row.news == [NOW.isoformat()]


def test_of_the_answers_nobody_understood_the_newest_are_kept_each_once(newsroom: Newsroom, site: Site) -> None:
    number = source(newsroom, f"{site.base}/f")
    for text in ("一", "一", "二", "三", "四", "五"):
        site.put("/f", f"<html><body>{text}</body></html>")
        with pytest.raises(FormatChanged):
            collect_source(newsroom, number, NOW)
    with newsroom.store.reading() as session:
        kept = session.exec(select(KeptPage).order_by(KeptPage.id)).all()
    assert [row.body.decode()[12:13] for row in kept] == ["三", "四", "五"]
    assert all(row.reason for row in kept)


def test_an_article_the_store_refuses_costs_no_other_its_place(
    newsroom: Newsroom, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = source(
        newsroom, site.put("/f", feed(("1", "天池的来历", LONG), ("2", "坏的", OTHER), ("3", "冰雪", "好" * 90)))
    )
    whole = collect.prepare

    def without_a_hash(item: FetchedItem, source_id: int) -> Prepared:
        made = whole(item, source_id)
        return replace(made, values=made.values | {"content_hash": None}) if item.title == "坏的" else made

    monkeypatch.setattr(collect, "prepare", without_a_hash)
    assert collect_source(newsroom, number, NOW) == {"new": 2, "revised": 0, "same": 0, "bad": 1}
    with newsroom.store.reading() as session:
        row = session.get(Source, number)
        titles = session.exec(select(Article.title).order_by(Article.external_id)).all()
    assert titles == ["天池的来历", "冰雪"]
    assert row is not None
    assert row.cursor, "the source goes on"
    assert "存不进数据库" in row.last_error


def test_one_piece_from_two_sources_makes_a_cluster_under_the_more_trusted(newsroom: Newsroom, site: Site) -> None:
    numbers = [source(newsroom, site.put(f"/{key}", feed()), key, trust=trust) for key, trust in (("a", 2), ("b", 5))]
    with newsroom.store.reading() as session:
        found = [session.get_one(Source, number) for number in numbers]
    item = FetchedItem(external_id="1", url="", title="天池的来历", text=LONG)
    for row in found:
        write(newsroom.store, Portion(row, [prepare(item, row.id or 0)], NOW))
    with newsroom.store.reading() as session:
        first, second = session.exec(select(Article).order_by(Article.id)).all()
        [cluster] = session.exec(select(Cluster)).all()
    assert (first.source_id, second.duplicate_of) == (numbers[0], first.id)
    assert (cluster.size, cluster.top_article_id) == (2, second.id)


def test_the_files_an_article_links_to_are_kept_with_it(newsroom: Newsroom, site: Site) -> None:
    body = f"<p>{LONG}</p><p>{OTHER}</p><p>附件：<a href='/files/1.pdf'>天池监测年报.pdf</a></p>"
    page = site.put(
        "/a/1.html", f"<html><head><title>天池监测年报</title></head><body><h1>天池监测年报</h1>{body}</body></html>"
    )
    listing = site.put("/list", f"<a class='go' href='{page}'>吉林省发布天池火山监测年报</a>")
    number = source(newsroom, listing, kind="webpage", settings={"item": "a.go"})
    assert collect_source(newsroom, number, NOW)["new"] == 1
    with newsroom.store.reading() as session:
        article = session.exec(select(Article)).one()
    address = page.replace("/a/1.html", "/files/1.pdf")
    assert article.attachments == [{"name": "天池监测年报.pdf", "url": address, "kind": "pdf"}]


def test_pieces_that_come_together_are_compared_with_each_other_and_with_what_is_stored(
    newsroom: Newsroom, site: Site
) -> None:
    collect_source(newsroom, source(newsroom, site.put("/a", feed(("0", "流感疫苗怎么打", OTHER))), "a"), NOW)
    batch = feed(
        ("1", "天池的来历", LONG),
        ("2", "长白山天池之谜", "编者按：" + LONG),
        ("3", "打疫苗要趁早", OTHER + "转自外报。"),
    )
    collect_source(newsroom, source(newsroom, site.put("/b", batch), "b"), NOW)
    with newsroom.store.reading() as session:
        rows = {row.external_id: row for row in session.exec(select(Article))}
        sizes = {row.id: (row.size, row.top_article_id) for row in session.exec(select(Cluster))}
    assert rows["2"].duplicate_of == rows["1"].id
    assert rows["3"].duplicate_of == rows["0"].id
    assert rows["1"].duplicate_of is None
    assert sizes == {rows["1"].cluster_id: (2, rows["1"].id), rows["0"].cluster_id: (2, rows["0"].id)}
    assert (rows["2"].cluster_id, rows["3"].cluster_id) == (rows["1"].cluster_id, rows["0"].cluster_id)
