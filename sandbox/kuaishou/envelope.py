"""Kuaishou's envelope: HTTP 200, `result` 1 is good, anything else is an error's number; and its words."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from sandbox.calls import Call, Refused, json_response

MESSAGES: dict[int, tuple[str, str]] = {
    1026: ("not_found", "no such api"),
    100400: ("invalid_request", "参数错误"),
    100100400: ("invalid_request", "参数错误"),
    100100402: ("over_limit", "超过限制"),
    100120001: ("not_found", "作品不存在"),
    100120002: ("file_not_uploaded", "文件未上传"),
    100120003: ("publish_failed", "作品发布失败"),
    100200100: ("invalid_request", "参数有误"),
    100200101: ("unauthorized_client", "client id 或 secret 不正确"),
    100200102: ("access_denied", "access_token 不正确"),
    100200103: ("unsupported_grant_type", "grant_type 不支持"),
    100200105: ("invalid_code", "code 不正确或已使用"),
    100200106: ("invalid_scope", "scope 不正确"),
    100200107: ("invalid_redirect_uri", "redirect_uri 不正确"),
    100200108: ("access_token_expired", "access_token 过期"),
    100200109: ("user_cancelled", "用户取消授权"),
    100200110: ("grant_expired", "授权已过期"),
    100200111: ("not_granted", "用户未授权"),
    100200113: ("invalid_refresh_token", "refreshToken.discarded"),
    100200500: ("server_error", "服务器错误"),
    10000200: ("invalid_request", "参数错误"),
    10000302: ("too_fast", "操作太快了，请稍微休息一下"),
    10000303: ("anti_spam", "操作太频繁"),
    10000500: ("server_error", "服务器繁忙"),
}


def answer(call: Call, data: Any) -> Response:
    return _traced(call, {"result": 1, **(data or {})})


def refuse(call: Call, refused: Refused) -> Response:
    code = int(refused.code)
    error, words = MESSAGES.get(code, ("error", "未知错误"))
    body = {"result": code, "error": error, "error_msg": refused.message or words, "request_id": _trace(call)}
    return _traced(call, body, refused.status)


def _trace(call: Call) -> str:
    return call.tx.fresh_hex("kuaishou.request", 20)


def _traced(call: Call, body: dict[str, Any], status: int = 200) -> Response:
    response = json_response(body, status)
    response.headers["X-REQUEST-ID"] = response.headers["X-KSLOGID"] = _trace(call)
    return response
