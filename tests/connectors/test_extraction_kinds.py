"""The kinds of page there are: threads, pages made by scripts, notices with files, sites with a rule, times without a year."""

from __future__ import annotations

import json
import time
from datetime import date, datetime

import pytest
from pydantic import ValidationError

from config.files import FOLDER, entries
from connectors.extraction import BEIJING, SiteRule, extract
from connectors.extraction.blocks import parse
from connectors.extraction.names import author_in
from connectors.extraction.recent import recent
from connectors.extraction.selectors import SelectorError, elements_at

TEXT = "长白山天池火山监测站今天公布了观测结果：地震活动处于背景水平，山体形变也在正常范围内，专家说不必担心。"
PARAGRAPHS = f"<p>{TEXT}</p>" * 3
NOW = datetime(2026, 11, 26, 8, 0, tzinfo=BEIJING)
URL = "http://kx.example/a/1.html"


def page(body: str, head: str = "", title: str = "天池火山活跃吗_示例网") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


# ---------------------------------------------------------------- times


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("刚刚 来源：新华网", "2026-11-26 08:00"),
        ("3小时前", "2026-11-26 05:00"),
        ("半小时前", "2026-11-26 07:30"),
        ("昨天 12:30", "2026-11-25 12:30"),
        ("前天", "2026-11-24 00:00"),
        ("2天前", "2026-11-24 08:00"),
        ("11-25 09:10", "2026-11-25 09:10"),
        ("昨天下午3:20", "2026-11-25 15:20"),
        ("昨晚 8:05", "2026-11-25 20:05"),
        ("今早8点", "2026-11-26 08:00"),
        ("12月31日 09:10", "2025-12-31 09:10"),
        ("发布时间：10-0812:00", "2026-10-08 12:00"),
    ],
)
def test_a_time_is_understood_from_when_the_page_was_fetched(written: str, meant: str) -> None:
    found = extract(page(f"<h1>天池火山活跃吗</h1><div>{written}</div><div>{PARAGRAPHS}</div>"), URL, now=NOW)
    assert found.published_at is not None
    assert found.published_at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M") == meant


def test_without_that_the_year_comes_from_the_page_or_there_is_no_date() -> None:
    body = f"<h1>天池火山活跃吗</h1><div>09-07 12:30</div><div>{PARAGRAPHS}</div>"
    dated = extract(page(body + "<div>Copyright © 2005-2019 示例网</div>"), URL).published_at
    assert dated == datetime(2019, 9, 7, 12, 30, tzinfo=BEIJING)
    assert extract(page(body), URL).published_at is None
    assert recent("3小时前", None, 2019) is None


def test_a_telephone_number_is_no_date() -> None:
    assert recent("电话 04-31 转 8-12", NOW, None) is None


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2023-05-06T08:30:00+08:00">',
        '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2023-05-06T00:30:00Z"}</script>',
    ],
)
def test_what_the_page_says_to_machines_comes_first(head: str) -> None:
    found = extract(page(f"<h1>天池火山活跃吗</h1><div>2024-01-01</div><div>{PARAGRAPHS}</div>", head), URL)
    assert found.published_at == datetime(2023, 5, 6, 8, 30, tzinfo=BEIJING)


def test_microdata_and_time_elements_are_read() -> None:
    for mark in ('<span itemprop="datePublished" content="2023-05-06 08:30">', '<time datetime="2023-05-06 08:30">'):
        found = extract(page(f"<h1>天池火山活跃吗</h1>{mark}去年</span></time><div>{PARAGRAPHS}</div>"), URL)
        assert found.published_at == datetime(2023, 5, 6, 8, 30, tzinfo=BEIJING), mark


