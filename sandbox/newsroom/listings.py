"""Other ways in to a site's pieces: sitemaps and a JSON interface; and hot lists in three shapes. No web framework here."""

import gzip
import json
from datetime import datetime
from xml.sax.saxutils import escape

from sandbox.newsroom.content import Piece
from sandbox.newsroom.rendering import render
from sandbox.newsroom.sites import Answer, Site, World, body, number

PER_PAGE = 2
_XML = "application/xml; charset=utf-8"
_JSON = "application/json; charset=utf-8"
_SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)
TOPICS = (
    ("寒潮来袭如何防寒", 342.5),
    ("某歌手演唱会加场", 280.0),
    ("雾凇进入最佳观赏期", 151.2),
    ("诺如病毒进入高发期", 98.7),
    ("今夜抬头看流星雨", 76.4),
    ("路面结冰如何安全驾驶", 54.0),
    ("查干湖冬捕开始", 40.3),
)
"""(topic, heat in ten thousands), the hottest first; an advertisement is put between them."""


def listing(world: World, key: str, address: str, base: str) -> Answer | None:
    """`sitemap.xml` (an index), `map.xml.gz` and `news.xml`, and `api/list?page=N`, of sites that have them."""
    site = world.sites.get(key)
    if site is None or not (pieces := world.pieces_of(key)):
        return None
    home, changed = f"{base}/sites/{key}/", max(piece.published for piece in pieces)
    if site.sitemap and address == "sitemap.xml":
        text = "".join(_located("sitemap", home + name, changed) for name in ("map.xml.gz", "news.xml"))
        return Answer(f"<sitemapindex {_SPACES}>{text}</sitemapindex>".encode(), _XML, changed)
    if site.sitemap and address == "map.xml.gz":
        # the same bytes at every question: no time of packing in them
        return Answer(gzip.compress(_map(site, pieces, home), mtime=0), "application/gzip", changed)
    if site.sitemap and address == "news.xml":
        return Answer(_map(site, pieces[:2], home, news=True), _XML, changed)
    if site.api and address.startswith("api/list?page="):
        page = address.partition("=")[2]
        return Answer(_page_of_interface(site, pieces, base, int(page) if page.isdigit() else 1), _JSON, changed)
    return None


def hot_list(name: str, opened: datetime) -> Answer | None:
    """`newsnow`, `dailyhot` and `rsshub` give the same list, each in its own shape; `broken` is a route that is down."""
    lines = [(topic, f"https://hot.example/s?n={rank}", heat) for rank, (topic, heat) in enumerate(TOPICS, 1)]
    if name == "broken":
        return Answer('{"status":"error","message":"线路维护中"}'.encode(), _JSON, opened, status=502)
    if name == "newsnow":
        items = [
            {"id": link, "title": topic, "url": link, "mobileUrl": link, "extra": {"info": f"{heat} 万热度"}}
            for topic, link, heat in lines
        ]
        items.insert(
            2, {"id": "ad", "title": "冬衣限时特价", "url": "https://hot.example/ad", "extra": {"info": "广告"}}
        )
        said = {"status": "success", "id": name, "updatedTime": int(opened.timestamp() * 1000), "items": items}
        return Answer(json.dumps(said, ensure_ascii=False).encode(), _JSON, opened)
    if name == "dailyhot":
        data = [
            {"id": rank, "title": topic, "desc": "", "hot": int(heat * 10_000), "url": link, "mobileUrl": link}
            for rank, (topic, link, heat) in enumerate(lines, 1)
        ]
        head = {"code": 200, "name": name, "title": "城市热榜", "type": "热搜榜", "total": len(data)}
        said = head | {"updateTime": opened.isoformat(), "data": data}
        return Answer(json.dumps(said, ensure_ascii=False).encode(), _JSON, opened)
    if name == "rsshub":
        return Answer(render("hot_rss.xml", lines=lines, opened=opened).encode(), "application/xml", opened)
    return None


def _map(site: Site, pieces: list[Piece], home: str, news: bool = False) -> bytes:
    urls = (
        _located("url", home + site.link(each), each.published, _news(site, each) if news else "") for each in pieces
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {_SPACES}>{"".join(urls)}</urlset>'.encode()


def _located(tag: str, address: str, changed: datetime, beside: str = "") -> str:
    return f"<{tag}><loc>{escape(address)}</loc><lastmod>{changed.isoformat()}</lastmod>{beside}</{tag}>\n"


def _news(site: Site, piece: Piece) -> str:
    return (
        f"<news:news><news:publication><news:name>{escape(site.name)}</news:name><news:language>zh-cn</news:language>"
        f"</news:publication><news:publication_date>{piece.published.isoformat()}</news:publication_date>"
        f"<news:title>{escape(piece.title)}</news:title></news:news>"
    )


def _page_of_interface(site: Site, pieces: list[Piece], base: str, page: int) -> bytes:
    shown = pieces[(page - 1) * PER_PAGE : page * PER_PAGE] if page > 0 else []
    entries = [
        {
            "nid": number(piece),
            "biaoti": piece.title,
            "zuozhe": piece.author,
            "laiyuan": {"mingcheng": piece.source},
            "zhaiyao": piece.summary,
            "fabu": int(piece.published.timestamp() * 1000),
            "lianjie": f"/sites/{site.key}/{site.link(piece)}",
            "neirong": body(piece, f"{base}/sites/"),
        }
        for piece in shown
    ]
    said = {"code": 0, "msg": "成功", "data": {"total": len(pieces), "page": page, "list": entries}}
    return json.dumps(said, ensure_ascii=False).encode()
