"""Answers to letters and questions, and what experts say, are text though their boxes are called like comments."""

from __future__ import annotations

import pytest

from connectors.extraction import extract

ASKED = "我家住在江边的老楼里，入冬以来室内温度一直达不到标准，夜里只有十五度，老人和孩子都冻得睡不着觉。"
FIRST = "您好，来信收悉，我局已派人到现场测温，并督促供热企业清洗管网，排除了阀门的故障，室温已经恢复正常。"
SECOND = "如果今后室内温度仍不达标，请您及时拨打供热服务热线，我们会在两个小时以内上门，为您测温并作出处理。"
THIRD = "入冬以后，松花江畔的雾凇一天比一天浓，气象台的值班员每天清晨都要到江边去看一看，记下温度和风向。"


def text_of(content: str, title: str = "关于供暖温度的来信") -> list[str]:
    return extract(
        f"<html><head><title>{title}</title></head><body><div><a href=/>首页</a></div><h1>{title}</h1>"
        f"<div class=main>{content}</div><div class=footer>版权所有 某某网</div></body></html>",
        "http://www.example.cn/a/1.html",
    ).text.splitlines()


def paragraphs(*lines: str) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


@pytest.mark.parametrize("name", ["reply", "hf", "reply-content", "comment"])
@pytest.mark.parametrize("head", ["回复内容", "局长回复", "答复内容：", "医生解答"])
def test_an_office_s_answer_stands_below_the_letter(name: str, head: str) -> None:
    lines = text_of(
        f"<div class=letter><h3>来信内容</h3>{paragraphs(ASKED, THIRD)}</div>"
        f"<div class={name}><h3>{head}</h3>{paragraphs(FIRST, SECOND)}</div>"
    )
    assert [line for line in lines if len(line) > 20] == [ASKED, THIRD, FIRST, SECOND]


def test_a_doctor_s_answer_needs_no_heading() -> None:
    for box in (
        "<div class=question-detail><p>%s</p></div><div class=doctor-reply>%s</div>",
        "<div class=content><div class=ask>%s</div><div class=reply-content>%s</div></div>",
    ):
        assert text_of(box % (ASKED, paragraphs(FIRST, SECOND))) == [ASKED, FIRST, SECOND]


@pytest.mark.parametrize(
    "box",
    [
        "<div class=expert-comment><h4>专家点评</h4><p>%s</p></div>",
        "<div class=zj-comment><p><strong>专家点评：</strong>%s</p></div>",
        "<div class=related-knowledge><h4>知识链接</h4><p>%s</p></div>",
    ],
)
def test_what_an_expert_says_within_an_article_is_text(box: str) -> None:
    lines = text_of(f"<div class=content>{paragraphs(THIRD, ASKED)}{box % FIRST}{paragraphs(SECOND)}</div>")
    assert "".join(lines).count(FIRST) == 1


@pytest.mark.parametrize(
    "box",
    [
        "<div class=comments><h3>网友评论</h3>%s</div>",
        "<div class=comment><h3>网友点评</h3>%s</div>",
        "<div class=comment><h3>点评</h3><b>小李</b> 2026-11-20 10:12%s</div>",
        "<div class=comment><h3>专家点评</h3>3小时前%s</div>",
        "<div class=reply-list><h3>最新回复</h3>%s</div>",
        "<div class=comment>%s</div>",
        "<div class=reply-content>%s</div>",
        "<div class=related><h3>相关阅读</h3>%s</div>",
        "<div class=reply><b>小李</b>%s</div><div class=reply><b>小王</b>%s</div><div class=reply><b>小赵</b>%s</div>",
    ],
)
def test_what_readers_say_is_not(box: str) -> None:
    said = "<p>写得真好，我家去年也是这样，希望大家都能看到这篇文章。</p>"
    article = f"<div class=content>{paragraphs(THIRD, ASKED, FIRST)}</div>"
    assert text_of(article + box.replace("%s", said)) == [THIRD, ASKED, FIRST]
