"""A small newsroom for the desk's tests: people of every role, sources, articles with tags, accounts, one picture."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from config.files import lexicon_files
from content_store import accounts, collecting, people, search, sources, tags
from content_store.database import Store
from content_store.media import MediaFolder
from content_store.vault import Vault, key_from
from desk.app import create_app
from desk.passwords import hashed
from desk.settings import DeskSettings
from steps.newsroom import Newsroom

PASSWORD = "changbaishan-2026"
PASSWORD_HASH = hashed(PASSWORD)
PEOPLE = {
    "editor": ("李编", ["editor"]),
    "editor2": ("周编", ["editor"]),
    "first": ("王初", ["reviewer1"]),
    "second": ("赵复", ["reviewer2"]),
    "final": ("孙终", ["reviewer3"]),
    "scheduler": ("钱排", ["scheduler"]),
    "duty": ("吴值", ["duty"]),
    "analyst": ("郑数", ["analyst"]),
    "admin": ("冯管", ["admin"]),
}


@dataclass
class World:
    """What was seeded, by name."""

    newsroom: Newsroom
    clock: list[datetime]
    user_ids: dict[str, int] = field(default_factory=dict)
    article_ids: list[int] = field(default_factory=list)
    picture: str = ""

    def pass_time(self, length: timedelta) -> None:
        self.clock[0] += length


def a_picture(colour: str = "#2b7a78") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (900, 383), colour).save(target, "PNG")
    return target.getvalue()


def seed(store: Store, folder: Path, now: datetime, site_url: str = "http://127.0.0.1:8800") -> World:
    clock = [now]
    newsroom = Newsroom(
        store=store,
        media=MediaFolder(folder / "media"),
        vault=Vault(key_from(folder / "secret.key")),
        lexicon_files=lexicon_files(),
        site_url=site_url,
        now=lambda: clock[0],
    )
    world = World(newsroom, clock)
    with store.session() as session:
        for name, (display, roles) in PEOPLE.items():
            user = people.add(
                session, name=name, display_name=display, password_hash=PASSWORD_HASH, roles=roles, now=now
            )
            assert user.id is not None
            world.user_ids[name] = user.id
        picture = newsroom.media.keep_picture(session, a_picture(), origin="test", now=now)
        world.picture = picture.sha256
    _seed_articles(world, now)
    _seed_accounts(store, now)
    return world


def _seed_articles(world: World, now: datetime) -> None:
    with world.newsroom.store.session() as session:
        for key, name, trust, reprint in (
            ("jlmo", "吉林省气象局", 5, "allowed"),
            ("city", "长春日报", 4, "ask"),
            ("shut", "某某周刊", 2, "forbidden"),
        ):
            values = {"kind": "rss", "name": name, "url": f"http://127.0.0.1/{key}", "trust": trust}
            sources.put(session, key, values | {"reprint": reprint, "area": "220100"}, now=now)
        first = _article(session, "jlmo", "1", "暴雪来了怎么办?长春市民防寒指南", SNOW, now - timedelta(hours=2))
        copy = _article(session, "city", "2", "暴雪天防寒指南(转载)", SNOW, now - timedelta(hours=1))
        collecting.found_cluster(session, first, now=now)
        collecting.join_cluster(session, copy, first, 0.97, becomes_top=False)
        hostile = _article(
            session, "city", "3", "<script>alert('标题')</script>冻伤急救", HOSTILE_TEXT, now - timedelta(hours=3)
        )
        collecting.found_cluster(session, hostile, now=now)
        shut = _article(session, "shut", "4", "人参怎样挑选", "人参是长白山的名贵药材。", now - timedelta(days=2))
        collecting.found_cluster(session, shut, now=now)
        world.article_ids = [row.id for row in (first, copy, hostile, shut) if row.id is not None]
        found = [
            _tag("emergency", "snowstorm", "暴雪", SNOW, level="red"),
            _tag("local", "220100", "长春市", SNOW),
            _tag("audience", "elderly", "老年人", SNOW),
        ]
        tags.keep_tagging(
            session,
            world.article_ids[0],
            kind="science",
            science=0.9,
            keywords=[],
            found=found,
            version="1",
            revision=1,
            now=now,
        )


SNOW = "未来三天长春市有暴雪,请老年人减少外出。\n积雪压断树枝时要远离。\n手脚冻伤不要用雪搓。"
HOSTILE_TEXT = "冻伤急救要先复温。<img src=x onerror=alert(1)>"


def _article(session, source_key: str, external_id: str, title: str, text: str, at: datetime):
    source = sources.by_key(session, source_key)
    return collecting.add(
        session,
        {
            "source_id": source.id,
            "external_id": external_id,
            "url": f"http://127.0.0.1/{source_key}/{external_id}",
            "title": title,
            "text": text,
            "html": "".join(f"<p>{line}</p>" for line in text.split("\n")),
            "published_at": at,
            "content_hash": external_id,
            "search_text": search.index_text(title, text),
        },
        [],
        [],
        now=at,
    )


def _tag(theme: str, key: str, name: str, text: str, **detail: str) -> dict:
    evidence = [{"word": name, "field": "text", "offset": text.index(name)}]
    return {"theme": theme, "key": key, "name": name, "score": 0.9, "evidence": evidence, "detail": detail}


def _seed_accounts(store: Store, now: datetime) -> None:
    with store.session() as session:
        for key, platform, name, area in (
            ("wx-jl", "wechat", "科普吉林", "220000"),
            ("wb-jl", "weibo", "科普吉林微博", "220000"),
            ("wb-cc", "weibo", "长春科普", "220100"),
            ("dy-jl", "douyin", "科普吉林抖音", "220000"),
        ):
            accounts.put(
                session, key, {"platform": platform, "name": name, "area": area, "unit": "吉林省科协"}, now=now
            )


@pytest.fixture
def world(sqlite_store: Store, tmp_path: Path, now: datetime) -> World:
    return seed(sqlite_store, tmp_path, now)


Login = Callable[[str], TestClient]


@pytest.fixture
def as_person(world: World) -> Iterator[Login]:
    """A browser logged in as the person named."""
    app = create_app(world.newsroom, DeskSettings())
    opened: list[TestClient] = []

    def log_in(name: str | None) -> TestClient:
        client = TestClient(app, follow_redirects=False, raise_server_exceptions=False)
        opened.append(client)
        if name is not None:
            said = submit_login(client, name, PASSWORD)
            assert said.status_code == 303, said.text
            client.headers["X-CSRF-Token"] = csrf_of(client.get("/stories").text)
        return client

    yield log_in  # type: ignore[misc]
    for client in opened:
        client.close()


def submit_login(client: TestClient, name: str, password: str, after: str = "/"):
    form = client.get("/login")
    token = re.search(r'name="csrf" value="([^"]+)"', form.text)
    assert token
    return client.post("/login", data={"csrf": token[1], "name": name, "password": password, "after": after})


def csrf_of(html: str) -> str:
    found = re.search(r'<meta name="csrf" content="([^"]*)"', html)
    assert found
    return found[1]
