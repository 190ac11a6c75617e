"""What a row says that stands still although its state does not tell why."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest

from content_store.tables import Account, Delivery
from content_store.tables import DeliveryState as State
from steps.waiting import of_delivery
from steps.workers import is_gone, place, worker_name

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
WORKS = {"key": "a", "platform": "weibo", "name": "科普吉林", "enabled": True, "stopped_reason": ""}


@pytest.mark.parametrize(
    ("state", "account", "said"),
    [
        (State.QUEUED, {}, None),
        (State.QUEUED, {"stopped_reason": "授权已到期，请重新授权。"}, "账号已暂停：授权已到期，请重新授权。"),
        (State.QUEUED, {"enabled": False, "stopped_reason": "授权已到期。"}, "账号已停用，这一条不会发送。"),
        (State.LIVE, {"enabled": False}, None),
    ],
)
def test_a_queued_row_says_why_its_account_does_not_send(
    state: State, account: dict[str, object], said: str | None
) -> None:
    why = of_delivery(Delivery(state=state), Account(**(WORKS | account)), NOW)
    assert (why and why.reason) == said


@pytest.mark.parametrize(
    ("owner", "lease", "dead"),
    [
        (worker_name() + "/1f", 60, False),
        (worker_name() + "/1f", -1, True),
        ("another:1/2", 60, False),
        (f"{place()}:{2**22 + 1}/1f", 60, True),
        ("", None, True),
    ],
)
def test_a_row_whose_worker_is_gone_says_so_until_it_is_taken_up(owner: str, lease: int | None, dead: bool) -> None:
    until = None if lease is None else NOW + timedelta(seconds=lease)
    row = Delivery(state=State.SENDING, lease_owner=owner, lease_until=until)
    why = of_delivery(row, Account(**WORKS), NOW)
    assert (why is not None and why.reason == "程序中断，正在核对。") == dead


@pytest.mark.parametrize("owner", ["", "w1", f"{place()}:", f"{place()}:²", f"{place()}:{10**30}", f"x{place()}:1"])
def test_what_is_no_name_of_a_process_here_is_never_called_gone(owner: str) -> None:
    assert not is_gone(owner)


def test_this_process_is_not_gone() -> None:
    assert not is_gone(worker_name())
    assert str(os.getpid()) in worker_name()
