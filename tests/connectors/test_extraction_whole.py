"""What belongs to a text stays in it: first lines of notices, debunking, cells and items, whatever words they begin with."""

from __future__ import annotations

from datetime import datetime

import pytest

from connectors.extraction import BEIJING, Extracted, extract
from connectors.extraction.paging import with_note

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=BEIJING)
FIRST = "入冬以后，松花江畔的雾凇一天比一天浓，气象台的值班员每天清晨都要到江边去看一看，记下温度和风向。"
SECOND = "专家介绍，雾凇并不是冰，也不是雪，它是过冷的水滴碰到物体后冻结而成的，风小的时候最容易出现。"


def read(content: str, *, title: str = "雾凇是怎样形成的", info: str = "2026-11-18 10:00 来源：某某网") -> Extracted:
    return extract(
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1><div>{info}</div>"
        f'<div class="article">{content}</div></body></html>',
        "http://www.example.cn/a/1.html",
        now=NOW,
    )


# ---------------------------------------------------------------- the beginning


@pytest.mark.parametrize(
    "line",
    [
        "根据省科协部署，定于2026年11月25日至30日举办科普日活动，现将有关事项通知如下：",
        "时间回到1998年的夏天，嫩江流域洪水滔天，几万人守在大堤上，谁也没有后退一步！",
        "阅读能给一个村庄带来什么？在榆树市的一个小村里，孩子们用三年时间给出了答案！",
        "位置偏远、交通不便、冬季漫长，天池的水位观测为何坚持了六十年？",
        "报名截止时间：2026年11月25日17:00",
        "2026年11月17日，长春净月潭国家森林公园雪景（无人机照片）",
        "时间：2026年11月28日（周六）9:00—11:00",
        "时间：11月28日上午9时",
        "吉林省气象台发布暴雪橙色预警信号：",
    ],
)
def test_a_first_line_that_begins_like_a_label_or_bears_a_day_is_text(line: str) -> None:
    assert read(f"<p>{line}</p><p>{FIRST}</p><p>{SECOND}</p>").text == f"{line}\n{FIRST}\n{SECOND}"


def test_a_notice_of_a_lecture_says_when_and_where() -> None:
    found = read(
        f"<p>时间：2026年11月28日</p><p>地点：一楼报告厅</p><p>主讲人：王伟教授</p><p>{FIRST}</p><p>{SECOND}</p>"
    )
    assert found.text.splitlines()[:3] == ["时间：2026年11月28日", "地点：一楼报告厅", "主讲人：王伟教授"]


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-18 10:00 来源：某某网 浏览：1,234次",
        "发布时间：2026年11月18日　字号：[大 中 小]",
        "时间：2026-11-18　信息来源：某某科普网　字体：[大 中 小]",
        "作者：张明 来源：县科协 点击数：33",
        "【选择字号：小 中 大】",
        "选择字体：大 | 中 | 小",
        "某某日报 2026年11月18日 08:30",
        "（原标题：雾凇为什么美？专家来解答！）",
        "http://www.example.cn/ 2026-11-18 16:17:00",
    ],
)
def test_a_line_that_is_wholly_the_pages_own_goes_from_above_the_text(line: str) -> None:
    assert read(f"<p>{line}</p><p>{FIRST}</p><p>{SECOND}</p>").text == f"{FIRST}\n{SECOND}"


@pytest.mark.parametrize("tools", ["打印 发E-mail给", "【打印】【发Email给好友】【关闭】"])
def test_a_statement_above_the_tools_of_the_page_goes_with_them(tools: str) -> None:
    statement = "声明：本文仅代表作者个人观点，不代表本网立场。"
    assert read(f"<p>{FIRST}</p><p>{SECOND}</p><p>{statement}</p><p>{tools}</p>").text == f"{FIRST}\n{SECOND}"


def test_a_warning_keeps_who_issued_it_and_when() -> None:
    lines = [
        "吉林省气象台发布暴雪橙色预警信号：",
        "发布时间：2026年11月25日18时",
        "预计未来6小时，长春、四平降雪量将达10毫米以上，请有关单位和人员作好防范准备。",
        "发布单位：吉林省气象台",
    ]
    found = read("".join(f"<p>{line}</p>" for line in lines), title="暴雪橙色预警信号")
    assert found.text.splitlines() == lines


