"""Sitemaps over a real server: what is opened, what is opened again, and where it ends."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from loopback import Site, serving

from connectors.base import Cursor, RawPage
from connectors.errors import FormatChanged, RetryLater
from connectors.http import HttpClient
from connectors.sources import sitemap_file
from connectors.sources.sitemap import MOST_MAPS, Sitemap, SitemapSettings
from connectors.sources.sitemap_file import read_sitemap

AT = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
TEXT = "长白山天池是松花江的源头，冬天湖面的冰可以厚达一米以上，人可以在冰上行走，科考队每年都来测量冰的厚度。"


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        for number in range(30):
            site.put(f"/a/{number}.html", f"<html><h1>第{number}篇天池的故事</h1><p>{TEXT}</p><p>{TEXT}</p></html>")
        yield site


def urlset(site: Site, *pages: tuple[int, str]) -> str:
    urls = "".join(
        f"<url><loc>{site.base}/a/{number}.html</loc><lastmod>{day}</lastmod></url>" for number, day in pages
    )
    return f"<urlset>{urls}</urlset>"


def index(site: Site, *maps: tuple[str, str]) -> str:
    inner = "".join(f"<sitemap><loc>{site.base}{path}</loc><lastmod>{day}</lastmod></sitemap>" for path, day in maps)
    return f"<sitemapindex>{inner}</sitemapindex>"


def visit(site: Site, cursor: Cursor | None = None, **settings: object) -> tuple[RawPage, list[str]]:
    """The answer, and the paths of the articles understood."""
    wanted = SitemapSettings.model_validate({"url": f"{site.base}/sitemap.xml"} | settings)
    source = Sitemap(wanted, HttpClient(now=lambda: AT))
    page = source.fetch(cursor)
    return page, [item.url.removeprefix(site.base) for item in source.parse(page).items]


def test_the_newest_pages_come_first_and_the_rest_in_the_next_round(site: Site) -> None:
    site.put("/sitemap.xml", urlset(site, (1, "2026-11-01"), (2, "2026-11-25"), (3, "2026-11-20")))
    page, taken = visit(site, max_items=2)
    assert taken == ["/a/2.html", "/a/3.html"]
    page, taken = visit(site, page.cursor, max_items=2)
    assert taken == ["/a/1.html"]
    page, taken = visit(site, page.cursor, max_items=2)
    assert (taken, page.not_modified) == ([], True)


def test_only_a_page_whose_lastmod_has_changed_is_opened_again(site: Site) -> None:
    site.put("/sitemap.xml", urlset(site, (1, "2026-11-01"), (2, "2026-11-02")))
    page, _ = visit(site)
    site.put("/sitemap.xml", urlset(site, (1, "2026-11-01"), (2, "2026-11-26")))
    page, taken = visit(site, page.cursor)
    assert taken == ["/a/2.html"]
    assert (site.times("/a/1.html"), site.times("/a/2.html")) == (1, 2)


def test_what_lies_behind_the_newest_is_the_archive_and_stays_there(site: Site) -> None:
    site.put("/sitemap.xml", urlset(site, *((number, f"2026-11-{number + 1:02d}") for number in range(10))))
    page, taken = visit(site, newest=3)
    assert taken == ["/a/9.html", "/a/8.html", "/a/7.html"]
    assert visit(site, page.cursor, newest=3)[1] == []


def test_without_times_both_ends_of_the_file_are_looked_at(site: Site) -> None:
    site.put("/sitemap.xml", urlset(site, *((number, "") for number in range(10))))
    assert visit(site, newest=4)[1] == ["/a/0.html", "/a/1.html", "/a/9.html", "/a/8.html"]


def test_a_time_to_come_is_no_time(site: Site) -> None:
    site.put("/sitemap.xml", urlset(site, (1, "2099-01-01"), (2, "2026-11-02"), (3, "9999-12-31")))
    assert visit(site, newest=1)[1] == ["/a/2.html"]


def test_an_index_is_read_from_its_newest_sitemap_on_until_there_are_pages_enough(site: Site) -> None:
    site.put("/old.xml", urlset(site, (1, "2026-10-01")))
    site.put("/new.xml.gz", gzip.compress(urlset(site, (2, "2026-11-25"), (3, "2026-11-24")).encode()))
    site.put("/sitemap.xml", index(site, ("/old.xml", "2026-10-01"), ("/new.xml.gz", "2026-11-25")))
    page, taken = visit(site, newest=2)
    assert taken == ["/a/2.html", "/a/3.html"]
    assert site.times("/old.xml") == 0
    assert visit(site, page.cursor, newest=2)[0].not_modified
    assert site.times("/new.xml.gz") == 1


def test_an_index_that_says_nothing_of_time_is_followed_at_every_visit(site: Site) -> None:
    site.put("/one.xml", urlset(site, (1, "2026-11-01")))
    site.put("/sitemap.xml", f"<sitemapindex><sitemap><loc>{site.base}/one.xml</loc></sitemap></sitemapindex>")
    page, _ = visit(site)
    site.put("/one.xml", urlset(site, (1, "2026-11-01"), (2, "2026-11-02")))
    assert visit(site, page.cursor)[1] == ["/a/2.html"]


def test_of_an_index_that_fans_out_without_end_only_a_few_sitemaps_are_opened(site: Site) -> None:
    for number in range(300):
        site.put(f"/m{number}.xml", index(site, *((f"/m{number * 2 + each}.xml", "") for each in (1, 2))))
    site.put("/sitemap.xml", index(site, *((f"/m{number}.xml", "") for number in range(300))))
    with pytest.raises(FormatChanged, match="没有找到文章网址"):
        visit(site)
    assert sum(path.startswith("/m") for path, _ in site.asked) == MOST_MAPS


def test_a_sitemap_behind_an_index_that_failed_is_asked_for_again(site: Site) -> None:
    site.put("/one.xml", "", status=500)
    site.put("/two.xml", urlset(site, (2, "2026-11-01")))
    site.put("/sitemap.xml", index(site, ("/one.xml", "2026-11-25"), ("/two.xml", "2026-11-01")))
    page, taken = visit(site)
    assert taken == ["/a/2.html"]
    site.put("/one.xml", urlset(site, (1, "2026-11-25")))
    assert visit(site, page.cursor)[1] == ["/a/1.html"]


def test_where_none_of_the_sitemaps_can_be_read_the_reason_is_named(site: Site) -> None:
    site.put("/one.xml", "<urlset><url>")
    site.put("/sitemap.xml", index(site, ("/one.xml", "2026-11-01")))
    with pytest.raises(RetryLater, match="不完整"):
        visit(site)


def test_pages_and_sitemaps_of_other_sites_are_not_followed_unless_a_pattern_says_so(site: Site) -> None:
    site.put(
        "/sitemap.xml",
        "<urlset><url><loc>http://other.example/1.html</loc></url><url><loc>http://[x</loc></url></urlset>",
    )
    page, taken = visit(site)
    assert (page.parts, taken) == ((), [])
    assert len(visit(site, link_pattern=r"other\.example")[0].parts) == 1


def test_a_page_that_fails_is_asked_for_three_times_in_all(site: Site) -> None:
    site.put("/sitemap.xml", urlset(site, (99, "2026-11-01")))
    cursor: Cursor | None = None
    for _ in range(5):
        cursor = visit(site, cursor)[0].cursor
    assert site.times("/a/99.html") == 3


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (gzip.compress(b"<urlset/>" + bytes(sitemap_file.MOST_BYTES), mtime=0), "解压后超过"),
        (gzip.compress(b"<urlset/>" * 50, mtime=0)[:-9], "不完整"),
        (b"\x1f\x8b\x08" + b"\xff" * 50, "已损坏"),
        (b"", "空白"),
        (b"just words", "不是站点地图"),
        (b"<rss><channel/></rss>", "不是站点地图"),
        (b"<urlset><url><loc>http://a.example/", "不完整"),
    ],
)
def test_what_is_no_whole_sitemap_is_refused(body: bytes, said: str) -> None:
    with pytest.raises(FormatChanged, match=said):
        read_sitemap(RawPage(url="http://a.example/sitemap.xml.gz", status=200, body=body, fetched_at=AT))


def test_bare_ampersands_and_control_characters_do_no_harm() -> None:
    body = b"<urlset><url><loc>http://a.example/?a=1&b=2</loc>\x00</url></urlset>"
    read = read_sitemap(RawPage(url="http://a.example/s.xml", status=200, body=body, fetched_at=AT))
    assert [entry.url for entry in read.pages] == ["http://a.example/?a=1&b=2"]
