"""What people do with deliveries: withdraw, send again, give up, register what they did on the platform."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from sqlmodel import Session

from connectors.base import Discards, ErrorClass, HandsOver, Outcome
from connectors.channels.codes import outcome_of
from connectors.errors import ConnectorError
from content_store import deliveries, log, queue, stories
from content_store.tables import Account, Delivery, Post, StoryVersion, TaskKind, User
from content_store.tables import DeliveryState as State
from steps.claiming import new_owner, recalled
from steps.delivery_rules import CALLED_OFF as CALLED_OFF
from steps.delivery_rules import STATE_NAMES, WORK_IDS, Next
from steps.errors import Missing, Refused
from steps.follow_ups import close_given_up
from steps.journal import LEASE, StoredJournal
from steps.missing_links import refuse_twin
from steps.newsroom import Newsroom
from steps.posts import stored_post
from steps.settling import settle
from steps.standing import event_now
from steps.tasks import KeptProof, Proof, keep_proof, no_longer_wished, open_task, taken_down
from steps.threads import STATE_NAMES as EVENT_STATES
from steps.work_links import NUMBERED, article_id, checked_link, names_work

_NEVER_OUT = {State.HELD, State.QUEUED, State.FAILED}
SHOWN = "shown"
BY_PERSON = "由人登记，未核对。"
DELETED_THERE = "由人在平台上删除。"
DELETE_DRAFT = "请登录公众平台，在草稿箱里删除这一篇，再点“登记为已撤回”。"
LINKABLE = {State.NEEDS_PERSON, State.HANDED_OVER, State.FAILED, State.ACCEPTED, State.UNKNOWN}
"""States in which a person may register the link of what is out."""
_WORK = re.compile(r"/(?:video|note)/(\d+)")


def withdraw(newsroom: Newsroom, delivery_id: int, by: int | None, now: datetime, why: str = "") -> State:
    """Takes it back: what was never sent is called off at once, what may be out, or left a draft there, is withdrawn in the
    next round, and a task stays open until that is proved.

    What is being sent or looked up keeps its state, and the task is the wish: once it is known what became of it, it is
    withdrawn or not sent (`delivery_rules.as_wished`). Returns the new state. Raises Refused where it was withdrawn before.
    """

    def act(session: Session, row: Delivery, actor: str) -> None:
        state = State(row.state)
        if state is State.WITHDRAWN:
            raise Refused("这一条已经撤下，无需再撤。")
        if state is State.WITHDRAWING:
            return
        if state in _NEVER_OUT and not queue.something_there(session, delivery_id):
            settle(session, row, Next(State.WITHDRAWN, reason=CALLED_OFF), now=now, actor=actor)
            return
        open_task(session, row, TaskKind.WITHDRAW, why.strip(), by, now)
        if _at_work(newsroom, row) or state is State.SENDING:
            return
        if state is State.UNKNOWN:
            row.next_try_at = now
            return
        settle(session, row, Next(State.WITHDRAWING, now), now=now, actor=actor)

    return _changed(newsroom, delivery_id, by, act, now, at_work_too=True)


def resend(newsroom: Newsroom, delivery_id: int, by: int | None, now: datetime, why: str = "") -> State:
    """Sends a failed or stopped delivery again, or, with a reason, one that was taken down. What may be out already is
    looked up first and never sent twice.

    Raises Refused where it cannot be looked up just now.
    """
    with newsroom.store.reading() as session:
        before = _hands_on(session, session.get(Delivery, delivery_id))
    found = _looked_up(newsroom, delivery_id)

    def act(session: Session, row: Delivery, actor: str) -> None:
        _only(row, {State.FAILED, State.NEEDS_PERSON, State.WITHDRAWN}, "重新发送")
        newer = _newer_version(session, row)
        if newer is not None:
            raise Refused(f"第 {newer} 版已排给或发到这个账号，旧版不能再发，请放弃这一条。")
        was_down = row.state == State.WITHDRAWN
        if found.state == "pending_user" and row.live_at is not None and not was_down:
            raise Refused("这一条登记过已发布，系统查不到它还在不在：先在平台上删除并登记为已撤回，再重新发送。")
        if _hands_on(session, row) != before:
            raise Refused("刚才有人处理过这一条，请刷新后再试。")
        if was_down:
            _may_go_out_again(session, row, found, why, now)
        elif found.state not in ("done", "accepted"):
            _still_warned_of(session, row, now)
        no_longer_wished(session, row, "由人改为重新发送。", by=by, now=now, actor=actor)
        if found.state in ("done", "accepted"):
            state = State.LIVE if found.state == "done" else State.ACCEPTED
            if row.state == State.FAILED and state is State.ACCEPTED:
                raise Refused("平台还在处理这一条，请稍后再看。")
            next_ = Next(state, None if state is State.LIVE else now, ids=found.external_ids)
            settle(session, row, next_, now=now, actor=actor, outcome=found)
            return
        reason = f"撤回后重新发送：{why.strip()}" if was_down else ""
        next_ = Next(State.QUEUED, now, reason, settled=True, ids=found.external_ids)
        settle(session, row, next_, now=now, actor=actor)
        # a fresh start: the old times would make it late or overdue at once
        row.due_at, row.tries, row.sending_at, row.accepted_at, row.live_at = now, 0, None, None, None
        if was_down:
            deliveries.forget_address(session, delivery_id)

    return _changed(newsroom, delivery_id, by, act, now)


def _hands_on(session: Session, row: Delivery | None) -> tuple[object, ...]:
    """What differs once somebody has worked on the row: a look at the platform made before that counts no more."""
    if row is None or row.id is None:
        return ()
    calls = [(attempt.id, attempt.outcome) for attempt in queue.attempts(session, row.id)]
    return row.state, row.tries, row.due_at, row.sending_at, calls


def _may_go_out_again(session: Session, row: Delivery, found: Outcome, why: str, now: datetime) -> None:
    """Raises Refused."""
    if not why.strip():
        raise Refused("请写明为什么重新发送，原因会记入经过。")
    if found.state in ("done", "accepted"):
        raise Refused("平台上还能查到这一条，没有撤下，请先在平台上删除。")
    story = stories.of_version(session, row.story_version_id)
    if story is None or story.status not in ("approved", "released"):
        raise Refused("稿件已作废、被退回或正在修改，不能再发，请先走完审签。")
    _still_warned_of(session, row, now)


def _newer_version(session: Session, row: Delivery) -> int | None:
    """The number of a newer version of the same story that stands on the same account, or waits for it."""
    version = session.get(StoryVersion, row.story_version_id)
    if version is None:
        return None
    gone = {State.WITHDRAWN, State.FAILED}
    rows = stories.deliveries_of(session, version.story_id)
    newer = [
        number
        for other, number in rows
        if other.account_id == row.account_id and number > version.number and other.state not in gone
    ]
    return max(newer, default=None)


def give_up(newsroom: Newsroom, delivery_id: int, by: int | None, now: datetime) -> State:
    """It will not be sent. A draft of it is deleted at the platform; where that fails, it is a person's task.

    Raises Refused, also where it is public already.
    """
    left = _discarded(newsroom, delivery_id, now)
    if left is not None and left.state in ("done", "accepted"):
        raise Refused("平台上已经有这一条，不能放弃：要撤下请点“撤回”，要保留请等系统核对或登记链接。")

    def act(session: Session, row: Delivery, actor: str) -> None:
        _may_give_up(row)
        if row.state == State.HANDED_OVER:
            if _told_of(session, delivery_id):
                raise Refused("平台刚报告这一条已发布，不能放弃：要撤下请点“撤回”，要保留请等系统核对。")
            close_given_up(session, row, now)
        if left is not None and left.state != "absent":
            why, remedy = _still_there(left)
            settle(session, row, Next(State.NEEDS_PERSON, reason=why, remedy=remedy), now=now, actor=actor)
            open_task(session, row, TaskKind.WITHDRAW, remedy, by, now)
            return
        reason = "由人放弃。" if left is None else "由人放弃，平台上没有留下草稿。"
        settle(session, row, Next(State.WITHDRAWN, reason=reason), now=now, actor=actor)

    return _changed(newsroom, delivery_id, by, act, now)


def _told_of(session: Session, delivery_id: int) -> bool:
    """Whether a call-back named the work that was made from a hand-off."""
    known = queue.receipt(session, delivery_id)
    return known is not None and any(known.external_ids.get(name) for name in ("item_id", "video_id"))


def _still_there(left: Outcome) -> tuple[str, str]:
    """Why it is not over yet, and what to do."""
    if left.state == "pending_user" and left.refusal is not None:
        return f"已放弃，但{left.refusal.cause}", left.refusal.remedy
    return f"已放弃，但草稿没有删掉：{left.refusal.cause if left.refusal else '平台没有答复。'}", DELETE_DRAFT


def _may_give_up(row: Delivery) -> None:
    _only(row, {*_NEVER_OUT, State.NEEDS_PERSON, State.HANDED_OVER}, "放弃")
    if row.state == State.NEEDS_PERSON and row.live_at is not None:
        raise Refused("这一条上过线，不能放弃：已经删除的点“登记为已撤回”，仍在线上的登记链接。")


def _discarded(newsroom: Newsroom, delivery_id: int, now: datetime) -> Outcome | None:
    """What became of the drafts it may have left at the platform; None where there can be none. Raises Refused."""

    def ready(session: Session, row: Delivery) -> bool:
        _may_give_up(row)
        return queue.something_there(session, delivery_id)

    with _held(newsroom, delivery_id, "give-up", ready) as held:
        if held is None:
            return None
        account, _, journal = held
        try:
            channel = newsroom.channel(account)
            found = channel.discard(journal.known, journal) if isinstance(channel, Discards) else None
        except ConnectorError as error:
            found = outcome_of(error, now)
    if found is not None and found.state == "done":
        with newsroom.store.session() as session:
            # what it is from now on, the next look tells
            queue.look_now(session, account.id or 0, {State.HANDED_OVER}, now=now)
    return found


def register_live(newsroom: Newsroom, delivery_id: int, url: str, by: int | None, now: datetime) -> State:
    """A person published it on the platform, or found it there: its link is the proof, which nobody has checked.

    Raises Refused for what is no link to a work on the account's platform.
    """
    with newsroom.store.reading() as session:
        row = session.get(Delivery, delivery_id)
        account = session.get(Account, row.account_id) if row is not None else None
    if account is None:
        raise Missing("这条投递已不存在，请刷新列表。")
    link = checked_link(url, account.platform, account.settings)
    work, article = _WORK.search(urlsplit(link).path), article_id(link, account.platform)

    def act(session: Session, row: Delivery, actor: str) -> None:
        _only(row, LINKABLE, "登记链接")
        refuse_twin(session, link, account.platform, delivery_id)
        known = queue.receipt(session, delivery_id)
        before = known.external_ids if known is not None else {}
        ids = _ids_of(work[1], before) if work else {}
        if row.state != State.ACCEPTED and not work:
            ids |= _forgotten(before, link, account.platform)
        ids |= {"article_id": article} if article else {}
        outcome = Outcome(state="done", external_ids=ids, public_url=link)
        settle(session, row, Next(State.LIVE, ids=ids, reason=BY_PERSON), now=now, actor=actor, outcome=outcome)

    return _changed(newsroom, delivery_id, by, act, now)


def _forgotten(known: Mapping[str, str], link: str, platform: str) -> dict[str, str]:
    """Numbers of a work that the link does not lead to: asked by them, "not there" would be said of another work."""
    if platform not in NUMBERED or names_work(link, known):
        return {}
    return {name: "" for name in WORK_IDS if known.get(name)}


def _ids_of(video_id: str, known: Mapping[str, str]) -> dict[str, str]:
    """What the receipt holds once this work is the delivery's. Where two are known, the other is kept as the second."""
    if known.get("video_id") == video_id:
        return {"video_id": video_id}
    others = {value: key.removeprefix("video_id_") for key, value in known.items() if key.startswith("video_id_")}
    place = others.get(video_id)
    if place is None:
        # an id that belongs to another work would be measured instead of this one
        return {"video_id": video_id, "item_id": ""}
    swapped = {name: known.get(f"{name}_{place}", "") for name in ("item_id", "video_id")}
    return swapped | {f"{name}_{place}": known.get(name, "") for name in swapped}


