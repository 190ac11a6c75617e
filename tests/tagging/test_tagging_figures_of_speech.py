"""Hazards that are only figures of speech, and real ones in the same words."""

from __future__ import annotations

import pytest

from tagging import TaggedText, Tagger

FIGURES = [
    "带货一姐翻车，退款排到三个月后",
    "网红主播直播翻车",
    "那首歌病毒式走红",
    "瘟疫般的谣言在群里蔓延",
    "他的情绪像决堤",
    "我心里下着暴雨，脸上却笑着",
    "听完这句话，心里顿时天崩地裂",
    "孩子放假，家里像台风过境般乱",
    "双十一过后，客服连夜灭火",
    "公关团队四处灭火，老板躲着不见人",
    "新款手机发布会翻车",
    "演唱会假唱翻车",
    "一句道歉引爆舆论",
    "厕所发大水，楼下找上门",
    "追星女孩的心里刮着十二级台风",
    "这场辩论让评论区山崩地裂",
    "龙卷风一般的旋转舞步",
    "地震级人事变动",
    "雪崩一般的差评",
    "传染病式的焦虑",
    "美食博主翻车现场",
    "名导新片口碑翻车",
    "暴雨般的掌声",
    "顶流代言翻车，粉丝集体脱粉",
    "程序员半夜救火，系统终于恢复",
    "一条热搜引爆了整个剧组",
    "弹幕山呼海啸般刷屏",
    "她的内心正经历一场看不见的海啸",
    "公司裁员后，HR忙着救火",
    "期末考试前，脑子里一片洪水滔天",
    "楼上发大水，我家天花板成了水帘洞",
    "那段舞跳得像龙卷风一般的迅猛",
    "病毒式营销的十个案例",
    "瘟疫式的内卷",
    "听到分手两个字，心头山崩地裂",
    "评论区像火山喷发一样热闹",
    "班主任的情绪火山又爆发了",
    "老板的脸色像暴雨前的天",
    "流感式裁员席卷硅谷",
    "厨艺翻车：把蛋糕烤成了煤球",
    "网红餐厅口碑翻车",
]


@pytest.mark.parametrize("text", FIGURES)
def test_a_hazard_that_is_only_a_figure_of_speech_is_no_emergency(tagger: Tagger, text: str) -> None:
    for title, body in ((text, ""), ("", text)):
        assert tagger.tag(TaggedText("1", title, body)).emergency == ()


EVENTS = [
    ("货车翻车，三十吨苹果撒了一地", "traffic_accident"),
    ("旅游大巴翻车 9人受伤", "traffic_accident"),
    ("主播开车途中翻车，送医抢救", "traffic_accident"),
    ("消防员连夜灭火，厂房火势被控制", "fire"),
    ("饭店起火，老板拿灭火器灭火", "fire"),
    ("暴雨下了一夜，城里到处是水", "rainstorm"),
    ("村里发大水，村民上房顶", "flood"),
    ("台风过境，大树倒了一片", "typhoon"),
    ("流感在校园传播，两个班停课", "infectious_disease"),
    ("山崩地裂的一分钟：汶川幸存者回忆大地震", "earthquake"),
    ("泥石流冲进村庄，多人失联", "geological"),
    ("老板正在开会，突然地震，大家往外跑", "earthquake"),
    ("仓库起火，爆炸声不断", "fire"),
    ("网红餐厅门口货车翻车压住行人", "traffic_accident"),
    ("大货车翻车，鱼撒一地", "traffic_accident"),
    ("学生宿舍起火，程序员邻居帮忙灭火", "fire"),
    ("森林公园起火，护林员四处扑救灭火", "fire"),
    ("台风过境后，渔港一片狼藉", "typhoon"),
    ("老家发大水，桥被冲垮", "flood"),
    ("火山喷发，村民撤离", "volcano"),
    ("网红主播直播时突遇地震，5.1级", "earthquake"),
    ("流感高发，医院儿科爆满", "infectious_disease"),
    ("客服中心大楼起火", "fire"),
    ("山崩地裂，泥石流堵住公路", "geological"),
    ("龙卷风掀翻屋顶，三人受伤", "wind"),
    ("厂区发大水，工人转移", "flood"),
]


@pytest.mark.parametrize(("title", "hazard"), EVENTS)
def test_the_same_words_said_of_what_happened_are_one(tagger: Tagger, title: str, hazard: str) -> None:
    assert hazard in {tag.key for tag in tagger.tag(TaggedText("1", title, "")).emergency}
