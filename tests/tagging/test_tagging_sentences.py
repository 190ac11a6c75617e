"""Sentences of our own with their labels, the hard cases above all (metaphors, names borne twice, lists)."""

from __future__ import annotations

import pytest

from tagging import TaggedText, Tagger

EMERGENCIES = [
    ("earthquake", "今晨5时12分，松原市宁江区发生4.2级地震，震源深度9千米，暂无人员伤亡报告。"),
    ("earthquake", "地震来了往哪儿躲？记住“伏地、遮挡、手抓牢”。"),
    ("earthquake", "网传“今晚长春有大地震”，省地震局：纯属谣言。"),
    ("geological", "受连日降雨影响，集安市一处山体滑坡，掩埋公路三十米，抢险队正在清理。"),
    ("flood", "永吉县启动防汛二级应急响应，沿河三个村的村民连夜转移。"),
    ("rainstorm", "特大暴雨袭城，救援人员用皮划艇转移被困居民。"),
    ("typhoon", "台风“海葵”北上，吉林省东部将有大到暴雨，提前加固棚膜。"),
    ("snowstorm", "特大暴雪致高速公路封闭，交警部门提醒市民减少出行。"),
    ("cold_wave", "寒潮来袭，气温将骤降十二摄氏度，畜牧部门提醒养殖户给圈舍保温。"),
    ("cold_wave", "早霜冻可能使水稻减产，农技专家教你熏烟防霜。"),
    ("road_ice", "夜里有冻雨，路面结冰，司机朋友请减速慢行。"),
    ("wind", "龙卷风掀翻大棚十余栋，两人受伤送医。"),
    ("hail_thunder", "冰雹砸坏三千亩玉米，保险公司连夜查勘。"),
    ("fog_haze", "大雾橙色预警生效，龙嘉机场部分航班延误。"),
    ("heat", "工地工人连续作业后中暑，确诊热射病，医生提醒高温天这样急救。"),
    ("drought", "白城旱情持续，多地启动抗旱应急响应，打井队支援春播。"),
    ("sandstorm", "沙尘暴过境，洮北区能见度不足五百米。"),
    ("forest_fire", "延边进入春季森林防火期，进山一律禁止携带火种。"),
    ("fire", "一居民楼七层起火，消防员救出两名被困老人，起火原因正在调查。"),
    ("explosion", "一家化肥厂今日凌晨发生爆炸，已造成3人死亡。"),
    ("traffic_accident", "京哈高速四平段多车连环追尾，事故致2死5伤。"),
    ("traffic_accident", "一架客机在降落时冲出跑道起火，机上人员全部撤离，黑匣子已找到。"),
    ("gas_co", "烧炕取暖当心一氧化碳中毒，出现头晕恶心要立刻开窗。"),
    ("hazardous_chemical", "罐车侧翻致液氨泄漏，周边两公里居民已疏散。"),
    ("mine", "煤矿发生透水事故，七名矿工被困井下，救援正在进行。"),
    ("building_collapse", "在建厂房坍塌，多名工人被埋，消防部门全力搜救。"),
    ("drowning", "暑期将至，省教育厅发出防溺水提醒：不到野外水域游泳。"),
    ("electric_shock", "男子雨天扶电线杆触电身亡，电力部门提醒远离积水。"),
    ("food_poisoning", "自制酸汤子引发食物中毒，专家：米酵菌酸加热也不能去除。"),
    ("infectious_disease", "全省新增确诊病例2例，均为境外输入，密切接触者已隔离。"),
    ("infectious_disease", "诺如病毒进入高发期，幼儿园要怎样消毒？"),
    ("animal_disease", "农业农村部通报一起非洲猪瘟疫情，已扑杀生猪三百头。"),
    ("tick", "进山采蘑菇被草爬子叮了怎么办？别硬拔，小心森林脑炎。"),
    ("radiation", "日本福岛核污染水排海，专家解读对近海的影响。"),
    ("space_weather", "强地磁暴预警：今夜可能影响短波通信和导航。"),
    ("public_security", "首都一处市场遭自杀式爆炸袭击，已有二十余人遇难。"),
    ("gas_co", "清理粪坑，父子二人先后晕倒"),
    ("gas_co", "发酵罐清洗，两人窒息"),
    ("gas_co", "老两口用蜂窝煤炉取暖，夜里双双昏迷"),
    ("gas_co", "屋里生炉子，祖孙三人头痛呕吐，奶奶赶紧开窗"),
    ("gas_co", "关上门窗吃炭火锅，五个人头疼恶心进了急诊"),
    ("gas_co", "一氧化碳闻不到，卧室里装个报警器"),
    ("flood", "河堤撕开十米口子，民兵扛沙袋封堵"),
    ("flood", "奶奶困在屋顶等冲锋舟，脚下全是水"),
    ("flood", "启动国家四级救灾应急响应，工作组赶赴灾区转移安置群众"),
    ("cold_wave", "欧洲多国遭遇极寒，航班大面积取消"),
    ("wind", "大棚让风掀翻了，菜农一夜没睡"),
    ("mine", "矿井里五名工人失去联系，救援队连夜赶来"),
    ("building_collapse", "油漆工从六层吊篮坠落身亡"),
    ("building_collapse", "女童手被电梯夹住，消防破拆救援"),
    ("snowstorm", "房檐冰锥掉落砸坏私家车"),
    ("electric_shock", "断落的电线旁边为什么要单脚跳"),
    ("drowning", "开春冰面变薄，民警劝离钓鱼人"),
    ("food_poisoning", "长得白白净净的白毒伞，一朵就能要命"),
    ("public_security", "散场时人潮里被推倒，记住双手抱胸蜷起身子"),
]

