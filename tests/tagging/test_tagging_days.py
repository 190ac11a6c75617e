"""Theme days: when they fall and which texts belong to them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagging import Lexicon, TaggedText, Tagger
from tagging.days import ThemeDay, beijing_day, caution, coming, unannounced

FALLS = [
    ("disaster_reduction_cn", date(2026, 5, 1), date(2026, 5, 12)),
    ("first_aid", date(2026, 9, 1), date(2026, 9, 12)),
    ("disabled", date(2026, 5, 10), date(2026, 5, 17)),
    ("science_week", date(2026, 5, 10), date(2026, 5, 16)),
    ("double_ninth", date(2026, 10, 1), date(2026, 10, 18)),
    ("laba", date(2023, 1, 3), date(2022, 12, 30)),
    ("spring_festival", date(2027, 1, 20), date(2027, 2, 6)),
    ("school_safety", date(2027, 3, 20), date(2027, 3, 29)),
    ("tomb_sweeping", date(2027, 4, 1), date(2027, 4, 5)),
    ("science_day", date(2024, 9, 10), date(2024, 9, 15)),
    ("science_day", date(2012, 9, 10), date(2012, 9, 15)),
    ("science_week", date(2024, 5, 10), date(2024, 5, 25)),
    ("cyber_security", date(2023, 9, 10), date(2023, 9, 11)),
    ("low_carbon", date(2025, 6, 1), date(2025, 6, 25)),
]
LUNAR = {
    # as cnlunar has them: new year, 15th of the first month, 5th of the fifth, 7th of the seventh, 15th of the eighth,
    # 9th of the ninth, 8th of the twelfth in January
    2025: ("01-29", "02-12", "05-31", "08-29", "10-06", "10-29", "01-07"),
    2026: ("02-17", "03-03", "06-19", "08-19", "09-25", "10-18", "01-26"),
    2027: ("02-06", "02-20", "06-09", "08-08", "09-15", "10-08", "01-15"),
    2028: ("01-26", "02-09", "05-28", "08-26", "10-03", "10-26", "01-04"),
    2029: ("02-13", "02-27", "06-16", "08-16", "09-22", "10-16", "01-22"),
    2030: ("02-03", "02-17", "06-05", "08-05", "09-12", "10-05", "01-11"),
}


@pytest.mark.parametrize(("key", "near", "falls"), FALLS)
def test_a_day_falls_where_the_calendar_puts_it(lexicon: Lexicon, key: str, near: date, falls: date) -> None:
    day = next(day for day in lexicon.days if day.key == key)
    assert day.near(near) == falls


@pytest.mark.parametrize("year", LUNAR)
def test_days_by_the_moon_fall_where_the_lunar_calendar_puts_them(lexicon: Lexicon, year: int) -> None:
    keys = ("spring_festival", "lantern", "dragon_boat", "qixi", "mid_autumn", "double_ninth", "laba")
    days = {day.key: day for day in lexicon.days}
    assert tuple(f"{days[key].starts([year])[0]:%m-%d}" for key in keys) == LUNAR[year]


def test_a_day_that_became_a_month_is_the_day_in_texts_of_before(tagger: Tagger) -> None:
    def told(at: datetime | None) -> list[tuple[str, date | None]]:
        return [(tag.key, tag.date) for tag in tagger.tag(TaggedText("1", "全国科普日主场活动启动", "", at)).day]

    assert told(datetime(2023, 9, 16, 4, tzinfo=UTC)) == [("science_day", date(2023, 9, 17))]
    assert told(datetime(2026, 9, 16, 4, tzinfo=UTC)) == [("science_month", date(2026, 9, 1))]
    assert told(None) == [("science_month", None)]


def test_a_day_that_is_set_each_year_is_named_without_a_date_until_it_is_announced(tagger: Tagger) -> None:
    september = datetime(2026, 9, 16, 4, tzinfo=UTC)
    tags = tagger.tag(TaggedText("1", "双创周里看机器人", "", september)).day
    assert [(tag.key, tag.date) for tag in tags] == [("innovation_week", None)]


def test_days_without_a_date_are_told_of_in_their_months_only(lexicon: Lexicon) -> None:
    def keys(day: date, within: int) -> set[str]:
        return {each.key for each in unannounced(lexicon.days, day, within)}

    assert "innovation_week" in keys(date(2026, 8, 20), 30)
    assert "innovation_week" not in keys(date(2026, 11, 26), 30)
    assert "innovation_week" not in keys(date(2023, 9, 1), 30), "it was announced"
    assert "to_the_countryside" in keys(date(2026, 12, 20), 30)
    assert "to_the_countryside" not in keys(date(2026, 6, 1), 30)


def test_where_only_the_usual_date_is_known_that_is_said(lexicon: Lexicon) -> None:
    week = next(day for day in lexicon.days if day.key == "science_week")
    assert caution(week, week.starts([2024])[0]) == ""
    assert "科技部" in caution(week, week.starts([2027])[0])


def test_the_next_thirty_days_go_over_new_year(lexicon: Lexicon) -> None:
    found = {day.key: start for start, day in coming(lexicon.days, date(2026, 12, 16), 30)}
    assert (found["police"], found["laba"]) == (date(2027, 1, 10), date(2027, 1, 15))
    assert "to_the_countryside" not in found, "its date is not announced"


def test_a_text_that_names_the_day_belongs_to_it(tagger: Tagger) -> None:
    item = TaggedText("1", "全国防灾减灾日：学会这几招", "", datetime(2026, 5, 9, 8, tzinfo=UTC))
    tags = tagger.tag(item).day
    assert [(tag.key, tag.date) for tag in tags] == [("disaster_reduction_cn", date(2026, 5, 12))]
    assert tags[0].evidence


def test_a_text_about_the_subject_belongs_to_the_day_only_close_to_it(tagger: Tagger) -> None:
    close = tagger.tag(TaggedText("1", "糖尿病患者冬天怎么吃", "", datetime(2026, 11, 10, tzinfo=UTC))).day
    far = tagger.tag(TaggedText("1", "糖尿病患者冬天怎么吃", "", datetime(2026, 8, 10, tzinfo=UTC))).day
    undated = tagger.tag(TaggedText("1", "糖尿病患者冬天怎么吃", "")).day
    assert [tag.key for tag in close] == ["diabetes"]
    assert far == undated == ()


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("粮食日里算算剩饭账", "food"),
        ("网络安全周来了，这些骗局要认清", "cyber_security"),
        ("食品安全周里逛市场", "food_safety_week"),
        ("消防宣传日，社区里练逃生", "fire"),
        ("今天腊八，煮一碗粥有讲究", "laba"),
    ],
)
def test_a_day_is_known_by_its_everyday_name(tagger: Tagger, title: str, key: str) -> None:
    assert [tag.key for tag in tagger.tag(TaggedText("1", title, "")).day] == [key]


def test_what_is_eaten_on_a_day_is_not_the_day(tagger: Tagger) -> None:
    assert tagger.tag(TaggedText("1", "腊八蒜怎么泡才翠绿", "")).day == ()


def test_a_name_within_a_longer_name_or_word_is_no_day(tagger: Tagger) -> None:
    assert [tag.key for tag in tagger.tag(TaggedText("1", "世界爱眼日说近视", "")).day] == ["sight"]
    assert tagger.tag(TaggedText("1", "我国生态环境日益改善", "")).day == ()


def test_the_subject_ties_a_text_to_the_day_only_on_its_eve(tagger: Tagger) -> None:
    in_the_month = TaggedText("1", "消防安全检查走进商场", "", datetime(2026, 11, 23, tzinfo=UTC))
    on_the_eve = TaggedText("1", "消防安全检查走进商场", "", datetime(2026, 11, 8, tzinfo=UTC))
    assert tagger.tag(in_the_month).day == ()
    assert [tag.key for tag in tagger.tag(on_the_eve).day] == ["fire"]


@pytest.mark.parametrize(
    "text", ["这部片子是春节档的黑马", "一家人的故事。" * 80 + "那是春节前的事。" + "后来他们搬了家。" * 20]
)
def test_a_day_named_in_passing_is_no_theme(tagger: Tagger, text: str) -> None:
    assert tagger.tag(TaggedText("1", "", text)).day == ()


def test_out_of_season_a_day_counts_only_in_the_headline(tagger: Tagger) -> None:
    november = datetime(2026, 11, 20, tzinfo=UTC)
    text = "这条步道自世界环境日启用以来，已有十万人走过。"
    assert tagger.tag(TaggedText("1", "十万人走过湿地步道", text, november)).day == ()
    assert [tag.key for tag in tagger.tag(TaggedText("1", "世界环境日的由来", "", november)).day] == ["environment"]


def test_news_that_falls_on_a_day_by_chance_is_not_written_for_it(tagger: Tagger) -> None:
    news = TaggedText("1", "航天公司公布季度营收", "", datetime(2026, 4, 24, tzinfo=UTC))
    assert tagger.tag(news).day == ()


def test_without_a_date_a_named_day_has_no_year(tagger: Tagger) -> None:
    tags = tagger.tag(TaggedText("1", "世界水日话节水", "")).day
    assert [(tag.key, tag.as_json()["date"]) for tag in tags] == [("water", None)]


def test_late_evening_in_utc_is_the_next_day_in_beijing() -> None:
    assert beijing_day(datetime(2026, 11, 8, 17, 0, tzinfo=UTC)) == date(2026, 11, 9)


@given(
    month=st.integers(1, 12),
    which=st.sampled_from([1, 2, 3, 4, -1]),
    weekday=st.integers(1, 7),
    year=st.integers(1990, 2090),
)
def test_the_nth_weekday_lies_in_its_month_on_its_weekday(month: int, which: int, weekday: int, year: int) -> None:
    day = ThemeDay("x", "x", (), (), 1, 7, weekday=(month, which, weekday)).near(date(year, month, 15))
    assert day is not None
    assert (day.year, day.month, day.isoweekday()) == (year, month, weekday)
    if which > 0:
        assert (day.day - 1) // 7 == which - 1
    else:
        assert (day + timedelta(days=7)).month != month


@pytest.mark.parametrize(
    "moment", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "9999-12-31", "0001-01-01T00:00:00"]
)
def test_the_ends_of_the_calendar_have_their_theme_days_too(tagger: Tagger, moment: str) -> None:
    result = tagger.tag(TaggedText("1", "国际减灾日", "避险演练", datetime.fromisoformat(moment)))
    assert [tag.name for tag in result.day] == ["国际减灾日"]


def test_the_next_days_hold_what_goes_on_and_what_begins(lexicon: Lexicon) -> None:
    found = coming(lexicon.days, date(2026, 5, 10), 15)
    starts = {day.key: start for start, day in found}
    assert (starts["disaster_reduction_cn"], starts["science_week"]) == (date(2026, 5, 12), date(2026, 5, 16))
    assert all(
        start <= date(2026, 5, 25) and start + timedelta(days=day.length) > date(2026, 5, 10) for start, day in found
    )
    assert found == sorted(found, key=lambda each: (each[0], each[1].key))
    over_new_year = coming(lexicon.days, date(2026, 12, 20), 30)
    assert any(start.year == 2027 for start, _ in over_new_year)
