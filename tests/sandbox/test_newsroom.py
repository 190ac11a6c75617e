"""The sample newsroom behaves as real sites do, over real HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from xml.etree import ElementTree

import feedparser
import pytest
import requests
from bs4 import BeautifulSoup
from newsroom_server import OPENED, Served, letters, newsroom_server

from connectors.cap import parse
from sandbox.newsroom.content import Piece, load
from sandbox.newsroom.sites import World


@pytest.fixture(scope="module")
def _server() -> Iterator[Served]:
    with newsroom_server() as served:
        yield served


@pytest.fixture
def site(_server: Served) -> Served:
    """The newsroom with its warning feeds as at the start."""
    _server.now = OPENED
    requests.delete(f"{_server.base}/_sandbox/newsroom/alerts", timeout=5)
    return _server


@pytest.fixture(scope="module")
def pieces() -> list[Piece]:
    return load(OPENED)


# ---------------------------------------------------------------- feeds and conditional requests


@pytest.mark.parametrize(
    ("path", "version"),
    [
        ("/sites/snow/feed.xml", "rss20"),
        ("/sites/heitu/atom.xml", "atom10"),
        ("/sites/changbai/index.rdf", "rss10"),
        ("/sites/shuzi/rss.xml", "rss20"),
        ("/sites/yujing/atom.xml", "atom10"),
        ("/sites/yujing/rss.xml", "rss20"),
    ],
)
def test_a_good_feed_parses_in_its_own_format_and_every_link_opens(site: Served, path: str, version: str) -> None:
    feed = feedparser.parse(site.base + path)
    assert (feed.bozo, feed.version) == (False, version)
    assert feed.entries
    for entry in feed.entries:
        assert entry.title
        assert entry.get("published_parsed") or entry.get("updated_parsed")
        assert requests.get(entry.links[0].href, timeout=5).status_code == 200


@pytest.mark.parametrize("path", ["/sites/snow/feed.xml", "/sites/heitu/atom.xml", "/sites/changbai/index.rdf"])
def test_full_text_feeds_carry_the_whole_text_and_pictures_that_exist(site: Served, path: str) -> None:
    for entry in feedparser.parse(site.base + path).entries:
        soup = BeautifulSoup(entry.content[0].value, "html.parser")
        assert letters(soup.get_text()) >= 450
        assert soup.img is not None
        assert requests.get(str(soup.img["src"]), timeout=5).headers["content-type"] == "image/jpeg"


def test_the_json_feed_says_its_version_and_gives_html_and_times(site: Served) -> None:
    feed = site.get("/sites/xingkong/feed.json").json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    for item in feed["items"]:
        assert datetime.fromisoformat(item["date_published"]).utcoffset() == timedelta(hours=8)
        assert "<h2>" in item["content_html"]


def test_the_broken_feed_is_no_xml_and_still_gives_up_all_its_entries(site: Served, pieces: list[Piece]) -> None:
    body = site.get("/sites/piyao/feed.xml").content
    with pytest.raises(ElementTree.ParseError):
        ElementTree.fromstring(body)
    feed = feedparser.parse(body)
    assert feed.bozo
    assert [entry.title for entry in feed.entries] == [piece.title for piece in pieces if piece.site == "piyao"]


def test_an_error_page_with_status_200_and_a_steady_500_stand_where_feeds_should_be(site: Served) -> None:
    page = site.get("/sites/guangbo/feed.xml")
    assert (page.status_code, page.text[:15]) == (200, "<!DOCTYPE html>")
    assert site.get("/sites/tingji/feed.xml").status_code == 500


@pytest.mark.parametrize(
    ("path", "etag", "modified"),
    [
        ("/sites/snow/feed.xml", True, True),
        ("/sites/heitu/atom.xml", True, False),
        ("/sites/changbai/index.rdf", False, True),
        ("/sites/kepujilin/", True, True),
        ("/sites/laozhan/", False, False),
        ("/sites/pictures/tick.jpg", True, True),
        ("/sites/yujing/atom.xml", True, True),
        ("/robots.txt", True, True),
    ],
)
def test_whatever_validators_a_site_sends_are_answered_with_304(
    site: Served, path: str, etag: bool, modified: bool
) -> None:
    first = site.get(path)
    assert ("etag" in first.headers, "last-modified" in first.headers) == (etag, modified)
    if etag:
        again = site.get(path, **{"If-None-Match": f'"other", W/{first.headers["etag"]}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
        other = site.get(path, **{"If-None-Match": '"other"', "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"})
        assert other.status_code == 200, "If-None-Match goes before If-Modified-Since"
    if modified:
        assert site.get(path, **{"If-Modified-Since": first.headers["last-modified"]}).status_code == 304
        assert site.get(path, **{"If-Modified-Since": "Thu, 01 Jan 2015 00:00:00 GMT"}).status_code == 200
        assert site.get(path, **{"If-Modified-Since": "yesterday"}).status_code == 200


def test_head_gives_the_headers_of_get_without_a_body(site: Served) -> None:
    head, got = (requests.request(m, f"{site.base}/sites/snow/feed.xml", timeout=5) for m in ("HEAD", "GET"))
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", got.headers["etag"])


# ---------------------------------------------------------------- pages and their bytes


@pytest.mark.parametrize(
    ("site_key", "link", "encoding", "list_type", "article_type"),
    [
        ("jiankang", ".list dt a", "gb18030", "text/html", "text/html; charset=gb2312"),
        ("nongshi", ".item a", "gbk", "text/html", "text/html"),
        ("kepujilin", ".newslist h3 a", "utf-8", "text/html; charset=utf-8", "text/html; charset=utf-8"),
        ("laozhan", "td.lb a", "utf-8", "text/html; charset=utf-8", "text/html; charset=utf-8"),
        ("weixin", ".album_item a", "utf-8", "text/html; charset=utf-8", "text/html; charset=UTF-8"),
    ],
)
def test_bytes_and_charset_claims_are_as_the_site_list_says(
    site: Served, site_key: str, link: str, encoding: str, list_type: str, article_type: str
) -> None:
    listing = site.get(f"/sites/{site_key}/")
    assert listing.headers["content-type"] == list_type
    links = BeautifulSoup(listing.content.decode(encoding), "html.parser").select(link)
    assert len(links) >= 4
    for anchor in links:
        page = site.get(f"/sites/{site_key}/{anchor['href']}")
        assert (page.status_code, page.headers["content-type"]) == (200, article_type)
        assert anchor.get_text() in BeautifulSoup(page.content.decode(encoding), "html.parser").get_text()


def test_one_author_of_the_gb18030_site_breaks_readers_that_believe_its_claim(
    site: Served, pieces: list[Piece]
) -> None:
    piece = next(piece for piece in pieces if piece.slug == "co-stove")
    body = site.get("/sites/jiankang/" + World(OPENED).sites["jiankang"].link(piece)).content
    assert "李䶮" in body.decode("gb18030")
    for claimed in ("gb2312", "gbk", "utf-8"):
        with pytest.raises(UnicodeDecodeError):
            body.decode(claimed)


def test_the_old_site_leaves_tags_open_and_the_public_account_hides_its_pictures(site: Served) -> None:
    world = World(OPENED)
    old, account = ((world.sites[key], world.pieces_of(key)[0]) for key in ("laozhan", "weixin"))
    broken = site.get(f"/sites/laozhan/{old[0].link(old[1])}").text
    assert broken.count("<P>") > 3
    assert "</p>" not in broken.lower()
    assert re.search(r"&nbsp(?!;)", broken)
    assert broken.lower().count("<td") > 3 * broken.lower().count("</td")
    page = BeautifulSoup(site.get(f"/sites/weixin/{account[0].link(account[1])}").text, "html.parser")
    pictures = page.select("#js_content img")
    assert pictures
    assert all(picture.get("data-src") and not picture.get("src") for picture in pictures)


def test_a_listing_goes_on_to_a_second_page(site: Served) -> None:
    first = BeautifulSoup(site.get("/sites/kepujilin/").text, "html.parser")
    following = first.select_one("a.next")
    assert following is not None
    second = BeautifulSoup(site.get(f"/sites/kepujilin/{following['href']}").text, "html.parser")
    here, there = ({a["href"] for a in page.select(".newslist h3 a")} for page in (first, second))
    assert there
    assert not here & there


def test_the_home_page_lists_every_site_and_robots_txt_closes_one_folder(site: Served) -> None:
    home = BeautifulSoup(site.get("/sites/").text, "html.parser")
    listed = {str(a["href"]) for a in home.select("h2 a")}
    assert len(listed) == 14
    for href in listed:
        assert site.get(f"/sites/{href}").status_code == 200
    assert "Disallow: /sites/kepujilin/neibu/" in site.get("/robots.txt").text


@pytest.mark.parametrize("path", ["nobody/", "snow/nothing.html", "pictures/..%2Falerts.jpg", "yujing/cap/x.xml"])
def test_what_is_not_there_is_a_404(site: Served, path: str) -> None:
    assert site.get(f"/sites/{path}").status_code == 404


# ---------------------------------------------------------------- warnings in the feeds


def test_the_feed_starts_with_one_warning_and_takes_more_over_http(site: Served) -> None:
    before = feedparser.parse(f"{site.base}/sites/yujing/atom.xml")
    assert [entry.title for entry in before.entries] == ["永吉县气象台发布道路冰雪蓝色预警信号"]
    etag = site.get("/sites/yujing/atom.xml").headers["etag"]
    site.now = OPENED + timedelta(minutes=5)
    told = site.put_alert("snow-red").json()
    assert told["sent"] == "2026-11-26T12:05:00+08:00"
    assert site.get("/sites/yujing/atom.xml", **{"If-None-Match": etag}).status_code == 200
    for feed in ("atom.xml", "rss.xml"):
        entries = feedparser.parse(f"{site.base}/sites/yujing/{feed}").entries
        assert entries[0].links[0].href == told["url"]
        assert len(entries) == 2
    served = requests.get(told["url"], timeout=5)
    assert served.headers["content-type"] == "application/cap+xml"
    assert parse(served.content).identifier == told["identifier"]


def test_a_warning_once_out_stays_as_it_was_sent_and_no_identifier_comes_twice(site: Served) -> None:
    first, second = site.put_alert("snow-red").json(), site.put_alert("snow-red").json()
    assert first["identifier"] != second["identifier"]
    body = requests.get(first["url"], timeout=5).content
    site.now = OPENED + timedelta(hours=3)
    assert requests.get(first["url"], timeout=5).content == body


def test_an_unknown_warning_is_answered_with_the_names_there_are(site: Served) -> None:
    answer = site.put_alert("snow-purple")
    assert answer.status_code == 404
    assert "snow-red" in answer.json()["detail"]
    assert "snow-red" in site.get("/_sandbox/newsroom/alerts").json()["names"]
