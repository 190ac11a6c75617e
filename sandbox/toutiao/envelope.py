"""Toutiao's envelope: HTTP is 200 whatever happens, the error stands in `data`; and its words."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from sandbox.calls import Call, Refused, json_response

MESSAGES: dict[int, str] = {
    16: "无权限",
    10002: "参数错误",
    10005: "缺少参数",
    10008: "access_token无效或已过期",
    10010: "refresh_token过期",
    2100004: "系统繁忙，此时请开发者稍候再试",
    2100005: "参数不合法",
    2100007: "无权限操作",
    2190001: "quota已用完",
    2190002: "access_token无效",
    2190008: "access_token过期，请刷新或重新授权",
}


def answer(call: Call, data: Any) -> Response:
    return json_response({"message": "success", "data": {"error_code": 0, "description": "", **data}})


def refuse(call: Call, refused: Refused) -> Response:
    code = int(refused.code)
    words = refused.message or MESSAGES.get(code, "未知错误")
    return json_response({"message": "error", "data": {"error_code": code, "description": words}}, refused.status)
