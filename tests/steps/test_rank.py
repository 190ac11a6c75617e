"""Freezing the weekly ranking from kept readings: revisions, and making an old one again."""

from __future__ import annotations

import threading
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from measured_newsroom import a_live_post, a_reading, a_story, an_account
from sqlmodel import Session

from content_store import accounts, log, people, reports, sources, tags
from content_store.database import Store
from content_store.tables import Article, Delivery, DeliveryState, Event
from ranking.formulas import FormulaError
from ranking.report import Report, canonical, report_hash
from ranking.weeks import WeekError, read_week
from steps.errors import Missing, Refused
from steps.newsroom import Newsroom
from steps.rank import RankingRules, rank_week, read_report, read_rules, recompute

CONFIG = Path(__file__).parents[2] / "config"
WEEK = read_week("2026-W47")
SUNDAY = WEEK.sunday
MONDAY_MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def toml(name: str) -> dict[str, Any]:
    return tomllib.loads((CONFIG / name).read_text(encoding="utf-8"))


RULES: RankingRules = read_rules(toml("indices.toml"), toml("ranking.toml"))


def at(day: int, hour: int = 1, minute: int = 0) -> datetime:
    """A moment of November 2026, UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def wechat_reading(session: Session, account: int, delivery: int, reads: int, **more: Any) -> int:
    figures: dict[str, Any] = {"reads": reads, "looks": 2, "likes": 5, "shares": 9}
    options = {"taken_at": at(23, 0, 30), "for_date": SUNDAY}
    return a_reading(session, account, delivery, **(options | figures | more))


class World:
    """Two WeChat accounts, two stories, three posts of the week with their readings."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.newsroom = newsroom
        with newsroom.store.session() as session:
            self.jl = an_account(session, "jl", now=at(1))
            self.cc = an_account(session, "cc", now=at(1))
            self.snow = a_story(session, "雪是怎样形成的", now=at(15))
            self.ice = a_story(session, "暗冰为什么危险", now=at(15))
            self.posts = [
                a_live_post(session, self.snow, self.jl, at(17)),
                a_live_post(session, self.ice, self.jl, at(18)),
                a_live_post(session, self.snow, self.cc, at(19)),
            ]
            for delivery, account, reads in zip(self.posts, (self.jl, self.jl, self.cc), (900, 300, 5000), strict=True):
                wechat_reading(session, account, delivery, reads)

    def rank(self, now: datetime = MONDAY_MORNING, **more: Any) -> int:
        return rank_week(self.newsroom, "2026-W47", now, RULES, **more)

    def report(self, report_id: int) -> Report:
        with self.newsroom.store.reading() as session:
            row = session.get(reports.Report, report_id)
        assert row is not None
        return Report.model_validate(row.body)


@pytest.fixture
def world(newsroom: Newsroom) -> World:
    return World(newsroom)


def test_the_weeks_posts_are_ranked_by_their_last_readings(world: World) -> None:
    report = world.report(world.rank())
    wechat = report.platforms[0]
    assert [(row.place, row.name, row.figures["reads"]) for row in wechat.rows] == [(1, "CC", 5000), (2, "JL", 1200)]
    assert wechat.apart == ()
    assert [(story.title, story.reads) for story in report.stories] == [
        ("雪是怎样形成的", 5900),
        ("暗冰为什么危险", 300),
    ]
    assert report.head.title == "科普吉林融媒体传播周榜"
    assert wechat.rows[0].stated.input_kinds == ("api_persons",)


def test_a_report_is_kept_with_its_hash_its_readings_its_formulas_and_a_line_in_the_log(world: World) -> None:
    report_id = world.rank()
    with world.newsroom.store.reading() as session:
        row = reports.latest(session, "2026-W47")
        entries = log.of(session, "report", report_id)
        assert log.first_broken(session) is None
    assert row is not None
    assert (row.id, row.revision, row.formulas, row.changes) == (report_id, 1, ["wci/14.2"], [])
    assert row.body_hash == report_hash(Report.model_validate(row.body))
    assert len(row.reading_ids) == 3
    assert [(entry.act, entry.detail["hash"]) for entry in entries] == [("frozen", row.body_hash)]