def test_the_clock_of_a_comment_is_not_the_articles() -> None:
    body = f"<h1>天池火山活跃吗</h1><div>2023-05-06</div><div>{PARAGRAPHS}</div><div>网友 2023-05-06 20:33:49</div>"
    found = extract(page(body), URL)
    assert (found.published_at, found.exact) == (datetime(2023, 5, 6, tzinfo=BEIJING), False)


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("记者 王五 通讯员 赵六", "王五 赵六"),
        ("新华社长春5月6日电（记者李明、王晓明）", "李明 王晓明"),
        ("1164次阅读| 来源某网| 0 条评论| 作者魏新", "魏新"),
        ("作者简介 李明", ""),
        ("撰文丨周宁", "周宁"),
    ],
)
def test_writers_stand_in_many_forms_of_line(line: str, names: str) -> None:
    assert author_in([line]) == names


@pytest.mark.parametrize(
    ("line", "source", "author"),
    [
        ("2003年5月6日 08:30 吉林日报 李明", "吉林日报", "李明"),
        ("http://www.example.com 2005年03月21日11:21 新闻晚报", "新闻晚报", ""),
        ("2005年03月21日 星期一", "", ""),
        ("2005年03月21日 天池水位下降", "", ""),
    ],
)
def test_a_source_may_stand_behind_the_time_without_a_label(line: str, source: str, author: str) -> None:
    found = extract(page(f"<h1>天池火山活跃吗</h1><div>{line}</div><div>{PARAGRAPHS}</div>"))
    assert (found.source_name, found.author) == (source, author)


def test_what_an_author_is_stands_behind_his_name() -> None:
    assert author_in(["（作者：李明，系吉林大学教授）"]) == "李明"
    assert author_in(["posted @ 2023-05-06 08:30 老王 阅读(33)"]) == "老王"


# ---------------------------------------------------------------- threads


def test_a_thread_is_read_with_its_short_replies_and_without_its_furniture() -> None:
    posts = [TEXT, "谢谢楼主，收藏了。", "二楼说得对。"]
    shown = "".join(
        f"<div id='post_{n}'><table><tr><td class='pls'>用户{n}<p>积分 {n}</p></td><td class='plc'>"
        f"<div class='authi'>发表于 2023-5-{n + 1} 08:30 | 只看该作者</div><div id='postmessage_{n}'>{text}</div></td></tr></table></div>"
        for n, text in enumerate(posts)
    )
    found = extract(
        page(f"<div id='postlist'>{shown}</div><div class='footer'>版权所有</div>", title="天池怎么走 - 某论坛")
    )
    assert found.text.split("\n") == posts
    assert found.published_at == datetime(2023, 5, 1, 8, 30, tzinfo=BEIJING)


def test_an_article_with_comments_is_no_thread() -> None:
    comments = "".join(f"<div class='comment'><p>第{n}条评论，写得不错，支持一下作者。</p></div>" for n in range(4))
    found = extract(page(f"<h1>天池火山活跃吗</h1><div>{PARAGRAPHS}</div><h3>网友评论</h3><div>{comments}</div>"), URL)
    assert "评论" not in found.text


# ---------------------------------------------------------------- pages made by scripts


@pytest.mark.parametrize(
    "script",
    [
        '<script id="__NEXT_DATA__" type="application/json">%s</script>',
        "<script>window.__INITIAL_STATE__ = %s;(function(){})()</script>",
    ],
)
def test_an_article_that_only_a_script_holds_is_read(script: str) -> None:
    article = {
        "title": "天池火山活跃吗",
        "content": PARAGRAPHS,
        "publishTime": "2023-05-06 08:30",
        "source": "吉林日报",
    }
    state = json.dumps({"props": {"page": [{"detail": article}, {"menu": "首页"}]}}, ensure_ascii=False)
    found = extract(page("<div id='app'></div>" + script % state, title="示例网"), URL)
    assert (found.title, found.source_name) == ("天池火山活跃吗", "吉林日报")
    assert found.text == "\n".join([TEXT] * 3)
    assert found.published_at == datetime(2023, 5, 6, 8, 30, tzinfo=BEIJING)


def test_a_script_that_only_looks_like_data_gives_nothing() -> None:
    assert extract(page("<p>x</p><script>var a = {b: function(){ return '" + TEXT * 3 + "'}}</script>")).text == "x"


