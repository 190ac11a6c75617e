"""Tags on articles, and hot lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy.orm import load_only
from sqlmodel import Session, col, delete, func, insert, or_, select, update

from content_store import kinds
from content_store.tables import Article, HotTopic, Source, Tag


def of_article(session: Session, article_id: int, *, with_rejected: bool = False) -> list[Tag]:
    query = select(Tag).where(Tag.article_id == article_id).order_by(col(Tag.theme), col(Tag.score).desc())
    return list(session.exec(query if with_rejected else query.where(col(Tag.rejected).is_(False))))


def of_articles(session: Session, article_ids: Iterable[int]) -> dict[int, list[Tag]]:
    """Standing tags by article, best first."""
    found: dict[int, list[Tag]] = {}
    query = select(Tag).where(col(Tag.article_id).in_(list(article_ids)), col(Tag.rejected).is_(False))
    for tag in session.exec(query.order_by(col(Tag.score).desc())):
        found.setdefault(tag.article_id, []).append(tag)
    return found


def replace_tagger_tags(session: Session, found: Mapping[int, Iterable[dict[str, Any]]], *, now: datetime) -> None:
    """The tagger's new tags of some articles (by id) in place of its old ones. A person's tag or rejection stays and wins;
    what else the text says of it (a warning's level and action) goes on being the tagger's."""
    articles = list(found)
    settled = _of_people(session, articles)
    session.exec(delete(Tag).where(col(Tag.article_id).in_(articles), col(Tag.made_by) == "tagger"))
    rows = []
    for article, tags in found.items():
        own = {(tag["theme"], tag["key"]): tag for tag in tags}
        for tag in settled.get(article, ()):
            if not tag.rejected and tag.theme != "hot":
                tag.detail = dict(own.get((tag.theme, tag.key), {}).get("detail", {}))
        said = {(tag.theme, word) for tag in settled.get(article, ()) for word in wordings(tag.key, tag.detail)}
        rows += [
            _BARE | values | {"article_id": article, "made_by": "tagger", "created_at": now}
            for (theme, key), values in own.items()
            if said.isdisjoint((theme, word) for word in wordings(key, values.get("detail", {})))
        ]
    if rows:
        session.execute(insert(Tag), rows)


def wordings(key: str, detail: Mapping[str, Any]) -> tuple[str, ...]:
    """How a tag's key is said: a hot topic as each of its lists says it, so that a person's no holds for all of them."""
    return (key, *detail.get("wordings", ()))


def _of_people(session: Session, articles: Iterable[int]) -> dict[int, list[Tag]]:
    """Tags and rejections of people, by article."""
    found: dict[int, list[Tag]] = {}
    query = select(Tag).where(col(Tag.article_id).in_(list(articles)), Tag.made_by == "person")
    for tag in session.exec(query):
        found.setdefault(tag.article_id, []).append(tag)
    return found


_BARE: dict[str, Any] = {"name": "", "score": 0.0, "detail": {}, "evidence": [], "rejected": False, "version": ""}


def settled_by_person(session: Session, articles: Iterable[int]) -> list[tuple[int, str, str, bool]]:
    """(article, theme, key, taken away?) of everything on which a person has had the last word."""
    query = select(Tag.article_id, Tag.theme, Tag.key, Tag.rejected).where(
        col(Tag.article_id).in_(list(articles)), Tag.made_by == "person"
    )
    return list(session.exec(query))


def set_by_person(
    session: Session, article_id: int, *, theme: str, key: str, name: str, rejected: bool, user_id: int, now: datetime
) -> None:
    """A person adds a tag or takes one away; either way it is the last word.

    The article is locked as the tagger locks it: whoever comes second sees what the first has written.
    """
    session.exec(select(Article.id).where(Article.id == article_id).with_for_update()).all()
    query = select(Tag).where(Tag.article_id == article_id, Tag.theme == theme, Tag.key == key)
    tag = session.exec(query).first() or Tag(article_id=article_id, theme=theme, key=key, created_at=now)
    tag.name = name or tag.name or key
    tag.made_by, tag.rejected, tag.user_id, tag.score = "person", rejected, user_id, 1.0
    session.add(tag)
    session.flush()


def counts(session: Session, theme: str) -> list[tuple[str, str, int]]:
    """(key, name, number of articles) of a theme, most first."""
    query = (
        select(Tag.key, func.max(Tag.name), func.count())
        .where(Tag.theme == theme, col(Tag.rejected).is_(False))
        .group_by(col(Tag.key))
        .order_by(func.count().desc(), col(Tag.key))
    )
    return [(key, name, number) for key, name, number in session.exec(query)]


def keep_hot_topics(
    session: Session,
    list_key: str,
    topics: Iterable[dict[str, Any]],
    *,
    at: datetime,
    now: datetime,
    anew_after: timedelta,
) -> int:
    """A look at a hot list: each topic {topic, rank, heat, url, description} is added or moved. Returns how many are new on it.

    `at` is when the list was made: the same list once more changes nothing, nor does an older one that comes late. What
    was seen after `now` was seen by a clock that was wrong, and counts for nothing. A topic that comes back after
    `anew_after` is another event of the same name (高考成绩公布) and begins anew.
    """
    known = {row.topic: row for row in session.exec(select(HotTopic).where(HotTopic.list_key == list_key))}
    added = 0
    for values in {each["topic"]: each for each in reversed(list(topics))}.values():
        row = known.get(values["topic"])
        if row is None or row.last_seen_at > now or row.last_seen_at < at - anew_after:
            row = row or HotTopic(list_key=list_key, topic=values["topic"], rank=0, best_rank=0)
            _begin(row, values, at)
            session.add(row)
            added += 1
        elif row.last_seen_at < at:
            row.previous_rank, row.rank, row.heat = row.rank, values["rank"], values.get("heat")
            _described(row, values)
            row.best_rank = min(row.best_rank, values["rank"])
            row.last_seen_at, row.times_seen = at, row.times_seen + 1
    session.flush()
    return added


def _begin(row: HotTopic, values: Mapping[str, Any], at: datetime) -> None:
    row.rank = row.best_rank = values["rank"]
    row.previous_rank, row.heat = None, values.get("heat")
    _described(row, values)
    row.first_seen_at = row.last_seen_at = at
    row.times_seen = 1


def _described(row: HotTopic, values: Mapping[str, Any]) -> None:
    row.url = values.get("url") or row.url
    row.description = values.get("description") or row.description


def latest_looks(session: Session, *, until: datetime) -> dict[str, datetime]:
    """When each hot list was last seen with anything on it, by its key."""
    query = select(HotTopic.list_key, func.max(HotTopic.last_seen_at)).where(col(HotTopic.last_seen_at) <= until)
    return dict(session.exec(query.group_by(col(HotTopic.list_key))).all())


def hot_topics(session: Session, *, since: datetime, limit: int | None = None) -> list[HotTopic]:
    """Lines of hot lists that were seen since then, the best placed first, and of one place those seen last."""
    query = select(HotTopic).where(col(HotTopic.last_seen_at) >= since)
    order = (col(HotTopic.rank), col(HotTopic.last_seen_at).desc(), col(HotTopic.topic), col(HotTopic.list_key))
    return list(session.exec(query.order_by(*order).limit(limit)))


def number_of_hot_topics(session: Session, *, since: datetime) -> int:
    """Lines of hot lists that were seen since then."""
    return session.exec(select(func.count()).select_from(HotTopic).where(col(HotTopic.last_seen_at) >= since)).one()


def topics_of_list(session: Session, list_key: str, *, limit: int) -> list[HotTopic]:
    """What a list had when it was last looked at, the best placed first; after that what it had before."""
    query = select(HotTopic).where(HotTopic.list_key == list_key)
    return list(session.exec(query.order_by(col(HotTopic.last_seen_at).desc(), col(HotTopic.rank)).limit(limit)))


def lines_of_topic(session: Session, wordings: Iterable[str], *, since: datetime) -> list[HotTopic]:
    """The lines of all lists with one of these wordings that were seen since then, the best placed first."""
    query = select(HotTopic).where(col(HotTopic.topic).in_(list(wordings)), col(HotTopic.last_seen_at) >= since)
    return list(session.exec(query.order_by(col(HotTopic.rank), col(HotTopic.list_key))))


def hot_articles(session: Session, *, since: datetime) -> list[tuple[str, int, datetime, str]]:
    """(topic, article, when it was collected, its kind) of the articles since then that are about a topic of a hot list."""
    query = select(Tag.key, Article.id, Article.collected_at, Article.kind).where(
        Article.id == Tag.article_id,
        Tag.theme == "hot",
        col(Tag.rejected).is_(False),
        col(Article.collected_at) >= since,
    )
    return [(key, number, at, kind) for key, number, at, kind in session.exec(query) if number is not None]


def keywords(session: Session, *, since: datetime) -> list[tuple[datetime, Sequence[Any]]]:
    """(when collected, [[word, weight] …]) of the articles since then that are no copy of another."""
    query = select(Article.collected_at, Article.keywords)
    query = query.where(col(Article.collected_at) >= since, col(Article.duplicate_of).is_(None))
    return list(session.exec(query))


class ToTag(NamedTuple):
    """What of an article the tagger needs; the page itself and its search text stay where they are."""

    id: int
    revision: int
    title: str
    text: str
    published_at: datetime | None
    source_name: str
    source_area: str


def number_of_older(session: Session, version: str) -> int:
    """How many articles have tags of other word lists; those that are to be tagged anew for another reason do not count."""
    query = select(func.count()).where(col(Article.tagger_version).not_in(["", version]))
    return session.exec(query).one()


def due(session: Session, version: str, *, limit: int | None = None) -> list[int]:
    """Articles that this version of the tagger has not seen in their present form, newest first.

    With a limit half of them are the oldest: what is new makes the last days due again and again, and would keep the
    older ones waiting for ever.
    """
    older_or_other = or_(col(Article.tagger_version) < version, col(Article.tagger_version) > version)
    query = select(Article.id).where(older_or_other)
    newest = query.order_by(col(Article.collected_at).desc(), col(Article.id).desc())
    if limit is None:
        return [number for number in session.exec(newest) if number is not None]
    oldest = query.order_by(col(Article.collected_at), col(Article.id)).limit(limit // 2)
    found = dict.fromkeys([*session.exec(newest.limit(limit - limit // 2)), *reversed(session.exec(oldest).all())])
    return [number for number in found if number is not None]


def newest(session: Session, *, limit: int | None = None) -> list[int]:
    """All articles, newest first."""
    query = select(Article.id).order_by(col(Article.collected_at).desc(), col(Article.id).desc())
    return [number for number in session.exec(query.limit(limit)) if number is not None]


def to_tag(session: Session, articles: Iterable[int]) -> list[ToTag]:
    """The articles with these ids, in no order; one without a source name bears its source's."""
    query = select(Article, Source.name, Source.area).where(Source.id == Article.source_id)
    needed: tuple[Any, ...] = (Article.revision, Article.title, Article.text, Article.published_at, Article.source_name)
    return [
        ToTag(number, row.revision, row.title, row.text, row.published_at, row.source_name or name, area)
        for row, name, area in session.exec(
            query.where(col(Article.id).in_(list(articles))).options(load_only(*needed))
        )
        if (number := row.id) is not None
    ]


def due_again(session: Session, *, since: datetime) -> None:
    """Articles collected since then are tagged anew in the next round."""
    session.exec(update(Article).where(col(Article.collected_at) >= since).values(tagger_version=""))


class Tagged(NamedTuple):
    """What the tagger made of an article in one revision. `found`: tag rows, theme and key in each."""

    article_id: int
    revision: int
    kind: str
    science: float
    keywords: list[Any]
    found: list[dict[str, Any]]


def keep_taggings(session: Session, results: Sequence[Tagged], *, version: str, now: datetime) -> None:
    """The tagger's results, unless an article has changed since it was read: then it is simply due again. A person's
    form stays (content_store.kinds)."""
    query = select(Article.id, Article.revision).where(col(Article.id).in_([each.article_id for each in results]))
    # locked in order: two that tag the same articles wait for each other and do not deadlock
    standing = dict(session.exec(query.order_by(col(Article.id)).with_for_update()).all())
    kept = [each for each in results if standing.get(each.article_id) == each.revision]
    if not kept:
        return
    forms = kinds.standing(session, {each.article_id: each.kind for each in kept})
    session.execute(
        update(Article),
        [
            {
                "id": each.article_id,
                "kind": forms[each.article_id],
                "science": each.science,
                "keywords": each.keywords,
                "tagged_at": now,
                "tagger_version": version,
            }
            for each in kept
        ],
    )
    tags = {each.article_id: [values | {"version": version} for values in each.found] for each in kept}
    replace_tagger_tags(session, tags, now=now)
