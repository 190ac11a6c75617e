"""Which reports tell of one quake: as measured by machine and by hand, and as told later. The words of the networks and the press."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagging import Tagger
from tagging.event_index import EventIndex
from tagging.quakes import DAY, NOWHERE, Quake, is_one, minutes_to_find_by
from tagging.same_event import is_same_event

Piece = tuple[str, str]


def automatic(
    place: str, size: str, moment: str = "11月26日23时14分", north: str = "45.20", east: str = "124.70"
) -> Piece:
    """What the national network says by machine, within two minutes."""
    return (
        f"{place}附近发生{size}级左右地震",
        f"中国地震台网自动测定：{moment}在{place}附近（北纬{north}度，东经{east}度）发生{size}级左右地震，最终结果以正式速报为准。",
    )


def official(
    place: str,
    size: str,
    moment: str = "11月26日23时14分",
    north: str = "45.22",
    east: str = "124.66",
    depth: int = 10,
) -> Piece:
    """What it says some minutes later, when people have looked."""
    return (
        f"{place}发生{size}级地震",
        f"中国地震台网正式测定：{moment}在{place}（北纬{north}度，东经{east}度）发生{size}级地震，震源深度{depth}千米。",
    )


NINGJIANG = "吉林松原市宁江区"
FIRST = official(NINGJIANG, "3.1")
ROUNDED = (
    "吉林松原市宁江区发生3.1级地震",
    "据中国地震台网正式测定，2026年11月26日23时14分在吉林松原市宁江区（北纬45.22度，东经124.66度）发生3.1级地震，震源深度10千米。"
    "震中5公里范围内平均海拔约131米。根据中国地震台网速报目录，震中周边200公里内近5年来发生3级以上地震共12次，"
    "最大地震是2023年8月3日在吉林松原市宁江区发生的4.3级地震（距离本次震中7公里）。震中距松原市12公里、距大庆市150公里、距长春市150公里。",
)
PROVINCE = (
    "松原市宁江区3.1级地震震情通报",
    "据吉林省地震台网测定，北京时间2026年11月26日23时14分08秒，松原市宁江区（45.25°N，124.61°E）发生M3.1级地震，震源深度8公里。"
    "吉林省地震局已派出现场工作队前往震区，开展烈度调查和流动监测。",
)
NO_HARM = (
    "松原地震暂未接到人员伤亡报告",
    "记者27日从松原市应急管理局获悉，11月26日23时14分发生在宁江区的3.1级地震未造成人员伤亡和房屋倒塌，供水供电供气一切正常，"
    "学校照常上课。吉林油田的部分油井停产检查两小时后恢复。",
)
TRAINS = (
    "受地震影响，途经松原的列车晚点",
    "受11月26日23时14分吉林松原3.1级地震影响，长白铁路部分列车限速运行，沈阳局集团公司正在检查沿线桥梁和信号设备。",
)
TOLD_AT_NIGHT = (
    "松原网友：被晃醒了",
    "26日晚11点14分，吉林松原发生3.1级地震，不少市民从睡梦中惊醒，有人跑到楼下空地。家住江北的王女士说，吊灯晃了五六秒。",
)
CATALOGUE = (
    "地震速报：吉林松原市宁江区",
    "发震时刻：2026-11-26 23:14:08 震级(M)：3.1 纬度(°)：45.22 经度(°)：124.66 深度(千米)：10 参考位置：吉林松原市宁江区",
)
EXPERT = (
    "专家：松原此次地震属正常起伏",
    "吉林省地震局研究员解读：26日23时14分松原宁江3.1级地震发生在扶余—肇东断裂附近，该区历史上小震多，近期出现更大地震的可能性不大，公众不必恐慌。",
)
PALU = (
    "印尼苏拉威西岛发生6.2级地震",
    "中国地震台网正式测定：11月26日09时31分在印尼苏拉威西岛（南纬0.85度，东经120.10度）发生6.2级地震，震源深度20千米。",
)
PALU_USGS = (
    "印度尼西亚附近海域发生6.0级地震",
    "据美国地质勘探局消息，北京时间26日9点31分，印度尼西亚苏拉威西岛附近发生6.0级地震，震中位于南纬0.92度、东经120.01度，震源深度35公里。",
)
LUDING = (
    "甘孜州泸定县发生6.8级地震",
    "中国地震台网正式测定，26日12时52分在四川甘孜州泸定县（北纬29.59度，东经102.08度）发生6.8级地震，震源深度16千米，成都震感强烈。",
)
LUDING_TOLL = (
    "四川泸定地震已致21人遇难",
    "截至26日20时30分，四川泸定6.8级地震已造成21人遇难、33人受伤，其中甘孜州遇难7人、雅安市遇难14人。"
    "26日12时52分发生的这次地震还使多处道路中断，武警和消防救援人员正在搜救。",
)
LUDING_TOLL_LATER = (
    "泸定地震遇难人数升至46人",
    "据四川省抗震救灾指挥部消息，截至27日7时，26日12时52分甘孜州泸定县6.8级地震已造成46人遇难，16人失联，50余人受伤，"
    "紧急转移安置群众5万人，国道318线抢通。",
)

ONE_QUAKE = {
    "by machine and by hand, moved and stronger": (automatic(NINGJIANG, "3.0"), FIRST),
    "coordinates, depth and strength corrected": (
        official("吉林长春市双阳区", "3.1", north="43.12", east="125.34"),
        official("吉林长春市双阳区", "3.2", north="43.15", east="125.30", depth=8),
    ),
    "half a step of strength": (automatic(NINGJIANG, "3.6"), FIRST),
    "a minute later by hand": (automatic(NINGJIANG, "3.0"), official(NINGJIANG, "3.1", "11月26日23时15分")),
    "an hour that turns in between": (
        automatic(NINGJIANG, "3.0", "11月26日23时59分"),
        official(NINGJIANG, "3.1", "11月27日00时00分"),
    ),
    "another county of one city": (automatic("吉林松原市前郭县", "3.0"), FIRST),
    "over the border of a city": (automatic("吉林白城市大安市", "3.0", north="45.31", east="124.50"), FIRST),
    "with what shook there before": (automatic(NINGJIANG, "3.3"), ROUNDED),
    "the province's own network": (FIRST, PROVINCE),
    "no harm done": (FIRST, NO_HARM),
    "trains": (ROUNDED, TRAINS),
    "by the clock of twelve hours": (FIRST, TOLD_AT_NIGHT),
    "as a line of the catalogue": (automatic(NINGJIANG, "3.0"), CATALOGUE),
    "explained": (FIRST, EXPERT),
    "of two countries' networks": (PALU, PALU_USGS),
    "before a comma, of the province's town": (
        FIRST,
        (
            "松原有震感",
            "松原市防震减灾局：26日23时14分，我市宁江区发生3.1级地震，震中位于大洼镇，市民有明显震感，没有收到灾情报告。",
        ),
    ),
    "with no day": (
        FIRST,
        ("快讯", "（央视新闻）今天23:14，吉林松原市宁江区发生3.1级地震，震源深度10千米，哈尔滨有震感。"),
    ),
    "by the clock of another country": (
        (
            "缅甸发生7.9级地震",
            "中国地震台网正式测定：11月28日14时20分在缅甸（北纬21.85度，东经95.95度）发生7.9级地震，震源深度30千米。",
        ),
        (
            "缅甸强震 曼谷高楼倒塌",
            "当地时间28日12时50分（北京时间14时20分），缅甸曼德勒附近发生7.9级地震，泰国曼谷一栋在建高楼倒塌。",
        ),
    ),
    "the dead, counted": (LUDING, LUDING_TOLL),
    "the dead, counted again": (LUDING_TOLL, LUDING_TOLL_LATER),
}

AFTERSHOCK = official(NINGJIANG, "3.0", "11月26日23时41分")
SWARM = (
    "松原宁江区再次发生地震",
    "中国地震台网正式测定：11月27日02时40分在吉林松原市宁江区发生3.1级地震，震源深度10千米。此前，26日23时14分该区曾发生3.1级地震。",
)

OTHER_QUAKES = {
    "within the hour": (FIRST, AFTERSHOCK),
    "five minutes later, as strong": (FIRST, official(NINGJIANG, "3.1", "11月26日23时19分")),
    "at the same minute of another hour": (FIRST, official(NINGJIANG, "3.6", "11月27日01时14分")),
    "within a minute, and much stronger": (FIRST, official(NINGJIANG, "4.3", "11月26日23时15分")),
    "in the same minute, and much stronger": (FIRST, official(NINGJIANG, "5.0")),
    "in another province at the same minute": (
        FIRST,
        official("四川宜宾市长宁县", "3.1", north="28.40", east="104.90"),
    ),
    "in another city of the province at the same minute": (
        official("吉林松原市宁江区", "3.1"),
        official("吉林延边州珲春市", "3.3", north="42.90", east="130.30"),
    ),
    "in another city at the same minute, with no coordinates": (
        ("松原市宁江区发生3.1级地震", "26日23时14分，松原市宁江区发生3.1级地震，震源深度10千米。"),
        ("白山市抚松县发生3.3级地震", "26日23时14分，白山市抚松县发生3.3级地震，震源深度10千米。"),
    ),
    "of two counties that both are autonomous": (
        (
            "四川北川羌族自治县发生3.1级地震",
            "26日23时14分，四川北川羌族自治县发生3.1级地震，震源深度10千米，成都等地无震感。",
        ),
        (
            "四川峨边彝族自治县发生3.4级地震",
            "26日23时14分，四川峨边彝族自治县发生3.4级地震，震源深度10千米，乐山等地有震感。",
        ),
    ),
    "a day later at the same hour": (FIRST, official(NINGJIANG, "2.9", "11月27日23时16分")),
    "one that recalls the first": (FIRST, SWARM),
    "abroad in the same minute": (
        PALU,
        (
            "汤加群岛发生6.0级地震",
            "中国地震台网正式测定：11月26日09时31分在汤加群岛（南纬18.20度，西经174.60度）发生6.0级地震，震源深度20千米。",
        ),
    ),
    "abroad, hours later": (
        PALU,
        (
            "印尼苏拉威西岛发生6.1级地震",
            "中国地震台网正式测定：11月26日14时02分在印尼苏拉威西岛（南纬0.81度，东经120.02度）发生6.1级地震，震源深度10千米。",
        ),
    ),
    "an aftershock of the day of the dead": (
        LUDING_TOLL,
        (
            "雅安市石棉县发生4.5级地震",
            "中国地震台网正式测定：27日02时42分在四川雅安市石棉县（北纬29.40度，东经102.18度）发生4.5级地震，震源深度15千米。",
        ),
    ),
    "what is to be done in a quake": (
        FIRST,
        (
            "地震来了怎么办",
            "地震发生时，住在楼房里的人躲到承重墙的墙角，用枕头护住头部，震后从楼梯离开，不要乘电梯。松原市开展了演练。",
        ),
    ),
    "two days' school lessons on an old quake": (
        (
            "纪念馆今日免费开放",
            "2008年5月12日14时28分，四川汶川发生8.0级地震。十八周年之际，纪念馆免费开放，老兵讲述救援经过。",
        ),
        (
            "小学生学避险",
            "5月12日14时28分是四川汶川8.0级地震发生的时刻。第十八个防灾减灾日，长春一小学全体师生有序撤离教学楼。",
        ),
    ),
    "the news of the day, of which the first is a quake": (
        FIRST,
        (
            "早安，吉林",
            "1、11月26日23时14分，吉林松原市宁江区发生3.1级地震。2、全省冰雪旅游推介会在长春举行，各地旅行社代表参观了雪场。"
            "3、我省秋粮收购过半，仓容充足。4、长春地铁6号线试运行，市民可凭身份证预约试乘。5、高铁冬季运行图公布，长白山方向加开列车。",
        ),
    ),
    "a long piece that mentions one": (
        FIRST,
        (
            "老楼加固记",
            "冬日的清晨，长春市二道区的一个老小区里，施工队正在给外墙上碳纤维布。项目负责人说，这批楼建于上世纪八十年代，多为砖混结构，圈梁和"
            "构造柱不足，这次加固要赶在封冻前做完一层。居民起初不理解，担心影响采光，社区干部一家一家地讲，又请来设计院的工程师在楼下摆了模型。"
            "几个月下来，愿意加固的人家超过九成。楼长老赵每天到现场看两趟，把问题记在本子上，晚上在群里答复。材料检测报告贴在单元门口，谁都能看。"
            "这里的人说起上个月的事：11月26日23时14分，吉林松原市宁江区发生3.1级地震，有人在窗边看见吊灯晃动。",
        ),
    ),
    "advice that begins with it": (
        FIRST,
        (
            "地震来了怎么办？这些动作要记牢",
            "地震来临时，住在楼房里的人切忌乘电梯、跳楼，就近躲到结实的桌下或承重墙的墙角，用枕头护住头颈；在厨房要先关燃气；在街上要避开玻璃幕墙、"
            "广告牌和变压器；被埋压时用敲击管道的办法求救，保存体力。家中宜备应急包：饮用水、手电筒、哨子、常用药品。"
            "26日23时14分，吉林松原市宁江区发生3.1级地震，不少人问起这些动作。",
        ),
    ),
    "a quake remembered": (
        FIRST,
        (
            "唐山地震五十年",
            "1976年7月28日3时42分，河北唐山发生7.8级地震，24万多人遇难。五十年后的今天，人们在纪念墙前献花。",
        ),
    ),
}


SONGYUAN_AUTOMATIC: Piece = (
    "自动测定：11月20日08时15分吉林松原市宁江区附近发生4.0级左右地震",
    "中国地震台网自动测定：11月20日08时15分在吉林松原市宁江区附近（北纬45.27度，东经124.71度）发生4.0级左右地震，最终结果以正式速报为准。",
)
SONGYUAN: Piece = (
    "吉林松原市宁江区发生4.2级地震",
    "中国地震台网正式测定：11月20日08时15分在吉林松原市宁江区（北纬45.30度，东经124.66度）发生4.2级地震，震源深度8千米。",
)
MEASURED_AGAIN = [
    (SONGYUAN_AUTOMATIC, SONGYUAN),
    (
        SONGYUAN,
        (
            "松原4.2级地震：长春震感明显，暂未接到伤亡报告",
            "记者从吉林省地震局了解到，11月20日08时15分，松原市宁江区发生4.2级地震。地震发生后，省地震局启动应急响应，派出现场工作队。截至10时，没有接到人员伤亡和房屋倒塌的报告，铁路部门对部分列车限速运行。",
        ),
    ),
    (
        SONGYUAN,
        (
            "震后1小时，吉林油田生产未受影响",
            "11月20日8时15分，吉林松原市宁江区发生4.2级地震。吉林油田随即组织巡检，井口和管道完好，生产没有受到影响。",
        ),
    ),
    (
        (
            "四川宜宾市珙县发生3.1级地震",
            "中国地震台网正式测定：5月3日22时40分在四川宜宾市珙县（北纬28.21度，东经104.86度）发生3.1级地震，震源深度10千米。",
        ),
        (
            "四川宜宾市兴文县附近发生3.0级左右地震",
            "中国地震台网自动测定：5月3日22时40分在四川宜宾市兴文县附近（北纬28.24度，东经104.91度）发生3.0级左右地震，最终结果以正式速报为准。",
        ),
    ),
    (
        (
            "新疆阿克苏地区乌什县发生7.1级地震",
            "中国地震台网正式测定：1月23日2时9分在新疆阿克苏地区乌什县（北纬41.26度，东经78.63度）发生7.1级地震，震源深度22千米。",
        ),
        (
            "新疆乌什县附近发生7.0级左右地震",
            "据中国地震台网自动测定，1月23日02时09分在新疆阿克苏地区乌什县附近（北纬41.20度，东经78.60度）发生7.0级左右地震，最终结果以正式速报为准。",
        ),
    ),
    (
        (
            "台湾花莲县海域发生6.3级地震",
            "中国地震台网正式测定：4月23日02时32分在台湾花莲县海域（北纬23.81度，东经121.74度）发生6.3级地震，震源深度10公里。",
        ),
        (
            "福建多地震感强烈",
            "4月23日02时32分在台湾花莲县海域发生6.3级地震，福州、厦门、泉州等地有强烈震感，网友说吊灯晃了半分钟。福建省地震局表示，这次地震不会引发海啸。",
        ),
    ),
]
OTHERS_BESIDE = [
    # an aftershock of the same hour
    (
        SONGYUAN,
        ("吉林松原市宁江区发生3.1级地震", "中国地震台网正式测定：11月20日08时52分在吉林松原市宁江区（北纬45.30度，东经124.66度）发生3.1级地震，震源深度8千米。"),
    ),
    # the same hour and minute of another day
    (
        SONGYUAN,
        ("吉林松原市宁江区发生3.6级地震", "中国地震台网正式测定：11月22日08时15分在吉林松原市宁江区（北纬45.28度，东经124.70度）发生3.6级地震，震源深度9千米。"),
    ),
    # another place in the same minute
    (
        SONGYUAN,
        ("四川宜宾市珙县发生3.1级地震", "中国地震台网正式测定：11月20日08时15分在四川宜宾市珙县（北纬28.21度，东经104.86度）发生3.1级地震，震源深度10千米。"),
    ),
    # an aftershock that tells of the quake before it
    (
        SONGYUAN,
        ("松原再发生3.3级余震", "中国地震台网正式测定：11月20日21时07分在吉林松原市宁江区（北纬45.29度，东经124.69度）发生3.3级地震，震源深度9千米。此前，11月20日08时15分当地发生4.2级地震。"),
    ),
    # two quakes of one pattern in one minute of two days
    (
        ("云南大理州漾濞县发生3.0级地震", "中国地震台网正式测定：5月21日21时21分在云南大理州漾濞县（北纬25.63度，东经99.92度）发生3.0级地震，震源深度10千米。"),
        ("云南大理州漾濞县发生5.6级地震", "中国地震台网正式测定：5月21日21时48分在云南大理州漾濞县（北纬25.67度，东经99.87度）发生5.6级地震，震源深度8千米。"),
    ),
    # what explains, and names no quake's hour
    (
        SONGYUAN,
        ("地震来了该怎么躲？专家支招", "地震时不要乘电梯，不要跳楼，就近躲在结实的桌子下面。松原市宁江区曾在2018年发生5.7级地震，专家建议家中备好应急包。"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), [*ONE_QUAKE.values(), *MEASURED_AGAIN])
def test_one_quake_is_one_event_however_it_is_measured_and_told(tagger: Tagger, one: Piece, other: Piece) -> None:
    left, right = tagger.outline(*one), tagger.outline(*other)
    assert is_same_event(left, right)
    assert is_same_event(right, left)


@pytest.mark.parametrize(("one", "other"), [*OTHER_QUAKES.values(), *OTHERS_BESIDE])
def test_another_quake_is_another_event_however_alike_the_reports(tagger: Tagger, one: Piece, other: Piece) -> None:
    left, right = tagger.outline(*one), tagger.outline(*other)
    assert not is_same_event(left, right)
    assert not is_same_event(right, left)


def test_what_speaks_against_one_event_does_so_for_one_quake_too(tagger: Tagger) -> None:
    """A call to act on it that is raised is another piece of news than the call."""
    called, raised = (
        (
            f"吉林省地震局{what}",
            f"11月26日23时14分，松原市宁江区发生3.1级地震，吉林省地震局{what}，派出现场工作队。",
        )
        for what in ("启动地震四级应急响应", "将地震应急响应提升为三级")
    )
    assert is_same_event(tagger.outline(*FIRST), tagger.outline(*called))
    assert not is_same_event(tagger.outline(*called), tagger.outline(*raised))


def test_among_many_reports_one_quake_is_found_by_its_minute(tagger: Tagger) -> None:
    index: EventIndex[str] = EventIndex()
    index.add("first", tagger.outline(*FIRST))
    for day in range(1, 25):
        index.add(f"other {day}", tagger.outline(*official("四川宜宾市长宁县", "3.1", f"11月{day}日02时{day + 10}分")))
    assert index.nearest(tagger.outline(*EXPERT)).event == "first"
    assert index.nearest(tagger.outline(*AFTERSHOCK)).event is None


@given(st.integers(0, 32 * DAY - 1), st.integers(-2, 2))
def test_one_quake_is_found_by_its_minute_however_the_seconds_are_rounded(moment: int, later: int) -> None:
    one, other = (Quake(max(each, 0), 31, NOWHERE, NOWHERE) for each in (moment, moment + later))
    if is_one(one, other):
        assert {*minutes_to_find_by(one)} & {*minutes_to_find_by(other)}