NOT_EMERGENCIES = [
    "楼市地震！三家房企高管同日离职",
    "家里的菜窖怎么挖才保鲜",
    "冬季取暖费今起可以缴纳",
    "围着炉子烤红薯，听爷爷讲故事",
    "高炉炼铁中一氧化碳的作用是什么",
    "清淤机器人下水，河道变清",
    "舆论的堤坝决口了，她哭了",
    "新能源车极寒测试在黑河开跑",
    "瘦得风一吹就能吹倒",
    "裙子没过膝盖才优雅",
    "矿井改成了博物馆",
    "看到结局我掉下眼泪",
    "冰面上的花样滑冰世锦赛",
    "蘑菇炖小鸡的家常做法",
    "人流密集的商圈租金上涨",
    "票房火爆，这部喜剧三天破五亿",
    "公司人事大地震，总裁和财务总监双双出局",
    "宇宙大爆炸之前有什么？物理学家这样说",
    "她的新造型美炸了，网友直呼颜值爆表",
    "这款游戏更新后武器输出爆炸，玩家连夜开黑",
    "主队上演绝杀，对方后防线全线崩溃，球迷沸腾",
    "灾难片《海啸奇迹》定档，导演称特效耗资两亿",
    "股市雪崩，投资者损失惨重，基金净值大跌",
    "一股清流变成泥石流，他在综艺里彻底放飞",
    "西红柿炖牛腩：大火烧开转小火，四十分钟出锅",
    "暴雪公司宣布新作延期，魔兽玩家表示失望",
    "她坐着火车去看海，写下一首小诗",
    "歌手在演唱会上唱破音，被评为大型车祸现场",
    "金融海啸十年，华尔街还记得什么",
    "两大品牌新品撞车，谁能笑到最后",
    "水落石出！这桩遗产官司终于有了结果",
    "思想的碰撞：两位作家对谈乡土文学",
    "火箭队客场失利，球员赛后道歉",
    "朋友圈被这张照片引爆了",
]

