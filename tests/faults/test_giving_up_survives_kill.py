"""The process is killed while it gives a post up, between what it does at WeChat and what it writes down."""

from __future__ import annotations

import io
import multiprocessing
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from publishing_worker import Run, give_up

from content_store import accounts, deliveries, log, queue, stories
from content_store.tables import Account, Delivery, Lane, Post
from content_store.tables import DeliveryState as State
from sandbox.serve import in_thread
from steps import by_hand
from steps.adapt import form_of
from steps.giving_up import GIVING_UP
from steps.newsroom import Newsroom
from steps.publish import poll_accepted, publish_due

DEATHS = ("before the draft is deleted", "before the deletion is noted", "before the row is settled")
APPID = "wxsandboxjilin"
SECRETS = {"appid": APPID, "appsecret": "fake-secret-wechat-jilin"}
RATE = {"kind": "error", "path": "/cgi-bin/freepublish/submit", "code": 45011, "times": 1}


class Box(Run):
    """With a WeChat account whose box of drafts is looked into."""

    def rounds(self, number: int) -> None:
        for _ in range(number):
            room = self.room
            publish_due(room, room.now())
            poll_accepted(room, room.now())
            self.jump()

    def row(self, delivery: int) -> Delivery:
        with self.room.store.reading() as session:
            return session.get_one(Delivery, delivery)

    def public(self) -> list[Any]:
        """Also what was taken down again."""
        return list(self.control(f"/ledger?account={APPID}"))

    def drafts(self) -> int:
        room = self.room
        with room.store.reading() as session:
            account = accounts.by_key(session, "wx")
        assert account is not None
        said = room.channel(account)._api.ask("/cgi-bin/draft/count")  # type: ignore[attr-defined]
        return int(said["total_count"])


@pytest.fixture
def run(sqlite_url: str, tmp_path: Path) -> Iterator[Box]:
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(sqlite_url.removeprefix("sqlite:///"), home / "kepu.db")
    with in_thread(seed=11) as base:
        yield Box(base, home)


def with_a_draft(run: Box, mode: str) -> int:
    """A delivery whose draft lies in the box: for a person to publish, or for the next try."""
    room = run.room
    now, picture = room.now(), io.BytesIO()
    Image.new("RGB", (8, 8), "green").save(picture, "PNG")
    with room.store.session() as session:
        settings = {"base_url": f"{run.base}/wechat"}
        account = accounts.put(session, "wx", {"platform": "wechat", "mode": mode, "settings": settings}, now=now)
        assert account.id is not None
        accounts.keep_credentials(session, account.id, SECRETS, room.vault, now=now)
        cover = room.media.keep_picture(session, picture.getvalue(), origin="test", now=now).sha256
        text = {"title": "冰面能站人吗", "digest": "看厚度。", "body_html": "<p>看厚度。</p>", "cover_sha256": cover}
        version = stories.add(session, fields=text, by=None, now=now)
        row = planned(session, version, account, room)
    run.control("/faults", [RATE] if mode == "direct" else [])
    publish_due(room, room.now())
    assert run.row(row).state == (State.QUEUED if mode == "direct" else State.HANDED_OVER)
    assert run.drafts() == 1
    return row


def planned(session: Any, version: Any, account: Account, room: Newsroom) -> int:
    marker, now = deliveries.new_marker(), room.now()
    row = deliveries.add(
        session,
        version_id=version.id,
        account_id=account.id or 0,
        marker=marker,
        form=form_of(version, account, marker=marker, site_url=room.site_url),
        fingerprint="",
        state=State.QUEUED,
        lane=Lane.NORMAL,
        due_at=now,
        by=None,
        now=now,
    )
    assert row.id is not None
    return row.id


def killed_while_giving_up(run: Box, delivery: int, dies: str) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["publishing_worker"])
    process = context.Process(target=give_up, args=(str(run.home), run.offset, delivery, dies), daemon=True)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL


@pytest.mark.parametrize("dies", DEATHS)
@pytest.mark.parametrize("mode", ["draft_only", "direct"])
def test_who_gave_it_up_as_the_process_died_finds_it_stopped_and_ends_it(run: Box, mode: str, dies: str) -> None:
    delivery = with_a_draft(run, mode)
    killed_while_giving_up(run, delivery, dies)
    run.rounds(6)
    row = run.row(delivery)
    assert (row.state, row.reason) == (State.NEEDS_PERSON, GIVING_UP)
    assert "放弃" in row.remedy
    assert run.drafts() == (1 if dies == DEATHS[0] else 0)
    assert by_hand.give_up(run.room, delivery, None, run.room.now()) == State.WITHDRAWN
    run.rounds(2)
    assert run.row(delivery).state == State.WITHDRAWN
    assert run.drafts() == 0
    assert run.public() == []
    with run.room.store.reading() as session:
        assert [attempt.outcome for attempt in queue.attempts(session, delivery) if attempt.outcome == "open"] == []
        assert log.first_broken(session) is None


@pytest.mark.parametrize("dies", DEATHS)
def test_who_wants_it_out_after_all_sends_it_once(run: Box, dies: str) -> None:
    delivery = with_a_draft(run, "direct")
    killed_while_giving_up(run, delivery, dies)
    run.rounds(1)
    for _ in range(12):
        if run.row(delivery).state == State.NEEDS_PERSON:
            by_hand.resend(run.room, delivery, None, run.room.now())
        run.rounds(1)
    assert run.row(delivery).state == State.LIVE
    with run.room.store.reading() as session:
        marker = session.get_one(Post, run.row(delivery).post_id).marker
    assert [marker in row["marker"] + row["text"] for row in run.public()] == [True]
