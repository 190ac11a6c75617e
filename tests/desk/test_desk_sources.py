"""The list of sources, the page of one, and what is decided about them."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import datetime, timedelta
from threading import BoundedSemaphore, Event

import pytest
from conftest_desk import Login, World, seed
from loopback import Site
from source_parts import every, feed, saved, the

from content_store import source_figures, sources
from content_store.database import Store
from content_store.tables import Source
from desk.health import STATES, health, per_day, rhythm
from desk.patience import TakesLonger, within
from steps.adding_sources import Wish, add, area_of, at_address, change, key_for, neighbour, remove
from steps.collect import collect_source
from steps.errors import Refused
from steps.trying_sources import rhythm_for, trust_of


def test_every_state_has_its_own_words_and_says_what_to_do(now: datetime) -> None:
    fine = {"created_at": now - timedelta(days=30), "last_ok_at": now, "last_new_at": now, "last_tried_at": now}
    cases = {
        "good": {},
        "off": {"enabled": False, "failures": 5},
        "failing": {"failures": 3, "next_at": now + timedelta(hours=2)},
        "stumbled": {"failures": 1},
        "waiting": {"last_ok_at": None},
        "quiet": {"last_new_at": now - timedelta(days=20)},
    }
    assert cases.keys() == STATES.keys()
    for state, values in cases.items():
        found = health(Source(key="a", kind="rss", name="甲", **(fine | values)), now)
        assert found.state == state
        assert found.told.endswith("。"), state
        assert "None" not in found.told, state
    warnings = Source(key="a", kind="cap", name="甲", **(fine | cases["quiet"]))
    assert health(warnings, now).state == "good"
    assert "20 天" in health(Source(key="a", kind="rss", name="甲", **(fine | cases["quiet"])), now).told


def test_a_failure_that_only_a_person_mends_is_not_called_nothing_to_do(now: datetime) -> None:
    row = Source(key="a", kind="rss", name="甲", failures=1, last_tried_at=now, created_at=now)
    row.last_error = "对方暂时不可用，稍后会再试。"
    assert "暂时不用处理" in health(row, now).told
    row.last_error = "这个网址返回的是普通网页，不是订阅源，请换成订阅源的网址。"
    assert "暂时不用处理" not in health(row, now).told
    assert "修改" in health(row, now).told


def test_the_list_counts_articles_names_areas_and_puts_trouble_first(world: World, as_person: Login) -> None:
    with world.newsroom.store.session() as session:
        row = sources.by_key(session, "shut")
        assert row is not None
        row.failures, row.last_error = 4, "对方拒绝访问，请确认是否允许采集。"
    html = as_person("editor").get("/sources").text
    assert html.index("某某周刊") < html.index("吉林省气象局")
    assert "对方拒绝访问" in html
    assert "长春市" in html
    assert "220100" not in re.sub(r'value="220100"', "", html)
    assert re.search(r'source=city&amp;days=all"[^>]*>2</a>', html)


def test_what_keeps_failing_or_fell_quiet_is_told_where_editors_look(world: World, as_person: Login) -> None:
    client, now = as_person("editor"), world.newsroom.now()
    assert "连续失败" not in client.get("/articles").text
    with world.newsroom.store.session() as session:
        failing, quiet, off = (sources.by_key(session, key) for key in ("jlmo", "city", "shut"))
        assert failing is not None
        assert quiet is not None
        assert off is not None
        failing.failures, quiet.last_ok_at, quiet.last_new_at = 3, now, now - timedelta(days=40)
        off.failures, off.enabled = 9, False
    for path in ("/articles", "/system"):
        html = client.get(path).text
        assert "1 个来源连续失败</a>：吉林省气象局" in html, path
        assert "1 个来源很久没有新内容</a>：长春日报" in html, path
        assert "某某周刊；" not in html, path
    found = client.get("/sources?state=quiet").text
    assert "长春日报" in found
    assert "吉林省气象局" not in found


FOUND = {
    "": {"jlmo", "city", "shut"},
    "q=气象": {"jlmo"},
    "q=127.0.0.1 shut": {"shut"},
    "q=没有": set(),
    "state=waiting": {"jlmo", "city", "shut"},
    "state=failing": set(),
    "reprint=ask": {"city"},
    "kind=cap": set(),
    "area=220100": {"jlmo", "city", "shut"},
    "area=%27": set(),
}


def test_search_and_filters_find_what_fits_and_nothing_else(as_person: Login) -> None:
    client = as_person("editor")
    found = {
        query: set(re.findall(r'href="/sources/(\w+)" data-open', client.get(f"/sources?{query}").text))
        for query in FOUND
    }
    assert found == FOUND


def test_the_page_of_a_source_shows_health_articles_settings_and_what_people_did(
    world: World, as_person: Login
) -> None:
    as_person("admin").post("/sources/city/enabled", data={"enabled": "false"})
    html = as_person("editor").get("/sources/city").text
    assert "已停用，不再采集" in html
    assert "暴雪天防寒指南（转载）" in html
    assert "近 14 天收到 2 篇" in html
    assert "需先征得同意" in html
    assert "冯管" in html
    assert "/sources/city/enabled" not in html
    assert "/sources/city/enabled" in as_person("admin").get("/sources/city").text
    assert as_person("editor").get("/sources/nobody").status_code == 404


def test_one_visit_at_the_press_of_a_button_says_what_it_brought(world: World, as_person: Login, outside: Site) -> None:
    client = as_person("editor")
    address = outside.put("/feed.xml", feed("天池为什么不冻", "冬季看雾凇"))
    client.post("/sources", data=saved(url=address))
    key = next(row.key for row in every(world) if row.url == address)
    assert client.post(f"/sources/{key}/collect").headers["location"] == f"/sources/{key}"
    assert "采集完成：新增 2 篇" in client.get(f"/sources/{key}").text
    outside.put("/feed.xml", "出错了", status=500)
    client.post(f"/sources/{key}/collect")
    html = client.get(f"/sources/{key}").text
    assert "HTTP 500" in html
    assert "最近一次没有成功" in html
    assert "手动采集" in html


def test_a_slow_visit_goes_on_behind_a_page_that_looks_until_it_is_over(
    world: World, as_person: Login, outside: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.pages.sources.PATIENCE", 0.05)
    go_on = Event()

    def slow(*given):
        go_on.wait(5)
        return collect_source(*given)

    monkeypatch.setattr("desk.pages.sources.collect_source", slow)
    client = as_person("editor")
    client.post("/sources", data=saved(url=outside.put("/feed.xml", feed("天池为什么不冻"))))
    key = next(row.key for row in every(world) if row.url.endswith("/feed.xml"))
    page = client.post(f"/sources/{key}/collect").headers["location"]
    assert page.startswith(f"/sources/{key}?since_visit=")
    html = client.get(page).text
    assert "正在采集" in html
    assert 'hx-trigger="every 2s"' in html
    go_on.set()
    until = time.monotonic() + 5
    while "正在采集" in html and time.monotonic() < until:
        time.sleep(0.05)
        html = client.get(page).text
    assert "采集完成" in html
    assert "天池为什么不冻" in html
    assert "every 2s" not in html


def test_nobody_waits_longer_than_the_page_says_and_not_everybody_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.patience._places", BoundedSemaphore(6))
    begun = time.monotonic()
    for _ in range(6):
        with pytest.raises(TakesLonger):
            within(0.01, lambda: time.sleep(0.3))
    with pytest.raises(Refused, match="过一会儿"):
        within(1, lambda: 1)
    assert time.monotonic() - begun < 0.3
    time.sleep(0.4)
    assert within(1, lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        within(1, lambda: 1 // 0)


def test_a_source_with_articles_is_only_switched_off_and_one_without_goes(world: World, as_person: Login) -> None:
    admin = as_person("admin")
    add(world.newsroom, Wish("rss", "http://127.0.0.1/x", "空"), by="冯管", now=world.newsroom.now())
    key = next(row.key for row in every(world) if row.name == "空")
    assert admin.post(f"/sources/{key}/remove").headers["location"] == "/sources"
    assert admin.post("/sources/city/remove").headers["location"] == "/sources/city"
    assert not the(world, "city").enabled
    assert "素材都保留" in admin.get("/sources/city").text
    assert key not in {row.key for row in every(world)}


def test_keys_come_from_the_host_and_are_never_taken_twice() -> None:
    assert key_for("https://kjt.jl.gov.cn/a/", set()) == "kjt-jl"
    assert key_for("https://kjt.jl.gov.cn/b/", {"kjt-jl", "kjt-jl-2"}) == "kjt-jl-3"
    assert key_for("https://www.news.cn/", set()) == "source"
    assert key_for("http://127.0.0.1:8/", set()) == "127-0-0-1"
    assert key_for("https://中文.中国/", set()) == "source"
    assert key_for("https://new.example/", {"new-example", "new"}) == "new-example-2"


def test_the_area_is_the_narrowest_that_the_name_speaks_of(world: World) -> None:
    areas = world.newsroom.areas
    names = ("长春市科学技术协会", "吉林省气象局", "农安县农技站", "人民网科普", "")
    assert [area_of(name, areas) for name in names] == ["220100", "220000", "220122", "", ""]


def test_trust_and_rhythm_are_proposed_by_address_and_times(now: datetime) -> None:
    hosts = ("https://kjt.jl.gov.cn/", "http://www.ciac.ac.cn/", "https://jlu.edu.cn/", "https://x.com/gov.cn")
    assert [trust_of(url) for url in hosts] == [5, 4, 4, 3]
    for hours, minutes in ((0.5, 15), (2, 30), (24, 240), (24 * 7, 1440)):
        assert rhythm_for([now - timedelta(hours=hours * back) for back in range(10)]) == minutes, hours
    assert rhythm_for([]) == 60
    assert rhythm_for([now, now]) == 60
    assert rhythm_for([], "cap") == 1
    assert [rhythm(minutes) for minutes in (15, 60, 90, 360, 1440, 4320)] == [
        "每 15 分钟", "每小时", "每 90 分钟", "每 6 小时", "每天", "每 3 天",
    ]  # fmt: skip


def test_days_are_beijing_days(now: datetime) -> None:
    late = now.replace(hour=17)  # one o'clock of the next day there
    days = per_day([late - timedelta(days=1), now, now - timedelta(days=40)], now, days=3)
    assert [(f"{day:%d}", number) for day, number in days] == [("24", 0), ("25", 0), ("26", 2)]


def test_a_second_column_of_a_known_site_has_its_neighbour_and_a_bare_number_has_none() -> None:
    rows = [Source(key=str(n), kind="rss", name="甲", url=url) for n, url in enumerate(
        ("http://kjt.jl.gov.cn/a/", "http://127.0.0.1:8000/a", "http://[", "file:///srv")
    )]  # fmt: skip
    assert neighbour(rows, "https://KJT.jl.gov.cn/b/feed.xml") is rows[0]
    assert neighbour(rows, "https://wjw.jl.gov.cn/") is None
    assert neighbour(rows, "http://127.0.0.1:8000/b") is None
    assert neighbour(rows, "file:///srv") is None


def test_an_address_is_the_same_with_another_scheme_or_a_tracker() -> None:
    rows = [Source(key="a", kind="rss", name="甲", url="http://www.a.example/feed/?utm_source=b")]
    assert at_address(rows, "https://a.example/feed") is rows[0]
    assert at_address(rows, "https://a.example/other") is None


def test_adding_changing_counting_and_removing_are_the_same_on_both_databases(store: Store, now, tmp_path) -> None:
    room = seed(store, tmp_path, now).newsroom
    wish = Wish("rss", "https://kepu.example/feed.xml", "科普 例子")
    key = add(room, wish, by="李编", now=now)
    assert key == "kepu-example"
    with pytest.raises(Refused, match="已经是来源"):
        add(room, wish, by="李编", now=now)
    assert change(room, key, replace(wish, area="220100", trust=5), by="李编", now=now) == ["地区", "可信度"]
    with store.reading() as session:
        ids = {row.key: row.id for row in sources.listed(session)}
        figures = source_figures.by_source(session, since=now - timedelta(hours=1))
        days = source_figures.collected_at(session, ids["city"] or 0, since=now - timedelta(days=14))
    assert figures[ids["city"] or 0] == source_figures.Figures(2, 1)
    assert ids[key] not in figures
    assert len(days) == 2
    assert remove(room, key, by="冯管", now=now)
    assert not remove(room, "city", by="冯管", now=now)
