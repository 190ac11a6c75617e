"""What of the real files beside the project can be collected: each file as a source of its right kind, as a server would give it.

Pages, posts and texts that were no answer of a server are put into the shape in which one would give them: a listing with
one link, a sitemap, pages of JSON, a hot list.
"""

from __future__ import annotations

import gzip
import json
import re
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from connectors.base import RawPage
from connectors.sources.detection import guess

_HEADER = re.compile(rb"^\s*(?:<!--\s*)?Header:\s*([\w-]+):\s*(.*?)\s*$", re.M)
"""How feedparser's tests say what the server has to answer."""
_SENT = ("content-type", "content-language", "content-location", "last-modified")
_PER_PAGE, _MOST_PAGES = 100, 50
_DAILY = {
    "weibo": {"title": "title", "link": "url"},
    "toutiao": {"title": "word", "link": "url"},
    "zhihu": {
        "items": "data",
        "id": "id",
        "title": "target.title_area.text",
        "summary": "target.excerpt_area.text",
        "link": "target.link.url",
    },
}
"""Where the originals of three hot lists have what."""
_LISTING = '<!doctype html><meta charset="utf-8"><title>列表</title><ul>{}</ul>'
_LINK = '<li><a href="{}">这里是列表中的一篇真实文章</a></li>'


@dataclass(frozen=True)
class Reply:
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Served:
    """A source on the benchmark's own server: `start` is where a person would point, below the source's own folder.

    What comes from WeChat stands at /s/NUMBER, as it does there.
    """

    of: str
    """The set it belongs to: the folder in the data."""
    name: str
    kind: str
    start: str
    replies: dict[str, Reply]
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    """A text that comes as a Word file."""

    name: str
    title: str
    text: str


def catalogue(data: Path) -> Iterator[Served]:
    """Every source, in a fixed order."""
    return chain(
        _feeds(data / "feeds"), _cap(data / "emergency" / "cap"), _pages(data / "extraction"),
        _lists(data), _hot(data / "hot"), _json_files(data),
    )  # fmt: skip


# ---------------------------------------------------------------- feeds and warnings


def _feeds(folder: Path) -> Iterator[Served]:
    for path in _files(folder, ".xml"):
        yield _one(folder.parent, path, "rss")
    for path in _files(folder, ".json"):
        # most are what another parser should make of a feed, and no feeds
        if b"jsonfeed.org/version" in path.read_bytes()[:4000]:
            yield _one(folder.parent, path, "rss")
    for path in _files(folder, ".html"):
        yield _listed(folder.parent, path)
    with tarfile.open(folder / "wechat_feeds.tar.gz") as packed:
        for member in packed:
            if (opened := packed.extractfile(member)) is not None:
                reply = Reply(opened.read(), {"content-type": "application/xml; charset=utf-8"})
                yield Served("feeds/wechat_feeds", Path(member.name).name, "rss", "feed", {"feed": reply})


def _cap(folder: Path) -> Iterator[Served]:
    for path in _files(folder, ".xml", ".cap", ".atom", ".rss", ".edxlde"):
        yield _one(folder.parent.parent, path, "cap")


def _one(data: Path, path: Path, kind: str, settings: dict[str, Any] | None = None) -> Served:
    body = path.read_bytes()
    told = {name.decode().lower(): value.decode("latin-1") for name, value in _HEADER.findall(body[:4000])}
    headers = {name: value for name, value in told.items() if name in _SENT}
    headers.setdefault(
        "content-type", "application/json" if path.suffix in (".json", ".geojson") else "application/xml"
    )
    return Served(_set(data, path), path.name, kind, "file", {"file": Reply(body, headers)}, settings or {})


# ---------------------------------------------------------------- pages


def _pages(folder: Path) -> Iterator[Served]:
    pages = [path for path in _files(folder, ".html", ".gz") if path.name != "expected.html"]
    articles: dict[str, Reply] = {}
    for path in pages:
        if {"list", "test_list_page"} & set(path.parts):
            yield Served(_set(folder.parent, path), path.name, "webpage", "page", {"page": _page(path)})
            continue
        yield _listed(folder.parent, path)
        articles[f"{len(articles)}.html"] = _page(path)
    places = "".join(f"<url><loc>{{base}}{name}</loc></url>" for name in articles)
    xml = f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>'
    replies = articles | {"sitemap.xml": Reply(xml.encode(), {"content-type": "application/xml"})}
    settings = {"newest": 500, "max_items": 200}
    yield Served("（站点地图：上面所有文章页）", "sitemap.xml", "sitemap", "sitemap.xml", replies, settings)