def test_running_again_with_nothing_new_gives_the_same_report(world: World) -> None:
    first = world.rank()
    assert world.rank(MONDAY_MORNING + timedelta(hours=1)) == first
    with world.newsroom.store.session() as session:
        wechat_reading(session, world.jl, world.posts[0], 900, taken_at=at(23, 4))
    assert world.rank(MONDAY_MORNING + timedelta(hours=4)) == first, "the same figures read again are nothing new"


def test_late_figures_make_a_new_revision_that_lists_what_changed_and_leaves_the_old_one(world: World) -> None:
    first = world.rank()
    before = canonical(world.report(first))
    with world.newsroom.store.session() as session:
        wechat_reading(session, world.jl, world.posts[0], 250_000, taken_at=at(23, 4))
    second = world.rank(MONDAY_MORNING + timedelta(hours=4))
    assert second != first
    report = world.report(second)
    assert report.revision == 2
    places = {change.row: (change.before, change.after) for change in report.changes if change.what == "名次"}
    assert places["JL"] == ("第 2 名", "第 1 名")
    assert canonical(world.report(first)) == before
    assert read_report(world.newsroom.store, "2026-W47").revision == 2
    assert read_report(world.newsroom.store, "2026-W47", 1).revision == 1


def test_an_old_revision_is_made_again_bit_for_bit_whatever_happened_since(world: World) -> None:
    first = world.rank()
    with world.newsroom.store.session() as session:
        wechat_reading(session, world.jl, world.posts[0], 7000, taken_at=at(23, 4))
    second = world.rank(MONDAY_MORNING + timedelta(hours=4))
    with world.newsroom.store.session() as session:
        accounts.put(session, "jl", {"name": "改了名", "unit": "别的单位"}, now=at(24))
        wechat_reading(session, world.cc, world.posts[2], 1, taken_at=at(24))
    for report_id in (first, second):
        with world.newsroom.store.reading() as session:
            row = session.get(reports.Report, report_id)
        assert row is not None
        again = recompute(world.newsroom.store, row.week, row.revision)
        assert canonical(again) == canonical(Report.model_validate(row.body))
        assert report_hash(again) == row.body_hash


def test_making_again_takes_the_figures_from_the_readings_not_from_the_report(world: World) -> None:
    report_id = world.rank()
    with world.newsroom.store.session() as session:
        row = session.get(reports.Report, report_id)
        assert row is not None
        body = Report.model_validate(row.body)
        post = body.inputs.accounts[0].posts[0]
        assert post.snapshot is not None
        forged = row.body | {}
        forged["inputs"]["accounts"][0]["posts"][0]["snapshot"]["figures"]["reads"] = 999_999
        row.body = forged
    assert report_hash(recompute(world.newsroom.store, "2026-W47", 1)) == report_hash(body)


def test_only_readings_up_to_sunday_count(world: World) -> None:
    with world.newsroom.store.session() as session:
        wechat_reading(session, world.jl, world.posts[0], 77_777, taken_at=at(24, 1), for_date=date(2026, 11, 23))
        wechat_reading(session, world.jl, world.posts[0], 11, taken_at=at(22, 1), for_date=date(2026, 11, 21))
    row = next(row for row in world.report(world.rank()).platforms[0].rows if row.name == "JL")
    assert row.figures["reads"] == 1200


def test_of_two_readings_for_one_day_the_later_counts(world: World) -> None:
    with world.newsroom.store.session() as session:
        wechat_reading(session, world.jl, world.posts[0], 950, taken_at=at(23, 4))
        wechat_reading(session, world.jl, world.posts[0], 100, taken_at=at(22, 20))
    row = next(row for row in world.report(world.rank()).platforms[0].rows if row.name == "JL")
    assert row.figures["reads"] == 1250