def register_withdrawn(
    newsroom: Newsroom, delivery_id: int, by: int | None, now: datetime, proof: Proof | None = None
) -> State:
    """A person deleted it on the platform. The proof is kept with the task that this closes."""
    kept = keep_proof(newsroom, delivery_id, proof, now) if proof is not None else KeptProof(note=DELETED_THERE)

    def act(session: Session, row: Delivery, actor: str) -> None:
        _only(row, {State.NEEDS_PERSON, State.LIVE, State.WITHDRAWING, State.HANDED_OVER}, "登记为已撤回")
        open_task(session, row, TaskKind.WITHDRAW, "", by, now)
        taken_down(session, row, kept, by=by, now=now, actor=actor)
        settle(session, row, Next(State.WITHDRAWN, reason=DELETED_THERE), now=now, actor=actor)

    return _changed(newsroom, delivery_id, by, act, now)


def show_hand_off(newsroom: Newsroom, delivery_id: int, now: datetime, by: int | None = None) -> str:
    """What the person opens now (a share schema for a QR code, or an address): a fresh one for each showing.

    Each showing is written to the log as "shown": two that are both confirmed are two public works.

    Raises Refused, also where the warning it tells of is over, or ConnectorError where the platform does not answer.
    """

    def ready(session: Session, row: Delivery) -> bool:
        _only(row, {State.HANDED_OVER}, "人工完成")
        _still_warned_of(session, row, now)
        return True

    with _held(newsroom, delivery_id, "hand-off", ready) as held:
        assert held is not None
        account, post, journal = held
        if {"item_id", "video_id"} & journal.known.keys():
            raise Refused("手机上已经发出，系统正在核对，请稍后刷新，不要再扫码。")
        channel = newsroom.channel(account)
        if not isinstance(channel, HandsOver):
            raise Refused("这个平台没有人工完成这一步。")
        outcome = channel.hand_off(stored_post(newsroom, post), journal)
    if outcome.state != "pending_user":
        cause = outcome.refusal.cause + outcome.refusal.remedy if outcome.refusal else "平台没有答复，请稍后再试。"
        raise Refused(cause)
    with newsroom.store.session() as session:
        queue.keep_receipt(session, delivery_id, state=State.HANDED_OVER, now=now, external_ids=outcome.external_ids)
        actor = _name(session, by)
        log.append(session, at=now, subject="delivery", subject_id=delivery_id, act=SHOWN, actor=actor)
    return outcome.hand_off


