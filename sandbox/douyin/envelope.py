"""Douyin's envelopes. HTTP is 200 whatever happens; where the error stands depends on the age of the interface."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from sandbox.calls import Call, Refused, json_response
from sandbox.douyin.errors import MESSAGES
from sandbox.store import Doc


def is_oauth(path: str) -> bool:
    return path.startswith("/oauth/")


def answer(call: Call, data: Any) -> Response:
    body = {"error_code": 0, "description": "", **data}
    if is_oauth(call.path):
        return json_response({"data": body, "message": "success"})
    return json_response({"data": body, "extra": extra(call, 0, "")})


def refuse(call: Call, refused: Refused) -> Response:
    """OAuth: in `data`, with message "success" all the same. Unknown addresses: `err_no` on top. Others: twice."""
    code = int(refused.code)
    words = refused.message or MESSAGES.get(code, "未知错误")
    if is_oauth(call.path):
        return json_response({"data": {"error_code": code, "description": words}, "message": "success"})
    if code == 28001017:
        return json_response({"err_no": code, "err_tips": words, "log_id": log_id(call)})
    return json_response({"data": {"error_code": code, "description": words}, "extra": extra(call, code, words)})


def extra(call: Call, code: int, words: str) -> Doc:
    return {
        "error_code": code,
        "description": words,
        "sub_error_code": 0,
        "sub_description": "",
        "logid": log_id(call),
        "now": int(call.now * 1000),
    }


def log_id(call: Call) -> str:
    return "2026" + call.tx.fresh_hex("douyin.log", 30).upper()