@pytest.mark.parametrize(
    "lines",
    [
        ["2026年11月20日 寒潮蓝色预警发布", "2026年11月22日 升级为黄色预警"],
        ["2003.10.15 神舟五号升空", "2008.09.25 神舟七号升空", "2011.09.29 天宫一号发射"],
        ["2026年11月20日 全省气象台会商寒潮", "2026年11月21日 长春设立救助站和服务台"],
        ["2026年11月1日：天问三号转场", "2026年11月9日：火箭加注推进剂"],
        ["位置：长白山北坡", "海拔：1800米", "分类：温带针阔混交林"],
        ["标签：国家级自然保护区"],
        ["位置：太阳系第三颗行星"],
        ["阅读 让生活更美好"],
        ["编辑：用基因剪刀改写生命"],
        ["2026年11月20日 寒潮来了"],
    ],
)
def test_what_a_text_says_of_its_matter_or_of_a_day_is_no_label_of_the_page(lines: list[str]) -> None:
    assert read("".join(f"<p>{line}</p>" for line in [*lines, FIRST, SECOND])).text.splitlines() == [
        *lines,
        FIRST,
        SECOND,
    ]


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-18 新华网",
        "2026年11月18日 星期三 08:30 某某日报 张明",
        "2026-11-18 08:30:12 来源 新华社 字号",
        "2026.11.18 阅读(123)",
        "发布时间：2026-11-18</p><p>分类：科普",
        "您的位置：首页 > 科普 > 正文",
        "编辑：小雪",
        "编辑：某某晚报新媒体编辑部",
    ],
)
def test_what_says_where_and_when_the_page_came_out_goes_all_the_same(line: str) -> None:
    assert read(f"<p>{line}</p><p>{FIRST}</p><p>{SECOND}</p>").text == f"{FIRST}\n{SECOND}"


# ---------------------------------------------------------------- the middle


@pytest.mark.parametrize(
    "sentence",
    [
        "经查，该视频系外地网民编造后由他人上传并发布，内容与长春无关。",
        "所谓“喝白酒能防流感”的说法不代表医学界的观点，请勿轻信。",
        "编辑：甲流怎么传播？",
        "编辑：谢谢您。",
    ],
)
def test_a_sentence_with_words_of_a_platform_is_text(sentence: str) -> None:
    for content in (f"<p>{FIRST}</p><p>{sentence}</p><p>{SECOND}</p>", f"<p>{FIRST}{SECOND}</p><p>{sentence}</p>"):
        assert sentence in read(content).text


@pytest.mark.parametrize(
    "line",
    [
        "特别声明：以上内容(如有图片或视频亦包括在内)为自媒体平台“网易号”用户上传并发布，本平台仅提供信息存储服务。",
        "平台声明：该文观点仅代表作者本人，搜狐号系信息发布平台，搜狐仅提供信息存储空间服务。",
        "本文仅代表作者个人观点",
    ],
)
def test_what_a_platform_is_not_responsible_for_stands_below_the_text(line: str) -> None:
    assert read(f"<p>{FIRST}</p><p>{SECOND}</p><p>{line}</p>").text == f"{FIRST}\n{SECOND}"


ADVISED = (
    "<table><tr><th>人群</th><th>建议</th></tr><tr><td>六十岁以上老人</td><td>推荐</td></tr><tr><td>孕妇</td><td>推荐</td></tr>"
    "<tr><td>对鸡蛋严重过敏者</td><td>不推荐</td></tr></table>"
)
RATED = "<table><tr><td>风险</td><td>大</td><td>中</td><td>小</td></tr><tr><td>积雪</td><td>20厘米</td><td></td><td>小</td></tr></table>"


def test_the_cells_of_a_table_stay_wherever_it_stands() -> None:
    found = read(f"<p>{FIRST}</p>{ADVISED}<p>{SECOND}</p>{RATED}")
    assert "六十岁以上老人\n推荐\n孕妇\n推荐\n对鸡蛋严重过敏者\n不推荐\n" in found.text
    assert found.text.endswith("风险\n大\n中\n小\n积雪\n20厘米\n小")
    assert found.html.count("<td>推荐</td>") == 2
    assert "<td>20厘米</td><td></td><td>小</td>" in found.html


