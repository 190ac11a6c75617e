"""A person's word on what is the same, and which article of a cluster is shown first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from loopback import Site
from sqlmodel import select

from config.files import lexicon_files
from content_store import log, sources
from content_store.clusters import Member
from content_store.database import Store
from content_store.media import MediaFolder
from content_store.tables import Article, Cluster, EventReport
from content_store.vault import Vault
from steps.cluster_tops import best
from steps.collect import collect_source
from steps.errors import Missing, Refused
from steps.newsroom import Newsroom
from steps.placing import number_in, put_in, take_out
from steps.same_event import join_due

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
LAKE = "长白山天池位于吉林省东南部，是松花江、图们江和鸭绿江的源头。火山监测站常年记录地震、形变和气体，科研人员据此判断岩浆活动的变化。"
SHOT = "接种流感疫苗是预防流感最有效的手段，每年都要接种一次，最好在流感季到来之前完成，老人和儿童优先，过敏者应先咨询医生。"
FIRE = (
    "松花湖游船起火无人伤亡",
    "11月20日下午，吉林市松花湖一艘观光游船机舱起火，船上32名游客全部转移上岸。消防部门称起火原因是电线老化。",
)
AGAIN = (
    "观光船机舱冒烟，32名游客获救",
    "记者从吉林市消防部门获悉，20日在松花湖上行驶的一艘观光游船突然起火，32名游客被转移到岸上，没有人受伤。",
)


@pytest.fixture
def newsroom(store: Store, tmp_path: Path) -> Newsroom:
    return Newsroom(
        store=store,
        media=MediaFolder(tmp_path / "media"),
        vault=Vault(Fernet.generate_key()),
        lexicon_files=lexicon_files(),
        site_url="http://127.0.0.1",
        now=lambda: NOW,
        chance=lambda: 0.5,
    )


def collect(newsroom: Newsroom, site: Site, key: str, *entries: tuple[str, str], trust: int = 3) -> None:
    """A visit to the source of that key, whose entries are numbered."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{number}</guid><link>http://{key}.test/{number}</link><title>{title}</title><description>{text}</description></item>"
        for number, (title, text) in enumerate(entries)
    )
    url = site.put(f"/{key}", f"<rss version='2.0'><channel><title>源</title>{items}</channel></rss>")
    with newsroom.store.session() as session:
        row = sources.put(session, key, {"kind": "rss", "url": url, "name": key, "trust": trust}, now=NOW)
        number = row.id or 0
    collect_source(newsroom, number, NOW)


def clusters_of(newsroom: Newsroom) -> list[tuple[list[int], int | None]]:
    """The articles of each cluster that has some, with the one shown first; the sizes are checked."""
    with newsroom.store.reading() as session:
        rows = session.exec(select(Article).order_by(Article.id)).all()
        found = []
        for cluster in session.exec(select(Cluster).order_by(Cluster.id)):
            inside = [row.id or 0 for row in rows if row.cluster_id == cluster.id]
            assert cluster.size == len(inside)
            assert bool(inside) == (cluster.top_article_id in inside)
            if inside:
                found.append((inside, cluster.top_article_id))
        return found


def article(newsroom: Newsroom, number: int) -> Article:
    with newsroom.store.reading() as session:
        return session.get_one(Article, number)


def test_an_original_that_is_rewritten_leaves_its_reprints_and_the_first_of_them_is_in_its_place(
    newsroom: Newsroom, site: Site
) -> None:
    collect(newsroom, site, "a", ("天池的来历", LAKE), trust=5)
    collect(newsroom, site, "b", ("天池之谜", LAKE))
    collect(newsroom, site, "c", ("再说天池", LAKE))
    assert clusters_of(newsroom) == [([1, 2, 3], 1)]
    collect(newsroom, site, "a", ("打疫苗要趁早", SHOT), trust=5)
    assert clusters_of(newsroom) == [([2, 3], 2), ([1], 1)]
    assert (article(newsroom, 2).duplicate_of, article(newsroom, 3).duplicate_of) == (None, 2)
    collect(newsroom, site, "d", ("流感季到来之前", SHOT))
    assert clusters_of(newsroom) == [([2, 3], 2), ([1, 4], 1)]


