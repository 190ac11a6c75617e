"""The weekly report as a value: weeks, places, missing figures, revisions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import weekly_sample as sample
from hypothesis import given
from hypothesis import strategies as st

from ranking.build import build_report
from ranking.changes import differences
from ranking.figures import PostRow, sum_up
from ranking.index import evaluate
from ranking.ranks import ranked
from ranking.report import (
    AccountInput,
    PlatformTable,
    PostInput,
    Report,
    ReportInputs,
    Snapshot,
    Theme,
    canonical,
    last_places,
    report_hash,
)
from ranking.weeks import Week, WeekError, read_week, week_of

LATER = sample.FROZEN_AT + timedelta(hours=4)


def build(
    inputs: ReportInputs | None = None, previous: Report | None = None, frozen_at: datetime | None = None
) -> Report:
    return build_report(
        sample.WEEK,
        sample.sample_inputs() if inputs is None else inputs,
        sample.FORMULAS,
        frozen_at=frozen_at or sample.FROZEN_AT,
        frozen_by="王编辑",
        head=sample.HEAD,
        previous=previous,
    )


def table(report: Report, platform: str) -> PlatformTable:
    return next(table for table in report.platforms if table.platform == platform)


def account(key: str, *snapshots: Snapshot | None, platform: str = "wechat", name: str = "") -> AccountInput:
    posts = tuple(
        sample.post(number, number, f"第 {number} 篇", 17, snapshot, headline=True)
        for number, snapshot in enumerate(snapshots, start=1)
    )
    return AccountInput(key=key, platform=platform, name=name or key, posts=posts)


def reads(number: int | None) -> Snapshot:
    return sample.snapshot("public_count", reads=number, looks=1, likes=1, shares=1)


# ---------------------------------------------------------------- weeks


def test_a_week_runs_from_monday_to_sunday_by_the_clock_in_beijing() -> None:
    week = read_week("2026-W47")
    assert (week.monday, week.sunday) == (date(2026, 11, 16), date(2026, 11, 22))
    assert datetime(2026, 11, 15, 16, 0, tzinfo=UTC) in week, "Monday 00:00 in Beijing"
    assert datetime(2026, 11, 15, 15, 59, 59, tzinfo=UTC) not in week
    assert datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC) in week, "Sunday 23:59:59 in Beijing"
    assert datetime(2026, 11, 22, 16, 0, tzinfo=UTC) not in week
    assert week.title == "2026 年第 47 周（11 月 16 日—11 月 22 日）"


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 12, 31), "2026-W53"),
        (date(2027, 1, 3), "2026-W53"),
        (date(2027, 1, 4), "2027-W01"),
        (date(2024, 12, 30), "2025-W01"),
    ],
)
def test_the_days_around_new_year_belong_to_the_year_of_their_thursday(day: date, name: str) -> None:
    assert week_of(day) == name


@pytest.mark.parametrize(
    "name", ["2025-W53", "2026-W00", "2026-47", "第47周", "", "2026-W4７x", "0000-W01", "0001-W01", "9999-W52"]
)
def test_what_is_not_a_week_is_refused_in_one_sentence(name: str) -> None:
    with pytest.raises(WeekError, match="周"):
        read_week(name)


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)))
def test_every_day_lies_in_the_week_named_after_it_and_weeks_follow_without_gap(day: date) -> None:
    week = read_week(week_of(day))
    assert week.monday <= day <= week.sunday
    assert week.before.sunday + timedelta(days=1) == week.monday
    assert week.before.ends_at == week.starts_at
    assert Week(monday=week.monday).name == week_of(day)


# ---------------------------------------------------------------- places


def test_equal_values_share_a_place_and_the_next_is_skipped() -> None:
    rows = {"丙": 5.0, "甲": 7.0, "乙": 7.0, "丁": 5.0, "戊": 1.0}
    assert ranked(rows, lambda name: rows[name], lambda name: (name,)) == [
        (1, "乙"), (1, "甲"), (3, "丁"), (3, "丙"), (5, "戊"),
    ]  # fmt: skip


@given(st.lists(st.integers(0, 5), max_size=30), st.randoms())
def test_a_place_is_one_more_than_the_number_of_better_rows_in_whatever_order_they_come(
    values: list[int], random: object
) -> None:
    rows = list(enumerate(values))
    shuffled = rows[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a Random, its strategy says object
    places = ranked(shuffled, lambda row: row[1], lambda row: (f"{row[0]:03d}",))
    assert places == ranked(rows, lambda row: row[1], lambda row: (f"{row[0]:03d}",))
    for place, (_, value) in places:
        assert place == 1 + sum(other > value for other in values)


def test_accounts_with_the_same_index_share_their_place() -> None:
    same = ReportInputs(accounts=(account("b", reads(50)), account("a", reads(50)), account("c", reads(10))))
    assert [(row.place, row.name) for row in table(build(same), "wechat").rows] == [(1, "a"), (1, "b"), (3, "c")]


# ---------------------------------------------------------------- tables


def test_accounts_are_ranked_by_the_index_of_their_platform() -> None:
    report = build()
    wechat = table(report, "wechat")
    assert [(row.place, row.last_place, row.name, row.value) for row in wechat.rows[:2]] == [
        (1, 2, "科普吉林", 1089.150553),
        (2, 1, "长春科普", 770.757681),
    ]
    assert [part.key for part in wechat.rows[0].parts] == ["O", "A", "H", "P"]
    assert table(report, "weibo").formula == "bci/short"
    assert table(report, "douyin").rows[0].value == pytest.approx(622.28146)


def test_the_index_in_the_table_is_the_formula_applied_to_the_capped_posts() -> None:
    inputs = sample.sample_inputs()
    posts = inputs.accounts[0].posts
    formula = sample.FORMULAS.find("wci", "14.2")
    rows = [PostRow(figures=post.snapshot.figures, headline=True) for post in posts if post.snapshot]
    expected = evaluate(formula, sum_up(rows, {}, 7, formula.cap)).value
    row = table(build(inputs), "wechat").rows[0]
    assert row.value == pytest.approx(expected, abs=1e-6)
    assert row.figures["reads"] == 132_480 + 8_240 + 3_310, "the figures shown are the plain sums, without the cap"


def test_an_account_with_missing_figures_is_ranked_apart_and_says_what_is_missing() -> None:
    wechat = table(build(), "wechat")
    assert "延边科普" not in [row.name for row in wechat.rows]
    apart = wechat.apart[0]
    assert apart.stated.missing == ("阅读（1 篇）", "在看（1 篇）", "点赞（1 篇）", "转发")
    assert apart.last_place is None


def test_an_account_that_published_nothing_has_index_zero_and_is_not_called_incomplete() -> None:
    silent = [row for row in table(build(), "wechat").rows if row.articles == 0]
    assert [row.value for row in silent] == [0, 0]


def test_douyin_takes_new_followers_of_the_seven_days_and_followers_of_the_last() -> None:
    douyin = table(build(), "douyin")
    assert douyin.rows[0].figures["new_followers"] == 150
    assert douyin.rows[0].figures["followers"] == 20_150
    assert douyin.apart[0].stated.missing == ("新增粉丝（3 天）",)


def test_a_platform_without_a_public_formula_is_ranked_by_reads_and_says_so() -> None:
    report = build()
    kuaishou = table(report, "kuaishou")
    assert (kuaishou.formula, kuaishou.measure, kuaishou.rows[0].value) == (None, "阅读", 6400)
    assert any("快手" in rule and "没有公开的指数公式" in rule for rule in report.rules)
    unread = ReportInputs(accounts=(account("k", reads(None), platform="kuaishou"),))
    row = table(build(unread), "kuaishou").apart[0]
    assert (row.place, row.value, row.stated.missing) == (None, None, ("阅读",))


def test_every_row_says_its_input_kind_when_it_was_taken_and_by_which_formula() -> None:
    row = table(build(), "douyin").rows[0]
    assert row.stated.input_kinds == ("api_persons", "public_count")
    assert row.stated.taken_from == datetime(2026, 11, 17, 0, 30, tzinfo=UTC)
    assert row.stated.taken_to == datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    assert row.formula == "dci/1"
    assert row.stated.unsettled == 1


def test_stories_are_ranked_by_known_reads_over_all_platforms_and_apart_by_interactions() -> None:
    stories = build().stories
    assert [(row.place, row.place_by_interactions, row.reads) for row in stories] == [
        (1, 1, 155_700),
        (2, 2, 98_910),
        (3, 3, 23_740),
        (4, 5, 740),
        (None, 4, None),
    ]
    assert stories[0].platforms == ("微信公众号", "微博")
    assert stories[0].stated.missing == ("阅读（1 件）",)


def test_themes_are_ranked_within_their_group_by_reads_with_reads_per_post() -> None:
    themes = build().themes
    assert [(row.group, row.place, row.name) for row in themes] == [
        ("emergency", 1, "寒潮"),
        ("local", 1, "长春市"),
        ("audience", 1, "老年人"),
        ("day", 1, "小雪"),
    ]
    assert (themes[0].last_place, themes[0].reads, themes[0].posts) == (3, 155_700, 4)
    assert themes[0].reads_per_post == 51_900, "over the three posts whose reads are known"


def test_a_theme_of_which_no_reads_are_known_stands_last_without_a_place() -> None:
    theme, other = Theme(group="hot", key="a", name="甲"), Theme(group="hot", key="b", name="乙")
    posts = (
        sample.post(1, 1, "一", 17, sample.snapshot("public_count", likes=5), theme),
        sample.post(2, 2, "二", 17, reads(0), other),
    )
    report = build(ReportInputs(accounts=(AccountInput(key="a", platform="weibo", name="a", posts=posts),)))
    assert [(row.place, row.name, row.reads, row.interactions) for row in report.themes] == [
        (1, "乙", 0, 3),
        (None, "甲", None, 5),
    ]


def test_a_report_made_before_the_week_is_over_says_that_it_is_provisional() -> None:
    assert build(frozen_at=datetime(2026, 11, 22, 15, 59, tzinfo=UTC)).provisional
    assert not build(frozen_at=datetime(2026, 11, 22, 16, 0, tzinfo=UTC)).provisional


def test_a_week_without_accounts_is_an_empty_report() -> None:
    report = build(ReportInputs())
    assert report.platforms == ()
    assert report.totals.posts == 0


# ---------------------------------------------------------------- frozen, revised


def test_the_same_inputs_give_the_same_bytes_also_after_a_journey_through_json() -> None:
    report = build()
    assert canonical(build()) == canonical(report)
    assert report_hash(Report.model_validate_json(canonical(report))) == report_hash(report)


def test_the_report_carries_its_formulas_in_full() -> None:
    report = build()
    assert [formula.key for formula in report.formulas] == ["wci/14.2", "bci/short", "dci/1"]
    assert report.formulas[0].source == "https://www.gsdata.cn/site/usage-1"


def changed(inputs: ReportInputs, delivery: int, **figures: int | None) -> ReportInputs:
    """The same week with one post read again."""

    def again(post: PostInput) -> PostInput:
        if post.delivery != delivery or post.snapshot is None:
            return post
        snapshot = post.snapshot.model_copy(
            update={"reading": 900, "taken_at": LATER, "figures": {**post.snapshot.figures, **figures}}
        )
        return post.model_copy(update={"snapshot": snapshot})

    accounts = tuple(
        account.model_copy(update={"posts": tuple(again(post) for post in account.posts)})
        for account in inputs.accounts
    )
    return inputs.model_copy(update={"accounts": accounts})


def test_a_late_figure_makes_a_revision_that_lists_what_changed() -> None:
    first = build()
    second = build(changed(first.inputs, 4, reads=900_000), previous=first, frozen_at=LATER)
    assert second.revision == 2
    found = {(change.table, change.row, change.what): (change.before, change.after) for change in second.changes}
    assert found["微信公众号账号榜", "长春科普", "阅读"] == ("21,070", "900,000")
    assert found["微信公众号账号榜", "长春科普", "WCI"][0] == "770.76"
    assert found["稿件榜", "寒潮来袭：吉林人怎样防一氧化碳中毒", "阅读"] == ("155,700", "1,034,630")
    assert found["主题榜", "应急·寒潮", "阅读"] == ("155,700", "1,034,630")
    assert found["发布件读数", "长春科普《寒潮来袭：吉林人怎样防一氧化碳中毒》", "阅读"] == ("21,070", "900,000")
    assert ("微信公众号账号榜", "科普吉林", "阅读") not in found


def test_the_same_figures_read_again_change_nothing() -> None:
    first = build()
    assert build(changed(first.inputs, 4), previous=first, frozen_at=LATER).changes == ()


def test_a_row_that_comes_or_goes_is_a_change() -> None:
    first = build(ReportInputs(accounts=(account("a", reads(50)), account("b", reads(5)))))
    second = build(ReportInputs(accounts=(account("a", reads(50)), account("c", reads(5)))), previous=first)
    found = [(change.row, change.what) for change in second.changes if change.table == "微信公众号账号榜"]
    assert found == [("b", "移除"), ("c", "新增")]


def test_moving_between_the_tables_is_a_change_of_place() -> None:
    first = build(ReportInputs(accounts=(account("a", reads(50)),)))
    second = build(ReportInputs(accounts=(account("a", reads(None)),)), previous=first)
    found = {change.what: (change.before, change.after) for change in second.changes if change.row == "a"}
    assert found["名次"] == ("第 1 名", "另列第 1 名")
    assert found["缺少的数据"] == ("—", "阅读")


def test_another_formula_is_a_change_even_under_the_same_version() -> None:
    first = build()
    formula = sample.FORMULAS.formulas[0].model_copy(update={"scale": 11.0})
    formulas = sample.FORMULAS.model_copy(update={"formulas": (formula, *sample.FORMULAS.formulas[1:])})
    second = build_report(sample.WEEK, first.inputs, formulas, frozen_at=LATER, previous=first)
    assert {change.table for change in second.changes} == {"公式", "微信公众号账号榜"}


def test_the_next_week_knows_the_places_of_this_one() -> None:
    places = last_places(build())
    assert places["wechat/jl-kx"] == 1
    assert places["theme/emergency/cold_wave"] == 1
    assert "wechat/yb-kx" not in places, "a row ranked apart has no place to compare with"
    assert last_places(None) == {}


def test_a_post_without_any_reading_is_named_when_it_comes_and_when_it_goes() -> None:
    unread = sample.post(2, 2, "还没有读数的一篇", 17, None)
    read = sample.post(1, 1, "一", 17, reads(5))

    def report(*posts: PostInput) -> Report:
        return build(ReportInputs(accounts=(AccountInput(key="a", platform="weibo", name="甲", posts=posts),)))

    without, with_it = report(read), report(read, unread)
    came = [change for change in differences(without, with_it) if change.row == "甲《还没有读数的一篇》"]
    assert [(change.what, change.after) for change in came if change.table == "发布件读数"] == [("新增", "没有读数")]
    gone = [change for change in differences(with_it, without) if change.row == "甲《还没有读数的一篇》"]
    assert [(change.what, change.before) for change in gone if change.table == "发布件读数"] == [("移除", "没有读数")]
