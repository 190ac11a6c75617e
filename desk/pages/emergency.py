"""应急: events on their clock, the two-person release, follow-up tasks, and which packs answer which warnings."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import Response

from connectors.cap import CapError
from desk import bodies, words
from desk.access import needs
from desk.answers import page, redirect
from desk.parts import FormWords, NewsroomDep, Number, VisitorDep
from steps import alerts, event_pages, follow_ups, packs, release
from steps.errors import Missing, Refused
from steps.threads import STATE_NAMES, State

router = APIRouter(prefix="/emergency")
LARGEST_MESSAGE = 2 * 1024 * 1024
STANDING = ("upcoming", "active", "updated")


@router.get("")
@needs()
def overview(request: Request, newsroom: NewsroomDep) -> Response:
    now = newsroom.now()
    lines = event_pages.events_overview(newsroom, now)
    return page(
        request,
        "emergency/list.html",
        standing=[line for line in lines if line.state in STANDING],
        over=[line for line in lines if line.state not in STANDING],
        tasks=event_pages.open_follow_ups(newsroom, now),
        loose=event_pages.alerts_without_event(newsroom, limit=10),
    )


@router.get("/packs")
@needs()
def coverage(request: Request, newsroom: NewsroomDep) -> Response:
    today = newsroom.now().astimezone(words.LOCAL).date()
    return page(
        request,
        "emergency/packs.html",
        coverage=packs.check_packs(newsroom, today),
        listed=packs.packs_listed(newsroom, today),
        today=today,
    )


@router.post("/alerts")
@needs("duty")
def receive(request: Request, newsroom: NewsroomDep, file: Annotated[UploadFile, File()]) -> Response:
    """A CAP message that reached us by another way."""
    content = file.file.read(LARGEST_MESSAGE + 1)
    if len(content) > LARGEST_MESSAGE:
        return redirect(request, "/emergency", said="文件太大，不像一条预警，请检查后再上传。", tone="bad")
    try:
        got = alerts.receive(newsroom, content, newsroom.now())
    except CapError as error:
        return redirect(request, "/emergency", said=str(error), tone="bad")
    address = "/emergency" if got.event_id is None else f"/emergency/{got.event_id}"
    return redirect(request, address, said=received_words(got))


def received_words(got: alerts.Received) -> str:
    """What became of a message, in one or two sentences. Pure."""
    if got.duplicate:
        return "这条消息早已收到过，没有新的变化。"
    if got.event_id is None:
        return _without_event(got)
    if got.late:
        return "已收下，但它所属的事件在此之前已经结束，没有据此改动任何内容，请核对。"
    if got.state not in STANDING:
        return _over(got)
    number = len(got.story_ids)
    if got.msg_type == "Update":
        tasks = f"，{got.follow_ups} 项后续任务待办" if got.follow_ups else ""
        return f"已收到预警的更新，这个事件现有 {number} 篇应急稿{tasks}，请核对后签发。"
    if not number:
        return "已收到预警，但没有可用的应急科普包，请人工写稿。"
    return f"已收到预警，备好 {number} 篇应急稿，请两位同事签发。"


def _without_event(got: alerts.Received) -> str:
    if got.notes:
        return "已收下，没有并入任何事件。" + "".join(dict.fromkeys(got.notes))
    if not got.acts:
        return "已收下，只留存，不生成任何对外内容。"
    return "已收下，但它不涉及本省，没有建立应急事件。"


def _over(got: alerts.Received) -> str:
    """The event is over, by this message or before it."""
    if got.state == "expired":
        return "已收下，但这条预警已过有效期，没有备稿，也不会发布任何内容。"
    name = STATE_NAMES[State(got.state)]
    if got.msg_type == "Alert":
        return f"已收下，但这条预警{name}，没有备稿，也不会发布任何内容。"
    tasks = f"已发出的列为后续任务（{got.follow_ups} 项待办）" if got.follow_ups else "没有已发出的内容需要处理"
    return f"已收到，事件{name}：未发出的已扣下，{tasks}。"


@router.get("/{event_id}")
@needs()
def show(request: Request, newsroom: NewsroomDep, event_id: Number) -> Response:
    found = event_pages.event_page(newsroom, event_id, newsroom.now())
    return page(
        request,
        "emergency/show.html",
        event=found,
        stands=found.line.state in STANDING,
        bodies={story.id: bodies.shown(story.body_html) for story in found.stories},
    )


@router.post("/{event_id}/stories/{story_id}/release")
@needs(*release.ROLES)
def release_story(
    request: Request,
    newsroom: NewsroomDep,
    visitor: VisitorDep,
    event_id: Number,
    story_id: Number,
    content_hash: Annotated[str, Form()],
) -> Response:
    back = f"/emergency/{event_id}"
    try:
        done = release.release(newsroom, story_id, content_hash=content_hash, by=visitor.id, now=newsroom.now())
    except Missing:
        raise
    except Refused as error:
        return redirect(request, back, said=str(error), tone="bad")
    if done.count < release.NEEDED:
        return redirect(request, back, said="您已签发，等待另一位同事第二次签发。")
    return redirect(request, back, said=released_words(done))


def released_words(done: release.Released) -> str:
    """Who released it, how many accounts publish by themselves, and which do not. Pure."""
    at_once = done.queued - len(done.by_hand) - len(done.stopped)
    said = f"{'、'.join(done.names)}已签发"
    if not done.queued:
        return f"{said}，没有账号会发这一篇。"
    said += f"，{at_once} 个账号立即发布。" if at_once else "。"
    if done.by_hand:
        said += f"{len(done.by_hand)} 个账号须由人完成发布（{_named(done.by_hand)}），请点“各账号进度”中的链接。"
    if done.stopped:
        said += f"{len(done.stopped)} 个账号已停，处理好之前不会发出（{_named(done.stopped)}）。"
    return said


def _named(found: tuple[str, ...]) -> str:
    return "、".join(found[:5]) + (" 等" if len(found) > 5 else "")


@router.post("/{event_id}/end")
@needs("duty")
def end(
    request: Request,
    newsroom: NewsroomDep,
    visitor: VisitorDep,
    event_id: Number,
    kind: FormWords = "",
    note: FormWords = "",
) -> Response:
    back = f"/emergency/{event_id}"
    try:
        alerts.end_by_hand(newsroom, event_id, kind=kind, by=visitor.id, note=note[:1000], now=newsroom.now())
    except Missing:
        raise
    except Refused as error:
        return redirect(request, back, said=str(error), tone="bad")
    return redirect(request, back, said="事件已结束，未发出的已拦下，已发出的列为后续任务。")


@router.post("/tasks/{task_id}/done")
@needs("duty", "editor", "scheduler")
def done(
    request: Request,
    newsroom: NewsroomDep,
    visitor: VisitorDep,
    task_id: Number,
    note: FormWords = "",
    back: Annotated[int, Form()] = 0,
) -> Response:
    address = f"/emergency/{back}" if back else "/emergency"
    try:
        follow_ups.finish(newsroom, task_id, by=visitor.id, note=note[:1000], now=newsroom.now())
    except Missing:
        raise
    except Refused as error:
        return redirect(request, address, said=str(error), tone="bad")
    return redirect(request, address, said="任务已办结。")
