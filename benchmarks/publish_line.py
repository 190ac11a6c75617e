"""What goes wrong between us and any platform in a run of the publishing benchmark: lines of the sandbox's fault script."""

from __future__ import annotations

from benchmarks.publish_kits import Rule

LINE: dict[str, Rule] = {
    "生效后不答": {"kind": "timeout_after_effect", "seconds": 5},
    "生效前断开": {"kind": "reset_before_effect"},
    "生效后断开": {"kind": "reset_after_effect"},
    "生效前 500": {"kind": "http_500_before"},
    "生效后 500": {"kind": "http_500_after"},
    "答复变慢": {"kind": "slow", "seconds": 0.05},
    "超时后才生效": {"kind": "slow", "seconds": 0.7},
    "答复残缺": {"kind": "wrong_json"},
    "答复是网页": {"kind": "wrong_json", "value": "page"},
    "答复为空": {"kind": "wrong_json", "value": "empty"},
    "答复成了列表": {"kind": "wrong_json", "value": "list"},
    "答复没有编号": {"kind": "wrong_json", "value": "nothing_named"},
    "文字成了数字": {"kind": "wrong_json", "value": "numbers"},
    "数字成了文字": {"kind": "wrong_json", "value": "texts"},
    "凭证中途失效": {"kind": "expired_token"},
}
"""What goes wrong on the line, with every platform."""

LISTS_FAIL: dict[str, Rule] = {
    "断开": {"kind": "reset_before_effect"},
    "500": {"kind": "http_500_before"},
    "超时": {"kind": "slow", "seconds": 0.7},
    "次数用完": {"kind": "error"},
    "没有编号": {"kind": "wrong_json", "value": "nothing_named"},
    "成了列表": {"kind": "wrong_json", "value": "list"},
    "为空": {"kind": "wrong_json", "value": "empty"},
}
"""How the lists fail at which a lost post is looked for. The code of `error` is the kit's."""
LOST: tuple[Rule, ...] = (
    {"kind": "timeout_after_effect", "seconds": 5},
    {"kind": "reset_after_effect"},
    {"kind": "http_500_after"},
    {"kind": "reset_before_effect"},
)
"""What leaves it open whether a post is out; after the last one it is not."""
