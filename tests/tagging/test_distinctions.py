"""Pieces of one pattern that differ in what matters are other pieces; what a reprint does to a text changes nothing of that."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagging.sameness import is_another, is_same, signature, similarity, unpacked

Piece = tuple[str, str]
GUIDE = (
    "防御指南：注意添衣保暖，老人和病人减少外出；大棚、畜舍加盖保温材料；加固围板和广告牌；"
    "用煤炉取暖的人家打开风斗，谨防一氧化碳中毒；出行留意路面结冰，不要与大车抢道，不要在冰面上玩耍。"
)


def warning(
    place: str = "长春市", act: str = "发布", hazard: str = "寒潮", colour: str = "黄色", day: int = 25, hour: int = 15
) -> Piece:
    text = (
        f"{place}气象台2026年11月{day}日{hour}时30分{act}{hazard}{colour}预警信号：预计未来24小时内，我市大部平均气温将明显下降，"
        f"并伴有偏北风，请有关单位和人员做好防范。{GUIDE}"
    )
    return f"{place}{act}{hazard}{colour}预警", text


def quake(place: str = "吉林松原市宁江区", size: str = "3.1", moment: str = "26日23时14分") -> Piece:
    text = f"中国地震台网正式测定：11月{moment}在{place}（北纬45.20度，东经124.70度）发生{size}级地震，震源深度10千米。"
    return f"{place}发生{size}级地震", text


def notice(number: str, year: int) -> Piece:
    text = (
        f"各市（州）科协：经研究，定于{year}年5月举办第{number}届全省科普讲解大赛，请各单位认真组织，积极参加，于规定时间内将报名表报送至"
        "科普部，逾期不予受理。参赛选手须为在本省工作或学习的科普工作者，讲解内容须为自然科学，时长四分钟。"
    )
    return f"关于举办第{number}届全省科普讲解大赛的通知", text


def same(one: Piece, other: Piece) -> bool:
    left, right = signature(*one), signature(*other)
    assert similarity(left, right) == similarity(right, left)
    return is_same(left, right)


@pytest.mark.parametrize(
    "other",
    [
        warning(colour="橙色"),
        warning(hazard="大风"),
        warning(place="吉林市"),
        warning(place="吉林省"),
        warning(day=27),
        warning(hour=16),
        warning(act="解除", day=26),
        warning(act="继续发布"),
        warning(act="变更"),
        warning(act="将寒潮黄色预警信号升级为", colour="橙色"),
        ("预警信息", warning(act="解除2026年11月25日15时30分发布的", day=26)[1]),
        ("长春市寒潮黄色预警信号解除", warning(act="解除")[1]),
        ("长春市发布寒潮橙色预警", GUIDE),
        ("吉林市发布寒潮黄色预警", warning()[1].replace("长春市", "")),
    ],
    ids=[
        *("colour", "hazard", "place", "province", "day", "hour", "lifted", "continued", "changed", "raised"),
        *("lifted without a headline", "lifted said last", "colour of the headline", "place of the headline"),
    ],
)
def test_a_warning_that_differs_in_one_mark_repeats_none(other: Piece) -> None:
    assert not same(warning(), other)


@pytest.mark.parametrize(
    "reprint",
    [
        lambda title, text: ("寒潮来袭！长春发布黄色预警", text),
        lambda title, text: ("吉林长春发布寒潮黄色预警[III级/较重]", text.replace("信号", "")),
        lambda title, text: ("吉林省长春市气象台发布寒潮黄色预警信号", f"据本地媒体消息，{text[:110]}"),
        lambda title, text: ("多地发布预警", f"编者按：转自兄弟媒体。{text}（来源：国家预警信息发布中心）"),
        lambda title, text: ("今天起大降温", text[len(text) * 6 // 10 :]),
        lambda title, text: ("注意保暖", text.replace("，", ",").replace("25", "２５")),
        lambda title, text: ("長春發佈寒潮黃色預警", text.replace("发布", "發佈").replace("预警", "預警")),
        lambda title, text: ("两条消息", quake()[1] + text),
        lambda title, text: ("两条消息", text + quake()[1]),
    ],
    ids=["headline", "level", "begun otherwise", "furniture", "tail", "width", "older script", "behind", "before"],
)
def test_a_reprint_of_a_warning_is_one_under_whatever_headline(reprint: Callable[[str, str], Piece]) -> None:
    assert same(warning(), reprint(*warning()))


def test_a_change_of_level_is_repeated_by_what_calls_it_otherwise() -> None:
    changed = "长春市变更发布寒潮橙色预警", warning(act="将寒潮黄色预警信号变更为", colour="橙色")[1]
    assert same(changed, ("寒潮预警升级！长春橙色", changed[1]))
    assert same(changed, ("长春发布寒潮橙色预警", f"据市气象台消息，{changed[1]}"))


_marks = st.tuples(
    st.sampled_from(["长春市", "吉林市", "吉林省", "白城市", "白山市", "前郭县"]),
    st.sampled_from(["发布", "变更", "继续发布", "解除"]),
    st.sampled_from(["寒潮", "大风", "暴雪", "道路冰雪", "霾"]),
    st.sampled_from(["蓝色", "黄色", "橙色", "红色"]),
    st.integers(1, 30),
    st.integers(0, 23),
)


@settings(max_examples=80)
@given(_marks, _marks, st.sampled_from(["", "天气提醒", "注意防范"]), st.booleans())
def test_two_warnings_of_one_pattern_are_one_piece_only_if_all_their_marks_are_the_same(
    one: tuple[str, str, str, str, int, int], other: tuple[str, str, str, str, int, int], title: str, furnished: bool
) -> None:
    left, (own, text) = warning(*one), warning(*other)
    right = title or own, f"编者按：本文有删节。{text}（责任编辑：某某）" if furnished else text
    assert same(left, right) == (one == other)
    assert same(left, (title, left[1]))


@settings(max_examples=60)
@given(st.lists(_marks, min_size=1, max_size=4), st.data())
def test_a_part_of_a_text_is_never_another_piece_than_the_whole(
    marks: list[tuple[str, str, str, str, int, int]], data: st.DataObject
) -> None:
    texts = [warning(*each)[1] for each in marks]
    start = data.draw(st.integers(0, len(texts) - 1))
    end = data.draw(st.integers(start + 1, len(texts)))
    whole, part = signature("天气", "".join(texts)), signature("又一题目", "".join(texts[start:end]))
    assert not is_another(whole, part)
    assert not is_another(part, whole)


@pytest.mark.parametrize(
    "other",
    [
        quake(size="4.3", moment="26日23时54分"),
        quake(moment="27日3时24分"),
        quake(place="四川宜宾市长宁县", moment="27日3时24分"),
        quake(place="吉林松原市前郭县"),
    ],
    ids=["stronger", "later", "elsewhere", "next county"],
)
def test_another_quake_repeats_none(other: Piece) -> None:
    assert not same(quake(), other)


def test_a_quake_is_repeated_under_a_headline_that_names_less() -> None:
    for title in ("松原发生3.1级地震", "吉林省松原市发生3.1级地震", "刚刚！吉林地震", ""):
        assert same(quake(), (title, f"据中国地震台网：{quake()[1]}"))


def test_a_list_of_many_speaks_against_no_part_of_it_and_takes_no_more_room() -> None:
    many = [quake(size=f"{3 + n // 10}.{n % 10}", moment=f"{n}日3时{n}分")[1] for n in range(1, 29)]
    whole, part = signature("本月地震", "".join(many)), signature("中旬地震", "".join(many[10:20]))
    assert not is_another(whole, part)
    assert len(part.marks.stated) > len(whole.marks.stated) > 0


def test_the_notice_of_the_next_year_repeats_none_and_ordinals_may_be_written_either_way() -> None:
    assert not same(notice("九", 2025), notice("十", 2026))
    assert not same(notice("九", 2025), notice("10", 2026))
    assert same(notice("十二", 2026), notice("12", 2026))
    assert same(notice("一百零五", 2026), notice("105", 2026))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("健康周报第45期", "健康周报第46期"),
        ("今年第3号台风生成", "今年第4号台风生成"),
        ("防汛四级应急响应启动", "防汛三级应急响应启动"),
        ("11月25日全省天气预报", "11月26日全省天气预报"),
        ("关于举办2025年科普日的通知", "关于举办2026年科普日的通知"),
    ],
)
def test_serial_pieces_without_a_text_are_told_apart_by_their_headlines(one: str, other: str) -> None:
    assert not same((one, ""), (other, ""))
    assert same((one, ""), (one, "点击查看"))


def test_the_same_text_under_headlines_of_two_days_is_a_reprint() -> None:
    assert same(("11月25日：冬季安全提示", GUIDE), ("11月26日：冬季安全提示", GUIDE + "（来源：本站）"))


def test_a_rumour_is_no_reprint_of_what_denies_it() -> None:
    told = "近日网上流传大蒜水能治好感冒。专家表示，大蒜含有大蒜素，试验中对细菌有抑制作用，"
    denied = "大蒜水治感冒？真相在此", told + "但感冒由病毒引起，喝它没有用，还会刺激肠胃，不要相信。"
    claimed = "大蒜水治感冒，专家这样说", told + "感冒也由它来治，喝了很管用，不刺激肠胃，可以一试。"
    assert not same(denied, claimed)
    assert same(denied, ("喝大蒜水要当心", denied[1]))
    assert same(claimed, ("感冒怎么办", claimed[1]))


def test_what_tells_a_piece_apart_is_kept_when_it_is_packed() -> None:
    back = unpacked(signature(*warning()).packed())
    assert back is not None
    assert is_same(back, signature(*warning()))
    assert not is_same(back, signature(*warning(colour="橙色")))