def test_a_page_that_ends_in_its_middle_is_read_to_its_end() -> None:
    body = f"<div class='header'>首页</div></body></html><button type='button' /><div>{PARAGRAPHS}</div>"
    assert extract(page(body), URL).text == "\n".join([TEXT] * 3)


def test_a_poem_has_a_text_though_it_has_no_sentence() -> None:
    lines = ["床前明月光", "疑是地上霜", "举头望明月", "低头思故乡"]
    body = f"<div class='nav'><a href='/'>首页</a></div><h1>静夜思</h1><div>{'<br>'.join(lines)}</div>"
    assert extract(page(body, title="静夜思_古诗")).text.split("\n") == lines


# ---------------------------------------------------------------- files and pictures


def test_files_that_the_article_links_to_are_named_with_their_kind() -> None:
    body = (
        f"<div class='box'><h1>关于征集作品的通知</h1><div id='zoom'>{PARAGRAPHS}<p><a href='/f/P0201.pdf'>作品要求.pdf</a></p>"
        "<p><a href='download.jsp?id=3'>报名表.docx</a></p><p><a href='./a.XLS'>汇总</a></p></div>"
        "<ul class='fj'><li><a href='../x/b.zip'>素材包</a></li></ul></div>"
        "<div class='footer'><a href='/guide.pdf'>使用说明</a></div>"
    )
    found = extract(page(body, title="关于征集作品的通知"), URL)
    assert [(each.name, each.url, each.kind) for each in found.attachments] == [
        ("作品要求.pdf", "http://kx.example/f/P0201.pdf", "pdf"),
        ("报名表.docx", "http://kx.example/a/download.jsp?id=3", "doc"),
        ("汇总", "http://kx.example/a/a.XLS", "xls"),
        ("素材包", "http://kx.example/x/b.zip", "zip"),
    ]


def test_a_picture_has_its_largest_form_its_size_and_its_caption_and_ornaments_are_none() -> None:
    body = (
        "<figure><img data-src='/a.jpg' srcset='/a-300.jpg 300w, /a-1200.jpg 1200w' width='600' height='400'>"
        "<figcaption>台站外景</figcaption></figure><p><img src='/q.png' alt='扫一扫二维码'></p>"
        "<img src='/t.gif' width='1' height='1'><p><img src='/s.jpg' class='share-icon'></p><p><img data-src='/b.jpg' data-w='800' data-ratio='0.5'></p>"
    )
    found = extract(page(f"<div>{PARAGRAPHS}{body}{PARAGRAPHS}</div>"), URL)
    assert [(each.url, each.width, each.height, each.caption) for each in found.images] == [
        ("http://kx.example/a-1200.jpg", 600, 400, "台站外景"),
        ("http://kx.example/b.jpg", 800, 400, ""),
    ]
    assert "<figcaption>台站外景</figcaption>" in found.html


def test_what_editors_and_share_bars_say_is_left_out_and_tables_and_headings_stay() -> None:
    body = (
        f"<div>{PARAGRAPHS}<h2>各县雨量</h2><table><tr><th>县</th></tr><tr><td>抚松</td></tr></table>"
        "<p>（责任编辑：陈静）</p><p>编辑：李四 校对：王五 审核：赵六</p><p>【打印】【关闭】</p></div>"
    )
    found = extract(page(body), URL)
    assert found.text.endswith("各县雨量\n县\n抚松")
    assert "<h2>各县雨量</h2><table>" in found.html
    assert not any(word in found.html for word in ("责任编辑", "校对", "打印"))


# ---------------------------------------------------------------- rules of sites

OLD = SiteRule(
    hosts=("*.example",), valid_from=date(2020, 1, 1), valid_until=date(2024, 12, 31), title="h2.old", body="#old"
)
NEW = SiteRule(
    hosts=("*.example",), valid_from=date(2025, 1, 1), title="h2.new", source=".from", body="#new", drop=".ad"
)
BOTH = page(
    f"<h2 class='old'>旧标题</h2><h2 class='new'>新标题</h2><p class='from'>来源：吉林日报</p><div id='old'><p>旧。{TEXT}</p></div>"
    f"<div id='new'><p>新。{TEXT}</p><p class='ad'>广告：{TEXT}</p></div>"
)