def test_an_original_that_is_only_corrected_stays(newsroom: Newsroom, site: Site) -> None:
    collect(newsroom, site, "a", ("天池的来历", LAKE))
    collect(newsroom, site, "b", ("天池之谜", LAKE))
    collect(newsroom, site, "a", ("天池的来历", LAKE + "更正：监测站建于1999年。"))
    assert clusters_of(newsroom) == [([1, 2], 1)]


def test_a_report_that_is_rewritten_is_compared_with_other_events_anew(newsroom: Newsroom, site: Site) -> None:
    collect(newsroom, site, "a", FIRE)
    collect(newsroom, site, "b", AGAIN)
    join_due(newsroom, NOW)
    assert clusters_of(newsroom) == [([1, 2], 1)]
    collect(newsroom, site, "b", ("打疫苗要趁早", SHOT))
    assert clusters_of(newsroom) == [([1], 1), ([2], 2)]
    with newsroom.store.reading() as session:
        assert session.get(EventReport, 2) is None
    join_due(newsroom, NOW)
    assert clusters_of(newsroom) == [([1], 1), ([2], 2)]


def test_what_a_person_took_out_stays_out_in_every_later_round(newsroom: Newsroom, site: Site) -> None:
    collect(newsroom, site, "a", ("天池的来历", LAKE))
    collect(newsroom, site, "b", ("天池之谜", LAKE))
    take_out(newsroom, 2, by="小李", now=NOW)
    assert clusters_of(newsroom) == [([1], 1), ([2], 2)]
    collect(newsroom, site, "b", ("天池之谜", LAKE + "本报有改动。"))
    join_due(newsroom, NOW)
    assert clusters_of(newsroom) == [([1], 1), ([2], 2)]
    assert article(newsroom, 2).revision == 2
    with newsroom.store.reading() as session:
        [entry] = log.of(session, "article", 2)
    assert (entry.act, entry.actor) == ("taken_out", "小李")


def test_reports_of_one_event_that_a_person_parted_are_not_joined_again(newsroom: Newsroom, site: Site) -> None:
    collect(newsroom, site, "a", FIRE)
    collect(newsroom, site, "b", AGAIN)
    join_due(newsroom, NOW)
    take_out(newsroom, 1, by="小李", now=NOW)
    assert clusters_of(newsroom) == [([2], 2), ([1], 1)]
    with newsroom.store.session() as session:
        session.delete(session.get_one(EventReport, 2))  # as where a newer version compares all anew
    join_due(newsroom, NOW)
    assert clusters_of(newsroom) == [([2], 2), ([1], 1)]


def test_what_a_person_put_in_stays_in_though_it_is_rewritten(newsroom: Newsroom, site: Site) -> None:
    collect(newsroom, site, "a", ("天池的来历", LAKE))
    collect(newsroom, site, "b", ("打疫苗要趁早", SHOT), trust=5)
    put_in(newsroom, 1, 2, by="小李", now=NOW)
    assert clusters_of(newsroom) == [([1, 2], 2)]
    assert article(newsroom, 1).duplicate_of is None, "another report, no reprint"
    collect(
        newsroom,
        site,
        "a",
        ("吉林的湿地", "莫莫格湿地的候鸟多起来了，专家提醒观鸟时保持距离，不要投喂，也不要大声喧哗。"),
    )
    join_due(newsroom, NOW)
    assert clusters_of(newsroom) == [([1, 2], 2)]


def test_a_piece_that_was_taken_out_can_be_put_in_again_and_is_a_reprint_as_before(
    newsroom: Newsroom, site: Site
) -> None:
    collect(newsroom, site, "a", ("天池的来历", LAKE))
    collect(newsroom, site, "b", ("天池之谜", LAKE))
    take_out(newsroom, 1, by="小李", now=NOW)
    put_in(newsroom, 1, 2, by="小李", now=NOW)
    assert clusters_of(newsroom) == [([1, 2], 1)]
    assert (article(newsroom, 1).duplicate_of, article(newsroom, 2).duplicate_of) == (2, None)


def at_once(*acts: Callable[[], None]) -> list[BaseException | None]:
    """Each in a thread of its own, begun together; what each raised."""
    begun = threading.Barrier(len(acts))

    def act(one: Callable[[], None]) -> None:
        begun.wait()
        one()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.exception() for future in [pool.submit(act, one) for one in acts]]


