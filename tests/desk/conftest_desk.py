"""A small newsroom for the desk's tests: people of every role, sources, articles with tags, accounts, one picture."""

from __future__ import annotations

import io
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from config.entries import packs as pack_templates
from config.files import FOLDER, lexicon_files, read_toml
from content_store import accounts, clusters, collecting, deliveries, people, search, sources, stories, tags
from content_store.database import Store
from content_store.media import MediaFolder
from content_store.numbering import take
from content_store.tables import Article, ReviewStep, Story, Verdict
from content_store.vault import Vault, key_from
from desk.access import COOKIE
from desk.app import create_app
from desk.passwords import hashed
from desk.settings import DeskSettings
from steps import cluster_tops
from steps.alerts import receive
from steps.hazards import HazardTable
from steps.newsroom import Newsroom
from steps.packs import load_packs
from steps.review import give, submit
from steps.stories import edit, make_from_article

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
        hazards=HazardTable.model_validate(read_toml(FOLDER / "hazards.toml")),
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
    _seed_accounts(newsroom, now)
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
        first = _article(session, "jlmo", "1", "暴雪来了怎么办？长春市民防寒指南", SNOW, now - timedelta(hours=2))
        copy = _article(session, "city", "2", "暴雪天防寒指南（转载）", SNOW, now - timedelta(hours=1))
        _alone(session, first, now)
        assert first.id is not None
        assert first.cluster_id is not None
        copy.cluster_id, copy.duplicate_of, copy.similarity = first.cluster_id, first.id, 0.97
        session.flush()
        cluster_tops.settle(session, [first.cluster_id])
        hostile = _article(
            session, "city", "3", "<script>alert('标题')</script>冻伤急救", HOSTILE_TEXT, now - timedelta(hours=3)
        )
        _alone(session, hostile, now)
        shut = _article(session, "shut", "4", "人参怎样挑选", "人参是长白山的名贵药材。", now - timedelta(days=2))
        _alone(session, shut, now)
        world.article_ids = [row.id for row in (first, copy, hostile, shut) if row.id is not None]
        found = [
            _tag("emergency", "snowstorm", "暴雪", SNOW, level="red"),
            _tag("local", "220100", "长春市", SNOW),
            _tag("audience", "老年人", "老年人", SNOW),
        ]
        tagged = tags.Tagged(world.article_ids[0], 1, "science", 0.9, [], found)
        tags.keep_taggings(session, [tagged], version="1", now=now)


SNOW = "未来三天长春市有暴雪，请老年人减少外出。\n积雪压断树枝时要远离。\n手脚冻伤不要用雪搓。"
HOSTILE_TEXT = "冻伤急救要先复温。<img src=x onerror=alert(1)>"


def _article(session, source_key: str, external_id: str, title: str, text: str, at: datetime):
    source = sources.by_key(session, source_key)
    values = {
        "source_id": source.id,
        "external_id": external_id,
        "url": f"http://127.0.0.1/{source_key}/{external_id}",
        "title": title,
        "text": text,
        "html": "".join(f"<p>{line}</p>" for line in text.split("\n")),
        "published_at": at,
        "content_hash": external_id,
        "search_text": search.index_text(title, text),
    }
    [number] = take(session, Article, 1)
    collecting.add(session, [(values | {"id": number}, [])], now=at)
    return session.get(Article, number)


def _alone(session, article: Article, now: datetime) -> None:
    [article.cluster_id] = clusters.found(session, [article.id], now=now)
    session.flush()


def _tag(theme: str, key: str, name: str, text: str, **detail: str) -> dict:
    evidence = [{"word": name, "field": "text", "offset": text.index(name)}]
    return {"theme": theme, "key": key, "name": name, "score": 0.9, "evidence": evidence, "detail": detail}


def _seed_accounts(newsroom: Newsroom, now: datetime) -> None:
    weibo = {"app_key": "k", "app_secret": "s", "access_token": "t", "uid": "1"}
    secrets = {
        "wechat": {"appid": "wx1", "appsecret": "s"},
        "weibo": weibo,
        "douyin": {"client_key": "k", "client_secret": "s"},
    }
    with newsroom.store.session() as session:
        for key, platform, name, area in (
            ("wx-jl", "wechat", "科普吉林", "220000"),
            ("wb-jl", "weibo", "科普吉林微博", "220000"),
            ("wb-cc", "weibo", "长春科普", "220100"),
            ("dy-jl", "douyin", "科普吉林抖音", "220000"),
        ):
            # nothing listens there: a test that sends would fail at once
            own = {"base_url": "http://127.0.0.1:9", "bound_domain": "127.0.0.1"}
            values = {"platform": platform, "name": name, "area": area, "unit": "吉林省科协", "settings": own}
            account = accounts.put(session, key, values, now=now)
            assert account.id is not None
            accounts.keep_credentials(session, account.id, secrets[platform], newsroom.vault, now=now)


def approve(world: World, story_id: int, *, cover: bool = True) -> None:
    """Through the real steps: AI use filled in, sent to review, passed by three people."""
    newsroom, now = world.newsroom, world.newsroom.now()
    with newsroom.store.reading() as session:
        version = stories.current_version(session, story_id)
        assert version is not None
    fields = {"ai_use": "none", "cover_sha256": world.picture if cover else ""}
    edit(newsroom, story_id, fields, based_on=version.number, by=world.user_ids["editor"], now=now)
    submit(newsroom, story_id, by=world.user_ids["editor"], now=now)
    for step, name in ((ReviewStep.FIRST, "first"), (ReviewStep.SECOND, "second"), (ReviewStep.FINAL, "final")):
        with newsroom.store.reading() as session:
            version = stories.current_version(session, story_id)
            assert version is not None
        give(
            newsroom,
            story_id,
            step=step,
            verdict=Verdict.PASSED,
            reason="",
            content_hash=version.content_hash,
            by=world.user_ids[name],
            now=now,
        )