def test_the_items_of_a_list_stay_and_a_bar_of_tools_does_not() -> None:
    items = "".join(f"<li>{each}</li>" for each in ("微信", "微博", "抖音", "朋友圈"))
    short = "<ul><li>微信</li><li>微博</li></ul>"
    bar = "<ul><li>微信</li><li>微博</li><li>朋友圈</li></ul>"
    found = read(
        f"<p>{FIRST}</p><p>谣言主要在下列平台传播：</p><ul>{items}</ul><p>尤其要当心：</p>{short}<p>{SECOND}</p>分享到：{bar}"
    )
    assert (
        found.text == f"{FIRST}\n谣言主要在下列平台传播：\n微信\n微博\n抖音\n朋友圈\n尤其要当心：\n微信\n微博\n{SECOND}"
    )


# ---------------------------------------------------------------- scripts


NOTICE = "因管道抢修，11月21日8时至17时城北片区停水，请提前储水。"
COUNTY = "某某县位于吉林省东部，面积三千平方公里，人口二十万，境内有天池风景区和温泉，是全国绿色食品基地县。" * 3


def test_a_short_notice_is_not_replaced_by_what_a_script_says_about_the_site() -> None:
    script = f'<script>var site={{"title":"某某县人民政府网","content":"{COUNTY}"}};</script>'
    found = read(f"<p>{NOTICE}</p>{script}", title="停水通知")
    assert (found.title, found.text) == ("停水通知", NOTICE)


def test_the_summary_on_a_page_gives_way_to_the_whole_text_of_the_same_headline() -> None:
    script = f'<script>var page={{"title":"停水通知","content":"{COUNTY}"}};</script>'
    assert read(f"<p>{NOTICE}</p>{script}", title="停水通知").text == COUNTY


def test_of_texts_in_a_script_the_one_with_a_headline_is_the_article_and_not_the_longest_comment() -> None:
    article = f'{{"title":"雪后除冰","publish_time":"2026-11-20 08:00:00","content":"<p>{FIRST}</p><p>{SECOND}</p>"}}'
    script = f'<script>window.__STATE__={{"detail":{article},"comments":[{{"content":"{COUNTY}"}}]}}</script>'
    found = extract(f"<html><head><title>县融媒</title></head><body><div id=app></div>{script}</body></html>")
    assert (found.title, found.text) == ("雪后除冰", f"{FIRST}\n{SECOND}")


# ---------------------------------------------------------------- days


def day(found: Extracted) -> str:
    return found.published_at.astimezone(BEIJING).date().isoformat() if found.published_at else ""


SIGNED = f"<p>{FIRST}</p><p>{SECOND}</p><p>某某县应急管理局</p><p>2026年10月9日</p>"


@pytest.mark.parametrize("bar", ["今天是2026年11月26日 星期四 欢迎访问", "欢迎光临，今天是11月26日"])
def test_the_day_of_the_visit_in_a_bar_is_not_the_day_of_publishing(bar: str) -> None:
    page = f"<html><head><title>关于冬季防火的公告</title></head><body><div>{bar}</div><h1>关于冬季防火的公告</h1>"
    assert day(extract(f"{page}<div class=content>{SIGNED}</div></body></html>", now=NOW)) == "2026-10-09"


@pytest.mark.parametrize("line", ["——10年前的约定", "——三十年前他从这里出发", "栏目：刚刚发生", "刚刚过去的冬天"])
def test_words_about_the_past_are_no_time_of_publishing(line: str) -> None:
    assert day(read(f"<p>{FIRST}</p><p>{SECOND}</p>", info=f"11-20 08:30</div><div>{line}")) == "2026-11-20"


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ("2026-11-10 某某科技馆</div><div>报名截止时间：2026年11月25日17:00", "2026-11-10"),
        ("农历10月8日 来源：气象局", ""),
        ("2026年11月18日 农历十月初十", "2026-11-18"),
        ("發布日期：民國115年11月20日", "2026-11-20"),
        ("3分钟前 来源：某某网", "2026-11-26"),
        ("刚刚更新", "2026-11-26"),
    ],
)
def test_days_of_other_calendars_and_of_events_are_told_apart(info: str, expected: str) -> None:
    assert day(read(f"<p>{FIRST}</p><p>{SECOND}</p>", info=info)) == expected


