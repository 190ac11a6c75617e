"""Random mishaps at any call of a WeChat publication, in each of its ways: public at most once, and "live" only what is public.

The seed is in the test's name; a failure repeats with it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from channel_parts import Died, Notebook, World, a_world, article, picture, post_picture
from wechat_parts import Fresh, fresh

from connectors.base import ErrorClass, Outcome, Post
from connectors.channels.wechat import WeChat

WAYS: dict[str, dict[str, Any]] = {
    "article": {"mode": "direct"},
    "mass": {"mode": "mass_send"},
    "pictures": {"mode": "direct", "article_type": "newspic"},
}
PATHS = {
    "article": ["media/uploadimg", "material/add_material", "draft/add", "freepublish/submit", "freepublish/get"],
    "mass": ["media/uploadimg", "draft/add", "message/mass/sendall", "message/mass/get"],
    "pictures": ["material/add_material", "draft/add", "freepublish/submit", "freepublish/getarticle"],
}
LINE = ["reset_before_effect", "reset_after_effect", "http_500_before", "http_500_after", "wrong_json", "expired_token"]
CODES = [-1, 40001, 45009, 45011]
DEATHS = {
    "article": ["uploadimg", "add_material", "draft_add", "submit"],
    "mass": ["uploadimg", "draft_add", "mass_send"],
    "pictures": ["add_material", "draft_add", "submit"],
}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with a_world() as world:
        yield world


def a_post(way: str, marker: str) -> Post:
    if way != "pictures":
        return article(marker)
    few = tuple(post_picture(f"p{n}", picture("PNG", (40 + n, 30))) for n in range(2))
    return article(marker, html="", text="两张照片", pictures=few, cover=None)


def some_faults(chance: random.Random, account: Fresh, way: str) -> list[dict[str, Any]]:
    rules = []
    for path in chance.sample(PATHS[way], chance.randint(0, 2)):
        rule: dict[str, Any] = {"platform": "wechat", "path": f"/cgi-bin/{path}", "times": chance.randint(1, 2)}
        if chance.random() < 0.3:
            rules.append(rule | {"kind": "error", "code": chance.choice(CODES), "account": account.appid})
        else:
            rules.append(rule | {"kind": chance.choice(LINE)})
    return rules


class Queue:
    """The queue's part in a few lines: what it does after each outcome, with time passing in between."""

    def __init__(self, account: Fresh, built: WeChat, post: Post, journal: Notebook) -> None:
        self.account, self.built, self.post, self.journal = account, built, post, journal

    def run(self, steps: int = 60) -> str:
        """ "live", or "person" where somebody must look."""
        state = "queued"
        for _ in range(steps):
            state = self.step(state)
            if state in ("live", "person"):
                return state
            self.account.world.advance(45)
        return f"stuck in {state}"

    def step(self, state: str) -> str:
        if self.journal.open or state == "unknown":
            return self.looked_up(self.built.look_up(self.post, self.journal))
        if state == "accepted":
            return self.polled(self.built.poll(self.journal.known))
        try:
            return self.published(self.built.publish(self.post, self.journal))
        except Died:
            self.journal.dies_at = ""
            return "unknown"

    def published(self, outcome: Outcome) -> str:
        self.keep(outcome)
        if outcome.state != "failed":
            return outcome.state
        assert outcome.refusal is not None
        waits = outcome.refusal.kind in (
            ErrorClass.RETRYABLE,
            ErrorClass.RATE,
            ErrorClass.QUOTA,
            ErrorClass.AUTH_REFRESH,
        )
        if waits and outcome.retry_after:
            self.account.world.advance(min(outcome.retry_after, 300))
        return "queued" if waits else "person"

    def looked_up(self, outcome: Outcome) -> str:
        if outcome.state == "absent":
            self.journal.settle(outcome.external_ids)
            return "queued"
        self.keep(outcome)
        if outcome.state == "done":
            self.journal._open.clear()
            return "live"
        if outcome.state == "accepted":
            self.journal._open.clear()
            return "accepted"
        if outcome.refusal is not None and outcome.refusal.kind is ErrorClass.NEEDS_HUMAN:
            return "person"
        self.account.world.advance(outcome.retry_after or 60)
        return "unknown"

    def polled(self, outcome: Outcome) -> str:
        self.keep(outcome)
        if outcome.state in ("failed", "absent"):
            return "person"
        return "live" if outcome.state == "done" else "accepted"

    def keep(self, outcome: Outcome) -> None:
        known = {**self.journal._known, **outcome.external_ids}
        self.journal._known = {name: value for name, value in known.items() if value}


def one_run(world: World, way: str, seed: int) -> tuple[str, int]:
    chance = random.Random(f"{way} {seed}")
    account = fresh(world)
    world.faults(*some_faults(chance, account, way))
    dies_at = chance.choice(DEATHS[way]) if chance.random() < 0.3 else ""
    queue = Queue(account, account.channel(**WAYS[way]), a_post(way, f"wxr{way}{seed}"), Notebook(world.now, dies_at))
    state = queue.run()
    world.faults()
    world.advance(60)
    return state, len(account.ever_public())


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("way", list(WAYS))
def test_whatever_goes_wrong_it_is_public_at_most_once_and_live_only_where_it_is(
    world: World, way: str, seed: int
) -> None:
    state, public = one_run(world, way, seed)
    assert state in ("live", "person")
    assert public <= 1
    if state == "live":
        assert public == 1