def test_only_posts_of_the_week_by_the_clock_in_beijing_that_are_still_out_belong_to_it(world: World) -> None:
    with world.newsroom.store.session() as session:
        moments = {
            "周一零点": (at(15, 16), DeliveryState.LIVE),
            "上周日": (at(15, 15, 59), DeliveryState.LIVE),
            "周日深夜": (at(22, 15, 59), DeliveryState.LIVE),
            "下周一": (at(22, 16), DeliveryState.LIVE),
            "撤回了": (at(18), DeliveryState.WITHDRAWN),
        }
        for title, (moment, state) in moments.items():
            a_live_post(session, a_story(session, title, now=at(15)), world.cc, moment, state=state)
    titles = {post.title for account in world.report(world.rank()).inputs.accounts for post in account.posts}
    assert titles == {"周一零点", "周日深夜", "雪是怎样形成的", "暗冰为什么危险"}


def test_a_post_without_a_reading_makes_its_account_incomplete(world: World) -> None:
    with world.newsroom.store.session() as session:
        a_live_post(session, world.ice, world.cc, at(20))
    report = world.report(world.rank())
    assert [row.name for row in report.platforms[0].rows] == ["JL"]
    assert report.platforms[0].apart[0].stated.missing == (
        "阅读（1 篇）",
        "在看（1 篇）",
        "点赞（1 篇）",
        "转发（1 篇）",
    )
    assert report.totals.posts_without_reading == 1


def test_a_withdrawn_post_leaves_the_next_revision_and_the_change_is_listed(world: World) -> None:
    world.rank()
    with world.newsroom.store.session() as session:
        delivery = session.get(Delivery, world.posts[1])
        assert delivery is not None
        delivery.state = DeliveryState.WITHDRAWN
    report = world.report(world.rank(MONDAY_MORNING + timedelta(days=1)))
    assert ("稿件榜", "暗冰为什么危险", "移除") in {
        (change.table, change.row, change.what) for change in report.changes
    }


def test_the_places_of_the_week_before_are_shown(world: World) -> None:
    with world.newsroom.store.session() as session:
        delivery = a_live_post(session, a_story(session, "上周", now=at(9)), world.jl, at(10))
        wechat_reading(session, world.jl, delivery, 10, taken_at=at(16, 1), for_date=date(2026, 11, 15))
    rank_week(world.newsroom, "2026-W46", at(16, 2), RULES)
    rows = {row.name: (row.place, row.last_place) for row in world.report(world.rank()).platforms[0].rows}
    assert rows == {"CC": (1, 2), "JL": (2, 1)}


def test_douyin_takes_its_followers_from_the_accounts_own_readings(newsroom: Newsroom) -> None:
    with newsroom.store.session() as session:
        account = an_account(session, "dy", platform="douyin", now=at(1))
        delivery = a_live_post(session, a_story(session, "暗冰", now=at(15)), account, at(17))
        a_reading(session, account, delivery, at(23), SUNDAY, reads=100, likes=10, comments=2, shares=1)
        for number in range(7):
            day = WEEK.monday + timedelta(days=number)
            a_reading(session, account, None, at(17 + number), day, followers=1000 + number, new_followers=number)
    row = read_report_of(newsroom, rank_week(newsroom, "2026-W47", MONDAY_MORNING, RULES)).platforms[0].rows[0]
    assert (row.figures["followers"], row.figures["new_followers"]) == (1006, 21)
    assert row.stated.missing == ()


def read_report_of(newsroom: Newsroom, report_id: int) -> Report:
    with newsroom.store.reading() as session:
        row = session.get(reports.Report, report_id)
    assert row is not None
    return Report.model_validate(row.body)