LOCAL = [
    (["220104"], "长春市朝阳区一商场昨夜停电两小时"),
    ([], "北京市朝阳区一商场昨夜停电两小时"),
    (["220102", "220104"], "长春今天降雪，朝阳区、南关区中小学停课"),
    ([], "沈阳市铁西区老工业基地改造纪实"),
    (["220302"], "四平市铁西区新开两条公交线路"),
    ([], "西安市民冒雨排队看兵马俑"),
    (["220403"], "辽源市西安区安全生产月活动启动"),
    (["220000"], "吉林省发布暴雪预警"),
    (["220200"], "吉林市今冬雾凇观赏期提前"),
    (["220200", "220300", "220400"], "受冷空气影响，吉林、四平、辽源等地有小雪"),
    (["220000"], "黑龙江、吉林、辽宁三省迎来今冬最强降雪"),
    ([], "上海市四平路一处工地围挡被风吹倒"),
    ([], "大连市长春路早市搬迁"),
    ([], "李长春同志考察文化产业"),
    ([], "画家尹朝阳个展开幕"),
    ([], "清明前后的西湖龙井茶怎么挑"),
    ([], "梨树开花了，榆树也发了芽"),
    (["220322"], "吉林省梨树县推广黑土地保护性耕作"),
    (["220182"], "榆树市粮食产量再创新高"),
    ([], "友谊坚如磐石，合作行稳致远"),
    (["220284"], "磐石市官马溶洞景区恢复开放"),
    ([], "朝阳行业前景广阔，人才缺口巨大"),
    (["220721"], "查干湖冬捕头鱼拍出新高价"),
    (["222426"], "长白山天池惊现彩虹，游客连声惊叹"),
    ([], "图们江流经三国，全长五百多公里"),
    (["222402"], "图们市口岸恢复通关"),
    ([], "那片落叶松原始林已有百年"),
    ([], "江西安义古村成了网红打卡地"),
    ([], "普通化学实验室安全守则"),
    (["220623"], "长白县边境小镇的夜晚"),
    (["220113"], "九台市更名九台区那年，他开了第一家书店"),
    (["220184"], "公主岭玉米穗大粒饱"),
    (["220582"], "集安高句丽遗址周末免费开放"),
    ([], "集安全、环保于一体的新型锅炉亮相"),
    ([], "今日天气：北京晴，天津多云，石家庄晴，太原阴，呼和浩特晴，沈阳雪，长春雪，哈尔滨雪，上海雨，南京雨"),
    (["222401"], "延吉的夜市又火了"),
    (["220523"], "辉南县三角龙湾开湖"),
    (["220100"], "长春，长春！一座城的光学记忆"),
    ([], "他毕业于吉林大学，如今在深圳创业"),
    (["220402"], "辽源市龙山区图书馆延长开放时间"),
    ([], "海南三亚大安村的渔民出海归来"),
    ([], "鞍山铁东区供热管网检修，铁东区居民请储水"),
    ([], "歌手小李祖籍吉林长春，如今在深圳写歌"),
    ([], "烤冷面摊主是白城人，摆摊五年"),
    ([], "通化姑娘在成都开了一家参茶店"),
    ([], "浙江省吉林商会在杭州开年会"),
    ([], "白城大药房与我们重名，一家连锁药店发出声明"),
    ([], "吉林美术出版社推出一套画册"),
    ([], "诗歌朗诵：你听，长白山在落雪"),
    ([], "两市收盘，长春高新跌停"),
    (["220582"], "从长春出发，三天看遍集安的山水"),
    (["220100"], "从长春出发的旅客今天可免费改签"),
    (["220200"], "吉林火车站今天加开三趟列车"),
    (["220100", "220200"], "长春至吉林的城际列车恢复运行"),
    (["220100", "220200"], "长春吉林一体化提速"),
    ([], "长白山牌毛巾降价促销"),
    (["220112"], "双阳水库今起禁止游泳"),
    (["220104"], "吉林大学第一医院开设罕见病门诊"),
    (["220400"], "辽源市城区和东丰县、东辽县今夜有大雾"),
    (["220421", "220422"], "辽源市东丰县、东辽县今夜有大雾"),
]

AUDIENCES = [
    ("青少年", "中小学生暑假安全提醒：家长请陪孩子一起看"),
    ("老年人", "养老金又涨了，老年人这样防骗保健品推销"),
    ("农民", "春耕在即，玉米种植户怎样选种和施肥"),
    ("产业工人", "工伤认定有新规，一线工人讨薪有了绿色通道"),
    ("领导干部和公务员", "省委组织部公示一批拟任领导干部"),
    ("社区居民", "物业通知：本小区业主明日停水，请居民提前储水"),
]

KINDS = [
    ("alert", "", "通化市气象台2025年7月3日9时10分发布暴雨蓝色预警信号：预计未来12小时，我市东部有暴雨，请注意防范。"),
    (
        "news",
        "敦化一企业车间起火 无人员伤亡",
        "本报讯（记者 王小明）11月2日凌晨，敦化市一企业车间起火，消防部门接警后赶到现场扑救。据介绍，事故原因正在调查。",
    ),
    (
        "science",
        "为什么冬天摸门把手会被电？",
        "静电是怎么产生的？物理学家解释，干燥的空气使电荷不容易散去。专家建议用加湿器，触摸金属前先摸墙。",
    ),
    (
        "debunk",
        "吃大蒜能预防流感？假的",
        "网传吃大蒜能预防流感，这是谣言。目前没有证据表明大蒜有这种作用，专家提醒不信谣不传谣。",
    ),
    ("other", "", "求扩散！我的狗在南湖公园走丢了，好心人看到请转发，谢谢大家啊"),
]


@pytest.mark.parametrize(("key", "text"), EMERGENCIES)
def test_a_text_about_a_hazard_gets_the_hazard_first(tagger: Tagger, key: str, text: str) -> None:
    tags = tagger.tag(TaggedText("1", "", text)).emergency
    assert tags, "no emergency found"
    assert tags[0].key == key
    assert all(tag.evidence for tag in tags)


