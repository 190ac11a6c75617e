"""Tags in the store: the tagger's replace each other, a person's last, and what is due is found again after a stop."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from sqlmodel import Session

from content_store import people, sources, tags
from content_store.database import Store
from content_store.tables import Article, Tag
from content_store.tags import Tagged

LOCAL = {"theme": "local", "key": "220322", "name": "梨树县", "score": 0.9}
HAZARD = {"theme": "emergency", "key": "flood", "name": "洪涝", "score": 0.7, "detail": {"level": "red"}}


def articles(store: Store, now: datetime, number: int = 1) -> list[int]:
    """The newest first."""
    with store.session() as session:
        source = sources.put(
            session, "s", {"kind": "rss", "name": "气象局", "url": "http://127.0.0.1/f", "area": "2203"}, now=now
        )
        rows = [
            Article(
                source_id=source.id,
                external_id=str(place),
                title=f"第{place}篇",
                text="正文",
                content_hash="h",
                collected_at=now - timedelta(minutes=place),
            )
            for place in range(number)
        ]
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows if row.id is not None]


def keep(store: Store, now: datetime, *results: Tagged, version: str = "2-a") -> None:
    with store.session() as session:
        tags.keep_taggings(session, results, version=version, now=now)


def standing(store: Store, article: int) -> dict[str, Tag]:
    with store.reading() as session:
        return {tag.key: tag for tag in tags.of_article(session, article, with_rejected=True)}


def a_person(session: Session, now: datetime) -> int:
    user = people.add(session, name="甲", display_name="甲", password_hash="x", roles=["editor"], now=now)
    assert user.id is not None
    return user.id


def test_each_tag_keeps_the_version_that_made_it(store: Store, now: datetime) -> None:
    first, second = articles(store, now, 2)
    keep(store, now, Tagged(first, 1, "news", 0.1, [], [LOCAL]), version="2-a")
    keep(store, now, Tagged(second, 1, "news", 0.1, [], [LOCAL]), version="2-b")
    assert standing(store, first)["220322"].version == "2-a"
    assert standing(store, second)["220322"].version == "2-b"


def test_new_tags_of_the_tagger_replace_its_old_ones(store: Store, now: datetime) -> None:
    [article] = articles(store, now)
    keep(store, now, Tagged(article, 1, "news", 0.1, [["洪水", 1.0]], [LOCAL, HAZARD]))
    keep(store, now, Tagged(article, 1, "science", 0.8, [], [HAZARD]), version="2-b")
    assert set(standing(store, article)) == {"flood"}
    assert standing(store, article)["flood"].detail == {"level": "red"}
    with store.reading() as session:
        row = session.get(Article, article)
        assert row is not None
        assert (row.kind, row.science, row.keywords, row.tagger_version) == ("science", 0.8, [], "2-b")


def test_what_a_person_said_stands_whatever_later_versions_say(store: Store, now: datetime) -> None:
    [article] = articles(store, now)
    keep(store, now, Tagged(article, 1, "news", 0.1, [], [LOCAL]))
    with store.session() as session:
        person = a_person(session, now)
        for key, rejected in (("220322", True), ("220500", False)):
            tags.set_by_person(
                session, article, theme="local", key=key, name="", rejected=rejected, user_id=person, now=now
            )
    for version in ("2-b", "2-c"):
        found = [LOCAL, {"theme": "local", "key": "220500", "name": "通化市", "score": 0.2}, HAZARD]
        keep(store, now, Tagged(article, 1, "news", 0.1, [], found), version=version)
    kept = standing(store, article)
    assert {key: (tag.made_by, tag.rejected, tag.score) for key, tag in kept.items()} == {
        "220322": ("person", True, 1.0),
        "220500": ("person", False, 1.0),
        "flood": ("tagger", False, 0.7),
    }


def test_a_persons_word_on_one_article_binds_no_other(store: Store, now: datetime) -> None:
    first, second = articles(store, now, 2)
    with store.session() as session:
        person = a_person(session, now)
        tags.set_by_person(session, first, theme="local", key="220322", name="", rejected=True, user_id=person, now=now)
    keep(store, now, *(Tagged(article, 1, "news", 0.1, [], [LOCAL]) for article in (first, second)))
    assert standing(store, first)["220322"].rejected
    assert standing(store, second)["220322"].made_by == "tagger"


def test_the_newest_are_due_first_until_they_are_tagged_by_this_version(store: Store, now: datetime) -> None:
    numbers = articles(store, now, 4)
    keep(store, now, Tagged(numbers[1], 1, "news", 0.0, [], []), version="2-b")
    keep(store, now, Tagged(numbers[2], 1, "news", 0.0, [], []), version="2-a")
    with store.reading() as session:
        assert tags.due(session, "2-b") == [numbers[0], numbers[2], numbers[3]]
        assert tags.due(session, "2-b", limit=1) == [numbers[0]]
        assert tags.due(session, "2-b", limit=2) == [numbers[0], numbers[3]], "the oldest do not wait for ever"
        assert tags.due(session, "2-b", limit=9) == [numbers[0], numbers[2], numbers[3]]
        assert tags.due(session, "2-a") == [numbers[0], numbers[1], numbers[3]]
        assert tags.newest(session) == numbers


def test_an_article_revised_meanwhile_keeps_its_tags_and_stays_due(store: Store, now: datetime) -> None:
    first, second = articles(store, now, 2)
    keep(store, now, Tagged(first, 7, "news", 0.1, [], [LOCAL]), Tagged(second, 1, "news", 0.1, [], [LOCAL]))
    assert standing(store, first) == {}
    with store.reading() as session:
        assert tags.due(session, "2-a") == [first]


def test_an_article_that_is_gone_meanwhile_costs_nothing(store: Store, now: datetime) -> None:
    [article] = articles(store, now)
    keep(store, now, Tagged(article + 99, 1, "news", 0.1, [], [LOCAL]))
    assert standing(store, article) == {}


def test_an_article_without_a_sender_of_its_own_bears_its_sources(store: Store, now: datetime) -> None:
    [article] = articles(store, now)
    with store.reading() as session:
        [read] = tags.to_tag(session, [article])
    assert (read.source_name, read.source_area, read.title, read.text) == ("气象局", "2203", "第0篇", "正文")


def test_a_person_and_the_tagger_on_the_same_article_wait_for_each_other(store: Store, now: datetime) -> None:
    [article] = articles(store, now)
    with store.session() as session:
        person = a_person(session, now)

    def speak(turn: int) -> None:
        with store.session() as session:
            said = {"theme": "local", "key": "220322", "name": "", "rejected": turn % 2 == 0}
            tags.set_by_person(session, article, user_id=person, now=now, **said)

    def tag(turn: int) -> None:
        keep(store, now, Tagged(article, 1, "news", 0.1, [], [LOCAL, HAZARD]), version=f"2-{turn}")

    with ThreadPoolExecutor(3) as pool:
        jobs = [pool.submit(act, turn) for turn in range(25) for act in (tag, speak, tag)]
    for job in jobs:
        job.result()
    assert standing(store, article)["220322"].made_by == "person"