def test_a_story_brings_the_themes_of_its_article_and_of_the_event_it_answers(newsroom: Newsroom) -> None:
    with newsroom.store.session() as session:
        source = sources.put(session, "s", {"kind": "rss", "name": "来源", "url": "http://127.0.0.1/"}, now=at(1))
        article = Article(source_id=source.id, external_id="1", title="寒潮", content_hash="h", collected_at=at(10))
        event = Event(hazard="cold_wave", hazard_name="寒潮", opened_at=at(16))
        session.add_all([article, event])
        session.flush()
        assert article.id is not None
        found = [{"theme": "local", "key": "220100", "name": "长春市", "score": 1.0}]
        tags.replace_tagger_tags(session, {article.id: found}, now=at(10))
        account = an_account(session, "jl", now=at(1))
        version = a_story(session, "寒潮来了", now=at(16), article_id=article.id, event_id=event.id)
        wechat_reading(session, account, a_live_post(session, version, account, at(17)), 40)
    report = read_report_of(newsroom, rank_week(newsroom, "2026-W47", MONDAY_MORNING, RULES))
    assert [(theme.group, theme.name, theme.reads) for theme in report.themes] == [
        ("emergency", "寒潮", 40),
        ("local", "长春市", 40),
    ]


def test_who_froze_it_stands_in_the_report(world: World) -> None:
    with world.newsroom.store.session() as session:
        user = people.add(session, name="w", display_name="王编辑", password_hash="x", roles=["analyst"], now=at(1))
    assert world.report(world.rank(by=user.id)).frozen_by == "王编辑"


def test_a_running_week_gives_a_provisional_report_and_then_a_final_one(world: World) -> None:
    during = world.rank(at(20))
    assert world.report(during).provisional
    assert world.rank(at(21)) == during
    final = world.rank()
    assert (world.report(final).revision, world.report(final).provisional) == (2, False)


def test_a_week_that_has_not_begun_or_is_none_is_refused(newsroom: Newsroom) -> None:
    with pytest.raises(Refused, match="还没有开始"):
        rank_week(newsroom, "2026-W49", MONDAY_MORNING, RULES)
    with pytest.raises(WeekError):
        rank_week(newsroom, "2025-W53", MONDAY_MORNING, RULES)
    with pytest.raises(Missing, match="还没有榜单"):
        read_report(newsroom.store, "2026-W47")


def test_settings_that_are_wrong_are_told_in_one_sentence() -> None:
    with pytest.raises(FormulaError, match=r"\[report\] 写错了（signers）"):
        read_rules(toml("indices.toml"), {"report": {"signers": 3}})
    with pytest.raises(FormulaError, match=r"wci/14\.2"):
        read_rules({"formula": [toml("indices.toml")["formula"][0] | {"scale": 0}]}, {})


def test_two_processes_ranking_at_once_freeze_one_report(world: World) -> None:
    start, found = threading.Barrier(4), list[int]()

    def run() -> None:
        own = Newsroom(**{**vars(world.newsroom), "store": Store(world.newsroom.store.url)})
        start.wait()
        found.append(rank_week(own, "2026-W47", MONDAY_MORNING, RULES))
        own.store.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    with world.newsroom.store.reading() as session:
        assert [row.revision for row in reports.revisions(session, "2026-W47")] == [1]


def test_the_list_of_reports_shows_the_newest_revision_of_each_week(world: World) -> None:
    rank_week(world.newsroom, "2026-W46", at(16, 2), RULES)
    world.rank()
    with world.newsroom.store.session() as session:
        wechat_reading(session, world.jl, world.posts[0], 7000, taken_at=at(23, 4))
    world.rank(MONDAY_MORNING + timedelta(hours=4))
    with world.newsroom.store.reading() as session:
        assert [(row.week, row.revision) for row in reports.listed(session)] == [("2026-W47", 2), ("2026-W46", 1)]
