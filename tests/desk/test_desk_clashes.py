"""Warnings at scheduling: the same content, nearly the same, or too close, on one account."""

from __future__ import annotations

from datetime import timedelta

import pytest
from conftest_desk import Login, World, a_text, approve, ids_of, plan, rows

from content_store import accounts, stories
from steps.schedule import warnings

TEXT = (
    "未来三天，长春、吉林、延边等地将有大到暴雪，气温下降八到十度。外出请走已经清扫的道路，不要在积雪的屋檐和树下停留。"
    "取暖时要留通风口，防止一氧化碳中毒。老年人起夜要多穿一件，慢起慢走。开车的朋友请保持两倍车距，刹车要轻。"
    "农户请及时清理大棚积雪，给牲畜圈舍加盖草帘。冻伤以后不要用雪搓，也不要用火烤，用温水慢慢复温。"
)


def warned(world: World, story: int, key: str = "wb-jl", after: timedelta = timedelta(days=2)) -> str:
    now = world.newsroom.now()
    return "\n".join(warnings(world.newsroom, story, [ids_of(world)[key]], due_at=now + after, now=now))


@pytest.fixture
def sent(world: World, as_person: Login) -> int:
    """A story on the account."""
    story = a_text(world, "暴雪来了，这几点要记牢", TEXT)
    approve(world, story)
    assert plan(world, as_person, story, "wb-jl").status_code == 303
    return story


@pytest.mark.parametrize(
    ("title", "text", "said"),
    [
        (
            "暴雪来了，这几点要记牢",
            "人参是长白山的名贵药材，挑选时看芦头、看体形、看须根，越老的参芦头越长。" * 3,
            "标题或内容相同",
        ),
        ("大雪将至，出行请注意", TEXT.replace("保持两倍车距", "拉开车距"), "内容几乎相同"),
        ("人参怎样挑选", "人参是长白山的名贵药材，挑选时看芦头、看体形、看须根，越老的参芦头越长。" * 3, ""),
        ("雪天", "雪天路滑。", ""),
    ],
)
def test_what_was_said_on_an_account_within_a_month_is_told(
    world: World, sent: int, title: str, text: str, said: str
) -> None:
    other = a_text(world, title, text)
    assert (said in warned(world, other)) if said else ("一个月内" not in warned(world, other))
    assert "一个月内" not in warned(world, other, "wb-cc"), "another account said nothing yet"
    world.pass_time(timedelta(days=31))
    assert "一个月内" not in warned(world, other)


def test_a_new_version_that_reads_the_same_on_this_account_is_told(world: World, sent: int) -> None:
    with world.newsroom.store.session() as session:
        old = stories.current_version(session, sent)
        assert old is not None
        fields = {name: getattr(old, name) for name in stories.TEXT_FIELDS}
        fields["video_title"] = "只改了视频标题"
        by = world.user_ids["editor"]
        stories.add_version(session, sent, fields=fields, by=by, now=world.newsroom.now())
    assert "一字不差" in warned(world, sent)


@pytest.mark.parametrize(
    ("minutes", "after", "close"), [(30, 29, True), (30, 30, False), (90, 89, True), (0, 0, False)]
)
def test_how_close_is_too_close_is_set_per_account(
    world: World, sent: int, minutes: int, after: int, close: bool
) -> None:
    with world.newsroom.store.session() as session:
        row = accounts.by_key(session, "wb-jl")
        assert row is not None
        row.settings = {**row.settings, "apart_minutes": minutes}
    other = a_text(world, "人参怎样挑选", "人参是长白山的名贵药材。" * 9)
    due = rows(world)[0].delivery.due_at - world.newsroom.now()
    assert (f"前后 {minutes} 分钟内" in warned(world, other, after=due + timedelta(minutes=after))) is close
