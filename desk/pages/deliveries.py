"""发布队列: what waits, what went out, what needs a person, and the buttons for it."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import segno
from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup
from sqlmodel import Session

from connectors.base import Capabilities
from connectors.errors import ConnectorError
from content_store import accounts, deliveries, log, people, queue, readings, tasks
from content_store.counts import FOR_A_PERSON, deliveries_for_a_person
from content_store.tables import Account, Attempt, Post, Task, TaskKind
from content_store.tables import DeliveryState as State
from desk import bodies, words
from desk.access import needs
from desk.answers import page, redirect
from desk.delivery_buttons import Situation, as_labelled, buttons, draft_left, link_said, wish_said
from desk.figures import spark
from desk.pages.tasks import proof_of
from desk.parts import FormDep, FormWords, NewsroomDep, Number, ReadingDep, VisitorDep
from steps import by_hand, lateness, waiting
from steps import tasks as task_steps
from steps.errors import Missing, Refused
from steps.missing_links import is_missing, register_missing
from steps.newsroom import Newsroom
from steps.overdue import is_package, reminder
from steps.posts import PACKED_ACT, hand_over_steps, package_of
from steps.publish import act_on

router = APIRouter(prefix="/deliveries")
PER_PAGE = 60
PERSON = "person"
LATE = "late"
WAITING = "waiting"
GROUPS: dict[str, tuple[str, tuple[State, ...]]] = {
    "": ("全部", ()),
    PERSON: ("待人处理", FOR_A_PERSON),
    LATE: ("错过时间", ()),
    WAITING: ("等待发布", (State.HELD, State.QUEUED)),
    "going": ("进行中", (State.SENDING, State.ACCEPTED, State.WITHDRAWING)),
    "out": ("已发布", (State.LIVE,)),
    "back": ("已撤回、已取消", (State.WITHDRAWN,)),
}
REGISTRABLE = {State.NEEDS_PERSON, State.LIVE, State.WITHDRAWING, State.HANDED_OVER}
"""States in which a person may say that it was taken down."""


@router.get("")
@needs()
def listing(
    request: Request,
    newsroom: NewsroomDep,
    session: ReadingDep,
    group: str = "",
    account: str = "",
    story: Number | None = None,
    number: int = 1,
) -> Response:
    name, states = GROUPS.get(group, GROUPS[""])
    chosen = accounts.by_key(session, account) if account else None
    number = max(1, min(number, 500))
    found = deliveries.listed(
        session,
        states=() if group == PERSON else states,
        for_person=group == PERSON,
        late=late_ones(newsroom.now()) if group == LATE else None,
        account_id=chosen.id if chosen else None,
        story_id=story,
        soonest_first=group == WAITING,
        limit=PER_PAGE + 1,
        offset=(number - 1) * PER_PAGE,
    )
    return page(
        request,
        "deliveries/list.html",
        lines=found[:PER_PAGE],
        has_more=len(found) > PER_PAGE,
        number=number,
        group=group if group in GROUPS else "",
        groups=_groups(session, newsroom.now()),
        account=account,
        story=story,
        known=accounts.listed(session),
        title=name,
        **_shown(newsroom),
        link=_links({"group": group, "account": account, "story": story or ""}),
    )


def late_ones(now: datetime) -> deliveries.Late:
    """What counts as having missed its time."""
    return deliveries.Late(now - lateness.GRACE, lateness.MISSED)


def _groups(session: Session, now: datetime) -> dict[str, tuple[str, int]]:
    """Group → name and number. Rows of a stopped account wait for a person too."""
    numbers = deliveries.count_by_state(session)
    found = {key: (label, sum(numbers.get(s, 0) for s in wanted)) for key, (label, wanted) in GROUPS.items()}
    found[LATE] = (found[LATE][0], deliveries.number_late(session, late_ones(now)))
    return found | {PERSON: (found[PERSON][0], deliveries_for_a_person(session))}


def _shown(newsroom: Newsroom) -> dict[str, Any]:
    """What the templates ask about a row."""
    now = newsroom.now()
    return {
        "interrupted": lambda row: waiting.is_interrupted(row, now),
        "outlook": lambda row: lateness.outlook(row, now, newsroom.late),
        "missed": lambda row: row.state != State.QUEUED and lateness.is_late(row, now),
    }


@router.get("/{delivery_id}")
@needs()
def show(request: Request, newsroom: NewsroomDep, session: ReadingDep, delivery_id: Number) -> Response:
    return _page(request, newsroom, session, delivery_id)


@router.post("/{delivery_id}/hand-off")
@needs("scheduler", "duty")
def hand_off(request: Request, newsroom: NewsroomDep, visitor: VisitorDep, delivery_id: Number) -> Response:
    """A fresh hand-off: what the person opens on the phone, as a QR code."""
    address = by_hand.show_hand_off(newsroom, delivery_id, newsroom.now(), visitor.id)
    with newsroom.store.reading() as session:
        return _page(request, newsroom, session, delivery_id, hand_off=address, qr=_qr(address))


@router.post("/{delivery_id}/link")
@needs("scheduler", "duty")
def register_link(
    request: Request,
    newsroom: NewsroomDep,
    visitor: VisitorDep,
    delivery_id: Number,
    url: FormWords = "",
) -> Response:
    with newsroom.store.reading() as session:
        line = deliveries.one(session, delivery_id)
    live = line is not None and line.delivery.state == State.LIVE

    def press() -> str:
        if live:
            register_missing(newsroom, delivery_id, url, visitor.id, newsroom.now())
            return "已登记链接。"
        state = by_hand.register_live(newsroom, delivery_id, url, visitor.id, newsroom.now())
        return LINKED_SAID.get(state, "已登记链接，这一条算作已发布。")

    return _pressed(request, delivery_id, press)


@router.post("/{delivery_id}/package")
@needs("scheduler", "duty")
def package(request: Request, newsroom: NewsroomDep, visitor: VisitorDep, delivery_id: Number) -> Response:
    """The hand-over package, as a download; each one is noted in the log."""
    try:
        packed = package_of(newsroom, delivery_id, by=visitor.id)
    except Missing:
        raise
    except (Refused, ConnectorError) as error:
        return redirect(request, f"/deliveries/{delivery_id}", said=str(error), tone="bad")
    headers = {"Content-Disposition": f'attachment; filename="{packed.name}"'}
    return Response(packed.content, media_type="application/zip", headers=headers)


@router.post("/{delivery_id}/withdrawn")
@needs("scheduler", "duty")
def withdrawn(
    request: Request, newsroom: NewsroomDep, visitor: VisitorDep, form: FormDep, delivery_id: Number
) -> Response:
    """A person took it down on the platform, and leaves a proof."""

    def press() -> str:
        by_hand.register_withdrawn(newsroom, delivery_id, visitor.id, newsroom.now(), proof_of(form))
        return "已登记为撤回，凭据已存。"

    return _pressed(request, delivery_id, press)


@router.post("/{delivery_id}/again")
@needs("scheduler", "duty")
def again(
    request: Request, newsroom: NewsroomDep, visitor: VisitorDep, delivery_id: Number, why: FormWords = ""
) -> Response:
    """What was taken down goes out once more; the reason stays in the log."""

    def press() -> str:
        state = by_hand.resend(newsroom, delivery_id, visitor.id, newsroom.now(), why=why)
        return f"{_said('resend', state)}原因已记入经过。"

    return _pressed(request, delivery_id, press)


@router.post("/{delivery_id}/cancel")
@needs("scheduler", "duty")
def cancel(
    request: Request, newsroom: NewsroomDep, visitor: VisitorDep, delivery_id: Number, due: FormWords = ""
) -> Response:
    """Called off before it was sent; `due` is the time that the page showed."""
    planned = words.from_form_time(due)

    def press() -> str:
        return _said("cancel", by_hand.cancel(newsroom, delivery_id, visitor.id, newsroom.now(), due_at=planned))

    return _pressed(request, delivery_id, press)


@router.post("/{delivery_id}/{act}")
@needs("scheduler", "duty")
def act(request: Request, newsroom: NewsroomDep, visitor: VisitorDep, delivery_id: Number, act: str) -> Response:
    if act not in ACTS:
        raise Missing("没有这个操作，请刷新页面。")
    return _pressed(
        request, delivery_id, lambda: _said(act, ACTS[act](newsroom, delivery_id, visitor.id, newsroom.now()))
    )


def _pressed(request: Request, delivery_id: int, press: Callable[[], str]) -> Response:
    """Back to the delivery, with what the press came to, or why it was refused. Raises Missing."""
    back = f"/deliveries/{delivery_id}"
    try:
        said = press()
    except Missing:
        raise
    except Refused as error:
        return redirect(request, back, said=str(error), tone="bad")
    return redirect(request, back, said=said)


def _look(newsroom: Newsroom, delivery_id: int, _by: int | None, now: datetime) -> State:
    state = act_on(newsroom, delivery_id, now)
    if state is None:
        raise Refused("这一条正在处理或无需核对，请过几秒刷新再看。")
    return state


ACTS: dict[str, Callable[[Newsroom, int, int | None, datetime], State]] = {
    "resend": by_hand.resend,
    "look": _look,
    "withdraw": by_hand.withdraw,
    "give_up": by_hand.give_up,
}
_WISHED = "已记下：查清以后，发出的马上撤回，没有发出的不再发。"
SAID: dict[tuple[str, State], str] = {
    ("resend", State.QUEUED): "已重新排队。",
    ("resend", State.LIVE): "平台上已经有这一条，没有再发，算作已发布。",
    ("resend", State.ACCEPTED): "平台已经收到这一条，没有再发，正在等结果。",
    ("withdraw", State.WITHDRAWING): "已开始撤回，稍后会显示结果。",
    ("withdraw", State.SENDING): _WISHED,
    ("withdraw", State.UNKNOWN): _WISHED,
    ("cancel", State.WITHDRAWN): "已取消发布。",
    ("cancel", State.WITHDRAWING): "已取消发布，正在清理平台上的草稿。",
    ("give_up", State.WITHDRAWN): "已放弃这一条。",
    ("give_up", State.LIVE): "平台上已经有这一条，没有放弃，算作已发布；要撤下请点“撤回”。",
    ("give_up", State.ACCEPTED): "平台已经收到这一条，没有放弃，正在等结果；要撤下请点“撤回”。",
    ("give_up", State.NEEDS_PERSON): "已放弃，但平台上还有要人处理的，请看页面上的说明。",
}
"""What is told after an act, by what the delivery became."""
LINKED_SAID = {State.WITHDRAWING: "已登记链接；按先前的要求，这一条已开始撤回。"}


def _said(act: str, state: State) -> str:
    usual = {"look": "已向平台核对。", "withdraw": _WISHED, "cancel": _WISHED}
    return SAID.get((act, state)) or usual.get(act, "已处理，请看现在的状态。")


def _page(request: Request, newsroom: Newsroom, session: Session, delivery_id: int, **extra: Any) -> Response:
    line = deliveries.one(session, delivery_id)
    if line is None:
        raise Missing("这条投递已不存在，请刷新列表。")
    post = session.get(Post, line.delivery.post_id)
    state = State(line.delivery.state)
    history = log.of(session, "delivery", delivery_id)
    steps, told = hand_over_steps(newsroom, line.account), tasks.of_delivery(session, delivery_id)
    calls = queue.attempts(session, delivery_id)
    situation = _situation(_abilities(newsroom, line.account), line, post, bool(steps), told, calls)
    labels = buttons(line.delivery, situation)
    return page(
        request,
        "deliveries/show.html",
        line=line,
        form=post.form if post else {},
        marker=post.marker if post else "",
        html=bodies.shown(str((post.form if post else {}).get("html") or "")),
        history=history,
        shown=[entry for entry in history if entry.act == by_hand.SHOWN],
        packed=[entry for entry in history if entry.act == PACKED_ACT],
        other_works=_other_works(line),
        on_site=_on_site(line, labels),
        package_waits=is_package(line),
        late=reminder(line.delivery, newsroom.now()) if is_package(line) else "",
        steps=steps if post and post.form.get("dossier") is not None else (),
        barred=by_hand.barred(session, line.delivery, newsroom.now()) if state is State.HANDED_OVER else "",
        attempts=calls,
        buttons=labels,
        wished=wish_said(state) if situation.wished else "",
        remedy=as_labelled(line.delivery.remedy, labels),
        link_said=link_said(state, wished=situation.wished),
        registrable=state in REGISTRABLE,
        was_out=line.delivery.sending_at is not None and line.delivery.reason != by_hand.CALLED_OFF,
        tasks=told,
        task_names=task_steps.KIND_NAMES,
        names=people.with_ids(session, [task.done_by for task in told] + [task.opened_by for task in told]),
        linkable=state in by_hand.LINKABLE or is_missing(line),
        figures=readings.of_post(session, delivery_id),
        spark=spark,
        **_shown(newsroom),
        **{"hand_off": "", "qr": "", **extra},
    )


def _abilities(newsroom: Newsroom, account: Account) -> Capabilities | None:
    """None where the account's settings are wrong: then nothing can be asked of its platform."""
    try:
        return newsroom.channel(account).capabilities
    except ConnectorError:
        return None


