"""Adding accounts and changing them, from the form and from the command line. Secrets go in and never come out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from connectors.errors import ConnectorError
from connectors.registry import CHANNELS
from content_store import accounts, deliveries, log
from content_store.tables import Account, User
from steps.account_fields import SHEETS, Field, problems, settings_of
from steps.errors import Missing, Refused
from steps.newsroom import Newsroom

COMMON = ("platform", "name", "key", "unit", "area", "contact", "apart_minutes")
HANDED = {"toutiao": "manual", "kepuchina": "manual", "douyin": "handoff"}
"""How accounts of a platform begin where that is not directly."""
RESERVED = ("new", "codes", "quotas", "consent")
"""Addresses of other pages."""
APART_MOST = 1440
_KEY = re.compile(r"[a-z0-9_\-]{1,60}")
_AREA = re.compile(r"(\d{6})?")
_CONSENT = ("access_token", "access_expires_at", "refresh_token", "refresh_expires_at", "expires_at", "consented_at")
"""What an owner's consent left among the credentials."""
_OF_APP = "open_id"
"""The account's number as one app sees it: under another app the same account has another one."""
_OWNERS = ("uid", _OF_APP)
"""Keys that name the account itself, which a consent brings."""
_ANOTHER = "这个账号已经有投递，不能换成另一个号；要换号请另加账号，再停用这一个。"
_ANOTHER_APP = (
    "换了应用，平台给同一个号的编号也会变，系统认不出是不是原来的号；已经有投递的，请另加账号，再停用这一个。"
)


