"""Posts on their way through crashes and faults, over real HTTP, judged by the stand-ins' ledger; and the judge judged."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.figures import Setting
from benchmarks.publish import run
from benchmarks.publish_plans import Fault, Plan, plan_of
from benchmarks.publish_runs import play
from benchmarks.publish_stage import CALL, Crash, Stage, stage
from connectors.base import Outcome
from connectors.channels.wechat.channel import WeChat
from connectors.channels.weibo.channel import Weibo
from content_store.tables import DeliveryState as State
from steps import delivery_rules as rules
from steps.delivery_rules import Next

RUNS = 60


def test_every_post_is_out_exactly_once_whatever_happens_on_its_way(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    figures = list(run(Setting(data=tmp_path, seed=seed, runs=RUNS)))
    told = "\n".join(f"{figure.what}: {figure.ours:.0f}" for figure in figures)
    assert all(figure.reached is not False for figure in figures), told
    assert figures[0].ours == RUNS
    assert figures[1].ours >= 1, "no process was killed: a lame test"


def test_a_run_is_the_same_each_time_it_is_repeated() -> None:
    assert [plan_of(7, number) for number in range(40)] == [plan_of(7, number) for number in range(40)]
    assert plan_of(7, 12, ("weibo",)) != plan_of(8, 12, ("weibo",))


def test_crashes_faults_and_platforms_all_come_up() -> None:
    plans = [plan_of(1, number) for number in range(3000)]
    met = Counter((plan.platform, fault.name) for plan in plans for fault in plan.faults)
    assert len(met) >= 80
    assert min(met.values()) > 10
    assert len({crash.name for plan in plans for crash in plan.crashes}) >= 20
    assert sum(plan.killed for plan in plans) == 300


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("stage"), seed=3) as stage_:
        yield stage_


PLAIN = Plan(1, "weibo", (), (), False, None, withdraws=False, rivals=False, emergency=False)


def test_a_queue_that_sends_again_what_a_dead_worker_sent_is_found_out(
    opened: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgotten = Outcome(state="absent", external_ids={"draft_media_id": ""})
    monkeypatch.setattr(WeChat, "look_up", lambda self, post, journal: forgotten)
    verdict = play(opened, replace(PLAIN, number=901, platform="wechat", crashes=(Crash(CALL, "after", 5),)))
    assert (verdict.crashes, verdict.wrong) == (["调用平台之后"], "doubled"), verdict


def test_a_channel_that_calls_a_post_live_without_reading_it_back_is_found_out(
    opened: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Weibo, "publish", lambda self, post, journal: Outcome(state="done"))
    assert play(opened, replace(PLAIN, number=902)).wrong == "wrongly live"


def test_a_post_that_is_given_up_without_leave_is_found_out(opened: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def given_up(outcome: Outcome, **more: object) -> Next:
        return Next(State.FAILED, None, "算了。")

    monkeypatch.setattr(rules, "after_publish", given_up)
    rule = {"platform": "weibo", "kind": "reset_before_effect", "nth": [1], "times": 1}
    plan = replace(PLAIN, number=903, faults=(Fault("生效前断开", rule),))
    assert play(opened, plan).wrong == "lost"


def test_a_worker_that_wakes_after_its_lease_is_over_changes_nothing(opened: Stage) -> None:
    plan = replace(PLAIN, number=904, crashes=(Crash(CALL, "before", 1, "stall"),))
    verdict = play(opened, plan)
    assert (verdict.wrong, verdict.ended) == ("", State.LIVE)


def test_a_half_done_article_is_not_sent_again_by_whoever_comes_after_a_dead_worker(opened: Stage) -> None:
    half = {"platform": "weibo", "kind": "half_done", "code": 11003, "path": "/proxy/article/publish.json", "nth": [1]}
    plan = replace(PLAIN, number=905, platform="weibo_article", faults=(Fault("只成一半", half),))
    verdict = play(opened, replace(plan, crashes=(Crash("记下结果", "after", 1),)))
    assert (verdict.crashes, verdict.wrong, verdict.by_person) == (["记下结果之后"], "", 1), verdict
