"""Names in Chinese by-lines: who wrote it, who edited it, where it came from."""

from __future__ import annotations

import re

from connectors.extraction.blocks import plain

# the surnames of nearly everybody (Ministry of Public Security's yearly name report, ranks 1 to about 400), and double ones
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊"
    "金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛"
    "管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵欧阳解强柴华车冉房边辜吉饶刁瞿戚丘古米"
    "池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟那"
    "税闫肖付仝阚萨哈银荀闻莘逄苍亓佘麦邝麻蔺门种谌"
    "劉張陳楊趙黃吳孫鄭謝韓馮許鄧蕭葉閻鍾陸龍萬錢湯賀賴龔龐蘭顏嚴溫蘆魯韋畢聶叢齊莊關費紀項衛單寧歐羅馬蔣呂蘇盧賈譚鄒簡應塗鐘饒鮑麥顧樓齊巫錢陶"
)
_DOUBLE = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "司徒",
    "夏侯",
    "端木",
    "歐陽",
    "司馬",
    "范姜",
    "張簡",
)
_ROLE = "记者|通讯员|编辑|责编|摄影|校对|审核|实习|见习"
_NAME = rf"(?:(?!{_ROLE})[\u4e00-\u9fff·]){{2,4}}"
_JOIN = r"(?:\s*[、,/;&]\s*|\s+)"
_SURNAMED = rf"[{''.join(sorted(_SURNAMES))}][\u4e00-\u9fff]{{1,2}}(?![\u4e00-\u9fff])"
_NAMES = rf"{_NAME}(?:{_JOIN}{_NAME}){{0,7}}"
_LABELLED = re.compile(
    r"(?:作\s*者|撰\s*文|撰\s*稿人?|主笔|执笔人?|供稿人?|口述|发布者|发布人|发表者|署名|By|Author)\s*[:/|丨]\s*"
    r"((?:[A-Z][A-Za-z.'-]*(?: [A-Z][A-Za-z.'-]*)+|[^\s:|【】\[\]()<>《》]{1,20})(?: ?\([A-Z][\w.' -]{2,40}\))?(?:[ 、,/][^\s:|【】\[\]()<>《》\d]{2,4}(?=[\s、,/]|$)){0,6})"
)
_UNMARKED = re.compile(r"(?:作者|\b[Bb]y)\s?([\u4e00-\u9fff]{2,3})(?=[\s|/,;)\]]|$)")
_ENGLISH = re.compile(r"^By ([A-Z][A-Za-z.'-]{0,20}(?: [A-Z][A-Za-z.'-]{0,20}){1,3})$")
_WRITER = re.compile(
    rf"(?:^|[\s(【\[■□●])(?:(?:文|文字|图文|文图)\s*[/|:丨]|(?:文字?[/、](?:图片?|摄影)|(?:图片?|摄影)[/、]文字?)[\s/|:丨]|(?:图文|文图)\s)\s*({_NAMES})"
)
_WRITER_BEFORE = re.compile(rf"(?:^|[\s(□■●])({_NAMES})\s?/\s?文(?![\u4e00-\u9fff:/])")
"""张三/文 李四/图."""
_PICTURES = re.compile(
    rf"(?<![文和与及])(?<![文字][/、])(?:[供配制绘]?图片?|摄\s*影|[漫插]画)\s*[:/|丨]\s*(?:(?:本报|见习|特约)?记者\s*|通讯员\s*)?"
    rf"(?![文图]字?[\s:/|丨]){_NAME}(?![\u4e00-\u9fff]*\s?[:/|丨])(?:{_JOIN}{_NAME}(?![\u4e00-\u9fff]*\s?[:/|丨])){{0,7}}"
)
"""Who took the photographs or drew: no author and no editor."""
_AGENCY = re.compile(rf"(?:[快即簡]訊|快讯|即時|綜合|编译|編譯)\s*/\s*({_NAMES})(?=[\s|,(]|$)")
"""As papers of Taiwan and Hong Kong sign: 上報快訊／范姜佳鈺."""
_REPORTER = re.compile(
    rf"(?:记\s*者|記者|通讯员|实习生|特约撰稿人?|评论员|撰稿人)\s*[:/|丨]?\s*({_NAMES})(?!\s?摄(?!影报道|影\s*[:/|]?\s?{_SURNAMED}))(?=\s|$|[)】\]。,:/|;、]|通讯员|报道|摄影报道|见习|实习|文|图|整理|发自)"
)
_IN_BRACKETS = re.compile(
    rf"(?:^|[\s。!?”\"』」…])\(\s*((?:[\u4e00-\u9fff]{{2,18}}\s){{0,2}}{_NAMES})\s*(?:[\u4e00-\u9fff]{{2,6}}(?:报道|电)|报道|整理|编译|文|[供撰投]稿)?\s*\)\s*$"
    r"|^\(作者([\u4e00-\u9fff]{2,3})(?=[系为是])"
    rf"|^\(([\u4e00-\u9fff]{{1,18}}[科室处局站所院部办馆][{''.join(sorted(_SURNAMES))}][\u4e00-\u9fff]{{2}})\)$"
)
"""（李明）, （儿科 李明）, and on a line of their own （儿科李明） and （作者李明系…）."""
_POSTED = re.compile(
    r"posted\s*(?:@|on)?\s*(?:19|20)\d\d[-/]\d+[-/]\d+\s+(?:\d+:\d+)?\s*([^\s:,]{1,16})\s+阅读|(?:本[贴帖]由|楼主|发贴人|发帖人|由)\s*:?\s*([^\s:,，]{2,12}?)\s*于?\s*(?:19|20)\d\d"
)
_DATE_LINE = re.compile(
    r"^(?:https?://\S+\s+|[A-Za-z.]+\s+)?(?:19|20)\d\d[-年/.]\d{1,2}[-月/.]\d{1,2}日?\s*(?:\d{1,2}:\d\d(?::\d\d)?)?[\s|]+"
    r"([^\s|:]{2,16})(?:[\s|]+([\u4e00-\u9fff]{2,4}))?(?:[\s|].{0,20})?$"
)
_SIGNED = re.compile(
    r"^[\u4e00-\u9fff]{2,16}(?:科|系|室|所|院|部|站|队|中心|局)\s+([\u4e00-\u9fff]{2,3})\s+"
    r"(?:(?:副?主任|主治|住院|主管|执业)?(?:[医药护技]师|护士)|副?主任|护士长|副?教授|讲师|副?研究员|助理研究员|(?:高级|正高级)?(?:工程师|农艺师)|博士)$"
)
"""How a doctor or an expert signs below a text: where, who, as what."""
_OUTLET = re.compile(r"(?:报|網|网|社|电视台|广播|台|杂志|周刊|客户端|晨报|晚报|新闻|中国|在线|传媒)$")
_OWNER = re.compile(r"(?:©|\(c\)|copyright)[\s©\d\-–]{0,40}([\u4e00-\u9fff]{2,4})\s*$", re.I)
_EDITOR = re.compile(
    rf"(?:责任?\s*编\s*辑?|编\s*辑|責任?編輯|編輯|责编|责任编审|审校|整理)\s*[:/]\s*({_NAMES}|[\w]{{2,12}})"
)
_NO_NAME = re.compile(
    r"来源|时间|日期|发布|点击|浏览|阅读|编辑|记者|责任|摄影|字号|评论|出版社|转载|未知|佚名|本站|原创|通讯员|报道|发自|网友|匿名|综合|谢谢|感谢|^[您你我他她]|[您吗呢吧]$|"
    r"(?:管理|信息|宣传|录入|采编|维护|审核)员|^计划|^周[一二三四五六日末]$|小编|网管|站长|值班|^单位|^本[站网刊报馆院校局所会]|^root$|webmaster|^test|^guest|[病症癌瘤疹]$|血[压脂糖]$|"
    r"未完|待续|下同|资料|图片|节选|化名|网络|chinanews|admin|unknown|贡献者|project|team|^简介|^来自|[简繁]体中文|[中英]文$|^全文|^正文|原文|译文|^\W*\d+\W*$|^size=",
    re.I,
)
_ORGANISATION = re.compile(
    r"(?:网|網|社|报|台|臺|站|局|厅|部|委|协会|学会|中心|公司|集团|办公室|教研室|实验室|编委会|频道|新闻|消息|科技|科普|应急|疾控|融媒体?|科协|妇联|政务|财经|观察|整理|報|廳|會|團|頻道|新聞|財經|電視|雜誌|週刊|論壇|大學|學院|醫院|縣|區|杂志|周刊|博客|论坛|编辑部|公众号|客户端|大学|学院|研究所|医院|出版社|"
    r"网易|新浪|搜狐|腾讯|凤凰|县|市|省|区|\.com|\.cn|\.net)(?:[-·].{0,6})?$",
    re.I,
)
_OFFICE = re.compile(
    r"(?:[办室处股组]|..中队|^(?:康复|麻醉|安[全保监]|计[财划生]|车[辆管]|文[教体秘]|农[技机]|项目|全|党)科)$|"
    rf"^(?![{''.join(sorted(_SURNAMES))}][\u4e00-\u9fff]?科).*科$"
)
"""Offices and wards. A person may be called 王登科, so that of names in 科 only those count that cannot be one or are well known."""
_SOURCE = re.compile(
    r"(?<!素材)(?<!图片)(?<!数据)(?:来\s*源|來\s*源|稿\s*源|出\s*处|转\s*自|转载自|摘\s*自|原载)\s*(?:[:于]|\s|(?=《))\s*[《【\[(\"“]?\s*([^\s|》】\])(,。;\"”]{2,40})"
)
_CONTRIBUTED = re.compile(r"[供来投撰]稿(单\s*位|部门|科室)?\s*:\s*([^\s|》】\])(,。;\"”]{2,40})")
_SOURCE_END = re.compile(
    r"(?:作者|编辑|责任|记者|[供撰投]稿|审核|校对|发布|时间|日期|点击|浏览|阅读|[大中小]?字[号体]|评论|分享|参与互动|(?:19|20)\d\d[-年/.]|【|\[|\|).*$"
)
_NEXT_LABEL = re.compile(r"(?<=..)(?:责任编辑|责编|编辑|校对|审核|摄影|来源|发布时间|时间|日期)$")
"""Where the next label follows without a blank: 作者：张三责编：李四."""
_PLACED = re.compile(
    r"(?:[\u4e00-\u9fff]{2,18}(?:大学|学院|研究所|研究院|医院|气象台|学会|协会|中学|小学|中心|公司|[局科室处办馆])|[内外儿妇产眼骨药]科)(?:副?主任)?(?:医生|医师|护士长?)?([\u4e00-\u9fff]{2,3})"
)
"""Where somebody works, written before the name without a blank."""
_ROLES = frozenset({"记者", "通讯员", "见习记者", "实习生", "实习记者", "特约记者", "摄影", "摄影记者", "本报记者"})
_LABEL_OR_ROLE = re.compile(r"[:/|丨]|记者|通讯员|编辑|责编|摄影|评论员|作者|撰稿")
_PADDED = re.compile(rf"(?<![\u4e00-\u9fff])([{''.join(sorted(_SURNAMES))}])\s([\u4e00-\u9fff])(?![\u4e00-\u9fff])")
"""A name of two characters, spread to the width of one of three."""
_POSITION = re.compile(
    r"..(?:作者|作家|教授|[医药护技]师|医生|护士长?|主任|院长|所长|馆长|研究员|工程师|博士|硕士|专家|院士|科学家|讲师|老师|教师|研究生|委员|会员|理事|编辑)$"
)
"""What somebody is, written behind the name."""
_GATHERED = re.compile(r"^(?:综合|整理|摘编|摘录|改编|编译|转载|节选|选)+自")
_PARTS = re.compile(r"[\s、,/;&]+")


