"""稿件: the list, reading, editing, versions and what changed between them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session
from starlette.datastructures import UploadFile

from content_store import collecting, deliveries, log, people, stories
from content_store.media import NotAPicture
from content_store.tables import Article, Media, Review, Source, Story, StoryVersion
from desk import bodies, words
from desk.access import needs
from desk.answers import page, redirect
from desk.changes import difference, words_of
from desk.pages.media import LARGEST
from desk.parts import FormDep, NewsroomDep, Number, ReadingDep, VisitorDep, whole_number
from steps import review
from steps.errors import Missing, Refused
from steps.newsroom import Newsroom
from steps.stories import (
    MAX_LENGTH,
    RELEASED,
    call_off_older,
    drop,
    edit,
    older_queued,
    standing,
    write_anew,
    write_new,
)
from steps.theme_days import next_days

router = APIRouter(prefix="/stories")
STATUSES = ("", "editing", "in_review", "rejected", "approved", "released", "dropped")
SHOWN_FIELDS = {
    "title": "标题",
    "digest": "摘要",
    "body_html": "正文",
    "short_text": "短文案",
    "video_title": "视频标题",
    "video_url": "视频地址",
    "author": "作者",
    "source_line": "来源说明",
    "ai_use": "AI 使用",
    "cover_sha256": "封面",
}


@router.get("")
@needs()
def listing(request: Request, newsroom: NewsroomDep, session: ReadingDep, status: str = "") -> Response:
    wanted = (status,) if status in STATUSES and status else tuple(s for s in STATUSES if s and s != "dropped")
    found = stories.listed(session, statuses=wanted)
    return page(
        request,
        "stories/list.html",
        found=found,
        status=status,
        statuses=STATUSES,
        coming=next_days(newsroom, newsroom.now()),
        numbers=stories.count_by_status(session),
        over=stories.of_ended_events(session, [story.id for story, _version in found]),
        names=people.with_ids(session, [version.edited_by for _story, version in found]),
    )


@router.get("/new")
@needs("editor")
def new_form(request: Request) -> Response:
    return _editor(request, None, _empty(), based_on=0, media=[])


@router.post("")
@needs("editor")
def create(request: Request, newsroom: NewsroomDep, visitor: VisitorDep, form: FormDep) -> Response:
    fields = _fields(form)
    try:
        fields |= _new_cover(newsroom, form)
        story_id = write_new(newsroom, fields, by=visitor.id, now=newsroom.now())
    except Refused as error:
        return _editor(request, None, fields, based_on=0, media=[], trouble=str(error), status=422)
    return redirect(request, f"/stories/{story_id}", said="已保存为新稿件。")


@router.get("/{story_id}")
@needs()
def show(request: Request, session: ReadingDep, visitor: VisitorDep, story_id: Number) -> Response:
    story, version = standing(session, story_id)
    assert version.id is not None
    given = stories.reviews_of(session, version.id)
    where = review.standing_of(given, version.content_hash)
    return page(
        request,
        "stories/show.html",
        story=story,
        version=version,
        body=bodies.shown(version.body_html),
        steps=review_steps(given, where),
        reviewable=story.status in review.REVIEWABLE and where.next_step is not None,
        names=_names(session, story, [version], given),
        history=log.of(session, "story", story_id),
        versions=stories.versions(session, story_id),
        origin=_origin(session, story),
        sent=deliveries.listed(session, story_id=story_id, limit=60),
        problems=_before_review(version),
        words_count=len(words_of(version.body_html).replace("\n", "")),
        still_queued=_still_queued(session, story_id),
        over=stories.of_ended_events(session, [story_id]),
    )


@router.get("/{story_id}/edit")
@needs("editor")
def edit_form(request: Request, session: ReadingDep, story_id: Number) -> Response:
    story, version = standing(session, story_id)
    if story.status == "released":
        return redirect(request, f"/stories/{story_id}", said=RELEASED, tone="bad")
    fields = {name: getattr(version, name) for name in stories.TEXT_FIELDS}
    return _editor(request, story, fields, based_on=version.number, media=_covers(session, story, version))


@router.post("/{story_id}/edit")
@needs("editor")
def save(request: Request, newsroom: NewsroomDep, visitor: VisitorDep, form: FormDep, story_id: Number) -> Response:
    fields, based_on = _fields(form), whole_number(form.get("based_on")) or 0
    try:
        fields |= _new_cover(newsroom, form)
        number = edit(newsroom, story_id, fields, based_on=based_on, by=visitor.id, now=newsroom.now())
    except Missing:
        raise
    except Refused as error:
        return _refused_edit(request, story_id, fields, based_on, str(error))
    if form.get("then") == "submit":
        return _submitted(request, newsroom, visitor.id, story_id, number)
    said = f"已保存为第 {number} 版。" if number != based_on else "内容没有变化，仍是原来的版本。"
    return redirect(request, f"/stories/{story_id}", said=said + _warning(newsroom, story_id))


@router.post("/{story_id}/submit")
@needs("editor")
def submit(request: Request, newsroom: NewsroomDep, visitor: VisitorDep, story_id: Number) -> Response:
    review.submit(newsroom, story_id, by=visitor.id, now=newsroom.now())
    return redirect(request, f"/stories/{story_id}", said="已送审。")


@router.post("/{story_id}/anew")
@needs("editor")
def anew(request: Request, newsroom: NewsroomDep, visitor: VisitorDep, story_id: Number) -> Response:
    new_id = write_anew(newsroom, story_id, by=visitor.id, now=newsroom.now())
    said = "这是另写的新稿，文字取自已签发的应急稿。请更正后送审，通过三审后排期发布。"
    return redirect(request, f"/stories/{new_id}/edit", said=said)


@router.post("/{story_id}/call-off")
@needs("editor", "scheduler", "duty")
def call_off(request: Request, newsroom: NewsroomDep, visitor: VisitorDep, story_id: Number) -> Response:
    number = call_off_older(newsroom, story_id, by=visitor.id, now=newsroom.now())
    return redirect(request, f"/stories/{story_id}", said=f"已取消 {number} 条旧版的投递。")


@router.post("/{story_id}/drop")
@needs("editor")
def drop_story(request: Request, newsroom: NewsroomDep, visitor: VisitorDep, story_id: Number) -> Response:
    try:
        called_off = drop(newsroom, story_id, by=visitor.id, now=newsroom.now())
    except Missing:
        raise
    except Refused as error:
        return redirect(request, f"/stories/{story_id}", said=str(error), tone="bad")
    said = f"稿件已作废，{called_off} 条还没有发出的投递已取消。" if called_off else "稿件已作废。"
    return redirect(request, "/stories", said=said)


@router.get("/{story_id}/versions/{number}")
@needs()
def version_page(request: Request, session: ReadingDep, story_id: Number, number: Number, against: int = 0) -> Response:
    """A version beside the one before it, or `against` another one."""
    story, current = standing(session, story_id)
    all_versions = {row.number: row for row in stories.versions(session, story_id)}
    if number not in all_versions:
        raise Missing("没有这个版本，请返回稿件页。")
    version, other = all_versions[number], all_versions.get(against or number - 1)
    return page(
        request,
        "stories/version.html",
        story=story,
        current=current,
        version=version,
        other=other,
        versions=list(all_versions.values()),
        changes=_changes(other, version) if other else [],
        names=people.with_ids(session, [row.edited_by for row in all_versions.values()]),
        body=bodies.shown(version.body_html),
    )


def review_steps(given: list[Review], where: review.Standing) -> list[dict[str, Any]]:
    """The three steps of a version: each with its verdict, if there is one, and whether it is due."""
    found = []
    for step in review.ORDER:
        verdict = next((each for each in given if each.step == step), None)
        state = verdict.verdict if verdict else "due" if step == where.next_step else ""
        found.append({"name": words.STEPS[step], "state": state, "review": verdict})
    return found


def _submitted(request: Request, newsroom: Newsroom, by: int, story_id: int, number: int) -> Response:
    """The text is saved already; a refusal to submit it must not look as if it were lost."""
    try:
        review.submit(newsroom, story_id, by=by, now=newsroom.now())
    except Refused as error:
        return redirect(request, f"/stories/{story_id}", said=f"第 {number} 版已保存，但没有送审：{error}", tone="bad")
    return redirect(request, f"/stories/{story_id}", said=f"第 {number} 版已保存并送审。{_warning(newsroom, story_id)}")


def _warning(newsroom: Newsroom, story_id: int) -> str:
    with newsroom.store.reading() as session:
        return _still_queued(session, story_id)


def _still_queued(session: Session, story_id: int) -> str:
    """An edit takes nothing out of the queue; whoever saves it has to know."""
    found = older_queued(session, story_id)
    numbers = "、".join(str(number) for number in sorted(set(found)))
    return f"第 {numbers} 版仍在 {len(found)} 个账号排队，到时照常发出。" if found else ""


def _refused_edit(request: Request, story_id: int, fields: dict[str, Any], based_on: int, trouble: str) -> Response:
    """The text a person typed is never lost: the form comes back with it, and with what stands in the store now."""
    with request.app.state.newsroom.store.reading() as session:
        story, current = standing(session, story_id)
        media = _covers(session, story, current)
        names = people.with_ids(session, [current.edited_by])
    fields = {name: getattr(current, name) for name in stories.TEXT_FIELDS} | fields
    conflict = current if current.number != based_on else None
    return _editor(
        request,
        story,
        fields,
        based_on=based_on,
        media=media,
        trouble=trouble,
        conflict=conflict,
        changes=_changes(current, StoryVersion(**_comparable(fields))) if conflict else [],
        names=names,
        status=409 if conflict else 422,
    )


def _editor(
    request: Request,
    story: Story | None,
    fields: dict[str, Any],
    *,
    based_on: int,
    media: list[Media],
    trouble: str = "",
    conflict: StoryVersion | None = None,
    changes: list[Any] | None = None,
    names: dict[int, Any] | None = None,
    status: int = 200,
) -> Response:
    return page(
        request,
        "stories/edit.html",
        code=status,
        story=story,
        fields={**_empty(), **fields, "body_html": bodies.to_editor(str(fields.get("body_html") or ""))},
        based_on=based_on,
        media=media,
        limits=MAX_LENGTH,
        trouble=trouble,
        conflict=conflict,
        changes=changes or [],
        names=names or {},
    )


def _fields(form: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        name: str(form[name]).replace("\r\n", "\n").strip() for name in stories.TEXT_FIELDS if name in form
    }
    if "body_html" in fields:
        fields["body_html"] = bodies.from_editor(fields["body_html"])
    return fields


def _new_cover(newsroom: Newsroom, form: Any) -> dict[str, str]:
    """A cover uploaded with the form. Raises Refused for what is no picture."""
    upload = form.get("cover_file")
    content = upload.file.read(LARGEST + 1) if isinstance(upload, UploadFile) and upload.filename else b""
    if not content:
        return {}
    if len(content) > LARGEST:
        raise Refused("封面超过 15 MB，请压缩后再上传。")
    try:
        with newsroom.store.session() as session:
            row = newsroom.media.keep_picture(session, content, origin="上传的封面", now=newsroom.now())
            return {"cover_sha256": row.sha256}
    except NotAPicture as error:
        raise Refused(str(error)) from error


def _comparable(fields: dict[str, Any]) -> dict[str, Any]:
    return {**_empty(), **fields, "story_id": 0, "number": 0, "content_hash": "", "created_at": None}


def _empty() -> dict[str, Any]:
    return dict.fromkeys(stories.TEXT_FIELDS, "")


def _changes(old: StoryVersion, new: StoryVersion) -> list[tuple[str, Any]]:
    """Field by field what differs, as marked text."""
    found = []
    for name, label in SHOWN_FIELDS.items():
        before, after = str(getattr(old, name) or ""), str(getattr(new, name) or "")
        if name == "body_html":
            before, after = words_of(before), words_of(after)
        if name == "ai_use":
            before, after = words.AI_USE.get(before, before), words.AI_USE.get(after, after)
        if before != after:
            found.append((label, difference(before, after)))
    return found


def _covers(session: Session, story: Story, version: StoryVersion) -> list[Media]:
    """Pictures to choose a cover from: the present one, those in the body, those of the article."""
    keys = [version.cover_sha256] if version.cover_sha256 else []
    keys += bodies.kept_in(version.body_html)
    if story.article_id is not None:
        keys += [row.media_sha256 for row in collecting.pictures_of(session, story.article_id) if row.media_sha256]
    rows = [session.get(Media, key) for key in dict.fromkeys(keys)]
    return [row for row in rows if row is not None][:12]


def _origin(session: Session, story: Story) -> dict[str, Any] | None:
    article = session.get(Article, story.article_id) if story.article_id is not None else None
    if article is None:
        return None
    return {"article": article, "source": session.get(Source, article.source_id)}


def _names(session: Session, story: Story, versions: list[StoryVersion], given: list[Review]) -> dict[int, Any]:
    ids = [story.created_by, *(row.edited_by for row in versions), *(each.reviewer_id for each in given)]
    return people.with_ids(session, ids)


def _before_review(version: StoryVersion) -> list[str]:
    """What has to be filled in before the story can go to review."""
    missing = []
    if not version.ai_use:
        missing.append("AI 使用情况还没有填写")
    if not version.body_html.strip():
        missing.append("正文还是空的")
    if not version.source_line:
        missing.append("来源说明为空（建议填写）")
    if not version.cover_sha256:
        missing.append("没有封面（公众号必须有）")
    return missing