class WrongFields(Refused):
    """`fields`: name of each wrong field → what is wrong with it (Chinese)."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(f"有 {len(fields)} 处要改正：{'；'.join(fields.values())}")
        self.fields = dict(fields)


def fields_of(platform: str) -> tuple[Field, ...]:
    return SHEETS[platform].fields


def names_of(platform: str) -> tuple[str, ...]:
    """Every name that the form of this platform sends."""
    return (*COMMON, *(field.name for field in fields_of(platform)))


def add_account(newsroom: Newsroom, values: Mapping[str, str], *, by: int, now: datetime) -> Account:
    """Adds it with its keys, and writes it to the log, without them. Raises WrongFields for what is missing or wrong."""
    platform = values.get("platform", "")
    if platform not in CHANNELS:
        raise WrongFields({"platform": "请选择平台。"})
    fields = fields_of(platform)
    wrong = _common_problems(values) | problems(fields, values)
    with newsroom.store.session() as session:
        key = values.get("key", "") or _free_key(session, platform)
        if not _KEY.fullmatch(key) or key in RESERVED:
            wrong["key"] = "代号只用小写字母、数字、- 和 _，也可以留空由系统取。"
        elif accounts.by_key(session, key) is not None:
            wrong["key"] = f"代号 {key} 已经有账号在用，请换一个。"
        if wrong:
            raise WrongFields(wrong)
        mode = values.get("mode.mode") or HANDED.get(platform, "direct")
        row = _row(values, {}, fields) | {"platform": platform, "mode": mode}
        account = accounts.put(session, key, row, now=now)
        assert account.id is not None
        _keep_keys(session, newsroom, account, _typed(fields, values), {}, now)
        _note(session, account, "added", by, now)
    return account


def enter_account(
    newsroom: Newsroom, key: str, values: Mapping[str, Any], keys: Mapping[str, str], *, now: datetime
) -> Account:
    """As the command line enters it, for the first time or again: settings as they are written, and keys beside those there
    are. Raises Refused where an account that has posts would become another one."""
    with newsroom.store.session() as session:
        before = accounts.by_key(session, key)
        moves = before is not None and before.platform != values["platform"]
        known: dict[str, Any] = {}
        if before is not None and not moves:
            known = accounts.credentials(session, before.id or 0, newsroom.vault, to_be_changed=True)
        if before is not None and (moves or _names_another(before.platform, keys, known)):
            _refuse_with_posts(session, before)
        account = accounts.put(session, key, dict(values), now=now)
        assert account.id is not None
        if moves:
            accounts.forget_tokens(session, account.id)
        if keys or moves:
            _keep_keys(session, newsroom, account, keys, known, now)
    return account


def change_account(newsroom: Newsroom, key: str, values: Mapping[str, str], *, by: int, now: datetime) -> list[str]:
    """Changes it; returns the names of what changed (Chinese). A secret left empty stays as it is.

    Raises Missing, or WrongFields for what is wrong.
    """
    with newsroom.store.session() as session:
        account = accounts.by_key(session, key)
        if account is None:
            raise Missing("没有这个账号，请刷新列表。")
        assert account.id is not None
        fields = fields_of(account.platform)
        known = accounts.credentials(session, account.id, newsroom.vault, to_be_changed=True)
        wrong = _common_problems(values) | problems(fields, values, known)
        wrong |= _identity_problems(session, account, fields, values, known)
        if wrong:
            raise WrongFields(wrong)
        before = {**account.model_dump(), **known}
        row = _row(values, account.settings, fields) | {"mode": values.get("mode.mode") or account.mode}
        accounts.put(session, key, row, now=now)
        fresh = _keep_keys(session, newsroom, account, _typed(fields, values), known, now)
        changed = _changed(fields, before, {**account.model_dump(), **fresh})
        if changed:
            _note(session, account, "changed", by, now, "、".join(changed))
    return changed


def by_hand(newsroom: Newsroom, account: Account) -> bool:
    """Whether everything of this account is done by people: nothing can be asked of its platform."""
    try:
        can = newsroom.channel(account).capabilities
    except ConnectorError:
        return False
    return can.mode == "manual" and not can.video


def values_of(newsroom: Newsroom, account: Account) -> dict[str, str]:
    """The form as the account fills it; secrets are left out."""
    fields = fields_of(account.platform)
    known = kept_keys(newsroom, account)
    values = {
        "platform": account.platform,
        "name": account.name,
        "key": account.key,
        "unit": account.unit,
        "area": account.area,
        "contact": str(account.settings.get("contact", "")),
        "apart_minutes": str(account.settings.get("apart_minutes", 30)),
        "mode.mode": account.mode,
    }
    for field in fields:
        if field.place == "settings":
            said = account.settings.get(field.key)
            values[field.name] = ("yes" if said else "") if field.tick else str(said or "")
        elif field.place == "credentials" and not field.secret:
            values[field.name] = known.get(field.key, "")
    return values


def kept_keys(newsroom: Newsroom, account: Account) -> dict[str, str]:
    """Credentials by key: what is no secret as it is, secrets as an empty text that only says they are there."""
    assert account.id is not None
    secret = {field.key for field in fields_of(account.platform) if not field.secret}
    with newsroom.store.reading() as session:
        known = accounts.credentials(session, account.id, newsroom.vault)
    return {key: str(value) if key in secret else "" for key, value in known.items() if value}


def _common_problems(values: Mapping[str, str]) -> dict[str, str]:
    wrong = {}
    if not values.get("name"):
        wrong["name"] = "请填写账号名称。"
    if not _AREA.fullmatch(values.get("area", "")):
        wrong["area"] = "地区不正确，请从列表里选。"
    minutes = values.get("apart_minutes", "")
    if not (minutes.isascii() and minutes.isdigit()) or int(minutes) > APART_MOST:
        wrong["apart_minutes"] = f"最短间隔请填 0 到 {APART_MOST} 之间的分钟数。"
    return wrong


def _identity_problems(
    session: Session, account: Account, fields: tuple[Field, ...], values: Mapping[str, str], known: Mapping[str, Any]
) -> dict[str, str]:
    """An account that has published stays the account it is."""
    named = [f for f in fields if f.identity or (f.application and known.get(_OF_APP))]
    moved = [f for f in named if known.get(f.key) and values.get(f.name) not in ("", known[f.key])]
    if not moved or not deliveries.any_of(session, account.id or 0):
        return {}
    return {field.name: _ANOTHER if field.identity else _ANOTHER_APP for field in moved}


def _names_another(platform: str, keys: Mapping[str, str], known: Mapping[str, Any]) -> bool:
    """Whether these keys name another account than those that are known, or an app under which nobody can tell. Pure."""
    own = [field for field in fields_of(platform) if field.identity or (field.application and known.get(_OF_APP))]
    names = [*_OWNERS, *(field.key for field in own)]
    return any(known.get(name) and keys.get(name, known[name]) not in ("", known[name]) for name in names)


def _refuse_with_posts(session: Session, account: Account) -> None:
    if deliveries.any_of(session, account.id or 0):
        raise Refused(_ANOTHER)


def _row(values: Mapping[str, str], settings: Mapping[str, Any], fields: tuple[Field, ...]) -> dict[str, Any]:
    own = {**settings, **settings_of(fields, values), "apart_minutes": int(values["apart_minutes"])}
    own["contact"] = values.get("contact") or None
    return {
        "name": values["name"][:80],
        "unit": values.get("unit", "")[:120],
        "area": values.get("area", ""),
        "settings": {name: value for name, value in own.items() if value is not None},
    }


def _typed(fields: tuple[Field, ...], values: Mapping[str, str]) -> dict[str, str]:
    return {f.key: values[f.name] for f in fields if f.place == "credentials" and values.get(f.name)}


def _keep_keys(
    session: Session,
    newsroom: Newsroom,
    account: Account,
    typed: Mapping[str, str],
    known: Mapping[str, Any],
    now: datetime,
) -> dict[str, Any]:
    """Keeps these keys and returns all there are now. Nothing replaces something; tokens, and a consent, that were given to
    another app go."""
    assert account.id is not None
    fields = [field for field in fields_of(account.platform) if field.names_app]
    moved = [f for f in fields if known.get(f.key) and typed.get(f.key) not in (None, "", known[f.key])]
    gone = (*_CONSENT, _OF_APP) if any(field.application for field in moved) else ()
    fresh = {key: value for key, value in known.items() if key not in gone}
    fresh |= {key: value for key, value in typed.items() if value}
    accounts.keep_credentials(session, account.id, fresh, newsroom.vault, now=now)
    if moved:
        accounts.forget_tokens(session, account.id)
    return fresh


def _changed(fields: tuple[Field, ...], before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    labels = {"name": "名称", "unit": "单位", "area": "地区", "mode": "怎样发出"}
    found = [label for name, label in labels.items() if before[name] != after[name]]
    own = {field.key: field.label for field in fields if field.place == "settings"}
    own |= {"contact": "联系人", "apart_minutes": "最短间隔"}
    old, new = before["settings"], after["settings"]
    found += [label for name, label in own.items() if (old.get(name) or None) != (new.get(name) or None)]
    keys = [field for field in fields if field.place == "credentials"]
    return found + [field.label for field in keys if before.get(field.key) != after.get(field.key)]


def _free_key(session: Session, platform: str) -> str:
    taken = {row.key for row in accounts.listed(session)}
    return next(f"{platform}-{number}" for number in range(1, len(taken) + 2) if f"{platform}-{number}" not in taken)


def _note(session: Session, account: Account, act: str, by: int, now: datetime, why: str = "") -> None:
    person = session.get(User, by)
    if person is None:
        raise Missing("找不到办理人，请重新登录。")
    assert account.id is not None
    actor = person.display_name
    log.append(session, at=now, subject="account", subject_id=account.id, act=act, actor=actor, why=why)