@pytest.mark.parametrize("text", NOT_EMERGENCIES)
def test_a_metaphor_or_another_subject_is_no_emergency(tagger: Tagger, text: str) -> None:
    assert tagger.tag(TaggedText("1", text, "")).emergency == ()
    assert tagger.tag(TaggedText("1", "", text)).emergency == ()


@pytest.mark.parametrize(("codes", "text"), LOCAL)
def test_a_text_gets_the_areas_it_is_about(tagger: Tagger, codes: list[str], text: str) -> None:
    tags = tagger.tag(TaggedText("1", "", text)).local
    assert sorted(tag.code for tag in tags) == codes
    assert all(tag.evidence for tag in tags)


@pytest.mark.parametrize(("key", "text"), AUDIENCES)
def test_a_text_for_a_group_gets_that_group_first(tagger: Tagger, key: str, text: str) -> None:
    tags = tagger.tag(TaggedText("1", text, "")).audience
    assert tags
    assert tags[0].key == key


@pytest.mark.parametrize(("kind", "title", "text"), KINDS)
def test_a_text_gets_the_kind_of_its_form(tagger: Tagger, kind: str, title: str, text: str) -> None:
    assert tagger.tag(TaggedText("1", title, text)).kind == kind


@pytest.mark.parametrize(
    ("title", "actions"),
    [
        ("东丰县气象台解除暴雨黄色，发布雷电黄色预警信号", {"rainstorm": "cancel", "hail_thunder": "issue"}),
        ("取消暴雨橙色预警信号，改发暴雨黄色预警信号", {"rainstorm": "downgrade"}),
        ("白城市气象台解除大风蓝色预警，发布大风橙色预警", {"wind": "upgrade"}),
        ("延边州应急管理局与气象局联合发布森林火险高火险橙色预警", {"forest_fire": "issue"}),
    ],
)
def test_a_warning_is_told_by_its_own_verb_and_not_by_that_of_the_one_before(
    tagger: Tagger, title: str, actions: dict[str, str]
) -> None:
    found = tagger.tag(TaggedText("1", title, title)).emergency
    assert {tag.key: tag.action for tag in found} == actions


@pytest.mark.parametrize(
    "title",
    [
        *("编辑部大地震，三位主编离职", "心里像下了一场暴雨", "县地震局篮球赛落幕", "话剧《雷雨》明晚上演"),
        *("综艺圈的泥石流", "二手房成交量迎来洪峰", "独角兽公司又传余震"),
        *("岩浆蛋糕的做法", "武开江，江城人看开江鱼上桌"),
    ],
)
def test_a_hazard_that_is_only_a_figure_or_a_name_is_no_emergency(tagger: Tagger, title: str) -> None:
    assert tagger.tag(TaggedText("1", title, "")).emergency == ()


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("大雪封路，班车停运", "snowstorm"),
        ("中巴翻下山沟", "traffic_accident"),
        ("山崖上滚下巨石，砸坏两户院墙", "geological"),
        ("残余环流过境，部分地区有大雨", "typhoon"),
        ("海底火山喷出熔岩，岛民撤离", "volcano"),
        ("江上冰坝抬高水位，岸边农户转移", "flood"),
        ("鸭场查出禽流感，全部扑杀", "animal_disease"),
        ("铜矿塌方，七名矿工被埋", "mine"),
        ("烟头引燃楼道杂物", "fire"),
        ("赶海遇涨水，三人被围孤岛", "flood"),
        ("山体垮塌，省道中断", "geological"),
        ("扶梯突然逆行，乘客摔伤", "building_collapse"),
        ("今晨老街大爆炸，玻璃碎了一地", "explosion"),
        ("地震发生时，她正在讲台上", "earthquake"),
        ("过河的三轮车被洪水冲走了", "flood"),
        ("楼下车库着火了，大家快走楼梯", "fire"),
    ],
)
def test_a_few_words_of_a_title_are_enough_where_the_hazard_and_what_it_did_stand_together(
    tagger: Tagger, title: str, key: str
) -> None:
    assert tagger.tag(TaggedText("1", title, "")).emergency[0].key == key


def test_marks_that_nobody_sees_do_not_push_a_title_out(tagger: Tagger) -> None:
    assert tagger.tag(TaggedText("1", "\u200b" * 600 + "长春发生地震", "")).emergency[0].key == "earthquake"