def test_a_day_in_characters_may_have_blanks_in_it() -> None:
    assert day(read(f"<p>{FIRST}</p><p>{SECOND}</p><p>二○二六年 十月 三十日</p>", info="")) == "2026-10-30"


# ---------------------------------------------------------------- writers


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("本文适用人群：慢性病患者（高血压）", ""),
        ("主要作物为土豆（马铃薯）", ""),
        ("编辑：谢谢您。", ""),
        ("雾凇还会再来。（张力军）", "张力军"),
        ("（记者 张力军）", "张力军"),
    ],
)
def test_what_stands_in_brackets_behind_a_noun_wrote_nothing(line: str, name: str) -> None:
    assert read(f"<p>{FIRST}</p><p>{SECOND}</p><p>{line}</p>").author == name


# ---------------------------------------------------------------- headings, names of elements, pictures beside the text


@pytest.mark.parametrize("heading", ["<h3>{}</h3>", "<p><strong>{}</strong></p>"])
def test_what_people_say_about_it_may_be_a_part_of_the_text(heading: str) -> None:
    said, truth = "“家里的微波炉再也不敢用了。”“这是真的吗？”", "微波是非电离辐射，不会使食物带有放射性。"
    found = read(
        f"<p>{FIRST}{SECOND}</p>{heading.format('网友评论')}<p>{said}</p>{heading.format('专家辟谣')}<p>{truth}</p>"
    )
    assert found.text.endswith(f"{said}\n专家辟谣\n{truth}")


def test_below_links_to_other_articles_the_text_goes_on_under_its_next_heading() -> None:
    links = "".join(f"<li><a href=/{i}>别的文章的标题之{i}，一共很多字</a></li>" for i in range(4))
    found = read(
        f"<p>{FIRST}{SECOND}</p><h3>相关阅读</h3><ul>{links}</ul><h3>专家建议</h3><p>雪天出门要穿防滑的鞋，走路要慢。</p>"
    )
    assert found.text.endswith("专家建议\n雪天出门要穿防滑的鞋，走路要慢。")
    assert "别的文章" not in found.text


def test_a_comment_below_an_article_is_none_of_its_text() -> None:
    found = read(f"<p>{FIRST}{SECOND}</p><h3>网友评论</h3><div>张三：写得真好，学到了很多东西。</div>")
    assert found.text == FIRST + SECOND


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('<p class="hot">注意：服用头孢期间不要饮酒</p>', "注意：服用头孢期间不要饮酒"),
        ('<div class="rank"><b>第一名</b><span>微波炉致癌</span></div>', "第一名微波炉致癌"),
    ],
)
def test_a_line_that_catches_the_eye_is_text_though_it_is_called_like_a_list(line: str, words: str) -> None:
    assert read(f"<p>{FIRST}</p>{line}<p>{SECOND}</p>").text == f"{FIRST}\n{words}\n{SECOND}"


def test_the_same_names_over_links_are_lists_of_other_articles() -> None:
    links = (
        '<div class="hot"><b>热榜</b><a href=/1>别的文章的标题有很多字</a><a href=/2>还有一篇文章的标题也长</a></div>'
    )
    assert read(f"<p>{FIRST}</p>{links}<p>{SECOND}</p>").text == f"{FIRST}\n{SECOND}"


def test_pictures_beside_links_to_other_articles_are_not_this_ones() -> None:
    others = (
        '<li><a href="/1"><img src="/pic/other.jpg" width=200>别的文章标题一二三四五</a></li>'
        '<li><a href="/2"><img src="/pic/third.jpg" width=200></a><p><a href="/2">又一篇文章标题二三四五六</a></p></li>'
    )
    own = '<p><a href="/pic/large.jpg"><img src="/pic/own.jpg" width=600></a></p>'
    found = read(f"<p>{FIRST}</p>{own}<p>{SECOND}</p><div class=box><h3>相关阅读</h3><ul>{others}</ul></div>")
    assert [picture.url for picture in found.images] == ["http://www.example.cn/pic/own.jpg"]