def a_story(world: World, article: int = 0) -> int:
    """Made by the editor from one of the seeded articles."""
    newsroom = world.newsroom
    return make_from_article(newsroom, world.article_ids[article], by=world.user_ids["editor"], now=newsroom.now())


def a_text(world: World, title: str, text: str) -> int:
    """A story that nobody has reviewed yet."""
    fields = {"title": title, "body_html": f"<p>{text}</p>", "digest": text[:40], "ai_use": "none"}
    with world.newsroom.store.session() as session:
        by, now = world.user_ids["editor"], world.newsroom.now()
        return stories.add(session, fields=fields, by=by, now=now).story_id


def an_emergency(world: World, *, sent: datetime | None = None) -> int:
    """A red snow warning for Changchun, answered by the packs that ship. Returns the event's id."""
    newsroom, ids = world.newsroom, world.user_ids
    now = newsroom.now()
    reviewers = (ids["first"], ids["second"], ids["final"])
    templates = [each for each in pack_templates(FOLDER / "packs") if each.hazard == "snowstorm"]
    load_packs(newsroom, templates, editor=ids["editor"], reviewers=reviewers, now=now)
    told = (sent or now).astimezone(LOCAL)
    got = receive(newsroom, RED_SNOW.format(sent=told, expires=told + timedelta(hours=12)).encode(), now)
    assert got.event_id is not None
    return got.event_id


LOCAL = ZoneInfo("Asia/Shanghai")
RED_SNOW = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
<identifier>22010041600000_{sent:%Y%m%d%H%M%S}</identifier><sender>22010041600000</sender>
<sent>{sent:%Y-%m-%dT%H:%M:%S}+08:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
<info><language>zh-CN</language><category>Met</category><event>暴雪</event><urgency>Immediate</urgency>
<severity>Extreme</severity><certainty>Likely</certainty>
<eventCode><valueName>SAME</valueName><value>11B04</value></eventCode>
<expires>{expires:%Y-%m-%dT%H:%M:%S}+08:00</expires><senderName>长春市气象台</senderName>
<headline>长春市气象台发布暴雪红色预警信号</headline>
<description>预计未来6小时长春市降雪量将达15毫米以上，对交通有严重影响。</description>
<instruction>请尽量减少外出，注意防范积雪压塌房屋。</instruction>
<area><areaDesc>长春市</areaDesc><geocode><valueName>GB/T 2260</valueName><value>220100</value></geocode></area></info>
</alert>"""


@pytest.fixture
def world(sqlite_store: Store, tmp_path: Path, now: datetime) -> World:
    return seed(sqlite_store, tmp_path, now)


Login = Callable[[str | None], TestClient]


@pytest.fixture
def as_person(world: World) -> Iterator[Login]:
    """A browser logged in as the person named."""
    app = create_app(world.newsroom, DeskSettings())
    opened: list[TestClient] = []

    def log_in(name: str | None) -> TestClient:
        client = TestClient(app, follow_redirects=False, raise_server_exceptions=False)
        opened.append(client)
        if name is not None:
            # as after the log-in form, without its deliberately slow password check
            token, now = secrets.token_urlsafe(8), world.newsroom.now()
            with world.newsroom.store.session() as session:
                until = now + timedelta(hours=12)
                ids = world.user_ids
                people.start_login(session, user_id=ids[name], token=token, csrf=f"csrf-{token}", now=now, until=until)
            client.cookies.set(COOKIE, token)
            client.headers["X-CSRF-Token"] = f"csrf-{token}"
        return client

    yield log_in
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


# ---------------------------------------------------------------- what many tests do


def send_to_review(world: World, as_person: Login) -> int:
    story = a_story(world)
    form = {"based_on": "1", "ai_use": "none", "cover_sha256": world.picture, "then": "submit"}
    assert as_person("editor").post(f"/stories/{story}/edit", data=form).status_code == 303
    return story


def verdict(world: World, story: int, step: str, given: str = "passed", reason: str = "") -> dict[str, str]:
    return {"step": step, "verdict": given, "content_hash": text_of(world, story).content_hash, "reason": reason}


def status_of(world: World, story: int) -> str:
    with world.newsroom.store.reading() as session:
        found = session.get(Story, story)
        assert found is not None
        return found.status


def ids_of(world: World) -> dict[str, int]:
    with world.newsroom.store.reading() as session:
        return {row.key: row.id for row in accounts.listed(session) if row.id is not None}


def plan(world: World, as_person: Login, story: int, *keys: str, **form: str):
    chosen = [str(ids_of(world)[key]) for key in keys]
    return as_person("scheduler").post(f"/stories/{story}/schedule", data={"account": chosen, "at": "now", **form})


def rows(world: World) -> list[deliveries.Line]:
    with world.newsroom.store.reading() as session:
        return deliveries.listed(session)


def text_of(world: World, story_id: int):
    with world.newsroom.store.reading() as session:
        return stories.current_version(session, story_id)
