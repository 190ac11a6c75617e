"""Which rows in `sending` nobody works on any more."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest

from content_store.tables import Delivery
from content_store.tables import DeliveryState as State
from steps.waiting import is_interrupted
from steps.workers import is_gone, place, worker_name

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("owner", "lease", "dead"),
    [
        (worker_name() + "/1f", 60, False),
        (worker_name() + "/1f", -1, True),
        ("another:1/2", 60, False),
        (f"{place()}:{2**22 + 1}/1f", 60, True),
        ("", None, True),
    ],
    ids=["this process", "its lease ended", "another machine", "no such process", "nobody"],
)
def test_a_row_whose_worker_is_gone_is_known_until_it_is_taken_up(owner: str, lease: int | None, dead: bool) -> None:
    until = None if lease is None else NOW + timedelta(seconds=lease)
    row = Delivery(state=State.SENDING, lease_owner=owner, lease_until=until)
    assert is_interrupted(row, NOW) == dead
    assert not is_interrupted(row.model_copy(update={"state": State.QUEUED}), NOW)


@pytest.mark.parametrize(
    "owner",
    ["", "w1", f"{place()}:", f"{place()}:²", f"{place()}:{10**30}", f"x{place()}:1"],
    ids=["nobody", "no place", "no number", "an odd digit", "too large", "elsewhere"],
)
def test_what_is_no_name_of_a_process_here_is_never_called_gone(owner: str) -> None:
    assert not is_gone(owner)


def test_this_process_is_not_gone() -> None:
    assert not is_gone(worker_name())
    assert str(os.getpid()) in worker_name()
