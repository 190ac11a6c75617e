"""The sites of the sample world: which address gives which page or feed, in which bytes. No web framework here."""

import json
import re
import tomllib
import zlib
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sandbox.newsroom.content import HERE, Piece, load
from sandbox.newsroom.rendering import render


@dataclass(frozen=True)
class Site:
    """One `[[site]]` of sites.toml; the comment at its head says what the fields mean."""

    key: str
    name: str
    slogan: str
    colour: str
    form: str
    feed: str = ""
    feed_template: str = ""
    feed_type: str = ""
    pages: str = "journal.html"
    article: str = "{slug}.html"
    index: str = "index.html"
    encoding: str = "utf-8"
    list_type: str = "text/html; charset=utf-8"
    article_type: str = "text/html; charset=utf-8"
    validators: str = "both"
    per_page: int = 100
    status: int = 200
    sitemap: bool = False
    api: bool = False

    def link(self, piece: Piece) -> str:
        return self.article.format(slug=piece.slug, n=number(piece))

    def index_name(self, page: int) -> str:
        stem, _, ending = self.index.rpartition(".")
        return self.index if page == 1 else f"{stem}_{page}.{ending}"


@dataclass(frozen=True)
class Answer:
    """What a site says to one address, before conditional requests are looked at. `modified` is aware."""

    body: bytes
    media: str
    modified: datetime
    validators: str = "both"
    status: int = 200


class World:
    """All sites with their pieces, dated back from the moment `opened` (aware)."""

    def __init__(self, opened: datetime) -> None:
        raw = tomllib.loads((HERE / "sites.toml").read_text(encoding="utf-8"))
        self.sites = {entry["key"]: Site(**entry) for entry in raw["site"]}
        self.pieces = load(opened)
        self.opened = opened

    def pieces_of(self, key: str) -> list[Piece]:
        return [piece for piece in self.pieces if piece.site == key]

    def answer(self, key: str, address: str, base: str) -> Answer | None:
        """What site `key` gives at `address` (path and query below the site); None for an address it does not have."""
        site = self.sites.get(key)
        if site is None:
            return None
        pieces = self.pieces_of(key)
        if site.feed and address == site.feed:
            return self._feed(site, pieces, base)
        last = max(1, -(-len(pieces) // site.per_page))
        pages = {site.index_name(page): page for page in range(1, last + 1)}
        if (page := 1 if address == "" else pages.get(address)) is not None:
            shown = pieces[(page - 1) * site.per_page : page * site.per_page]
            text = _page(site, base, address, piece=None, pieces=shown, number_of_page=page, last=last)
            return self._html(site, text, site.list_type, pieces)
        for piece in pieces:
            if address == site.link(piece):
                text = _page(site, base, address, piece=piece, pieces=pieces, number_of_page=1, last=last)
                return self._html(site, text, site.article_type, [piece])
        return None

    def _feed(self, site: Site, pieces: list[Piece], base: str) -> Answer:
        if site.feed_template == "json":
            text = _json_feed(site, pieces, base)
        else:
            text = render(site.feed_template, **_values(site, base), pieces=pieces)
        return Answer(text.encode(), site.feed_type, self._modified(pieces), site.validators, site.status)

    def _html(self, site: Site, text: str, media: str, pieces: list[Piece]) -> Answer:
        body = text.encode(site.encoding, "xmlcharrefreplace")
        return Answer(body, media, self._modified(pieces), site.validators)

    def _modified(self, pieces: list[Piece]) -> datetime:
        return max((piece.published for piece in pieces), default=self.opened)


def number(piece: Piece) -> int:
    """A five-digit number that stays the same for a piece, as old sites have them in their addresses."""
    return 10_000 + zlib.crc32(piece.slug.encode()) % 90_000


def body(piece: Piece, sites_path: str) -> str:
    """The HTML of a piece, its pictures addressed below `sites_path` (ends in a slash, or is relative like "../")."""
    return re.sub(r'<img src="([a-z0-9_]+)"', rf'<img src="{sites_path}pictures/\1.jpg"', piece.html)


def lazy(html: str) -> str:
    """Pictures as the public-account pages have them: the address in data-src, a script puts it in place."""
    return html.replace("<img src=", '<img class="rich_pages wxw-img" data-ratio="0.5625" data-src=')


def unclosed(html: str) -> str:
    """The same text as an old editor left it: paragraphs and list items never closed, spaces without a semicolon."""
    return re.sub(r"</(p|li|td|th|tr)>", "", html).replace("<p>", "<P>&nbsp&nbsp&nbsp&nbsp").replace("<strong>", "<B>")


def _values(site: Site, base: str) -> dict[str, object]:
    return {"site": site, "base": base, "home": f"{base}/sites/{site.key}/", "body": body, "link": site.link}


def _page(
    site: Site, base: str, address: str, piece: Piece | None, pieces: list[Piece], number_of_page: int, last: int
) -> str:
    return render(
        site.pages,
        **_values(site, base),
        up="../" * address.count("/"),
        piece=piece,
        pieces=pieces,
        number=number,
        number_of_page=number_of_page,
        last=last,
        index_name=partial(Site.index_name, site),
        lazy=lazy,
        unclosed=unclosed,
    )


def _json_feed(site: Site, pieces: list[Piece], base: str) -> str:
    home = f"{base}/sites/{site.key}/"
    items = [
        {
            "id": home + site.link(piece),
            "url": home + site.link(piece),
            "title": piece.title,
            "summary": piece.summary,
            "content_html": body(piece, f"{base}/sites/"),
            "date_published": piece.published.isoformat(),
            "authors": [{"name": piece.author}],
            "tags": list(piece.keywords),
            "language": "zh-CN",
        }
        for piece in pieces
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.name,
        "home_page_url": home,
        "feed_url": home + site.feed,
        "description": site.slogan,
        "language": "zh-CN",
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)
