"""Entries completed from their pages are opened again when the list says something else about them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from loopback import Site

from connectors.base import Cursor, Parsed
from connectors.http import HttpClient
from connectors.sources.json_api import JsonApi, JsonApiSettings
from connectors.sources.rss import Rss, RssSettings

AT = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
TEXT = "长白山天池是松花江、图们江和鸭绿江的源头，火山监测站常年记录地震、形变和气体，科研人员据此判断岩浆活动的变化。"


def article(site: Site, number: int, text: str) -> None:
    site.put(f"/a/{number}.html", f"<html><body><h1>第{number}篇</h1><p>{text}</p><p>{text}</p></body></html>")


def feed(site: Site, *entries: tuple[int, str]) -> None:
    items = "".join(
        f"<item><title>第{number}篇</title><link>{site.base}/a/{number}.html</link><description>{said}</description></item>"
        for number, said in entries
    )
    site.put("/feed", f'<rss version="2.0"><channel>{items}</channel></rss>')
    listed = [{"t": f"第{number}篇", "u": f"/a/{number}.html", "s": said} for number, said in entries]
    site.put("/api", json.dumps({"list": listed}))


def visit(kind: str, site: Site, cursor: Cursor | None) -> tuple[Cursor, Parsed]:
    http = HttpClient(now=lambda: AT)
    paths = {"items": "list", "title": "t", "link": "u", "summary": "s"}
    source = (
        Rss(RssSettings(url=f"{site.base}/feed", full_text=True), http)
        if kind == "rss"
        else JsonApi(JsonApiSettings.model_validate({"url": f"{site.base}/api", "full_text": True} | paths), http)
    )
    page = source.fetch(cursor)
    return page.cursor, source.parse(page)


@pytest.mark.parametrize("kind", ["rss", "json_api"])
def test_a_changed_entry_brings_its_page_anew(kind: str, site: Site) -> None:
    for number in (1, 2):
        article(site, number, TEXT)
    feed(site, (1, "天池水位"), (2, "天池鱼"))
    cursor, _ = visit(kind, site, None)
    article(site, 1, f"更正：{TEXT}")
    feed(site, (1, "天池水位（更正）"), (2, "天池鱼"))
    cursor, parsed = visit(kind, site, cursor)
    assert ["更正" in item.text for item in parsed.items] == [True]
    assert site.times("/a/2.html") == 1
    assert visit(kind, site, cursor)[1] == Parsed()
    assert site.times("/a/1.html") == 2


@pytest.mark.parametrize("kind", ["rss", "json_api"])
def test_a_page_that_is_gone_leaves_the_text_that_was_taken(kind: str, site: Site) -> None:
    article(site, 1, TEXT)
    feed(site, (1, "天池水位"))
    cursor, _ = visit(kind, site, None)
    site.put("/a/1.html", "", status=500)
    feed(site, (1, "天池水位（更正）"))
    cursor, parsed = visit(kind, site, cursor)
    assert (len(parsed.items), len(parsed.bad)) == (0, 1)
    article(site, 1, f"更正：{TEXT}")
    assert ["更正" in item.text for item in visit(kind, site, cursor)[1].items] == [True]


@pytest.mark.parametrize("kind", ["rss", "json_api"])
def test_a_list_that_says_something_else_every_time_opens_few_pages(kind: str, site: Site) -> None:
    for number in range(12):
        article(site, number, TEXT)
    feed(site, *((number, "阅读 1 次") for number in range(12)))
    cursor, _ = visit(kind, site, None)
    feed(site, *((number, "阅读 2 次") for number in range(12)))
    visit(kind, site, cursor)
    assert sum(site.times(f"/a/{number}.html") for number in range(12)) == 12 + 5


def test_a_cursor_of_before_opens_nothing_again(site: Site) -> None:
    article(site, 1, TEXT)
    feed(site, (1, "天池水位"))
    cursor, _ = visit("rss", site, None)
    del cursor["said"]
    feed(site, (1, "天池水位高"))
    assert visit("rss", site, cursor)[1] == Parsed()
