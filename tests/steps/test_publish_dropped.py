"""A story that was given up goes nowhere, however its row came to be due."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from queue_parts import Clock, Platform, a_delivery, a_newsroom, an_account, the

from content_store import stories
from content_store.database import Store
from content_store.tables import DeliveryState as State
from content_store.tables import Story
from steps.publish import publish_due

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


def test_a_row_of_a_dropped_story_is_never_sent(store: Store, tmp_path: Path) -> None:
    clock = Clock(NOW)
    platform = Platform(clock)
    newsroom = a_newsroom(store, tmp_path, clock, platform)
    row = a_delivery(newsroom, an_account(newsroom), "kpgone")
    with store.session() as session:
        story = stories.of_version(session, the(newsroom, row).story_version_id)
        assert story is not None
        session.get_one(Story, story.id).status = "dropped"
    assert publish_due(newsroom, NOW, worker="w") == {"withdrawn": 1}
    assert platform.sent == []
    assert (the(newsroom, row).state, the(newsroom, row).reason) == (State.WITHDRAWN, "稿件已作废，没有发出。")
