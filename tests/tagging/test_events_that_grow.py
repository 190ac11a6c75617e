"""Accidents, floods and storms are reported again with other figures: the same event; a second one elsewhere is another."""

from __future__ import annotations

import pytest

from tagging import Tagger
from tagging.same_event import is_same_event

Piece = tuple[str, str]

MINE = (
    "白山一煤矿发生瓦斯爆炸 3人遇难",
    "11月20日16时许，吉林省白山市江源区宏盛煤矿发生瓦斯爆炸事故。截至20日21时，事故已造成3人死亡、12人受伤，另有8人被困井下，救援正在进行。",
)
MINE_LATER = (
    "白山宏盛煤矿瓦斯爆炸事故遇难人数升至9人",
    "记者从白山市江源区宏盛煤矿瓦斯爆炸事故救援指挥部获悉，截至21日8时，事故遇难人数升至9人，受伤15人，仍有2人被困井下，救援仍在进行。",
)
MINE_ENDED = (
    "白山宏盛煤矿瓦斯爆炸事故救援结束",
    "11月20日，吉林省白山市江源区宏盛煤矿发生瓦斯爆炸事故。22日，救援指挥部通报，井下被困人员全部找到，事故共造成11人遇难、15人受伤。",
)
MINE_ELSEWHERE = (
    "山西一煤矿发生瓦斯爆炸 4人遇难",
    "11月20日10时许，山西省吕梁市中阳县桃园煤矿发生瓦斯爆炸事故。截至20日21时，事故已造成4人死亡、12人受伤，另有6人被困井下，救援正在进行。",
)
MINE_NEARBY = (
    "辽源一煤矿发生透水事故 2人遇难",
    "11月22日9时许，吉林省辽源市东丰县金达煤矿发生透水事故。截至22日18时，事故已造成2人死亡、5人受伤，另有7人被困井下，救援正在进行。",
)
CRASH = (
    "京哈高速四平段多车相撞 已致2死6伤",
    "11月24日早晨，京哈高速公路四平段因团雾发生多车相撞事故，12辆货车和轿车受损，已造成2人死亡、6人受伤，伤者被送往四平市中心医院救治。",
)
CRASH_LATER = (
    "京哈高速四平段多车相撞事故死亡人数增至4人",
    "记者从交警部门获悉，24日早晨京哈高速公路四平段多车相撞事故死亡人数增至4人，9名伤者在四平市中心医院救治，其中3人重伤。事故因团雾引发。",
)
CRASH_ELSEWHERE = (
    "珲乌高速蛟河段多车相撞 已致3死5伤",
    "11月25日早晨，珲乌高速公路蛟河段因团雾发生多车相撞事故，9辆货车和轿车受损，已造成3人死亡、5人受伤，伤者被送往蛟河市人民医院救治。",
)
FLOOD = (
    "舒兰洪涝已转移1.2万人",
    "8月3日以来，吉林省舒兰市遭遇强降雨，拉林河支流细鳞河水位暴涨，开原镇、水曲柳镇受灾。截至3日20时，全市转移群众1.2万人，1人死亡、4人失联。",
)
FLOOD_LATER = (
    "舒兰洪涝转移群众增至1.9万人 6人遇难",
    "吉林省舒兰市防汛抗旱指挥部通报，截至5日12时，全市因强降雨转移安置群众1.9万人，细鳞河沿岸开原镇、水曲柳镇受灾，6人遇难、3人失联。",
)
FLOOD_ELSEWHERE = (
    "五常洪涝已转移2.1万人",
    "8月3日以来，黑龙江省五常市遭遇强降雨，拉林河干流水位暴涨，沙河子镇、向阳镇受灾。截至3日20时，全市转移群众2.1万人，2人死亡、1人失联。",
)


def storm(number: int, name: str, day: int, sea: str, force: int, pressure: int, north: str, east: str) -> Piece:
    return (
        f"台风“{name}”继续向西北方向移动",
        f"中央气象台消息：今年第{number}号台风“{name}”（强台风级）的中心{day}日早晨5点钟位于{sea}，就是北纬{north}度、东经{east}度，"
        f"中心附近最大风力{force}级，中心最低气压{pressure}百帕。预计“{name}”将以每小时20公里左右的速度向西北方向移动，强度还将增强。",
    )