@contextlib.contextmanager
def _held(
    newsroom: Newsroom, delivery_id: int, what: str, ready: Callable[[Session, Delivery], bool]
) -> Iterator[tuple[Account, Post, StoredJournal] | None]:
    """The row leased while a person's act asks the platform; None where `ready` says that nothing is to be asked.

    Raises Refused, as `ready` may, or Missing.
    """
    owner = new_owner(what)
    with newsroom.store.session() as session:
        if session.get(Delivery, delivery_id) is None:
            raise Missing("这条投递已不存在，请刷新列表。")
        row = queue.claim_this(session, delivery_id, owner=owner, now=newsroom.now(), until=newsroom.now() + LEASE)
        if row is None:
            raise Refused("这一条正在处理，请过几秒再试。")
        # an error ends the transaction, and the lease with it
        found = recalled(session, row, owner, newsroom) if ready(session, row) else None
    try:
        yield found
    finally:
        with newsroom.store.session() as session, contextlib.suppress(queue.LeaseLost):
            queue.release(queue.held_by(session, delivery_id, owner))


def barred(session: Session, row: Delivery, now: datetime) -> str:
    """Why nobody is asked to finish this hand-off any more (Chinese); empty where it goes on."""
    try:
        _still_warned_of(session, row, now)
    except Refused as error:
        return str(error)
    return ""