# ---------------------------------------------------------------- files

FOOT = '<div class="footer"><p>版权所有：某某县人民政府 主办：某某县人民政府办公室</p><p>网站标识码2200000001</p></div>'
PLAN = "附件：<a href='/files/plan.pdf'>某某县自然灾害应急预案.pdf</a>"


def files(found: Extracted) -> list[tuple[str, str]]:
    return [(each.name, each.url) for each in found.attachments]


def test_a_notice_of_nothing_but_a_file_has_that_as_its_text_and_not_the_footer() -> None:
    found = extract(
        f"<html><head><title>关于印发应急预案的通知</title></head><body><div class=nav><a href=/>首页</a></div><div class=main>"
        f"<h1>关于印发应急预案的通知</h1><div>发布时间：2026-11-20 09:30 来源：县政府办</div><div class=content><p>{PLAN}</p></div>"
        f"</div>{FOOT}</body></html>",
        "http://www.example.cn/a/1.html",
        now=NOW,
    )
    assert (found.text, found.source_name, day(found)) == ("附件：某某县自然灾害应急预案.pdf", "县政府办", "2026-11-20")
    assert files(found) == [("某某县自然灾害应急预案.pdf", "http://www.example.cn/files/plan.pdf")]
    assert "plan.pdf" in found.html


@pytest.mark.parametrize(
    "link",
    [
        '<a href="javascript:void(0)" onclick="window.open(\'/files/list.docx\')">名单</a>',
        '<a href="#" data-href="/files/list.docx">名单</a>',
    ],
)
def test_a_file_that_a_script_opens_is_an_attachment(link: str) -> None:
    found = read(f"<p>{FIRST}</p><p>{SECOND}</p><p>附件：{link}</p>")
    assert files(found) == [("名单", "http://www.example.cn/files/list.docx")]


def test_a_box_of_files_may_stand_far_from_the_text_if_it_says_so() -> None:
    deep = f"<div><div><div><div><p>{FIRST}</p><p>{SECOND}</p></div></div></div></div>"
    found = extract(
        f"<html><head><title>名单公示</title></head><body><div><div><h1>名单公示</h1><div class=content>{deep}</div>"
        f"<div class=fj>附件：<a href=/files/list.xlsx>名单.xlsx</a></div></div></div>"
        f"<div class=box><a href=/files/form.doc>办事表格下载</a></div></body></html>",
        "http://www.example.cn/a/1.html",
    )
    assert files(found) == [("名单.xlsx", "http://www.example.cn/files/list.xlsx")]


PDF = ("plan.pdf", "http://www.example.cn/files/plan.pdf")


@pytest.mark.parametrize(
    "shown",
    [
        '<iframe src="/js/pdfjs/web/viewer.html?file=/files/plan.pdf" width=800></iframe>',
        '<iframe src="https://view.example.com/op/view.aspx?src=http%3A%2F%2Fwww.example.cn%2Ffiles%2Fplan.pdf"></iframe>',
        '<embed src="/files/plan.pdf">',
        '<object data="/files/plan.pdf" type="application/pdf"></object>',
        '<script>showVsbpdfIframe("/files/plan.pdf","100%","600","0","","");</script>',
    ],
)
def test_a_file_shown_within_the_page_is_an_attachment(shown: str) -> None:
    found = read(f"<p>{FIRST}</p><p>{shown}</p><p>{SECOND}</p>")
    assert files(found) == [PDF]
    assert "plan.pdf</a>" in found.html
    alone = extract(
        f"<html><head><title>关于印发应急预案的通知</title></head><body><div class=main><h1>关于印发应急预案的通知</h1>"
        f"<div>发布时间：2026-11-20 09:30</div><div class=content>{shown}</div></div>{FOOT}</body></html>",
        "http://www.example.cn/a/1.html",
        now=NOW,
    )
    assert (alone.text, files(alone), day(alone)) == ("plan.pdf", [PDF], "2026-11-20")


