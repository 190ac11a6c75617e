"""The fault script: which calls and events go wrong, and how. Deterministic by seed and order of calls."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from sandbox.figures import unit
from sandbox.garbling import WAYS
from sandbox.store import Tx

LineKind = Literal[
    "timeout_after_effect", "reset_before_effect", "reset_after_effect", "http_500_before", "http_500_after", "slow",
    "wrong_json", "expired_token",
]  # fmt: skip
"""What happens on the line between client and platform."""
EventKind = Literal["drop_event", "duplicate_event", "reorder"]
AnswerKind = Literal[
    "error", "publish_status", "mass_status", "delayed_id", "half_done", "is_delay", "no_statistics", "review_refused",
    "no_video_id", "not_yet", "transcode_failed",
]  # fmt: skip
"""What the platform itself answers."""
LINE_KINDS, EVENT_KINDS, ANSWER_KINDS = get_args(LineKind), get_args(EventKind), get_args(AnswerKind)


class Rule(BaseModel):
    """One line of the script. It applies to calls (`platform`, `path`, …) or, with `event`, to call-backs."""

    model_config = ConfigDict(extra="forbid")

    kind: LineKind | EventKind | AnswerKind
    id: str = ""
    platform: str = "*"
    path: str = "*"
    """Below the platform's prefix, e.g. "/cgi-bin/draft/*"."""
    method: str = "*"
    account: str = "*"
    """appid, uid or open_id; only for events and answers, where the account is known."""
    event: str = ""
    nth: list[int] = Field(default_factory=list)
    """Which of the matching calls, counted from 1. Empty: all."""
    every: int = 1
    probability: float = Field(default=1.0, ge=0, le=1)
    times: int | None = Field(default=None, ge=1)
    """At most so many times."""
    seconds: float = Field(default=30.0, ge=0)
    code: int | str | None = None
    value: Any = None
    body: str | None = None

    @model_validator(mode="before")
    @classmethod
    def one_nth_is_a_list(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("nth"), int):
            return {**data, "nth": [data["nth"]]}
        return data

    @model_validator(mode="after")
    def what_belongs_to_a_kind_stands_with_it(self) -> Rule:
        if (self.kind in EVENT_KINDS) != bool(self.event):
            raise ValueError("drop_event, duplicate_event and reorder need `event`; no other kind takes it")
        if self.kind == "wrong_json" and self.value is not None and self.value not in WAYS:
            raise ValueError(f"wrong_json: `value` is one of {', '.join(WAYS)}")
        return self


def parse_script(text: str) -> list[Rule]:
    """A JSON list of rules, or {"faults": [...]}. Raises ValueError."""
    data = json.loads(text)
    return TypeAdapter(list[Rule]).validate_python(data["faults"] if isinstance(data, dict) else data)


def install(tx: Tx, rules: list[Rule]) -> None:
    """Replaces the script. A rule that was there before, word for word, goes on counting where it stopped."""
    counted = {row[0]: row[1:] for row in tx.db.execute("select rule,seen,fired from faults")}
    tx.db.execute("delete from faults")
    for place, rule in enumerate(rules):
        named = rule.model_copy(update={"id": rule.id or f"rule{place + 1}"})
        text = named.model_dump_json()
        seen, fired = counted.get(text, (0, 0))
        tx.db.execute("insert or replace into faults values(?,?,?,?,?)", (named.id, place, text, seen, fired))


def listing(tx: Tx) -> list[dict[str, Any]]:
    rows = tx.db.execute("select rule,seen,fired from faults order by place")
    return [{**json.loads(rule), "seen": seen, "fired": fired} for rule, seen, fired in rows]


def pick_for_call(tx: Tx, platform: str, method: str, path: str) -> Rule | None:
    """The rule that hits this call on the line. Rules for an account wait until the endpoint knows it."""
    return _pick(tx, lambda rule: rule.kind in LINE_KINDS and _meets(rule, platform, method, path))


def pick_for_answer(tx: Tx, platform: str, method: str, path: str, account: str) -> Rule | None:
    """The rule that changes what the platform answers to this account."""
    return _pick(
        tx,
        lambda rule: (
            rule.kind in ANSWER_KINDS and _meets(rule, platform, method, path) and fnmatchcase(account, rule.account)
        ),
    )


def pick_for_event(tx: Tx, platform: str, event: str, account: str) -> Rule | None:
    return _pick(
        tx,
        lambda rule: (
            rule.kind in EVENT_KINDS
            and fnmatchcase(platform, rule.platform)
            and fnmatchcase(event, rule.event)
            and fnmatchcase(account, rule.account)
        ),
    )


def _meets(rule: Rule, platform: str, method: str, path: str) -> bool:
    return (
        fnmatchcase(platform, rule.platform)
        and fnmatchcase(path, rule.path)
        and fnmatchcase(method, rule.method.upper())
    )


def _pick(tx: Tx, meets: Any) -> Rule | None:
    hit: Rule | None = None
    for text, seen, fired in tx.db.execute("select rule,seen,fired from faults order by place").fetchall():
        rule = Rule.model_validate_json(text)
        if not meets(rule):
            continue
        fires = hit is None and fires_now(rule, seen + 1, fired, tx.seed)
        tx.db.execute("update faults set seen=seen+1, fired=fired+? where id=?", (int(fires), rule.id))
        hit = rule if fires else hit
    return hit


def fires_now(rule: Rule, seen: int, fired: int, seed: int) -> bool:
    """`seen`: which matching call this is, from 1; `fired`: how often the rule has fired before."""
    if rule.times is not None and fired >= rule.times:
        return False
    if rule.nth and seen not in rule.nth:
        return False
    return seen % rule.every == 0 and unit(seed, "fault", rule.id, seen) < rule.probability
