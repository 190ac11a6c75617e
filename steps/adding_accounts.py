"""A new account, from a form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.errors import ConnectorError
from connectors.registry import CHANNELS
from content_store import accounts, log
from content_store.tables import Account, User
from steps.errors import Missing, Refused
from steps.newsroom import Newsroom

FIELDS = ("platform", "name", "key", "unit", "area", "contact", "apart_minutes")
HANDED = {"toutiao": "manual", "kepuchina": "manual", "douyin": "handoff"}
"""How accounts of a platform begin where that is not directly."""
APART_MOST = 1440
_KEY = re.compile(r"[a-z0-9_\-]{1,60}")
_AREA = re.compile(r"(\d{6})?")


def add_account(newsroom: Newsroom, values: Mapping[str, str], *, by: int, now: datetime) -> Account:
    """Adds it, and writes it to the log. Raises Refused for what is missing, wrong, or there already."""
    key, platform, name = values["key"], values["platform"], values["name"]
    if platform not in CHANNELS:
        raise Refused("请选择平台。")
    if not name or not _KEY.fullmatch(key):
        raise Refused("请填写账号名称，代号只用小写字母、数字、- 和 _。")
    if not _AREA.fullmatch(values["area"]):
        raise Refused("地区不正确，请从列表里选。")
    settings: dict[str, Any] = {"apart_minutes": _minutes(values["apart_minutes"])}
    settings |= {"contact": values["contact"]} if values["contact"] else {}
    row = {"platform": platform, "name": name[:80], "unit": values["unit"][:120], "area": values["area"]}
    row |= {"mode": HANDED.get(platform, "direct")}
    with newsroom.store.session() as session:
        person = session.get(User, by)
        if person is None:
            raise Missing("找不到办理人，请重新登录。")
        if accounts.by_key(session, key) is not None:
            raise Refused(f"代号 {key} 已经有账号在用，请换一个。")
        account = accounts.put(session, key, {**row, "settings": settings}, now=now)
        assert account.id is not None
        actor = person.display_name
        log.append(session, at=now, subject="account", subject_id=account.id, act="added", actor=actor)
    return account


def by_hand(newsroom: Newsroom, account: Account) -> bool:
    """Whether everything of this account is done by people: nothing can be asked of its platform."""
    try:
        can = newsroom.channel(account).capabilities
    except ConnectorError:
        return False
    return can.mode == "manual" and not can.video


def _minutes(text: str) -> int:
    if not text.isdigit() or int(text) > APART_MOST:
        raise Refused(f"最短间隔请填 0 到 {APART_MOST} 之间的分钟数。")
    return int(text)