def _still_warned_of(session: Session, row: Delivery, now: datetime) -> None:
    """Nobody is asked to publish a warning that is over. Raises Refused."""
    view = event_now(session, row.event_id, now) if row.event_id is not None else None
    if view is not None and not view.stands:
        raise Refused(f"预警{EVENT_STATES[view.state]}，请放弃这一条；已扫码发布的请登记链接。")


def _looked_up(newsroom: Newsroom, delivery_id: int) -> Outcome:
    """What the platform knows of this row now; `absent` where it is not there, `pending_user` where only people know.
    Raises Refused."""
    with newsroom.store.session() as session:
        row = session.get(Delivery, delivery_id)
        if row is None:
            raise Missing("这条投递已不存在，请刷新列表。")
        account, post, journal = recalled(session, row, new_owner("resend"), newsroom)
    gone = {name: "" for name in journal.known if name != "marker"}
    if not journal.open and not gone:
        return Outcome(state="pending_user")
    try:
        channel = newsroom.channel(account)
        if journal.open:
            return _persons_word(channel.look_up(stored_post(newsroom, post), journal))
        found = channel.poll(journal.known)
    except ConnectorError as error:
        raise Refused(f"现在还无法核对是否已发出：{error.message}") from error
    if found.state == "accepted" and found.refusal is not None:
        raise Refused(f"现在还无法核对是否已发出，请稍后再试。{found.refusal.cause}")
    if found.state in ("absent", "failed"):
        # it is not out, or no more: begin anew
        return Outcome(state="absent", external_ids=gone)
    return found if found.state in ("done", "accepted") else Outcome(state="pending_user")


