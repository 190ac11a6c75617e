"""Near-duplicates: what a reprint does to a text must not hide it, and other texts must not be taken for it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagging.sameness import SAME, bare, is_same, signature, similarity, unpacked
from tagging.sameness_index import SamenessIndex

TITLE = "天池火山活跃吗"
TEXT = (
    "长白山天池火山监测站公布了前三季度的观测结果。地震活动处于背景水平，气体成分没有明显变化，山体形变也在正常范围内。"
    "监测网由地震、形变和流体三类台站组成，任何一项数据出现异常都会立即会商。专家介绍，天池火山上一次喷发是在一百多年前，"
    "目前没有喷发的迹象，公众不必恐慌。游客上山应听从景区安排，不要进入封闭区域，遇到地面震动要远离陡坡和岩壁。"
    "下一步，监测站还将增设深井观测，把数据与国内外同行共享，提高短期预测的能力。"
)
OTHER = (
    "进入采暖期，一氧化碳中毒事故增多。它无色无味，不易察觉。使用煤炉的家庭要装好烟道、定期清灰，睡前检查炉门和风斗，"
    "有条件的安装报警器。出现头痛、恶心要马上开窗通风并到室外，症状严重的尽快送医，途中保持呼吸道通畅。"
    "房屋密闭、冬季炭火取暖、在车库里久开发动机都很危险，出租房和农村自建房尤其要注意，老人儿童要多加照看。"
)


def widened(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@pytest.mark.parametrize(
    "reprint",
    [
        lambda t: t,
        lambda t: t.replace("，", ",").replace("。", ". "),
        widened,
        lambda t: "编者按：本文转载自兄弟媒体，略有删节。" + t + "（责任编辑：某某，图片来自网络）",
        lambda t: t[: len(t) * 6 // 10],
        lambda t: t[len(t) * 4 // 10 :],
        lambda t: t.replace("专家介绍，", "").replace("公众不必恐慌", "大家不用担心"),
        lambda t: "\n".join(f"<p>{line}。</p>" for line in t.split("。")),
        lambda t: t + OTHER,
    ],
    ids=["same", "punctuation", "width", "note", "head", "tail", "edited", "markup", "joined"],
)
def test_a_reprint_is_recognised_under_any_title(reprint: Callable[[str], str]) -> None:
    one, other = signature(TITLE, TEXT), signature("长白山会不会喷发？权威回应", reprint(TEXT))
    assert is_same(one, other)
    index: SamenessIndex[int] = SamenessIndex()
    index.add(1, one)
    found = index.best(other)
    assert found is not None
    assert found[0] == 1


def test_another_text_under_the_same_title_is_another_piece() -> None:
    assert similarity(signature("今日健康提示", TEXT), signature("今日健康提示", OTHER)) < 0.1


def test_a_flash_inside_a_long_report_is_the_same_only_under_a_like_title() -> None:
    flash = TEXT[:50]
    report = TEXT + OTHER * 2
    assert not is_same(signature("快讯", flash), signature("采暖期安全提示大全", report))
    assert is_same(signature(TITLE, flash), signature(TITLE + "？看监测", report))


def test_pieces_without_text_are_judged_by_their_titles() -> None:
    assert is_same(
        signature("延迟退休真的来了！你准备好“慢慢变老”了吗?", ""),
        signature("延迟退休真的来了！你准备好“慢慢变老”了吗？", ""),
    )
    assert not is_same(signature("长春今日天气", ""), signature("吉林今日菜价", ""))
    assert similarity(signature("", ""), signature("", "")) == 0.0


def test_long_texts_are_sampled_and_still_compared_rightly() -> None:
    def words(start: int) -> str:
        return "".join(f"第{n}号观测点的读数是{n * n % 9973}，" for n in range(start, start + 900))

    one, other, cut = signature("", words(0)), signature("", words(5000)), signature("", words(0)[:6000])
    assert len(one.sample) <= 1024
    assert is_same(one, cut)
    assert not is_same(one, other)


def test_signatures_are_the_same_in_every_process() -> None:
    code = f"from tagging.sameness import signature; print(signature({TITLE!r}, {TEXT!r}).keys[0])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(out.stdout) == signature(TITLE, TEXT).keys[0]


@settings(max_examples=60)
@given(st.text(max_size=300), st.text(max_size=300))
def test_similarity_is_symmetric_and_bounded(one: str, other: str) -> None:
    left, right = signature(one, other), signature(other, one)
    assert similarity(left, right) == similarity(right, left)
    assert 0.0 <= similarity(left, right) <= 1.0
    if bare(other):
        assert similarity(left, left) >= SAME


@settings(max_examples=60)
@given(st.text(max_size=300), st.text(max_size=3000))
def test_a_signature_that_was_packed_compares_as_before(title: str, text: str) -> None:
    sign = signature(title, text)
    back = unpacked(sign.packed())
    assert back is not None
    assert back.packed() == sign.packed()
    assert similarity(back, sign) == similarity(sign, sign)
    assert unpacked(b"\x01" + sign.packed()[1:]) is None
    assert unpacked(b"") is None


def test_a_daily_report_with_other_figures_is_another_piece() -> None:
    def report(day: int, low: int, high: int, wind: int, rain: int) -> str:
        return (
            f"长春市气象台{day}日发布天气预报：今天白天多云，最低气温零下{low}度，最高气温{high}度，西南风{wind}级，"
            f"降水概率百分之{rain}，请市民注意增减衣物，出行留意路面状况，尽量避免早晚时段外出活动。"
        )

    one, other = report(12, 8, 3, 4, 10), report(17, 15, 21, 6, 70)
    assert not is_same(signature("长春天气预报", one), signature("长春天气预报", other))
    assert is_same(signature("长春天气预报", one), signature("今天多云", one))


def test_the_older_script_makes_no_other_text() -> None:
    assert is_same(
        signature("", TEXT.replace("观测", "觀測").replace("监测", "監測").replace("专家", "專家")), signature("", TEXT)
    )
