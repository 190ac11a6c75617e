"""Stories made from articles: text, source, pictures fetched over real HTTP."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from PIL import Image
from sqlmodel import Session

from content_store import people, sources
from content_store.tables import Article, ArticlePicture
from steps import stories
from steps.errors import Missing, Refused
from steps.newsroom import Newsroom
from steps.pictures import fetch_waiting, with_own_pictures


def png(width: int, height: int, colour: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "PNG")
    return buffer.getvalue()


PICTURES = {"/icon.png": png(16, 16, "red"), "/lake.png": png(640, 360, "blue"), "/broken.png": b"<html>not a picture"}


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = PICTURES.get(self.path)
        self.send_response(200 if body else 404)
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def editor(newsroom: Newsroom, now: datetime) -> int:
    with newsroom.store.session() as session:
        user = people.add(session, name="a", display_name="甲", password_hash="x", roles=["editor"], now=now)
        assert user.id is not None
        return user.id


def an_article(session: Session, site: str, now: datetime, **source: object) -> int:
    row = sources.put(session, "lake", {"kind": "rss", "name": "查干湖", "url": site} | source, now=now)
    paths = ["/icon.png", "/gone.png", "/lake.png", "/broken.png"]
    html = "<p>冬捕 & 冰层</p>" + "".join(f'<img src="{site}{path}" alt="&quot;图&quot;">' for path in paths)
    article = Article(
        source_id=row.id,
        external_id="1",
        title="查干湖冬捕里的冰层科学",
        text="冬捕 & 冰层",
        html=html,
        content_hash="h",
        collected_at=now,
    )
    session.add(article)
    session.flush()
    assert article.id is not None
    for position, path in enumerate(paths):
        session.add(ArticlePicture(article_id=article.id, position=position, url=site + path))
    return article.id


def test_good_pictures_come_along_and_bad_ones_stop_nothing(
    newsroom: Newsroom, site: str, editor: int, now: datetime
) -> None:
    with newsroom.store.session() as session:
        article = an_article(session, site, now)
    story = stories.make_from_article(newsroom, article, by=editor, now=now)
    version = stories.standing_version(newsroom, story)
    assert version.body_html.count("media:") == 2
    assert site not in version.body_html
    assert version.source_line == "查干湖"
    assert version.cover_sha256 is not None
    assert newsroom.media.read(version.cover_sha256) == PICTURES["/lake.png"]


def test_a_source_that_forbids_reprints_gives_no_story(
    newsroom: Newsroom, site: str, editor: int, now: datetime
) -> None:
    with newsroom.store.session() as session:
        article = an_article(session, site, now, reprint="forbidden")
    with pytest.raises(Refused, match="不允许转载"):
        stories.make_from_article(newsroom, article, by=editor, now=now)


def test_an_article_that_is_gone_is_said_so(newsroom: Newsroom, editor: int, now: datetime) -> None:
    with pytest.raises(Missing, match="刷新"):
        stories.make_from_article(newsroom, 4711, by=editor, now=now)


def test_waiting_pictures_are_fetched_in_rounds_and_bad_ones_are_given_up(
    newsroom: Newsroom, site: str, now: datetime
) -> None:
    with newsroom.store.session() as session:
        an_article(session, site, now)
    assert fetch_waiting(newsroom, now) == {"pictures": 2, "pictures_failed": 2}
    assert fetch_waiting(newsroom, now) == {"pictures": 0, "pictures_failed": 2}
    assert fetch_waiting(newsroom, now) == {"pictures": 0, "pictures_failed": 2}
    assert fetch_waiting(newsroom, now) == {"pictures": 0, "pictures_failed": 0}


@pytest.mark.parametrize(("field", "length"), [("title", 121), ("digest", 401), ("author", 41)])
def test_too_long_a_field_is_refused_by_its_name(field: str, length: int) -> None:
    with pytest.raises(Refused, match="太长"):
        stories.clean({"title": "题", field: "长" * length})


def test_pictures_of_others_are_dropped_from_the_body() -> None:
    html = '<p>a<img alt="x" src="http://elsewhere/a.png"><IMG SRC="http://here/b.png?x=1&amp;y=2"/>b</p>'
    assert with_own_pictures(html, {"http://here/b.png?x=1&y=2": "ab"}) == '<p>a<img src="media:ab" alt="">b</p>'