def test_two_people_who_put_two_pieces_together_at_once_leave_them_together(newsroom: Newsroom, site: Site) -> None:
    for number in range(12):
        entries = (
            (f"天池的来历{number}", LAKE[number:] + str(number) * 30),
            (f"打疫苗{number}", SHOT[number:] + str(number) * 30),
        )
        for place, entry in enumerate(entries):
            collect(newsroom, site, f"s{number}-{place}", entry)
    with newsroom.store.reading() as session:
        numbers = [number or 0 for number in session.exec(select(Article.id).order_by(Article.id))]
    for one, other in zip(numbers[::2], numbers[1::2], strict=True):
        if article(newsroom, one).cluster_id == article(newsroom, other).cluster_id:
            continue
        failed = at_once(
            lambda one=one, other=other: put_in(newsroom, one, other, by="王编", now=NOW),
            lambda one=one, other=other: put_in(newsroom, other, one, by="李编", now=NOW),
        )
        assert article(newsroom, one).cluster_id == article(newsroom, other).cluster_id
        assert [isinstance(each, Refused) for each in failed if each] == [True], "the second one is told"
    clusters_of(newsroom)


def test_a_piece_put_into_two_clusters_at_once_is_in_one_and_both_are_counted(newsroom: Newsroom, site: Site) -> None:
    for key, entry in (("a", ("天池的来历", LAKE)), ("b", ("打疫苗要趁早", SHOT)), ("c", FIRE)):
        collect(newsroom, site, key, entry)
    for _ in range(6):
        at_once(
            lambda: put_in(newsroom, 1, 2, by="王编", now=NOW),
            lambda: put_in(newsroom, 1, 3, by="李编", now=NOW),
        )
        clusters_of(newsroom)
        at_once(*[lambda: take_out(newsroom, 1, by="王编", now=NOW)] * 2)
        clusters_of(newsroom)


def test_what_makes_no_sense_is_refused(newsroom: Newsroom, site: Site) -> None:
    collect(newsroom, site, "a", ("天池的来历", LAKE), ("天池之谜", LAKE), ("打疫苗要趁早", SHOT))
    with pytest.raises(Refused, match="没有同题"):
        take_out(newsroom, 3, by="小李", now=NOW)
    with pytest.raises(Refused, match="已经是同题"):
        put_in(newsroom, 1, 2, by="小李", now=NOW)
    with pytest.raises(Missing):
        put_in(newsroom, 1, 99, by="小李", now=NOW)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        (" 12 ", 12),
        ("http://127.0.0.1:8800/articles/12", 12),
        ("/articles/12?marks=true", 12),
        ("http://a.test/news/12", None),
        ("十二", None),
        ("1" * 30, None),
        ("http://[", None),
    ],
)
def test_an_article_is_named_by_its_number_or_the_address_of_its_page(said: str, number: int | None) -> None:
    assert number_in(said) == number


def member(number: int, **values: object) -> Member:
    known = {"trust": 3, "source_name": "", "source_title": "长春日报", "published_at": NOW, "chars": 100}
    return Member(id=number, **(known | values))  # type: ignore[arg-type]  # the values of each case


EARLIER = NOW - timedelta(hours=1)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(
            {"trust": 4, "source_name": "吉林日报"},
            {"source_name": "长春日报", "published_at": EARLIER},
            id="trust first",
        ),
        pytest.param({"source_name": "长春日报客户端"}, {"published_at": EARLIER}, id="names itself before nobody"),
        pytest.param({}, {"source_name": "吉林日报", "published_at": EARLIER}, id="nobody before another"),
        pytest.param({"published_at": EARLIER}, {"chars": 900}, id="earliest"),
        pytest.param({}, {"published_at": None, "chars": 900}, id="a time before none"),
        pytest.param({"chars": 400}, {}, id="longest"),
    ],
)
def test_of_a_cluster_what_seems_to_be_the_original_is_shown_first(
    first: dict[str, object], second: dict[str, object]
) -> None:
    assert best([member(1, **second), member(2, **first)]) == 2
    assert best([member(1, **first), member(2, **second)]) == 1