def _persons_word(found: Outcome) -> Outcome:
    """Where only a person can tell, pressing the button is the person's word that it is not out. Raises Refused."""
    asks_person = found.refusal is not None and found.refusal.kind is ErrorClass.NEEDS_HUMAN and not found.not_asked
    if found.state == "unknown" and not asks_person:
        why = found.refusal.cause if found.refusal else "平台还没有结果。"
        raise Refused(f"现在还无法核对是否已发出，请稍后再试。{why}")
    return found if found.state in ("done", "accepted") else Outcome(state="absent", external_ids=found.external_ids)


def _changed(
    newsroom: Newsroom,
    delivery_id: int,
    by: int | None,
    act: Callable[[Session, Delivery, str], None],
    now: datetime,
    *,
    at_work_too: bool = False,
) -> State:
    """The state after `act`. Raises Refused where a worker holds the row, unless `at_work_too`."""
    with newsroom.store.session() as session:
        row = session.get(Delivery, delivery_id, with_for_update=True)
        if row is None:
            raise Missing("这条投递已不存在，请刷新列表。")
        if _at_work(newsroom, row) and not at_work_too:
            raise Refused("这一条正在处理，请过几秒再试。")
        act(session, row, _name(session, by))
        return State(row.state)


def _at_work(newsroom: Newsroom, row: Delivery) -> bool:
    return row.lease_until is not None and row.lease_until > newsroom.now()


def _only(row: Delivery, states: Collection[State], what: str) -> None:
    if row.state not in states:
        raise Refused(f"这一条现在是“{STATE_NAMES[State(row.state)]}”，不能{what}，请刷新列表。")


def _name(session: Session, by: int | None) -> str:
    user = session.get(User, by) if by is not None else None
    return user.display_name if user is not None else "命令行"
