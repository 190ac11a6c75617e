"""What changes at a source beside a text that stays the same: files, author, day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from loopback import Site
from sqlmodel import select
from test_collect import LONG, NOW, OTHER, newsroom_of, source

from connectors.base import FetchedItem
from content_store import sources
from content_store.database import Store
from content_store.tables import Article, ArticleRevision
from steps.collect import collect_source
from steps.newsroom import Newsroom
from steps.prepared import prepare
from steps.storing import Portion, write


@pytest.fixture
def newsroom(store: Store, tmp_path: Path) -> Newsroom:
    return newsroom_of(store, tmp_path)


def told(**values: object) -> FetchedItem:
    given = {"external_id": "1", "url": "http://a.test/1", "title": "天池的来历", "text": LONG}
    return FetchedItem.model_validate(given | values)


def stored(newsroom: Newsroom, *items: FetchedItem) -> tuple[dict[str, int], Article]:
    """The article after its source told of it so, one visit after the other."""
    with newsroom.store.session() as session:
        row = sources.put(session, "f", {"kind": "rss", "url": "http://a.test/f", "rhythm_minutes": 60}, now=NOW)
    for item in items:
        (counts,) = write(newsroom.store, Portion(row, [prepare(item, row.id or 0)], NOW))
    assert isinstance(counts, dict)
    with newsroom.store.reading() as session:
        assert not session.exec(select(ArticleRevision)).all()
        return counts, session.exec(select(Article)).one()


def test_a_file_that_moved_under_the_same_words_is_linked_to_anew_without_a_revision(newsroom: Newsroom) -> None:
    old, new = (
        told(
            html=f"<p>{LONG}</p><a href='http://a.test/{name}.doc'>报名表</a>",
            attachments=[{"name": "报名表.doc", "url": f"http://a.test/{name}.doc", "kind": "doc"}],
        )
        for name in ("old", "new")
    )
    counts, article = stored(newsroom, old, new)
    assert (counts["same"], counts["revised"], article.revision) == (1, 0, 1)
    assert article.attachments == [{"name": "报名表.doc", "url": "http://a.test/new.doc", "kind": "doc"}]
    assert "new.doc" in article.html


def test_an_author_and_a_day_that_are_corrected_are_written_down_and_none_is_forgotten(newsroom: Newsroom) -> None:
    first, second = (datetime(2026, 11, day, tzinfo=UTC) for day in (20, 21))
    _, article = stored(
        newsroom, told(author="李明", published_at=first), told(author="李铭", published_at=second), told()
    )
    assert (article.author, article.published_at) == ("李铭", second)


def test_a_day_that_moves_on_after_the_article_was_collected_is_no_correction(newsroom: Newsroom) -> None:
    first = datetime(2026, 11, 20, tzinfo=UTC)
    _, article = stored(newsroom, told(published_at=first), told(published_at=NOW + timedelta(hours=3)))
    assert article.published_at == first


def test_a_revision_without_a_day_keeps_the_one_that_was_known(newsroom: Newsroom, site: Site) -> None:
    feeds = [
        f"<rss version='2.0'><channel><item><guid>1</guid><title>天池</title><description>{text}</description>{day}</item></channel></rss>"
        for text, day in ((LONG, "<pubDate>Fri, 20 Nov 2026 08:00:00 +0800</pubDate>"), (OTHER, ""))
    ]
    number = source(newsroom, site.put("/f", feeds[0]))
    collect_source(newsroom, number, NOW)
    site.put("/f", feeds[1])
    assert collect_source(newsroom, number, NOW)["revised"] == 1
    with newsroom.store.reading() as session:
        assert session.exec(select(Article)).one().published_at == datetime(2026, 11, 20, tzinfo=UTC)
