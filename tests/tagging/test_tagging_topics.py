"""Topics of several lists as one, where they are going, bursts, science angle and signs of a rumour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagging import HotTopic, TaggedText, Tagger
from tagging.topics import burst, bursting

AT = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


def line(topic: str, where: str, rank: int = 1, hours: int = 0, **values: object) -> HotTopic:
    """A line first seen so many hours after four o'clock."""
    return HotTopic(topic, rank, where, first_seen=AT + timedelta(hours=hours), **values)


def test_one_topic_on_three_platforms_is_one(tagger: Tagger) -> None:
    lines = (
        line("查干湖冬捕头鱼拍出高价", "weibo", 9, 1),
        line("#查干湖冬捕 头鱼拍出高价#", "baidu", 4, 0),
        line("查干湖冬捕开网头鱼拍卖高价", "zhihu", 7, 2),
        line("某地开通新地铁", "weibo", 2, 5),
    )
    joined = tagger.joined(lines)
    assert [topic.name for topic in joined] == ["#查干湖冬捕 头鱼拍出高价#", "某地开通新地铁"]
    fish = joined[0]
    assert fish.lists == ("baidu", "weibo", "zhihu")
    assert (fish.rank, fish.first_seen, fish.times_seen) == (4, AT, 3)


def test_two_wordings_on_one_list_count_once_a_look(tagger: Tagger) -> None:
    def seen(topic: str, where: str, hours: int, last: int, times: int) -> HotTopic:
        return line(topic, where, hours=hours, last_seen=AT + timedelta(hours=last), times_seen=times)

    together = (
        seen("查干湖冬捕头鱼拍出高价", "weibo", 0, 5, 6),
        seen("#查干湖冬捕 头鱼拍出高价#", "weibo", 2, 5, 4),
        seen("查干湖冬捕 头鱼拍出高价", "baidu", 1, 3, 2),
    )
    [fish] = tagger.joined(together)
    assert fish.times_seen == 6 + 2
    renamed = (together[0], seen("#查干湖冬捕 头鱼拍出高价#", "weibo", 6, 9, 3))
    [fish] = tagger.joined(renamed)
    assert fish.times_seen == 6 + 3


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("吉林高考分数线公布", "辽宁高考分数线公布"),
        ("长春迎来今冬首场大雪", "哈尔滨地铁三号线开通"),
        ("专家谈流感防护", "专家谈就业形势"),
        ("长春地铁6号线开通", "长春地铁7号线开通"),
        ("神舟二十一号发射成功", "神舟二十二号发射成功"),
        ("某地发生3.1级地震", "某地发生5.1级地震"),
        ("甲流进入高发期", "乙流进入高发期"),
        ("长春发布暴雪红色预警", "长春解除暴雪红色预警"),
        ("打呼噜是睡得香", "打呼噜不是睡得香"),
        ("多喝茶能防癌", "多喝茶不能防癌"),
        ("国际金价大涨", "国际金价大跌"),
        ("林俊杰演唱会官宣加场", "王力宏演唱会官宣加场"),
        ("周深演唱会加场", "周杰伦演唱会加场"),
        ("张信哲演唱会开票", "张学友演唱会开票"),
        ("华为手机降价", "苹果手机降价"),
        ("糖尿病人能吃西瓜吗", "老年人能吃西瓜吗"),
        ("大蒜价格暴涨", "生姜价格暴涨"),
        ("公积金利率下调", "存款利率下调"),
        ("小区电梯坠落", "小区电梯停电"),
        ("嫦娥七号成功着陆", "嫦娥七号延期发射"),
        ("2025年春节放假安排", "2026年春节放假安排"),
        ("全市高考考场安排公布", "全市中考考场安排公布"),
        ("某县疑似病例确诊鼠疫", "某县疑似病例排除鼠疫"),
        ("白银价格突破60元", "白银价格跌破60元"),
    ],
)
def test_topics_that_share_a_word_stay_two(tagger: Tagger, one: str, other: str) -> None:
    assert len(tagger.joined((line(one, "weibo"), line(other, "baidu")))) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("某地煤矿事故已致3人死亡", "某地煤矿事故已致5人死亡"),
        ("航天器发生氮气泄露", "航天器发生氦气泄露"),
        ("某跨海大桥正式通车", "某跨海大桥今日通车"),
        ("樊振东3比2林诗栋", "樊振东3:2林诗栋"),
        ("知名演员于洋去世", "知名演员于洋逝世"),
        ("央视春晚主持人官宣", "央视春晚主持人公布"),
        ("警方通报小区坠楼事件", "官方通报小区坠楼事件"),
        ("一地火车站突发大火", "一地火车站昨晚大火"),
        ("首艘国产邮轮首航", "首艘国产大邮轮首航"),
        ("2026年春运火车票开售", "春运火车票开售"),
    ],
)
def test_a_topic_that_grows_or_is_spelt_otherwise_stays_one(tagger: Tagger, one: str, other: str) -> None:
    assert len(tagger.joined((line(one, "weibo"), line(other, "baidu")))) == 1