STORM = storm(18, "桦加沙", 21, "菲律宾马尼拉东偏北方约820公里的西北太平洋洋面上", 15, 940, "17.5", "128.3")
STORM_NEXT_DAY = storm(18, "桦加沙", 22, "广东省阳江市东南方约860公里的南海东北部海面上", 17, 915, "19.2", "120.8")
OTHER_STORM = storm(19, "浣熊", 22, "日本冲绳岛东南方约860公里的西北太平洋洋面上", 15, 940, "19.2", "130.8")
STORM_TOLL = (
    "台风“桦加沙”在菲律宾致3人死亡",
    "菲律宾减灾部门23日说，台风“桦加沙”登陆吕宋岛北部后已造成3人死亡、5人失踪，1.7万人转移，农作物受损。",
)
STORM_TOLL_LATER = (
    "台风“桦加沙”在菲律宾致10人死亡",
    "菲律宾减灾部门24日说，台风“桦加沙”登陆吕宋岛北部后造成的死亡人数升至10人，2人失踪，2.9万人转移，农作物受损。",
)

GROWN = {
    "more dead in a mine": (MINE, MINE_LATER),
    "a rescue that ended": (MINE, MINE_ENDED),
    "more dead in a crash": (CRASH, CRASH_LATER),
    "more brought to safety from a flood": (FLOOD, FLOOD_LATER),
    "where a storm is now": (STORM, STORM_NEXT_DAY),
    "more dead in a storm": (STORM_TOLL, STORM_TOLL_LATER),
}
ANOTHER = {
    "a blast in another mine, told by agencies": (
        (
            "辽源一煤矿发生瓦斯爆炸",
            "新华社长春11月24日电 记者从吉林省应急管理厅获悉，24日通报，辽源市金达煤矿发生瓦斯爆炸，造成3人死亡、5人受伤。",
        ),
        (
            "白山一煤矿发生瓦斯爆炸",
            "新华社长春11月26日电 记者从吉林省应急管理厅获悉，26日通报，白山市宏盛煤矿发生瓦斯爆炸，造成9人死亡、12人受伤。",
        ),
    ),
    "a mine of another province": (MINE, MINE_ELSEWHERE),
    "a mine nearby, two days later": (MINE, MINE_NEARBY),
    "another crash in the mist": (CRASH, CRASH_ELSEWHERE),
    "the later report and another crash": (CRASH_LATER, CRASH_ELSEWHERE),
    "a flood over the border": (FLOOD, FLOOD_ELSEWHERE),
    "the next storm": (STORM, OTHER_STORM),
    "the same day, another storm": (STORM_NEXT_DAY, OTHER_STORM),
    "another colour of one storm": (
        ("中央气象台发布台风黄色预警", f"中央气象台11月21日06时发布台风黄色预警：{STORM[1]}"),
        ("中央气象台发布台风橙色预警", f"中央气象台11月21日18时发布台风橙色预警：{STORM[1]}"),
    ),
    "the epidemic of the next day": (
        (
            "吉林省新增3例确诊病例",
            "2月4日0时至24时，吉林省新增确诊病例3例，累计报告确诊病例59例，死亡1例，出院4例，密切接触者1520人。",
        ),
        (
            "吉林省新增6例确诊病例",
            "2月5日0时至24时，吉林省新增确诊病例6例，累计报告确诊病例65例，死亡1例，出院6例，密切接触者1733人。",
        ),
    ),
}


@pytest.mark.parametrize(("one", "other"), GROWN.values(), ids=GROWN.keys())
def test_what_is_reported_again_with_other_figures_is_the_same_event(tagger: Tagger, one: Piece, other: Piece) -> None:
    left, right = tagger.outline(*one), tagger.outline(*other)
    assert is_same_event(left, right)
    assert is_same_event(right, left)


@pytest.mark.parametrize(("one", "other"), ANOTHER.values(), ids=ANOTHER.keys())
def test_a_second_one_elsewhere_is_another_event(tagger: Tagger, one: Piece, other: Piece) -> None:
    left, right = tagger.outline(*one), tagger.outline(*other)
    assert not is_same_event(left, right)
    assert not is_same_event(right, left)
