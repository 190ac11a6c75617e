"""Forms that people gave: they outlive every tagging and every revision, and the tagger's own stands again afterwards."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from alembic import command
from alembic.config import Config
from sqlmodel import Session, select

from content_store import inbox, kinds, people, sources, tags
from content_store.database import Store
from content_store.inbox import Wanted
from content_store.migrate import FOLDER, migrate
from content_store.tables import Article, KindByPerson
from content_store.tags import Tagged


def an_article(session: Session, now: datetime) -> tuple[int, int]:
    """A tagged article, and an editor."""
    source = sources.put(session, "s", {"kind": "rss", "name": "气象局", "url": "http://127.0.0.1/f"}, now=now)
    row = Article(source_id=source.id, external_id="1", title="题", text="文", content_hash="h", collected_at=now)
    session.add(row)
    user = people.add(session, name="甲", display_name="甲", password_hash="x", roles=["editor"], now=now)
    session.flush()
    assert row.id is not None
    assert user.id is not None
    return row.id, user.id


def tagged(store: Store, article: int, kind: str, now: datetime, *, revision: int = 1) -> None:
    with store.session() as session:
        tags.keep_taggings(session, [Tagged(article, revision, kind, 0.5, [], [])], version=kind, now=now)


def said(store: Store, article: int, kind: str, user: int, now: datetime) -> None:
    with store.session() as session:
        row = kinds.locked(session, article)
        assert row is not None
        kinds.set_by_person(session, row, kind, user_id=user, now=now)


def down(store: Store, revision: str) -> None:
    with store.engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(FOLDER))
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def form(store: Store, article: int) -> str:
    """As the inbox tells it and finds it."""
    with store.reading() as session:
        [line] = inbox.listed(session, Wanted(), limit=9)
        assert line.id == article
        assert inbox.listed(session, Wanted(kind=line.kind), limit=9) == [line]
        return line.kind


def test_a_persons_form_stands_whatever_later_versions_and_revisions_say(store: Store, now: datetime) -> None:
    with store.session() as session:
        article, user = an_article(session, now)
    tagged(store, article, "news", now)
    said(store, article, "science", user, now)
    tagged(store, article, "debunk", now)
    with store.session() as session:
        session.get_one(Article, article).revision = 2
    tagged(store, article, "alert", now, revision=2)
    assert form(store, article) == "science"
    with store.reading() as session:
        row = kinds.of_people(session, [article])[article]
        assert (row.tagger_kind, row.user_id, row.set_at) == ("alert", user, now)


def test_taken_back_the_taggers_latest_answer_stands_again_and_goes_on_changing(store: Store, now: datetime) -> None:
    with store.session() as session:
        article, user = an_article(session, now)
    tagged(store, article, "news", now)
    said(store, article, "science", user, now)
    said(store, article, "other", user, now + timedelta(hours=1))
    tagged(store, article, "debunk", now)
    with store.session() as session:
        row = kinds.locked(session, article)
        assert row is not None
        assert kinds.take_back(session, row) == "other"
        assert kinds.take_back(session, row) is None
    assert form(store, article) == "debunk"
    tagged(store, article, "alert", now)
    assert form(store, article) == "alert"


def test_a_form_may_be_given_before_the_tagger_came(store: Store, now: datetime) -> None:
    with store.session() as session:
        article, user = an_article(session, now)
    said(store, article, "debunk", user, now)
    assert form(store, article) == "debunk"
    tagged(store, article, "news", now)
    assert form(store, article) == "debunk"


def test_a_form_given_while_the_tagger_writes_is_not_lost(store: Store, now: datetime) -> None:
    with store.session() as session:
        article, user = an_article(session, now)
    threads = [
        threading.Thread(target=tagged, args=(store, article, "news", now)),
        threading.Thread(target=said, args=(store, article, "science", user, now)),
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert form(store, article) == "science"


def test_going_back_to_the_older_schema_the_taggers_answers_stand(store: Store, now: datetime) -> None:
    with store.session() as session:
        article, user = an_article(session, now)
    tagged(store, article, "news", now)
    said(store, article, "science", user, now)
    down(store, "0014")
    with store.reading() as session:
        assert session.exec(select(Article.kind)).one() == "news"
    migrate(store)
    with store.reading() as session:
        assert session.exec(select(KindByPerson)).all() == []