def test_a_text_about_a_topic_of_two_lists_gets_one_tag(tagger: Tagger) -> None:
    lines = (
        line("查干湖冬捕头鱼拍出高价", "weibo", hours=1),
        line("查干湖冬捕 头鱼拍卖拍出高价", "baidu"),
    )
    tags = tagger.tag(TaggedText("1", "查干湖冬捕今日开网，头鱼拍出高价", ""), lines).hot
    assert [tag.topic for tag in tags] == ["查干湖冬捕 头鱼拍卖拍出高价"]


@pytest.mark.parametrize(
    ("lines", "trend"),
    [
        ((line("甲地大雪封路", "a", 3, previous_rank=9, times_seen=4),), "up"),
        ((line("甲地大雪封路", "a", 9, previous_rank=3, times_seen=4),), "down"),
        ((line("甲地大雪封路", "a", 3, previous_rank=3, times_seen=4),), "same"),
        ((line("甲地大雪封路", "a", 3),), "new"),
        ((HotTopic("甲地大雪封路", 3, "a", "down"),), "down"),
        ((HotTopic("甲地大雪封路", 3),), ""),
        (
            (
                line("甲地大雪封路", "a", 3, previous_rank=9, times_seen=2),
                line("甲地 大雪封路", "b", 3),
                line("甲地大雪封路！", "c", 8, previous_rank=3, times_seen=2),
            ),
            "up",
        ),
    ],
)
def test_where_a_topic_is_going(tagger: Tagger, lines: tuple[HotTopic, ...], trend: str) -> None:
    [joined] = tagger.joined(lines)
    assert joined.trend == trend


def test_the_best_rank_ever_outlives_the_rank_of_now(tagger: Tagger) -> None:
    [joined] = tagger.joined((line("甲地大雪封路", "a", 20, best_rank=2), line("甲地大雪封路", "b", 11)))
    assert (joined.rank, joined.best_rank) == (11, 2)


TOPICS = st.lists(
    st.builds(
        lambda words, where, rank: line("".join(words), where, rank),
        st.lists(
            st.sampled_from(["查干湖", "冬捕", "头鱼", "长春", "大雪", "流感", "防护", "C919", "#", " ", "的"]),
            max_size=5,
        ),
        st.sampled_from(["weibo", "baidu", "zhihu"]),
        st.integers(1, 50),
    ),
    max_size=12,
)


@settings(max_examples=60)
@given(lines=TOPICS, seed=st.randoms())
def test_joining_loses_no_line_and_does_not_depend_on_their_order(tagger: Tagger, lines: list[HotTopic], seed) -> None:
    joined = tagger.joined(lines)
    kept = [each for topic in joined for each in topic.lines]
    assert len(kept) == len(set(kept))
    assert set(kept) <= set(lines)
    shuffled = list(lines)
    seed.shuffle(shuffled)
    assert {frozenset(topic.lines) for topic in tagger.joined(shuffled)} == {frozenset(topic.lines) for topic in joined}


def test_a_burst_is_far_above_the_days_before() -> None:
    assert burst(12, [1, 2, 0, 1, 1]) > 3
    assert burst(12, [11, 13, 12, 10]) < 1
    assert burst(2, [0, 0, 0]) == 0.0
    assert burst(5, []) > 3
    assert burst(0, [9, 9]) == 0.0


def test_words_that_are_always_there_do_not_burst() -> None:
    days = [(0, ["大雪", "天气"])] * 6 + [(ago, ["天气", "经济"]) for ago in range(1, 8) for _ in range(6)]
    assert [(word, number) for word, number, _ in bursting(days)] == [("大雪", 6)]


def test_without_a_background_nothing_bursts() -> None:
    assert bursting([(0, ["大雪"])] * 9) == []
    assert bursting([]) == []


@pytest.mark.parametrize("topic", ["久坐为什么伤血管", "睡眠不足大脑会怎样", "甲流症状有哪些", "今晚双子座流星雨"])
def test_a_topic_of_health_and_nature_has_a_science_angle(tagger: Tagger, topic: str) -> None:
    assert tagger.science_angle(HotTopic(topic)) > 0.3


@pytest.mark.parametrize(
    ("topic", "least"),
    [
        ("多地降雪致高速封闭", 0.3),
        ("电动自行车充电起火", 0.3),
        ("路面结冰如何安全驾驶", 0.5),
        ("寒潮来袭怎样防寒", 0.5),
    ],
)
def test_a_topic_of_a_hazard_has_a_science_angle_the_more_where_it_asks_how(
    tagger: Tagger, topic: str, least: float
) -> None:
    assert tagger.science_angle(HotTopic(topic)) >= least


@pytest.mark.parametrize(
    "topic", ["某歌手演唱会门票开售", "某男演员新剧官宣", "国足客场告负", "娱乐圈又一场大地震", ""]
)
def test_a_topic_of_show_and_sport_has_none(tagger: Tagger, topic: str) -> None:
    assert tagger.science_angle(HotTopic(topic)) < 0.2


def test_words_of_doubt_are_signs_of_a_rumour(tagger: Tagger) -> None:
    assert tagger.rumour_signs(HotTopic("网传某地自来水变色是真的吗")) == ("网传", "真的吗")
    assert tagger.rumour_signs(HotTopic("某地下雪", description="官方辟谣停水")) == ("辟谣",)
    assert tagger.rumour_signs(HotTopic("长春迎来今冬首场大雪")) == ()