@pytest.mark.parametrize(
    ("fetched", "title", "begins"), [(2023, "旧标题", "旧。"), (2026, "新标题", "新。"), (None, "新标题", "新。")]
)
def test_the_rule_that_was_valid_when_the_page_was_fetched_decides(
    fetched: int | None, title: str, begins: str
) -> None:
    now = datetime(fetched, 6, 1, tzinfo=BEIJING) if fetched else None
    found = extract(BOTH, URL, now=now, rules=[NEW, OLD])
    assert (found.title, found.text[:2]) == (title, begins)
    assert "广告" not in found.text or fetched == 2023


def test_where_no_rule_holds_the_page_is_read_without_one() -> None:
    older = extract(BOTH, URL, now=datetime(2019, 6, 1, tzinfo=BEIJING), rules=[NEW, OLD])
    assert older == extract(BOTH, URL, now=datetime(2019, 6, 1, tzinfo=BEIJING))
    assert extract(BOTH, "http://other.test/", rules=[NEW, OLD]) == extract(BOTH, "http://other.test/")


def test_the_rules_that_ship_are_in_order() -> None:
    rules = entries(FOLDER / "extraction_rules.toml", "rule", SiteRule)
    assert any("mp.weixin.qq.com" in rule.hosts for rule in rules)


@pytest.mark.parametrize("bad", ["div >> p", "p:hover", "[a", ", p", "a..b", "#"])
def test_a_selector_that_is_not_understood_is_refused_when_it_is_written(bad: str) -> None:
    with pytest.raises(SelectorError):
        elements_at(parse("<p>x"), bad)
    with pytest.raises(ValidationError, match="选择器写错了"):
        SiteRule(hosts=("a",), valid_from=date(2025, 1, 1), title=bad)


def test_selectors_find_what_css_would() -> None:
    root = parse("<div class='a b'><p id='x'>1</p><section><p title='old y'>2</p></section></div><p>3</p>")
    for selector, texts in [
        (".a > p", ["1"]),
        ("div.b p", ["1", "2"]),
        ("#x, [title^=old]", ["1", "2"]),
        ("p[title*='y']", ["2"]),
        ("*.c", []),
    ]:
        assert [element.text for element in elements_at(root, selector)] == texts, selector


# ---------------------------------------------------------------- pages made to be slow


@pytest.mark.parametrize(
    "piece",
    [
        f"<div><h3>相关阅读</h3><p>{TEXT}</p></div>",
        "<div id='post_1'><p>好。</p></div>",
        "<p>作者：张三、李四、王五、赵六、</p>",
        "<p>编辑：张 编辑：李 编辑：王 编辑：赵 x。</p>",
        "<script>a={};</script>",
        "&nbsp;" * 100,
    ],
)
def test_a_page_of_one_piece_many_times_is_read_in_time(piece: str) -> None:
    started = time.process_time()
    extract(page(piece * 6_000), URL)
    assert time.process_time() - started < 3


def test_a_page_whose_script_decodes_its_text_gives_that_text() -> None:
    sentence = "入冬以后，松花江畔的雾凇一天比一天浓，气象台的值班员每天清晨都要到江边去看一看，记下温度和风向。"
    script = (
        "<script>window.data = { nick_name: JsDecode('长白山科普'), title: JsDecode('雾凇'),"
        f" content_noencode: JsDecode('{sentence}\\x0a{sentence}\\x22好\\x22') }};</script>"
    )
    found = extract(f"<html><body><div>向上滑动看下一个</div>{script}</body></html>")
    assert found.text == f'{sentence}\n{sentence}"好"'
    assert found.title == "雾凇"
    assert found.source_name == "长白山科普"