def test_a_file_that_is_shown_and_linked_to_counts_once_under_its_name() -> None:
    found = read(f"<p>{FIRST}</p><p>{SECOND}</p><p>{PLAN}</p><embed src='/files/plan.pdf'>")
    assert files(found) == [("某某县自然灾害应急预案.pdf", PDF[1])]
    assert "plan.pdf" not in found.text


def test_a_film_and_a_page_in_a_frame_are_no_files() -> None:
    frames = (
        '<iframe src="/player.html?v=1.mp4"></iframe><iframe src="/map.html"></iframe><script>show("/a.js")</script>'
    )
    assert files(read(f"<p>{FIRST}</p>{frames}<p>{SECOND}</p>")) == []


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("<a href='/download.do?attachId=6'>报名表（下载）</a>", [("报名表（下载）", "file")]),
        ("<a href='/sys/attachment?op=get&fid=a6'>附件1</a>", [("附件1", "file")]),
        ("<a href='/download/app?id=6'>下载客户端</a>", []),
        ("<a href='/download/'>报名表</a>", []),
    ],
)
def test_a_number_that_a_page_calls_a_file_is_one_of_unknown_kind(link: str, expected: list[tuple[str, str]]) -> None:
    found = read(f"<p>{FIRST}</p><p>{SECOND}</p><p>{link}</p>")
    assert [(each.name, each.kind) for each in found.attachments] == expected


# ---------------------------------------------------------------- articles of several pages


def pager(links: str, name: str = "page") -> str:
    return f'<p>{FIRST}</p><p>{SECOND}</p><div class="{name}">{links}</div>'


NUMBERS = "".join(f'<a href="1_{i}.html">{i}</a>' for i in (2, 3))


def test_how_many_pages_an_article_has_and_where_it_goes_on_is_known() -> None:
    found = read(pager(f'<span>1</span>{NUMBERS}<a href="1_2.html">下一页</a>'))
    assert (found.pages, found.text) == (3, f"{FIRST}\n{SECOND}")
    assert found.following == "http://www.example.cn/a/1_2.html"
    assert with_note(found.html, found.pages).endswith("<p>（原文共 3 页，这里不是全文，其余各页请看原文。）</p></div>")


@pytest.mark.parametrize(
    ("links", "following"),
    [
        ('<span>1</span><a href="1_2.html">[2]</a><a href="1_2.html">下一页 &gt;</a>', "/a/1_2.html"),
        ('<ul><li>1</li><li><a href="?page=2">2</a></li><li><a href="?page=2">›</a></li></ul>', "/a/1.html?page=2"),
        ('<a href="1_2.html">第2页：怎么看</a><a href="1_2.html">下一页</a>', "/a/1_2.html"),
    ],
)
def test_the_page_after_this_is_found_however_it_is_numbered(links: str, following: str) -> None:
    assert (found := read(pager(links))).pages == 2
    assert found.following == f"http://www.example.cn{following}"


@pytest.mark.parametrize(
    "content",
    [
        pager('<a href="2.html">下一页</a>'),
        pager('<a href="1.jpg">1</a><a href="2.jpg">2</a><a href="2.jpg">下一页</a>'),
        pager(f'{NUMBERS}<a href="1_2.html">下一页</a>', "comment-pages"),
        pager('<a href="/zt/a.html">2</a><a href="/b/c.html">3</a>'),
        f"<p>{FIRST}</p><p>{SECOND}</p>",
    ],
)
def test_an_article_of_one_page_does_not(content: str) -> None:
    found = read(content)
    assert (found.pages, found.following) == (1, "")
    assert with_note(found.html, found.pages) == found.html


@pytest.mark.parametrize(
    "way",
    [
        "返回搜狐，查看更多",
        "<a href=/>返回搜狐</a>，查看更多",
        "<a href=/><span>返回搜狐</span>，查看更多</a> <span>责任编辑：</span>",
    ],
)
def test_the_way_back_behind_the_last_sentence_is_no_part_of_it(way: str) -> None:
    found = read(f"<p>{FIRST}</p><p>{SECOND}{way}</p>")
    assert found.text == f"{FIRST}\n{SECOND}"
    assert "返回" not in found.html
    assert read(f"<p>{FIRST}</p><p>{SECOND}点击返回首页，查看更多</p>").text.endswith("点击返回首页，查看更多")
