"""素材页: one article, its tags and revisions, and making a story of it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from content_store import collecting, inbox, kinds, log, people, stories, tags
from content_store.tables import Article, ArticleRevision, Cluster, Tag
from desk import bodies, words
from desk.access import needs
from desk.answers import fragment, page, redirect
from desk.changes import difference, parts
from desk.parts import FormWords, NewsroomDep, Number, ReadingDep, VisitorDep
from desk.same_topic import SameTopic, same_topic
from steps import kinds as forms
from steps import placing
from steps.errors import Missing, Refused
from steps.labels import label, suggested
from steps.newsroom import Newsroom
from steps.stories import make_from_article
from steps.tag import LONGEST_KEY

router = APIRouter(prefix="/articles")


@router.get("/{article_id}")
@needs()
def show(
    request: Request, newsroom: NewsroomDep, session: ReadingDep, article_id: Number, marks: bool = False
) -> Response:
    found = inbox.article(session, article_id)
    if found is None:
        raise Missing("这条素材已不存在，请返回列表刷新。")
    article, source = found
    all_tags = tags.of_article(session, article_id, with_rejected=True)
    standing = [tag for tag in all_tags if not tag.rejected]
    pictures = collecting.pictures_of(session, article_id)
    kept = {row.url: row.media_sha256 for row in pictures if row.media_sha256}
    made = stories.made_from(session, article_id)
    return page(
        request,
        "articles/show.html",
        source=source,
        tags=standing,
        rejected=[tag for tag in all_tags if tag.rejected],
        suggestions=_suggestions(newsroom),
        title=bodies.marked(article.title, "title", standing) if marks else article.title,
        body=_body(article, kept, standing, marks),
        marks=marks,
        pictures=pictures,
        others=others_of(session, article),
        placings=[
            (placing.ACTS[entry.act], entry)
            for entry in log.of(session, "article", article_id)
            if entry.act in placing.ACTS
        ],
        revisions=collecting.revisions_of(session, article_id),
        made=made,
        makers=people.with_ids(session, [story.created_by for story in made]),
        **_form(session, article),
    )


@router.get("/{article_id}/revisions/{revision}")
@needs()
def revision(
    request: Request, session: ReadingDep, article_id: Number, revision: Number, against: Number | None = None
) -> Response:
    """What changed at the source between this revision and a later one, the next where none is named."""
    found = inbox.article(session, article_id)
    if found is None:
        raise Missing("这条素材已不存在，请返回列表刷新。")
    article, source = found
    every: dict[int, Article | ArticleRevision] = {
        row.revision: row for row in collecting.revisions_of(session, article_id)
    } | {article.revision: article}
    newer = against or revision + 1
    if revision not in every or newer not in every or revision >= newer:
        raise Missing("没有这个历史版本，请返回素材页。")
    return page(
        request,
        "articles/revision.html",
        article=article,
        source=source,
        older=revision,
        newer=newer,
        numbers=sorted(every),
        times={row.revision + 1: row.replaced_at for row in every.values() if isinstance(row, ArticleRevision)},
        title=difference(every[revision].title, every[newer].title),
        parts=parts(every[revision].text, every[newer].text),
    )


@router.post("/{article_id}/tags")
@needs("editor", "duty")
def set_tag(
    request: Request,
    newsroom: NewsroomDep,
    visitor: VisitorDep,
    article_id: Number,
    theme: FormWords,
    key: FormWords,
    rejected: Annotated[bool, Form()] = False,
) -> Response:
    said = " ".join(key.split())[:LONGEST_KEY]
    if theme not in words.THEMES or not said:
        raise Refused("请选择主题并填写标签。")
    with newsroom.store.session() as session:
        if session.get(Article, article_id) is None:
            raise Missing("这条素材已不存在，请返回列表刷新。")
        standing = tags.of_article(session, article_id, with_rejected=True)
        own = (
            (said, "") if (theme, said) in {(tag.theme, tag.key) for tag in standing} else label(newsroom, theme, said)
        )
        tags.set_by_person(
            session,
            article_id,
            theme=theme,
            key=own[0],
            name=own[1],
            rejected=rejected,
            user_id=visitor.id,
            now=newsroom.now(),
        )
    if not request.headers.get("hx-request"):
        return redirect(request, f"/articles/{article_id}", said="标签已更新。")
    return _tag_box(request, newsroom, article_id)


@router.post("/{article_id}/kind")
@needs("editor", "duty")
def set_kind(
    request: Request, newsroom: NewsroomDep, visitor: VisitorDep, article_id: Number, kind: FormWords = ""
) -> Response:
    """`kind`: the form that it has; empty: as the tagger says."""
    if kind:
        forms.correct(newsroom, article_id, kind, by=visitor.id, now=newsroom.now())
    else:
        forms.take_back(newsroom, article_id, by=visitor.id, now=newsroom.now())
    if not request.headers.get("hx-request"):
        return redirect(request, f"/articles/{article_id}", said="类型已更新。")
    with newsroom.store.reading() as session:
        article = session.get(Article, article_id)
        assert article is not None
        return fragment(request, "articles/kind.html", **_form(session, article))


@router.post("/{article_id}/story")
@needs("editor")
def make_story(
    request: Request,
    newsroom: NewsroomDep,
    visitor: VisitorDep,
    article_id: Number,
    again: Annotated[bool, Form()] = False,
) -> Response:
    """`again`: the page showed that there is a story already, and one more is wanted."""
    story_id = make_from_article(newsroom, article_id, by=visitor.id, now=newsroom.now(), again=again)
    return redirect(request, f"/stories/{story_id}/edit", said="已做成稿件，请核对后修改。")


def others_of(session: Session, article: Article) -> SameTopic:
    """The rest of the article's cluster."""
    cluster = session.get(Cluster, article.cluster_id) if article.cluster_id is not None else None
    if cluster is None or cluster.id is None or article.id is None:
        return SameTopic()
    members = inbox.cluster_members(session, cluster.id, without=article.id)
    return same_topic(article, members, cluster.top_article_id)


def _form(session: Session, article: Article) -> dict[str, Any]:
    """The article's form, and who gave it where a person did."""
    assert article.id is not None
    said = kinds.of_people(session, [article.id]).get(article.id)
    return {
        "article": article,
        "said": said,
        "said_by": people.with_ids(session, [said.user_id])[said.user_id].display_name if said else "",
    }


def _tag_box(request: Request, newsroom: Newsroom, article_id: int) -> Response:
    with newsroom.store.reading() as session:
        all_tags = tags.of_article(session, article_id, with_rejected=True)
    return fragment(
        request,
        "articles/tags.html",
        article_id=article_id,
        tags=[tag for tag in all_tags if not tag.rejected],
        rejected=[tag for tag in all_tags if tag.rejected],
        suggestions=_suggestions(newsroom),
    )


def _suggestions(newsroom: Newsroom) -> list[str]:
    """What may be typed as a tag: places, hazards, groups and days."""
    return [name for theme in ("local", "emergency", "audience", "day") for name in suggested(newsroom.lexicon, theme)]


def _body(article: Article, kept: dict[str, str], standing: list[Tag], marks: bool) -> str:
    if marks or not article.html.strip():
        return bodies.marked(article.text or article.summary, "text", standing if marks else [])
    return bodies.shown(article.html, kept)
