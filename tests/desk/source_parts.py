"""What the tests of sources share: feeds and listings of a site on loopback, a filled-in form, rows of the store."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest_desk import World
from loopback import Site, serving

from content_store import sources
from content_store.tables import Source


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


def every(world: World) -> list[Source]:
    with world.newsroom.store.reading() as session:
        return sources.listed(session)
