"""待办: what people must do on platforms about posts that are out, and the proof that they did it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from content_store import log, tasks
from content_store.media import NotAPicture
from content_store.tables import Account, Delivery, Story, Task, TaskKind, User
from content_store.tables import DeliveryState as State
from steps.errors import Missing, Refused
from steps.newsroom import Newsroom
from steps.work_links import checked_link

KIND_NAMES = {TaskKind.WITHDRAW: "撤下", TaskKind.CORRECT: "勘误"}
SYSTEM_SAW = "系统核对：平台上已经没有这一条。"
_NOTE_LENGTH = 500


@dataclass(frozen=True)
class Proof:
    """What shows that it was done: a link, a picture or a sentence; the person and the time come by themselves."""

    url: str = ""
    note: str = ""
    picture: bytes = b""

    @property
    def given(self) -> bool:
        return bool(self.url.strip() or self.note.strip() or self.picture)


@dataclass(frozen=True)
class KeptProof:
    """A proof whose link was checked and whose picture is kept."""

    url: str = ""
    note: str = ""
    sha256: str | None = None


def correct(newsroom: Newsroom, story_id: int, *, why: str, by: int, now: datetime) -> int:
    """Opens a task for every account where a version of the story is out or may be; returns how many.

    Raises Refused where it is out nowhere, or where no reason is given.
    """
    why = why.strip()[:_NOTE_LENGTH]
    if not why:
        raise Refused("请写明哪里有误、应改成什么，同事要照着改。")
    with newsroom.store.session() as session:
        story, person = session.get(Story, story_id), session.get(User, by)
        if story is None or person is None:
            raise Missing("没有这篇稿件，请返回稿件列表。")
        rows = tasks.still_out(session, story_id)
        if not rows:
            raise Refused("这篇稿件没有在线上的内容，直接编辑出新版本即可。")
        opened = [row for row in rows if open_task(session, row, TaskKind.CORRECT, why, by, now)]
        log.append(
            session,
            at=now,
            subject="story",
            subject_id=story_id,
            act="correction",
            actor=person.display_name,
            why=why,
            detail={"deliveries": [row.id for row in rows]},
        )
    return len(opened)


def finish(newsroom: Newsroom, task_id: int, proof: Proof, *, by: int, now: datetime) -> None:
    """A correction was made on the platform. Taking a post down is registered at its delivery, which does the rest.

    Raises Refused where no proof is given, or where it is done already.
    """
    with newsroom.store.reading() as session:
        task = session.get(Task, task_id)
    if task is None:
        raise Missing("这项待办已不存在，请刷新列表。")
    if task.kind == TaskKind.WITHDRAW:
        raise Refused("撤下的待办请在投递页点“登记为已撤回”。")
    kept = keep_proof(newsroom, task.delivery_id, proof, now)
    with newsroom.store.session() as session:
        known = session.get(Task, task_id, with_for_update=True)
        if known is None or known.done_at is not None:
            raise Refused("这项待办已经办结，请刷新列表。")
        _close(session, known, kept, by=by, now=now, actor=_name(session, by))


def keep_proof(newsroom: Newsroom, delivery_id: int, proof: Proof, now: datetime) -> KeptProof:
    """Raises Refused for no proof at all, a link to another platform, or a file that is no picture."""
    if not proof.given:
        raise Refused("请留下凭据：改好后的链接、截图，或写一句怎样办的。")
    with newsroom.store.session() as session:
        row = session.get(Delivery, delivery_id)
        account = session.get(Account, row.account_id) if row is not None else None
        if account is None:
            raise Missing("这条投递已不存在，请刷新列表。")
        url = checked_link(proof.url, account.platform, account.settings) if proof.url.strip() else ""
        sha256 = None
        if proof.picture:
            try:
                origin = f"凭据：投递 {delivery_id}"
                sha256 = newsroom.media.keep_picture(session, proof.picture, origin=origin, now=now).sha256
            except NotAPicture as error:
                raise Refused(str(error)) from error
    return KeptProof(url, proof.note.strip()[:_NOTE_LENGTH], sha256)


def open_task(
    session: Session, row: Delivery, kind: TaskKind, why: str, by: int | None, now: datetime, *, actor: str = ""
) -> bool:
    """Whether one was opened: a second one of the same kind waits for the first. `actor`: who asks, where that is no
    person of the desk."""
    assert row.id is not None
    task = tasks.open_one(session, row.id, kind, why=why, by=by, now=now)
    if task is None:
        return False
    _note(session, task, "opened", actor or _name(session, by), why, now)
    return True


def taken_down(session: Session, row: Delivery, kept: KeptProof, *, by: int | None, now: datetime, actor: str) -> None:
    """The post is gone: nothing is left to be taken down or put right there."""
    assert row.id is not None
    for task in tasks.open_of(session, row.id):
        _close(session, task, kept, by=by, now=now, actor=actor)


def no_longer_wished(session: Session, row: Delivery, note: str, *, by: int | None, now: datetime, actor: str) -> None:
    """Somebody wants it out after all: it is not taken back any more."""
    assert row.id is not None
    for task in tasks.open_of(session, row.id):
        if task.kind == TaskKind.WITHDRAW:
            _close(session, task, KeptProof(note=note), by=by, now=now, actor=actor)


def _close(session: Session, task: Task, kept: KeptProof, *, by: int | None, now: datetime, actor: str) -> None:
    task.done_at, task.done_by = now, by
    task.proof_url, task.proof_note, task.proof_sha256 = kept.url, kept.note, kept.sha256
    _note(session, task, "done", actor, kept.note, now, {"url": kept.url, "picture": kept.sha256 or ""})


def _note(
    session: Session, task: Task, act: str, actor: str, why: str, now: datetime, more: dict[str, str] | None = None
) -> None:
    assert task.id is not None
    detail = {"kind": str(task.kind), "delivery": task.delivery_id, **(more or {})}
    log.append(session, at=now, subject="task", subject_id=task.id, act=act, actor=actor, why=why, detail=detail)


def _name(session: Session, by: int | None) -> str:
    user = session.get(User, by) if by is not None else None
    return user.display_name if user is not None else "命令行"


def is_out(row: Delivery) -> bool:
    """Readers have it, or had it the last time anybody looked. Pure."""
    return row.state in tasks.OUT or (row.state == State.NEEDS_PERSON and row.live_at is not None)
