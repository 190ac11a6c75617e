"""素材页: one article, its tags and revisions, and making a story of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from content_store import collecting, inbox, people, stories, tags
from content_store.tables import Article, Tag
from desk import bodies, words
from desk.access import needs
from desk.answers import fragment, page, redirect
from desk.changes import difference
from desk.parts import FormWords, NewsroomDep, Number, ReadingDep, VisitorDep
from steps.errors import Missing, Refused
from steps.newsroom import Newsroom
from steps.stories import make_from_article

router = APIRouter(prefix="/articles")


@router.get("/{article_id}")
@needs()
def show(request: Request, session: ReadingDep, article_id: Number, marks: bool = False) -> Response:
    found = inbox.article(session, article_id)
    if found is None:
        raise Missing("这条素材已不存在，请返回列表刷新。")
    article, source = found
    all_tags = tags.of_article(session, article_id, with_rejected=True)
    standing = [tag for tag in all_tags if not tag.rejected]
    kept = {row.url: row.media_sha256 for row in collecting.pictures_of(session, article_id) if row.media_sha256}
    members = (
        inbox.cluster_members(session, article.cluster_id, without=article_id) if article.cluster_id is not None else []
    )
    made = stories.made_from(session, article_id)
    return page(
        request,
        "articles/show.html",
        article=article,
        source=source,
        tags=standing,
        rejected=[tag for tag in all_tags if tag.rejected],
        title=bodies.marked(article.title, "title", standing) if marks else article.title,
        body=_body(article, kept, standing, marks),
        marks=marks,
        members=members,
        revisions=collecting.revisions_of(session, article_id),
        made=made,
        makers=people.with_ids(session, [story.created_by for story in made]),
    )


@router.get("/{article_id}/revisions/{revision}")
@needs()
def revision(request: Request, session: ReadingDep, article_id: Number, revision: Number) -> Response:
    """What changed at the source between this revision and the one after it."""
    found = inbox.article(session, article_id)
    old = {row.revision: row for row in collecting.revisions_of(session, article_id)}
    if found is None or revision not in old:
        raise Missing("没有这个历史版本，请返回素材页。")
    article, _source = found
    newer = old.get(revision + 1, article)
    return page(
        request,
        "articles/revision.html",
        article=article,
        old=old[revision],
        title=difference(old[revision].title, newer.title),
        text=difference(old[revision].text, newer.text),
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
    key, name = _key_and_name(request.app.state.areas, theme, " ".join(key.split())[:120])
    if theme not in words.THEMES or not key:
        raise Refused("请选择主题并填写标签。")
    with newsroom.store.session() as session:
        if session.get(Article, article_id) is None:
            raise Missing("这条素材已不存在，请返回列表刷新。")
        tags.set_by_person(
            session,
            article_id,
            theme=theme,
            key=key,
            name=name,
            rejected=rejected,
            user_id=visitor.id,
            now=newsroom.now(),
        )
    if not request.headers.get("hx-request"):
        return redirect(request, f"/articles/{article_id}", said="标签已更新。")
    return _tag_box(request, newsroom, article_id)


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


def _tag_box(request: Request, newsroom: Newsroom, article_id: int) -> Response:
    with newsroom.store.reading() as session:
        all_tags = tags.of_article(session, article_id, with_rejected=True)
    return fragment(
        request,
        "articles/tags.html",
        article_id=article_id,
        tags=[tag for tag in all_tags if not tag.rejected],
        rejected=[tag for tag in all_tags if tag.rejected],
    )


def _key_and_name(areas: dict[str, str], theme: str, said: str) -> tuple[str, str]:
    """What a person typed, as key or as name; an empty name keeps the one the tag has."""
    if theme != "local":
        return said, ""
    code = next((code for code, name in areas.items() if name == said), said)
    return code, areas.get(code, "")


def _body(article: Article, kept: dict[str, str], standing: list[Tag], marks: bool) -> str:
    if marks or not article.html.strip():
        return bodies.marked(article.text or article.summary, "text", standing if marks else [])
    return bodies.shown(article.html, kept)
