"""What stands around a text and is no part of it, who wrote it, and days that cannot be those of publishing."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest

from connectors.extraction import BEIJING, SCATTERED, SiteRule, extract, is_scattered
from connectors.extraction.names import stated_people
from connectors.sources.entries import content_of

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=BEIJING)
FIRST = "入冬以后，松花江畔的雾凇一天比一天浓，气象台的值班员每天清晨都要到江边去看一看，记下温度和风向。"
SECOND = "专家介绍，雾凇并不是冰，也不是雪，它是过冷的水滴碰到物体后冻结而成的，风小的时候最容易出现。"
TEXT = f"{FIRST}\n{SECOND}"


def page(before: str = "", after: str = "", *, head: str = "", info: str = "来源：某某网", end: str = "") -> str:
    return (
        f"<html><head><title>雾凇是怎样形成的</title>{head}</head><body><h1>雾凇是怎样形成的</h1><div>{info}</div>"
        f"<div class=content>{before}<p>{FIRST}</p><p>{SECOND}</p>{after}</div>{end}</body></html>"
    )


# ---------------------------------------------------------------- ends


@pytest.mark.parametrize(
    "lines",
    [
        ["上一篇：长春今冬第一场雪来得比往年早一些，市民要注意防滑", "下一篇：没有了"],
        ["上一条：查干湖冬捕开始了，第一网就有十万斤", "下一条：无"],
        ["长按识别下方二维码，关注我们"],
        ["扫码关注“雾凇科普”微信公众号，获取更多精彩内容！", "点击上方蓝字关注我们", "↓↓↓ 长按二维码关注 ↓↓↓"],
        ["声明：本网转载此文仅为传递更多信息之目的，并不意味着赞同其观点。文章内容仅供参考，如有侵权请联系删除。"],
        ["【版权声明】凡本网注明“来源：某某网”的作品，版权均属某某网所有，未经本网授权，不得转载、摘编。"],
        [
            "部分图片来自网络，版权归原作者所有，如有侵权请联系删除",
            "未经授权，禁止转载。",
            "本文系某某网原创，转载请注明出处。",
        ],
        [
            "来源：新华社、人民日报、央视新闻客户端、科普中国",
            "责编 张三 校对 李四",
            "一审丨王小明 二审丨李大力 三审丨赵敏",
        ],
        ["编辑丨王小明　审核丨李大力　终审丨赵敏", "值班编委：陈静", "总监制：张三", "END"],
        ["来源丨吉林日报", "记者 周宁 文/图", "（作者单位：吉林省气象科学研究所）"],
        [
            "分享到：微信 新浪微博 QQ空间 QQ好友 豆瓣 复制链接",
            "点分享 点收藏 点在看",
            "用微信扫描二维码分享至好友和朋友圈",
        ],
        ["下载APP，查看更多精彩内容", "举报/反馈", "发布于：吉林省", "阅读 (1234)"],
        ["关键词：雾凇 气象 冬季", "来源：雾凇观测站", "本文链接：http://www.example.cn/1.html"],
        ["本文来源：某某网-信息时报 作者：吴安 责任编辑：刘某某_NN2531"],
        ["本文来源：某某时尚 。内部来源 责任编辑：杨某某_NBJ11328"],
        [
            "本文来源：某某家居综合 责任编辑：罗某某_NOGZS1",
            "装修严选",
            "免费设计",
            "免费提供多种设计方案",
            "请输入您的称呼",
        ],
        [
            "策划制作",
            "作者丨张安 某某大学副教授",
            "审核丨李安 某某科学院研究员",
            "策划丨王安",
            "责编丨赵安",
            "审校丨徐安、林安",
        ],
        ["本文为某某科普·星空计划扶持作品", "出品丨某某科协科普部", "监制丨某某出版社有限公司、某某文化传媒有限公司"],
        ["作者：张安", "单位：某某省气象台", "审核专家：李安 某某大学教授", "科学顾问：王安"],
        ["供稿：科普部", "编辑：张安", "审核：李安", "签发：王安"],
        ["本文由某某省气象学会张安进行科学性把关", "本文封面图片来自版权图库，转载使用可能引发版权纠纷"],
        ["如果喜欢这篇文章，记得点赞、在看、转发哦", "觉得有用，就点个赞再走吧！", "星标“雾凇科普”，及时接收最新推文"],
        ["喜欢此内容的人还喜欢", "▼更多精彩内容▼", "往期精彩回顾"],
        ["责任编辑：张安 新闻热线：0431-88600000", "浏览次数：123次 发布日期：2026-11-25"],
        ["图集", "+1"],
        ["阅读 1024 赞 12", "点赞、在看"],
        ["阅读1.2万", "点赞+在看"],
        ["新闻热线：0431-88600000", "投稿邮箱：news@example.cn"],
        ["本报热线 0431-88600000 88600001"],
        ["不用抽 不用搶 現在用APP看新聞 保證天天中獎 點我下載APP 按我看活動辦法"],
    ],
)
def test_what_follows_the_last_sentence_is_no_text(lines: list[str]) -> None:
    found = extract(page(after="".join(f"<p>{line}</p>" for line in lines)), now=NOW)
    assert found.text == TEXT
    assert not any(line in found.html for line in lines)


@pytest.mark.parametrize(
    "heading", ["往期推荐", "往期回顾", "【熱門點閱】", "相關新聞", "編輯部推薦", "延伸閱讀", "更多報導"]
)
def test_what_stands_below_such_a_heading_are_other_articles(heading: str) -> None:
    others = f"<p>{heading}</p><p>●雾凇期间公交改道</p><p>去年雾凇来得晚</p>"
    assert extract(page(after=others), now=NOW).text == TEXT


@pytest.mark.parametrize("heading", ["推薦", "推荐阅读", "相关新闻"])
def test_a_box_that_a_script_fills_does_not_end_the_text(heading: str) -> None:
    rest = "雾凇最盛的时候，江边的树枝会长出几厘米长的冰晶，太阳一出来就纷纷落下，要看就得起早。"
    found = extract(page(after=f"<div class=only_mobile><div>{heading}</div></div><p>{rest}</p>"), now=NOW)
    assert found.text.startswith(TEXT)
    assert found.text.endswith(rest)


@pytest.mark.parametrize("advice", ["专家：开窗通风最重要", "制作：取面粉两斤，加水揉匀", "真相：喝酒不能御寒"])
def test_advice_that_looks_like_a_label_stays_above_the_line_of_editors(advice: str) -> None:
    found = extract(page(after=f"<p>{advice}</p><p>责任编辑：张安</p>"), now=NOW)
    assert found.text == f"{TEXT}\n{advice}"


def test_a_text_that_recommends_something_goes_on_below_that_heading() -> None:
    advice = "推荐使用带报警器的取暖设备，并定期检查电池。"
    assert extract(page(after=f"<h3>推荐</h3><p>{advice}</p>"), now=NOW).text.endswith(advice)
    others = "<h3>推荐</h3><p><a href=a>雾凇期间公交改道，市民出行请注意。</a></p><p>去年雾凇来得晚</p>"
    assert extract(page(after=others), now=NOW).text == TEXT


def test_what_a_platform_sets_behind_the_last_sentence_is_no_part_of_it() -> None:
    third = "气温回升以后，雾凇会很快脱落。"
    found = extract(page(after=f"<p>{third}<a href=/><span><i></i>返回某某，查看更多</span></a></p>"), now=NOW)
    assert found.text == f"{TEXT}\n{third}"
    assert "返回某某" not in found.html


def test_the_way_back_is_text_where_the_sentence_goes_on() -> None:
    third = "点错了可以返回首页，查看更多的帮助信息，也可以打电话问。"
    assert extract(page(after=f"<p>{third}</p>"), now=NOW).text == f"{TEXT}\n{third}"


@pytest.mark.parametrize("line", ["点击蓝字", "关注我们", "点击上方“雾凇科普”，订阅公众号", "长按二维码关注我们"])
def test_calls_to_follow_somebody_stand_before_the_text_too(line: str) -> None:
    assert extract(page(before=f"<p>{line}</p>"), now=NOW).text == TEXT


@pytest.mark.parametrize(
    "sentence",
    [
        "上一篇文章里，我们介绍了雪花的形状，今天来说说雾凇。",
        "声明中说，两国将加强气象合作，共同应对气候变化带来的挑战。",
        "版权保护是每一个作者都关心的问题，法律对此有明确的规定。",
        "扫描叶片上的二维码，农民就能知道用什么药，不必再跑到镇上去问。",
        "请扫描下方二维码报名，名额有限。",
        "来源广泛的水汽是雾凇形成的条件之一，江水终年不冻正是它的源头。",
        "市气象局办公室",
        "来源：冰川融水、雨水和地下水",
        "求助热线：12338",
        "视频在网上引来网友纷纷转发、点赞。",
        "请转发提醒家人，看到二维码先问一问",
        "转发、分享谣言也要承担责任",
        "审核专家：不要信偏方",
        "图片由AI生成的越来越多，要学会分辨",
        "心理援助热线：12356",
        "下载国家反诈中心APP",
        "立即下载国家反诈中心APP",
        "阅读能力",
        "摄影 王小明",
        "冰面安全提醒：家长要承担起监护的责任，不要让孩子到野外的冰面上玩耍。",
        "声明：网友所传的寒潮消息不实，请勿相信。",
        "专家提醒，未经作者许可不得转载他的照片，否则可能构成侵权。",
        "扫描陌生的二维码以后，手机可能被植入木马。",
        "请关注本地气象台的预报",
        "下一篇：雪花为什么是六角形的，我们下期再讲。",
        "2026年11月20日",
    ],
)
def test_sentences_that_begin_with_the_same_words_stay(sentence: str) -> None:
    assert extract(page(after=f"<p>{sentence}</p>"), now=NOW).text == f"{TEXT}\n{sentence}"
    if sentence.endswith("。"):
        assert extract(page(before=f"<p>{sentence}</p>"), now=NOW).text == f"{sentence}\n{TEXT}"


def test_a_text_of_nothing_else_is_not_taken_away() -> None:
    found = extract(
        "<html><body><div><p>编者按</p><p>未经授权，禁止转载，如有侵权，请联系我们删除。</p></div></body></html>"
    )
    assert found.text


def test_a_few_words_below_a_film_come_without_the_lines_above_them() -> None:
    body = "<h1>三分钟看懂雾凇</h1><div>2026-11-20 08:00 来源：某某台</div><div><p>三分钟带你看懂雾凇。</p></div>"
    found = extract(f"<html><head><title>三分钟看懂雾凇</title></head><body>{body}</body></html>", now=NOW)
    assert (found.text, found.source_name) == ("三分钟带你看懂雾凇。", "某某台")


def test_of_two_articles_the_one_with_the_pages_title_is_taken() -> None:
    other = "查干湖的冬捕开始了，渔民们凿开一米厚的冰层，把两千米长的大网送进湖里，第一网就有十万斤。"
    articles = f"<article><h2>雾凇是怎样形成的</h2><p>{FIRST}</p><p>{SECOND}</p></article><article><h2>查干湖冬捕</h2><p>{other}</p></article>"
    found = extract(f"<html><head><title>雾凇是怎样形成的_某某网</title></head><body>{articles}</body></html>", now=NOW)
    assert found.text == TEXT


# ---------------------------------------------------------------- what nobody sees

SECRET = "这一段文字读者看不到，只有机器会读到，所以不应当写进正文里。"


@pytest.mark.parametrize(
    "hidden",
    [
        f"<div hidden><p>{SECRET}</p></div>",
        f'<p style="DISPLAY: NONE; color: red">{SECRET}</p>',
        f'<p>露出的话，人人都看得到。<span style="display:none">{SECRET}</span></p>',
        f"<p>露出的话，人人都看得到。<font hidden>{SECRET}</font></p>",
    ],
)
@pytest.mark.parametrize("rules", [(), (SiteRule(generator="x", valid_from=NOW.date(), body=".content"),)])
def test_what_a_page_does_not_show_is_no_text(hidden: str, rules: tuple[SiteRule, ...]) -> None:
    found = extract(page(after=hidden, head='<meta name="generator" content="x">'), now=NOW, rules=rules)
    assert SECRET not in found.text
    assert SECRET not in found.html
    assert FIRST in found.text
    assert ("露出的话" in hidden) == ("露出的话" in found.text)


def test_a_text_that_a_script_shows_later_is_read() -> None:
    whole = f'<div style="visibility: hidden"><p>{FIRST}</p><p>{SECOND}</p></div>'
    assert extract(f"<html><body><h1>雾凇是怎样形成的</h1>{whole}</body></html>", now=NOW).text == TEXT


@pytest.mark.parametrize("said", ['aria-hidden="true"', 'style="visibility:hidden"'])
def test_what_only_fades_in_or_is_not_read_aloud_is_text(said: str) -> None:
    assert extract(page(after=f"<p {said}>{SECRET}</p>"), now=NOW).text == f"{TEXT}\n{SECRET}"


def test_a_text_that_a_button_unfolds_is_read_whole() -> None:
    more = f"<div hidden><p>{SECRET}</p></div><div style='display:none'><p>{SECRET}再说一遍，机器读得到。</p></div>"
    assert extract(page(after=more), now=NOW).text.count(SECRET[:20]) == 2


def test_a_list_that_sounds_like_the_end_of_a_page_stays_whole() -> None:
    names = "".join(f"<p>摄影 王小{name}</p>" for name in "明红伟洋刚强军")
    assert extract(page(after=f"{names}<p>责任编审 陈静</p>"), now=NOW).text.count("摄影") == 7


# ---------------------------------------------------------------- writers


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ({"@type": "Person", "name": "周宁"}, "周宁"),
        (["周宁", "王强"], "周宁 王强"),
        ([{"name": "周宁"}, {"name": "王强"}], "周宁 王强"),
        ({"name": ["周宁", "王强"]}, "周宁 王强"),
        ({"name": {"@value": "周宁"}}, "周宁"),
        ({"familyName": "周", "givenName": "宁"}, "周宁"),
        ([[{"name": "周宁"}]], "周宁"),
        ("记者 周宁 通讯员 王强", "周宁 王强"),
        ("记者：周宁，编辑：王强", "周宁"),
        ("摄影：王强", ""),
        ({"@type": "Organization", "name": "周宁"}, ""),
        ({"@id": "#p"}, ""),
        (12345, ""),
    ],
)
def test_authors_stated_to_machines_are_names_and_never_their_notation(author: object, names: str) -> None:
    said = {"@type": "NewsArticle", "headline": "雾凇是怎样形成的", "author": author}
    script = f'<script type="application/ld+json">{json.dumps(said, ensure_ascii=False)}</script>'
    assert extract(page(head=script), now=NOW).author == names


def test_authors_nested_without_end_are_nobody() -> None:
    nested: object = "周宁"
    for _ in range(300):
        nested = {"name": nested}
    assert (
        extract(
            page(head=f'<script type="application/ld+json">{json.dumps({"headline": "甲", "author": nested})}</script>')
        ).author
        == ""
    )


def test_authors_in_the_script_of_a_page_are_read_in_any_shape() -> None:
    state = {"article": {"title": "雾凇", "content": FIRST + SECOND, "author": [{"name": "周宁"}, {"name": "王强"}]}}
    found = extract(f"<html><body><script>window.__STATE__ = {json.dumps(state)}</script></body></html>", now=NOW)
    assert found.author == "周宁 王强"


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("通讯员：王强 记者：周宁", "王强 周宁"),
        ("记者周宁摄影报道", "周宁"),
        ("文字：周宁 图片：王强", "周宁"),
        ("图/文 周宁", "周宁"),
        ("供稿：周宁", "周宁"),
        ("Author: Zhang Wei", "Zhang Wei"),
        ("新华社记者 王强 摄", ""),
        ("摄影：王强", ""),
        ("图/王强", ""),
        ("作者：气象局办公室", ""),
    ],
)
def test_who_took_the_picture_did_not_write_the_text(line: str, names: str) -> None:
    for made in (page(info=line), page(after=f"<p>{line}</p>")):
        assert extract(made, now=NOW).author == names


def test_a_stated_author_loses_what_he_is() -> None:
    assert stated_people("文/周宁") == "周宁"
    assert stated_people("周宁、王强") == "周宁 王强"
    assert stated_people("Zhang Wei") == "Zhang Wei"


def test_an_element_marked_as_the_authors_is_read() -> None:
    found = extract(
        page(info="2026-11-20 10:11 <span class=authorstyle>周宁&nbsp;</span> 气象学院 审核人：王强"), now=NOW
    )
    assert found.author == "周宁"


def test_a_sentence_about_where_something_comes_from_names_no_source() -> None:
    sentence = "氮的来源：化肥最多，其次是生活污水，治理要从源头做起，不能只看河道。"
    assert extract(page(info="", after=f"<p>{sentence}</p>"), now=NOW).source_name == ""


def test_the_size_of_letters_is_no_part_of_the_source() -> None:
    assert extract(page(info="来源：<a href=x>某某网</a><span>小字号</span>"), now=NOW).source_name == "某某网"


# ---------------------------------------------------------------- days ahead


@pytest.mark.parametrize(
    ("info", "head", "url", "day"),
    [
        ("发布时间：2033-11-20 08:00", "", "", "2026-11-19"),
        ("2026-11-20", '<meta property="article:published_time" content="2033-01-01">', "", "2026-11-20"),
        ("2026-11-20", "", "http://x.example/2033/0101/c1.html", "2026-11-20"),
        ("2026-11-27", "", "", "2026-11-27"),
    ],
)
def test_a_day_ahead_is_no_day_of_publishing_and_the_next_one_is_taken(
    info: str, head: str, url: str, day: str
) -> None:
    found = extract(page(info=info, head=head, end="<div>更新：2026-11-19 10:00</div>"), url, now=NOW).published_at
    assert found is not None
    assert found.astimezone(BEIJING).strftime("%Y-%m-%d") == day


def test_a_day_that_only_lies_ahead_is_none() -> None:
    assert extract(page(info="2033-11-20"), now=NOW).published_at is None
    assert extract(page(info="2033-11-20"), latest=NOW).published_at is None
    assert extract(page(info="2033-11-20")).published_at is not None


def test_a_day_in_the_headline_is_the_day_of_what_it_tells() -> None:
    title = "2026年8月12日有日全食"
    body = f"<h1>{title}</h1><div>发表于 2026-08-01</div><div><p>{FIRST}</p><p>{SECOND}</p></div>"
    found = extract(f"<html><head><title>{title}</title></head><body>{body}</body></html>", now=NOW)
    assert found.published_at == datetime(2026, 8, 1, tzinfo=BEIJING)


def test_a_day_in_a_list_of_other_articles_is_not_this_ones() -> None:
    end = "<ul><li><a href=1>查干湖冬捕开始了，第一网就有十万斤鱼</a><span>2026-11-19</span></li></ul>"
    assert extract(page(end=end), now=NOW).published_at is None


def test_a_time_in_pieces_is_put_together() -> None:
    info = "<span>2026</span><span><em>11</em>/<em>20</em></span><span>08:30:15</span>"
    found = extract(page(info=info), "http://x.example/20261120/a/c.html", now=NOW)
    assert (found.published_at, found.exact) == (datetime(2026, 11, 20, 8, 30, 15, tzinfo=BEIJING), True)


# ---------------------------------------------------------------- shreds


def test_a_page_of_hundreds_of_thousands_of_shreds_is_refused_by_name() -> None:
    assert not is_scattered(page(after="<p>短句。</p>" * 50_000))
    shreds = page(after="<p>短句。</p>" * 160_000)
    assert is_scattered(shreds.encode())
    assert extract(shreds).text == ""
    assert SCATTERED.endswith("。")


# ---------------------------------------------------------------- below what says that it is the end


@pytest.mark.parametrize(
    "lines",
    [
        ["END", "来源：健康中国", "编辑：小吉", "觉得有用就点个赞吧！"],
        ["END", "觉得有用，请点个“在看”"],
        ["- END -", "作者丨张明", "部分图片来源于网络，如有侵权请联系删除", "点亮【在看】，一起科普"],
        ["— THE END —", "来源：某某日报", "雾凇很美，对吧"],
        ["【纠错】 【责任编辑:张明】"],
        ["点“在看”，转给更多人"],
    ],
)
def test_what_stands_below_the_end_of_a_text_goes_with_it(lines: list[str]) -> None:
    assert extract(page(after="".join(f"<p>{line}</p>" for line in lines)), now=NOW).text == TEXT


@pytest.mark.parametrize(
    "lines",
    [
        ["END", "如遇险情，请拨打119"],
        ["END", "全国统一卫生热线：12320"],
        ["END", "外出时注意防滑"],
        ["END", "雾凇季还有两个月，气象台每天早晨六点发布江边的温度和风速。"],
        ["点赞的力量"],
        ["转发不实消息，也要承担责任"],
    ],
)
def test_help_and_sentences_below_it_stay(lines: list[str]) -> None:
    found = extract(page(after="".join(f"<p>{line}</p>" for line in lines)), now=NOW)
    assert found.text.splitlines()[-1] == lines[-1]


def test_a_call_to_subscribe_goes_from_the_beginning() -> None:
    assert extract(page(before="<p>点击上方“某某健康”可以订阅哦</p>"), now=NOW).text == TEXT


def test_the_ends_of_a_text_in_a_feed_go_too() -> None:
    text, html, _ = content_of(
        f"<p>点击上方蓝字关注我们</p><p>{FIRST}</p><p>{SECOND}</p><p>责任编辑：张明</p><p>扫码关注我们</p>"
        "<p><a href=/1>阅读原文</a></p>",
        "http://www.example.cn/",
    )
    assert text == TEXT
    assert html == f"<div><p>{FIRST}</p><p>{SECOND}</p></div>"


@pytest.mark.parametrize(
    "html",
    [
        f"<p>{FIRST}</p><p>外出时注意防滑</p><p>救援热线：12320</p>",
        f"<p>{FIRST}</p><p>来源于江水的热气是雾凇的由来。</p>",
        f"<table><tr><td>谣言</td><td>{FIRST}</td></tr><tr><td>建议</td><td>举报</td></tr></table>",
        "<p>转发</p>",
    ],
)
def test_what_a_text_in_a_feed_says_stays(html: str) -> None:
    said = [line for line in re.split(r"<[^>]*>", html) if line]
    assert content_of(html, "")[0].splitlines() == said
