"""Posts of people and of ours beside the played one, and editors at work on the platform's own site: the judge judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from benchmarks.publish_acts import GIVES_UP, PUBLISHES, REGISTERS, TAKES_BACK, UPLOADS, WAITS
from benchmarks.publish_kits import KITS
from benchmarks.publish_plans import Fault, Plan
from benchmarks.publish_runs import play
from benchmarks.publish_stage import Stage, stage
from connectors.channels.kuaishou import lists
from connectors.channels.weibo import timeline
from connectors.channels.weibo.channel import Weibo
from content_store.tables import DeliveryState as State


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("stage"), seed=3) as stage_:
        yield stage_


PLAIN = Plan(1, "weibo")
LOST = {"kind": "reset_before_effect", "nth": [1], "times": 1}


@pytest.mark.parametrize(
    ("platform", "damaged", "path"),
    [
        ("weibo", (timeline, "_marked", lambda status, marker: True), "/2/statuses/share.json"),
        ("kuaishou", (lists, "by_mark", lambda works, marker, name: works[0]), "/openapi/photo/publish"),
    ],
)
def test_a_look_up_that_takes_whatever_is_newest_is_found_out(
    opened: Stage, monkeypatch: pytest.MonkeyPatch, platform: str, damaged: tuple[object, str, object], path: str
) -> None:
    monkeypatch.setattr(*damaged)
    fault = Fault("发布没有答复", {"platform": platform, "path": path, **LOST})
    plan = replace(PLAIN, number=1000 + len(platform), platform=platform, neighbours=1, faults=(fault,))
    assert play(opened, plan).wrong in ("wrongly live", "wrong work")


def test_a_post_that_is_known_by_somebody_elses_number_is_found_out(
    opened: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeline, "_marked", lambda status, marker: True)
    rule = {"platform": "weibo", "kind": "reset_after_effect", "path": "/2/statuses/share.json", "nth": [1], "times": 1}
    plan = replace(PLAIN, number=1020, joined_in=2, faults=(Fault("发布没有答复", rule),))
    assert play(opened, plan).wrong == "wrong work"


def test_a_withdrawal_that_takes_somebody_elses_post_away_is_found_out(
    opened: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    destroy = Weibo._destroy

    def the_oldest(self: Weibo, status_id: str) -> dict[str, str]:
        listed = self._api.ask("/2/statuses/user_timeline.json", uid=self._credentials.uid)["statuses"]
        return destroy(self, str(listed[-1]["idstr"]))

    monkeypatch.setattr(Weibo, "_destroy", the_oldest)
    assert play(opened, replace(PLAIN, number=1021, neighbours=2, back_from="live")).wrong == "took another"


@pytest.mark.parametrize("platform", [name for name, kit in KITS.items() if not kit.one_a_day])
def test_among_posts_of_people_and_another_delivery_of_ours_it_is_out_once(opened: Stage, platform: str) -> None:
    number = 1030 + list(KITS).index(platform)
    plan = replace(PLAIN, number=number, platform=platform, neighbours=3, joined_in=1, another=True)
    finishes = {"console": (PUBLISHES, WAITS), "upload": (UPLOADS, REGISTERS)}
    verdict = play(opened, replace(plan, editor=finishes.get(KITS[platform].finishes, ("", ""))))
    assert (verdict.wrong, verdict.ended, verdict.public) == ("", State.LIVE, 1), verdict
    assert {"账号上早有同名帖", "账号上有人跟着发帖", "账号上另有一条在途"} <= {*verdict.hands}


@pytest.mark.parametrize("then", [GIVES_UP, TAKES_BACK])
def test_a_draft_that_an_editor_published_and_that_is_wanted_back_on_the_desk_is_not_left_standing_unseen(
    opened: Stage, then: str
) -> None:
    plan = replace(PLAIN, number=1050 + (then == TAKES_BACK), platform="wechat_draft", editor=(PUBLISHES, then))
    verdict = play(opened, plan)
    assert verdict.wrong == "", verdict
    assert f"{PUBLISHES}，{then}" in verdict.hands


def test_a_fault_that_no_call_comes_to_is_planned_and_not_counted(opened: Stage) -> None:
    late = {"platform": "weibo", "kind": "http_500_before", "nth": [99], "times": 1}
    first = {"platform": "weibo", "kind": "slow", "seconds": 0.01, "nth": [1], "times": 1}
    verdict = play(opened, replace(PLAIN, number=1060, faults=(Fault("生效前 500", late), Fault("答复变慢", first))))
    assert (verdict.planned, verdict.faults, verdict.wrong) == (["生效前 500", "答复变慢"], ["答复变慢"], ""), verdict