def is_person(text: str) -> bool:
    """Whether a stated author is a person rather than the site: '王頔' yes, '新华网' no."""
    name = text.strip()
    return 1 < len(name) <= 40 and not any(kind.search(name) for kind in (_ORGANISATION, _NO_NAME, _OFFICE))


def stated_people(said: str) -> str:
    """Who wrote it, of what a page states as its author: without roles and labels; "" where no writer is named."""
    text = plain(said).strip()
    if _LABEL_OR_ROLE.search(text):
        return author_in([text])
    if not is_person(text):
        return ""
    parts = [part for part in _PARTS.split(text) if part]
    return " ".join(parts) if all(is_chinese_name(part, 4) for part in parts) else said.strip()


def is_chinese_name(text: str, longest: int = 3) -> bool:
    """Whether two to four characters look like a person's name: a known surname first, and not a place."""
    if not re.fullmatch(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{2,6}·[\u4e00-\u9fff·]{2,12}", text):
        return False
    if "·" in text or text.startswith(_DOUBLE):
        return True
    return len(text) <= longest and text[0] in _SURNAMES and is_person(text)


def author_in(lines: list[str], *, editors: bool = False) -> str:
    """The first by-line's names, separated by single blanks; with `editors` only those who edited."""
    patterns = (
        ((_EDITOR, True),)
        if editors
        else (
            (_LABELLED, False),
            (_WRITER, True),
            (_WRITER_BEFORE, True),
            (_REPORTER, True),
            (_AGENCY, True),
            (_IN_BRACKETS, True),
            (_UNMARKED, True),
            (_SIGNED, True),
            (_ENGLISH, False),
            (_POSTED, False),
        )
    )
    flat = [_PICTURES.sub(" ", _PADDED.sub(r"\1\2", plain(line))) for line in lines]
    for pattern, strict in patterns:
        for line in flat:
            names = [
                name
                for match in pattern.finditer(line)
                for name in _people(next(filter(None, match.groups()), ""), strict)
            ]
            if names:
                return " ".join(dict.fromkeys(names))
    return ""


def _people(text: str, strict: bool) -> list[str]:
    """The names in a list of names; `strict` where no label says that they are names."""
    if re.search(r"[A-Za-z&]", text):
        return [text.strip()] if is_person(text) and not strict else []
    found: list[str] = []
    labelled = not strict
    for part in filter(None, _PARTS.split(text)):
        if part in _ROLES:
            continue
        if labelled and _POSITION.search(part):
            if found:
                break
            continue
        if not found and (_OFFICE.search(part) or _ORGANISATION.search(part)):
            # where somebody works stands before the name; of what follows only a name is one
            strict = True
            continue
        if len(part) > 2 and part.endswith("摄"):
            break
        part = _NEXT_LABEL.sub("", part)
        if (placed := _PLACED.fullmatch(part)) and is_chinese_name(placed[1]) and (labelled or len(placed[1]) > 2):
            part = placed[1]
        if strict and not is_chinese_name(part, 4 if len(_PARTS.split(text)) == 1 else 3):
            break
        if not is_person(part) or (found and part.startswith(("系", "为", "单位", "现"))):
            break
        found.append(part)
    return found


def source_in(lines: list[str]) -> str:
    """The name after 来源, without what follows it on the line."""
    for line in lines:
        for match in _SOURCE.finditer(plain(line)):
            name = _SOURCE_END.sub("", _GATHERED.sub("", match[1])).strip(" :-—_·《》“”\"'")
            if len(name) >= 2 and not name.isdigit() and not _NO_NAME.search(name) and not is_chinese_name(name):
                return name
    return ""


def contributed_by(lines: list[str]) -> str:
    """Who sent a piece in, where a line says so: 供稿单位：江城市中医院; behind 供稿 alone only an institution."""
    for match in (found for line in lines for found in _CONTRIBUTED.finditer(plain(line))):
        name = _SOURCE_END.sub("", match[2])
        named = match[1] and not is_chinese_name(name)
        if len(name) >= 2 and not _NO_NAME.search(name) and (named or _ORGANISATION.search(name)):
            return name
    return ""


def after_date(lines: list[str]) -> tuple[str, str]:
    """Source and author where a line gives them without labels: '2003年5月6日 08:30 吉林日报 李明'."""
    for line in lines:
        match = _DATE_LINE.match(plain(line))
        if match and _OUTLET.search(match[1]):
            return match[1], match[2] if match[2] and is_chinese_name(match[2]) else ""
    return "", ""


def posted_by(lines: list[str]) -> str:
    """Who posted a page, as forums say it anywhere, or whose site it is: 本贴由某某于2005年…, © 某某."""
    flat = [plain(line) for line in lines]
    for line in flat:
        if (match := _POSTED.search(line)) and is_person(name := match[1] or match[2]):
            return name
    owners = [match[1] for line in flat for match in _OWNER.finditer(line)]
    return next((name for name in owners if is_chinese_name(name)), "")


def lone_name(lines: list[str]) -> str:
    """A person named as 来源, as some pages do."""
    for line in lines:
        for match in _SOURCE.finditer(plain(line)):
            if is_chinese_name(match[1]):
                return match[1]
    return ""