def _listed(data: Path, path: Path) -> Served:
    """A page as the only article of a listing, or as what it is at WeChat."""
    reply = _page(path)
    if b'id="js_content"' in reply.body:
        return Served(_set(data, path), path.name, "wechat_article", "", {"": reply})
    listing = Reply(_LISTING.format(_LINK.format("page.html")).encode(), {"content-type": "text/html; charset=utf-8"})
    replies = {"": listing, "page.html": reply}
    return Served(_set(data, path), path.name, "webpage", "", replies, {"item": "a"})


def _page(path: Path) -> Reply:
    body = path.read_bytes()
    return Reply(gzip.decompress(body) if path.suffix == ".gz" else body, {"content-type": "text/html"})


# ---------------------------------------------------------------- JSON


def _lists(data: Path) -> Iterator[Served]:
    """Collections of posts and reports, turned page by page as an interface gives them."""
    known = {"id": "id", "url_template": "http://127.0.0.1/{id}.html"}
    news = _rows(data / "local" / "dxy_news_province.jsonl")
    yield _paged("local/dxy_news_province", news, known | {"body": "summary", "date": "pubDate"})
    rumours = _rows(data / "emergency" / "dxy_rumors.jsonl")
    yield _paged("emergency/dxy_rumors", rumours, known | {"summary": "mainSummary", "body": "body"})
    posts = [{"id": number} | row for number, row in enumerate(_rows(data / "emergency" / "weibo21.jsonl"))]
    yield _paged("emergency/weibo21", posts, known | {"title": "content", "body": "content"})
    with gzip.open(data / "dedup" / "wechat_same_title_groups.jsonl.gz", "rt", encoding="utf-8") as lines:
        shared = [item for line in lines for item in json.loads(line)["items"]]
    yield _paged("dedup/wechat_same_title_groups", shared, {"title": "1", "link": "3", "date": "2", "source": "0"})


def _paged(of: str, rows: Sequence[Any], settings: dict[str, Any]) -> Served:
    pages = [rows[start : start + _PER_PAGE] for start in range(0, min(len(rows), _PER_PAGE * _MOST_PAGES), _PER_PAGE)]
    replies = {f"list?page={number}": _json({"data": {"list": page}}) for number, page in enumerate([*pages, []], 1)}
    ways = {"items": "data.list", "page_param": "page", "max_pages": _MOST_PAGES}
    return Served(of, Path(of).name, "json_api", "list?page=1", replies, ways | settings)


def _hot(folder: Path) -> Iterator[Served]:
    """The last day of each list, as DailyHotApi gives it, and the original daily files."""
    for path in _files(folder, ".jsonl.gz"):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        today = [row for row in rows if row["date"] == rows[-1]["date"]]
        said = {"name": path.stem, "title": path.stem, "total": len(today), "data": today}
        yield Served("hot", path.name, "hotlist", "list", {"list": _json(said)})
    for name, places in _DAILY.items():
        for path in _files(folder / "raw" / name, ".json"):
            yield _one(folder.parent, path, "json_api", places)


def _json_files(data: Path) -> Iterator[Served]:
    folders = (data / "emergency" / "cap", data / "emergency" / "qweather")
    for path in chain.from_iterable(_files(folder, ".json", ".geojson") for folder in folders):
        yield _guessed(data, path)


def _guessed(data: Path, path: Path) -> Served:
    """JSON of nobody knows which kind: as a person would register it who pastes its address."""
    page = RawPage(url="http://127.0.0.1/", status=200, body=path.read_bytes(), fetched_at=datetime.now(UTC))
    found = guess(page)
    return _one(data, path, found.kind, found.settings)


def _json(said: Any) -> Reply:
    return Reply(json.dumps(said, ensure_ascii=False).encode(), {"content-type": "application/json"})


# ---------------------------------------------------------------- Word


def word_texts(data: Path) -> Iterator[Sent]:
    """Texts with a title that nobody published on the web: they come into a drop folder."""
    for path in _files(data / "emergency" / "cec", ".xml"):
        text = path.read_text(encoding="utf-8", errors="replace")
        title = re.search(r"<Title>(.*?)</Title>", text, re.S)
        body = re.search(r"<Content>(.*?)</Content>", text, re.S)
        if title and body:
            yield Sent(f"{path.parent.name}/{path.stem}.docx", _plain(title[1]), _plain(body[1]))


def _plain(markup: str) -> str:
    paragraphs = re.split(r"</Paragraph>", markup)
    return "\n".join(filter(None, (re.sub(r"<[^>]*>|\s+", "", part) for part in paragraphs)))


# ---------------------------------------------------------------- files


def _files(folder: Path, *endings: str) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.name.endswith(endings) and path.is_file())


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _set(data: Path, path: Path) -> str:
    """The collection, and of the largest its parts."""
    parts = path.relative_to(data).parts[:-1]
    return "/".join(parts[: 3 if parts[1] == "feedparser" else 2])
