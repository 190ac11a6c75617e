"""Feeds and pages made by others, served over loopback and collected into a real store."""

from __future__ import annotations

import gzip
import json
import re
from datetime import UTC, datetime
from pathlib import Path

from cryptography.fernet import Fernet
from loopback import Site, serving
from sqlmodel import select

from content_store import sources
from content_store.database import Store
from content_store.media import MediaFolder
from content_store.tables import Article
from content_store.vault import Vault
from steps.collect import collect_due
from steps.newsroom import Newsroom

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
BROKEN = re.compile("[\ufffd\u0080-\u009f]")


def put(site: Site, files: list[Path], store: Store, kind: str) -> None:
    with store.session() as session:
        for number, path in enumerate(files):
            body = path.read_bytes()
            body = gzip.decompress(body) if path.suffix == ".gz" else body
            url = site.put(f"/{kind}/{number}", body)
            sources.put(session, f"{kind}-{number}", {"kind": kind, "url": url}, now=NOW)


def feeds_of(folder: Path) -> list[Path]:
    files = [path for path in folder.rglob("*.xml") if "wellformed" not in path.parts]
    return sorted(files + sorted(folder.glob("feedparser/wellformed/**/*.xml"))[::12])


def test_real_feeds_are_collected_without_a_crash(sqlite_store: Store, tmp_path: Path, shared_data: Path) -> None:
    newsroom = Newsroom(sqlite_store, MediaFolder(tmp_path), Vault(Fernet.generate_key()), {}, "http://127.0.0.1")
    with serving() as site:
        files = feeds_of(shared_data / "feeds")[::8]
        put(site, files, sqlite_store, "rss")
        counts = collect_due(newsroom, NOW)
    with sqlite_store.reading() as session:
        errors = [row.last_error for row in sources.listed(session) if row.failures]
        articles = session.exec(select(Article)).all()
    assert counts["sources"] == len(files)
    assert not [error for error in errors if "程序出错" in error]
    assert len(errors) < len(files) * 0.05
    assert len(articles) > 20


def test_chinese_pages_are_collected_with_right_text(sqlite_store: Store, tmp_path: Path, shared_data: Path) -> None:
    newsroom = Newsroom(sqlite_store, MediaFolder(tmp_path), Vault(Fernet.generate_key()), {}, "http://127.0.0.1")
    folder = shared_data / "extraction" / "magic_html_article"
    gold = json.loads((folder / "gold.json").read_text("utf-8"))
    with serving() as site:
        links = []
        for number, key in enumerate(sorted(gold)):
            site.put(f"/a/{number}.html", (folder / f"{key}.html").read_bytes(), headers={"Content-Type": "text/html"})
            links.append(f"<li><a href='/a/{number}.html'>某篇</a></li>")
        url = site.put("/list", "<html><body>" + "".join(links) + "</body></html>")
        values = {"kind": "webpage", "url": url, "settings": {"item": "li a", "max_items": 100}}
        with sqlite_store.session() as session:
            sources.put(session, "pages", values, now=NOW)
        counts = collect_due(newsroom, NOW)
    with sqlite_store.reading() as session:
        articles = {article.url.rsplit("/", 1)[1]: article for article in session.exec(select(Article))}
    assert counts["new"] == len(gold) - counts["bad"] >= len(gold) - 1
    for number, key in enumerate(sorted(gold)):
        article = articles.get(f"{number}.html")
        if article is None:
            continue
        assert not BROKEN.search(article.title + article.text)
        right, found = (re.sub(r"\W", "", text) for text in (gold[key]["content"], article.text))
        probes = [right[len(right) * tenth // 10 :][:6] for tenth in range(2, 9)]
        assert sum(probe in found for probe in probes) >= 5, article.title
