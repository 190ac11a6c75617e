"""Every code of the platforms' lists has a class, a cause and a remedy; what is not listed stays visible."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import ErrorClass
from connectors.channels.codes import CodeTable, number, outcome_of, seconds_to_midnight, wait_for
from connectors.channels.douyin.codes import CODES as DOUYIN
from connectors.channels.kuaishou.codes import CODES as KUAISHOU
from connectors.channels.wechat.codes import CODES as WECHAT
from connectors.channels.wechat.codes import PUBLISH_FAILED
from connectors.channels.weibo.codes import CODES as WEIBO
from connectors.errors import ConnectorError, FormatChanged, NeedsPerson, OutcomeUnknown, RetryLater

LISTED = {
    "wechat": {
        "auth_refresh": "40001 40014 41001 42001",
        "auth_reauth": "40013 40125 40243 50007 89503 89506 89507",
        "permission": "40164 48001 48004 50002 61004 61007",
        "retryable": "-1",
        "rate": "45011",
        "quota": "45009 45028",
        "duplicate": "45065 45066",
        "validation": "40002 40003 40004 40005 40006 40007 40009 40033 41005 44002 44003 44004 45001 45002 45003 45004 45008"
        " 45166 47001 61500 61501",
        "content_rejected": "53503",
        "needs_human": "53504 53505 48006",
        "not_found": "53600 40059",
    },
    "weibo": {
        "auth_reauth": "21301 21314 21315 21316 21317 21319 21324 21325 21327 21330 21332",
        "permission": "10004 10005 10006 10014 10017 10018 21321 21322 20102",
        "rate": "10022 10023 10024 20016 11001",
        "retryable": "10001 10002 10003 10009 10010 10011",
        "validation": "10008 10016 10020 10021 20005 20006 20007 20012 20013 20015",
        "content_rejected": "20018 20020 20021 20022",
        "duplicate": "20017 20019 20111",
        "needs_human": "20031",
        "not_found": "20101",
    },
    "douyin": {
        "retryable": "28001005 28001006 2100004",
        "auth_refresh": "28001003 28001008 2190002 2190008 10008",
        "auth_reauth": "28001012 28001045 28001015 10010 10007 10011 10012",
        "permission": "28001014 28001016 28001017 28001018 28001019 28001020 28001021 28001056 2100007 10003 10013 10014"
        " 28001046 28001047 2100009",
        "quota": "28003017 2190001",
        "rate": "28003018 28001052 10020",
        "validation": "28001007 2100005 10002",
    },
    "kuaishou": {
        "auth_refresh": "100200102 100200108",
        "auth_reauth": "100200109 100200110 100200111 100200113",
        "permission": "100200101 100200103 100200104 100200105 100200106 100200107",
        "retryable": "100200500 10000500",
        "rate": "10000302 10000303",
        "quota": "100100402",
        "validation": "100200100 10000200 100400 100100400 1026",
        "not_found": "120001 100120001",
        "permanent": "120002 100120002 120003 100120003",
    },
}
TABLES = {"wechat": WECHAT, "weibo": WEIBO, "douyin": DOUYIN, "kuaishou": KUAISHOU}
NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize("platform", list(LISTED))
def test_every_listed_code_has_its_class(platform: str) -> None:
    for kind, codes in LISTED[platform].items():
        for code in codes.split():
            assert TABLES[platform].refusal(code).kind == kind, code


@pytest.mark.parametrize("platform", list(TABLES))
def test_every_cause_and_remedy_is_one_chinese_sentence(platform: str) -> None:
    refusals = [*TABLES[platform].known().values(), *PUBLISH_FAILED.values()]
    for refusal in refusals:
        for text in (refusal.cause, refusal.remedy):
            assert text.endswith("。")
            assert text.count("。") == 1
            assert any("一" <= letter <= "鿿" for letter in text)


@given(st.integers(100_000_000, 999_999_999))
def test_an_unknown_code_is_permanent_and_visible(code: int) -> None:
    refusal = WECHAT.refusal(str(code))
    assert refusal.kind is ErrorClass.PERMANENT
    assert str(code) in refusal.cause


def test_a_code_stands_in_one_place_only() -> None:
    row = ("1 2", ErrorClass.RATE, "因。", "做。")
    with pytest.raises(ValueError, match="twice"):
        CodeTable("x", [row, ("2", ErrorClass.QUOTA, "因。", "做。")])


def test_what_the_platform_says_is_scrubbed() -> None:
    refused = WECHAT.refused("40001", "https://api.weixin.qq.com/x?access_token=SECRET123&a=1 invalid")
    assert "SECRET123" not in outcome_of(refused, NOW).model_dump_json()


def test_errors_become_outcomes() -> None:
    assert outcome_of(OutcomeUnknown("x"), NOW).state == "unknown"
    retry = outcome_of(RetryLater("x", after=7), NOW)
    assert (retry.state, retry.retry_after) == ("failed", 7)
    asked = outcome_of(NeedsPerson("缺少 appid。"), NOW)
    assert asked.refusal is not None
    assert asked.refusal.kind is ErrorClass.NEEDS_HUMAN


def test_quotas_start_again_at_midnight_in_beijing() -> None:
    assert seconds_to_midnight(NOW) == 12 * 3600
    assert seconds_to_midnight(NOW + timedelta(hours=11, minutes=59)) == 60
    assert wait_for(ErrorClass.QUOTA, NOW) == 12 * 3600 + 60
    assert wait_for(ErrorClass.RETRYABLE, NOW) is None


def test_a_quota_that_is_used_up_just_after_our_midnight_is_asked_again_soon_and_then_by_the_day() -> None:
    """Our clock is ahead: the platform still speaks of yesterday."""
    midnight = NOW + timedelta(hours=12)
    early = midnight + timedelta(minutes=5)
    soon = wait_for(ErrorClass.QUOTA, early)
    assert soon == 20 * 60
    again = early + timedelta(seconds=soon)
    assert wait_for(ErrorClass.QUOTA, again) == (24 * 60 - 25) * 60 + 60
    assert wait_for(ErrorClass.QUOTA, midnight) == 20 * 60
    assert wait_for(ErrorClass.QUOTA, midnight - timedelta(seconds=1)) == 61


@pytest.mark.parametrize(
    ("said", "count"), [("12", 12), (3, 3), (0, 0), (None, None), ("-", None), (True, None), (-1, None), ("", None)]
)
def test_a_missing_figure_is_none_and_never_0(said: object, count: int | None) -> None:
    assert number(said) == count


@pytest.mark.parametrize(
    ("error", "cause", "remedy"),
    [
        (NeedsPerson("账号“甲”的设置：缺少“appid”，请改正。"), "账号“甲”的设置：缺少“appid”。", "请改正。"),
        (
            NeedsPerson("快手拒绝了请求（HTTP 403），请检查网络设置。"),
            "快手拒绝了请求（HTTP 403）。",
            "请检查网络设置。",
        ),
        (NeedsPerson("资料包缺图，请放弃它，再重新排期。"), "资料包缺图。", "请放弃它，再重新排期。"),
        (
            NeedsPerson("微博返回的内容过大，已停止接收。"),
            "微博返回的内容过大，已停止接收。",
            "请检查账号设置后再重新发送。",
        ),
        (FormatChanged("微博的答复格式变了，请联系管理员。"), "微博的答复格式变了。", "请联系管理员。"),
        (RetryLater("连不上微信：连接超时，稍后会再试。"), "连不上微信：连接超时。", "系统会自动再试，无需处理。"),
    ],
    ids=str,
)
def test_an_error_has_one_cause_and_one_remedy(error: ConnectorError, cause: str, remedy: str) -> None:
    refusal = outcome_of(error, NOW).refusal
    assert refusal is not None
    assert (refusal.cause, refusal.remedy) == (cause, remedy)
