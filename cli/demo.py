"""The demonstration: stand-ins beside us, people, sources, accounts, packs, and two weeks of history made by the real steps."""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from cli.children import Children
from cli.demo_history import make_history
from cli.opening import say
from cli.tag import read_hotlist
from config import entries
from config.files import FOLDER
from config.settings import Settings
from content_store import accounts, people, sources
from desk.passwords import hashed
from flows import plain
from steps.hot_lists import take_hot_list
from steps.newsroom import Newsroom
from steps.packs import load_packs

DATA = FOLDER / "demo"
ENDING, ENDS_SOON = "weibo-yanbian", timedelta(days=2, hours=12)
"""The account whose consent ends soon, so that the warning can be seen."""
WHAT_TO_LOOK_AT = (
    "先看什么：",
    "  1. 用 bianji 登录，在“收件箱”里挑一条素材，做成稿件、改好、送审；",
    "  2. 用 chushen、fushen、zhongshen 依次完成三审，再用 bianji 排期到账号，看它上线；",
    "  3. 用 fushen 和 zhiban 打开“应急”，看预警怎样在两人签发后几秒内发到全部相关账号；",
    "  4. “榜单”里有上一周的周榜，可下载 Excel；",
    "  5. 用 guanli 打开“账号”，看六个平台的账号怎样添加、修改和检查；“待办”里有等人上传的资料包。",
)


class DemoHome:
    """What the demonstration remembers in its home: that it was set up, and the password of its people."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "demo.json"

    @property
    def is_ready(self) -> bool:
        return self._file.exists()

    def password(self) -> str:
        return str(json.loads(self._file.read_text())["password"])

    def keep(self, password: str) -> None:
        part = self._file.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_text(json.dumps({"password": password}))
        part.replace(self._file)


def start(chosen: Settings, newsroom: Newsroom, children: Children) -> dict[str, str]:
    """Starts the stand-ins and, the first time, sets the sample newsroom up. Returns passwords by user name."""
    base = f"http://{chosen.host}:{chosen.port + 2}"
    where = ["--port", str(chosen.port + 2), "--state", str(chosen.home / "sandbox.db")]
    children.start("sandbox", ["-m", "sandbox", *where, "--with-parent", "--quiet"])
    children.wait_for("演示平台", lambda: _answers(base), 20)
    home = DemoHome(chosen.home)
    if not home.is_ready:
        say("第一次启动，正在准备样例内容和两周的历史数据（约半分钟）…")
        password = secrets.token_urlsafe(9)
        set_up(newsroom, chosen, base, password, newsroom.now())
        home.keep(password)
    _register_callbacks(base, f"http://{chosen.host}:{chosen.port}")
    return {user.name: home.password() for user in entries.users(DATA / "users.toml")}


def set_up(newsroom: Newsroom, chosen: Settings, base: str, password: str, now: datetime) -> None:
    """Everything a first look needs. Repeating it after a stop in the middle does no harm."""
    staff = add_people(newsroom, password, now)
    add_sources_and_accounts(newsroom, base, now)
    templates = entries.packs(FOLDER / "packs")
    reviewers = (staff["chushen"], staff["fushen"], staff["zhongshen"])
    load_packs(newsroom, templates, editor=staff["bianji"], reviewers=reviewers, now=now)
    plain.collect(newsroom, chosen, now)
    take_hot_list(newsroom, "手工示例", read_hotlist((DATA / "hotlist.jsonl").read_bytes()), now)
    plain.tag(newsroom, chosen, now)
    make_history(newsroom, chosen, base, staff, now)


def add_people(newsroom: Newsroom, password: str, now: datetime) -> dict[str, int]:
    """The demonstration's people; returns their ids by name."""
    staff = {}
    with newsroom.store.session() as session:
        for entry in entries.users(DATA / "users.toml"):
            user = people.by_name(session, entry.name) or people.add(
                session,
                name=entry.name,
                display_name=entry.display_name,
                password_hash="",
                roles=entry.roles,
                now=now,
            )
            user.password_hash = hashed(password)
            assert user.id is not None
            staff[entry.name] = user.id
    return staff


def add_sources_and_accounts(newsroom: Newsroom, base: str, now: datetime) -> None:
    with newsroom.store.session() as session:
        for source in entries.sources(DATA / "sources.toml", base):
            sources.put(session, source.key, source.model_dump(exclude={"key"}), now=now)
        for entry in entries.accounts(DATA / "accounts.toml", base):
            account = accounts.put(session, entry.key, entry.model_dump(exclude={"key", "credentials"}), now=now)
            assert account.id is not None
            ends = {"expires_at": (now + ENDS_SOON).isoformat()} if entry.key == ENDING else {}
            accounts.keep_credentials(session, account.id, {**entry.credentials, **ends}, newsroom.vault, now=now)


def _register_callbacks(base: str, desk: str) -> None:
    """Tells the stand-ins where our call-backs are. They are not asked for an echo: the desk starts after this."""
    seen = set()
    for entry in entries.accounts(DATA / "accounts.toml", base):
        key = entry.credentials.get("appid") or entry.credentials.get("client_key")
        if entry.platform not in ("wechat", "douyin") or key is None or key in seen:
            continue
        seen.add(key)
        body: dict[str, Any] = {"platform": entry.platform, "key": key, "url": f"{desk}/callback/{entry.key}"}
        if entry.platform == "wechat":
            # what WeChat signs with; an empty one would let no call-back through
            body["token"] = entry.credentials["callback_token"]
        body["verify"] = False
        post(base, "/_sandbox/callbacks", body)


def post(base: str, path: str, body: Any) -> Any:
    """To the stand-ins' control. Raises where they do not accept it: both ship together, so that is a defect."""
    with requests.Session() as session:
        session.trust_env = False
        answer = session.post(f"{base}{path}", json=body, timeout=10)
    answer.raise_for_status()
    return answer.json()


def _answers(base: str) -> bool:
    try:
        with requests.Session() as session:
            session.trust_env = False
            return session.get(f"{base}/_sandbox/health", timeout=1).ok
    except requests.exceptions.RequestException:
        return False
