"""Adding a source from a pasted address, and changing one that is there."""

from __future__ import annotations

import re
from dataclasses import replace
from threading import Event

import pytest
from conftest_desk import Login, World
from fastapi.testclient import TestClient
from loopback import Site
from source_parts import every, feed, listing, saved, the

from connectors.traffic import Traffic
from connectors.turns import Turns
from content_store import log, sources
from desk.app import create_app
from desk.pages import adding

HOSTILE = "<script>alert(1)</script>"


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
    assert "“max_items”：最小是 1" in wrong.text
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
    answered = Event()
    monkeypatch.setattr(adding, "propose", lambda *_, **__: answered.wait(60))
    monkeypatch.setattr(adding, "try_out", lambda *_, **__: answered.wait(60))
    client = as_person("editor")
    try:
        assert "对方太慢" in client.post("/sources/new", data={"url": outside.base}).text
        assert "对方太慢" in client.post("/sources/new/preview", data=saved(url=outside.base)).text
    finally:
        answered.set()


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
