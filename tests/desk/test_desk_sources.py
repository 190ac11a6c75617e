"""The list of sources, the page of one, and adding one from a pasted address."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from threading import BoundedSemaphore, Event

import pytest
from conftest_desk import Login, World, seed
from fastapi.testclient import TestClient
from loopback import Site, serving

from connectors.traffic import Traffic
from connectors.turns import Turns
from content_store import log, source_figures, sources
from content_store.database import Store
from content_store.tables import Source
from desk.app import create_app
from desk.health import STATES, health, per_day, rhythm
from desk.pages import adding
from desk.patience import TakesLonger, within
from steps.adding_sources import Wish, add, area_of, at_address, change, key_for, neighbour, remove
from steps.collect import collect_source
from steps.errors import Refused
from steps.trying_sources import rhythm_for, trust_of

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def outside() -> Iterator[Site]:
    with serving() as site:
        yield site


def feed(*titles: str, link: str = "http://127.0.0.1/") -> str:
    items = "".join(
        f"<item><title><![CDATA[{title}]]></title><link>{link}{number}.html</link>"
        f"<description><![CDATA[{f'{title}，{title[::-1]}。' * 20}]]></description>"
        f"<pubDate>Wed, 2{number} Nov 2026 08:00:00 +0800</pubDate></item>"
        for number, title in enumerate(titles, 3)
    )
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>长春科普</title>{items}</channel></rss>'


def listing(site: Site, *names: str) -> str:
    links = ""
    for number, name in enumerate(names, 1):
        text = "".join(f"<p>{name}，{'冬季取暖要注意通风，烟囱要定期清理。' * 4}</p>" for _ in range(4))
        page = f"<html><head><title>{name}</title></head><body><h1>{name}</h1><p class=when>2026-11-2{number} 09:00</p><div id=main>{text}</div></body></html>"
        site.put(f"/a/{number}.html", page)
        links += f'<li><a href="/a/{number}.html">{name}</a></li>'
    return f"<html><head><title>科普动态_松江科协</title></head><body><ul class=list>{links}</ul><ul class=side><li><a href='/gone'>这是一条没有正文的旁边链接</a></li></ul></body></html>"


def the(world: World, key: str) -> Source:
    with world.newsroom.store.reading() as session:
        row = sources.by_key(session, key)
    assert row is not None
    return row


def saved(**changes: str) -> dict[str, str]:
    form = {"kind": "rss", "name": "新来源", "area": "220100", "trust": "4", "reprint": "ask", "rhythm": "60"}
    return form | changes


# ---------------------------------------------------------------- the list and the page


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


# ---------------------------------------------------------------- adding


def test_a_pasted_feed_is_recognised_previewed_and_saved(world: World, as_person: Login, outside: Site) -> None:
    client = as_person("editor")
    address = outside.put("/feed.xml", feed("天池为什么不冻", HOSTILE))
    html = client.post("/sources/new", data={"url": f"  {address}\n"}).text
    assert 'value="长春科普"' in html
    assert '<option value="220100" selected>' in html
    assert '<option value="ask" selected>需先征得同意' in html
    assert "天池为什么不冻" in html
    assert "这次看到 2 条" in html
    assert HOSTILE not in html
    assert outside.times("/feed.xml") == 1
    assert len(every(world)) == 3
    answer = client.post("/sources", data=saved(url=address, name="长春科普"))
    key = answer.headers["location"].removeprefix("/sources/")
    row = the(world, key)
    assert (row.name, row.kind, row.area, row.trust, row.reprint) == ("长春科普", "rss", "220100", 4, "ask")
    assert row.next_at is not None
    assert row.next_at <= world.newsroom.now()
    with world.newsroom.store.reading() as session:
        entry = log.of(session, "source", row.id or 0)[0]
    assert (entry.act, entry.actor) == ("added", "李编")
    assert "添加" in client.get(f"/sources/{key}").text


def test_a_page_that_has_a_feed_is_proposed_as_the_feed_and_may_still_be_read_as_a_page(
    world: World, as_person: Login, outside: Site
) -> None:
    client = as_person("editor")
    address = outside.put("/feed.xml", feed("天池为什么不冻"))
    link = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
    home = outside.put("/", listing(outside, "一氧化碳为什么专挑夜里伤人").replace("<head>", f"<head>{link}"))
    html = client.post("/sources/new", data={"url": home}).text
    assert f'name="url" value="{address}"' in html
    assert "订阅源" in html
    assert "天池为什么不冻" in html
    assert "松江科协·科普动态" in html
    assert 'name="as" value="webpage"' in html
    fields = dict(re.findall(r'name="(url|page)" value="([^"]*)"', html[html.index("source-form") :]))
    page = client.post("/sources/new", data=fields | {"as": "webpage"}).text
    assert '<option value="webpage" selected>' in page
    assert "一氧化碳为什么专挑夜里伤人" in page


def test_what_can_never_be_a_source_is_refused_with_its_reason(as_person: Login, outside: Site) -> None:
    client = as_person("editor")
    for body, said in ((b"%PDF-1.7 x", "PDF"), (b"", "空白"), (b'{"a": ', "JSON 不完整")):
        html = client.post("/sources/new", data={"url": outside.put("/x", body)}).text
        assert said in html
        assert "保存来源" not in html


def test_a_page_is_read_with_selectors_that_are_tried_before_they_are_saved(
    world: World, as_person: Login, outside: Site
) -> None:
    client = as_person("editor")
    address = outside.put("/", listing(outside, "一氧化碳为什么专挑夜里伤人", "烟囱多久清理一次才安全"))
    html = client.post("/sources/new", data={"url": address}).text
    assert '<option value="webpage" selected>' in html
    assert "松江科协·科普动态" in html
    assert "一氧化碳为什么专挑夜里伤人" in html
    assert outside.times("/") == 1
    assert "读不懂的 1 条" in html
    form = saved(kind="webpage", url=address, item=".list li", body="#main", date=".when")
    better = client.post("/sources/new/preview", data=form)
    assert "烟囱多久清理一次才安全" in better.text
    assert "读不懂" not in better.text
    assert "<html" not in better.text
    broken = client.post("/sources/new/preview", data=form | {"item": "li[["})
    assert broken.status_code == 200
    assert "选择器写错了：li[[" in broken.text
    assert client.post("/sources", data=form | {"body": "p:nope("}).status_code == 409
    client.post("/sources", data=form)
    row = next(row for row in every(world) if row.url == address)
    assert row.settings == {"item": ".list li", "body": "#main", "date": ".when"}


def test_a_feed_of_summaries_is_offered_with_its_full_texts(world: World, as_person: Login, outside: Site) -> None:
    client = as_person("editor")
    listing(outside, "一氧化碳为什么专挑夜里伤人", "烟囱多久清理一次才安全")
    items = "".join(
        f"<item><title>第{number}篇</title><link>{outside.base}/a/{number}.html</link><description>只有一句摘要。</description></item>"
        for number in (1, 2)
    )
    address = outside.put("/short.xml", f"<rss version='2.0'><channel><title>短</title>{items}</channel></rss>")
    html = client.post("/sources/new", data={"url": address}).text
    assert re.search(r'name="full_text" value="true" checked', html)
    assert "烟囱要定期清理" in html
    without = client.post("/sources/new/preview", data=saved(url=address, settings='{"full_text": true}')).text
    assert "只有一句摘要" in without
    assert "烟囱要定期清理" not in without


def test_settings_without_a_field_of_their_own_are_carried_along(world: World, as_person: Login) -> None:
    client, url = as_person("editor"), the(world, "city").url
    form = saved(kind="rss", name="长春日报", url=url, full_text="true", settings='{"max_items": 50, "nonsense": 1}')
    client.post("/sources/city/edit", data=form)
    assert the(world, "city").settings == {"max_items": 50, "full_text": True}
    html = client.get("/sources/city/edit").text
    assert "max_items&#34;: 50" in html
    for address in ("/sources/city/edit", "/sources", "/sources/new/preview"):
        for settings in ("{max_items", "[1]", '{"max_items": "\\u0000"}'):
            odd = client.post(address, data=form | {"settings": settings})
            assert "不是正确的 JSON" in odd.text, (address, settings)
    assert "{max_items" in client.post("/sources/city/edit", data=form | {"settings": "{max_items"}).text
    wrong = client.post("/sources/city/edit", data=form | {"settings": '{"max_items": 0}'})
    assert "来源“长春日报”的设置" in wrong.text
    client.post(
        "/sources/city/edit", data=saved(kind="webpage", name="长春日报", url=url, settings='{"max_items": 50}')
    )
    assert the(world, "city").settings == {"max_items": 50}
    refused = client.post("/sources/city/edit", data=saved(kind="webpage", name="长春日报", url=url, item="li[["))
    assert refused.status_code == 409
    assert "选择器写错了" in refused.text
    assert "修改来源" in refused.text


def test_a_folder_of_this_machine_is_neither_added_nor_moved_at_the_desk(world: World, as_person: Login) -> None:
    client = as_person("editor")
    folder = "file:///srv/kepu/drop"
    assert client.post("/sources", data=saved(kind="word", url=folder)).status_code == 409
    assert "http://" in client.post("/sources/new/preview", data=saved(kind="word", url=folder)).text
    with world.newsroom.store.session() as session:
        values = {"kind": "word", "name": "投稿", "url": folder, "reprint": "ask"}
        sources.put(session, "drop", values, now=world.newsroom.now())
    assert 'name="url"' not in client.get("/sources/drop/edit").text
    client.post("/sources/drop/edit", data=saved(kind="rss", url="https://a.example/", name="县里来稿", reprint="own"))
    row = the(world, "drop")
    assert (row.name, row.reprint, row.kind, row.url) == ("县里来稿", "own", "word", folder)


def test_what_is_stored_already_is_marked(world: World, as_person: Login, outside: Site) -> None:
    client = as_person("editor")
    link = f"{outside.base}/p/"
    one = outside.put("/one.xml", feed("天池为什么不冻", link=link))
    client.post("/sources", data=saved(url=one, name="甲报"))
    key = next(row.key for row in every(world) if row.url == one)
    client.post(f"/sources/{key}/collect")
    other = outside.put("/two.xml", feed("天池为什么不冻", "冬季看雾凇", link=link))
    html = client.post("/sources/new", data={"url": other}).text
    assert html.count("已有同一篇") == 1
    assert "其中 1 条素材库里已有" in html
    form = saved(url=one, name="甲报", key=key)
    assert re.search(r">已有</a>", client.post("/sources/new/preview", data=form).text)
    again = client.post("/sources/new", data={"url": one}).text
    assert "已经是来源" in again
    assert client.post("/sources", data=saved(url=f"{one}?utm_source=x")).status_code == 409


NO_ADDRESSES = {
    "": "粘贴网址",
    "javascript:alert(1)": "http://",
    "file:///etc/passwd": "http://",
    "ftp://a.example/x": "http://",
    "http://": "主机名",
    "http://a.example:99999/": "端口",
}


def test_what_is_no_address_is_told_in_one_sentence_and_asked_nowhere(as_person: Login, outside: Site) -> None:
    client = as_person("editor")
    for url, said in NO_ADDRESSES.items():
        answer = client.post("/sources/new", data={"url": url})
        assert answer.status_code == 422, url
        assert said in answer.text, url
        assert client.post("/sources", data=saved(url=url)).status_code == 409, url
    assert outside.asked == []


def test_an_address_without_a_scheme_gets_one(as_person: Login, outside: Site) -> None:
    bare = outside.base.removeprefix("http://")
    assert f'value="https://{bare}/a"' in as_person("editor").post("/sources/new", data={"url": f"{bare}/a"}).text


def test_a_failing_address_stays_in_its_field_with_the_reason(as_person: Login, outside: Site) -> None:
    client = as_person("editor")
    for path, status, said in (("/no", 404, "没有这个网页"), ("/down", 503, "请稍后再试"), ("/key", 403, "拒绝访问")):
        address = outside.put(path, "x", status=status)
        html = client.post("/sources/new", data={"url": address}).text
        assert said in html
        assert f'value="{address}"' in html


def test_without_inner_sources_no_private_address_is_asked(world: World, as_person: Login, outside: Site) -> None:
    hurried = Traffic(Turns(pause=0, jitter=0))
    closed = create_app(replace(world.newsroom, inner_sources=False, traffic=hurried))
    inside = outside.put("/feed.xml", feed("内部"))
    with TestClient(closed, follow_redirects=False) as client:
        known = as_person("editor")
        client.cookies, client.headers["X-CSRF-Token"] = known.cookies, known.headers["X-CSRF-Token"]
        for url in (inside, "http://[::ffff:169.254.169.254]/", "http://10.0.0.1/", "http://localhost/"):
            html = client.post("/sources/new", data={"url": url}).text
            assert "内部网络" in html, url
            assert "内部网络" in client.post("/sources/new/preview", data=saved(url=url)).text, url
    assert outside.asked == []


def test_a_site_that_never_answers_holds_nobody(
    as_person: Login, outside: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adding, "PATIENCE", 0.05)
    monkeypatch.setattr(adding, "propose", lambda *_, **__: time.sleep(0.4))
    monkeypatch.setattr(adding, "try_out", lambda *_, **__: time.sleep(0.4))
    client, begun = as_person("editor"), time.monotonic()
    assert "对方太慢" in client.post("/sources/new", data={"url": outside.base}).text
    assert "对方太慢" in client.post("/sources/new/preview", data=saved(url=outside.base)).text
    assert time.monotonic() - begun < 0.7


def test_odd_forms_are_refused_in_a_sentence_and_store_nothing(world: World, as_person: Login) -> None:
    client = as_person("editor")
    for change_, said in (
        ({"name": " "}, "名称"),
        ({"kind": "nothing"}, "来源类型"),
        ({"reprint": "always"}, "转载许可"),
        ({"trust": "9"}, "可信度"),
        ({"rhythm": "0"}, "采集间隔"),
        ({"rhythm": "999999999"}, "采集间隔"),
        ({"area": "999999"}, "地区"),
        ({"settings": "[1", "name": ""}, "名称"),
    ):
        answer = client.post("/sources", data=saved(url="https://a.example/") | change_)
        assert answer.status_code == 409, change_
        assert said in answer.text, change_
    assert len(every(world)) == 3


def test_settings_are_changed_with_their_name_in_the_log(world: World, as_person: Login) -> None:
    client = as_person("editor")
    row = the(world, "city")
    assert 'value="长春日报"' in client.get("/sources/city/edit").text
    form = saved(name="长春日报", url=row.url, reprint="allowed", rhythm="30")
    client.post("/sources/city/edit", data=form)
    html = client.get("/sources/city").text
    assert "已修改：转载许可、采集间隔。" in html
    assert "每 30 分钟" in html
    client.post("/sources/city/edit", data=form)
    assert "没有变化" in client.get("/sources/city").text
    with world.newsroom.store.reading() as session:
        acts = [(entry.act, entry.actor, entry.why) for entry in log.of(session, "source", row.id or 0)]
    assert acts == [("changed", "李编", "转载许可、采集间隔")]


# ---------------------------------------------------------------- decisions


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


def every(world: World) -> list[Source]:
    with world.newsroom.store.reading() as session:
        return sources.listed(session)
