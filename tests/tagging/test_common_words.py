"""Names of counties that are common words, or people's names; denials on an office's paper."""

from __future__ import annotations

import pytest

from tagging import TaggedText, Tagger


def areas(tagger: Tagger, title: str, body: str) -> set[str]:
    return {tag.code for tag in tagger.tag(TaggedText("1", title, body)).local}


YUSHU, LISHU, PANSHI, YONGJI = "220182", "220322", "220284", "220221"


@pytest.mark.parametrize(
    ("title", "body", "not_meant"),
    [
        ("榆树叶上的小红包是什么", "长春市民发现小区榆树叶片上长出红色小包，专家说这是虫瘿，不影响树木生长。", YUSHU),
        ("老榆树的故事", "四平市铁东区的这棵老榆树已有三百年，乡亲们在树下乘凉。", YUSHU),
        ("榆树钱怎么吃", "长春的春天，榆树钱挂满枝头，可以拌面蒸着吃，也可以煮粥。", YUSHU),
        ("梨树为什么要授粉", "延边的果农在春天给梨树授粉，人工授粉可以提高坐果率。", LISHU),
        ("梨树腐烂病防治", "龙井市果农注意，春季梨树腐烂病高发，要及时刮治病斑，涂抹药剂。", LISHU),
        ("如磐石一样的信念", "吉林省援外医疗队员的信念如磐石一样，他们已经坚守了三年。", PANSHI),
        ("歌手永吉发布新专辑", "歌手永吉发布新专辑，收录十首歌曲，其中一首写给家乡的雪。", YONGJI),
    ],
)
def test_a_common_word_or_a_person_is_no_county(tagger: Tagger, title: str, body: str, not_meant: str) -> None:
    assert not_meant not in areas(tagger, title, body)


@pytest.mark.parametrize(
    ("title", "body", "meant"),
    [
        ("榆树市发布大风预警", "榆树市气象台发布大风蓝色预警，请注意防范。", YUSHU),
        ("长春榆树一大棚起火", "长春榆树一大棚起火，消防员到场扑灭，没有人员伤亡。", YUSHU),
        ("梨树县推广黑土地保护", "四平市梨树县推广秸秆覆盖免耕播种，保护黑土地。", LISHU),
        ("吉林磐石突降暴雨", "吉林磐石突降暴雨，磐石市气象局提醒市民减少外出。", PANSHI),
        ("歌手走进永吉县", "多名歌手走进永吉县，为当地群众演出。", YONGJI),
    ],
)
def test_a_county_stays_one(tagger: Tagger, title: str, body: str, meant: str) -> None:
    assert meant in areas(tagger, title, body)


@pytest.mark.parametrize(
    ("title", "body", "kind"),
    [
        ("关于网传“延吉明日有大地震”谣言的通告", "近日网上流传延吉明日有大地震，经核实该消息为谣言，请大家不信谣、不传谣。", "debunk"),
        ("关于网传“舒兰溃坝”为虚假信息的公告", "网传舒兰水库溃坝的消息不实，水库运行正常，请大家不要传播虚假信息。", "debunk"),
        ("舒兰“水库垮坝”系谣言", "网传消息系谣言，水库运行正常，公安机关已介入调查。", "debunk"),
        ("网传长春地铁塌陷为不实信息！", "网传消息系谣言，地铁运行正常，公安机关已介入调查。", "debunk"),
        ("关于召开全县科普工作会议的通知", "各乡镇：定于11月26日召开全县科普工作会议，请准时参加。", "other"),
    ],
)  # fmt: skip
def test_a_denial_on_an_offices_paper_is_a_denial(tagger: Tagger, title: str, body: str, kind: str) -> None:
    assert tagger.tag(TaggedText("1", title, body)).kind == kind