def _situation(
    can: Capabilities | None,
    line: deliveries.Line,
    post: Post | None,
    packs: bool,
    told: Sequence[Task],
    calls: Sequence[Attempt],
) -> Situation:
    films = can is not None and can.video and bool(post and post.form.get("video_url"))
    return Situation(
        can,
        by_package=packs and not films,
        package_waits=is_package(line),
        wished=any(task.kind == TaskKind.WITHDRAW and task.done_at is None for task in told),
        draft=draft_left(calls),
    )


def _on_site(line: deliveries.Line, labels: dict[str, str]) -> dict[str, str] | None:
    """How a person finishes on the platform's own site; None where it is done on the phone, by a QR code."""
    if not line.delivery.hand_off.startswith(("http://", "https://")):
        return None
    name = line.account.name
    if line.account.platform == "wechat":
        text = f"文章已存进“{name}”的草稿箱。请登录公众平台，在草稿箱里找到这一篇，核对后点发表。系统会自动核对，核对不到时请在下面登记链接。"
        text += as_labelled("不发表就点“放弃”，系统先核对，再删掉草稿；已经发表又要撤下的，点“撤回”。", labels)
        return {"title": "到公众平台草稿箱发表", "text": text, "button": "打开公众平台"}
    text = f"请登录“{name}”的平台网站完成发布，再在下面登记链接。"
    return {"title": "到平台网站完成发布", "text": text, "button": "打开平台网站"}


def _other_works(line: deliveries.Line) -> list[str]:
    """Links of works that came of the same hand-off a second time."""
    ids = line.receipt.external_ids if line.receipt else {}
    return [str(value) for name, value in sorted(ids.items()) if name.startswith("url_") and value]


def _qr(address: str) -> Markup:
    target = io.BytesIO()
    segno.make(address, error="m").save(
        target, kind="svg", scale=6, border=2, xmldecl=False, svgclass=None, lineclass=None
    )
    return Markup(target.getvalue().decode())  # drawn by segno: squares, no text


def _links(values: dict[str, Any]) -> Callable[..., str]:
    def link(number: int = 1, **changed: str) -> str:
        wanted = {**values, **changed, "number": number if number > 1 else ""}
        found = urlencode({name: value for name, value in wanted.items() if value != ""})
        return f"/deliveries?{found}" if found else "/deliveries"

    return link
