"""Names of institutions and of their sites, as some sites put them into the title of every page, and headlines that only end like one."""

from __future__ import annotations

import re

_KINDS = (
    r"馆|院|所|园|宫|大学|学校|中学|小学|党校|第[一二三四五六七八九十]{1,2}中|政府|公司|集团|联盟|林场|农场|妇联|残联|科协|社科联|[健改工农资]委|"
    r"(?:学|协|员|管委|合|究|金|进|事|字|商|工)会|(?<![破结布格开大全战])局|(?<!餐)厅|办事处|办公室|实验室|指挥部|中心|基地|[保景开高][护区发新]区|[支总大援]队|"
    r"(?<!空间)(?<!领奖)(?<!车)站|(?:天文|气象|地震)台|[版志]社|(?<![互物]联)(?<!监测)(?<![落电管上触])网|之窗"
)
_INSTITUTION = re.compile(
    rf"^[\u4e00-\u9fffA-Za-z·()（）-]{{2,30}}(?:{_KINDS})(?:[(（][\u4e00-\u9fff]{{1,12}}[)）])?(?:主页|首页|欢迎您)?$"
)
_TELLS = re.compile(
    r"[了吗呢么着们您你我这那谁哪怎的被把让到逛赴]|为何|如何|"
    r"[走开驶飞闯搬住送装引迈送]进|进(?=校园|课堂|社区|农村|机关|企业|学校|医院|[中小大]学|高校|科技馆|博物馆|[敬养]老院)|[走进转送驶飞闯搬迁住考加融涌]入|入(?=[选围驻住园馆院校])|"
    r"考上|挤[满爆]|[坐爆]满|飞[抵往]|前往|来自|奔[向赴]|重返|撤离|走出|[走探寻来参回再]访|参观|游览|打卡|探秘|揭秘|落[户地]|[新扩改援共]建|建[成起立]|"
    r"成立|开设|进驻|新[增添]|组建|[挂揭授]牌|启用|打造|成为|变[成身]|当选|获[评批赠得]|荣获|命名|评为|升格|更名|对接|抵达|致[信敬函]|写信|捐[赠给]|支援|驰援|"
    r"慰问|调研|考察|视察|督[查导]|看望|感谢|[牵携联]手|签约|亮相|现身|做客|[照点]亮|守护|爱上|遇见|相约|[走登]上|跑遍|起诉|约谈|"
    r"(?<!第)[一二两三四五六七八九十百千万亿余多几\d][名位只支批项]|首[个座家所批]"
)
"""Words of a sentence that hardly any institution has in its name."""


def ends_like_one(title: str) -> bool:
    """Whether a title ends as the name of an institution or of its site does."""
    return bool(_INSTITUTION.match(title.strip()))


def tells(title: str) -> bool:
    """Whether a title has a verb or a count that makes a sentence of it: 市民走进省科技馆, 三千学子考入吉林大学."""
    return bool(_TELLS.search(title))


def is_institution(title: str) -> bool:
    """Whether a title is the name of an institution: 松江县科技馆 yes, 市民走进省科技馆 no."""
    return ends_like_one(title) and not tells(title)
