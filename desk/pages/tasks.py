"""待办: everything that only a person can do on a platform, on one page; what was done stays with its proof."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData, UploadFile

from connectors.errors import ConnectorError
from content_store import deliveries, people, tasks
from content_store.deliveries import Line as DeliveryLine
from content_store.tables import Account, TaskKind
from content_store.tables import DeliveryState as State
from desk.access import needs
from desk.answers import page, redirect
from desk.parts import FormDep, NewsroomDep, Number, ReadingDep, VisitorDep
from steps import tasks as acts
from steps.errors import Missing, Refused
from steps.newsroom import Newsroom
from steps.overdue import WAITING, is_package, overdue, reminder
from steps.stories import printable

router = APIRouter()
LARGEST = 15 * 1024 * 1024


@dataclass(frozen=True)
class Shown:
    line: tasks.Line
    name: str
    """Chinese, of its kind."""
    what: str
    """What to do."""


@router.get("/tasks")
@needs()
def listing(request: Request, newsroom: NewsroomDep, session: ReadingDep, done: bool = False) -> Response:
    now, found = newsroom.now(), [_shown(newsroom, line) for line in tasks.listed(session, done=done)]
    ids = [each.line.task.done_by for each in found] + [each.line.task.opened_by for each in found]
    return page(
        request,
        "deliveries/tasks.html",
        groups=_grouped(found),
        done=done,
        names={number: user.display_name for number, user in people.with_ids(session, ids).items()},
        to_publish=[] if done else _to_publish(session),
        reminder=lambda line: reminder(line.delivery, now) if is_package(line) else "",
        number=tasks.number_open(session) + len(overdue(session, now)),
    )


def _grouped(found: list[Shown]) -> list[list[Shown]]:
    """Tasks of one story for one reason stand together, in the order of the first of each. Pure."""
    groups: dict[tuple[str, int, str], list[Shown]] = {}
    for each in found:
        groups.setdefault((each.line.task.kind, each.line.story_id, each.line.task.why), []).append(each)
    return list(groups.values())


@router.post("/tasks/{task_id}/done")
@needs("editor", "scheduler", "duty")
def finish(request: Request, newsroom: NewsroomDep, visitor: VisitorDep, form: FormDep, task_id: Number) -> Response:
    try:
        acts.finish(newsroom, task_id, proof_of(form), by=visitor.id, now=newsroom.now())
    except Missing:
        raise
    except Refused as error:
        return redirect(request, "/tasks", said=str(error), tone="bad")
    return redirect(request, "/tasks", said="已办结，凭据已存。")


@router.post("/stories/{story_id}/correction")
@needs("editor", "scheduler", "duty")
def correct(request: Request, newsroom: NewsroomDep, visitor: VisitorDep, form: FormDep, story_id: Number) -> Response:
    """Opens a task on every account where the story is out."""
    try:
        why = printable(str(form.get("why") or ""))
        number = acts.correct(newsroom, story_id, why=why, by=visitor.id, now=newsroom.now())
    except Missing:
        raise
    except Refused as error:
        return redirect(request, f"/stories/{story_id}", said=str(error), tone="bad")
    said = f"已为 {number} 个账号建立勘误待办。" if number else "这些账号的勘误待办都已在办理中。"
    return redirect(request, "/tasks", said=said)


def proof_of(form: FormData) -> acts.Proof:
    """What the form's three fields hold. A picture over the limit is cut, and so refused as broken."""
    picture = form.get("picture")
    content = picture.file.read(LARGEST + 1)[:LARGEST] if isinstance(picture, UploadFile) else b""
    return acts.Proof(printable(str(form.get("url") or "")), printable(str(form.get("note") or "")), content)


def _to_publish(session: ReadingDep) -> list[DeliveryLine]:
    """What people finish on the platforms, the longest waiting first; a package also after the queue gave up waiting."""
    found = deliveries.listed(session, states=WAITING, limit=300)
    return [line for line in reversed(found) if line.delivery.state == State.HANDED_OVER or is_package(line)]


def _shown(newsroom: Newsroom, line: tasks.Line) -> Shown:
    kind = TaskKind(line.task.kind)
    return Shown(line, acts.KIND_NAMES[kind], _what(newsroom, line, kind))


def _what(newsroom: Newsroom, line: tasks.Line, kind: TaskKind) -> str:
    if kind is TaskKind.CORRECT and line.delivery.state == State.HANDED_OVER:
        return "这一条还等人发布：没有上传的在投递页点“放弃”，再给更正后的新版排期；已经上传的照下面办理。"
    if kind is TaskKind.CORRECT:
        return how_to_correct(newsroom, line.account)
    if line.delivery.state == State.WITHDRAWING:
        return "系统正在通过接口撤回，撤下后自动办结。"
    return line.delivery.remedy or "请在平台上删除，再到投递页登记。"


def how_to_correct(newsroom: Newsroom, account: Account) -> str:
    """What this account's platform allows."""
    try:
        can = newsroom.channel(account).capabilities
    except ConnectorError:
        return "账号设置有误，请联系管理员后再处理。"
    if can.can_edit:
        return "这个平台可以修改已发布的内容：请在平台后台改好，把链接或截图留在这里；过了修改期限的，撤下后发新版。"
    if can.can_withdraw:
        return "这个平台不能修改：请在投递页撤回旧版，再给更正后的新版排期；不撤的，在评论区置顶勘误并截图。"
    return (
        "这个平台不能修改，也不能自动撤回：请在平台上删除旧版，再给更正后的新版排期；不删的，在评论区置顶勘误并截图。"
    )
