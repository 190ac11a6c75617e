"""What was taken of an article of several pages stays whole when one of its pages fails later, and a page that failed is asked for again."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.base import Cursor, Source
from connectors.http import HttpClient
from connectors.sources.json_api import JsonApi, JsonApiSettings
from connectors.sources.rss import Rss, RssSettings
from connectors.sources.sitemap import Sitemap, SitemapSettings
from connectors.sources.webpage import WebPage, WebPageSettings
from tests.connectors.test_paged_articles import HOME, MISSING, SENTENCES, TITLE, name, page
from tests.loopback import Site

NOW = datetime(2026, 11, 26, 0, 0, tzinfo=UTC)


def listed(site: Site, kind: str, *, said: str = "2026-11-20") -> None:
    """The list of one article, in each of the shapes; `said` changes what it says of it."""
    link = site.base + name(1)
    shapes = {
        "webpage": f"<a href='{link}'>{TITLE}</a>",
        "sitemap": f"<urlset><url><loc>{link}</loc><lastmod>{said}</lastmod></url></urlset>",
        "rss": f"<rss version='2.0'><channel><title>例</title><item><title>{TITLE}</title><link>{link}</link>"
        f"<description>摘要，{said}</description></item></channel></rss>",
        "json_api": f'{{"items": [{{"title": "{TITLE}", "url": "{link}", "summary": "摘要，{said}"}}]}}',
    }
    site.put("/list", shapes[kind])


def source(site: Site, kind: str, now: datetime = NOW) -> Source:
    url, http = f"{site.base}/list", HttpClient(now=lambda: now)
    made: dict[str, Any] = {
        "webpage": lambda: WebPage(WebPageSettings(url=url), http),
        "sitemap": lambda: Sitemap(SitemapSettings(url=url), http),
        "rss": lambda: Rss(RssSettings(url=url, full_text=True), http),
        "json_api": lambda: JsonApi(
            JsonApiSettings(url=url, items="items", title="title", link="url", summary="summary", full_text=True), http
        ),
    }
    built: Source = made[kind]()
    return built


def visit(site: Site, kind: str, cursor: Cursor | None, hours: float = 0) -> tuple[list[list[str]], Cursor]:
    """The lines of each item, and the cursor."""
    visited = source(site, kind, NOW + timedelta(hours=hours))
    seen = visited.fetch(cursor)
    return [item.text.splitlines() for item in visited.parse(seen).items], seen.cursor


def whole(pages: int) -> list[str]:
    return SENTENCES[: 2 * pages]


KINDS = ("webpage", "sitemap", "rss", "json_api")


@pytest.mark.parametrize("kind", KINDS)
def test_a_further_page_that_failed_once_is_asked_for_again_whatever_led_to_the_article(site: Site, kind: str) -> None:
    listed(site, kind)
    site.put(name(1), page(1, 2))
    site.put(name(2), "", status=503)
    taken, cursor = visit(site, kind, None)
    assert taken == [whole(1)]
    site.put(name(2), page(2, 2))
    assert visit(site, kind, cursor, 2)[0] == [whole(2)]


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_never_comes_is_given_up_and_the_beginning_stays(site: Site, kind: str) -> None:
    listed(site, kind)
    site.put(name(1), page(1, 2))
    cursor: Cursor | None = None
    for hours in (0, 0.1, 0.2):
        taken, cursor = visit(site, kind, cursor, hours)
        assert taken == [whole(1)]
    before = site.times(name(2))
    assert visit(site, kind, cursor, 0.3)[0] == []
    assert site.times(name(2)) == before == 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_passing_failure_at_a_later_look_takes_nothing_from_what_was_whole(site: Site, kind: str) -> None:
    listed(site, kind)
    for number in (1, 2, 3):
        site.put(name(number), page(number, 3))
    taken, cursor = visit(site, kind, None)
    assert taken == [whole(3)]
    listed(site, kind, said="2026-11-25")
    site.put(name(2), "", status=503)
    taken, cursor = visit(site, kind, cursor, 2)
    assert taken == []
    site.put(name(2), page(2, 3).replace("</p>", "更正。</p>", 1))
    taken, _ = visit(site, kind, cursor, 24)
    assert len(taken) == 1
    assert len(taken[0]) == 6


@pytest.mark.parametrize("kind", KINDS)
def test_failures_one_after_the_other_take_nothing_either(site: Site, kind: str) -> None:
    listed(site, kind)
    for number in (1, 2, 3):
        site.put(name(number), page(number, 3))
    _, cursor = visit(site, kind, None)
    listed(site, kind, said="2026-11-25")
    site.put(name(3), "", status=503)
    for hours in (2, 3, 4, 5):
        taken, cursor = visit(site, kind, cursor, hours)
        assert taken == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_whose_host_wants_time_costs_a_try_and_keeps_no_other_from_its_turn(site: Site, kind: str) -> None:
    listed(site, kind)
    site.put(name(1), page(1, 2))
    site.put(name(2), "", status=503, headers={"Retry-After": "60"})
    cursor: Cursor | None = None
    for hours in range(0, 10, 2):
        _, cursor = visit(site, kind, cursor, hours)
    assert site.times(name(2)) <= 3 + (kind == "webpage") * 4, "webpage looks again at what it has taken"


@pytest.mark.parametrize("kind", ["rss", "json_api"])
def test_the_words_of_the_list_do_not_push_out_the_beginning_that_was_taken(site: Site, kind: str) -> None:
    listed(site, kind)
    site.put(name(1), page(1, 2))
    site.put(name(2), "", status=503)
    _, cursor = visit(site, kind, None)
    site.put(name(1), "", status=503)
    taken, cursor = visit(site, kind, cursor, 1)
    assert taken == []
    for number in (1, 2):
        site.put(name(number), page(number, 2))
    assert visit(site, kind, cursor, 2)[0] == [whole(2)]


def test_a_correction_of_an_article_whose_second_page_never_came_is_noticed(site: Site) -> None:
    listed(site, "webpage")
    site.put(name(1), page(1, 2))
    cursor: Cursor | None = None
    for hours in (0.0, 0.1, 0.2):
        _, cursor = visit(site, "webpage", cursor, hours)
    site.put(name(1), page(1, 2).replace("零下12度", "零下13度"))
    taken, _ = visit(site, "webpage", cursor, 3)
    assert "零下13度" in taken[0][0]


# ---------------------------------------------------------------- failures in any order

FAULTS = ("503", "404", "home", "missing", "empty", "first", "cut", "later")


def put(site: Site, number: int, pages: int, state: str, edition: int) -> None:
    body = page(number, pages).replace("零下12度", f"零下12度第{edition}版")
    if state in ("503", "404"):
        site.put(name(number), "", status=int(state))
    elif state == "later":
        site.put(name(number), "", status=503, headers={"Retry-After": "5"})
    elif state == "home":
        site.put("/", HOME)
        site.put(name(number), "", status=302, headers={"Location": "/"})
    elif state == "missing":
        site.put(name(number), MISSING)
    elif state == "empty":
        site.put(name(number), "<html></html>")
    elif state == "first":
        site.put(name(number), page(1, pages).replace("零下12度", f"零下12度第{edition}版"))
    else:
        site.put(name(number), body, truncated=state == "cut")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(5))
def test_whatever_fails_in_whatever_order_an_article_never_gets_shorter_nor_doubles(
    site: Site, kind: str, seed: int
) -> None:
    chance = random.Random(f"{kind} {seed}")
    pages, edition, hours = chance.choice([2, 3, 4]), 1, 0.0
    cursor: Cursor | None = None
    stored: list[str] = []
    for _ in range(9):
        edition += chance.random() < 0.3
        listed(site, kind, said=f"2026-11-{10 + edition}")
        for number in range(1, pages + 1):
            faults = FAULTS if number > 1 else ("503", "404", "cut", "later")
            put(site, number, pages, chance.choice(["ok"] * 8 + list(faults)), edition)
        before = len(site.asked)
        found, cursor = visit(site, kind, cursor, hours)
        asked = [path for path, _ in site.asked[before:] if path not in ("/robots.txt", "/")]
        assert len(asked) == len(set(asked)), "nothing is asked for twice in one visit"
        for lines in found:
            if lines and lines[0].startswith("摘要"):
                assert not stored, "the list's words push nothing out"
                continue
            bare = [re.sub(r"第\d+版", "", line) for line in lines]
            assert bare == [line for line in SENTENCES if line in bare], "in order, each once"
            assert len(lines) >= len(stored)
            stored = lines
        hours += chance.choice([0.1, 1.5, 5])
